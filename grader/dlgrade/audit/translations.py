"""Compares the Chinese texts of starter code with the English: names, digests, sections, items, numbers, code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len

from dlgrade.audit.findings import Hole, line_of
from dlgrade.course import Chapter, Course, chinese
from dlgrade.course.chinese import HEADINGS, MODULE, UNWRITTEN, English

WIDTH = 120  # columns of a line of starter code; a Chinese character takes two
HAN = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"`([^`]+)`")
SHAPE = re.compile(r"\((?:[\w.*]+(?: [-+*/] [\w.*]+)*, ?)+(?:[\w.*]+(?: [-+*/] [\w.*]+)*)?\)")
CITATION = re.compile(r"\([A-Z][a-z]+, \d{4}\)")  # (Huber, 1964)
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,_]\d+)*(?:e-?\d+)?")
NAME = re.compile(r"(?<![\w-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
WRITTEN_AS_CODE = re.compile(r"[A-Za-z]*[._][\w.]+|[A-Z]+[a-z]+[A-Z]\w*|[A-Z]")
ITEM = re.compile(r" {4}(\S[^:：]*)[:：]")
DIGITS = {
    0: "零 zero no 没有 无", 1: "一 one a an single 单", 2: "二 两 双 two twice both second", 3: "三 three third",
    4: "四 four", 5: "五 five", 6: "六 six", 7: "七 seven", 8: "八 eight", 9: "九 nine", 10: "十 ten",
    100: "百 hundred", 1000: "千 thousand",
}  # fmt: skip
SMALL_WORDS = {"A", "I"}
WITH_ITEMS = {"", *(word for heading in ("Args", "Attributes", "Raises") for word in (heading, HEADINGS[heading]))}


def translation_holes(course: Course, chapter: Chapter) -> Iterator[Hole]:
    """The places where the chapter's zh.yaml and its English texts differ."""
    path = course.chinese_file(chapter)
    if not path.exists():
        yield Hole(chapter.id, "translation", "is missing; run `dlgrade translate`.", str(path), 1, path.name)
        return
    known, code = chinese.read(course, chapter), chinese.own_code(course, chapter)
    english, own_comments = chinese.docstrings(code), chinese.comments(code)
    found: list[tuple[str, str]] = []
    if others := english.keys() ^ known.docstrings.keys():
        names = ", ".join(sorted(others))
        found.append(
            (names, "only one of zh.yaml and the reference has a docstring of this name; run `dlgrade translate`")
        )
    for name, text in english.items():
        if name in known.docstrings:
            found += [(name, problem) for problem in _problems(text, known.docstrings[name], name)]
    for comment in dict.fromkeys([*own_comments, *known.comments]):
        if comment not in own_comments:
            found.append((comment, "is no comment of the reference; run `dlgrade translate`"))
        elif known.comments.get(comment, UNWRITTEN) == UNWRITTEN or not HAN.search(known.comments[comment]):
            found.append((comment, "is a comment that is not translated"))
    for name, problem in dict.fromkeys(found):
        yield Hole(chapter.id, "translation", f"{problem}.", str(path), line_of(path, f"{name}:"), name)


def _problems(english: English, entry: chinese.Docstring, name: str) -> Iterator[str]:
    """The differences between the two docstrings of a definition."""
    text = entry.chinese.strip()
    if UNWRITTEN in text or not HAN.search(text):
        yield "is not translated"
        return
    if entry.english != chinese.digest(english.text):
        yield "has changed in English; bring the Chinese up to date, then run `dlgrade translate --done`"
    mine, theirs = _sections(text, HEADINGS.values()), _sections(english.text, HEADINGS)
    if [HEADINGS[heading] for heading, _ in theirs] != [heading for heading, _ in mine]:
        headings = ", ".join(f"{HEADINGS[heading]}：" for heading, _ in theirs)
        yield f"has other sections than the English, which needs {headings or 'none'}"
    elif [items for _, items in theirs] != [items for _, items in mine]:
        expected, listed = ([item for _, items in part for item in items] for part in (theirs, mine))
        yield f"lists {', '.join(listed)} in its sections; the English has {', '.join(expected)}"
    yield from _differing_words(english, text)
    indent = 8 if "." in name else 4
    wide = [line for line in text.splitlines() if indent + cell_len(line) > WIDTH]
    if wide and name != MODULE:
        yield f"has a line of more than {WIDTH - indent} columns: {wide[0].strip()[:20]}…"


def _sections(text: str, headings: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The headed sections of a docstring, each with the names of the items in it."""
    known = tuple(headings)
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        heading = line.rstrip(":：")
        if heading in known and line != heading:
            found.append((heading, []))
        elif line[:1].strip():
            if found and line.strip():
                found.append(("", []))
        elif found and (item := ITEM.match(line)) and found[-1][0] in WITH_ITEMS:
            found[-1][1].append(re.sub(r"[、，]\s*", ", ", item[1]))
    return [(heading, items) for heading, items in found if heading]


def _differing_words(english: English, text: str) -> Iterator[str]:
    """The shapes, numbers and code words that only one of the two languages has."""
    for kind, of in (("shapes", _shapes), ("code words", lambda part: _code_words(part, english.parameters))):
        mine, theirs = of(text), of(english.text)
        if missing := sorted(theirs - mine):
            yield f"lacks the {kind} {', '.join(missing)}"
        if more := sorted(mine - theirs):
            yield f"has the {kind} {', '.join(more)}, which the English lacks"
    mine_numbers, their_numbers = _numbers(text), _numbers(english.text)
    missing = sorted(number for number in their_numbers - mine_numbers if not _written(number, text))
    if missing:
        yield f"lacks the numbers {', '.join(missing)}"
    more = sorted(number for number in mine_numbers - their_numbers if not _written(number, english.text))
    if more:
        yield f"has the numbers {', '.join(more)}, which the English lacks"
    words = {word for part in NAME.findall(english.text) for word in part.split(".")}
    strange = {word for part in NAME.findall(text) for word in part.split(".")} - words
    if strange:
        yield f"has the words {', '.join(sorted(strange))}, which the English lacks"


def _shapes(text: str) -> set[str]:
    return {re.sub(r"\s", "", shape) for shape in SHAPE.findall(text) if not CITATION.fullmatch(shape)}


def _code_words(text: str, parameters: tuple[str, ...]) -> set[str]:
    """The words of code in a text: in backticks, names of parameters, and words that no prose has."""
    words = {word for word in NAME.findall(text) if WRITTEN_AS_CODE.fullmatch(word) and word not in SMALL_WORDS}
    quoted = set(CODE.findall(text))
    named = {word for word in NAME.findall(text) if word in parameters and len(word) > 1}
    return words | quoted | named


def _numbers(text: str) -> set[str]:
    return {re.sub(r"[,_]", "", number).rstrip(".") for number in NUMBER.findall(text)}


def _written(number: str, text: str) -> bool:
    """Return whether a text has a whole number in words."""
    words = DIGITS.get(int(number), "").split() if number.isdigit() else []
    return any(word in text if HAN.match(word) else re.search(rf"\b{word}\b", text.lower()) for word in words)
