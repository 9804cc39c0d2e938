"""ch34: get_params, lenet, train_batch, scaled_lr.

No check needs a GPU: inside `Gpus()`, tensors of the CPU seem to be on GPUs.
"""

import pytest
import torch
from torch.nn import functional as F

from dlgrade.testing import Gpus, Scatter, close, promise, raises, standard

CPU = torch.device("cpu")


SHAPES = (20, 1, 3, 3), (20,), (50, 20, 5, 5), (50,), (800, 128), (128,), (128, 10), (10,)


@pytest.fixture
def weights(randn):
    """weights(*shapes): tensors of these shapes, so small that activations stay near 1."""

    def draw(*shapes, dtype=torch.float32):
        scales = [torch.empty(shape)[0].numel() ** -0.5 if len(shape) == 4 else shape[0] ** -0.5 for shape in shapes]
        return [scale * randn(*shape, dtype=dtype) for scale, shape in zip(scales, shapes, strict=True)]

    return draw


def thin(chance, colours=1):
    """The shapes of a thin LeNet. Images of 17 x 20 or 16 x 20 pixels become 2 x 3 after the second pooling."""
    c1, c2, units, classes = chance.sample(range(2, 7), 4)
    return (c1, colours, 3, 3), (c1,), (c2, c1, 4, 3), (c2,), (c2 * 6, units), (units,), (units, classes), (classes,)


def after_a_step(params, rate):
    """For probes: each parameter after a step for half the sum of all squares, and whether it can learn as a leaf."""
    if learning := [param for param in params if param.requires_grad]:
        sum(param.square().sum() / 2 for param in learning).backward()
    found = []
    for param in params:
        gradient = param.grad if param.is_leaf and param.grad is not None else torch.zeros_like(param)
        found.append((param.detach() - rate * gradient.detach(), param.requires_grad, param.is_leaf))
    return found


@pytest.mark.exercise("get_params")
class TestGetParams:
    @pytest.mark.points(2)
    def test_values(self, run, randn, chance):
        """Has the values of all parameters, in their order, ready for a step of training.
        依次包含所有参数的值，可以直接做一步训练。"""
        sizes, rate = chance.sample(range(2, 9), 4), chance.uniform(0.2, 0.8)
        params = [randn(*sizes[: i % 4 + 1]) for i in range(6)]
        found = run(lambda impl: after_a_step(impl.get_params(params, torch.device("cpu")), rate))
        close([param for param, *_ in found], [param * (1 - rate) for param in params])

    @pytest.mark.points(2)
    def test_learnable(self, run, randn, chance):
        """Every tensor requires gradients, and backward() fills its .grad.
        每个张量都需要梯度，backward() 会填入它的 .grad。"""
        params, rate = [randn(3, 4), randn(4), randn(4, 1, 2, 2)], chance.uniform(0.2, 0.8)
        found = run(lambda impl: after_a_step(impl.get_params(params, torch.device("cpu")), rate))
        close(found, [(param * (1 - rate), True, True) for param in params])

    def test_device(self, run, randn, chance):
        """Moves the parameters to the device.
        把参数移动到指定的设备上。"""
        params, numbers = [randn(2, 3), randn(3)], chance.sample(range(8), 2)

        def probe(impl):
            with Gpus():
                replicas = [impl.get_params(params, torch.device("cuda", i)) for i in numbers]
                places = [[str(param.device) for param in replica] for replica in replicas]
                return places, [[param.detach() for param in replica] for replica in replicas]

        close(run(probe), ([[f"cuda:{i}"] * 2 for i in numbers], [params, params]))

    @pytest.mark.needs("device")
    def test_leaves(self, run, randn, chance):
        """The tensors on another device are leaves, too: backward() fills their .grad.
        另一个设备上的张量也是叶节点：backward() 会填入它们的 .grad。"""
        params, rate = [randn(2, 3), randn(3)], chance.uniform(0.2, 0.8)

        def probe(impl):
            with Gpus():
                return after_a_step(impl.get_params(params, torch.device("cuda", 1)), rate)

        close(run(probe), [(param * (1 - rate), True, True) for param in params])

    def test_float64(self, run, randn, chance):
        """Keeps the dtype, also in a tuple of parameters.
        dtype 不变；参数也可以放在元组中。"""
        params, rate = (randn(2, 3, dtype=torch.float64), randn(3)), chance.uniform(0.2, 0.8)
        found = run(lambda impl: after_a_step(impl.get_params(params, torch.device("cpu")), rate))
        close([param for param, *_ in found], [param * (1 - rate) for param in params])


def expected_lenet(X, params):
    """LeNet by torch's modules."""
    W1, b1, W2, b2, W3, b3, W4, b4 = params
    first = F.avg_pool2d(torch.conv2d(X, W1, b1).clamp(min=0), 2)
    second = F.avg_pool2d(torch.conv2d(first, W2, b2).clamp(min=0), 2)
    hidden = (second.reshape(len(X), -1) @ W3 + b3).clamp(min=0)
    return hidden @ W4 + b4


@pytest.mark.exercise("lenet")
class TestLenet:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X"),
        promise.gradients("X", "params"),
    )
    def arguments(self, randn, weights, chance):
        shapes = thin(chance)
        return {"X": randn(3, 1, 17, 20), "params": weights(*shapes)}

    @pytest.mark.points(2)
    def test_book_sizes(self, run, randn, weights, chance):
        """Has the book's logits for images of 28 x 28.
        对 28 x 28 的图像，输出与书中的网络一致。"""
        X, params = randn(chance.randint(2, 4), 1, 28, 28), weights(*SHAPES)
        close(run(lambda impl: impl.lenet(X, params)), expected_lenet(X, params))

    @pytest.mark.points(2)
    def test_other_sizes(self, run, randn, weights, chance):
        """Takes images with several channels that are not square, and other numbers of channels and units.
        图像可以有多个通道、不是正方形，通道数和单元数也可以不同。"""
        X, params = randn(4, 3, 16, 20), weights(*thin(chance, colours=3))
        close(run(lambda impl: impl.lenet(X, tuple(params))), expected_lenet(X, params))


def copies(params, k):
    """For probes: k replicas of the parameters that require gradients."""
    return [[param.clone().requires_grad_() for param in params] for _ in range(k)]


def stepped(impl, params, k, lr, *batches):
    """For probes: the parameters of k replicas on the CPU after a step with each batch."""
    replicas = copies(params, k)
    with Scatter():
        for X, y in batches:
            impl.train_batch(X, y, replicas, [torch.device("cpu")] * k, lr)
    return [[param.detach() for param in replica] for replica in replicas]


def descended(params, lr, *batches):
    """The parameters after steps on a single device, by the mean loss of the whole batch."""
    for X, y in batches:
        leaves = [param.clone().requires_grad_() for param in params]
        F.cross_entropy(expected_lenet(X, leaves), y).backward()
        params = [leaf.detach() - lr * leaf.grad for leaf in leaves]
    return params


@pytest.fixture
def task(randn, weights, chance):
    """task(5, 6): parameters of a thin LeNet in float64, a learning rate, and a batch of 5 and a batch of 6."""

    def draw(*sizes):
        shapes = thin(chance)
        params = [2 * param for param in weights(*shapes, dtype=torch.float64)]
        images = [randn(n, 1, 17, 20, dtype=torch.float64) for n in sizes]
        classes = [randn(n, shapes[-1][0]).argmax(1) for n in sizes]
        return params, chance.uniform(0.3, 0.9), *zip(images, classes, strict=True)

    return draw


@pytest.mark.exercise("train_batch")
class TestTrainBatch:
    @pytest.mark.points(2)
    def test_one_device(self, run, task, chance):
        """With one device, makes an ordinary step of SGD.
        只有一个设备时，做一步普通的小批量随机梯度下降。"""
        params, lr, batch = task(chance.randint(3, 6))
        close(run(lambda impl: stepped(impl, params, 1, lr, batch)), [descended(params, lr, batch)])

    @pytest.mark.points(2)
    def test_equal_shards(self, run, task, chance):
        """With several devices, all replicas make the step of the whole batch.
        有多个设备时，所有副本都做整个小批量对应的更新。"""
        k = chance.randint(2, 3)
        params, lr, batch = task(2 * k)
        close(run(lambda impl: stepped(impl, params, k, lr, batch)), [descended(params, lr, batch)] * k)

    @pytest.mark.points(2)
    def test_uneven_shards(self, run, task, chance):
        """Gives every example the same weight, also if the last shard is smaller.
        最后一份较小时，每个样本的权重仍然相同。"""
        n, k = chance.choice([(5, 2), (7, 3), (5, 3), (7, 2)])
        params, lr, batch = task(n)
        close(run(lambda impl: stepped(impl, params, k, lr, batch)), [descended(params, lr, batch)] * k)

    def test_several_steps(self, run, task):
        """Each step uses the gradients of its own batch only.
        每一步只使用当前小批量的梯度。"""
        params, lr, *batches = task(4, 5, 3)
        close(run(lambda impl: stepped(impl, params, 2, lr, *batches)), [descended(params, lr, *batches)] * 2)

    def test_book_network(self, run, randn, weights):
        """Trains the book's network in float32.
        用 float32 训练书中的网络。"""
        params, X = weights(*SHAPES), randn(6, 1, 28, 28)
        y = randn(6, 10).argmax(1)
        close(run(lambda impl: stepped(impl, params, 2, 0.5, (X, y))), [descended(params, 0.5, (X, y))] * 2)

    def test_devices(self, run, task, chance):
        """Every replica makes its step on its own device.
        每个副本都在自己的设备上更新。"""
        params, lr, (X, y) = task(5)
        numbers = chance.sample(range(8), 2)

        def probe(impl):
            replicas, devices = copies(params, 2), [torch.device("cuda", i) for i in numbers]
            with Scatter(), Gpus() as gpus:
                for replica, device in zip(replicas, devices, strict=True):
                    for param in replica:
                        gpus.put(param, device)
                impl.train_batch(X, y, replicas, devices, lr)
                places = [[str(param.device) for param in replica] for replica in replicas]
            return [[param.detach() for param in replica] for replica in replicas], places

        close(run(probe), ([descended(params, lr, (X, y))] * 2, [[f"cuda:{i}"] * 8 for i in numbers]))

    @pytest.mark.needs("equal_shards")
    def test_gradients_cleared(self, run, task):
        """Leaves gradients of zero or None.
        之后，梯度为零或 None。"""
        params, lr, (X, y) = task(4)

        def probe(impl):
            replicas = copies(params, 2)
            with Scatter():
                impl.train_batch(X, y, replicas, [torch.device("cpu")] * 2, lr)
            gradients = [param.grad for replica in replicas for param in replica]
            cleared = [gradient is None or not gradient.any().item() for gradient in gradients]
            return [param.detach() for param in replicas[1]], cleared

        close(run(probe), (descended(params, lr, (X, y)), [True] * 16))

    @pytest.mark.needs("equal_shards")
    def test_leaves(self, run, task):
        """The replicas keep their tensors, which are still leaves that require gradients.
        副本仍由原来的张量组成，它们还是需要梯度的叶节点。"""
        params, lr, (X, y) = task(4)

        def probe(impl):
            replicas = copies(params, 2)
            tensors = [param for replica in replicas for param in replica]
            with Scatter():
                impl.train_batch(X, y, replicas, [torch.device("cpu")] * 2, lr)
            same = [a is b for a, b in zip(tensors, [p for replica in replicas for p in replica], strict=True)]
            return [p.detach() for p in tensors[8:]], same, [p.requires_grad and p.is_leaf for p in tensors]

        close(run(probe), (descended(params, lr, (X, y)), [True] * 16, [True] * 16))

    @pytest.mark.needs("equal_shards")
    def test_batch_untouched(self, run, task):
        """Leaves X and y unchanged.
        不修改传入的 X 和 y。"""
        params, lr, (X, y) = task(4)

        def probe(impl):
            features, labels = X.clone(), y.clone()
            replicas = stepped(impl, params, 2, lr, (features, labels))
            return features, labels, replicas[1]

        close(run(probe), (X, y, descended(params, lr, (X, y))))

    @pytest.mark.bonus
    def test_idle_device(self, run, task):
        """Replicas of devices without a shard make the step, too. (The book's code raises an error.)
        没有分到样本的设备，它的副本也做同样的更新。（书中的代码会报错。）"""
        params, lr, batch = task(2)
        close(run(lambda impl: stepped(impl, params, 3, lr, batch)), [descended(params, lr, batch)] * 3)


@pytest.mark.exercise("scaled_lr")
class TestScaledLr:
    @pytest.mark.points(2)
    def test_larger_batch(self, run, chance):
        """Multiplies the learning rate by k for k times as many examples.
        样本数变为 k 倍时，学习率也变为 k 倍。"""
        lr, base, k = chance.uniform(0.01, 0.9), chance.choice([32, 64, 100, 128]), chance.randint(3, 9)
        cases = [(lr, base, 2 * base), (lr, base, k * base), (0.5, 128, 512)]
        close(run(lambda impl: [impl.scaled_lr(*case) for case in cases]), [2 * lr, k * lr, 2.0])

    def test_smaller_batch(self, run, chance):
        """Makes the learning rate smaller for a smaller batch.
        小批量变小时，学习率也变小。"""
        lr, base, k = chance.uniform(0.01, 0.9), chance.choice([32, 64, 100, 128]), chance.randint(3, 9)
        cases = [(lr, 2 * base, base), (lr, k * base, base), (lr, base, 1)]
        close(run(lambda impl: [impl.scaled_lr(*case) for case in cases]), [lr / 2, lr / k, lr / base])

    def test_no_multiple(self, run, chance):
        """Takes a batch size that is no multiple of the other.
        两个大小之间可以不是倍数关系。"""
        lr, base, batch = chance.uniform(0.01, 0.9), *chance.sample([48, 96, 112, 200, 320, 500], 2)
        cases = [(lr, base, batch), (0.1, 96, 256), (lr, 7, 3)]
        expected = [lr * batch / base, 0.1 * 256 / 96, lr * 3 / 7]
        close(run(lambda impl: [impl.scaled_lr(*case) for case in cases]), expected)

    def test_same_batch(self, run, chance):
        """Keeps the learning rate for the same batch size, but not for one more example.
        大小不变时，学习率也不变；多一个样本时则不同。"""
        rates, base = [chance.uniform(0.01, 2) for _ in range(3)], chance.randint(2, 500)
        sizes = [base, base + 1, base]
        found = run(lambda impl: [impl.scaled_lr(lr, base, size) for lr, size in zip(rates, sizes, strict=True)])
        close(found, [lr * size / base for lr, size in zip(rates, sizes, strict=True)])

    @pytest.mark.needs("larger_batch")
    def test_no_examples(self, run, chance):
        """Raises ValueError if a batch size is 0 or negative.
        小批量的大小为 0 或负数时抛出 ValueError。"""
        lr, n = chance.uniform(0.01, 0.9), chance.randint(2, 99)
        wrong = [(n, 0), (0, n), (n, -n), (-n, n), (-n, -1), (0, 0)]

        def probe(impl):
            refused = [raises(lambda sizes=sizes: impl.scaled_lr(lr, *sizes), ValueError) for sizes in wrong]
            return refused, impl.scaled_lr(lr, n, 1), impl.scaled_lr(lr, 1, n)

        close(run(probe), ([True] * 6, lr / n, lr * n))
