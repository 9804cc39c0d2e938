"""Changes that staff make to the students of a gradebook. Each brings the reports up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dlgrade.batch.book.class_list import ACTIVE, REMOVED, Entry
from dlgrade.batch.book.gradebook import Gradebook
from dlgrade.batch.book.overrides import find_student
from dlgrade.batch.book.tables import MAX_ID
from dlgrade.batch.reports import open_existing_gradebook, refresh, rules_of
from dlgrade.batch.rules import ROSTER, stored
from dlgrade.batch.students.roster import read_roster
from dlgrade.course import Course
from dlgrade.errors import UsageError
from dlgrade.text import Lang, Text, both


@dataclass(frozen=True)
class People:
    """The students of a gradebook.

    Args:
        course: The course, for the reports.
        out: Folder of the gradebook and the reports.
        gradebook: URL of the database. None: a file in `out`.
        lang: Language of the files for programs.
    """

    course: Course
    out: Path
    gradebook: str | None = None
    lang: Lang = "en"

    def everybody(self) -> list[Entry]:
        """Return all students who were ever in the gradebook."""
        with open_existing_gradebook(self.out, self.gradebook) as book:
            return book.everybody()

    def merge(self, wrong: str, right: str) -> Text:
        """Give everything of one student to another. Return a sentence about it.

        Raises:
            UsageError: one of them is unknown, or both are one student, or a roster has the first.
        """
        with self._changing() as book:
            wrong, right = _find(book, wrong), _find(book, right)
            if wrong == right:
                raise UsageError(both(f"{wrong} is the same student.", f"两者是同一名学生：{wrong}。"))
            self._refuse_listed(wrong)
            _refuse_absent(book, wrong, right)
            rules = rules_of(self.out, self.course)
            book.merge(wrong, right, rules.for_class(book.students(), book.aliases()) if rules else None)
        return both(
            f"{wrong} is {right} from now on. Of two hand-ins for a chapter, the newest in time counts.",
            f"今后 {wrong} 即 {right}。同一章有两份提交时，以截止前最新的为准。",
        )

    def rename(self, old: str, new: str, name: str | None) -> Text:
        """Give a student another id, and another name unless `name` is None. Return a sentence about it.

        Raises:
            UsageError: the student is unknown, the id is another's, or a roster has the student.
        """
        new = new.strip()
        if not new.isprintable() or not 0 < len(new) <= MAX_ID:
            raise UsageError(
                both(
                    f"An id has 1 to {MAX_ID} characters, and no line breaks: {new[:60]!r}.",
                    f"学号须为 1 到 {MAX_ID} 个字符，不含换行：{new[:60]!r}。",
                )
            )
        with self._changing() as book:
            old = _find(book, old)
            self._refuse_listed(old)
            if new != old and new in {entry.student.id for entry in book.everybody()}:
                raise UsageError(
                    both(
                        f"{new} is another student. If they are one person: dlgrade students merge {old} {new}",
                        f"{new} 是另一名学生。若为同一人：dlgrade students merge {old} {new}",
                    )
                )
            book.rename(old, new, name)
        return both(f"{old} is {new} from now on.", f"今后 {old} 即 {new}。")

    def remove(self, wanted: str, why: str) -> Text:
        """Take a student out of reports and exports; the history stays. Return a sentence about it.

        Raises:
            UsageError: the student is unknown.
        """
        with self._changing() as book:
            student = _find(book, wanted)
            entry = next(entry for entry in book.everybody() if entry.student.id == student)
            book.set_status(student, REMOVED, why.strip() or (entry.why if entry.status == REMOVED else ""))
        return both(
            f"{student} is left out of reports and exports. Undo: dlgrade students restore {student}",
            f"{student} 不再出现在报告与导出中。撤销：dlgrade students restore {student}",
        )

    def restore(self, wanted: str) -> Text:
        """Undo `remove`. Return a sentence about it.

        Raises:
            UsageError: the student is unknown.
        """
        with self._changing() as book:
            student = _find(book, wanted)
            book.set_status(student, ACTIVE, "")
        return both(f"{student} is in the class again.", f"{student} 已恢复。")

    @contextmanager
    def _changing(self) -> Iterator[Gradebook]:
        with open_existing_gradebook(self.out, self.gradebook) as book:
            yield book
            refresh(self.course, book, self.out, self.lang)

    def _refuse_listed(self, student: str) -> None:
        """Refuse a change of a student whom the next `grade` would bring back, because the roster has them."""
        path = stored(self.out, ROSTER)
        if path and student in read_roster(path).known:
            raise UsageError(
                both(
                    f"{student} is on the roster. Correct the roster, and grade with --roster again.",
                    f"{student} 在名单中。请修改名单，再用 --roster 重新评分。",
                )
            )


def _find(book: Gradebook, wanted: str) -> str:
    """The id of the student with this id, name or former name."""
    entries = book.everybody()
    if wanted not in {entry.student.id for entry in entries} and wanted in (aliases := book.aliases()):
        return aliases[wanted]
    return find_student([entry.student for entry in entries], wanted)


def _refuse_absent(book: Gradebook, wrong: str, right: str) -> None:
    """Refuse to merge a student whom staff removed, or to merge into a student who is not in the class."""
    status = {entry.student.id: entry.status for entry in book.everybody()}
    absent = wrong if status[wrong] == REMOVED else right if status[right] != ACTIVE else None
    if absent is not None:
        raise UsageError(
            both(
                f"{absent} is not in the class. First: dlgrade students restore {absent}",
                f"{absent} 不在班级中。请先：dlgrade students restore {absent}",
            )
        )
