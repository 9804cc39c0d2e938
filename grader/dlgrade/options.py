"""The types of the options that open a judge or ask it for a grading."""

from __future__ import annotations

from typing import Literal

import msgspec

SandboxMode = Literal["auto", "require", "off"]
WorkerMode = Literal["auto", "fork", "spawn"]
Device = Literal["auto", "cpu", "cuda"]
Trains = Literal["last", "if_right", "later", "only", "never"]
Pictures = Literal["none", "declared", "all"]
Diagnosis = Literal["none", "single", "full"]
# Why a replayed answer passes: its probes do not depend on the seed; nor does the right answer; or the check accepts
# other answers.
Why = Literal["fixed", "same", "accepted"]


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a chapter's suite runs on a submission.

    Attributes:
        seed: the seed that all inputs are derived from.
        keyword: an exercise, a check's id, or part of a check's name; other checks are left out.
        shuffle: run the checks in an order drawn from the seed.
        stop_at_first: leave out the checks after the first that is not met, in the report as well.
        training: when checks that train run, which is after all others: always ("last"), only if nothing else fails
            ("if_right"), another time ("later": they are NOT_RUN), without the others ("only"), or not at all
            ("never": the report does not have them).
        pictures: add a picture of the tensors to a check whose tensors differ: to every check ("all"), or to those
            whose suite declares that they are boxes or classes of pixels ("declared").
        scripts: ask the probes of a check without its suite, where an earlier submission has shown that the suite only
            compares. The verdicts are the same, and a right answer costs less.
        prices: a single mistake costs its price, if the course has prices.
        diagnosis: look for single misconceptions, for pairs and relations as well ("full"), or for nothing ("none").
    """

    seed: int = 0
    keyword: str = ""
    shuffle: bool = False
    stop_at_first: bool = False
    training: Trains = "last"
    pictures: Pictures = "none"
    scripts: bool = False
    prices: bool = True
    diagnosis: Diagnosis = "full"

    @classmethod
    def of_check(cls, seed: int, keyword: str, *, pictures: bool) -> RunOptions:
        """Return the options of a student's check: without a keyword, training waits until all else passes."""
        return cls(
            seed=seed,
            keyword=keyword,
            training="last" if keyword else "if_right",
            pictures="all" if pictures else "none",
        )


DEFAULT_RUN = RunOptions()
