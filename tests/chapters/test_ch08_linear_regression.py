"""ch08: synthetic_data, data_iter, linreg, squared_loss, sgd, analytic_solution.

Checks turn random results into values that do not depend on the random stream: an exact fact, or a rounded statistic.
A statistic is rounded so coarsely that only an error of more than five standard deviations changes the value.
"""

import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlgrade.testing import close, draw_int, promise, standard, to_grid, written_from_scratch

NORMAL = True, torch.tensor([1, 0.7])  # the right result of `distribution`


@pytest.fixture
def model(randn):
    """(w, b): d weights of both signs and a bias, in tenths; none is small, and the bias outweighs the weights."""

    def draw(d):
        w = to_grid(randn(d), 0.1)
        return w + torch.where(w < 0, -1, 1), round(float(randn(1)), 1) + 30

    return draw


@pytest.fixture
def n(generator):
    """A number of examples between 25 and 163, no multiple of 4; 1000 times as many are enough for statistics."""
    return 4 * draw_int(generator, 6, 40) + draw_int(generator, 1, 3)


def noise_of(X, y, w, b):
    """The noise of the labels: their distance from the model's line."""
    return y.flatten() - X @ w.flatten() - b


def fit(X, y):
    """The weights and the bias of least squares, to the nearest tenth."""
    A = torch.cat([X, torch.ones(len(X), 1)], dim=1).double()
    return to_grid(torch.linalg.solve(A.T @ A, A.T @ y.double().flatten()), 0.1).to(y.dtype)


def distribution(x, scale):
    """Return whether the mean is zero; and the deviation and the share within a deviation, to the nearest tenth.

    All in units of scale.
    """
    x = x / scale
    mean, spread = x.mean(), x.std().clamp(max=2)
    return bool(mean.abs() < 0.05), to_grid(torch.stack([spread, ((x - mean).abs() < 1).float().mean()]), 0.1)


def correlations(*columns):
    """The number of rows, and the correlation of each two columns to the nearest tenth; 0 for a constant column."""
    centred = torch.stack([column - column.mean() for column in columns])
    return len(columns[0]), to_grid(torch.cov(centred) / torch.outer(*[centred.std(1).clamp(min=1e-3)] * 2), 0.1)


def small_data(impl, w, b, n):
    """Shapes and dtypes, and whether all labels lie within eight deviations of the model's line."""
    X, y = impl.synthetic_data(w, b, n)
    near = bool((noise_of(X, y, w, b).abs() < 0.08).all())
    return {"features": list(X.shape), "labels": list(y.shape), "dtypes": f"{X.dtype} {y.dtype}", "near": near}


@pytest.mark.exercise("synthetic_data")
class TestSyntheticData:
    @pytest.mark.points(2)
    def test_model(self, run, model, n):
        """Least squares finds the weights and the bias in the data.
        用最小二乘可以从数据中还原权重和偏置。"""
        w, b = model(3)
        found = run(lambda impl: fit(*impl.synthetic_data(w, b, 1000 * n)))
        close(found, torch.cat([w, torch.tensor([b])]))

    @pytest.mark.points(2)
    def test_noise(self, run, model, n):
        """The noise is normal with standard deviation 0.01, and independent for each example and of the features.
        噪声服从标准差为 0.01 的正态分布，各样本的噪声相互独立，且与特征无关。"""
        w, b = model(2)

        def probe(impl):
            results = []
            for _ in range(2):  # a constant noise may be near zero once
                X, y = impl.synthetic_data(w, b, 1000 * n)
                noise = noise_of(X, y, w, b)
                results.append((distribution(noise, 0.01), correlations(noise, *X.T)))
            return results

        close(run(probe), [(NORMAL, (1000 * n, torch.eye(3)))] * 2)

    @pytest.mark.points(2)
    def test_features(self, run, model, n):
        """The features are standard normal and independent of each other.
        特征服从标准正态分布，且相互独立。"""
        w, b = model(3)

        def probe(impl):
            X, _ = impl.synthetic_data(w, b, 1000 * n)
            return [distribution(x, 1) for x in X.T], correlations(*X.T)

        close(run(probe), ([NORMAL] * 3, (1000 * n, torch.eye(3))))

    def test_flat_weights(self, agree, model, n):
        """Returns a column of labels (n, 1) for weights (d,), also with d = 1.
        权重为 (d,) 时（包括 d = 1），标签也是 (n, 1) 的一列。"""
        (w, b), (one, other) = model(4), model(1)
        agree(lambda impl: [small_data(impl, w, b, n), small_data(impl, one, other, n)])

    def test_column_of_weights(self, agree, model, n):
        """Accepts weights (d, 1), also with d = 1.
        权重可以是 (d, 1)，包括 d = 1。"""
        (w, b), (one, other) = model(3), model(1)
        agree(lambda impl: [small_data(impl, w[:, None], b, n), small_data(impl, one[:, None], other, n)])

    def test_no_bias(self, agree, model, n):
        """Accepts a bias of 0.
        偏置可以为 0。"""
        w, _ = model(2)
        agree(lambda impl: [small_data(impl, w, 0, n), fit(*impl.synthetic_data(w, 0, 1000 * n))])

    def test_one_example(self, agree, model, generator):
        """Returns features (1, d) and labels (1, 1) for a single example.
        只有一个样本时，特征为 (1, d)，标签为 (1, 1)。"""
        models = [model(draw_int(generator, 1, 6)) for _ in range(40)]
        agree(lambda impl: [small_data(impl, w, b, 1) for w, b in models])

    def test_new_data(self, run, model, n):
        """Draws new features and new noise in each call.
        每次调用都重新生成特征和噪声。"""
        w, b = model(1)

        def probe(impl):
            data = [impl.synthetic_data(w, b, 1000 * n) for _ in range(2)]
            return correlations(*(X[:, 0] for X, _ in data), *(noise_of(X, y, w, b) for X, y in data))

        close(run(probe), (1000 * n, torch.eye(4)))

    @pytest.mark.needs("model")
    def test_arguments_untouched(self, agree, model, n):
        """Leaves the weights as they were.
        不修改传入的权重。"""
        w, b = model(3)
        agree(lambda impl: (small_data(impl, w, b, n), w))


def one_pass(impl, batch_size, features, labels):
    """The batches of one pass; all rows of the features are different, and so are those of the labels."""
    batches = list(impl.data_iter(batch_size, features, labels))
    examples = occurrences([X for X, _ in batches], features)
    targets = occurrences([y for _, y in batches], labels)
    return {
        "batches": [[f"{part.dtype} {tuple(part.shape)}" for part in batch] for batch in batches],
        "each example once": bool((examples.sum(0) == 1).all()),
        "each label once": bool((targets.sum(0) == 1).all()),
        "labels with their examples": bool((examples == targets).all()),
    }


def occurrences(batches, rows):
    """(m, n): whether the i-th example of the batches is the j-th row."""
    return (torch.cat([rows[:0], *batches])[:, None] == rows).reshape(-1, len(rows), rows[0].numel()).all(2)


@pytest.mark.exercise("data_iter")
class TestDataIter:
    @pytest.mark.points(2)
    def test_whole_pass(self, agree, randn, generator):
        """Yields each example exactly once, with its own label.
        每个样本恰好出现一次，并带有自己的标签。"""
        size = draw_int(generator, 5, 60)
        X, y = randn(3 * size, 3), randn(3 * size, 1)
        agree(lambda impl: one_pass(impl, size, X, y))

    @pytest.mark.points(2)
    def test_short_last_batch(self, agree, randn, generator):
        """Yields the remaining examples as a smaller last minibatch.
        剩余样本不足 batch_size 个时，组成较小的最后一个小批量。"""
        size = draw_int(generator, 5, 60)
        n = 2 * size + draw_int(generator, 1, size - 1)
        X, y = randn(n, 2), randn(n, 1)
        agree(lambda impl: one_pass(impl, size, X, y))

    def test_larger_than_the_data(self, agree, randn, n):
        """Yields all examples in one minibatch if batch_size is larger than their number, also for a single example.
        batch_size 超过样本数时，所有样本在一个小批量中；只有一个样本时也是如此。"""
        X, y = randn(n, 2), randn(n, 1)
        agree(lambda impl: [one_pass(impl, 100, X, y), one_pass(impl, 2, X[:1], y[:1])])

    def test_one_by_one(self, agree, randn, n):
        """Keeps the batch axis in minibatches of one example.
        小批量只有一个样本时，仍保留样本所在的轴。"""
        X, y = randn(n, 2), randn(n, 1)
        agree(lambda impl: one_pass(impl, 1, X, y))

    def test_images_and_classes(self, agree, randn, n):
        """Accepts non-contiguous float64 features with four axes and integer labels (n,), and keeps their dtypes.
        特征可以是内存不连续的四维 float64 张量，标签可以是 (n,) 的整数，dtype 都不变。"""
        X, y = randn(n, 3, 2, 1, dtype=torch.float64).permute(0, 3, 1, 2), randn(n).argsort()
        agree(lambda impl: one_pass(impl, 4, X, y))

    @pytest.mark.points(2)
    def test_every_order(self, run, generator):
        """All orders are equally likely, within a minibatch and across minibatches.
        无论在小批量之内还是之间，各种顺序出现的概率都相等。"""
        X = torch.randperm(100, generator=generator)[:3].sort().values.float()[:, None]

        def probe(impl):
            orders = [torch.cat([batch for batch, _ in impl.data_iter(2, X, X)]).flatten() for _ in range(600)]
            found, counts = torch.stack(orders).unique(dim=0, return_counts=True)
            return found, to_grid(counts / 600, 1 / 6)

        orders = torch.tensor(list(itertools.permutations(X.flatten().tolist())))
        close(run(probe), (orders, torch.full((6,), 1 / 6)))

    def test_iterator(self, agree, randn, n):
        """Yields one minibatch at a time and ends after the last. A new call begins again.
        逐个产生小批量，最后一个之后结束；再次调用则重新开始。"""
        X, y = randn(n, 2), randn(n, 1)

        def probe(impl):
            batches = impl.data_iter(4, X, y)
            sizes = [len(X) for X, _ in itertools.islice(batches, -(-n // 4))]
            return sizes, len(list(batches)), one_pass(impl, 4, X, y)

        agree(probe)

    @pytest.mark.needs("whole_pass")
    def test_arguments_untouched(self, agree, randn, n):
        """Leaves features and labels in their order.
        不改变传入的特征和标签的顺序。"""
        X, y = randn(n, 2), randn(n, 1)

        agree(lambda impl: (one_pass(impl, 8, X, y), X, y))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("linreg")
class TestLinreg:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("X", "w", "b"))
    def arguments(self, randn, chance):
        n, d = chance.sample(range(2, 9), 2)
        return {"X": randn(n, d), "w": randn(d, 1), "b": randn(1)}

    @pytest.mark.points(2)
    def test_column(self, run, randn):
        """Returns a column of predictions for weights (d, 1), like torch's linear layer.
        权重为 (d, 1) 时返回一列预测，与 torch 的线性层一致。"""
        X, w, b = randn(6, 3), randn(3, 1), randn(1)
        close(run(lambda impl: impl.linreg(X, w, b)), F.linear(X, w.T, b))

    def test_other_weights(self, run, randn):
        """Returns (n,) for weights (d,), and (n, q) for weights (d, q) with a bias (q,).
        权重为 (d,) 时预测为 (n,)；权重为 (d, q)、偏置为 (q,) 时预测为 (n, q)。"""
        X, w, b = randn(5, 3), randn(3, 4), randn(4)
        found = run(lambda impl: [impl.linreg(X, w[:, 0], b[:1]), impl.linreg(X, w, b)])
        close(found, [(X * w[:, 0]).sum(1) + b[0], F.linear(X, w.T, b)])

    def test_bias(self, run, randn):
        """Accepts a bias that is a number, a tensor () or a tensor (1,).
        偏置可以是一个数，也可以是形状为 () 或 (1,) 的张量。"""
        X, w, b = randn(4, 2), randn(2, 1), randn(1) + 5
        close(run(lambda impl: [impl.linreg(X, w, bias) for bias in (b.item(), b[0], b)]), [F.linear(X, w.T, b)] * 3)

    def test_batch_of_one(self, run, randn):
        """Returns (1, 1) for a batch of one example, also with a single feature.
        只有一个样本时预测为 (1, 1)；只有一个特征时也是如此。"""
        X, w, b = randn(1, 3), randn(3, 1), randn(1)
        expected = [F.linear(X, w.T, b), F.linear(X[:, :1], w[:1], b)]
        close(run(lambda impl: [impl.linreg(X, w, b), impl.linreg(X[:, :1], w[:1], b)]), expected)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("squared_loss")
class TestSquaredLoss:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("y_hat", "y"))
    def arguments(self, randn, chance):
        shape = chance.sample(range(2, 9), 2)
        return {"y_hat": randn(*shape), "y": randn(*shape)}

    @pytest.mark.points(2)
    def test_columns(self, run, randn):
        """Returns half the squared error of each prediction, for a column and for several outputs.
        返回每个预测的平方误差的一半；预测可以是一列，也可以有多个输出。"""
        for shape in ((6, 1), (3, 4), (1, 3)):
            y_hat, y = randn(2, *shape)
            expected = F.mse_loss(y_hat, y, reduction="none") / 2
            close(run(lambda impl, p=y_hat, y=y: impl.squared_loss(p, y)), expected)

    @pytest.mark.points(2)
    def test_flat_labels(self, run, randn):
        """Compares labels (n,) with predictions (n, 1) one by one, also for n = 1: there are n losses, not n times n.
        标签 (n,) 与预测 (n, 1) 逐个比较，n = 1 时也是如此：共有 n 个损失，而不是 n×n 个。"""
        y_hat, y = randn(5, 1), randn(5)
        expected = F.mse_loss(y_hat.flatten(), y, reduction="none").reshape(5, 1) / 2
        found = run(lambda impl: [impl.squared_loss(y_hat, y), impl.squared_loss(y_hat[:1], y[:1])])
        close(found, [expected, expected[:1]])

    def test_flat_predictions(self, run, randn):
        """Compares labels (n, 1) with predictions (n,) one by one.
        标签 (n, 1) 与预测 (n,) 逐个比较。"""
        y_hat, y = randn(7), randn(7, 1)
        expected = F.mse_loss(y_hat, y.flatten(), reduction="none") / 2
        close(run(lambda impl: impl.squared_loss(y_hat, y)), expected)

    def test_no_error(self, run, randn):
        """The loss is zero where there is no error. The other losses keep their values.
        没有误差的预测损失为零，其余的损失不受影响。"""
        y_hat = randn(4, 1)
        error = torch.tensor([[0.0], [2.0], [0.0], [-3.0]]) * (1 + randn(1).abs())
        close(run(lambda impl: impl.squared_loss(y_hat, y_hat + error)), error**2 / 2)

    test_from_scratch = written_from_scratch


def step(impl, values, grads, lr, batch_size):
    """The parameters and their gradients after a step."""
    params = [value.clone().requires_grad_() for value in values]
    for param, grad in zip(params, grads, strict=True):
        param.grad = grad.clone() if grad is not None else None
    impl.sgd(params, lr, batch_size)
    return params, [param.grad for param in params]


def stepped(values, grads, lr, batch_size):
    """The right result of `step`."""
    moved = [value - lr / batch_size * grad for value, grad in zip(values, grads, strict=True)]
    return moved, [torch.zeros_like(grad) for grad in grads]


@pytest.mark.exercise("sgd")
class TestSgd:
    @pytest.mark.points(2)
    def test_step(self, run, randn):
        """Moves several parameters against their gradients by lr / batch_size, and clears the gradients.
        沿负梯度方向以 lr / batch_size 的步长更新多个参数，并清零梯度。"""
        shapes = (3, 1), (1,), (2, 4)
        values, grads = [randn(*shape) for shape in shapes], [4 * randn(*shape) for shape in shapes]
        for lr, size in ((0.3, 5), (0.5, 1)):
            found = run(lambda impl, lr=lr, size=size: step(impl, values, grads, lr, size))
            close(found, stepped(values, grads, lr, size))

    def test_no_learning_rate(self, run, randn):
        """With lr 0 keeps the parameters and still clears the gradients.
        lr 为 0 时参数不变，但梯度照样清零。"""
        values, grads = [randn(3, 1), randn(1)], [randn(3, 1), randn(1)]
        close(run(lambda impl: step(impl, values, grads, 0.0, 4)), stepped(values, grads, 0.0, 4))

    @pytest.mark.points(2)
    def test_several_steps(self, run, randn):
        """Three steps, each after a backward pass, follow the gradient of the mean loss.
        连续更新三步（每步之前做一次反向传播），沿平均损失的梯度下降。"""
        X, y, start = randn(8, 2, dtype=torch.float64), randn(8, 1, dtype=torch.float64), randn(2, 1).double()

        def probe(impl):
            w = start.clone().requires_grad_()
            for _ in range(3):
                ((X @ w - y) ** 2 / 2).sum().backward()
                impl.sgd([w], 0.4, len(X))
            return w

        w = start
        for _ in range(3):
            w = w - 0.4 * X.T @ (X @ w - y) / len(X)
        close(run(probe), w)

    @pytest.mark.needs("step")
    def test_still_a_leaf(self, run, randn):
        """Records no graph: the parameters stay leaves that require gradients.
        更新不计入计算图：参数仍是需要梯度的叶节点。"""
        values, grads = [randn(3, 1), randn(1)], [randn(3, 1), randn(1)]

        def probe(impl):
            params, left = step(impl, values, grads, 0.2, 2)
            leaves = [[p.is_leaf, p.requires_grad] for p in params]
            return params, leaves, any(g.requires_grad for g in left if g is not None)

        close(run(probe), (stepped(values, grads, 0.2, 2)[0], [[True, True]] * 2, False))

    def test_float64_transposed(self, run, randn):
        """Updates a non-contiguous float64 parameter and a parameter without axes.
        可以更新内存不连续的 float64 参数和零维参数。"""
        values = [randn(3, 2, dtype=torch.float64).T, randn(1, dtype=torch.float64)[0]]
        grads = [randn(2, 3, dtype=torch.float64), randn(1, dtype=torch.float64)[0]]
        close(run(lambda impl: step(impl, values, grads, 0.7, 3)), stepped(values, grads, 0.7, 3))

    @pytest.mark.bonus
    def test_no_gradient(self, run, randn):
        """Keeps a parameter without a gradient and updates the others.
        没有梯度的参数保持不变，其余参数照常更新。"""
        values, grads = [randn(2, 1), randn(3)], [None, randn(3)]
        found = run(lambda impl: step(impl, values, grads, 0.6, 2))
        moved, cleared = stepped(values[1:], grads[1:], 0.6, 2)
        close(found, ([values[0], *moved], [None, *cleared]))

    test_from_scratch = written_from_scratch


def least_squares(X, y):
    """w (d, 1) and b (1,) by numpy, in the dtype of X."""
    A = np.column_stack([X.double().numpy(), np.ones(len(X))])
    v = torch.from_numpy(np.linalg.lstsq(A, y.double().numpy().reshape(-1, 1), rcond=1e-10)[0]).to(X.dtype)
    return v[:-1], v[-1]


# Solving the normal equations squares the condition of the problem: that costs digits in either precision.
SINGLE = {"rtol": 1e-3, "atol": 1e-3}
DOUBLE = {"rtol": 1e-6, "atol": 1e-6}


@pytest.mark.exercise("analytic_solution")
class TestAnalyticSolution:
    @pytest.mark.points(2)
    def test_exact_data(self, run, randn):
        """Finds the weights and the bias of data without noise.
        从没有噪声的数据中还原权重和偏置。"""
        X, w, b = randn(30, 3), randn(3, 1), randn(1) + 2
        y = X @ w + b
        close(run(lambda impl: impl.analytic_solution(X, y)), (w, b), **SINGLE)

    @pytest.mark.points(2)
    def test_noisy_data(self, run, randn):
        """Returns the least-squares solution for very noisy float64 data, as numpy does, also with a single feature.
        对噪声很大的 float64 数据求出最小二乘解，与 numpy 一致；只有一个特征时也是如此。"""
        X, y = randn(12, 3, dtype=torch.float64) + 1, 2 * randn(12, 1, dtype=torch.float64) + 3
        found = run(lambda impl: [impl.analytic_solution(X, y), impl.analytic_solution(X[:, :1], y)])
        close(found, [least_squares(X, y), least_squares(X[:, :1], y)], **DOUBLE)

    def test_flat_labels(self, run, randn):
        """Returns the same for labels (n,) and (n, 1), with non-contiguous features.
        标签为 (n,) 和 (n, 1) 时结果相同；特征在内存中可以不连续。"""
        X, y = randn(2, 20).T, randn(20) + 1
        found = run(lambda impl: [impl.analytic_solution(X, y), impl.analytic_solution(X, y[:, None])])
        close(found, [least_squares(X, y)] * 2, **SINGLE)

    def test_repeated_feature(self, run, randn):
        """Two equal features share their weight equally: this solution has the smallest norm.
        两个相同的特征平分权重：这个解的范数最小。"""
        X, y = randn(14, 2, dtype=torch.float64), randn(14, 1, dtype=torch.float64)
        w, b = least_squares(X, y)
        expected = torch.stack([w[0] / 2, w[1], w[0] / 2]), b
        close(run(lambda impl: impl.analytic_solution(X[:, [0, 1, 0]], y)), expected, **DOUBLE)

    def test_constant_feature(self, run, randn):
        """A constant feature shares its weight with the bias: the bias counts in the norm.
        取值恒定的特征与偏置分担权重：偏置也计入范数。"""
        X, y = randn(16, 2, dtype=torch.float64), randn(16, 1, dtype=torch.float64) + 4
        w, b = least_squares(X, y)
        expected = torch.cat([w, b[None] * 0.4]), b * 0.2
        wide = torch.cat([X, torch.full((16, 1), 2.0, dtype=torch.float64)], dim=1)
        close(run(lambda impl: impl.analytic_solution(wide, y)), expected, **DOUBLE)

    def test_few_examples(self, run, randn):
        """Fits all examples with the smallest norm if there are fewer examples than unknowns, also for one example.
        样本数少于未知数时，拟合所有样本且范数最小；只有一个样本时也是如此。"""
        X, y = randn(3, 5, dtype=torch.float64), randn(3, 1, dtype=torch.float64)
        few, (w, b) = run(lambda impl: [impl.analytic_solution(X, y), impl.analytic_solution(X[:1], y[:1])])
        close(few, least_squares(X, y), **DOUBLE)
        close((w, b), (X[:1].T * b, y[0] / (1 + (X[:1] ** 2).sum())), **DOUBLE)

    @pytest.mark.needs("exact_data")
    def test_arguments_untouched(self, run, randn):
        """Leaves its arguments as they were.
        不修改传入的实参。"""
        X, y = randn(10, 2, dtype=torch.float64), randn(10, 1, dtype=torch.float64)
        close(run(lambda impl: (impl.analytic_solution(X, y), X, y)), (least_squares(X, y), X, y), **DOUBLE)
