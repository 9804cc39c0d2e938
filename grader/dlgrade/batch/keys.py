"""What a result depends on, as one key: equal keys, equal results."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import msgspec

from dlgrade.course import Chapter, Course
from dlgrade.course.data_sets import data_sets
from dlgrade.submission import Submission
from dlgrade.version import __version__


def chapter_digest(course: Course, chapter: Chapter) -> bytes:
    """Of the chapter, its suites, reference, misconceptions and thresholds, what it forbids, and the data sets."""
    answers = [course.solution(chapter) / name for name in ("reference.py", "misconceptions.yaml", "thresholds.yaml")]
    files = [*course.suites(chapter), *answers, *(data.path for data in data_sets(course).values())]
    forbidden = [course.forbidden(exercise) for exercise in chapter.exercises]
    entry = msgspec.json.encode((chapter, forbidden, course.data))
    return _digest(entry, *(_content(path) for path in files))


def run_key(chapter: bytes, submission: Submission, seed: int, sandbox: str, generation: int) -> str:
    """`chapter` is its digest; `generation` counts how often staff had everything graded anew."""
    circumstances = f"{__version__} {version('torch')} {seed} {sandbox} {generation}".encode()
    files = [part for name, content in sorted(submission.files.items()) for part in (name.encode(), content)]
    return _digest(chapter, circumstances, submission.main.encode(), *files).hex()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _digest(*parts: bytes) -> bytes:
    """Of each part by itself, so that no two lists of parts run together."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
