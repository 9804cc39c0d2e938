"""ch31: matmul_intensity, attainable_flops, blocked_matmul, cache_misses.

The oracles are closed forms, torch's own product, and stack distances: an access hits an LRU cache of n lines if fewer
than n other lines were used since the latest access to its own line.
"""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from dlgrade.testing import close, expect, promise, raises, standard


@pytest.fixture
def between(chance):
    """between(2, 9): a drawn whole number, both ends included."""
    return chance.randint


@pytest.fixture
def shapes(chance):
    """shapes(4): four triples (m, n, k) of different sizes from 2 to 300."""
    return lambda count, least=2, most=300: [tuple(chance.sample(range(least, most), 3)) for _ in range(count)]


def intensity(m, n, k, size=4):
    """The harmonic form: 2 / size / (1 / n + 1 / m + 1 / k)."""
    return 2 / size / (1 / m + 1 / n + 1 / k)


@pytest.mark.exercise("matmul_intensity")
class TestMatmulIntensity:
    @pytest.mark.points(2)
    def test_products(self, run, shapes, between):
        """Divides the operations of a product by the bytes of its three matrices.
        用乘积的运算次数除以三个矩阵的字节数。"""
        cases = [(*shape, between(1, 16)) for shape in shapes(5)]
        found = run(lambda impl: [impl.matmul_intensity(*case) for case in cases])
        close(found, [intensity(*case) for case in cases])

    def test_default(self, run, shapes):
        """Elements have 4 bytes by default.
        默认每个元素 4 字节。"""
        cases = shapes(4)
        found = run(lambda impl: [impl.matmul_intensity(m=m, n=n, k=k) for m, n, k in cases])
        close(found, [intensity(*case) for case in cases])

    def test_bytes(self, run, shapes):
        """Half the bytes of an element double the intensity: float64, float32, float16, int8.
        每个元素的字节数减半，强度加倍：float64、float32、float16、int8。"""
        (shape,) = shapes(1)
        widths = 8, 4, 2, 1
        found = run(lambda impl: [impl.matmul_intensity(*shape, bytes_per_element=width) for width in widths])
        close(found, [intensity(*shape, width) for width in widths])

    def test_vectors(self, run, between):
        """Counts products with a vector: all stay below 0.5 for 4 bytes, however large the matrix is.
        计算与向量的乘积：每个元素 4 字节时，矩阵再大，强度也小于 0.5。"""
        a, b = between(30, 90), between(100, 900)
        cases = [(a, 1, b), (1, b, a), (a, b, 1), (1, 1, b), (a, 1, 1), (1, 1, 1)]
        found = run(lambda impl: [impl.matmul_intensity(*case) for case in cases])
        close(found, [intensity(*case) for case in cases])

    def test_square_matrices(self, run, between):
        """The intensity of square matrices is n / 6 for 4 bytes: it grows with the size.
        每个元素 4 字节时，方阵乘积的强度是 n / 6，随大小增长。"""
        sizes = [between(2**power, 2 ** (power + 1)) for power in (1, 4, 7, 10, 13)]
        found = run(lambda impl: [impl.matmul_intensity(size, size, size) for size in sizes])
        close(found, [size / 6 for size in sizes])

    def test_large_matrices(self, run, between):
        """Counts more operations than 64 bits can hold.
        运算次数超过 64 位整数的范围时，结果仍然正确。"""
        cases = [
            tuple(between(2**power, 2 ** (power + 1)) for power in powers) for powers in ((21, 21, 22), (31, 24, 13))
        ]
        found = run(lambda impl: [impl.matmul_intensity(*case) for case in cases])
        close(found, [intensity(*case) for case in cases])


@pytest.fixture
def roofs(chance):
    """roofs(3, 0.5): three triples of peak, bandwidth and intensity; the memory's limit is 0.5 times the peak."""

    def draw(count, share):
        peaks = [1e9 * chance.randint(100, 1000) for _ in range(count)]
        intensities = [chance.uniform(1, 100) for _ in range(count)]
        return [(peak, share * peak / some, some) for peak, some in zip(peaks, intensities, strict=True)]

    return draw


def rates(impl, cases):
    """For probes: the rate for each case."""
    return [impl.attainable_flops(*case) for case in cases]


@pytest.mark.exercise("attainable_flops")
class TestAttainableFlops:
    @pytest.mark.points(2)
    def test_memory_bound(self, run, roofs):
        """Left of the ridge point, the memory limits the rate.
        在脊点左侧，速率受内存限制。"""
        cases = roofs(3, 0.3) + roofs(2, 0.95) + roofs(2, 0.001)
        close(run(lambda impl: rates(impl, cases)), [width * some for _, width, some in cases])

    @pytest.mark.points(2)
    def test_compute_bound(self, run, roofs):
        """Right of the ridge point, the processor limits the rate, though not left of it.
        在脊点右侧，速率受处理器限制；在左侧则不然。"""
        cases = roofs(3, 3) + roofs(2, 1.05) + roofs(2, 1000)
        found = run(lambda impl: rates(impl, [*cases, (*cases[0][:2], cases[0][2] / 6)]))
        close(found, [*(peak for peak, _, _ in cases), cases[0][0] / 2])

    def test_along_the_roof(self, run, chance):
        """The rate grows with the intensity, then stays at the peak.
        速率先随强度增长，然后保持在峰值。"""
        peak, width = chance.randint(300, 900), chance.randint(10, 30)
        cases = [(peak * 10**9, width * 10**9, 2**power) for power in range(-4, 9)]
        close(run(lambda impl: rates(impl, cases)), [min(peak, width * some) * 1e9 for _, _, some in cases])

    def test_ridge_point(self, run, chance):
        """Both limits are the same at the ridge point. Half the intensity halves the rate.
        在脊点处，两个上限相等；强度减半，速率也减半。"""
        pairs = [(chance.randint(10, 900), chance.randint(2, 90)) for _ in range(4)]
        cases = [(width * some, width, some / part) for width, some in pairs for part in (1, 2)]
        close(run(lambda impl: rates(impl, cases)), [float(width * some) for _, width, some in cases])

    def test_fast_memory(self, run, chance):
        """Accepts a memory that delivers more bytes than the processor can use, and intensities below 1.
        内存每秒的字节数可以多于处理器每秒的运算次数，强度可以小于 1。"""
        peaks = [chance.uniform(1, 2) for _ in range(4)]
        cases = [(peak, 50 * peak, some) for peak, some in zip(peaks, (0.01, 0.015, 0.1, 0.5), strict=True)]
        close(run(lambda impl: rates(impl, cases)), [min(peak, width * some) for peak, width, some in cases])

    @pytest.mark.needs("memory_bound")
    def test_zero(self, run, chance):
        """Each argument may be 0: the rate is 0.
        每个参数都可以是 0，此时速率为 0。"""
        peak, width, some = (chance.uniform(1, 9) for _ in range(3))
        cases = [(0, width, some), (peak, 0, some), (peak, width, 0), (0.0, 0.0, 0.0), (30 * peak, width, some / 9)]
        close(run(lambda impl: rates(impl, cases)), [0.0, 0.0, 0.0, 0.0, min(30 * peak, width * some / 9)])

    @pytest.mark.needs("memory_bound")
    def test_negative(self, run, chance):
        """Raises ValueError if any argument is negative.
        任何一个参数为负时，抛出 ValueError。"""
        a, b, c = (chance.uniform(1, 9) for _ in range(3))
        wrong = [
            (-a, b, c),
            (a, -b, c),
            (a, b, -c),
            (a, -b, -c),
            (-a, -b, c),
            (0, 0, -c / 99),
            (-a / 99, 0, 0),
            (-a, -b, -c),
        ]

        def probe(impl):
            accepted = []
            refused = [raises(lambda w=w: accepted.append(impl.attainable_flops(*w)), ValueError) for w in wrong]
            return refused, rates(impl, [(a, b, c)]), float(sum(accepted))

        close(run(probe), ([True] * len(wrong), [min(a, b * c)], 0.0))


FACTORS = {  # the places of the two factors among the arguments of torch's products
    "mm": (0, 1), "bmm": (0, 1), "mv": (0, 1), "dot": (0, 1), "addmm": (1, 2), "addmm_": (1, 2), "addmv": (1, 2),
    "addmv_": (1, 2), "baddbmm": (1, 2), "baddbmm_": (1, 2), "addbmm": (1, 2), "addbmm_": (1, 2),
}  # fmt: skip


class Products(TorchDispatchMode):
    """Notes the sizes (rows, inner axis, columns) of each matrix product that torch computes."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        places = FACTORS.get(func.overloadpacket.__name__)
        if places is not None:
            left, right = (args[place] for place in places)
            rows = left.shape[-2] if left.dim() > 1 else 1
            columns = right.shape[-1] if right.dim() > 1 else 1
            self.sizes += [(rows, left.shape[-1], columns)] * (left.shape[0] if left.dim() == 3 else 1)
        return func(*args, **(kwargs or {}))


def products_of(impl, *arguments):
    """For probes: the longest axes of the products, the multiplications of all, and the result."""
    with Products() as products:
        result = impl.blocked_matmul(*arguments)
    longest = [max((size[axis] for size in products.sizes), default=0) for axis in range(3)]
    return longest, sum(rows * inner * columns for rows, inner, columns in products.sizes), result


@pytest.fixture
def factors(randn, generator):
    """factors(2, 3, 4): drawn matrices (2, 3) and (3, 4); in int64 with drawn whole numbers."""

    def draw(m, k, n, dtype=torch.float32):
        if dtype == torch.int64:
            return tuple(torch.randint(-9, 10, shape, generator=generator) for shape in ((m, k), (k, n)))
        return randn(m, k, dtype=dtype), randn(k, n, dtype=dtype)

    return draw


def agreed(run, cases):
    """Check the product of each case (A, B, block)."""
    found = run(lambda impl: [impl.blocked_matmul(*case) for case in cases])
    close(found, [A @ B for A, B, _ in cases])


@pytest.mark.exercise("blocked_matmul")
class TestBlockedMatmul:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("A", "B"))
    def arguments(self, factors, chance):
        A, B = factors(*chance.sample(range(5, 10), 3))
        return {"A": A, "B": B, "block": chance.randint(2, 4)}

    @pytest.mark.points(2)
    def test_whole_blocks(self, run, factors, chance):
        """Returns the product of matrices that whole blocks fill.
        整块恰好铺满矩阵时，返回乘积。"""
        counts = [chance.sample(range(2, 5), 3) for _ in range(2)]
        blocks = [chance.randint(2, 4) for _ in counts]
        agreed(
            run, [(*factors(*(block * c for c in count)), block) for count, block in zip(counts, blocks, strict=True)]
        )

    @pytest.mark.points(2)
    def test_edge_blocks(self, run, factors, chance):
        """Multiplies the shorter pieces at the ends of the three axes, too.
        三个轴末尾不满一块的部分也参与相乘。"""
        block = chance.randint(3, 6)
        a, b, c = (block * chance.randint(1, 3) for _ in range(3))
        sizes = (a + 1, b, c), (a, b + block - 1, c), (a, b, c + 1), (a + block - 1, b + 1, c + 2)
        agreed(run, [(*factors(*some), block) for some in sizes])

    def test_block_of_one(self, run, factors, chance):
        """Accepts blocks of a single element.
        块可以只有一个元素。"""
        agreed(run, [(*factors(*chance.sample(range(2, 6), 3)), 1)])

    def test_large_block(self, run, factors, chance):
        """Accepts a block that is longer than some axes or than all.
        块可以比一部分轴或所有的轴都长。"""
        m, k, n = chance.sample(range(3, 8), 3)
        A, B = factors(m, k, n)
        agreed(run, [(A, B, max(m, k, n) + chance.randint(1, 9)), (A, B, max(m, k, n)), (A, B, sum((m, k, n)) // 3)])

    def test_vectors(self, run, factors, chance):
        """Multiplies matrices with a single row or column.
        矩阵可以只有一行或一列。"""
        a, b = chance.sample(range(3, 9), 2)
        sizes = (1, a, b), (a, b, 1), (a, 1, b), (1, a, 1), (1, 1, 1)
        agreed(run, [(*factors(*some), 2) for some in sizes])

    def test_integers(self, run, factors, chance):
        """Returns int64 for int64.
        int64 的乘积仍是 int64。"""
        agreed(run, [(*factors(*chance.sample(range(4, 9), 3), dtype=torch.int64), block) for block in (2, 3)])

    @pytest.mark.points(4)  # without blocks, the exercise is a single call of torch
    @pytest.mark.needs("whole_blocks")
    def test_only_blocks(self, run, factors, chance):
        """Multiplies only blocks: torch computes no product with an axis longer than `block`.
        只做块与块的乘积：torch 计算的每个乘积，各轴都不超过 block。"""
        cases = []
        for _ in range(2):
            block = chance.randint(2, 4)
            cases.append((*factors(*chance.sample(range(2 * block + 1, 4 * block), 3)), block))
        found = run(lambda impl: [products_of(impl, *case) for case in cases])
        for (longest, multiplications, result), (A, B, block) in zip(found, cases, strict=True):
            close(result, A @ B)
            expect(
                max(longest) <= block, f"block={block}: a product has axes of up to {longest} (rows, inner, columns).",
                f"block={block} 时，有的乘积各轴长达 {longest}（行、相乘的轴、列）。",
            )  # fmt: skip
            expect(
                multiplications >= A.numel() * B.shape[1], "Not all multiplications were products of torch.mm or @.",
                "有的乘法没有用 torch.mm 或 @ 计算。",
            )  # fmt: skip

    @pytest.mark.needs("whole_blocks")
    def test_inner_sizes(self, run, factors, chance):
        """Raises ValueError if A has another number of columns than B has rows.
        A 的列数与 B 的行数不同时，抛出 ValueError。"""
        block = chance.randint(2, 4)
        m, n = chance.sample(range(4, 9), 2)
        A, B = factors(m, 3 * block, n)
        wrong = [(A, torch.cat([B, B[:1]])), (A, B[:-1]), (A, torch.cat([B, B])), (torch.cat([A, A], dim=1), B)]

        def probe(impl):
            refused = [raises(lambda w=w: impl.blocked_matmul(*w, block), ValueError) for w in wrong]
            return refused, impl.blocked_matmul(A, B, block)

        close(run(probe), ([True] * len(wrong), A @ B))


def misses(addresses, line_size, num_lines):
    """The misses by stack distances."""
    lines = [address // line_size for address in addresses]
    count = 0
    for now, line in enumerate(lines):
        before = max((then for then in range(now) if lines[then] == line), default=None)
        count += before is None or len(set(lines[before + 1 : now])) >= num_lines
    return count


def counted(run, cases):
    """Check the misses of each case (addresses, line_size, num_lines)."""
    close(run(lambda impl: [impl.cache_misses(*case) for case in cases]), [misses(*case) for case in cases])


def matrix(rows, columns, size, by_columns):
    """The addresses of a matrix of elements of `size` bytes, by rows or by columns."""
    if by_columns:
        return [size * (i * columns + j) for j in range(columns) for i in range(rows)]
    return [size * (i * columns + j) for i in range(rows) for j in range(columns)]


@pytest.fixture
def trace(chance):
    """trace(50, 6, 16): fifty addresses in six lines of sixteen bytes; many are near the one before."""

    def draw(length, lines, line_size):
        addresses = [chance.randrange(lines * line_size)]
        while len(addresses) < length:
            near = (addresses[-1] + chance.randint(-4, 4)) % (lines * line_size)
            addresses.append(chance.choice([near, chance.randrange(lines * line_size), chance.choice(addresses)]))
        return addresses

    return draw


@pytest.mark.exercise("cache_misses")
class TestCacheMisses:
    @standard(promise.untouched)
    def arguments(self, trace):
        return {"addresses": trace(60, 7, 8), "line_size": 8, "num_lines": 3}

    @pytest.mark.points(2)
    def test_scan(self, run, between):
        """A scan of neighbouring bytes misses once for each line.
        依次访问相邻的字节时，每个缓存行未命中一次。"""
        sizes = [(between(20, 90), between(3, 30), between(1, 9)) for _ in range(4)]
        counted(run, [(list(range(length)), line_size, lines) for length, line_size, lines in sizes])

    @pytest.mark.points(2)
    def test_rows_and_columns(self, run, between):
        """A matrix that does not fit misses once for each line by rows, and once for each element by columns.
        矩阵放不进缓存时，按行扫描每个缓存行未命中一次，按列扫描每个元素未命中一次。"""
        rows, columns, lines = between(9, 12), 4 * between(2, 4), between(2, 8)
        cases = [(matrix(rows, columns, 4, by_columns), 16, lines) for by_columns in (False, True)]
        found = run(lambda impl: [impl.cache_misses(*case) for case in cases])
        close(found, [rows * columns // 4, rows * columns])

    @pytest.mark.points(2)
    def test_least_recently_used(self, run, trace, between):
        """Replaces the line whose latest access is the longest ago.
        替换最久没有被访问的那一行。"""
        cases = [(trace(80, lines + 3, 4), 4, lines) for lines in (2, 3, between(4, 6), between(4, 6))]
        counted(run, cases)

    def test_hit_renews(self, run, chance):
        """A hit makes its line the latest.
        命中会使该行成为最近访问的行。"""
        size = chance.randint(2, 64)
        a, b, c, d = (size * line for line in chance.sample(range(90), 4))
        traces = [a, b, a, c, a], [a, b, a, c, b], [a, b, c, b, a, d, b, a, c], [a, b, c, a, d, c, b, a, d] * 3
        counted(run, [(list(some), size, lines) for some in traces for lines in (2, 3)])

    def test_capacity(self, run, chance):
        """A loop over as many lines as fit misses only at first. With one line more, it misses every time.
        反复访问恰好放得下的若干行，只在最初未命中；多出一行，就每次都未命中。"""
        size, lines, rounds = chance.randint(2, 64), chance.randint(3, 8), chance.randint(3, 6)
        loops = [[size * line for line in range(count)] * rounds for count in (lines - 1, lines, lines + 1)]
        close(
            run(lambda impl: [impl.cache_misses(loop, size, lines) for loop in loops]),
            [lines - 1, lines, (lines + 1) * rounds],
        )

    def test_line_borders(self, run, chance):
        """Lines begin at multiples of line_size, wherever the first access is.
        缓存行从 line_size 的倍数处开始，与第一次访问的位置无关。"""
        size, base = chance.randint(5, 60), chance.randint(3, 90)
        start = size * base
        traces = [start - 1, start, start - 1], [start + size - 1, start, start + size], [start + 2, start + size + 1]
        more = [start + 3, start + size + 2, start + 2 * size, start + 1, start, start + size]
        counted(run, [(list(some), size, 4) for some in (*traces, more, more[::-1])])

    def test_line_of_a_byte(self, run, trace, between):
        """Accepts lines of a single byte, and a cache of a single line.
        一行可以只有一个字节，缓存可以只有一行。"""
        cases = [(trace(40, 5, 1), 1, between(2, 4)), (trace(40, 2, 6), 6, 1), (trace(40, 4, 1), 1, 1)]
        counted(run, cases)

    def test_no_lines(self, run, trace, between):
        """Each access misses a cache with 0 lines.
        缓存有 0 行时，每次访问都未命中。"""
        cases = [(trace(length, 3, 8), 8, 0) for length in (between(3, 30), between(31, 60))]
        counted(run, [*cases, (cases[1][0], 8, 2)])

    def test_empty_and_other_sequences(self, run, trace, between):
        """Accepts a tuple and a range. Without an access, there is no miss.
        可以是元组或 range；没有访问，就没有未命中。"""
        step = between(3, 7)
        cases = [(tuple(trace(30, 5, 8)), 8, 3), (range(9 * step, 0, -step), 4, 2), ([], 8, 2), ((), 8, 0)]
        counted(run, cases)

    def test_large_addresses(self, run, trace, between):
        """Accepts addresses and numbers of lines in the billions.
        地址和行数可以达到数十亿。"""
        start = 64 * between(2**50, 2**51)
        addresses = [start + address for address in trace(50, 6, 64)]
        counted(run, [(addresses, 64, 3), (addresses, 64, 2**35), (addresses[::-1], 2**45, 2)])
