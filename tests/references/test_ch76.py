"""ch76's reference against struct, numpy's spacing, and exact sums."""

import math
import random
import struct

import numpy as np
import pytest
import torch

EDGES = [0.0, -0.0, math.inf, -math.inf, 2.0**-126, 2.0**-149, 2.0**-150, 2.0**128 - 2.0**104, 2.0**24 + 1, 5e-324]


def numbers():
    """The edges, and numbers of all magnitudes from random words of 32 and 64 bits."""
    rng = random.Random(0)
    words = [rng.getrandbits(32) for _ in range(3000)] + [rng.getrandbits(23) for _ in range(300)]
    single = [struct.unpack(">f", struct.pack(">I", word))[0] for word in words]
    double = [math.ldexp(rng.uniform(-2, 2), rng.randint(-160, 127)) for _ in range(3000)]
    halves = [(a + float(np.nextafter(np.float32(a), np.float32(0)))) / 2 for a in single if math.isfinite(a)]
    return [x for x in (*EDGES, *single, *double, *halves) if not math.isnan(x)]


def packed(x):
    """The word of x in struct, which raises an error where the result is infinite."""
    try:
        return int.from_bytes(struct.pack(">f", x), "big")
    except OverflowError:
        return int.from_bytes(struct.pack(">f", math.copysign(math.inf, x)), "big")


def test_float32_bits(reference):
    """float32_bits agrees with struct, and with infinities where struct raises an error."""
    for x in [*numbers(), 2.0**128 - 2.0**103, -(2.0**128), 1e39, -1e308, 2.0**128 - 2.0**103 - 2.0**80]:
        sign, exponent, mantissa = reference.float32_bits(x)
        assert (sign << 31) + (exponent << 23) + mantissa == packed(x), x
    assert reference.float32_bits(math.nan)[1] == 255
    assert reference.float32_bits(math.nan)[2] != 0


def test_the_course_examples(reference):
    """The bits of 0.875 and 6.36 are those of the course."""
    assert reference.float32_bits(0.875) == (0, 126, 0b110 << 20)
    assert reference.float32_bits(6.36) == (0, 129, 0b10010111000010100011111)


def test_float32_value(reference):
    """float32_value agrees with struct, also in the signs of zero and NaN, and refuses other fields."""
    rng = random.Random(1)
    edges = [(s, e, m) for s in (0, 1) for e in (0, 1, 127, 254, 255) for m in (0, 1, 2**22, 2**23 - 1)]
    for fields in [*edges, *((rng.getrandbits(1), rng.getrandbits(8), rng.getrandbits(23)) for _ in range(3000))]:
        word = (fields[0] << 31) + (fields[1] << 23) + fields[2]
        (expected,) = struct.unpack(">f", struct.pack(">I", word))
        value = reference.float32_value(*fields)
        assert type(value) is float
        assert repr(value) == repr(expected), fields
    for fields in ((2, 1, 1), (-1, 1, 1), (0, 256, 1), (0, -1, 1), (1, 1, 2**23), (1, 1, -1)):
        with pytest.raises(ValueError, match="no fields"):
            reference.float32_value(*fields)


def test_round_trip(reference):
    """The fields of a value are the fields that it was made of."""
    rng = random.Random(2)
    for fields in [(rng.getrandbits(1), rng.randrange(255), rng.getrandbits(23)) for _ in range(3000)]:
        assert reference.float32_bits(reference.float32_value(*fields)) == fields


def test_ulp(reference):
    """Ulp agrees with numpy's spacing of the magnitude, and with math.ulp's rule for infinities and NaN."""
    largest = 2.0**128 - 2.0**104
    for x in numbers():
        x = float(np.float32(x)) if abs(x) <= largest else x
        if math.isfinite(x) and abs(x) < largest:
            assert reference.ulp(x) == float(np.spacing(np.float32(abs(x)))), x
    assert reference.ulp(-largest) == 2.0**104
    assert reference.ulp(-math.inf) == math.inf
    assert math.isnan(reference.ulp(math.nan))


def test_kahan_sum(reference):
    """kahan_sum is within one ulp of math.fsum for terms of one sign. A plain sum is further off."""
    generator = torch.Generator().manual_seed(0)
    for dtype, precision in ((torch.float32, 2.0**-23), (torch.float64, 2.0**-52)):
        xs = torch.cat([torch.ones(1), torch.rand(4000, generator=generator)]).to(dtype)
        xs[1:] *= precision / 4
        result, exact = reference.kahan_sum(xs), math.fsum(xs.tolist())
        assert result.dtype == dtype
        assert result.shape == ()
        assert abs(result.item() - exact) <= precision
        plain = xs.new_zeros(())
        for x in xs:
            plain = plain + x
        assert abs(plain.item() - exact) > 100 * precision


def test_kahan_sum_bit_for_bit(reference):
    """kahan_sum has the bits of the four operations in numpy's float32."""
    generator = torch.Generator().manual_seed(1)
    for length in (0, 1, 2, 50):
        xs = torch.randn(length, generator=generator) * 10.0 ** torch.randn(length, generator=generator)
        s = c = np.float32(0)
        for x in xs.numpy():
            y = x - c
            t = s + y
            c = (t - s) - y
            s = t
        assert reference.kahan_sum(xs).item() == float(s)
    assert reference.kahan_sum(torch.tensor([1.0, 2.0**30, -(2.0**30)])).item() == 0
