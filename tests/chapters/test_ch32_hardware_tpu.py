"""ch32: systolic_matmul, quantize_int8, int8_matmul, to_bfloat16_bits.

The oracles are sums over the pairs that have met, integers that are drawn before they are scaled, numpy's product in
int64, and torch's own bfloat16.
"""

import math

import numpy as np
import pytest
import torch

from dlgrade.testing import close, expect, promise, standard, written_from_scratch


@pytest.fixture
def factors(randn, generator):
    """factors(2, 3, 4): drawn matrices (2, 3) and (3, 4); in int64 with drawn whole numbers."""

    def draw(m, k, n, dtype=torch.float32):
        if dtype == torch.int64:
            return tuple(torch.randint(-9, 10, shape, generator=generator) for shape in ((m, k), (k, n)))
        return randn(m, k, dtype=dtype), randn(k, n, dtype=dtype)

    return draw


def met(A, B, cycles):
    """The sums of the products that have been computed after these cycles."""
    (m, k), n = A.shape, B.shape[1]
    delay = torch.arange(m)[:, None, None] + torch.arange(k)[:, None] + torch.arange(n)
    products = A[:, :, None] * B
    return torch.where(delay < cycles, products, torch.zeros_like(products)).sum(dim=1)


def duration(A, B):
    return sum((*A.shape, *B.shape[1:])) - 2


@pytest.mark.exercise("systolic_matmul")
class TestSystolicMatmul:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, factors, chance):
        m, k, n = chance.sample(range(2, 7), 3)
        A, B = factors(m, k, n)
        return {"A": A, "B": B, "max_cycles": m + n + k - 3}

    @pytest.mark.points(2)
    def test_product(self, run, factors, chance):
        """The finished array holds the matrix product.
        阵列完成后，各单元中是矩阵乘积。"""
        cases = [factors(*chance.sample(range(2, 7), 3)) for _ in range(3)]
        found = run(lambda impl: [impl.systolic_matmul(*case)[0] for case in cases])
        close(found, [A @ B for A, B in cases])

    @pytest.mark.points(2)
    def test_cycles(self, run, factors, chance):
        """Counts the cycles until the last cell is done.
        统计到最后一个单元完成为止的周期数。"""
        cases = [factors(*chance.sample(range(2, 11), 3)) for _ in range(5)]
        found = run(lambda impl: [impl.systolic_matmul(*case)[1] for case in cases])
        close(found, [duration(*case) for case in cases])

    @pytest.mark.points(2)
    def test_partial_sums(self, run, factors, chance):
        """After max_cycles, each cell holds the sum of the products so far.
        经过 max_cycles 个周期后，各单元中是到此为止的部分和。"""
        cases = [(*factors(*chance.sample(range(3, 7), 3)), limit) for limit in (2, 3, 4, 5, 6)]
        found = run(lambda impl: [impl.systolic_matmul(*case)[0] for case in cases])
        close(found, [met(*case) for case in cases])

    def test_every_cycle(self, run, factors, chance):
        """A wave of products crosses the array from corner to corner, cycle after cycle.
        乘积像波一样，从一角到对角逐个周期地穿过阵列。"""
        A, B = factors(*chance.sample(range(2, 5), 3))
        limits = range(duration(A, B) + 1)
        found = run(lambda impl: [impl.systolic_matmul(A, B, max_cycles=limit)[0] for limit in limits])
        close(found, [met(A, B, limit) for limit in limits])

    def test_limit(self, run, factors, chance):
        """Counts no more cycles than max_cycles, and no more than the product needs.
        周期数不超过 max_cycles，也不超过乘积所需的周期数。"""
        cases = []
        for offset in (-3, -1, 0, 1, chance.randint(2, 40)):
            A, B = factors(*chance.sample(range(3, 9), 3))
            cases.append((A, B, duration(A, B) + offset))
        found = run(lambda impl: [impl.systolic_matmul(*case)[1] for case in cases])
        close(found, [min(duration(A, B), limit) for A, B, limit in cases])

    def test_no_cycles(self, run, factors, chance):
        """With max_cycles=0, all sums are 0 and no cycle counts; max_cycles=1 fills the first cell.
        max_cycles=0 时，各和都是 0，周期数也是 0；max_cycles=1 时，只有第一个单元有值。"""
        A, B = factors(*chance.sample(range(2, 6), 3))
        found = run(lambda impl: [impl.systolic_matmul(A, B, limit) for limit in (0, 1)])
        first = torch.zeros(len(A), B.shape[1])
        first[0, 0] = A[0, 0] * B[0, 0]
        close(found, [(torch.zeros_like(first), 0), (first, 1)])

    def test_long_limit(self, run, factors, chance):
        """A limit above the needed cycles does not change the product.
        max_cycles 超过所需的周期数时，乘积不变。"""
        A, B = factors(*chance.sample(range(2, 6), 3))
        limits = [duration(A, B) + more for more in (0, 1, chance.randint(2, 30))]
        found = run(lambda impl: [impl.systolic_matmul(A, B, max_cycles=limit)[0] for limit in limits])
        close(found, [A @ B] * 3)

    def test_small_arrays(self, run, factors, chance):
        """Accepts axes of length 1: a single product takes 1 cycle.
        轴长可以是 1：单个乘积用 1 个周期。"""
        a, b = chance.sample(range(2, 8), 2)
        cases = [factors(*shape) for shape in ((1, 1, 1), (a, 1, b), (1, b, a), (a, b, 1), (1, b, 1), (a, 1, 1))]
        found = run(lambda impl: [impl.systolic_matmul(*case) for case in cases])
        close(found, [(A @ B, duration(A, B)) for A, B in cases])

    def test_integers(self, run, factors, chance):
        """Returns int64 sums for int64 matrices.
        矩阵是 int64 时，和也是 int64。"""
        A, B = factors(*chance.sample(range(3, 7), 3), dtype=torch.int64)
        found = run(lambda impl: [impl.systolic_matmul(A, B, limit)[0] for limit in (None, 4)])
        close(found, [A @ B, met(A, B, 4)])

    test_from_scratch = written_from_scratch


@pytest.fixture
def quantised(chance, generator):
    """quantised(2, 3): a tensor of this shape, its integers and its scale. No x / scale is near a half.

    The largest magnitude is 127 or -127 times the scale, as `sign` says.
    """

    def draw(*shape, sign=None, low=0.01, high=3.0):
        scale = chance.uniform(low, high)
        q = torch.randint(-126, 127, shape, generator=generator)
        off = 0.8 * torch.rand(shape, generator=generator, dtype=torch.float64) - 0.4
        place = chance.randrange(q.numel())
        q.view(-1)[place], off.view(-1)[place] = 127 * (sign or chance.choice([-1, 1])), 0
        return ((q + off) * scale).float(), q.to(torch.int8), torch.tensor(scale)

    return draw


def close_to_quantised(run, cases):
    """Check both results for each case (X, q, scale)."""
    inputs = [X for X, _, _ in cases]
    close(run(lambda impl: [impl.quantize_int8(X) for X in inputs]), [(q, scale) for _, q, scale in cases])


@pytest.mark.exercise("quantize_int8")
class TestQuantizeInt8:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, quantised, chance):
        return {"X": quantised(*chance.sample(range(3, 7), 2))[0]}

    @pytest.mark.points(2)
    def test_integers(self, run, quantised, chance):
        """Divides by the scale and rounds to the nearest int8.
        除以缩放因子，再舍入为最接近的 int8 整数。"""
        cases = [quantised(*chance.sample(range(2, 7), 2)) for _ in range(3)]
        inputs = [X for X, _, _ in cases]
        close(run(lambda impl: [impl.quantize_int8(X)[0] for X in inputs]), [q for _, q, _ in cases])

    @pytest.mark.points(2)
    def test_scale(self, run, quantised, chance):
        """The scale is the largest magnitude over 127, a float32 tensor of shape ().
        缩放因子是最大绝对值除以 127，是形状为 () 的 float32 张量。"""
        cases = [quantised(*chance.sample(range(2, 7), 2)) for _ in range(3)]
        inputs = [X for X, _, _ in cases]
        close(run(lambda impl: [impl.quantize_int8(X)[1] for X in inputs]), [scale for _, _, scale in cases])

    def test_sign_of_the_largest(self, run, quantised):
        """The largest magnitude becomes 127 or -127, by its sign.
        绝对值最大的元素按符号变为 127 或 -127。"""
        close_to_quantised(run, [quantised(9, sign=-1), quantised(9, sign=1), quantised(2, 3, sign=-1)])

    def test_one_sign(self, run, quantised):
        """Accepts tensors whose elements are all negative or all positive.
        元素可以全为负，或全为正。"""
        cases = []
        for sign in (1, -1):
            X, q, scale = quantised(12)
            cases.append((sign * X.abs(), (sign * q.abs()).to(torch.int8), scale))
        close_to_quantised(run, cases)

    def test_ties(self, run, chance):
        """Rounds halves to the even integer.
        恰在两个整数中间时，舍入为偶数。"""
        halves = torch.tensor([n + 0.5 for n in chance.sample(range(-120, 120), 24)])
        even = torch.tensor([round(half) for half in halves.tolist()])  # as Python does
        unit = 2.0 ** chance.randint(-9, 9)
        X = torch.cat([halves, torch.tensor([127.0])]) * unit
        q = torch.cat([even, torch.tensor([127])]).to(torch.int8)
        close_to_quantised(run, [(X, q, torch.tensor(unit)), (-X, -q, torch.tensor(unit))])

    @pytest.mark.needs("integers", "scale")
    def test_zeros(self, run, quantised, chance):
        """If all elements are 0, the integers are 0 and the scale is 1.
        元素全为 0 时，整数为 0，缩放因子为 1。"""
        zeros = torch.zeros(2, 3), torch.zeros(1), torch.zeros(())
        cases = [(X, X.to(torch.int8), torch.tensor(1.0)) for X in zeros]
        close_to_quantised(run, [*cases, quantised(chance.randint(3, 9))])

    def test_magnitudes(self, run, quantised):
        """Accepts elements from 1e-30 to 1e30 in magnitude.
        元素的绝对值可以小到 1e-30，大到 1e30。"""
        bounds = (1e-30, 1e-29), (1e-6, 1e-5), (1e5, 1e6), (1e27, 7e27)
        cases = [quantised(3, 4, low=low, high=high) for low, high in bounds]
        inputs = [X for X, _, _ in cases]
        found = run(lambda impl: [impl.quantize_int8(X) for X in inputs])
        close(found, [(q, scale) for _, q, scale in cases], atol=0.0, rtol=1e-5)

    def test_shapes(self, run, quantised, chance):
        """Uses a single scale for a tensor of any shape.
        任何形状的张量都只用一个缩放因子。"""
        a, b = chance.sample(range(2, 6), 2)
        shapes = (), (1,), (a,), (1, b), (a, 1), (2, a, b), (a, 1, 2, b)
        close_to_quantised(run, [quantised(*shape) for shape in shapes])

    @pytest.mark.points(2)
    def test_error(self, run, randn, chance):
        """Restores each element within half a scale, from integers between -127 and 127.
        整数在 -127 与 127 之间；还原后，每个元素的误差不超过缩放因子的一半。"""
        inputs = [chance.uniform(0.1, 30) * randn(chance.randint(20, 60)) + chance.uniform(-1, 1) for _ in range(3)]
        found = run(lambda impl: [impl.quantize_int8(X) for X in inputs])
        for X, (q, scale) in zip(inputs, found, strict=True):
            close(scale, X.abs().max() / 127)
            close(q.float().abs().max(), torch.tensor(127.0))
            error = ((scale * q - X).abs().max() / scale).item()
            expect(
                error <= 0.5001, f"An element is restored with an error of {error:.3f} scales.",
                f"还原后，有元素的误差是缩放因子的 {error:.3f} 倍。",
            )  # fmt: skip


@pytest.fixture
def eight_bits(generator):
    """eight_bits(2, 3): drawn int8 numbers from -127 to 127."""
    return lambda *shape: torch.randint(-127, 128, shape, generator=generator).to(torch.int8)


@pytest.fixture
def scale(chance):
    """scale(0.1, 2): a drawn float32 tensor of shape ()."""
    return lambda low=0.1, high=2.0: torch.tensor(chance.uniform(low, high))


def rescaled(qa, sa, qb, sb):
    """numpy's product in int64, rescaled in float64."""
    sums = qa.numpy().astype(np.int64) @ qb.numpy().astype(np.int64)
    return torch.from_numpy(sums * (float(sa) * float(sb))).float()


def multiplied(run, cases):
    """Check the product of each case (qa, sa, qb, sb)."""
    found = run(lambda impl: [impl.int8_matmul(*case) for case in cases])
    close(found, [rescaled(*case) for case in cases], rtol=1e-6, atol=1e-12)


@pytest.mark.exercise("int8_matmul")
class TestInt8Matmul:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, eight_bits, scale, chance):
        m, k, n = chance.sample(range(2, 8), 3)
        return {"qa": eight_bits(m, k), "sa": scale(), "qb": eight_bits(k, n), "sb": scale()}

    @pytest.mark.points(2)
    def test_product(self, run, eight_bits, scale, chance):
        """Returns the product of the integers, times both scales, in float32.
        返回整数矩阵的乘积，再乘以两个缩放因子，类型为 float32。"""
        shapes = [chance.sample(range(2, 9), 3) for _ in range(3)]
        multiplied(run, [(eight_bits(m, k), scale(), eight_bits(k, n), scale()) for m, k, n in shapes])

    def test_scales(self, run, eight_bits, scale, chance):
        """Accepts scales of very different sizes.
        两个缩放因子的大小可以相差很多。"""
        m, k, n = chance.sample(range(2, 6), 3)
        qa, qb = eight_bits(m, k), eight_bits(k, n)
        ranges = ((1e-4, 1e-3), (10, 90)), ((1e3, 1e4), (0.01, 0.1)), ((2, 3), (5, 9)), ((1e-6, 1e-5), (1e-3, 1e-2))
        multiplied(run, [(qa, scale(*first), qb, scale(*second)) for first, second in ranges])

    def test_small_sums(self, run, scale, generator):
        """Multiplies small integers, whose sums fit into 8 bits.
        整数很小、和不超过 8 位时，结果正确。"""
        qa, qb = (torch.randint(-3, 4, shape, generator=generator).to(torch.int8) for shape in ((4, 5), (5, 3)))
        multiplied(run, [(qa, scale(), qb, scale()), (qa[:2], scale(), qb, scale())])

    @pytest.mark.points(2)
    def test_long_sums(self, run, eight_bits, scale, chance):
        """Sums thousands of large products without an overflow.
        对几千个大的乘积求和，不会溢出。"""
        cases = []
        for k in (chance.randint(3000, 4096), 100 * chance.randint(900, 1000)):
            qa, qb = (q.sign() * (q.abs() // 4 + 96) for q in (eight_bits(2, k), eight_bits(k, 2)))
            qb[:, 0] = qb[:, 0].abs() * qa[0].sign()  # products of one sign
            cases.append((qa.to(torch.int8), scale(), qb.to(torch.int8), scale()))
        multiplied(run, cases)

    @pytest.mark.points(2)
    def test_cancelling_sums(self, run, eight_bits, scale, chance):
        """Keeps the small rest of a sum in which large products cancel.
        大的乘积互相抵消时，留下的小数值仍然准确。"""
        m, n = chance.sample(range(2, 9), 2)
        half = chance.randint(20_000, 40_000)
        large, rest = eight_bits(m, half) // 8 + 110, eight_bits(m, 5)
        right = eight_bits(1, n).expand(half, n) // 8 + 110
        qa = torch.cat([large, rest, -large], dim=1)
        qb = torch.cat([right, eight_bits(5, n), right])
        multiplied(run, [(qa, scale(), qb, scale())])

    def test_vectors(self, run, eight_bits, scale, chance):
        """Multiplies matrices with axes of length 1.
        轴长可以是 1。"""
        a, b = chance.sample(range(2, 9), 2)
        shapes = (1, 1, 1), (1, a, 1), (a, 1, b), (1, a, b), (a, b, 1)
        multiplied(run, [(eight_bits(m, k), scale(), eight_bits(k, n), scale()) for m, k, n in shapes])

    def test_large_magnitudes(self, run, scale, chance):
        """Multiplies -127 and 127: their product needs 15 bits.
        -127 与 127 相乘：乘积需要 15 位。"""
        signs = [torch.tensor([chance.choice([-127, 127]) for _ in range(6)], dtype=torch.int8) for _ in range(2)]
        multiplied(run, [(signs[0].reshape(6, 1), scale(), signs[1].reshape(1, 6), scale())])


def value_of(bits):
    """The number with these bits of a float32."""
    return float(np.uint32(bits).view(np.float32))


def bits_of(numbers):
    """The bits that torch's bfloat16 has."""
    halves = torch.tensor(numbers, dtype=torch.float32).to(torch.bfloat16)
    return [bits & 0xFFFF for bits in halves.view(torch.int16).tolist()]


def agreed(run, numbers):
    """Check the bits of each number."""
    close(run(lambda impl: [impl.to_bfloat16_bits(number) for number in numbers]), bits_of(numbers))


@pytest.fixture
def patterns(chance):
    """patterns(5): drawn upper halves of normal float32 numbers of both signs, below the largest exponent."""

    def draw(count):
        signs = [chance.choice([0, 0x8000]) for _ in range(count)]
        return [sign | chance.randint(1, 0xFD) << 7 | chance.randrange(128) for sign in signs]

    return draw


@pytest.mark.exercise("to_bfloat16_bits")
class TestToBfloat16Bits:
    @pytest.mark.points(2)
    def test_exact(self, run, patterns):
        """Returns the upper half of the float32 if the lower half is 0.
        float32 的低 16 位全为 0 时，返回高 16 位。"""
        drawn = patterns(8)
        numbers = [value_of(upper << 16) for upper in drawn] + [1.0, -2.0]
        close(run(lambda impl: [impl.to_bfloat16_bits(number) for number in numbers]), [*drawn, 0x3F80, 0xC000])

    @pytest.mark.points(2)
    def test_rounded(self, run, chance):
        """Rounds to the nearest bfloat16, up or down, for both signs.
        舍入到最接近的 bfloat16：或进或舍，正负皆可。"""
        agreed(run, [chance.gauss(0, 1) * 10 ** chance.randint(-9, 9) for _ in range(16)])

    def test_ties(self, run, patterns):
        """Halfway between two numbers, it takes the one whose last bit is 0.
        恰在两个数中间时，取最后一位为 0 的数。"""
        uppers = [upper & ~1 | i % 2 for i, upper in enumerate(patterns(10))]
        agreed(run, [value_of(upper << 16 | 0x8000) for upper in uppers])

    def test_beside_ties(self, run, patterns):
        """The last bit of the float32 decides on either side of a tie.
        紧挨着中点的两侧，由 float32 的最后一位决定进或舍。"""
        uppers = patterns(8)
        agreed(run, [value_of(upper << 16 | lower) for upper in uppers for lower in (0x7FFF, 0x8001)])

    def test_carry(self, run, chance):
        """Rounding up a fraction of ones raises the exponent.
        尾数全为 1 时向上舍入，指数加一。"""
        exponents = [chance.randint(1, 0xFD) for _ in range(6)]
        lowers = [0x8000, 0xFFFF, 0x8001, 0xC000, 0x7FFF, 0x8000]
        signs = [0x80000000 * (i % 2) for i in range(6)]
        parts = zip(signs, exponents, lowers, strict=True)
        agreed(run, [value_of(sign | exponent << 23 | 0x7F << 16 | lower) for sign, exponent, lower in parts])

    def test_too_large(self, run, chance):
        """Numbers that round beyond the largest bfloat16 become infinity of their sign; others do not.
        舍入后超出最大 bfloat16 的数变为同号的无穷大；没有超出的不变。"""
        largest = value_of(0x7F7FFFFF)
        numbers = [value_of(bits) for bits in (0x7F7F8000, 0x7F7F7FFF, 0x7F7F0000)]
        numbers += [largest, chance.uniform(3.396e38, 3.4e38)]
        numbers += [value_of(0x7F700000 | chance.randrange(1 << 19)) for _ in range(2)]
        agreed(run, [*numbers, *(-number for number in numbers)])

    def test_beyond_float32(self, run, chance):
        """Numbers too large for float32 become infinity of their sign.
        超出 float32 范围的数变为同号的无穷大。"""
        numbers = [sign * chance.uniform(1, 9) * 10.0**power for power in (39, 100, 300) for sign in (1, -1)]
        others = [chance.uniform(-9, 9) for _ in range(2)]
        found = run(lambda impl: [impl.to_bfloat16_bits(number) for number in numbers + others])
        close(found, [0x7F80, 0xFF80] * 3 + bits_of(others))

    def test_infinity(self, run, chance):
        """The infinities stay as they are.
        无穷大保持不变。"""
        agreed(run, [math.inf, -math.inf, chance.uniform(1, 9), chance.uniform(-9, -1)])

    def test_signed_zero(self, run, chance):
        """0.0 and -0.0 keep their signs, also numbers that round to them.
        0.0 和 -0.0 保持符号；舍入为零的数也是如此。"""
        tiny = [chance.uniform(1, 9) * 10.0**-power for power in (42, 50, 300)]
        numbers = [0.0, -0.0, *tiny, *(-number for number in tiny), chance.uniform(-9, -1), chance.uniform(1, 9)]
        agreed(run, numbers)

    def test_subnormal(self, run, chance):
        """Rounds subnormal numbers like all others.
        非规格化数的舍入与其他数相同。"""
        uppers = [chance.randint(1, 0x7F) for _ in range(6)]
        lowers = [chance.randrange(1 << 16) for _ in range(4)] + [0x8000, 0]
        numbers = [value_of(upper << 16 | lower) for upper, lower in zip(uppers, lowers, strict=True)]
        agreed(run, [*numbers, *(-number for number in numbers)])

    def test_nan(self, run, chance):
        """NaN gives the bits of a NaN, whatever its fraction is.
        无论尾数如何，NaN 的结果仍是 NaN 的位。"""
        fractions = [1 << 51, (1 << 52) - 1, 1 << 51 | chance.randrange(1 << 51)]
        nans = [(sign << 63 | 0x7FF << 52 | fraction) for sign in (0, 1) for fraction in fractions]
        others = [chance.uniform(-9, 9) for _ in range(3)]

        def probe(impl):
            numbers = [float(np.uint64(bits).view(np.float64)) for bits in nans]
            return [impl.to_bfloat16_bits(x) for x in others], [impl.to_bfloat16_bits(x) for x in numbers]

        finite, bits = run(probe)
        close(finite, bits_of(others))
        wrong = [hex(some) for some in bits if not (0 <= some <= 0xFFFF and some >> 7 & 0xFF == 0xFF and some & 0x7F)]
        expect(
            not wrong, f"These bits for NaN are not those of a NaN: {wrong}.", f"NaN 得到的这些位不是 NaN：{wrong}。"
        )

    def test_float32_first(self, run, patterns, chance):
        """Rounds to float32 first: a number just beside a tie may become the tie.
        先舍入为 float32：紧挨中点的数可能先变成中点。"""
        uppers = [upper & ~1 | i % 2 for i, upper in enumerate(patterns(8))]
        middles = [value_of(upper << 16 | 0x8000) for upper in uppers]
        agreed(run, [middle * (1 + chance.choice([-1, 1]) * 2.0 ** -chance.randint(27, 45)) for middle in middles])

    test_from_scratch = written_from_scratch
