"""What names of files and folders say, as platforms and people write them: whose a file is, and of which chapter."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dlgrade.course import Chapter

NUMBERED = re.compile(r"(?<![a-z])ch(?:ap(?:ter)?)?[ _.-]*0*(\d{1,3})(?!\d)|第\s*0*(\d{1,3})\s*[章讲课]", re.IGNORECASE)

# Canvas, lib/content_zipper.rb: the sortable name ("Lovelace, Ada") in small letters without what is no word character,
# LATE where it was, the user's id or `anon_` and an anonymous one, the attachment's id, the name as it was uploaded.
CANVAS = re.compile(
    r"(?:(?P<slug>\w+?)(?P<late>_LATE)?_(?P<user>\d+)|(?P<anon_late>LATE_)?anon_(?P<anon>[A-Za-z0-9]{5}))"
    r"_(?P<file>\d+)_(?P<name>.+)",
    re.DOTALL,
)
# Moodle, mod/assign/classes/downloader.php: full name (underscores are blanks), a number for this assignment, the
# plugin; as a folder, or, with "download in folders" off, as the beginning of a file's name.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL)
GRADESCOPE = "submission_metadata.yml"

# What people add to a name to tell versions apart, and what folders are called that are nobody's.
VERSION = re.compile(
    r"final|finished|done|fixed|new(?:est)?|latest|last|late|copy(?: of)?|revised|updated?|resubmit(?:ted|ssion)?|"
    r"v(?:er(?:sion)?)?\d+|\(\d+\)|（\d+）|副本|最终版?|终版|新版?|修改版?|修订版?|改|补交|迟交|第.版",
    re.IGNORECASE,
)
GENERIC = re.compile(
    r"submissions?|hand[ _-]?ins?|exports?|downloads?|uploads?|archives?|files?|all|src|source|code|data|docs?|images?|"
    r"tests?|scripts?|notebooks?|main|my|solutions?|answers?|untitled\d*|"
    r"(?:hw|homeworks?|assignments?|exercises?|labs?|projects?|tasks?|week)[ _-]?\d*|"
    r"assignment[ _]\d+[ _]export|作业\d*|实验\d*|练习\d*|提交|代码|答案|习题",
    re.IGNORECASE,
)
DOUBLE_SUFFIX = re.compile(r"\.(?:py|ipynb)$", re.IGNORECASE)  # of ch28.py.txt, which Windows shows as ch28.py
ID = re.compile(r"(?=\w*\d{4})[A-Za-z]{0,4}\d[\dA-Za-z]{3,}")
WORDS = re.compile(r"[（(]\d+[)）]|[^\s_.\-+,，、()（）]+|.")
SEPARATORS = " _.-+,，、·–—()（）[]【】"


@dataclass(frozen=True)
class Who:
    """Whom a name names, as far as it does; `canvas` and `moodle` are these platforms' numbers."""

    id: str = ""
    name: str = ""
    email: str = ""
    canvas: str = ""
    moodle: str = ""

    @property
    def words(self) -> str:
        return self.name or self.id or self.email or self.canvas or self.moodle


@dataclass(frozen=True)
class Found:
    """What a name says: `rest` is what is left of it without the chapter and words for versions.

    `above` says that the chapter is not the file's name's, but that of a folder that it lies in.
    """

    chapter: str = ""
    rest: str = ""
    version: int = 0
    above: bool = False


class Chapters:
    """Finds the chapters that are graded in names."""

    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self.ids = [chapter.id for chapter in chapters]
        slugs = {chapter.slug: chapter.id for chapter in chapters}
        self.slugs = sorted(slugs.items(), key=lambda item: -len(item[0]))  # rnn_scratch before rnn
        self.known: dict[str, Found] = {}

    def find(self, stem: str) -> Found:
        """The chapter that a name without its suffix names, be it graded or not, and the rest."""
        if stem not in self.known:
            self.known[stem] = self._find(stem)
        return self.known[stem]

    def _find(self, stem: str) -> Found:
        stem = DOUBLE_SUFFIX.sub("", stem)
        chapter, before, after = "", stem, ""
        if match := NUMBERED.search(stem):
            chapter = f"ch{int(match[1] or match[2]):02d}"
            before, after = stem[: match.start()], stem[match.end() :]
        for slug, id in self.slugs:
            number = id.removeprefix("ch").lstrip("0")  # 28_batch_norm
            pattern = rf"(?:0*{number}[ _-]+)?" + r"[ _-]*".join(map(re.escape, slug.split("_")))
            whole = f"{before}\0{after}" if chapter else stem
            match = re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", whole, re.IGNORECASE)
            if match and chapter in ("", id):
                rest = f"{whole[: match.start()]}\0{whole[match.end() :]}".split("\0")
                chapter, before, after = id, rest[0], "_".join(part for part in rest[1:] if part.strip(SEPARATORS))
                break
        first, _ = _without_version(before, numbers=False)
        last, version = _without_version(after, numbers=bool(chapter))
        return Found(chapter, "_".join(part for part in (first, last) if part), version)


def _without_version(rest: str, *, numbers: bool) -> tuple[str, int]:
    """Without words for versions at its ends, and the last number of them, which tells the newer one.

    A number by itself is one where nothing else is: `ch28-2` is a version, `student_2` a student.
    """
    words = [word for word in WORDS.findall(rest) if word.strip(SEPARATORS)]
    versions = [word for word in words if VERSION.fullmatch(word)]
    if numbers and all(VERSION.fullmatch(word) or re.fullmatch(r"\d{1,3}", word) for word in words):
        words, versions = [], words
    while words and VERSION.fullmatch(words[-1]):
        rest = rest[: rest.rindex(words.pop())]
    while words and VERSION.fullmatch(words[0]):
        word = words.pop(0)
        rest = rest[rest.index(word) + len(word) :]
    counted = [int(number) for word in versions for number in re.findall(r"\d+", word)]
    return rest.strip(" _.-+,，、") if words else "", counted[-1] if counted else 0


def is_generic(rest: str) -> bool:
    """Whether a name is nobody's: empty, or `src`, `homework 3`, `final`."""
    plain = rest.strip(SEPARATORS)
    return not plain or bool(GENERIC.fullmatch(plain) or VERSION.fullmatch(plain))


def who(rest: str) -> Who:
    """Whom a plain name names: `ada`, `ada@uni.edu`, `2021012345`, `2021012345_张三`, `张三-2021012345`."""
    if re.fullmatch(r"[^@\s/]+@[\w.-]+\.\w+", rest):
        return Who(id=rest, email=rest)
    words = [word for word in re.split(r"[_\s\-+,，、()（）]+", rest) if word]
    ids = [word for word in words if ID.fullmatch(word)]
    others = [word for word in words if word not in ids and not VERSION.fullmatch(word) and not GENERIC.fullmatch(word)]
    if len(ids) == 1 and others:
        return Who(id=ids[0], name=" ".join(others))
    return Who(id=rest, name=rest)


def keys(name: str) -> set[str]:
    """What a name is recognised by: its words in any order, without case, blanks and signs.

    >>> sorted(keys("Lovelace, Ada"))
    ['adalovelace', 'lovelaceada']
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = re.findall(r"[^\W_]+", plain)
    if len(words) > 4:  # a long name is written in one of two ways: as it is, or from some word on
        return {"".join(words[i:] + words[:i]) for i in range(len(words))}
    return {"".join(order) for order in itertools.permutations(words)} - {""}
