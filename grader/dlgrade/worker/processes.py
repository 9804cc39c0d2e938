"""Facts about other processes, from /proc: their pid, memory, children, and how long they waited for a core."""

from __future__ import annotations

import os
from pathlib import Path

from dlgrade.worker import users


def pid_of(pidfd: int) -> int | None:
    """Return the pid of the process behind a pidfd, as this machine's /proc numbers it; None when it is gone."""
    try:
        info = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
        return int(info.rpartition("\nPid:")[2].split()[0])
    except (OSError, ValueError, IndexError):
        return None


def waiting_seconds(pidfd: int) -> float:
    """Return the seconds that a process's first thread has waited for a core, except for its own other threads.

    0 for a process that has started others, which may be the reason that it waits; 0 where the kernel does not count.
    """
    pid = pid_of(pidfd)
    if pid is None:
        return 0.0
    try:
        ran, waited = (int(field) / 1e9 for field in Path(f"/proc/{pid}/schedstat").read_text().split()[:2])
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return 0.0
    if children(pid):
        return 0.0
    all_threads = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    other_threads = max(0.0, all_threads - ran)
    return max(0.0, waited - other_threads)


def memory_of(pidfd: int, *, exact: bool = False) -> int:
    """Return the bytes of anonymous and shared memory of a process and its descendants; 0 if unknown.

    The quick count includes pages that processes share since a fork once for each process. The exact count divides
    such a page among them.
    """
    first = pid_of(pidfd)
    if first is None:
        return 0
    waiting = [first]
    total = 0
    while waiting:
        pid = waiting.pop()
        total += _proportional(pid) if exact else _resident(pid)
        waiting += children(pid)
    return total


def _resident(pid: int) -> int:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0
    for task in tasks:  # a first thread that is dead has no memory of its own
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
    """Return the pids of a process's children."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
