"""Finds the holes of a suite in the reports of made-up submissions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from dlgrade.audit.equivalents import equivalents, equivalents_file
from dlgrade.audit.findings import Hole, Kind, ReplayedCheck, ReplayScore, Trial, line_of, listed
from dlgrade.course import Chapter, Course, references
from dlgrade.course.definitions import bound
from dlgrade.judge.check import DIAGNOSED
from dlgrade.judge.prices import price_of
from dlgrade.options import Why
from dlgrade.results import CheckReport, Verdict

EXCEPTION = re.compile(r"\b[A-Z]\w*(Error|Exception)\b")
REPLAY_POINTS = 2  # a replay must not pass a check worth this much
REPLAY_SHARE = 0.1  # a replay must not earn more of a chapter's points
WORTH_NOTHING: tuple[Kind, ...] = ("worthless", "replay", "forbidden")
REPLAY_ADVICE: dict[Why, str] = {
    "fixed": "draw its inputs.",
    "same": "choose its inputs so that the right answer depends on what is drawn.",
    "accepted": "compare with values that only these inputs give.",
}


class HoleFinder:
    """Finds the holes of one chapter, and the line at fault of each.

    The order of the calls: `of_references`, then `of_others`. All checks of an exercise whose reference fails a check
    are `broken`, and so are checks that pass starter code. Nothing else is said about them, as it would follow
    from that.
    """

    def __init__(self, course: Course, chapter: Chapter) -> None:
        self.course = course
        self.chapter = chapter
        self.suite = course.suite(chapter)
        self.misconceptions_file = course.solution(chapter) / "misconceptions.yaml"
        self.misconceptions = {entry.id: entry for entry in course.misconceptions(chapter)}
        self.equivalents = equivalents(course, chapter)
        self.defined = set(bound(references.read(course, chapter).statements))
        self.broken: set[str] = set()
        self.misconceptions_right = True

    def of_references(self, trials: list[Trial]) -> Iterator[Hole]:
        """The holes that starter code and the reference show."""
        checks = {check.id: check for trial in trials for check in trial.report.checks}
        names = {exercise.name for exercise in self.chapter.exercises}
        self.broken |= {check.id for check in checks.values() if check.exercise not in names & self.defined}
        yield from self._unpaired({check.exercise for check in checks.values() if check.points})
        right = [trial for trial in trials if trial.made_up.kind == "right"]
        yield from self._right(right, "the reference", with_bonus=True)
        lost = [check for trial in right for check in trial.report.checks if check.id in trial.failed]
        # A check that could not run, for want of a threshold, says nothing about the other checks of the exercise.
        wrong = {check.exercise for check in lost if check.verdict is not Verdict.NOT_RUN}
        self.broken |= {check.id for check in checks.values() if check.exercise in wrong}
        self.broken |= {check.id for check in lost}
        for trial in trials:
            if trial.made_up.kind == "starter":
                yield from self._starter(trial)

    def of_others(self, trials: list[Trial], *, misconceptions_apply: bool) -> Iterator[Hole]:
        """The holes that all other submissions show. Mutants are counted elsewhere.

        Diagnoses are judged only if all misconceptions are right, as each may be diagnosed as another.

        Args:
            trials: The submissions, except starter code, the reference and mutants.
            misconceptions_apply: The files have no fault in a misconception.
        """
        by_kind: dict[Kind, list[Trial]] = {}
        for trial in trials:
            by_kind.setdefault(trial.made_up.kind, []).append(trial)
        wrong = by_kind.get("misconception", [])
        faults = [hole for trial in wrong for hole in self._misconception(trial)]
        yield from faults
        self.misconceptions_right = misconceptions_apply and not faults
        if self.misconceptions_right:
            for trial in wrong:
                yield from list(self._misdiagnosis(trial)) or self._price(trial)
        for name in dict.fromkeys(trial.made_up.name for trial in by_kind.get("right", [])):
            same = [trial for trial in by_kind["right"] if trial.made_up.name == name]
            yield from self._right(same, f"the right answer {name!r}", with_bonus=False)
        yield from self._forbidden(by_kind.get("forbidden", []))
        yield from self._worthless(by_kind.get("worthless", []))
        yield from self._cheap([trial for kind in WORTH_NOTHING for trial in by_kind.get(kind, [])])
        for trial in by_kind.get("replay", []):
            yield from self._told(trial)
            yield from self._replay(trial)
        yield from self._stale_answers(by_kind.get("worthless", []))

    def _at_check(self, kind: str, check: str, text: str, example: str = "") -> Hole:
        definition = f"def test_{check.partition('.')[2].partition('[')[0]}("
        suites = self.course.suites(self.chapter)
        suite = next((path for path in suites if definition in path.read_text(encoding="utf-8")), self.suite)
        return Hole(self.chapter.id, kind, text, str(suite), line_of(suite, definition), check, example)

    def _at_misconception(self, kind: str, name: str, text: str, subject: str, example: str = "") -> Hole:
        line = line_of(self.misconceptions_file, f"id: {name}")
        return Hole(self.chapter.id, kind, text, str(self.misconceptions_file), line, subject, example)

    def _unpaired(self, checked: set[str]) -> Iterator[Hole]:
        """Holes for exercises without checks, and checks of no exercise."""
        path, names = self.course.chapter_file(self.chapter.stem), [entry.name for entry in self.chapter.exercises]
        for name in names:
            if name in self.defined - checked:
                text = "has no check with points; write its checks, or take it out of chapter.yaml."
                yield Hole(self.chapter.id, "files", text, str(path), line_of(path, f"name: {name}"), name)
        for name in sorted(checked - {*names}):
            mark = f'exercise("{name}")'
            suite = next((path for path in self.course.suites(self.chapter) if line_of(path, mark) > 1), self.suite)
            text = "has checks, and is no exercise of chapter.yaml; add it there, or correct the mark of its class."
            yield Hole(self.chapter.id, "files", text, str(suite), line_of(suite, mark), name)

    def _starter(self, trial: Trial) -> Iterator[Hole]:
        for check in trial.report.checks:
            if check.verdict is Verdict.NOT_IMPLEMENTED or check.needs or check.id in self.broken:
                continue
            self.broken.add(check.id)
            text = f"starter code gets {check.verdict.value}, not NOT_IMPLEMENTED; let the check call the exercise."
            yield self._at_check("starter", check.id, text, _reason(check))

    def _right(self, trials: list[Trial], name: str, *, with_bonus: bool) -> Iterator[Hole]:
        """Holes for the checks in which a right answer loses points under some seed, or any check `with_bonus`."""
        lost: dict[tuple[str, Verdict], list[tuple[int, CheckReport]]] = {}
        for trial in trials:
            for check in trial.report.checks:
                if (
                    not check.passed
                    and not check.needs
                    and check.id not in self.broken
                    and (with_bonus or check.points)
                ):
                    lost.setdefault((check.id, check.verdict), []).append((trial.made_up.seed, check))
        for (check_id, verdict), failures in lost.items():
            seeds = ", ".join(str(seed) for seed in sorted({seed for seed, _ in failures}))
            text = f"rejects {name} under seed {seeds} ({verdict.value}); fix the check or the answer."
            yield self._at_check("right-answer", check_id, text, _reason(failures[0][1]))

    def _misconception(self, trial: Trial) -> Iterator[Hole]:
        """Holes for a misconception that its check passes, or that crashes."""
        entry = self.misconceptions[trial.made_up.name]
        failed = [check for check in trial.report.checks if check.id in trial.failed and check.id not in self.broken]
        if entry.caught_by not in {check.id for check in failed} | self.broken:
            known = any(check.id == entry.caught_by for check in trial.report.checks)
            text = f"passes {entry.caught_by}, which should catch it" if known else f"no check is {entry.caught_by}"
            if entry.caught_by in trial.waiting:
                text = f"fails a check that {entry.caught_by} waits for"
            text += "; name or add the check that is about it."
            yield self._at_misconception("misconception-passes", entry.id, text, entry.id)
        raised = [check for check in failed if entry.raises and _raises(check, entry.raises)]
        for check in failed:
            if check.verdict is not Verdict.FAILED and check not in raised:
                text = f"{entry.id} ends in {check.verdict.value}, not FAILED; "
                text += "choose inputs on which it gives wrong values, or say `raises: TYPE`."
                yield self._at_misconception("misconception-crashes", entry.id, text, check.id, _reason(check))
        if entry.raises and not raised:
            text = f"{entry.id} raises no {entry.raises}; take `raises` out."
            yield self._at_misconception("misconception-crashes", entry.id, text, entry.id)

    def _misdiagnosis(self, trial: Trial) -> Iterator[Hole]:
        """Holes for the checks in which a misconception has another name, or none.

        In an exercise that only uses the mistaken code, an equal misconception of that exercise has the better name.
        """
        name = trial.made_up.name
        for check in trial.report.checks:
            other = self.misconceptions.get(check.diagnosis or name)
            if other and self.misconceptions[name].exercise != other.exercise == check.exercise:
                continue
            if check.verdict in DIAGNOSED and check.diagnosis != name and check.id not in self.broken:
                named = f"as {check.diagnosis}" if check.diagnosis else "as nothing"
                text = f"{name} is diagnosed {named}; make the values of the two differ, or drop one."
                yield self._at_misconception("misdiagnosis", name, text, check.id)

    def _price(self, trial: Trial) -> Iterator[Hole]:
        """A hole for a misconception that costs more or less than its price. Its failures must be in one exercise."""
        entry, report = self.misconceptions[trial.made_up.name], trial.report
        checks = [check for check in report.checks if check.exercise == entry.exercise]
        unmet = {check.exercise for check in report.checks if not check.passed and not check.bonus}
        if unmet != {entry.exercise} or not self.course.has_prices or self.broken & {check.id for check in checks}:
            return
        if any(check.verdict is Verdict.RAISED for check in checks):
            return
        points, raw_lost = sum(check.points for check in checks), sum(check.lost for check in checks)
        lost, price = points - report.earned_in(entry.exercise), price_of(entry.price, points, raw_lost)
        if lost != price:
            text = f"{entry.id} costs {lost:g} points, and its price is {price:g}; "
            text += "let it explain every check that it fails."
            yield self._at_misconception("price", entry.id, text, entry.exercise)

    def _cheap(self, trials: list[Trial]) -> Iterator[Hole]:
        """Holes for misconceptions whose price gives points to an answer that is worth nothing."""
        answers: dict[str, list[str]] = {}
        for trial in trials:
            for price in trial.report.prices:
                right = self.equivalents.is_right(price.exercise, trial.made_up.name)
                if price.lost < price.raw_lost and not right:
                    answers.setdefault(price.diagnosis, []).append(trial.made_up.name)
        for name, worthless in answers.items():
            text = f"its price gives points to a worthless answer ({listed(worthless)}); write `price: 1`."
            yield self._at_misconception("price", name, text, name)

    def _worthless(self, trials: list[Trial]) -> Iterator[Hole]:
        """Holes for the checks in which worthless answers earn points, each with all these answers."""
        earning: dict[str, list[str]] = {}
        for trial in trials:
            for check in _earning(trial):
                if check.id not in self.broken and not self.equivalents.is_right(check.exercise, trial.made_up.name):
                    earning.setdefault(check.id, []).append(trial.made_up.name)
        for check_id, answers in earning.items():
            text = f"a worthless answer ({listed(answers)}) earns its points; "
            text += "let the check look at values that only a right answer has."
            yield self._at_check("worthless", check_id, text)

    def notebooks(self, trials: list[Trial]) -> Iterator[Hole]:
        """Holes for checks that a right answer gets another verdict in as a notebook than as a file."""
        files = {(trial.made_up.name, trial.made_up.seed): trial for trial in trials if trial.made_up.kind == "right"}
        for trial in (trial for trial in trials if trial.made_up.kind == "notebook"):
            name = trial.made_up.name
            verdicts = {check.id: check.verdict for check in files[name, trial.made_up.seed].report.checks}
            for check in trial.report.checks:  # of those that do not train
                if check.verdict is not verdicts[check.id]:
                    text = f"{name!r} gets {verdicts[check.id].value} as a file and {check.verdict.value} as a "
                    text += "notebook; look at its statements at the top level."
                    yield self._at_check("notebook", check.id, text, _reason(check))

    def _stale_answers(self, trials: list[Trial]) -> Iterator[Hole]:
        """Holes for entries of equivalents.yaml that list an answer which earns nothing."""
        earns = {(check.exercise, trial.made_up.name) for trial in trials for check in _earning(trial)}
        path = equivalents_file(self.course, self.chapter)
        for entry in self.equivalents.answers:
            if (entry.exercise, entry.answer) not in earns:
                text = f"equivalents.yaml: {entry.answer!r} earns nothing in {entry.exercise}; take the entry out."
                yield Hole(self.chapter.id, "stale-equivalent", text, str(path), line_of(path, entry.exercise))

    def _told(self, trial: Trial) -> Iterator[Hole]:
        """Holes for probes that close over the answer."""
        for check in trial.told:
            text = "a probe closes over the answer, which a submission can read; compare with it outside the probe."
            yield self._at_check("told-answer", check, text)

    def _replay(self, trial: Trial) -> Iterator[Hole]:
        replay, allowed = replay_score(trial), self.equivalents.replay_share
        allowed_checks = {entry.check for entry in self.equivalents.replays}
        for passed in replay.passed:
            if passed.points >= REPLAY_POINTS and passed.check not in self.broken | allowed_checks:
                text = f"answers for another seed earn its {passed.points:g} points; "
                yield self._at_check("replay", passed.check, text + REPLAY_ADVICE[passed.why])
        limit = allowed.limit if allowed else REPLAY_SHARE
        if replay.share > limit and not self.broken:
            names = ", ".join(passed.check for passed in replay.passed)
            text = (
                f"{self.chapter.id}: answers for another seed earn {replay.share:.1%} of the points, more than "
                f"{limit:.0%}; let these depend on what is drawn: {names}."
            )
            yield Hole(self.chapter.id, "replay-share", text, str(self.suite))
        yield from self._stale_replays(replay)

    def _stale_replays(self, replay: ReplayScore) -> Iterator[Hole]:
        """Holes for entries of equivalents.yaml that allow a replay more than it earns, or no more than usual."""
        path = equivalents_file(self.course, self.chapter)
        heavy = {passed.check for passed in replay.passed if passed.points >= REPLAY_POINTS}
        for entry in self.equivalents.replays:
            if entry.check not in heavy:
                text = f"equivalents.yaml: a replay of {entry.check} earns less than {REPLAY_POINTS} points"
                text += "; take the entry out."
                yield Hole(self.chapter.id, "stale-equivalent", text, str(path), line_of(path, entry.check))
        if self.equivalents.replay_share and replay.share <= REPLAY_SHARE:
            text = f"equivalents.yaml: a replay earns no more than {REPLAY_SHARE:.0%}; take replay_share out."
            yield Hole(self.chapter.id, "stale-equivalent", text, str(path), line_of(path, "replay_share"))

    def _forbidden(self, trials: list[Trial]) -> Iterator[Hole]:
        """Holes for exercises that forbid operations without a check of it, or give points to a forbidden call."""
        forbidding = {entry.name for entry in self.chapter.exercises if entry.forbidden} & self.defined
        checks = [check for trial in trials for check in trial.report.checks if check.exercise in forbidding]
        guarded = {check.exercise for check in checks if check.id == f"{check.exercise}.from_scratch"}
        for name in sorted(forbidding - guarded if trials else ()):
            text = "forbids operations and has no test_from_scratch; add it, worth 0 points."
            hole = self._at_check("no-from-scratch", f"{name}.from_scratch", text)
            yield msgspec.structs.replace(hole, subject=name)
        for trial in trials:
            calls = trial.made_up.calls
            for check in trial.report.checks:
                if check.earned and check.exercise in calls and check.id not in self.broken:
                    text = f"an answer that calls {calls[check.exercise]} earns its points; correct the family's names."
                    yield self._at_check("forbidden-call", check.id, text)

    def idle_hole(self, check: str, tried: str) -> Hole:
        """A hole for a check that no submission of the kind `tried` fails."""
        text = f"catches no {tried}; give it inputs on which a wrong answer fails, or drop it."
        return self._at_check("idle-check", check, text)


def replay_score(trial: Trial) -> ReplayScore:
    """The points that a replay earns, check by check."""
    checks = trial.report.checks
    passed = [
        ReplayedCheck(check.id, check.points, trial.why.get(check.id, "fixed"))
        for check in checks
        if check.passed and check.points
    ]
    return ReplayScore(sum(check.points for check in checks), passed)


def _earning(trial: Trial) -> list[CheckReport]:
    """The checks in which a worthless answer earns points. None for other submissions."""
    checks = trial.report.checks if trial.made_up.kind == "worthless" else []
    return [check for check in checks if check.passed and check.points]


def _raises(check: CheckReport, kind: str) -> bool:
    """Return whether a check ended in an exception, and in no other one that its message names."""
    others = EXCEPTION.search(_reason(check))
    return check.verdict is Verdict.RAISED and (kind in _reason(check) or others is None)


def _reason(check: CheckReport) -> str:
    return check.message.en if check.message else ""
