"""Keys of results. A key is made of everything a result depends on, so equal keys mean equal results."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import msgspec

from dlgrade.course import Chapter, Course, references
from dlgrade.course.book_module import BookModule
from dlgrade.course.data_sets import data_sets
from dlgrade.errors import CourseError
from dlgrade.submission import Submission
from dlgrade.version import __version__


def chapter_digest(course: Course, chapter: Chapter) -> bytes:
    """A digest of everything that a chapter is graded by: its files, forbidden families, data sets and module d2l.

    Hints, formulas and links change no result, so they may be edited while a class is graded.
    """
    answers = [course.solution(chapter) / name for name in ("reference.py", "misconceptions.yaml", "thresholds.yaml")]
    files = [*course.suites(chapter), *answers, *(data.path for data in data_sets(course).values())]
    forbidden = [course.forbidden(exercise) for exercise in chapter.exercises]
    titles = [chapter.title, *(exercise.title for exercise in chapter.exercises)]
    names = [chapter.id, *(exercise.name for exercise in chapter.exercises)]
    helpers = sorted(BookModule(course, chapter).files().items())
    entry = msgspec.json.encode((names, titles, forbidden, course.data, _whole_reference(course, chapter), helpers))
    return _digest(entry, *(_bytes_of(path) for path in files))


def _whole_reference(course: Course, chapter: Chapter) -> str:
    """The reference with the code that other chapters give it. Empty if it has a fault, which grading then reports."""
    try:
        return references.source(course, chapter)
    except CourseError:
        return ""


def run_key(chapter: bytes, submission: Submission, seed: int, sandbox: str, generation: int, *, prices: bool) -> str:
    """The key of a run.

    Args:
        chapter: The chapter's digest.
        submission: The submission. Its name on disk does not count.
        seed: Seed of the inputs.
        sandbox: Mode of the sandbox.
        generation: How often staff had everything graded again.
        prices: Whether a single mistake costs its price.
    """
    circumstances = (
        f"{__version__} {version('torch')} {seed} {sandbox} {generation} {submission.left_out} {prices}".encode()
    )
    files = [part for name, content in sorted(submission.files.items()) for part in (name.encode(), content)]
    return _digest(chapter, circumstances, submission.main.encode(), *files).hex()


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _digest(*parts: bytes) -> bytes:
    """A digest of the parts. Each part is digested alone, so that ("ab", "c") and ("a", "bc") differ."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
