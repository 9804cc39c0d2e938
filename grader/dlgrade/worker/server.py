"""The fork server: a process with torch imported that makes one fresh sandboxed worker after another.

It is forked from the nursery, which reads nothing confidential, runs no student code, and watches its workers: it ends
one when the judge asks, when the worker's processes together pass the memory limit, and all of them when the judge is
gone.

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
from dlgrade.worker.protocol import PACKET, End, Ended, KillWorker, Message, Ready, ReportWaiting, StartWorker, Waited
from dlgrade.worker.sandbox import Sandbox, forget_surroundings

WATCH_MS = 50


@dataclass
class Worker:
    """A running worker: its process, the pidfd that is ready when it ends, its memory at birth, its own user."""

    pid: int
    pidfd: int
    memory: int
    user: users.User | None = None
    over: bool = False


class Server:
    def __init__(self, control: socket.socket, limits: Limits, private: list[Path], *, sandbox: bool) -> None:
        self.control = control
        self.limits = limits
        self.sandbox = Sandbox(limits, private, wanted=sandbox)
        self.workers: dict[int, Worker] = {}

    def run(self) -> None:
        os.setsid()  # Ctrl-C in the terminal is for the judge alone
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _silence()
        self.sandbox.enter()
        forget_surroundings()
        if not self.sandbox.contained:
            call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.send(Ready(self.sandbox.missing))
        try:
            while self.turn():
                pass
        finally:
            for worker in self.workers.values():
                self.kill(worker)

    def send(self, message: Message) -> None:
        self.control.send(protocol.encode(message))

    def turn(self) -> bool:
        """Wait for the next event and deal with it; False when the judge is gone."""
        waiter = select.poll()
        waiter.register(self.control, select.POLLIN)
        for worker in self.workers.values():
            waiter.register(worker.pidfd, select.POLLIN)
        events = {descriptor for descriptor, _ in waiter.poll(WATCH_MS if self.workers else None)}
        for number, worker in list(self.workers.items()):
            if worker.pidfd in events:
                self.bury(number, worker)
            elif self.is_over(worker):
                worker.over = True
                self.kill(worker)
        return self.control.fileno() not in events or self.obey()

    def is_over(self, worker: Worker) -> bool:
        """Whether a worker's processes hold too much. The exact count, which takes longer, confirms the quick one."""
        most = worker.memory + self.limits.memory
        return memory_of(worker.pidfd) > most and memory_of(worker.pidfd, exact=True) > most

    def obey(self) -> bool:
        packet, descriptors, _, _ = socket.recv_fds(self.control, PACKET, 2)
        if not packet:
            return False
        match protocol.decode_order(packet):
            case StartWorker() as order:
                self.make(order, *descriptors)
            case ReportWaiting(number):
                worker = self.workers.get(number)
                self.send(Waited(waiting_seconds(worker.pidfd) if worker else 0.0))
            case KillWorker(number):
                if number in self.workers:  # otherwise the end is on its way to the judge
                    self.kill(self.workers[number])
        return True

    def make(self, order: StartWorker, channel: int, output: int) -> None:
        self.sandbox.before_fork()
        pid = os.fork()
        if pid == 0:
            try:
                self.become_worker(order, channel, output)
            finally:
                os._exit(0)
        self.sandbox.after_fork()
        os.close(channel)
        os.close(output)
        pidfd = os.pidfd_open(pid)
        self.workers[order.number] = Worker(pid, pidfd, memory_of(pidfd), self.sandbox.user)

    def become_worker(self, order: StartWorker, channel: int, output: int) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setsid()
        guest.take_over_output(output)
        channel = _alone(channel)
        try:
            scratch, missing = self.sandbox.confine(Path(order.spare), gpu=order.gpu)
        except OSError as error:
            print(error, flush=True)  # for the judge, which finds no answer
            raise
        if self.sandbox.wanted and self.sandbox.networked:  # sockets are refused
            sharing.share_by_value()
        os.environ.update(HOME=str(scratch), TMPDIR=str(scratch), LANG="C.UTF-8", PATH="/nonexistent")
        guest.serve(channel, channel, scratch, self.limits.answer, missing)

    def kill(self, worker: Worker) -> None:
        signal.pidfd_send_signal(worker.pidfd, signal.SIGKILL)

    def bury(self, number: int, worker: Worker) -> None:
        """Report a worker once it and all that it started are dead."""
        _, status = os.waitpid(worker.pid, 0)
        if worker.user is not None:
            worker.user.end()
        if not self.sandbox.contained:
            self.end_strays()
        os.close(worker.pidfd)
        del self.workers[number]
        if os.WIFSIGNALED(status):
            end = End(signal=os.WTERMSIG(status), code=None, memory=worker.over)
        else:
            end = End(signal=None, code=os.WEXITSTATUS(status), memory=worker.over)
        self.send(Ended(number, end))

    def end_strays(self) -> None:
        """Without a PID namespace: kill what dead workers left running, which is this process's to inherit."""
        living = {worker.pid for worker in self.workers.values()}
        while strays := [pid for pid in children(os.getpid()) if pid not in living]:
            for pid in strays:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    continue


def _silence() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def _alone(channel: int) -> int:
    """Keep the channel and close every other descriptor that the server had open."""
    os.dup2(channel, 3)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    return 3


def pid_of(pidfd: int) -> int | None:
    """The process behind a pidfd, as this machine's /proc numbers it."""
    try:
        info = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
        return int(info.rpartition("\nPid:")[2].split()[0])
    except (OSError, ValueError, IndexError):
        return None


def waiting_seconds(pidfd: int) -> float:
    """How long the first thread of a process has waited for a core in all, but for what its own threads took.

    0 for one that has started others, which may be what it waits for, and where the kernel does not count it.
    """
    pid = pid_of(pidfd)
    try:
        ran, waited = (int(word) / 1e9 for word in Path(f"/proc/{pid}/schedstat").read_text().split()[:2])
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return 0.0
    all_threads = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    return max(0.0, waited - max(0.0, all_threads - ran)) if not children(pid or 0) else 0.0


def memory_of(pidfd: int, *, exact: bool = False) -> int:
    """Bytes of anonymous and shared memory that the process behind a pidfd and its descendants hold; 0 if unknown.

    Quickly, pages that processes share since a fork count once for each; exactly, each has its share of them.
    """
    pid = pid_of(pidfd)
    if pid is None:
        return 0
    waiting, total = [pid], 0
    while waiting:
        one = waiting.pop()
        total += _proportional(one) if exact else _resident(one)
        waiting += children(one)
    return total


def _resident(pid: int) -> int:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0
    for task in tasks:  # the first thread may be dead, and then has no memory to its name
        try:
            status = (task / "status").read_text()
        except OSError:
            continue
        sizes = [line.split() for line in status.splitlines() if line.startswith(("RssAnon:", "RssShmem:"))]
        if sizes:
            return sum(int(fields[1]) * 1024 for fields in sizes)
    return 0


def _proportional(pid: int) -> int:
    try:
        with users.acting_for(pid):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return _resident(pid)
    sizes = [line.split() for line in rollup.splitlines() if line.startswith(("Pss_Anon:", "Pss_Shmem:"))]
    return sum(int(fields[1]) * 1024 for fields in sizes) if sizes else _resident(pid)


def children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []
