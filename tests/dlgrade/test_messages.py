"""The words of a failure: the call that went wrong, the student's own terms, each fault once."""

import io

import msgspec
import pytest
import torch
from rich.console import Console
from torch import nn

from dlgrade.course import references
from dlgrade.judge.expressions import expression
from dlgrade.options import RunOptions
from dlgrade.report.terminal import Terminal
from dlgrade.results import Report, Verdict
from dlgrade.submission import Submission
from dlgrade.worker.protocol import Traced


@pytest.fixture
def told(judge):
    """told(code, keyword, chapter="ch28", lang="en"): the words of `dlgrade check`, in one line without indents."""

    def told(code, keyword="", chapter="ch28", lang="en"):
        chapter = judge.course.chapter(chapter)
        source = f"{references.source(judge.course, chapter)}\n{code}"
        words = io.StringIO()
        terminal = Terminal(lang, console=Console(file=words, highlight=False, markup=False, emoji=False))
        submission = Submission.from_source(source, f"{chapter.stem}.py")
        report = judge.grade(chapter, submission, RunOptions(keyword=keyword), on_check=terminal.check)
        terminal.explain(report)
        terminal.conclude(Report("submission", 0, [report]), [chapter])
        return " ".join(words.getvalue().split()) if lang == "en" else "".join(words.getvalue().split())

    return told


def wrong(name, *lines):
    """Code that redefines a function; its right version is `right`."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"right = {name}\ndef {name}(*args, **kwargs):\n{body}"


# The call.

CALLS = {
    "in-a-list": (
        "permutation_matrix.repeated", "ch05", wrong("permutation_matrix", "return torch.eye(len(args[0]))[args[0]]"),
        ["call permutation_matrix(perm=[0, 0])", "The call has to raise ValueError, and does not."],
    ),
    "not-to-raise": (
        "coco_to_corner.sides_of_zero", "ch50",
        wrong("coco_to_corner", "if 0 in args[0][2:]:", "    raise ValueError", "return right(*args)"),
        ["call coco_to_corner(box=(", "The call raises ValueError; it has to return a value."],
    ),
    "none-for-an-exception": (
        "coco_to_corner.negative_sides", "ch50",
        wrong("coco_to_corner", "if min(args[0][2:]) < 0:", "    return None", "return right(*args)"),
        ["call coco_to_corner(box=(", "The call has to raise ValueError, and does not. It returned None."],
    ),
    "one-of-several": (
        "k_fold_indices.refused", "ch11",
        wrong("k_fold_indices", "return right(*args) if args[1] <= args[0] else [0]"),
        ["call k_fold_indices(n=", "The call has to raise ValueError, and does not."],
    ),
    "shared-memory": (
        "weighted_ensemble.memory_of_its_own", "ch43",
        wrong("weighted_ensemble", "return args[0][0] if len(args[0]) == 1 else right(*args)"),
        ["The argument probs is not as it was before weighted_ensemble: probs[0][", "result share its memory?"],
    ),
    "no-number-of-theirs": (
        "lp_norm.norms", "ch05", wrong("lp_norm", "return right(args[0], int(args[1]))"), ["The result is", "p=1.5)"],
    ),
    "raised": (
        "length_normalised_score.no_words", "ch63",
        "def length_normalised_score(log_prob, length, alpha=0.75): return log_prob / length**alpha",
        ["ZeroDivisionError: float division by zero", "Expected here: ValueError.", "length=0, alpha=0.75)"],
    ),
    "of-three-dimensions": (
        "batch_norm.three_dimensions", "ch28",
        wrong("batch_norm", "if args[0].dim() == 3: raise RuntimeError('odd')", "return right(*args)"),
        ["RuntimeError: odd. Expected here: AssertionError.", "X=<tensor float32 (2, 4, 3)>"],
    ),
    "a-module": (
        "BatchNorm.training_output", "ch28",
        "forward = BatchNorm.forward\nBatchNorm.forward = lambda self, X: 2 * forward(self, X)",
        ["call BatchNorm(num_features=3, num_dims=2)(X=<tensor"],
    ),
    "a-method": (
        "Vocab.min_freq", "ch52", "Vocab.to_tokens = lambda self, indices: ['x'] * len(indices)",
        ["result[0] is 'x'", "min_freq=1).to_tokens(indices=[0"],
    ),
    "an-operator": (
        "Dual.constant_on_the_right", "ch07", "Dual.__mul__ = lambda self, other: Dual(0.0, 0.0)", [" * 3)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("keyword", "chapter", "code", "parts"), CALLS.values(), ids=CALLS)
def test_the_call_that_went_wrong(told, keyword, chapter, code, parts):
    """The call whose result or exception is at fault is shown, out of several; `result` is its result."""
    words = told(code, keyword, chapter)
    for part in parts:
        assert part in words
    assert "calls" not in words


def test_several_calls(told):
    """Where no single call is at fault, a few are shown in their order."""
    words = told("def norm_stat_count(shape, kind): return 10**10000", "norm_stat_count.layer")
    assert "a whole number of more than 3,000 digits" in words
    assert words.count("kind='layer')") == 3
    assert "calls norm_stat_count(" in words


def test_a_lie_about_calls(told):
    """A worker that lies about its calls changes no word: the call is left out, as it cannot be told."""
    liar = "import dlgrade.worker.guest as guest\nguest.kind_of = lambda value: ('<b>told</b>', -1)\n"
    words = told(liar + "def norm_stat_count(shape, kind): raise ValueError(kind)", "norm_stat_count.layer")
    assert "ValueError: layer" in words
    assert "told" not in words
    assert "calls" not in words


@pytest.mark.parametrize(
    "data", [[[["tensor", -1]], None, False], [[["x", 0]], None, True], [[], 500, True], [[], -1, True]]
)
def test_limits_of_a_trace(data):
    """The judge refuses kinds, lengths and numbers of calls that no honest worker sends."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, Traced)


VALUES = {
    "float32": torch.tensor([[0.1, -2.0], [1e-30, 3.14159274]]),
    "float64": torch.tensor([1 / 3], dtype=torch.float64),
    "int": torch.tensor([3, -1]),
    "bool": torch.tensor([True, False]),
    "scalar": torch.tensor(2.5),
    "infinite": torch.tensor([torch.inf, -torch.inf]),
    "zeros": torch.zeros(4, 5),
    "full": torch.full((3, 7), 0.25, dtype=torch.float64),
    "empty": torch.empty(0, 3),
    "eye": 33 * torch.eye(30),
    "learnable": torch.tensor([1.0, 2.0]).requires_grad_(),
    "nested": {"a": [(1, 2.5), (3,)], "b": {4}},
    "module": nn.Sequential(nn.Linear(2, 3), nn.ReLU()),
    "function": torch.nn.functional.relu,
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_arguments_can_be_typed_in(value):
    """The expression of a small argument is Python that gives the argument again."""
    again = eval(expression(value), {"torch": torch, "nn": nn})
    if isinstance(value, torch.Tensor):
        assert torch.equal(again, value)
        assert (again.dtype, again.requires_grad) == (value.dtype, value.requires_grad)
    else:
        assert str(again) == str(value)


class Odd:
    def __init__(self):
        self.words = ["a", "b"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (torch.randn(8, 3), "<tensor float32 (8, 3)>"),
        (Odd(), "<Odd words=['a', 'b']>"),
        (lambda: 1, "<function <lambda>>"),
    ],
)
def test_other_arguments_are_no_python(value, words):
    """An argument without a short expression is in angle brackets, and has no address."""
    assert expression(value) == words
    with pytest.raises(SyntaxError):
        compile(words, "", "eval")


# The student's terms.

TERMS = {
    "one-of-three": (
        "batch_norm.small_batch", wrong("batch_norm", "return right(*args)[0]"),
        "batch_norm returned one tensor; expected three values (a tuple).",
        "batch_norm返回了一个张量，应返回3个值（tuple）。",
    ),
    "nothing": (
        "batch_norm.statistics_without_graph", wrong("batch_norm", "right(*args)"),
        "batch_norm returned None; expected three values (a tuple). Is a return statement missing?",
        "batch_norm返回了None，应返回3个值（tuple）。是否漏写了return？",
    ),
    "two-of-three": (
        "batch_norm.prediction", wrong("batch_norm", "return right(*args)[:2]"),
        "batch_norm returned two values (a tuple); expected three values (a tuple).",
        "batch_norm返回了2个值（tuple），应返回3个值（tuple）。",
    ),
    "three-for-one": (
        "layer_norm.last_axis", wrong("layer_norm", "return right(*args, **kwargs), 1, 2"),
        "layer_norm returned three values (a tuple); expected one tensor.",
        "layer_norm返回了3个值（tuple），应返回一个张量。",
    ),
    "a-fact": (
        "batch_norm.statistics_without_graph",
        wrong("batch_norm", "y, mean, var = right(*args)", "return y, mean.clone().requires_grad_(), var"),
        "`mean.requires_grad` is True; expected False.", "`mean.requires_grad`是True，应为False。",
    ),
    "in-place": (
        "batch_norm.arguments_untouched",
        wrong("batch_norm", "result = right(*args)", "args[1].fill_(3)", "return result"),
        "batch_norm changes its argument gamma: gamma[0, ", "batch_norm修改了参数gamma：调用前gamma[0,",
    ),
    "float-for-int": (
        "norm_stat_count.batch", wrong("norm_stat_count", "count = right(*args)", "return float(count[0]), count[1]"),
        "result[0] is the float ", "result[0]是float",
    ),
    "backward": (
        "layer_norm.gradients",
        "import torch\nclass Odd(torch.autograd.Function):\n    forward = staticmethod(lambda ctx, X: X.clone())\n"
        "    backward = staticmethod(lambda ctx, X: X[0])\n"
        + wrong("layer_norm", "return Odd.apply(right(*args, **kwargs))"),
        "The check calls backward() on the result. It raises RuntimeError",
        "检查对返回值调用backward()，报错：RuntimeError",
    ),
    "signature": (
        "norm_stat_count.layer", "def norm_stat_count(shape): return 1",
        "The call does not fit the definition. TypeError: ", "调用方式与定义不符。TypeError:",
    ),
    "no-tensor-meant": (
        "norm_stat_count.layer", "del norm_stat_count\nnorm_stats_count = 3",
        "ch28_batch_norm.py does not define norm_stat_count. call", "ch28_batch_norm.py中没有定义norm_stat_count。",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("keyword", "code", "en", "zh"), TERMS.values(), ids=TERMS)
def test_the_students_terms(told, keyword, code, en, zh):
    """A message speaks of the function, its result, its arguments, or of a fact by its name."""
    assert en.removesuffix(" call") in told(code, keyword)
    assert zh in told(code, keyword, lang="zh")


def test_no_guess_at_a_value(told):
    """A missing function is not guessed to be a value with a similar name."""
    assert "meant to be it" not in told("del norm_stat_count\nnorm_stats_count = 3", "norm_stat_count.layer")


# Each fault once.

FILES = {
    "syntax": ("def f(:", "Syntax error: invalid syntax", " ^"),
    "import": ("batch_norm.count = 1 / 0", "ZeroDivisionError: division by zero", ""),
}


@pytest.mark.parametrize(("line", "words", "mark"), FILES.values(), ids=FILES)
def test_a_fault_of_the_file(told, grade, line, words, mark):
    """A file that cannot be parsed or imported is one message with its line, without a call or a list of checks."""
    place = f"{grade.reference}\n{line}".splitlines().index(line) + 1
    said = told(line)
    assert words in said
    assert said.count(f" at ch28_batch_norm.py:{place}") == 1
    assert f"{line}{mark} Score 0 /" in said
    assert f"Next: fix line {place} of ch28_batch_norm.py, then run `dlgrade check ch28`." in said
    assert f"下一步：修正ch28_batch_norm.py的第{place}行，然后运行`dlgradecheckch28`。" in told(line, lang="zh")


def test_a_file_that_does_not_finish(judge, ch28):
    """An endless loop outside all functions is told with its line, for all checks alike."""
    source = "n = 0\nwhile n >= 0:\n    n += 1\ndef norm_stat_count(shape, kind): return n\n"
    report = judge.grade(ch28, Submission.from_source(source, "ch28.py"), RunOptions(keyword="norm_stat_count"))
    assert {check.verdict for check in report.checks} == {Verdict.TIMED_OUT}
    assert {check.detail.frames[-1].line for check in report.checks} <= {2, 3}
    assert len({check.message for check in report.checks}) == 1


UNNAMED = wrong("layer_norm", "Y = right(*args, **kwargs)", "return (17 * Y).sin() * (Y * Y + args[0])")
UNREGISTERED = """
class BatchNorm(BatchNorm):
    def __init__(self, num_features, num_dims):
        super().__init__(num_features, num_dims)
        held = {**self._buffers}
        self._buffers.clear()
        vars(self).update(held)
"""


def test_scored_failures_come_first(told):
    """Two failures without a name are explained, the others counted; remarks are one line at the end."""
    words = told(UNNAMED + UNREGISTERED)
    assert words.count("FAILED layer_norm.") == 2
    assert " more of layer_norm: layer_norm." in words
    assert words.index("FAILED layer_norm.") < words.index("Remarks that cost no points: BatchNorm.buffers")
    assert "FAILED BatchNorm.buffers" not in words


def test_remarks_alone(told):
    """A failed bonus check by itself is explained, and nobody says that all passed with 0 of 0 points."""
    words = told(UNREGISTERED, "buffers")
    assert "FAILED BatchNorm.buffers (bonus)" in words
    assert "These checks earn no points The remarks above cost no points." in words
    assert "0 / 0" not in words
    assert "附加检查不影响得分" in told(UNREGISTERED, "buffers", lang="zh")
