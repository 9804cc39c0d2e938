"""Notebooks: their code cells are graded like a file, and messages name the cell."""

import json

import pytest

from dlgrade import submission
from dlgrade.errors import SubmissionError
from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission.reading import notebooks

HEAD = "import torch\nfrom torch import nn\n"


def as_json(*cells, version=4, **more):
    """The bytes of a notebook with these code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for source in cells
    ]
    if version == 3:
        old = [{"cell_type": "code", "language": "python", "input": source, "outputs": []} for source in cells]
        return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": old}]}).encode()
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **more}).encode()


def code(*cells):
    """The source made of cells, without blank lines and the marks of cells."""
    source, _ = notebooks.code(as_json(*cells), "it.ipynb")
    return [line for line in source.splitlines() if line.strip() and not line.startswith("# [")]


LEFT_OUT = {
    "magics": "%load_ext autoreload\n!pip install \\\n  torch\nfiles = !ls\n?print\nprint?\nt = %time 1",
    "cell-magic": "%%bash\ndef f() { echo; }",
    "broken": "print(",
    "not-python": "return 1",
    "comments": "# only words",
    "empty": "",
}


@pytest.mark.parametrize("cell", LEFT_OUT.values(), ids=LEFT_OUT)
def test_left_out(cell):
    """Magics, comments and broken experiments are no part of the source."""
    assert code(cell, "def f(): pass") == ["def f(): pass"]


def test_magics_among_code():
    """A magic inside a function is no obstacle, and a timed cell is Python."""
    assert code("def f():\n    %time 1\n    return 2") == ["def f():", "    pass", "    return 2"]
    assert code("%%time\ndef f(): pass\ntrain()") == ["def f(): pass", "train()"]
    assert code("await g()\ndef f(): pass") == ["await g()", "def f(): pass"]


def test_the_last_definition_counts():
    """A broken cell whose function another cell defines does no harm; otherwise it is where the source ends."""
    assert code("def f(:\n  1", "def f(): pass") == ["def f(): pass"]
    assert code("def g(): pass", "%time 1\ndef f(:\n  1", "def h(): pass") == [
        "def g(): pass", "pass", "def f(:", "  1",
    ]  # fmt: skip


def test_places():
    """A line of the source is a line of a cell; code cells are counted from 1, and others are not counted."""
    cells = json.loads(as_json("x = 1", "train()", "\n\ndef f():\n    pass"))
    cells["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "# def g(): pass"})
    made = submission.from_content("ch28.ipynb", json.dumps(cells).encode(), display_name="in/ch28.ipynb")
    lines = made.source.split("\n")
    assert made.place(lines.index("x = 1") + 1) == ("ch28.ipynb[1]", 1)
    assert made.place(lines.index("    pass") + 1) == ("ch28.ipynb[3]", 4)
    assert made.files == {"ch28.ipynb": made.source.encode()}


@pytest.mark.parametrize("version", [3, 4])
def test_formats(version):
    """Notebooks of older formats are converted; sources may be lists of lines, and outputs, widgets and errors any."""
    content = as_json("def f():\n    pass", version=version)
    assert "def f():" in notebooks.code(content, "it.ipynb")[0]
    tree = json.loads(as_json("x"))
    tree["cells"][0] |= {"source": ["def f():\n", "    pass"], "outputs": [{"nonsense": 1}], "metadata": None}
    tree["metadata"] = {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": 1}}}
    assert "    pass" in notebooks.code(b"\xef\xbb\xbf" + json.dumps(tree).encode(), "it.ipynb")[0]


def test_huge_outputs(tmp_path):
    """A notebook with 50 MB of output is read like a small one; more than 64 MB are refused before that."""
    tree = json.loads(as_json("def f(): pass"))
    tree["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x" * 100 + "\n"] * 450_000}]
    place = tmp_path / "ch28.ipynb"
    place.write_text(json.dumps(tree))
    assert len(submission.read(place).files["ch28.ipynb"]) < 100
    with place.open("r+b") as file:
        file.truncate(64_000_001)
    with pytest.raises(SubmissionError, match="64,000,000"):
        submission.read(place)


REFUSED = {
    "no-json": (b"{", r"is not a notebook: no JSON \(line 1\)"),
    "conflict": (b"<<<<<<< HEAD\n{}", "no JSON"),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "gbk": ("{'批'}".encode("gbk"), "is not UTF-8"),
    "other-json": (b'{"a": 1}', "it has no cells"),
    "list": (b"[]", "it has no cells"),
    "cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}', "is not a notebook"),
    "version": (b'{"nbformat": 99, "metadata": {}, "cells": []}', "is not a notebook .*99"),
    "r": (as_json("f <- 1", metadata={"kernelspec": {"language": "R"}}), "is a notebook in r, not Python"),
    "nothing": (as_json("print(1)", "2"), "defines nothing: it has 2 code cells"),
    "long": (as_json("x = '" + "y" * 1_000_000 + "'"), "1,000,000"),
    "empty": (b" ", "is empty"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(content, reason):
    """What is no Python notebook is refused with one sentence."""
    with pytest.raises(SubmissionError, match=reason) as refused:
        submission.from_content("ch28.ipynb", content, display_name="in/ch28.ipynb")
    assert "\n" not in refused.value.text.en
    assert refused.value.text.zh != refused.value.text.en


def graded(judge, ch28, *cells, keyword=""):
    made = submission.from_content("ch28.ipynb", as_json(*cells), display_name="ch28.ipynb")
    return judge.grade(ch28, made, RunOptions(keyword=keyword))


def test_graded_like_a_file(judge, ch28, grade):
    """The reference cut into cells, between plots and training, gets full marks."""
    parts = grade.reference.split("\n\n\n")
    cells = [cell for part in parts for cell in (part, "%matplotlib inline\nplt.plot(batch_norm(X))\ntrain_ch6(net)")]
    report = graded(judge, ch28, "from d2l import torch as d2l", *cells)
    assert report.score == report.points


@pytest.mark.parametrize(
    ("cell", "message", "line", "source"),
    [
        ("print(1)\n\ndef layer_norm(*a):\n    return a / 0", "unsupported operand", 4, "return a / 0"),
        ("def layer_norm(*a):\n    return (a", "Syntax error: '(' was never closed", 2, "return (a\n       ^"),
        ("def layer_norm(*a):\n    raise NotImplementedError", "layer_norm (ch28.ipynb[2], line 2)", 2, None),
        (
            "for _ in range(2):\n    k = 1; loss.backward()\ndef layer_norm(*a):\n    return k",
            "(ch28.ipynb[2], line 1 defines it, but did not run",
            4,
            "return k",
        ),
        ("def layer_norm(*a):\n    return nn.functional.layer_norm(*a)", "(ch28.ipynb[2], line 2)", None, None),
    ],
    ids=["exception", "syntax", "unwritten", "skipped", "ready-made"],
)
def test_messages_name_the_cell(judge, ch28, cell, message, line, source):
    """Exceptions, syntax errors and ready-made calls are shown with the cell and the line in it."""
    report = graded(judge, ch28, HEAD, cell, keyword="layer_norm")
    check = report.checks[0]
    assert check.verdict is not Verdict.PASSED
    assert message in check.message.en
    if line is not None:
        frame = check.detail.frames[-1]
        assert (frame.file, frame.line) == ("ch28.ipynb[2]", line)
        assert source in (None, frame.source)


def test_check_a_notebook(dlgrade, grade, tmp_path):
    """`dlgrade check` takes a notebook that is named, or the only one that fits where no Python file does."""
    (tmp_path / "ch28_mine.ipynb").write_bytes(as_json(grade.reference))
    done = dlgrade("check", "ch28", "-k", "norm_stat_count")
    assert (done.returncode, "ch28_mine.ipynb" in done.stdout) == (0, True), done.stdout + done.stderr
    (tmp_path / "ch28_mine.ipynb").write_bytes(as_json(HEAD, "def norm_stat_count(shape, kind):\n    return nothing"))
    done = dlgrade("check", "ch28", "-k", "norm_stat_count", "--submission", "ch28_mine.ipynb")
    assert done.returncode == 1
    assert "ch28_mine.ipynb[2]:2 norm_stat_count" in done.stdout


def test_solution_and_reset_of_a_notebook(dlgrade, grade, tmp_path):
    """The student's own version is the notebook's last one; the starter code that comes back is a notebook again."""
    state = {"DLGRADE_STATE": str(tmp_path / "state")}
    path = tmp_path / "ch28_mine.ipynb"
    first = "def norm_stat_count(shape, kind):\n    return 'first attempt'"
    last = grade.reference[grade.reference.index("def norm_stat_count") :]
    path.write_bytes(as_json(grade.reference, first, last.replace("math.prod", "1 * math.prod")))

    shown = dlgrade("solution", "ch28.norm_stat_count", **state)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "first attempt" not in shown.stdout
    assert "1 * math.prod" in shown.stdout.partition("Reference")[0]

    assert dlgrade("reset", "ch28", "--yes", **state).returncode == 0
    assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4
    assert submission.read(path).source.count("raise NotImplementedError") >= 6
