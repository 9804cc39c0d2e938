"""The figures of chapters: a program, figures.py, draws each, and `dlgrade stubs` writes it to a file."""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Sequence
from pathlib import Path

from dlgrade.course.course import Chapter, Course, Figure
from dlgrade.course.drawing import Drawing
from dlgrade.errors import CourseError
from dlgrade.files import write_whole
from dlgrade.text import both, same


def figures(chapter: Chapter) -> list[Figure]:
    """The figures of the chapter's exercises."""
    return [exercise.figure for exercise in chapter.exercises if exercise.figure]


def read(course: Course, chapter: Chapter, figure: Figure) -> str:
    """The file of a figure.

    Raises:
        CourseError: it has not been written.
    """
    path = course.figure(chapter, figure)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseError(
            both(f"{path}: {error.strerror}; run `dlgrade stubs`", f"{path}：{error.strerror}；请运行 `dlgrade stubs`")
        ) from None


def stale(course: Course, chapters: Sequence[Chapter]) -> dict[Path, str]:
    """The files of figures that differ from the drawing of their program, each with its right content.

    Raises:
        CourseError: a program fails. The message names its line.
    """
    drawn = {path: svg for chapter in chapters for path, svg in _drawn(course, chapter).items()}
    return {path: svg for path, svg in drawn.items() if not path.is_file() or path.read_text(encoding="utf-8") != svg}


def write_stale(course: Course, chapters: Sequence[Chapter]) -> list[Path]:
    """Write the figures that are not up to date. Return the files that were written."""
    wanted = stale(course, chapters)
    for path, svg in wanted.items():
        path.parent.mkdir(exist_ok=True)
        write_whole(path, svg)
    return list(wanted)


def _drawn(course: Course, chapter: Chapter) -> dict[Path, str]:
    """Run the chapter's program. Return the text of each figure by its file."""
    program, wanted = course.figure_program(chapter), figures(chapter)
    if not wanted:
        return {}
    drawings: dict[Path, str] = {}
    try:
        functions = runpy.run_path(str(program))
        for figure in wanted:
            drawing = functions[figure.drawn_by]() if figure.drawn_by in functions else None
            if not isinstance(drawing, Drawing):
                raise CourseError(same(f"{program}: no function {figure.drawn_by} returns a Drawing"))
            drawings[course.figure(chapter, figure)] = drawing.svg()
    except CourseError:
        raise
    except Exception as error:  # the program may raise anything
        raise _fault(program, error) from None
    return drawings


def _fault(program: Path, error: Exception) -> CourseError:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(program)]
    place = f"{program}:{frames[-1].lineno}" if frames else str(program)
    return CourseError(same(f"{place}: {type(error).__name__}: {error}"))
