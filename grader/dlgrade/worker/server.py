"""The fork server: a process with torch imported that forks one fresh sandboxed worker after another.

The nursery forks it. It reads nothing confidential and runs no student code. It ends a worker when the judge orders it
or when the worker's processes together pass the memory limit, and all workers when the judge is gone.

The judge's orders come in on its control socket, and its messages go out there; see `dlgrade.worker.protocol`.
"""

from __future__ import annotations

import os
import select
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from dlgrade.worker import guest, protocol, sharing, users
from dlgrade.worker.libc import PR_SET_CHILD_SUBREAPER, call
from dlgrade.worker.limits import Limits
from dlgrade.worker.processes import children, memory_of, waiting_seconds
from dlgrade.worker.protocol import (
    PACKET,
    End,
    Ended,
    KillWorker,
    ReportWaiting,
    ServerMessage,
    ServerReady,
    StartWorker,
    Waited,
)
from dlgrade.worker.sandbox import Sandbox, forget_surroundings

WATCH_MS = 50  # between two looks at the memory of workers
CHANNEL = 3  # the descriptor of the channel in a worker


@dataclass
class Child:
    """A running worker, as the fork server knows it.

    `pidfd` is ready when the process ends. `memory` is the process's memory at its start. `user` is a user of the
    worker's own, where it has one. `over` says that it has passed the memory limit.
    """

    pid: int
    pidfd: int
    memory: int
    user: users.User | None = None
    over: bool = False


class Server:
    """The fork server. `run` is the whole life of the process.

    Phases: enter the sandbox, forget the environment, send `ServerReady`; then take one event after another, an order
    or the end of a worker. The server never blocks on a worker: it waits for the control socket and all pidfds at once.
    It ends when the control socket is closed, and takes its workers with it.

    Fork order matters: the PID namespace of a worker is made before the fork (`before_fork`), all other walls inside
    the child (`confine`). The server owns the control socket and the pidfds; a child closes all it has inherited.
    """

    def __init__(self, control: socket.socket, limits: Limits, private: list[Path], *, sandbox: bool) -> None:
        """Store the parts.

        Args:
            control: the socket to the judge.
            limits: the limits of each worker.
            private: folders that no worker may read.
            sandbox: whether to shut workers in.
        """
        self.control = control
        self.limits = limits
        self.sandbox = Sandbox(limits, private, wanted=sandbox)
        self.children: dict[int, Child] = {}  # by the judge's number

    def run(self) -> None:
        """Serve until the judge is gone."""
        os.setsid()  # Ctrl-C in the terminal is for the judge alone
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _silence()
        self.sandbox.enter()  # may fork: from here on this is the first process of its PID namespace
        forget_surroundings()
        if not self.sandbox.contained:
            call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.send(ServerReady(self.sandbox.missing))
        try:
            while self.turn():
                pass
        finally:
            for child in self.children.values():
                self.kill(child)

    def send(self, message: ServerMessage) -> None:
        """Send a message to the judge."""
        self.control.send(protocol.encode(message))

    def turn(self) -> bool:
        """Wait for the next events and handle them. Return False when the judge is gone."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        for child in self.children.values():
            poll.register(child.pidfd, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(WATCH_MS if self.children else None)}
        for number, child in list(self.children.items()):
            if child.pidfd in ready:
                self.bury(number, child)
            elif self.is_over(child):
                child.over = True
                self.kill(child)
        return self.control.fileno() not in ready or self.obey()

    def is_over(self, child: Child) -> bool:
        """Return whether a worker's processes hold too much memory.

        The exact count takes longer, so it only confirms the quick one.
        """
        most = child.memory + self.limits.memory
        return memory_of(child.pidfd) > most and memory_of(child.pidfd, exact=True) > most

    def obey(self) -> bool:
        """Obey the judge's next order. Return False when the judge is gone."""
        packet, descriptors, _, _ = socket.recv_fds(self.control, PACKET, 2)
        if not packet:
            return False
        match protocol.decode_server_order(packet):
            case StartWorker() as order:
                self.make(order, *descriptors)
            case ReportWaiting(number):
                child = self.children.get(number)
                self.send(Waited(waiting_seconds(child.pidfd) if child else 0.0))
            case KillWorker(number):
                if number in self.children:  # otherwise its end is already on the way to the judge
                    self.kill(self.children[number])
        return True

    def make(self, order: StartWorker, channel: int, output: int) -> None:
        """Fork a worker."""
        self.sandbox.before_fork()
        pid = os.fork()
        if pid == 0:
            try:
                self.become_worker(order, channel, output)
            finally:
                os._exit(0)  # the child must never return into the server's loop
        self.sandbox.after_fork()
        os.close(channel)
        os.close(output)
        pidfd = os.pidfd_open(pid)
        self.children[order.number] = Child(pid, pidfd, memory_of(pidfd), self.sandbox.user)

    def become_worker(self, order: StartWorker, channel: int, output: int) -> None:
        """Turn this child into a worker, and serve. Raises OSError when the sandbox cannot be completed."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setsid()
        guest.take_over_output(output)
        _keep_only(channel)
        try:
            scratch, missing = self.sandbox.confine(Path(order.spare), gpu=order.gpu)
        except OSError as error:
            print(error, flush=True)  # the judge reads it when it finds no greeting
            raise
        if self.sandbox.wanted and self.sandbox.networked:  # sockets are refused
            sharing.share_by_value()
        os.environ.update(HOME=str(scratch), TMPDIR=str(scratch), LANG="C.UTF-8", PATH="/nonexistent")
        guest.serve(CHANNEL, CHANNEL, scratch, self.limits.answer, missing)

    def kill(self, child: Child) -> None:
        """Kill the first process of a worker; in a PID namespace of its own, the others die with it."""
        signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)

    def bury(self, number: int, child: Child) -> None:
        """Report the end of a worker, once all processes that it started are dead, too."""
        _, status = os.waitpid(child.pid, 0)
        if child.user is not None:
            child.user.end()
        if not self.sandbox.contained:
            self.end_strays()
        os.close(child.pidfd)
        del self.children[number]
        if os.WIFSIGNALED(status):
            end = End(signal=os.WTERMSIG(status), code=None, memory=child.over)
        else:
            end = End(signal=None, code=os.WEXITSTATUS(status), memory=child.over)
        self.send(Ended(number, end))

    def end_strays(self) -> None:
        """Kill the processes that dead workers left running; without a PID namespace, this process inherits them."""
        living = {child.pid for child in self.children.values()}
        while strays := [pid for pid in children(os.getpid()) if pid not in living]:
            for pid in strays:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    continue


def _silence() -> None:
    """Give this process empty standard streams."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def _keep_only(channel: int) -> None:
    """Move the channel to `CHANNEL`, and close every other descriptor but the standard streams.

    The server's descriptors lead to the judge and to other workers.
    """
    os.dup2(channel, CHANNEL)
    os.closerange(CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
