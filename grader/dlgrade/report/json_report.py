"""A submission's report as the JSON document that docs/report.md describes."""

from __future__ import annotations

from typing import Any

import msgspec

from dlgrade.legible import visible_json
from dlgrade.results import CheckReport, Detail, Report
from dlgrade.text import Lang


def report_data(report: Report, lang: Lang) -> dict[str, Any]:
    """Return the report as a JSON object, its texts in one language."""
    return {
        "format_version": report.format_version,
        "submission": report.submission,
        "seed": report.seed,
        "sandbox": {"missing": report.missing},
        "score": report.score,
        "raw_score": report.raw_score,
        "points": report.points,
        "pending": report.pending,
        "chapters": [
            {
                "id": chapter.id,
                "score": chapter.score,
                "raw_score": chapter.raw_score,
                "points": chapter.points,
                "pending": chapter.pending,
                "suspicious": msgspec.to_builtins(chapter.suspicious),
                "left_out": chapter.left_out,
                "prices": msgspec.to_builtins(chapter.prices),
                "checks": [_check_data(check, lang) for check in chapter.checks],
            }
            for chapter in report.chapters
        ],
    }


def _check_data(check: CheckReport, lang: Lang) -> dict[str, Any]:
    return {
        "id": check.id,
        "exercise": check.exercise,
        "verdict": check.verdict.value,
        "points": check.points,
        "earned": check.earned,
        "bonus": check.bonus,
        "description": check.description.of(lang),
        "message": check.message.of(lang) if check.message else None,
        "diagnosis": check.diagnosis,
        "also": check.also,
        "relation": check.relation,
        "hint": check.hint.of(lang) if check.hint else None,
        "seconds": round(check.seconds, 4),
        "detail": _detail_data(check.detail),
        "measured": msgspec.to_builtins(check.measured),
        "needs": check.needs,
        "waits_for": check.waits_for,
    }


def _detail_data(detail: Detail) -> dict[str, Any]:
    """Return the details of a check. The keys are always the same, except those that only `--show` adds."""
    data: dict[str, Any] = msgspec.to_builtins(detail)
    return {key: value for key, value in data.items() if value is not None or key not in ("picture", "boxes")}


def report_json(report: Report, lang: Lang) -> str:
    """Return the report as a JSON document, with characters that nobody can see as escapes."""
    content = msgspec.json.format(msgspec.json.encode(report_data(report, lang)), indent=2)
    return visible_json(content.decode())
