"""Finds the holes of a suite in the reports of made-up submissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dlgrade.audit.equivalents import equivalents, equivalents_file
from dlgrade.audit.findings import Hole, Kind, ReplayedCheck, ReplayScore, Trial, line_of
from dlgrade.course import Chapter, Course
from dlgrade.options import Why
from dlgrade.results import CheckReport, Verdict

REPLAY_POINTS = 2  # a replay must not pass a check worth this much
REPLAY_SHARE = 0.1  # a replay must not earn more of a chapter's points
REPLAY_ADVICE: dict[Why, str] = {
    "fixed": "draw its inputs.",
    "same": "choose its inputs so that the right answer depends on what is drawn.",
    "accepted": "compare with values that only these inputs give.",
}


class HoleFinder:
    """Finds the holes of one chapter, and the line at fault of each."""

    def __init__(self, course: Course, chapter: Chapter) -> None:
        self.course = course
        self.chapter = chapter
        self.suite = course.suite(chapter)
        self.misconceptions_file = course.solution(chapter) / "misconceptions.yaml"
        self.misconceptions = {entry.id: entry for entry in course.misconceptions(chapter)}
        self.equivalents = equivalents(course, chapter)

    def find(self, trial: Trial) -> Iterator[Hole]:
        """The holes that one made-up submission shows. Mutants are counted elsewhere."""
        finders: dict[Kind, Callable[[Trial], Iterator[Hole]]] = {
            "starter": self._starter,
            "right": self._right,
            "notebook": lambda _: iter(()),  # compared with the file, in `notebooks`
            "misconception": self._misconception,
            "worthless": self._worthless,
            "replay": self._replay,
            "forbidden": self._forbidden,
        }
        return finders[trial.made_up.kind](trial)

    def _at_check(self, kind: str, check: str, text: str) -> Hole:
        definition = f"def test_{check.partition('.')[2].partition('[')[0]}("
        suites = self.course.suites(self.chapter)
        suite = next((path for path in suites if definition in path.read_text(encoding="utf-8")), self.suite)
        return Hole(self.chapter.id, kind, text, str(suite), line_of(suite, definition))

    def _at_misconception(self, kind: str, name: str, text: str) -> Hole:
        return Hole(
            self.chapter.id, kind, text, str(self.misconceptions_file), line_of(self.misconceptions_file, f"id: {name}")
        )

    def _starter(self, trial: Trial) -> Iterator[Hole]:
        for check in trial.report.checks:
            if check.verdict is not Verdict.NOT_IMPLEMENTED and not check.needs:
                yield self._at_check(
                    "starter",
                    check.id,
                    f"{check.id}: starter code gets {check.verdict.value}, not NOT_IMPLEMENTED; "
                    f"let the check call the exercise.{_reason(check)}",
                )

    def _right(self, trial: Trial) -> Iterator[Hole]:
        name, seed = trial.made_up.name, trial.made_up.seed
        for check in trial.report.checks:
            if not check.passed and not check.needs:
                yield self._at_check(
                    "right-answer",
                    check.id,
                    f"{check.id}: rejects the right answer {name!r} under seed {seed} ({check.verdict.value}); "
                    f"fix the check or the answer.{_reason(check)}",
                )

    def _misconception(self, trial: Trial) -> Iterator[Hole]:
        entry = self.misconceptions[trial.made_up.name]
        failed = [check for check in trial.report.checks if not check.passed]
        if entry.caught_by not in {check.id for check in failed}:
            known = any(check.id == entry.caught_by for check in trial.report.checks)
            text = f"passes {entry.caught_by}, which should catch it" if known else f"no check is {entry.caught_by}"
            yield self._at_misconception(
                "misconception-passes", entry.id, f"{entry.id}: {text}; name or add the check that is about it."
            )
        for check in failed:
            if check.verdict is not Verdict.FAILED:
                yield self._at_misconception(
                    "misconception-crashes",
                    entry.id,
                    f"{entry.id}: {check.id} ends in {check.verdict.value}, not FAILED; choose inputs on which it "
                    f"gives wrong values.{_reason(check)}",
                )
        for check in failed:
            if check.verdict is Verdict.FAILED and check.diagnosis != entry.id:
                named = f"as {check.diagnosis}" if check.diagnosis else "as nothing"
                yield self._at_misconception(
                    "misdiagnosis",
                    entry.id,
                    f"{entry.id}: {check.id} diagnoses it {named}; make the values of the two differ, or drop one.",
                )

    def _worthless(self, trial: Trial) -> Iterator[Hole]:
        for check in _earning(trial):
            if not self.equivalents.is_right(check.exercise, trial.made_up.name):
                yield self._at_check(
                    "worthless",
                    check.id,
                    f"{check.id}: a worthless answer ({trial.made_up.name}) earns its points; "
                    "let the check look at values that only a right answer has.",
                )

    def notebooks(self, trials: list[Trial]) -> Iterator[Hole]:
        """Holes for checks that a right answer gets another verdict in as a notebook than as a file."""
        files = {(trial.made_up.name, trial.made_up.seed): trial for trial in trials if trial.made_up.kind == "right"}
        for trial in (trial for trial in trials if trial.made_up.kind == "notebook"):
            file = files[trial.made_up.name, trial.made_up.seed]
            verdicts = {check.id: check.verdict for check in file.report.checks}
            for check in trial.report.checks:  # of those that do not train
                if check.verdict is not verdicts[check.id]:
                    yield self._at_check(
                        "notebook",
                        check.id,
                        f"{check.id}: {trial.made_up.name!r} gets {verdicts[check.id].value} as a file and "
                        f"{check.verdict.value} as a notebook; look at its statements at the top level."
                        f"{_reason(check)}",
                    )

    def stale_answers(self, trials: list[Trial]) -> Iterator[Hole]:
        """Holes for entries of equivalents.yaml that list an answer which earns nothing."""
        earns = {(check.exercise, trial.made_up.name) for trial in trials for check in _earning(trial)}
        path = equivalents_file(self.course, self.chapter)
        for entry in self.equivalents.answers:
            if (entry.exercise, entry.answer) not in earns:
                text = f"equivalents.yaml: {entry.answer!r} earns nothing in {entry.exercise}; take the entry out."
                yield Hole(self.chapter.id, "stale-equivalent", text, str(path), line_of(path, entry.exercise))

    def _replay(self, trial: Trial) -> Iterator[Hole]:
        replay, allowed = replay_score(trial), self.equivalents.replay_share
        listed = {entry.check for entry in self.equivalents.replays}
        for passed in replay.passed:
            if passed.points >= REPLAY_POINTS and passed.check not in listed:
                text = f"{passed.check}: answers for another seed earn its {passed.points:g} points; "
                yield self._at_check("replay", passed.check, text + REPLAY_ADVICE[passed.why])
        limit = allowed.limit if allowed else REPLAY_SHARE
        if replay.share > limit:
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

    def _forbidden(self, trial: Trial) -> Iterator[Hole]:
        guarded = {check.exercise for check in trial.report.checks if check.id == f"{check.exercise}.from_scratch"}
        for exercise in self.chapter.exercises:
            if exercise.forbidden and exercise.name not in guarded:
                text = f"{exercise.name}: forbids operations and has no test_from_scratch; add it, worth 0 points."
                yield self._at_check("no-from-scratch", f"{exercise.name}.from_scratch", text)

    def idle_hole(self, check: str, tried: str) -> Hole:
        """A hole for a check that no submission of the kind `tried` fails."""
        text = f"{check}: catches no {tried}; give it inputs on which a wrong answer fails, or drop it."
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


def _reason(check: CheckReport) -> str:
    return f" ({check.message.en})" if check.message else ""
