"""`pytest tests/chapters/test_ch28_batch_norm.py [--submission FILE]`: pytest by itself, for the authors of suites."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from dlgrade.judge.check import Declared
from dlgrade.judge.plugin import Listener, Running

if TYPE_CHECKING:
    from dlgrade.judge.grading import Grading
    from dlgrade.judge.session import Judge

SUITE_NAME = re.compile(r"test_(ch\d+)_\w+\.py")


class PlainListener(Listener):
    """Grades a submission, by default the reference, with whichever suites pytest collects.

    One judge serves all suites. It starts when the first suite is met, before pytest imports it.
    """

    reports = True

    def __init__(self, submission: Path | None, seed: int) -> None:
        self.submission = submission
        self.seed = seed
        self.judge: Judge | None = None
        self.gradings: dict[Path, Grading | None] = {}

    def is_suite(self, path: Path) -> bool:
        if path not in self.gradings:
            match = SUITE_NAME.fullmatch(path.name)
            self.gradings[path] = self._grading(path, match[1]) if match else None
        return self.gradings[path] is not None

    def collected(self, path: Path, declared: Declared) -> None:
        self._known(path).open(declared)

    def start(self, path: Path, declared: Declared) -> Running:
        grading = self._known(path)
        return Running(grading, grading.checks[declared.id])

    def close(self) -> None:
        for grading in self.gradings.values():
            if grading is not None:
                grading.close()
        if self.judge is not None:
            self.judge.close()

    def _known(self, path: Path) -> Grading:
        grading = self.gradings[path]
        assert grading is not None
        return grading

    def _grading(self, path: Path, name: str) -> Grading | None:
        """Return the grading for a suite; None for a file that only has the name of a suite."""
        from dlgrade import course
        from dlgrade.judge.session import Judge

        content = course.load()
        if path.parent not in content.suite_folders:
            return None
        chapter = content.chapter(name)
        if self.judge is None:
            self.judge = Judge(content).open()
        return self.judge.grading(chapter, self.judge.submission(chapter, self.submission), seed=self.seed)
