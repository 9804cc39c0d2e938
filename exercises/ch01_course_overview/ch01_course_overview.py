"""ch01 Course overview: is this computer ready for the course, and which chapter comes next?

The lecture has no code; it says where to get the book's notebooks and what to install. These exercises check the
installation, and keep account of the chapters.
"""

import graphlib
import importlib.metadata
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence


def parse_version(version: str) -> tuple[int, ...]:
    """The release of a version as numbers, which compare as versions should: 1.10 comes after 1.9.

    The release is what the version begins with: whole numbers with dots between them. What follows is ignored, be it a
    mark of a pre-release ("rc1", "a0"), of a development or post-release (".dev3", ".post1") or a local part ("+cpu").

    Args:
        version: such as "2.13.0+cpu".

    Returns:
        The numbers of the release, as many as are written.

    Raises:
        ValueError: the version does not begin with a digit.

    Source: PEP 440, Version Identification and Dependency Specification.

    >>> parse_version("2.13.0+cu126"), parse_version("2.0rc1")
    ((2, 13, 0), (2, 0))
    """
    raise NotImplementedError  # write your code here


def check_environment(requirements: Mapping[str, str]) -> dict[str, tuple[str | None, bool]]:
    """Which of the packages that are required are installed, and are they new enough?

    An installed version is new enough if its release (see `parse_version`) is that of the minimum or a later one; the
    shorter of the two releases is taken to go on with zeros, so that "2" and "2.0.0" are the same.

    Args:
        requirements: from the names of distributions, as `pip install` takes them, to the least version required. A
            name may be written in capitals or small letters, and with ".", "-" or "_" between its parts.

    Returns:
        For each name, as it is written in requirements: (installed version, whether it is new enough), the version as
        a string, in full; (None, False) if there is no such distribution.

    Source: importlib.metadata in Python's library.

    >>> check_environment({"torch": "1.12", "no-such-package": "1.0"})
    {'torch': ('2.13.0+cpu', True), 'no-such-package': (None, False)}
    """

    raise NotImplementedError  # write your code here


def course_progress(done: Iterable[str], prerequisites: Mapping[str, Sequence[str]]) -> list[str]:
    """The chapters that can be begun now: those that are not done, all of whose prerequisites are done.

    Only a chapter's own prerequisites count, not in turn theirs: whoever has done a chapter needs not what led to it.

    Args:
        done: the ids of the chapters that are done, in any order; some may be of other courses. It may be an iterator,
            which gives them only once.
        prerequisites: from the ids of chapters to those of the chapters that must be done before. A chapter that is
            only named among prerequisites belongs to the course, too, and has no prerequisites itself.

    Returns:
        Their ids, sorted.

    Raises:
        ValueError: there is a cycle: chapters, done or not, that wait for one another, or one that waits for itself.

    Source: graphlib in Python's library has such graphs.

    >>> course_progress(["ch08"], {"ch09": ["ch08"], "ch10": ["ch08", "ch09"], "ch08": ["ch07"]})
    ['ch07', 'ch09']
    """
    raise NotImplementedError  # write your code here
