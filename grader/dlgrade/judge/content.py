"""The judge's own side of a chapter: the reference and the misconceptions, shared by all submissions."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from dlgrade.course import Chapter, Course, Misconception, starter_code
from dlgrade.course.book_module import BookModule
from dlgrade.course.misconceptions import changed
from dlgrade.judge.trusted import PATIENCE_SECONDS, Variant
from dlgrade.submission import Submission

WORD = re.compile(rb"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Content:
    """A chapter's reference, its misconceptions, and the module d2l for its submissions.

    Each is read when it is first asked for, and kept.
    """

    course: Course
    chapter: Chapter

    @cached_property
    def reference(self) -> Variant:
        return Variant("reference", starter_code.read_reference(self.course, self.chapter))

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
    def misconceptions(self) -> list[tuple[Misconception, Variant]]:
        where = str(self.course.solution(self.chapter) / "misconceptions.yaml")
        entries = self.course.misconceptions(self.chapter)
        source = self.reference.source
        return [(entry, Variant(entry.id, changed(source, entry, where), PATIENCE_SECONDS)) for entry in entries]
