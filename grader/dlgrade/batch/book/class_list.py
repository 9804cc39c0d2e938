"""The students of a gradebook: who belongs to the class, and who has which hand-in.

Each function works in a transaction that `dlgrade.batch.book.gradebook` opened.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa

from dlgrade.batch.book.tables import MAX_ID, aliases, overrides, results, students, submissions
from dlgrade.batch.hand_ins import Batch, HandIn, Recorded, Student
from dlgrade.batch.times.due import ClassDue, instant
from dlgrade.errors import UsageError
from dlgrade.text import Text, both

ACTIVE, LEFT, REMOVED = "active", "left", "removed"
NOT_LISTED, EMPTIED = "not on the roster", "their files are another's"  # why students have left
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
OWNED = submissions, results, overrides  # tables with rows of a student


@dataclass(frozen=True)
class Entry:
    """A student who was ever in the gradebook.

    Attributes:
        status: `active`; `left`, if a roster has them no more or their files became another's; `removed` by staff.
        why: the reason for another status than `active`.
        chapters: chapters of the hand-ins that count.
        names: other names that staff gave to the student.
    """

    student: Student
    status: str = ACTIVE
    why: str = ""
    chapters: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        return self.status == ACTIVE


def everybody(db: sa.Connection) -> list[Entry]:
    """All students, by id."""
    chapters, names = defaultdict(list), defaultdict(list)
    for row in db.execute(sa.select(submissions.c.student, submissions.c.chapter).order_by(submissions.c.chapter)):
        chapters[row.student].append(row.chapter)
    for name, student in sorted(other_names(db).items()):
        names[student].append(name)
    rows = sorted(db.execute(sa.select(students)).all(), key=lambda row: row.id)  # a server may sort by other rules
    return [
        Entry(
            Student(row.id, row.name or "", row.email or ""),
            row.status,
            row.why or "",
            tuple(chapters[row.id]),
            tuple(names[row.id]),
        )
        for row in rows
    ]


def other_names(db: sa.Connection) -> dict[str, str]:
    """The ids of students by other names."""
    return {row.name: row.student for row in db.execute(sa.select(aliases))}


def recorded(db: sa.Connection) -> dict[tuple[str, str], Recorded]:
    """The readable hand-ins, by student and chapter."""
    rows = db.execute(sa.select(submissions).where(submissions.c.content.is_not(None)))
    return {
        (row.student, row.chapter): Recorded(
            row.content, datetime.fromisoformat(row.submitted) if row.submitted else None
        )
        for row in rows
    }


# A batch.


def enrol(db: sa.Connection, batch: Batch, *, roster: bool) -> list[Text]:
    """Record the students and hand-ins of a batch. See `Gradebook.enrol`."""
    handed_in = {hand_in.student for hand_in in batch.hand_ins}
    known = {entry.student.id: entry for entry in everybody(db)}
    for student in batch.students:
        _enrol_student(db, student, known.get(student.id), returns=roster or student.id in handed_in)
    moved = _take_away(db, batch)
    for hand_in in batch.hand_ins:
        _enrol_hand_in(db, hand_in)
    if roster:
        return moved + _mark_unlisted(db, batch)
    _mark_emptied(db, batch)
    return moved


def _enrol_student(db: sa.Connection, student: Student, known: Entry | None, *, returns: bool) -> None:
    if len(student.id) > MAX_ID:
        raise UsageError(
            both(
                f"A student's id has more than {MAX_ID} characters: {student.id[:60]}...",
                f"学号超过 {MAX_ID} 个字符：{student.id[:60]}…",
            )
        )
    if known is None:
        values = {"id": student.id, "name": student.name, "email": student.email, "status": ACTIVE}
        db.execute(sa.insert(students).values(values))
        return
    values = {"name": student.name or known.student.name, "email": student.email or known.student.email}
    if returns and known.status == LEFT:
        values |= {"status": ACTIVE, "why": ""}
    db.execute(sa.update(students).where(students.c.id == student.id).values(values))


def _enrol_hand_in(db: sa.Connection, hand_in: HandIn) -> None:
    same_work = (submissions.c.student == hand_in.student) & (submissions.c.chapter == hand_in.chapter)
    row: dict[str, Any] = {
        "shown": hand_in.display_name,
        "submitted": hand_in.submitted.isoformat() if hand_in.submitted else None,
        "problem": msgspec.json.encode(hand_in.problem).decode() if hand_in.problem else None,
        "passed_over": msgspec.json.encode(hand_in.passed_over).decode(),
        "source": hand_in.source or None,
        "content": hand_in.content,
    }
    if not db.execute(sa.update(submissions).where(same_work).values(row)).rowcount:
        row |= {"student": hand_in.student, "chapter": hand_in.chapter}
        db.execute(sa.insert(submissions).values(row))


def _take_away(db: sa.Connection, batch: Batch) -> list[Text]:
    """Take hand-ins from students whose files are now another's, so that no file counts twice.

    A file is another's if this batch says so. A file that is gone became another's if a student of this batch has the
    same content for the same chapter.
    """
    handed_in = {(hand_in.student, hand_in.chapter) for hand_in in batch.hand_ins}
    rows = db.execute(sa.select(submissions).where(submissions.c.source.is_not(None))).all()
    takers = _new_owners(batch, rows)
    notes = []
    for row in sorted(rows, key=lambda row: (row.student, row.chapter)):
        waiting = takers.get((row.chapter, row.content), [])
        if row.source in batch.owners:
            if row.student not in batch.owners[row.source]:
                notes.append(_move(db, row, min(batch.owners[row.source], default=None)))
        elif waiting and (row.student, row.chapter) not in handed_in:
            is_gone = batch.is_gone(row.source)
            if is_gone:
                notes.append(_move(db, row, waiting.pop(0).student))
            elif is_gone is None:
                notes.append(_same_content(row, waiting[0]))
    return notes


def _new_owners(batch: Batch, rows: Sequence[Any]) -> dict[tuple[str, str | None], list[HandIn]]:
    """The hand-ins by chapter and content whose students did not have this content before. One file takes one place."""
    before = {(row.student, row.chapter, row.content) for row in rows}
    takers: dict[tuple[str, str | None], list[HandIn]] = defaultdict(list)
    for hand_in in batch.hand_ins:
        if hand_in.content and (hand_in.student, hand_in.chapter, hand_in.content) not in before:
            takers[hand_in.chapter, hand_in.content].append(hand_in)
    return takers


def _move(db: sa.Connection, row: Any, owner: str | None) -> Text:
    """Take a hand-in from its student. The overrides that were given for it go to the new owner."""
    work = (overrides.c.student == row.student) & (overrides.c.chapter == row.chapter)
    if owner is not None:
        given_for_it = work & (overrides.c.content == row.content)
        db.execute(sa.update(overrides).where(given_for_it).values(student=owner))
    work = (submissions.c.student == row.student) & (submissions.c.chapter == row.chapter)
    db.execute(sa.delete(submissions).where(work))
    if owner is None:
        return both(
            f"{row.shown} was {row.student}'s {row.chapter}, and is now nobody's.",
            f"{row.shown} 原为 {row.student} 的 {row.chapter}，现不属于任何学生。",
        )
    return both(
        f"{row.chapter} of {owner} was {row.student}'s before ({row.shown}); it counts once.",
        f"{owner} 的 {row.chapter} 原属 {row.student}（{row.shown}），只计一次。",
    )


def _same_content(row: Any, taker: HandIn) -> Text:
    command = f"dlgrade students merge {shlex.quote(row.student)} {shlex.quote(taker.student)}"
    return both(
        f"{taker.student} handed in the same {row.chapter} as {row.student}, who is not in this run. "
        f"If they are one person: {command}",
        f"{taker.student} 与不在此次评分中的 {row.student} 提交了相同的 {row.chapter}。若为同一人：{command}",
    )


def _mark_unlisted(db: sa.Connection, batch: Batch) -> list[Text]:
    """Mark the students who are not on the roster. Return a sentence that names them."""
    listed = {student.id for student in batch.students}
    gone = [entry for entry in everybody(db) if entry.active and entry.student.id not in listed]
    for entry in gone:
        set_status(db, entry.student.id, LEFT, NOT_LISTED)
    if not gone:
        return []
    names = ", ".join(entry.student.display_name for entry in gone[:5]) + (" ..." if len(gone) > 5 else "")
    return [
        both(
            f"Not on the roster, so kept in the history and left out of exports: {names}.",
            f"不在名单中，只保留历史记录，不再导出：{names}。",
        )
    ]


def _mark_emptied(db: sa.Connection, batch: Batch) -> None:
    """Mark students all of whose hand-ins became another's."""
    named = {hand_in.student for hand_in in batch.hand_ins}
    graded_once = set(db.scalars(sa.select(results.c.student).distinct()))
    for entry in everybody(db):
        id = entry.student.id
        if entry.active and not entry.chapters and id in graded_once and id not in named:
            set_status(db, id, LEFT, EMPTIED)


# Changes by staff.


def set_status(db: sa.Connection, student: str, status: str, why: str) -> None:
    db.execute(sa.update(students).where(students.c.id == student).values(status=status, why=why))


def rename(db: sa.Connection, old: str, new: str, name: str | None) -> None:
    """Give a student another id. See `Gradebook.rename`."""
    row = db.execute(sa.select(students).where(students.c.id == old)).one()
    if name is not None:
        db.execute(sa.update(students).where(students.c.id == old).values(name=name))
    if old == new:
        return
    values = {"name": row.name if name is None else name, "email": row.email, "status": row.status, "why": row.why}
    db.execute(sa.insert(students).values(id=new, **values))
    _give_all(db, old, new)


def merge(db: sa.Connection, name: str, into: str, rules: ClassDue | None) -> None:
    """Give everything of a student to another. See `Gradebook.merge`."""
    theirs, own = _hand_ins_of(db, name), _hand_ins_of(db, into)
    winners = []
    for chapter in theirs.keys() & own.keys():
        rows = sorted((theirs[chapter], own[chapter]), key=partial(_time, rules=rules))
        end = rules.limit(into, chapter) if rules else None
        winner = ([row for row in rows if end is None or _time(row, rules) <= end] or rows)[-1].student
        winners.append((chapter, _last_result(db, winner, chapter)))
        lost = (submissions.c.student == (into if winner == name else name)) & (submissions.c.chapter == chapter)
        db.execute(sa.delete(submissions).where(lost))
    _give_all(db, name, into)
    for chapter, result in winners:
        if result is not None:  # the last result of the history counts
            row = {"student": into, "chapter": chapter, "run": result.run, "at": result.at, "content": result.content}
            db.execute(sa.insert(results).values(row))


def _give_all(db: sa.Connection, old: str, new: str) -> None:
    for table in OWNED:
        db.execute(sa.update(table).where(table.c.student == old).values(student=new))
    db.execute(sa.update(aliases).where(aliases.c.student == old).values(student=new))
    db.execute(sa.delete(aliases).where(aliases.c.name == old))
    db.execute(sa.insert(aliases).values(name=old, student=new))
    db.execute(sa.delete(students).where(students.c.id == old))


def _hand_ins_of(db: sa.Connection, student: str) -> dict[str, Any]:
    return {row.chapter: row for row in db.execute(sa.select(submissions).where(submissions.c.student == student))}


def _last_result(db: sa.Connection, student: str, chapter: str) -> Any:
    work = (results.c.student == student) & (results.c.chapter == chapter)
    return db.execute(sa.select(results).where(work).order_by(results.c.id.desc()).limit(1)).one_or_none()


def _time(row: Any, rules: ClassDue | None) -> datetime:
    """When a hand-in came; an unknown time is before all others."""
    zone = rules.rules.zone if rules else None
    return instant(datetime.fromisoformat(row.submitted), zone) if row.submitted else LONG_AGO
