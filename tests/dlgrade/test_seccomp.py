"""The filter of system calls, on both architectures: its program is run here as the kernel would."""

import socket

import pytest

from dlgrade.worker import seccomp

MACHINES = ["x86_64", "aarch64"]
ALLOWED, REFUSED, NO_SUCH_CALL, KILLED = "allowed", "refused", "no such call", "killed"
ACTIONS = {0x7FFF0000: ALLOWED, 0x00050001: REFUSED, 0x00050026: NO_SUCH_CALL, 0x80000000: KILLED}
CLONE_VM, CLONE_NEWUSER = 0x100, 0x10000000
STREAM = socket.SOCK_STREAM | socket.SOCK_CLOEXEC


def run(program, arch, number, arguments):
    """Return the verdict of a classic BPF program on a call; every offset is an offset of `struct seccomp_data`."""
    data = [number, arch, 0, 0]
    for argument in (*arguments, 0, 0, 0, 0, 0, 0)[:6]:
        data += [argument & 0xFFFFFFFF, argument >> 32]
    value, place = 0, 0
    while True:
        code, if_true, if_false, constant = program[place]
        place += 1
        if code == seccomp.LD:
            value = data[constant // 4]
        elif code == seccomp.AND:
            value &= constant
        elif code == seccomp.RET:
            return ACTIONS[constant]
        else:
            tests = {
                seccomp.JEQ: value == constant, seccomp.JGE: value >= constant, seccomp.JSET: bool(value & constant),
            }  # fmt: skip
            place += if_true if tests[code] else if_false


@pytest.fixture(params=MACHINES)
def calls(request):
    """calls(name, *arguments, sockets=False): the verdict on a system call of this architecture."""
    arch, clone, clone3, setsockopt, refused = seccomp.TABLES[request.param]
    socketpair, sendto, others = seccomp.SOCKETS[request.param]
    numbers = {**seccomp.COMMON, **refused, **others, "clone": clone, "clone3": clone3, "setsockopt": setsockopt}
    numbers |= {"socketpair": socketpair, "sendto": sendto, "read": {"x86_64": 0, "aarch64": 63}[request.param]}

    def calls(name, *arguments, sockets=False, arch=arch):
        number = numbers[name] if isinstance(name, str) else name
        return run(seccomp.program(request.param, sockets=sockets), arch, number, arguments)

    return calls


@pytest.mark.parametrize("sockets", [True, False])
def test_always(calls, sockets):
    """With sockets and without, the same calls are refused and the same calls work."""
    assert calls("read", sockets=sockets) == ALLOWED
    assert {calls(name, sockets=sockets) for name in ("ptrace", "unshare", "memfd_create", "io_uring_setup")} == {
        REFUSED
    }
    assert calls("clone", CLONE_VM, sockets=sockets) == ALLOWED
    assert calls("clone", CLONE_VM | CLONE_NEWUSER, sockets=sockets) == REFUSED
    assert calls("clone3", sockets=sockets) == NO_SUCH_CALL
    assert calls("setsockopt", 5, socket.SOL_SOCKET, socket.SO_SNDBUF, sockets=sockets) == REFUSED
    assert calls("setsockopt", 5, socket.SOL_SOCKET, socket.SO_REUSEADDR, sockets=sockets) == ALLOWED
    assert calls("setsockopt", 5, socket.IPPROTO_TCP, socket.SO_SNDBUF, sockets=sockets) == ALLOWED


def test_other_numbers(calls):
    """Calls of another architecture, and of x32, end the process."""
    assert calls("read", arch=0x40000003) == KILLED
    assert calls(seccomp.X32) == KILLED


def test_sockets(calls):
    """With a network namespace every socket may be made, as it reaches nothing."""
    for name in ("socket", "connect", "bind", "listen"):
        assert calls(name, socket.AF_INET, sockets=True) == ALLOWED
    assert calls("socketpair", socket.AF_UNIX, socket.SOCK_DGRAM, sockets=True) == ALLOWED
    assert calls("sendto", 3, 0, 0, 0, 1 << 40, sockets=True) == ALLOWED


def test_no_sockets(calls):
    """Without a network namespace there are only pairs of streams, and nothing is sent to an address."""
    for name in ("socket", "connect", "bind", "listen"):
        assert calls(name, socket.AF_UNIX, socket.SOCK_STREAM) == REFUSED
    assert calls("socketpair", socket.AF_UNIX, STREAM) == ALLOWED
    assert calls("socketpair", socket.AF_UNIX, socket.SOCK_DGRAM) == REFUSED
    assert calls("socketpair", socket.AF_UNIX, socket.SOCK_SEQPACKET) == REFUSED
    assert calls("socketpair", socket.AF_INET, STREAM) == REFUSED
    assert calls("sendto", 3, 1 << 40, 10, 0, 0) == ALLOWED
    assert calls("sendto", 3, 1 << 40, 10, 0, 0x7FFF00000000) == REFUSED
    assert calls("sendto", 3, 1 << 40, 10, 0, 0x1000) == REFUSED
