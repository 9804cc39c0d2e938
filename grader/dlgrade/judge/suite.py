"""A chapter's suite: collected by pytest once in a process, and run for one submission after another."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlgrade.judge import plugin
from dlgrade.judge.check import Declared
from dlgrade.judge.plugin import DECLARED, LISTENER, Listener

# pytest's own parts that a grading run has no use for; unraisableexception would collect garbage after every check.
LEFT_OUT = (
    "cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "nose",
    "pastebin", "setuponly", "setupplan", "skipping", "stepwise", "terminal", "threadexception", "tmpdir", "unittest",
    "unraisableexception", "warnings",
)  # fmt: skip


class BrokenSuite(Exception):
    """A suite cannot be collected; the message says why."""


class Suite:
    """The collected checks of a chapter, which share nothing but their code: every run makes its fixtures anew.

    Workers must exist before a suite is collected, as it imports the chapter's tests into this process. A run that
    was broken off by an exception leaves fixtures behind; the suite must not be used again then.
    """

    def __init__(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self.config = config
        self.items = {item.stash[DECLARED].id: item for item in items}

    @classmethod
    def collect(cls, files: list[Path]) -> Suite:
        """Have pytest import and collect the files. Raises BrokenSuite."""
        collecting = _Collecting()
        config = _configure(files, collecting)
        session = pytest.Session.from_config(config)
        try:
            config.hook.pytest_sessionstart(session=session)
            config.hook.pytest_collection(session=session)
        except pytest.UsageError as error:
            raise BrokenSuite(str(error)) from None
        if collecting.problem is not None:
            raise BrokenSuite(collecting.problem)
        names = [item.stash[DECLARED].id for item in session.items]
        if twice := [name for name in names if names.count(name) > 1]:
            raise BrokenSuite(f"two checks are called {twice[0]}")
        return cls(config, session.items)

    @property
    def declared(self) -> list[Declared]:
        """The checks, in the order of the files."""
        return [item.stash[DECLARED] for item in self.items.values()]

    def run(self, ids: list[str], listener: Listener) -> Iterator[str]:
        """Run these checks one by one; yield the id of each after it has ended. The caller may stop at any."""
        self.config.stash[LISTENER] = listener
        for name in ids:
            item = self.items[name]
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)  # None: tear everything down
            yield name

    def close(self) -> None:
        """Take pytest's traces, such as its import hook, out of this process."""
        self.config._ensure_unconfigure()


class _Collecting(Listener):
    """The listener while a suite is collected: it keeps the first problem."""

    def __init__(self) -> None:
        self.problem: str | None = None

    def broken(self, problem: str) -> None:
        self.problem = self.problem or problem


def _configure(files: list[Path], listener: Listener) -> pytest.Config:
    """Return pytest's configuration, blind to whatever configuration lies around the student's folder."""
    arguments = [*map(str, files), "--rootdir", str(files[0].parent), "-c", os.devnull, "--noconftest"]
    arguments += ["--import-mode=importlib", "--strict-markers", "-p", plugin.__name__]
    arguments += [word for name in LEFT_OUT for word in ("-p", f"no:{name}")]
    with _environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"):
        config = pytest.Config.fromdictargs({}, arguments)  # without PYTEST_ADDOPTS
    config.stash[LISTENER] = listener
    config._do_configure()  # as pytest's own main and pytest-xdist do
    return config


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
