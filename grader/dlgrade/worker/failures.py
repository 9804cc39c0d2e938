"""Describe an exception in the submission as data, within the limits of a reply.

The submission may have made the whole exception: its class, its attributes, and their values. So nothing here calls a
method of the exception's class, except its `__str__`.
"""

from __future__ import annotations

import traceback
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

import torch

from dlgrade.worker.forbidden import guard
from dlgrade.worker.limits import MAX_DOTTED_NAME, MAX_FRAMES, MAX_MESSAGE, MAX_NAME, MAX_PLACE, MAX_SOURCE
from dlgrade.worker.loading import EndlessImport, Unavailable
from dlgrade.worker.protocol import Absent, Failure
from dlgrade.worker.wire import clipped, name_of

MAX_PATH = 4096
BACKWARD = torch.autograd.backward.__code__  # the guard may put an object in place of the function


def describe(
    error: BaseException, folder: Path, main: Path, skipped: Mapping[str, int], lost: Sequence[str] = ()
) -> Failure:
    """Return the exception's type, message and frames, and flags for the kinds that the judge distinguishes.

    Args:
        error: the exception.
        folder: the scratch folder; frames of other files are left out.
        main: the submission's file, in which a syntax error without a file name is.
        skipped: the line of the statement that would have defined each name, had it run.
        lost: modules that a star import did not find, so that a name may be unknown.
    """
    error = _cause(error)
    kind, message = type(error), message_of(error)
    failure = Failure(
        type=clipped(name_of(kind), MAX_NAME),
        message=message,
        not_implemented=issubclass(kind, NotImplementedError) and _says_unwritten(error, message, folder),
        out_of_memory=issubclass(kind, (MemoryError, torch.OutOfMemoryError)),
        forbidden=issubclass(kind, guard.ForbiddenCall),
        gpu_error=issubclass(kind, RuntimeError) and message.startswith("CUDA error"),
        frames=_frames(error, folder),
        unavailable=_unavailable(error, lost),
        endless=issubclass(kind, EndlessImport),
        in_backward=any(step.tb_frame.f_code is BACKWARD for step in _steps(error)),
    )
    if kind is NameError and failure.frames and failure.frames[-1][0] == _file_name(main.name):
        name = _attribute(error, NameError, "name")
        failure.skipped = skipped.get(name) if type(name) is str else None
    if issubclass(kind, SyntaxError):
        failure.message = clipped(_attribute(error, SyntaxError, "msg"), MAX_MESSAGE) or message
        failure.syntax = _syntax(error, main)
    return failure


def _cause(error: BaseException) -> BaseException:
    """Return the error of the import that a stand-in holds; any other error as it is."""
    cause = _facts(error)[2]
    return cause if issubclass(type(cause), BaseException) else error


def _facts(error: BaseException) -> Sequence[Any]:
    """Return the kind, the name and the cause of an `Unavailable`; three times None for any other exception."""
    facts: tuple[Any, ...] = _attribute(error, BaseException, "args") if issubclass(type(error), Unavailable) else ()
    return facts if len(facts) == 3 else (None, None, None)


def _unavailable(error: BaseException, lost: Sequence[str]) -> tuple[Absent, str] | None:
    kind, name, _ = _facts(error)
    if type(kind) is str and kind in get_args(Absent):
        return cast(Absent, kind), clipped(name, MAX_DOTTED_NAME)
    if issubclass(type(error), NameError) and lost:
        return "star", clipped(lost[0], MAX_DOTTED_NAME)
    return None


def message_of(error: BaseException) -> str:
    """Return the message, cut to the limit of a reply."""
    try:
        return clipped(str(error), MAX_MESSAGE)
    except BaseException as second:
        return f"<its __str__ raised {clipped(name_of(type(second)), MAX_NAME)}>"


def _frames(error: BaseException, folder: Path) -> list[tuple[str, int, str, int]]:
    """Return (file, line, function, times) of the last lines of the submission on the way to the exception.

    Each line comes once, where it was reached last: endless recursion repeats the same few lines a thousand times.
    """
    seen: dict[tuple[int, int], tuple[types.CodeType, int]] = {}
    for step in _steps(error):
        code, line = step.tb_frame.f_code, step.tb_lineno or 0
        if str.startswith(code.co_filename, str(folder)):
            _, times = seen.pop((id(code), line), (code, 0))
            seen[id(code), line] = code, times + 1
    return [
        (
            _inside(code.co_filename, folder),
            _place(line),
            clipped(code.co_name, MAX_NAME),
            _place(times),
        )
        for (_, line), (code, times) in list(seen.items())[-MAX_FRAMES:]
    ]


def _inside(path: str, folder: Path) -> str:
    """Return the path from the scratch folder. The submission may have made the text: nothing asks its class."""
    return clipped(str.__getitem__(path, slice(len(str(folder)) + 1, None)), MAX_NAME)


def _steps(error: BaseException) -> list[types.TracebackType]:
    steps, step = [], _attribute(error, BaseException, "__traceback__")
    while step is not None:
        steps.append(step)
        step = step.tb_next
    return steps


def _says_unwritten(error: BaseException, message: str, folder: Path) -> bool:
    """Return whether the submission raised a NotImplementedError itself.

    torch raises the same class for a dtype that an operation does not support, and for a network without `forward`.
    """
    steps = _steps(error)
    if not steps or not message:
        return True
    if not str.startswith(steps[-1].tb_frame.f_code.co_filename, str(folder)):
        return False
    return (traceback.extract_tb(steps[-1])[-1].line or "").startswith("raise")


def _syntax(error: BaseException, main: Path) -> tuple[str, int, int, str]:
    file, line, column, source = (
        _attribute(error, SyntaxError, name) for name in ("filename", "lineno", "offset", "text")
    )
    return _file_name(file) or _file_name(main.name), _place(line), _place(column), clipped(source, MAX_SOURCE)


def _attribute(error: BaseException, kind: type[BaseException], name: str) -> Any:
    """Return an attribute as the built-in class stores it: a subclass may have a property of the same name."""
    return vars(kind)[name].__get__(error)


def _file_name(path: Any) -> str:
    return clipped(Path(clipped(path, MAX_PATH)).name, MAX_NAME)


def _place(number: Any) -> int:
    """Return a line, a column or a count, moved within the limits; 0 for any other object."""
    return min(max(int.__int__(number), 0), MAX_PLACE) if issubclass(type(number), int) else 0
