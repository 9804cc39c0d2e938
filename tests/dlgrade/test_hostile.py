"""Submissions that attack, from tests/hostile: each gets its verdict, and nothing and nobody else is harmed.

Those that are not about ready-made functions attack an exercise that need not be written from scratch: the check for
that, which runs first, would refuse most of them, and say nothing about the sandbox.

They are graded by a grader in a process of its own, which holds what a grader holds and nothing of pytest's: run as a
program, this file is that process. It takes one JSON object a line, a submission, and gives one back, its report.
"""

import ast
import contextlib
import gc
import io
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.errors import SandboxError
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.report.json_report import report_json
from dlgrade.report.junit import to_junit
from dlgrade.report.terminal import Terminal
from dlgrade.results import Report, Verdict
from dlgrade.submission import Submission
from dlgrade.worker import top_level
from dlgrade.worker.limits import MB, Limits

CORPUS = Path(__file__).resolve().parents[1] / "hostile"
ATTACKS = sorted(CORPUS.glob("*.py"))
SPOILS = {"all", "norm_stat_count"}

# Attacks on what namespaces keep apart. Each must fail without them, too.
IN_A_CONTAINER = [
    "allocate_in_children", "become_root", "call_by_other_numbers", "child_that_hides", "connect_outside",
    "connect_to_unix_sockets", "daemonise", "fork_without_end", "go_through_back_doors", "kill_everything",
    "mount_and_escape", "nest_folders", "read_private_files", "read_solutions", "run_programs", "send_descriptors",
    "share_through_torch", "signal_by_socket", "snoop_environment", "trace_processes", "write_everywhere",
]  # fmt: skip
REFUSE = Path(__file__).with_name("refuse.py")

CHECKED = "batch"  # chooses layer_norm.batch_of_one, where the attack is, then norm_stat_count.batch
NEXT = "norm_stat_count.batch"
LIMITS = Limits(memory=512 * MB, scratch=32 * MB, answer=16 * MB, import_seconds=3.0, check_seconds=3.0)
REPORT_SECONDS = 60  # several times the sum of the limits above, as the machine may be busy; far less than for ever
JUDGE_MEMORY = 700 * MB  # what one submission may make the grader itself take, for a moment
KEPT_MEMORY = 500 * MB  # the same for all checks of a submission that gives 16 MB in each
REPORT_SIZE = 200_000
MARK = "hostile-submission-was-here"


class Bench:
    """A grader in a process of its own, among things that a submission must not reach."""

    def __init__(self, folder, mode="require", wrapper=()):
        self.folder = folder
        self.command = [*wrapper, sys.executable, __file__, mode]
        self.home, self.scratch = folder / "home", folder / "tmp"
        self.home.mkdir()
        self.scratch.mkdir()
        self.home.joinpath("diary.txt").write_text("private")
        self.sockets = [socket.socket(kind) for kind in (socket.AF_INET, socket.AF_UNIX, socket.AF_UNIX)]
        tcp, named, abstract = self.sockets
        tcp.bind(("127.0.0.1", 0))
        named.bind(str(folder / "s"))
        self.abstract = f"{MARK}-{os.getpid()}-{mode}"
        abstract.bind(f"\0{self.abstract}")
        for one in self.sockets:
            one.listen()
        self.process = None
        self.missing = self.start()

    def start(self):
        """Start the grader; return the parts of the sandbox that this machine lacks."""
        for path in self.scratch.iterdir():  # what a grader that was killed left
            shutil.rmtree(path)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        environment |= {
            "HOME": str(self.home),
            "TMPDIR": str(self.scratch),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }
        environment["GRADER_TOKEN"] = f"secret-{os.urandom(16).hex()}"
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )
        missing = self.reply(120)["missing"]
        self.at_rest = len(descendants(self.process.pid))
        return missing

    def surroundings(self):
        """A module beside each submission that says where to attack."""
        facts = {
            "HOME": str(self.home),
            "SECRET_FILE": str(self.home / "diary.txt"),
            "TMPDIR": str(self.scratch),
            "COURSE": str(course.load().folder),
            "PORT": self.sockets[0].getsockname()[1],
            "SOCKET": self.sockets[1].getsockname(),
            "ABSTRACT": self.abstract,
            "GRADER": self.process.pid,
            "MARK": MARK,
        }
        return "".join(f"{name} = {value!r}\n" for name, value in facts.items())

    def grade(self, source, keyword=CHECKED, beside=None, from_scratch=False):
        """The report of a submission with this source. A grader that hangs or dies fails the test."""
        if self.process.poll() is not None:
            self.start()
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")  # the peak starts anew
        before = memory(self.process.pid, "VmRSS")
        files = {**(beside or {}), "surroundings.py": self.surroundings()}
        order = {"source": source, "files": files, "keyword": keyword, "from_scratch": from_scratch}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        report = self.reply(REPORT_SECONDS)
        report["memory"] = memory(self.process.pid, "VmHWM") - before
        return report

    def reply(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            self.kill()
            pytest.fail(f"The grader gave no report within {seconds} s.")
        line = self.process.stdout.readline()
        if not line:
            pytest.fail(f"The grader ended with exit code {self.process.wait()}.")
        return json.loads(line)

    def leftovers(self):
        """The traces of a submission: marks in folders of others, files in the grader's, processes, connections."""
        folders = [
            self.home,
            self.scratch,
            course.load().folder,
            *map(Path, ("/", "/tmp", "/var/tmp", "/root", "/dev/shm")),
        ]
        found = [path for folder in folders for path in marks(folder)]
        found += [path for folder in (self.home, self.scratch) for path in folder.iterdir() if path.name != "diary.txt"]
        if self.home.joinpath("diary.txt").read_text() != "private":
            found.append("a changed file")
        if len(descendants(self.process.pid)) != self.at_rest:
            found.append("processes")
        return found + ["a connection" for one in select.select(self.sockets, [], [], 0)[0]]

    def kill(self):
        for pid in (self.process.pid, *descendants(self.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        self.kill()
        self.process.stdout.close()
        for one in self.sockets:
            one.close()


def memory(pid, field):
    words = Path(f"/proc/{pid}/status").read_text().partition(f"{field}:")[2].split()
    return int(words[0]) * 1024


def descendants(pid):
    waiting, found = [pid], []
    while waiting:
        one = waiting.pop()
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(word) for word in (task / "children").read_text().split()]
        found.append(one)
    return found[1:]


def marks(folder):
    with contextlib.suppress(OSError):
        return [path for path in folder.iterdir() if path.name.endswith(MARK)]
    return []


def declared(path):
    """The docstring of an attack: its sentence, its verdicts, and the checks that it spoils for itself."""
    sentence, *lines = path.read_text(encoding="utf-8").removeprefix('"""').partition('"""')[0].strip().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    return sentence, set(fields.pop("Verdict").split(" | ")), fields.pop("Spoils", ""), fields


def from_scratch(path):
    """Whether an attack is about ready-made functions: its name says so."""
    return path.stem.startswith("ready_made_")


def beside(path):
    """The files that lie beside an attack: `BESIDE = {name: content}` at its top level."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "BESIDE":
            return ast.literal_eval(statement.value)
    return {}


def leaks(checks):
    """The findings of an attack, wherever its words come into the report."""
    told = [(check["message"], check["detail"]["output"], check["detail"]["got"]) for check in checks.values()]
    return [line for words in told for text in words if text for line in text.splitlines() if "LEAK" in line][:10]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    if sys.platform != "linux":
        pytest.skip("the sandbox is Linux's")
    bench = Bench(tmp_path_factory.mktemp("hostile"))
    try:
        if bench.missing:
            pytest.skip(f"no complete sandbox on this machine: {bench.missing}")
        yield bench
    finally:
        bench.close()


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    """The same grader in a container that refuses namespaces."""
    if sys.platform != "linux" or os.uname().machine not in ("x86_64", "aarch64"):
        pytest.skip("the filter that refuses system calls is for Linux on x86-64 and arm64")
    bench = Bench(tmp_path_factory.mktemp("container"), "auto", [sys.executable, REFUSE, "docker", "--"])
    try:
        yield bench
    finally:
        bench.close()


@pytest.fixture
def right_answer(ch28):
    return references.source(course.load(), ch28)


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_says_what_it_tries(path):
    """Every attack says in one sentence what it tries, and which verdicts are fair."""
    sentence, verdicts, spoils, others = declared(path)

    assert sentence.endswith(".")
    assert verdicts
    assert verdicts <= {verdict.value for verdict in Verdict} - {"PASSED", "GRADER_ERROR", "NOT_RUN"}
    assert spoils in SPOILS | {""}
    assert not others


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_runs_whole(path, ch28):
    """Every statement of an attack runs, except the text and the files that are for this test."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    part = top_level.needed(tree, [exercise.name for exercise in ch28.exercises], path.name)

    skipped = [node for node in tree.body if node not in part.tree.body]
    assert [ast.unparse(node) for node in skipped[1:] if "BESIDE" not in ast.unparse(node)] == []


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack(bench, right_answer, path):
    """An attack gets its verdict and no point, and neither the grader nor the next submission notices."""
    withstand(bench, right_answer, path)


@pytest.mark.parametrize("name", IN_A_CONTAINER)
def test_attack_in_a_container(container, right_answer, name):
    """Without namespaces, too, an attack reaches no network, no other process and no file of others."""
    withstand(container, right_answer, CORPUS / f"{name}.py")


def withstand(bench, right_answer, path):
    _, verdicts, spoils, _ = declared(path)

    report = bench.grade(path.read_text(encoding="utf-8"), beside=beside(path), from_scratch=from_scratch(path))
    left = bench.leftovers()
    after = bench.grade(right_answer)

    checks = report["checks"]
    attacked = {name: check for name, check in checks.items() if name.startswith("layer_norm.")}
    assert attacked
    assert {check["verdict"] for check in attacked.values()} <= verdicts | {"BLOCKED"}, attacked
    assert not any(check["earned"] for check in attacked.values())
    assert "GRADER_ERROR" not in {check["verdict"] for check in checks.values()}, checks
    if spoils == "all":
        assert not any(check["earned"] for check in checks.values())
    elif not spoils:
        assert checks[NEXT]["verdict"] == "PASSED", checks[NEXT]
    assert not leaks(checks)
    assert not left
    assert report["memory"] < JUDGE_MEMORY
    assert report["size"] < REPORT_SIZE
    assert not report["escapes"]
    assert all(check["verdict"] == "PASSED" for check in after["checks"].values()), after


def test_nothing_is_left_for_the_next(bench):
    """A submission finds nothing of the one before it, not even when that was itself."""
    source = (CORPUS / "leave_a_mark.py").read_text(encoding="utf-8")

    reports = [bench.grade(source) for _ in range(3)]

    assert not any(leaks(report["checks"]) for report in reports)


def test_many_large_answers(bench):
    """The judge does not keep the answers of all checks, each as large as an answer may be."""
    source = (CORPUS / "return_the_most_every_time.py").read_text(encoding="utf-8")

    report = bench.grade(source, keyword="")

    assert sum(check["verdict"] == "FAILED" for check in report["checks"].values()) > 30
    assert report["memory"] < KEPT_MEMORY


def test_many_slow_imports(bench):
    """The worker is not replaced for every check: all imports of a submission may take nine seconds, each takes two."""
    source = (CORPUS / "import_slowly_and_exit.py").read_text(encoding="utf-8")

    report = bench.grade(source, keyword="")

    verdicts = [check["verdict"] for check in report["checks"].values()]
    ends = {check["verdict"] for name, check in report["checks"].items() if name.startswith("batch_norm.")}
    assert ends <= {"CRASHED", "TIMED_OUT", "NOT_RUN", "BLOCKED"}
    assert verdicts.count("CRASHED") in range(1, 6)


def test_right_answer_after_all_attacks(bench, right_answer):
    """The grader that has seen them all still gives a right submission all its points."""
    checks = bench.grade(right_answer, keyword="", from_scratch=True)["checks"]

    assert len(checks) > 60
    assert all(check["verdict"] == "PASSED" for check in checks.values())


# The grader's process.


def serve():
    """Grade what comes in line by line until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def tell(answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    judge = Judge(course.load(), sandbox=sys.argv[1], limits=LIMITS)
    try:
        judge.open()
    except SandboxError as error:
        tell({"missing": str(error)})
        return
    with contextlib.closing(judge):
        chapter = judge.course.chapter("ch28")
        judge.grade(chapter, judge.submission(chapter, None), RunOptions(keyword=CHECKED))
        tell({"missing": ""})
        for line in sys.stdin:
            tell(graded(judge, chapter, json.loads(line)))
            gc.collect()


def free(chapter):
    """The chapter with exercises that may call whatever they like."""
    exercises = tuple(msgspec.structs.replace(exercise, forbidden=()) for exercise in chapter.exercises)
    return msgspec.structs.replace(chapter, exercises=exercises)


def graded(judge, chapter, order):
    files = {name: content.encode() for name, content in {**order["files"], "ch28.py": order["source"]}.items()}
    submission = Submission(main="ch28.py", files=files, display_name="ch28.py", source=order["source"])
    chapter = chapter if order["from_scratch"] else free(chapter)
    judge.contents.clear()
    result = judge.grade(chapter, submission, RunOptions(keyword=order["keyword"]))
    report = Report(submission="ch28.py", seed=0, chapters=[result])
    written = report_json(report, "en")
    ET.fromstring(to_junit(report, "en"))
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        terminal = Terminal("en")
        terminal.begin(chapter, "ch28.py")
        for check in result.checks:
            terminal.check(check)
        terminal.explain(result)
        terminal.summarise(result)
        terminal.conclude(report, [chapter])
    checks = {
        check["id"]: {key: check[key] for key in ("verdict", "earned", "message", "detail")}
        for check in json.loads(written)["chapters"][0]["checks"]
    }
    return {
        "checks": checks,
        "size": len(written),
        "escapes": any(c < " " and c != "\n" for c in shown.getvalue()),
    }


if __name__ == "__main__":
    serve()
