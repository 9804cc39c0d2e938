"""The sandbox on the machine at hand: whole, in part, and for an ordinary user."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import landlockpy
import pytest

from dlgrade import course

NAME = "ch28_batch_norm.py"
NOBODY = 65534
REFUSE = Path(__file__).with_name("refuse.py")
CHECK = ("-m", "dlgrade", "check", "ch28", "-k", "norm_stat_count")

# A user namespace in which no further one can be made: what a worker's server meets on a machine that forbids them.
WITHOUT_NAMESPACES = ("unshare", "-Ur", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"')

LOADER = """
import torch
from torch.utils.data import DataLoader, TensorDataset

def norm_stat_count(shape, kind):
    loader = DataLoader(TensorDataset(torch.ones(8, 1)), batch_size=4, num_workers=2)
    total = sum(int(x.sum()) for (x,) in loader)
    return shape[1] + total - 8, (shape[1],)
"""

FAMILY = """
import os, time

def norm_stat_count(shape, kind):
    for _ in range(8):
        if os.fork() == 0:
            time.sleep(60)
    time.sleep(1)
    return shape[1], (shape[1],)
"""

# A mount namespace where root's home, say, is open, so that an ordinary user can read a Python that lies in it:
# each folder to keep is put aside, its closed parent covered by an empty one, and the folder moved back to its path.
OPENED = """
set -e
aside=$1 closed=$2 kept=$3 user=$4
shift 4
if [ -n "$closed" ]; then
    mount --bind "$kept" "$aside"
    mount -t tmpfs -o mode=755 none "$closed"
    mkdir -p "$kept"
    mount --move "$aside" "$kept"
fi
exec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
"""


def works(*command):
    return shutil.which(command[0]) and subprocess.run(command, capture_output=True, timeout=60).returncode == 0


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
needs_namespaces = pytest.mark.skipif(
    sys.platform != "linux" or not works("unshare", "-Ur", "true"), reason="this kernel makes no user namespaces"
)


@pytest.fixture
def folder(tmp_path, grade):
    """A folder with a right answer of ch28."""
    (tmp_path / NAME).write_text(grade.reference, encoding="utf-8")
    return tmp_path


def run(command, folder, **environment):
    return subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@needs_namespaces
@pytest.mark.skipif(sys.platform == "linux" and not landlockpy.supported(), reason="this kernel has no Landlock")
def test_whole_sandbox(folder):
    """With `--sandbox require` a right answer passes in the whole sandbox."""
    result = run([sys.executable, *CHECK, "--sandbox", "require", "--json"], folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["sandbox"] == {"missing": []}


@needs_namespaces
@pytest.mark.parametrize(("lang", "words"), [("en", "Missing: user namespace, PID"), ("zh", "缺少：用户命名空间、PID")])
def test_required_part_is_missing(lang, words, folder):
    """`require` refuses a sandbox with a missing part, names the part and grades nothing."""
    command = [*WITHOUT_NAMESPACES, sys.executable, *CHECK, "--sandbox", "require", "--lang", lang]
    result = run(command, folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr


@needs_namespaces
def test_going_on_with_what_there_is(folder):
    """`auto` names a missing part once, in a line of standard error, and goes on."""
    result = run([*WITHOUT_NAMESPACES, sys.executable, *CHECK], folder)
    assert result.returncode == 0
    assert "Sandbox:" not in result.stdout
    (line,) = result.stderr.splitlines()
    assert line.startswith("Sandbox: this machine lacks user namespace, PID namespace, mount namespace,")


@needs_namespaces
def test_walls_that_remain(folder):
    """Without namespaces Landlock still keeps a submission from the solutions, and its processes end with it."""
    solution = course.load().solution(course.load().chapter("ch28")) / "reference.py"
    (folder / NAME).write_text(
        f"import os, time\n"
        f"def norm_stat_count(shape, kind):\n"
        f"    if kind == 'layer' and os.fork() == 0:\n        os.setsid()\n        time.sleep(600)\n"
        f"    open({str(solution)!r}).read()\n"
    )
    result = run([*WITHOUT_NAMESPACES, sys.executable, *CHECK], folder)  # waits for all that holds its output
    assert result.returncode == 1
    assert "PermissionError" in result.stdout


@needs_linux
def test_no_sandbox(folder):
    """With `--sandbox off` a right answer passes, and a line says that there is no sandbox."""
    result = run([sys.executable, *CHECK, "--sandbox", "off", "--json"], folder)
    (line,) = result.stderr.splitlines()
    assert (result.returncode, line.partition(".")[0]) == (0, "Sandbox: switched off")
    assert json.loads(result.stdout)["sandbox"] == {"missing": ["sandbox (switched off)"]}


def closed_parent(path):
    """Return the first folder above a path that other users may not enter."""
    return next((above for above in reversed(path.parents) if not above.stat().st_mode & 0o001), None)


@pytest.fixture
def run_as(grade):
    """run_as(user, command): run as a user, where all users can read Python, beside a right answer of ch28."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if not works("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"):
        pytest.skip("root may not mount here")
    needed = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), course.root(), Path(__file__)]
    closed = {closed_parent(path): path for path in needed if closed_parent(path)}
    if len(closed) > 1 or not all(path.stat().st_mode & 0o001 for path in needed if path.is_dir()):
        pytest.skip("an ordinary user can read neither this Python nor what it runs")
    parent, kept = next(iter(closed.items()), ("", ""))
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        Path(folder).chmod(0o755)
        (Path(folder) / NAME).write_text(grade.reference, encoding="utf-8")
        (Path(folder) / "aside").mkdir()
        opened = ["unshare", "-m", "sh", "-c", OPENED, "sh", f"{folder}/aside", parent, kept]
        yield lambda user, command, **environment: run([*opened, user, *command], folder, HOME=folder, **environment)


def test_ordinary_user(run_as):
    """An ordinary user gets the whole sandbox, too."""
    result = run_as(NOBODY, [sys.executable, *CHECK, "--sandbox", "require"])
    assert (result.returncode, result.stderr) == (0, "")
    assert "Score 4 / 4" in result.stdout


def test_data_loader_with_workers(grade):
    """A DataLoader with worker processes, as in the book's own code, works inside the sandbox."""
    (check,) = grade(LOADER, keyword="norm_stat_count.batch").checks
    assert check.passed, (check.message.en, check.detail)


def test_shared_memory_counts_once(grade):
    """Processes that a submission forks and that use no memory of their own do not count as if they did."""
    (check,) = grade(FAMILY, keyword="norm_stat_count.batch").checks
    assert check.passed, check.message.en


LARGE_PAGES = """
import os
from dlgrade.worker.warm import use_large_pages

content = bytes(range(256)) * (1 << 16)
digest = hash(content)
use_large_pages()
pid = os.fork()
if pid == 0:
    os._exit(hash(bytes(memoryview(content))) != digest)
assert os.waitpid(pid, 0)[1] == 0
print(sum(int(line.split()[1]) for line in open("/proc/self/smaps") if line.startswith("AnonHugePages:")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has large pages of this kind")
def test_memory_moves_to_large_pages():
    """A process that will fork often moves its memory to large pages; the content stays, also for its forks."""
    done = subprocess.run([sys.executable, "-c", LARGE_PAGES], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    release = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2]))
    if release < (6, 1) or os.uname().machine != "x86_64":
        pytest.skip("this kernel cannot move memory to large pages")
    assert int(done.stdout) >= 8 * 1024


# In a container, which refuses system calls.

NAMESPACES = ["user namespace", "PID namespace", "mount namespace", "network namespace", "IPC namespace"]
needs_filter = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in ("x86_64", "aarch64"),
    reason="the filter that refuses system calls is for Linux on x86-64 and arm64",
)


def in_a_container(*refused, command=(*CHECK, "--json")):
    return [sys.executable, REFUSE, *refused, "--", sys.executable, *command]


def parts(result):
    """Return the names of the missing parts in the JSON report, except for the part about root's home."""
    missing = json.loads(result.stdout)["sandbox"]["missing"]
    return [part for part in (one.partition(" (")[0] for one in missing) if part != "rights of an ordinary user"]


@needs_filter
@pytest.mark.parametrize(
    ("refused", "missing"),
    [
        (["docker"], NAMESPACES),
        (["docker", "landlock_create_ruleset=ENOSYS"], [*NAMESPACES, "Landlock"]),
        (["docker", "landlock_create_ruleset=EPERM", "seccomp=EPERM"], [*NAMESPACES, "Landlock", "seccomp"]),
        (["unshare=EPERM", "no_capabilities"], [*NAMESPACES, "user other than root", "process limit"]),
        (["mount=EPERM"], ["mount namespace"]),
        (["pivot_root=EPERM"], ["mount namespace"]),
    ],
    ids=lambda words: "-".join(words),
)
def test_parts_that_a_container_refuses(refused, missing, folder):
    """Each missing part is named in the report and in one line of standard error, and a right answer passes."""
    if os.geteuid() != 0:
        missing = [part for part in missing if part != "user other than root"]
        missing += ["process limit"] if NAMESPACES[0] in missing and "process limit" not in missing else []
    result = run(in_a_container(*refused), folder)
    assert result.returncode == 0, result.stderr
    assert sorted(parts(result)) == sorted(missing)
    (line,) = result.stderr.splitlines()
    assert all(part in line for part in missing)


@needs_filter
@needs_namespaces
def test_a_container_that_allows_namespaces(folder):
    """With the flags that the doctor names, a container's root has the whole sandbox, though it may not mount."""
    result = run(in_a_container("capabilities", command=(*CHECK, "--sandbox", "require")), folder)
    assert (result.returncode, result.stderr) == (0, "")


@needs_filter
def test_doctor_in_a_container(folder):
    """The doctor names the missing parts as the report does, and the flags that provide them."""
    done = run(in_a_container("docker", command=("-m", "dlgrade", "doctor", "--json")), folder, DLGRADE_STATE=folder)
    (found,) = [one for one in json.loads(done.stdout)["findings"] if one["name"] == "sandbox"]
    assert ", ".join(NAMESPACES) in found["found"]
    assert found["commands"] == ["--security-opt seccomp=unconfined --security-opt apparmor=unconfined"]


@needs_filter
@pytest.mark.parametrize(("lang", "word"), [("en", "network namespace"), ("zh", "网络命名空间")])
def test_grade_refuses_in_a_container(lang, word, folder):
    """`grade` names the missing parts and the remedy in one line, before it reads any file of the class."""
    (folder / "roster.csv").write_text("not a roster", encoding="utf-8")
    command = ("-m", "dlgrade", "grade", NAME, "--roster", "roster.csv", "--json", "--lang", lang)
    result = run(in_a_container("docker", command=command), folder)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert word in line
    assert "--security-opt seccomp=unconfined" in line
    assert "docs/grading.md" in line
    assert not (folder / "grades").exists()


USUAL = """
import asyncio, multiprocessing, torch
from torch.utils.data import DataLoader, TensorDataset

async def wait():
    await asyncio.sleep(0.01)
    return 1

def put(queue):
    queue.put((torch.arange(3), torch.ones(2, 3).T, torch.zeros(0)))

def norm_stat_count(shape, kind):
    loader = DataLoader(TensorDataset(torch.ones(8, 1)), batch_size=4, num_workers=2)
    assert sum(int(x.sum()) for (x,) in loader) == 8
    assert asyncio.run(wait()) == 1
    context = multiprocessing.get_context("fork")
    with context.Pool(2) as pool:
        assert pool.map(abs, [-1, -2]) == [1, 2]
    queue = context.Queue()
    process = context.Process(target=put, args=(queue,))
    process.start()
    numbers, ones, nothing = queue.get(timeout=10)
    process.join()
    assert numbers.tolist() == [0, 1, 2] and ones.shape == (3, 2) and ones.sum() == 6 and len(nothing) == 0
    return shape[1], (shape[1],)
"""


@needs_filter
@pytest.mark.parametrize("workers", ["fork", "spawn"])
def test_what_works_in_a_container(workers, folder):
    """Data loaders with workers, pools, queues of tensors and asyncio need no sockets but pairs of streams."""
    (folder / NAME).write_text(USUAL, encoding="utf-8")
    command = ("-m", "dlgrade", "check", "ch28", "-k", "norm_stat_count.batch", "--json", "--workers", workers)
    result = run(in_a_container("docker", command=command), folder)
    assert result.returncode == 0, (result.stdout, result.stderr)


CURIOUS = """
import json, os, socket

def refused(action, *arguments):
    try:
        action(*arguments)
    except OSError as error:
        return error.strerror
    return "allowed"

def norm_stat_count(shape, kind):
    raise RuntimeError(json.dumps({
        "users": sorted({*os.getresuid(), *os.getresgid(), *os.getgroups()}),
        "root again": refused(os.setuid, 0),
        "udp": refused(socket.socket, socket.AF_INET, socket.SOCK_DGRAM),
        "unix": refused(socket.socket, socket.AF_UNIX),
        "netlink": refused(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW),
        "datagrams": refused(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM),
        "judge": refused(os.kill, os.getppid(), 0),
    }))
"""


def findings(result):
    checks = json.loads(result.stdout)["chapters"][0]["checks"]
    message = checks[0]["message"]
    return json.loads(message[message.index("{") : message.rindex("}") + 1])


@needs_filter
@pytest.mark.parametrize("workers", ["fork", "spawn"])
@pytest.mark.parametrize("landlock", [[], ["landlock_create_ruleset=ENOSYS"]], ids=["landlock", "none"])
def test_a_submission_in_a_container(landlock, workers, folder):
    """Without namespaces, too, no submission runs as root, makes a socket or signals the judge."""
    (folder / NAME).write_text(CURIOUS, encoding="utf-8")
    command = (*CHECK, "--json", "--workers", workers)
    found = findings(run(in_a_container("docker", *landlock, command=command), folder))
    (user,) = found.pop("users")
    assert user != 0
    if os.geteuid() != 0 and landlock:
        del found["judge"]  # the same user
    assert set(found.values()) == {"Operation not permitted"}


@needs_filter
def test_closed_temporary_folder(run_as, tmp_path):
    """A container's root may have a TMPDIR that is closed to its workers' users: they get in, and a line says how."""
    tmp_path.chmod(0o700)
    result = run_as(0, in_a_container("docker"), TMPDIR=tmp_path)
    assert (result.returncode, "is closed to other users" in result.stderr) == (0, True), result.stderr


def test_ordinary_user_in_a_container(run_as):
    """An ordinary user's right answer passes there, and the parts that are missing are named."""
    result = run_as(NOBODY, in_a_container("docker"))
    assert result.returncode == 0, result.stderr
    assert parts(result) == [*NAMESPACES, "process limit"]


TWO_AT_ONCE = """
import json, os, sys
from dlgrade.judge.probe import pickled
from dlgrade.workers.sources import open_workers
from dlgrade.worker import wire
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import Probe

def ask(worker, probe):
    reply = worker.ask(Probe(pickled(probe), seed=0), 20)
    return wire.from_tree(reply.value, reply.blobs) if reply.status == "value" else reply.error.message

def attack(pid):
    def attack(_):
        import os
        def refused(action, *arguments):
            try:
                action(*arguments)
            except OSError as error:
                return True
            return False
        return [
            refused(os.kill, pid, 9), refused(open, f"/proc/{pid}/mem", "rb"), refused(open, f"/proc/{pid}/environ"),
            refused(os.readlink, f"/proc/{pid}/fd/0"), refused(os.listdir, f"/proc/{pid}/cwd"),
        ]
    return attack

def who(_):
    import os
    return [os.getpid(), os.getuid()]

source = open_workers(Limits(), [])
first, second = source.start_worker(), source.start_worker()
pid, user = ask(first, who)
print(json.dumps([ask(second, attack(pid)), ask(first, who) == [pid, user], user != ask(second, who)[1]]))
first.close()
second.close()
source.close()
"""


@needs_filter
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can become other users")
@pytest.mark.parametrize("refused", [[], ["landlock_create_ruleset=ENOSYS", "seccomp=EPERM"]], ids=["docker", "bare"])
def test_two_submissions_in_a_container(refused, tmp_path):
    """Two workers of root are two users there: neither can end the other, or read its memory or its open files."""
    (tmp_path / "two.py").write_text(TWO_AT_ONCE, encoding="utf-8")
    result = run(in_a_container("docker", *refused, command=[tmp_path / "two.py"]), tmp_path)
    assert result.returncode == 0, result.stderr
    hindered, alive, apart = json.loads(result.stdout)
    assert hindered == [True] * 5
    assert alive
    assert apart
