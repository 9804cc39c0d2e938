"""Diagnosis: names the misconceptions that give the values, or the exceptions, of an exercise's failed checks.

Equal values prove little: a wrong answer often has a few values of a misconception by chance. So a misconception is
named only if

- it fits at least half of the exercise's failed checks (bonus checks count if nothing else failed), and no other fits
  as well: the number of checks counts first, then that of exceptions with the same numbers in their messages, then
  whether an earlier exercise has its name, then whether its own check is among the checks, then whether it is of this
  exercise,
- the check that should catch it has not passed; if that check has failed, also of another exercise, the misconception
  fits it, and
- the values are evidence: several distinct finite numbers or texts that differ from the right ones. A misconception
  without such values must fit all failed checks. That is enough if it raises torch's or Python's own exceptions, whose
  messages and operations are then the same, and in one of the checks also the numbers in the message. Truth values,
  NaN, infinities, shapes and the words of a `raise` prove less: the check that should catch the misconception must be
  among these checks, too.

If no misconception fits all failed checks, two at once are tried; they must fit the checks about both. For checks
without a name, a relation between the values and the right ones is looked for. An exercise without any of them is
compared with mutants of the reference. If none fits either, and the results are nearly right, or all have wrong shapes
of one kind, that is said.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dlgrade.judge.check import DIAGNOSED, Check, Exchange
from dlgrade.judge.content import Content, WrongVersion
from dlgrade.judge.evidence import agrees, facts
from dlgrade.judge.mutants import Budget, best_match
from dlgrade.judge.patience import at_most_cpu
from dlgrade.judge.relations import Draw, Relation, nearly_right, relation, wrong_sizes
from dlgrade.judge.trusted import Variant
from dlgrade.text import both

LEAST_FACTS = 2
PAIR_SECONDS = 1.5  # of processor time, for all pairs of an exercise: a busy machine must not hide a name
NAMING_SECONDS = 30.0  # of processor time, for one exercise
RELATION_SECONDS = 2.0


@dataclass
class _Fit:
    """The failed checks that an implementation fits, and the evidence: distinct numbers and texts, or an exception.

    `raised` tells whether torch or Python raised an exception; `wrong` whether any value, evidence or not, differs from
    the right value, or the implementation raised by itself. `exact` counts exceptions whose messages have the same
    numbers.
    """

    checks: list[Check] = field(default_factory=list)
    evidence: set[object] = field(default_factory=set)
    raised: bool = False
    wrong: bool = False
    exact: int = 0

    @property
    def ids(self) -> set[str]:
        return {check.id for check in self.checks}


def diagnose(checks: Iterable[Check], content: Content, *, full: bool = True) -> None:
    """Name misconceptions in the failed checks of each exercise. Only a `full` search tries pairs and relations."""
    checks = list(checks)
    named: set[str] = set()
    open_exercises = []
    for name in dict.fromkeys(check.exercise for check in checks):
        failed = [check for check in checks if check.exercise == name and check.verdict in DIAGNOSED]
        if failed := [check for check in failed if check.transcript]:
            exercise = _Exercise(name, failed, checks, content, named)
            _diagnose(exercise, full=full)
            named = named | {check.diagnosis for check in failed if check.diagnosis}
            if not any(check.diagnosis or check.relation for check in failed):
                open_exercises.append(exercise)
    if full:
        budget = Budget(len(open_exercises))
        for exercise in open_exercises:
            with contextlib.suppress(Exception):
                exercise.compare_with_mutants(budget)
                exercise.last_resort()


def _diagnose(exercise: _Exercise, *, full: bool) -> None:
    """Diagnose one exercise. No value of a student's may make this a fault of the grader's."""
    try:
        with at_most_cpu(NAMING_SECONDS):
            exercise.name_misconceptions(pairs=full)
    except Exception:
        for check in exercise.failed:
            check.diagnosis = check.also = check.hint = None
        return
    if full:
        with contextlib.suppress(Exception):
            exercise.relate()


class _Exercise:
    """The failed checks of one exercise, and the misconceptions that they may show.

    `every` holds all checks of the submission. `named_before` has the names that were given to its earlier exercises.
    """

    def __init__(self, name: str, failed: list[Check], every: list[Check], content: Content, named: set[str]) -> None:
        passed = [check for check in every if check.passed]
        self.name = name
        self.failed_by_id = {check.id: check for check in every if check.verdict in DIAGNOSED and check.transcript}
        self.named_before = named
        self.failed = failed
        self.counted = {check.id for check in failed if not check.declared.bonus} or {check.id for check in failed}
        self.passed = [check for check in passed if check.exercise == name]
        self.content = content
        caught = {check.id for check in passed}
        self.candidates = [
            wrong
            for wrong in content.misconceptions
            if name in wrong.affected and wrong.misconception.caught_by not in caught
        ]

    def name_misconceptions(self, *, pairs: bool) -> None:
        fits = [(wrong, self._fit_alone(wrong)) for wrong in self.candidates]
        best = self._best([(wrong, fit) for wrong, fit in fits if self._holds(wrong, fit)])
        if best is not None:
            for check in best[1].checks:
                _name(check, [best[0]])
        if pairs and (best is None or self._missed(best[1])):
            self._try_pairs([fit for _, fit in fits])

    def _fit_alone(self, wrong: WrongVersion) -> _Fit:
        """Return the failed checks that a misconception fits; none if the check that should catch it does not fit."""
        about = self.failed_by_id.get(wrong.misconception.caught_by)
        is_named = wrong.misconception.id in self.named_before  # perhaps with another, so that it fits no check alone
        if about is not None and not is_named and not self._fits(about, wrong.variant):
            return _Fit()
        return self._fit(wrong.variant, misses=len(self.counted) // 2)

    def _fit(self, variant: Variant, *, misses: int) -> _Fit:
        """Return the failed checks that an implementation fits. It stops after more misses than allowed."""
        fit = _Fit()
        for check in self.failed:
            if self._fits(check, variant):
                fit.checks.append(check)
                self._add_evidence(fit, check, variant)
            elif check.id in self.counted:
                misses -= 1
            if misses < 0:
                break
        return fit

    def _missed(self, fit: _Fit) -> int:
        """Return how many of the checks that count do not fit."""
        return len(self.counted - fit.ids)

    def _fits(self, check: Check, variant: Variant) -> bool:
        return all(agrees(exchange, variant.outcome(exchange.blob, exchange.seed)) for exchange in check.transcript)

    def _add_evidence(self, fit: _Fit, check: Check, variant: Variant) -> None:
        for exchange in check.transcript:
            outcome = variant.outcome(exchange.blob, exchange.seed)
            if exchange.raised is not None and outcome.raised is not None:
                fit.raised, fit.wrong = fit.raised or not exchange.raised.own, fit.wrong or exchange.raised.own
                fit.exact += exchange.raised.is_exactly(outcome.raised)
                continue
            value = outcome.value
            right = self.content.reference.outcome(exchange.blob, exchange.seed).value
            if exchange.comparison.difference(value, right) is not None:
                fit.evidence |= facts(value, right, exchange.comparison)
                fit.wrong = True

    def _holds(self, wrong: WrongVersion, fit: _Fit) -> bool:
        if len(fit.evidence) >= LEAST_FACTS:
            return 2 * self._missed(fit) <= len(self.counted)
        # The check that should catch a misconception of another exercise is not among these. It has not passed.
        caught = wrong.misconception.caught_by in fit.ids or wrong.misconception.exercise != self.name
        return not self._missed(fit) and ((fit.raised and fit.exact > 0) or (fit.wrong and caught))

    def _best(self, fits: list[tuple[WrongVersion, _Fit]]) -> tuple[WrongVersion, _Fit] | None:
        """Return the misconception that fits best; None if two fit equally well, as they may contradict each other."""

        def merit(entry: tuple[WrongVersion, _Fit]) -> tuple[int, int, int, bool, bool, bool]:
            misconception, fit = entry[0].misconception, entry[1]
            here, before = misconception.exercise == self.name, misconception.id in self.named_before
            own = misconception.caught_by in fit.ids
            return -self._missed(fit), len(fit.checks), fit.exact, before, own, here

        ranked = sorted(fits, key=merit, reverse=True)
        return ranked[0] if ranked and (len(ranked) == 1 or merit(ranked[0]) > merit(ranked[1])) else None

    # Two mistakes at once.

    def _try_pairs(self, alone: Sequence[_Fit]) -> None:
        """Name two misconceptions if together they fit all failed checks, and each is needed for some of them.

        An exception hides the values, so that the other may be any: one of them gives it alone, and each is needed for
        a check without an exception.
        """
        started = time.process_time()
        for pair in self._pairs(alone):
            if time.process_time() - started > PAIR_SECONDS:
                return
            variant = self.content.with_both(*pair)
            fit = self._fit(variant, misses=0) if variant is not None else _Fit()
            if variant is None or self._missed(fit) or not _are_evident(pair, fit):
                continue
            if not all(self._fits(about, variant) for about in self._checks_about(pair)):
                continue
            shown = [(check, [wrong for wrong in pair if self._is_needed(wrong, pair, check)]) for check in fit.checks]
            by_one_alone = all(len(needed) < len(pair) for check, needed in shown if _is_hidden(check))
            needed_for_values = [wrong for check, needed in shown if not _is_hidden(check) for wrong in needed]
            if by_one_alone and all(wrong in needed_for_values for wrong in pair):
                for check, needed in shown:
                    _name(check, needed or pair)
                return

    def _pairs(self, alone: Sequence[_Fit]) -> list[tuple[WrongVersion, WrongVersion]]:
        """The pairs of the exercise's own misconceptions, those first that fit the most checks alone."""
        own = [
            (wrong, fit)
            for wrong, fit in zip(self.candidates, alone, strict=True)
            if wrong.misconception.exercise == self.name
        ]
        pairs = sorted(itertools.combinations(own, 2), key=lambda pair: -len(pair[0][1].ids | pair[1][1].ids))
        return [(one, other) for (one, _), (other, _) in pairs]

    def _checks_about(self, pair: Sequence[WrongVersion]) -> list[Check]:
        """Return the failed checks that should catch one of the pair, bonus checks included."""
        caught_by = [wrong.misconception.caught_by for wrong in pair]
        return [self.failed_by_id[name] for name in caught_by if name in self.failed_by_id]

    def _is_needed(self, wrong: WrongVersion, pair: Sequence[WrongVersion], check: Check) -> bool:
        """Return whether the other misconception of a pair does not fit the check by itself."""
        return not any(self._fits(check, other.variant) for other in pair if other is not wrong)

    # Relations.

    def relate(self) -> None:
        """State a relation in the checks without a name in which it holds."""
        asked, draws = self._unnamed_draws()
        with at_most_cpu(RELATION_SECONDS):
            _state(relation(draws), asked)

    def _unnamed_draws(self) -> tuple[list[Check], list[Draw]]:
        """Return the values of the checks without a name, and for each of them its check."""
        asked = [
            (check, exchange)
            for check in self.failed
            if check.diagnosis is None
            for exchange in check.transcript
            if exchange.raised is None and not exchange.by_suite and check.unmet and check.unmet.about != "other"
        ]
        return [check for check, _ in asked], [self._draw(check, exchange) for check, exchange in asked]

    def _draw(self, check: Check, exchange: Exchange) -> Draw:
        asked = exchange.blob, exchange.seed
        reference = self.content.reference
        right, arguments = reference.outcome(*asked).value, reference.trace(*asked).arguments
        own = check.unmet is not None and check.unmet.about == "result"
        return Draw(exchange.value, right, arguments, exchange.comparison, own)

    # Mutants.

    def compare_with_mutants(self, budget: Budget) -> None:
        """State the change of the reference that gives the values of the failed checks."""
        match = best_match(self.content.mutants, self.content.reference, self.name, self.failed, self.passed, budget)
        if match is not None:
            for check in match.checks:
                check.relation, check.hint = match.mutant.kind, match.mutant.sentence

    def last_resort(self) -> None:
        """State that the results are nearly right, or how all shapes are wrong, if nothing else could be said."""
        if not any(check.relation for check in self.failed):
            asked, draws = self._unnamed_draws()
            _state(nearly_right(draws) or wrong_sizes(draws), asked)


def _are_evident(pair: Sequence[WrongVersion], fit: _Fit) -> bool:
    """Return whether the values are evidence for a pair, or the checks that should catch both are among the failed."""
    caught = all(wrong.misconception.caught_by in fit.ids for wrong in pair)
    return len(fit.evidence) >= LEAST_FACTS or (fit.wrong and caught)


def _is_hidden(check: Check) -> bool:
    """Return whether an exception of torch or Python hides the values of a check."""
    return any(exchange.raised is not None and not exchange.raised.own for exchange in check.transcript)


def _state(found: Relation | None, asked: Sequence[Check]) -> None:
    """Note a relation in the checks of the draws in which it holds."""
    if found is not None:
        for place in found.draws:
            asked[place].relation, asked[place].hint = found.kind, found.text


def _name(check: Check, shown: Sequence[WrongVersion]) -> None:
    first, *others = [wrong.misconception for wrong in shown]
    check.diagnosis, check.hint = first.id, first.hint
    for other in others:
        check.also, check.hint = other.id, check.hint + both(" ", "") + other.hint
