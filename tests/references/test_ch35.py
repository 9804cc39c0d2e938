"""ch35's reference against torch.distributed, the ZeRO paper, and the laws of Amdahl and Gustafson."""

import multiprocessing
import tempfile

import pytest
import torch
from torch import distributed

WORLD = 2


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(35)


def alone(rank, store, results, tensor):
    """A process of a group of two: it puts the sum of both tensors into the queue."""
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=WORLD)
    distributed.all_reduce(tensor)
    results.put((rank, tensor.tolist()))
    distributed.barrier()
    distributed.destroy_process_group()


@pytest.mark.parametrize("length", [1, 2, 9])
def test_ring_against_gloo(reference, length):
    """Two processes of torch.distributed, joined by gloo, get the vectors of our ring."""
    data = [torch.randn(length, dtype=torch.float64) for _ in range(WORLD)]
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        results = context.Queue()
        group = [
            context.Process(target=alone, args=(rank, f"{folder}/store", results, data[rank].clone()))
            for rank in range(WORLD)
        ]
        for process in group:
            process.start()
        found = dict(results.get(timeout=60) for _ in group)
        for process in group:
            process.join(60)
    ours, _ = reference.ring_allreduce(data)
    for rank in range(WORLD):
        torch.testing.assert_close(ours[rank], torch.tensor(found[rank], dtype=torch.float64))


@pytest.mark.parametrize("n", range(1, 8))
@pytest.mark.parametrize("length", [1, 2, 3, 7, 12, 60])
def test_ring_against_sum(reference, n, length):
    """Every worker has the sum. The traffic is optimal up to the rounding of chunks: 2 (n - 1) / n of the length."""
    data = [torch.randn(length, dtype=torch.float64) for _ in range(n)]
    results, sent = reference.ring_allreduce(data)
    torch.testing.assert_close(results, [torch.stack(data).sum(0)] * n)
    assert 2 * (n - 1) * length / n <= sent <= 2 * (n - 1) * -(-length // n)
    if length % n == 0:
        assert sent == 2 * (n - 1) * length // n


def test_server_against_one_machine(reference):
    """A step is that of torch.optim.SGD on the examples of all workers."""
    X, y = torch.randn(12, 3, dtype=torch.float64), torch.randn(12, dtype=torch.float64)
    w = torch.randn(3, dtype=torch.float64, requires_grad=True)
    grads = [
        torch.autograd.grad(((part @ w - labels) ** 2).mean(), w)[0]
        for part, labels in zip(X.chunk(4), y.chunk(4), strict=True)
    ]
    ours = reference.parameter_server_step(w.detach().clone(), grads, 0.3, 4)
    ((X @ w - y) ** 2).mean().backward()
    torch.optim.SGD([w], lr=0.3).step()
    torch.testing.assert_close(ours, w.detach())


@pytest.mark.parametrize("staleness", range(5))
def test_async_against_linear_algebra(reference, staleness):
    """For x^2, a step is the product with a matrix that also shifts the old weights."""
    lr, steps = 0.15, 20
    shift = torch.zeros(staleness + 1, staleness + 1, dtype=torch.float64)
    shift[1:, :-1] = torch.eye(staleness, dtype=torch.float64)
    shift[0, 0] = 1
    shift[0, -1] -= 2 * lr
    state, expected = torch.full((staleness + 1,), 3.0, dtype=torch.float64), [3.0]
    for _ in range(steps):
        state = shift @ state
        expected.append(state[0].item())
    assert reference.async_sgd(lambda w: 2 * w, 3.0, lr, staleness, steps) == pytest.approx(expected)


def test_divergence(reference):
    """The bound on the learning rate for x^2 falls from 1 to sin(pi / 6) / 1 = 0.5 with a staleness of 1."""
    for staleness, lr, converges in [(0, 0.9, True), (0, 1.1, False), (1, 0.45, True), (1, 0.55, False)]:
        end = reference.async_sgd(lambda w: 2 * w, 1.0, lr, staleness, 400)[-1]
        assert (abs(end) < 1) == converges


def test_zero_against_the_paper(reference):
    """The bytes are those of the paper's table 1, in GB, for 7.5 and 128 billion parameters and one trillion."""
    table = {
        (7.5e9, 4): (52.5, 41.3, 30.0), (7.5e9, 64): (31.4, 16.6, 1.88), (7.5e9, 1024): (30.1, 15.1, 0.12),
        (128e9, 64): (536, 284, 32), (1e12, 64): (4187, 2218, 250), (1e12, 1024): (4011, 2013, 15.6),
    }  # fmt: skip
    for (num_params, gpus), sizes in table.items():
        found = [reference.zero_memory_per_gpu(int(num_params), gpus, stage) / 1e9 for stage in (1, 2, 3)]
        assert found == pytest.approx(sizes, rel=6e-3, abs=6e-3)
        assert reference.zero_memory_per_gpu(int(num_params), gpus, 0) == 16 * num_params


@pytest.mark.parametrize("serial", [0.0, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("n", [1, 2, 16])
def test_efficiency_against_amdahl_and_gustafson(reference, serial, n):
    """With a serial share, the efficiency follows Amdahl's law. Gustafson's law gives it for work that grows with n."""
    amdahl = 1 / (serial + (1 - serial) / n)
    assert reference.scaling_efficiency(1.0, serial + (1 - serial) / n, n) == pytest.approx(amdahl / n)
    gustafson = n + (1 - n) * serial
    assert reference.scaling_efficiency(serial + (1 - serial) * n, 1.0, n) == pytest.approx(gustafson / n)
