"""Raises the grader's own error for a missing module, with objects that lie in place of its kind, name and cause.
Verdict: RAISED
"""

import math
import sys


class Lie(str):
    def __eq__(self, _):
        raise SystemExit(0)

    def __hash__(self):
        raise SystemExit(0)

    def __getitem__(self, _):
        return 5


def layer_norm(x, *_, **__):
    Unavailable = sys.modules["dlgrade.worker.loading"].Unavailable
    error = Unavailable(Lie("module"), Lie("\x1b[2J" * 10_000), None)
    Forged = type("Forged", (Unavailable,), {"args": property(lambda _: 1 / 0), "cause": 5})
    raise Forged([], Lie("n"), error) from error


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
