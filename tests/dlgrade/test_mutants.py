"""Mutants: a mistake without a name gets a sentence if its values are those of a small change of the reference."""

import ast
import re

import pytest
import torch

from dlgrade.audit.made_up import WORTHLESS, worthless
from dlgrade.course import load, references
from dlgrade.judge.content import Content
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission
from dlgrade.worker.forbidden.operators import count

HERE = load()
SKETCH = "Your results are those of a correct solution in which "


@pytest.fixture(scope="module")
def judge():
    with Judge(HERE) as judge:
        yield judge


def failures(judge, chapter, source, *, scripts=False):
    chapter = HERE.chapter(chapter)
    options = RunOptions(training="never", scripts=scripts)
    report = judge.grade(chapter, Submission.from_source(source, f"{chapter.stem}.py"), options)
    return [check for check in report.checks if not check.passed and not check.needs]


def changed(chapter, *replacements):
    """The reference of a chapter with a mistake."""
    source = references.source(HERE, HERE.chapter(chapter))
    for old, new in replacements:
        assert old in source, old
        source = source.replace(old, new, 1)
    return source


def sentences(checks):
    return {check.hint.en.removeprefix(SKETCH) for check in checks if check.relation and SKETCH in check.hint.en}


# Mistakes without a name and without a relation: the chapter, the change, and the sentence's end.
STATED = {
    "number": (
        "ch54", ("if t % k == 0:", "if t % k == 1:"), "a number in an expression with k is off by 1.",
    ),
    "scope": (
        "ch57", ("H = O * torch.tanh(C)", "H = torch.tanh(O * C)"),
        "the tanh is taken after an operation, not before it.",
    ),
    "function": (
        "ch23", ("nn.Sigmoid(),\n        nn.AvgPool2d(kernel_size=2, stride=2),\n        nn.Flatten",
                 "nn.Sigmoid(),\n        nn.MaxPool2d(kernel_size=2, stride=2),\n        nn.Flatten"),
        "a max pooling takes the place of an average pooling.",
    ),
    "argument": (
        "ch68", ("                use_bias=use_bias,\n", ""), "the argument use_bias is not passed on, in __init__."
    ),
    "rounding": (
        "ch17", ("samples / throughput / SECONDS_PER_HOUR", "-(-samples // throughput) / SECONDS_PER_HOUR"),
        "a value with samples and throughput is rounded up on the way.",
    ),
    "order-of-functions": (
        "ch68", ("self.dense2(self.dense1(X).relu())", "self.dense2(self.dense1(X)).relu()"),
        "another function is taken before the ReLU, not after it, in forward.",
    ),
    "own-exception": (
        "ch06", ("if not -1 <= at_zero <= 1:\n        raise ValueError(f",
                 "if abs(at_zero) >= 1:\n        raise ValueError(f'no' + "),
        "a comparison with at_zero does not hold for equal values.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_stated(judge, name):
    """A mistake is described by what its values are, in both languages, and always in the same words."""
    chapter, replacement, sentence = STATED[name]
    source = changed(chapter, replacement)
    checks = failures(judge, chapter, source)
    assert sentence in sentences(checks), [(check.id, check.diagnosis, check.hint) for check in checks]
    shown = next(check.hint for check in checks if check.hint.en.endswith(sentence))
    assert "你的结果与这样一份解答一致" in shown.zh
    assert [check.hint for check in failures(judge, chapter, source)] == [check.hint for check in checks]


def test_after_a_right_submission(judge):
    """In a class, where passed checks need no suite, the sentence is the same."""
    chapter, replacement, sentence = STATED["scope"]
    failures(judge, chapter, changed(chapter), scripts=True)
    assert sentence in sentences(failures(judge, chapter, changed(chapter, replacement), scripts=True))


def test_a_check_that_passed(judge):
    """A mutant that would fail a check which the submission has passed is not its mistake."""
    chapter, (old, _), sentence = STATED["number"]
    only_long = changed(chapter, (old, "if t % k == (1 if len(inputs) > 6 else 0):"))
    found = failures(judge, chapter, only_long)
    assert found
    assert sentence not in sentences(found)


NOISE = {"noise": "_map(Y, lambda t: torch.randn_like(t) if t.is_floating_point() else t, lambda n: n + 0.5)"}


@pytest.mark.parametrize("chapter", ["ch09", "ch28", "ch54"])
def test_worthless(judge, chapter):
    """Constants, the input, noise and NaN are not the values of a mutant."""
    source = references.source(HERE, HERE.chapter(chapter))
    for answer, expression in (WORTHLESS | NOISE).items():
        checks = failures(judge, chapter, worthless(source, HERE.chapter(chapter), expression))
        assert checks, answer
        assert sentences(checks) == set(), answer


def test_work_of_operators():
    """The effort of a probe, which bounds the search, grows with its tensors."""
    small, large = (count(lambda n=n: torch.ones(n, n) @ torch.ones(n, n)) for n in (4, 64))
    assert (small[0], small[1] * 16**2, small[2] * 16**3) == large
    assert small[2] == 2 * 4**3


@pytest.mark.parametrize("chapter", ["ch28", "ch54", "ch63"])
def test_nothing_of_the_answer(chapter):
    """A sentence has no code, no number but 0 and 1, and no name that the starter code does not have."""
    content = Content(HERE, HERE.chapter(chapter))
    source = content.sources.source
    inside = references.answer_lines(source)
    starter = "\n".join(line for number, line in enumerate(source.splitlines(), 1) if number not in inside)
    known = set(re.findall(r"\w+", starter)) | {"float64"}
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    count = 0
    for exercise in content.chapter.exercises:
        for mutant in content.mutants.of(exercise.name):
            words = set(re.findall(r"\w+", mutant.sentence.en))
            technical = {word for word in words & names if "_" in word or word != word.lower()}
            assert technical <= known, mutant.sentence.en
            assert not {word for word in words if word.isdigit()} - {"0", "1"}, mutant.sentence.en
            assert not re.search(r"[()\[\]=*/+]", mutant.sentence.en), mutant.sentence.en
            count += 1
    assert count > 100
