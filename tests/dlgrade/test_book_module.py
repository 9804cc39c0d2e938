"""The module d2l that submissions get: the book's helpers, no answer of the chapter, and no way around its rules."""

import ast
import re
import sys

import pytest

from dlgrade import course
from dlgrade.course.book_module import OTHERS, BookModule, given, mentioned
from dlgrade.course.definitions import bound, reached, statements
from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission import Submission
from dlgrade.worker.forbidden.program import is_installed

COURSE = course.load()
IMPORTS = {
    "from_d2l": "from d2l import torch as d2l",
    "d2l_torch": "import d2l.torch as d2l",
    "d2l": "import d2l",
    "d2lzh": "import d2lzh_pytorch as d2l",
    "utils": "from d2lzh_pytorch import utils as d2l",
}


@pytest.fixture
def grade_as(judge):
    """grade_as(chapter, before, exercise, code, beside={}): the checks of an exercise, of the reference with more code.

    Without an exercise, the checks of all.
    """

    def grade_as(chapter, before="", exercise="", code="", beside=None):
        chapter = judge.course.chapter(chapter)
        source = f"{judge.content(chapter).reference.source}\n{before}\n\n{code}\n"
        name = f"{chapter.stem}.py"
        submission = Submission(name, {name: source.encode(), **(beside or {})}, name, source=source)
        checks = judge.grade(chapter, submission, RunOptions(keyword=exercise, training="never")).checks
        return [check for check in checks if exercise in ("", check.exercise)]

    return grade_as


def texts(chapter):
    return {name: code.decode() for name, code in BookModule(COURSE, COURSE.chapter(chapter)).files().items()}


@pytest.mark.parametrize("chapter", COURSE.chapters, ids=lambda chapter: chapter.id)
def test_no_answers(chapter):
    """No file of the module defines or imports an exercise of its chapter, or is from a chapter that is not earlier."""
    asked = {exercise.name for exercise in chapter.exercises}
    earlier = [f"d2l/_{known.id}.py" for known in COURSE.chapters[: COURSE.chapters.index(chapter)]]
    for name, text in texts(chapter.id).items():
        assert name in (*earlier, "d2l/torch.py", *OTHERS)
        assert not asked & {*bound(statements(text))}


@pytest.mark.parametrize("chapter", COURSE.chapters, ids=lambda chapter: chapter.id)
def test_complete(judge, chapter):
    """Every chapter's module can be imported, and has every name that it promises; unused, it costs nothing."""
    names = [name for reference in BookModule(COURSE, chapter).references.values() for name in reference.needs]
    source = (
        f"import d2lzh_pytorch.utils\nfrom d2l import torch as _d2l\nassert {{*{names}}} <= {{*_d2l.__all__}}\n"
        "assert all(hasattr(_d2l, name) for name in _d2l.__all__)\n" + judge.content(chapter).reference.source
    )

    report = judge.grade(chapter, Submission.from_source(source, "a.py"), RunOptions(training="never"))

    assert [(check.id, check.message) for check in report.checks if check.failed] == []


def test_every_given_name_is_offered():
    """The last chapter gets every definition that the comments name: none of them depends on an exercise there."""
    names = [name for _, names in given(COURSE, COURSE.book_module.read_text(encoding="utf-8")) for name in names]
    (everything,) = re.findall("^__all__ = (.*)$", texts(COURSE.chapters[-1].id)["d2l/torch.py"], re.MULTILINE)

    assert {*names} <= {*ast.literal_eval(everything)}


def test_only_what_is_named(judge):
    """A worker gets only those definitions of references that the code names, and what they need."""
    chapter = judge.course.chapter("ch68")
    named = judge.content(chapter).helpers(Submission.from_source("import d2l\nd2l.DotProductAttention(0.5)", "a.py"))

    assert sorted(named) == [
        "d2l/__init__.py",
        "d2l/_ch65.py",
        "d2l/torch.py",
        "d2lzh_pytorch/__init__.py",
        *OTHERS[2:],
    ]
    assert b"class DotProductAttention" in named["d2l/_ch65.py"]
    assert b"class AdditiveAttention" not in named["d2l/_ch65.py"]
    assert judge.content(chapter).helpers(Submission.from_source("import torch", "a.py")) == {}


def test_a_helper_that_needs_an_exercise():
    """A helper is left out of a chapter that asks for a part of it, whatever the helper's own name is."""
    module = texts("ch65")["d2l/torch.py"]
    assert "import evaluate_accuracy_gpu" in module
    assert "evaluate_accuracy" not in texts("ch23")["d2l/torch.py"]  # evaluate_accuracy_gpu is almost the same
    assert "accuracy" not in texts("ch09")["d2l/torch.py"]
    module = statements(
        "def a(x):\n    return b(x)\ndef b(x):\n    return ns.c\nns = {'e': e}\ndef e(): ...\ndef d(): ..."
    )

    assert mentioned(list(reached(module, ["a"]))) == {"a", "b", "x", "ns", "c", "e"}


def test_no_comments_and_no_file(grade_as):
    """The code of another chapter comes without docstrings, and `inspect` finds no source of it."""
    assert '"""' not in "".join(texts("ch68").values())
    code = (
        "import inspect\ntry:\n    TEXT = inspect.getsource(d2l.MultiHeadAttention.forward)\n"
        "except OSError as error:\n    TEXT = 'no source'\n"
        "def AddNorm(*args):\n    raise ValueError(TEXT)\n"
    )
    checks = grade_as("ch68", "from d2l import torch as d2l", "AddNorm", code)

    assert checks[0].message.en == "ValueError: no source"


@pytest.mark.parametrize("before", IMPORTS.values(), ids=IMPORTS)
def test_helpers(grade_as, before):
    """A helper of an earlier chapter works under every import; clocks, sums and devices work; plots do nothing."""
    code = (
        "class EncoderBlock(EncoderBlock):\n"
        "    def __init__(self, k, q, v, h, norm, f, ff, heads, dropout, use_bias=False, **kwargs):\n"
        "        super().__init__(k, q, v, h, norm, f, ff, heads, dropout, use_bias, **kwargs)\n"
        "        self.attention = d2l.MultiHeadAttention(k, q, v, h, heads, dropout, use_bias)\n"
        "        timer, sums, animator = d2l.Timer(), d2l.Accumulator(2), d2l.Animator(xlabel='x')\n"
        "        sums.add(1, 2)\n"
        "        animator.add(1, (2, None))\n"
        "        d2l.set_figsize()\n"
        "        d2l.plot([1], [2], 'x')\n"
        "        d2l.plt.figure().gca().plot(1)\n"
        "        assert (sums[1], timer.stop() >= 0, d2l.try_gpu().type) == (2, True, 'cpu')\n"
        "        assert d2l.size(d2l.ones(3)) == 3\n"
    )
    checks = grade_as("ch68", before, "EncoderBlock", code)

    assert [check.message for check in checks if check.failed] == []


OTHER_ANIMATORS = {
    "imported": ("from d2l import torch as d2l", "Animator"),
    "late": ("def Curves(**labels):\n    from d2l import torch as d2l\n    return d2l.Animator(**labels)", "Curves"),
    "own": ("class Animator(Timer):\n    def __init__(self, **_): pass\n    def add(self, *_): pass", "Animator"),
}


@pytest.mark.parametrize(("before", "animator"), OTHER_ANIMATORS.values(), ids=OTHER_ANIMATORS)
def test_curves(grade_as, judge, before, animator):
    """A submission may draw curves with the starter code's class, with that of d2l, or with its own."""
    source = judge.content(judge.course.chapter("ch23")).reference.source
    train = source[source.index("def train_ch6") :].replace("Animator(", f"{animator}(")
    checks = grade_as("ch23", before, "train_ch6", train)

    assert {check.verdict for check in checks} == {Verdict.PASSED}


MISSING = {
    "exercise": ("ch65", "d2l.masked_softmax(X, n)", "masked_softmax is an exercise of this chapter", "是本章的练习"),
    "later": (
        "ch65",
        "d2l.MultiHeadAttention(X, n)",
        "MultiHeadAttention is not available while grading",
        "评分时不提供",
    ),
    "download": ("ch65", "d2l.load_data_fashion_mnist(1)", "load_data_fashion_mnist is not available", "评分时不提供"),
}


@pytest.mark.parametrize(("chapter", "use", "english", "chinese"), MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("before", ["from d2l import torch as d2l", "names"])
def test_missing_name(grade_as, before, chapter, use, english, chinese):
    """A name that the module lacks raises where it is used, with the reason in both languages."""
    if before == "names":
        name, use = use.partition("(")[0].removeprefix("d2l."), use.removeprefix("d2l.").replace("(", "_(", 1)
        before = f"from d2l.torch import {name} as {name}_"
    checks = grade_as(chapter, before, "", f"def masked_softmax(X, n):\n    return {use}")

    wrong = [check for check in checks if check.exercise == "masked_softmax"]
    assert {check.verdict for check in wrong} == {Verdict.RAISED}
    assert all(f"d2l.{english}" in check.message.en and chinese in check.message.zh for check in wrong)
    assert all(check.passed for check in checks if check.exercise == "score_variance")


def test_own_d2l_comes_first(grade_as):
    """A file d2l.py or a folder d2l beside the submission is used in place of the module, and of an installed one."""
    code = "def perplexity(*args, right=perplexity):\n    assert d2l.MINE == 1\n    return right(*args)"
    for beside in ({"d2l.py": b"MINE = 1"}, {"d2l/torch.py": b"MINE = 1"}):
        before = "import d2l" if "d2l.py" in beside else "from d2l import torch as d2l"
        checks = grade_as("ch53", before, "perplexity", code, beside)
        assert [check.message for check in checks if check.failed] == []


def test_an_installed_d2l_is_not_used(tmp_path, monkeypatch):
    """A package d2l that is installed does not come before the module: grades are the same everywhere."""
    (tmp_path / "d2l.py").touch()
    (tmp_path / "other.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    assert is_installed("other")
    assert not is_installed("d2l")
    assert "d2l" not in sys.modules


FORBIDDEN = {
    "alias": ("ch54", "tanh", "return d2l.nn.functional.tanh(*args)", "tanh"),
    "helper": ("ch05", "mm", "return d2l.matmul(*args)", "matmul"),
    "from_helper": ("ch05", "mm", "from d2l.torch import matmul\n    return matmul(*args)", "matmul"),
    "module": ("ch09", "softmax", "return d2l.F.softmax(*args)", "softmax"),
    "torch_behind": ("ch09", "softmax", "return d2l.nn.functional.torch.softmax(args[0], 1)", "softmax"),
    "computed": ("ch05", "mm", "return getattr(d2l, ''.join(['mat', 'mul']))(*args)", ""),
    "loader": ("ch08", "data_iter", "return iter(d2l.load_array(args[1:], args[0]))", "DataLoader"),
}


@pytest.mark.parametrize(("chapter", "exercise", "use", "word"), FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.parametrize("before", ["from d2l import torch as d2l", "import d2l", "import d2lzh_pytorch as d2l"])
def test_no_way_around(grade_as, chapter, exercise, use, word, before):
    """A helper that calls a forbidden operation, and a library behind the module, are seen in an exercise."""
    for check in grade_as(chapter, before, exercise, f"def {exercise}(*args):\n    {use}"):
        assert check.verdict is Verdict.FAILED
        assert "from scratch" in check.message.en
        assert word in check.message.en
