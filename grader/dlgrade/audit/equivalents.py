"""What an author lists as right although a machine made it up: `equivalents.yaml`, each entry with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from dlgrade.course import Chapter, Course, read_yaml


class SameMutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mutant that computes the same: the line before, the line after, and why no check can tell them apart."""

    before: str
    after: str
    reason: str


class RightAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that is worthless elsewhere and right here, as zeros are for a first state."""

    exercise: str
    answer: str
    reason: str


class SeedlessCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check worth much that a replay may pass: its right answer cannot depend on the seed."""

    check: str
    reason: str


class ReplayShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The share of a chapter's points that a replay may earn, where its subject leaves too little to draw."""

    limit: Annotated[float, msgspec.Meta(ge=0, le=1)]
    reason: str


class Equivalents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mutants: list[SameMutant] = []
    answers: list[RightAnswer] = []
    replays: list[SeedlessCheck] = []
    replay_share: ReplayShare | None = None

    def is_right(self, exercise: str, answer: str) -> bool:
        return any((entry.exercise, entry.answer) == (exercise, answer) for entry in self.answers)


def equivalents_file(course: Course, chapter: Chapter) -> Path:
    return course.solution(chapter) / "equivalents.yaml"


def equivalents(course: Course, chapter: Chapter) -> Equivalents:
    path = equivalents_file(course, chapter)
    return read_yaml(path, Equivalents) if path.exists() else Equivalents()
