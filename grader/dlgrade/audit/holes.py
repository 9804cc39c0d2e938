"""From what made-up submissions got to the holes of a suite."""

from __future__ import annotations

from collections.abc import Iterator

from dlgrade.audit.equivalents import equivalents, equivalents_file
from dlgrade.audit.model import Hole, Outcome, Replay, Replayed, line_of
from dlgrade.course import Chapter, Course, Misconception
from dlgrade.options import Why
from dlgrade.results.report import CheckReport, Verdict

REPLAY_POINTS = 2  # a check worth as much is never passed by answers for another seed
REPLAY_SHARE = 0.1  # of a chapter's points at most
REPLAY_ADVICE: dict[Why, str] = {
    "fixed": "draw its inputs.",
    "same": "choose its inputs so that the right answer depends on what is drawn.",
    "accepted": "compare with values that only these inputs give.",
}


class Finder:
    """Knows a chapter's files, so that a hole can point at the line at fault."""

    def __init__(self, course: Course, chapter: Chapter) -> None:
        self.course = course
        self.chapter = chapter
        self.suite = course.suite(chapter)
        self.mistakes = course.solution(chapter) / "misconceptions.yaml"
        self.known = {entry.id: entry for entry in course.misconceptions(chapter)}
        self.equivalents = equivalents(course, chapter)

    def find(self, outcome: Outcome) -> Iterator[Hole]:
        """The holes that one made-up submission shows."""
        kind = outcome.made_up.kind
        if kind == "starter":
            yield from self._starter(outcome)
        elif kind == "right":
            yield from self._right(outcome)
        elif kind == "misconception":
            yield from self._misconception(outcome, self.known[outcome.made_up.name])
        elif kind == "worthless":
            yield from self._worthless(outcome)
        elif kind == "replay":
            yield from self._replay(outcome)
        elif kind == "ready-made":
            yield from self._ready_made(outcome)

    def at_check(self, kind: str, check: str, text: str) -> Hole:
        words = f"def test_{check.partition('.')[2].partition('[')[0]}("
        suites = self.course.suites(self.chapter)
        suite = next((path for path in suites if words in path.read_text(encoding="utf-8")), self.suite)
        return Hole(self.chapter.id, kind, text, str(suite), line_of(suite, words))

    def at_mistake(self, kind: str, name: str, text: str) -> Hole:
        return Hole(self.chapter.id, kind, text, str(self.mistakes), line_of(self.mistakes, f"id: {name}"))

    def _starter(self, outcome: Outcome) -> Iterator[Hole]:
        for check in outcome.report.checks:
            if check.verdict is not Verdict.NOT_IMPLEMENTED and not check.needs:
                yield self.at_check(
                    "starter",
                    check.id,
                    f"{check.id}: starter code gets {check.verdict.value}, not NOT_IMPLEMENTED; "
                    f"let the check call the exercise.{_reason(check)}",
                )

    def _right(self, outcome: Outcome) -> Iterator[Hole]:
        name, seed = outcome.made_up.name, outcome.made_up.seed
        for check in outcome.report.checks:
            if not check.passed and not check.needs:
                yield self.at_check(
                    "right-answer",
                    check.id,
                    f"{check.id}: rejects the right answer {name!r} under seed {seed} ({check.verdict.value}); "
                    f"mend the check or the answer.{_reason(check)}",
                )

    def _misconception(self, outcome: Outcome, entry: Misconception) -> Iterator[Hole]:
        failed = [check for check in outcome.report.checks if not check.passed]
        if not failed:
            yield self.at_mistake(
                "misconception-passes", entry.id, f"{entry.id}: passes every check; add one that catches it."
            )
            return
        crashed = [check for check in failed if check.verdict is not Verdict.FAILED]
        for check in crashed:
            yield self.at_mistake(
                "misconception-crashes",
                entry.id,
                f"{entry.id}: {check.id} ends in {check.verdict.value}, not FAILED; choose inputs on which it gives "
                f"wrong values.{_reason(check)}",
            )
        caught = {check.id for check in failed}
        if caught != set(entry.caught_by):
            more, fewer = sorted(caught - set(entry.caught_by)), sorted(set(entry.caught_by) - caught)
            words = [f"it also fails {', '.join(more)}"] if more else []
            words += [f"it passes {', '.join(fewer)}"] if fewer else []
            yield self.at_mistake(
                "misconception-caught-elsewhere", entry.id, f"{entry.id}: caught_by is not right: {'; '.join(words)}."
            )
        for check in failed:
            if check not in crashed and check.diagnosis != entry.id:
                named = f"as {check.diagnosis}" if check.diagnosis else "as nothing"
                yield self.at_mistake(
                    "misdiagnosis",
                    entry.id,
                    f"{entry.id}: {check.id} diagnoses it {named}; make the values of the two differ, or drop one.",
                )

    def _worthless(self, outcome: Outcome) -> Iterator[Hole]:
        for check in _paid(outcome):
            if not self.equivalents.is_right(check.exercise, outcome.made_up.name):
                yield self.at_check(
                    "worthless",
                    check.id,
                    f"{check.id}: a worthless answer ({outcome.made_up.name}) earns its points; "
                    "let the check look at values that only a right answer has.",
                )

    def stale_answers(self, outcomes: list[Outcome]) -> Iterator[Hole]:
        """Entries that call an answer right which earns nothing."""
        earns = {(check.exercise, one.made_up.name) for one in outcomes for check in _paid(one)}
        path = equivalents_file(self.course, self.chapter)
        for entry in self.equivalents.answers:
            if (entry.exercise, entry.answer) not in earns:
                text = f"equivalents.yaml: {entry.answer!r} earns nothing in {entry.exercise}; take the entry out."
                yield Hole(self.chapter.id, "stale-equivalent", text, str(path), line_of(path, entry.exercise))

    def _replay(self, outcome: Outcome) -> Iterator[Hole]:
        replay, allowed = replayed(outcome), self.equivalents.replay_share
        listed = {entry.check for entry in self.equivalents.replays}
        for passed in replay.passed:
            if passed.points >= REPLAY_POINTS and passed.check not in listed:
                text = f"{passed.check}: answers for another seed earn its {passed.points:g} points; "
                yield self.at_check("replay", passed.check, text + REPLAY_ADVICE[passed.why])
        limit = allowed.limit if allowed else REPLAY_SHARE
        if replay.share > limit:
            names = ", ".join(passed.check for passed in replay.passed)
            text = (
                f"{self.chapter.id}: answers for another seed earn {replay.share:.1%} of the points, more than "
                f"{limit:.0%}; let these depend on what is drawn: {names}."
            )
            yield Hole(self.chapter.id, "replay-share", text, str(self.suite))
        yield from self._stale_replays(replay)

    def _stale_replays(self, replay: Replay) -> Iterator[Hole]:
        """Entries that let a replay earn what it does not earn, or may earn anyway."""
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

    def _ready_made(self, outcome: Outcome) -> Iterator[Hole]:
        told = {check.exercise for check in outcome.report.checks if check.id == f"{check.exercise}.from_scratch"}
        for exercise in self.chapter.exercises:
            if exercise.forbidden and exercise.name not in told:
                text = (
                    f"{exercise.name}: forbids ready-made calls and has no test_from_scratch; add it, worth 0 points."
                )
                yield self.at_check("no-from-scratch", f"{exercise.name}.from_scratch", text)

    def idle(self, checks: list[str], caught: set[str]) -> list[str]:
        """The checks that nothing has failed yet."""
        return [check for check in checks if check not in caught]

    def idle_hole(self, check: str, tried: str) -> Hole:
        text = f"{check}: catches no {tried}; give it inputs that a mistake fails on, or drop it."
        return self.at_check("idle-check", check, text)


def replayed(outcome: Outcome) -> Replay:
    """The points that a replay earns, check by check."""
    checks = outcome.report.checks
    passed = [
        Replayed(check.id, check.points, outcome.why.get(check.id, "fixed"))
        for check in checks
        if check.passed and check.points
    ]
    return Replay(sum(check.points for check in checks), passed)


def _paid(outcome: Outcome) -> list[CheckReport]:
    """The checks that a worthless answer earns points in."""
    checks = outcome.report.checks if outcome.made_up.kind == "worthless" else []
    return [check for check in checks if check.passed and check.points]


def _reason(check: CheckReport) -> str:
    return f" ({check.message.en})" if check.message else ""
