"""ch01 Course overview: check the installation, and find the next chapter.

The lecture has no code. It says where to get the book's notebooks and which packages to install. These exercises check
the installation, and keep track of the chapters.
"""

import graphlib
import importlib.metadata
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence


def parse_version(version: str) -> tuple[int, ...]:
    """Return the release of a version as a tuple of numbers, so that 1.10 comes after 1.9.

    The release is the beginning of the version: whole numbers with dots between them. A number may begin with a zero.
    Ignore the rest: the mark of a pre-release ("rc1", "a0"), of a development or post-release (".dev3", ".post1"), or a
    local part ("+cpu").

    Args:
        version: for example "2.13.0+cpu".

    Returns:
        The numbers of the release, as many as the version has, with zeros at the end.

    Raises:
        ValueError: the version does not begin with a digit.

    Source: PEP 440, Version Identification and Dependency Specification.

    >>> parse_version("2.13.0+cu126"), parse_version("2.0rc1")
    ((2, 13, 0), (2, 0))
    """
    raise NotImplementedError  # write your code here


def check_environment(requirements: Mapping[str, str]) -> dict[str, tuple[str | None, bool]]:
    """Report for each required package which version is installed, and whether it is new enough.

    A version is new enough if its release (see `parse_version`) equals that of the minimum or is later. Extend the
    shorter release with zeros: "2" and "2.0.0" are the same. The function leaves requirements unchanged.

    Args:
        requirements: a dict from names of distributions, as in `pip install`, to the minimum versions. Case does not
            matter in a name, and ".", "-" and "_" mean the same.

    Returns:
        A dict with the names as they are in requirements. Each value is (installed version, whether it is new enough).
        The version is the full string. For a distribution that is not installed, the value is (None, False).

    Source: importlib.metadata in Python's library.

    >>> check_environment({"torch": "1.12", "no-such-package": "1.0"})
    {'torch': ('2.13.0+cpu', True), 'no-such-package': (None, False)}
    """

    raise NotImplementedError  # write your code here


def course_progress(done: Iterable[str], prerequisites: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the chapters that a student can begin now: not done themselves, with all their prerequisites done.

    Only the direct prerequisites of a chapter count. A student may have done a chapter without its prerequisites. The
    prerequisites that are not done are then still to be learned. The function leaves lists and dicts unchanged.

    Args:
        done: the ids of the chapters that are done, in any order; chapters of other courses do not matter. It may be a
            list, a set, a tuple or an iterator.
        prerequisites: a dict from the id of a chapter to a list or tuple of its prerequisites. A chapter that is only a
            prerequisite of others belongs to the course, too, and has no prerequisites.

    Returns:
        A list of ids, sorted.

    Raises:
        ValueError: there is a cycle of chapters, done or not, that wait for each other; or a chapter waits for itself.

    Source: graphlib in Python's library has such graphs.

    >>> course_progress(["ch08"], {"ch09": ["ch08"], "ch10": ["ch08", "ch09"], "ch08": ["ch07"]})
    ['ch07', 'ch09']
    """
    raise NotImplementedError  # write your code here
