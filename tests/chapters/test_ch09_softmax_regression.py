"""ch09: softmax, cross_entropy, accuracy, evaluate_accuracy, train_epoch_ch3, huber_loss."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, draw_int, expect, promise, set_parameters, standard, written_from_scratch

INPUTS, CLASSES = 4, 3
FROM = 0, 5, 10, 15  # of examples, all and fewer: a single count says little


@pytest.fixture
def n(generator):
    """A number of examples, odd."""
    return 2 * draw_int(generator, 10, 100) + 1


def probabilities(randn, n, dtype=torch.float32):
    """(y_hat, y): probabilities of n examples over 4 classes and the right classes."""
    return torch.softmax(randn(n, 4, dtype=dtype), 1), randn(n, 4).argmax(1)


def batches(randn, *sizes, dtype=torch.float32):
    """Minibatches (X, y) of these sizes; `linear()` and `scores` are wrong about the first of each, the third, ..."""
    inputs = [randn(size, INPUTS, dtype=dtype) for size in sizes]
    return [(X, (scores(X).argmax(1) + (torch.arange(len(X)) + 1) % 2) % CLASSES) for X in inputs]


def some_wrong(randn, right, classes=3):
    """These classes, but another one in drawn places, always in the second and never in the first."""
    wrong = randn(right.shape) > 0
    wrong.view(-1)[:2] = torch.tensor([False, True])
    return (right + wrong) % classes


def named(number):
    """For probes: a number and its type."""
    return number, type(number).__name__


class Descent(torch.optim.Optimizer):
    """Plain gradient descent. torch's own first optimizer would cost each process a second."""

    def __init__(self, parameters, lr):
        self.param_groups = [{"params": list(parameters), "lr": lr}]
        self.defaults, self.state = {"lr": lr}, {}

    def zero_grad(self, set_to_none=True):
        for p in self.param_groups[0]["params"]:
            p.grad = None if set_to_none or p.grad is None else torch.zeros_like(p)

    def step(self, closure=None):  # noqa: ARG002
        with torch.no_grad():
            for p in self.param_groups[0]["params"]:
                if p.grad is not None:
                    p -= self.param_groups[0]["lr"] * p.grad


class OwnUpdater:
    """The book's way: it divides by the batch size and clears the gradients."""

    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr

    def __call__(self, batch_size):
        with torch.no_grad():
            for p in self.parameters:
                p -= self.lr * p.grad / batch_size
                p.grad.zero_()


def losses(y_hat, y):
    """The loss of each example, from logits."""
    return -torch.log_softmax(y_hat, 1)[torch.arange(len(y)), y]


def linear(dtype=torch.float32):
    """A net whose parameters are always the same."""
    return set_parameters(nn.Linear(INPUTS, CLASSES).to(dtype), seed=0, scale=1.0)


def scores(X):
    """The net `linear` as a plain function."""
    return linear(dtype=X.dtype)(X)


def train(impl, net, data, make_updater=Descent, lr=0.5):
    """The metrics of an epoch, and the parameters after it."""
    metrics = impl.train_epoch_ch3(net, data, losses, make_updater(net.parameters(), lr))
    return metrics, list(net.parameters())


@pytest.mark.exercise("softmax")
class TestSoftmax:
    @standard(
        promise.untouched,
        promise.float64,
        promise.batch_of_one("X", id="one_row"),
        promise.non_contiguous(id="transposed_input"),
        promise.gradients("X"),
    )
    def arguments(self, randn, chance):
        n = chance.randint(4, 7)  # square, so that the wrong axis does not show in the shape
        return {"X": randn(n, n)}

    @pytest.mark.points(2)
    def test_rows(self, run, randn):
        """Turns each row into probabilities, as torch does.
        把每一行变为概率，与 torch 一致。"""
        X = 2 * randn(4, 4)
        close(run(lambda impl: impl.softmax(X)), torch.softmax(X, dim=1))

    def test_one_column(self, agree, randn):
        """Gives probability 1 to a single class.
        只有一个类别时，概率为 1。"""
        column, square = randn(4, 1), randn(3, 3)
        agree(lambda impl: [impl.softmax(column), impl.softmax(square)])

    def test_impossible_class(self, run, randn):
        """Gives probability 0 to a logit of -inf and the right probabilities to the others.
        取值为 -inf 的 logits 对应的概率为 0，其余的概率仍然正确。"""
        X = randn(3, 3)
        X[1, 2] = -torch.inf
        Y = run(lambda impl: impl.softmax(X))
        expect(Y[1, 2] == 0, "The probability of a logit of -inf is not zero.", "-inf 对应的概率不为零。")
        close(Y, torch.softmax(X, dim=1))

    def test_shifted_rows(self, run, randn):
        """Gives the same probabilities if a number is added to a whole row.
        整行加上同一个数，结果不变。"""
        X, shift = randn(5, 5), 4 * randn(5, 1)
        close(run(lambda impl: impl.softmax(X + shift)), torch.softmax(X, dim=1), atol=1e-4)

    @pytest.mark.bonus
    def test_large_logits(self, agree, randn):
        """Gives probabilities, not NaN, for logits in the thousands.
        logits 的绝对值上千时，得到的仍是概率，而不是 NaN。"""
        X = torch.cat([1000 + randn(2, 4), randn(2, 4) - 1000])
        agree(lambda impl: impl.softmax(X), atol=1e-3)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("cross_entropy")
class TestCrossEntropy:
    @standard(
        promise.untouched,
        promise.float64,
        promise.batch_of_one("y_hat", "y"),
        promise.non_contiguous(id="transposed_input"),
        promise.gradients("y_hat"),
    )
    def arguments(self, randn, chance):
        return dict(zip(("y_hat", "y"), probabilities(randn, chance.randint(5, 9)), strict=True))

    @pytest.mark.points(2)
    def test_losses(self, run, randn):
        """Returns the loss of each example, like torch's nll_loss of the logarithms.
        返回每个样本的损失，与 torch 对概率的对数求 nll_loss 一致。"""
        y_hat, y = probabilities(randn, 6)
        close(run(lambda impl: impl.cross_entropy(y_hat, y)), F.nll_loss(y_hat.log(), y, reduction="none"))

    def test_certain_and_right(self, agree, randn):
        """The loss is 0 if the right class has probability 1.
        正确类别的概率为 1 时，损失为 0。"""
        y_hat, y = probabilities(randn, 4)
        y_hat[::2] = F.one_hot(y[::2], 4).float()
        agree(lambda impl: impl.cross_entropy(y_hat, y))

    def test_certain_and_wrong(self, agree, randn):
        """The loss is inf if the right class has probability 0, and finite if another class has.
        正确类别的概率为 0 时，损失为 inf；其他类别的概率为 0 时，损失仍是有限的。"""
        y_hat, y = probabilities(randn, 4)
        y_hat[range(4), torch.cat([y[:2], (y[2:] + 1) % 4])] = 0
        agree(lambda impl: impl.cross_entropy(y_hat / y_hat.sum(1, keepdim=True), y))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("accuracy")
class TestAccuracy:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        call=lambda impl, y_hat, y: [impl.accuracy(y_hat[i:], y[i:]) for i in FROM],
    )
    def arguments(self, randn, n):
        y_hat = randn(n, 3)
        return {"y_hat": y_hat, "y": some_wrong(randn, y_hat.argmax(1))}

    @pytest.mark.points(2)
    def test_scores(self, run, randn, n):
        """Counts the rows whose largest score belongs to the right class.
        统计有多少行得分最大的类别就是正确的类别。"""
        y_hat = randn(n, 4)
        y = some_wrong(randn, y_hat.argmax(1), 4)
        found = run(lambda impl: [impl.accuracy(y_hat[i:], y[i:]) for i in FROM])
        close(found, [float((y_hat.argmax(1) == y)[i:].sum()) for i in FROM])

    def test_two_classes(self, agree, randn, n):
        """Reads two columns as the scores of two classes.
        有两列时，它们是两个类别的得分。"""
        y_hat = randn(n, 2)
        y = some_wrong(randn, y_hat.argmax(1), 2)
        agree(lambda impl: [impl.accuracy(y_hat[i:], y[i:]) for i in FROM])

    def test_class_predictions(self, agree, randn, n):
        """Accepts a vector of predicted classes.
        可以传入由预测的类别组成的向量。"""
        y_hat, y = randn(n, 3).argmax(1), randn(n, 3).argmax(1)
        y[:2] = y_hat[:2]
        agree(lambda impl: [impl.accuracy(p[i:], y[i:]) for p in (y_hat, y_hat.float()) for i in FROM])

    def test_column_of_predictions(self, agree, generator, randn, n):
        """Reads a single column as predicted classes, not scores, and casts them to the dtype of y.
        只有一列时，它是预测的类别而不是得分，先转换为 y 的 dtype。"""
        right = torch.randint(3, (n, 1), generator=generator)
        y_hat, y = right + 0.75 * (right > 0), some_wrong(randn, right)
        agree(lambda impl: [impl.accuracy(y_hat[i:], y[i:]) for i in FROM])

    def test_all_right_and_all_wrong(self, agree, randn, n):
        """Returns the batch size if all predictions are right, and 0.0 if all are wrong.
        全部正确时返回批量大小，全部错误时返回 0.0。"""
        y_hat = randn(n, 3)
        right = y_hat.argmax(1)
        agree(lambda impl: [impl.accuracy(y_hat, right), impl.accuracy(y_hat, (right + 1) % 3)])

    def test_batch_of_one(self, agree, randn):
        """Takes a batch of one example.
        可接受只有一个样本的批量。"""
        y_hat = randn(20, 4)
        y = some_wrong(randn, y_hat.argmax(1), 4)
        agree(lambda impl: [impl.accuracy(y_hat[i : i + 1], y[i : i + 1]) for i in range(20)])

    @pytest.mark.needs("scores")
    def test_python_float(self, agree, randn, n):
        """Returns a Python float, also for scores that require gradients.
        返回 Python float，即使得分带有梯度。"""
        y_hat = randn(n, 3)
        y = some_wrong(randn, y_hat.argmax(1))
        agree(lambda impl: named(impl.accuracy(y_hat.clone().requires_grad_(), y)))


@pytest.mark.exercise("evaluate_accuracy")
class TestEvaluateAccuracy:
    @pytest.mark.points(2)
    def test_unequal_batches(self, run, randn, generator, n):
        """Gives each example the same weight, whatever the size of its minibatch.
        每个样本的权重相同，与所在小批量的大小无关。"""
        m = n + draw_int(generator, 1, 100)
        (first, _), (last, _) = batches(randn, m, n)
        data = [(first, scores(first).argmin(1)), (last, scores(last).argmax(1))]  # all wrong, all right
        close(run(lambda impl: impl.evaluate_accuracy(linear(), data)), n / (m + n))

    def test_plain_function(self, agree, randn, n):
        """Accepts a plain function as the net.
        net 可以是普通函数。"""
        data = batches(randn, n)
        agree(lambda impl: impl.evaluate_accuracy(scores, data))

    def test_evaluation_mode(self, agree, randn, n):
        """Puts a module into evaluation mode, so that dropout drops nothing.
        把模块设为评估模式，此时暂退法不丢弃任何单元。"""
        data = batches(randn, n, 4)

        def probe(impl):
            seen = []
            net = nn.Sequential(nn.Dropout(p=1.0), linear())
            net.register_forward_hook(lambda module, *_: seen.append(module.training))
            return impl.evaluate_accuracy(net, data), any(seen)

        agree(probe)

    @pytest.mark.needs("unequal_batches")
    def test_no_graph(self, agree, randn, n):
        """Builds no computational graph.
        不构建计算图。"""
        data = batches(randn, 6, n)

        def probe(impl):
            net, seen = linear(), []
            net.register_forward_hook(lambda *call: seen.append(call[-1].requires_grad))
            return impl.evaluate_accuracy(net, data), any(seen)

        agree(probe)

    def test_read_once(self, agree, randn, n):
        """Accepts a generator, which has no length and allows only a single pass.
        可以传入生成器：它没有长度，只能遍历一遍。"""
        data = batches(randn, n, 4, 1)
        agree(lambda impl: impl.evaluate_accuracy(scores, (pair for pair in data)))

    def test_float64(self, agree, randn, n):
        """Accepts a float64 net and batches of one example, and returns a Python float.
        net 可以是 float64 的，小批量可以只有一个样本；返回 Python float。"""
        X, y = batches(randn, n, dtype=torch.float64)[0]
        data = list(zip(X.split(1), y.split(1), strict=True))
        agree(lambda impl: named(impl.evaluate_accuracy(linear(torch.float64), data)))


@pytest.mark.exercise("train_epoch_ch3")
class TestTrainEpoch:
    @pytest.mark.points(2)
    def test_optimizer(self, agree, randn):
        """With a torch.optim.Optimizer, follows the gradient of the mean loss of each minibatch.
        使用 torch.optim.Optimizer 时，沿每个小批量平均损失的梯度更新。"""
        data = batches(randn, 8, 8, 3)
        agree(lambda impl: train(impl, linear(), data))

    @pytest.mark.points(2)
    def test_own_updater(self, agree, randn):
        """Calls any other updater with the batch size, after the backward pass of the summed loss.
        使用其他 updater 时，先对损失之和做反向传播，再以批量大小为实参调用它。"""
        data = batches(randn, 8, 8, 3)
        agree(lambda impl: train(impl, linear(), data, OwnUpdater))

    def test_plain_function(self, agree, randn):
        """Trains a plain function with two parameter tensors.
        可以训练含有两个参数张量的普通函数。"""
        data = batches(randn, 6, 4)

        def probe(impl):
            W, b = linear().parameters()
            return impl.train_epoch_ch3(lambda X: X @ W.t() + b, data, losses, OwnUpdater([W, b], 0.5)), W, b

        agree(probe)

    def test_short_last_batch(self, run, randn):
        """Gives each example the same weight in the mean loss and the accuracy.
        在平均损失和精度中，每个样本的权重相同。"""
        (first, _), (last, _) = batches(randn, 8, 2)
        last *= 10
        data = [(first, scores(first).argmax(1)), (last, scores(last).argmin(1))]  # all right, all wrong
        X, y = (torch.cat(part) for part in zip(*data, strict=True))
        expected = losses(scores(X), y).mean().item(), 0.8
        close(run(lambda impl: train(impl, linear(), data, lr=0.0)[0]), expected)
        close(run(lambda impl: train(impl, linear(), data, OwnUpdater, lr=0.0)[0]), expected)

    def test_training_mode(self, agree, randn, n):
        """Puts a module into training mode, so that dropout is active.
        把模块设为训练模式，使暂退法起作用。"""
        data = batches(randn, n)
        agree(lambda impl: train(impl, nn.Sequential(nn.Dropout(p=1.0), linear()).eval(), data))

    def test_old_gradients(self, agree, randn):
        """With an optimizer, old gradients do not affect the update.
        使用优化器时，以前留下的梯度不影响更新。"""
        data = batches(randn, 8)

        def probe(impl):
            net = linear()
            losses(net(data[0][0]), data[0][1]).sum().backward()
            return train(impl, net, data)

        agree(probe)

    def test_read_once(self, agree, randn):
        """Accepts a generator, which has no length and allows only a single pass.
        可以传入生成器：它没有长度，只能遍历一遍。"""
        data = batches(randn, 5, 5)
        agree(lambda impl: train(impl, linear(), (pair for pair in data)))

    @pytest.mark.needs("optimizer")
    def test_python_floats(self, agree, randn):
        """Returns two Python floats, also for a float64 net and batches of one example.
        返回两个 Python float；net 是 float64 的、小批量只有一个样本时也是如此。"""
        data = batches(randn, 1, 1, 1, dtype=torch.float64)
        agree(lambda impl: tuple(map(named, train(impl, linear(torch.float64), data)[0])))


@pytest.mark.exercise("huber_loss")
class TestHuberLoss:
    @standard(
        promise.untouched,
        promise.float64,
        promise.batch_of_one("y_hat", "y"),
        promise.non_contiguous(id="transposed_input"),
        promise.gradients("y_hat", "y"),
    )
    def arguments(self, randn, chance):
        n = chance.randint(10, 20)
        return {"y_hat": 3 * randn(n, 6), "y": 3 * randn(n, 6), "delta": 1.5}

    @pytest.mark.points(2)
    def test_small_and_large_errors(self, run, randn):
        """Is a parabola up to delta and a line beyond, as in torch.
        误差不超过 delta 时是抛物线，超过时是直线，与 torch 一致。"""
        y_hat, y = 3 * randn(2, 6, 4)
        for delta in (0.5, 2.5):
            expected = F.huber_loss(y_hat, y, reduction="none", delta=delta)
            close(run(lambda impl, d=delta: impl.huber_loss(y_hat, y, d)), expected)

    def test_default_delta(self, agree, randn):
        """Uses delta 1 by default.
        delta 默认为 1。"""
        y_hat, y = 3 * randn(2, 24)
        agree(lambda impl: impl.huber_loss(y_hat, y))

    def test_at_delta(self, agree, generator):
        """The loss of an error of exactly delta, of either sign, is half its square.
        误差恰好为 delta 或 -delta 时，损失是其平方的一半。"""
        delta, y = draw_int(generator, 9, 64) / 8, torch.ones(4)
        y_hat = y + delta * torch.tensor([1.0, -1.0, 0.0, 2.0])
        agree(lambda impl: impl.huber_loss(y_hat, y, delta))

    def test_no_error(self, agree, randn):
        """The loss is 0 without an error.
        没有误差时，损失为 0。"""
        y_hat = randn(3)
        y = y_hat + torch.tensor([0.0, 0.0, 9.0]) * (1 + randn(1).abs())
        agree(lambda impl: impl.huber_loss(y_hat, y, delta=1.5))

    def test_large_delta(self, run, randn):
        """Is half the squared error if delta is larger than all errors.
        delta 大于所有误差时，等于平方误差的一半。"""
        y_hat, y = randn(6), randn(6)
        close(run(lambda impl: impl.huber_loss(y_hat, y, delta=100.0)), (y_hat - y) ** 2 / 2)

    def test_slope_at_delta(self, run, generator):
        """The slope grows up to delta and stays there, without a jump.
        斜率增大到 delta 后保持不变，没有跳跃。"""
        delta, eighth = draw_int(generator, 9, 64) / 8, torch.tensor([-0.125, 0, 0.125], dtype=torch.float64)
        error = torch.cat([-delta + eighth, delta + eighth, 9 * delta * eighth])

        def probe(impl):
            y_hat = error.clone().requires_grad_()
            impl.huber_loss(y_hat, torch.zeros_like(error), delta).sum().backward()
            return y_hat.grad

        close(run(probe), error.clamp(-delta, delta))

    test_from_scratch = written_from_scratch
