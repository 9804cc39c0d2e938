"""An ordinary user for each worker that root starts, where no user namespace provides one.

Every worker gets an id that no other process has. So workers can neither signal each other nor read each other's
memory. A limit on processes counts the processes of one worker only, and one signal ends all of them.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from dlgrade.worker import capabilities
from dlgrade.worker.libc import PR_SET_DUMPABLE, PR_SET_KEEPCAPS, call

FIRST_ID, IDS = 60706, 478  # a free range in systemd's table of user ids
SHARED = Path("/dev/shm")  # semaphores and shared memory, which data loaders with several processes use


class User:
    """An id that no other worker on this machine has, until `end` gives it back."""

    def __init__(self, number: int, claim: socket.socket) -> None:
        self.number = number
        self.claim = claim

    @classmethod
    def take(cls) -> User:
        """Return a user whose id is free.

        A bound socket claims the id: the kernel gives every name once, and takes it back when its owner dies.

        Raises:
            OSError: no id is free.
        """
        claim = socket.socket(socket.AF_UNIX)
        for number in random.SystemRandom().sample(range(FIRST_ID, FIRST_ID + IDS), IDS):
            with contextlib.suppress(OSError):
                claim.bind(f"\0dlgrade-user-{number}")
                return cls(number, claim)
        raise OSError(errno.EAGAIN, "no user id is free")

    def own(self, folder: Path) -> None:
        """Make this user the owner of a folder."""
        os.chown(folder, self.number, self.number)

    def become(self) -> None:
        """Turn this process of root's into this user for good. Capabilities stay until they are dropped.

        Raises:
            OSError: this root may not change its user.
        """
        os.setgroups([])
        call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setresgid(self.number, self.number, self.number)
        os.setresuid(self.number, self.number, self.number)
        call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # otherwise /proc/self belongs to root

    def end(self) -> None:
        """Kill all processes of this user, remove their shared memory, and give the id back.

        One signal reaches all of them at once, so that no fork can outrun it. Only this user may send it: hence the
        child that becomes this user.
        """
        child = os.fork()
        if child == 0:
            with contextlib.suppress(OSError):
                self.become()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)
                for path in SHARED.iterdir():
                    if path.lstat().st_uid == self.number:
                        path.unlink()
            os._exit(0)
        os.waitpid(child, 0)
        self.claim.close()


def user_of(pid: int) -> int | None:
    """Return the user that a process runs as; None when the process is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return int(status.partition("\nUid:")[2].split()[0])


@contextlib.contextmanager
def acting_for(pid: int) -> Iterator[None]:
    """Act as the user of a process inside the block: a container's root may not look into other users' processes."""
    number = user_of(pid)
    if os.geteuid() != 0 or not number:
        yield
        return
    os.setegid(number)
    os.seteuid(number)
    capabilities.keep_only(
        capabilities.permitted()
    )  # a process may look only at processes that have no more capabilities
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def rehearse(become: Callable[[], None], files: list[Path]) -> tuple[str, Path | None]:
    """Have a child `become` another user, to see whether a worker could.

    The other user must be able to read `files`, and this process must be able to kill the child.

    Returns:
        The reason that it cannot, "" if it can; and the first folder that the other user could not enter, if any.
    """
    answer_read, answer = os.pipe()
    hold_read, hold = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(hold)
            os.write(answer, json.dumps(_attempt(become, files)).encode())
            os.close(answer)
            os.read(hold_read, 1)
        finally:
            os._exit(0)
    os.close(answer)
    os.close(hold_read)
    with os.fdopen(answer_read, "rb") as pipe:
        refusal, closed = json.loads(pipe.read())
    try:
        os.kill(child, signal.SIGKILL)
    except PermissionError as error:
        refusal = refusal or f"kill: {error.strerror}"
    os.close(hold)
    os.waitpid(child, 0)
    return refusal, Path(closed) if closed else None


def _attempt(become: Callable[[], None], files: list[Path]) -> tuple[str, str | None]:
    try:
        become()
    except OSError as error:
        return error.strerror or str(error), None
    unreadable = next((file for file in files if not os.access(file, os.R_OK)), None)
    return "", str(_closed(unreadable)) if unreadable else None


def _closed(path: Path) -> Path:
    """Return the first folder on the way to a file that this process may not enter; otherwise the file itself."""
    return next((folder for folder in reversed(path.parents) if not os.access(folder, os.X_OK)), path)
