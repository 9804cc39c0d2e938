"""Writes a call and its arguments as Python expressions, so that a student can type the call in again.

A value that has no short expression is in angle brackets, which Python does not accept: `X=<tensor float32 (8, 3)>`.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import math
import re
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from dlgrade.judge.compare import describe, tensor_form
from dlgrade.worker.recorder import BINARY, REFLECTED, Call

SHOWN_ELEMENTS = 12
SHOWN_ITEMS = 12
LONGEST_PART = 400  # characters of one argument
LONGEST_SUBJECT = 300
VARIANT = "dlgrade_variant_"  # the names of modules that the judge makes of sources
ADDRESS = re.compile(" at 0x[0-9a-f]+")  # of an object without a form of its own: it differs from run to run
MOST_ATTRIBUTES = 4
LONGEST_ATTRIBUTE = 80
DATA = (bool, int, float, str, list, tuple, dict, torch.Tensor)
PLAIN_DTYPES = (torch.float32, torch.int64, torch.bool)

Names = Mapping[int, str]  # the expressions of known objects, by their id


def call_expression(call: Call, names: Names) -> str:
    """Return a call as an expression: `f(X=torch.ones(3), eps=1e-05)`, `Vocab(tokens=['a'])['a']`, `(x * 2)`."""
    if call.subject is None:
        return f"{call.name}({_arguments(call.target, call.args, call.kwargs, names)})"
    subject = names.get(id(call.subject), f"<{type(call.subject).__name__}>")
    if len(subject) > LONGEST_SUBJECT:
        subject = f"<{type(call.subject).__name__}>"
    if call.name == "forward":
        return f"{subject}({_arguments(call.target, call.args, call.kwargs, names)})"
    if call.name[:2] == "__" and call.name != "__call__":
        return _protocol(call, subject, [expression(value, names) for value in call.args])
    arguments = _arguments(call.target, (call.subject, *call.args), call.kwargs, names, skipped=1)
    return f"{subject}({arguments})" if call.name == "__call__" else f"{subject}.{call.name}({arguments})"


def _protocol(call: Call, subject: str, args: list[str]) -> str:
    if call.name in BINARY and args:
        return f"({subject} {BINARY[call.name]} {args[0]})"
    if call.name in REFLECTED and args:
        return f"({args[0]} {REFLECTED[call.name]} {subject})"
    if call.name == "__neg__":
        return f"(-{subject})"
    if call.name == "__getitem__" and args:
        return f"{subject}[{args[0]}]"
    if call.name == "__contains__" and args:
        return f"{args[0]} in {subject}"
    if call.name in ("__len__", "__next__"):
        return f"{call.name.strip('_')}({subject})"
    return f"{subject}.{call.name}({', '.join(args)})"


def bound_arguments(
    target: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str | int, Any]:
    """Return the arguments of a call by name; by position where the call does not fit the signature."""
    try:
        signature = inspect.signature(target)
        bound: dict[Any, Any] = signature.bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        return _by_place(args, kwargs)
    found: dict[str | int, Any] = {}
    for name, value in bound.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found |= dict(enumerate(value, len(found)))
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found |= value
        elif kind is inspect.Parameter.POSITIONAL_ONLY:
            found[len(found)] = value
        else:
            found[name] = value
    if any(isinstance(name, int) for name in found):  # an argument by name may not precede those by position
        return _by_place(args, kwargs)
    return found


def _by_place(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str | int, Any]:
    found: dict[str | int, Any] = dict(enumerate(args))
    return found | dict(kwargs)


def _arguments(
    target: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], names: Names, skipped: int = 0
) -> str:
    given = list(bound_arguments(target, args, kwargs).items())[skipped:]
    return ", ".join(
        expression(value, names) if isinstance(name, int) else f"{name}={expression(value, names)}"
        for name, value in given
    )


def expression(value: Any, names: Names | None = None) -> str:
    """Return a value as a Python expression, or a description in angle brackets."""
    names = names or {}
    words = names[id(value)] if id(value) in names else _expression(value, names)
    words = ADDRESS.sub("", words)
    return words if len(words) <= LONGEST_PART else _placeholder(value)


def _expression(value: Any, names: Names) -> str:
    if isinstance(value, torch.Tensor):
        return _tensor(value)
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})" if value.size <= SHOWN_ELEMENTS else _placeholder(value)
    if isinstance(value, torch.nn.Module):
        return _module(value, names)
    if isinstance(value, float):
        return _number(value, "float")
    if isinstance(value, torch.Size):
        return f"torch.Size({list(value)})"
    if type(value) in (list, tuple, set, frozenset, dict):
        return _container(value, names)
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, type)):
        return _function(value)
    words = repr(value)
    return _object(value, names) if ADDRESS.search(words) or words[:1] == "<" else words


def _object(value: Any, names: Names) -> str:
    """Describe an object that has no form of its own by its short attributes."""
    attributes = list(getattr(value, "__dict__", {}).items())[:MOST_ATTRIBUTES]
    known = [f"{name}={_expression(part, names)}" for name, part in attributes if isinstance(part, DATA)]
    words = ", ".join(part for part in known if len(part) <= LONGEST_ATTRIBUTE)
    return f"<{type(value).__name__} {words}>" if words else f"<{type(value).__name__}>"


def _container(value: Any, names: Names) -> str:
    if not value:
        return repr(value)
    if isinstance(value, dict):
        items = [f"{expression(key, names)}: {expression(item, names)}" for key, item in value.items()]
    else:
        items = [expression(item, names) for item in value]
    if len(items) > SHOWN_ITEMS:
        items = [*items[: SHOWN_ITEMS - 2], f"<{len(items) - SHOWN_ITEMS + 2} more>"]
    inner = ", ".join(items) + ("," if isinstance(value, tuple) and len(value) == 1 else "")
    if isinstance(value, frozenset):
        return f"frozenset({{{inner}}})"
    left, right = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
    return f"{left}{inner}{right}"


def _tensor(value: torch.Tensor) -> str:
    plain = value.detach()
    words = _filled(plain) or (_listed(plain) if 0 < value.numel() <= SHOWN_ELEMENTS else None)
    if words is None or value.device.type != "cpu" or value.layout is not torch.strided:
        return _placeholder(value)
    return words + (".requires_grad_()" if value.requires_grad and value.is_leaf else "")


def _filled(value: torch.Tensor) -> str | None:
    """Return the expression of a tensor of equal numbers, or of a unit matrix; None for any other tensor."""
    sizes = ", ".join(map(str, value.shape))
    dtype = "" if value.dtype is torch.float32 else f", dtype={value.dtype}"
    if value.dim() == 0 or value.is_complex():
        return None
    if value.numel() == 0:
        return f"torch.empty({sizes}{dtype})"
    if value.numel() <= 2:
        return None
    first = value.flatten()[0]
    if not bool((value != first).any()) and value.dtype is not torch.bool:
        if float(first) in (0.0, 1.0):
            return f"torch.{'ones' if float(first) else 'zeros'}({sizes}{dtype})"
        dtype = "" if value.dtype in PLAIN_DTYPES else dtype
        return f"torch.full(({sizes}{',' if value.dim() == 1 else ''}), {_short(first.item(), value.dtype)}{dtype})"
    square = value.dim() == 2 and value.shape[0] == value.shape[1] and value.is_floating_point()
    if square and torch.equal(value, first * torch.eye(len(value), dtype=value.dtype)):
        factor = "" if float(first) == 1.0 else f"{_short(first.item(), value.dtype)} * "
        return f"{factor}torch.eye({len(value)}{dtype})"
    return None


def _listed(value: torch.Tensor) -> str:
    dtype = "" if value.dtype in PLAIN_DTYPES else f", dtype={value.dtype}"

    def write(part: Any) -> str:
        return f"[{', '.join(map(write, part))}]" if isinstance(part, list) else _short(part, value.dtype)

    return f"torch.tensor({write(value.tolist())}{dtype})"


def _short(value: Any, dtype: torch.dtype) -> str:
    """Return the shortest digits that give this element again."""
    if dtype is torch.float32 and math.isfinite(value):
        value = float(str(np.float32(value)))
    words = _number(value, "torch")
    return words.removesuffix("0") if words.endswith(".0") else words


def _number(value: Any, home: str) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        sign = "-" if value < 0 else ""
        name = "nan" if math.isnan(value) else "inf"
        return f"{sign}{'torch' if home == 'torch' else 'math'}.{name}"
    return repr(value)


def _module(value: torch.nn.Module, names: Names) -> str:
    """Return a module of torch as the call that makes it, and any other by its class."""
    kind = type(value)
    children = dict(value.named_children())
    if kind is torch.nn.Sequential and list(children) == [str(n) for n in range(len(children))]:
        return f"nn.Sequential({', '.join(expression(child, names) for child in children.values())})"
    if kind.__module__.startswith("torch.nn.modules") and not children:
        return f"nn.{value!r}"
    words = repr(value)
    return words if "\n" not in words and kind.__repr__ is not torch.nn.Module.__repr__ else f"<{kind.__name__}>"


def _function(value: Any) -> str:
    name: str = value.__name__
    home = (getattr(value, "__module__", None) or "").split(".")
    if home[0] in ("torch", "math", "numpy", "operator"):
        for depth in range(1, len(home) + 1):  # the shortest name under which it can be reached
            module = ".".join(home[:depth])
            if getattr(sys.modules.get(module), name, None) is value:
                return f"{module}.{name}"
    given = home[0] in ("builtins", "") or home[0].startswith(VARIANT)
    return name if given else f"<function {name}>"


@functools.lru_cache(maxsize=8)
def _functions(file: str) -> dict[int, list[ast.Lambda | ast.FunctionDef]]:
    """The functions of a file, by the line on which they begin."""
    found: dict[int, list[ast.Lambda | ast.FunctionDef]] = {}
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return found
    for node in ast.walk(tree):
        if isinstance(node, (ast.Lambda, ast.FunctionDef)):
            found.setdefault(node.lineno, []).append(node)
    return found


def entry_names(probe: Any) -> list[str | None]:
    """Return the source of each entry of the tuple or list that a probe returns, where it is a short fact.

    A fact is an expression such as `mean.requires_grad` or `len(vocab)`; other entries are None.
    """
    code = getattr(probe, "__code__", None)
    if code is None:
        return []
    for node in _functions(code.co_filename).get(code.co_firstlineno, ()):
        if getattr(node, "name", "<lambda>") == code.co_name:
            body = node.body if isinstance(node, ast.Lambda) else _returned(node)
            if isinstance(body, (ast.Tuple, ast.List)):
                return [_fact(entry) for entry in body.elts]
    return []


def _returned(node: ast.FunctionDef) -> ast.expr | None:
    last = node.body[-1]
    return last.value if isinstance(last, ast.Return) else None


def _fact(node: ast.expr) -> str | None:
    allowed = (ast.Attribute, ast.Call, ast.Name, ast.Load, ast.Subscript, ast.Constant, ast.Compare, ast.cmpop)
    called = isinstance(node, (ast.Attribute, ast.Call, ast.Compare))
    if not called or not all(isinstance(part, allowed) for part in ast.walk(node)):
        return None
    words = ast.unparse(node)
    return words.replace("impl.", "") if len(words) <= 60 else None


def _placeholder(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"<{tensor_form(value)}>"
    if isinstance(value, np.ndarray):
        return f"<{describe(value)}>"
    size = f" of {len(value)}" if isinstance(value, (list, tuple, dict, set, str)) else ""
    return f"<{type(value).__name__}{size}>"
