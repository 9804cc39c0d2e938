"""The bytes of struct, the next number of numpy, and numpy's float32 for the sum."""

import math
import struct

import numpy as np
import torch


def float32_bits(x):
    try:
        data = struct.pack(">f", x)
    except OverflowError:
        data = struct.pack(">f", math.copysign(math.inf, x))
    word = int.from_bytes(data, "big")
    return word >> 31, word >> 23 & 0xFF, word & 0x7FFFFF


def float32_value(sign, exponent, mantissa):
    for field, bits in ((sign, 1), (exponent, 8), (mantissa, 23)):
        if field < 0 or field >> bits:
            raise ValueError(f"{field} does not fit into {bits} bits")
    return struct.unpack("<f", struct.pack("<I", sign << 31 | exponent << 23 | mantissa))[0]


def ulp(x):
    if math.isinf(x):
        return math.inf
    magnitude = np.float32(abs(x))
    if magnitude == np.finfo(np.float32).max:
        return 2.0**104
    return float(np.nextafter(magnitude, np.float32(np.inf))) - float(magnitude)


def kahan_sum(xs):
    total = lost = xs.numpy().dtype.type(0)
    for x in xs.numpy():
        term = x + lost
        before, total = total, total + term
        lost = term - (total - before)
    return torch.tensor(total, dtype=xs.dtype)
