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


def basis(chapter: bytes, seed: int, sandbox: str, *, prices: bool) -> str:
    """A digest of everything but the submission. Marks of one chapter can be compared if they have one basis.

    Args:
        chapter: The chapter's digest.
        seed: Seed of the inputs.
        sandbox: Mode of the sandbox.
        prices: Whether a single mistake costs its price.
    """
    return _digest(chapter, f"{__version__} {version('torch')} {seed} {sandbox} {prices}".encode()).hex()


def content_digest(submission: Submission) -> str:
    """A digest of a submission's code and the files that came along. Its name on disk does not count."""
    files = [part for name, content in sorted(submission.files.items()) for part in (name.encode(), content)]
    return _digest(f"{submission.left_out}".encode(), submission.main.encode(), *files).hex()


def run_key(basis: str, content: str, generation: int) -> str:
    """The key of a run. `generation` is how often staff had the submission graded again."""
    return _digest(basis.encode(), content.encode(), str(generation).encode()).hex()


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _digest(*parts: bytes) -> bytes:
    """A digest of the parts. Each part is digested alone, so that ("ab", "c") and ("a", "bc") differ."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
