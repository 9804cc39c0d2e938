"""Reads `equivalents.yaml`: made-up answers that an author lists as right, each with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from dlgrade.course import Chapter, Course, read_yaml


class SameMutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mutant that computes the same: the line before and after, and why no check can tell them apart."""

    before: str
    after: str
    reason: str


class RightAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that is worthless for most exercises and right for this exercise, as zeros are for a first state."""

    exercise: str
    answer: str
    reason: str


class SeedlessCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check worth many points that a replay may pass, because its right answer cannot depend on the seed."""

    check: str
    reason: str


class ReplayShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The share of a chapter's points that a replay may earn, because its subject leaves too little to draw."""

    limit: Annotated[float, msgspec.Meta(ge=0, le=1)]
    reason: str


class Equivalents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    mutants: list[SameMutant] = []
    answers: list[RightAnswer] = []
    replays: list[SeedlessCheck] = []
    replay_share: ReplayShare | None = None

    def is_right(self, exercise: str, answer: str) -> bool:
        """Return whether this worthless answer is listed as right for the exercise."""
        return any((entry.exercise, entry.answer) == (exercise, answer) for entry in self.answers)


def equivalents_file(course: Course, chapter: Chapter) -> Path:
    return course.solution(chapter) / "equivalents.yaml"


def equivalents(course: Course, chapter: Chapter) -> Equivalents:
    """The chapter's entries. None if it has no such file."""
    path = equivalents_file(course, chapter)
    return read_yaml(path, Equivalents) if path.exists() else Equivalents()
