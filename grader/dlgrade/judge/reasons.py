"""Reasons why a check is not met: a verdict with a message, made from a worker's reply, its end, or a difference."""

from __future__ import annotations

from typing import Any, Literal
from unicodedata import east_asian_width

import msgspec

from dlgrade.judge.compare import Comparison, Difference, Path, describe, show_both, where
from dlgrade.judge.explanations import explain
from dlgrade.judge.forbidden import Use
from dlgrade.judge.photo import Over
from dlgrade.judge.raised import Raised
from dlgrade.results import Detail, Frame, Verdict
from dlgrade.submission import Submission
from dlgrade.text import Text, both, same
from dlgrade.worker.forbidden.neighbours import HELPERS
from dlgrade.worker.limits import MAX_NODES, MAX_SOURCE, MB, Limits
from dlgrade.worker.protocol import Failure, Name, Place, Reply, Size
from dlgrade.workers.handle import WorkerLost

# Before an exception that no line of the submission raised. The calls of the probe may tell more.
MISFIT = both(
    "Its definition, arguments or return value do not fit the exercise. ", "定义、参数或返回值与题目要求不符。"
)
ENDINGS = ("BdbQuit", "SystemExit")  # no value was used in a wrong way, even if no line of the submission was running


# The comparison, both values, and the images behind boxes.
Compared = tuple[Comparison, Any, Any, Over | None]
About = Literal["result", "value", "other"]


class Unmet(Exception):
    """The submission does not meet a check.

    `verdict` and `text` tell how and why, `detail` helps to understand it. `needs` names what a check that could not
    run was missing. `waits_for` is the id of the check that has to pass first. Where values differ, there are the
    `difference`, the submission's value that was compared, and all that a picture needs. `raised` is the submission's
    exception, where an exception is the reason; `in_backward` tells whether a backward pass raised it. `about` is the
    subject of the text: the result of a call, another value, or no value.
    """

    def __init__(
        self,
        verdict: Verdict,
        text: Text,
        detail: Detail | None = None,
        *,
        needs: str | None = None,
        waits_for: str | None = None,
    ) -> None:
        super().__init__(f"{verdict.value}: {text.en}")
        self.verdict = verdict
        self.text = text
        self.detail = detail or Detail()
        self.needs = needs
        self.waits_for = waits_for
        self.difference: Difference | None = None
        self.compared_value: Any = None
        self.compared: Compared | None = None
        self.raised: Raised | None = None
        self.in_backward = False
        self.about: About = "value"


def from_waiting(needed: str) -> Unmet:
    """Return the reason for a check that waits for another, which has not passed."""
    name = needed.partition(".")[2]
    return Unmet(Verdict.BLOCKED, both(f"Waits for {name}.", f"须先通过 {name}。"), waits_for=needed)


def from_loss(lost: WorkerLost, limits: Limits) -> Unmet:
    """Return the reason for a worker that is gone without an answer."""
    if lost.kind == "time":
        text = both(f"No answer within {lost.detail} s; stopped.", f"{lost.detail} 秒内没有结果，已终止。")
        return Unmet(Verdict.TIMED_OUT, text)
    if lost.kind == "memory":
        return Unmet(Verdict.OUT_OF_MEMORY, _out_of_memory(limits))
    if lost.kind == "flood":
        return Unmet(Verdict.FAILED, too_large(0, limits))
    if lost.kind == "nonsense":
        text = both("The process sent something that is not an answer.", "进程发回的内容不是有效的结果。")
        return Unmet(Verdict.CRASHED, text)
    text = both(
        f"The process ended ({lost.detail}) before it gave an answer. Does the code call os._exit? Return a value.",
        f"进程在给出结果之前就退出了（{lost.detail}）。代码是否调用了 os._exit？请改为返回结果。",
    )
    return Unmet(Verdict.CRASHED, text)


def _out_of_memory(limits: Limits) -> Text:
    size = limits.memory // MB
    return both(f"It needs more than the {size} MB of memory allowed.", f"所需内存超过了允许的 {size} MB。")


def _out_of_gpu_memory(limits: Limits) -> Text:
    size = limits.gpu_memory // MB
    return both(
        f"It needs more than the {size} MB of GPU memory that are free or allowed.",
        f"所需显存超过了可用或允许的 {size} MB。",
    )


def _gpu_error(failure: Failure) -> Text:
    """Report an error after which the process can no longer use the GPU."""
    first = failure.message.partition("\n")[0]
    return both(
        f"The GPU broke off: {first}. Is an index or a class label out of range?",
        f"GPU 计算中止：{first}。是否有下标或类别标签越界？",
    )


def too_large(size: int, limits: Limits) -> Text:
    most = limits.answer // MB
    if size > limits.answer:
        actual = f"{size / MB:,.0f} MB"
        return both(
            f"The result is too large: {actual}; at most {most} MB are read.",
            f"返回值过大：{actual}；最多读取 {most} MB。",
        )
    return both(
        f"The result is too large: it has more than {most} MB, or more than {MAX_NODES:,} numbers, strings and lists.",
        f"返回值过大：超过 {most} MB，或者包含的数、字符串和列表超过 {MAX_NODES:,} 个。",
    )


def from_reply(reply: Reply, submission: Submission, limits: Limits) -> Unmet | None:
    """Return the reason for an answer that is not a value; None for a value.

    Raises:
        msgspec.ValidationError: no honest worker sends this.
    """
    if reply.forbidden:
        return from_use(Use.of(*reply.forbidden[0]), submission)
    if reply.status == "raised":
        if reply.error is None:
            raise msgspec.ValidationError("an error without one")
        unmet = _from_failure(reply.error, submission, limits)
        if unmet.verdict is Verdict.RAISED:
            frames = unmet.detail.frames
            unmet.raised = Raised(reply.error.type, reply.error.message, frames[-1].source if frames else "")
            unmet.in_backward = reply.error.in_backward
        return unmet
    if reply.status == "missing":
        return _missing(reply.value, submission)
    if reply.status == "unsendable":
        return _unsendable(reply.value, limits)
    return None


def from_use(use: Use, submission: Submission) -> Unmet:
    """Return the reason for an exercise that uses something forbidden, or a module that is not there."""
    if use.kind == "missing":
        return Unmet(Verdict.RAISED, missing_module(use.name.partition(".")[0]) + _place_of(use, submission))
    return Unmet(Verdict.FAILED, forbidden(use, submission))


def _place_of(use: Use, submission: Submission) -> Text:
    """Return where a use is, in brackets."""
    if use.line is None:
        return same("")
    if use.file == HELPERS:
        return both(" (in a helper of d2l)", "（在 d2l 的辅助代码中）")
    own = use.file in (None, submission.main)
    return _where(*submission.place(use.line), submission) if own else _in_file(str(use.file), use.line)


def forbidden(use: Use, submission: Submission) -> Text:
    """Tell a student that the exercise uses something forbidden."""
    where = _place_of(use, submission)
    at, at_zh, name = where.en, where.zh, use.name
    if name == "builtins.breakpoint" or name.partition(".")[0] in ("pdb", "bdb"):
        return both(
            f"Calls the debugger{at}, and nobody can type here. Delete breakpoint() or pdb.set_trace().",
            f"调用了调试器{at_zh}，但评分时无法输入命令。请删去 breakpoint() 或 pdb.set_trace()。",
        )
    if use.kind == "escape":
        return both(
            f"Uses {name}{at}, which can reach forbidden functions. This exercise is to be written from scratch, so "
            "it earns no points. Write it with ordinary tensor operations.",
            f"使用了 {name}{at_zh}，借此可以调用禁用的函数。本练习要求从零实现，因此不计分。请只用普通的张量运算完成。",
        )
    if use.kind == "operator":
        return both(
            f"Ran the forbidden operator {name}. This exercise is to be written from scratch, so it earns no points.",
            f"运行了禁用的算子 {name}。本练习要求从零实现，因此不计分。",
        )
    return both(
        f"Calls {name}{at}. This exercise is to be written from scratch, so it earns no points.",
        f"调用了 {name}{at_zh}。本练习要求从零实现，因此不计分。",
    )


def _in_file(file: str, line: int) -> Text:
    return both(f" ({file}, line {line})", f"（{file} 第 {line} 行）")


def _where(file: str, line: int, submission: Submission) -> Text:
    """Return ` (line 3)`, with the cell if the submission is a notebook."""
    cell = f"{file}, " if submission.cells else ""
    return both(f" ({cell}line {line})", f"（{cell.replace(', ', ' ')}第 {line} 行）")


def _missing(value: Any, submission: Submission) -> Unmet:
    name, near, skipped = msgspec.convert(value, tuple[Name, Name | None, Place | None])
    guess = both(f" Is {near} meant to be it?", f"{near} 是否就是它？") if near else same("")
    if submission.live:
        text = both(f"No cell that was run defines {name}.", f"已运行的单元中没有定义 {name}。")
    else:
        text = both(f"{submission.main} does not define {name}.", f"{submission.main} 中没有定义 {name}。")
    return Unmet(Verdict.NOT_IMPLEMENTED, text + (guess if skipped is None else _skipped(skipped, submission)))


def _unsendable(value: Any, limits: Limits) -> Unmet:
    reason, size = msgspec.convert(value, tuple[Literal["too_large", "too_deep", "circular", "long_number"], Size])
    if reason == "long_number":
        text = both("The result holds a whole number of more than 3,000 digits.", "返回值中有一个超过 3000 位的整数。")
    elif reason == "circular":
        text = both("The result contains itself, so it cannot be read.", "返回值包含自身，无法读取。")
    elif reason == "too_deep":
        text = both("The result is nested too deeply to be read.", "返回值嵌套过深，无法读取。")
    else:
        text = too_large(size, limits)
    return Unmet(Verdict.FAILED, text)


def _from_failure(failure: Failure, submission: Submission, limits: Limits) -> Unmet:
    detail = Detail(frames=_frames(failure, submission))
    if failure.not_implemented:
        return Unmet(Verdict.NOT_IMPLEMENTED, _unwritten(detail, submission), detail)
    if failure.out_of_memory and failure.message.startswith("CUDA"):
        return Unmet(Verdict.OUT_OF_MEMORY, _out_of_gpu_memory(limits), detail)
    if failure.gpu_error:
        return Unmet(Verdict.CRASHED, _gpu_error(failure), detail)
    if failure.out_of_memory or "can't allocate memory" in failure.message:
        return Unmet(Verdict.OUT_OF_MEMORY, _out_of_memory(limits), detail)
    if failure.endless:
        text = both(
            "The file does not finish: it was stopped while this line ran.",
            "文件一直没有运行完，执行到下面这一行时被终止。",
        )
        return Unmet(Verdict.TIMED_OUT, text, detail)
    if failure.syntax:
        return _syntax_error(failure, submission)
    if failure.unavailable and failure.unavailable[0] != "star":
        return Unmet(Verdict.RAISED, _unavailable(*failure.unavailable), detail)
    words = f"{failure.type}: {failure.message}" if failure.message else failure.type
    if failure.frames or failure.type in ENDINGS:
        return Unmet(Verdict.RAISED, same(words) + _advice(failure, submission), detail)
    # no line of the submission was running: it was called, or its result used, in a way that it does not allow
    asked = both(" Is a return statement missing?", "是否漏写了 return？") if "NoneType" in words else same("")
    return Unmet(
        Verdict.RAISED, MISFIT + same(words) + (asked if asked.en else _explained(failure, submission)), detail
    )


def missing_module(name: str) -> Text:
    """Tell a student that a module is not there, and how to do without it."""
    return both(
        f"{name} is not installed where this is graded. Delete the import if nothing needs it; otherwise write this "
        f"part without {name}. If {name} is a file of yours, hand it in, too.",
        f"评分环境没有安装 {name}。若用不到它，请删除该导入；否则请不用 {name} 编写这一部分。"
        f"若 {name} 是你自己的文件，请一并提交。",
    )


def _unavailable(kind: str, name: str) -> Text:
    """Tell a student why a name has no object: a missing module, or a name that our module d2l leaves out."""
    if kind == "module":
        return missing_module(name)
    if kind == "exercise":
        return both(
            f"d2l.{name} is an exercise of this chapter. Use your own {name}.",
            f"d2l.{name} 是本章的练习，请使用你自己编写的 {name}。",
        )
    return both(
        f"d2l.{name} is not available while grading. Put the code that you need into your own file.",
        f"评分时不提供 d2l.{name}。请把所需的代码写在自己的文件中。",
    )


def _advice(failure: Failure, submission: Submission) -> Text:
    """Explain an exception whose cause lies outside the line that raised it."""
    if failure.unavailable and failure.unavailable[0] == "star":
        name = failure.unavailable[1]
        return both(
            f" (There is no module {name} here, so `from {name} import *` gave no names.)",
            f"（这里没有模块 {name}，因此 `from {name} import *` 没有导入任何名称。）",
        )
    if failure.type == "ModuleNotFoundError":
        return both(
            " (Write this part without the module. If it is a file of yours, hand it in, too.)",
            "（请不用该模块编写这一部分。若它是你自己的文件，请一并提交。）",
        )
    if failure.type == "FileNotFoundError":
        return both(
            " (Data files come along if they are beside the submission and their names are in its code.)",
            "（数据文件须与提交的文件放在一起，且代码中写明其文件名，才会一并送评。）",
        )
    return _explained(failure, submission) if failure.skipped is None else _skipped(failure.skipped, submission)


def _explained(failure: Failure, submission: Submission, line: str = "") -> Text:
    """Return the explanation of a common exception, on a line of its own."""
    frames = _frames(failure, submission)
    own = not failure.frames or failure.frames[-1][0] == submission.main
    line = line or (frames[-1].source if frames else "")
    text = explain(failure.type, failure.message, line, submission.source if own else "")
    return same("") if text is None else same("\n") + text


def _skipped(line: int, submission: Submission) -> Text:
    """Explain that a name is missing because the statement that defines it has not run."""
    file, line = submission.place(line)
    at = both(f"{file}, line {line}", f"{file} 第 {line} 行")
    return both(
        f" ({at.en} defines it, but did not run: training, `if __name__ == '__main__'` and code that no exercise needs "
        "are left out. Define it in a statement of its own.)",
        f"（{at.zh}定义了它，但评分时没有运行：训练、`if __name__ == '__main__'` 以及练习用不到的代码都会跳过。"
        "请用单独的语句定义它。）",
    )


def _unwritten(detail: Detail, submission: Submission) -> Text:
    if not detail.frames:
        return both("Not written yet.", "尚未编写。")
    last = detail.frames[-1]
    where = _where(last.file, last.line, submission)
    return both(f"Not written yet: {last.function}{where.en}.", f"尚未编写：{last.function}{where.zh}。")


def _frames(failure: Failure, submission: Submission) -> tuple[Frame, ...]:
    lines = submission.lines
    frames = []
    for file, line, function, times in failure.frames:
        source = lines[line - 1].strip()[:MAX_SOURCE] if file == submission.main and 0 < line <= len(lines) else ""
        shown, place = submission.place(line) if file == submission.main else (file, line)
        frames.append(Frame(shown, place, function, source, times))
    return tuple(frames)


def _syntax_error(failure: Failure, submission: Submission) -> Unmet:
    assert failure.syntax is not None
    file, line, column, source = failure.syntax
    if file == submission.main:
        # Python gives no source for a `return` outside of functions.
        source = source or "".join(submission.lines[line - 1 : line])[:MAX_SOURCE]
        file, line = submission.place(line)
    text = both(f"Syntax error: {failure.message}", f"语法错误：{failure.message}")
    text += _explained(failure, submission, source.strip())
    return Unmet(Verdict.RAISED, text, Detail(frames=(Frame(file, line, "", _marked(source, column)),)))


def _marked(source: str, column: int) -> str:
    """Return a line of source without its indent, with a mark below the column if the line reaches it.

    Below a character of double width is a blank of double width.
    """
    source = source.rstrip("\n")
    shown = source.strip()
    place = max(0, column - 1 - (len(source) - len(source.lstrip())))
    blanks = "".join("\u3000" if east_asian_width(each) in "WF" else " " for each in shown[:place])
    return f"{shown}\n{blanks}^" if column and place <= len(shown) else shown


def from_difference(difference: Difference, value: Any, compared: Compared | None = None) -> Unmet:
    """Return the reason for a value that differs from the expected value. `compared` leads to a picture."""
    got, expected = describe(difference.actual), describe(difference.expected)
    if got == expected and isinstance(difference.expected, float):
        got, expected = show_both(difference.actual, difference.expected)
    unmet = Unmet(Verdict.FAILED, difference.text, Detail(got=got, expected=expected))
    unmet.difference, unmet.compared_value, unmet.compared = difference, value, compared
    return unmet


def changed_argument(function: str, name: str, path: Path, difference: Difference, *, later: bool = False) -> Text:
    """Return the text for an argument that is not as it was; `path` leads from the argument to the part.

    `later` tells that the check changes the result after the call: the argument may share memory with the result.
    """
    text = both(f"{function} changes its argument {name}", f"{function} 修改了参数 {name}")
    now = both("after it", "调用后变成")
    question = both("", "")
    if later:
        text = both(
            f"The argument {name} is not as it was before {function}", f"参数 {name} 与调用 {function} 之前不同"
        )
        now = both("after it, and after a change of the result by the check", "调用后、检查修改返回值之后变成")
        question = both(
            " Does the call change it, or does the result share its memory?",
            "是调用修改了它，还是返回值与它共用内存？",
        )
    if difference.aspect != "value":
        return text + both(".", "。") + question
    after, before = difference.actual, difference.expected
    if difference.index or hasattr(before, "item"):
        after, before = after[difference.index].item(), before[difference.index].item()
    place, (after, before) = where(path, difference.index, name).en, show_both(after, before)
    told = both(
        f": {place} was {before} before the call and is {after} {now.en}.",
        f"：调用前 {place} 是 {before}，{now.zh} {after}。",
    )
    return text + told + question


def from_suite_error(value: Any, expected: Any) -> Unmet:
    """Return the reason for a value on which the suite's code raises, although it does not on the reference's."""
    got = describe(value)
    text = both(
        f"The result is {got}, which the check cannot work with: its form or range is not that of a right answer.",
        f"返回值是 {got}，检查无法使用它：其形式或取值范围与正确答案不符。",
    )
    return Unmet(Verdict.FAILED, text, Detail(got=got, expected=None if expected is None else describe(expected)))
