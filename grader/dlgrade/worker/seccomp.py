"""A filter for system calls that no submission needs and that would get around the other walls.

Memory that belongs to no process (memfd, System V segments) escapes a limit on processes. New namespaces, io_uring,
bpf, ptrace and keyrings expose more of the kernel to attacks. inotify and fanotify show what other processes read.

A classic BPF program answers each call with EPERM. It answers clone3, whose flags a filter cannot read, with ENOSYS, so
that libc falls back to clone. Without a network namespace it refuses all sockets but pairs of streams.

`man 2 seccomp`; numbers from the kernel's tables for x86-64 and arm64.
"""

from __future__ import annotations

import ctypes
import errno
import os

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LD, JEQ, JGE, JSET, AND, RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
OFFSET_NUMBER, OFFSET_ARCH, OFFSET_FIRST_ARGUMENT, OFFSET_SECOND_ARGUMENT, OFFSET_THIRD_ARGUMENT = 0, 4, 16, 24, 32
OFFSET_FIFTH_ARGUMENT = 48  # its other half follows
CLONE_NEW_ANY = 0x7E020000  # CLONE_NEWNS and all other namespaces
SOL_SOCKET = 1
BUFFER_SIZES = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF and the same by force: memory of the kernel, which no limit counts
AF_UNIX, SOCK_STREAM, SOCK_TYPE_MASK = 1, 1, 0xF
X32 = 0x40000000  # the same calls by other numbers

# architecture token, clone, clone3, setsockopt, and the calls refused
TABLES = {
    "x86_64": (0xC000003E, 56, 435, 54, {
        "ptrace": 101, "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "msgget": 68, "pivot_root": 155,
        "mount": 165, "umount2": 166, "quotactl": 179, "kexec_load": 246, "add_key": 248, "request_key": 249,
        "keyctl": 250, "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "memfd_create": 319, "bpf": 321, "userfaultfd": 323,
        "mq_open": 240, "inotify_init": 253, "inotify_init1": 294, "fanotify_init": 300,
    }),
    "aarch64": (0xC00000B7, 220, 435, 208, {
        "ptrace": 117, "shmget": 194, "shmctl": 195, "shmat": 196, "semget": 190, "msgget": 186, "umount2": 39,
        "mount": 40, "pivot_root": 41, "quotactl": 60, "unshare": 97, "kexec_load": 104, "add_key": 217,
        "request_key": 218, "keyctl": 219, "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268,
        "process_vm_readv": 270, "process_vm_writev": 271, "memfd_create": 279, "bpf": 280, "userfaultfd": 282,
        "mq_open": 180, "inotify_init1": 26, "fanotify_init": 262,
    }),
}  # fmt: skip
# socketpair, sendto, and the calls that make or connect other sockets
SOCKETS = {
    "x86_64": (53, 44, {"socket": 41, "connect": 42, "bind": 49, "listen": 50}),
    "aarch64": (199, 206, {"socket": 198, "connect": 203, "bind": 200, "listen": 201}),
}
# one number on every architecture
COMMON = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_getfd": 438, "mount_setattr": 442,
    "memfd_secret": 447,
}  # fmt: skip

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


class _Filter(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Filter)))


def program(machine: str, *, sockets: bool) -> list[Instruction]:
    """Return the filter for an architecture, as instructions, with `sockets` or without."""
    arch, clone, clone3, setsockopt, refused = TABLES[machine]
    code: list[Instruction] = [
        (LD, 0, 0, OFFSET_ARCH), (JEQ, 1, 0, arch), (RET, 0, 0, KILL),
        (LD, 0, 0, OFFSET_NUMBER), (JGE, 0, 1, X32), (RET, 0, 0, KILL),
        (JEQ, 0, 1, clone3), (RET, 0, 0, ERROR | errno.ENOSYS),
    ]  # fmt: skip
    for number in sorted({**refused, **COMMON}.values()):
        code += [(JEQ, 0, 1, number), (RET, 0, 0, ERROR | errno.EPERM)]
    if not sockets:
        code += _no_sockets(machine)
    code += [
        (JEQ, 0, 5 + len(BUFFER_SIZES), setsockopt),
        (LD, 0, 0, OFFSET_SECOND_ARGUMENT), (JEQ, 0, 1 + len(BUFFER_SIZES), SOL_SOCKET),
        (LD, 0, 0, OFFSET_THIRD_ARGUMENT),
        *((JEQ, left, 0, size) for left, size in zip(range(len(BUFFER_SIZES), 0, -1), BUFFER_SIZES, strict=True)),
        (RET, 0, 0, ALLOW), (RET, 0, 0, ERROR | errno.EPERM),
    ]  # fmt: skip
    code += [
        (JEQ, 0, 3, clone), (LD, 0, 0, OFFSET_FIRST_ARGUMENT), (JSET, 0, 1, CLONE_NEW_ANY),
        (RET, 0, 0, ERROR | errno.EPERM), (RET, 0, 0, ALLOW),
    ]  # fmt: skip
    return code


def _no_sockets(machine: str) -> list[Instruction]:
    """Return the instructions that refuse all sockets but pairs of streams, which lead nowhere else.

    A pair for datagrams could still send to any socket of the machine by its path, by sendmsg, whose target a filter
    cannot read. A call of sendto on a pair has a null address.
    """
    socketpair, sendto, refused = SOCKETS[machine]
    code: list[Instruction] = []
    for number in sorted(refused.values()):
        code += [(JEQ, 0, 1, number), (RET, 0, 0, ERROR | errno.EPERM)]
    code += [
        (JEQ, 0, 7, socketpair),
        (LD, 0, 0, OFFSET_FIRST_ARGUMENT), (JEQ, 0, 4, AF_UNIX),
        (LD, 0, 0, OFFSET_SECOND_ARGUMENT), (AND, 0, 0, SOCK_TYPE_MASK), (JEQ, 0, 1, SOCK_STREAM),
        (RET, 0, 0, ALLOW), (RET, 0, 0, ERROR | errno.EPERM),
        (JEQ, 0, 6, sendto),
        (LD, 0, 0, OFFSET_FIFTH_ARGUMENT), (JEQ, 0, 3, 0), (LD, 0, 0, OFFSET_FIFTH_ARGUMENT + 4), (JEQ, 0, 1, 0),
        (RET, 0, 0, ALLOW), (RET, 0, 0, ERROR | errno.EPERM),
    ]  # fmt: skip
    return code


def restrict(*, sockets: bool) -> None:
    """Install the filter for this process and its children, with `sockets` or without. Needs no_new_privs.

    Raises:
        OSError: the kernel has no seccomp, or the architecture is unknown.
    """
    machine = os.uname().machine
    if machine not in TABLES:
        raise OSError(errno.ENOSYS, f"no table for {machine}")
    code = program(machine, sockets=sockets)
    filters = (_Filter * len(code))(*(_Filter(*instruction) for instruction in code))
    whole = _Program(len(code), filters)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
