"""Exceptions of a submission become short reports that say where, no matter how the submission makes them."""

import sys

import pytest

from dlgrade.options import RunOptions
from dlgrade.report.json_report import report_json
from dlgrade.results import Report, Verdict
from dlgrade.submission import Submission


@pytest.fixture
def fail(grade):
    """fail(lines): the first check of norm_stat_count, where its body is these lines."""

    def fail(*lines, before=""):
        body = "".join(f"    {line}\n" for line in lines)
        return grade(f"{before}\ndef norm_stat_count(shape, kind):\n{body}", keyword="norm_stat_count").checks[0]

    return fail


PLACES = {
    "far": ("1, 1_000_000", 1, "y"),
    "beyond": ("10**30, 10**30", 1_000_000, "y"),
    "negative": ("-5, -5", 0, "y"),
    "none": ("None, None", 0, "y"),
    "text": ("'1', '2'", 0, "y"),
    "fraction": ("1.5, 2.5", 0, "y"),
    "first": ("7, 1", 7, "y\n^"),
    "end": ("7, 2", 7, "y\n ^"),
}


@pytest.mark.parametrize(("given", "line", "source"), PLACES.values(), ids=PLACES)
def test_places_of_a_syntax_error(fail, given, line, source):
    """A line or column that no file has is moved within the limits; a mark is only below a character that is shown."""
    check = fail(f"raise SyntaxError('x', ('ch28_batch_norm.py', {given}, 'y'))")
    assert check.verdict is Verdict.RAISED
    assert check.message.en == "Syntax error: x"
    (frame,) = check.detail.frames
    assert (frame.line, frame.source) == (line, source)


@pytest.mark.parametrize("given", ["None", "5", "b'ch28.py'", "['a']", "'a\\0b' * 10**6", "'/' * 10**6"])
def test_files_of_a_syntax_error(fail, given):
    """A file name may be anything; the report has a short one."""
    check = fail(f"raise SyntaxError('x', ({given}, 1, 1, {given}))")
    assert check.verdict is Verdict.RAISED
    assert len(check.detail.frames[0].file) <= 100
    assert len(check.detail.frames[0].source) <= 402


def test_a_message_that_is_no_string(fail):
    """An exception may print as an object of a class of its own."""
    words = "class Words(str):\n    __getitem__ = __len__ = encode = lambda *_: 1 / 0\n"
    error = "class Odd(Exception):\n    __str__ = lambda self: Words('m' * 10**6)\n"
    check = fail("raise Odd", before=words + error)
    assert check.message.en == "Odd: " + "m" * 2000


LIE = """
class Lie({base}):
    @property
    def msg(self):
        raise SystemExit(0)

    __class__ = __traceback__ = filename = lineno = offset = text = msg

    def __str__(self):
        return "told"
"""


@pytest.mark.parametrize("base", ["Exception", "SyntaxError", "NotImplementedError", "RuntimeError"])
def test_an_exception_whose_attributes_raise(fail, base):
    """A class cannot hide its lines by defining `__traceback__`, `msg` or `__class__`."""
    check = fail("raise Lie", before=LIE.format(base=base))
    assert check.verdict in (Verdict.RAISED, Verdict.NOT_IMPLEMENTED)
    assert check.detail.frames


def test_an_exception_that_exits_when_it_is_printed(fail):
    """The exception is reported, and the process goes on."""
    trap = "class Trap(Exception):\n    def __str__(self): raise SystemExit(0)\n"
    check = fail("raise Trap", before=trap)
    assert check.message.en == "Trap: <its __str__ raised SystemExit>"


def test_long_names(fail):
    """Classes, functions and files with names of a megabyte are reported by the beginning of their names."""
    check = fail(
        "here = norm_stat_count.__code__.co_filename",
        "f.__code__ = f.__code__.replace(co_name='f' * 10**6, co_filename=here + '/' + 'n' * 10**6)",
        "f()",
        before="def f(): raise type('E' * 10**6, (Exception,), {})('m')\n",
    )
    assert check.message.en == "E" * 100 + ": m"
    assert check.detail.frames[-1].function == "f" * 100
    assert len(check.detail.frames[-1].file) <= 100


RECURSIONS = {
    "direct": (1, "def f(x): return f(x)\n"),
    "in-turns": (2, "def f(x): return g(x)\ndef g(x): return f(x)\n"),
    "in-a-ring": (3, "def f(x): return g(x)\ndef g(x): return h(x)\ndef h(x): return f(x)\n"),
}


@pytest.mark.parametrize(("lines", "before"), RECURSIONS.values(), ids=RECURSIONS)
def test_endless_recursion(fail, lines, before):
    """The lines of a recursion are shown once each, with how often they were reached."""
    check = fail("return f(shape)", before=before)
    entry, *others = check.detail.frames
    assert (entry.function, entry.times) == ("norm_stat_count", 1)
    assert len(others) == lines
    assert sum(frame.times for frame in others) > sys.getrecursionlimit() / 2


def test_a_file_that_recurses_everywhere(judge, ch28, grade):
    """If every exercise recurses without end, the report is less than twice as long as the report of a right answer."""
    names = "batch_norm", "layer_norm", "instance_norm", "group_norm", "norm_stat_count", "BatchNorm"
    wrong = "".join(f"def {name}(*a, **k): return {name}(*a, **k)\n" for name in names)
    sizes = []
    for source in (grade.reference, grade.reference + wrong):
        chapter = judge.grade(ch28, Submission.from_source(source, "ch28.py"), RunOptions(training="never"))
        sizes.append(len(report_json(Report("ch28.py", 0, [chapter]), "en")))
    assert sizes[1] < 2 * sizes[0]


def test_sixty_thousand_refusals(grade):
    """A submission that goes on after every refused call still gets the message about the call."""
    check = grade(
        "from torch.nn import functional\n"
        "def layer_norm(X, shape, *args, **kwargs):\n"
        "    for _ in range(60_000):\n"
        "        try: getattr(functional, 'layer_' + 'norm')(X, shape)\n"
        "        except BaseException: pass\n"
        "    return X\n",
        keyword="layer_norm.batch_of_one",
    ).checks[0]
    assert check.verdict is Verdict.FAILED
    assert "layer_norm" in check.message.en


def test_names_that_are_none(grade):
    """A missing function is reported as missing, no matter what else the module holds."""
    check = grade(
        "globals().update({5: 1, 'norm_stat_coun\\ud800': 2, 'n' * 10**6: 3})", keyword="norm_stat_count"
    ).checks[0]
    assert check.verdict is Verdict.NOT_IMPLEMENTED
    assert "norm_stat_count" in check.message.en
