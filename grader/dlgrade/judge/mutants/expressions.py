"""Changes of an expression: a sign, a term, a call, an argument, a constant, a comparison, a name."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from dlgrade.judge.mutants.calls import (
    applied_to,
    changes_of_attribute,
    changes_of_call,
    off_by_one,
    step_words,
    with_argument,
)
from dlgrade.judge.mutants.scene import COMMON, LIKELY, RARE, RARER, RAREST, Change, Scene
from dlgrade.judge.mutants.words import ARGUMENTS, FUNCTIONS, function_name, function_words
from dlgrade.text import Text, both, same

AXES = ("dim", "axis", "dims", "start_dim", "dim0", "dim1")
REVERSED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE,
}  # fmt: skip
WIDENED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip


def changes_of(node: ast.expr, parent: ast.AST, scene: Scene) -> Iterator[Change]:
    """Yield the changes of an expression that is a part of `parent`."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    for kind, function in BY_TYPE.items():
        if isinstance(node, kind):
            yield from function(node, parent, scene)


# Arithmetic.


def _binary(node: ast.BinOp, _: ast.AST, scene: Scene) -> Iterator[Change]:
    names = scene.names(node)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        yield from _terms(node, scene)
    elif isinstance(node.op, (ast.Mult, ast.MatMult)):
        for lost, left in ((node.right, node.left), (node.left, node.right)):
            of = scene.names(lost)
            text = both(f"a factor{of.en} is left out", f"漏乘了一个{of.zh}因子")
            yield Change("factor left out", LIKELY, text, node, left)
    elif isinstance(node.op, (ast.Div, ast.FloorDiv)):
        of = scene.names(node.right)
        text = both(f"a division by a value{of.en} is left out", f"漏除了一个{of.zh}值")
        yield Change("divisor left out", LIKELY, text, node, node.left)
        for new in off_by_one(node.right):
            text = both(f"a divisor{of.en} is off by 1", f"一个{of.zh}除数差了 1")
            yield Change("divisor", COMMON, text, node, ast.BinOp(node.left, node.op, new))
    elif isinstance(node.op, ast.Pow):
        text = both(f"a power{names.en} is left out", f"漏掉了一个{names.zh}乘方")
        yield Change("power left out", LIKELY, text, node, node.left)
        for new in off_by_one(node.right):
            text = both(f"an exponent{names.en} is off by 1", f"一个{names.zh}指数差了 1")
            yield Change("exponent", COMMON, text, node, ast.BinOp(node.left, node.op, new))
    if isinstance(node.op, (ast.Mult, ast.Div)):
        other = ast.Div() if isinstance(node.op, ast.Mult) else ast.Mult()
        en, zh = ("divides", "除") if isinstance(node.op, ast.Mult) else ("multiplies", "乘")
        of = scene.names(node.right)
        text = both(f"a value{of.en} {en} in place of the inverse", f"一处{of.zh}运算误用了{zh}法")
        yield Change("inverse", RARER, text, node, ast.BinOp(node.left, other, node.right))
        down = ast.BinOp(node, ast.FloorDiv(), ast.Constant(1))
        up = ast.UnaryOp(ast.USub(), ast.BinOp(ast.UnaryOp(ast.USub(), node), ast.FloorDiv(), ast.Constant(1)))
        for new, en, zh in ((down, "down", "下"), (up, "up", "上")):
            text = both(f"a value{names.en} is rounded {en} on the way", f"一个{names.zh}中间值被向{zh}取整")
            yield Change("rounding", RAREST, text, node, new)
    if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow, ast.FloorDiv, ast.Mod)):
        text = both(f"the two sides of an operation{names.en} are swapped", f"一处{names.zh}运算的两边写反了")
        yield Change("swapped", RARER, text, node, ast.BinOp(node.right, node.op, node.left))
    yield from _scopes(node, scene)


def _terms(node: ast.BinOp, scene: Scene) -> Iterator[Change]:
    """Yield a sign that is the other way round, and terms that are left out."""
    added = isinstance(node.op, ast.Add)
    of = scene.names(node.right)
    text = both(f"a term{of.en} has the opposite sign", f"一个{of.zh}项的正负号相反")
    yield Change(
        "opposite sign", LIKELY, text, node, ast.BinOp(node.left, ast.Sub() if added else ast.Add(), node.right)
    )
    rest = node.right if added else ast.UnaryOp(ast.USub(), node.right)
    for lost, left in ((node.right, node.left), (node.left, rest)):
        of = scene.names(lost)
        yield Change("term left out", LIKELY, both(f"a term{of.en} is left out", f"漏掉了一个{of.zh}项"), node, left)


def _scopes(node: ast.BinOp, scene: Scene) -> Iterator[Change]:
    """Yield f(a * b) for f(a) * b and for a * f(b), and a + b * c for (a + b) * c."""
    for call, other, inside_left in ((node.left, node.right, True), (node.right, node.left, False)):
        if (inner := applied_to(call, scene)) is not None:
            sides = (inner, other) if inside_left else (other, inner)
            words, of = function_words(call) or both("a function", "一个函数"), scene.names(other)
            text = both(
                f"{words.en} is taken after an operation{of.en}, not before it",
                f"先做了一处{of.zh}运算再求{words.zh}，次序颠倒",
            )
            new = with_argument(call, ast.BinOp(sides[0], node.op, sides[1]), scene)
            yield Change("scope of a function", RARER, text, node, new)
    left = node.left
    if (
        isinstance(node.op, (ast.Mult, ast.Div))
        and isinstance(left, ast.BinOp)
        and isinstance(left.op, (ast.Add, ast.Sub))
    ):
        of = scene.names(node.right)
        en = "multiplies" if isinstance(node.op, ast.Mult) else "divides"
        zh = "乘" if isinstance(node.op, ast.Mult) else "除"
        text = both(
            f"a value{of.en} {en} only the last term of a sum or difference",
            f"一个{of.zh}值只{zh}了和或差的最后一项",
        )
        new = ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, node.right))
        yield Change("scope of a factor", RARER, text, node, new)


def _unary(node: ast.UnaryOp, parent: ast.AST, scene: Scene) -> Iterator[Change]:
    of = scene.names(node.operand)
    if isinstance(node.op, ast.USub):
        axis = _is_axis(node, parent)
        if axis or isinstance(node.operand, ast.Constant):
            opposite = both("a number has the opposite sign", "一个数的正负号相反")
            text, kind = (_axis_words(), "other axis") if axis else (opposite, "opposite sign")
            yield Change(kind, COMMON, text, node, node.operand)
        else:
            text = both(f"a value{of.en} has the opposite sign", f"一个{of.zh}值的正负号相反")
            yield Change("opposite sign", LIKELY, text, node, node.operand)
    elif isinstance(node.op, (ast.Not, ast.Invert)):
        yield Change("condition reversed", COMMON, _reversed_words(of), node, node.operand)


# Constants, names, conditions.


def _constant(node: ast.Constant, parent: ast.AST, scene: Scene) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        name = (
            parent.arg if isinstance(parent, ast.keyword) and parent.arg in ARGUMENTS | scene.known.parameters else None
        )
        text = both("True and False are confused", "True 与 False 用反了")
        if name:
            text = both(
                f"the argument {name} is {not value}, not {value}", f"参数 {name} 是 {not value}，而不是 {value}"
            )
        yield Change("switch", COMMON, text, node, ast.Constant(not value))
    elif isinstance(value, int):
        axis = _is_axis(node, parent)
        for next_to in (value + 1, value - 1):
            text = _constant_words(parent, axis, scene)
            yield Change("other axis" if axis else "other number", COMMON, text, node, ast.Constant(next_to))
    elif isinstance(value, float) and value:
        for other, en, zh in ((value * 2, "twice", "两倍"), (value / 2, "half", "一半")):
            text = both(f"a number is {en} as large as it should be", f"一个数是应有值的{zh}")
            yield Change("other number", RARER, text, node, ast.Constant(other))


def _is_axis(node: ast.expr, parent: ast.AST) -> bool:
    if isinstance(parent, ast.keyword):
        return parent.arg in AXES
    methods = (
        "sum",
        "mean",
        "max",
        "min",
        "argmax",
        "argmin",
        "softmax",
        "size",
        "unsqueeze",
        "squeeze",
        "flip",
        "var",
    )
    return isinstance(parent, ast.Call) and parent.args[:1] == [node] and function_name(parent) in methods


def _constant_words(parent: ast.AST, axis: bool, scene: Scene) -> Text:
    if axis:
        return _axis_words()
    of = scene.names(parent) if isinstance(parent, ast.expr) else same("")
    near = both(f" in an expression{of.en}" if of.en else "", of.zh)
    return both(f"a number{near.en} is off by 1", f"一处{near.zh}式子中的数差了 1")


def _axis_words() -> Text:
    return both("an operation goes along another axis", "一处运算沿着另一个轴进行")


def _compare(node: ast.Compare, _: ast.AST, scene: Scene) -> Iterator[Change]:
    of = scene.names(node)
    for place, operator in enumerate(node.ops):
        if wider := WIDENED.get(type(operator)):
            includes = wider in (ast.LtE, ast.GtE)
            text = both(
                f"a comparison{of.en} {'also holds' if includes else 'does not hold'} for equal values",
                f"一处{of.zh}比较在相等时{'也' if includes else '不'}成立",
            )
            yield Change("equality", COMMON, text, node, _with_operator(node, place, wider()))
        yield Change(
            "condition reversed",
            RARER,
            _reversed_words(of),
            node,
            _with_operator(node, place, REVERSED[type(operator)]()),
        )


def _with_operator(node: ast.Compare, place: int, operator: ast.cmpop) -> ast.Compare:
    return ast.Compare(node.left, [*node.ops[:place], operator, *node.ops[place + 1 :]], node.comparators)


def _reversed_words(of: Text) -> Text:
    return both(f"a condition{of.en} is the wrong way round", f"一个{of.zh}条件写反了")


def _boolean(node: ast.BoolOp, _: ast.AST, scene: Scene) -> Iterator[Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    of = scene.names(node)
    text = both(f"'and' and 'or' are confused in a condition{of.en}", f"一个{of.zh}条件中 and 与 or 用反了")
    yield Change("and, or", RARE, text, node, ast.BoolOp(other, node.values))
    for place, part in enumerate(node.values):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        new = ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
        yield Change("condition left out", COMMON, unchecked(scene.names(part)), node, new)


def unchecked(of: Text) -> Text:
    return both(f"a condition{of.en} is not looked at", f"没有考虑一个{of.zh}条件")


def _choice(node: ast.IfExp, _: ast.AST, scene: Scene) -> Iterator[Change]:
    for new in (node.body, node.orelse):
        yield Change("condition left out", COMMON, unchecked(scene.names(node.test)), node, new)


def _filtered(node: Any, _: ast.AST, scene: Scene) -> Iterator[Change]:
    for place, loop in enumerate(node.generators):
        for test in loop.ifs:
            left = ast.comprehension(
                loop.target, loop.iter, [other for other in loop.ifs if other is not test], loop.is_async
            )
            loops = [*node.generators[:place], left, *node.generators[place + 1 :]]
            yield Change("condition left out", COMMON, unchecked(scene.names(test)), node, type(node)(node.elt, loops))


def _items(node: Any, _: ast.AST, scene: Scene) -> Iterator[Change]:
    """Yield a list or a tuple in reverse order, or with an item less."""
    if len(node.elts) < 2:
        return
    if len(node.elts) <= 3:
        text = both(f"parts{scene.names(node).en} are in reverse order", f"几个{scene.names(node).zh}部分的次序颠倒了")
        yield Change("order of parts", RARE, text, node, type(node)(list(reversed(node.elts)), ast.Load()))
    for place, item in enumerate(node.elts):
        words = function_words(item) if isinstance(item, ast.Call) else None
        of = scene.names(item)
        text = step_words(words, of) if words else both(f"a part{of.en} is left out", f"漏掉了一个{of.zh}部分")
        rest = [*node.elts[:place], *node.elts[place + 1 :]]
        yield Change("part left out", RARE, text, node, type(node)(rest, ast.Load()))


def _index(node: ast.Subscript, _: ast.AST, scene: Scene) -> Iterator[Change]:
    """Yield an index or a bound of a slice that is off by one. Changes of constants come from elsewhere."""
    of = scene.names(node)
    bounds = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if isinstance(node.slice, ast.Slice) and not (node.slice.lower or node.slice.upper or node.slice.step):
        yield Change("step left out", LIKELY, step_words(FUNCTIONS["copy"], of), node, node.value)
    for place, bound in enumerate(bounds):
        for new in _moved_bounds(bound):
            whole = ast.Tuple([*bounds[:place], new, *bounds[place + 1 :]], ast.Load()) if len(bounds) > 1 else new
            text = both(f"an index{of.en} is off by 1", f"一个{of.zh}下标差了 1")
            if isinstance(bound, ast.Slice):
                text = both(f"a slice{of.en} begins or ends elsewhere", f"一个{of.zh}切片的起点或终点不对")
            yield Change("index", RARE, text, node, ast.Subscript(node.value, whole, ast.Load()))


def _moved_bounds(bound: ast.expr) -> Iterator[ast.expr]:
    if isinstance(bound, ast.Slice):
        if bound.lower is not None:
            yield ast.Slice(None, bound.upper, bound.step)
            yield from (ast.Slice(new, bound.upper, bound.step) for new in off_by_one(bound.lower))
        if bound.upper is not None:
            yield ast.Slice(bound.lower, None, bound.step)
            yield from (ast.Slice(bound.lower, new, bound.step) for new in off_by_one(bound.upper))
    else:
        yield from off_by_one(bound)


def _name(node: ast.Name, parent: ast.AST, scene: Scene) -> Iterator[Change]:
    """Yield 0, 1, a part, a detached copy, or another parameter of the function in place of a variable."""
    if node.id in scene.modules or (isinstance(parent, ast.Call) and parent.func is node):
        return
    of = scene.names(node)
    for value in (0, 1):
        text = both(f"a value{of.en} is replaced by {value} in one place", f"某处的一个{of.zh}值被换成了 {value}")
        yield Change("fixed value", RARE, text, node, ast.Constant(value))
    for lower, upper, en, zh in PARTS:
        bounds = [None if bound is None else ast.Constant(bound) for bound in (lower, upper)]
        text = both(en.format(of=of.en), f"某处对一个{of.zh}序列{zh}")
        yield Change("part", RAREST, text, node, ast.Subscript(node, ast.Slice(*bounds), ast.Load()))
    detached = ast.Call(ast.Attribute(node, "detach", ast.Load()), [], [])
    text = both(f"a value{of.en} is detached from the graph", f"一个{of.zh}值与计算图分离了")
    yield Change("detached", RAREST, text, node, detached)
    parameters = scene.known.at(node.lineno)
    if node.id in parameters:
        for other in sorted(parameters - {node.id}):
            text = both(f"{other} takes the place of {node.id} somewhere", f"某处把 {node.id} 写成了 {other}")
            yield Change("other name", RAREST, text, node, ast.Name(other, ast.Load()))


PARTS = (
    (-1, None, "only the last item of a sequence{of} is used", "只用了最后一项"),
    (1, None, "the first item of a sequence{of} is left out", "漏掉了第一项"),
    (None, -1, "the last item of a sequence{of} is left out", "漏掉了最后一项"),
)
Function = Callable[[Any, ast.AST, Scene], Iterator[Change]]


BY_TYPE: dict[type[ast.expr] | tuple[type[ast.expr], ...], Function] = {
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Call: changes_of_call, ast.Attribute: changes_of_attribute,
    ast.Constant: _constant, ast.Compare: _compare, ast.BoolOp: _boolean, ast.IfExp: _choice,
    (ast.ListComp, ast.GeneratorExp): _filtered, (ast.List, ast.Tuple): _items, ast.Subscript: _index, ast.Name: _name,
}  # fmt: skip
