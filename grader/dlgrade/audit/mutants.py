"""Machine-made mutants of a reference: small changes to its answers, which its suite must notice.

The operators are those of cosmic-ray. Thinned: of the replacements of one operator at one place (`+` by `-`, `*`, `/`,
`%` ...) three are kept, chosen by a hash of the place; the others would be near-copies of them. Comparisons are not
replaced by `is` and `is not`, which small numbers and short strings pass or not as the interpreter likes.
"""

from __future__ import annotations

import ast
import random
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec

from dlgrade.audit.model import MadeUp
from dlgrade.course import Chapter, Course, starter_code

KEPT_AT_A_PLACE = 3
SAMPLE = 6


class Mutant(msgspec.Struct, frozen=True):
    """One changed line of the reference."""

    line: int
    before: str
    after: str
    exercise: str
    source: str

    @property
    def name(self) -> str:
        return f"line {self.line}: {self.before} -> {self.after}"

    def made_up(self, chapter: Chapter, seed: int, only: str = "") -> MadeUp:
        return MadeUp(
            chapter.id, "mutant", self.name, self.source, seed, focus="" if only else self.exercise, only=only
        )


def mutants(course: Course, chapter: Chapter) -> list[Mutant]:
    """The thinned mutants of the chapter's answers; those that do not compile are left out."""
    reference = starter_code.read_reference(course, chapter)
    answers = _answer_lines(reference)
    owners = _owners(reference, chapter)
    found: dict[str, Mutant] = {}
    for line, code in _mutations(reference, answers):
        if code in found:
            continue
        before, after = reference.splitlines()[line - 1].strip(), _changed_line(reference, code)
        if before != after and _compiles(code):
            found[code] = Mutant(line, before, after, owners.get(line, ""), code)
    return list(found.values())


def sample(found: list[Mutant], seed: int) -> list[Mutant]:
    """At most SAMPLE of them, drawn from the seed."""
    return found if len(found) <= SAMPLE else random.Random(seed).sample(found, SAMPLE)


def _mutations(reference: str, lines: set[int]) -> Iterator[tuple[int, str]]:
    """(line, mutated source) for every position of every operator on these lines, thinned."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.operators.provider import OperatorProvider

    provider, nodes = OperatorProvider(), list(ast_nodes(get_ast(reference)))
    places: dict[tuple[str, Any], list[tuple[int, str, int]]] = {}
    for name in provider:
        if name.startswith("Variable") or name.endswith(("_Is", "_IsNot")):
            continue  # the first need arguments of their own; identity for equality is up to the interpreter
        operator = provider[name]()
        positions = (p for node in nodes for p in operator.mutation_positions(node))
        for occurrence, place in enumerate(positions):
            if place[0][0] not in lines:
                continue
            rank = zlib.crc32(f"{name}{place}".encode())
            family = name.partition("_")[0] if name.startswith("Replace") and "Operator" in name else name
            places.setdefault((family, place), []).append((rank, name, occurrence))
    for (family, place), choices in places.items():
        keep = KEPT_AT_A_PLACE if "Operator" in family else len(choices)
        for _, name, occurrence in sorted(choices)[:keep]:
            code = mutate_code(reference, provider[name](), occurrence)
            if code is not None:
                yield place[0][0], code


def _answer_lines(reference: str) -> set[int]:
    """The lines between the solution markers, docstrings and annotations aside."""
    lines, inside = set(), False
    for number, line in enumerate(reference.splitlines(), start=1):
        marker = line.strip()
        inside = marker == starter_code.BEGIN or (inside and marker != starter_code.END)
        if inside and marker != starter_code.BEGIN and not marker.startswith(("def ", "import ", "from ")):
            lines.add(number)
    return lines


def _owners(reference: str, chapter: Chapter) -> dict[int, str]:
    """Line -> the exercise whose definition has it; lines of private helpers have none."""
    names = {exercise.name for exercise in chapter.exercises}
    owners: dict[int, str] = {}
    for node in ast.parse(reference).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in names:
            owners |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), node.name)
    return owners


def _changed_line(reference: str, code: str) -> str:
    old, new = reference.splitlines(), code.splitlines()
    for one, other in zip(old, new, strict=False):
        if one != other:
            return other.strip()
    return ""


def _compiles(code: str) -> bool:
    try:
        compile(code, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
