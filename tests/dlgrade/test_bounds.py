"""The words of one check's report have a limit, whoever wrote them, and are cut where everybody can see it."""

import msgspec
import pytest

from dlgrade.judge.check import Check, Declared, grader_fault
from dlgrade.results import MOST_BYTES, CheckReport, Detail, Frame, bound
from dlgrade.text import both, same

NAMES = both("A check.", "检查项。")


def words_of(report, lang):
    texts = [text.of(lang) for text in (report.message, report.hint) if text]
    detail = report.detail
    frames = [word for frame in detail.frames for word in (frame.file, frame.function, frame.source)]
    return [*texts, detail.got or "", detail.expected or "", detail.call or "", detail.output, *frames]


def size(report):
    return max(sum(len(word.encode()) for word in words_of(report, lang)) for lang in ("en", "zh"))


def full(word, times):
    """A report with this word so many times in every place; the names of frames have a limit of their own."""
    long, name = word * times, word * min(times, 100)
    frames = tuple(Frame(name, n, name, name + name) for n in range(12))
    detail = Detail(call=long, got=long, expected=long, frames=frames, output=long, output_bytes=10**9)
    return CheckReport("f.a", "f", 1.0, NAMES, message=both(long, long[::-1]), hint=same(long), detail=detail)


@pytest.mark.parametrize("word", ["a", "é", "批", "\U0001f600", "\ud800", "\0", "e\u0301 "], ids=ascii)
@pytest.mark.parametrize("times", [1, 1_000, 1_000_000])
def test_limit(word, times):
    """However many words there are, and of whichever characters, a report is within the limit and can be written."""
    report = full(word, times)
    bound(report)
    assert size(report) <= MOST_BYTES
    msgspec.json.encode(report)


def test_words_within_the_limit_stay():
    """An ordinary report stays as it is."""
    report = full("批量 ", 30)
    before = msgspec.json.encode(report)
    bound(report)
    assert msgspec.json.encode(report) == before


@pytest.mark.parametrize("times", [1_000, 2_000, 3_000, 1_000_000])
def test_a_second_time_changes_nothing(times):
    """Words that were cut are not cut again, so that the note keeps its number."""
    report = full("批量", times)
    bound(report)
    before = msgspec.json.encode(report)
    bound(report)
    assert msgspec.json.encode(report) == before


def test_what_is_cut_says_so():
    """The message ends with the number of missing characters, in both languages, and no character is broken."""
    report = CheckReport("f.a", "f", 1.0, NAMES, message=same("批量" * 50_000))
    bound(report)
    en, zh = report.message.en, report.message.zh
    kept, _, more = en.partition("... (+")
    assert set(kept) == set("批量")
    assert int(more.removesuffix(" characters)").replace(",", "")) == 100_000 - len(kept)
    assert zh.startswith(kept)
    assert zh.endswith(f"……（另有 {100_000 - len(kept):,} 个字符）")


def test_the_message_leaves_room():
    """An endless message leaves room for the value, the call and the last frame."""
    report = full("m", 100_000)
    frame = Frame("ch28.py", 3, "f", "return x")
    report.detail = Detail(call="f(x)", got="1", expected="2", frames=(frame,), output="o" * 100_000)
    bound(report)
    detail = report.detail
    assert (detail.call, detail.got, detail.expected, detail.frames) == ("f(x)", "1", "2", (frame,))


def test_the_graders_own_faults_are_bounded():
    """An exception of a suite, whose message may quote the student's value, gives a short report, too."""
    check = Check(Declared("f.a", "f", 1.0, NAMES), 1.0, ended=True, unmet=grader_fault(ValueError("v" * 10_000_000)))
    assert size(check.report()) <= MOST_BYTES
