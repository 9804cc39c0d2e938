"""Implementations that the judge runs itself: the reference and its misconceptions.

Their outcomes are deterministic. Outcomes that took long are kept on disk, under a digest of all that they depend on.
"""

from __future__ import annotations

import hashlib
import pickle
import random
import sys
import time
import traceback
import types
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import platformdirs
import torch

from dlgrade.files import write_whole
from dlgrade.judge.expressions import VARIANT
from dlgrade.judge.patience import at_most, within_cpu
from dlgrade.judge.raised import Raised
from dlgrade.judge.trace import Trace, trace
from dlgrade.version import __version__
from dlgrade.worker import wire
from dlgrade.worker.forbidden.operators import recorded
from dlgrade.worker.guest import seed_all

WORTH_KEEPING_SECONDS = 0.05
LOADED_ONCE = {"torch", "numpy", "scipy", "pandas", "sklearn"}  # libraries that break if they are imported again
PATIENCE_SECONDS = 5.0
ANSWER_LIMIT = 1 << 30


class Outcome(msgspec.Struct):
    """The outcome of a probe: a tree of `dlgrade.worker.wire`, or an exception."""

    tree: Any = None
    raised: Raised | None = None

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
    traces: dict[tuple[bytes, int], Trace] = field(default_factory=dict, repr=False)

    @cached_property
    def module(self) -> types.ModuleType:
        module = types.ModuleType(f"{VARIANT}{self.name.replace('-', '_')}")
        sys.modules[module.__name__] = module  # dataclasses and pickle look modules up
        exec(compile(self.source, f"<{self.name}>", "exec"), module.__dict__)
        return module

    def outcome(self, blob: bytes, seed: int) -> Outcome:
        """Return the outcome of a pickled probe on this implementation; it is computed once."""
        key = (blob, seed)
        if key not in self.outcomes:
            place = self._place(blob, seed)
            with self._apart():
                self.outcomes[key] = _recall(place) or self._compute(blob, seed, place)
        return self.outcomes[key]

    def trace(self, blob: bytes, seed: int) -> Trace:
        """Return the calls that a pickled probe makes of this implementation; they are traced once."""
        key = (blob, seed)
        if key not in self.traces:
            with self._apart():
                self.traces[key] = trace(self.module, blob, seed, PATIENCE_SECONDS)
        return self.traces[key]

    def operators(self, blob: bytes, seed: int) -> list[str]:
        """Return the operators that run when this implementation is asked a pickled probe."""
        ran: list[str] = []
        seed_all(seed)
        with warnings.catch_warnings(), recorded(ran):
            warnings.simplefilter("ignore")
            pickle.loads(blob)(self.module)
        return ran

    @contextmanager
    def _apart(self) -> Iterator[None]:
        """Leave the random state and, by a misconception, no imported module behind.

        Suites then draw alike whether the outcome is known or not, and a misconception that looks at the modules of the
        process finds none that another has imported.
        """
        states = torch.get_rng_state(), np.random.get_state(), random.getstate()
        modules = set(sys.modules)
        try:
            yield
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
        try:
            outcome = self._answer(self.module, blob, seed, at_most(self.patience))
        except (TimeoutError, MemoryError) as error:
            if self.patience is None:  # the limit of the check that asks
                raise
            return Outcome(raised=self._raised(error))
        if time.perf_counter() - started > WORTH_KEEPING_SECONDS:
            _keep(place, outcome)
        return outcome

    def outcome_of(self, module: types.ModuleType, blob: bytes, seed: int, seconds: float) -> Outcome:
        """Return the outcome of a probe on a mutant of this implementation, which has so much processor time."""
        with self._apart():
            try:
                return self._answer(module, blob, seed, within_cpu(seconds))
            except (TimeoutError, MemoryError) as error:
                return Outcome(raised=self._raised(error))

    def _answer(self, module: types.ModuleType, blob: bytes, seed: int, limit: AbstractContextManager[None]) -> Outcome:
        seed_all(seed)
        try:
            with warnings.catch_warnings(), limit:
                warnings.simplefilter("ignore")  # a misconception has every right to be odd
                return Outcome(tree=wire.to_tree(pickle.loads(blob)(module), ANSWER_LIMIT))
        except (TimeoutError, MemoryError):
            raise
        except Exception as error:
            return Outcome(raised=self._raised(error))

    def _raised(self, error: Exception) -> Raised:
        return Raised(type(error).__name__, str(error), self._line_of(error))

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
