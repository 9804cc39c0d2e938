"""Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from dlgrade.legible import one_line, shorter
from dlgrade.report.facts import facts
from dlgrade.report.sentences import (
    lateness_sentence,
    left_out_sentence,
    pending_sentence,
    price_sentences,
    why_not_graded,
)
from dlgrade.results import CheckReport, ClassChapter, ClassResult, Override, number
from dlgrade.text import Lang, Text, both, same


def to_gradescope(result: ClassResult, chapter: ClassChapter, lang: Lang) -> str:
    """Return one student's result for a chapter. The score includes the late penalty, and the output explains it.

    A submission that could not be graded has no score.
    """
    exercises: dict[str, int] = {}
    seen: Counter[str] = Counter()
    tests = []
    for check in result.report.checks if result.report else []:
        exercises.setdefault(check.exercise, len(exercises) + 1)
        seen[check.exercise] += 1
        tests.append(
            {
                "number": f"{exercises[check.exercise]}.{seen[check.exercise]}",
                **_test(result, check, lang),
            }
        )
    data = {
        **({} if result.report is None else {"score": round(result.final, 4)}),
        "output": "\n".join(shorter(text.of(lang)) for text in _summary(result, chapter)),
        "output_format": "text",  # the default format interprets HTML, and a student controls parts of it
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "tests": tests,
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def _test(result: ClassResult, check: CheckReport, lang: Lang) -> dict[str, Any]:
    points, override = result.earned(check), result.override(check)
    met = points >= check.points if override else check.passed
    test: dict[str, Any] = {
        "name": one_line(f"{check.id}: {check.description.of(lang)}"),
        "status": "passed" if met else "failed",
        "output": "\n".join(_output(check, override, lang)),
        "visibility": "visible",
    }
    if not check.bonus:  # a test without a score is a remark
        test |= {"score": round(points, 4), "max_score": round(check.points, 4)}
    return test


def _output(check: CheckReport, override: Override | None, lang: Lang) -> Iterator[str]:
    """Yield the paragraphs that a student sees below the name of a check."""
    yield check.verdict.long.of(lang) + (both(" (bonus)", "（附加）").of(lang) if check.bonus else "")
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
    if result.report is not None:
        yield from price_sentences(result.report, decided={override.check for override in result.overrides}).values()
    left_out = left_out_sentence(result.report) if result.report else None
    sentences = (why_not_graded(result), lateness_sentence(result), pending_sentence(result), left_out)
    yield from (sentence for sentence in sentences if sentence is not None)
    yield from (both("Passed over: ", "未采用：") + text for text in result.passed_over)
