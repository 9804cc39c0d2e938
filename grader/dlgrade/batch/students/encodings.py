"""The encoding of a table that somebody else made: charset-normalizer ranks the candidates, strange letters decide.

A roster can have three short names, which is too little for statistics of a language. So the words are looked at, too:
`M黮ler` has a Chinese character inside a Latin word, and no person is called that.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import charset_normalizer

from dlgrade.batch.students import surnames
from dlgrade.text import Text, both

BYTE_ORDER_MARKS = {  # UTF-32 before UTF-16, whose mark begins the same
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
CANDIDATES = {
    "gb18030": "GB18030", "cp950": "Big5", "big5hkscs": "Big5-HKSCS", "cp1252": "Windows-1252", "latin_1": "ISO 8859-1",
}  # fmt: skip
HAN_NAME = re.compile("[\u4e00-\u9fff]{2,5}")
_JAPANESE = (
    "Japanese", "日文", re.compile("[\u3040-\u30ff\u4e00-\u9fff]{2,8}"), surnames.JAPANESE, ("氏名", "学籍番号", "名前")
)  # fmt: skip
RIVALS = {  # not read, but a text that may as well be Korean or Japanese is in doubt
    "cp949": ("Korean", "韩文", re.compile("[가-힣]{2,5}"), surnames.KOREAN, ("학번", "이름", "성명")),
    "shift_jis": _JAPANESE,
    "euc_jp": _JAPANESE,
}
MANY_NAMES = 0.6  # a share of names that begin with usual surnames
FEW_ZEROS = 0.05  # in UTF-16, a larger share of all bytes are zeros
SOUND, ENOUGH = 3, 6  # bytes of other letters: for each broken byte of UTF-8, and at least
OF_ONE_BYTE = ("cp1252", "latin_1")  # every text fits Windows-1250, 1251 and Mac Roman as well
HEADERS = "学号", "姓名", "邮箱", "學號", "電子郵件", "班级", "班級"
HEADER = 4.0  # the weight of such a word
BINARY = re.compile("[\0-\x08\x0e-\x19\x1b-\x1f]")
GARBLED = 2.5  # a name that is so strange is no name
RARE = 0.5  # the same of a name in Chinese characters, for each of them
STRANGE = 0.15  # for each letter beyond ASCII; a text that is stranger is in doubt
FEW = 5  # letters beyond ASCII that say nothing without a known header
SIGN = re.compile("[¡-©«-´¶¸¹»-¿×÷]")  # signs of Windows-1252 that stand in no name
CLEAR = 3.0  # the second best candidate has at least so much more that is strange


@dataclass(frozen=True)
class Decoded:
    """The text of a file.

    Args:
        text: The text.
        encoding: The name of the encoding, as people write it.
        doubtful: Another encoding is possible. Staff should look at a name.
        fault: Why the text must not be used: a sentence without a subject.
    """

    text: str
    encoding: str
    doubtful: bool = False
    fault: Text | None = None


def decode(content: bytes) -> Decoded | None:
    """Decode a table. None if it is no text."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            text = _decoded(content, encoding)
            if text is None and mark == codecs.BOM_UTF8:
                return _nearly_utf_8(content)
            return None if text is None else Decoded(text, encoding.removesuffix("-sig").upper())
    if b"\0" in content:
        return _without_mark(content) if content.count(0) > FEW_ZEROS * len(content) else _nearly_utf_8(content)
    text = _decoded(content, "utf-8")
    if text is None:
        return _nearly_utf_8(content) or _with_rivals(content, _most_likely(content))
    return Decoded(text, "UTF-8", doubtful=_may_be_chinese(content, text))


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if BINARY.search(text) else text


def _nearly_utf_8(content: bytes) -> Decoded | None:
    """UTF-8 with a few broken bytes. None if they are not few."""
    text = content.decode("utf-8", "surrogateescape")
    broken = [place for place, letter in enumerate(text) if "\udc80" <= letter <= "\udcff" or BINARY.match(letter)]
    right = len(content) - sum(letter < "\x80" or letter > "\ud7ff" for letter in text)
    if "\0" in text:
        right = len(content)
    if not broken or right < max(ENOUGH, SOUND * len(broken)):
        return None
    line = text.count("\n", 0, broken[0]) + 1
    fault = both(
        f"line {line} has a byte that is not UTF-8, unlike the rest of the file. Correct that line",
        f"第 {line} 行有非 UTF-8 字节，而文件其余部分是 UTF-8。请修正该行",
    )
    return Decoded(text.encode("utf-8", "replace").decode(), "UTF-8", doubtful=True, fault=fault)


def _with_rivals(content: bytes, chosen: Decoded | None) -> Decoded | None:
    """Refuse a text that has Korean or Japanese names, and hardly a Chinese one, as the chosen encoding reads it."""
    if chosen is None or chosen.encoding in map(CANDIDATES.get, OF_ONE_BYTE):
        return chosen
    known, _ = _usual_names(chosen.text, HAN_NAME, surnames.CHINESE)
    for encoding, (name_en, name_zh, pattern, usual, headers) in RIVALS.items():
        text = _decoded(content, encoding)
        if text is None:
            continue
        share, example = _usual_names(text, pattern, usual)
        if (share >= MANY_NAMES and share > 2 * known) or any(word in text for word in headers):
            fault = both(
                f"it seems to be {name_en} ({encoding.upper()}), for example: {example}. Save it as 'CSV UTF-8'",
                f"似为{name_zh}编码（{encoding.upper()}），例如：{example}。请另存为“CSV UTF-8”",
            )
            return replace(chosen, doubtful=True, fault=fault)
    return chosen


def _usual_names(text: str, pattern: re.Pattern[str], names: Collection[str]) -> tuple[float, str]:
    """The share of names below the header that begin with a usual surname, and an example."""
    words = pattern.findall(text.partition("\n")[2])
    usual = [word for word in words if word.startswith(tuple(names))]
    return len(usual) / max(1, len(words)), next(iter(usual or words), "")


def _without_mark(content: bytes) -> Decoded | None:
    """UTF-16 without a byte order mark: the zeros of its digits and commas are all at even, or all at odd, places."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    text = _decoded(content, "utf-16-be" if even > odd else "utf-16-le")
    return None if text is None or min(even, odd) > 0 else Decoded(text, "UTF-16")


def _may_be_chinese(content: bytes, text: str) -> bool:
    """Return whether UTF-8 may be a coincidence: a few letters that are common characters in GB18030.

    >>> _may_be_chinese("1,\u6d93".encode("gb18030"), "")
    False
    """
    letters = [letter for letter in text if letter > "\x7f"]
    if not letters or max(letters) > "\u07ff" or len(letters) > 8:
        return False
    other = _decoded(content, "gb18030")
    return other is not None and _strangeness(other) < _strangeness(text)


def _most_likely(content: bytes) -> Decoded | None:
    """The candidate in which the least is strange. Among equals charset-normalizer decides."""
    matches = charset_normalizer.from_bytes(content, cp_isolation=list(CANDIDATES))
    ranking = [match.encoding for match in matches]
    texts = {name: text for name in CANDIDATES if (text := _decoded(content, name)) is not None}
    strangeness = {name: _strangeness(text) for name, text in texts.items()}
    if not texts:
        return None
    rank = {name: ranking.index(name) if name in ranking else len(ranking) for name in texts}
    chosen = min(texts, key=lambda name: (strangeness[name], rank[name]))
    others = {_strangeness(text) for name in RIVALS if (text := _decoded(content, name)) is not None}
    others |= {strangeness[name] for name in texts if texts[name] != texts[chosen]}
    least = strangeness[chosen]
    clear = all(other - least >= max(least, 0) + CLEAR for other in others)
    letters = sum(letter > "\x7f" for letter in texts[chosen])
    clear = clear and least <= STRANGE * letters and (letters > FEW or least < 0)
    preferred = ranking and texts.get(ranking[0], texts[chosen]) == texts[chosen]
    return Decoded(texts[chosen], CANDIDATES[chosen], not clear or not preferred or chosen in OF_ONE_BYTE)


def is_garbled(name: str) -> bool:
    """Return whether a name was read in a wrong encoding, now or before its file was made.

    >>> [is_garbled(name) for name in ("M黮ler", "MÃ¼ller", "寮犱笁", "Müller", "张三", "Иван")]
    [True, True, True, False, False, False]
    """
    if name.isascii():
        return False
    letters = [letter for letter in name if letter.isalpha()]
    scripts = {_script(letter) for letter in letters}
    if len(letters) == len(re.sub(r"\s", "", name)) and len(scripts) == 1 and scripts != {"LATIN"}:
        return scripts == {"CJK"} and len(letters) > 1 and sum(map(_rarity, letters)) > RARE * len(letters)
    return _strangeness(name) >= GARBLED


def _strangeness(text: str) -> float:
    """How much in a text is strange: letters of two scripts in one word, rare characters, signs within names.

    Words that are usual in the headers of rosters count against it.
    """
    strange = sum(_oddity(letter) for letter in text if letter > "\x7f")
    strange -= HEADER * sum(word in text for word in HEADERS)
    for before, after in pairwise(text):
        if before > "\x7f" or after > "\x7f":
            strange += _clash(before, after)
    return strange


@cache
def _oddity(letter: str) -> float:
    category = unicodedata.category(letter)
    if category in ("Cc", "Cn", "Co", "Cs") or letter == "\ufffd":
        return 3.0
    if _script(letter) == "CJK":
        return _rarity(letter)
    if letter in "\u00a0\u3000，、；：（）．·‧・’‘“”–—…":
        return 0.0
    if category.startswith("L"):
        return 0.3 if _script(letter) in ("HALFWIDTH", "GREEK", "CYRILLIC", "BOPOMOFO") else 0.0
    return 1.0


def _rarity(letter: str) -> float:
    """How rare a Chinese character is: 0 for those of everyday names, 1 for those that neither GB2312 nor Big5 has."""
    with_gb, with_big5, with_jis = (_bytes(letter, encoding) for encoding in ("gb2312", "cp950", "euc_jp"))
    if b"" < with_gb < b"\xd8" or b"" < with_big5 < b"\xc9" or b"\xb0" < with_jis < b"\xd0":
        return 0.0
    return 0.3 if with_gb else 0.6 if with_big5 else 1.0


def _bytes(letter: str, encoding: str) -> bytes:
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        return b""


@cache
def _clash(before: str, after: str) -> float:
    """How strange it is that one letter follows the other."""
    if not (before.isalpha() and after.isalpha()):
        return float((before.isalpha() and bool(SIGN.match(after))) or (after.isalpha() and bool(SIGN.match(before))))
    scripts = {_script(before), _script(after)}
    if len(scripts) > 1 and scripts != {"LATIN", "FULLWIDTH"} and not scripts <= {"CJK", "HIRAGANA", "KATAKANA"}:
        latin = before if _script(before) == "LATIN" else after
        return 0.5 if "LATIN" in scripts and latin.isupper() and latin < "\x7f" else 2.0
    if scripts == {"LATIN"} and "\x7f" < before < "\u0100" and "\x7f" < after < "\u0100":
        return 1.0  # names hardly have two letters with accents in a row
    return 1.0 if scripts == {"LATIN"} and before.islower() and after.isupper() and after > "\x7f" else 0.0


@cache
def _script(letter: str) -> str:
    """The script of a letter, as its name begins: LATIN, CJK, HANGUL."""
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
