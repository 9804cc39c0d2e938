"""Reads hand-ins in whatever form they come, and never runs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone, tzinfo
from functools import partial
from pathlib import Path, PurePath

from dlgrade.batch.assembly import assembled
from dlgrade.batch.files.archives import entries_in, zip_tree
from dlgrade.batch.files.sources import gone_check
from dlgrade.batch.files.trees import Tree, TreeEntry, broken_entry, file_entry, folder_tree, not_unpacked
from dlgrade.batch.hand_ins import Batch, HandIn, Recorded, Student
from dlgrade.batch.keys import content_digest
from dlgrade.batch.students.classmates import Classmates
from dlgrade.batch.students.enrolled import enrolled, is_enrolled
from dlgrade.batch.students.naming import BLACKBOARD, CANVAS, MOODLE, NameParser, is_generic
from dlgrade.batch.students.owned import OwnedFile, reason
from dlgrade.batch.students.owners import owned_files, settle_identities, settle_kinds
from dlgrade.batch.students.roster import Roster
from dlgrade.batch.times.due import ClassDue, Due, instant
from dlgrade.batch.times.known import known_times
from dlgrade.batch.versions import is_backup, submissions_among, unused_files
from dlgrade.course import Chapter
from dlgrade.errors import SubmissionError, UsageError
from dlgrade.files import clean
from dlgrade.submission import SUFFIXES, Submission
from dlgrade.submission.beside import listed
from dlgrade.submission.reading import reader
from dlgrade.text import Text, both, some

MAY_HOLD_CODE = ("", ".zip", *SUFFIXES)  # suffixes of entries; a folder has none
MAX_PASSED_OVER = 20  # versions that a hand-in lists
MAX_NAMES = 3  # of files in a message
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


def gather(
    paths: Sequence[Path],
    *,
    chapters: Sequence[Chapter],
    roster: Roster | None = None,
    known: Collection[Student] = (),
    due: Due | None = None,
    repository: Path | None = None,
    refs: str = "",
    aliases: Mapping[str, str] = {},
    out: Path | None = None,
    recorded: Mapping[tuple[str, str], Recorded] = {},
) -> Batch:
    """Read everybody's hand-ins for the chapters.

    The batch has one hand-in for each student and chapter. A hand-in that cannot be read has a problem instead of a
    submission. A file that belongs to no student or no chapter is a stray.

    Args:
        paths: Folders, files, zips and exports of learning platforms.
        chapters: The chapters that are graded.
        roster: The class. Without it, everybody is the person whom a name names.
        known: The students of the gradebook. Without a roster, a name that fits one of them is theirs.
        due: Due times. The newest version before them counts.
        repository: A Git repository whose branches are hand-ins too.
        refs: Pattern of these branches; `*` is the student.
        aliases: Ids of students by other names, which staff gave to them.
        out: The output folder. Files in it are no hand-ins, even if it lies in a folder that is read.
        recorded: The hand-ins of the gradebook, by student and chapter. A file whose time a copy has changed keeps the
            time that it had.

    Raises:
        UsageError: a folder cannot be listed, or the repository cannot be read.
    """
    intake = _Intake(NameParser(chapters), roster, due, aliases, () if roster else known, recorded)
    trees = _trees(paths, intake, out)
    if repository is not None:
        from dlgrade.batch.files.git import branch_trees

        trees += branch_trees(repository, refs)
    for tree in trees:
        tree.entries = [not_unpacked(entry) for entry in tree.entries]
    is_listed = partial(is_enrolled, roster) if roster else Classmates(intake.known, [], intake.names.ids).knows
    owned = [(tree, owned_files(tree, intake.names, is_listed, has_roster=roster is not None)) for tree in trees]
    files, intake.notes = known_times(settle_identities(owned), intake.names.ids, due)
    intake.strays += [note for tree in trees for note in (*tree.notes, tree.problem) if note is not None]
    intake.classmates = Classmates(intake.known, files, intake.names.ids)
    for file in files:
        intake.add(file)
    batch = intake.batch()
    given = [*paths, repository] if repository is not None else list(paths)
    batch = replace(batch, is_gone=gone_check(given, batch.owners))
    reader.close()  # no more files are parsed, and the processes that start next are forked
    return batch


def _trees(paths: Sequence[Path], intake: _Intake, out: Path | None) -> list[Tree]:
    """The paths as trees, without the output folder. The loose files of one folder make one tree."""
    folders: list[Tree] = []
    zips: list[Tree] = []
    loose: dict[Path, list[Path]] = defaultdict(list)
    for path in dict.fromkeys(paths):
        if path.is_dir():
            folder, inside = _folder_trees(path, intake.names, out)
            folders.append(folder)
            zips += inside
        elif path.suffix.lower() == ".zip":
            zips.append(_zip_tree(path))
        elif (packed := _packed_export(path, intake.names)) is not None:
            intake.strays.append(packed)
            intake.unassigned += 1
        else:
            loose[path.parent].append(path)
    for tree in (*settle_kinds(folders, intake.names), *settle_kinds(zips, intake.names)):
        intake.strays.append(_claims_more(tree))
    return folders + zips + [_loose_tree(folder, files) for folder, files in loose.items()]


def _claims_more(tree: Tree) -> Text:
    name = tree.display_name
    return both(
        f"{name} looks like several students' work, but lies among those of one student each: taken as {tree.name}'s.",
        f"{name} 看似包含多名学生的作业，但与其一同给出的都只属于一名学生：按 {tree.name} 的作业处理。",
    )


def _folder_trees(path: Path, names: NameParser, out: Path | None) -> tuple[Tree, list[Tree]]:
    """A folder, with the zips in its students' folders unpacked; and the zips that lie directly in the folder."""
    tree = folder_tree(path)
    entries: list[TreeEntry] = []
    zips: list[Tree] = []
    for entry in tree.entries:
        if out is not None and entry.path is not None and out.absolute() in entry.path.absolute().parents:
            continue
        if entry.suffix != ".zip" or entry.path is None:
            entries.append(entry)
        elif len(entry.parts) == 1 and not _of_platform(entry):
            zips.append(_zip_tree(entry.path))
        else:
            entries += entries_in(entry)
    if zips:  # a roster or notes beside zips are no hand-ins
        code = (".zip", *SUFFIXES)
        entries = [
            e for e in entries if len(e.parts) > 1 or e.suffix in code or e.packing or names.parse(e.stem).chapter
        ]
    tree.entries = entries
    return tree, zips


def _of_platform(entry: TreeEntry) -> bool:
    """Return whether a zip is one student's in an unpacked export. Its name then says whose."""
    return any(scheme.fullmatch(entry.name) for scheme in (CANVAS, MOODLE, BLACKBOARD))


def _zip_tree(path: Path) -> Tree:
    """The files of a zip. If it cannot be listed, the zip itself as an entry with the reason."""
    try:
        return zip_tree(path)
    except SubmissionError as error:
        name = clean(str(path))
        entries = [broken_entry((clean(path.name),), name, error.text)]
        return Tree(clean(path.stem), name, entries, packed=True, around=clean(path.absolute().parent.name))


def _packed_export(path: Path, names: NameParser) -> Text | None:
    """The problem of a packed file such as `submissions.tar.gz`, which names no student and may hold a whole class."""
    entry = not_unpacked(file_entry(path, (clean(path.name),)))
    return entry.problem if entry.packing and is_generic(names.parse(entry.stem).rest) else None


def _loose_tree(folder: Path, files: list[Path]) -> Tree:
    """Files that were given by name, with the other files of their folder as helpers."""
    entries = [file_entry(path.resolve() if path.is_symlink() else path, (clean(path.name),)) for path in files]
    others = ((name, path) for name, path in listed(folder) if path not in files)
    entries += [file_entry(path, tuple(name.split("/")), helper=True) for name, path in others]
    return Tree(clean(folder.absolute().name), str(folder), entries, loose=True)


@dataclass
class _Intake:
    """Collects the files of all trees, then makes the batch of them.

    Two phases: `add` every file, then call `batch` once. `add` finds the student of a file. `batch` chooses a version
    for each student and chapter, reads it, and finds the strays.

    Args:
        names: Takes names apart.
        roster: The class, if known.
        due: Due times, if any.
        aliases: Ids of students by other names.
        known: The students of the gradebook, without a roster.
        recorded: The hand-ins of the gradebook, by student and chapter.
        classmates: The students whom the names name, without a roster.
        students: Students by id, as far as they handed in something.
        files: Files by the id of their student.
        seen: Student and display name of each file so far: paths may be given twice.
        strays: Sentences about files that belong to nobody or to no chapter.
        other_chapters: Files by the chapter that they are for, which is not graded.
        nobodys: Files that belong to nobody, by the reason.
        owners: The ids of the students of each file, by the file's source.
        notes: Sentences about times and extensions.
        rules: The due times with the students' extensions, once the students are known.
        unassigned: How many other files may be hand-ins and belong to no student or chapter.
        packed: Packed files beside hand-ins, by their suffix.
        canvas_ids: The ids of students that are Canvas' own numbers.
        kept_times: How many hand-ins keep the time that the gradebook has.
    """

    names: NameParser
    roster: Roster | None
    due: Due | None
    aliases: Mapping[str, str]
    known: Collection[Student]
    recorded: Mapping[tuple[str, str], Recorded]
    classmates: Classmates | None = None
    students: dict[str, Student] = field(default_factory=dict)
    files: dict[str, list[OwnedFile]] = field(default_factory=lambda: defaultdict(list))
    seen: set[tuple[str, str]] = field(default_factory=set)
    strays: list[Text] = field(default_factory=list)
    other_chapters: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    nobodys: dict[Text, list[str]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    notes: list[Text] = field(default_factory=list)
    rules: ClassDue | None = None
    unassigned: int = 0
    packed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    canvas_ids: set[str] = field(default_factory=set)
    kept_times: int = 0

    @property
    def zone(self) -> tzinfo | None:
        """The time zone of the due times."""
        return self.due.zone if self.due else None

    def add(self, file: OwnedFile) -> None:
        """Give the file to its student, or note why it has none."""
        entry = file.entry
        student = self._student(file)
        if not entry.helper:
            self.owners[entry.source] |= {student.id} if isinstance(student, Student) else set()
        if isinstance(student, Text):
            if entry.problem is not None:
                self.strays.append(entry.problem)
                self.unassigned += _may_hold_code(entry) and not entry.helper
            elif file.readable and not entry.helper:
                self.nobodys[student].append(entry.display_name)
            return
        if self.roster is None and any(student.id == owner.canvas for owner in file.owners):
            self.canvas_ids.add(student.id)
        if (student.id, entry.display_name) in self.seen:
            return
        self.seen.add((student.id, entry.display_name))
        if not entry.helper:
            self.students.setdefault(student.id, student)
        self.files[student.id].append(file)

    def _student(self, file: OwnedFile) -> Student | Text:
        """The first owner who is a known student, or why there is none."""
        if not file.owners:
            return both("The name does not say whose it is.", "文件名未说明属于哪位学生。")
        if corrected := self._corrected(file):
            return corrected
        if self.roster is None:
            assert self.classmates is not None
            return self.classmates.of(file.owners)
        return enrolled(self.roster, file.owners)

    def _corrected(self, file: OwnedFile) -> Student | None:
        """The student to whom staff gave the name of an owner."""
        names = (name for owner in file.owners for name in (owner.text, owner.id, owner.name))
        ids = [self.aliases[name] for name in names if name in self.aliases]
        known = self.roster.known if self.roster else {student.id: student for student in self.known}
        return next((known[id] for id in ids if id in known), None)

    def batch(self) -> Batch:
        """The batch of all files that were added."""
        handed_in = tuple(self.students[id] for id in sorted(self.students))
        students = self.roster.students if self.roster else handed_in
        if self.due:
            self.rules = self.due.for_class(students, self.aliases)
            if self.roster and self.rules.unknown:
                raise UsageError(self.rules.unlisted(students)[0])
        hand_ins = [hand_in for student in handed_in for hand_in in self._hand_ins(student)]
        if self.kept_times and self.due:
            count = self.kept_times
            self.notes.append(
                both(
                    f"{count} of these have the content that the gradebook has, and keep its time.",
                    f"其中 {count} 份内容与成绩册一致，沿用成绩册中的提交时间。",
                )
            )
        unassigned = self.unassigned + sum(map(len, self.nobodys.values()))
        return Batch(
            students, tuple(hand_ins), tuple(self._all_strays()), tuple(self.notes), self.owners,
            canvas_ids=frozenset(self.canvas_ids), unassigned=unassigned,
        )  # fmt: skip

    def _all_strays(self) -> list[Text]:
        strays = list(self.strays)
        for why, files in self.nobodys.items():
            names = some(files, MAX_NAMES)
            strays.append(both(f"{names}: {why.en}", f"{names}：{why.zh}"))
        for form, files in sorted(self.packed.items()):
            names = some(files, MAX_NAMES)
            strays.append(
                both(
                    f"{names}: {form} files are not unpacked. If they hold hand-ins, pack them again as zips.",
                    f"{names}：不支持解压 {form} 文件。若其中有作业，请重新打包为 zip。",
                )
            )
        for chapter, files in sorted(self.other_chapters.items()):
            names = some(files, MAX_NAMES)
            strays.append(both(f"{names}: {chapter} is not graded in this run.", f"{names}：此次不评 {chapter}。"))
        return list(dict.fromkeys(strays))

    def _hand_ins(self, student: Student) -> list[HandIn]:
        """The student's hand-ins. Files that are in none of them become strays."""
        own = [file for file in self.files[student.id] if not file.entry.helper]
        hand_ins = [made for chapter in self.names.ids if (made := self._hand_in(student, chapter, own))]
        for file in own:
            if file.readable and file.parsed.chapter and file.parsed.chapter not in self.names.ids:
                self.other_chapters[file.parsed.chapter].append(file.entry.display_name)
        if len(self.names.ids) > 1:
            self._note_without_chapter(own, {hand_in.display_name for hand_in in hand_ins})
        reported = {hand_in.problem for hand_in in hand_ins}
        for file in own:
            problem = file.entry.problem
            if problem is None or problem in reported or not _may_hold_code(file.entry):
                continue
            if file.entry.packing and hand_ins:
                self.packed[file.entry.packing.lower()].append(file.entry.display_name)
            else:
                self.strays.append(problem)
                self.unassigned += not hand_ins
        return hand_ins

    def _hand_in(self, student: Student, chapter: str, own: list[OwnedFile]) -> HandIn | None:
        """The student's hand-in for a chapter. If only one chapter is graded, a file need not name it."""
        files = [file for file in own if file.parsed.chapter == chapter]
        named = submissions_among([file for file in files if file.readable and not file.parsed.from_folder], student)
        if named:
            made = self._newest(student, chapter, named)
            self.notes += unused_files(made, files, named)
            return made
        if not files and len(self.names.ids) == 1:
            files = [file for file in own if not file.parsed.chapter]
        readable = [file for file in files if file.readable]
        if len({PurePath(file.name).stem for file in readable}) == 1:
            return self._newest(student, chapter, readable)
        if not files:
            return None
        return HandIn(
            student.id, chapter, files[0].entry.display_name,
            problem=_unclear(chapter, files), submitted=files[0].time, why=reason(files[0], student),
        )  # fmt: skip

    def _note_without_chapter(self, own: list[OwnedFile], used: set[str]) -> None:
        """Note the files of no known chapter, unless a graded file lies in or above their folder."""
        homes = [file.home for file in own if file.entry.display_name in used]
        left = [
            file for file in own
            if not file.parsed.chapter and not any(file.home[: len(home)] == home for home in homes)
        ]  # fmt: skip
        readable = [file.entry.display_name for file in left if file.readable]
        self.unassigned += len(readable) if not used else 0
        if readable:
            names = some(readable, MAX_NAMES)
            self.strays.append(
                both(f"{names}: the name names no chapter, such as ch28.", f"{names}：文件名中没有章节号，例如 ch28。")
            )
        elif left and len(left) == len(own) and not any(file.entry.problem for file in left):
            self.strays.append(_unclear("", left))

    def _newest(self, student: Student, chapter: str, versions: list[OwnedFile]) -> HandIn:
        """Read the version that counts: the newest in time. If all are late, the newest."""
        versions = sorted(versions, key=self._age)
        limit = self.rules.limit(student.id, chapter) if self.rules else None
        in_time = [file for file in versions if limit is None or not self._after(file, limit)]
        before = self.recorded.get((student.id, chapter))
        chosen = self._same_as(before, student, versions) or (in_time or versions)[-1]
        others = [file for file in versions if file is not chosen][-MAX_PASSED_OVER:]
        passed_over = tuple(self._passed_over(file, limit if in_time else None) for file in others)
        if chosen.late and chosen.time is None:
            self.strays.append(_late_by_canvas(chosen.entry.display_name))
        hand_in = HandIn(
            student.id, chapter, chosen.entry.display_name, submitted=chosen.time, passed_over=passed_over,
            source=chosen.entry.source, why=reason(chosen, student),
        )  # fmt: skip
        try:
            read = self._read(chosen, student)
        except SubmissionError as error:
            return replace(hand_in, problem=error.text)
        hand_in = replace(hand_in, submission=read, content=content_digest(read))
        if before and before.submitted and hand_in.submitted is None and hand_in.content == before.content:
            self.kept_times += 1
            return replace(hand_in, submitted=before.submitted)
        return hand_in

    def _read(self, chosen: OwnedFile, student: Student) -> Submission:
        return assembled(chosen, sorted(self.files[student.id], key=self._age, reverse=True))

    def _same_as(self, before: Recorded | None, student: Student, versions: list[OwnedFile]) -> OwnedFile | None:
        """The version that the gradebook has, if no time says which is the newest."""
        if before is None or len(versions) == 1 or any(file.time is not None for file in versions):
            return None
        for file in reversed(versions):
            try:
                if content_digest(self._read(file, student)) == before.content:
                    return file
            except SubmissionError:
                continue
        return None

    def _age(self, file: OwnedFile) -> tuple[bool, datetime, int, str]:
        """The newest file has the largest key. A file that is called a backup counts only if there is no other."""
        handed_in = LONG_AGO if file.time is None else instant(file.time, self.zone)
        return not is_backup(file), handed_in, file.parsed.version, file.entry.display_name

    def _after(self, file: OwnedFile, limit: datetime) -> bool:
        """Return whether a file is known to have come after the limit."""
        return file.time is not None and instant(file.time, self.zone) > limit

    def _passed_over(self, file: OwnedFile, limit: datetime | None) -> Text:
        """Why a version does not count. `limit`: the end of the time in which another version came."""
        name = file.entry.display_name
        if file.time is None:
            return both(f"{name}: when it came is not known.", f"{name}：提交时间不详。")
        if self.rules:
            name += f" ({self.rules.local(file.time):%Y-%m-%d %H:%M})"
        else:
            name += f" ({file.time:%Y-%m-%d %H:%M}{' UTC' if file.time.tzinfo else ''})"
        if limit is not None and self._after(file, limit):
            return both(f"{name} came after the due time.", f"{name} 在截止时间之后提交。")
        return both(f"{name} is not the newest version.", f"{name} 不是最新版本。")


def _may_hold_code(entry: TreeEntry) -> bool:
    return entry.suffix in MAY_HOLD_CODE or bool(entry.packing)


def _late_by_canvas(name: str) -> Text:
    return both(
        f"{name}: Canvas says that it is late, but not by how much; no late rule is applied.",
        f"{name}：Canvas 标记为迟交，但未给出时间，因此不按迟交规则扣分。",
    )


def _unclear(chapter: str, files: list[OwnedFile]) -> Text:
    """Why none of a student's files can be taken for the chapter."""
    readable = [file for file in files if file.readable]
    if readable:
        names = ", ".join(file.name for file in readable[:5])
        return both(
            f"Several files, and none is called for {chapter}: {names}.",
            f"有多个文件，文件名均不含 {chapter}：{names}。",
        )
    problem = next((file.entry.problem for file in files if file.entry.problem), None)
    names = ", ".join(file.entry.display_name for file in files[:5])
    return problem or both(f"No .py or .ipynb file, only {names}.", f"没有 .py 或 .ipynb 文件，只有 {names}。")
