"""ch82: sigmoid, bce_loss, bce_with_logits, logistic_grad, fit_logistic, predict_label."""

import pytest
import torch

from dlgrade.testing import gradients, promise, standard, value_or_error, written_from_scratch

F64 = torch.float64


def different_shapes(chance):
    """Pairs of shapes in a drawn order: most of them differ, and some of these could be broadcast."""
    n, m = chance.sample(range(2, 6), 2)
    pairs = [((n, 1), (n,)), ((n,), (n, 1)), ((n, m), (m,)), ((n, m), (m, n)), ((n, m), (n, 1)), ((n,), (1,))]
    pairs += [((n, m), (n, m)), ((1, n), (1, n)), ((n,), ())]
    return chance.sample(pairs, len(pairs))


@pytest.mark.exercise("sigmoid")
class TestSigmoid:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("z"))
    def arguments(self, randn, chance):
        return {"z": 3 * randn(*chance.sample(range(2, 7), 2))}

    @pytest.mark.points(2)
    def test_values(self, agree, randn, chance):
        """Returns 1 / (1 + exp(-z)), for z of both signs.
        返回 1 / (1 + exp(-z))，z 可正可负。"""
        z = 4 * randn(chance.randint(20, 30))
        agree(lambda impl: impl.sigmoid(z))

    def test_shapes(self, agree, randn, chance):
        """Keeps the shape, also without axes.
        形状不变，没有轴的张量也一样。"""
        shapes = [(), (1,), tuple(chance.sample(range(2, 5), 2)), tuple(chance.sample(range(2, 5), 3))]
        zs = [3 * randn(*shape) for shape in shapes]
        agree(lambda impl: [impl.sigmoid(z) for z in zs])

    def test_zero(self, agree, randn, chance):
        """Is 1/2 at 0.
        在 0 处为 1/2。"""
        z = randn(chance.randint(5, 9))
        z[1:4] = 0
        agree(lambda impl: impl.sigmoid(z))

    def test_large_magnitudes(self, agree, randn, chance):
        """Approaches 0 and 1 far from 0, without overflow.
        远离 0 时趋于 0 和 1，不溢出。"""
        z = torch.cat([1000 * randn(chance.randint(5, 9)), torch.tensor([1000.0, -1000, 1e4, -1e4]), randn(5)])
        agree(lambda impl: [impl.sigmoid(z), impl.sigmoid(z.double())])

    @pytest.mark.points(2)
    def test_values_near_zero(self, agree, generator):
        """Values near 0 are as precise as others.
        接近 0 的值与其他值一样精确。"""
        u = torch.rand(8, generator=generator)
        z, deep = -20 - 60 * u, -50 - 600 * u.double()  # within the normal numbers of each dtype
        agree(lambda impl: [impl.sigmoid(z).log(), impl.sigmoid(deep).log()])

    @pytest.mark.points(2)
    def test_gradients_far_out(self, agree, randn, chance):
        """Gradients are finite for large magnitudes, and right for small ones.
        绝对值很大时梯度是有限的；绝对值较小时梯度正确。"""
        z = torch.cat([torch.tensor([1000.0, -1000, 300, -300]), 3 * randn(chance.randint(5, 9)), 500 * randn(3)])
        agree(lambda impl: gradients(impl.sigmoid, z))

    test_from_scratch = written_from_scratch


@pytest.fixture
def probabilities(generator):
    """probabilities(4, 3) returns probabilities between 0.05 and 0.95, and labels of 0 and 1; both occur."""

    def draw(*shape, dtype=torch.float32):
        y_hat = 0.05 + 0.9 * torch.rand(shape, generator=generator, dtype=dtype)
        y = (torch.rand(shape, generator=generator) < 0.4).to(dtype)
        if y.numel() > 1:
            y.view(-1)[:2] = torch.tensor([0.0, 1.0])
        return y_hat, y

    return draw


@pytest.mark.exercise("bce_loss")
class TestBceLoss:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("y_hat", "y", id="one_example"),
        promise.gradients("y_hat"),
    )
    def arguments(self, probabilities, chance):
        return dict(zip(("y_hat", "y"), probabilities(*chance.sample(range(3, 7), 2)), strict=True))

    @pytest.mark.points(2)
    def test_labels(self, agree, probabilities, chance):
        """Returns the mean over n probabilities, for labels of 0 and 1.
        标签为 0 或 1 时，返回 n 个概率的平均损失。"""
        y_hat, y = probabilities(chance.randint(7, 15))
        agree(lambda impl: impl.bce_loss(y_hat, y))

    def test_matrix(self, agree, probabilities, chance):
        """Takes the mean over all elements of a matrix.
        对矩阵的全部元素求平均。"""
        y_hat, y = probabilities(*chance.sample(range(3, 8), 2))
        agree(lambda impl: impl.bce_loss(y_hat, y))

    @pytest.mark.points(2)
    def test_soft_labels(self, agree, probabilities, chance):
        """Accepts labels between 0 and 1.
        标签可以在 0 与 1 之间。"""
        n = chance.randint(7, 15)
        (y_hat, _), (y, _) = probabilities(n), probabilities(n)
        agree(lambda impl: impl.bce_loss(y_hat, y))

    @pytest.mark.points(2)
    def test_certain_predictions(self, agree, probabilities, chance):
        """Is finite if a probability is exactly 0 or 1: log(0) counts as -100.
        概率恰好为 0 或 1 时，损失是有限的：log(0) 按 -100 计算。"""
        y_hat, y = probabilities(chance.randint(9, 15))
        cases = []
        for label in (0.0, 1.0):
            for p in (0.0, 1.0):
                mixed = (y_hat.clone(), y.clone())
                mixed[0][3], mixed[1][3] = p, label
                cases.append(mixed)
        agree(lambda impl: [impl.bce_loss(*case) for case in cases])

    def test_small_probabilities(self, agree, probabilities, chance):
        """Clamps logarithms below -100, and no others.
        只截断小于 -100 的对数。"""
        cases = []
        for exponent in chance.sample((9, 20, 35, 60), 4):
            y_hat, y = probabilities(chance.randint(3, 6), dtype=F64)
            y_hat[1], y[1] = 10.0**-exponent * chance.uniform(1, 5), 1.0
            cases.append((y_hat, y))
        agree(lambda impl: [impl.bce_loss(*case) for case in cases])

    def test_single_number(self, agree, probabilities):
        """Accepts tensors without axes.
        可以传入没有轴的张量。"""
        cases = [probabilities() for _ in range(4)]
        agree(lambda impl: [impl.bce_loss(*case) for case in cases])

    def test_shapes_that_differ(self, agree, probabilities, chance):
        """Raises ValueError if the shapes differ, even if they could be broadcast.
        形状不同时抛出 ValueError，即使可以广播。"""
        cases = [(probabilities(*left)[0], probabilities(*right)[1]) for left, right in different_shapes(chance)]
        agree(lambda impl: [value_or_error(impl.bce_loss, *case) for case in cases])

    test_from_scratch = written_from_scratch


@pytest.fixture
def scores(randn, probabilities):
    """scores(4, 3) returns logits, and labels of 0 and 1."""

    def draw(*shape, dtype=torch.float32):
        return 2 * randn(*shape, dtype=dtype), probabilities(*shape, dtype=dtype)[1]

    return draw


@pytest.mark.exercise("bce_with_logits")
class TestBceWithLogits:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("z", "y", id="one_example"),
        promise.gradients("z"),
    )
    def arguments(self, scores, chance):
        return dict(zip(("z", "y"), scores(*chance.sample(range(3, 7), 2)), strict=True))

    @pytest.mark.points(2)
    def test_labels(self, agree, scores, chance):
        """Returns the mean over n logits, for labels of 0 and 1.
        标签为 0 或 1 时，返回 n 个 logits 的平均损失。"""
        z, y = scores(chance.randint(7, 15))
        agree(lambda impl: impl.bce_with_logits(z, y))

    def test_matrix(self, agree, scores, chance):
        """Takes the mean over all elements of a matrix.
        对矩阵的全部元素求平均。"""
        z, y = scores(*chance.sample(range(3, 8), 2))
        agree(lambda impl: impl.bce_with_logits(z, y))

    @pytest.mark.points(2)
    def test_soft_labels(self, agree, scores, probabilities, chance):
        """Accepts labels between 0 and 1.
        标签可以在 0 与 1 之间。"""
        n = chance.randint(7, 15)
        z, y = scores(n)[0], probabilities(n)[0]
        agree(lambda impl: impl.bce_with_logits(z, y))

    @pytest.mark.points(2)
    def test_large_logits(self, agree, scores, chance):
        """Is exact for logits such as 10000 and -10000; nothing is clamped.
        对 10000 和 -10000 这样的 logits 也是准确的，不做任何截断。"""
        cases = []
        for size in (60.0, 120.0, 1000.0, 10000.0):
            z, y = scores(chance.randint(4, 8), dtype=F64)
            cases.append((size * z.sign() * (1 + z.abs()), y))
        agree(lambda impl: [impl.bce_with_logits(*case) for case in cases])

    @pytest.mark.points(2)
    def test_gradients_far_out(self, agree, scores, chance):
        """Gradients are (sigmoid(z) - y) / n also for large logits.
        logits 很大时，梯度也是 (sigmoid(z) - y) / n。"""
        z, y = scores(chance.randint(8, 12))
        z[:4] = chance.uniform(1, 2) * torch.tensor([10000.0, -10000, -200, 200])
        y[:4] = torch.tensor(chance.sample([0.0, 1.0, 1.0, 0.0], 4))

        agree(lambda impl: [impl.bce_with_logits(z, y), *gradients(lambda z: impl.bce_with_logits(z, y), z)])

    @pytest.mark.bonus
    def test_losses_near_zero(self, agree, generator):
        """Losses near 0 are as precise as others.
        接近 0 的损失与其他损失一样精确。"""
        z = 30 + 60 * torch.rand(5, generator=generator, dtype=F64)
        y = torch.ones(1, dtype=F64)
        agree(lambda impl: [torch.as_tensor(impl.bce_with_logits(logit[None], y)).log() for logit in z])

    def test_single_number(self, agree, scores):
        """Accepts tensors without axes.
        可以传入没有轴的张量。"""
        cases = [scores() for _ in range(4)]
        agree(lambda impl: [impl.bce_with_logits(*case) for case in cases])

    def test_shapes_that_differ(self, agree, scores, chance):
        """Raises ValueError if the shapes differ, even if they could be broadcast.
        形状不同时抛出 ValueError，即使可以广播。"""
        cases = [(scores(*left)[0], scores(*right)[1]) for left, right in different_shapes(chance)]
        agree(lambda impl: [value_or_error(impl.bce_with_logits, *case) for case in cases])

    test_from_scratch = written_from_scratch


@pytest.fixture
def data(randn, chance):
    """data() returns inputs (N, d) and labels of 0 and 1; N and d differ, and both labels occur."""

    def draw(n=None, d=None, dtype=F64):
        n, d = n or chance.randint(8, 15), d or chance.randint(2, 5)
        X = randn(n, d, dtype=dtype) + 0.5
        y = (X.sum(dim=1) + randn(n, dtype=dtype) > 0.5 * d).to(dtype)
        if n > 1:
            y[:2] = torch.tensor([0.0, 1.0])
        return X, y

    return draw


@pytest.mark.exercise("logistic_grad")
class TestLogisticGrad:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X", "y", id="one_example"),
    )
    def arguments(self, data, randn):
        X, y = data(dtype=torch.float32)
        return {"X": X, "y": y, "w": randn(X.shape[1])}

    @pytest.mark.points(2)
    def test_gradient(self, agree, data, randn):
        """Returns the mean of (y_hat - y) x over all examples.
        返回 (y_hat - y) x 对全部样本的平均值。"""
        cases = [(X, y, randn(X.shape[1], dtype=F64)) for X, y in (data() for _ in range(3))]
        agree(lambda impl: [impl.logistic_grad(*case) for case in cases])

    def test_column_of_ones(self, agree, data, randn):
        """The first entry is the mean of y_hat - y if the first column of X is 1.
        X 的第一列全为 1 时，第一个元素是 y_hat - y 的平均值。"""
        X, y = data(d=4)
        X[:, 0], w = 1, randn(4, dtype=F64)
        agree(lambda impl: impl.logistic_grad(X, y, w))

    def test_weights_of_zero(self, agree, data):
        """With w = 0 every prediction is 1/2.
        w = 0 时，每个预测都是 1/2。"""
        X, y = data()
        agree(lambda impl: impl.logistic_grad(X, y, torch.zeros_like(X[0])))

    def test_one_feature(self, agree, data, randn):
        """Accepts a single feature.
        可以只有一个特征。"""
        X, y = data(d=1)
        w = randn(1, dtype=F64)
        agree(lambda impl: impl.logistic_grad(X, y, w))

    @pytest.mark.points(2)
    def test_large_scores(self, agree, data, randn):
        """Is finite for X @ w of any size, for right and wrong predictions.
        不论 X @ w 有多大，预测是否正确，结果都是有限的。"""
        X, y = data()
        w = randn(X.shape[1], dtype=F64)
        agree(lambda impl: [impl.logistic_grad(X, y, size * w) for size in (30, -30, 5000, -5000)])

    def test_perfect_fit(self, agree, data, randn):
        """Is small if all examples are classified with certainty, and larger if one of them is wrong.
        所有样本都有把握地分对时，梯度很小；有一个分错时较大。"""
        X, _ = data()
        w = 5 * randn(X.shape[1], dtype=F64)
        y = (X @ w > 0).to(F64)
        other = torch.cat([1 - y[:1], y[1:]])
        agree(lambda impl: [impl.logistic_grad(X, labels, w) for labels in (y, other)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("fit_logistic")
class TestFitLogistic:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, data, chance):
        X, y = data(dtype=torch.float32)
        return {"X": X, "y": y, "lr": chance.uniform(0.1, 0.3), "epochs": chance.randint(3, 6)}

    @pytest.mark.points(2)
    def test_one_step(self, agree, data, chance):
        """Makes a step from weights of 0; the intercept comes first.
        从全零的权重出发走一步；截距在最前面。"""
        cases = [(*data(), chance.uniform(0.3, 0.9), 1) for _ in range(3)]
        agree(lambda impl: [impl.fit_logistic(*case) for case in cases])

    @pytest.mark.points(2)
    def test_several_steps(self, agree, data, chance):
        """Makes a step in each epoch, with all examples.
        每个迭代周期用全部样本走一步。"""
        cases = [(*data(), chance.uniform(0.3, 0.9), chance.randint(4, 9)) for _ in range(3)]
        agree(lambda impl: [impl.fit_logistic(*case) for case in cases])

    def test_series_example(self, agree, chance):
        """Fits the inputs 1, 2, 3 with the labels 0, 0, 1, and other inputs likewise.
        拟合输入 1、2、3 与标签 0、0、1；其他输入也一样。"""
        y = torch.tensor([0.0, 0, 1], dtype=F64)
        x = chance.uniform(-1, 2)
        rows = [1.0, 2.0, 3.0], [x, x + chance.uniform(0.5, 1), x + 2]
        Xs = [torch.tensor(row, dtype=F64)[:, None] for row in rows]
        agree(lambda impl: [impl.fit_logistic(X, y, 0.01, 500) for X in Xs])

    def test_many_steps(self, agree, data, chance):
        """Approaches the minimum.
        趋于最小值。"""
        X, y = data(n=20, d=2)
        y[2:8] = 1 - y[2:8]
        lr = chance.uniform(0.4, 0.6)
        agree(lambda impl: impl.fit_logistic(X, y, lr, 300))

    def test_separable_data(self, agree, data, chance):
        """The weights are finite on separable data, even with a large learning rate.
        数据可分时权重也是有限的，学习率很大时也一样。"""
        X, _ = data(d=2)
        X[:, 0] += 3 * X[:, 0].sign()
        y, lr = (X[:, 0] > 0).to(F64), chance.uniform(100, 900)
        agree(lambda impl: [impl.fit_logistic(X, y, rate, 40) for rate in (1.0, lr)])

    def test_constant_feature(self, agree, data, chance):
        """Accepts a feature that is the same for all examples.
        某个特征可以对所有样本都相同。"""
        X, y = data(d=3)
        X[:, 1], lr = chance.uniform(1, 3), chance.uniform(0.2, 0.4)
        agree(lambda impl: impl.fit_logistic(X, y, lr, 5))

    def test_single_class(self, agree, data, chance):
        """Accepts examples of a single class.
        样本可以都属于同一类别。"""
        (X, y), lr = data(), chance.uniform(0.2, 0.4)
        agree(lambda impl: [impl.fit_logistic(X, 0 * y + label, lr, 5) for label in (0, 1)])

    def test_one_example(self, agree, data, chance):
        """Accepts a single example.
        可以只有一个样本。"""
        case = *data(n=1), chance.uniform(0.2, 0.4), 4
        agree(lambda impl: impl.fit_logistic(*case))

    def test_learning_rates(self, agree, data, chance):
        """Accepts any learning rate: 0, small or large.
        学习率任意：可以为 0，可以很小，也可以很大。"""
        (X, y), lr = data(), chance.uniform(3, 6)
        agree(lambda impl: [impl.fit_logistic(X, y, rate, 4) for rate in (0.0, lr / 1000, lr)])

    def test_no_epochs(self, agree, data, chance):
        """Returns zeros without epochs.
        没有迭代周期时，返回全零的权重。"""
        (X, y), lr = data(), chance.uniform(0.2, 0.4)
        agree(lambda impl: [impl.fit_logistic(X, y, lr, epochs) for epochs in (0, 2)])

    @pytest.mark.needs("one_step")
    def test_no_graph(self, agree, data, chance):
        """The result requires no gradients.
        结果不带梯度。"""
        case = *data(), chance.uniform(0.3, 0.9), 2

        def probe(impl):
            w = impl.fit_logistic(*case)
            return w.requires_grad, w.detach()

        agree(probe)


@pytest.mark.exercise("predict_label")
class TestPredictLabel:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, data, randn):
        X, _ = data(n=40, dtype=torch.float32)
        return {"X": X, "w": randn(X.shape[1] + 1), "threshold": 0.6}

    @pytest.mark.points(2)
    def test_labels(self, agree, data, randn):
        """Returns 1 for a probability of more than 1/2, by default, and 0 otherwise.
        默认情况下，概率大于 1/2 时返回 1，否则返回 0。"""
        cases = [(X, randn(X.shape[1] + 1, dtype=F64)) for X, _ in (data(n=60) for _ in range(2))]
        agree(lambda impl: [impl.predict_label(*case) for case in cases])

    @pytest.mark.points(2)
    def test_thresholds(self, agree, data, randn, chance):
        """Compares the probability with the threshold.
        把概率与阈值相比较。"""
        X, w = data(n=200, d=3)[0], randn(4, dtype=F64)
        thresholds = [0.9, chance.uniform(0.2, 0.4), chance.uniform(0.55, 0.8), chance.uniform(0.02, 0.1)]
        agree(lambda impl: [impl.predict_label(X, w, threshold) for threshold in thresholds])

    @pytest.mark.points(2)
    def test_tie(self, agree, chance):
        """Returns 0 where the probability is exactly 1/2.
        概率恰好为 1/2 时返回 0。"""
        slope, shift, n = chance.randint(1, 3), chance.randint(-3, 3), chance.randint(20, 30)
        places = torch.tensor([float(chance.randint(shift - 1, shift + 1)) for _ in range(n)], dtype=F64)
        X, w = torch.stack([places, places], dim=1), torch.tensor([-2.0 * slope * shift, slope, slope], dtype=F64)
        agree(lambda impl: [impl.predict_label(X, w), impl.predict_label(X, w, 0.5)])

    def test_intercept(self, agree, data, randn, chance):
        """The intercept moves the boundary.
        截距会移动决策边界。"""
        X, w = data(n=60, d=2)[0], randn(3, dtype=F64)
        ws = [torch.cat([torch.tensor([b], dtype=F64), w[1:]]) for b in (chance.uniform(0.5, 2), chance.uniform(-2, 0))]
        agree(lambda impl: [impl.predict_label(X, w) for w in ws])

    def test_large_scores(self, agree, data, randn):
        """Accepts scores of any size.
        不论 w[0] + X @ w[1:] 有多大，都能处理。"""
        X, w = data(n=40, d=3)[0], 5000 * randn(4, dtype=F64)
        agree(lambda impl: [impl.predict_label(X, w, threshold) for threshold in (0.5, 0.3)])

    def test_few_examples(self, agree, data, randn):
        """Accepts one example or none, and a single feature.
        可以只有一个样本或没有样本，也可以只有一个特征。"""
        X, slope = data(n=12, d=1)[0], 1 + randn(1, dtype=F64).abs()
        w = torch.cat([-slope * X.mean(), slope])  # both classes occur
        agree(lambda impl: [*(impl.predict_label(x[None], w) for x in X), impl.predict_label(X[:0], w)])
