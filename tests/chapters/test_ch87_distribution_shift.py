"""ch87: label_shift_prior, label_shift_weights, covariate_shift_weights."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import norm

from dlgrade.testing import close, promise, standard, value_or_error


@pytest.fixture
def shares(generator):
    """shares(k): k positive numbers with sum 1, float64, none of them small."""

    def draw(k, low=0.3):
        numbers = low + torch.rand(k, generator=generator, dtype=torch.float64)
        return numbers / numbers.sum()

    return draw


@pytest.fixture
def confusion(shares, generator):
    """confusion(k): a well-conditioned matrix (k, k), float64. Its columns sum to 1, its rows do not."""

    def draw(k):
        right = torch.rand(k, generator=generator, dtype=torch.float64) * 0.25 + 0.65
        C = torch.diag(right)
        for j in range(k):
            others = [i for i in range(k) if i != j]
            if others:
                C[others, j] = (1 - right[j]) * shares(k - 1)
        return C

    return draw


def solved(C, mu):
    """numpy's solution in float64, clipped and divided by its sum."""
    q = np.linalg.solve(C.double().numpy(), mu.double().numpy()).clip(min=0)
    return torch.from_numpy(q / q.sum()).to(C.dtype)


@pytest.mark.exercise("label_shift_prior")
class TestLabelShiftPrior:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, confusion, shares, chance):
        k = chance.randint(3, 6)
        C = confusion(k)
        return {"C": C.float(), "mu": (C @ shares(k)).float()}

    @pytest.mark.points(2)
    def test_shares(self, run, confusion, shares, chance):
        """Solves C q = mu for the shares of the labels.
        由 C q = mu 解出各标签的比例。"""
        cases = []
        for k in chance.sample(range(3, 8), 3):
            C = confusion(k)
            cases.append((C.float(), (C @ shares(k)).float()))
        close(run(lambda impl: [impl.label_shift_prior(*case) for case in cases]), [solved(*case) for case in cases])

    def test_two_labels(self, run, chance):
        """Solves the system of two labels.
        求解两个标签的方程组。"""
        cases, expected = [], []
        for _ in range(3):
            a, b, share = chance.uniform(0.6, 0.95), chance.uniform(0.05, 0.35), chance.uniform(0.1, 0.9)
            first = b + (a - b) * share
            cases.append((torch.tensor([[a, b], [1 - a, 1 - b]]), torch.tensor([first, 1 - first])))
            expected.append(torch.tensor([share, 1 - share]))
        close(run(lambda impl: [impl.label_shift_prior(*case) for case in cases]), expected)

    def test_certain_classifiers(self, run, shares, chance):
        """A classifier that is always right gives mu, and a classifier that swaps labels gives mu in another order.
        总是正确的分类器得到 mu；固定混淆标签的分类器得到换了顺序的 mu。"""
        k = chance.randint(3, 6)
        mu, shift = shares(k).float(), chance.randint(1, k - 1)
        cases = [(torch.eye(k), mu), (torch.eye(k).roll(shift, dims=0), mu)]
        found = run(lambda impl: [impl.label_shift_prior(*case) for case in cases])
        close(found, [mu, mu.roll(-shift)])

    @pytest.mark.points(2)
    def test_negative_solutions(self, run, confusion, shares, chance):
        """Negative shares become 0, and the others are divided by their sum.
        负的比例变为 0，其余的比例除以它们的和。"""
        cases = []
        while len(cases) < 4:
            k = chance.randint(3, 6)
            C, q = confusion(k), shares(k)
            for j in chance.sample(range(k), chance.randint(1, 2)):
                q[j] = -chance.uniform(0.02, 0.06)
            mu = C @ (q / q.sum())
            if mu.min() > 0.005:
                cases.append((C.float(), mu.float()))
        close(run(lambda impl: [impl.label_shift_prior(*case) for case in cases]), [solved(*case) for case in cases])

    def test_numbers_of_labels(self, run, confusion, shares, chance):
        """Accepts any number of labels, also a single label.
        标签的个数可以是任意的，也可以只有一个标签。"""
        cases = []
        for k in (1, 2, chance.randint(10, 30)):
            C = confusion(k) if k > 1 else torch.ones(1, 1)
            cases.append((C.float(), (C.double() @ shares(k)).float()))
        close(run(lambda impl: [impl.label_shift_prior(*case) for case in cases]), [solved(*case) for case in cases])

    def test_singular_matrices(self, run, confusion, shares, chance):
        """Raises RuntimeError or ValueError if all columns of C are equal.
        C 的各列都相等时抛出 RuntimeError 或 ValueError。"""
        columns = [[0.5, 0.5], [0.5, 0.25, 0.25], [0.5, 0.125, 0.25, 0.125]]  # elimination is exact
        for column in columns:
            chance.shuffle(column)
        singular = [(torch.tensor(c).unsqueeze(1).repeat(1, len(c)), torch.tensor(c)) for c in columns]
        k = chance.randint(2, 5)
        C = confusion(k)
        regular = C.float(), (C @ shares(k)).float()

        def refused(impl, case):
            found = value_or_error(impl.label_shift_prior, *case)
            return "RuntimeError or ValueError" if found in ("RuntimeError", "ValueError") else found

        found = run(lambda impl: [impl.label_shift_prior(*regular), [refused(impl, case) for case in singular]])
        close(found, [solved(*regular), ["RuntimeError or ValueError"] * 3])


@pytest.mark.exercise("label_shift_weights")
class TestLabelShiftWeights:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, shares, chance):
        k = chance.randint(3, 9)
        return {"q": shares(k).float(), "p": shares(k).float()}

    @pytest.mark.points(2)
    def test_ratios(self, run, shares, chance):
        """Divides the shares of the target by those of the source.
        用目标分布中的比例除以源分布中的比例。"""
        cases = [(shares(k).float(), shares(k).float()) for k in chance.sample(range(2, 12), 3)]
        expected = [torch.tensor([a / b for a, b in zip(*map(torch.Tensor.tolist, c), strict=True)]) for c in cases]
        close(run(lambda impl: [impl.label_shift_weights(*case) for case in cases]), expected)

    def test_equal_shares(self, run, shares, chance):
        """Labels with equal shares in both have the weight 1.
        在两个分布中比例相同的标签，权重为 1。"""
        k = chance.randint(4, 9)
        p = shares(k).float()
        q = p.clone()
        a, b = chance.sample(range(k), 2)
        q[a], q[b] = p[a] / 4, p[b] + 0.75 * p[a]
        expected = torch.ones(k)
        expected[a], expected[b] = 0.25, q[b] / p[b]
        close(run(lambda impl: [impl.label_shift_weights(*case) for case in ((q, p), (p, p))]), [expected, p / p])

    def test_labels_that_vanish(self, run, shares, chance):
        """A label that the target lacks has the weight 0.
        目标分布中没有的标签，权重为 0。"""
        k = chance.randint(3, 7)
        p, q = shares(k).float(), shares(k).float()
        q[chance.randrange(k)] = 0
        close(run(lambda impl: impl.label_shift_weights(q / q.sum(), p)), q / q.sum() / p)

    def test_rare_labels(self, run, shares, chance):
        """A label that is rare in the source has a large weight.
        源分布中罕见的标签，权重很大。"""
        cases = []
        for _ in range(3):
            k = chance.randint(3, 6)
            p, q = shares(k), shares(k)
            p[chance.randrange(k)] = 10 ** chance.uniform(-7, -4)
            cases.append(((q / q.sum()).float(), (p / p.sum()).float()))
        close(run(lambda impl: [impl.label_shift_weights(*case) for case in cases]), [q / p for q, p in cases])

    @pytest.mark.points(2)
    def test_missing_labels(self, run, shares, chance):
        """Raises ValueError if the source lacks a label, also if the target lacks it too.
        源分布缺少某个标签时抛出 ValueError；目标分布也缺少它时同样如此。"""
        k = chance.randint(3, 6)
        p, q = shares(k).float(), shares(k).float()
        cases = []
        for j, both in ((0, False), (chance.randrange(1, k), False), (chance.randrange(1, k), True)):
            source, target = p.clone(), q.clone()
            source[j] = 0
            target[j] *= 1 - both
            cases.append((target / target.sum(), source / source.sum()))
        chance.shuffle(cases)

        def probe(impl):
            return impl.label_shift_weights(q, p), [value_or_error(impl.label_shift_weights, *case) for case in cases]

        close(run(probe), (q / p, ["ValueError"] * 3))


def ratios(h, clip=10.0):
    """The weights, number by number, in float64."""
    weights = [clip if score > 700 else min(math.exp(score), clip) for score in h.reshape(-1).tolist()]
    return torch.tensor(weights, dtype=h.dtype).reshape(h.shape)


@pytest.mark.exercise("covariate_shift_weights")
class TestCovariateShiftWeights:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, randn, chance):
        return {"logits": 2 * randn(*chance.sample(range(3, 8), 2))}

    @pytest.mark.points(2)
    def test_ratio_of_gaussians(self, run, randn, chance):
        """Gives the ratio of two normal densities if the scores are those of the best classifier.
        得分来自最优分类器时，给出两个正态密度之比。"""
        x = randn(chance.randint(20, 30), dtype=torch.float64)
        scale, means = chance.uniform(0.8, 1.5), (chance.uniform(-0.5, 0), chance.uniform(0.2, 0.6))
        p, q = (torch.from_numpy(norm.pdf(x.numpy(), mean, scale)) for mean in means)
        h = (means[1] - means[0]) / scale**2 * (x - sum(means) / 2)  # P(target | x) = 1 / (1 + exp(-h))
        close(torch.sigmoid(h), q / (p + q))
        close(run(lambda impl: impl.covariate_shift_weights(h, 1000.0)), q / p)

    @pytest.mark.points(2)
    def test_clip(self, run, randn, chance):
        """Weights above clip become clip, and small weights stay.
        大于 clip 的权重变为 clip，较小的权重不变。"""
        h, clips = 3 * randn(chance.randint(20, 30)), [chance.uniform(1.5, 4), chance.uniform(0.3, 0.9), 30.0]
        h[chance.randrange(len(h))] = 5.5
        found = run(lambda impl: [impl.covariate_shift_weights(h, clip) for clip in clips])
        close(found, [ratios(h, clip) for clip in clips])

    def test_default_clip(self, run, randn, chance):
        """The largest weight is 10 by default.
        默认的最大权重是 10。"""
        h = torch.cat([randn(chance.randint(4, 9)), torch.tensor([chance.uniform(1.6, 2.2), chance.uniform(2.4, 6)])])
        close(run(lambda impl: impl.covariate_shift_weights(h)), ratios(h))

    @pytest.mark.points(2)
    def test_scores_of_any_size(self, run, randn, chance):
        """Scores of 1000 give clip, and scores of -1000 give 0.
        得分为 1000 时得到 clip，得分为 -1000 时得到 0。"""
        h = randn(chance.randint(5, 9))
        places = chance.sample(range(len(h)), 4)
        h[places] = torch.tensor([1000.0, -1000.0, chance.uniform(90, 300), -chance.uniform(110, 300)])
        clip = chance.uniform(20, 90)
        close(run(lambda impl: impl.covariate_shift_weights(h, clip)), ratios(h, clip))

    def test_large_clip(self, run, chance):
        """Is exact to 4 digits, also for large weights.
        权重很大时，也精确到 4 位。"""
        h = torch.tensor([chance.uniform(low, low + 1) for low in (3, 6, 9, 12, 14)])
        close(run(lambda impl: impl.covariate_shift_weights(h, 1e6)), ratios(h, 1e6), rtol=1e-4)  # 4 digits

    def test_shapes(self, run, randn, chance):
        """Keeps the shape: one score, a column, three axes.
        形状不变：一个得分、一列、三个轴。"""
        cases = [2 * randn(*shape) for shape in ((), (1,), (chance.randint(2, 5), 1), (2, 3, chance.randint(2, 4)))]
        close(run(lambda impl: [impl.covariate_shift_weights(h) for h in cases]), [ratios(h) for h in cases])
