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
    # BEGIN SOLUTION
    sign = 1 if math.copysign(1, x) < 0 else 0
    # WRONG minus-zero-lost: sign = 1 if x < 0 else 0
    # WRONG sign-inverted: sign = 0 if math.copysign(1, x) < 0 else 1
    # WRONG sign-of-one: sign = int(math.copysign(1, x))
    # WRONG sign-always-zero: sign = 0
    # WRONG mantissa-of-six-decimals:
    #     sign, x = 1 if math.copysign(1, x) < 0 else 0, float(f"{x:.6g}")
    if not math.isfinite(x):
        # WRONG overflow-raises:
        #     if math.isfinite(x) and abs(x) >= 2.0**128 - 2.0**103:
        #         raise OverflowError("float too large to pack")
        #     if not math.isfinite(x):
        # WRONG infinite-above-the-largest:
        #     if math.isfinite(x) and abs(x) > 2.0**128 - 2.0**104:
        #         return sign, 255, 0
        #     if not math.isfinite(x):
        # WRONG float64-fields:
        #     if math.isfinite(x):
        #         word = math.ldexp(math.frexp(x)[0], 53)
        #         return sign, math.frexp(x)[1] + 1022 if x else 0, int(abs(word)) & (2**52 - 1)
        #     if not math.isfinite(x):
        return sign, 255, 1 if math.isnan(x) else 0
        # WRONG nan-is-infinity: return sign, 255, 0
        # WRONG infinity-is-nan: return sign, 255, 1
        # WRONG infinity-is-the-largest: return sign, 254 if math.isinf(x) else 255, 2**23 - 1
        # WRONG sign-of-infinity-lost: return 0, 255, 1 if math.isnan(x) else 0
    if x == 0:
        return sign, 0, 0
        # WRONG zero-is-one: return sign, 127, 0
    # Magnitudes below 2^-126 keep the power of the smallest normal number: their leading bit is 0.
    power = max(math.frexp(x)[1] - 1, -126)  # 2^power <= |x| < 2^(power + 1)
    # WRONG subnormals-like-normals: power = math.frexp(x)[1] - 1
    # WRONG power-of-the-integer-part: power = max(int(abs(x)).bit_length() - 1, -126) if abs(x) >= 1 else 0
    # WRONG frexp-taken-as-it-is: power = max(math.frexp(x)[1], -126)
    # WRONG rounded-power: power = max(round(math.log2(abs(x))), -126)
    steps = round(math.ldexp(abs(x), 23 - power))
    # WRONG truncated: steps = int(math.ldexp(abs(x), 23 - power))
    # WRONG half-rounded-up: steps = math.floor(math.ldexp(abs(x), 23 - power) + 0.5)
    # WRONG rounded-up: steps = math.ceil(math.ldexp(abs(x), 23 - power))
    # WRONG half-rounded-down: steps = math.ceil(math.ldexp(abs(x), 23 - power) - 0.5)
    # WRONG bfloat16-mantissa: steps = round(math.ldexp(abs(x), 7 - power)) << 16
    # WRONG float16-mantissa: steps = round(math.ldexp(abs(x), 10 - power)) << 13
    # WRONG rounded-down-for-negatives: steps = abs(math.floor(math.ldexp(x, 23 - power)))
    # WRONG half-a-step-is-zero:
    #     steps = round(math.ldexp(abs(x), 23 - power)) if abs(x) >= 2.0**-149 else 0
    # The exponent follows the mantissa, so that a carry out of the mantissa raises the exponent by 1.
    word = ((power + 126) << 23) + steps
    # WRONG bias-128: word = ((power + 127) << 23) + steps
    # WRONG bias-126: word = ((power + 125 if power > -126 else 0) << 23) + steps
    # WRONG without-bias: return sign, power, steps - 2**23
    # WRONG carry-lost: word = ((power + 126) << 23) + min(steps, 2**24 - 1)
    # WRONG carry-without-exponent:
    #     word = ((power + 126) << 23) + (steps if steps < 2**24 else 2**23)
    # WRONG leading-one-stored: return sign, max(power + 127, 0), steps >> 1
    # WRONG leading-one-in-the-mantissa:
    #     if steps >= 2**23:
    #         return sign, min(power + 127, 255), steps
    #     word = steps
    # WRONG subnormals-are-zero: word = ((power + 126) << 23) + steps if abs(x) >= 2.0**-126 else 0
    # WRONG exponent-of-one-for-subnormals: word = ((power + 126) << 23) + steps + (steps < 2**23) * 2**23
    # WRONG mantissa-backwards:
    #     word = ((power + 126) << 23) + steps
    #     word = (word >> 23 << 23) + int(f"{word & 0x7FFFFF:023b}"[::-1], 2)
    # WRONG mantissa-inverted-for-negatives:
    #     word = ((power + 126) << 23) + steps
    #     word = (word >> 23 << 23) + ((-word if sign else word) & 0x7FFFFF)
    # WRONG bytes-of-the-other-order:
    #     word = min(((power + 126) << 23) + steps, 255 << 23) + (sign << 31)
    #     word = int.from_bytes(word.to_bytes(4, "big"), "little")
    #     return word >> 31, word >> 23 & 255, word & 0x7FFFFF
    word = min(word, 255 << 23)
    # WRONG overflow-to-the-largest: word = min(word, (255 << 23) - 1)
    # WRONG large-mantissa-kept: word = min(word, (255 << 23) + (word & 0x7FFFFF))
    return sign, word >> 23, word & 0x7FFFFF
    # WRONG sign-in-the-exponent: return sign, (word >> 23) + 256 * sign, word & 0x7FFFFF
    # WRONG fields-reversed: return word & 0x7FFFFF, word >> 23, sign
    # WRONG mantissa-of-22-bits: return sign, word >> 23, word & 0x3FFFFF
    # WRONG mantissa-as-a-fraction: return sign, word >> 23, (word & 0x7FFFFF) / 2**23
    # WRONG fields-shifted-by-a-bit: return sign, word >> 24, word >> 1 & 0x7FFFFF
    # WRONG exponent-first: return word >> 23, sign, word & 0x7FFFFF
    # END SOLUTION


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
    # BEGIN SOLUTION
    if sign not in (0, 1) or not 0 <= exponent <= 255 or not 0 <= mantissa < 2**23:
        # WRONG ranges-not-checked: if False:
        # WRONG sign-not-checked: if not 0 <= exponent <= 255 or not 0 <= mantissa < 2**23:
        # WRONG exponent-not-checked: if sign not in (0, 1) or not 0 <= mantissa < 2**23:
        # WRONG mantissa-not-checked: if sign not in (0, 1) or not 0 <= exponent <= 255:
        # WRONG negative-fields-accepted: if sign > 1 or exponent > 255 or mantissa >= 2**23:
        # WRONG first-number-outside-accepted: if sign not in (0, 1) or not 0 <= exponent <= 256 or mantissa > 2**23:
        # WRONG exponent-255-refused: if sign not in (0, 1) or not 0 <= exponent < 255 or not 0 <= mantissa < 2**23:
        # WRONG exponent-0-refused: if sign not in (0, 1) or not 0 < exponent <= 255 or not 0 <= mantissa < 2**23:
        raise ValueError(f"{sign, exponent, mantissa} are no fields of a float32 number")
        # WRONG ranges-asserted: raise AssertionError("no fields")
    factor = -1.0 if sign else 1.0
    # WRONG value-without-sign: factor = 1.0
    # WRONG sign-one-is-plus: factor = 1.0 if sign else -1.0
    # WRONG negative-only-if-normal: factor = -1.0 if sign and exponent else 1.0
    # WRONG two-s-complement-value:
    #     factor = 1.0
    #     if sign:
    #         exponent, mantissa = 255 - exponent, 2**23 - 1 - mantissa
    if exponent == 255:
        # WRONG exponent-255-is-ordinary: if False:
        # WRONG exponent-254-is-infinite: if exponent >= 254:
        return factor * (math.nan if mantissa else math.inf)
        # WRONG always-infinite: return factor * math.inf
        # WRONG always-nan: return math.nan
        # WRONG infinity-without-sign: return math.nan if mantissa else math.inf
        # WRONG largest-for-infinity: return factor * (math.nan if mantissa else 2.0**128 - 2.0**104)
    if exponent == 0:
        # WRONG subnormals-with-a-leading-one: if False:
        # WRONG zero-alone-is-special: if exponent == 0 and mantissa == 0:
        # WRONG exponent-1-is-subnormal: if exponent <= 1:
        return factor * mantissa * 2.0**-149
        # WRONG zero-without-sign: return factor * mantissa * 2.0**-149 if mantissa else 0.0
        # WRONG subnormals-flushed: return factor * 0.0
        # WRONG subnormals-at-2-127: return factor * mantissa * 2.0**-150
        # WRONG subnormals-in-steps-of-2-126: return factor * mantissa * 2.0**-126
        # WRONG subnormals-with-a-leading-one-at-2-126: return factor * (1 + mantissa / 2**23) * 2.0**-126
    return factor * (1 + mantissa / 2**23) * 2.0 ** (exponent - 127)
    # WRONG value-with-bias-128: return factor * (1 + mantissa / 2**23) * 2.0 ** (exponent - 128)
    # WRONG value-with-bias-126: return factor * (1 + mantissa / 2**23) * 2.0 ** (exponent - 126)
    # WRONG exponent-negated: return factor * (1 + mantissa / 2**23) * 2.0 ** (127 - exponent)
    # WRONG leading-one-forgotten: return factor * (mantissa / 2**23) * 2.0 ** (exponent - 127)
    # WRONG mantissa-over-2-24: return factor * (1 + mantissa / 2**24) * 2.0 ** (exponent - 127)
    # WRONG mantissa-over-2-22: return factor * (1 + mantissa / 2**22) * 2.0 ** (exponent - 127)
    # WRONG mantissa-over-its-largest: return factor * (1 + mantissa / (2**23 - 1)) * 2.0 ** (exponent - 127)
    # WRONG mantissa-as-decimals: return factor * float(f"1.{mantissa}") * 2.0 ** (exponent - 127)
    # WRONG powers-of-ten: return factor * (1 + mantissa / 2**23) * 10.0 ** (exponent - 127)
    # WRONG mantissa-as-a-whole: return factor * (1 + mantissa) * 2.0 ** (exponent - 127)
    # WRONG mantissa-not-scaled: return factor * (2.0 ** (exponent - 127) + mantissa / 2**23)
    # WRONG mantissa-subtracted: return factor * (1 - mantissa / 2**23) * 2.0 ** (exponent - 127)
    # WRONG mantissa-from-the-other-end:
    #     return factor * (1 + int(f"{mantissa:023b}"[::-1], 2) / 2**23) * 2.0 ** (exponent - 127)
    # WRONG half-precision-mantissa: return factor * (1 + (mantissa >> 13) / 2**10) * 2.0 ** (exponent - 127)
    # END SOLUTION


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
    # BEGIN SOLUTION
    if not math.isfinite(x):
        return abs(x)
        # WRONG gap-at-infinity-is-nan: return math.nan
        # WRONG gap-at-infinity-has-a-sign: return x
        # WRONG gap-at-infinity-is-zero: return math.nan if math.isnan(x) else 0.0
        # WRONG gap-at-infinity-is-finite: return math.nan if math.isnan(x) else 2.0**104
        # WRONG gap-at-infinity-raises: raise OverflowError("cannot convert float infinity to integer")
    if x == 0:
        return 2.0**-149
        # WRONG no-gap-at-zero: return 0.0
        # WRONG smallest-normal-at-zero: return 2.0**-126
        # WRONG gap-of-one-at-zero: return 2.0**-23
        # WRONG gap-of-float64: return 5e-324
    # Subnormal numbers have the same gap as the smallest normal numbers.
    power = max(math.frexp(x)[1] - 1, -126)  # 2^power <= |x| < 2^(power + 1)
    # WRONG gaps-shrink-below-2-126: power = math.frexp(x)[1] - 1
    # WRONG gaps-stop-at-2-127: power = max(math.frexp(x)[1] - 1, -127)
    # WRONG gaps-stop-at-2-125: power = max(math.frexp(x)[1] - 1, -125)
    # WRONG gap-towards-zero: power = max(math.frexp(x)[1] - 1 - (abs(math.frexp(x)[0]) == 0.5), -126)
    # WRONG gap-to-the-right: power = max(math.frexp(x)[1] - 1 - (math.frexp(x)[0] == -0.5), -126)
    # WRONG frexp-as-it-is: power = max(math.frexp(x)[1], -126)
    # WRONG next-power-of-two: power = max(math.ceil(math.log2(abs(x))), -126)
    # WRONG nearest-power: power = max(round(math.log2(abs(x))), -126)
    # WRONG constant-gap: power = 0
    # WRONG gap-below-one-is-constant: power = max(math.frexp(x)[1] - 1, 0)
    # WRONG exact-up-to-2-23: power = max(math.frexp(x)[1] - 1, -126) if abs(x) > 2**23 else -126
    # WRONG magnitude-forgotten: power = max(math.frexp(x)[1] - 1, -126) if x > 0 else -126
    return 2.0 ** (power - 23)
    # WRONG half-an-ulp: return 2.0 ** (power - 24)
    # WRONG mantissa-of-22: return 2.0 ** (power - 22)
    # WRONG relative-gap: return abs(x) * 2.0**-23
    # WRONG gap-of-float64: return math.ulp(x)
    # WRONG gap-of-float16: return 2.0 ** (power - 10)
    # WRONG gap-of-bfloat16: return 2.0 ** (power - 7)
    # WRONG gap-with-the-sign-of-x: return math.copysign(2.0 ** (power - 23), x)
    # WRONG power-for-gap: return power - 23.0
    # WRONG next-number: return abs(x) + 2.0 ** (power - 23)
    # WRONG relative-to-x: return 2.0 ** (power - 23) / abs(x)
    # WRONG infinite-at-the-largest: return math.inf if abs(x) == 2.0**128 - 2.0**104 else 2.0 ** (power - 23)
    # END SOLUTION


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
    # BEGIN SOLUTION
    total = torch.zeros((), dtype=xs.dtype)
    # WRONG default-precision: total = torch.zeros(())
    # WRONG sum-in-float32:
    #     dtype = xs.dtype
    #     xs = xs.float()
    #     total = xs.new_zeros(())
    # WRONG exact-sum: return torch.tensor(math.fsum(xs.tolist()), dtype=xs.dtype)
    # WRONG sum-in-float64: return xs.double().sum().to(xs.dtype)
    # WRONG vector-of-one: total = xs.new_zeros(1)
    # WRONG sorted-first:
    #     xs = xs[xs.abs().argsort()]
    #     total = xs.new_zeros(())
    # WRONG reversed-order:
    #     xs = xs.flip(0)
    #     total = xs.new_zeros(())
    # WRONG first-term-twice: total = xs[:1].sum()
    # WRONG first-term-forgotten:
    #     total = xs.new_zeros(())
    #     xs = xs[1:]
    # WRONG sum-begins-at-one: total = xs.new_ones(())
    # WRONG python-floats:
    #     total, compensation = 0.0, 0.0
    #     for x in xs.tolist():
    #         corrected = x - compensation
    #         larger = total + corrected
    #         total, compensation = larger, (larger - total) - corrected
    #     return torch.tensor(total, dtype=xs.dtype)
    # WRONG neumaier:
    #     total = compensation = xs.new_zeros(())
    #     for x in xs:
    #         larger = total + x
    #         lost = (total - larger) + x if total.abs() >= x.abs() else (x - larger) + total
    #         total, compensation = larger, compensation + lost
    #     return total + compensation
    # WRONG empty-raises: total = xs[0] * 0
    compensation = torch.zeros((), dtype=xs.dtype)
    # WRONG default-precision: compensation = torch.zeros(())
    for x in xs:
        corrected = x - compensation
        # WRONG compensation-added: corrected = x + compensation
        # WRONG compensation-ignored: corrected = x
        # WRONG compensation-applied-at-the-end: corrected = x
        # WRONG compensation-applied-twice: corrected = x - 2 * compensation
        larger = total + corrected
        compensation = (larger - total) - corrected
        # WRONG compensation-against-x: compensation = (larger - total) - x
        # WRONG compensation-accumulates: compensation = compensation + ((larger - total) - corrected)
        # WRONG compensation-applied-at-the-end: compensation = compensation + ((larger - total) - corrected)
        # WRONG sum-renewed-too-early:
        #     total = larger
        #     compensation = (larger - total) - corrected
        # WRONG difference-of-the-other-order: compensation = (larger - corrected) - total
        # WRONG without-the-term: compensation = larger - total
        total = larger
    return total
    # WRONG last-compensation-returned: return compensation
    # WRONG compensation-applied-at-the-end: return total - compensation
    # WRONG mean-for-sum: return total / max(len(xs), 1)
    # WRONG python-number: return total.item()
    # WRONG sum-in-float32: return total.to(dtype)
    # END SOLUTION
