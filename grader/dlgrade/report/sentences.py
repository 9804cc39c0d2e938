"""The sentences that several reports share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from dlgrade.report.causes import fault_of_the_file
from dlgrade.results import ChapterReport, CheckReport, ClassResult, Report, Verdict, number
from dlgrade.submission import MAX_BESIDE, MAX_FILES
from dlgrade.text import Text, both, counted, lang_argument, same

if TYPE_CHECKING:
    from dlgrade.course import Chapter

MOST_NAMES = 5  # of files in a sentence
NEEDS = {  # by `CheckReport.needs`; any other need is the name of a data set
    "gpu": both("needs a GPU", "需要 GPU"),
    "training": both("not trained yet", "尚未训练"),
}

NOT_GRADED_YET = both("It has not been graded yet.", "尚未评分。")
NOTHING_HANDED_IN = both("Nothing was handed in.", "没有提交。")


def why_pending(checks: list[CheckReport]) -> Text:
    """Name the things that the checks needed in order to run, in brackets; an empty text if unknown."""
    needs = {check.needs for check in checks if check.verdict is Verdict.NOT_RUN and check.points}
    reasons = [
        NEEDS.get(need, both(f"needs the data set {need}", f"需要数据集 {need}"))
        for need in sorted(need for need in needs if need)
    ]
    if not reasons:
        return same("")
    english, chinese = "; ".join(reason.en for reason in reasons), "；".join(reason.zh for reason in reasons)
    return both(f" ({english})", f"（{chinese}）")


def score_sentence(result: Report | ChapterReport) -> Text:
    """Return the score, and the points that are pending with the reason."""
    score, points, left = number(result.score), number(result.points), number(result.pending)
    sentence = both(f"Score {score} / {points}", f"得分 {score} / {points}")
    if not result.points:
        return both("These checks earn no points", "这些检查项不计分")
    if not result.pending:
        return sentence
    return sentence + both(f", {left} pending", f"，{left} 分待定") + why_pending(result.checks)


def price_sentences(report: ChapterReport, *, decided: Collection[str] = ()) -> dict[str, Text]:
    """Return the cost, in a sentence, for each exercise in which one mistake explains every failure.

    An exercise with a check in `decided` has the points that staff gave, and no sentence.
    """
    sentences = {}
    for price in report.prices:
        checks = [check for check in report.checks if check.exercise == price.exercise]
        explained = sum(check.diagnosis == price.diagnosis and not check.bonus for check in checks)
        if any(check.id in decided for check in checks) or (explained == 1 and price.lost == price.raw_lost):
            continue
        name, lost, raw_lost = price.exercise, number(price.lost), number(price.raw_lost)
        points = number(sum(check.points for check in checks))
        checks_en = counted(explained, "check")
        sentence = both(
            f"{name}: one mistake explains {checks_en} and costs {lost} of {points} points",
            f"{name}：{explained} 项未通过都源于同一个错误，扣 {lost} 分（满分 {points} 分）",
        )
        instead = both(f", not {raw_lost}.", f"，而不是逐项累计的 {raw_lost} 分。")
        sentences[name] = sentence + (instead if price.lost < price.raw_lost else both(".", "。"))
    return sentences


def waiting_sentences(report: ChapterReport) -> Iterator[Text]:
    """Yield a sentence for each check that others wait for, with the names of those others."""
    waiting: dict[str, list[str]] = {}
    for check in report.checks:
        if check.waits_for:
            waiting.setdefault(check.waits_for, []).append(check.id.partition(".")[2])
    for needed, names in waiting.items():
        yield both(
            f"Not run until {needed} passes: {', '.join(names)}.",
            f"须先通过 {needed}，因此尚未运行：{'、'.join(names)}。",
        )


def left_out_sentence(report: ChapterReport) -> Text | None:
    """Name the files that were left out beside the submission; None if there are none."""
    if not report.left_out:
        return None
    names = ", ".join(report.left_out[:MOST_NAMES])
    more = len(report.left_out) - MOST_NAMES
    and_more = both(f" and {more} more", f"，另有 {more} 个文件") if more > 0 else same("")
    return both(
        f"Left out: {names}{and_more.en}. A link does not come along; {MAX_FILES} files of together "
        f"{MAX_BESIDE // 10**6} MB do.",
        f"未一并送评：{names}{and_more.zh}。随提交一并送评的文件最多 {MAX_FILES} 个，合计不超过 "
        f"{MAX_BESIDE // 10**6} MB，不含链接。",
    )


def next_step(report: Report, chapters: list[Chapter]) -> Text:
    """Return the one thing to do next. `chapters` are those of the report, in the same order.

    A file that cannot be read comes first, then failures, then unwritten exercises.
    """
    for chapter, result in zip(chapters, report.chapters, strict=True):
        if (fault := fault_of_the_file(result.checks)) is not None:
            return _fix_line(chapter, fault)
    pairs = zip(chapters, report.chapters, strict=True)
    wrong = [(chapter, check) for chapter, result in pairs for check in result.checks if check.failed]
    if not wrong:
        return _all_pass(report)
    urgent = [pair for pair in wrong if pair[1].verdict not in (Verdict.NOT_IMPLEMENTED, Verdict.BLOCKED)]
    decided = [pair for pair in urgent if pair[1].verdict is not Verdict.NOT_RUN]
    if not decided and urgent == wrong:
        waiting = wrong[0][1].message or both("", "")
        return both("All checks that ran pass. Pending: ", "已运行的检查项全部通过。待定：") + waiting
    # An exercise whose training alone lacks code is written; the code of another exercise is missing.
    begun = {check.exercise for result in report.chapters for check in result.checks if check.passed and check.points}
    unwritten = [pair for pair in wrong if pair[1].exercise not in begun]
    chapter, check = (decided or unwritten or wrong)[0]
    if check.verdict is Verdict.GRADER_ERROR:
        return both("Next: report the grader's error to the course staff.", "下一步：请把评分器的错误报告给课程人员。")
    if check.verdict is Verdict.NOT_IMPLEMENTED:
        command = f"`dlgrade check {chapter.id} -k {check.exercise}{lang_argument()}`"
        return both(
            f"Next: write {check.exercise}, then run {command}.", f"下一步：编写 {check.exercise}，然后运行 {command}。"
        )
    command = f"`dlgrade check {chapter.id} -k {check.id}{lang_argument()}`"
    return both(f"Next: fix {check.id}, then run {command}.", f"下一步：修正 {check.id}，然后运行 {command}。")


def _fix_line(chapter: Chapter, fault: CheckReport) -> Text:
    """Return the step after a file that cannot be parsed or imported."""
    command = f"`dlgrade check {chapter.id}{lang_argument()}`"
    if not fault.detail.frames:
        return both(
            f"Next: look for the statement outside all functions that does this, then run {command}.",
            f"下一步：检查函数之外的语句，找到原因，然后运行 {command}。",
        )
    last = fault.detail.frames[-1]
    return both(
        f"Next: fix line {last.line} of {last.file}, then run {command}.",
        f"下一步：修正 {last.file} 的第 {last.line} 行，然后运行 {command}。",
    )


def _all_pass(report: Report) -> Text:
    """Return the sentence after the last failure. Bonus checks may be open."""
    if all(check.passed for check in report.checks):
        return both("All checks pass.", "全部通过。")
    if report.points:
        return both(
            "All checks that count pass. The remarks cost no points.", "计分的检查项全部通过。附加检查不影响得分。"
        )
    return both("The remarks above cost no points.", "上面的附加检查不影响得分。")


def why_not_graded(result: ClassResult) -> Text | None:
    """Return why there is no report; None if the result has a report."""
    if result.report is not None:
        return None
    if result.problem is not None:
        return result.problem
    return NOTHING_HANDED_IN if result.shown is None else NOT_GRADED_YET


def lateness_sentence(result: ClassResult) -> Text | None:
    """Return the late penalty as a sentence; None if the submission was in time."""
    days, score, final = result.days_late, number(result.score), number(result.final)
    if days is None:
        return both(
            "The time of the submission is not known, so no late rule was applied.",
            "提交时间不详，未按迟交规则扣分。",
        )
    if not days:
        return None
    late = both(f"{counted(days, 'day')} late", f"迟交 {days} 天")
    if result.final >= result.score:
        return late + both(": it cost nothing.", "：未扣分。")
    lost = number(result.score - result.final)
    return late + both(f": {score} − {lost} = {final}.", f"：{score} − {lost} = {final}。")


def pending_sentence(result: ClassResult) -> Text | None:
    """Return the number of pending points as a sentence; None if there are none."""
    points = result.pending
    if not points:
        return None
    checks = result.report.checks if result.report else []
    messages = [
        check.message for check in checks if check.verdict is Verdict.NOT_RUN and check.points and check.message
    ]
    if messages and all(check.needs == "training" for check in checks if check.verdict is Verdict.NOT_RUN):
        return both(f"{number(points)} of the points are pending. ", f"其中 {number(points)} 分待定。") + messages[0]
    why = why_pending(checks)
    return both(
        f"{number(points)} of the points are pending: their checks could not run here{why.en}.",
        f"其中 {number(points)} 分待定：相应的检查项未能在此运行{why.zh}。",
    )
