"""Runs a command as a container does: with a filter that refuses system calls, and with Docker's capabilities only.

    python refuse.py docker landlock_create_ruleset=ENOSYS -- command ...

`docker` is the profile that Docker has without options. `clone` refuses new namespaces alone, `seccomp` further
filters, also by prctl. `capabilities` leaves those that Docker gives, `no_capabilities` none.
"""

import ctypes
import errno
import os
import struct
import sys

NUMBERS = {
    "x86_64": {"clone": 56, "mount": 165, "umount2": 166, "pivot_root": 155, "unshare": 272, "setns": 308,
               "prctl": 157, "seccomp": 317, "setresuid": 117, "setuid": 105},
    "aarch64": {"clone": 220, "mount": 40, "umount2": 39, "pivot_root": 41, "unshare": 97, "setns": 268,
                "prctl": 167, "seccomp": 277, "setresuid": 147, "setuid": 146},
}.get(os.uname().machine, {}) | {"clone3": 435, "landlock_create_ruleset": 444}  # fmt: skip
DOCKER = ("clone=EPERM", "clone3=ENOSYS", "unshare=EPERM", "mount=EPERM", "umount2=EPERM", "pivot_root=EPERM",
          "setns=EPERM", "capabilities")  # fmt: skip

ALLOW, ERROR = 0x7FFF0000, 0x00050000
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 22, 24, 38
NEW_NAMESPACES = 0x7E020000
# chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod,
# audit_write, setfcap
DOCKERS_CAPABILITIES = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
LAST_CAPABILITY = 40

libc = ctypes.CDLL(None, use_errno=True)


def answer(error):
    return (RETURN, 0, 0, ERROR | getattr(errno, error))


def rules(refused):
    """A classic BPF program, as (code, jump if true, jump if false, constant)."""
    for name, error in refused.items():
        yield from [(LOAD, 0, 0, 0), (EQUAL, 0, 3 if name == "clone" else 1, NUMBERS[name])]
        if name == "clone":
            yield from [(LOAD, 0, 0, 16), (ANY_BIT, 0, 1, NEW_NAMESPACES)]
        yield answer(error)
        if name == "seccomp":
            yield from [(LOAD, 0, 0, 0), (EQUAL, 0, 3, NUMBERS["prctl"])]
            yield from [(LOAD, 0, 0, 16), (EQUAL, 0, 1, PR_SET_SECCOMP), answer(error)]
    yield (RETURN, 0, 0, ALLOW)


def refuse(refused):
    program = b"".join(struct.pack("=HBBI", *rule) for rule in rules(refused))
    buffer = ctypes.create_string_buffer(program)
    whole = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(PR_SET_SECCOMP, 2, whole, 0, 0):  # an ordinary user may not, except like this
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.prctl(PR_SET_SECCOMP, 2, whole, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")


def drop_capabilities(kept):
    for number in range(LAST_CAPABILITY + 1):
        if number not in kept:
            libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    bits = sum(1 << number for number in kept)
    low, high = bits & 0xFFFFFFFF, bits >> 32
    header, sets = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", low, low, 0, high, high, 0)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")


def main(words):
    wanted, command = words[: words.index("--")], words[words.index("--") + 1 :]
    if "docker" in wanted:
        wanted += DOCKER
    refuse(dict(word.split("=") for word in wanted if "=" in word))
    if "capabilities" in wanted and os.geteuid() == 0:
        drop_capabilities(DOCKERS_CAPABILITIES)
    if "no_capabilities" in wanted and os.geteuid() == 0:
        drop_capabilities(())
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
