"""The sandbox on the machine at hand: whole, in part, and for an ordinary user."""

import os
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
    result = run([sys.executable, *CHECK, "--sandbox", "require"], folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Sandbox:" not in result.stdout


@needs_namespaces
@pytest.mark.parametrize(("lang", "words"), [("en", "Missing: user and PID namespaces"), ("zh", "缺少：user and PID")])
def test_required_part_is_missing(lang, words, folder):
    """Where a part is missing, `require` refuses, names it and grades nothing."""
    command = [*WITHOUT_NAMESPACES, sys.executable, *CHECK, "--sandbox", "require", "--lang", lang]
    result = run(command, folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr


@needs_namespaces
def test_going_on_with_what_there_is(folder):
    """Where a part is missing, `auto` says so once and goes on."""
    result = run([*WITHOUT_NAMESPACES, sys.executable, *CHECK], folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert " ".join(result.stdout.split()).startswith("Sandbox: this machine lacks user and PID namespaces")
    assert result.stdout.count("Sandbox:") == 1


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
    """With `--sandbox off` a right answer passes, and nothing is said about walls."""
    result = run([sys.executable, *CHECK, "--sandbox", "off"], folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Sandbox:" not in result.stdout


def closed_parent(path):
    """The first folder above a path that others may not enter."""
    return next((above for above in reversed(path.parents) if not above.stat().st_mode & 0o001), None)


@pytest.fixture
def as_nobody(grade):
    """as_nobody(command): run as an ordinary user, with a Python that it can read, beside a right answer of ch28."""
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
        opened = ["unshare", "-m", "sh", "-c", OPENED, "sh", f"{folder}/aside", parent, kept, NOBODY]
        yield lambda command: run([*opened, *command], folder, HOME=folder)


def test_ordinary_user(as_nobody):
    """An ordinary user gets the whole sandbox, too."""
    result = as_nobody([sys.executable, *CHECK, "--sandbox", "require"])
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
