"""The child process of `reader`: it answers one question after another until its parent is gone."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from typing import BinaryIO

import msgspec

from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.reading import questions as q
from dlgrade.text import both

MEMORY = 1 << 30  # 1 MB of Python makes a syntax tree of up to 0.9 GB
PROCESSOR_SECONDS = 20  # for a file; a busy machine does not change them


def main() -> None:
    questions, answers = _channel()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    gc.disable()  # it would search every tree for cycles while that grows, which costs half of the time
    with contextlib.suppress(EOFError, BrokenPipeError):
        q.send(answers, q.Ready())
        while True:
            question = msgspec.msgpack.decode(q.receive(questions, sys.maxsize), type=q.AnyQuestion)
            _set_alarm(PROCESSOR_SECONDS)
            q.send(answers, answer_to(question))
            _set_alarm(0)
            gc.collect(0)
    os._exit(0)  # what a file left in the memory is not worth being taken apart


def _channel() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, kept for messages: what a library prints is none."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return questions, answers


def _limit_memory() -> None:
    """Where the system can. Windows and macOS cannot: there the limits are those of size and time."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _set_alarm(seconds: int) -> None:
    """SIGPROF ends the process, even in the middle of a parser. Windows has no such alarm, and the parent a clock."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def answer_to(question: q.AnyQuestion) -> q.Answer:
    """The answer, whatever the file does to the parsers."""
    try:
        return _answer(question)
    except SubmissionError as error:
        return q.Refused(error.text)
    except RecursionError:
        return q.Refused(
            both(f"{question.shown} is nested too deeply to be read.", f"{question.shown} 嵌套过深，无法读取。")
        )
    except MemoryError:
        pass  # the exception keeps what fills the memory, so the answer is made after it is gone
    except Exception as error:
        why = clean(f"{type(error).__name__}: {error}"[:200])
        return q.Refused(both(f"{question.shown} cannot be read ({why}).", f"无法读取 {question.shown}（{why}）。"))
    return q.Exhausted()


def _answer(question: q.AnyQuestion) -> q.Answer:
    """Each kind imports its parsers when it is first asked for: a child starts in the time of its first question."""
    if isinstance(question, q.PythonFile):
        from dlgrade.submission.reading.python_files import decoded

        return q.Source(decoded(question.content, question.shown))
    if isinstance(question, q.Notebook):
        from dlgrade.submission.reading.notebooks import definitions

        return q.Source(*definitions(question.content, question.shown))
    if isinstance(question, q.Executed):
        from dlgrade.submission.reading.executed import defined_by

        return q.Source(*defined_by(question.cells))
    if isinstance(question, q.GradescopeMetadata):
        from dlgrade.submission.reading.gradescope import records

        return records(question.content)
    from dlgrade.submission.reading import zips

    return zips.listed(question) if isinstance(question, q.Listing) else zips.unpacked(question)


if __name__ == "__main__":
    main()
