"""`dlgrade check --show`: pictures of tensors that differ, in a pipe, on a terminal, in JSON."""

import base64
import io
import json
import os
import pty
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from rich.cells import cell_len
from rich.console import Console

from dlgrade.course import load, references
from dlgrade.judge.compare import Comparison
from dlgrade.judge.photo import Photo
from dlgrade.judge.tensor_picture import SIDE
from dlgrade.judge.tensor_picture import drawn as with_picture
from dlgrade.report import box_pictures, pictures
from dlgrade.results import Detail, Picture

NAME = "ch28_batch_norm.py"
WRONG = """

def instance_norm(X, weight=None, bias=None, eps=1e-5):
    Y = X.clone()
    Y[0, 0, 0, 0] = float("nan")
    return Y
"""
CHECK = "instance_norm.planes"


@pytest.fixture
def wrong(grade, tmp_path):
    """A file whose instance_norm returns its input with a NaN in it."""
    (tmp_path / NAME).write_text(grade.reference + WRONG, encoding="utf-8")


COLOUR = {"force_terminal": True, "color_system": "truecolor", "legacy_windows": False, "_environ": {"TERM": "x"}}


def made(actual, expected, draws="numbers", over=None):
    detail = with_picture(Detail(), draws, Comparison(), actual, expected, over)
    return detail.boxes or detail.picture


def drawn(picture, lang="en", module=pictures, **options):
    console = Console(file=io.StringIO(), width=80, **options)
    return [line.plain for line in module.lines(picture, lang, console)]


@pytest.mark.usefixtures("wrong")
def test_pipe(dlgrade, tmp_path):
    """In a pipe three maps of digits stand side by side, NaN as !, and the largest difference in words."""
    result = dlgrade("check", "ch28", "-k", CHECK, "--show", DLGRADE_STATE=str(tmp_path / "state"))
    lines = result.stdout.splitlines()
    assert result.returncode == 1
    assert "\x1b" not in result.stdout
    assert max(map(len, lines)) <= 80
    at = next(i for i, line in enumerate(lines) if line.split() == ["yours", "expected", "difference"])
    assert re.fullmatch(r"  result \(3, 4, 5, 2\), planes \[0, 0\](, \[\d, \d\]){3}", lines[at - 1])
    assert lines[at + 1].strip().startswith("! ")
    assert all(re.fullmatch("[0-9! ]+", line) for line in lines[at + 1 : at + 6])
    assert "largest difference at [0, 0, 0, 0]: yours NaN or infinite, expected" in result.stdout
    assert "! = NaN or infinite" in result.stdout


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_terminal(tmp_path, term):
    """On a terminal the maps have colours; on one without colours, digits."""
    shown = in_terminal(["check", "ch28", "-k", CHECK, "--show", "--lang", "zh"], tmp_path, term)
    assert "最大的差" in shown
    assert ("█" in shown) == (term != "dumb")
    assert bool(re.search(r"\n  ! ", shown)) == (term == "dumb")
    assert ("\x1b[38;5;" in shown) == (term != "dumb")
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", shown)
    at = plain.index("你的结果")
    assert max(cell_len(line.rstrip("\r")) for line in plain[at:].split("\n")) <= 80


def in_terminal(arguments, folder, term):
    """The output of a command on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLORTERM")}
    environment |= {"TERM": term, "COLUMNS": "80", "LINES": "40", "DLGRADE_STATE": str(folder / "state")}
    with subprocess.Popen(
        [sys.executable, "-m", "dlgrade", *arguments], cwd=folder, env=environment, stdin=theirs, stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        os.close(theirs)
        content = b""
        while part := read(ours):
            content += part
        os.close(ours)
        assert process.wait(60) == 1
    return content.decode().replace("\r\n", "\n")


def read(descriptor):
    """b"" once the other end is closed."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


@pytest.mark.usefixtures("wrong")
def test_only_when_asked_for(dlgrade, tmp_path):
    """Without --show neither words nor JSON have a picture; with it the JSON has, and is valid with NaN in it."""
    state = {"DLGRADE_STATE": str(tmp_path / "state")}
    assert "largest difference" not in dlgrade("check", "ch28", "-k", CHECK, **state).stdout

    def detail(*more):
        report = json.loads(
            dlgrade("check", "ch28", "-k", CHECK, "--json", *more, **state).stdout, parse_constant=pytest.fail
        )
        return report["chapters"][0]["checks"][0]["detail"]

    assert "picture" not in detail()
    picture = detail("--show")["picture"]
    assert picture["at"] == [0, 0, 0, 0]
    assert picture["yours"][0][0] is None
    assert len(picture["expected"]) == 5


def test_two_dimensions():
    """A small matrix is shown as it is; both maps share a scale, and the largest difference has its place."""
    expected = torch.arange(6.0).reshape(2, 3)
    actual = expected.clone()
    actual[1, 2] = 10
    picture = made(actual, expected)
    assert (picture.shape, picture.planes, picture.block, picture.at) == ((2, 3), (), (1, 1), (1, 2))
    assert picture.values == (10.0, 5.0)
    assert picture.difference == ((0.0, 0.0, 0.0), (0.0, 0.0, 5.0))
    lines = drawn(picture)
    assert lines[2:4] == ["0 1 2   0 1 2      0 0 0", "3 4 9   3 4 5      0 0 9"]
    assert lines[4] == "largest difference 5 at [1, 2]: yours 10, expected 5"
    assert drawn(picture, "zh")[4] == "最大的差 5 位于 [1, 2]：你的结果 10，应为 5"


def test_large():
    """A large tensor is shown by the means of its blocks; an error anywhere is seen."""
    expected = torch.zeros(100, 1000)
    actual = expected.clone()
    actual[99, 999] = 1
    picture = made(actual, expected)
    assert picture.block == (5, 42)
    assert (len(picture.yours), len(picture.yours[0])) == (20, 24)
    assert picture.difference[-1][-1] == pytest.approx(1 / (5 * (1000 - 23 * 42)), rel=1e-4)
    assert max(map(len, drawn(picture))) <= 78


@pytest.mark.parametrize("shape", [(1, 1), (40, 2), (2, 40), (3, 4, 5), (9, 2, 3, 3), (2, 2, 30, 30), (1, 5, 1, 1)])
def test_shapes(shape):
    """Whatever the shape, a map has at most 24 rows and columns, and a picture 80 columns, in colour as in digits."""
    expected = torch.rand(shape, generator=torch.Generator().manual_seed(0))
    picture = made(expected + 1, expected)
    for grid in (picture.yours, picture.expected, picture.difference):
        assert len(grid) <= SIDE
        assert len(grid[0]) + len(grid[0]) // picture.columns - 1 <= SIDE
    for options in ({}, COLOUR):
        assert max(map(cell_len, drawn(picture, **options))) <= 78
    assert pictures.html(picture, "en").count("<svg") == 3


def test_planes_with_the_largest_errors():
    """The pictures show the planes that are furthest off."""
    expected = torch.zeros(8, 8, 4, 4)
    actual = expected.clone()
    actual[7, 7], actual[3, 0] = 1, float("nan")
    picture = made(actual, expected)
    assert len(picture.planes) == 4
    assert {(3, 0), (7, 7)} <= set(picture.planes)
    assert picture.at == (3, 0, 0, 0)


ODD = {
    "all-nan": (torch.full((2, 2), torch.nan), torch.zeros(2, 2)),
    "infinite": (torch.tensor([[torch.inf, 1.0]]), torch.tensor([[-torch.inf, 1.0]])),
    "equal-nan": (torch.tensor([[torch.nan, 1.0]]), torch.tensor([[torch.nan, 2.0]])),
    "huge": (torch.tensor([[1e308, 0.0]], dtype=torch.float64), torch.tensor([[-1e308, 0.0]], dtype=torch.float64)),
    "booleans": (torch.tensor([[True, False]]), torch.tensor([[False, False]])),
    "complex": (torch.tensor([[1j, 2.0]]), torch.tensor([[1.0 + 0j, 3.0]])),
    "integers": (torch.tensor([[1, 2]]), torch.tensor([[1, 3]])),
}


@pytest.mark.parametrize(("actual", "expected"), ODD.values(), ids=ODD)
def test_odd_values(actual, expected):
    """Values that are no numbers, or hardly numbers, are drawn as well as any."""
    picture = made(actual, expected)
    assert drawn(picture)
    assert "nan" not in pictures.html(picture, "en").lower().replace("nan or infinite", "")


def test_no_picture():
    """Vectors, numbers, empty tensors and other shapes have none; of several values the first that differs has."""
    one, two = torch.ones(2, 2), torch.zeros(2, 2)
    for actual, expected in ((torch.ones(3), torch.zeros(3)), (1.0, 2.0), (torch.ones(2, 3), two), (two, two)):
        assert made(actual, expected) is None
    assert made((two, {"a": [one]}), (two, {"a": [two]})).where == "result[1]['a'][0]"


def test_classes():
    """Classes of pixels have a sign each in a pipe, and VOC's colours elsewhere; no mean of classes is drawn."""
    expected = torch.zeros(6, 8, dtype=torch.int64)
    expected[2:5, 3:7] = 15
    actual = expected.clone()
    actual[4] = 1
    picture = made(actual, expected, "classes")
    assert drawn(picture)[6] == "1 1 1 1 1 1 1 1   0 0 0 f f f f 0   9 9 9 9 9 9 9 9"
    assert drawn(picture)[8:] == [
        "first wrong class at [4, 0]: yours 1, expected 0", "classes besides 0: 1, f = 15; difference: 9 = wrong",
    ]  # fmt: skip
    assert all("\u4e00" <= line[0] <= "\u9fff" for line in drawn(picture, "zh")[8:9])
    assert 'fill="#c08080"' in pictures.html(picture, "en"), "VOC's colour of a person"


def test_large_map_of_classes():
    """A block of pixels shows a wrong one, with both classes as they are; a code of a colour is no rounded number."""
    expected = torch.zeros(48, 48, dtype=torch.int64)
    actual = expected.clone()
    actual[31, 47] = 12615808
    lines = drawn(made(actual, expected, "classes"))
    assert [line.count("9") for line in lines[2:-2]] == [0] * 15 + [1] + [0] * 8
    assert lines[0] == "result (48, 48), one of 2 x 2 pixels"
    assert lines[-2:] == [
        "first wrong class at [31, 47]: yours 12615808, expected 0",
        "classes besides 0: ? = 12615808; difference: 9 = wrong",
    ]


BOXES = torch.tensor([[0.0, 0, 8, 8], [4, 4, 10, 6], [1, 1, 2, 2]])


def test_boxes():
    """The boxes that differ are drawn beside the expected ones, with a name each, and the worst is told in numbers."""
    actual = BOXES.clone()
    actual[0, 3], actual[1] = 9, torch.tensor([4.0, 4, 20, 16])
    lines = drawn(made(actual, BOXES, "boxes"), module=box_pictures)
    assert lines[0] == "result (3, 4), boxes A = 0, B = 1"
    assert [line.count("A") for line in lines[2:-2]].count(2) == 1
    assert max(map(len, lines)) <= 78
    assert lines[-2] == "furthest off is box B: yours (4, 4) - (20, 16), expected (4, 4) - (10, 6)"
    assert drawn(made(actual, BOXES, "boxes"), "zh", box_pictures)[-2].startswith("相差最大的是框 B：")
    assert box_pictures.html(made(actual, BOXES, "boxes"), "en").count("<rect") == 4


def test_centred_boxes():
    """Boxes by centre and size are drawn with their corners."""
    actual = BOXES + torch.tensor([0.0, 0, 2, 0])
    assert made(actual, BOXES, "centred boxes").yours[1] == (-2.0, 1.0, 10.0, 7.0)


def test_boxes_as_lists():
    """Boxes that are lists or tuples of numbers are drawn, too; a list that has anything else is not."""
    expected = [[0.0, 0, 8, 8], [4.0, 4, 10, 6]]
    boxes = made([(0.0, 0, 8, 8), (4.0, 4, 10, 7)], expected, "boxes")
    assert (boxes.indices, boxes.yours, boxes.expected) == (((1,),), ((4, 4, 10, 7),), ((4, 4, 10, 6),))
    assert made(expected[0], expected[1], "boxes").yours == ((0, 0, 8, 8),)
    for other in ("ValueError", [[1.0, 2], [3.0, 4]], [expected[0], "ValueError"], [expected[0], [1.0] * 5], [], None):
        assert made(other, expected, "boxes") is None
        assert made(expected, other, "boxes") is None
    assert made([[10**400] * 4], [[0] * 4], "boxes") is None


ODD_BOXES = {
    "one": (torch.ones(4), torch.zeros(4)),
    "no-size": (torch.zeros(2, 4), torch.ones(2, 4)),
    "far-away": (BOXES + 1e9, BOXES),
    "huge": (BOXES.double() - 1e308, BOXES.double()),
    "nan": (BOXES * torch.nan, BOXES),
    "beside-a-point": (torch.full((2, 4), 3.4e38), torch.zeros(2, 4)),
    "corners-exchanged": (BOXES.flip(1), BOXES),
    "many": (torch.arange(6000.0).reshape(2, 500, 6), torch.arange(6000.0).reshape(2, 500, 6).flip(1)),
}


@pytest.mark.parametrize(("actual", "expected"), ODD_BOXES.values(), ids=ODD_BOXES)
def test_odd_boxes(actual, expected):
    """Boxes of any size and place are drawn within 80 columns."""
    boxes = made(actual, expected, "boxes")
    for options in ({}, COLOUR):
        lines = drawn(boxes, module=box_pictures, **options)
        assert max(map(cell_len, lines[1:-2])) <= 78, "texts are wrapped, maps are not"
    page = box_pictures.html(boxes, "en").lower().replace("nan or infinite", "")
    assert not re.search(r"\bnan\b|\binf\b", page)


def test_no_boxes():
    """Rows of fewer than four numbers, and rows that differ in their class alone, are drawn as numbers."""
    other_class = torch.cat([torch.ones(3, 1), BOXES], dim=1), torch.cat([torch.zeros(3, 1), BOXES], dim=1)
    for actual, expected in ((torch.ones(2, 2), torch.zeros(2, 2)), other_class):
        assert made(actual, expected, "boxes") == made(actual, expected)
    other_class[0][:, 1:] += 1e-7
    assert made(*other_class, "boxes") == made(*other_class), "rounding is no difference"
    assert made(torch.ones(3), torch.zeros(3), "boxes") is None


def test_boxes_of_a_chapter(dlgrade, tmp_path):
    """A check that declares boxes shows them, on screen and in JSON."""
    course = load()
    chapter = course.chapter("ch42")
    wrong = references.read(course, chapter).with_misconceptions("not-divided-by-10")
    (tmp_path / f"{chapter.stem}.py").write_text(wrong, encoding="utf-8")
    options = "check", "ch42", "-k", "offset_inverse.boxes", "--show"
    shown = dlgrade(*options, DLGRADE_STATE=str(tmp_path / "state")).stdout
    assert re.search(r"\n  result \(\d+, 4\), boxes A = \d+, ", shown)
    assert re.search(r"\n  furthest off is box [A-D]: yours \(", shown)
    report = json.loads(dlgrade(*options, "--json", DLGRADE_STATE=str(tmp_path / "state")).stdout)
    detail = report["chapters"][0]["checks"][0]["detail"]
    assert ("picture" in detail, len(detail["boxes"]["yours"])) == (False, len(detail["boxes"]["expected"]))


def photo(height, width, size=None):
    """An image whose red grows from left to right, and its blue from top to bottom."""
    x, y = torch.meshgrid(torch.linspace(0, 1, width), torch.linspace(0, 1, height), indexing="xy")
    return Photo(torch.stack([x, torch.zeros_like(x), y]), size)


def pixels_of(page):
    """The images in a page, as tensors."""
    found = re.findall("data:image/png;base64,([A-Za-z0-9+/=]+)", page)
    opened = [Image.open(io.BytesIO(base64.b64decode(each))) for each in found]
    return [torch.from_numpy(np.array(each)).permute(2, 0, 1) for each in opened]


def test_boxes_over_an_image():
    """The image lies behind both maps: as pixels in HTML, in its colours on a terminal, as dots in a pipe."""
    behind = photo(6, 12)
    boxes = made(BOXES + 1, BOXES, "boxes", behind)
    assert (boxes.image.place, boxes.frame) == ((0, 0, 12, 6), (0, 0, 12, 9))
    first, second = pixels_of(box_pictures.html(boxes, "en"))
    assert torch.equal(first, second)
    assert torch.equal(first, (255 * behind.image).round().to(torch.uint8))
    lines = drawn(boxes, module=box_pictures)
    assert any(line.count("...") >= 2 for line in lines)
    assert lines[-1] == "drawn: x from 0 to 12, y from 0 to 9; the image: (0, 0) - (12, 6)"
    coloured = drawn(boxes, module=box_pictures, **COLOUR)
    assert sum(line.count("▀") for line in coloured) > 100
    assert max(map(cell_len, coloured[1:-2])) <= 78
    assert not any("." in line for line in coloured[2:-2])


def test_image_of_a_batch():
    """Boxes of several images are drawn over the image of the worst box, without the boxes of other images."""
    expected = torch.stack([BOXES, BOXES + 1]) / 12
    actual = expected.clone()
    actual[0, 1, 0], actual[1, 2, 1] = 0, 1
    batch = torch.stack([torch.zeros(3, 6, 6), torch.ones(3, 6, 6)])
    boxes = made(actual, expected, "boxes", Photo(batch, (1, 1)))
    assert (boxes.indices, boxes.image.pixels, boxes.image.place) == (((1, 2),), bytes([255]) * 108, (0, 0, 1, 1))


def test_image_of_an_entry():
    """Each entry of a list of boxes has the image of its place; tensors that are images themselves are no boxes."""
    photos = [photo(5, 9), photo(7, 8)]
    images = [each.image for each in photos]
    right, wrong = (images, [BOXES, BOXES]), (images, [BOXES, BOXES + 1])
    boxes = made(wrong, right, "boxes", photos)
    assert (boxes.where, boxes.image.place) == ("result[1][1]", (0, 0, 8, 7))
    assert made((images[::-1], right[1]), (images, right[1]), "boxes", photos) is None
    other = made([image + 1 for image in images], images, "boxes", photos)
    assert other == made([image + 1 for image in images], images)


@pytest.mark.parametrize("shape", [(3, 6, 0), (0, 3, 4, 4), (1, 1, 3, 4, 4), (4, 4)])
def test_no_image(shape):
    """Something without pixels, or without channels, rows and columns, lies behind no box."""
    assert made(BOXES + 1, BOXES, "boxes", Photo(torch.zeros(shape))).image is None


def test_huge_numbers():
    """Boxes beyond all pictures, and integers whose difference is lost in floats, are not drawn."""
    huge = torch.tensor([[-1e308, -1e308, 1e308, 1e308]], dtype=torch.float64)
    picture = made(huge / 2, huge, "boxes")
    assert isinstance(picture, Picture)
    assert drawn(picture)
    integers = torch.full((2, 4), 2**53)
    for draws in ("boxes", "numbers"):
        assert made(integers + torch.eye(2, 4).long(), integers, draws) is None


@pytest.mark.parametrize(
    "image",
    [torch.zeros(1, 3, 1, 1), torch.rand(7, 300, 2) - 9, torch.ones(3, 2, 2, dtype=torch.uint8), torch.rand(1, 2, 90)],
    ids=["black-pixel", "feature-map", "bytes", "long"],
)
def test_odd_images(image):
    """Images of any size, range and number of channels are drawn, in at most 64 pixels."""
    boxes = made(BOXES + 1, BOXES, "boxes", Photo(image))
    assert max(boxes.image.width, boxes.image.height) <= 64
    for options in ({}, COLOUR):
        assert max(map(cell_len, drawn(boxes, module=box_pictures, **options)[1:-2])) <= 78
    assert [pixels.shape for pixels in pixels_of(box_pictures.html(boxes, "en"))] == [
        (3, boxes.image.height, boxes.image.width)
    ] * 2


def test_page_of_a_class(dlgrade, tmp_path):
    """A student's page shows the boxes of a check that declares them over their image, and no other pictures."""
    course = load()
    chapter = course.chapter("ch41")
    wrong = references.read(course, chapter).with_misconceptions("height-for-both", "centre-not-halved")
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / f"{chapter.stem}.py").write_text(wrong, encoding="utf-8")

    assert dlgrade("grade", "ada", "--chapters", "ch41", "--out", "out").returncode == 0

    page = (tmp_path / "out/reports/ada/ch41.html").read_text(encoding="utf-8")
    assert page.count('<svg aria-hidden="true"') == 4, "two maps for a cause"
    assert len(pixels_of(page)) == 2
    assert "img-src data:" in page
    assert '<span lang="zh">你的结果</span>' in page
    report = json.loads((tmp_path / "out/reports/ada/ch41.json").read_text(encoding="utf-8"))
    details = {check["id"]: check["detail"] for check in report["chapters"][0]["checks"]}
    image = details["clip_boxes.all_edges"]["boxes"]["image"]
    assert len(base64.b64decode(image["pixels"])) == 3 * image["width"] * image["height"]
    assert not details["clip_boxes.float64"].keys() & {"picture", "boxes"}
