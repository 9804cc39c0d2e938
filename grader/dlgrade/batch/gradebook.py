"""The gradebook: a database of who handed in what, what came of it, and what staff changed.

Runs are filed under a key that is made of everything a result depends on (`dlgrade.batch.keys`), so that two equal
submissions share one and what was graded is recognised. A student's results are a history; the last one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Table

from dlgrade.batch.model import HandIn, Student
from dlgrade.errors import UsageError
from dlgrade.results import ChapterReport, CheckReport, Override, Verdict
from dlgrade.text import Text, both

FORMAT = "1"
metadata = sa.MetaData()
facts = Table("facts", metadata, Column("name", sa.String(100), primary_key=True), Column("value", sa.Text))
students = Table(
    "students",
    metadata,
    Column("id", sa.String(200), primary_key=True),
    Column("name", sa.String(200)),
    Column("email", sa.String(200)),
)
submissions = Table(
    "submissions",
    metadata,
    Column("student", sa.ForeignKey("students.id"), primary_key=True),
    Column("chapter", sa.String(20), primary_key=True),
    Column("shown", sa.Text, nullable=False),
    Column("submitted", sa.String(40)),
    Column("problem", sa.Text),
    Column("passed_over", sa.Text, nullable=False),
)
runs = Table(
    "runs",
    metadata,
    Column("key", sa.String(64), primary_key=True),
    Column("chapter", sa.String(20), nullable=False),
    Column("seed", sa.BigInteger, nullable=False),
    Column("version", sa.String(40), nullable=False),
    Column("graded_at", sa.String(40), nullable=False),
    Column("score", sa.Float, nullable=False),
    Column("points", sa.Float, nullable=False),
    Column("complete", sa.Boolean, nullable=False),
    Column("report", sa.Text, nullable=False),
)
checks = Table(
    "checks",
    metadata,
    Column("run", ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
    Column("id", sa.String(200), primary_key=True),
    Column("exercise", sa.String(100), nullable=False),
    Column("verdict", sa.String(20), nullable=False),
    Column("points", sa.Float, nullable=False),
    Column("earned", sa.Float, nullable=False),
    Column("bonus", sa.Boolean, nullable=False),
    Column("diagnosis", sa.String(100)),
)
results = Table(
    "results",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("student", ForeignKey("students.id"), nullable=False),
    Column("chapter", sa.String(20), nullable=False),
    Column("run", ForeignKey("runs.key"), nullable=False),
    Column("at", sa.String(40), nullable=False),
)
overrides = Table(
    "overrides",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("student", ForeignKey("students.id"), nullable=False),
    Column("chapter", sa.String(20), nullable=False),
    Column("check", sa.String(200), nullable=False),
    Column("points", sa.Float, nullable=False),
    Column("why", sa.Text, nullable=False),
    Column("at", sa.String(40), nullable=False),
)


@dataclass(frozen=True)
class Standing:
    """What counts of one student's work on one chapter."""

    student: str
    chapter: str
    shown: str
    submitted: datetime | None
    problem: Text | None
    passed_over: tuple[Text, ...]
    run: str | None
    report: ChapterReport | None
    overrides: tuple[Override, ...]

    @property
    def score(self) -> float:
        """The points earned, with those that staff gave in place of a check's own."""
        given = {override.check: override.points for override in self.overrides}
        checks = self.report.checks if self.report else []
        return sum(given.get(check.id, check.earned) for check in checks)


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


class Gradebook:
    """A gradebook in the database at a URL such as `sqlite:///grades/gradebook.sqlite`; made if it is not there."""

    def __init__(self, url: str) -> None:
        try:
            self.engine = sa.create_engine(url)
            if self.engine.dialect.name == "sqlite":
                sa.event.listen(self.engine, "connect", _prepare_sqlite)
            metadata.create_all(self.engine)
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise UsageError(both(f"The gradebook {url}: {error}", f"成绩册 {url}：{error}")) from None
        found = self.fact("format") or self.set_fact("format", FORMAT)
        if found != FORMAT:
            raise UsageError(
                both(
                    f"The gradebook {url} has format {found}; this dlgrade reads {FORMAT}.",
                    f"成绩册 {url} 的格式为 {found}；本版 dlgrade 只能读 {FORMAT}。",
                )
            )

    def close(self) -> None:
        self.engine.dispose()

    # Facts about the whole batch: its seed, its chapters, how often everything was graded anew.

    def fact(self, name: str) -> str | None:
        with self.engine.connect() as db:
            return db.scalar(sa.select(facts.c.value).where(facts.c.name == name))

    def set_fact(self, name: str, value: str) -> str:
        with self.engine.begin() as db:
            db.execute(sa.delete(facts).where(facts.c.name == name))
            db.execute(sa.insert(facts).values(name=name, value=value))
        return value

    # What was handed in.

    def enrol(self, found: Iterable[Student], handed_in: Iterable[HandIn]) -> None:
        """Note who there is and what counts of what they handed in."""
        with self.engine.begin() as db:
            for student in found:
                values = {"name": student.name, "email": student.email}
                if not db.execute(sa.update(students).where(students.c.id == student.id).values(values)).rowcount:
                    db.execute(sa.insert(students).values(id=student.id, **values))
            for one in handed_in:
                ours = (submissions.c.student == one.student) & (submissions.c.chapter == one.chapter)
                db.execute(sa.delete(submissions).where(ours))
                db.execute(sa.insert(submissions).values(_submission_row(one)))

    def students(self) -> list[Student]:
        with self.engine.connect() as db:
            return [Student(*row) for row in db.execute(sa.select(students).order_by(students.c.id))]

    # What came of it.

    def known(self, keys: set[str], available: Callable[[str], bool]) -> set[str]:
        """Which of these runs are there. Those in which the grader itself failed are to be done again.

        So are those with checks that were not run for the want of something that is `available` now.
        """
        with self.engine.connect() as db:
            rows = db.execute(sa.select(runs.c.key, runs.c.complete)).all()
            there = {row.key for row in rows if row.complete} & keys
            for row in rows:
                if row.key in keys - there:
                    text = db.scalar(sa.select(runs.c.report).where(runs.c.key == row.key))
                    report = msgspec.json.decode(text or "", type=ChapterReport)
                    if not any(_can_be_decided(check, available) for check in report.checks):
                        there.add(row.key)
        return there

    def graded_at(self) -> str:
        """When the last run was."""
        with self.engine.connect() as db:
            return db.scalar(sa.select(sa.func.max(runs.c.graded_at))) or ""

    def record(self, key: str, seed: int, version: str, report: ChapterReport) -> None:
        """A run and its checks, whole or not at all."""
        row = {
            "chapter": report.id, "seed": seed, "version": version, "graded_at": now(), "score": report.score,
            "points": report.points, "report": msgspec.json.encode(report).decode(),
            "complete": not any(check.verdict.pending for check in report.checks),
        }  # fmt: skip
        rows = [
            {
                "run": key, "id": check.id, "exercise": check.exercise, "verdict": check.verdict.value,
                "points": check.points, "earned": check.earned, "bonus": check.bonus, "diagnosis": check.diagnosis,
            }
            for check in report.checks
        ]  # fmt: skip
        with self.engine.begin() as db:
            if not db.execute(sa.update(runs).where(runs.c.key == key).values(row)).rowcount:
                db.execute(sa.insert(runs).values(key=key, **row))
            db.execute(sa.delete(checks).where(checks.c.run == key))
            if rows:
                db.execute(sa.insert(checks), rows)

    def settle(self, pairs: Iterable[tuple[HandIn, str]]) -> None:
        """From now on these runs count for these students; what counted before stays in the history."""
        with self.engine.begin() as db:
            current = _current(db)
            for one, key in pairs:
                if current.get((one.student, one.chapter)) != key:
                    row = {"student": one.student, "chapter": one.chapter, "run": key, "at": now()}
                    db.execute(sa.insert(results).values(row))

    def override(self, student: str, chapter: str, check: str, points: float, why: str) -> None:
        with self.engine.begin() as db:
            row = {"student": student, "chapter": chapter, "check": check, "points": points, "why": why, "at": now()}
            db.execute(sa.insert(overrides).values(row))

    def standings(self, student: str | None = None) -> Iterator[Standing]:
        """What counts, by student and chapter, read one by one: a report with all its details is large."""
        with self.engine.connect() as db:
            given: dict[tuple[str, str], dict[str, Override]] = {}
            for row in db.execute(sa.select(overrides).order_by(overrides.c.id)):
                given.setdefault((row.student, row.chapter), {})[row.check] = Override(row.check, row.points, row.why)
            current = _current(db)
            wanted = sa.select(submissions).order_by(submissions.c.student, submissions.c.chapter)
            if student is not None:
                wanted = wanted.where(submissions.c.student == student)
            for row in db.execute(wanted).all():
                yield self._standing(db, row, current.get((row.student, row.chapter)), given)

    def any_report(self, chapter: str) -> ChapterReport | None:
        """A report of this chapter: the last one."""
        with self.engine.connect() as db:
            newest = sa.select(runs.c.report).where(runs.c.chapter == chapter).order_by(runs.c.graded_at.desc())
            found = db.scalar(newest.limit(1))
        return msgspec.json.decode(found, type=ChapterReport) if found else None

    def _standing(
        self, db: sa.Connection, row: Any, run: str | None, given: dict[tuple[str, str], dict[str, Override]]
    ) -> Standing:
        run = None if row.problem else run
        report = db.scalar(sa.select(runs.c.report).where(runs.c.key == run)) if run else None
        return Standing(
            student=row.student,
            chapter=row.chapter,
            shown=row.shown,
            submitted=datetime.fromisoformat(row.submitted) if row.submitted else None,
            problem=msgspec.json.decode(row.problem, type=Text) if row.problem else None,
            passed_over=tuple(msgspec.json.decode(row.passed_over, type=list[Text])),
            run=run,
            report=msgspec.json.decode(report, type=ChapterReport) if report else None,
            overrides=tuple(given.get((row.student, row.chapter), {}).values()),
        )


def _can_be_decided(check: CheckReport, available: Callable[[str], bool]) -> bool:
    """Whether a check without a verdict would get one in another run.

    One that was not run and needs nothing has no threshold; with one the key is another.
    """
    if check.verdict is Verdict.NOT_RUN:
        return check.needs is not None and available(check.needs)
    return check.verdict.pending


def _prepare_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _submission_row(one: HandIn) -> dict[str, str | None]:
    return {
        "student": one.student,
        "chapter": one.chapter,
        "shown": one.shown,
        "submitted": one.submitted.isoformat() if one.submitted else None,
        "problem": msgspec.json.encode(one.problem).decode() if one.problem else None,
        "passed_over": msgspec.json.encode(one.passed_over).decode(),
    }


def _current(db: sa.Connection) -> dict[tuple[str, str], str]:
    """The run that counts for each student and chapter: the last of the history."""
    history = db.execute(sa.select(results.c.student, results.c.chapter, results.c.run).order_by(results.c.id))
    return {(row.student, row.chapter): row.run for row in history}
