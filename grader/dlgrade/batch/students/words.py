"""The words of a name, and those that name nobody: dates, terms, courses, classes, homework, versions.

Each name is taken apart alone. `dlgrade.batch.students.identities` then compares the names of a whole batch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

SEPARATORS = " _.-+,，、·–—()（）[]【】"
# Words that tell versions apart, and names of folders that belong to nobody.
VERSION = re.compile(
    r"(?:final|finished|done|fixed|new(?:est)?|latest|last|late|on[ _-]?time|copy(?: of)?|revised|updated?|real|"
    r"corrected|resubmit(?:ted)?|resubmissions?|attempt|draft|old|backup)\d{0,2}|备份|旧版?|"
    r"v(?:er(?:sion)?)?\d+|rev(?:ision)?\d*|\(\d+\)|（\d+）|按时|第.版|"
    r"(?:副本|最终版?|终版|终稿|新版?|修改版?|修订版?|改|补交|迟交)\d{0,2}",
    re.IGNORECASE,
)
GENERIC = re.compile(
    r"submissions?|hand[ _-]?ins?|exports?|downloads?|uploads?|archives?|files?|all|src|source|code|data|docs?|images?|"
    r"tests?|scripts?|notebooks?|main|my|solutions?|answers?|untitled\d*|"
    r"(?:hw|homeworks?|assignments?|exercises?|labs?|projects?|tasks?|week)[ _-]?\d{0,3}|"
    r"assignment[ _]\d+[ _]export|作业\d{0,3}|实验\d{0,3}|练习\d{0,3}|提交|代码|答案|习题",
    re.IGNORECASE,
)
# Of these words, those that may be a part of a name even in small letters, unless they stand behind it.
NAME_PARTS = frozenset(
    {"my", "new", "lab", "main", "last", "late", "week", "done", "all", "doc", "real", "final", "copy", "test", "task",
     "code", "answer", "project", "image"}
)  # fmt: skip
NEVER_NAMES = re.compile(
    r"submissions?|hand[ _-]?ins?|solutions?|homeworks?|assignments?|untitled|resubmi\w+|finished|newest|latest|"
    r"updated?|revised|corrected",
    re.IGNORECASE,
)
TYPICAL_LAST = frozenset({"final", "fixed", "done", "copy", "late"})  # behind a full name: `Ada_Lovelace_Final`
ID = re.compile(r"(?=\w*\d{4})[A-Za-z]{0,4}\d[\dA-Za-z]{3,}", re.ASCII)
EMAIL = re.compile(r"[^@\s/]+@[\w.-]+\.\w+")
MOBILE = re.compile(r"1[3-9]\d{9}")  # in mainland China; ids of some universities look the same

# No letter or digit of ASCII before, and none after. Chinese words are written without blanks around them.
LEFT, RIGHT = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
YEAR, MONTH, DAY = r"(?:19|20)\d\d", r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
MM, DD = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
CLOCK = r"(?:[01]\d|2[0-3])(?:[-_.:：时][0-5]\d(?:[-_.:：分][0-5]\d秒?)?|[0-5]\d[0-5]\d)"
MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
SEASON = r"(?:fall|autumn|spring|summer|winter|semester|trimester|quarter|term)"
SHORT_TERM = r"(?:fa|sp|su|wi|ws|ss|hs|fs)"
SUBJECT = (
    r"(?:cs|cse|csc|csci|cis|comp|compsci|coms|cmpt|cmsc|ee|ece|eecs|info|inf|it|math|stats?|data|ds|dsc|dsci|ai|ml|dl|"
    r"nlp|cv|phys|eng|engr|se|econ|bio|csa|csb)"
)
NUMERAL = r"[一二三四五六七八九十]"
KINDS = {
    "date": (
        rf"{LEFT}(?<!20\d\d[-_./]){YEAR}\s*(?P<sign>[-_./年])\s*{MONTH}\s*(?:(?P=sign)|月)\s*{DAY}[日号]?"
        rf"(?:[ T_-]*{CLOCK})?{RIGHT}",
        rf"{LEFT}{DAY}(?P<mark>[-_./]){DAY}(?P=mark){YEAR}{RIGHT}",
        rf"{LEFT}{MONTH}月{DAY}[日号]",
        rf"{LEFT}{YEAR}{MM}{DD}[T_-]?(?:[01]\d|2[0-3])[0-5]\d[0-5]\d{RIGHT}",
        rf"{LEFT}\d\d?[ _-]?{MONTHS}[ _-]?{YEAR}{RIGHT}",
    ),
    "version": (
        r"(?:[ _]-)?[ _]copy(?=[ _]*(?:[（(]\d{1,2}[)）])?$)(?<=- copy)",
        rf"{LEFT}copy[ _-](?:\d[ _-])?of(?=[ _-])",
        r"[（(]\d{1,2}[)）]",
        r"(?:真正|最终|最后|最新|完整|修改|修订|更新|正式|完成)+(?:版本?|稿|终稿)?|终[版稿]|[定初终]稿|副本|重交|补交|迟交|"
        r"第.版",
    ),
    "term": (
        rf"{LEFT}{SEASON}[ _.-]*'?(?:20)?\d\d{RIGHT}",
        rf"{LEFT}{SHORT_TERM}[ _-]?(?:20)?\d\d{RIGHT}",
        rf"{LEFT}(?:20)?\d\d[ _.-]*(?:fall|autumn|spring|summer|winter){RIGHT}",
        rf"{LEFT}20\d\d[ _-]?{SHORT_TERM}{RIGHT}",
        rf"{LEFT}f20\d\d{RIGHT}",
        rf"{LEFT}(?:20)?\d\d(?:[-~–—](?:20)?\d\d)?(?:学年|年)?[ _-]*第?(?:[春夏秋冬]季?|[一二三12上下])学期",
        rf"{LEFT}(?:20)?\d\d年?[春夏秋冬](?:季学期|季|学期)?",
        rf"{LEFT}20\d\d[-_~–—](?:20)?\d\d(?:学年)?(?:[-_ ]*(?:第?[一二三12]学期|[123上下]))?{RIGHT}",
        r"第?[一二三12]学期|[上下]学期",
        rf"{LEFT}{YEAR}[级届年]?{RIGHT}",
    ),
    "course": (
        rf"{LEFT}{SUBJECT}[ _-]?\d{{3,4}}[A-Za-z]?{RIGHT}",
        rf"{LEFT}(?:d2l(?:[ _-]?zh)?|deep[ _-]?learning|machine[ _-]?learning){RIGHT}",
        r"动手学|深度学习|机器学习|神经网络|人工智能",
    ),
    "class": (
        rf"{LEFT}(?:section|sec|class|tutorial|tut|cohort)[ _-]?(?:\d{{1,3}}[A-Za-z]?|[A-Za-z]){RIGHT}",
        rf"[^\W_]*?(?:\d+|{NUMERAL}+)班",
        rf"(?<![^\W_])[\u4e00-\u9fff]{{2,6}}\d{{4}}{RIGHT}",
        r"[\u4e00-\u9fff]+(?:专业|学院|大学)",
    ),
    "work": (
        rf"第(?:{NUMERAL}+|\d+)次",
        r"的?(?:课后|课程|平时|期末|期中|大|小|编程)?"
        rf"(?:作业|习题|练习题?|实验报告|实验|报告|课程设计|代码|源码|答案|上机)(?:{NUMERAL}+|\d{{1,2}}(?!\d))?",
    ),
}  # fmt: skip
NOISE = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, patterns in KINDS.items() for pattern in patterns]
LONGEST = 255  # letters of a name that is taken apart; names in zips may be endless
CUT = "\0"  # in the place of a part of a name that was cut out
WORD = re.compile(r"[^\0\s_\-+,，、()（）\[\]【】《》「」“”\"#&;；:：.~–—]+")
GLUED = re.compile(r"(?<=\d{5})(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z]{0,4}\d{5})")

# The commonest family and given names. Several students may share one, and it is part of their names all the same.
SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
COMMON_NAMES = re.compile(
    r"li|wang|zhang|liu|chen|yang|zhao|huang|zhou|wu|xu|sun|hu|zhu|gao|lin|he|guo|ma|luo|liang|song|zheng|xie|han|tang|"
    r"feng|yu|dong|xiao|cheng|cao|yuan|deng|fu|shen|zeng|peng|lu|su|jiang|cai|jia|ding|wei|xue|ye|yan|pan|du|dai|xia|"
    r"zhong|tian|ren|fan|fang|shi|yao|tan|liao|zou|xiong|jin|hao|kong|bai|cui|kang|mao|qiu|qin|gu|hou|shao|meng|long|"
    r"wan|duan|lei|qian|lau|lee|wong|chan|cheung|ng|ho|chow|kim|park|choi|nguyen|tran|le|pham|kumar|singh|sharma|patel|"
    r"khan|ali|ahmed|mohammed|muhammad|smith|johnson|williams|brown|jones|garcia|miller|davis|martinez|wilson|anderson|"
    r"thomas|taylor|moore|jackson|martin|thompson|white|harris|clark|lewis|robinson|walker|young|allen|king|wright|"
    r"scott|green|baker|adams|nelson|hill|james|john|robert|michael|william|david|richard|joseph|daniel|matthew|"
    r"anthony|mark|paul|steven|andrew|joshua|kevin|brian|george|edward|ryan|jacob|eric|jonathan|alex|alexander|max|"
    r"ben|benjamin|sam|samuel|tom|tim|chris|christopher|nick|peter|adam|ada|mary|anna|maria|emma|emily|sarah|laura|"
    r"julia|lisa|jennifer|jessica|elizabeth|sophie|sophia|olivia|alice|grace|jane|kate|amy|ann|anne"
)


@dataclass(frozen=True)
class Word:
    """A word and its place in the name."""

    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        return self.text.casefold()

    @property
    def is_id(self) -> bool:
        """Return whether it looks like an id: a number of four digits or more, with a few letters or none."""
        return bool(ID.fullmatch(self.text))

    @property
    def is_name(self) -> bool:
        """Return whether it looks like a name, or like the part of a name that several students may share."""
        chinese = re.fullmatch(r"[\u4e00-\u9fff]{2,3}", self.text)
        return bool(COMMON_NAMES.fullmatch(self.key) or (chinese and self.text[0] in SURNAMES))


@dataclass(frozen=True)
class Reading:
    """A name taken apart.

    Args:
        text: The name.
        kept: The words that may name somebody; all words, if none of them may.
        dropped: The parts that name nobody, each with its kind.
        is_nobodys: No word may name somebody. A number such as `cs456` alone may be a student's id.
    """

    text: str
    kept: tuple[Word, ...]
    dropped: tuple[tuple[str, str], ...] = ()
    is_nobodys: bool = False

    def joined(self, words: tuple[Word, ...]) -> str:
        """Some of its words, with the separators of the name."""
        if (not self.dropped or self.is_nobodys) and len(words) == len(self.kept):
            return self.text
        parts = []
        for before, word in zip((None, *words), words, strict=False):
            between = self.text[before.end : word.start] if before else ""
            is_plain = not before or not between.strip(SEPARATORS)
            parts += [between if is_plain else " " if " " in self.text else "_", word.text]
        return "".join(parts)


@lru_cache(maxsize=100_000)
def take_apart(text: str, keep: frozenset[str] = frozenset(), *, whole: bool = False, short: bool = False) -> Reading:
    """Take a name apart.

    Args:
        text: The name, without a chapter.
        keep: Words that name somebody although they look like a course's number, in small letters.
        whole: Keep all words.
        short: Keep no word for homework or versions, even if it may be a part of the name.
    """
    text = unicodedata.normalize("NFKC", text)
    if EMAIL.fullmatch(text):
        return Reading(text, (Word(text, 0, len(text)),))
    if whole or len(text) > LONGEST:
        return Reading(text, _all_words(text))
    dropped, masked = [], text
    for kind, pattern in NOISE:
        for match in pattern.finditer(masked):
            if match[0].casefold() not in keep:
                dropped.append((kind, match[0].strip(SEPARATORS)))
                masked = masked[: match.start()] + CUT * len(match[0]) + masked[match.end() :]
    words = list(_words(masked))
    generic = set(_generic(words))
    if not short and (sure := [word for word in words if word not in generic]):
        generic = {word for word in generic if not _may_name(word, sure, words)}
    mobile = _mobile_numbers([word for word in words if word not in generic])
    dropped += [("phone", word.text) for word in mobile]
    kept = tuple(word for word in words if word not in generic and word not in mobile)
    dropped += [("work", word.text) for word in words if word in generic]
    if kept:
        return Reading(text, kept, tuple(dropped))
    ids = {part for kind, part in dropped if kind == "course" and re.fullmatch(r"[a-z]+\d+", part)}
    if ids:
        return take_apart(text, keep | ids, short=short)
    return Reading(text, _all_words(text), tuple(dropped), is_nobodys=True)


def _may_name(word: Word, sure: list[Word], words: list[Word]) -> bool:
    """Return whether a word for homework or versions may be a part of the name beside it: `My Linh`, `Final Po`.

    It is written like the name, or people are called so. In small letters behind a name, it is a version: `linh_new`.

    Args:
        word: The word.
        sure: The words that may name somebody in any case.
        words: All words.
    """
    has_number = any(other.start == word.end + 1 and other.text.isdigit() for other in words)
    if not word.text.isascii() or not word.text.isalpha() or has_number or NEVER_NAMES.fullmatch(word.text):
        return False
    names = [other.text for other in sure if other.text.isalpha() and other.text.isascii()]
    is_last = all(other.start < word.start for other in sure)
    is_capital = word.text.isupper() and not all(map(str.isupper, names))  # `HW_Ada`
    if word.text[0].isupper() and not is_capital and any(name[0].isupper() for name in names):
        return not (is_last and len(names) > 1 and word.key in TYPICAL_LAST)
    return bool(names) and word.key in NAME_PARTS and (not is_last or word.key == "my")


def _mobile_numbers(words: list[Word]) -> list[Word]:
    """The mobile numbers beside an id. Without one, such a number is an id."""
    ids = [word for word in words if word.is_id]
    mobile = [word for word in ids if MOBILE.fullmatch(word.text)]
    return mobile if len(mobile) < len(ids) else []


def _all_words(text: str) -> tuple[Word, ...]:
    """The words of a text. A text of nothing but signs, such as `_`, is one word."""
    return tuple(_words(text)) or (Word(text, 0, len(text)),)


def _words(text: str) -> Iterator[Word]:
    for match in WORD.finditer(text):
        start = match.start()
        for end in [*(start + glue.start() for glue in GLUED.finditer(match[0])), match.end()]:
            if end > start:
                yield Word(text[start:end], start, end)
            start = end


def _generic(words: list[Word]) -> Iterator[Word]:
    """The words for homework and versions, and a short number behind such a word: `lab 1`."""
    number_at = 0  # the place of a number that belongs to the word before; 0 if there is no such word
    for word in words:
        is_number = word.start == number_at > 0 and re.fullmatch(r"\d{1,2}", word.text)
        if is_number or GENERIC.fullmatch(word.text) or VERSION.fullmatch(word.text):
            yield word
            number_at = 0 if is_number else word.end + 1
