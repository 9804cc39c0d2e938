"""An audit of several chapters: choose them, audit one after the other."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from dlgrade.audit.changed_chapters import changed_chapters
from dlgrade.audit.findings import ChapterAudit
from dlgrade.audit.run import Amount, Audit
from dlgrade.course import Chapter, Course
from dlgrade.errors import UsageError
from dlgrade.judge.pool import cores, pool
from dlgrade.text import both
from dlgrade.workers.nursery import Nursery

SEEDS = (0, 1, 2)
AuditPlan = list[tuple[Chapter, Amount]]


@dataclass(frozen=True)
class AuditOptions:
    """An audit.

    Args:
        chapters: Names of the chapters. Empty: all chapters, without the tests of their references.
        mutants: How many mutants each chapter gets.
        changed_since: A revision. If given, only chapters changed since then are audited. If the engine changed, all
            other chapters are audited too, with a sample of their mutants.
        shard: (i, n) keeps every n-th of these chapters, from the i-th on.
        seeds: Seeds under which right answers are graded.
        jobs: Number of processes. None: one for each core.
    """

    chapters: tuple[str, ...] = ()
    mutants: Amount = "none"
    changed_since: str | None = None
    shard: tuple[int, int] = (1, 1)
    seeds: tuple[int, ...] = SEEDS
    jobs: int | None = None


def plan_audit(course: Course, options: AuditOptions) -> AuditPlan:
    """The chapters to audit, each with the amount of its mutants.

    Raises:
        UsageError: there is no such chapter or revision, or mutants need cosmic-ray.
    """
    wanted = [course.chapter(name) for name in options.chapters] or list(course.chapters)
    chapters: AuditPlan = [(chapter, options.mutants) for chapter in wanted]
    if options.changed_since is not None:
        touched, engine_changed = changed_chapters(course, options.changed_since)
        sample: Amount = "none" if options.mutants == "none" else "sample"
        chapters = [
            (chapter, options.mutants if chapter in touched else sample)
            for chapter in wanted
            if chapter in touched or engine_changed
        ]
    first, step = options.shard
    chapters = chapters[first - 1 :: step]
    if any(amount != "none" for _, amount in chapters) and importlib.util.find_spec("cosmic_ray") is None:
        raise UsageError(
            both(
                "--mutants needs cosmic-ray: pip install 'dlgrade[audit]'",
                "--mutants 需要 cosmic-ray：pip install 'dlgrade[audit]'",
            )
        )
    return chapters


def audit_chapters(
    course: Course,
    chapters: AuditPlan,
    options: AuditOptions,
    progress: Callable[[str, int, int], None],
    nursery: Nursery | None = None,
) -> Iterator[ChapterAudit]:
    """Audit the chapters in order and give out each audit as soon as it is done.

    Args:
        course: The course.
        chapters: The chapters, from `plan_audit`.
        options: The seeds and the number of processes.
        progress: Is called with the chapter's id, the submissions graded so far, and the submissions in all.
        nursery: Forks the judges, and stays open. None starts a nursery for these chapters.
    """
    with pool(course, options.jobs or cores(), for_many=True, nursery=nursery) as executor:
        for chapter, amount in chapters:
            audit = Audit(
                course,
                executor,
                seeds=options.seeds,
                tests_references=bool(options.chapters),
                progress=partial(progress, chapter.id),
            )
            yield audit.chapter(chapter, amount)
