"""The page of a chapter: its topic, exercises, links and rules, in the terminal and as a file in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dlgrade.course import Chapter, Course, figures
from dlgrade.course.course import Exercise
from dlgrade.course.listed_checks import ListedCheck, listed_checks
from dlgrade.course.starter_code import rule
from dlgrade.errors import CourseError, UsageError
from dlgrade.report.templating import NOT_INSTALLED, render, trusted
from dlgrade.results import number
from dlgrade.text import Text, both, counted, lang_argument, same

BOOK = "https://zh.d2l.ai/"


@dataclass(frozen=True)
class ExerciseFacts:
    """An exercise as the page shows it.

    `points` counts hidden checks, and `checks` leaves them out. `rule` says which operations the exercise forbids.
    `given` counts the hints taken. `drawing` is its figure in SVG.
    """

    exercise: Exercise
    points: float
    checks: list[ListedCheck]
    rule: Text | None
    given: int
    drawing: str | None

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

    Raises:
        CourseError: a suite or a figure cannot be read, or a family is missing.
    """
    hidden = course.hidden_suite(chapter)
    every = {suite: listed_checks([suite]) for suite in course.suites(chapter)}
    checks = [(suite, check) for suite, listed in every.items() for check in listed]
    exercises = [
        ExerciseFacts(
            exercise,
            sum(check.points for _, check in checks if check.exercise == exercise.name),
            [check for suite, check in checks if check.exercise == exercise.name and suite != hidden],
            rule(course, exercise) if exercise.forbidden else None,
            min(given.get(exercise.name, 0), len(exercise.hints)),
            figures.read(course, chapter, exercise.figure) if exercise.figure else None,
        )
        for exercise in chapter.exercises
    ]
    after = [course.chapter(name) for name in chapter.after]
    return ChapterFacts(chapter, after, [f"{BOOK}{section}.html" for section in chapter.sections], exercises)


def chapter_lines(facts: ChapterFacts) -> Iterator[tuple[Text, int, str]]:
    """The page as lines for a terminal: the words, their indent and their style."""
    chapter = facts.chapter
    yield same(f"{chapter.id}  ") + chapter.title, 0, "bold"
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
    yield same(""), 0, ""
    yield both(f"{counted(count, 'exercise')}, {total} points", f"共 {count} 个练习，{total} 分"), 0, "bold"
    for entry in facts.exercises:
        points = number(entry.points)
        title = same(f"{entry.exercise.name}  ") + entry.exercise.title
        yield title + both(f" ({points} points)", f"（{points} 分）"), 2, ""
        figure = entry.exercise.figure
        caption = both("Figure: ", "图：") + figure.caption if figure else None
        for words in filter(None, (entry.rule, caption, entry.hints)):
            yield words, 6, ""
    yield same(""), 0, ""
    command = f"`dlgrade start {chapter.id}{lang_argument()}`"
    yield both(f"Next: {command}", f"下一步：{command}"), 0, ""


def chapter_page(facts: ChapterFacts) -> str:
    """Return a complete page that loads no other file. It holds both languages, and a switch.

    Raises:
        UsageError: jinja2 or latex2mathml is not installed.
        CourseError: a formula is not LaTeX.
    """
    exercises = [entry.exercise for entry in facts.exercises if entry.exercise.formula]
    values = {
        "facts": facts,
        "formulas": {exercise.name: trusted(mathml(exercise)) for exercise in exercises},
        "drawings": {entry.exercise.name: trusted(entry.drawing) for entry in facts.exercises if entry.drawing},
    }
    return render("chapter.html", scripts=("page.js",), styles=("page.css", "chapter.css"), **values)


def mathml(exercise: Exercise) -> str:
    """Return the formula of an exercise as MathML.

    Raises:
        UsageError: latex2mathml is not installed.
        CourseError: the formula is not LaTeX.
    """
    try:
        from latex2mathml.converter import convert
    except ImportError:
        raise UsageError(NOT_INSTALLED) from None
    try:
        return str(convert(exercise.formula, display="block"))
    except Exception as error:  # the library has no common class for its errors
        reason = str(error) or type(error).__name__
        place = f"{exercise.name}: formula {exercise.formula!r}"
        raise CourseError(both(f"{place}: {reason}", f"{place}：{reason}")) from None
