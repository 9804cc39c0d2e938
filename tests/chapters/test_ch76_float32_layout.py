"""ch76: float32_bits, float32_value, ulp, kahan_sum.

Numbers near zero are multiplied by a power of two, which is exact, so that they are compared in full.
"""

import math

import pytest
import torch

from dlgrade.testing import promise, standard, value_or_error

EXACTLY = {"rtol": 0.0, "atol": 0.0}  # the statements ask for exact values
LARGEST = 2.0**128 - 2.0**104


@pytest.fixture
def number(chance):
    """number(-10, 9): a drawn float32 number of a drawn sign, with a magnitude from 2**-10 to 2**10.

    Its first and last bits are drawn, too, and it is no power of two.
    """

    def draw(low, high, sign=None):
        steps = 2**23 + chance.randrange(2**21, 2**23, 2) + 1
        return (sign or chance.choice((-1, 1))) * math.ldexp(steps, chance.randint(low, high) - 23)

    return draw


def fields(agree, xs):
    """Compare the fields of these numbers."""
    agree(lambda impl: [value_or_error(impl.float32_bits, x) for x in xs])


@pytest.mark.exercise("float32_bits")
class TestFloat32Bits:
    @pytest.mark.points(2)
    def test_ordinary_numbers(self, agree, number, chance):
        """Takes numbers apart that float32 represents exactly.
        拆分 float32 能精确表示的数。"""
        fields(agree, [number(-9, -1, 1), number(0, 9, 1), number(10, 22, 1), chance.randint(1, 15) / 16])

    @pytest.mark.points(2)
    def test_signs(self, agree, number, chance):
        """The sign is a field of its own: 1 for negative numbers.
        符号是单独的字段，负数为 1；其他字段与正数相同。"""
        xs = [number(-9, 9, 1) for _ in range(3)]
        fields(agree, [sign * x for x in xs for sign in chance.sample((1, -1), 2)])

    @pytest.mark.points(2)
    def test_decimals(self, agree, chance):
        """Rounds decimal fractions, such as 6.36, to the nearest float32 number.
        把 6.36 这样的十进制小数舍入为最接近的 float32。"""
        drawn = [chance.choice((-1, 1)) * chance.randint(1, 9999) / 100 for _ in range(9)]
        fields(agree, [6.36, 0.1, *drawn])

    @pytest.mark.points(2)
    def test_powers_of_two(self, agree, chance):
        """The mantissa of a power of two is 0, because no field contains the leading 1.
        2 的幂的尾数为 0，因为最前面的 1 不存储。"""
        fields(agree, [2.0**power for power in (*chance.sample(range(-126, 128), 4), 0, -126, 127)])

    @pytest.mark.points(2)
    def test_rounding(self, agree, number, chance):
        """Rounds up or down, whichever number is nearer.
        向上或向下舍入，取较近的数。"""
        xs = [(number(power, power, 1), power) for power in chance.sample(range(-30, 30), 4)]
        shares = chance.uniform(0.1, 0.4), chance.uniform(0.6, 0.9)
        fields(agree, [sign * (x + share * 2.0 ** (p - 23)) for x, p in xs for share in shares for sign in (1, -1)])

    @pytest.mark.points(2)
    def test_ties(self, agree, chance):
        """Rounds to the even mantissa if two numbers are equally near.
        与两个数距离相等时，取尾数为偶数的那个。"""
        steps = [2**23 + 2 * chance.randrange(2**22) + odd for odd in (0, 1, 0, 1)]
        fields(agree, [math.ldexp(sign * (step + 0.5), chance.randint(-40, 40)) for step in steps for sign in (1, -1)])

    def test_carry(self, agree, chance):
        """Raises the exponent if rounding fills the mantissa.
        舍入使尾数进位时，指数加 1。"""
        powers = chance.sample(range(-120, 120), 3)
        fields(agree, [2.0**power * (1 - 2.0**-24 * chance.uniform(0.05, 0.4)) for power in powers])

    def test_large_integers(self, agree, chance):
        """Integers up to 2^24 are exact. Above them, and with decimals much earlier, numbers are rounded.
        不超过 2^24 的整数精确；更大的整数要舍入，带小数的数更早就要舍入。"""
        whole = [chance.randrange(2**23, 2**24), chance.randrange(2**24, 2**25) | 1, chance.randrange(2**25, 2**31) | 3]
        fields(agree, [8388607.3, *map(float, whole), chance.randrange(2**22, 2**23) + 0.3])

    @pytest.mark.points(2)
    def test_subnormals(self, agree, chance):
        """Magnitudes below 2^-126 have exponent 0, and no leading 1.
        小于 2^-126 的数指数为 0，前面没有隐含的 1。"""
        steps = [chance.randrange(2**22, 2**23), chance.randrange(2**10, 2**20), chance.randrange(2, 99), 1]
        fields(agree, [math.ldexp(chance.choice((-1, 1)) * step, -149) for step in steps])

    def test_below_the_subnormals(self, agree, chance):
        """Rounds subnormal numbers, too: to the next one, to zero, or to the smallest normal number.
        次正规数同样要舍入：舍入到相邻的次正规数、零或最小的正规数。"""
        step, share = chance.randrange(5, 2**20), chance.uniform(0.1, 0.4)
        steps = step + share, step + 1 - share, step + 0.5, share, 0.5, 1 - share, 1.5, 2**23 - share
        fields(agree, [math.ldexp(some, -149) for some in steps] + [math.ldexp(1 + share, -chance.randint(500, 900))])

    def test_zeros(self, agree, number):
        """Tells zero and negative zero apart.
        区分 0 和 -0.0。"""
        fields(agree, [0.0, -0.0, number(-9, 9)])

    def test_infinities(self, agree, number):
        """Infinities have exponent 255 and mantissa 0.
        无穷大的指数为 255，尾数为 0。"""
        fields(agree, [math.inf, -math.inf, number(-9, 9)])

    def test_overflow(self, agree, chance):
        """Rounds large magnitudes to infinity, without an error.
        绝对值过大的数舍入为无穷大，不报错。"""
        large = [10.0 ** chance.uniform(39, 300), 2.0 ** chance.randint(128, 1023), 2.0**128 - 2.0**103]
        fields(agree, [chance.choice((-1, 1)) * x for x in (*large, 10.0 ** chance.uniform(20, 38))])

    def test_largest(self, agree, chance):
        """Magnitudes just above the largest finite number still round to it.
        略大于最大有限值的数仍舍入为最大有限值。"""
        shares = chance.uniform(0.1, 0.9), chance.uniform(1.1, 2)
        xs = [LARGEST + share * 2.0**103 for share in shares] + [LARGEST - chance.randint(1, 99) * 2.0**104]
        fields(agree, [sign * x for x in xs for sign in chance.sample((1, -1), 2)])

    def test_nan(self, agree, number):
        """NaN has exponent 255 and a mantissa other than 0.
        NaN 的指数为 255，尾数不为 0。"""
        x = number(-9, 9)

        def probe(impl):
            _, exponent, mantissa = impl.float32_bits(math.nan)
            return exponent, 1 if mantissa else 0, impl.float32_bits(x)

        agree(probe)


@pytest.fixture
def mantissa(chance):
    """A drawn mantissa, whose first bits are drawn, too."""
    return lambda: chance.randrange(2**19, 2**23) | 1


@pytest.mark.exercise("float32_value")
class TestFloat32Value:
    @pytest.mark.points(2)
    def test_normal_numbers(self, agree, chance, mantissa):
        """Puts positive and negative normal numbers together.
        由三个字段得到正、负正规数。"""
        cases = [(sign, chance.randint(118, 136), mantissa()) for sign in (0, 1, 0, 1)]
        agree(lambda impl: [impl.float32_value(*case) for case in cases], **EXACTLY)

    @pytest.mark.points(2)
    def test_powers_of_two(self, agree, chance):
        """A mantissa of 0 gives a power of two, with the bias 127.
        尾数为 0 时得到 2 的幂，指数的偏置为 127。"""
        cases = [(0, 127, 0), *((chance.randint(0, 1), exponent, 0) for exponent in chance.sample(range(119, 136), 5))]
        agree(lambda impl: [impl.float32_value(*case) for case in cases], **EXACTLY)

    @pytest.mark.points(2)
    def test_all_exponents(self, agree, chance, mantissa):
        """Covers all exponents from 1 to 254.
        适用于 1 到 254 的所有指数。"""
        exponents = 1, 2, 253, 254, *chance.sample(range(3, 253), 4)
        cases = [(chance.randint(0, 1), exponent, mantissa()) for exponent in exponents]
        agree(lambda impl: [impl.float32_value(*case) * 2.0 ** (127 - case[1]) for case in cases], **EXACTLY)

    def test_last_bits(self, agree, chance):
        """Is exact to the last bit of the mantissa.
        精确到尾数的最后一位。"""
        cases = [(0, chance.randint(120, 135), m) for m in (1, 2**23 - 1, 2**22 + chance.randint(1, 99), 2**23 - 3)]
        agree(lambda impl: [impl.float32_value(*case) for case in cases], **EXACTLY)

    @pytest.mark.points(2)
    def test_subnormals(self, agree, chance, mantissa):
        """Exponent 0 gives subnormal numbers, without a leading 1.
        指数为 0 时得到次正规数，没有隐含的 1。"""
        cases = [(0, 0, mantissa()), (1, 0, mantissa()), (0, 0, chance.randint(2, 99)), (1, 0, 1)]
        agree(lambda impl: [impl.float32_value(*case) * 2.0**149 for case in cases], **EXACTLY)

    @pytest.mark.points(2)
    def test_smallest_normals(self, agree, chance):
        """The normal numbers continue the subnormal numbers in equal steps.
        正规数以相等的间隔与次正规数衔接。"""
        below, above = chance.randint(1, 50), chance.randint(0, 50)
        cases = [(0, 0, 2**23 - below), (0, 1, above), (1, 1, 2**23 - below), (0, 2, above)]
        agree(lambda impl: [impl.float32_value(*case) * 2.0**149 for case in cases], **EXACTLY)

    def test_zeros(self, agree, chance, mantissa):
        """Tells zero and negative zero apart.
        区分 0 和 -0.0。"""
        cases = [(0, 0, 0), (1, 0, 0), (1, chance.randint(120, 135), mantissa())]

        def probe(impl):
            values = [impl.float32_value(*case) for case in cases]
            return values, [math.copysign(1.0, value) for value in values]

        agree(probe, **EXACTLY)

    def test_infinities(self, agree, chance, mantissa):
        """Exponent 255 and mantissa 0 give an infinity with its sign. Exponent 254 is finite.
        指数 255、尾数 0 表示带符号的无穷大；指数 254 是有限数。"""
        largest = (chance.randint(0, 1), 254, mantissa())
        agree(
            lambda impl: [
                impl.float32_value(0, 255, 0),
                impl.float32_value(1, 255, 0),
                impl.float32_value(*largest) * 2.0**-120,
            ],
            **EXACTLY,
        )

    def test_nan(self, agree, chance, mantissa):
        """Exponent 255 and any other mantissa give NaN.
        指数 255、尾数不为 0 时是 NaN。"""
        cases = [(0, 255, 1), (1, 255, mantissa()), (0, 255, 2**22), (0, chance.randint(120, 135), mantissa())]
        agree(lambda impl: [impl.float32_value(*case) for case in cases], **EXACTLY)

    def test_out_of_range(self, agree, chance, mantissa):
        """Raises ValueError for a field outside its range. The ends of the ranges are allowed.
        字段超出范围时抛出 ValueError；范围的两端是允许的。"""
        exponent, m = chance.randint(120, 135), mantissa()
        outside = [
            (2, exponent, m),
            (-1, exponent, m),
            (0, 256, m),
            (1, -1, m),
            (0, exponent, 2**23),
            (1, exponent, -1),
        ]
        far = [(0, exponent, 2**23 + m), (chance.randint(3, 99), exponent, m), (0, 300 + exponent, m)]
        inside = [(0, exponent, 2**23 - 1), (1, exponent, 0), (0, 0, 0), (1, 255, 0)]
        agree(lambda impl: [value_or_error(impl.float32_value, *case) for case in (*inside, *outside, *far)])


@pytest.mark.exercise("ulp")
class TestUlp:
    @pytest.mark.points(2)
    def test_between_powers(self, agree, number):
        """The gap is the same for all numbers between two powers of two.
        相邻两个 2 的幂之间，间隔处处相同。"""
        xs = [number(low, low + 3, 1) for low in (-14, -9, -4, 0, 5, 10)]
        agree(lambda impl: [impl.ulp(x) * 2.0**23 for x in xs], **EXACTLY)

    @pytest.mark.points(2)
    def test_powers_of_two(self, agree, chance):
        """The gap above a power of two counts, which is larger than that below.
        2 的幂处取上方的间隔，它大于下方的间隔。"""
        xs = [1.0, *(2.0**power for power in chance.sample(range(-14, 15), 5))]
        agree(lambda impl: [impl.ulp(x) * 2.0**23 for x in xs], **EXACTLY)

    @pytest.mark.points(2)
    def test_last_number_of_a_binade(self, agree, chance):
        """The number just below a power of two has the smaller gap.
        恰好小于 2 的幂的数，间隔较小。"""
        xs = [2.0**power * (1 - 2.0**-24) for power in chance.sample(range(-14, 15), 4)]
        agree(lambda impl: [impl.ulp(x) * 2.0**23 for x in xs], **EXACTLY)

    @pytest.mark.points(2)
    def test_negative_numbers(self, agree, number, chance):
        """The gap of a negative number is positive, and that of its magnitude.
        负数的间隔是正数，与其绝对值的间隔相同。"""
        xs = [number(-14, -2, -1), number(2, 14, -1), *(-(2.0**power) for power in chance.sample(range(-14, 15), 2))]
        agree(lambda impl: [impl.ulp(x) * 2.0**23 for x in xs], **EXACTLY)

    def test_large_numbers(self, agree, chance):
        """From 2^23 on, the gap is at least 1: 2 at 2^24, and more later.
        从 2^23 起，间隔至少为 1；在 2^24 处为 2，之后更大。"""
        odd = float(chance.randrange(2**22, 2**23) | 1)
        xs = [2.0**22, odd, 2.0**23, odd + 2**23, 2.0**24, 2.0 ** chance.randint(25, 60), odd * 2**20]
        agree(lambda impl: [impl.ulp(x) for x in xs], **EXACTLY)

    def test_all_powers(self, agree, number, chance):
        """Covers the whole range of normal numbers.
        适用于全部正规数。"""
        below = [(number(0, 0), power) for power in (-102, *chance.sample(range(-101, 0), 2))]
        above = [(number(0, 0), power) for power in (103, *chance.sample(range(103), 2))]

        def probe(impl):
            small = [impl.ulp(math.ldexp(x, power)) * 2.0**125 for x, power in below]
            return small, [impl.ulp(math.ldexp(x, power)) * 2.0**23 for x, power in above]

        agree(probe, **EXACTLY)

    def test_largest(self, agree, chance):
        """The gap of the largest numbers leads to 2^128.
        最大的那些数，间隔按下一个数为 2^128 计算。"""
        xs = [LARGEST, -LARGEST, LARGEST / 2 ** chance.randint(1, 20), 2.0**127]
        agree(lambda impl: [impl.ulp(x) * 2.0**-90 for x in xs], **EXACTLY)

    def test_subnormals(self, agree, chance):
        """All subnormal numbers have the same gap.
        所有次正规数的间隔相同。"""
        steps = 1, 3, 2 ** chance.randint(2, 20), chance.randrange(2**22), 2**23 - 1
        normal = math.ldexp(1.5, chance.randint(-120, -105))
        xs = [*(math.ldexp(chance.choice((-1, 1)) * step, -149) for step in steps), normal]
        agree(lambda impl: [impl.ulp(x) * 2.0**149 for x in xs], **EXACTLY)

    def test_smallest_normals(self, agree, chance):
        """The smallest normal numbers have the gap of the subnormal numbers.
        最小的那些正规数，间隔与次正规数相同。"""
        shares = 1.0, 1.5, 1.75, 2 - 2.0**-23, 2.0, 3.0, 4.0, 2.0 ** chance.randint(3, 20)
        agree(lambda impl: [impl.ulp(share * 2.0**-126) * 2.0**149 for share in shares], **EXACTLY)

    def test_zero(self, agree, chance):
        """Zero is next to the smallest positive number, whatever its sign.
        不论符号，零的间隔都是最小的正数。"""
        power = chance.randint(-120, -105)
        agree(lambda impl: [impl.ulp(x) * 2.0**149 for x in (0.0, -0.0, 2.0**power)], **EXACTLY)

    def test_infinities(self, agree, number):
        """The gap at both infinities is infinity.
        正、负无穷大处的间隔都是正无穷大。"""
        x = number(5, 14)
        agree(lambda impl: [value_or_error(impl.ulp, y) for y in (math.inf, -math.inf, x)], **EXACTLY)

    def test_nan(self, agree, number):
        """The gap at NaN is NaN.
        NaN 处的间隔是 NaN。"""
        x = number(5, 14)
        agree(lambda impl: [value_or_error(impl.ulp, y) for y in (math.nan, x)], **EXACTLY)


@pytest.fixture
def small(chance):
    """small(500, 1e-8): a drawn number of terms from 1e-8 to 5e-8, no more than 500."""

    def draw(most, unit, dtype=torch.float32):
        count = chance.randint(most // 2, most)
        return torch.tensor([unit * chance.uniform(1, 5) for _ in range(count)], dtype=dtype)

    return draw


def summed(agree, *vectors):
    """Compare the sums of these vectors."""
    agree(lambda impl: [impl.kahan_sum(xs) for xs in vectors], **EXACTLY)


@pytest.mark.exercise("kahan_sum")
class TestKahanSum:
    @standard(promise.untouched, promise.non_contiguous(**EXACTLY))
    def arguments(self, small):
        return {"xs": torch.cat([torch.tensor([9.0]), small(300, 8e-8)])}

    @pytest.mark.points(2)
    def test_few_terms(self, agree, randn, chance):
        """Adds up a few terms of both signs.
        对正负相间的几项求和。"""
        summed(agree, *(randn(length) + chance.uniform(1, 2) for length in chance.sample(range(2, 9), 3)))

    @pytest.mark.points(2)
    def test_lost_terms(self, agree, small, chance):
        """Keeps terms that are too small to change the sum by themselves.
        单独一项小得改变不了和时，也不会丢失。"""
        first = torch.tensor([chance.uniform(1, 2)])
        summed(agree, torch.cat([first, small(2500, 1e-8)]), torch.cat([-first, -small(2500, 1e-8)]))

    @pytest.mark.points(2)
    def test_cancellation(self, agree, small, chance):
        """Keeps the small terms between two large ones that cancel.
        两个大数相互抵消时，其间的小项不会丢失。"""
        large = torch.tensor([2.0 ** chance.randint(24, 27)])
        summed(agree, *(torch.cat([x, small(60, 0.25), -x, small(9, 0.25)]) for x in (large, -large)))

    @pytest.mark.points(2)
    def test_four_operations(self, agree, randn, chance):
        """Has the same rounding as the four operations, also where they do not give the exact sum.
        与四步运算的舍入一致，即使结果不是精确的和。"""
        large = 2.0 ** chance.randint(25, 30)
        first = [chance.uniform(1, 3), large, chance.uniform(1, 3), -large, chance.uniform(1, 3)]
        summed(
            agree, torch.tensor(first), randn(40) * 10.0 ** randn(40), *(randn(12) * 4.0 ** randn(12) for _ in "abc")
        )

    def test_order(self, agree, randn, chance):
        """Adds up in the given order.
        按给定的次序求和。"""
        xs = torch.cat([randn(9), torch.tensor([2.0 ** chance.randint(25, 28)]), randn(9) + 3])
        summed(agree, xs, xs.flip(0), torch.cat([xs, -xs.flip(0)]), torch.cat([xs, -xs]))

    @pytest.mark.points(2)
    def test_float64(self, agree, small, chance):
        """Adds up float64 in float64.
        float64 的向量用 float64 求和。"""
        large = torch.tensor([2.0 ** chance.randint(53, 55)], dtype=torch.float64)
        lost = torch.cat([large / large, small(600, 2e-17, torch.float64)])
        summed(agree, torch.cat([large, small(60, 0.25, torch.float64), -large]), lost, small(9, 0.1, torch.float64))

    def test_large_terms(self, agree, small, chance):
        """Accepts large and small numbers.
        数可以很大，也可以很小。"""
        factors = [10.0 ** chance.uniform(*powers) for powers in ((20, 30), (-30, -20))]
        cases = [(small(40, factor), factor) for factor in factors]
        agree(lambda impl: [impl.kahan_sum(xs) / factor for xs, factor in cases], **EXACTLY)

    def test_single_term(self, agree, randn):
        """The sum of a single term is the term.
        只有一项时，和就是这一项。"""
        summed(agree, *randn(4, 1), *randn(2, 1, dtype=torch.float64))

    def test_no_terms(self, agree, randn):
        """The sum of no terms is 0, a tensor of xs's dtype.
        没有项时，和为 0，是与 xs 的 dtype 相同的张量。"""
        summed(agree, torch.zeros(0), torch.zeros(0, dtype=torch.float64), randn(3))
