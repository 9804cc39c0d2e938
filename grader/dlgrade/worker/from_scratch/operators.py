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
def recorded(into: list[str], *, wanted: bool = True) -> Iterator[None]:
    """Add the names of all operators that run in the block, each once. Each call takes memory until the block ends."""
    if not wanted:
        yield
        return
    _enable_profiler_legacy(CONFIG)
    try:
        yield
    finally:
        events = [event.name() for thread in _disable_profiler_legacy() for event in thread]
        names = sorted(name for name in {*events} if "::" in name)
        into += (name[:MAX_DOTTED_NAME] for name in names[:MAX_OPERATORS])
