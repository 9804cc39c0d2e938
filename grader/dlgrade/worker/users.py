"""An ordinary user for each worker of root's, where no user namespace provides one.

Every worker gets an id that no other process has. Workers can then neither signal each other nor read each other's
memory, a limit on processes counts those of one worker only, and one signal ends all of them.
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

FIRST_ID, IDS = 60706, 478  # systemd's table of user ids has nothing here
SHARED = Path("/dev/shm")  # semaphores and shared memory, as data loaders with workers use them


class User:
    """An id that no other worker on this machine has, until it is given back by `end`.

    A bound socket holds it: the system gives every name once, and takes it back when its owner dies.

    Raises:
        OSError: there is none.
    """

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        for number in random.SystemRandom().sample(range(FIRST_ID, FIRST_ID + IDS), IDS):
            with contextlib.suppress(OSError):
                self.socket.bind(f"\0dlgrade-user-{number}")
                self.number = number
                return
        raise OSError(errno.EAGAIN, "no user id is free")

    def own(self, folder: Path) -> None:
        os.chown(folder, self.number, self.number)

    def become(self) -> None:
        """Turn root into this user for good; capabilities stay until they are dropped.

        Raises:
            OSError: this root may not.
        """
        os.setgroups([])
        call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setresgid(self.number, self.number, self.number)
        os.setresuid(self.number, self.number, self.number)
        call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # otherwise /proc/self belongs to root

    def end(self) -> None:
        """End all processes of this user at once, which no fork outruns, and remove the memory that they shared."""
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
        self.socket.close()


def user_of(pid: int) -> int | None:
    """The user that a process runs as; None when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return int(status.partition("\nUid:")[2].split()[0])


@contextlib.contextmanager
def acting_for(pid: int) -> Iterator[None]:
    """With a process's user for this one's: a container's root may not look into the processes of other users."""
    number = user_of(pid)
    if os.geteuid() != 0 or not number:
        yield
        return
    os.setegid(number)
    os.seteuid(number)
    capabilities.keep_only(capabilities.permitted())  # whoever looks must have those of the process
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def rehearse(become: Callable[[], None], files: list[Path]) -> tuple[str, Path | None]:
    """Have a child `become` somebody else: why it cannot ("" if it can), and a folder that it then could not enter.

    That user is to be able to read the files, and this process is to be able to kill it.
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
    """The first folder on the way to a file that this process may not enter; the file itself, if it may enter all."""
    return next((folder for folder in reversed(path.parents) if not os.access(folder, os.X_OK)), path)
