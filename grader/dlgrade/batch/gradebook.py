"""The gradebook: a database of hand-ins, their results, and the points that staff changed.

The key of a run is made of everything that its result depends on (`dlgrade.batch.keys`). So equal submissions share a
run, and a run that was graded is recognised. A student's results are a history. The last result counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Table

from dlgrade.batch.hand_ins import HandIn, Student
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
prices = Table(
    "prices",
    metadata,
    Column("run", ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
    Column("exercise", sa.String(100), primary_key=True),
    Column("diagnosis", sa.String(100), nullable=False),
    Column("lost", sa.Float, nullable=False),
    Column("raw_lost", sa.Float, nullable=False),
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
    """The hand-in, the run and the overrides that count for a student and a chapter."""

    student: str
    chapter: str
    display_name: str
    submitted: datetime | None
    problem: Text | None
    passed_over: tuple[Text, ...]
    run: str | None
    report: ChapterReport | None
    overrides: tuple[Override, ...]

    @property
    def score(self) -> float:
        """The points of all checks, after prices. Points that staff gave replace those that a check earned."""
        if self.report is None:
            return 0.0
        overridden = {override.check: override.points for override in self.overrides}
        raw = sum(overridden.get(check.id, check.earned) for check in self.report.checks)
        return raw + self.report.refund(decided=overridden)


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


class Gradebook:
    """Hand-ins, runs, results and overrides in a database.

    Every method that writes is one transaction: it happens wholly or not at all, even if the process is killed.
    Students and hand-ins come first (`enrol`). A run is recorded (`record`), then counts for hand-ins (`settle`). Runs
    and overrides that counted before stay in the history.

    One process at a time writes to a gradebook, under the lock of `reports.open_gradebook`. Whoever opens it closes it.
    """

    def __init__(self, url: str) -> None:
        """Open the database at a URL such as `sqlite:///grades/gradebook.sqlite`, and make its tables if need be.

        Raises:
            UsageError: the database cannot be opened, or another version of dlgrade wrote it.
        """
        try:
            self.engine = sa.create_engine(url)
            if self.engine.dialect.name == "sqlite":
                sa.event.listen(self.engine, "connect", _prepare_sqlite)
            metadata.create_all(self.engine)
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise UsageError(both(f"The gradebook {url}: {error}", f"成绩册 {url}：{error}")) from None
        format_version = self.fact("format") or self.set_fact("format", FORMAT)
        if format_version != FORMAT:
            raise UsageError(
                both(
                    f"The gradebook {url} has format {format_version}; this dlgrade reads {FORMAT}.",
                    f"成绩册 {url} 的格式为 {format_version}；本版 dlgrade 只能读 {FORMAT}。",
                )
            )

    def close(self) -> None:
        """Close all connections to the database."""
        self.engine.dispose()

    # Facts about the whole batch: its seed, its chapters, its strays, how often everything was graded again.

    def fact(self, name: str) -> str | None:
        """The value of a fact. None if it was never set."""
        with self.engine.connect() as db:
            return db.scalar(sa.select(facts.c.value).where(facts.c.name == name))

    def set_fact(self, name: str, value: str) -> str:
        """Set a fact, and return its value."""
        with self.engine.begin() as db:
            db.execute(sa.delete(facts).where(facts.c.name == name))
            db.execute(sa.insert(facts).values(name=name, value=value))
        return value

    # Hand-ins.

    def enrol(self, enrolled: Iterable[Student], hand_ins: Iterable[HandIn]) -> None:
        """Record the students and their hand-ins. A hand-in replaces an earlier one for the same chapter."""
        with self.engine.begin() as db:
            for student in enrolled:
                values = {"name": student.name, "email": student.email}
                if not db.execute(sa.update(students).where(students.c.id == student.id).values(values)).rowcount:
                    db.execute(sa.insert(students).values(id=student.id, **values))
            for hand_in in hand_ins:
                same_work = (submissions.c.student == hand_in.student) & (submissions.c.chapter == hand_in.chapter)
                db.execute(sa.delete(submissions).where(same_work))
                db.execute(sa.insert(submissions).values(_submission_row(hand_in)))

    def students(self) -> list[Student]:
        """All students, by id."""
        with self.engine.connect() as db:
            return [Student(*row) for row in db.execute(sa.select(students).order_by(students.c.id))]

    # Runs and results.

    def known(self, keys: set[str], available: Callable[[str], bool]) -> set[str]:
        """The keys of those runs that need not be done again.

        A run is done again if the grader failed in it, or if a check was not run because it needed something that is
        available now.

        Args:
            keys: Keys of runs.
            available: Tells whether something that a check needs is available now.
        """
        with self.engine.connect() as db:
            rows = db.execute(sa.select(runs.c.key, runs.c.complete)).all()
            known = {row.key for row in rows if row.complete} & keys
            for row in rows:
                if row.key in keys - known:
                    text = db.scalar(sa.select(runs.c.report).where(runs.c.key == row.key))
                    report = msgspec.json.decode(text or "", type=ChapterReport)
                    if not any(_can_be_decided(check, available) for check in report.checks):
                        known.add(row.key)
        return known

    def graded_at(self) -> str:
        """The time of the last run, or nothing if there is no run."""
        with self.engine.connect() as db:
            return db.scalar(sa.select(sa.func.max(runs.c.graded_at))) or ""

    def record(self, key: str, seed: int, version: str, report: ChapterReport) -> None:
        """Record a run and its checks. A run with the same key is replaced.

        Args:
            key: The run's key.
            seed: Seed of the inputs.
            version: Version of dlgrade.
            report: The report of the run.
        """
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
        priced = [{"run": key, **msgspec.to_builtins(price)} for price in report.prices]
        with self.engine.begin() as db:
            if not db.execute(sa.update(runs).where(runs.c.key == key).values(row)).rowcount:
                db.execute(sa.insert(runs).values(key=key, **row))
            db.execute(sa.delete(checks).where(checks.c.run == key))
            db.execute(sa.delete(prices).where(prices.c.run == key))
            for table, new in ((checks, rows), (prices, priced)):
                if new:
                    db.execute(sa.insert(table), new)

    def settle(self, pairs: Iterable[tuple[HandIn, str]]) -> None:
        """Let the run with this key count for each hand-in. Runs that counted before stay in the history."""
        with self.engine.begin() as db:
            current = _current(db)
            for hand_in, key in pairs:
                if current.get((hand_in.student, hand_in.chapter)) != key:
                    row = {"student": hand_in.student, "chapter": hand_in.chapter, "run": key, "at": now()}
                    db.execute(sa.insert(results).values(row))

    def override(self, student: str, chapter: str, check: str, points: float, why: str) -> None:
        """Give a student points for a check, whatever the check earned. The last override of a check counts.

        Args:
            student: The student's id.
            chapter: The chapter's id.
            check: The check's id within the chapter.
            points: The points that count.
            why: The reason.
        """
        with self.engine.begin() as db:
            row = {"student": student, "chapter": chapter, "check": check, "points": points, "why": why, "at": now()}
            db.execute(sa.insert(overrides).values(row))

    def standings(self, student: str | None = None) -> Iterator[Standing]:
        """The standings of all students or of one, by student and chapter.

        They are read one at a time: a report with all its details is large.
        """
        with self.engine.connect() as db:
            last: dict[tuple[str, str], dict[str, Override]] = {}
            for row in db.execute(sa.select(overrides).order_by(overrides.c.id)):
                last.setdefault((row.student, row.chapter), {})[row.check] = Override(row.check, row.points, row.why)
            current = _current(db)
            wanted = sa.select(submissions).order_by(submissions.c.student, submissions.c.chapter)
            if student is not None:
                wanted = wanted.where(submissions.c.student == student)
            for row in db.execute(wanted).all():
                owner = (row.student, row.chapter)
                yield self._standing(db, row, current.get(owner), tuple(last.get(owner, {}).values()))

    def last_report(self, chapter: str) -> ChapterReport | None:
        """The report of this chapter's last run."""
        with self.engine.connect() as db:
            newest = sa.select(runs.c.report).where(runs.c.chapter == chapter).order_by(runs.c.graded_at.desc())
            report = db.scalar(newest.limit(1))
        return msgspec.json.decode(report, type=ChapterReport) if report else None

    def _standing(self, db: sa.Connection, row: Any, run: str | None, overridden: tuple[Override, ...]) -> Standing:
        run = None if row.problem else run
        report = db.scalar(sa.select(runs.c.report).where(runs.c.key == run)) if run else None
        return Standing(
            student=row.student,
            chapter=row.chapter,
            display_name=row.shown,
            submitted=datetime.fromisoformat(row.submitted) if row.submitted else None,
            problem=msgspec.json.decode(row.problem, type=Text) if row.problem else None,
            passed_over=tuple(msgspec.json.decode(row.passed_over, type=list[Text])),
            run=run,
            report=msgspec.json.decode(report, type=ChapterReport) if report else None,
            overrides=overridden,
        )


def _can_be_decided(check: CheckReport, available: Callable[[str], bool]) -> bool:
    """Return whether a check without a verdict would get a verdict in another run.

    A check that was not run although it needs nothing has no threshold. A threshold would change the run's key.
    """
    if check.verdict is Verdict.NOT_RUN:
        return check.needs is not None and available(check.needs)
    return check.verdict.pending


def _prepare_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _submission_row(hand_in: HandIn) -> dict[str, str | None]:
    return {
        "student": hand_in.student,
        "chapter": hand_in.chapter,
        "shown": hand_in.display_name,
        "submitted": hand_in.submitted.isoformat() if hand_in.submitted else None,
        "problem": msgspec.json.encode(hand_in.problem).decode() if hand_in.problem else None,
        "passed_over": msgspec.json.encode(hand_in.passed_over).decode(),
    }


def _current(db: sa.Connection) -> dict[tuple[str, str], str]:
    """The run that counts for each student and chapter: the last in the history."""
    history = db.execute(sa.select(results.c.student, results.c.chapter, results.c.run).order_by(results.c.id))
    return {(row.student, row.chapter): row.run for row in history}
