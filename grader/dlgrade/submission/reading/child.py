"""The child process of `reader`. It answers one question after another until its parent is gone."""

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

MEMORY = 1 << 30  # the syntax tree of 1 MB of Python takes up to 0.9 GB
PROCESSOR_SECONDS = 20  # for a file; unlike a clock, it is the same on a busy machine


def main() -> None:
    """Answer questions until the parent closes the pipe."""
    questions, answers = _take_standard_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    gc.disable()  # collecting while a tree grows would take half of the time
    with contextlib.suppress(EOFError, BrokenPipeError):
        q.send(answers, q.Ready())
        while True:
            question = msgspec.msgpack.decode(q.receive(questions, sys.maxsize), type=q.AnyQuestion)
            _set_alarm(PROCESSOR_SECONDS)
            q.send(answers, answer(question))
            _set_alarm(0)
            gc.collect(0)
    os._exit(0)  # a normal exit would take apart everything that files left in the memory


def _take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep standard input and output for messages. Whatever a library prints goes to standard error."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return questions, answers


def _limit_memory() -> None:
    """Limit the memory, if the system can. Windows and macOS cannot; there only size and time are limited."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _set_alarm(seconds: int) -> None:
    """Let SIGPROF end the process after this time, even inside a parser. On Windows only the parent's clock does so."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def answer(question: q.AnyQuestion) -> q.Answer:
    """The answer, whatever the file does to the parsers."""
    try:
        return _parse(question)
    except SubmissionError as error:
        return q.Unreadable(error.text)
    except RecursionError:
        return q.Unreadable(
            both(
                f"{question.display_name} is nested too deeply to be read.",
                f"{question.display_name} 嵌套过深，无法读取。",
            )
        )
    except MemoryError:
        pass  # the exception keeps the full memory alive, so the answer is made after this block
    except Exception as error:
        why = clean(f"{type(error).__name__}: {error}"[:200])
        return q.Unreadable(
            both(f"{question.display_name} cannot be read ({why}).", f"无法读取 {question.display_name}（{why}）。")
        )
    return q.Exhausted()


def _parse(question: q.AnyQuestion) -> q.Answer:
    """Ask the parser for this kind of question. Parsers are imported when first used: a child so starts faster."""
    if isinstance(question, q.PythonFile):
        from dlgrade.submission.reading.python_files import decoded

        return q.Source(decoded(question.content, question.display_name))
    if isinstance(question, q.Notebook):
        from dlgrade.submission.reading.notebooks import code

        return q.Source(*code(question.content, question.display_name))
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
