"""The bits of a tensor, fractions, and gaps between neighbouring words."""

import math
from fractions import Fraction

import torch


def float32_bits(x):
    bits = f"{torch.tensor(x, dtype=torch.float64).float().view(torch.int32).item() & 0xFFFFFFFF:032b}"
    return int(bits[0], 2), int(bits[1:9], 2), int(bits[9:], 2)


def float32_value(sign, exponent, mantissa):
    if not (sign in range(2) and exponent in range(256) and mantissa in range(1 << 23)):
        raise ValueError
    if exponent == 255:
        value = math.nan if mantissa else math.inf
    else:
        steps = mantissa + (1 << 23 if exponent else 0)
        value = float(steps * Fraction(2) ** (max(exponent, 1) - 150))
    return -value if sign else value


def ulp(x):
    if x != x or math.isinf(x):
        return abs(x)
    exponent = float32_bits(x)[1]
    if exponent == 0:
        return float32_value(0, 0, 1)
    return float32_value(0, exponent, 1) - float32_value(0, exponent, 0)


def kahan_sum(xs):
    s = torch.zeros((), dtype=xs.dtype)
    c = torch.zeros((), dtype=xs.dtype)
    for i in range(xs.numel()):
        y = xs[i] - c
        t = s + y
        c = t - s
        c = c - y
        s = t
    return s
