"""The made-up submissions of a chapter, all but the mutants."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dlgrade import stubs
from dlgrade.audit.model import MadeUp
from dlgrade.course import Chapter, Course, Misconception
from dlgrade.errors import CourseError
from dlgrade.text import both
from dlgrade.variants import changed

# Worthless answers: what a function gives in place of the right result Y. X is its first argument.
WORTHLESS = {
    "zeros": "_map(Y, torch.zeros_like, lambda n: 0 * n)",
    "ones": "_map(Y, torch.ones_like, lambda n: 0 * n + 1)",
    "nan": "_map(Y, lambda t: t * float('nan') if t.is_floating_point() else 0 * t, lambda n: float('nan'))",
    "none": "None",
    "a scalar": "torch.tensor(0.0)",
    "the input": "X",
    "another shape": "_map(Y, lambda t: t.unsqueeze(0), lambda n: [n])",
    "another dtype": "_map(Y, lambda t: t.to(torch.float16 if t.dtype != torch.float16 else torch.int8), str)",
    "an error": "_refuse(ValueError)",
    "an assertion": "_refuse(AssertionError)",
}
TOOLS = """

def _map(Y, tensor, number):
    if isinstance(Y, torch.Tensor):
        return tensor(Y.detach())
    if isinstance(Y, (list, tuple)):
        return type(Y)(_map(y, tensor, number) for y in Y)
    if isinstance(Y, dict):
        return {key: _map(y, tensor, number) for key, y in Y.items()}
    return number(Y) if isinstance(Y, (int, float)) and not isinstance(Y, bool) else None


def _refuse(kind):
    raise kind("no")

"""
FUNCTION = """
_right_{name} = {name}


def {name}(*args, **kwargs):
    X = (*args, *kwargs.values(), None)[0]
    Y = _right_{name}(*args, **kwargs) if {uses_result} else None
    return {expression}

"""
BARE_CLASS = """
class {name}(torch.nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, X=None, *args, **kwargs):
        return {expression}

"""
READY_MADE = """
_right_{name} = {name}


def {name}(*args, **kwargs):
    import {top}

    {use}
    return _right_{name}(*args, **kwargs)

"""


def made_up(course: Course, chapter: Chapter, seeds: list[int]) -> Iterator[MadeUp]:
    """Starter code, right answers, misconceptions, worthless answers and ready-made calls.

    Raises:
        CourseError: a misconception's change no longer applies, a marker is unpaired.
    """
    reference = stubs.read_reference(course, chapter)
    first = seeds[0]
    yield MadeUp(chapter.id, "starter", "starter code", stubs.starter_code(reference), first)
    right = {
        "reference": reference,
        **{path.stem: path.read_text(encoding="utf-8") for path in course.alternates(chapter)},
    }
    for name, source in right.items():
        for seed in seeds:
            yield MadeUp(chapter.id, "right", name, source, seed, shuffle=seed != first)
    for entry in course.misconceptions(chapter):
        yield MadeUp(chapter.id, "misconception", entry.id, _mistaken(course, chapter, reference, entry), first)
    for name, expression in WORTHLESS.items():
        yield MadeUp(chapter.id, "worthless", name, worthless(reference, chapter, expression), first)
    if any(exercise.forbidden for exercise in chapter.exercises):
        yield MadeUp(chapter.id, "ready-made", "ready-made calls", ready_made(reference, course, chapter), first)


def _mistaken(course: Course, chapter: Chapter, reference: str, entry: Misconception) -> str:
    where = str(course.solution(chapter) / "misconceptions.yaml")
    source = changed(reference, entry, where)
    try:
        ast.parse(source)
    except SyntaxError as error:
        why, at = f"{where}: misconception {entry.id}", f"{error.msg}, {(error.text or '').strip()!r}"
        raise CourseError(
            both(f"{why}: the change leaves no valid Python ({at})", f"{why}：改动后不是合法的 Python（{at}）")
        ) from None
    return source


def worthless(reference: str, chapter: Chapter, expression: str) -> str:
    """A submission whose exercises all give this expression. Classes are bare: what they hold is nothing, too."""
    classes = _classes(reference)
    source = reference + "\n\nimport torch\n" + TOOLS
    for exercise in chapter.exercises:
        if exercise.name in classes:
            plain = expression.replace("(Y,", "(X,")
            source += BARE_CLASS.format(name=exercise.name, expression=plain)
        else:
            uses = "Y" in expression.replace("TypeError", "")
            source += FUNCTION.format(name=exercise.name, expression=expression, uses_result=uses)
    return source


def ready_made(reference: str, course: Course, chapter: Chapter) -> str:
    """A submission that is right and mentions what each exercise forbids."""
    source = reference + "\n"
    for exercise in chapter.exercises:
        names = [name for family in course.forbidden(exercise) for name in family.names if name[-1] != "*"]
        if names:
            source += READY_MADE.format(name=exercise.name, top=names[0].partition(".")[0], use=names[0])
    return source


def _classes(reference: str) -> set[str]:
    return {node.name for node in ast.parse(reference).body if isinstance(node, ast.ClassDef)}
