"""The errors of dlgrade, as one small tree. Each class has the exit code of the command that raises it.

DlgradeError
├── UsageError       2   the user can fix it: a wrong name, a missing file
│   ├── NoSuchChapter
│   └── SubmissionError  a submission cannot be read
├── CourseError      3   the course's own files contradict each other
└── GraderError      3   the grader failed; never the student's fault
    └── SandboxError     this machine lacks a required part of the sandbox
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
        return type(self), (self.text,)  # pickled between the processes of an audit


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
