"""Keeps torch from importing its compiler for every submission.

The first step of any optimizer, and the first TorchDispatchMode, import torch._dynamo, only to tell a compiler that is
not running to leave them alone. That takes two seconds and 150 MB, in each worker.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAME = "torch._dynamo"


class _Dynamo(ModuleType):
    """Stands for torch._dynamo, and does nothing, until something else than these two functions is asked for."""

    __path__: list[str] = []  # noqa: RUF012 - a package, so that `import torch._dynamo.config` asks _Submodules

    @staticmethod
    def disable(function: Any = None, *_: Any, **__: Any) -> Any:
        return function if function is not None else lambda function: function

    @staticmethod
    def graph_break(*_: Any, **__: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_real(), name)


class _Submodules(MetaPathFinder):
    """Imports the real package when somebody imports a module of it."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        del path, target
        if not name.startswith(f"{NAME}.") or not isinstance(sys.modules.get(NAME), _Dynamo):
            return None
        _real()
        return ModuleSpec(name, _Imported(importlib.import_module(name)))


class _Imported(Loader):
    """The loader of a module that has been imported already."""

    def __init__(self, module: ModuleType) -> None:
        self.module, self.spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        del spec
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec


def _real() -> ModuleType:
    """The real package, which takes its place from now on."""
    if isinstance(sys.modules.get(NAME), _Dynamo):
        del sys.modules[NAME]
    return importlib.import_module(NAME)


def delay_dynamo() -> None:
    """Import torch._dynamo when it has work to do, as for torch.compile, and not before. Does nothing a second time."""
    if NAME not in sys.modules:
        sys.modules[NAME] = _Dynamo(NAME)
        sys.meta_path.insert(0, _Submodules())
