"""Forbidden operations: no bypass works, and no honest code is refused."""

import ast
import string
import sys
from importlib import metadata
from pathlib import Path

import pytest
import torch
import yaml
from packaging.version import Version

from dlgrade import course
from dlgrade.batch.keys import chapter_digest
from dlgrade.course import references
from dlgrade.course.course import Family, Text
from dlgrade.judge.forbidden import interface
from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission import Submission
from dlgrade.worker.forbidden import families, operators, static
from dlgrade.worker.forbidden.program import Program

HERE = course.load()
CATALOGUE = Path(__file__).resolve().parents[1] / "bypasses"
BYPASSES = yaml.safe_load((CATALOGUE / "bypasses.yaml").read_text(encoding="utf-8"))
HONEST = yaml.safe_load((CATALOGUE / "honest.yaml").read_text(encoding="utf-8"))
CALL = {
    "module": "torch.nn.functional", "name": "layer_norm", "first": "layer", "second": "_norm",
    "args": "torch.ones(2, 3), (3,)", "op": "native_layer_norm", "op_args": "torch.ones(2, 3), [3], None, None, 1e-5",
}  # fmt: skip
WRAPPER = """
import torch
import torch.utils.checkpoint
{before}
_right = layer_norm


def layer_norm(x, normalized_shape, weight=None, bias=None, eps=1e-5):
    {use}
    return _right(x, normalized_shape, weight, bias, eps)
"""

# Names in families that came after the oldest supported versions; without the name there is nothing to forbid.
LATER = {
    "torch.nn.utils.clip_grads_with_norm_": ("torch", "2.6"), "torch.nn.utils.get_total_norm": ("torch", "2.6"),
    "numpy.linalg.matrix_norm": ("numpy", "2.0"), "numpy.linalg.vector_norm": ("numpy", "2.0"),
}  # fmt: skip


def newer_than_installed(family):
    """A mark that skips a family with names that the installed packages do not have yet."""
    later = [LATER[name] for name in HERE.families[family].names if name in LATER]
    older = sorted({package for package, first in later if Version(metadata.version(package)) < Version(first)})
    return pytest.mark.skipif(bool(older), reason=f"names of a newer {', '.join(older)}")


@pytest.fixture
def layer_norm(judge, ch28, grade):
    """layer_norm(before, use, beside={}): the report of the reference, whose layer_norm also does `use`."""

    def layer_norm(before="", use="pass", beside=None):
        source = grade.reference + WRAPPER.format(before=before, use=use)
        files = {name: text.encode() for name, text in (beside or {}).items()}
        submission = Submission("ch28.py", {"ch28.py": source.encode(), **files}, "ch28.py", source=source)
        return judge.grade(ch28, submission, RunOptions(keyword="layer_norm"))

    return layer_norm


def refused(report, *words):
    """Return whether the exercise earns nothing and its checks say why."""
    assert report.score == 0
    for check in report.checks:
        assert check.verdict is Verdict.FAILED
        assert "This exercise is to be written from scratch" in check.message.en, check.message
        assert "从零实现" in check.message.zh
        assert any(word in check.message.en for word in words) or not words, check.message
    return True


@pytest.mark.parametrize("bypass", BYPASSES.values(), ids=BYPASSES)
def test_bypass(bypass, layer_norm):
    """No known way to a forbidden function earns a point."""
    beside = {name: string.Template(text).substitute(CALL) for name, text in bypass.get("beside", {}).items()}
    before, use = (string.Template(bypass.get(key, "")).substitute(CALL) for key in ("before", "use"))

    assert refused(layer_norm(before, use, beside))


# Ready-made functions of another name that answer an exercise.
OTHER_NAMES = {
    "ch82-sigmoid": "def sigmoid(z):\n    return torch.stack([torch.zeros_like(z), z], -1).softmax(-1)[..., 1]\n",
    "ch82-bce_with_logits": "def bce_with_logits(z, y):\n    two = torch.stack([torch.zeros_like(z), z], -1)\n"
    "    return nn.functional.cross_entropy(two.reshape(-1, 2), torch.stack([1 - y, y], -1).reshape(-1, 2))\n",
    "ch77-cross_entropy_dist": "def cross_entropy_dist(p, q):\n"
    "    return nn.functional.nll_loss(q.log()[None], torch.tensor([0])) * p[..., 0]\n",
    "ch85-project_box": "def project_box(x, low, high):\n"
    "    return x + nn.functional.relu(low - x) - nn.functional.relu(x - high)\n",
}


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_names(judge, name):
    """Sigmoid is a softmax of two classes, clamping two ReLUs: such functions are refused as well."""
    id, _, exercise = name.partition("-")
    chapter = HERE.chapter(id)
    source = references.source(HERE, chapter) + "\n\nfrom torch import nn\n\n\n" + OTHER_NAMES[name]
    submission = Submission.from_source(source, f"{chapter.stem}.py")
    report = judge.grade(chapter, submission, RunOptions(keyword=f"{exercise}.from_scratch"))
    assert [check.verdict for check in report.checks] == [Verdict.FAILED]
    assert "from scratch" in report.checks[0].message.en


def test_private_module(judge):
    """The private modules of a library hold ready-made functions under other names."""
    chapter = HERE.chapter("ch36")
    source = (
        references.source(HERE, chapter)
        + """

import torchvision.transforms._functional_video as _video
_right = random_horizontal_flip


def random_horizontal_flip(img, *args, **kwargs):
    _video.hflip(img[:, None])
    return _right(img, *args, **kwargs)
"""
    )
    submission = Submission.from_source(source, "ch36_image_augmentation.py")
    report = judge.grade(chapter, submission, RunOptions(keyword="random_horizontal_flip"))

    assert refused(report, "torchvision.transforms._functional_video")


@pytest.mark.parametrize("code", HONEST["in_the_exercise"].values(), ids=HONEST["in_the_exercise"])
def test_honest_idiom(code, layer_norm):
    """An idiom that honest students use costs nothing."""
    report = layer_norm("STATE = {}", code.replace("\n", "\n    "))

    assert [check.message for check in report.checks if not check.passed] == []


@pytest.mark.parametrize("code", HONEST["in_the_file"].values(), ids=HONEST["in_the_file"])
def test_honest_file(code, layer_norm):
    """Other code in the file, or code that never runs, costs nothing."""
    report = layer_norm(code)

    assert [check.message for check in report.checks if not check.passed] == []


def test_unused_method(judge):
    """A method that nothing calls is no call: the book's attention with such a method earns full marks."""
    chapter = judge.course.chapter("ch65")
    source = references.source(judge.course, chapter)
    head = "class DotProductAttention(nn.Module):"
    assert head in source
    body = "    def compare(self, q, k, v):\n        return nn.functional.scaled_dot_product_attention(q, k, v)\n"
    lines = source.replace(head, f"class _Unused(nn.Module):\n{body}\n\n{head}").splitlines(keepends=True)
    end = next(i for i, line in enumerate(lines) if line.startswith("class DotProductAttention"))
    first = next(i for i in range(end, len(lines)) if lines[i].lstrip().startswith("def __init__"))
    lines.insert(first, body + "\n")

    report = judge.grade(
        chapter, Submission.from_source("".join(lines), "ch65.py"), RunOptions(keyword="DotProductAttention")
    )

    assert [check.message for check in report.checks if not check.passed] == []


def test_used_method(judge):
    """The same method counts as soon as it is called, also under a computed name."""
    chapter = judge.course.chapter("ch65")
    source = references.source(judge.course, chapter) + (
        "\n\n_Right = DotProductAttention\n\n\nclass DotProductAttention(_Right):\n"
        "    def compare(self, *parts):\n        return nn.functional.scaled_dot_product_attention(*parts)\n\n"
        "    def forward(self, queries, keys, values, valid_lens=None):\n"
        "        getattr(self, 'com' + ''.join(['pare']))(queries, keys, values)\n"
        "        return super().forward(queries, keys, values, valid_lens)\n"
    )

    report = judge.grade(chapter, Submission.from_source(source, "ch65.py"), RunOptions(keyword="DotProductAttention"))

    assert refused(report, "scaled_dot_product_attention")


BOX_CONVERT = {
    "module": ("import torchvision", "torchvision.ops.box_convert({})", ""),
    "alias": ("from torchvision.ops import box_convert as _near", "_near({})", ""),
    "in_the_function": ("", "from torchvision import ops as o\n    getattr(o, ''.join(('box', '_convert')))({})", ""),
    "neighbour": ("import helper", "helper.f({})", "from torchvision.ops import box_convert as f\n"),
    "module_beside": ("from helper import t", "t.ops.box_convert({})", "import torchvision as t\n"),
    "defining_module": ("from torchvision.ops import boxes as _b", "_b.box_convert({})", ""),
}  # fmt: skip


@pytest.fixture
def graded(judge):
    """graded(before, use, helper): the report of ch41's reference, whose box_corner_to_center also does `use`."""

    def graded(before, use, helper=""):
        chapter = judge.course.chapter("ch41")
        source = references.source(judge.course, chapter)
        source += f"\n\n{before}\n\n_right = box_corner_to_center\n"
        source += f"\n\ndef box_corner_to_center(*args):\n    {use}\n    return _right(*args)\n"
        files = {"ch41.py": source, "helper.py": helper}
        submission = Submission("ch41.py", {k: v.encode() for k, v in files.items()}, "ch41.py", source=source)
        return judge.grade(chapter, submission, RunOptions(keyword="box_corner_to_center"))

    return graded


@pytest.mark.parametrize(("before", "use", "helper"), BOX_CONVERT.values(), ids=BOX_CONVERT)
def test_library_of_the_submission(before, use, helper, graded):
    """Names of a library that only the submission imports are forbidden, too: ready-made boxes earn nothing."""
    assert refused(graded(before, use.format("*args, 'xyxy', 'cxcywh'"), helper), "box_convert", "getattr")


def test_library_imported_in_vain(graded):
    """Importing such a library, and using its other parts, costs nothing."""
    report = graded("import torchvision\nfrom torchvision import transforms", "transforms.Resize")

    assert [check.message for check in report.checks if not check.passed] == []


def test_library_left_alone(monkeypatch):
    """A library that nobody has imported is not loaded to find its names."""
    family = Family(says=Text(en="colours", zh="颜色"), names=("colorsys.rgb_to_hls",), operators=())
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    assert families.forbidden_by([family]).bindings == []
    assert "colorsys" not in sys.modules
    assert [binding.name for binding in families.forbidden_by([family], {"colorsys"}).bindings] == [*family.names]


def test_operator_below_python(judge):
    """Only the record finds a function of torch that runs a forbidden operator inside."""
    chapter = judge.course.chapter("ch05")
    source = references.source(judge.course, chapter) + (
        "\n\n_right = mm\n\n\ndef mm(A, B):\n    torch.cov(torch.ones(2, 2))\n    return _right(A, B)\n"
    )

    report = judge.grade(chapter, Submission.from_source(source, "ch05.py"), RunOptions(keyword="mm"))

    checks = [check for check in report.checks if check.exercise == "mm"]
    told = [check.message.en for check in checks if check.message]
    assert len(told) == len(checks)
    assert not any(check.earned for check in checks)
    assert any("Ran the forbidden operator aten::" in words for words in told), told


def test_operators_of_the_probe(judge):
    """Operators that a suite's own probe runs are not blamed on the submission."""
    chapter = judge.course.chapter("ch04")

    report = judge.grade(chapter, judge.submission(chapter, None), RunOptions(keyword="broadcast_shape"))

    assert {name for e in chapter.exercises if e.name == "broadcast_shape" for name in e.forbidden} >= {"arrays"}
    assert [check.message for check in report.checks if not check.passed] == []


def test_record(capfd):
    """The record has operators under torch's names, no matter how they were called, and prints nothing."""
    ran = []

    with operators.recorded(ran):
        torch._softmax(torch.ones(2), 0, False)
        torch.nn.GRUCell(1, 1)(torch.ones(1, 1))

    assert {"aten::_softmax", "aten::gru_cell"} <= {*ran}
    assert capfd.readouterr() == ("", "")
    assert families.ran(["*softmax"], ran) == ["aten::_softmax"]


def test_neighbour_as_it_was_read(layer_norm):
    """A file beside the submission is imported as it was checked, though the submission has written another."""
    before = (
        "import os\nopen(os.path.join(os.path.dirname(__file__), 'helper.py'), 'w').write('f = None')\nimport helper"
    )

    report = layer_norm(before, "helper.f()", {"helper.py": "def f():\n    return 1\n"})

    assert report.score == report.points


def test_line_and_file(layer_norm):
    """The message names the function, the line, and the file if it is not the main file."""
    report = layer_norm(
        "import helper", "helper.f(x)", {"helper.py": "import torch\n\ndef f(x):\n    return torch._C\n"}
    )

    assert refused(report, "torch._C (helper.py, line 4)")


def test_suspicious_lines(layer_norm):
    """Lines that mention the interpreter's internals are listed, though nothing reaches them and they cost nothing."""
    before = "def _notes():\n    import ctypes\n    return _notes.__globals__"

    report = layer_norm(before)

    assert report.score == report.points
    first = report.suspicious[0].line
    assert [(line.name, line.file, line.line - first) for line in report.suspicious] == [
        ("ctypes", "ch28.py", 0), ("__globals__", "ch28.py", 1),
    ]  # fmt: skip


def answers():
    chapters = [chapter for chapter in HERE.chapters if any(exercise.forbidden for exercise in chapter.exercises)]
    for chapter in chapters:
        right = {"reference": references.source(HERE, chapter), **references.alternates(HERE, chapter)}
        yield from (pytest.param(chapter, source, id=f"{chapter.id}-{name}") for name, source in right.items())


@pytest.mark.parametrize(("chapter", "source"), list(answers()))
def test_right_answer(chapter, source):
    """The static check refuses no reference and no alternate, wherever torchvision is loaded."""
    program = Program("answer", {"answer": ast.parse(source)})
    specs = {exercise.name: HERE.forbidden(exercise) for exercise in chapter.exercises}
    forbidden = {name: families.forbidden_by(spec, {"torchvision"}) for name, spec in specs.items() if spec}

    assert not any(static.uses(program, {"answer": "answer.py"}, interface(source), forbidden).values())


@pytest.mark.parametrize("name", [pytest.param(name, marks=newer_than_installed(name)) for name in HERE.families])
def test_family(name):
    """Every name and operator of a family exists, and some exercise forbids the family."""
    assert families.unresolved(HERE.families[name]) == []
    assert any(name in exercise.forbidden for chapter in HERE.chapters for exercise in chapter.exercises)


def test_changed_family(tiny_course):
    """A submission is graded anew when a family that its exercise forbids has changed."""
    ready_made = tiny_course / "exercises" / "ready_made.yaml"
    chapter = tiny_course / "exercises" / "ch01_doubling" / "chapter.yaml"
    chapter.write_text(chapter.read_text(encoding="utf-8") + "    forbidden: [sum]\n", encoding="utf-8")
    digests = set()
    for operator in ("sum", "nansum"):
        ready_made.write_text(
            f"sum: {{says: {{en: sums, zh: 求和}}, names: [torch.sum], operators: [{operator}]}}\n", encoding="utf-8"
        )
        fresh = course.Course(tiny_course)
        digests.add(chapter_digest(fresh, fresh.chapter("ch01")))

    assert len(digests) == 2
