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
    # BEGIN SOLUTION
    release = re.match(r"\d+(\.\d+)*", version)
    # WRONG single-digits: release = re.match(r"\d+(\.\d)*", version)
    # WRONG searched-anywhere: release = re.search(r"\d+(\.\d+)*", version)
    # WRONG three-numbers-required: release = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if release is None:
        # WRONG empty-string-indexed: if not version[0].isdigit():
        # WRONG no-match-unchecked: if not release.group():
        # WRONG three-numbers-required: if not version[:1].isdigit():
        raise ValueError(f"not a version: {version!r}")
        # WRONG nothing-is-zero: return (0,)
    return tuple(int(number) for number in release[0].split("."))
    # WRONG marks-drop-their-number:
    #     return tuple(int(number) for number in version.split("+")[0].split(".") if number.isdigit())
    # WRONG last-number-dropped: return tuple(int(number) for number in release[0].split(".")[:-1])
    # WRONG three-numbers: return tuple(int(number) for number in release[0].split(".")[:3])
    # WRONG three-numbers-required: return tuple(int(number) for number in release.groups())
    # WRONG local-part-alone-cut: return tuple(int(number) for number in version.split("+")[0].split("."))
    # WRONG marks-into-int: return tuple(int(number) for number in version.split("."))
    # WRONG parts-as-strings: return tuple(release[0].split("."))
    # WRONG all-digits: return tuple(int(number) for number in re.findall(r"\d+", version))
    # WRONG numbers-of-marks: return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0]))
    # WRONG digits-run-together:
    #     return tuple(
    #         int("".join(filter(str.isdigit, part)))
    #         for part in version.partition("+")[0].split(".")
    #         if re.search(r"\d", part)
    #     )
    # WRONG marked-parts-dropped: return tuple(int(number) for number in version.split(".") if number.isdigit())
    # WRONG padded-to-three:
    #     return tuple(int(number) for number in (release[0] + ".0" * (2 - release[0].count("."))).split("."))
    # WRONG zeros-stripped: return tuple(int(number) for number in (release[0].rstrip(".0") or "0").split("."))
    # WRONG two-numbers: return tuple(int(number) for number in release[0].split(".")[:2])
    # END SOLUTION


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

    # BEGIN SOLUTION
    def at_least(version: str, minimum: str) -> bool:
        releases = parse_version(version), parse_version(minimum)
        # WRONG compared-as-strings: releases = version, minimum
        pairs = list(itertools.zip_longest(*releases, fillvalue=0))  # 2.1 is 2.1.0
        # WRONG parts-as-strings: pairs = list(itertools.zip_longest(*releases, fillvalue="0"))
        # WRONG compared-as-strings: pairs = list(itertools.zip_longest(*releases, fillvalue=""))
        # WRONG cut-to-the-shorter: pairs = list(zip(*releases))
        return [a for a, _ in pairs] >= [b for _, b in pairs]
        # WRONG first-two-numbers-decide: return [a for a, _ in pairs[:2]] >= [b for _, b in pairs[:2]]
        # WRONG first-number-decides: return releases[0][0] >= releases[1][0]
        # WRONG compared-as-floats:
        #     def decimal(release):
        #         return float(".".join(map(str, release[:2])))
        #
        #     return decimal(releases[0]) >= decimal(releases[1])
        # WRONG turned-round: return [a for a, _ in pairs] <= [b for _, b in pairs]
        # WRONG strictly-later: return [a for a, _ in pairs] > [b for _, b in pairs]
        # WRONG exactly-the-minimum: return [a for a, _ in pairs] == [b for _, b in pairs]
        # WRONG every-number-at-least: return all(a >= b for a, b in pairs)
        # WRONG no-zeros-added: return releases[0] >= releases[1]

    found = {}
    # WRONG report-in-requirements: found = requirements
    for name, minimum in requirements.items():
        try:
            version = importlib.metadata.version(name)
            # WRONG modules-for-distributions: version = getattr(importlib.import_module(name), "__version__", "0")
            found[name] = version, at_least(version, minimum)
            # WRONG installed-is-enough: found[name] = version, True
            # WRONG local-part-not-reported: found[name] = version.partition("+")[0], at_least(version, minimum)
            # WRONG release-reported: found[name] = parse_version(version), at_least(version, minimum)
            # WRONG minimum-reported: found[name] = minimum, at_least(version, minimum)
            # WRONG version-alone: found[name] = version
            # WRONG truth-value-alone: found[name] = at_least(version, minimum)
            # WRONG pair-swapped: found[name] = at_least(version, minimum), version
            # WRONG names-as-written:
            #     if importlib.metadata.metadata(name)["Name"] != name:
            #         raise importlib.metadata.PackageNotFoundError
            #     found[name] = version, at_least(version, minimum)
            # WRONG names-normalised: found[re.sub(r"[-_.]+", "-", name).lower()] = version, at_least(version, minimum)
        except importlib.metadata.PackageNotFoundError:
            # WRONG missing-not-caught: except KeyError:
            # WRONG modules-for-distributions: except ImportError:
            found[name] = None, False
            # WRONG missing-is-empty-string: found[name] = "", False
            # WRONG missing-is-none-alone: found[name] = None
            # WRONG version-alone: found[name] = None
            # WRONG truth-value-alone: found[name] = False
            # WRONG pair-swapped: found[name] = False, None
            # WRONG missing-is-fine: found[name] = None, True
            # WRONG missing-left-out: continue
            # WRONG stops-at-the-missing:
            #     found[name] = None, False
            #     break
    return found
    # END SOLUTION


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
    # BEGIN SOLUTION
    graphlib.TopologicalSorter(prerequisites).prepare()  # its CycleError is a ValueError
    # WRONG only-if-nothing-is-ready:
    # WRONG itself-unnoticed: graphlib.TopologicalSorter({k: {*v} - {k} for k, v in prerequisites.items()}).prepare()
    # WRONG cycle-unnoticed:
    # WRONG done-cycle-unnoticed:
    # WRONG two-cycles-alone:
    #     if any(a in prerequisites.get(b, ()) for a in prerequisites for b in prerequisites[a]):
    #         raise ValueError
    # WRONG meeting-paths-a-cycle:
    #     graphlib.TopologicalSorter(prerequisites).prepare()
    #     for start in prerequisites:
    #         seen, todo = set(), [start]
    #         while todo:
    #             if (chapter := todo.pop()) in seen:
    #                 return []
    #             seen.add(chapter)
    #             todo += prerequisites.get(chapter, ())
    done = set(done)
    # WRONG done-ignored: done = set()
    # WRONG iterator-used-up:
    #     for chapter in done:
    #         assert chapter
    #     done = set(done)
    chapters = {*prerequisites, *itertools.chain(*prerequisites.values())}  # those that are only asked for, too
    # WRONG repeated-as-often-as-named:
    #     chapters = [*prerequisites, *itertools.chain(*prerequisites.values())]  # those that are only asked for, too
    # WRONG dict-grows-in-loop:
    #     for chapters in prerequisites.values():
    #         for chapter in chapters:
    #             prerequisites.setdefault(chapter, [])
    #     chapters = {*prerequisites}
    # WRONG missing-chapters-added:
    #     for chapter in set(itertools.chain(*prerequisites.values())):
    #         prerequisites.setdefault(chapter, [])
    #     chapters = {*prerequisites}
    # WRONG keys-alone: chapters = {*prerequisites}
    # WRONG done-cycle-unnoticed:
    #     graphlib.TopologicalSorter({k: set(v) - done for k, v in prerequisites.items() if k not in done}).prepare()
    #     chapters = {*prerequisites, *itertools.chain(*prerequisites.values())}
    # WRONG as-the-course-has-it: chapters = dict.fromkeys([*prerequisites, *itertools.chain(*prerequisites.values())])
    return sorted(chapter for chapter in chapters - done if done.issuperset(prerequisites.get(chapter, ())))
    # WRONG only-if-nothing-is-ready:
    #     ready = sorted(chapter for chapter in chapters - done if done.issuperset(prerequisites.get(chapter, ())))
    #     if not ready and chapters - done:
    #         raise ValueError
    #     return ready
    # WRONG sorted-backwards:
    #     ready = (chapter for chapter in chapters - done if done.issuperset(prerequisites.get(chapter, ())))
    #     return sorted(ready, reverse=True)
    # WRONG later-chapters-too:
    #     ready = {chapter for chapter in chapters - done if done.issuperset(prerequisites.get(chapter, ()))}
    #     seen = done | ready
    #     return sorted(chapter for chapter in chapters - done if seen.issuperset(prerequisites.get(chapter, ())))
    # WRONG repeated-as-often-as-named:
    #     return sorted(
    #         chapter for chapter in chapters if chapter not in done and done.issuperset(prerequisites.get(chapter, ()))
    #     )
    # WRONG next-chapter-alone:
    #     return sorted(chapter for chapter in chapters - done if done.issuperset(prerequisites.get(chapter, ())))[:1]
    # WRONG other-courses-returned:
    #     others = done - chapters
    #     return sorted(
    #         others | {chapter for chapter in chapters - done if done.issuperset(prerequisites.get(chapter, ()))}
    #     )
    # WRONG already-begun-course:
    #     return sorted(chapter for chapter in chapters - done if not done.issuperset(prerequisites.get(chapter, ())))
    # WRONG without-prerequisites-left-out:
    #     return sorted(
    #         chapter
    #         for chapter in chapters - done
    #         if prerequisites.get(chapter) and done.issuperset(prerequisites[chapter])
    #     )
    # WRONG key-for-every-chapter:
    #     return sorted(chapter for chapter in chapters - done if done.issuperset(prerequisites[chapter]))
    # WRONG any-prerequisite:
    #     return sorted(
    #         chapter
    #         for chapter in chapters - done
    #         if not prerequisites.get(chapter) or not done.isdisjoint(prerequisites[chapter])
    #     )
    # WRONG done-again:
    #     return sorted(chapter for chapter in chapters if done.issuperset(prerequisites.get(chapter, ())))
    # WRONG all-that-led-to-it:
    #     while any(done.isdisjoint([c]) is False and not done.issuperset(prerequisites.get(c, ())) for c in chapters):
    #         done = {c for c in done if done.issuperset(prerequisites.get(c, ()))}
    #     return sorted(chapter for chapter in chapters - done if done.issuperset(prerequisites.get(chapter, ())))
    # WRONG whole-plan: return sorted(chapters - done)
    # WRONG as-the-course-has-it:
    #     return list(
    #         chapter for chapter in chapters if chapter not in done and done.issuperset(prerequisites.get(chapter, ()))
    #     )
    # END SOLUTION
