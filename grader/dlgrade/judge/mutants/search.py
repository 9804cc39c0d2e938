"""Looks for the mutant whose values a submission has, within a fixed effort.

The effort is counted in steps of the reference, not in seconds, so the same submission always gets the same
answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from dlgrade.judge.check import Check, Exchange
from dlgrade.judge.compare import Comparison
from dlgrade.judge.evidence import agrees, facts
from dlgrade.judge.mutants.variants import MOST_EFFORT, Mutant, Mutants
from dlgrade.judge.trusted import Outcome, Variant

EFFORT_A_SECOND = 2_000_000  # of processor time, roughly
TOTAL_EFFORT = 1_900_000  # for one submission
LISTING_EFFORT, MAKING_EFFORT = 200, 1_500  # of a mutant: to think of it, to try it
LEAST_PATIENCE, PATIENCE = 0.1, 10.0  # seconds for a mutant, and times the effort of the reference
LEAST_DRAWS = 2
LEAST_BITS = 24.0  # of two draws
BITS_OF_A_NUMBER, BITS_OF_A_WORD, BITS_OF_AN_INTEGER = 12.0, 6.0, 3.0
SINGLE_BITS = 12.0  # of a single draw, if enough checks have passed
LEAST_PASSED = 3  # checks that have passed, in which the mutant must be right
ENDLESS = "TimeoutError"


@dataclass
class Budget:
    """The effort that is left for a submission, and the exercises that share it."""

    exercises: int
    left: int = TOTAL_EFFORT

    def share(self) -> int:
        """Return the effort for the next exercise."""
        share = self.left // max(1, self.exercises)
        self.exercises -= 1
        return share


@dataclass(frozen=True)
class Tried:
    """A check with its probes, of which the submission's values are known, and its effort."""

    check: Check
    effort: int


@dataclass(frozen=True)
class Match:
    """A mutant and the failed checks whose values it has."""

    mutant: Mutant
    checks: list[Check]


class _Search:
    """The search for one exercise."""

    def __init__(self, mutants: Mutants, reference: Variant, failed: Sequence[Check], passed: Sequence[Check]) -> None:
        self.mutants = mutants
        self.reference = reference
        self.failed = failed
        self.passed = passed
        self.spent = 0

    def best(self, exercise: str, most: int) -> Match | None:
        """Return the mutant that fits most of the failed checks; of several, the likeliest."""
        tried = self._cheapest()
        if not tried or 2 * len(tried) < len(self.failed):
            return None
        self.spent = LISTING_EFFORT * len(self.mutants.of(exercise)) + sum(each.effort for each in tried)
        best: Match | None = None
        for mutant in self.mutants.of(exercise):
            if self.spent > most:
                break
            checks = self._fitting(mutant, tried)
            if len(checks) <= (len(best.checks) if best else 0) or 2 * len(checks) < len(self.failed):
                continue
            if self._convinces(mutant, checks) and all(self._keeps(mutant, check) for check in self.passed):
                best = Match(mutant, checks)
                if len(checks) == len(tried):
                    break
        return best

    def _cheapest(self) -> list[Tried]:
        """Return the failed checks with values that can be tried, the cheapest first."""
        tried = []
        for check in self.failed:
            effort = self._effort(check)
            if effort is not None:
                tried.append(Tried(check, effort))
        return sorted(tried, key=lambda each: each.effort)

    def _effort(self, check: Check) -> int | None:
        efforts = [self.mutants.effort.of(e.blob, e.seed) for e in check.transcript]
        known = [effort for effort in efforts if effort is not None]
        return sum(known) if len(known) == len(efforts) and sum(known) <= MOST_EFFORT else None

    def _fitting(self, mutant: Mutant, tried: Sequence[Tried]) -> list[Check]:
        """Return the checks whose values a mutant has. One of the first two must be among them."""
        self.spent += MAKING_EFFORT
        fitting: list[Check] = []
        for place, each in enumerate(tried):
            if place - len(fitting) > (len(self.failed) // 2 if fitting else min(1, len(self.failed) // 2)):
                break
            if all(self._agrees(mutant, exchange) for exchange in each.check.transcript):
                fitting.append(each.check)
        return fitting

    def _outcome(self, mutant: Mutant, blob: bytes, seed: int) -> Outcome:
        effort = self.mutants.effort.of(blob, seed) or MOST_EFFORT
        seconds = LEAST_PATIENCE + PATIENCE * effort / EFFORT_A_SECOND
        outcome = self.mutants.outcome(mutant, blob, seed, seconds)
        if outcome.raised is None:
            self.spent += effort
        elif outcome.raised.type == ENDLESS:
            self.spent += int(seconds * EFFORT_A_SECOND)
        return outcome

    def _agrees(self, mutant: Mutant, exchange: Exchange) -> bool:
        if self.mutants.effort.of(exchange.blob, exchange.seed) is None:
            return True  # nothing is known
        return agrees(exchange, self._outcome(mutant, exchange.blob, exchange.seed))

    def _convinces(self, mutant: Mutant, checks: Sequence[Check]) -> bool:
        """Return whether the common values are evidence: of many digits or words, in two draws at least.

        Passed checks are draws as well. With enough of them, a single number with many digits will do, or an exception
        of the submission's own in two checks.
        """
        draws: dict[frozenset[object], None] = {}
        raised = 0
        for exchange in (exchange for check in checks for exchange in check.transcript):
            if exchange.raised is not None:
                raised += exchange.raised.own
                continue
            value = self._outcome(mutant, exchange.blob, exchange.seed).value
            right = self.reference.outcome(exchange.blob, exchange.seed).value
            found = frozenset(facts(value, right, exchange.comparison))
            if found and not self._is_an_argument(exchange):
                draws[found] = None
        values = frozenset().union(*draws)
        bits = sum(map(_bits, values))
        if len(draws) >= LEAST_DRAWS:
            return bits >= LEAST_BITS
        compared = sum(bool(check.transcript or check.script) for check in self.passed)
        return compared >= LEAST_PASSED and (raised >= LEAST_DRAWS or bits >= SINGLE_BITS)

    def _is_an_argument(self, exchange: Exchange) -> bool:
        """Return whether the value is an argument of the call, returned as it was."""
        arguments = self.reference.trace(exchange.blob, exchange.seed).arguments
        same = Comparison(exchange.comparison.tolerance, dtype=False)
        return any(same.difference(exchange.value, argument) is None for argument in arguments.values())

    def _keeps(self, mutant: Mutant, check: Check) -> bool:
        """Return whether a mutant gives the right values of a check that the submission has passed.

        If a suite has accepted a value other than the reference's, it says nothing about the mutant.
        """
        for exchange in check.transcript:
            right = self.reference.outcome(exchange.blob, exchange.seed)
            if agrees(exchange, right) and not self._agrees(mutant, exchange):
                return False
        if not check.transcript:
            for blob, comparison in check.script or ():
                value = self.reference.outcome(blob, check.seed).value
                if not self._agrees(mutant, Exchange(blob, check.seed, value, comparison)):
                    return False
        return True


def _bits(value: Hashable) -> float:
    """Return how much an equal value proves."""
    if isinstance(value, str):
        return BITS_OF_A_WORD
    if isinstance(value, float) and not (8 * value).is_integer():
        return BITS_OF_A_NUMBER
    return BITS_OF_AN_INTEGER


def best_match(
    mutants: Mutants,
    reference: Variant,
    exercise: str,
    failed: Sequence[Check],
    passed: Sequence[Check],
    budget: Budget,
) -> Match | None:
    """Return the mutant of an exercise that explains its failed checks, within the budget; None if there is none."""
    search = _Search(mutants, reference, failed, passed)
    try:
        return search.best(exercise, budget.share())
    finally:
        budget.left -= search.spent
