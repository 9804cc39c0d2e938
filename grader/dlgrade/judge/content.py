"""The judge's own side of a chapter: the reference and the misconceptions, shared by all submissions."""

from __future__ import annotations

import contextlib
import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property

from dlgrade.course import Chapter, Course, Misconception, references
from dlgrade.course.book_module import BookModule
from dlgrade.course.references import Reference
from dlgrade.errors import CourseError
from dlgrade.judge.check import Script
from dlgrade.judge.mutants.variants import Mutants
from dlgrade.judge.trusted import PATIENCE_SECONDS, Variant
from dlgrade.submission import Submission

WORD = re.compile(rb"[A-Za-z_]\w*")


@dataclass(frozen=True)
class WrongVersion:
    """A misconception, the reference that has it, and the exercises whose values it can change."""

    misconception: Misconception
    variant: Variant
    affected: frozenset[str]


@dataclass(frozen=True)
class Content:
    """A chapter's reference, its misconceptions, and the module d2l for its submissions.

    Each is read when it is first asked for, and kept. `scripts` are known by the seed and the check's id, `pairs` of
    misconceptions by their ids.
    """

    course: Course
    chapter: Chapter
    scripts: dict[tuple[int, str], Script] = field(default_factory=dict, repr=False)
    pairs: dict[tuple[str, str], Variant | None] = field(default_factory=dict, repr=False)

    @cached_property
    def sources(self) -> Reference:
        return references.read(self.course, self.chapter)

    @cached_property
    def reference(self) -> Variant:
        return Variant("reference", self.sources.source)

    @cached_property
    def key(self) -> bytes:
        """The key that seeds are hashed with: as confidential as the reference, and the same on every machine."""
        return hashlib.blake2b(self.reference.source.encode(), digest_size=32).digest()

    def helpers(self, submission: Submission) -> dict[str, bytes]:
        """Return the files of the module d2l for a submission: none unless its code mentions the module.

        Definitions of references come along if the code has their names. A file or folder d2l beside the submission
        comes first.
        """
        own = {name.partition("/")[0].removesuffix(".py") for name in submission.files}
        code = [text for name, text in submission.files.items() if name == submission.main or name.endswith(".py")]
        if "d2l" in own or not any(b"d2l" in text for text in code):
            return {}
        words = (word.decode() for text in code for word in WORD.findall(text))
        return {
            name: code for name, code in self._book_module.files(words).items() if name.partition("/")[0] not in own
        }

    @cached_property
    def _book_module(self) -> BookModule:
        return BookModule(self.course, self.chapter)

    @cached_property
    def misconceptions(self) -> list[WrongVersion]:
        """The chapter's misconceptions. A misconception with a fault is left out: it costs a diagnosis, no verdict."""
        known = []
        for entry in self._entries():
            with contextlib.suppress(CourseError):  # the audit reports it
                variant = Variant(entry.id, self.sources.with_misconceptions(entry.id), PATIENCE_SECONDS)
                known.append(WrongVersion(entry, variant, self.sources.affected_by(entry.id)))
        return known

    @cached_property
    def mutants(self) -> Mutants:
        """The mutants of the reference. Each is made when it is first needed."""
        return Mutants(self.sources, [exercise.name for exercise in self.chapter.exercises], self.reference)

    def with_both(self, one: WrongVersion, other: WrongVersion) -> Variant | None:
        """Return the reference with two misconceptions; None if they change the same place."""
        names = one.misconception.id, other.misconception.id
        if names not in self.pairs:
            self.pairs[names] = None
            with contextlib.suppress(CourseError):
                source = self.sources.with_misconceptions(*names)
                self.pairs[names] = Variant("-and-".join(names), source, PATIENCE_SECONDS)
        return self.pairs[names]

    def _entries(self) -> tuple[Misconception, ...]:
        try:
            return self.course.misconceptions(self.chapter)
        except CourseError:
            return ()
