"""Gathers a batch: reads what students hand in, in whatever form, and never runs it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

from dlgrade import submission
from dlgrade.batch.archives import unpacked, zip_tree
from dlgrade.batch.due import Due
from dlgrade.batch.model import Batch, HandIn, Student
from dlgrade.batch.naming import CANVAS, MOODLE, Chapters, Who
from dlgrade.batch.owners import Piece, is_own_name, pieces_of, settle_kinds
from dlgrade.batch.roster import Roster
from dlgrade.batch.trees import Entry, Tree, file_entry, folder_tree, refused
from dlgrade.course import Chapter
from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission import MAX_FILES, SUFFIXES, Submission
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import MAX_FILE_BYTES
from dlgrade.text import Text, both

TOLD = ("", ".zip", *SUFFIXES)  # kinds of entries, folders among them, that may hold code
MAX_TOLD = 20  # versions that were passed over
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


def gather(
    paths: Sequence[Path],
    *,
    chapters: Sequence[Chapter],
    roster: Roster | None = None,
    due: Due | None = None,
    repository: Path | None = None,
    refs: str = "",
) -> Batch:
    """Everybody's hand-ins for the chapters, from folders, files, zips, exports and the branches of a repository.

    What cannot be read is a hand-in with a problem; what belongs to nobody, or to no chapter, is a stray.

    Raises:
        UsageError: a folder cannot be listed, or the repository cannot be read.
    """
    intake = _Intake(Chapters(chapters), roster, due)
    trees = _trees(paths, ZoneInfo(due.timezone) if due else None, intake)
    if repository is not None:
        from dlgrade.batch.git import branch_trees

        trees += branch_trees(repository, refs)
    for tree in trees:
        for piece in pieces_of(tree, intake.chapters, roster):
            intake.add(piece)
        if tree.problem is not None:
            intake.strays.append(tree.problem)
    batch = intake.batch()
    reader.close()  # nothing more is read, and what follows forks
    return batch


def _trees(paths: Sequence[Path], zone: tzinfo | None, intake: _Intake) -> list[Tree]:
    folders: list[Tree] = []
    zips: list[Tree] = []
    loose: dict[Path, list[Path]] = defaultdict(list)
    for path in dict.fromkeys(paths):
        if path.is_dir():
            folder, inside = _folder_trees(path, zone, intake.chapters)
            folders.append(folder)
            zips += inside
        elif path.suffix.lower() == ".zip":
            zips.append(_zip_tree(path, zone))
        else:
            loose[path.parent].append(path)
    for tree in (*settle_kinds(folders, intake.chapters), *settle_kinds(zips, intake.chapters)):
        intake.strays.append(_claims_more(tree))
    return folders + zips + [_loose_tree(folder, files) for folder, files in loose.items()]


def _claims_more(tree: Tree) -> Text:
    return both(
        f"{tree.shown} looks like several students' work, but lies among those of one each: taken as {tree.name}'s.",
        f"{tree.shown} 看似包含多名学生的作业，但与其一同给出的都只属于一名学生：按 {tree.name} 的作业处理。",
    )


def _folder_trees(path: Path, zone: tzinfo | None, chapters: Chapters) -> tuple[Tree, list[Tree]]:
    """A folder, with the zips that lie in its students' folders unpacked; and the zips in the folder itself."""
    tree = folder_tree(path)
    entries: list[Entry] = []
    zips: list[Tree] = []
    for entry in tree.entries:
        if entry.suffix != ".zip" or entry.path is None:
            entries.append(entry)
        elif len(entry.parts) == 1 and not _of_platform(entry):
            zips.append(_zip_tree(entry.path, zone))
        else:
            entries += unpacked(entry, zone)
    if zips:  # a roster or notes beside them are no hand-in
        code = (".zip", *SUFFIXES)
        entries = [
            e for e in entries if len(e.parts) > 1 or e.suffix in code or chapters.find(PurePath(e.name).stem).chapter
        ]
    tree.entries = entries
    return tree, zips


def _of_platform(entry: Entry) -> bool:
    """A zip of an unpacked export is one student's, and its name says whose."""
    return bool(CANVAS.fullmatch(entry.name) or MOODLE.fullmatch(entry.name))


def _zip_tree(path: Path, zone: tzinfo | None) -> Tree:
    try:
        return zip_tree(path, zone)
    except SubmissionError as error:
        shown = clean(str(path))
        entry = Entry((clean(path.name),), shown, refused(error.text), problem=error.text)
        return Tree(clean(path.stem), shown, [entry], packed=True, around=clean(path.absolute().parent.name))


def _loose_tree(folder: Path, files: list[Path]) -> Tree:
    """Files that were given by name; the others of their folder are there to be imported."""
    entries = [file_entry(path.resolve() if path.is_symlink() else path, (clean(path.name),)) for path in files]
    others = sorted(path for path in folder.glob("*.py") if path not in files)
    entries += [file_entry(path, (clean(path.name),), helper=True) for path in others]
    return Tree(clean(folder.absolute().name), str(folder), entries)


@dataclass
class _Intake:
    """What is known so far: students, and the files of each."""

    chapters: Chapters
    roster: Roster | None
    due: Due | None
    students: dict[str, Student] = field(default_factory=dict)
    pieces: dict[str, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    seen: set[tuple[str, str]] = field(default_factory=set)
    strays: list[Text] = field(default_factory=list)
    elsewhere: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    nobody: dict[Text, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, piece: Piece) -> None:
        student = self._student(piece)
        if isinstance(student, Text):
            if piece.entry.problem is not None:
                self.strays.append(piece.entry.problem)
            elif piece.readable and not piece.entry.helper:
                self.nobody[student].append(piece.entry.shown)
            return
        if (student.id, piece.entry.shown) in self.seen:
            return  # given twice
        self.seen.add((student.id, piece.entry.shown))
        if not piece.entry.helper:
            self.students.setdefault(student.id, student)
        self.pieces[student.id].append(piece)

    def _student(self, piece: Piece) -> Student | Text:
        answers = [self.roster.find(one) if self.roster else _unlisted(one) for one in piece.whose]
        unknown = both("The name does not say whose it is.", "文件名未说明属于哪位学生。")
        first = next(iter(answers), unknown)
        return next((answer for answer in answers if isinstance(answer, Student)), first)

    def batch(self) -> Batch:
        hand_ins = [one for id in sorted(self.students) for one in self._of_student(self.students[id])]
        students = self.roster.students if self.roster else tuple(self.students[id] for id in sorted(self.students))
        return Batch(tuple(students), tuple(hand_ins), tuple(self._all_strays()))

    def _all_strays(self) -> list[Text]:
        strays = list(self.strays)
        for why, shown in self.nobody.items():
            strays.append(both(f"{_some(shown)}: {why.en}", f"{_some(shown)}：{why.zh}"))
        for chapter, shown in sorted(self.elsewhere.items()):
            some = _some(shown)
            strays.append(both(f"{some}: {chapter} is not graded here.", f"{some}：此次不评 {chapter}。"))
        return list(dict.fromkeys(strays))

    def _of_student(self, student: Student) -> list[HandIn]:
        pieces = self.pieces[student.id]
        own = [piece for piece in pieces if not piece.entry.helper]
        made = [one for chapter in self.chapters.ids if (one := self._of_chapter(student, chapter, own))]
        for piece in own:
            if piece.readable and piece.found.chapter and piece.found.chapter not in self.chapters.ids:
                self.elsewhere[piece.found.chapter].append(piece.entry.shown)
        told = {one.problem for one in made}
        if len(self.chapters.ids) > 1:
            self._note_without_chapter(own, {one.shown for one in made})
        for piece in own:
            problem = piece.entry.problem
            if problem is not None and problem not in told and piece.entry.suffix in TOLD:
                self.strays.append(problem)
        return made

    def _of_chapter(self, student: Student, chapter: str, own: list[Piece]) -> HandIn | None:
        """What the student handed in for a chapter; where only one is asked for, a name need not say so."""
        here = [piece for piece in own if piece.found.chapter == chapter]
        called = [piece for piece in here if piece.readable and not piece.found.above]
        # beside a file that is called for the chapter alone, `ch28_tools.py` is there to be imported
        plain = {piece.entry.shown: piece.home for piece in called if is_own_name(piece.found.rest, student)}
        homes = set(plain.values())
        called = [piece for piece in called if piece.entry.shown in plain or piece.home not in homes]
        if called:
            return self._settle(student, chapter, called)
        if not here and len(self.chapters.ids) == 1:
            here = [piece for piece in own if not piece.found.chapter]
        readable = [piece for piece in here if piece.readable]
        if len({PurePath(piece.name).stem for piece in readable}) == 1:
            return self._settle(student, chapter, readable)
        if not here:
            return None
        return HandIn(student.id, chapter, here[0].entry.shown, problem=_unclear(chapter, here))

    def _note_without_chapter(self, own: list[Piece], used: set[str]) -> None:
        """Say which files no chapter can be found for, unless they lie with one that is graded."""
        homes = [piece.home for piece in own if piece.entry.shown in used]
        left = [
            piece for piece in own
            if not piece.found.chapter and not any(piece.home[: len(home)] == home for home in homes)
        ]  # fmt: skip
        readable = [piece.entry.shown for piece in left if piece.readable]
        if readable:
            some = _some(readable)
            self.strays.append(
                both(f"{some}: the name names no chapter, such as ch28.", f"{some}：文件名中没有章节号，例如 ch28。")
            )
        elif left and len(left) == len(own) and not any(piece.entry.problem for piece in left):
            self.strays.append(_unclear("", left))

    def _settle(self, student: Student, chapter: str, candidates: list[Piece]) -> HandIn:
        """The version that counts, read."""
        candidates = sorted(candidates, key=_age)
        due = self.due.of(chapter) if self.due else None
        limit = due + timedelta(minutes=self.due.grace_minutes) if due and self.due else None
        in_time = [p for p in candidates if limit is None or p.time is None or p.time <= limit]
        chosen = (in_time or candidates)[-1]
        others = [piece for piece in candidates if piece is not chosen][-MAX_TOLD:]
        passed_over = tuple(self._passed_over(piece, limit if in_time else None) for piece in others)
        found = HandIn(student.id, chapter, chosen.entry.shown, submitted=chosen.time, passed_over=passed_over)
        if chosen.late and chosen.time is None:
            self.strays.append(_late_by_canvas(chosen.entry.shown))
        try:
            return replace(found, submission=_submission(chosen, self.pieces[student.id]))
        except SubmissionError as error:
            return replace(found, problem=error.text)

    def _passed_over(self, piece: Piece, limit: datetime | None) -> Text:
        at = self._written(piece.time)
        shown = f"{piece.entry.shown} ({at})" if at else piece.entry.shown
        if limit is not None and piece.time is not None and piece.time > limit:
            return both(f"{shown} came after the due time.", f"{shown} 在截止时间之后提交。")
        return both(f"{shown} is not the newest version.", f"{shown} 不是最新版本。")

    def _written(self, time: datetime | None) -> str:
        if time is None:
            return ""
        return f"{time.astimezone(ZoneInfo(self.due.timezone) if self.due else None):%Y-%m-%d %H:%M}"


def _unlisted(one: Who) -> Student | Text:
    """Without a roster everybody is who the name says."""
    if one.id:
        return Student(one.id, one.name, one.email)
    return both(f"Nothing says who {one.words} is.", f"无法判断 {one.words} 属于哪位学生。")


def _late_by_canvas(shown: str) -> Text:
    return both(
        f"{shown}: late, says Canvas, but not by how much; no late rule is applied.",
        f"{shown}：Canvas 标记为迟交，但未给出时间，因此不按迟交规则扣分。",
    )


def _age(piece: Piece) -> tuple[datetime, int, datetime, str]:
    return piece.time or LONG_AGO, piece.found.version, piece.entry.modified or LONG_AGO, piece.entry.shown


def _some(shown: list[str]) -> str:
    more = f" (+{len(shown) - 3})" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more


def _unclear(chapter: str, pieces: list[Piece]) -> Text:
    """Why nothing of a student's can be taken for the chapter."""
    readable = [piece for piece in pieces if piece.readable]
    if readable:
        names = ", ".join(piece.name for piece in readable[:5])
        return both(
            f"Several files, and none is called for {chapter}: {names}.",
            f"有多个文件，文件名均不含 {chapter}：{names}。",
        )
    problem = next((piece.entry.problem for piece in pieces if piece.entry.problem), None)
    names = ", ".join(piece.entry.shown for piece in pieces[:5])
    return problem or both(f"No .py or .ipynb file, only {names}.", f"没有 .py 或 .ipynb 文件，只有 {names}。")


def _submission(chosen: Piece, pieces: list[Piece]) -> Submission:
    """Raises SubmissionError: it cannot be read."""
    entry = chosen.entry
    name = _safe(chosen.name)
    content = entry.read(submission.size_limit(name))
    neighbours: dict[str, bytes] = {}
    left = submission.MAX_BESIDE
    for other in sorted(pieces, key=_age, reverse=True):
        beside = other.home == chosen.home and other is not chosen and other.entry.suffix == ".py"
        if beside and len(neighbours) < MAX_FILES and (called := _importable(other)) not in neighbours:
            try:
                neighbours[called] = other.entry.read(min(MAX_FILE_BYTES, left))
            except SubmissionError:
                continue  # what it is imported by says so
            left -= len(neighbours[called])
    return submission.from_content(name, content, shown=entry.shown, neighbours=dict(sorted(neighbours.items())))


def _safe(name: str) -> str:
    """A name for a file in a worker's folder."""
    stem, dot, suffix = name.replace("/", "_").replace("\\", "_").rpartition(".")
    return f"{stem[:60]}{dot}{suffix}"


def _importable(piece: Piece) -> str:
    """The name that a file is imported by: platforms put a version after it, `tools-1.py`."""

    return _safe(re.sub(r"-\d{1,2}(?=\.py$)", "", piece.name))
