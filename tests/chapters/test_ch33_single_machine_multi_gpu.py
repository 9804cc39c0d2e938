"""ch33: allreduce, split_batch, split_batch_cpu, data_parallel_grads.

No check needs a GPU: inside `Gpus()`, tensors of the CPU seem to be on GPUs.
"""

import pytest
import torch
from torch import nn

from dlgrade.testing import Gpus, Scatter, close, promise, raises, standard, written_from_scratch

CPU = torch.device("cpu")


def reduced(impl, data):
    """For probes: the tensors of the list after the call."""
    impl.allreduce(data)
    return list(data)


@pytest.mark.exercise("allreduce")
class TestAllreduce:
    @standard(promise.float64, promise.non_contiguous, call=reduced)
    def arguments(self, randn, chance):
        return {"data": [randn(3, 4) for _ in range(chance.randint(3, 5))]}

    @pytest.mark.points(2)
    def test_two_tensors(self, run, randn, chance):
        """Both of two tensors become their sum.
        两个张量都变成它们的和。"""
        shape = chance.sample(range(2, 9), 2)
        data = [randn(*shape) for _ in range(2)]
        close(run(lambda impl: reduced(impl, data)), [data[0] + data[1]] * 2)

    @pytest.mark.points(2)
    def test_more_tensors(self, run, randn, chance):
        """All of three or more tensors become the sum of all.
        张量有三个或更多时，每个都变成全部张量的和。"""
        data = [[randn(6) for _ in range(k)] for k in (3, chance.randint(4, 7))]
        expected = [[torch.stack(tensors).sum(0)] * len(tensors) for tensors in data]
        close(run(lambda impl: [reduced(impl, tensors) for tensors in data]), expected)

    def test_one_tensor(self, run, randn, chance):
        """A single tensor stays unchanged.
        只有一个张量时，它保持不变。"""
        data = [randn(chance.randint(2, 5)) for _ in range(4)]

        def probe(impl):
            return reduced(impl, data[:1]), reduced(impl, [tensor.clone() for tensor in data[1:2] * 2])

        close(run(probe), ([data[0]], [2 * data[1]] * 2))

    def test_in_place(self, run, randn):
        """Writes into the given tensors: other names of them show the sum.
        写入传入的张量本身：用其他名字访问这些张量，看到的也是和。"""
        data = [randn(2, 3) for _ in range(3)]

        def probe(impl):
            tensors = [tensor.clone() for tensor in data]
            impl.allreduce(list(tensors))
            return tensors

        close(run(probe), [sum(data)] * 3)

    def test_tuple(self, run, randn):
        """Takes a tuple of tensors, too.
        也可以传入由张量组成的元组。"""
        data = [randn(2, 3) for _ in range(3)]
        close(run(lambda impl: reduced(impl, tuple(data))), [sum(data)] * 3)

    def test_views(self, run, randn, chance):
        """Writes into the memory of the tensors: a matrix whose rows are the tensors shows the sum.
        写入张量原来的内存：如果各个张量是一个矩阵的行，这个矩阵也随之改变。"""
        k, d = chance.sample(range(3, 8), 2)
        X = randn(k, d)

        def probe(impl):
            matrix = X.clone()
            impl.allreduce([matrix[i] for i in range(k)])
            return matrix

        close(run(probe), X.sum(0).repeat(k, 1))

    def test_own_memory(self, run, randn):
        """The tensors do not share memory afterwards.
        调用之后，各个张量不共享内存。"""
        data = [randn(4) for _ in range(3)]

        def probe(impl):
            tensors = [tensor.clone() for tensor in data]
            impl.allreduce(tensors)
            for i, tensor in enumerate(tensors):
                tensor += i + 1
            return tensors

        close(run(probe), [sum(data) + i + 1 for i in range(3)])

    def test_integers(self, run, chance):
        """Adds integers exactly.
        整数的和是精确的。"""
        data = [torch.tensor([chance.randint(-9, 9), 2**40 + chance.randint(0, 99)]) for _ in range(3)]
        close(run(lambda impl: reduced(impl, data)), [sum(data)] * 3)

    def test_parameters(self, run, randn):
        """Under torch.no_grad(), takes tensors that require gradients.
        在 torch.no_grad() 下，张量可以需要梯度。"""
        data = [randn(3, 2) for _ in range(3)]

        def probe(impl):
            leaves = [tensor.clone().requires_grad_() for tensor in data]
            with torch.no_grad():
                impl.allreduce(leaves)
            return [(leaf.detach(), leaf.requires_grad, leaf.is_leaf) for leaf in leaves]

        close(run(probe), [(sum(data), True, True)] * 3)

    def test_devices(self, run, randn, chance):
        """Copies tensors of other devices before it adds them; every tensor stays on its device.
        先复制其他设备上的张量，再相加；每个张量仍在自己的设备上。"""
        data, numbers = [randn(2, 3) for _ in range(3)], chance.sample(range(8), 3)

        def probe(impl):
            with Gpus() as gpus:
                places = [torch.device("cuda", i) for i in numbers]
                tensors = [gpus.put(tensor.clone(), place) for tensor, place in zip(data, places, strict=True)]
                impl.allreduce(tensors)
                return tensors, [str(tensor.device) for tensor in tensors]

        close(run(probe), ([sum(data)] * 3, [f"cuda:{i}" for i in numbers]))


def on_cpus(impl, X, y, k):
    """For probes: the shards for k times the CPU."""
    with Scatter():
        shards = impl.split_batch(X, y, [torch.device("cpu")] * k)
    return [list(part) for part in shards]


def in_parts(impl, X, y, n):
    """For probes: the parts of split_batch_cpu."""
    return [list(part) for part in impl.split_batch_cpu(X, y, n)]


def labelled(randn, n, *shape):
    """n examples of this shape, and a different label for each."""
    return randn(n, *shape), randn(n).argsort() + 10


def close_parts(run, call, cases):
    """Check the parts of batches: cases are pairs of the arguments (X, y, k) and the right sizes."""
    batches = [batch for batch, _ in cases]
    found = run(lambda impl: [call(impl, *batch) for batch in batches])
    close(found, [[list(X.split(sizes)), list(y.split(sizes))] for (X, y, _), sizes in cases])


EVEN = {(6, 2): [3, 3], (8, 4): [2] * 4}
UNEVEN = {(5, 2): [3, 2], (7, 3): [3, 3, 1], (10, 4): [3, 3, 3, 1], (11, 3): [4, 4, 3]}
FEWER = {(5, 4): [2, 2, 1], (9, 6): [2, 2, 2, 2, 1], (6, 4): [2, 2, 2], (1, 2): [1], (2, 3): [1, 1], (3, 7): [1] * 3}


def drawn(randn, sizes):
    """A batch for each (n, k), with its parts."""
    return [((*labelled(randn, n, 3), k), parts) for (n, k), parts in sizes.items()]


@pytest.mark.exercise("split_batch")
class TestSplitBatch:
    @standard(promise.untouched, call=on_cpus)
    def arguments(self, randn, chance):
        X, y = labelled(randn, chance.randint(4, 8), 2)
        return {"X": X, "y": y, "k": 3}

    @pytest.mark.points(2)
    def test_equal_shards(self, run, randn, chance):
        """Gives every device as many examples if the number allows it, and a single device the whole batch.
        样本数能够整除时，各设备得到的样本一样多；只有一个设备时，它得到整个小批量。"""
        m, k = chance.sample(range(2, 6), 2)
        close_parts(run, on_cpus, drawn(randn, {**EVEN, (m * k, k): [m] * k, (m, 1): [m]}))

    @pytest.mark.points(2)
    def test_smaller_last_shard(self, run, randn, chance):
        """The last shard is smaller if the number does not divide: 5 examples on two devices are 3 and 2.
        不能整除时，最后一份较小：5 个样本分给两个设备，是 3 个和 2 个。"""
        m = chance.randint(3, 6)
        close_parts(run, on_cpus, drawn(randn, {**UNEVEN, (2 * m + 1, 2): [m + 1, m]}))

    def test_fewer_shards(self, run, randn):
        """Makes fewer shards if fewer hold all examples: 5 on four devices are 2, 2 and 1, and 2 on three are 1 and 1.
        较少的几份就能装下所有样本时，份数少于设备数：5 个分给四个设备得到 2、2、1，2 个分给三个设备得到 1、1。"""
        close_parts(run, on_cpus, drawn(randn, FEWER))

    def test_first_axis(self, run, randn, chance):
        """Splits images and several labels per example along the first axis only; dtypes stay the same.
        输入是图像、每个样本有多个标签时，也只沿第一个轴拆分；dtype 不变。"""
        m = chance.randint(2, 4)
        X, y = randn(2 * m + 1, 1, 3, 4, dtype=torch.float64).transpose(2, 3), randn(2 * m + 1, 4)
        close_parts(run, on_cpus, [((X, y, 2), [m + 1, m])])

    def test_devices(self, run, randn, chance):
        """Shard i is on the device i, with its labels.
        第 i 份样本及其标签在第 i 个设备上。"""
        m, numbers = chance.randint(2, 4), chance.sample(range(8), 3)
        X, y = labelled(randn, 3 * m - 1, 2)

        def probe(impl):
            with Scatter(), Gpus():
                parts = impl.split_batch(X, y, [torch.device("cuda", i) for i in numbers])
                return [list(part) for part in parts], [[str(shard.device) for shard in part] for part in parts]

        shards = [list(X.split(m)), list(y.split(m))]
        close(run(probe), (shards, [[f"cuda:{i}" for i in numbers]] * 2))

    def test_different_lengths(self, run, randn, chance):
        """Raises AssertionError if X and y have different numbers of examples.
        X 和 y 的样本数不同时抛出 AssertionError。"""
        n = chance.randint(4, 8)
        (X, y), size = labelled(randn, n, 2), -(-n // 2)

        def probe(impl):
            wrong = (X, y[1:]), (X[:-1], y), (X, y[:1])
            refused = [raises(lambda batch=batch: on_cpus(impl, *batch, 2), AssertionError) for batch in wrong]
            return refused, on_cpus(impl, X, y, 2)

        close(run(probe), ([True] * 3, [list(X.split(size)), list(y.split(size))]))


@pytest.mark.exercise("split_batch_cpu")
class TestSplitBatchCpu:
    @standard(promise.untouched, call=in_parts)
    def arguments(self, randn, chance):
        X, y = labelled(randn, chance.randint(4, 8), 2)
        return {"X": X, "y": y, "n": 3}

    @pytest.mark.points(2)
    def test_equal_parts(self, run, randn, chance):
        """Makes equal parts if the number of examples allows it; for n = 1, the only part is the whole batch.
        样本数能够整除时，各份大小相同；n = 1 时，唯一的一份就是整个小批量。"""
        m, k = chance.sample(range(2, 6), 2)
        close_parts(run, in_parts, drawn(randn, {**EVEN, (m * k, k): [m] * k, (m, 1): [m]}))

    @pytest.mark.points(2)
    def test_smaller_last_part(self, run, randn, chance):
        """The last part is smaller if the number does not divide: 5 examples in two parts are 3 and 2.
        不能整除时，最后一份较小：5 个样本分成两份，是 3 个和 2 个。"""
        m = chance.randint(3, 6)
        close_parts(run, in_parts, drawn(randn, {**UNEVEN, (2 * m + 1, 2): [m + 1, m]}))

    def test_fewer_parts(self, run, randn):
        """Makes fewer parts if fewer hold all examples: 5 in four parts are 2, 2 and 1, and 2 in three are 1 and 1.
        较少的几份就能装下所有样本时，份数减少：5 个分成四份得到 2、2、1，2 个分成三份得到 1、1。"""
        close_parts(run, in_parts, drawn(randn, FEWER))

    def test_first_axis(self, run, randn, chance):
        """Splits images and several labels per example along the first axis only; dtypes stay the same.
        输入是图像、每个样本有多个标签时，也只沿第一个轴拆分；dtype 不变。"""
        m = chance.randint(2, 4)
        X, y = randn(2 * m + 1, 1, 3, 4, dtype=torch.float64).transpose(2, 3), randn(2 * m + 1, 4)
        close_parts(run, in_parts, [((X, y, 2), [m + 1, m])])

    def test_different_lengths(self, run, randn, chance):
        """Raises ValueError or AssertionError if X and y have different numbers of examples.
        X 和 y 的样本数不同时抛出 ValueError 或 AssertionError。"""
        n = chance.randint(4, 8)
        (X, y), size = labelled(randn, n, 2), -(-n // 2)

        def probe(impl):
            wrong = (X, y[1:]), (X[:-1], y), (X, y[:1])
            kinds = ValueError, AssertionError
            refused = [raises(lambda batch=batch: in_parts(impl, *batch, 2), kinds) for batch in wrong]
            return refused, in_parts(impl, X, y, 2)

        close(run(probe), ([True] * 3, [list(X.split(size)), list(y.split(size))]))

    test_from_scratch = written_from_scratch


def affine(X, params):
    """For probes: a network with a weight and a bias."""
    weight, bias = params
    return X @ weight + bias


def normalised(X, params):
    """For probes: a network that first subtracts the mean of its batch."""
    return affine((X - X.mean(0)) ** 2, params)


def squares(y_hat, y):
    """For probes: half the squared error of each example."""
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).sum(1)


@pytest.fixture
def batch(randn):
    """batch(5): params, X and y of 5 examples, in float64."""

    def draw(n, dtype=torch.float64):
        weight, bias, X, y = (randn(*shape, dtype=dtype) for shape in ((3, 2), (2,), (n, 3), (n, 2)))
        return [weight, bias], X, y

    return draw


def linear_gradients(params, X, y):
    """The gradients of the summed squares by the formula."""
    error = X @ params[0] + params[1] - y
    return [X.t() @ error, error.sum(0)]


def parallel(impl, params, X, y, n, net=affine):
    return impl.data_parallel_grads(net, params, X, y, squares, n)


@pytest.mark.exercise("data_parallel_grads")
class TestDataParallelGrads:
    @standard(promise.untouched, promise.non_contiguous, call=parallel)
    def arguments(self, batch, chance):
        params, X, y = batch(chance.randint(5, 8))
        return {"params": params, "X": X, "y": y, "n": 2}

    @pytest.mark.points(2)
    def test_equal_parts(self, run, batch, chance):
        """Adds the gradients of replicas with equal parts; a single replica has the whole batch.
        各副本的样本一样多时，把它们的梯度相加；只有一个副本时，它有整个小批量。"""
        k = chance.randint(2, 4)
        params, X, y = batch(3 * k)
        found = run(lambda impl: [parallel(impl, params, X, y, n) for n in (k, 1)])
        close(found, [linear_gradients(params, X, y)] * 2)

    @pytest.mark.points(2)
    def test_uneven_parts(self, run, batch, chance):
        """Gives every example the same weight, also if the last part is smaller.
        最后一份较小时，每个样本的权重仍然相同。"""
        cases = [(*batch(n), k) for n, k in ((5, 2), (7, 3), (2 * chance.randint(2, 5) + 1, 2))]
        found = run(lambda impl: [parallel(impl, *case) for case in cases])
        close(found, [linear_gradients(*case[:3]) for case in cases])

    def test_small_batch(self, run, batch, chance):
        """Takes a batch with fewer examples than replicas.
        样本可以比副本少。"""
        cases = [(*batch(n), n + chance.randint(1, 3)) for n in (1, 3)]
        found = run(lambda impl: [parallel(impl, *case) for case in cases])
        close(found, [linear_gradients(*case[:3]) for case in cases])

    @pytest.mark.points(2)
    def test_own_examples(self, run, batch, chance):
        """A replica sees the examples of its part only, as batch statistics show.
        每个副本只看到自己那一份样本，小批量的统计量可以说明这一点。"""
        n, k = chance.choice([(7, 3), (8, 3), (10, 4)])
        params, X, y = batch(n)
        centred = torch.cat([(part - part.mean(0)) ** 2 for part in X.split(3)])
        found = run(lambda impl: parallel(impl, params, X, y, k, net=normalised))
        close(found, linear_gradients(params, centred, y))

    def test_nonlinear_network(self, agree, randn, chance):
        """Differentiates another network, with its own loss.
        网络和损失函数可以不同。"""
        W, v, X = randn(3, 4), randn(4), randn(chance.randint(5, 8), 3)
        y = (X[:, 0] > 0).float()

        def probe(impl):
            def net(X, params):
                return torch.tanh(X @ params[0]) @ params[1]

            def loss(y_hat, y):
                return nn.functional.softplus(y_hat) - y_hat * y

            return impl.data_parallel_grads(net, (W, v), X, y, loss, 3)

        agree(probe)

    def test_unused_parameter(self, run, batch, randn):
        """The gradient of a parameter that the loss does not use is zero.
        损失没有用到的参数，梯度为零。"""
        params, X, y = batch(5)
        unused = randn(4, dtype=torch.float64)

        def probe(impl):
            return parallel(impl, [unused, *params], X, y, 2, net=lambda X, params: affine(X, params[1:]))

        close(run(probe), [torch.zeros_like(unused), *linear_gradients(params, X, y)])

    def test_old_gradients(self, run, batch, randn):
        """An old .grad of a parameter does not change the result.
        参数原有的 .grad 不影响结果。"""
        params, X, y = batch(5)
        old = [randn(*param.shape, dtype=torch.float64) for param in params]

        def probe(impl):
            leaves = [param.clone().requires_grad_() for param in params]
            for leaf, gradient in zip(leaves, old, strict=True):
                leaf.grad = gradient.clone()
            return parallel(impl, leaves, X, y, 2)

        close(run(probe), linear_gradients(params, X, y))

    @pytest.mark.needs("uneven_parts")
    def test_gradients_untouched(self, run, batch, randn):
        """Leaves .grad and requires_grad of the parameters as they were.
        不改变参数的 .grad 和 requires_grad。"""
        params, X, y = batch(5)
        old = randn(2, dtype=torch.float64)

        def probe(impl):
            weight, bias = params[0].clone().requires_grad_(), params[1].clone().requires_grad_()
            plain = params[0].clone()
            bias.grad = old.clone()
            results = parallel(impl, [weight, bias], X, y, 2), parallel(impl, [plain, bias], X, y, 2)
            return results, weight.grad, bias.grad, [t.requires_grad for t in (weight, bias, plain)]

        close(run(probe), ((linear_gradients(params, X, y),) * 2, None, old, [True, True, False]))

    @pytest.mark.needs("uneven_parts")
    def test_no_graph(self, run, batch):
        """Returns gradients without a graph.
        返回的梯度不带计算图。"""
        params, X, y = batch(5)

        def probe(impl):
            found = parallel(impl, [param.clone().requires_grad_() for param in params], X, y, 2)
            return found, [gradient.requires_grad for gradient in found]

        close(run(probe), (linear_gradients(params, X, y), [False, False]))
