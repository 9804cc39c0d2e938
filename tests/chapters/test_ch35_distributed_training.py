"""ch35: ring_allreduce, parameter_server_step, async_sgd, zero_memory_per_gpu, scaling_efficiency."""

import math

import pytest
import torch

from dlgrade.testing import close, expect, promise, raises, standard


def sums(impl, data):
    """For probes: the vectors of all workers at the end."""
    return impl.ring_allreduce(data)[0]


@pytest.fixture
def ring(randn):
    """ring(3, 12): the vectors of three workers."""
    return lambda n, length, dtype=torch.float32: [randn(length, dtype=dtype) for _ in range(n)]


@pytest.mark.exercise("ring_allreduce")
class TestRingAllreduce:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, call=sums)
    def arguments(self, ring, chance):
        return {"data": ring(chance.randint(2, 5), 8)}

    @pytest.mark.points(2)
    def test_sums(self, run, ring, chance):
        """Every worker has the sum in the end, if the number of workers divides the length.
        向量长度能被节点数整除时，最后每个节点都得到和。"""
        n, m = chance.sample(range(3, 7), 2)
        rings = [ring(n, n * m), ring(2, 6), ring(4, 8)]
        close(run(lambda impl: [sums(impl, data) for data in rings]), [[sum(data)] * len(data) for data in rings])

    @pytest.mark.points(2)
    def test_uneven_chunks(self, run, ring, chance):
        """Takes any length, also one that the number of workers does not divide.
        长度可以是任意的，包括不能被节点数整除的长度。"""
        n, m = chance.randint(3, 6), chance.randint(2, 5)
        rings = [ring(n, n * m + 1), ring(4, 5), ring(3, 11), ring(n, n * m - 1)]
        close(run(lambda impl: [sums(impl, data) for data in rings]), [[sum(data)] * len(data) for data in rings])

    def test_short_vectors(self, run, ring, chance):
        """Takes vectors with fewer elements than there are workers.
        向量的元素可以比节点少。"""
        rings = [ring(4, 1), ring(5, 3), ring(chance.randint(6, 9), chance.randint(2, 4))]
        close(run(lambda impl: [sums(impl, data) for data in rings]), [[sum(data)] * len(data) for data in rings])

    def test_one_worker(self, run, ring, chance):
        """A single worker keeps its vector and sends nothing.
        只有一个节点时，它保留自己的向量，不发送任何元素。"""
        data, pair = ring(1, chance.randint(2, 9)), ring(2, 4)

        def probe(impl):
            vectors, sent = impl.ring_allreduce(data)
            return vectors, sent, impl.ring_allreduce(tuple(pair))[1]

        close(run(probe), (data, 0, 4))

    @pytest.mark.points(2)
    def test_traffic(self, run, ring, chance):
        """A worker sends 2 (n - 1) / n of the length in elements.
        每个节点发送的元素数是长度的 2 (n - 1) / n。"""
        cases = [(n, n * chance.randint(2, 30)) for n in (2, 3, 4, 5, 8)]
        rings = [ring(*case) for case in cases]
        found = run(lambda impl: [impl.ring_allreduce(data)[1] for data in rings])
        close(found, [2 * (n - 1) * (length // n) for n, length in cases])

    @pytest.mark.needs("traffic")
    def test_traffic_of_uneven_chunks(self, run, ring, chance):
        """Counts the elements of uneven chunks, for the worker that sends the most.
        各块大小不同时，按发送最多的节点计算元素数。"""
        cases = [(3, 7), (4, 5), (5, 12), (4, 4 * chance.randint(3, 20) + 2), (6, 4)]
        rings = [ring(*case) for case in cases]
        found = run(lambda impl: [impl.ring_allreduce(data) for data in rings])
        close([vectors for vectors, _ in found], [[sum(data)] * len(data) for data in rings])
        for (n, length), (_, sent) in zip(cases, found, strict=True):
            low, high = math.ceil(2 * (n - 1) * length / n), 2 * (n - 1) * math.ceil(length / n)
            expect(
                low <= sent <= high,
                f"{n} workers with {length} elements each: a worker sent {sent}, not {low} to {high}.",
                f"{n} 个节点，各有 {length} 个元素：一个节点发送了 {sent} 个元素，应为 {low} 到 {high} 个。",
            )

    def test_integers(self, run, chance):
        """Adds integers exactly.
        整数的和是精确的。"""
        data = [torch.tensor([2**40 + chance.randint(0, 99), *chance.sample(range(99), 4)]) for _ in range(3)]
        close(run(lambda impl: sums(impl, data)), [sum(data)] * 3)

    @pytest.mark.needs("sums")
    def test_own_memory(self, run, ring):
        """The results share no memory with each other or with the data.
        各个结果之间、结果与传入的张量之间，都不共享内存。"""
        data, one = ring(3, 6), ring(1, 4)

        def probe(impl):
            given, alone = [vector.clone() for vector in data], [one[0].clone()]
            vectors, single = sums(impl, given), sums(impl, alone)
            for i, vector in enumerate([*vectors, *single]):
                vector += i + 1
            return vectors, given, alone

        close(run(probe), ([sum(data) + i + 1 for i in range(3)], data, one))


@pytest.mark.exercise("parameter_server_step")
class TestParameterServerStep:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, randn, chance):
        n = chance.randint(2, 5)
        grads = [randn(3, 4) for _ in range(n)]
        return {"weights": randn(3, 4), "grads": grads, "lr": chance.uniform(0.1, 0.9), "num_workers": n}

    @pytest.mark.points(2)
    def test_step(self, run, randn, chance):
        """Subtracts lr times the mean of the gradients.
        减去 lr 乘以梯度的平均值。"""
        shape = chance.sample(range(2, 7), 2)
        lr = chance.uniform(0.1, 0.9)
        cases = [(randn(*shape), [randn(*shape) for _ in range(n)], lr, n) for n in (2, 3, chance.randint(4, 7))]
        found = run(lambda impl: [impl.parameter_server_step(*case) for case in cases])
        close(found, [weights - lr * torch.stack(grads).mean(0) for weights, grads, lr, _ in cases])

    def test_one_worker(self, run, randn, chance):
        """With one worker, makes an ordinary step.
        只有一个节点时，做一步普通的梯度下降。"""
        weights, gradient, lr = randn(4, 2), randn(4, 2), chance.uniform(0.1, 0.9)
        close(run(lambda impl: impl.parameter_server_step(weights, [gradient], lr, 1)), weights - lr * gradient)

    def test_shapes(self, run, randn, chance):
        """Takes weights of any shape, and a tuple of gradients.
        权重的形状任意；梯度可以放在元组中。"""
        shapes, lr = [(), (5,), (2, 1, 3)], chance.uniform(0.1, 0.9)
        cases = [(randn(*shape), (randn(*shape), randn(*shape)), lr, 2) for shape in shapes]
        found = run(lambda impl: [impl.parameter_server_step(*case) for case in cases])
        close(found, [weights - lr * (a + b) / 2 for weights, (a, b), _, _ in cases])

    @pytest.mark.needs("step")
    def test_missing_gradient(self, run, randn, chance):
        """Raises ValueError if the gradient of a worker is missing.
        缺少某个节点的梯度时抛出 ValueError。"""
        n, lr = chance.randint(2, 5), chance.uniform(0.1, 0.9)
        weights, grads = randn(3), [randn(3) for _ in range(n)]

        def probe(impl):
            wrong = grads[1:], grads[:1] * (n - 1)
            refused = [raises(lambda g=g: impl.parameter_server_step(weights, g, lr, n), ValueError) for g in wrong]
            return refused, impl.parameter_server_step(weights, grads, lr, n)

        close(run(probe), ([True] * 2, weights - lr * sum(grads) / n))

    @pytest.mark.needs("step")
    def test_extra_gradient(self, run, randn, chance):
        """Raises ValueError if there are more gradients than workers.
        梯度比节点多时抛出 ValueError。"""
        n, lr = chance.randint(2, 5), chance.uniform(0.1, 0.9)
        weights, grads = randn(3), [randn(3) for _ in range(n)]

        def probe(impl):
            wrong = [*grads, grads[0]], grads * 2
            refused = [raises(lambda g=g: impl.parameter_server_step(weights, g, lr, n), ValueError) for g in wrong]
            return refused, impl.parameter_server_step(weights, grads, lr, n)

        close(run(probe), ([True] * 2, weights - lr * sum(grads) / n))


def late_descent(slope, target, w0, lr, staleness, steps):
    """The weights for the gradient slope * (w - target), by a queue of the weights that workers have read."""
    weights, queue = [w0], [w0] * (staleness + 1)
    for _ in range(steps):
        weights.append(weights[-1] - lr * slope * (queue.pop(0) - target))
        queue.append(weights[-1])
    return weights


def trajectory(impl, slope, target, w0, lr, staleness, steps):
    """For probes: the weights for the gradient slope * (w - target)."""
    return list(impl.async_sgd(lambda w: slope * (w - target), w0, lr, staleness, steps))


@pytest.fixture
def problem(chance):
    """problem(2, 5): the arguments of late_descent for staleness 2 and 5 steps, stable without staleness."""

    def draw(staleness, steps):
        slope = chance.uniform(0.5, 2)
        return slope, chance.uniform(-3, 3), chance.uniform(4, 9), chance.uniform(0.2, 0.7) / slope, staleness, steps

    return draw


@pytest.mark.exercise("async_sgd")
class TestAsyncSgd:
    def test_no_staleness(self, run, problem, chance):
        """With staleness 0, is gradient descent.
        staleness 为 0 时，就是梯度下降。"""
        cases = [problem(0, chance.randint(5, 12)) for _ in range(2)]
        found = run(lambda impl: [trajectory(impl, *case) for case in cases])
        close(found, [late_descent(*case) for case in cases])

    @pytest.mark.points(2)
    def test_late_gradients(self, run, problem, chance):
        """Each update uses the gradient at the weights of `staleness` updates ago.
        每次更新都使用 `staleness` 次更新之前的权重处的梯度。"""
        cases = [problem(staleness, chance.randint(9, 14)) for staleness in (1, 2, 3, 5)]
        found = run(lambda impl: [trajectory(impl, *case) for case in cases])
        close(found, [late_descent(*case) for case in cases])

    def test_first_steps(self, run, problem, chance):
        """The first updates use the gradient at w0.
        最初几次更新使用 w0 处的梯度。"""
        cases = [problem(staleness, staleness + 1) for staleness in (2, 3, chance.randint(4, 9))]
        found = run(lambda impl: [trajectory(impl, *case) for case in cases])
        close(found, [late_descent(*case) for case in cases])

    def test_divergence(self, run, chance):
        """For x^2, a learning rate that suits gradient descent diverges with late gradients.
        对 x^2，适合梯度下降的学习率在梯度滞后时会发散。"""
        lr, w0 = chance.uniform(0.3, 0.4), chance.uniform(1, 5)
        cases = [(2.0, 0.0, w0, lr, staleness, 30) for staleness in (0, 4)]
        plain, late = run(lambda impl: [trajectory(impl, *case) for case in cases])
        close([plain, late], [late_descent(*case) for case in cases])

    def test_other_gradients(self, run, chance):
        """Takes any gradient function.
        梯度函数可以是任意的。"""
        w0, lr = chance.uniform(0.5, 2), chance.uniform(0.05, 0.3)
        expected = [w0]
        for t in range(8):
            stale = expected[max(t - 2, 0)]
            expected.append(expected[t] - lr * (stale**3 + math.cos(stale)))
        close(run(lambda impl: list(impl.async_sgd(lambda w: w**3 + math.cos(w), w0, lr, 2, 8))), expected)

    def test_few_steps(self, run, problem, chance):
        """Returns w0 alone for no step, and two weights for one step.
        没有更新时只返回 w0，更新一次时返回两个权重。"""
        cases = [problem(chance.randint(1, 4), steps) for steps in (0, 1, 0, 2)]
        found = run(lambda impl: [trajectory(impl, *case) for case in cases])
        close(found, [late_descent(*case) for case in cases])


TABLE = {0: 120.0, 1: 31.4, 2: 16.6, 3: 1.88}  # the paper's figure 1: 7.5 billion parameters on 64 GPUs, in GB


def memory(num_params, num_gpus, stage):
    """The paper's formulas."""
    whole, split = [(16, 0), (4, 12), (2, 14), (0, 16)][stage]
    return whole * num_params + split * num_params / num_gpus


@pytest.mark.exercise("zero_memory_per_gpu")
class TestZeroMemoryPerGpu:
    def stage(self, run, chance, stage):
        """Compare some models with the formula of this stage."""
        gpus = chance.sample([3, 4, 8, 24, 64, 100], 3)
        cases = [(chance.randint(1000, 9_000_000_000), n, stage) for n in gpus] + [(chance.randint(1, 9), 97, stage)]
        found = run(lambda impl: [impl.zero_memory_per_gpu(*case) for case in cases])
        close(found, [float(memory(*case)) for case in cases])

    def test_stage_0(self, run, chance):
        """Stage 0 keeps 16 bytes for each parameter on each GPU.
        阶段 0 在每个 GPU 上为每个参数保留 16 字节。"""
        self.stage(run, chance, 0)

    @pytest.mark.points(2)
    def test_stage_1(self, run, chance):
        """Stage 1 splits the states of the optimiser.
        阶段 1 切分优化器状态。"""
        self.stage(run, chance, 1)

    @pytest.mark.points(2)
    def test_stage_2(self, run, chance):
        """Stage 2 also splits the gradients.
        阶段 2 还切分梯度。"""
        self.stage(run, chance, 2)

    @pytest.mark.points(2)
    def test_stage_3(self, run, chance):
        """Stage 3 also splits the weights.
        阶段 3 还切分权重。"""
        self.stage(run, chance, 3)

    def test_one_gpu(self, run, chance):
        """On a single GPU, no stage saves memory.
        只有一个 GPU 时，任何阶段都不能节省内存。"""
        num_params = chance.randint(1000, 9_000_000_000)
        found = run(lambda impl: [impl.zero_memory_per_gpu(num_params, 1, stage) for stage in range(4)])
        close(found, [16.0 * num_params] * 4)

    def test_paper(self, run, chance):
        """Agrees with the paper: 7.5 billion parameters on 64 GPUs take 120, 31.4, 16.6 and 1.88 GB.
        与论文一致：75 亿参数、64 个 GPU 时，分别为 120、31.4、16.6 和 1.88 GB。"""
        stages = chance.sample(range(4), 4)
        found = run(lambda impl: [impl.zero_memory_per_gpu(7_500_000_000, 64, stage) / 1e9 for stage in stages])
        close(found, [TABLE[stage] for stage in stages], rtol=5e-3)  # the table has three digits


@pytest.mark.exercise("scaling_efficiency")
class TestScalingEfficiency:
    @pytest.mark.points(2)
    def test_efficiency(self, run, chance):
        """Divides the speedup by the number of workers.
        加速比除以节点数。"""
        cases = [(chance.uniform(50, 99), chance.uniform(9, 40), chance.randint(12, 64)) for _ in range(4)]
        found = run(lambda impl: [impl.scaling_efficiency(*case) for case in cases])
        close(found, [t1 / tn / n for t1, tn, n in cases])

    def test_linear_speedup(self, run, chance):
        """Is 1 if n workers are n times as fast, and 1 / n if they are no faster.
        n 个节点的速度是一个节点的 n 倍时为 1，速度没有提高时为 1 / n。"""
        t, n = chance.uniform(1, 9), chance.randint(2, 30)
        cases = [(t, t / n, n), (t, t, n), (n * t, t, n)]
        close(run(lambda impl: [impl.scaling_efficiency(*case) for case in cases]), [1.0, 1 / n, 1.0])

    def test_one_worker(self, run, chance):
        """Compares the two times for n = 1.
        n = 1 时，就是两个时间之比。"""
        t, factor = chance.uniform(1, 9), chance.uniform(1.1, 3)
        cases = [(t, t, 1), (t, factor * t, 1), (t, t / factor, 1)]
        close(run(lambda impl: [impl.scaling_efficiency(*case) for case in cases]), [1.0, 1 / factor, factor])

    def test_above_one(self, run, chance):
        """May be above 1.
        可以大于 1。"""
        cases = [(n * chance.uniform(1.1, 2), 1.0, n) for n in chance.sample(range(2, 20), 3)]
        found = run(lambda impl: [impl.scaling_efficiency(*case) for case in cases])
        close(found, [t1 / n for t1, _, n in cases])

    def test_short_times(self, run, chance):
        """Takes times far below a second, and whole numbers.
        时间可以远小于一秒，也可以是整数。"""
        t, n, a = chance.uniform(1e-6, 9e-6), chance.randint(2, 9), chance.randint(7, 99)
        cases = [(3 * t, t, n), (a, 4, n)]
        close(run(lambda impl: [impl.scaling_efficiency(*case) for case in cases]), [3 / n, a / 4 / n])

    @pytest.mark.needs("efficiency")
    def test_impossible(self, run, chance):
        """Raises ValueError if an argument is 0 or negative.
        有参数为 0 或负数时抛出 ValueError。"""
        t, n = chance.uniform(1, 9), chance.randint(2, 9)
        wrong = [(0.0, t, n), (t, 0.0, n), (t, t, 0), (-t, t, n), (t, -t, n), (t, t, -n), (-t, -t, n)]

        def probe(impl):
            refused = [raises(lambda case=case: impl.scaling_efficiency(*case), ValueError) for case in wrong]
            return refused, impl.scaling_efficiency(t, 2 * t, n)

        close(run(probe), ([True] * 7, 1 / (2 * n)))
