"""Versions by a translation of their characters, names by PEP 503, the graph as a matrix."""

import torch


def parse_version(version):
    first = re.split(r"[^0-9.]", version, maxsplit=1)[0]
    numbers = [part for part in first.split(".") if part]
    if not numbers:
        raise ValueError(f"{version} has no release")
    return (*map(int, numbers),)


def _number(version, width):
    release = parse_version(version)
    return [*release, *[0] * (width - len(release))]


def check_environment(requirements):
    answer = {}
    for name, minimum in requirements.items():
        try:
            version = importlib.metadata.distribution(re.sub(r"[-_.]+", "-", name).lower()).version
        except ModuleNotFoundError:
            answer[name] = (None, False)
            continue
        width = max(len(parse_version(version)), len(parse_version(minimum)))
        answer[name] = (version, _number(minimum, width) <= _number(version, width))
    return answer


def course_progress(done, prerequisites):
    done = frozenset(done)
    names = sorted(set(prerequisites).union(*prerequisites.values()))
    place = {name: i for i, name in enumerate(names)}
    waits = torch.zeros(len(names), len(names), dtype=torch.float64)
    for name, before in prerequisites.items():
        for other in before:
            waits[place[name], place[other]] = 1
    paths = waits
    for _ in names:
        if paths.diagonal().any():
            raise ValueError("a cycle")
        paths = (paths @ waits).clamp(max=1)
    missing = torch.tensor([float(name not in done) for name in names], dtype=torch.float64)
    open_ = missing.bool() & (waits @ missing == 0)
    return [name for name, ready in zip(names, open_.tolist(), strict=True) if ready]
