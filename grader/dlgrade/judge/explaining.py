"""Puts a failure in the student's terms: the call that went wrong, and the place in that call's result or argument.

The calls are the reference's. The submission only tells which call raised, and the kinds of its results; a number or
kind that does not fit is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from dlgrade.judge.compare import Difference, Path, describe, join_zh, where
from dlgrade.judge.reasons import MISFIT, Unmet, changed_argument
from dlgrade.judge.trace import UNIQUE, Origin, Shown, Trace, parts
from dlgrade.text import Text, both, same
from dlgrade.worker.protocol import Kind, Traced
from dlgrade.worker.recorder import kind_of

MOST_CALLS = 3  # shown where it cannot be told which of them went wrong
NUMBERS = {1: "one value", 2: "two values", 3: "three values", 4: "four values"}
IN_BACKWARD = both("The check calls backward() on the result. It raises ", "检查对返回值调用 backward()，报错：")
IN_A_CALL = both("The call raises ", "此调用报错：")
MISFITTING_CALL = both("The call does not fit the definition. ", "调用方式与定义不符。")
AFTER_A_CALL = both("The check uses the result. It raises ", "检查使用返回值时报错：")
DATA: tuple[Kind, ...] = ("number", "tensor", "array")
KINDS = {
    "none": both("None", "None"), "number": both("a number", "一个数"), "text": both("a str", "一个 str"),
    "tensor": both("one tensor", "一个张量"), "array": both("a numpy array", "一个 numpy 数组"),
    "dict": both("a dict", "一个 dict"), "module": both("a module", "一个模块"),
    "other": both("another object", "其他对象"),
}  # fmt: skip

Ask = Callable[[], Traced | None]


def explain(unmet: Unmet, trace: Trace, ask: Ask, value: Any, facts: Sequence[str | None]) -> None:
    """Reword a reason, and note the call to show.

    Args:
        unmet: the reason; its `text`, `detail` and `about` change.
        trace: the calls of the last probe, made of the reference.
        ask: returns the calls that the submission makes, or None.
        value: the submission's value of the last probe, or None.
        facts: the names of the entries of that value.
    """
    if unmet.difference is not None:
        call = _explain_difference(unmet, trace, ask, value, facts)
    elif unmet.raised is not None:
        call = _explain_exception(unmet, trace, ask())
    else:
        call = _calls(trace)
    unmet.detail = msgspec.structs.replace(unmet.detail, call=call)


def _calls(trace: Trace) -> str | None:
    """Return the calls if they are few; a longer list says nothing."""
    shown = trace.shown
    return "\n".join(call.words for call in shown) if 0 < len(shown) <= MOST_CALLS else None


# A value that differs.


def _explain_difference(unmet: Unmet, trace: Trace, ask: Ask, value: Any, facts: Sequence[str | None]) -> str | None:
    difference = unmet.difference
    assert difference is not None
    start = _path_to(unmet.compared_value, value)
    path = None if start is None else start + difference.path
    origin = None if path is None else trace.origin(path)
    if (silent := _silent(trace, ask, difference)) is not None:
        unmet.text = _must_raise(silent, difference, None) or unmet.text
        return silent.words
    if path is None or origin is None:
        unmet.text = difference.about(_computed(_fact(facts, path), difference.path, difference.index))
        return _calls(trace)
    call = trace.calls[origin.call]
    results = _results(trace, ask) if _is_exception(difference.actual) else None
    kind = results[origin.call][0] if results else None
    raising = _must_raise(call, difference, kind) or _must_not_raise(call, difference, kind)
    if sentence := raising or _wrong_kind(trace, origin, ask, difference.actual):
        unmet.text, unmet.about = sentence, "other"
        unmet.detail = msgspec.structs.replace(unmet.detail, got=None, expected=None)
    elif origin.argument and origin.unchanged:
        later = origin.call in trace.altered
        unmet.text = changed_argument(call.name, origin.argument, origin.path, difference, later=later)
    elif origin.argument == "":
        place = where(origin.path[1:], difference.index, str(origin.path[0]))
        unmet.text = difference.about(both("After the call, the attribute ", "调用之后，属性 ") + place)
    elif origin.argument is not None:
        place = where(origin.path, difference.index, origin.argument)
        unmet.text = difference.about(both("After the call, the argument ", "调用之后，参数 ") + place)
    elif origin.whole:
        unmet.text, unmet.about = difference.about(where(origin.path, difference.index)), "result"
    else:
        unmet.text = difference.about(_computed(_fact(facts, path), origin.path, difference.index))
    return call.words


def _path_to(part: Any, value: Any) -> Path | None:
    """Return the path to a part that the suite compared, from the value that the submission gave."""
    if part is value:
        return ()
    if kind_of(part)[0] not in UNIQUE:
        return None
    return next((path for path, other in parts(value) if other is part), None)


def _fact(facts: Sequence[str | None], path: Path | None) -> str | None:
    """Return the name of an entry of the probe's value, or None."""
    known = path is not None and len(path) == 1 and isinstance(path[0], int) and path[0] < len(facts)
    return facts[path[0]] if path and known else None


def _computed(fact: str | None, rest: Path, index: tuple[int, ...]) -> Text:
    """Name a value that the probe computed: by its expression, or by the key under which the probe returns it."""
    if fact is not None:
        return where((), index, f"`{fact}`")
    for place, key in enumerate(rest):
        if isinstance(key, str):
            return where(rest[place + 1 :], index, f"`{key}`")
    return both("A value computed from the result", "由返回值算出的值")


def _silent(trace: Trace, ask: Ask, difference: Difference) -> Shown | None:
    """Return the first of several calls that has to raise, and that returned a value in the submission."""
    if difference.actual is not False or difference.expected is not True or len(trace.calls) < 2:
        return None
    results = _results(trace, ask) if any(call.raised for call in trace.calls) else None
    pairs = zip(trace.calls, results or (), strict=False)
    return next((call for call, (kind, _) in pairs if call.raised is not None and kind != "raised"), None)


def _is_exception(value: Any) -> bool:
    """Return whether a probe's value looks like the name of an exception, which it has caught."""
    return isinstance(value, str) and value.endswith(("Error", "Exception"))


def _must_raise(call: Shown, difference: Difference, kind: Kind | None) -> Text | None:
    """Return a sentence about a call that has to raise; None if that is not the difference.

    An exception that the probe has caught may be its own, about a value that the call returned. `kind` is then known.
    """
    wanted, actual = call.raised, difference.actual
    if wanted is None or not (difference.expected is True or difference.expected == wanted):
        return None
    if _is_exception(actual) and kind in (None, "raised"):
        return both(f"The call raises {actual}; expected {wanted}.", f"此调用抛出了 {actual}，应抛出 {wanted}。")
    text = both(f"The call has to raise {wanted}, and does not.", f"此调用应抛出 {wanted}，但没有抛出。")
    if kind == "none":
        return text + both(" It returned None.", "它返回了 None。")
    if isinstance(actual, (bool, str)):
        return text
    return text + both(f" It returned {describe(actual)}.", f"它返回了 {describe(actual)}。")


def _must_not_raise(call: Shown, difference: Difference, kind: Kind | None) -> Text | None:
    """Return a sentence about a call that raises in the submission alone; None if that is not the difference."""
    if kind != "raised" or call.raised is not None or isinstance(difference.expected, str):
        return None
    return both(
        f"The call raises {difference.actual}; it has to return a value.",
        f"此调用抛出了 {difference.actual}，而它应返回一个值。",
    )


# The kinds of results.


def _results(trace: Trace, ask: Ask) -> list[tuple[Kind, int]] | None:
    """Return the kind and length of each result of the submission; None if it makes other calls than the reference."""
    traced = ask()
    if traced is None or traced.broken or len(traced.results) != len(trace.calls):
        return None
    return traced.results


def _wrong_kind(trace: Trace, origin: Origin, ask: Ask, actual: Any) -> Text | None:
    """Return a sentence about a call that returned another kind of value than the reference; None if it did not.

    Args:
        trace: the calls of the reference.
        origin: the part that differs.
        ask: returns the calls of the submission.
        actual: the submission's value of the part.
    """
    call = trace.calls[origin.call]
    if origin.argument is not None:
        return None
    if origin.whole and not origin.path:
        structured = "tuple" in (call.kind, kind_of(actual)[0])  # the difference itself says the rest well
        return _kinds_differ(call, *kind_of(actual)) if structured else None
    results = _results(trace, ask)
    return _kinds_differ(call, *results[origin.call]) if results else None


def _kinds_differ(call: Shown, kind: Kind, size: int) -> Text | None:
    pair = {kind, call.kind}
    if call.raised or kind == "raised" or call.kind in ("none", "text", "other") or pair <= set(DATA):
        return None
    if pair <= {"tuple", "list"} and (size == call.size or call.kind == "list"):
        return None
    if kind == call.kind != "tuple":
        return None
    got, wanted = _kind_words(kind, size), _kind_words(call.kind, call.size)
    sentence = join_zh(
        same(call.name), both(" returned ", "返回了"), got, both("; expected ", "，应返回"), wanted, both(".", "。")
    )
    if kind == "none":
        return sentence + both(" Is a return statement missing?", "是否漏写了 return？")
    if kind == "module" and call.kind == "tensor":
        return sentence + both(" Call the module on the input.", "请用输入调用该模块。")
    return sentence


def _kind_words(kind: Kind, size: int) -> Text:
    if kind not in ("tuple", "list"):
        return KINDS[kind]
    return both(f"{NUMBERS.get(size, f'{size} values')} (a {kind})", f"{size} 个值（{kind}）")


# An exception.


def _explain_exception(unmet: Unmet, trace: Trace, traced: Traced | None) -> str | None:
    count = len(trace.calls)
    if traced is None or not traced.broken or len(traced.results) > count:
        return _calls(trace) if len(trace.shown) == 1 else None
    if traced.raised is not None and traced.raised < count:
        call = trace.calls[traced.raised]
        fits = unmet.raised is None or unmet.raised.type != "TypeError"
        _specify(unmet, IN_A_CALL if fits else MISFITTING_CALL)
        if call.raised is not None:
            stop = both("", "") if unmet.text.en.endswith((".", "?", ")")) else both(".", "。")
            unmet.text += stop + both(f" Expected here: {call.raised}.", f"此处应抛出 {call.raised}。")
        return call.words
    for call, result in zip(trace.calls, traced.results, strict=False) if not unmet.detail.frames else ():
        if sentence := _kinds_differ(call, *result):
            unmet.text = sentence
            return call.words
    _specify(unmet, IN_BACKWARD if unmet.in_backward else AFTER_A_CALL)
    return trace.calls[len(traced.results) - 1].words if traced.results else _calls(trace)


def _specify(unmet: Unmet, beginning: Text) -> None:
    """Say more exactly why an exception came up outside the submission's lines."""
    text = unmet.text
    if text.en.startswith(MISFIT.en):
        unmet.text = beginning + both(text.en.removeprefix(MISFIT.en), text.zh.removeprefix(MISFIT.zh))
