"""The process behind `dlgrade.judge.remote`: a judge that answers one question after another."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

from dlgrade.course import Course
from dlgrade.errors import DlgradeError
from dlgrade.judge import messages
from dlgrade.judge.messages import Answer, Ask, Begun, Checked, Graded, Open, Opened, Question, Refused
from dlgrade.judge.replay import replay
from dlgrade.judge.session import Judge
from dlgrade.results import ChapterReport, CheckReport
from dlgrade.text import both
from dlgrade.worker.frames import read_frame, write_frame
from dlgrade.workers.sources import ForkServer, WorkersGone


def serve(requests: int, replies: int, control: socket.socket | None = None) -> None:
    """Answer questions until the owner hangs up or interrupts, or the process that makes workers dies.

    `control` leads to a fork server; without it, workers are started as programs.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        opening = messages.decode_open(read_frame(requests))
        # The nursery's environment is nearly empty; the owner's has paths of data sets and caches.
        os.environ.clear()
        os.environ.update(opening.environment)
        with _judge(opening, control) as judge:
            _send(replies, Opened(judge.workers.missing))
            while True:
                question = messages.decode_question(read_frame(requests))
                _send(replies, _answer(judge, question, replies))
    except WorkersGone as error:  # the owner hears that this judge is lost, and asks another
        print(error, file=sys.stderr)
    except DlgradeError as error:
        _send(replies, Refused.because(error))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return


def _judge(opening: Open, control: socket.socket | None) -> Judge:
    source = ForkServer(opening.limits, control).open() if control is not None else None
    return Judge(
        Course(Path(opening.course), opening.data),
        sandbox=opening.sandbox,
        workers=opening.workers,
        device=opening.device,
        limits=opening.limits,
        source=source,
    )


def _answer(judge: Judge, question: Question, replies: int) -> Answer:
    try:
        if isinstance(question, Ask):
            return Graded(_grade(judge, question, replies))
        return replay(judge, judge.course.chapter(question.chapter), question.recorded_at, question.seed)
    except WorkersGone:
        raise
    except DlgradeError as error:
        return Refused.because(error)
    except Exception as error:  # a fault of the grader must not end the process, which will be asked again
        fault = f"{type(error).__name__}: {error}"
        return Refused("GraderError", both(f"The grader failed: {fault}", f"评分器出错：{fault}"))


def _grade(judge: Judge, ask: Ask, replies: int) -> ChapterReport:
    def begun(check: CheckReport) -> None:
        _send(replies, Begun(check))

    def checked(check: CheckReport) -> None:
        _send(replies, Checked(check))

    return judge.grade(
        judge.course.chapter(ask.chapter), ask.submission, ask.options,
        on_begin=begun if ask.watched else None, on_check=checked if ask.watched else None,
    )  # fmt: skip


def _send(replies: int, answer: Answer) -> None:
    write_frame(replies, messages.encode(answer))


def _channel() -> tuple[int, int]:
    """Keep standard input and output for messages, and send everything that a library prints to standard error."""
    requests, replies = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, replies):
            msvcrt.setmode(descriptor, os.O_BINARY)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return requests, replies


if __name__ == "__main__":
    serve(*_channel())
