"""Record the operators that run during a probe, below Python, whatever name a function was called by.

torch's older profiler counts every operator of the thread, takes microseconds to start and writes nothing to stderr.
Its successor prints two lines for each run.

The record is kept in the submission's own process, where code that escapes can forge it. So `static` refuses the ways
to get there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from torch._C._profiler import ProfilerConfig, ProfilerState, _ExperimentalConfig
from torch.autograd import _disable_profiler_legacy, _enable_profiler_legacy

from dlgrade.worker.limits import MAX_DOTTED_NAME, MAX_OPERATORS

CONFIG = ProfilerConfig(ProfilerState.CPU, False, False, False, False, False, _ExperimentalConfig())


def count(function: Callable[[], object]) -> int:
    """Return how many operators run while a function does, which may raise. Operators inside others count as well."""
    begin()
    try:
        with contextlib.suppress(Exception):
            function()
    finally:
        threads = _disable_profiler_legacy()
    return sum(1 for thread in threads for event in thread if "::" in event.name())


@contextlib.contextmanager
def recorded(into: list[str]) -> Iterator[None]:
    """Add the names of all operators that run in the block to a list."""
    begin()
    try:
        yield
    finally:
        into += end()


def begin() -> None:
    """Record from now on. Each call of an operator takes memory until the end."""
    _enable_profiler_legacy(CONFIG)


def end() -> list[str]:
    """Stop recording, and return the names of all operators that ran since `begin`, each once."""
    events = [event.name() for thread in _disable_profiler_legacy() for event in thread]
    names = sorted(name for name in {*events} if "::" in name)
    return [name[:MAX_DOTTED_NAME] for name in names[:MAX_OPERATORS]]
