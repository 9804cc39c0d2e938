"""Changes of a call: it is left out, gets an argument less, or changes places with another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dlgrade.judge.mutants.scene import COMMON, LIKELY, RARER, Change, Scene
from dlgrade.judge.mutants.words import ARGUMENTS, FUNCTIONS, function_name, function_words
from dlgrade.text import Text, both

SIBLINGS = {
    "sum": ("mean",), "mean": ("sum",), "max": ("min",), "min": ("max",), "argmax": ("argmin",), "argmin": ("argmax",),
    "amax": ("amin",), "amin": ("amax",), "tanh": ("sigmoid", "relu"), "sigmoid": ("tanh", "relu"),
    "relu": ("tanh", "sigmoid"), "softmax": ("log_softmax",), "log_softmax": ("softmax",), "std": ("var",),
    "var": ("std",), "floor": ("ceil", "round"), "ceil": ("floor", "round"), "round": ("floor", "ceil"),
    "log": ("log2",), "sqrt": ("square",), "square": ("abs",), "abs": ("square",), "triu": ("tril",),
    "tril": ("triu",), "AvgPool2d": ("MaxPool2d",), "MaxPool2d": ("AvgPool2d",), "Sigmoid": ("ReLU", "Tanh"),
    "ReLU": ("Sigmoid", "Tanh"), "Tanh": ("Sigmoid", "ReLU"), "repeat": ("repeat_interleave",),
    "repeat_interleave": ("repeat",), "cumsum": ("cumprod",), "cumprod": ("cumsum",),
}  # fmt: skip


def changes_of_call(node: ast.Call, _: ast.AST, scene: Scene) -> Iterator[Change]:
    """Yield changes of a call: left out, without an argument, another function, another order."""
    yield from _range(node, scene)
    yield from _left_out(node, scene)
    yield from _arguments_left_out(node, scene)
    name, words = function_name(node), function_words(node)
    for other in SIBLINGS.get(name, ()):
        instead = FUNCTIONS[other]
        assert words is not None
        of = scene.names(*node.args, node.func)
        text = both(
            f"{instead.en}{of.en} takes the place of {words.en}", f"一处{of.zh}运算把{words.zh}换成了{instead.zh}"
        )
        yield Change(
            "other function", COMMON, text, node, ast.Call(_renamed(node.func, other), node.args, node.keywords)
        )
    yield from _nested(node, scene)
    for place in range(len(node.args) - 1):
        pair = node.args[place : place + 2]
        if not any(isinstance(argument, ast.Starred) for argument in pair):
            args = [*node.args[:place], *reversed(pair), *node.args[place + 2 :]]
            of = scene.names(*pair)
            text = both(f"two arguments{of.en} are swapped", f"两个{of.zh}参数写反了")
            yield Change("swapped", RARER, text, node, ast.Call(node.func, args, node.keywords))


def _nested(node: ast.Call, scene: Scene) -> Iterator[Change]:
    """Yield g(f(x)) for f(g(x))."""
    inner = applied_to(node, scene)
    argument = applied_to(inner, scene) if inner is not None else None
    if inner is not None and argument is not None and function_name(inner) != function_name(node):
        first, second = (function_words(call) or both("another function", "另一个函数") for call in (inner, node))
        text = both(f"{second.en} is taken before {first.en}, not after it", f"{second.zh}与{first.zh}的先后次序颠倒了")
        new = with_argument(inner, with_argument(node, argument, scene), scene)
        yield Change("order of functions", RARER, text, node, new)


def _is_method(node: ast.Call, scene: Scene) -> bool:
    return isinstance(node.func, ast.Attribute) and _root(node.func) not in {"self", *scene.modules}


def applied_to(node: ast.expr, scene: Scene) -> ast.expr | None:
    """Return the only argument of a function, or the object of a method without arguments; None for other code."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and _is_method(node, scene):
        return None if node.args else node.func.value
    only = node.args[0] if len(node.args) == 1 else None
    return None if isinstance(only, ast.Starred) else only


def with_argument(node: ast.expr, argument: ast.expr, scene: Scene) -> ast.expr:
    """Return a call from `applied_to` with another argument or object."""
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute) and _is_method(node, scene):
        return ast.Call(ast.Attribute(argument, node.func.attr, ast.Load()), [], node.keywords)
    return ast.Call(node.func, [argument], node.keywords)


def _renamed(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, name, ast.Load())
    return ast.Name(name, ast.Load())


def _left_out(node: ast.Call, scene: Scene) -> Iterator[Change]:
    """Yield a function's argument, or a method's object, in place of the call."""
    if isinstance(node.func, ast.Attribute) and _root(node.func) not in scene.modules:
        new, words = node.func.value, function_words(node)
    elif node.args and not isinstance(node.args[0], ast.Starred):
        new, words = node.args[0], function_words(node)
    else:
        return
    yield Change("step left out", LIKELY, step_words(words, scene.names(new)), node, new)


def step_words(words: Text | None, of: Text) -> Text:
    if words is None:
        return both(f"a step{of.en} is left out", f"漏掉了{of.zh}一步运算")
    where = both(f" of a value{of.en}", f"一个{of.zh}值的") if of.en else of
    return both(f"{words.en}{where.en} is left out", f"漏掉了{where.zh}{words.zh}")


def _arguments_left_out(node: ast.Call, scene: Scene) -> Iterator[Change]:
    for place, keyword in enumerate(node.keywords):
        name = keyword.arg if keyword.arg in ARGUMENTS or keyword.arg in scene.known.parameters else None
        keywords = [*node.keywords[:place], *node.keywords[place + 1 :]]
        text = _argument_words(name, scene.names(keyword.value))
        yield Change("argument left out", LIKELY, text, node, ast.Call(node.func, node.args, keywords))
    for place, argument in enumerate(node.args):
        args = [*node.args[:place], *node.args[place + 1 :]]
        if args or node.keywords or isinstance(node.func, ast.Attribute):
            words = function_words(argument) if isinstance(argument, ast.Call) else None
            of = scene.names(argument)
            text = step_words(words, of) if words else _argument_words(None, of)
            yield Change("argument left out", LIKELY, text, node, ast.Call(node.func, args, node.keywords))


def _argument_words(name: str | None, of: Text) -> Text:
    if name is None:
        return both(f"an argument{of.en} is not passed", f"没有传入一个{of.zh}参数")
    return both(f"the argument {name} is not passed on", f"没有传入参数 {name}")


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def changes_of_attribute(node: ast.Attribute, _: ast.AST, scene: Scene) -> Iterator[Change]:
    if node.attr in ("T", "mT", "H"):
        words = both("the transposition", "转置")
        yield Change("step left out", LIKELY, step_words(words, scene.names(node.value)), node, node.value)


def _range(node: ast.Call, scene: Scene) -> Iterator[Change]:
    if function_name(node) not in ("range", "arange") or _root(node.func) not in {"range", *scene.modules}:
        return
    for place, bound in enumerate(node.args):
        for new in off_by_one(bound):
            args = [*node.args[:place], new, *node.args[place + 1 :]]
            of = scene.names(bound)
            text = both(f"a range{of.en} begins or ends off by one place", f"一个{of.zh}范围的起点或终点差了一位")
            yield Change("range", COMMON, text, node, ast.Call(node.func, args, node.keywords))


def off_by_one(node: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression plus and minus 1. Constants have changes of their own."""
    constant = node.operand if isinstance(node, ast.UnaryOp) else node
    if not isinstance(constant, (ast.Constant, ast.Tuple)):
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))
        yield ast.BinOp(node, ast.Sub(), ast.Constant(1))
