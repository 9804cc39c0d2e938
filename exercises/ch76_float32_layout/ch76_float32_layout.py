"""ch76 The float32 format.

A float32 number has 32 bits: a sign s, an exponent e of 8 bits and a mantissa m of 23 bits. A normal number is
(-1)^s * 2^(e - 127) * (1 + m / 2^23). These exercises take numbers apart, put them together, measure the gaps
between them, and add them up with less rounding.
"""

import math

import torch
from torch import Tensor


def float32_bits(x: float) -> tuple[int, int, int]:
    """Return the three fields (sign, exponent, mantissa) of the float32 number nearest to x (IEEE 754).

    In order from the highest bit, float32 has 1 bit for the sign, 8 bits for the exponent, and 23 bits for the
    mantissa. Each field is an unsigned integer: the exponent includes its bias 127, and the mantissa lacks the leading
    1 of a normal number. The fields of float32_value are the same.

    x is rounded to the nearest float32 number. Between two that are equally near, the even mantissa wins. Magnitudes
    below 2^-126 become subnormal numbers or zero, with exponent 0. Magnitudes of at least 2^128 - 2^103, which is half
    a step above the largest finite number, become infinity, without an error. You may use any module, such as struct;
    struct.pack raises OverflowError for these magnitudes.

    Args:
        x: any float. Zeros have a sign. Infinities have exponent 255 and mantissa 0. NaN has exponent 255 and any
            other mantissa, with any sign.

    Returns:
        (sign, exponent, mantissa): three ints, with sign in {0, 1}, 0 <= exponent < 2^8 and 0 <= mantissa < 2^23.

    >>> float32_bits(-0.875)  # 0.875 = 2^-1 * 1.75, and 0.75 * 2^23 = 6291456
    (1, 126, 6291456)
    >>> float32_bits(6.36), bin(float32_bits(6.36)[2])
    ((0, 129, 4949279), '0b10010111000010100011111')
    """
    raise NotImplementedError  # write your code here


def float32_value(sign: int, exponent: int, mantissa: int) -> float:
    """Return the exact value of a float32 number, given its three fields (IEEE 754).

    An exponent from 1 to 254 belongs to a normal number, with a leading 1 that no field contains:

        (-1)^sign * 2^(exponent - 127) * (1 + mantissa / 2^23)

    Exponent 0 belongs to the subnormal numbers and zero. They have a leading 0, and the power of 2 of exponent 1, so
    that they continue the normal numbers in equal steps. Exponent 255 is infinity if the mantissa is 0. Otherwise it
    is NaN. sign applies to zero and infinity, too: (1, 0, 0) is -0.0.

    Args:
        sign: 0 or 1.
        exponent: 0 to 255.
        mantissa: 0 to 2^23 - 1.

    Returns:
        The value, a Python float, which can represent every float32 number exactly.

    Raises:
        ValueError: a field is outside its range.

    >>> float32_value(1, 126, 6291456)
    -0.875
    """
    raise NotImplementedError  # write your code here


def ulp(x: float) -> float:
    """Return the unit in the last place of a float32 number x: the gap to the next float32 number.

    The gap is the distance from |x| to the next larger float32 number, so it is positive for negative x, too. At a
    power of two, the gap towards zero is smaller, but the larger gap counts. The ulp of the largest finite number is
    its distance to 2^128, which would be the next number. math.ulp does the same for float64. You may use any module.

    Args:
        x: a float that float32 represents exactly, subnormal numbers included, or an infinity or NaN.

    Returns:
        The exact gap, a Python float: the smallest positive float32 number 2^-149 at zero, infinity at both infinities,
        and NaN at NaN.

    >>> ulp(1.0) == 2.0**-23, ulp(-(2.0**24))
    (True, 2.0)
    """
    raise NotImplementedError  # write your code here


def kahan_sum(xs: Tensor) -> Tensor:
    """Return the sum of a vector by Kahan's compensated summation (Kahan, 1965).

    A sum s loses the last digits of small terms. The compensation c keeps the loss of the step before, and the next
    term makes up for it. Begin with s = 0 and c = 0. Each term x, in order, takes four operations:

        y = x - c
        t = s + y
        c = (t - s) - y    # what t has too much
        s = t

    The result is s after the last term. Each operation rounds to xs's dtype, so the result is definite, and the checks
    compare it to the last bit. math.fsum and sums of higher precision differ. For example, Kahan's sum of 1, 2^30 and
    -2^30 in float32 is 0: after the second term, t - s rounds to 2^30, and c is 0. The function leaves xs unchanged. It
    need not be fast.

    Args:
        xs: (n,), finite numbers, float32 or float64. It may be empty, and need not be contiguous in memory.

    Returns:
        The sum, a tensor of shape () and xs's dtype; 0 for no terms.

    >>> xs = torch.tensor([2.0**24] + [1.0] * 4)  # 2^24 + 1 rounds to 2^24
    >>> kahan_sum(xs).item() - 2**24
    4.0
    """
    raise NotImplementedError  # write your code here
