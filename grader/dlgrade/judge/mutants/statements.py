"""Changes of a block of statements: a statement left out, two in the other order, a condition that is not looked at."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator

from dlgrade.judge.mutants.expressions import unchecked
from dlgrade.judge.mutants.scene import COMMON, LIKELY, RARE, Change, Scene
from dlgrade.judge.mutants.words import function_words
from dlgrade.text import Text, both

MOST_SWAPPED = 8  # names of a statement
KEPT = (ast.Return, ast.Raise, ast.Pass, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assert)


def changes_of_block(block: list[ast.stmt], scene: Scene) -> Iterator[Change]:
    """Yield the changes of a block. Each has the whole new block."""
    for place, statement in enumerate(block):
        if statement.lineno not in scene.answers or _is_text(statement):
            continue
        before, after = block[:place], block[place + 1 :]
        for kind, rank, text, new in _changed(statement, scene):
            yield Change(kind, rank, text, statement, [*before, *new, *after])
        for first, later in _parted(statement) if after and not isinstance(after[0], KEPT) else ():
            text = both("one step comes after the next step, not before it", "有一步放到了下一步之后，次序颠倒")
            yield Change("order of steps", RARE, text, statement, [*before, first, after[0], later, *after[1:]])
        for renamed in _swapped_names(statement, scene):
            text = both("two values are swapped in a step", "某一步中有两个量用反了")
            yield Change("swapped names", RARE, text, statement, [*before, renamed, *after])
        if after and not isinstance(statement, KEPT) and not isinstance(after[0], KEPT):
            text = both("two successive steps are in the other order", "相邻两步的次序颠倒了")
            yield Change("order of steps", RARE, text, statement, [*before, after[0], statement, *after[1:]])


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _changed(statement: ast.stmt, scene: Scene) -> Iterator[tuple[str, int, Text, list[ast.stmt]]]:
    """Yield the kind, the rank and the words of a change, and the statements in place of this statement."""
    nothing: list[ast.stmt] = [ast.Pass()]
    if isinstance(statement, ast.If):
        of = scene.names(statement.test)
        yield "condition left out", COMMON, unchecked(of), statement.body
        text = both(f"the case of a condition{of.en} is left out", f"漏掉了一个{of.zh}条件成立的情形")
        yield "case left out", COMMON, text, statement.orelse or nothing
    elif isinstance(statement, ast.With):
        words = function_words(statement.items[0].context_expr) or both("a context", "一个 with 语句")
        yield "context left out", COMMON, words + both(" is left out", "被漏掉了"), statement.body
    elif isinstance(statement, ast.Continue):
        yield "step left out", COMMON, both("an entry that should be skipped is not", "应跳过的一项没有跳过"), nothing
    elif isinstance(statement, ast.Break):
        yield "step left out", COMMON, both("a loop does not end early", "一个循环没有提前结束"), nothing
    elif isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign)):
        yield from _left_out(statement, scene, nothing)


def _left_out(
    statement: ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign, scene: Scene, nothing: list[ast.stmt]
) -> Iterator[tuple[str, int, Text, list[ast.stmt]]]:
    of = scene.names(statement)
    words = function_words(statement.value) if statement.value is not None else None
    text = both(f"a step{of.en} is left out", f"漏掉了{of.zh}一步")
    if words is not None and isinstance(statement.value, ast.Call):
        text = words + both(" is left out", "被漏掉了")
    yield "step left out", COMMON, text, nothing
    if isinstance(statement, ast.AugAssign):
        new = ast.Assign([statement.target], statement.value)
        text = both(
            f"a value{of.en} replaces another, where it should be added or applied to it",
            f"一个{of.zh}值直接覆盖了原值，没有与原值相运算",
        )
        yield "replaced", COMMON, text, [new]
        if isinstance(statement.op, (ast.Add, ast.Sub)):
            operator = ast.Sub() if isinstance(statement.op, ast.Add) else ast.Add()
            text = both(f"a term{of.en} has the opposite sign", f"一个{of.zh}项的正负号相反")
            yield "opposite sign", LIKELY, text, [ast.AugAssign(statement.target, operator, statement.value)]


def _parted(statement: ast.stmt) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Yield `a = x` and `b = y` for `a, b = x, y`, and the same in the other order."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Tuple):
        return
    (target,) = statement.targets[:1]
    if isinstance(target, ast.Tuple) and len(target.elts) == len(statement.value.elts) == 2:
        pairs = zip(target.elts, statement.value.elts, strict=True)
        one, other = (ast.copy_location(ast.Assign([name], value), statement) for name, value in pairs)
        yield one, other
        yield other, one


def _swapped_names(statement: ast.stmt, scene: Scene) -> Iterator[ast.stmt]:
    """Yield a simple statement with two of the names that it reads swapped throughout."""
    value = statement.value if isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign, ast.Return)) else None
    if value is None:
        return
    called = {node.func for node in ast.walk(value) if isinstance(node, ast.Call)}
    read = [node for node in ast.walk(value) if isinstance(node, ast.Name) and node not in called]
    names = sorted({node.id for node in read if isinstance(node.ctx, ast.Load)} - scene.modules)
    for pair in itertools.combinations(names, 2):
        if len(names) <= MOST_SWAPPED:
            new = copy.copy(statement)
            new.__dict__["value"] = _Swap(*pair).visit(copy.deepcopy(value))
            yield new


class _Swap(ast.NodeTransformer):
    def __init__(self, one: str, other: str) -> None:
        self.other = {one: other, other: one}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self.other.get(node.id, node.id), node.ctx), node)
