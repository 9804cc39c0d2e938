"""The gradebook: a database of hand-ins, their results, and the points that staff changed.

The key of a run is made of everything that its result depends on (`dlgrade.batch.keys`). So equal submissions share a
run, and a run that was graded is recognised. A student's results are a history. The last result counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from dlgrade.batch.book import class_list
from dlgrade.batch.book.class_list import Entry
from dlgrade.batch.book.database import Database
from dlgrade.batch.book.tables import checks, facts, overrides, prices, results, runs, students, submissions
from dlgrade.batch.hand_ins import Batch, HandIn, Recorded, Student
from dlgrade.batch.times.due import ClassDue
from dlgrade.results import ChapterReport, CheckReport, Override, Verdict
from dlgrade.text import Text

Owner = tuple[str, str]  # a student's id and a chapter's
BASIS = "basis "  # before a chapter, the name of the fact about its last run


@dataclass(frozen=True)
class Standing:
    """The hand-in, the run and the overrides that count for a student and a chapter.

    Attributes:
        undecided: overrides that were given for an earlier submission, and not yet for this one.
        stale: the run was made with another suite, seed or rule than the last run of its chapter.
    """

    student: str
    chapter: str
    display_name: str
    submitted: datetime | None
    problem: Text | None
    passed_over: tuple[Text, ...]
    run: str | None
    report: ChapterReport | None
    overrides: tuple[Override, ...]
    content: str | None = None
    undecided: tuple[Override, ...] = ()
    stale: bool = False

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

    One process at a time has a gradebook open. Whoever opens it closes it.
    """

    def __init__(self, url: str, *, unwritable: Path | None = None) -> None:
        """Open the database at a URL such as `sqlite:///grades/gradebook.sqlite`, and make its tables if need be.

        Args:
            url: The URL.
            unwritable: A place that cannot, or must not, be written. The gradebook is then only read.

        Raises:
            UsageError: the URL is not usable, another process has the database, or a newer dlgrade wrote it.
            GraderError: the database cannot be reached.
        """
        self.database = Database(url, unwritable=unwritable)

    def close(self) -> None:
        """Close all connections to the database."""
        self.database.close()

    # Facts about the whole batch: its seed, its chapters, its strays.

    def fact(self, name: str) -> str | None:
        """The value of a fact. None if it was never set."""
        with self.database.reading() as db:
            return db.scalar(sa.select(facts.c.value).where(facts.c.name == name))

    def set_fact(self, name: str, value: str) -> str:
        """Set a fact, and return its value."""
        with self.database.writing() as db:
            db.execute(sa.delete(facts).where(facts.c.name == name))
            db.execute(sa.insert(facts).values(name=name, value=value))
        return value

    # Students and hand-ins.

    def enrol(self, batch: Batch, *, roster: bool) -> list[Text]:
        """Record the students and hand-ins of a batch. A hand-in replaces an earlier one for the same chapter.

        Args:
            batch: The batch.
            roster: Its students are the whole class. Students who are not among them have left.

        Returns:
            Sentences about hand-ins that had another owner, and about students who left.
        """
        with self.database.writing() as db:
            return class_list.enrol(db, batch, roster=roster)

    def students(self) -> list[Student]:
        """The students of the class, by id, without those who left."""
        return [entry.student for entry in self.everybody() if entry.active]

    def everybody(self) -> list[Entry]:
        """All students who were ever in the gradebook, by id."""
        with self.database.reading() as db:
            return class_list.everybody(db)

    def aliases(self) -> dict[str, str]:
        """The ids of students by other names, which staff gave to them."""
        with self.database.reading() as db:
            return class_list.other_names(db)

    def recorded(self) -> dict[tuple[str, str], Recorded]:
        """The hand-ins by student and chapter, with their contents and times."""
        with self.database.reading() as db:
            return class_list.recorded(db)

    def merge(self, name: str, into: str, rules: ClassDue | None) -> None:
        """Give everything that one student has to another. Later files of that name are the other's, too.

        Args:
            name: The id of the student who is no more.
            into: The id of the student who gets everything.
            rules: The due times. Of two hand-ins for a chapter, the newest in time counts.
        """
        with self.database.writing() as db:
            class_list.merge(db, name, into, rules)

    def rename(self, old: str, new: str, name: str | None) -> None:
        """Give a student another id, and another name unless `name` is None."""
        with self.database.writing() as db:
            class_list.rename(db, old, new, name)

    def set_status(self, student: str, status: str, why: str) -> None:
        """Set a student's status: `active`, `left` or `removed`."""
        with self.database.writing() as db:
            class_list.set_status(db, student, status, why)

    # Runs and results.

    def known(self, keys: set[str], available: Callable[[str], bool]) -> set[str]:
        """The keys of those runs that need not be done again.

        A run is done again if the grader failed in it, or if a check was not run because it needed something that is
        available now.

        Args:
            keys: Keys of runs.
            available: Tells whether something that a check needs is available now.
        """
        with self.database.reading() as db:
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
        with self.database.reading() as db:
            return db.scalar(sa.select(sa.func.max(runs.c.graded_at))) or ""

    def record(self, key: str, basis: str, seed: int, version: str, report: ChapterReport) -> None:
        """Record a run and its checks. A run with the same key is replaced.

        Args:
            key: The run's key.
            basis: The digest of everything but the submission.
            seed: Seed of the inputs.
            version: Version of dlgrade.
            report: The report of the run.
        """
        row = {
            "chapter": report.id, "seed": seed, "version": version, "graded_at": now(), "score": report.score,
            "points": report.points, "report": msgspec.json.encode(report).decode(), "basis": basis,
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
        with self.database.writing() as db:
            if not db.execute(sa.update(runs).where(runs.c.key == key).values(row)).rowcount:
                db.execute(sa.insert(runs).values(key=key, **row))
            db.execute(sa.delete(checks).where(checks.c.run == key))
            db.execute(sa.delete(prices).where(prices.c.run == key))
            for table, new in ((checks, rows), (prices, priced)):
                if new:
                    db.execute(sa.insert(table), new)

    def reports(self, keys: Iterable[str]) -> Iterator[tuple[str, ChapterReport]]:
        """The reports of runs, one at a time, with their keys. A key without a run is passed over."""
        with self.database.reading() as db:
            for key in keys:
                report = db.scalar(sa.select(runs.c.report).where(runs.c.key == key))
                if report is not None:
                    yield key, msgspec.json.decode(report, type=ChapterReport)

    def settle(self, pairs: Iterable[tuple[HandIn, str]]) -> None:
        """Let the run with this key count for each hand-in. Runs that counted before stay in the history."""
        with self.database.writing() as db:
            current = _current(db)
            for hand_in, key in pairs:
                last = current.get((hand_in.student, hand_in.chapter))
                if last is None or (last.run, last.content) != (key, hand_in.content):
                    row = {
                        "student": hand_in.student, "chapter": hand_in.chapter, "run": key, "at": now(),
                        "content": hand_in.content,
                    }  # fmt: skip
                    db.execute(sa.insert(results).values(row))

    def current_runs(self) -> dict[Owner, str]:
        """The key of the last run of each student and chapter."""
        with self.database.reading() as db:
            return {owner: row.run for owner, row in _current(db).items()}

    # Generations: how often staff had a hand-in graded again.

    def generations(self) -> dict[Owner, int]:
        """The generation of each student's hand-in for a chapter."""
        with self.database.reading() as db:
            columns = submissions.c.student, submissions.c.chapter, submissions.c.generation
            return {(row.student, row.chapter): row.generation for row in db.execute(sa.select(*columns))}

    def set_generations(self, generations: Mapping[Owner, int]) -> None:
        """Set the generations of hand-ins."""
        with self.database.writing() as db:
            for (student, chapter), generation in generations.items():
                work = (submissions.c.student == student) & (submissions.c.chapter == chapter)
                db.execute(sa.update(submissions).where(work).values(generation=generation))

    # Overrides and standings.

    def override(self, standing: Standing, check: str, points: float | None, why: str, worth: float | None) -> None:
        """Give a student points for a check of the submission that counts. The last override of a check counts.

        Args:
            standing: The student's standing in the chapter.
            check: The check's id within the chapter.
            points: The points that count, whatever the check earned. None: those that the check earned.
            why: The reason.
            worth: The points that the check is worth. None if it exists no more.
        """
        row = {
            "student": standing.student, "chapter": standing.chapter, "content": standing.content, "check": check,
            "points": points, "why": why, "worth": worth, "at": now(),
        }  # fmt: skip
        with self.database.writing() as db:
            db.execute(sa.insert(overrides).values(row))

    def standings(self, owners: Collection[Owner] | None = None) -> Iterator[Standing]:
        """The standings of the class, or of these students and chapters, by student and chapter.

        They are read one at a time: a report with all its details is large.
        """
        with self.database.reading() as db:
            given = defaultdict(list)
            for row in db.execute(sa.select(overrides).order_by(overrides.c.id)):
                given[row.student, row.chapter].append(row)
            current, bases = _current(db), _bases(db)
            wanted = sa.select(submissions).join(students).where(students.c.status == class_list.ACTIVE)
            for row in sorted(db.execute(wanted).all(), key=lambda row: (row.student, row.chapter)):
                owner = (row.student, row.chapter)
                if owners is None or owner in owners:
                    yield _standing(db, row, current.get(owner), given[owner], bases.get(row.chapter))

    def last_report(self, chapter: str) -> ChapterReport | None:
        """The report of the last run of this chapter that counted for somebody."""
        with self.database.reading() as db:
            newest = sa.select(runs.c.report).join(results).where(runs.c.chapter == chapter)
            report = db.scalar(newest.order_by(results.c.id.desc()).limit(1))
        return msgspec.json.decode(report, type=ChapterReport) if report else None


def _standing(db: sa.Connection, row: Any, result: Any, given: Sequence[Any], basis: str | None) -> Standing:
    """The standing of a row of submissions.

    Args:
        db: The connection.
        row: The row.
        result: The last result of its student and chapter. It counts if it is about the same submission.
        given: The overrides of its student and chapter, in their order.
        basis: The basis of the chapter's last run.
    """
    counts = result is not None and not row.problem and row.content in (None, result.content)
    run = db.execute(sa.select(runs.c.report, runs.c.basis).where(runs.c.key == result.run)).one() if counts else None
    report = msgspec.json.decode(run.report, type=ChapterReport) if run else None
    overridden, undecided = _decisions(given, row.content, report)
    return Standing(
        student=row.student,
        chapter=row.chapter,
        display_name=row.shown,
        submitted=datetime.fromisoformat(row.submitted) if row.submitted else None,
        problem=msgspec.json.decode(row.problem, type=Text) if row.problem else None,
        passed_over=tuple(msgspec.json.decode(row.passed_over, type=list[Text])),
        run=result.run if counts else None,
        report=report,
        content=row.content,
        overrides=overridden,
        undecided=undecided,
        stale=run is not None and basis is not None and run.basis != basis,
    )


def _decisions(
    given: Sequence[Any], content: str | None, report: ChapterReport | None
) -> tuple[tuple[Override, ...], tuple[Override, ...]]:
    """The overrides that count for a submission, and those that staff must decide about again.

    The last override of a check for this very submission counts, as long as the check is worth as much as then. If the
    check is worth something else or exists no more, that override is undecided. If this submission has none, the last
    override for another submission is, unless it was dropped there. Overrides of old gradebooks name no submission and
    no worth, and count for every submission.
    """
    worth = {check.id: check.points for check in report.checks} if report else {}
    own, others = {}, {}
    for row in given:
        if row.content in (None, content):
            own[row.check] = row
        else:
            others[row.check, row.content] = row
    asked = {row.check: row for row in sorted(others.values(), key=lambda row: row.id) if row.points is not None}
    rows = [row for row in own.values() if row.points is not None]
    rows += [row for check, row in asked.items() if check not in own]

    def counts(row: Any) -> bool:
        fits = report is None or (row.check in worth and row.worth in (None, worth[row.check]))
        return row.content in (None, content) and fits

    counting = tuple(Override(row.check, row.points, row.why) for row in rows if counts(row))
    undecided = tuple(Override(row.check, row.points, row.why) for row in rows if not counts(row))
    return counting, undecided


def _can_be_decided(check: CheckReport, available: Callable[[str], bool]) -> bool:
    """Return whether a check without a verdict would get a verdict in another run.

    A check that was not run although it needs nothing has no threshold. A threshold would change the run's key.
    """
    if check.verdict is Verdict.NOT_RUN:
        return check.needs is not None and available(check.needs)
    return check.verdict.pending


def _current(db: sa.Connection) -> dict[Owner, Any]:
    """The last result in the history of each student and chapter."""
    history = db.execute(sa.select(results).order_by(results.c.id))
    return {(row.student, row.chapter): row for row in history}


def _bases(db: sa.Connection) -> dict[str, str]:
    """The basis of the last run of each chapter."""
    rows = db.execute(sa.select(facts).where(facts.c.name.startswith(BASIS)))
    return {row.name.removeprefix(BASIS): row.value for row in rows}
