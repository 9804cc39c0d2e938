"""What the reports call things, and the sentences that more than one of them says."""

from __future__ import annotations

from dlgrade.results.class_results import ClassResult, Override
from dlgrade.results.report import ChapterReport, CheckReport, Report, Verdict, number
from dlgrade.text import Text, both, same

VERDICTS = {
    Verdict.PASSED: both("Passed", "通过"),
    Verdict.FAILED: both("Failed", "未通过"),
    Verdict.NOT_IMPLEMENTED: both("Not written", "未实现"),
    Verdict.RAISED: both("Raised an error", "报错"),
    Verdict.TIMED_OUT: both("Timed out", "超时"),
    Verdict.OUT_OF_MEMORY: both("Out of memory", "内存超限"),
    Verdict.CRASHED: both("Crashed", "崩溃"),
    Verdict.NOT_RUN: both("Not run", "未运行"),
    Verdict.GRADER_ERROR: both("Grader's fault", "评分器故障"),
}
PENDING = {Verdict.NOT_RUN, Verdict.GRADER_ERROR}  # nothing was decided: the points are neither given nor lost
NEEDS = {"gpu": both("needs a GPU", "需要 GPU"), "training": both("not trained yet", "尚未训练")}

NOT_YET = both("It has not been graded yet.", "尚未评分。")
NOTHING = both("Nothing was handed in.", "没有提交。")


def overrides_of(result: ClassResult) -> dict[str, Override]:
    """What staff decided, by check."""
    return {override.check: override for override in result.overrides}


def earned(check: CheckReport, overrides: dict[str, Override]) -> float:
    """A check's points, those that staff gave before its own."""
    return overrides[check.id].points if check.id in overrides else check.earned


def pending(result: ClassResult) -> float:
    """The points that are still open, because a check did not run and nobody decided in its place."""
    checks = result.report.checks if result.report else []
    decided = overrides_of(result)
    return sum(check.points for check in checks if check.verdict in PENDING and check.id not in decided)


def why_pending(checks: list[CheckReport]) -> Text:
    """What the checks that were not run need, in brackets; nothing where that is not known."""
    needs = {check.needs for check in checks if check.verdict is Verdict.NOT_RUN and check.points}
    words = [
        NEEDS.get(need, both(f"needs the data set {need}", f"需要数据集 {need}"))
        for need in sorted(need for need in needs if need)
    ]
    if not words:
        return same("")
    return both(f" ({'; '.join(one.en for one in words)})", f"（{'；'.join(one.zh for one in words)}）")


def score_of(result: Report | ChapterReport) -> Text:
    """The points earned, and those that are still open and why."""
    score, points, left = number(result.score), number(result.points), number(result.pending)
    words = both(f"Score {score} / {points}", f"得分 {score} / {points}")
    return (
        words + both(f", {left} pending", f"，{left} 分待定") + why_pending(result.checks) if result.pending else words
    )


def why_not_graded(result: ClassResult) -> Text | None:
    """Why there is no report; None where there is one."""
    if result.report is not None:
        return None
    if result.problem is not None:
        return result.problem
    return NOTHING if result.shown is None else NOT_YET


def lateness(result: ClassResult) -> Text | None:
    """What being late cost, as a sentence."""
    days, score, final = result.days_late, number(result.score), number(result.final)
    if not days:
        return None
    late = both(f"{days} {'day' if days == 1 else 'days'} late", f"迟交 {days} 天")
    if result.final >= result.score:
        return late + both(": it cost nothing.", "：未扣分。")
    lost = number(result.score - result.final)
    return late + both(f": {score} − {lost} = {final}.", f"：{score} − {lost} = {final}。")


def openness(result: ClassResult) -> Text | None:
    """How many points are still open, as a sentence."""
    points = pending(result)
    if not points:
        return None
    why = why_pending(result.report.checks if result.report else [])
    return both(
        f"{number(points)} of the points are pending: their checks could not run here{why.en}.",
        f"其中 {number(points)} 分待定：相应的检查项未能在此运行{why.zh}。",
    )
