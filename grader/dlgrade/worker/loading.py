"""Run the top level of a submission's files, so that a missing module matters only where its name is used.

An import that fails binds a stand-in for its name, and so does a definition that needs such a name at once. A stand-in
raises `Unavailable` when code calls it, reads an attribute of it, or uses it in any other way.

Only import statements at the top level bind stand-ins. Inside `try`, `if` or a function, Python's rules apply.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import signal
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlgrade.worker.statement import deep_recursion

Import = ast.Import | ast.ImportFrom
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# The special methods with which code uses an object. `|` is missing: annotations such as `Net | None` use it.
USES = """
    call iter next len bool getitem setitem delitem contains enter exit aenter aiter await mro_entries instancecheck
    subclasscheck int float index add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow
    matmul rmatmul neg pos abs invert lt le gt ge
"""


class Unavailable(Exception):
    """A name that has no object here.

    Args:
        kind: "module" that cannot be found, "exercise" of this chapter that the module d2l leaves out, "helper" that
            d2l does not have, or "error" of an import.
        name: the name of the module, or the name in d2l.
        cause: the error of the import.
    """

    def __init__(self, kind: str, name: str, cause: BaseException | None = None) -> None:
        super().__init__(kind, name, cause)


class UnavailableName(Unavailable, AttributeError):
    """A name that the module d2l does not have."""


class EndlessImport(BaseException):
    """The import of a submission took too long."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise EndlessImport in code that takes more processor time, where the system has such a clock.

    Code that catches it, or waits, is left to the judge's deadline.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def expire(*_: object) -> None:
        raise EndlessImport

    before = signal.signal(signal.SIGPROF, expire)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class AbsentObject:
    """Takes the place of a missing object, and raises the reason when it is used."""

    __slots__ = ("_reason",)

    def __init__(self, reason: Unavailable) -> None:
        self._reason = reason

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        refuse(self)

    def __or__(self, other: object) -> AbsentObject:
        return self

    __ror__ = __or__


def refuse(stand_in: AbsentObject, *_: object, **__: object) -> Any:
    """Raise the reason of a stand-in, with the lines where the name was lost."""
    reason = stand_in._reason
    raise Unavailable(*reason.args).with_traceback(reason.__traceback__)


for _name in USES.split():
    setattr(AbsentObject, f"__{_name}__", refuse)


def run(tree: ast.Module, path: Path | str, namespace: dict[str, Any], lost: list[str]) -> None:
    """Run a file statement by statement.

    Args:
        tree: the file.
        path: its name in tracebacks.
        namespace: the attributes of its module.
        lost: takes the modules that a star import did not find; the names that it should bind are unknown.

    Raises:
        Exception: anything that a statement raises, except the error of an import.
    """
    with deep_recursion():
        compiled = list(_compiled(tree, str(path)))  # a syntax error comes before any statement runs
    for statement, code in compiled:
        try:
            exec(code, namespace)
        except Unavailable as reason:
            namespace.update(dict.fromkeys(_bound(statement), AbsentObject(reason)))
        except Exception as error:
            if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                raise
            _bind_missing(statement, error, namespace, lost)


def _compiled(tree: ast.Module, path: str) -> Iterator[tuple[ast.stmt, types.CodeType]]:
    flags = 0
    for statement in (part for whole in tree.body for part in _parts(whole)):
        code = compile(ast.Module([statement], []), path, "exec", flags=flags, dont_inherit=True)
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            flags |= getattr(__future__, statement.names[0].name).compiler_flag
        yield statement, code


def _parts(statement: ast.stmt) -> list[ast.stmt]:
    """Return an import as one statement for each name, any other statement as it is."""
    if isinstance(statement, ast.Import):
        return [ast.copy_location(ast.Import([alias]), statement) for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        module, level = statement.module, statement.level
        return [ast.copy_location(ast.ImportFrom(module, [alias], level), statement) for alias in statement.names]
    return [statement]


def _bind_missing(statement: Import, error: Exception, namespace: dict[str, Any], lost: list[str]) -> None:
    alias = statement.names[0]
    reason = _reason(statement, error).with_traceback(error.__traceback__)
    if alias.name == "*":
        lost.append(reason.args[1])
        return
    name = alias.asname or alias.name.partition(".")[0]
    whole = alias.asname or isinstance(statement, ast.ImportFrom) or name == alias.name
    if not whole and (parent := namespace.get(name, sys.modules.get(name))) is not None:
        namespace[name] = parent  # `import torch.missing` still binds torch
    else:
        namespace[name] = AbsentObject(reason)


def _reason(statement: Import, error: Exception) -> Unavailable:
    if isinstance(statement, ast.ImportFrom) and statement.module in sys.modules:
        try:
            getattr(sys.modules[statement.module], statement.names[0].name)
        except Unavailable as reason:
            return reason
        except Exception:
            return Unavailable("error", statement.module, error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return Unavailable("module", error.name)
    return Unavailable("error", getattr(statement, "module", None) or statement.names[0].name, error)


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds at the top level."""
    names: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)
    return names - {"*"}
