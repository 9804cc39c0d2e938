"""The statistics of the class report: who fails a check, how well it separates, which misconceptions are frequent."""

import random

import numpy as np
import pytest

from dlgrade.report.analysis import correlation, diagnosed, items, spread
from dlgrade.results import ChapterReport, CheckReport, ClassChapter, ClassCheck, ClassResult, Verdict
from dlgrade.text import same


def test_correlation():
    """The separation is Pearson's correlation of 0 and 1 with the rest; None where one side does not vary."""
    draw = random.Random(3)
    passed = [draw.random() < 0.6 for _ in range(50)]
    rest = [draw.gauss(10 + 2 * met, 3) for met in passed]
    assert correlation(passed, rest) == pytest.approx(np.corrcoef(passed, rest)[0, 1])
    assert correlation([True, True], [1, 2]) is None
    assert correlation([False, False], [1, 2]) is None
    assert correlation([True, False], [5, 5]) is None
    assert correlation([], []) is None


def fates(*rows):
    """A chapter of one-point checks, and a result for each row of their verdicts, written P, F or N."""
    verdicts = {"P": Verdict.PASSED, "F": Verdict.FAILED, "N": Verdict.NOT_RUN}
    checks = [ClassCheck(f"f.c{n}", "f", 1.0, False, same("?")) for n in range(len(rows[0]))]
    chapter = ClassChapter("ch01", same("One"), {"f": same("f")}, checks, {"m": same("the hint")})
    results = []
    for n, row in enumerate(rows):
        reports = [
            CheckReport(c.id, "f", 1.0, c.description, verdict=verdicts[v], diagnosis="m" if v == "F" else None)
            for c, v in zip(checks, row, strict=True)
        ]
        report = ChapterReport("ch01", reports)
        score = report.score
        results.append(ClassResult(f"s{n}", f"S{n}", "ch01", "f.py", None, report, score=score, final=score))
    return chapter, results


def test_items():
    """A check that did not run counts for nobody; the rest of a score leaves the check itself out."""
    chapter, results = fates("PPP", "PPF", "PFF", "FFN")
    results.append(ClassResult("s9", "S9", "ch01"))
    found = list(items(chapter, results))
    assert [(item.graded, item.failing) for item in found] == [(4, 1), (4, 2), (3, 2)]
    assert found[0].separation == pytest.approx(0.522, abs=1e-3)  # of (1, 1, 1, 0) and (2, 1, 0, 0)
    assert found[1].separation == pytest.approx(0.707, abs=1e-3)  # of (1, 1, 0, 0) and (2, 1, 1, 0)


def test_spread_and_misconceptions():
    """Shares are of the final scores of those graded; a mistake counts once for a student."""
    chapter, results = fates("PP", "PF", "FF")
    results += [ClassResult("s8", "", "ch01", "f.py", problem=same("empty")), ClassResult("s9", "", "ch01")]
    one = spread(chapter, results)
    assert (one.shares, one.nothing, one.ungraded, one.full) == ((1.0, 0.5, 0.0), 1, 1, 1)
    (misconception,) = diagnosed(chapter, results)
    assert (misconception.id, misconception.hint.en, [who.student for who in misconception.students]) == (
        "m",
        "the hint",
        ["s1", "s2"],
    )
