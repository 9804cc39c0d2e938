"""Confidential data is in no memory that a submission can read: canaries planted everywhere, looked for in workers.

They are looked for from inside, by a submission, and from outside, in all memory of the nursery, of fork servers
and of workers. Each way has to find the canary of the submission itself, and one that an ancestor of a worker has read.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from dlgrade.course import load
from dlgrade.course.new_chapter import write_chapter

NOBODY = 65534
PAGE = os.sysconf("SC_PAGESIZE")
CANARY = re.compile(rb"CANARY-(\w+)-[0-9a-f]{16}")
SEED = 2**30 + secrets.randbelow(2**29)
# As text, as a number of Python's, and as msgpack writes it.
SEED_NEEDLES = (str(SEED).encode(), struct.pack("<II", SEED % 2**30, SEED >> 30), struct.pack(">I", SEED))

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can read the memory of other processes"
)


def canary(name):
    return f"CANARY-{name}-{secrets.token_hex(8)}"


REFERENCE = '''\
"""ch90 Motto."""


def motto(X):
    """A motto."""
    # BEGIN SOLUTION
    # reference_canary
    return "-".join(["CANARY", "expected", "hexadecimal"])
    # WRONG joined: return "+".join(["CANARY", "expected", "hexadecimal"])
    # END SOLUTION
'''
MISCONCEPTIONS = """\
- id: joined
  exercise: motto
  caught_by: motto.motto
  hint: {en: Which sign is it?, zh: 是哪个符号？}
"""
SUITE = '''\
"""ch90: motto. suite_canary"""

import pytest


@pytest.mark.exercise("motto")
class TestMotto:
    def test_motto(self, agree, randn):
        """Says the motto.
        说出箴言。"""
        X = randn(4, 3)
        agree(lambda impl: impl.motto(X))
'''
HIDDEN = '''\
"""ch90: motto, hidden. hidden_canary"""

import pytest


@pytest.mark.exercise("motto")
class TestHidden:
    def test_hidden(self, agree, randn):
        """Says it again.
        再说一遍。"""
        X, told = randn(2, 3), "hidden_canary"
        agree(lambda impl: impl.motto(X))
        assert told
'''
TRAINING = '''\
"""ch90: motto, trained."""

import pytest
import torch


def fit(impl, parameters, batches):
    """Ask for the motto."""
    impl.motto(1)
    return {"w": torch.zeros(1)}


@pytest.mark.exercise("motto")
class TestTrained:
    def test_learns(self, training, randn):
        """Learns the motto.
        学会箴言。"""
        labels = torch.tensor(list(b"labels_canary"), dtype=torch.uint8)
        training("motto", fit, (randn(64, 3),), lambda *_: float(labels.sum()), steps=1, stretches=1)
'''
SLEEPER = """\
import time

OWN = "own_canary"


def motto(X, own=OWN, slept=time.sleep({seconds})):
    return "carpe diem"
"""


@pytest.fixture
def small(empty_course, monkeypatch):
    """A course of one exercise, `motto`, that is full of canaries."""
    folder = empty_course
    monkeypatch.setenv("GRADER_TOKEN", canary("environment"))
    write_chapter(load(), "ch90", "motto")
    files = {
        "solutions/ch90_motto/reference.py": REFERENCE.replace("hexadecimal", secrets.token_hex(8)),
        "solutions/ch90_motto/misconceptions.yaml": MISCONCEPTIONS,
        "solutions/ch90_motto/test_hidden.py": HIDDEN,
        "tests/chapters/test_ch90_motto.py": SUITE,
        "tests/training/test_ch90_motto.py": TRAINING,
    }
    for name, words in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(re.sub(r"(\w+)_canary", lambda m: canary(m[1]), words), encoding="utf-8")
    return folder


def planted(source):
    """Return the source with a canary of its own, named after another student."""
    return source.replace("own_canary", canary("own"))


# From outside.


def canaries_in(pid):
    """Return the canaries in all memory of a process, by name."""
    found = set()
    with contextlib.suppress(OSError):
        for content in written_memory(pid):
            found |= {match[0] for match in CANARY.finditer(content)} if b"CANARY-" in content else set()
            found |= {b"seed" for needle in SEED_NEEDLES if needle in content}
    return found


def written_memory(pid):
    """Return the writable memory of a process, without pages that it has never touched."""
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory, Path(f"/proc/{pid}/pagemap").open("rb", 0) as pages:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            start, end = (int(word, 16) // PAGE for word in place.split("-"))
            if not rights.startswith("rw"):
                continue
            pages.seek(8 * start)
            present = np.frombuffer(pages.read(8 * (end - start)), dtype="<u8") >> 62 > 0
            edges = np.flatnonzero(np.diff(present, prepend=False, append=False))
            for first, last in edges.reshape(-1, 2).tolist():
                with contextlib.suppress(OSError):  # pages that only a device or the kernel may read
                    memory.seek((start + first) * PAGE)
                    yield memory.read((last - first) * PAGE)


def names(canaries):
    return {bytes(one).decode().split("-")[1] if b"-" in one else bytes(one).decode() for one in canaries}


def children(pid):
    """Return the children of all threads of a process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for place in tasks for child in place.read_text().split()]


def nursery_of(process):
    """Return the pid of a command's nursery, once there is a nursery."""
    while process.poll() is None:
        with contextlib.suppress(OSError):
            for pid in children(process.pid):
                if b"nursery_server" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return int(pid)
        time.sleep(0.05)
    pytest.fail(f"it ended without a nursery: {process.stdout.read()}")


def sandboxed(pid):
    """Return the fork servers and workers among the descendants of a process: they run as nobody."""
    found = []
    with contextlib.suppress(OSError):
        for child in children(pid):
            if f"\nUid:\t{NOBODY}" in Path(f"/proc/{child}/status").read_text():
                found.append(int(child))
            found += sandboxed(child)
    return found


def look(process, owns):
    """Return the canaries in the nursery and in each sandboxed process, once `owns` workers hold a submission."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        nursery = nursery_of(process)
        with stopped([nursery, *sandboxed(nursery)]) as pids:
            workers = {pid: canaries_in(pid) for pid in pids if pid != nursery and not sandboxed(pid)}
            if sum("own" in names(one) for one in workers.values()) >= owns:
                return workers | {pid: canaries_in(pid) for pid in pids if pid not in workers}
        time.sleep(0.5)
    pytest.fail("no worker was seen to hold its own submission")


@contextlib.contextmanager
def stopped(pids):
    """Stop these processes inside the block, so that their memory does not change."""
    for pid in pids:
        send(pid, signal.SIGSTOP)
    try:
        yield pids
    finally:
        for pid in pids:
            send(pid, signal.SIGCONT)


def send(pid, sign):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)


def assert_confidential(found):
    """Each worker holds at most one submission, and no other canary."""
    for pid, canaries in found.items():
        assert names(canaries) <= {"own"}, pid
        assert len(canaries) <= 1, pid


@pytest.fixture
def start(small, tmp_path):
    """start(*arguments): a command that is running, on the course full of canaries."""
    assert small.is_dir()
    running = []

    def start(*arguments):
        command = [sys.executable, "-m", "dlgrade", *map(str, arguments)]
        running.append(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def test_grade(start, tmp_path):
    """While a class is graded, by several judges and then by judges of a second nursery, no worker holds more."""
    for number in range(8):
        folder = tmp_path / "in" / f"s{number}"
        folder.mkdir(parents=True)
        (folder / "ch90_motto.py").write_text(planted(SLEEPER.format(seconds=12)) + f"# {number}\n")
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n" + "".join(f"s{n},{canary('roster')}\n" for n in range(8)), encoding="utf-8")
    book = f"sqlite:///{tmp_path}/{canary('database')}.sqlite"

    process = start(
        "grade", "in", "--roster", roster, "--seed", SEED, "--gradebook", book, "--jobs", 2, "--out", canary("command")
    )
    assert {"roster", "seed", "database", "environment", "command"} <= names(wait_for_secrets(process))
    assert_confidential(look(process, owns=2))
    first = nursery_of(process)
    send(first, signal.SIGKILL)
    while nursery_of(process) == first:
        time.sleep(0.1)
    assert_confidential(look(process, owns=2))


def wait_for_secrets(process):
    """The search finds the canaries of the command itself, once it has read the class."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = canaries_in(process.pid)
        if "own" in names(found):
            return found
        time.sleep(0.1)
    pytest.fail("the class was not read")


@pytest.mark.parametrize(
    "arguments", [("check", "ch90", "--seed", SEED), ("watch", "ch90", "--seed", SEED)], ids=["check", "watch"]
)
def test_student(start, tmp_path, arguments):
    """A student's own commands keep the command line, the environment and the answers from the submission, too."""
    (tmp_path / "ch90_motto.py").write_text(planted(SLEEPER.format(seconds=12)))

    assert_confidential(look(start(*arguments), owns=1))


def test_audit(start, small):
    """The made-up submissions of an audit hold no other canary, either."""
    alternates = small / "solutions" / "ch90_motto" / "alternates"
    shutil.rmtree(alternates)
    alternates.mkdir()
    for name in ("one", "two"):
        (alternates / f"{name}.py").write_text(planted(SLEEPER.format(seconds=12)))

    found = look(start("audit", "ch90", "--jobs", 1), owns=1)

    for pid, canaries in found.items():
        assert len({one for one in canaries if names([one]) == {"own"}}) <= 1, pid
        assert not names(canaries) & {"suite", "hidden", "labels", "environment", "expected"}, pid


# From inside.

SEARCH = '''\
"""Looks for canaries by every way that Python offers."""
import ctypes, gc, os, re, sys

OWN = "own_canary"
WANTED = re.compile(b"CANARY-([a-z]+)-[0-9a-f]{16}")
FOUND = {}


def note(way, content):
    content = content.encode("utf-8", "replace") if isinstance(content, str) else content
    for match in WANTED.finditer(content):
        FOUND.setdefault(match[1].decode(), set()).add(way)


def by_garbage_collector():
    gc.unfreeze()
    for item in gc.get_objects():
        for part in (item, *gc.get_referents(item)):
            if type(part) in (str, bytes):
                note("gc", part)


def by_frames():
    frame = sys._getframe()
    own = OWN
    while frame:
        for values in (frame.f_locals, frame.f_globals):
            for value in list(values.values()):
                if type(value) in (str, bytes, list, tuple, dict):
                    note("frames", repr(value)[:100_000])
        frame = frame.f_back


def by_proc():
    for folder, _, names in os.walk("/proc/self"):
        for name in names:
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    note("proc", file.read(1 << 16))
            except (OSError, ValueError):
                pass
    note("proc", repr(dict(os.environ)) + repr(sys.argv) + repr(sys.orig_argv))


def by_memory():
    """Every page that answers, around everything that Python knows an address of."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mincore.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
    answer, page, block = ctypes.create_string_buffer(512), 4096, 512 * 4096
    known = {id(item) // block for item in gc.get_objects()}
    libc.sbrk.restype = ctypes.c_void_p
    known |= {libc.sbrk(0) // block, ctypes.addressof(answer) // block, id(None) // block}
    near = {number + step for number in known for step in range(-4, 5)}
    for number in sorted(near):
        for at in range(number * block, (number + 1) * block, page):
            if at > 0 and libc.mincore(at, page, answer) == 0 and readable(libc, at, page):
                note("memory", ctypes.string_at(at, page))


PIPE = os.pipe()


def readable(libc, at, page):
    if libc.write(PIPE[1], ctypes.c_void_p(at), ctypes.c_size_t(page)) != page:
        return False
    os.read(PIPE[0], page)
    return True


def search():
    for way in (by_garbage_collector, by_frames, by_proc, by_memory):
        try:
            way()
        except Exception as error:
            FOUND.setdefault("failed", set()).add(f"{way.__name__}: {error!r}")
    print("FOUND", {name: sorted(ways) for name, ways in sorted(FOUND.items())}, flush=True)


def motto(X, searched=search()):
    return "carpe diem"
'''
ANCESTOR = """
import os, socket, sys
from dlgrade.workers.sources import ForkServer
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import Execute, Read
from dlgrade.worker.server import Server
from dlgrade.worker.warm import warm_up

read = [sys.stdin.readline()]
warm_up()
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
if os.fork() == 0:
    ours.close()
    Server(theirs, Limits(), [], sandbox=True).run()
theirs.close()
workers = ForkServer(Limits(), ours).open()
worker = workers.start_worker()
source = open(sys.argv[1], "rb").read()
worker.ask(Read({"a.py": source}, "a.py", {"motto": ()}), 20)
worker.ask(Execute(20), 20)
worker.output.settle()
print(worker.output.text()[0])
worker.close()
workers.close()
"""


def found_in(words):
    """Return the ways by which a search found each canary."""
    match = re.search(r"FOUND (\{.*?\})\s*$", words, re.M)
    assert match, words
    return json.loads(match[1].replace("'", '"'))


def test_the_search_finds_what_is_there(tmp_path):
    """A worker that descends from a process with a canary, as no worker must, finds the canary in its memory."""
    (tmp_path / "search.py").write_text(planted(SEARCH))

    done = subprocess.run(
        [sys.executable, "-c", ANCESTOR, tmp_path / "search.py"],
        input=canary("ancestor"), capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    found = found_in(done.stdout)
    assert {"gc", "memory"} <= set(found["ancestor"]), done.stderr
    assert {"gc", "frames", "memory"} <= set(found["own"])
    assert "failed" not in found


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("options", [(), ("--workers", "spawn")], ids=["forked", "spawned"])
def test_search_by_a_student(dlgrade, tmp_path, options):
    """By all ways together a submission finds only itself, in every kind of worker, also in the training worker."""
    (tmp_path / "ch90_motto.py").write_text(planted(SEARCH))

    done = dlgrade("check", "ch90", "-k", "motto", "--seed", SEED, "--json", *options)

    checks = {check["id"]: check for check in json.loads(done.stdout)["chapters"][0]["checks"]}
    assert set(checks) == {"motto.motto", "motto.hidden", "motto.learns"}
    found = [found_in(check["detail"]["output"]) for check in checks.values() if "FOUND" in check["detail"]["output"]]
    assert len(found) == 2  # of the worker that answers, and of the one that trains
    for one in found:
        assert set(one) == {"own"}, one
        assert {"gc", "frames", "memory"} <= set(one["own"])


@pytest.mark.usefixtures("small")
def test_search_in_a_class(dlgrade, tmp_path):
    """In a batch of several jobs a submission finds no other student's work, no name, no seed and no address."""
    for number in range(4):
        folder = tmp_path / "in" / f"s{number}"
        folder.mkdir(parents=True)
        (folder / "ch90_motto.py").write_text(planted(SEARCH) + f"# {number}\n")
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n" + "".join(f"s{n},{canary('roster')}\n" for n in range(4)), encoding="utf-8")

    done = dlgrade(
        "grade", "in", "--roster", roster, "--jobs", 2, "--without-training",
        "--gradebook", f"sqlite:///{tmp_path}/{canary('database')}.sqlite", "--out", "out",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    for number in range(4):
        report = json.loads((tmp_path / "out" / "reports" / f"s{number}" / "ch90.json").read_text(encoding="utf-8"))
        (check,) = (one for one in report["chapters"][0]["checks"] if "FOUND" in one["detail"]["output"])
        assert set(found_in(check["detail"]["output"])) == {"own"}
