"""ch05: frobenius_norm, lp_norm, mean_keepdims, mm, is_positive_definite, permutation_matrix."""

import math

import pytest
import torch
from torch.nn.functional import one_hot

from dlgrade.testing import close, draw_int, promise, shuffled, standard, written_from_scratch

CYCLE = [1, 2, 0]


def told(action):
    """For probes: the result of the action, or the name of its error. Subclasses of ValueError count as ValueError."""
    try:
        return action()
    except NotImplementedError:
        raise
    except ValueError:
        return "ValueError"
    except (IndexError, RuntimeError) as error:
        return type(error).__name__


def products(A, B):
    """The product of two matrices, entry by entry, in Python's floats."""
    columns = B.T.tolist()
    rows = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in A.tolist()]
    return torch.tensor(rows, dtype=A.dtype).reshape(len(A), B.shape[1])


@pytest.fixture
def orthogonal(randn):
    """orthogonal(4): a random orthogonal matrix, float64."""
    return lambda n: torch.linalg.qr(randn(n, n, dtype=torch.float64)).Q


@pytest.fixture
def symmetric(orthogonal):
    """symmetric([3.0, 1.0]): a symmetric matrix with these eigenvalues in random directions, float64."""

    def symmetric(eigenvalues):
        Q = orthogonal(len(eigenvalues))
        A = Q @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ Q.T
        return (A + A.T) / 2

    return symmetric


@pytest.fixture
def permutation(generator):
    """permutation(5): a random permutation, as a list, that is not its own inverse."""

    def permutation(n):
        while True:
            perm = torch.randperm(n, generator=generator)
            if not torch.equal(perm[perm], torch.arange(n)):
                return perm.tolist()

    return permutation


def definite(run, generator, yes, no):
    """is_positive_definite accepts these matrices and refuses those, asked about in a drawn order."""
    order, matrices = shuffled(generator, range(len(yes) + len(no))), [torch.as_tensor(A) for A in (*yes, *no)]
    close(run(lambda impl: [impl.is_positive_definite(matrices[i]) for i in order]), [i < len(yes) for i in order])


@pytest.fixture
def factor(generator):
    """A whole number above 1, so that results on paper stay exact."""
    return draw_int(generator, 2, 99)


@pytest.mark.exercise("frobenius_norm")
class TestFrobeniusNorm:
    @standard(
        promise.untouched,
        promise.float64_transposed(id="float64_not_contiguous"),
        promise.gradients("A"),
    )
    def arguments(self, randn, chance):
        return {"A": randn(*chance.sample(range(2, 8), 3))}

    @pytest.mark.points(2)
    def test_norm(self, run, randn):
        """Returns the root of the sum of squares, as torch does.
        返回平方和的平方根，与 torch 一致。"""
        matrices = randn(3, 4), 2 * randn(5, 2) + 1
        found = run(lambda impl: [impl.frobenius_norm(A) for A in matrices])
        close(found, [torch.linalg.matrix_norm(A, "fro") for A in matrices])

    def test_on_paper(self, run, factor):
        """Agrees with pencil and paper for an entry, a row, a column and the book's matrix of ones.
        与手算的结果一致：单个元素、一行、一列，以及书中元素全为 1 的矩阵。"""
        matrices = [[-3.0]], [[3.0, -4.0]], [[2.0], [3.0], [6.0]], [[1.0] * 9] * 4, [[1.0, 0.0], [0.0, 1.0]]
        found = run(lambda impl: [impl.frobenius_norm(f * torch.tensor(A)) for f in (1, factor) for A in matrices])
        close(found, [f * torch.tensor(norm) for f in (1, factor) for norm in (3.0, 5.0, 7.0, 6.0, math.sqrt(2))])

    def test_rotation(self, run, randn, orthogonal):
        """Does not change with a rotation, a transposition or another sign. A factor multiplies the norm.
        旋转、转置或变号不改变范数；矩阵乘以常数，范数按绝对值缩放。"""
        A, Q = randn(4, 3, dtype=torch.float64), orthogonal(4)
        found = run(lambda impl: [impl.frobenius_norm(B) for B in (A, Q @ A, A.T, -A, -3 * A)])
        expected = torch.linalg.matrix_norm(A)
        close(found, [expected, expected, expected, expected, 3 * expected])

    def test_zeros_and_empty(self, run, factor):
        """Returns 0 for a matrix of zeros and for a matrix without entries.
        零矩阵和空矩阵的范数为 0。"""
        matrices = torch.zeros(2, factor), torch.empty(0, 3), torch.eye(factor)
        found = run(lambda impl: [impl.frobenius_norm(A) for A in matrices])
        close(found, [torch.tensor(0.0), torch.tensor(0.0), torch.tensor(math.sqrt(factor))])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("lp_norm")
class TestLpNorm:
    @standard(
        promise.untouched,
        promise.float64_transposed(id="float64_not_contiguous"),
        promise.gradients("x"),
        call=lambda impl, x: [impl.lp_norm(x, p) for p in (1, 2, 3, 4.5, math.inf)],
    )
    def arguments(self, randn, chance):
        return {"x": randn(chance.randint(4, 8))}

    @pytest.mark.points(2)
    def test_norms(self, run, randn):
        """Agrees with torch for whole and fractional p.
        p 为整数或小数时，都与 torch 一致。"""
        x, powers = 2 * randn(6), (1, 2, 3, 1.5, 2.0, 4)
        found = run(lambda impl: [impl.lp_norm(x, p) for p in powers])
        close(found, [torch.linalg.vector_norm(x, p) for p in powers])

    def test_on_paper(self, run, factor):
        """Agrees with pencil and paper for negative entries, which count by their absolute value.
        与手算的结果一致；负的元素按绝对值计入。"""
        x, y = torch.tensor([3.0, -4.0, 0.0]), torch.tensor([-3.0, -4.0, -5.0])
        pairs = (x, 1), (x, 2), (y, 3), (y, 1)
        found = run(lambda impl: [impl.lp_norm(f * v, p) for f in (1, factor) for v, p in pairs])
        close(found, [f * torch.tensor(norm) for f in (1, factor) for norm in (7.0, 5.0, 6.0, 12.0)])

    def test_maximum_norm(self, run, randn):
        """Returns the largest absolute value for p = inf, whether the entry is positive or negative.
        p = inf 时，返回绝对值的最大值，无论该元素是正是负。"""
        x = randn(5)
        given = x, -x, torch.tensor([1.0, -7.0, 6.0]), torch.tensor([-2.0, -3.0])
        found = run(lambda impl: [impl.lp_norm(v, math.inf) for v in given])
        close(found, [*[torch.linalg.vector_norm(x, math.inf)] * 2, torch.tensor(7.0), torch.tensor(3.0)])

    def test_ordered(self, run, randn):
        """Decreases with p, from the sum of the absolute values to the largest of them.
        随 p 增大而减小，从各元素绝对值之和减小到绝对值的最大值。"""
        x = randn(5, dtype=torch.float64)
        powers = [1, 1.2, 2, 5, 20, 80, math.inf]
        found = run(lambda impl: [impl.lp_norm(x, p) for p in powers])
        close(found, [torch.linalg.vector_norm(x, p) for p in powers])

    def test_zeros(self, run, factor):
        """Returns 0 only for the zero vector.
        零向量的范数为 0，其他向量的范数不为 0。"""
        powers, one = (1, 2, 3, math.inf), [0.0, -float(factor), 0.0]
        found = run(lambda impl: [impl.lp_norm(torch.tensor(x), p) for p in powers for x in ([0.0] * 3, one)])
        close(found, [torch.tensor(0.0), torch.tensor(float(factor))] * 4)

    def test_one_entry(self, run, factor):
        """Returns the absolute value of a single entry for every p.
        只有一个元素时，对任何 p 都等于它的绝对值。"""
        x = torch.tensor([factor / -2])
        close(run(lambda impl: [impl.lp_norm(x, p) for p in (1, 1.5, 2, 3, math.inf)]), [-x[0]] * 5)

    @pytest.mark.bonus
    def test_large_and_small(self, run):
        """Neither overflows nor vanishes if only the powers are too large or too small for float32.
        只有幂超出 float32 的范围时，结果既不溢出也不变为零。"""
        x = torch.tensor([3.0, -4.0, 0.0])
        found = run(lambda impl: [impl.lp_norm(s * x, 2) / s for s in (1e30, 1e-30)] + [impl.lp_norm(100 * x, 60)])
        close(found, [torch.tensor(5.0), torch.tensor(5.0), torch.tensor(400.0)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("mean_keepdims")
class TestMeanKeepdims:
    @standard(
        promise.untouched,
        promise.float64_transposed(id="float64_not_contiguous"),
        promise.gradients("A", points=1),
        call=lambda impl, A, axes: [impl.mean_keepdims(A, axis, keep) for axis in (1, axes) for keep in (False, True)],
    )
    def arguments(self, randn, chance):
        return {"A": randn(*chance.sample(range(2, 8), 3)), "axes": chance.choice([[2, -3], [0, 2]])}

    @pytest.mark.points(2)
    def test_one_axis(self, run, randn):
        """Returns the means over each axis, without that axis.
        沿每个轴求均值，并去掉该轴。"""
        A = randn(2, 3, 5)
        close(run(lambda impl: [impl.mean_keepdims(A, i) for i in range(3)]), [A.mean(dim=i) for i in range(3)])

    @pytest.mark.points(2)
    def test_keepdims(self, run, randn):
        """Keeps the axis with size 1 if keepdims is True.
        keepdims 为 True 时保留该轴，大小为 1。"""
        A = randn(4, 4, 4)
        found = run(lambda impl: [impl.mean_keepdims(A, i, keepdims=True) for i in range(3)])
        close(found, [A.mean(dim=i, keepdim=True) for i in range(3)])

    @pytest.mark.points(2)
    def test_several_axes(self, run, randn):
        """Accepts several axes in any order, as a list or a tuple.
        可以给出多个轴，顺序任意，list 或 tuple 均可。"""
        A = randn(3, 4, 3, 2)
        groups = (0, 1), [1, 2], (3, 0), [0, 2, 1], (2,), [0, 1, 2, 3]
        found = run(lambda impl: [impl.mean_keepdims(A, group, keep) for group in groups for keep in (False, True)])
        close(found, [A.mean(dim=tuple(group), keepdim=keep) for group in groups for keep in (False, True)])

    def test_negative_axes(self, run, randn):
        """Counts negative axes from the last.
        负的轴从最后一个轴数起。"""
        A = randn(3, 4, 5)
        axes = -1, -3, (-1, 0), (-2, -3), [1, -1]
        found = run(lambda impl: [impl.mean_keepdims(A, axis) for axis in axes])
        close(found, [A.mean(dim=axis) for axis in axes])

    def test_broadcasts_back(self, run, randn):
        """A minus its means has mean zero.
        减去均值之后，剩余部分的均值为零。"""
        A = randn(4, 4, dtype=torch.float64) + torch.arange(4)
        centred = run(lambda impl: [A - impl.mean_keepdims(A, axis, True) for axis in (0, 1, (0, 1))])
        close(centred, [A - A.mean(dim=axis, keepdim=True) for axis in (0, 1, (0, 1))])
        close([centred[0].sum(0), centred[1].sum(1)], [torch.zeros(4, dtype=torch.float64)] * 2, atol=1e-12)

    def test_axis_of_one(self, run, randn):
        """An axis of size 1 gives the entries themselves, and stays in other means. A vector has one axis.
        沿大小为 1 的轴求均值，得到元素本身；沿其他轴求均值时，保留这个轴。向量只有一个轴。"""
        A, x = randn(3, 1, 2), randn(5)
        calls = (A, 1, False), (A, 1, True), (A, 0, False), (A, (0, 2), True), (A, [2], False), (x, 0, False)
        found = run(lambda impl: [impl.mean_keepdims(*call) for call in calls])
        close(found, [A[:, 0], A, A.mean(0), A.mean((0, 2), keepdim=True), A.mean(2), x.mean()])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("mm")
class TestMm:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("A", "B"))
    def arguments(self, randn, chance):
        n, k, m = chance.sample(range(2, 8), 3)
        return {"A": randn(n, k), "B": randn(k, m)}

    @pytest.mark.points(2)
    def test_product(self, run, randn):
        """Agrees with torch.mm.
        与 torch.mm 一致。"""
        A, B = randn(3, 4), randn(4, 5)
        close(run(lambda impl: impl.mm(A, B)), torch.mm(A, B))

    @pytest.mark.points(2)
    def test_square(self, run, randn):
        """Multiplies square matrices in the right order.
        方阵的乘积也正确，且不弄错两个矩阵的次序。"""
        A, B = randn(3, 3), randn(3, 3)
        close(
            run(lambda impl: [impl.mm(A, B), impl.mm(B, A), impl.mm(A, A)]),
            [torch.mm(*p) for p in ((A, B), (B, A), (A, A))],
        )

    def test_on_paper(self, run, factor):
        """Agrees with pencil and paper for a rotation by ninety degrees and the identity.
        与手算的结果一致：旋转九十度的矩阵和单位矩阵。"""
        A, turn, one = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[0.0, -1.0], [1.0, 0.0]]), torch.eye(2)
        pairs = (A, turn), (turn, A), (turn, turn), (A, one), (one, A)
        products = torch.tensor([[2.0, -1.0], [4.0, -3.0]]), torch.tensor([[-3.0, -4.0], [1.0, 2.0]]), -one, A, A
        found = run(lambda impl: [impl.mm(f * X, Y) for f in (1, factor) for X, Y in pairs])
        close(found, [f * product for f in (1, factor) for product in products])

    def test_row_and_column(self, run, randn):
        """Turns a row by a column into a number and a column by a row into a matrix, also for 1 by 1.
        行乘列得到一个数，列乘行得到一个矩阵；1×1 的矩阵同样可以。"""
        row, column, number = randn(1, 4), randn(4, 1), randn(1, 1)
        pairs = (row, column), (column, row), (number, row), (column, number), (number, number)
        close(run(lambda impl: [impl.mm(*pair) for pair in pairs]), [products(*pair) for pair in pairs])

    def test_empty(self, run, randn):
        """Returns zeros for k = 0, and no rows if A has no rows.
        k = 0 时返回零矩阵；A 没有行时，结果也没有行。"""
        pairs = (randn(2, 0), randn(0, 3)), (randn(0, 2), randn(2, 3)), (randn(2, 2), randn(2, 3))
        close(run(lambda impl: [impl.mm(*pair) for pair in pairs]), [torch.mm(*pair) for pair in pairs])

    @pytest.mark.needs("product")
    def test_mismatch(self, run, randn):
        """Raises ValueError if the inner sizes differ, even if one of them is 1.
        A 的列数与 B 的行数不相等时抛出 ValueError，即使其中一个为 1。"""
        A, row, column = randn(2, 3), randn(1, 3), randn(3, 1)
        pairs = (A, A), (A, row), (column, A), (row, row), (A, column)
        found = run(lambda impl: [told(lambda p=p: impl.mm(*p)) for p in pairs])
        close(found, [*["ValueError"] * 4, torch.mm(A, column)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("is_positive_definite")
class TestIsPositiveDefinite:
    @standard(promise.untouched, call=lambda impl, A: [impl.is_positive_definite(B) for B in (A, -A)])
    def arguments(self, symmetric):
        return {"A": symmetric([1.0, 2.0, 3.0])}

    @pytest.mark.points(2)
    def test_eigenvalues(self, run, generator, symmetric):
        """Is True if all eigenvalues are positive, False if an eigenvalue is negative.
        特征值全为正时为 True，有负的特征值时为 False。"""
        positive = [3.0, 1.0, 0.5], [0.2, 0.3, 0.4, 5.0], [0.1, 8.0], [2.0, 7.0, 1.5]
        others = [3.0, 1.0, -0.5], [-0.01, 2.0, 3.0, 9.0], [-1.0, -2.0], [-4.0, 0.5, 1.0]
        definite(run, generator, [symmetric(s) for s in positive * 2], [symmetric(s) for s in others * 2])

    def test_signs_of_entries(self, run, generator, randn):
        """Accepts negative entries where they do no harm. Positive entries alone are not enough.
        有负的元素也可能正定；元素全为正也未必正定。"""
        scales = (1 + randn(3).abs()).tolist()
        yes = [[2.0, -1.0], [-1.0, 2.0]], [[1.0, 0.0], [0.0, 4.0]], [[3.0, 0.0], [0.0, 1.0]]
        no = [[1.0, 2.0], [2.0, 1.0]], [[0.5, 1.0], [1.0, 1.0]], [[3.0, 0.0], [0.0, -1.0]]
        definite(run, generator, *([s * torch.tensor(A) for s in scales for A in matrices] for matrices in (yes, no)))

    def test_determinant(self, run, generator):
        """Does not rely on a positive determinant, which two negative eigenvalues also give.
        行列式为正还不够：两个负的特征值也会使行列式为正。"""
        identities = [torch.eye(n) for n in (2, 3, 4, 5, 6)]
        definite(run, generator, identities, [-A for A in identities])

    @pytest.mark.points(2)
    def test_semi_definite(self, run, generator):
        """Is False if an eigenvalue is zero: x^T A x is 0 in its direction.
        有为零的特征值时为 False：沿它的方向，x^T A x 等于 0。"""
        scales = 2.0 ** torch.arange(-1, 2)
        block, one = torch.tensor([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 0.0]]), torch.eye(2)
        yes = [s * A for s in scales for A in (2 * one, torch.diag(torch.tensor([2.0, 1.0])), block[:2, :2])]
        definite(run, generator, yes, [s * A for s in scales for A in (one * one[0], block, 0 * one)])

    def test_single_entry(self, run, generator, randn):
        """Is True for a matrix of one entry if the entry is positive.
        只有一个元素的矩阵，该元素为正时才正定。"""
        positive = [1e-3, *(0.1 + randn(6).abs()).tolist()]
        definite(run, generator, [[[x]] for x in positive], [[[x]] for x in (0.0, *(-y for y in positive))])

    def test_not_symmetric(self, run, generator, symmetric):
        """Is False for a matrix that is not symmetric, even if its eigenvalues are positive.
        矩阵不对称时为 False，即使特征值都为正。"""
        matrices = [symmetric([2.0, 3.0, 4.0]) for _ in range(5)]
        definite(run, generator, matrices, [part(A) for A in matrices for part in (torch.triu, torch.tril)])

    def test_rounding(self, run, generator, randn):
        """Tolerates rounding: a product counts as symmetric if it is symmetric on paper.
        容许舍入误差：理论上对称的乘积算作对称。"""
        matrices = [B.T @ B + 0.5 * torch.eye(4) for B in randn(6, 6, 4)]
        for A in matrices:
            A[0, 1] *= 1 + 2e-7
        definite(run, generator, matrices, [-A for A in matrices])

    def test_float64_scaled(self, run, generator, symmetric):
        """Does not depend on the scale of A, in float64 and in float32.
        与 A 的整体缩放无关，float64 和 float32 都是如此。"""
        yes, no = ([symmetric([value, 2.0, 5.0]) for _ in range(2)] for value in (1.0, -0.01))
        definite(run, generator, *([B for A in group for B in (1e-12 * A, 1e6 * A, A.float())] for group in (yes, no)))

    @pytest.mark.bonus
    def test_semi_definite_but_for_rounding(self, run):
        """Is False if rounding turns an eigenvalue of zero into a positive number.
        舍入误差使为零的特征值变为正数时，结果仍为 False。"""
        singular = [2 * torch.ones(2, 2), *(n * torch.eye(n) - torch.ones(n, n) for n in range(3, 9))]
        given = [scale * A for scale in (2**-20, 2**20, 2**24) for A in singular]
        found = run(lambda impl: [impl.is_positive_definite(A) for A in (*given, torch.eye(4) + torch.ones(4, 4))])
        close(found, [False] * 21 + [True])


@pytest.mark.exercise("permutation_matrix")
class TestPermutationMatrix:
    @pytest.mark.points(2)
    def test_reorders(self, run, randn, permutation):
        """P @ x has the entries of x in the order of the permutation.
        P @ x 按置换的顺序排列 x 的元素。"""
        perm, x = permutation(6), randn(6)
        found = run(lambda impl: [impl.permutation_matrix(perm) @ x, impl.permutation_matrix(CYCLE) @ x[:3]])
        close(found, [x[perm], x[CYCLE]])

    def test_on_paper(self, run, permutation):
        """Row i has its 1 in column perm[i].
        第 i 行的 1 在第 perm[i] 列。"""
        expected = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
        perm = permutation(9)
        found = run(lambda impl: [impl.permutation_matrix(p) for p in (CYCLE, perm)])
        close(found, [expected, one_hot(torch.tensor(perm)).float()])

    def test_identity(self, run, factor):
        """Returns the identity for numbers in their own order, and [[1]] for n = 1.
        恒等置换得到单位矩阵；n = 1 时得到 [[1]]。"""
        found = run(lambda impl: [impl.permutation_matrix(list(range(n))) for n in (1, 2, factor)])
        close(found, [torch.eye(n) for n in (1, 2, factor)])

    def test_rows_and_columns(self, run, randn, permutation):
        """P from the left reorders the rows of a matrix. Its transpose from the right reorders the columns.
        左乘 P 重排矩阵的行；右乘 P 的转置重排矩阵的列。"""
        perm, A = permutation(5), randn(5, 5)
        found = run(lambda impl: [impl.permutation_matrix(perm) @ A, A @ impl.permutation_matrix(perm).T])
        close(found, [A[perm], A[:, perm]])

    def test_inverse(self, run, randn, permutation):
        """P.T is the inverse of P and the matrix of the inverse permutation.
        P.T 是 P 的逆矩阵，也是逆置换的矩阵。"""
        perm, x = permutation(5), randn(5)
        back = sorted(range(5), key=perm.__getitem__)

        def probe(impl):
            P = impl.permutation_matrix(perm)
            return P @ P.T, P.T @ x, impl.permutation_matrix(back)

        close(run(probe), (torch.eye(5), x[back], torch.eye(5)[back]))

    @pytest.mark.needs("reorders")
    def test_repeated(self, run, permutation):
        """Raises ValueError if a number occurs twice.
        某个数出现两次时抛出 ValueError。"""
        right = permutation(6)
        perms = [0, 0], [1, 1, 1], [0, 1, 2, 0], [*right[:5], right[0]], right
        found = run(lambda impl: [told(lambda p=p: impl.permutation_matrix(p)) for p in perms])
        close(found, [*["ValueError"] * 4, torch.eye(6)[right]])

    @pytest.mark.needs("reorders")
    def test_out_of_range(self, run, permutation):
        """Raises ValueError if a number is too large or negative.
        数过大或为负时抛出 ValueError。"""
        right = permutation(6)
        perms = [1, 2], [0, 3, 1], [-1], [0, -1, 2], [-1, 3, 1], [3, 3], [i + 1 for i in right], right
        found = run(lambda impl: [told(lambda p=p: impl.permutation_matrix(p)) for p in perms])
        close(found, [*["ValueError"] * 7, torch.eye(6)[right]])

    @pytest.mark.needs("reorders")
    def test_arguments_untouched(self, agree, permutation):
        """Leaves a list as it was, and accepts a tuple.
        不修改传入的 list；也可以传入 tuple。"""
        perm, other = permutation(6), tuple(permutation(5))
        agree(lambda impl: (impl.permutation_matrix(perm), impl.permutation_matrix(other), perm))
