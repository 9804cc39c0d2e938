"""Forbidden uses, as the judge collects them, and the choice of probes whose operators are recorded.

The worker's answer to `Read` comes from before any code of the submission ran. Later replies may be forged.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dlgrade.course import Chapter, Course, starter_code
from dlgrade.results import Mention
from dlgrade.submission import Submission
from dlgrade.worker.forbidden import families
from dlgrade.worker.protocol import ForbiddenFamily, Read, Reply
from dlgrade.worker.statement import read_statement

RECORDED = 3  # checks of an exercise whose probes are recorded; a recorded operator takes three times as long
MAX_USE = 200


class Use(msgspec.Struct, frozen=True, array_like=True):
    """A forbidden use.

    `kind` is "call", "escape" from the rules, "operator" that ran, "missing" module, or "mention" for staff.
    """

    kind: str
    name: str
    file: str | None = None
    line: int | None = None

    @classmethod
    def of(cls, kind: str, name: str) -> Use:
        """Return a use that a worker claims to have stopped."""
        return cls("escape" if kind == "escape" else "call", name[:MAX_USE])


class _Findings(msgspec.Struct, frozen=True):
    """The answer of the static check."""

    uses: dict[str, list[Use]]
    suspicious: list[Use]


class ForbiddenUses:
    """The forbidden uses of one submission: `used` has the first use of each exercise.

    `request` comes first, then `note_files` with the answer, then `note_reply` with the reply to each probe.
    """

    def __init__(self, course: Course, chapter: Chapter, seed_for: Callable[[str, str], int]) -> None:
        self.chapter = chapter
        self.seed_for = seed_for
        self.families = {exercise.name: course.forbidden(exercise) for exercise in chapter.exercises}
        self.used: dict[str, Use] = {}
        self.suspicious: list[Mention] = []
        self.recorded: dict[str, frozenset[str]] = {}  # the checks drawn for each exercise

    def request(self, submission: Submission, reference: str, helpers: dict[str, bytes]) -> Read:
        """Return the request to read a submission and to look for forbidden uses in it.

        Args:
            submission: the submission.
            reference: the source of the chapter's reference.
            helpers: the files of the book's module d2l that come along.
        """
        exercises = {
            name: tuple(ForbiddenFamily(family.names, family.operators) for family in families)
            for name, families in self.families.items()
        }
        return Read(submission.files, submission.main, exercises, interface(reference), given(reference), helpers)

    def note_files(self, answer: Any) -> None:
        """Take the answer of the static check. Raises `ValidationError` for an answer that no honest worker gives."""
        findings = msgspec.convert(answer, _Findings)
        self.used |= {name: uses[0] for name, uses in findings.uses.items() if uses}
        self.suspicious = [Mention(use.name, use.file or "", use.line or 1) for use in findings.suspicious]

    def records(self, exercise: str, check: str, checks: Iterable[str]) -> bool:
        """Return whether the probes of a check are recorded.

        A few checks of each exercise are drawn, which the submission cannot know. The first check to run is not drawn:
        if it hangs, the others are not recorded at all, as a record without end takes memory.

        Args:
            exercise: the name of the exercise.
            check: the id of the check.
            checks: the ids of all checks of the exercise.
        """
        if not self.families.get(exercise):
            return False
        if exercise not in self.recorded:
            drawn = sorted({*checks} - {check}, key=lambda name: self.seed_for("record", name))
            self.recorded[exercise] = frozenset(drawn[:RECORDED] or [check])
        return check in self.recorded[exercise]

    def stop_recording(self, exercise: str) -> None:
        """Record no further probe of an exercise."""
        self.recorded[exercise] = frozenset()

    def note_reply(self, exercise: str, reply: Reply, ran_by_reference: Callable[[], list[str]]) -> None:
        """Take the uses that a reply tells of. Operators that the reference runs, too, belong to the probe itself."""
        if reply.forbidden:
            self.used[exercise] = Use.of(*reply.forbidden[0])
            return
        patterns = [pattern for family in self.families.get(exercise, ()) for pattern in family.operators]
        if ran := families.ran(patterns, reply.operators):
            others = set(ran) - {*ran_by_reference()}
            if others:
                self.used[exercise] = Use("operator", min(others)[:MAX_USE])


@functools.cache
def given(reference: str) -> list[str]:
    """Return the names that the starter code defines, as suites may read them."""
    statements = ast.parse(starter_code.starter_code(reference)).body
    defining = [node for node in statements if not isinstance(node, (ast.Import, ast.ImportFrom))]
    return sorted({name for node in defining for name in read_statement(node).binds})


@functools.cache
def interface(reference: str) -> list[str]:
    """Return the names of all methods of the reference's classes, which suites may call."""
    classes = [node for node in ast.parse(reference).body if isinstance(node, ast.ClassDef)]
    return sorted({part.name for node in classes for part in node.body if isinstance(part, ast.FunctionDef)})
