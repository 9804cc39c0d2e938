"""`dlgrade grade --dry-run`: whose each file is, from when, and why. It grades and writes nothing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, tzinfo
from pathlib import PurePath

import msgspec
from rich.cells import cell_len

from dlgrade.batch.hand_ins import Batch, Student
from dlgrade.batch.times.due import instant
from dlgrade.report.wrapping import in_lines
from dlgrade.text import Lang, Text, both

WIDTH = 80
STUDENT = 40  # columns of a student's name and id
TITLES = {"en": ("Student", "Chapter", "Handed in"), "zh": ("学生", "章节", "提交时间")}
UNKNOWN = both("unknown", "未知")


class DryRunRow(msgspec.Struct):
    """A hand-in, as `--dry-run --json` prints it. `submitted` is null if the time is unknown."""

    student: str
    name: str
    chapter: str
    file: str
    submitted: str | None
    why: str
    passed_over: list[str]
    problem: str | None = None


class DryRun(msgspec.Struct):
    """Everything that a run would grade. `missing` are the students of the roster who handed in nothing."""

    hand_ins: list[DryRunRow]
    strays: list[str]
    missing: list[str]
    notes: list[str]


def dry_run(
    batch: Batch, zone: tzinfo | None, notes: Iterable[Text], lang: Lang, chosen: Collection[str] | None = None
) -> DryRun:
    """The batch for people and programs.

    Args:
        batch: The hand-ins.
        zone: Time zone of the times. None: this machine's.
        notes: Sentences about the roster, about times and about unused files.
        lang: Language of the sentences.
        chosen: Ids of the students that the run is about. None: everybody.
    """
    students = {student.id: student for student in batch.students}
    rows = [
        DryRunRow(
            student=hand_in.student,
            name=students[hand_in.student].name,
            chapter=hand_in.chapter,
            file=hand_in.display_name,
            submitted=_local(hand_in.submitted, zone),
            why=hand_in.why.of(lang) if hand_in.why else "",
            passed_over=[text.of(lang) for text in hand_in.passed_over],
            problem=hand_in.problem.of(lang) if hand_in.problem else None,
        )
        for hand_in in batch.hand_ins
    ]
    busy = {hand_in.student for hand_in in batch.hand_ins}
    missing = [
        student.display_name
        for student in batch.students
        if student.id not in busy and (chosen is None or student.id in chosen)
    ]
    strays, told = [stray.of(lang) for stray in batch.strays], [note.of(lang) for note in notes]
    return DryRun(rows, strays, missing, told)


def _local(time: datetime | None, zone: tzinfo | None) -> str | None:
    return None if time is None else instant(time, zone).astimezone(zone).isoformat(timespec="seconds")


def dry_run_lines(shown: DryRun, lang: Lang) -> Iterator[str]:
    """The hand-ins as a table for 80 columns. A name that is too long for its column gets more room, and is never cut.

    The folder that all files have in common is in the first line alone.
    """
    folder = _common_folder([row.file for row in shown.hand_ins])
    if folder:
        yield both(f"In {folder}", f"位于 {folder}").of(lang)
    names = [Student(row.student, row.name).display_name for row in shown.hand_ins]
    title, chapter, time = TITLES[lang]
    width = min(STUDENT, max(map(cell_len, (*names, title))))
    yield f"{_padded(title, width)}  {_padded(chapter, 7)}  {time}"
    for name, row in zip(names, shown.hand_ins, strict=True):
        when = row.submitted[:16].replace("T", " ") if row.submitted else UNKNOWN.of(lang)
        yield f"{_padded(name, width)}  {_padded(row.chapter, 7)}  {when}"
        file, why = row.file.removeprefix(folder), f"({row.why})" if row.why else ""
        fits = cell_len(file) + cell_len(why) + 6 <= WIDTH
        yield from (f"    {line}" for line in ([f"{file}  {why}".rstrip()] if fits else [file, why]) if line)
        notes = [line.replace(folder, "") if folder else line for line in (row.problem, *row.passed_over) if line]
        for note in notes:
            first, *rest = in_lines(note, WIDTH - 6)
            yield from (f"    - {first}", *(f"      {line}" for line in rest))


def _common_folder(files: list[str]) -> str:
    """The folder around all files, with a slash at its end. Empty if there is none."""
    try:
        common = os.path.commonpath([PurePath(file.partition(": ")[0]).parent for file in files])
    except ValueError:  # no file, or absolute paths beside relative paths
        return ""
    return f"{common}/" if all(file.startswith(f"{common}/") for file in files) else ""


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
