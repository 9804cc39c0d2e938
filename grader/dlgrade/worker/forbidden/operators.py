"""Record the operators that run during a probe, below Python, whatever name a function was called by.

torch's older profiler counts every operator of the thread, takes microseconds to start and writes nothing to stderr.
Its successor prints two lines for each run.

The record is kept in the submission's own process, where code that escapes can forge it. So `static` refuses the ways
to get there.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator

from torch._C._profiler import ProfilerConfig, ProfilerState, _ExperimentalConfig
from torch.autograd import _disable_profiler_legacy, _enable_profiler_legacy

from dlgrade.worker.limits import MAX_DOTTED_NAME, MAX_OPERATORS

CONFIG = ProfilerConfig(ProfilerState.CPU, False, False, False, False, False, _ExperimentalConfig())
WITH_SHAPES = ProfilerConfig(ProfilerState.CPU, True, False, False, True, False, _ExperimentalConfig())


def count(function: Callable[[], object]) -> tuple[int, int, int]:
    """Count the operators that run while a function does, which may raise, and their work.

    Operators inside others count as well.

    Returns:
        The operators, the elements of their arguments, and the floating-point operations of convolutions and matrix
        products.
    """
    _enable_profiler_legacy(WITH_SHAPES)
    try:
        with contextlib.suppress(Exception):
            function()
    finally:
        threads = _disable_profiler_legacy()
    events = [event for thread in threads for event in thread if "::" in event.name()]
    elements = sum(math.prod(shape) for event in events for shape in event.shapes() if shape)
    return len(events), elements, int(sum(event.flops() for event in events))


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
