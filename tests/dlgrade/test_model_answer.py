"""The code that `dlgrade solution` shows: it runs below the starter code."""

import ast
import builtins

import pytest
import torch

from dlgrade import course
from dlgrade.course import references
from dlgrade.course.starter_code import starter_code
from dlgrade.student.model_answer import definition, model_answer

HERE = course.load()


def undefined(shown, starter):
    """The names that the shown code uses, and that neither it nor the starter code defines."""
    used, bound = set(), set(dir(builtins)) | {"__class__"}
    for tree, everything in ((ast.parse(shown), True), (ast.parse(starter), False)):
        for node in ast.walk(tree) if everything else tree.body:
            if isinstance(node, ast.Name):
                (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            elif isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                bound.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                bound |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.Assign):
                bound |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return used - bound


@pytest.mark.parametrize("chapter", HERE.chapters, ids=lambda chapter: chapter.id)
def test_no_undefined_names(chapter):
    """Whatever a model answer uses is in it or in the starter code, and no other exercise's answer is in it."""
    reference = references.source(HERE, chapter)
    starter = starter_code(reference)
    names = {exercise.name for exercise in chapter.exercises}
    for name in names:
        shown = model_answer(reference, name)
        assert undefined(shown, starter) == set(), f"{chapter.id}.{name}"
        assert not any(definition(shown, other) for other in names - {name}), f"{chapter.id}.{name}"


def test_beam_search_runs():
    """The answer of ch63 uses a type that only the answer has; pasted below the starter code, it runs."""
    reference = references.source(HERE, HERE.chapter("ch63"))
    names = {}
    exec(starter_code(reference) + "\n\n" + model_answer(reference, "exhaustive_search"), names)
    words, log_prob = names["exhaustive_search"](lambda _: torch.tensor([0.25, 0.75]).log(), 9, 1, 2)
    assert (words, round(log_prob, 3)) == ((1,), -0.288)


REFERENCE = '''\
import math

# BEGIN SOLUTION
import itertools

SCALE, SHIFT = 2, 3
SCALE += 1


class _Base:
    """Given."""


class _Part(_Base):
    """A part."""

    size = SCALE


def _inner():
    return _Part.size


def _helper():
    return _inner()


def _unused():
    return 1


# END SOLUTION


def other():
    """Another exercise."""
    # BEGIN SOLUTION
    return 5
    # END SOLUTION


def wanted():
    """An exercise."""
    # BEGIN SOLUTION
    return math.pi + _helper() + other() + sum(itertools.chain())
    # END SOLUTION
'''


def test_what_is_shown():
    """Helpers of helpers, classes, constants and imports of the answer are there; the rest is not."""
    shown = model_answer(REFERENCE, "wanted")
    places = [shown.index(part) for part in ("import itertools", "SCALE, SHIFT", "SCALE += 1", "class _Base",
                                             "class _Part", "def _inner", "def _helper", "def wanted")]  # fmt: skip
    assert places == sorted(places)
    for part in ("import math", "_unused", "def other", "return 5", "SOLUTION", "An exercise."):
        assert part not in shown
