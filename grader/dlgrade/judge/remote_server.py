"""The process behind `dlgrade.judge.remote`: it imports torch once; from then on a check costs its own time."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import msgspec

from dlgrade import course
from dlgrade.course import Course
from dlgrade.errors import DlgradeError, UsageError
from dlgrade.judge.remote import Answer, Ask, Graded, Refused, Running
from dlgrade.judge.session import Judge
from dlgrade.report.model import CheckReport
from dlgrade.text import both


def main() -> None:
    """Answer until the pipe is closed; a course or sandbox that cannot be opened is the answer to every question."""
    requests, replies = _channel()
    try:
        here = course.load()
        judge = Judge(here)
    except DlgradeError as error:
        for _ in requests:
            _send(replies, _refused(error))
        return
    with judge:
        for line in requests:
            _send(replies, _answer(here, judge, msgspec.json.decode(line, type=Ask), replies))


def _channel() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, kept for answers: what a library prints is none."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return requests, replies


def _answer(here: Course, judge: Judge, ask: Ask, replies: BinaryIO) -> Answer:
    def begun(check: CheckReport) -> None:
        _send(replies, Running(check.description))

    try:
        report = judge.grade(
            here.chapter(ask.chapter), ask.submission, seed=ask.seed, keyword=ask.keyword, pictures=True,
            training="last" if ask.keyword else "if_right", on_begin=begun,
        )  # fmt: skip
    except DlgradeError as error:
        return _refused(error)
    except Exception as error:  # a fault of the grader's must not end the process that the notebook has
        words = f"{type(error).__name__}: {error}"
        return Refused(both(f"The grader failed: {words}", f"评分器出错：{words}"), usage=False)
    return Graded(report, judge.workers.missing)


def _refused(error: DlgradeError) -> Refused:
    return Refused(error.text, isinstance(error, UsageError))


def _send(replies: BinaryIO, answer: Answer) -> None:
    """One line. When nobody reads any more, the owner is gone, and so is this process."""
    try:
        replies.write(msgspec.json.encode(answer) + b"\n")
        replies.flush()
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
