"""Runs `python -m dlgrade` as a fork of a process that has imported its libraries, for which a test waits otherwise.

    test ── Preloaded("dlgrade") ── exec ──> server with the command's libraries ── fork ──> a command for each call
                                                 └── exec ──> server with torch ── fork ──> the nursery of each command

The forks have arguments, an environment, a folder and standard streams of their own. Python and the libraries read some
variables when they start; a test that changes one of these needs a program of its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

PACKET = 1 << 17  # bytes
READ_AT_START = ("PYTHON", "TMPDIR", "LC_", "LANG", "LD_", "MPL", "OMP_", "OPENBLAS_", "MKL_")
IMPORTED = (
    "alembic.command", "dlgrade.batch.export", "dlgrade.batch.reports", "dlgrade.batch.run", "dlgrade.judge.pool",
    "dlgrade.report.class_report", "dlgrade.report.terminal", "matplotlib.backends.backend_svg", "matplotlib.figure",
    "psycopg", "pymysql", "rich.progress", "sqlalchemy.dialects.sqlite",
)  # fmt: skip


class Preloaded:
    """The handle on a server. The server ends when this process has ended."""

    def __init__(self, kind: str, environment: Mapping[str, str]) -> None:
        """Start the server, which is `dlgrade` or `nursery`."""
        self.environment = dict(environment)
        self.requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, __file__, kind]
            self.server = subprocess.Popen(command, stdin=theirs.fileno(), env=self.environment)

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Return whether a program that starts in this environment would have started like the server."""
        changed = {name for name, _ in self.environment.items() ^ environment.items()}
        return not any(name.startswith(READ_AT_START) for name in changed)

    def start(self, module: str, arguments: list[str], streams: list[int], **where: object) -> Process:
        """Start a process. `where` has `cwd` and `env`, and `session` if it gets a session of its own."""
        reports, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            request = json.dumps({"module": module, "arguments": arguments, **where}).encode()
            socket.send_fds(self.requests, [request], [*streams, theirs.fileno()])
        return Process(arguments, reports)

    def run(self, module: str, arguments: list[str], timeout: float, **where: object) -> subprocess.CompletedProcess:
        """Run a process to its end, as `subprocess.run` does."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, Path(os.devnull).open("rb") as null:
            streams = [each.fileno() for each in (null, out, err)]
            process = self.start(module, arguments, streams, **where)
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            for file in (out, err):
                file.seek(0)
            return subprocess.CompletedProcess(arguments, code, out.read().decode(), err.read().decode())

    def close(self) -> None:
        self.requests.close()
        self.server.wait()


class Process:
    """A process that a server has forked; the part of `subprocess.Popen` that is needed."""

    def __init__(self, args: list[str], reports: socket.socket) -> None:
        self.args, self.reports, self.returncode = args, reports, None
        _, descriptors, _, _ = socket.recv_fds(reports, PACKET, 1)
        if not descriptors:
            raise RuntimeError("the server of preloaded.py has ended; its standard error says why")
        self.descriptor = descriptors[0]

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self.reports], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout)
            self.returncode = int(self.reports.recv(PACKET) or -signal.SIGKILL)
            self.reports.close()
            os.close(self.descriptor)
        return self.returncode

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def kill(self) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)


# The server.


def import_commands() -> None:
    """Import all commands and their libraries, but not torch. Their nurseries will be forks, too."""
    for module in IMPORTED:
        importlib.import_module(module)
    assert "torch" not in sys.modules
    from dlgrade.workers import nursery

    torch = Preloaded("nursery", nursery.clean_environment())

    def launch(arguments: list[str], orders: int, complaints: int) -> Process:
        where = {"cwd": sys.prefix, "env": torch.environment, "session": True}
        return torch.start(nursery.PROGRAM, arguments, [orders, complaints, complaints], **where)

    nursery.launch = launch


def import_torch() -> None:
    from dlgrade.worker.warm import use_large_pages, warm_up

    warm_up()
    use_large_pages()


def serve(requests: socket.socket) -> dict[str, object]:
    """Fork a process for each request; return its request in that process, and never in the server."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        packet, descriptors, _, _ = socket.recv_fds(requests, PACKET, 4)
        if not packet:
            os._exit(0)
        if os.fork() == 0:
            requests.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if (pid := os.fork()) == 0:
                become(json.loads(packet), descriptors)
                return json.loads(packet)
            report(pid, socket.socket(fileno=descriptors[-1]))
        for descriptor in descriptors:
            os.close(descriptor)


def report(pid: int, reports: socket.socket) -> None:
    """Tell how to reach a child, and how it ended; then exit."""
    with contextlib.suppress(OSError):  # nobody listens any more
        socket.send_fds(reports, [b"started"], [os.pidfd_open(pid)])
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(OSError):
        reports.send(str(code).encode())
    os._exit(0)


def become(request: dict[str, object], descriptors: list[int]) -> None:
    """Take on the streams, folder, environment and arguments of the process that is asked for."""
    for place, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, place)
    for descriptor in descriptors:
        os.close(descriptor)
    keep = {"encoding": "utf-8", "closefd": False}  # a worker replaces these objects, and keeps the descriptors
    sys.stdin, sys.stdout = open(0, **keep), open(1, "w", **keep)  # noqa: SIM115
    sys.stderr = open(2, "w", errors="backslashreplace", buffering=1, **keep)  # noqa: SIM115
    if request.get("session"):
        os.setsid()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.path[0:1] = [] if os.environ.get("PYTHONSAFEPATH") else [request["cwd"]]
    sys.argv = [request["module"], *request["arguments"]]


if __name__ == "__main__":
    requests = socket.socket(fileno=os.dup(0))
    {"dlgrade": import_commands, "nursery": import_torch}[sys.argv[1]]()
    gc.freeze()
    runpy.run_module(serve(requests)["module"], run_name="__main__", alter_sys=True)
