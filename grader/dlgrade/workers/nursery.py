"""The handle on the nursery: a clean process that imports torch once and forks the fork servers and the judges.

A worker's memory holds whatever the processes that it descends from have read. So no process that reads anything
confidential ever forks workers. The nursery is started as a program, with an environment and a command line of its own;
it reads nothing but orders; its fork servers make the workers, its judges read the rest::

    dlgrade ── exec ──> nursery ── fork ──> fork server ── fork ──> worker, one a submission
       │                    └───── fork ──> judge          (asks the workers, holds references and inputs)
       └── channel (remote.py) ────────────────┘
"""

from __future__ import annotations

import contextlib
import itertools
import os
import site
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from dlgrade.errors import GraderError
from dlgrade.text import Text, both
from dlgrade.worker import protocol
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import InterruptJudge, NurseryOrder, StartForkServer, StartJudge

LAST_WORDS = 600  # bytes of a process's complaints that an error repeats
PATIENCE_SECONDS = 5.0
# The nursery's environment: how to find libraries and how they compute, nothing that may hold a secret.
KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT")
KEPT_PREFIXES = ("LD_", "OMP_", "OPENBLAS_", "MKL_", "KMP_", "ATEN_", "DNNL_", "ONEDNN_")


class Nursery:
    """Starts the process when the first order needs it, and anew when it has ended. Any thread may give orders."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the handle
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process, which imports torch meanwhile; nothing to do while there is one."""
        with self.lock:
            self._start()

    def _start(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        self._forget()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dlgrade.workers.nursery_server"],
                stdin=theirs.fileno(),
                stdout=self.complaints,
                stderr=self.complaints,
                cwd=sys.prefix,  # a student's folder may have a random.py
                env=clean_environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for the command alone
            )

    def fork_server(self, limits: Limits, private: list[Path], *, sandbox: bool) -> socket.socket:
        """Fork a server of workers; return the judge's end of its control socket.

        `private` are the folders that no worker may read.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order = StartForkServer(limits, [str(path) for path in private], sandbox)
        with theirs:
            self._order(order, [theirs])
        return ours

    def judge(self, program: str, channel: socket.socket, control: socket.socket) -> int:
        """Fork a judge that answers on `channel` and whose workers come from the fork server behind `control`.

        `program` is the module whose `serve` the judge runs.

        Returns the number that `interrupt` knows it by.
        """
        number = next(self.numbers)
        self._order(StartJudge(number, program), [channel, control])
        return number

    def interrupt(self, number: int) -> None:
        """Interrupt what a judge is doing: it ends its workers, removes its files and exits."""
        with self.lock, contextlib.suppress(OSError):
            if self.control is not None:
                self.control.send(protocol.encode(InterruptJudge(number)))

    def _order(self, order: NurseryOrder, passed: list[socket.socket]) -> None:
        """Raises GraderError: the nursery does not stay alive."""
        packet = protocol.encode(order)
        with self.lock:
            for _ in range(2):  # the process may have ended since it was last looked at
                self._start()
                assert self.control is not None
                with contextlib.suppress(OSError):
                    socket.send_fds(self.control, [packet], [one.fileno() for one in passed])
                    return
                assert self.process is not None
                self.process.wait()
        raise GraderError(gone(self.last_words()))

    def last_words(self) -> str:
        """The end of what the nursery and its children complained about."""
        with contextlib.suppress(OSError, ValueError):
            self.complaints.seek(0)
            return self.complaints.read()[-LAST_WORDS:].decode("utf-8", "replace").strip()
        return ""

    def close(self) -> None:
        """End the nursery, its judges and fork servers, whatever they are doing."""
        with self.lock:
            self._forget()
            self.complaints.close()

    def _forget(self) -> None:
        if self.control is not None:
            self.control.close()
        if self.process is not None:
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = self.control = None


def clean_environment() -> dict[str, str]:
    """An environment for a process whose memory a submission may come to read."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
    # Where `pip install --user` put torch; else Python would look for it below HOME.
    return kept | {"PYTHONUSERBASE": site.getuserbase(), "PYTHONSAFEPATH": "1"}


def gone(last: str) -> Text:
    """The sentence for a process of the grader's that has ended, with its last words."""
    return both(
        f"The process that grades has ended. Run the command again; if it happens again, please report this: {last}",
        f"评分进程已退出。请重新运行命令；若再次出现，请报告以下信息：{last}",
    )
