"""A module that is not there is an error where its name is used, and nowhere else."""

import pytest

from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission import Submission

IMPORTS = {
    "import": "import torchsummary",
    "as": "import graphviz as gv, torchsummary",
    "from": "from torchsummary import summary, torchsummary",
    "star": "from torchsummary import *",
    "inside": "import torchsummary.torchsummary",
    "part_of_torch": "import torch.nowhere",
    "name_in_torch": "from torch.nn import nowhere",
    "class": "import torchsummary\nclass Net(torchsummary.Module):\n    pass",
    "default": "from torchsummary import summary\ndef show(net, how=summary()):\n    pass",
    "statements": "import torchsummary\ntorchsummary.summary(1)\nsizes = [x for x in torchsummary.sizes]",
    "loop": "from tqdm_of_nobody import trange\nfor i in trange(3):\n    print(i)",
    "annotation": "from torchsummary import Net\ndef show(net: Net | None):\n    pass",
    "try": "try:\n    import torchsummary\n    FOUND = True\nexcept ImportError:\n    FOUND = False\nassert not FOUND",
}


@pytest.fixture
def count(judge, ch28, grade):
    """count(before, use, beside={}): the report of the reference, whose norm_stat_count also does `use`."""

    def count(before, use="pass", beside=None):
        source = f"{before}\n{grade.reference}\n\ndef norm_stat_count(*args, right=norm_stat_count):\n    {use}\n"
        source += "    return right(*args)\n"
        files = {"ch28.py": source.encode(), **{name: text.encode() for name, text in (beside or {}).items()}}
        return judge.grade(ch28, Submission("ch28.py", files, "ch28.py", source=source), RunOptions(keyword="batch"))

    return count


def of(report, exercise="norm_stat_count"):
    return [check for check in report.checks if check.exercise == exercise]


@pytest.mark.parametrize("before", IMPORTS.values(), ids=IMPORTS)
def test_unused(count, before):
    """An import that fails costs nothing if nothing uses its name."""
    report = count(before)

    assert [check.message for check in report.checks if not check.passed] == []


USES = {
    "attribute": ("import torchsummary", "torchsummary.summary(1)"),
    "call": ("from torchsummary import summary", "summary(1)"),
    "iteration": ("from torchsummary import layers", "[layer for layer in layers]"),
    "subclass": ("import torchsummary\nclass Net(torchsummary.Module):\n    pass", "Net()"),
    "alias": ("import torchsummary as ts\nf = ts.summary", "f()"),
}


@pytest.mark.parametrize(("before", "use"), USES.values(), ids=USES)
def test_used(count, before, use):
    """The exercise that uses the name is told the module and what to do; other exercises pass."""
    report = count(before, use)

    for check in of(report):
        assert check.verdict is Verdict.RAISED
        assert check.message.en.startswith("torchsummary is not installed where this is graded. Delete the import")
        assert check.message.zh.startswith("评分环境没有安装 torchsummary。")
        assert use in [frame.source for frame in check.detail.frames]
    assert all(check.passed for check in report.checks if check.exercise != "norm_stat_count")


def test_the_exercise_itself(grade):
    """An exercise whose definition needs the module is told so, with the line of the definition."""
    report = grade(
        f"import torchsummary\n{grade.reference}\n\nclass BatchNorm(torchsummary.Module):\n    pass\n",
        "norm_stat_count",
    )
    assert report.score == report.points

    report = grade(f"{grade.reference}\nimport torchsummary\nnorm_stat_count = torchsummary.count\n", "norm_stat_count")
    assert report.checks[0].verdict is Verdict.RAISED
    assert "torchsummary is not installed" in report.checks[0].message.en
    lines = [frame.source for frame in report.checks[0].detail.frames]
    assert lines == ["norm_stat_count = torchsummary.count", "import torchsummary"]


def test_from_scratch(grade):
    """An exercise that must be written from scratch is told that the module is missing, not that it is forbidden."""
    own = f"import torchsummary\n{grade.reference}\n\ndef layer_norm(*args):\n    return torchsummary.norm(*args)\n"
    report = grade(own, "layer_norm")

    assert report.score == 0
    for check in report.checks:
        if check.verdict is Verdict.BLOCKED:
            continue
        assert check.verdict is Verdict.RAISED
        assert check.message.en.startswith("torchsummary is not installed")
        assert f"line {len(own.splitlines())}" in check.message.en


def test_lost_star_import(count):
    """A name that a missing module should have brought by a star import is unknown, and the message says why."""
    report = count("from helpers import *", "helper()")

    message = of(report)[0].message
    assert message.en.startswith("NameError: name 'helper' is not defined (There is no module helpers here")
    assert "`from helpers import *` 没有导入任何名称" in message.zh


def test_broken_neighbour(count):
    """A file beside the submission that cannot be imported shows its own error, where it is used."""
    beside = {"helper.py": "import nowhere\nx = nowhere\ndef f(:\n", "other.py": "def f(): return g()\n1 / 0\n"}
    report = count("import helper\nfrom other import f", "pass", beside)
    assert report.score == report.points

    syntax = of(count("import helper\nfrom other import f", "helper.f()", beside))[0]
    assert syntax.message.en.startswith("Syntax error: ")
    assert (syntax.detail.frames[0].file, syntax.detail.frames[0].line) == ("helper.py", 3)
    division = of(count("import helper\nfrom other import f", "f()", beside))[0]
    assert division.message.en.startswith("ZeroDivisionError: division by zero\n")
    assert (division.detail.frames[-1].file, division.detail.frames[-1].line) == ("other.py", 2)


def test_order_of_errors(count):
    """A syntax error that only the compiler finds comes before any statement runs, as in Python."""
    report = count("print('ran')\nbreak")

    assert report.checks[0].message.en.startswith("Syntax error: 'break' outside loop")
    assert report.checks[0].detail.output == ""


def test_future_imports(count):
    """`from __future__` holds for the whole file, although its statements run one by one."""
    report = count("from __future__ import annotations\nimport math\ndef f(x: nowhere.Net): ...")

    assert report.score == report.points
