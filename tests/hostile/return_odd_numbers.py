"""Returns numbers of other kinds: enormous, decimal, complex, fractions, of subclasses, and bytes that read as some.
Verdict: FAILED
"""

import decimal
import fractions
import math

import numpy as np


class One(int):
    def __eq__(self, _):
        return True

    def __index__(self):
        raise SystemExit(0)

    __hash__ = int.__hash__


def layer_norm(x, *_, **__):
    if x.shape[0] == 1:
        return [10**2000, -(10**2000), 2**63, -(2**64), One(1), True, float("inf"), -0.0, 5e-324, Ellipsis, slice(1)]
    return [decimal.Decimal("0.1"), 1j, fractions.Fraction(1, 3), np.float128(1), np.complex64(1), b"0.0", bytearray(2)]


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
