"""The page of a chapter: its topic, exercises, links and rules, in the terminal and as a file in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dlgrade.course import Chapter, Course
from dlgrade.course.course import Exercise
from dlgrade.course.listed_checks import ListedCheck, listed_checks
from dlgrade.course.starter_code import rule
from dlgrade.errors import UsageError
from dlgrade.report.templating import NOT_INSTALLED, render, trusted
from dlgrade.results import number
from dlgrade.text import Text, both

BOOK = "https://zh.d2l.ai/"


@dataclass(frozen=True)
class ExerciseFacts:
    """An exercise as the page shows it. `rule` says which operations it forbids; `given` counts the hints taken."""

    exercise: Exercise
    checks: list[ListedCheck]
    rule: Text | None
    given: int

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def hints(self) -> Text | None:
        """How many of its hints were taken, if any."""
        total = len(self.exercise.hints)
        return both(f"{self.given} of {total} hints taken", f"已看 {self.given}/{total} 条提示") if self.given else None


@dataclass(frozen=True)
class ChapterFacts:
    """A chapter as the page shows it. `after` are the chapters that it builds on, `links` the sections of the book."""

    chapter: Chapter
    after: list[Chapter]
    links: list[str]
    exercises: list[ExerciseFacts]

    @property
    def points(self) -> float:
        return sum(entry.points for entry in self.exercises)


def chapter_facts(course: Course, chapter: Chapter, given: Mapping[str, int]) -> ChapterFacts:
    """Collect the facts about a chapter.

    Args:
        course: the course.
        chapter: the chapter.
        given: how many hints the student has taken, by exercise.
    """
    checks = listed_checks(course.suites(chapter))
    exercises = [
        ExerciseFacts(
            exercise,
            [check for check in checks if check.exercise == exercise.name],
            rule(course, exercise) if exercise.forbidden else None,
            min(given.get(exercise.name, 0), len(exercise.hints)),
        )
        for exercise in chapter.exercises
    ]
    after = [course.chapter(name) for name in chapter.after]
    return ChapterFacts(chapter, after, [f"{BOOK}{section}.html" for section in chapter.sections], exercises)


def chapter_lines(facts: ChapterFacts) -> Iterator[tuple[Text, int, str]]:
    """The page as lines for a terminal: the words, their indent and their style."""
    chapter = facts.chapter
    yield both(f"{chapter.id}  ", f"{chapter.id}  ") + chapter.title, 0, "bold"
    if chapter.summary is not None:
        yield chapter.summary, 0, ""
    for link in facts.links:
        yield both(f"In the book: {link}", f"教材：{link}"), 0, ""
    if facts.after:
        names_en = ", ".join(f"{other.id} {other.title.en}" for other in facts.after)
        names_zh = "、".join(f"{other.id} {other.title.zh}" for other in facts.after)
        yield both(f"Builds on: {names_en}", f"先修章节：{names_zh}"), 0, ""
    count = len(facts.exercises)
    total = number(facts.points)
    yield both("", ""), 0, ""
    yield both(f"{count} exercises, {total} points", f"共 {count} 个练习，{total} 分"), 0, "bold"
    for entry in facts.exercises:
        points = number(entry.points)
        title = both(f"{entry.exercise.name}  ", f"{entry.exercise.name}  ") + entry.exercise.title
        yield title + both(f" ({points} points)", f"（{points} 分）"), 2, ""
        for words in filter(None, (entry.rule, entry.hints)):
            yield words, 6, ""
    yield both("", ""), 0, ""
    yield both(f"Next: `dlgrade start {chapter.id}`", f"下一步：`dlgrade start {chapter.id}`"), 0, ""


def chapter_page(facts: ChapterFacts) -> str:
    """Return a complete page that loads no other file. It holds both languages, and a switch.

    Raises:
        UsageError: jinja2 or latex2mathml is not installed.
    """
    try:
        from latex2mathml.converter import convert
    except ImportError:
        raise UsageError(NOT_INSTALLED) from None
    formulas = {
        entry.exercise.name: trusted(convert(entry.exercise.formula, display="block"))
        for entry in facts.exercises
        if entry.exercise.formula
    }
    return render(
        "chapter.html", scripts=("page.js",), styles=("page.css", "chapter.css"), facts=facts, formulas=formulas
    )
