"""The student and the chapter in names of files and folders, as platforms and people write them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from dlgrade.batch.students.words import CUT, EMAIL, GENERIC, SEPARATORS, VERSION, Reading, Word, take_apart
from dlgrade.course import Chapter
from dlgrade.text import Text

NUMBERED = re.compile(r"(?<![a-z])ch(?:ap(?:ter)?)?[ _.-]*0*(\d{1,3})(?!\d)|第\s*0*(\d{1,3})\s*[章讲课]", re.IGNORECASE)

# Canvas, lib/content_zipper.rb: the sortable name ("Lovelace, Ada") in small letters, without characters that belong to
# no word; LATE if it was late; the user's id, or `anon_` and an anonymous id; the attachment's id; the uploaded name.
CANVAS = re.compile(
    r"(?:(?P<slug>\w+?)(?P<late>_LATE)?_(?P<user>\d+)|(?P<anon_late>LATE_)?anon_(?P<anon>[A-Za-z0-9]{5}))"
    r"_(?P<file>\d+)_(?P<name>.+)",
    re.DOTALL,
)
# Moodle, mod/assign/classes/downloader.php: full name (underscores are blanks), a number for this assignment, the
# plugin. It is a folder's name, or, with "download in folders" off, the beginning of a file's name.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL)
GRADESCOPE = "submission_metadata.yml"
# Blackboard Learn, "Assignment File Download": the assignment, the user's name, the time of the attempt, the uploaded
# name. A text file without the uploaded name is a receipt. It names the student, and the files with their own names.
BLACKBOARD = re.compile(r"(?P<head>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<name>.+)|\.txt)", re.DOTALL)

COLLECTION = re.compile(r"in|inbox|incoming|input|class|students|abgaben|rendus|entregas|学生|全班")  # folders of staff
DOUBLE_SUFFIX = re.compile(r"\.(?:py|ipynb)$", re.IGNORECASE)  # Windows shows ch28.py.txt as ch28.py
WORDS = re.compile(r"[（(]\d+[)）]|[^\s_.\-+,，、()（）]+|.")
COPY = re.compile(r"[ _]*[（(]\d{1,2}[)）]$")  # the number that a browser gives to another download: `ch28_ada (1).py`
COPY_OF = re.compile(r"^copy[ _-](?:\d[ _-])?of[ _-]", re.IGNORECASE)
AROUND = " _.-+,，、"


@dataclass(frozen=True)
class Identity:
    """Everything that a name tells about its student.

    Args:
        id: The id; for a plain name without an id, the name.
        name: The name.
        email: The e-mail address.
        canvas: The number of Canvas.
        moodle: The number of Moodle.
        text: The whole plain name that was taken apart. Empty if a platform gave the identity.
        rest: The end of it, from the first word that may name somebody.
        source: The place of the plain name: "file", "folder" or "tree". Otherwise the platform.
        left_out: The parts of it that name nobody, and may tell namesakes apart, with their kinds: `course:cs2101`.
        groups: Folders around it that belong to no student, and may tell namesakes apart.
        doubt: Why it cannot be decided whom the name means.
    """

    id: str = ""
    name: str = ""
    email: str = ""
    canvas: str = ""
    moodle: str = ""
    text: str = ""
    rest: str = ""
    source: str = ""
    left_out: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    doubt: Text | None = None

    @property
    def display_name(self) -> str:
        return self.name or self.id or self.email or self.canvas or self.moodle


Listed = Callable[[Identity], bool]  # whether an identity is a student of the roster or of the gradebook


@dataclass(frozen=True)
class ParsedName:
    """A name taken apart.

    Args:
        chapter: Id of the chapter that it names, whether the chapter is graded or not.
        rest: The name without the chapter and the words for versions.
        full: The name without the chapter. A word for versions may be a part of somebody's name.
        version: The number of the version.
        from_folder: The chapter is named by a folder around the file, not by the file itself.
    """

    chapter: str = ""
    rest: str = ""
    version: int = 0
    full: str = ""
    from_folder: bool = False


class NameParser:
    """Takes names apart. It knows the graded chapters by their slugs, and all others by `chNN`."""

    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self.ids = [chapter.id for chapter in chapters]
        slugs = {chapter.slug: chapter.id for chapter in chapters}
        self.slugs = sorted(slugs.items(), key=lambda item: -len(item[0]))  # rnn_scratch before rnn
        self.known: dict[str, ParsedName] = {}

    def parse(self, stem: str) -> ParsedName:
        """Take a name without its suffix apart."""
        if stem not in self.known:
            self.known[stem] = self._parse(stem)
        return self.known[stem]

    def _parse(self, stem: str) -> ParsedName:
        stem = DOUBLE_SUFFIX.sub("", stem)
        chapter, parts = "", [stem]  # the parts around everything that names the chapter
        if match := NUMBERED.search(stem):
            chapter = f"ch{int(match[1] or match[2]):02d}"
            parts = [stem[: match.start()], stem[match.end() :]]
        for slug, id in self.slugs:
            match = _slug_pattern(slug, id).search(CUT.join(parts))
            if match and chapter in ("", id):
                parts = f"{match.string[: match.start()]}{CUT}{match.string[match.end() :]}".split(CUT)
                chapter = id
                break
        before, *others = parts
        after = "_".join(part for part in others if part.strip(SEPARATORS)) if len(others) > 1 else "".join(others)
        first, early = _without_version(before, numbers=False)
        last, late = _without_version(after, numbers=bool(chapter))
        whole = [part.strip(AROUND) for part, rest in ((before, first), (COPY.sub("", after), last)) if rest]
        if not others:
            whole = [COPY.sub("", part) for part in whole]
        return ParsedName(chapter, "_".join(part for part in (first, last) if part), max(early, late), "_".join(whole))


@cache
def _slug_pattern(slug: str, id: str) -> re.Pattern[str]:
    """Matches a slug as a word, with or without the chapter's number before it: `batch-norm`, `28_batch_norm`.

    A digit may follow, which is a version: `batch_norm2`.
    """
    number = id.removeprefix("ch").lstrip("0")
    words = r"[ _-]*".join(map(re.escape, slug.split("_")))
    return re.compile(rf"(?<![^\W_])(?:0*{number}[ _-]+)?{words}(?=\d?(?![^\W_]))", re.IGNORECASE)


def _without_version(rest: str, *, numbers: bool) -> tuple[str, int]:
    """The text without the words for versions at its ends, and the last number in these words.

    A number alone counts as a version, but not beside other words: `ch28-2` is a version, `student_2` a student.
    """
    rest = COPY_OF.sub("", rest)
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
    return rest.strip(AROUND) if words else "", counted[-1] if counted else 0


def is_generic(rest: str) -> bool:
    """Return whether a name belongs to nobody: empty, or `src`, `homework 3`, `final`, `fall2026`, `section 1`."""
    plain = rest.strip(SEPARATORS)
    return (
        not plain
        or bool(COLLECTION.fullmatch(plain) or GENERIC.fullmatch(plain) or VERSION.fullmatch(plain))
        or take_apart(plain).is_nobodys
    )


def looks_like_person(rest: str) -> bool:
    """Return whether a name has an id, or a common family or given name."""
    return not is_generic(rest) and any(word.is_id or word.is_name for word in take_apart(rest).kept)


def identify(rest: str) -> Identity:
    """The identity in a plain name: `ada`, `ada@uni.edu`, `2021012345`, `CS2101_2021012345_张三`, `张三-2021012345`."""
    reading = take_apart(rest)
    return identity_of(reading, reading.kept)


def shortened(text: str) -> Identity:
    """The identity in a plain name without any word for homework or versions, even if it may be a part of the name."""
    return identity_of(reading := take_apart(text, short=True), reading.kept)


def as_written(text: str) -> Identity:
    """The identity in a plain name of which nothing is left out. A roster knows better which words are ids."""
    return identity_of(reading := take_apart(text, whole=True), reading.kept)


def readings(identity: Identity) -> list[Identity]:
    """The ways to read a plain name, for a roster: it knows better than a pattern which words are ids and names."""
    if not identity.text:
        return [identity]
    rest = Identity(id=identity.rest, name=identity.rest)  # `hw3-li-na-2021`, where li-na-2021 is a user of GitHub
    return [as_written(identity.text), identity, rest]


def id_readings(identity: Identity) -> list[Identity]:
    """The ways to read a plain name with several words that look like ids: each of them beside the other words."""
    words = take_apart(identity.text, whole=True).kept
    name = " ".join(word.text for word in words if not word.is_id)
    return [Identity(id=word.text, name=name or word.text) for word in words if word.is_id]


def identity_of(reading: Reading, words: tuple[Word, ...], ids: tuple[Word, ...] | None = None) -> Identity:
    """The identity that some words of a name make.

    Args:
        reading: The name.
        words: The words that name the student.
        ids: Those of them that are ids. None: those that look like ids.
    """
    ids = tuple(word for word in words if word.is_id) if ids is None else ids
    numbers = {f"number:{part}" for kind, part in reading.dropped if kind == "version" and part.isdigit()}
    left_out = tuple(sorted(telling_parts(reading) | numbers))  # `Li Wei (1)` and `Li Wei (2)`
    whole = reading.joined(words)
    if EMAIL.fullmatch(whole):
        return Identity(id=whole, email=whole, text=reading.text)
    if len(ids) != 1:
        return Identity(id=whole, name=whole, text=reading.text, left_out=left_out)
    name = " ".join(word.text for word in words if word not in ids) or ids[0].text
    return Identity(id=ids[0].text, name=name, text=reading.text, left_out=left_out)


def telling_parts(reading: Reading) -> set[str]:
    """The parts of a name that may tell namesakes apart, each with its kind: courses, classes, years of terms."""
    parts = set()
    for kind, part in reading.dropped:
        if kind == "term":
            parts |= {f"term:20{year[-2:]}" for year in re.findall(r"20\d\d|(?<!\d)\d\d(?!\d)", part)}
        elif kind in ("course", "class"):
            parts.add(f"{kind}:" + re.sub(r"[\W_]", "", part.casefold()))
    return parts


def name_keys(name: str) -> set[str]:
    """The keys by which a name is recognised: its words in any order, without case, blanks and signs.

    >>> sorted(name_keys("Lovelace, Ada"))
    ['adalovelace', 'lovelaceada']
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = re.findall(r"[^\W_]+", plain)
    if len(words) > 4:  # all orders would be too many; people write a long name as it is, or begin at another word
        return {"".join(words[i:] + words[:i]) for i in range(len(words))}
    return {"".join(order) for order in itertools.permutations(words)} - {""}
