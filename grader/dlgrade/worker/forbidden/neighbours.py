"""Import the files beside a submission, from the text that was read before any of its code ran."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlgrade.worker.forbidden.program import is_installed, walk


class Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the Python files of a submission. A library of the same name comes first."""

    def __init__(self, folder: Path, files: dict[str, bytes]) -> None:
        self.folder = folder
        self.sources = {Path(name).stem: content for name, content in files.items() if name.endswith(".py")}
        self.builtins: dict[str, Any] | None = None

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if name not in self.sources or is_installed(name):
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=str(self.folder / f"{name}.py"))

    def exec_module(self, module: types.ModuleType) -> None:
        path = str(self.folder / f"{module.__name__}.py")
        module.__file__ = path
        if self.builtins is not None:
            module.__dict__["__builtins__"] = self.builtins
        exec(compile(self.sources[module.__name__], path, "exec", dont_inherit=True), module.__dict__)


def parsed(main: str, tree: ast.Module, files: dict[str, bytes]) -> dict[str, ast.Module]:
    """Return the trees of the main file and of the files beside it that it imports, directly or not, by module name.

    Ignores a file that cannot be parsed: its own import will raise the error.
    """
    sources = {Path(name).stem: content for name, content in files.items() if name.endswith(".py")}
    trees = {main: tree}
    waiting = [tree]
    while waiting and sources.keys() - trees.keys():
        for name in _imports(waiting.pop()) & sources.keys() - trees.keys():
            try:
                trees[name] = ast.parse(sources[name])
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            waiting.append(trees[name])
    return trees


def _imports(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {(node.module or alias.name).partition(".")[0] for alias in node.names}
    return names
