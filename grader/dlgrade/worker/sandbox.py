"""The walls around a worker, on Linux: namespaces, a bare root folder, Landlock, seccomp, limits, no privileges.

A fork server enters a user and a PID namespace of its own. There it builds a bare root: an empty file system onto which
only Python's own folders are bound. Each worker then gets a PID, network, IPC and mount namespace of its own, that root
as its whole file system, and a scratch folder in memory, which disappears with the worker.

Where the system refuses namespaces, as containers do, the other walls remain: Landlock, a filter that refuses sockets,
and for workers of root an ordinary user of their own (`dlgrade.worker.users`). `missing` names the parts that fail.

`man 7 user_namespaces`, `man 7 landlock` and `man 2 pivot_root` describe the calls.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import itertools
import os
import posix
import resource
import site
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import landlockpy
from landlockpy import AccessFS

from dlgrade.sandbox_parts import NAMESPACES, SWITCHED_OFF, lacking
from dlgrade.worker import capabilities, seccomp, users
from dlgrade.worker.capabilities import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETFCAP, CAP_SETGID, CAP_SETUID
from dlgrade.worker.libc import PR_SET_DUMPABLE, PR_SET_PDEATHSIG, call, libc
from dlgrade.worker.limits import Limits
from dlgrade.worker.users import SHARED

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = (
    0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_SLAVE = 2, 4, 4096, 16384, 1 << 19
MNT_DETACH = 2
PR_SET_NO_NEW_PRIVS, PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 38, 28, 4
NOBODY = 65534
NOWHERE = b"/nonexistent"

SCOPES = 6  # the version of Landlock that keeps signals in
READ = AccessFS.READ_FILE | AccessFS.READ_DIR
WRITE = AccessFS.WRITE_FILE | AccessFS.TRUNCATE
KEEP = (
    WRITE
    | READ
    | AccessFS.MAKE_REG
    | AccessFS.MAKE_DIR
    | AccessFS.MAKE_SOCK
    | AccessFS.REMOVE_FILE
    | AccessFS.REMOVE_DIR
    | AccessFS.REFER
)

SYSTEM_FOLDERS = ("/lib", "/lib64", "/lib32", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/timezone")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
# Folders that CUDA reads, besides its device nodes, a /proc of its own and the system's libraries.
GPU_FOLDERS = ("/sys/bus/pci", "/sys/devices", "/sys/module/nvidia", "/sys/module/nvidia_uvm", "/usr/local/nvidia")

SCRATCH = Path("/submission")
MOUNT_POINT = Path("/sys")  # a folder that every Linux has; only the fork server sees it covered


def unshare(flags: int) -> None:
    call("unshare", flags)


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [word.encode() if word is not None else None for word in (source, target, kind, options)]
    call("mount", encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])


def readable_folders() -> list[Path]:
    """Return the folders that Python and torch read while they run: their own, and the system's libraries."""
    paths = sysconfig.get_paths()
    folders = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages", "lib-dynload"))}
    if site.ENABLE_USER_SITE:
        folders.add(site.getusersitepackages())
    libraries = {str(Path(sys.base_prefix) / "lib")}  # has libpython, if Python is built as a shared library
    wanted = sorted({Path(folder).absolute() for folder in folders | libraries | set(SYSTEM_FOLDERS)})
    outermost: list[Path] = []
    for folder in wanted:
        if folder.is_dir() and not any(above in folder.parents for above in outermost):
            outermost.append(folder)
    return outermost


def python_files() -> list[Path]:
    """Return Python's folders, and the files that have been imported from them."""
    folders = [folder for folder in readable_folders() if str(folder) not in SYSTEM_FOLDERS]
    names = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    files = [Path(name) for name in names if isinstance(name, str)]
    return folders + [file for file in files if any(folder in file.parents for folder in folders)]


def gpu_devices() -> list[str]:
    """Return the device nodes of NVIDIA's driver, such as /dev/nvidia0 and /dev/nvidiactl; none without a GPU."""
    nodes = [*Path("/dev").glob("nvidia*"), *Path("/dev/nvidia-caps").glob("*")]
    return sorted(str(node) for node in nodes if node.is_char_device())


def without(folders: list[Path], private: list[Path]) -> list[Path]:
    """Return paths that cover the folders except for `private`, for rules that can only allow."""
    result: list[Path] = []
    for folder in folders:
        if any(folder == hidden or hidden in folder.parents for hidden in private):
            continue
        if any(folder in hidden.parents for hidden in private):
            result += without(sorted(folder.iterdir()), private)
        else:
            result.append(folder)
    return result


class Sandbox:
    """The walls that this machine offers. `missing` names the other walls, each with the system's reason.

    The order is fixed, since each step needs rights that a later step gives up:

    1. the fork server, once: `enter`;
    2. the fork server, for each worker: `before_fork`, the fork, `after_fork`;
    3. the worker: `confine`, which nothing can undo.

    A program that is its own worker calls `do_without_namespaces`, `before_fork` and `confine`.
    """

    def __init__(self, limits: Limits, private: list[Path], *, wanted: bool) -> None:
        """Store the limits, the folders that no worker may read, and whether there is to be a sandbox at all."""
        self.limits = limits
        self.private = [path.resolve() for path in private]
        self.wanted = wanted
        self.missing: list[str] = []
        self.roots: dict[bool, str] = {}  # for workers without and with a GPU
        self.home_pids: int | None = None  # the fork server's PID namespace
        self.own_users = False  # whether each worker becomes a user of its own
        self.user: users.User | None = None  # of the next worker
        self.kept_capabilities: set[int] = set()  # of a worker
        self.networked = True  # whether a worker sees the machine's network

    @property
    def contained(self) -> bool:
        """Return whether workers live in PID namespaces of their own."""
        return self.home_pids is not None

    def _try(self, part: str, action: Callable[[], object]) -> bool:
        """Put up a wall, and return whether it stands. A refusal is noted."""
        try:
            action()
        except OSError as error:
            self.missing.append(f"{part} ({error.strerror or error})")
            return False
        return True

    # The fork server's part, once.

    def enter(self) -> None:
        """Enter a user and a PID namespace, and build the bare root in a mount namespace. Refusals are noted.

        Where the system allows a PID namespace, this forks: the caller goes on as the first process in it.
        """
        if not self.wanted:
            self.missing = [SWITCHED_OFF]
            return
        os.umask(0o022)
        with contextlib.suppress(OSError):  # the first call runs programs to find the C library: not in each worker
            landlockpy.supported()
        was_root = os.geteuid() == 0
        refusal = _enter_namespaces()
        if refusal:
            self.do_without_namespaces(refusal, Path(tempfile.gettempdir()))
            return
        self.home_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._try("mount namespace", self._build_roots)
        if was_root:  # limits on processes do not bind root
            self._try("user other than root", become_nobody_here)
            if not self.roots:
                self._rehearse_user(lambda: None, Path(tempfile.gettempdir()))

    def do_without_namespaces(self, reason: str, scratches: Path) -> None:
        """Note that namespaces are missing, and find out which user root's workers can be instead of root.

        `scratches` is the folder that contains the workers' scratch folders.
        """
        self.missing += lacking(reason, *NAMESPACES)
        if os.geteuid() == 0:
            self.own_users = True
            self._rehearse_user(self._become_own_user, scratches)
        if not self.own_users:  # the limit would count all processes of the user
            self.missing.append("process limit")

    def _become_own_user(self) -> None:
        """Become a user as a worker does, who owns a scratch folder."""
        user = users.User.take()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            user.own(Path(folder))
        user.become()

    def _rehearse_user(self, become: Callable[[], None], scratches: Path) -> None:
        """Find out whether a worker can be an ordinary user, who must be able to read Python's files.

        A user who cannot read them keeps root's right to read, or else to override permissions. Landlock limits this
        right to Python's folders.
        """

        def attempt() -> None:
            become()
            capabilities.keep_only(set())

        refusal, closed = users.rehearse(attempt, [*python_files(), scratches])
        if closed and not refusal:
            permitted = capabilities.permitted()
            readers = [right for right in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if right in permitted]
            self.kept_capabilities = {*readers[:1]}
            if not readers:
                refusal = f"{closed} is closed to other users"
            else:
                self.missing.append(f"rights of an ordinary user ({closed} is closed to other users)")
        if refusal:
            self.own_users = False
            self.missing.append(f"user other than root ({refusal})")

    def _build_roots(self) -> None:
        unshare(CLONE_NEWNS)
        mount("none", "/", None, MS_REC | MS_SLAVE)
        nodes = gpu_devices()
        # All sources are opened before the roots are built, which hide some of them.
        common = _open_sources([*readable_folders(), *SYSTEM_FILES, *DEVICES])
        extra = _open_sources([*nodes, *GPU_FOLDERS]) if nodes else {}
        mount("tmpfs", str(MOUNT_POINT), "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=16m")
        roots = {False: self._build_root(MOUNT_POINT / "plain", common)}
        roots[True] = roots[False]
        if nodes:
            roots[True] = self._build_root(MOUNT_POINT / "gpu", common | extra)
            Path(roots[True], "proc").mkdir()
        for source in (common | extra).values():
            os.close(source)
        _expect_no_entry("pivot_root", NOWHERE, NOWHERE)  # a worker would find out too late that it is refused
        _expect_no_entry("umount2", NOWHERE, MNT_DETACH)
        self.roots = roots

    def _build_root(self, root: Path, sources: dict[Path, int]) -> str:
        """Build a folder with these sources and a scratch folder, which workers take as their root. Return its path."""
        root.mkdir()
        for path, source in sources.items():
            inside = root / path.relative_to("/")
            if stat.S_ISDIR(os.fstat(source).st_mode):
                inside.mkdir(parents=True, exist_ok=True)
            else:
                inside.parent.mkdir(parents=True, exist_ok=True)
                inside.touch()
            mount(f"/proc/self/fd/{source}", str(inside), None, MS_BIND | MS_REC)
        for path in self.private:  # an empty, closed folder covers it
            inside = root / path.relative_to("/")
            if inside.is_dir():
                mount("tmpfs", str(inside), "tmpfs", MS_NOSUID | MS_NODEV, "mode=000,size=4k")
        (root / SCRATCH.name).mkdir()
        (root / "dev" / "shm").mkdir()
        return str(root)

    # Each worker's part.

    def before_fork(self) -> None:
        """Give the server's next child a new PID namespace, of which it is the first process, or a user of its own."""
        if self.contained:
            unshare(CLONE_NEWPID)
        if self.own_users:
            self.user = users.User.take()

    def after_fork(self) -> None:
        """Put the server's further children into its own PID namespace again."""
        if self.home_pids is not None:
            call("setns", self.home_pids, CLONE_NEWPID)

    def confine(self, spare: Path, *, gpu: bool = False) -> tuple[Path, list[str]]:
        """Shut the calling process in for good, with a GPU or without.

        Returns its scratch folder, which is `spare` where it gets none in memory, and the missing parts of the sandbox.

        Raises:
            OSError: the system refuses a step that `enter` has found possible.
        """
        if not self.wanted:
            os.chdir(spare)
            return spare, self.missing
        scratch = spare
        data = data_bytes()  # inherited memory comes on top of the limit
        if self.contained:
            self.networked = not self._try("network namespace", lambda: unshare(CLONE_NEWNET))
            self._try("IPC namespace", lambda: unshare(CLONE_NEWIPC))
            if self.roots:
                scratch = self._move_into(self.roots[gpu], gpu=gpu)
        self._try("limits", lambda: self._limit(data))
        self._give_up_root(scratch)
        capabilities.keep_only(self.kept_capabilities)
        call("prctl", PR_SET_PDEATHSIG, 9, 0, 0, 0)  # after the change of user, which would undo it
        os.chdir(scratch)
        call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        self._try("Landlock", lambda: self._landlock(scratch, gpu=gpu))
        self._try("seccomp", lambda: seccomp.restrict(sockets=not self.networked))
        return scratch, self.missing

    def _give_up_root(self, scratch: Path) -> None:
        """Become the worker's own user, who owns the scratch folder, unless a user namespace provides another user."""
        if self.user is not None:
            self.user.own(scratch)
            self.user.become()
        elif self.contained and not self.roots:
            os.chown(scratch, os.geteuid(), os.getegid())

    def _move_into(self, root: str, *, gpu: bool) -> Path:
        """Make a folder the root of this process, with fresh folders in memory. Return the scratch folder."""
        unshare(CLONE_NEWNS)
        mount(root, root, None, MS_BIND | MS_REC)  # a mount that a more privileged namespace made cannot be the root
        os.chdir(root)
        if gpu:  # CUDA names its threads in /proc; where a container forbids the mount, CUDA reports it when it starts
            with contextlib.suppress(OSError):
                mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV)
        call("pivot_root", b".", b".")
        call("umount2", b".", MNT_DETACH)
        os.chdir("/")
        # Empty files take memory, too, so their number has a limit.
        room = f"mode=700,size={self.limits.scratch},nr_inodes={self.limits.files}"
        for folder in (SCRATCH, SHARED):
            mount("tmpfs", str(folder), "tmpfs", MS_NOSUID | MS_NODEV, room)
        return SCRATCH

    def _limit(self, data: int) -> None:
        limits = self.limits
        wanted = {
            resource.RLIMIT_DATA: data + limits.memory,
            resource.RLIMIT_NOFILE: limits.open_files,
            resource.RLIMIT_FSIZE: limits.scratch,
            resource.RLIMIT_CORE: 0,
        }
        if self.contained or self.own_users:
            wanted[resource.RLIMIT_NPROC] = limits.processes
        for kind, value in wanted.items():
            _, hard = resource.getrlimit(kind)
            ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (ceiling, ceiling))

    def _landlock(self, scratch: Path, *, gpu: bool) -> None:
        if not landlockpy.supported():
            raise OSError("this kernel has none")
        walled = self.contained and bool(self.roots)
        folders = [Path("/")] if walled else without(readable_folders(), self.private)
        with landlockpy.Ruleset(scoped=landlockpy.Scope.ABSTRACT_UNIX_SOCKET | landlockpy.Scope.SIGNAL) as rules:
            for folder in folders:
                rules.allow_path(folder, READ if folder.is_dir() else AccessFS.READ_FILE)
            for device in DEVICES:
                rules.allow_path(device, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
            for folder in {scratch, SHARED}:
                if folder.is_dir():
                    rules.allow_path(folder, KEEP)
            if gpu:
                _allow_gpu(rules)
            rules.restrict(no_new_privs=False)
        if not (self.contained or self.own_users) and landlockpy.abi_version() < SCOPES:
            self.missing.append("signal scope (needs Linux 6.12)")


def _expect_no_entry(name: str, *arguments: object) -> None:
    """Call a function with a path that does not exist. Raises OSError if the system refuses the call as such."""
    try:
        call(name, *arguments)
    except FileNotFoundError:
        return


def _enter_namespaces() -> str:
    """Go on as the first process of new user and PID namespaces, and return "". Or stay, and return the refusal."""
    try:
        if os.geteuid() == 0:
            _new_user_of_root()
        else:
            _new_user()
        unshare(CLONE_NEWPID)
    except OSError as error:
        return str(error.strerror)
    if os.fork():
        os._exit(0)  # the child is the first process of the new PID namespace: when it ends, all its processes end
    return ""


def _new_user() -> None:
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER)
    for name, content in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path(f"/proc/self/{name}").write_text(content)


def _new_user_of_root() -> None:
    """Enter a user namespace with two users: root, so that its files can still be bound, and nobody, for workers.

    A map of two users can be written only from outside the namespace. A shell does that: a fork of this process would
    take longer than all other steps. As there is no way back, this looks for possible refusals first.

    Raises:
        OSError: the system refuses the namespace.
    """
    for file in ("/proc/self/uid_map", "/proc/self/gid_map"):
        if not _has(file, 0) or not _has(file, NOBODY):
            raise OSError(errno.EPERM, "this user namespace has no nobody")
    if not capabilities.permitted() >= {CAP_SETGID, CAP_SETUID, CAP_SETFCAP}:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    os.setgroups([])
    waits, go = os.pipe()
    script = 'read go; printf "$1" > /proc/$0/uid_map && printf "$1" > /proc/$0/gid_map'
    command = ["sh", "-c", script, str(os.getpid()), f"0 0 1\\n{NOBODY} {NOBODY} 1\\n"]
    shell = os.posix_spawn("/bin/sh", command, {}, file_actions=[(os.POSIX_SPAWN_DUP2, waits, 0)])
    os.close(waits)
    try:
        unshare(CLONE_NEWUSER)
        os.write(go, b"\n")
    finally:
        os.close(go)
        _, status = os.waitpid(shell, 0)
    if status:
        raise OSError(errno.EPERM, f"uid_map: {os.strerror(errno.EPERM)}")


def _has(file: str, number: int) -> bool:
    """Return whether the map of a user namespace has this id."""
    ranges = [line.split() for line in Path(file).read_text().splitlines()]
    return any(int(first) <= number < int(first) + int(length) for first, _, length in ranges)


def become_nobody_here() -> None:
    """Become nobody for good in a user namespace, and keep the capabilities in it."""
    call("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def forget_surroundings() -> None:
    """Overwrite the environment and the command line in memory, where a submission could find secrets."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end of `man 5 proc_pid_stat`
    ctypes.memset(start, 0, end - start)
    names = ctypes.POINTER(ctypes.c_void_p).in_dll(libc, "environ")
    for i in itertools.count():
        address = names[i]
        if not address:
            break
        ctypes.memset(address, 0, len(ctypes.string_at(address)))
    os.environ.clear()
    posix.environ.clear()


def data_bytes() -> int:
    """Return the private writable memory of this process in bytes, as RLIMIT_DATA counts it."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()


def _allow_gpu(rules: landlockpy.Ruleset) -> None:
    for node in gpu_devices():
        rules.allow_path(node, AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.IOCTL_DEV)
    for folder in (*GPU_FOLDERS, "/proc"):
        if Path(folder).exists():
            rules.allow_path(folder, READ | WRITE if folder == "/proc" else READ)


def _open_sources(names: Sequence[str | Path]) -> dict[Path, int]:
    paths = [Path(name) for name in names]
    return {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths if path.exists()}
