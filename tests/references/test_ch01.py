"""ch01's reference against packaging, importlib.metadata and graphlib."""

import graphlib
import importlib.metadata
import random

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version


@pytest.fixture(scope="module")
def versions():
    """Two hundred versions of one to four numbers, with and without marks behind them."""
    draw = random.Random(1)
    marks = "", "", "rc1", "a0", ".post2", ".dev20240812", "+cpu", "+cu126.1", "b3.post1.dev2+local"
    return [
        ".".join(str(draw.choice([0, 1, 2, 9, 10, 11])) for _ in range(n)) + draw.choice(marks)
        for n in [1, 2, 3, 4] * 50
    ]


def test_releases_against_packaging(reference, versions):
    """A release is what packaging reads as such."""
    assert [reference.parse_version(version) for version in versions] == [Version(v).release for v in versions]


def test_minimum_against_packaging(reference, versions, monkeypatch):
    """A final or local version is new enough where packaging's >= says so."""
    installed = [version for version in versions if not Version(version).is_prerelease]
    for version, other in zip(installed, reversed(versions), strict=False):
        minimum = Version(other).base_version
        monkeypatch.setattr(importlib.metadata, "version", lambda _, version=version: version)
        expected = SpecifierSet(f">={minimum}").contains(version)
        assert reference.check_environment({"some": minimum}) == {"some": (version, expected)}


def test_environment_against_metadata(reference):
    """Every installed distribution is found under its name, in capitals too, with the version of its metadata."""
    for name in ("torch", "numpy", "pytest"):
        found = reference.check_environment({name.upper(): "0.1", f"no-{name}": "0.1"})
        assert found == {name.upper(): (importlib.metadata.version(name), True), f"no-{name}": (None, False)}


def test_progress_against_graphlib(reference):
    """Doing what is ready, one random chapter after another, follows the states of graphlib's sorter to the end."""
    draw = random.Random(3)
    for _ in range(20):
        course_ = {f"c{i}": [f"c{j}" for j in draw.sample(range(i), min(i, draw.randrange(4)))] for i in range(1, 15)}
        sorter, done, waiting = graphlib.TopologicalSorter(course_), [], set()
        sorter.prepare()
        while sorter.is_active():
            waiting |= set(sorter.get_ready())
            assert reference.course_progress(done, course_) == sorted(waiting)
            done.append(draw.choice(sorted(waiting)))
            waiting.remove(done[-1])
            sorter.done(done[-1])
        assert reference.course_progress(done, course_) == []
