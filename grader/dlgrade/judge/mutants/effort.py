"""How much a probe computes, in steps that are counted. The number is the same on every machine."""

from __future__ import annotations

import ast
import sys
import types

from dlgrade.judge.trusted import Variant
from dlgrade.worker.forbidden.operators import count

TICK = "_dlgrade_tick"
CALLS_OF_A_STEP, CALLS_OF_AN_OPERATOR = 10, 5  # a round of a loop, or a function, has several calls
ELEMENTS_OF_A_CALL, FLOPS_OF_A_CALL = 200, 20_000  # in the time of a call, half a microsecond
SECONDS = 2.0  # of processor time for a probe; a longer one computes too much in any case


class _TooMuch(Exception):
    """A probe takes more steps than are worth counting."""


class Effort:
    """Counts the work of probes on an implementation, in calls of functions that do next to nothing."""

    def __init__(self, variant: Variant, most: int) -> None:
        self.variant = variant
        self.most = most
        self.steps = 0
        self.known: dict[tuple[bytes, int], int | None] = {}
        tree = ast.parse(variant.source)
        _Counting().visit(tree)
        self.code = compile(ast.fix_missing_locations(tree), "<counted reference>", "exec")

    def of(self, blob: bytes, seed: int) -> int | None:
        """Return the effort of a pickled probe; None if it is more than `most`, and if the probe raises."""
        key = (blob, seed)
        if key not in self.known:
            self.known[key] = self._counted(blob, seed)
        return self.known[key]

    def _counted(self, blob: bytes, seed: int) -> int | None:
        module = types.ModuleType(f"{self.variant.module.__name__}_counted")
        module.__dict__[TICK] = self._tick
        sys.modules[module.__name__] = module  # dataclasses look modules up
        try:
            exec(self.code, module.__dict__)
            self.steps, raised = 0, []
            operators, elements, flops = count(
                lambda: raised.append(self.variant.outcome_of(module, blob, seed, SECONDS).raised)
            )
        finally:
            del sys.modules[module.__name__]
        effort = CALLS_OF_A_STEP * self.steps + CALLS_OF_AN_OPERATOR * operators
        effort += elements // ELEMENTS_OF_A_CALL + flops // FLOPS_OF_A_CALL
        return None if raised != [None] or effort > self.most else effort

    def _tick(self) -> None:
        self.steps += 1
        if CALLS_OF_A_STEP * self.steps > self.most:
            raise _TooMuch


class _Counting(ast.NodeTransformer):
    """Adds a call of the counter to each function and to each round of a loop."""

    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        tick = ast.Call(ast.Name(TICK, ast.Load()), [], [])  # it returns None
        if isinstance(node, (ast.FunctionDef, ast.For, ast.While)):
            node.body.insert(0, ast.Expr(tick))
        elif isinstance(node, ast.Lambda):
            node.body = ast.BoolOp(ast.Or(), [tick, node.body])
        elif isinstance(node, ast.comprehension):
            node.ifs.insert(0, ast.UnaryOp(ast.Not(), tick))
        return node
