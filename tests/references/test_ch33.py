"""ch33's reference against torch.distributed with two processes, torch.chunk and autograd on the whole batch."""

import multiprocessing
import tempfile

import pytest
import torch
from torch import distributed, nn
from torch.nn.functional import mse_loss

WORLD = 2


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(33)


def alone(rank, store, action, results, *arguments):
    """A process of a group: it puts the result of action(rank, *arguments) into the queue."""
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=WORLD)
    results.put((rank, [tensor.tolist() for tensor in action(rank, *arguments)]))
    distributed.barrier()
    distributed.destroy_process_group()


def in_processes(action, *arguments):
    """The results of the action in a group of two processes, joined by gloo on the loopback device."""
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        results = context.Queue()
        group = [
            context.Process(target=alone, args=(rank, f"{folder}/store", action, results, *arguments))
            for rank in range(WORLD)
        ]
        for process in group:
            process.start()
        found = dict(results.get(timeout=60) for _ in group)
        for process in group:
            process.join(60)
    return [[torch.tensor(values, dtype=torch.float64) for values in found[rank]] for rank in range(WORLD)]


def all_reduced(rank, tensors):
    distributed.all_reduce(tensors[rank])
    return [tensors[rank]]


def test_allreduce_against_gloo(reference):
    """Two processes of torch.distributed agree on the sum of our allreduce."""
    data = [torch.randn(3, 4, dtype=torch.float64) for _ in range(WORLD)]
    expected = in_processes(all_reduced, [tensor.clone() for tensor in data])
    reference.allreduce(data)
    for ours, theirs in zip(data, expected, strict=True):
        torch.testing.assert_close(ours, theirs[0])


def replica_gradients(rank, weight, bias, X, y):
    """The gradients of a process that has its own half of the batch, summed over the group."""
    net = nn.Linear(3, 2, dtype=torch.float64)
    net.weight.data, net.bias.data = weight, bias
    half = (len(X) + 1) // 2
    rows = slice(0, half) if rank == 0 else slice(half, None)
    mse_loss(net(X[rows]), y[rows], reduction="sum").backward()
    for parameter in net.parameters():
        distributed.all_reduce(parameter.grad)
    return [parameter.grad for parameter in net.parameters()]


@pytest.mark.parametrize("n", [6, 7])
def test_gradients_against_gloo(reference, n):
    """Two processes that sum the gradients of their halves by torch.distributed get our gradients."""
    weight, bias, X, y = (torch.randn(*shape, dtype=torch.float64) for shape in ((2, 3), (2,), (n, 3), (n, 2)))
    expected = in_processes(replica_gradients, weight, bias, X, y)

    def net(X, params):
        return X @ params[0].t() + params[1]

    def loss(y_hat, y):
        return ((y_hat - y) ** 2).sum(1)

    ours = reference.data_parallel_grads(net, [weight, bias], X, y, loss, WORLD)
    for theirs in expected:
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("n", range(1, 12))
@pytest.mark.parametrize("k", range(1, 8))
def test_parts_against_chunk(reference, n, k):
    """Both functions split as torch.chunk does."""
    X, y = torch.randn(n, 2, 3), torch.arange(n)
    expected = X.chunk(k), y.chunk(k)
    for ours in (reference.split_batch_cpu(X, y, k), reference.split_batch(X, y, [torch.device("cpu")] * k)):
        for parts, chunks in zip(ours, expected, strict=True):
            torch.testing.assert_close(list(parts), list(chunks))


def test_whole_batch(reference):
    """The gradients of any number of replicas are those of autograd on the whole batch."""
    net = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    names = [name for name, _ in net.named_parameters()]
    X, y = torch.randn(9, 4, dtype=torch.float64), torch.randint(3, (9,))
    nn.CrossEntropyLoss(reduction="sum")(net(X), y).backward()

    def functional(X, params):
        return torch.func.functional_call(net, dict(zip(names, params, strict=True)), (X,))

    for n in (1, 2, 4, 9, 20):
        loss = nn.CrossEntropyLoss(reduction="none")
        ours = reference.data_parallel_grads(functional, list(net.parameters()), X, y, loss, n)
        torch.testing.assert_close(ours, [parameter.grad for parameter in net.parameters()])
