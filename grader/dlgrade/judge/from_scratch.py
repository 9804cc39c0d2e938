"""Exercises that are to be written from scratch, in the judge: what was used that is ready-made, and which probes tell.

The static check's answer is from before any code of the submission ran. What the worker says afterwards it may forge.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dlgrade.course import Chapter, Course
from dlgrade.results.report import Mention
from dlgrade.submission import Submission
from dlgrade.worker.from_scratch import families
from dlgrade.worker.protocol import Family, Read, Reply

RECORDED = 3  # checks of an exercise whose probes are recorded: an operator then takes three times as long
MAX_NAME = 200


class Use(msgspec.Struct, frozen=True, array_like=True):
    """Something that an exercise must not use: a ready-made call, a way around the rules, an operator that ran."""

    kind: str
    name: str
    file: str | None = None
    line: int | None = None

    @classmethod
    def of(cls, kind: str, name: str) -> Use:
        """A use that a worker says it has stopped."""
        return cls("escape" if kind == "escape" else "call", name[:MAX_NAME])


class _Found(msgspec.Struct, frozen=True):
    uses: dict[str, list[Use]]
    suspicious: list[Use]


class FromScratch:
    """The findings about one submission: `used` has the first forbidden thing that each exercise used."""

    def __init__(self, course: Course, chapter: Chapter, seed_for: Callable[[str, str], int]) -> None:
        self.chapter = chapter
        self.seed_for = seed_for
        self.families = {exercise.name: course.forbidden(exercise) for exercise in chapter.exercises}
        self.used: dict[str, Use] = {}
        self.suspicious: list[Mention] = []
        self.recorded: dict[str, frozenset[str]] = {}

    def request(self, submission: Submission, reference: str) -> Read:
        """Return the request to read a submission and to look for forbidden uses in it."""
        exercises = {
            name: tuple(Family(family.names, family.operators) for family in families)
            for name, families in self.families.items()
        }
        return Read(submission.files, submission.main, exercises, interface(reference))

    def note_files(self, answer: Any) -> None:
        """Take the answer of the static check. Raises `ValidationError` for one that no honest worker gives."""
        found = msgspec.convert(answer, _Found)
        self.used |= {name: uses[0] for name, uses in found.uses.items() if uses}
        self.suspicious = [Mention(use.name, use.file or "", use.line or 1) for use in found.suspicious]

    def records(self, exercise: str, check: str, checks: Iterable[str]) -> bool:
        """Whether the probes of a check are recorded: those of a few checks that the submission cannot know.

        `checks` are the ids of the exercise's checks. The first to ask is never drawn: if it does not end, it is known
        by the time of the others that a record would only take memory.
        """
        if not self.families.get(exercise):
            return False
        if exercise not in self.recorded:
            drawn = sorted({*checks} - {check}, key=lambda name: self.seed_for("record", name))
            self.recorded[exercise] = frozenset(drawn[:RECORDED] or [check])
        return check in self.recorded[exercise]

    def stop_recording(self, exercise: str) -> None:
        self.recorded[exercise] = frozenset()

    def note_reply(self, exercise: str, reply: Reply, ran_by_reference: Callable[[], list[str]]) -> None:
        """Take what a worker says about a probe. Operators that the reference runs, too, are the probe's own."""
        if reply.forbidden:
            self.used[exercise] = Use.of(*reply.forbidden[0])
            return
        patterns = [pattern for family in self.families.get(exercise, ()) for pattern in family.operators]
        if ran := families.ran(patterns, reply.operators):
            others = set(ran) - {*ran_by_reference()}
            if others:
                self.used[exercise] = Use("operator", min(others)[:MAX_NAME])


@functools.cache
def interface(reference: str) -> list[str]:
    """The names of all methods of the reference's classes: what suites may call."""
    classes = [node for node in ast.parse(reference).body if isinstance(node, ast.ClassDef)]
    return sorted({part.name for node in classes for part in node.body if isinstance(part, ast.FunctionDef)})
