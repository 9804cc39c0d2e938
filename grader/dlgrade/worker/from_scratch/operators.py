"""The operators that ran during a probe, recorded below Python: whatever name a function was called by.

torch's older profiler counts every operator of the thread, takes microseconds to start and writes nothing to stderr;
its successor prints two lines a run. The record lies in the submission's own process: a worker whose code escapes can
forge it, which is why `static` refuses the ways to get there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from torch._C._profiler import ProfilerConfig, ProfilerState, _ExperimentalConfig
from torch.autograd import _disable_profiler_legacy, _enable_profiler_legacy

from dlgrade.worker.limits import MAX_DOTTED_NAME, MAX_OPERATORS

CONFIG = ProfilerConfig(ProfilerState.CPU, False, False, False, False, False, _ExperimentalConfig())


@contextlib.contextmanager
def recorded(into: list[str]) -> Iterator[None]:
    """Add the names of all operators that run in the block."""
    begin()
    try:
        yield
    finally:
        into += end()


def begin() -> None:
    """Record from now on. Each call of an operator takes memory until the end."""
    _enable_profiler_legacy(CONFIG)


def end() -> list[str]:
    """The names of all operators that ran since the beginning, each once."""
    events = [event.name() for thread in _disable_profiler_legacy() for event in thread]
    names = sorted(name for name in {*events} if "::" in name)
    return [name[:MAX_DOTTED_NAME] for name in names[:MAX_OPERATORS]]
