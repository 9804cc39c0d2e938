"""Character by character, and chapter by chapter."""

from importlib import metadata


def parse_version(version):
    numbers = []
    rest = version
    while True:
        digits = 0
        while digits < len(rest) and rest[digits] in "0123456789":
            digits += 1
        if digits == 0:
            break
        numbers.append(int(rest[:digits]))
        rest = rest[digits:]
        if not rest.startswith("."):
            break
        rest = rest[1:]
    if not numbers:
        raise ValueError(version)
    return tuple(numbers)


def check_environment(requirements):
    result = {}
    for name in requirements:
        installed, good = None, False
        for distribution in metadata.distributions(name=name):
            installed = distribution.version
            have, want = list(parse_version(installed)), list(parse_version(requirements[name]))
            have += [0] * (len(want) - len(have))
            want += [0] * (len(have) - len(want))
            good = not have < want
            break
        result[name] = (installed, good)
    return result


def _visit(chapter, prerequisites, path, finished):
    if chapter in path:
        raise ValueError(f"{chapter} waits for itself")
    if chapter not in finished:
        for before in prerequisites.get(chapter, []):
            _visit(before, prerequisites, [*path, chapter], finished)
        finished.append(chapter)


def course_progress(done, prerequisites):
    known, finished = list(done), []
    for chapter in prerequisites:
        _visit(chapter, prerequisites, [], finished)
    ready = []
    for chapter in finished:
        if chapter in known:
            continue
        if all(before in known for before in prerequisites.get(chapter, [])):
            ready.append(chapter)
    ready.sort()
    return ready
