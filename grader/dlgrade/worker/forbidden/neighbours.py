"""Import the files beside a submission, from the text that was read before any of its code ran.

The judge may send the book's module d2l along. It is imported in the same way, before an installed module of its name.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlgrade.worker import loading
from dlgrade.worker.forbidden.program import absolute, home, is_installed, walk

HELPERS = "d2l"  # names all files of the book's module in findings


@dataclass(frozen=True)
class Module:
    """A module beside the submission. A package without `__init__.py` is empty. `helper` marks the book's module."""

    path: str
    content: bytes
    package: bool
    helper: bool = False


def modules_in(files: Mapping[str, bytes], *, helper: bool = False) -> dict[str, Module]:
    """Return the modules that files make, by dotted name. As in Python, a package comes before a module."""
    empty: dict[str, Module] = {}
    modules: dict[str, Module] = {}
    packages: dict[str, Module] = {}
    for path, content in files.items():
        *folders, stem = path.removesuffix(".py").split("/")
        if not path.endswith(".py") or not all(part.isidentifier() for part in [*folders, stem]):
            continue
        for depth in range(1, len(folders) + 1):
            empty[".".join(folders[:depth])] = Module("/".join(folders[:depth]), b"", package=True, helper=helper)
        if folders and stem == "__init__":
            packages[".".join(folders)] = Module(path, content, package=True, helper=helper)
        else:
            modules[".".join([*folders, stem])] = Module(path, content, package=False, helper=helper)
    return {**empty, **modules, **packages}


class Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the modules beside a submission. A library of the same name comes first."""

    def __init__(self, folder: Path, modules: Mapping[str, Module], exercises: Iterable[str], lost: list[str]) -> None:
        """Store the parts.

        Args:
            folder: the scratch folder, which has the files.
            modules: the modules by dotted name.
            exercises: the exercises of the chapter, which the book's module leaves out.
            lost: takes the modules that a star import did not find.
        """
        self.folder = folder
        self.modules = {name: module for name, module in modules.items() if not is_installed(name.partition(".")[0])}
        self.exercises = frozenset(exercises)
        self.lost = lost
        self.builtins: dict[str, Any] | None = None

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        module = self.modules.get(name)
        if module is None:
            return None
        # A package gets an empty path: nothing is imported from files that the submission writes later.
        return importlib.machinery.ModuleSpec(name, self, origin=self._origin(name), is_package=module.package)

    def _origin(self, name: str) -> str:
        module = self.modules[name]
        return f"<{name}>" if module.helper else str(self.folder / module.path)

    def exec_module(self, module: types.ModuleType) -> None:
        name = module.__name__
        if self.modules[name].helper:
            module.__dict__["__getattr__"] = self._absent
        else:
            module.__file__ = self._origin(name)
        if self.builtins is not None:
            module.__dict__["__builtins__"] = self.builtins
        tree = ast.parse(self.modules[name].content, filename=self._origin(name))
        loading.run(tree, self._origin(name), module.__dict__, self.lost)

    def _absent(self, name: str) -> Any:
        """Raise the reason why the book's module has no object of this name."""
        if name[:2] == "__":
            raise AttributeError(name)
        raise loading.UnavailableName("exercise" if name in self.exercises else "helper", name)


def parsed(main: str, tree: ast.Module, modules: Mapping[str, Module]) -> dict[str, ast.Module]:
    """Return the trees of the main file and of the modules beside it that it imports, directly or not, by name.

    Ignores a file that cannot be parsed: its own import will raise the error.
    """
    trees = {main: tree}
    waiting = [main]
    while waiting:
        importer = waiting.pop()
        package = "" if importer == main else home(importer, package=modules[importer].package)
        for name in _imports(trees[importer], package) & modules.keys() - trees.keys():
            try:
                trees[name] = ast.parse(modules[name].content)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            waiting.append(name)
    return trees


def imported(trees: Iterable[ast.Module]) -> set[str]:
    """Return the first parts of the names of all modules that files import."""
    return {path.partition(".")[0] for tree in trees for path in _imports(tree, "")}


def _imports(tree: ast.Module, package: str) -> set[str]:
    """Return the modules that a file's imports may load: each module, those around it, and the names taken from it."""
    paths: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Import):
            paths |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node, package)
            paths |= {f"{base}.{alias.name}".lstrip(".") for alias in node.names}
    return {path[:end] for path in paths for end in _ends(path)}


def _ends(path: str) -> list[int]:
    return [index for index, letter in enumerate(path) if letter == "."] + [len(path)]
