"""Machine-made mutants of a reference: small changes to its answers, which its suite must notice.

The operators are those of cosmic-ray. For each operator at one place (`+` becomes `-`, `*`, `/`, `%` ...) only three
replacements are kept, chosen by a hash of the place; the others are near-copies. Comparisons never become `is` or `is
not`: whether small numbers and short strings are identical is up to the interpreter.
"""

from __future__ import annotations

import ast
import itertools
import random
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from dlgrade.audit.findings import MadeUp
from dlgrade.course import Chapter, Course, references

KEPT_AT_A_PLACE = 3
SAMPLE = 6


class Mutant(msgspec.Struct, frozen=True):
    """The reference with one changed line."""

    line: int
    before: str
    after: str
    exercise: str
    source: str

    @property
    def name(self) -> str:
        return f"line {self.line}: {self.before} -> {self.after}"

    @property
    def change(self) -> tuple[str, str]:
        """The line before and after, by which equivalents.yaml lists it."""
        return self.before, self.after

    def made_up(self, chapter: Chapter, seed: int, only: str = "") -> MadeUp:
        """A submission that runs the checks of the changed exercise first, or `only` this check."""
        return MadeUp(
            chapter.id, "mutant", self.name, self.source, seed, focus="" if only else self.exercise, only=only
        )


def mutants(
    course: Course, chapter: Chapter, *, exercise: str | None = None, shuffle: random.Random | None = None
) -> Iterator[Mutant]:
    """The mutants of the chapter's answers that compile. They are made one by one, as each takes a while.

    Args:
        course: The course.
        chapter: The chapter.
        exercise: Give out only the mutants of this exercise and of the lines that no exercise has.
        shuffle: Give them out in an order that this draws.
    """
    reference = references.source(course, chapter)
    texts, owners = reference.splitlines(), _owners(reference, chapter)
    lines = {line for line in _answer_lines(reference) if exercise is None or owners.get(line, "") in ("", exercise)}
    made: set[str] = set()
    for line, code in _mutations(reference, lines, shuffle=shuffle):
        before, after = texts[line - 1].strip(), _changed_line(reference, code)
        if code not in made and before != after and _compiles(code):
            made.add(code)
            yield Mutant(line, before, after, owners.get(line, ""), code)


def sample(course: Course, chapter: Chapter, seed: int) -> list[Mutant]:
    """At most SAMPLE of the mutants, drawn from the seed."""
    return list(itertools.islice(mutants(course, chapter, shuffle=random.Random(seed)), SAMPLE))


def possible_changes(course: Course, chapter: Chapter, lines: set[str]) -> set[tuple[str, str]]:
    """All changes of these lines that the operators can make, with those that `mutants` leaves out."""
    reference = references.source(course, chapter)
    texts = reference.splitlines()
    places = {line for line in _answer_lines(reference) if texts[line - 1].strip() in lines}
    return {
        (texts[line - 1].strip(), _changed_line(reference, code))
        for line, code in _mutations(reference, places, thinned=False)
    }


def _mutations(
    reference: str, lines: set[int], *, thinned: bool = True, shuffle: random.Random | None = None
) -> Iterator[tuple[int, str]]:
    """(line, mutated source) for the places of all operators on these lines, `thinned` as the module says."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.operators.provider import OperatorProvider

    provider = OperatorProvider()
    parts = [(part, list(ast_nodes(get_ast(part.source)))) for part in _parts(reference, lines)]
    places: dict[tuple[str, Any], list[tuple[int, str, int, _Part]]] = {}
    for name in provider:
        if name.startswith("Variable") or name.endswith(("_Is", "_IsNot")):
            continue  # Variable* need arguments of their own
        operator = provider[name]()
        family = name.partition("_")[0] if name.startswith("Replace") and "Operator" in name else name
        for part, nodes in parts:
            positions = (position for node in nodes for position in operator.mutation_positions(node))
            for occurrence, place in enumerate(positions):
                if place[0][0] in lines:
                    rank = zlib.crc32(f"{name}{place}".encode())
                    places.setdefault((family, place), []).append((rank, name, occurrence, part))
    order = list(places.items())
    if shuffle is not None:
        shuffle.shuffle(order)
    for (family, place), choices in order:
        keep = KEPT_AT_A_PLACE if thinned and "Operator" in family else len(choices)
        for _, name, occurrence, part in sorted(choices)[:keep]:
            code = mutate_code(part.source, provider[name](), occurrence)
            if code is not None:
                yield place[0][0], part.before + code[part.padding :] + part.after


class _Part(NamedTuple):
    """A top-level statement by itself, at its own line. Operators read a whole source anew for each mutant."""

    source: str
    padding: int  # newlines in front of the statement
    before: str
    after: str


def _parts(reference: str, lines: set[int]) -> Iterator[_Part]:
    """The top-level statements that have any of these lines."""
    texts = reference.splitlines(keepends=True)
    for node in ast.parse(reference).body:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        end = node.end_lineno or node.lineno
        if not lines.isdisjoint(range(first, end + 1)):
            padding = first - 1
            source = "\n" * padding + "".join(texts[padding:end])
            yield _Part(source, padding, "".join(texts[:padding]), "".join(texts[end:]))


def _answer_lines(reference: str) -> set[int]:
    """The lines between the solution markers, except imports and the first lines of functions."""
    texts = reference.splitlines()
    kept_out = ("def ", "import ", "from ")
    return {line for line in references.answer_lines(reference) if not texts[line - 1].strip().startswith(kept_out)}


def _owners(reference: str, chapter: Chapter) -> dict[int, str]:
    """The exercise whose definition has the line, by line. Lines of private helpers have none."""
    names = {exercise.name for exercise in chapter.exercises}
    owners: dict[int, str] = {}
    for node in ast.parse(reference).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in names:
            owners |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), node.name)
    return owners


def _changed_line(reference: str, code: str) -> str:
    old, new = reference.splitlines(), code.splitlines()
    for before, after in zip(old, new, strict=False):
        if before != after:
            return after.strip()
    return ""


def _compiles(code: str) -> bool:
    try:
        compile(code, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
