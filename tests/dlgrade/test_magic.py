"""`%load_ext dlgrade` and `%dlgrade` in real kernels: what the cells say is graded, and messages name cell and line."""

import ast
import os
import re
import time
from types import SimpleNamespace

import nbclient
import nbformat
import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.errors import SubmissionError
from dlgrade.notebook import executed_cells

HEAD = "import torch\nfrom torch import nn"
THREADS = """\
import threading
import torch
def spin():
    while True:
        torch.ones(64, 64) @ torch.ones(64, 64)
for _ in range(3):
    threading.Thread(target=spin, daemon=True).start()
torch.set_num_threads(2)
setattr(torch, "allclose", lambda *a, **k: True)
setattr(torch, "equal", lambda *a, **k: torch.tensor(True))
setattr(torch, "isclose", lambda *a, **k: torch.tensor(True))"""
WRONG = """\
print("an experiment")

def layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):
    return X - X.mean(-1, keepdim=True)"""
BROKEN = """\
def norm_stat_count(shape, kind):
    count = 1
    return count / 0"""
RIGHT = """\
def layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):
    if tuple(X.shape[X.dim() - len(normalized_shape):]) != tuple(normalized_shape):
        raise ValueError(normalized_shape)
    axes = list(range(X.dim() - len(normalized_shape), X.dim()))
    Z = X - X.mean(axes, keepdim=True)
    Y = Z / (Z.pow(2).mean(axes, keepdim=True) + eps).sqrt()
    return Y * (1 if weight is None else weight) + (0 if bias is None else bias)"""
CELLS = {
    "load": "%load_ext dlgrade",
    "threads": THREADS,
    "imports": HEAD,
    "nothing": "%dlgrade check ch28 -k layer_norm",
    "wrong": WRONG,
    "fails": "%dlgrade check ch28 -k layer_norm",
    "shown": "%dlgrade check ch28 -k layer_norm.last_axis --lang zh --show",
    "broken": BROKEN,
    "raises": "%dlgrade check ch28 -k norm_stat_count.batch",
    "right": RIGHT,
    "passes": "it = %dlgrade check ch28 -k layer_norm\nprint(it.passed, it.report.score, it.report.points)",
    "syntax": "# again\ndef layer_norm(X,\n    return X",
    "unclosed": "%dlgrade check ch28 -k layer_norm.last_axis",
    "rerun": RIGHT.replace("axes", "dims"),
    "again": "%dlgrade check ch28 -k layer_norm",
    "unknown": "%dlgrade check ch99 --lang zh",
    "usage": "%dlgrade check",
    "watch": "%dlgrade watch",
    "no-such": "%dlgrade check ch28 -k nonsense",
    "hint": "%dlgrade hint ch28.layer_norm",
    "processes": "print(__import__('dlgrade.notebook.magic').notebook.magic._judges[0].own_nursery.process.pid)",
}
ERRORS_EXPECTED = {"syntax"}


def execute(cells, folder):
    """Run the notebook of these cells in a kernel of its own, from top to bottom; its cells by name or number."""
    made = [
        nbformat.v4.new_code_cell(source, metadata={"tags": ["raises-exception"] * (name in ERRORS_EXPECTED)})
        for name, source in cells.items()
    ]
    notebook = nbformat.v4.new_notebook(cells=made)
    run_notebook(notebook, folder)
    return dict(zip(cells, made, strict=True))


def run_notebook(notebook, folder):
    nbclient.NotebookClient(
        notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()


def shown(cell, kind="text/plain"):
    """What the cell's last line gave."""
    (output,) = [output for output in cell.outputs if output.output_type == "execute_result"]
    return output.data[kind]


def said(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel with torch imported and patched, threads running, and the executed cells by name."""
    folder = tmp_path_factory.mktemp("notebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLGRADE_STATE", str(folder / "state"))
        patch.setenv("LC_ALL", "C.UTF-8")
        yield SimpleNamespace(**{name.replace("-", "_"): cell for name, cell in execute(CELLS, folder).items()})


def test_not_written(kernel):
    """Before its cell was run, an exercise is to write, and the message says so."""
    assert "No cell that was run defines layer_norm" in shown(kernel.nothing)
    assert "`%dlgrade check ch28 -k layer_norm`" in shown(kernel.nothing)


def test_wrong(kernel):
    """A wrong definition fails, with its values, in a table by exercise, whatever was done to the kernel's torch."""
    html = shown(kernel.fails, "text/html")
    assert "<table" in html
    assert "FAILED" in html
    assert "<code>layer_norm</code> Layer normalisation" in html
    assert "0/2" in html
    assert re.search(r"result\[\d, \d, \d\] is -?[\d.]+; expected", html)
    assert "layer_norm(X=&lt;tensor float32 (4, 3, 6)&gt;" in html
    assert shown(kernel.fails).startswith("ch28 Batch normalisation · this notebook")


def test_pictures(kernel):
    """Tensors that differ are drawn as SVG; the plain text has them with --show alone."""
    html = shown(kernel.fails, "text/html")
    assert html.count("<svg") % 3 == 0
    assert html.count("<svg") > 0
    assert "largest difference" in html
    assert not re.search(r"<script|<style|\bid=|\bon\w+=", html)
    assert "largest difference" not in shown(kernel.fails)
    assert "最大的差" in shown(kernel.shown)


def test_chinese(kernel):
    """With --lang zh table and words are Chinese."""
    html = shown(kernel.shown, "text/html")
    assert "批量归一化" in html
    assert "未通过" in html
    assert "你的结果" in html
    assert "expected" not in html
    assert said(kernel.unknown).startswith("错误：")
    assert "ch99" in said(kernel.unknown)


def test_cell_and_line(kernel):
    """An exception is shown with the cell's number, as Jupyter shows it, and the line in it; so is a syntax error."""
    number = kernel.broken.execution_count
    assert f"In [{number}] line 3 norm_stat_count" in shown(kernel.raises, "text/html")
    assert f"In [{number}]:3" in shown(kernel.raises)
    assert "return count / 0" in shown(kernel.raises, "text/html")
    assert f"In [{kernel.syntax.execution_count}] line 2" in shown(kernel.unclosed, "text/html")
    assert "Syntax error" in shown(kernel.unclosed)


def test_run_again(kernel):
    """A cell that is mended and run again counts, the other version no longer; the result is there for programs."""
    assert said(kernel.passes) == "True 13.0 13.0\n"
    assert "All checks pass." in shown(kernel.again)
    assert "FAILED" not in shown(kernel.again, "text/html")


def test_mistakes_are_sentences(kernel):
    """A failure is explained in a sentence below the cell, not with a traceback, and the notebook goes on."""
    assert "Missing argument 'CHAPTER...'" in said(kernel.usage)
    assert "`%dlgrade check`" in said(kernel.watch)
    assert "matches -k 'nonsense'" in said(kernel.no_such)
    assert "1. " in said(kernel.hint)
    for cell in (kernel.usage, kernel.watch, kernel.no_such, kernel.unknown, kernel.hint):
        kinds = {output.output_type for output in cell.outputs}
        assert kinds <= {"stream", "display_data"}  # the latter: what is being done, on a slow machine


def test_the_judge_ends_with_the_kernel(kernel):
    """When the kernel is gone, so is its judge."""
    pid = int(said(kernel.processes))
    for _ in range(100):
        if not _runs(pid):
            return
        time.sleep(0.1)
    pytest.fail("the judge's process is still there")


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# The notebook that `dlgrade start --notebook` writes.


def started(dlgrade, folder, chapter):
    assert dlgrade("start", chapter.id, "--notebook").returncode == 0
    return nbformat.read(folder / f"{chapter.stem}.ipynb", as_version=4)


@pytest.fixture
def in_english(tmp_path, monkeypatch):
    monkeypatch.setenv("DLGRADE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.mark.usefixtures("in_english")
def test_starter_notebook(dlgrade, tmp_path, ch28):
    """It runs from top to bottom as it is, and every check is to write."""
    notebook = started(dlgrade, tmp_path, ch28)
    run_notebook(notebook, tmp_path)
    checks = [cell for cell in notebook.cells if cell.source.startswith("%dlgrade check")]
    assert len(checks) == len(ch28.exercises) + 1
    for cell in checks:
        assert "to write" in shown(cell)
        assert not re.search("passed|FAILED|RAISED|CRASHED|GRADER", shown(cell))


@pytest.mark.usefixtures("in_english")
def test_filled_in_notebook(dlgrade, tmp_path):
    """With the answers in its cells it runs from top to bottom and everything passes, also exercises that read W1."""
    here = course.load()
    chapter = here.chapter("ch10")
    notebook = started(dlgrade, tmp_path, chapter)
    answers = _definitions(references.source(here, chapter))
    helpers = [source for name, source in answers.items() if name.startswith("_")]
    for cell in notebook.cells:
        name = next((name for name in answers if re.search(rf"^(def|class) {name}\b", cell.source, re.M)), None)
        if "raise NotImplementedError" in cell.source and name:
            cell.source = "\n\n".join([*helpers, answers[name]])
    run_notebook(notebook, tmp_path)
    checks = [cell for cell in notebook.cells if cell.source.startswith("%dlgrade check")]
    for cell in checks:
        assert "All checks pass." in shown(cell), shown(cell)
    nbformat.write(notebook, tmp_path / f"{chapter.stem}.ipynb")
    assert dlgrade("check", "ch10", "-k", "net", DLGRADE_STATE=os.devnull).returncode == 0


def _definitions(source):
    """The functions and classes of a file, with their decorators, by name."""
    lines = source.splitlines()
    found = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            first = min([statement.lineno, *(mark.lineno for mark in statement.decorator_list)])
            found[statement.name] = "\n".join(lines[first - 1 : statement.end_lineno])
    return found


# Which version of a cell counts.


def namespace(*cells):
    """What the cells define, and their source."""
    one = executed_cells.submission(["", *cells], "it", {})
    made = {}
    exec(one.source, made)
    return made


def test_versions():
    """A new version takes the place of the former one, wherever it was run; what only the former has, stays."""
    made = namespace(
        "class A: n = 1", "class B(A): pass\ndef helper(): return 1", "class A: n = 2", "class B(A): m = 1"
    )
    assert (made["B"].n, made["B"].m, made["helper"]()) == (2, 1, 1)
    made = namespace("lr, n = 1, 1", "def f(a=lr): return a", "lr = 2")
    assert (made["f"](), made["n"]) == (2, 1)


def test_what_a_definition_needs_comes_first():
    """A new version may use what was defined after the former one."""
    assert namespace("def f(): pass", "k = 3", "def f(a=k): return a")["f"]() == 3


def test_what_is_left_of_a_former_version():
    """A ready-made call, an error or a broken line of a former version is gone with it."""
    source = executed_cells.submission(
        ["", "@undefined\ndef f(): return nn.BatchNorm2d(1)", "def f(): return 1"], "it", {}
    ).source
    assert "BatchNorm2d" not in source
    assert namespace("def f(:", "def f(): return 1", "def g(): return 2")["f"]() == 1
    assert "def f(:" in executed_cells.submission(["", "def f(): return 1", "def f(:"], "it", {}).source


def test_many_runs():
    """A cell that is run a thousand times is there once."""
    one = executed_cells.submission(["", *["x = 1\ndef f(): return x"] * 1000], "it", {})
    assert len(one.source.splitlines()) == 3
    assert one.place(3) == ("In [1000]", 2)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["", "print(1)", "%dlgrade check ch28"], "cells that ran define nothing"),
        (["", "x = '" + "y" * 10**6 + "'"], "bytes"),
    ],
    ids=["nothing", "too-large"],
)
def test_refused(cells, reason):
    """Cells without a definition, and too much code, are refused with a sentence."""
    with pytest.raises(SubmissionError, match=reason):
        executed_cells.submission(cells, "it", {})
