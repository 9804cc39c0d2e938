"""Implementations that the judge runs itself: the reference and its misconceptions.

Their outcomes are deterministic. Outcomes that took long are kept on disk, under a digest of all that they depend on.
"""

from __future__ import annotations

import hashlib
import inspect
import pickle
import random
import re
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import platformdirs
import torch

from dlgrade.files import write_whole
from dlgrade.judge.compare import describe
from dlgrade.judge.patience import at_most
from dlgrade.judge.raised import Raised
from dlgrade.version import __version__
from dlgrade.worker import wire
from dlgrade.worker.forbidden.operators import recorded
from dlgrade.worker.guest import seed_all

WORTH_KEEPING_SECONDS = 0.05
LOADED_ONCE = {"torch", "numpy", "scipy", "pandas", "sklearn"}  # libraries that break if they are imported again
PATIENCE_SECONDS = 5.0
ANSWER_LIMIT = 1 << 30
ADDRESS = re.compile(" at 0x[0-9a-f]+")  # of an object without a form of its own: it differs from run to run


class Outcome(msgspec.Struct):
    """The outcome of a probe: a tree of `dlgrade.worker.wire` or an exception, and the calls that were made."""

    tree: Any = None
    raised: Raised | None = None
    calls: list[str] = []

    @property
    def value(self) -> Any:
        return wire.from_tree(self.tree)


@dataclass
class Variant:
    """An implementation of a chapter, as source that can be trusted.

    It is compiled when first used, and asked each probe once. A misconception may be wrong by never ending; it has
    `patience` seconds for a probe.
    """

    name: str
    source: str
    patience: float | None = None
    outcomes: dict[tuple[bytes, int], Outcome] = field(default_factory=dict, repr=False)

    @cached_property
    def module(self) -> types.ModuleType:
        module = types.ModuleType(f"dlgrade_variant_{self.name.replace('-', '_')}")
        sys.modules[module.__name__] = module  # dataclasses and pickle look modules up
        exec(compile(self.source, f"<{self.name}>", "exec"), module.__dict__)
        return module

    def outcome(self, blob: bytes, seed: int) -> Outcome:
        """Return the outcome of a pickled probe on this implementation; it is computed once."""
        key = (blob, seed)
        if key not in self.outcomes:
            place = self._place(blob, seed)
            self.outcomes[key] = _recall(place) or self._compute_apart(blob, seed, place)
        return self.outcomes[key]

    def operators(self, blob: bytes, seed: int) -> list[str]:
        """Return the operators that run when this implementation is asked a pickled probe."""
        ran: list[str] = []
        seed_all(seed)
        with warnings.catch_warnings(), recorded(ran):
            warnings.simplefilter("ignore")
            pickle.loads(blob)(self.module)
        return ran

    def _compute_apart(self, blob: bytes, seed: int, place: Path) -> Outcome:
        """Compute an outcome that leaves the random state and, by a misconception, no imported module behind.

        Suites then draw alike whether the outcome is known or not, and a misconception that looks at the modules of the
        process finds none that another has imported.
        """
        states = torch.get_rng_state(), np.random.get_state(), random.getstate()
        modules = set(sys.modules)
        try:
            return self._compute(blob, seed, place)
        finally:
            torch.set_rng_state(states[0])
            np.random.set_state(states[1])
            random.setstate(states[2])
            if self.patience is not None:
                for name in set(sys.modules) - modules:
                    if name.partition(".")[0] not in LOADED_ONCE:
                        del sys.modules[name]

    def _compute(self, blob: bytes, seed: int, place: Path) -> Outcome:
        """Ask the probe. Raises TimeoutError and MemoryError of the reference: another time there is an outcome."""
        started = time.perf_counter()
        recorder = None
        seed_all(seed)
        lasting = True
        try:
            recorder = Recorder(self.module)
            with warnings.catch_warnings(), at_most(self.patience):
                warnings.simplefilter("ignore")  # a misconception has every right to be odd
                outcome = Outcome(tree=wire.to_tree(pickle.loads(blob)(recorder), ANSWER_LIMIT))
        except Exception as error:
            lasting = not isinstance(error, (TimeoutError, MemoryError))
            if not lasting and self.patience is None:  # the limit of the check that asks
                raise
            outcome = Outcome(raised=Raised(type(error).__name__, str(error), self._line_of(error)))
        outcome.calls = recorder.calls if recorder else []
        if lasting and time.perf_counter() - started > WORTH_KEEPING_SECONDS:
            _keep(place, outcome)
        return outcome

    def _line_of(self, error: BaseException) -> str:
        """Return the last line of the source that ran before the exception; "" if none did."""
        steps = traceback.extract_tb(error.__traceback__)
        places = [step.lineno or 0 for step in steps if step.filename == f"<{self.name}>"]
        return self.source.splitlines()[places[-1] - 1].strip() if places else ""

    def _place(self, blob: bytes, seed: int) -> Path:
        parts = (__version__, torch.__version__, sys.version, self.source, str(seed))
        digest = hashlib.sha256("\0".join(parts).encode() + b"\0" + blob).hexdigest()
        return Path(platformdirs.user_cache_dir("dlgrade")) / "outcomes" / digest


def _recall(place: Path) -> Outcome | None:
    try:
        return msgspec.msgpack.decode(place.read_bytes(), type=Outcome)
    except (OSError, msgspec.DecodeError):
        return None


def _keep(place: Path, outcome: Outcome) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, msgspec.msgpack.encode(outcome))
    except OSError:
        return  # a cache that cannot be written only costs time


class Recorder:
    """Wraps an implementation and notes its calls, for messages that show the call."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._module, name)
        return self._recorded(name, target) if callable(target) else target

    def _recorded(self, name: str, target: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(format_call(name, target, args, kwargs))
            result = target(*args, **kwargs)
            if isinstance(target, type) and isinstance(result, torch.nn.Module):
                result.register_forward_pre_hook(self._forward(name, result), with_kwargs=True)
            return result

        return call

    def _forward(self, name: str, module: torch.nn.Module) -> Any:
        def note(_module: torch.nn.Module, args: Any, kwargs: Any) -> None:
            self.calls.append(format_call(f"{name}.forward", module.forward, args, kwargs))

        return note


def format_call(name: str, target: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> str:
    """Format a call with its arguments by name: `f(X=tensor float32 (8, 3), eps=1e-05)`."""
    try:
        bound: dict[Any, Any] = inspect.signature(target).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        bound = dict(enumerate(args)) | kwargs
    call = f"{name}({', '.join(f'{key}={describe_argument(value)}' for key, value in bound.items())})"
    return ADDRESS.sub("", call)


def describe_argument(value: Any) -> str:
    if isinstance(value, torch.Tensor) and not 0 < value.numel() <= 6:
        return describe(value)
    if isinstance(value, torch.Tensor):
        return f"tensor({value.tolist()})" if value.dtype is torch.int64 else f"tensor({_short(value.tolist())})"
    return getattr(value, "__name__", None) or describe(value)


def _short(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(_short(value) for value in values) + "]"
    return f"{values:.4g}" if isinstance(values, float) else str(values)
