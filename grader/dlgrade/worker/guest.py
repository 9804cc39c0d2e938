"""The code inside a worker: it loads one submission and answers the judge's questions about it.

The process belongs to the submission from the moment that its code runs. Nothing here is trusted afterwards, and the
judge takes only data from it. Before that moment the worker parses the files, so that a source that breaks the parser
breaks only the worker.
"""

from __future__ import annotations

import ast
import difflib
import os
import pickle
import random
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dlgrade.worker import failures, loading, protocol, top_level, wire
from dlgrade.worker.forbidden import guard, neighbours, operators, program, static
from dlgrade.worker.forbidden.families import Forbidden, forbidden_by
from dlgrade.worker.frames import read_frame, write_frame
from dlgrade.worker.limits import MAX_FORBIDDEN, MAX_NAME
from dlgrade.worker.protocol import (
    Execute,
    Failure,
    NumberedRequest,
    OpenGpu,
    Probe,
    Read,
    Reply,
    Request,
    Status,
    Trace,
)
from dlgrade.worker.recorder import Recorder, kind_of
from dlgrade.worker.statement import deep_recursion

MODULE = "submission"
MAX_GUESSES = 1000  # names of the submission that a missing name is compared with


class Missing(BaseException):
    """The submission has no such function or class."""


class Implementation:
    """The submission as a probe sees it: its functions and classes as attributes."""

    def __init__(self, module: types.ModuleType) -> None:
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._module, name)
        except AttributeError:
            raise Missing(name) from None
        return loading.refuse(value) if type(value) is loading.AbsentObject else value


class Guest:
    """One submission, and the answers to questions about it.

    The judge asks in this order: `OpenGpu` where a check needs a GPU, `Read`, `Execute`, then any number of `Probe`.

    - `Read` runs the static check and starts the guard, before any code of the submission runs.
    - `Execute` imports the submission. From here on every attribute of this object may be forged.
    - A reply is data within the limits of `dlgrade.worker.limits`: a value as a tree, or the exception in words.

    `answer` never raises: everything that the submission raises becomes a reply.
    """

    def __init__(self, folder: Path, max_answer: int) -> None:
        """Store the scratch folder, and the most bytes of an answer."""
        self.folder = folder
        self.max_answer = max_answer
        self.module = types.ModuleType(MODULE)
        self.tree = ast.Module(body=[], type_ignores=[])
        self.path = folder / "unread"
        self.skipped: dict[str, int] = {}
        self.names: frozenset[str] = frozenset()
        self.exercises: list[str] = []
        self.forbidden: dict[str, Forbidden] = {}
        self.guard = guard.Guard()
        self.neighbours: neighbours.Neighbours | None = None
        self.lost: list[str] = []  # modules that a star import did not find
        self.operators: list[str] = []

    def answer(self, question: NumberedRequest) -> bytes:
        """Do what a question asks for, and return the reply as a frame."""
        self.guard.noticed = []
        self.operators = []
        number, request = question.number, question.request
        blobs: list[bytes] = []
        try:
            value = self.guarded(request, lambda: wire.to_tree(self.obey(request), self.max_answer, blobs))
            return self.pack(number, "value", value, blobs=blobs)
        except wire.Unsendable as error:
            return self.pack(number, "unsendable", [error.reason, error.size])
        except Missing as error:
            name = failures.message_of(error)[:MAX_NAME]
            return self.pack(number, "missing", [name, self.nearest(name), self.skipped.get(name)])
        except BaseException as error:
            error_data = failures.describe(error, self.folder, self.path, self.skipped, self.lost)
            return self.pack(number, "raised", error=error_data)

    def obey(self, request: Request) -> Any:
        """Return the value that a request asks for; None where it asks for none."""
        match request:
            case Probe():
                return self.probe(request)
            case Trace():
                return self.trace(request.probe)
            case Read():
                return self.read(request)
            case Execute():
                return self.execute(request.seconds)
            case OpenGpu():
                return self.open_gpu(request)

    def guarded(self, request: Request, work: Callable[[], Any]) -> Any:
        """Do the work under the guard, and record operators if asked to.

        No `contextlib` here: it touches attributes of an exception on its way, which the submission may have made.
        """
        probe = request.probe if isinstance(request, Trace) else request
        record = isinstance(probe, Probe) and probe.record
        exercise = probe.exercise if isinstance(probe, Probe) else ""
        self.guard.begin(self.forbidden.get(exercise, guard.NOTHING))
        if record:
            operators.begin()
        try:
            return work()
        finally:
            if record:
                self.operators = operators.end()
            self.guard.end()

    def pack(
        self,
        number: int,
        status: Status,
        value: Any = None,
        *,
        error: Failure | None = None,
        blobs: Sequence[bytes] = (),
    ) -> bytes:
        """Return a reply as a frame.

        Args:
            number: the number of the question.
            status: the kind of the reply.
            value: the tree of the value, or the details of a value that is missing or cannot be sent.
            error: the exception, where the submission raised one.
            blobs: the bytes of the tensors in the tree.

        Raises:
            Unsendable: the tree is too large.
        """
        reply = Reply(
            number=number,
            status=status,
            forbidden=self.guard.noticed[:MAX_FORBIDDEN],
            sizes=[len(blob) for blob in blobs],
            operators=self.operators,
            value=value,
            error=error,
        )
        try:
            return protocol.pack_reply(reply, blobs)
        except protocol.ReplyTooLarge as large:
            raise wire.Unsendable("too_large", large.size) from None

    def open_gpu(self, request: OpenGpu) -> None:
        """Start CUDA, with a limit on its memory."""
        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, request.memory / total))
        torch.zeros(1, device="cuda").add_(1).item()

    def read(self, request: Read) -> dict[str, Any]:
        """Parse the files and report forbidden uses; then write the files into the scratch folder."""
        files = request.files
        self.path = self.folder / request.main
        source = files[request.main]
        if b"\0" in source:  # which kind of error this is depends on Python's version
            line = source.partition(b"\0")[0].count(b"\n") + 1
            raise SyntaxError("source code cannot contain null bytes", (str(self.path), line, 0, ""))
        whole = ast.parse(source, filename=str(self.path))
        part = top_level.needed(whole, [*request.exercises, *request.given], str(self.path))
        self.tree, self.skipped, self.names = part.tree, part.skipped, part.names
        report = self.check(request, whole)
        for name, content in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        self.guard.watch({id(forbidden): forbidden for forbidden in self.forbidden.values()}.values())
        return report

    def check(self, request: Read, whole: ast.Module) -> dict[str, Any]:
        """Return the forbidden uses of each exercise, and the suspicious lines that staff should look at.

        Only code that runs can be a use. Suspicious lines are those of the whole file.
        """
        main = self.path.stem
        modules = neighbours.modules_in(request.helpers, helper=True) | neighbours.modules_in(request.files)
        trees = neighbours.parsed(main, self.tree, modules)
        names = {name: _displayed(modules[name]) for name in trees if name != main} | {main: self.path.name}
        self.neighbours = neighbours.Neighbours(self.folder, modules, request.exercises, self.lost)
        self.exercises = [*request.exercises]
        # Exercises with the same families share one object, as its names take a while to resolve.
        libraries = neighbours.imported(trees.values())
        known = {families: forbidden_by(families, libraries) for families in request.exercises.values() if families}
        self.forbidden = {name: known[families] for name, families in request.exercises.items() if families}
        with deep_recursion():
            packages = [name for name, module in modules.items() if module.package]
            uses = static.uses(program.Program(main, trees, packages), names, request.interface, self.forbidden)
        own = {name: tree for name, tree in trees.items() if names[name] != neighbours.HELPERS}
        return {
            "uses": {exercise: [finding.plain for finding in findings[:1]] for exercise, findings in uses.items()},
            "suspicious": [finding.plain for finding in static.suspicious(own | {main: whole}, names)],
        }

    def nearest(self, name: str) -> str | None:
        """Return the name of a function or class, but of no exercise, that is most like a missing name."""
        known = {defined: value for defined, value in list(vars(self.module).items()) if type(defined) is str}
        names = [*self.names, *(defined for defined in known if callable(known[defined]))]
        names = [defined for defined in names if defined[:1] != "_" and len(defined) <= MAX_NAME]
        names = sorted({defined for defined in names if defined not in self.exercises})
        matches = difflib.get_close_matches(name, names[:MAX_GUESSES], n=1)
        return wire.clipped(matches[0], MAX_NAME) if matches else None

    def execute(self, seconds: float) -> None:
        """Import the submission within so many seconds. A file beside it never hides a library."""
        assert self.neighbours is not None
        sys.meta_path.insert(0, self.neighbours)
        if self.forbidden:
            self.neighbours.builtins = self.module.__dict__["__builtins__"] = self.guard.builtins(self.folder)
        sys.argv, sys.orig_argv = [self.path.name], [self.path.name]
        sys.modules[MODULE] = self.module
        self.module.__file__ = str(self.path)
        seed_all(0)  # for constants that the file draws
        with loading.within(seconds):
            loading.run(self.tree, self.path, self.module.__dict__, self.lost)

    def probe(self, request: Probe) -> Any:
        """Return the probe's value for the submission. Only the judge can write pickles to the channel."""
        seed_all(request.seed)
        return pickle.loads(request.blob)(Implementation(self.module))

    def trace(self, request: Probe) -> Any:
        """Run a probe again, and return the calls that it makes, as a `Traced`."""
        seed_all(request.seed)
        recorder = Recorder(Implementation(self.module))
        error: BaseException | None = None
        try:
            pickle.loads(request.blob)(recorder)
        except BaseException as raised:
            error = raised
        recorder.close()
        results = [("raised", 0) if call.raised else kind_of(call.result) for call in recorder.calls]
        by_call = [n for n, call in enumerate(recorder.calls) if error is not None and call.raised is error]
        return [results, by_call[-1] if by_call else None, error is not None]


def _displayed(module: neighbours.Module) -> str:
    """Return the name of a module's file in findings."""
    return neighbours.HELPERS if module.helper else module.path


def seed_all(seed: int) -> None:
    """Start a probe from the same state, no matter what ran before it."""
    torch.default_generator.manual_seed(seed)  # torch.manual_seed would queue a seed for every absent device
    np.random.seed(seed % 2**32)
    random.seed(seed)
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)


def take_over_output(fd: int) -> None:
    """Send all output of this process, from Python or from C, to `fd`, and give it an empty standard input."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    options: dict[str, Any] = {"encoding": "utf-8", "errors": "backslashreplace", "closefd": False}
    sys.stdin = os.fdopen(0, **options)
    sys.stdout = os.fdopen(1, "w", buffering=1, **options)
    sys.stderr = os.fdopen(2, "w", buffering=1, **options)


def serve(requests: int, replies: int, folder: Path, max_answer: int, missing: list[str]) -> None:
    """Greet the judge, and answer questions until it closes the channel.

    Args:
        requests: the descriptor that questions come from.
        replies: the descriptor that replies go to; may be the same.
        folder: the scratch folder.
        max_answer: the most bytes of an answer.
        missing: the parts of the sandbox that are missing, which the greeting tells.
    """
    warnings.resetwarnings()  # a fork inherits warnings as errors, but a submission's warning costs nothing
    tempfile.tempdir = str(folder)  # a fork inherits the folder that an ancestor has looked up
    guest = Guest(folder, max_answer)
    write_frame(replies, guest.pack(protocol.FIRST_NUMBER, "value", missing))
    while True:
        try:
            question = protocol.decode_question(read_frame(requests))
        except EOFError:
            return
        reply = guest.answer(question)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # the submission has closed or replaced the stream, and loses its output
                continue
        write_frame(replies, reply)
