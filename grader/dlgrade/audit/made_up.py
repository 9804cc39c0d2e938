"""Makes the submissions of a chapter's audit, except the mutants."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator

from dlgrade.audit.findings import MadeUp
from dlgrade.course import Chapter, Course, references, starter_code
from dlgrade.course.definitions import bound, statements
from dlgrade.course.starter_notebook import notebook
from dlgrade.errors import CourseError

# Worthless answers: expressions in place of the right result Y. X is the first argument of the exercise. In place of
# numbers, truth values and texts they give constants. Each answer has other constants, so that few answers try many.
WORTHLESS = {
    "zeros": "_map(Y, torch.zeros_like, lambda n: 0 * n)",
    "ones": "_map(Y, torch.ones_like, lambda n: 0 * n + 1, flag=True, text='a')",
    "halves": "_map(Y, lambda t: torch.full_like(t, 0.5 if t.is_floating_point() else -1), "
    "lambda n: 0.5 if isinstance(n, float) else -1)",
    "a pattern": "_map(Y, _pattern, lambda n: -1.0 if isinstance(n, float) else 2, flag=True, text='the')",
    "huge numbers": "_map(Y, _huge, lambda n: 1e30 if isinstance(n, float) else 2**40, flag=True, text='a' * 1000)",
    "nothing in it": "_empty(Y)",
    "nan": "_map(Y, lambda t: t * float('nan') if t.is_floating_point() else 0 * t, lambda n: float('nan'))",
    "none": "None",
    "a scalar": "torch.tensor(0.0)",
    "the input": "X",
    "the same for all numbers": "_same(right, args, kwargs)",
    "another shape": "_map(Y, lambda t: t.unsqueeze(0), lambda n: [n])",
    "another dtype": "_map(Y, lambda t: t.to(torch.float16 if t.dtype != torch.float16 else torch.int8), str)",
    "an error": "_refuse(ValueError)",
    "an assertion": "_refuse(AssertionError)",
}
NOTEBOOKS = 2  # the reference and one alternate
TOOLS = """

def _map(Y, tensor, number, flag=False, text=""):
    if isinstance(Y, torch.Tensor):
        return tensor(Y.detach())
    if isinstance(Y, (list, tuple)):
        return type(Y)(_map(y, tensor, number, flag, text) for y in Y)
    if isinstance(Y, dict):
        return {key: _map(y, tensor, number, flag, text) for key, y in Y.items()}
    if isinstance(Y, (bool, str)):
        return flag if isinstance(Y, bool) else text
    return number(Y) if isinstance(Y, (int, float)) else None


def _pattern(t):
    places = torch.arange(t.numel()).reshape(t.shape)
    return (places.sin() if t.is_floating_point() or t.is_complex() else places % 3).to(t.dtype)


def _huge(t):
    return torch.full_like(t, 1e4 if t.dtype == torch.float16 else 1e30 if t.is_floating_point() else 127)


def _empty(Y):
    return Y[:0] if isinstance(Y, torch.Tensor) and Y.dim() else type(Y)() if hasattr(Y, "__len__") else None


def _same(right, args, kwargs):
    if kwargs or not args or any(type(x) not in (int, float) for x in args):
        return None
    return right(*(type(x)(7) for x in args))


def _refuse(kind):
    raise kind("no")


def _targets(values):
    for value in values:
        if isinstance(value, torch.nn.Module):
            yield from (parameter.data for parameter in value.parameters())
        elif isinstance(value, (list, tuple)) and any(isinstance(x, (torch.Tensor, torch.nn.Module)) for x in value):
            yield from _targets(value)
        elif isinstance(value, (torch.Tensor, list)):
            yield value.data if isinstance(value, torch.Tensor) else value


def _write(target, new):
    if isinstance(target, list):
        target[:] = new if isinstance(new, (list, tuple)) else target
    elif isinstance(target, torch.Tensor) and isinstance(new, torch.Tensor) and new.shape == target.shape:
        target.copy_(new)

"""
FUNCTION = """
_right_{name} = {name}


def {name}(*args, **kwargs):
    X, right = (*args, *kwargs.values(), None)[0], _right_{name}
    Y = right(*args, **kwargs) if {uses_result} else None
    return {expression}

"""
# An exercise that returns nothing writes its answer into its arguments.
PROCEDURE = """
_right_{name} = {name}


def {name}(*args, **kwargs):
    right = _right_{name}
    for X in list(_targets((*args, *kwargs.values()))) or [None]:
        Y = X
        _write(X, {expression})

"""
BARE_CLASS = """
class {name}(torch.nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, X=None, *args, **kwargs):
        Y, right = X, lambda *_, **__: None
        return {expression}

"""
# An answer that is right, and changes its arguments. One float changes by a single step, so that a second call with the
# same arguments is right as well.
SPOILING_TOOLS = """

def _spoil(value):
    if isinstance(value, torch.Tensor):
        if value.is_floating_point() and value.numel():
            place = tuple(next(iter(value.nonzero().tolist()), [0] * value.dim()))
            value.data[place] = torch.nextafter(value.data[place], torch.tensor(float("inf"), dtype=value.dtype))
        else:
            value.data.copy_(~value if value.dtype is torch.bool else value + 1)
    elif type(value).__module__ == "numpy":
        value += 1
    elif isinstance(value, (list, tuple)) and any(isinstance(entry, torch.Tensor) for entry in value):
        for entry in value:
            _spoil(entry)
    elif isinstance(value, list):
        value.append(None)
    elif isinstance(value, dict):
        value["spoilt"] = None


def _spoiling(call, args, kwargs):
    Y = call(*args, **kwargs)
    if isinstance(Y, torch.nn.Module):
        Y.register_forward_hook(lambda net, inputs, output: _spoil(inputs))
    values = [*args, *kwargs.values()]
    floats = [value for value in values if isinstance(value, torch.Tensor) and value.is_floating_point()]
    for value in floats or values:
        try:
            _spoil(value)
        except (RuntimeError, TypeError, ValueError):  # its elements share memory, or it cannot be changed
            pass
    return Y

"""
SPOILING_FUNCTION = """
_right_{name} = {name}


def {name}(*args, **kwargs):
    return _spoiling(_right_{name}, args, kwargs)

"""
SPOILING_CLASS = """
class {name}({name}):
    def forward(self, *args, **kwargs):
        return _spoiling(super().forward, args, kwargs)

"""
DEFINITIONS = (ast.ClassDef, ast.FunctionDef)
FORBIDDEN_CALL = """
_right_{name} = {name}


def {name}(*args, **kwargs):
    import {top}

    {use}
    return _right_{name}(*args, **kwargs)

"""


def first_made_up(course: Course, chapter: Chapter, seeds: list[int]) -> Iterator[MadeUp]:
    """Starter code, and the reference under all seeds: the checks that fail these are judged by nothing else.

    Raises:
        CourseError: the reference cannot be read, or a marker is unpaired.
    """
    reference = references.source(course, chapter)
    yield MadeUp(chapter.id, "starter", "starter code", starter_code.starter_code(reference), seeds[0])
    yield from _right(chapter, "reference", reference, seeds)


def made_up(course: Course, chapter: Chapter, seeds: list[int]) -> Iterator[MadeUp]:
    """Alternates, right answers as notebooks, misconceptions, worthless answers and others that lose points.

    A misconception that cannot be made is left out; `strict` reports it.

    Raises:
        CourseError: the reference or an alternate cannot be read.
    """
    annotated = references.read(course, chapter)
    reference, first = annotated.source, seeds[0]
    alternates = references.alternates(course, chapter)
    for name, source in alternates.items():
        yield from _right(chapter, name, source, seeds)
    for name, source in [("reference", reference), *alternates.items()][:NOTEBOOKS]:
        # The starter notebook is cut like this, so the answers are where a student writes them.
        yield MadeUp(chapter.id, "notebook", name, notebook(course, chapter, source, "en"), first)
    for entry in course.misconceptions(chapter):
        with contextlib.suppress(CourseError):
            annotated.check_misconception(entry.id)
            yield MadeUp(chapter.id, "misconception", entry.id, annotated.with_misconceptions(entry.id), first)
    for name, expression in WORTHLESS.items():
        yield MadeUp(chapter.id, "worthless", name, worthless(reference, chapter, expression), first)
    yield MadeUp(chapter.id, "spoiling", "spoilt arguments", spoiling(reference, chapter), first)
    yield _replay(chapter, reference, seeds)
    for place in range(max(len(exercise.forbidden) for exercise in chapter.exercises)):
        source, calls = with_forbidden_calls(reference, course, chapter, place)
        name = "forbidden calls" + f" {place + 1}" * (place > 0)
        yield MadeUp(chapter.id, "forbidden", name, source, first, calls=calls)


def _right(chapter: Chapter, name: str, source: str, seeds: list[int]) -> Iterator[MadeUp]:
    for seed in seeds:
        yield MadeUp(chapter.id, "right", name, source, seed, shuffle=seed != seeds[0])


def _replay(chapter: Chapter, reference: str, seeds: list[int]) -> MadeUp:
    """The reference's answers under the last seed but one, given under the last. Both seeds are graded anyway."""
    recorded, seed = seeds[-2:] if len(seeds) > 1 else (seeds[0], seeds[0] + 1)
    return MadeUp(chapter.id, "replay", "replay", reference, seed, recorded_at=recorded)


def worthless(reference: str, chapter: Chapter, expression: str) -> str:
    """A submission whose exercises all give this expression. Its classes have no parameters or other attributes."""
    definitions = {node.name: node for node in ast.parse(reference).body if isinstance(node, DEFINITIONS)}
    source = reference + "\n\nimport torch\n" + TOOLS
    defined = bound(statements(reference))
    for exercise in chapter.exercises:
        if exercise.name not in defined:
            continue  # `strict` reports it
        template = _template(definitions.get(exercise.name))
        uses = re.search(r"\bY\b", expression) is not None
        source += template.format(name=exercise.name, expression=expression, uses_result=uses)
    return source


def _template(definition: ast.stmt | None) -> str:
    if isinstance(definition, ast.ClassDef):
        return BARE_CLASS
    returns = definition.returns if isinstance(definition, ast.FunctionDef) else None
    return PROCEDURE if isinstance(returns, ast.Constant) and returns.value is None else FUNCTION


def spoiling(reference: str, chapter: Chapter) -> str:
    """A submission whose exercises give right answers, and then change the tensors, lists and dicts they were given."""
    definitions = {node.name: node for node in ast.parse(reference).body if isinstance(node, DEFINITIONS)}
    source = reference + "\n\nimport torch\n" + SPOILING_TOOLS
    for exercise in chapter.exercises:
        definition = definitions.get(exercise.name)
        if definition is not None and _template(definition) is not PROCEDURE:
            template = SPOILING_CLASS if isinstance(definition, ast.ClassDef) else SPOILING_FUNCTION
            source += template.format(name=exercise.name)
    return source


def with_forbidden_calls(reference: str, course: Course, chapter: Chapter, place: int) -> tuple[str, dict[str, str]]:
    """A submission that gives right answers, and mentions an operation of each exercise's family at this place.

    The second value is the operation of each exercise that has one.
    """
    source, calls, defined = reference + "\n", dict[str, str](), bound(statements(reference))
    for exercise in chapter.exercises:
        families = course.forbidden(exercise)[place : place + 1]
        names = [name for family in families for name in family.names if name[-1] != "*"]
        if names and exercise.name in defined:
            calls[exercise.name] = names[0]
            source += FORBIDDEN_CALL.format(name=exercise.name, top=names[0].partition(".")[0], use=names[0])
    return source, calls
