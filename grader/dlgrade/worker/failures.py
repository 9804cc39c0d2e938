"""An exception in the submission as data, within the limits of a reply.

The submission may have made everything about it: the class, its attributes, and the values of these. So nothing here
calls a method of the exception's class, except its `__str__`.
"""

from __future__ import annotations

import traceback
import types
from pathlib import Path
from typing import Any

import torch

from dlgrade.worker.from_scratch import guard
from dlgrade.worker.limits import MAX_FRAMES, MAX_MESSAGE, MAX_NAME, MAX_PLACE, MAX_SOURCE
from dlgrade.worker.protocol import Failure
from dlgrade.worker.wire import clipped, name_of

MAX_PATH = 4096


def describe(error: BaseException, folder: Path, main: Path) -> Failure:
    """Type, message, the frames that lie in `folder`, where the syntax is wrong; the kinds that the judge tells apart.

    Args:
        main: the submission's file, which a syntax error without a file name is in.
    """
    kind, message = type(error), message_of(error)
    failure = Failure(
        type=clipped(name_of(kind), MAX_NAME),
        message=message,
        not_implemented=issubclass(kind, NotImplementedError) and _says_unwritten(error, message),
        out_of_memory=issubclass(kind, (MemoryError, torch.OutOfMemoryError)),
        forbidden=issubclass(kind, guard.ForbiddenCall),
        gpu_error=issubclass(kind, RuntimeError) and message.startswith("CUDA error"),
        frames=_frames(error, folder),
    )
    if issubclass(kind, SyntaxError):
        failure.message = clipped(_attribute(error, SyntaxError, "msg"), MAX_MESSAGE) or message
        failure.syntax = _syntax(error, main)
    return failure


def message_of(error: BaseException) -> str:
    """The message, cut to the limit of a reply."""
    try:
        return clipped(str(error), MAX_MESSAGE)
    except BaseException as second:
        return f"<its __str__ raised {clipped(name_of(type(second)), MAX_NAME)}>"


def _frames(error: BaseException, folder: Path) -> list[tuple[str, int, str, int]]:
    """(file, line, function, times) of the last lines of the submission on the way to the exception.

    Each line comes once, where it was reached last: endless recursion is the same few lines, a thousand times.
    """
    seen: dict[tuple[int, int], tuple[types.CodeType, int]] = {}
    for step in _steps(error):
        code, line = step.tb_frame.f_code, step.tb_lineno or 0
        if str.startswith(code.co_filename, str(folder)):
            _, times = seen.pop((id(code), line), (code, 0))
            seen[id(code), line] = code, times + 1
    return [
        (_file_name(code.co_filename), _place(line), clipped(code.co_name, MAX_NAME), _place(times))
        for (_, line), (code, times) in list(seen.items())[-MAX_FRAMES:]
    ]


def _steps(error: BaseException) -> list[types.TracebackType]:
    steps, step = [], _attribute(error, BaseException, "__traceback__")
    while step is not None:
        steps.append(step)
        step = step.tb_next
    return steps


def _says_unwritten(error: BaseException, message: str) -> bool:
    """Raised by the submission itself; torch raises the same class for a dtype that an operation does not take."""
    steps = _steps(error)
    if not steps or not message:
        return True
    return (traceback.extract_tb(steps[-1])[-1].line or "").startswith("raise")


def _syntax(error: BaseException, main: Path) -> tuple[str, int, int, str]:
    file, line, column, source = (
        _attribute(error, SyntaxError, name) for name in ("filename", "lineno", "offset", "text")
    )
    return _file_name(file) or _file_name(main.name), _place(line), _place(column), clipped(source, MAX_SOURCE)


def _attribute(error: BaseException, kind: type[BaseException], name: str) -> Any:
    """The attribute as the built-in class keeps it: a subclass may have a property of the same name."""
    return vars(kind)[name].__get__(error)


def _file_name(path: Any) -> str:
    return clipped(Path(clipped(path, MAX_PATH)).name, MAX_NAME)


def _place(number: Any) -> int:
    """A line, a column or a count within the limits; 0 for anything else."""
    return min(max(int.__int__(number), 0), MAX_PLACE) if issubclass(type(number), int) else 0
