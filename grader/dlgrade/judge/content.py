"""The judge's own side of a chapter: the reference and the misconceptions, shared by all submissions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from dlgrade.course import Chapter, Course, Misconception, starter_code
from dlgrade.course.misconceptions import changed
from dlgrade.judge.trusted import PATIENCE_SECONDS, Variant


@dataclass(frozen=True)
class Content:
    """A chapter's reference and misconceptions. Both are read when first asked for, and kept."""

    course: Course
    chapter: Chapter

    @cached_property
    def reference(self) -> Variant:
        return Variant("reference", starter_code.read_reference(self.course, self.chapter))

    @cached_property
    def key(self) -> bytes:
        """The key that seeds are hashed with: as confidential as the reference, and the same on every machine."""
        return hashlib.blake2b(self.reference.source.encode(), digest_size=32).digest()

    @cached_property
    def misconceptions(self) -> list[tuple[Misconception, Variant]]:
        where = str(self.course.solution(self.chapter) / "misconceptions.yaml")
        entries = self.course.misconceptions(self.chapter)
        source = self.reference.source
        return [(entry, Variant(entry.id, changed(source, entry, where), PATIENCE_SECONDS)) for entry in entries]
