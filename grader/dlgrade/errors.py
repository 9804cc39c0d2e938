"""What can go wrong, as one small tree; each class carries the exit code of the command that meets it.

DlgradeError
├── UsageError       2   the person at the keyboard can mend it: a wrong name, a missing file
│   ├── NoSuchChapter
│   └── SubmissionError  what was handed in cannot be read
├── CourseError      3   the course's own files contradict each other
└── GraderError      3   the grader failed; never the student's fault
    └── SandboxError     this machine lacks a part of the sandbox that was required
"""

from __future__ import annotations

from dlgrade.text import Text


class DlgradeError(Exception):
    """A failure with one clear sentence in both languages."""

    exit_code = 3

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def __reduce__(self) -> tuple[type[DlgradeError], tuple[Text]]:
        return type(self), (self.text,)  # between an audit's processes


class UsageError(DlgradeError):
    exit_code = 2


class NoSuchChapter(UsageError):
    pass


class SubmissionError(UsageError):
    pass


class CourseError(DlgradeError):
    pass


class GraderError(DlgradeError):
    pass


class SandboxError(GraderError):
    exit_code = 2
