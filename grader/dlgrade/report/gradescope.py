"""Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dlgrade.legible import one_line, shorter
from dlgrade.report.facts import facts
from dlgrade.report.sentences import VERDICTS, earned, lateness, openness, overrides_of, why_not_graded
from dlgrade.results.class_results import ClassChapter, ClassResult, Override
from dlgrade.results.report import CheckReport, number
from dlgrade.text import Lang, Text, both, same


def to_gradescope(result: ClassResult, chapter: ClassChapter, lang: Lang) -> str:
    """One student's result; its score is the final one, and what being late cost is said above the tests."""
    overrides = overrides_of(result)
    exercises: dict[str, int] = {}
    seen: Counter[str] = Counter()
    tests = []
    for check in result.report.checks if result.report else []:
        exercises.setdefault(check.exercise, len(exercises) + 1)
        seen[check.exercise] += 1
        tests.append(
            {
                "number": f"{exercises[check.exercise]}.{seen[check.exercise]}",
                **_test(check, overrides.get(check.id), lang),
            }
        )
    data = {
        "score": round(result.final, 4),
        "output": "\n".join(shorter(text.of(lang)) for text in _summary(result, chapter)),
        "output_format": "text",  # the default reads HTML
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "tests": tests,
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _test(check: CheckReport, override: Override | None, lang: Lang) -> dict[str, Any]:
    points = earned(check, {check.id: override} if override else {})
    met = points >= check.points if override else check.passed
    test: dict[str, Any] = {
        "name": one_line(f"{check.id}: {check.description.of(lang)}"),
        "status": "passed" if met else "failed",
        "output": "\n".join(_output(check, override, lang)),
        "visibility": "visible",
    }
    if not check.bonus:  # without a score a test is a remark
        test |= {"score": round(points, 4), "max_score": round(check.points, 4)}
    return test


def _output(check: CheckReport, override: Override | None, lang: Lang) -> Iterator[str]:
    """What a student reads who opens the test."""
    yield VERDICTS[check.verdict].of(lang) + (both(" (bonus)", "（附加）").of(lang) if check.bonus else "")
    if override:
        why = both(
            f"Staff gave {number(override.points)} points: {override.why}",
            f"教师给了 {number(override.points)} 分：{override.why}",
        )
        yield shorter(why.of(lang))
    if check.message:
        yield shorter(check.message.of(lang))
    if check.hint:
        yield shorter((both("Diagnosis: ", "诊断：") + check.hint).of(lang))
    if not check.passed:
        for fact in facts(check):
            left_out = f"\n{fact.left_out.of(lang)}" if fact.left_out else ""
            yield f"\n{fact.label.of(lang)}:\n{fact.words}{left_out}"


def _summary(result: ClassResult, chapter: ClassChapter) -> Iterator[Text]:
    yield chapter.title
    if result.shown is not None:
        yield both("Graded: ", "评分的文件：") + same(result.shown)
    reasons = (why_not_graded(result), lateness(result), openness(result))
    yield from (reason for reason in reasons if reason is not None)
    yield from (both("Passed over: ", "未采用：") + text for text in result.passed_over)
