"""Fuzz the replies of workers: python tests/fuzz/replies.py [COUNT] [SEED]

The program records real replies of several chapters, spoils them as bytes and as trees, and judges them. Every reply
goes from the frame through the verdict and the comparison to the report of its check. One report in SAMPLE also goes
through the diagnosis and every writer. The exit code is 1 after an unexpected exception, a reply that took too long, or
if the process grew. Memory may grow a little: rich keeps the widths of some thousand strings.
"""

from __future__ import annotations

import io
import json
import random
import resource
import signal
import sys
import time
import traceback
import warnings
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from dlgrade import course
from dlgrade.course import references
from dlgrade.judge.check import Check, Declared, Exchange
from dlgrade.judge.compare import Comparison
from dlgrade.judge.diagnosis import diagnose
from dlgrade.judge.reasons import Unmet, from_difference
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.report.gradescope import to_gradescope
from dlgrade.report.json_report import report_json
from dlgrade.report.junit import to_junit
from dlgrade.report.student_page import student_page
from dlgrade.report.terminal import Terminal
from dlgrade.results import MOST_BYTES, ChapterReport, ClassChapter, ClassResult, Report
from dlgrade.submission import Submission
from dlgrade.worker.protocol import Probe, decode_question
from dlgrade.workers.handle import answer_in

sys.path.append(str(Path(__file__).parent))
from spoiling import spoiled

CHAPTERS = ("ch28", "ch63", "ch15", "ch52", "ch07")  # tensors; sequences and scores; tables; text and dicts; objects
MISTAKES = 4  # known-wrong variants of each chapter that are recorded
SAMPLE = 100  # one report in SAMPLE is written
PAGE = 20  # checks in one written report
MOST_SECONDS = 5.0  # of processor time, for one reply
PAGE_SECONDS = 30.0  # of processor time, for one written report: each exercise has seconds for its diagnosis
MOST_GROWTH = 64 << 20  # bytes of memory, between a tenth of the replies and all of them
SHOWN_FAULTS = 5

# Definitions that give every kind of reply that a submission may cause. {name} is an exercise.
ODD = """
import collections, math, numpy, torch
ODD_TURN = iter(range(10**9))
class OddNet(torch.nn.Linear):
    pass
def {name}(*args, **kwargs):
    turn = next(ODD_TURN) % 14
    if turn == 0: return {{"a": (1, 2.5, None), 3: [], (4, "b"): {{"c": {{5, "six"}}}}, "批量": True}}
    if turn == 1: return [torch.ones(2, 3), torch.zeros(0), torch.arange(3), torch.tensor(True), torch.ones(2) * 1j]
    if turn == 2: return [numpy.ones(3), numpy.arange(4, dtype="i2"), numpy.ones(2, dtype=bool), numpy.longdouble(1)]
    if turn == 3: return [2**200, -(2**63), 1e300, math.nan, math.inf, b"bytes", torch.float16, torch.device("cpu")]
    if turn == 4: return OddNet(2, 2)
    if turn == 5: raise ValueError("a message\\nof two lines 归一化")
    if turn == 6: raise SyntaxError("invalid syntax", ("ch28.py", 3, 7, "  if x y:"))
    if turn == 7: return {name}(*args, **kwargs)
    if turn == 8: return collections.OrderedDict((f"key {{i}}", i) for i in range(30))
    if turn == 9: return list(range(300))
    if turn == 10: return "words " * 100
    if turn == 11: return [[[[[["deep"]]]]]]
    if turn == 12: raise NotImplementedError
    return ODD_TURN
"""


# Recording.


@dataclass(frozen=True)
class Recorded:
    """A reply as it came, and the question that it answers."""

    number: int
    frame: bytes
    exercise: str
    blob: bytes
    seed: int


@dataclass
class Recorder:
    """A source of workers that notes the replies of its workers to probes."""

    source: object
    recorded: list[Recorded] = field(default_factory=list)

    def __getattr__(self, name):
        return getattr(self.source, name)

    def start_worker(self, *args, **kwargs):
        worker = self.source.start_worker(*args, **kwargs)
        _tap(worker, self.recorded)
        return worker


def _tap(worker, recorded):
    """Have the worker's handle note each reply to a probe, with its question."""
    send, receive = worker._send, worker._receive
    asked = []

    def note_question(content):
        asked.append(decode_question(content))
        send(content)

    def note_reply(seconds):
        frame, question = receive(seconds), asked[-1]
        if isinstance(question.request, Probe):
            probe = question.request
            recorded.append(Recorded(question.number, frame, probe.exercise, probe.blob, probe.seed))
        return frame

    worker._send, worker._receive = note_question, note_reply


def sources(judge, chapter, mistakes):
    """Submissions of a chapter: right, not written, odd in every exercise, and known-wrong."""
    right = references.source(judge.course, chapter)
    yield right
    yield judge.course.starter(chapter).read_text(encoding="utf-8")
    yield right + "".join(ODD.format(name=exercise.name) for exercise in chapter.exercises)
    yield from (wrong.variant.source for wrong in judge.content(chapter).misconceptions[:mistakes])


def record(judge, chapter, mistakes=MISTAKES):
    """Return the replies of the chapter's submissions."""
    source = judge.workers
    judge.workers = Recorder(source)
    try:
        for text in sources(judge, chapter, mistakes):
            judge.grade(chapter, Submission.from_source(text, f"{chapter.stem}.py"), RunOptions(training="never"))
        return judge.workers.recorded
    finally:
        judge.workers = source


# Judging.


class Canned:
    """A worker that gives the same reply to every question."""

    missing = ()

    def __init__(self, number, frame):
        self.number = number
        self.frame = frame
        self.output = self

    def ask(self, request, seconds):
        del request, seconds
        return answer_in(self.frame, self.number)

    def text(self):
        return "printed\x1b[31m 批量\n" * 20, 1000

    def settle(self):
        """Nothing is on its way."""

    def reset(self):
        """Nothing was printed."""

    def close(self):
        """There is no process."""


class TooLong(BaseException):
    """A reply took more processor time than any reply should."""


def ring(*_):
    raise TooLong


class Fuzzer:
    """Judges spoiled replies of one chapter, and counts how they end."""

    def __init__(self, judge, chapter, recorded, rng, sample=SAMPLE):
        self.sample = sample
        self.chapter = chapter
        self.recorded = recorded
        self.rng = rng
        submission = judge.submission(chapter, None)
        self.grading = judge.grading(chapter, submission, seed=0, pictures=True)
        self.written = 0
        self.waiting = []
        self.outcomes = Counter()
        self.faults = []
        self.slowest = 0.0

    def one(self):
        """Spoil one reply and judge it."""
        question = self.rng.choice(self.recorded)
        frame = spoiled(self.rng, question.frame, [other.frame for other in self.rng.choices(self.recorded, k=3)])
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        try:
            check = self.judged(question, frame)
            self.outcomes[check.verdict.value] += 1
            if self.rng.random() < 1 / self.sample:
                self.waiting.append(check)
            if len(self.waiting) >= PAGE:
                waiting, self.waiting = self.waiting, []
                signal.setitimer(signal.ITIMER_PROF, PAGE_SECONDS)
                self.write(waiting)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            self.outcomes[f"UNEXPECTED {type(error).__name__}"] += 1
            if len(self.faults) < SHOWN_FAULTS:
                self.faults.append((traceback.format_exc(limit=-6), frame))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self.slowest = max(self.slowest, time.process_time() - started)

    def judged(self, question, frame):
        """Return the check after its question was answered by this frame."""
        grading, comparison = self.grading, Comparison(dtype=self.rng.random() < 0.8)
        declared = Declared(f"{question.exercise}.fuzzed", question.exercise, 1.0, self.chapter.title)
        check, unmet = Check(declared, seconds=5.0), None
        grading.forbidden.used.clear()
        grading.worker.worker = Canned(question.number, frame)
        grading.begin(check)
        try:
            value = grading._student_value(check, question.blob, question.seed)
            check.transcript.append(Exchange(question.blob, question.seed, value, comparison))
            expected = grading.content.reference.outcome(question.blob, question.seed).value
            if difference := comparison.difference(value, expected):
                unmet = from_difference(difference, (comparison, value, expected))
        except Unmet as error:
            unmet = error
        grading.end(check, unmet, 0.001)
        self.expect_short(check.report())
        return check

    def expect_short(self, report):
        for lang in ("en", "zh"):
            words = [text.of(lang) for text in (report.message, report.hint) if text]
            detail = report.detail
            words += [detail.got or "", detail.expected or "", detail.call or "", detail.output]
            words += [word for frame in detail.frames for word in (frame.file, frame.function, frame.source)]
            size = sum(len(word.encode()) for word in words)
            assert size <= MOST_BYTES, size

    def write(self, checks):
        """Diagnose the checks and give their report to every writer."""
        self.grading.checks = {f"{check.id}{place}": check for place, check in enumerate(checks)}
        diagnose(checks, self.grading.content)
        chapter = ChapterReport(self.chapter.id, [check.report() for check in checks])
        report = Report("fuzzed.py", 0, [chapter])
        for lang in ("en", "zh"):
            written = report_json(report, lang)
            assert len(written) < PAGE * 8 * MOST_BYTES, len(written)
            json.loads(written)
            ET.fromstring(to_junit(report, lang))
            self.show(report, lang)
        titles = {exercise.name: exercise.title for exercise in self.chapter.exercises}
        page = ClassChapter(self.chapter.id, self.chapter.title, titles, [], {})
        result = ClassResult("student", "A Student", self.chapter.id, "fuzzed.py", report=chapter)
        student_page(result, page)
        json.loads(to_gradescope(result, page, "en"))
        self.written += len(checks)

    def show(self, report, lang):
        console = Console(file=io.StringIO(), width=80, highlight=False, markup=False, emoji=False)
        terminal = Terminal(lang, console=console)
        terminal.begin(self.chapter, "fuzzed.py")
        for check in report.checks:
            terminal.check(check)
        terminal.explain(report.chapters[0])
        terminal.summarise(report.chapters[0])
        terminal.conclude(report, [self.chapter])
        shown = console.file.getvalue()
        assert not any(c < " " and c != "\n" for c in shown)


def resident():
    """Return the bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@dataclass
class Result:
    """How a run ended."""

    outcomes: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)
    written: int = 0
    slowest: float = 0.0
    growth: int = 0


def fuzz(judge, chapters, count, seed, mistakes=MISTAKES, sample=SAMPLE, tell=lambda *_: None):
    """Judge `count` spoiled replies, of all chapters in turn."""
    recorded = {name: record(judge, judge.course.chapter(name), mistakes) for name in chapters}
    tell(f"recorded {', '.join(f'{name}: {len(replies)}' for name, replies in recorded.items())}")
    fuzzers = [
        Fuzzer(judge, judge.course.chapter(name), replies, random.Random(f"{seed} {name}"), sample)
        for name, replies in recorded.items()
    ]
    before, handler, started = 0, signal.signal(signal.SIGPROF, ring), time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's and torch's, about values that nobody meant
        for number in range(count):
            fuzzers[number % len(fuzzers)].one()
            if number == count // 10:
                before = resident()
            if number % max(1, count // 20) == 0 and number:
                rate = number / (time.monotonic() - started)
                tell(f"{number:,} replies, {rate:,.0f} a second, {resident() >> 20} MB")
    signal.signal(signal.SIGPROF, handler)
    return summed(fuzzers, resident() - before)


def summed(fuzzers, growth):
    result = Result(growth=growth)
    for fuzzer in fuzzers:
        result.outcomes += fuzzer.outcomes
        result.faults += fuzzer.faults
        result.written += fuzzer.written
        result.slowest = max(result.slowest, fuzzer.slowest)
    return result


def main(count="1000000", seed="0"):
    started, busy = time.monotonic(), time.process_time()
    with Judge(course.load()) as judge:
        result = fuzz(judge, CHAPTERS, int(count), int(seed), tell=lambda words: print(words, flush=True))
    for trace, frame in result.faults:
        print(f"{trace}\nframe of {len(frame)} bytes: {frame[:300].hex()}\n")
    for outcome, times in result.outcomes.most_common():
        print(f"{times:>10,} {outcome}")
    seconds, busy = time.monotonic() - started, time.process_time() - busy
    print(f"{int(count):,} replies in {seconds:,.0f} s ({busy:,.0f} s of processor time), {result.written:,} written")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"slowest {result.slowest:.2f} s, memory grew by {result.growth >> 20} MB, at most {peak} MB")
    return 1 if result.faults or result.growth > MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
