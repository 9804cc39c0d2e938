"""GPUs that a suite pretends: they follow torch's rules about tensors on several devices."""

import numpy as np
import pytest
import torch

from dlgrade.pretended_gpus import Gpus

FOUR, THREE = torch.device("cuda", 4), torch.device("cuda", 3)


@pytest.fixture
def pair():
    """Two tensors that seem to be on different GPUs, both parameters of a step."""
    with Gpus() as gpus:
        yield [gpus.put(torch.ones(3, requires_grad=True), device) for device in (FOUR, THREE)]


def devices(tensors):
    return [tensor.device for tensor in tensors]


# Each right answer in torch on two GPUs: the devices of the tensors that it returns.
RIGHT = {
    "backward-of-both": lambda a, b: (torch.autograd.backward([a.sum(), b.sum()]), [a.grad, b.grad])[1],
    "gradients-of-both": lambda a, b: torch.autograd.grad([a.sum(), b.sum()], [a, b]),
    "backward-by-name": lambda a, b: (torch.autograd.backward(tensors=[a.sum(), b.sum()]), [a.grad, b.grad])[1],
    "gradients-by-name": lambda a, b: torch.autograd.grad(outputs=[a.sum(), b.sum()], inputs=[a, b]),
    "unused-input": lambda a, b: torch.autograd.grad(
        [a.sum(), b.sum()], [a, torch.ones(1, requires_grad=True), b], allow_unused=True
    )[::2],
    "one-by-one": lambda a, b: torch._foreach_mul([a, b], 2.0),
    "functional-gradient": lambda a, b: [torch.func.grad(lambda x: (x * x).sum())(x) for x in (a, b)],
    "mapped": lambda a, b: [torch.vmap(lambda x: 2 * x)(x) for x in (a, b)],
    "other-dtype": lambda a, b: [a.double(), b.half()],
    "moved-there-and-back": lambda a, b: [b.to(a), a.to(b.device)],
    "by-type": lambda a, b: [b.type_as(a), a.to(b.device, torch.float64)],
    "module": lambda a, b: [next(torch.nn.Linear(2, 2).to(t.device).parameters()) for t in (a, b)],
    "empty": lambda a, b: [torch.zeros(0, device=a.device), torch.zeros(0, device=b.device)],
    "index-on-the-cpu": lambda a, b: [a[torch.tensor([0, 2])], b[torch.tensor([True, False, True])]],
    "number-of-the-cpu": lambda a, b: [a * torch.tensor(2.0), torch.tensor(2.0) - b],
    "backward-to-both": lambda a, b: ((a.sum() + b.sum().to(a.device)).backward(inputs=[a, b]), [a.grad, b.grad])[1],
    "written-into": lambda a, b: [a.detach().copy_(b), b],
    "created-there": lambda a, b: [torch.zeros(2, device=a.device), b.new_zeros(2)],
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_device_of_its_own(pair, name):
    """A function of tensors on two GPUs that torch allows returns each on its own."""
    assert devices(RIGHT[name](*pair)) == [FOUR, THREE]


def test_facts(pair):
    """A tensor says that it is on a GPU, and on which."""
    assert [(t.is_cuda, t.is_cpu, t.get_device()) for t in [*pair, torch.ones(1)]] == [
        (True, False, 4), (True, False, 3), (False, True, -1),
    ]  # fmt: skip


MIXED = {
    "sum": torch.add,
    "joined": lambda a, b: torch.cat([a, b]),
    "number-of-a-gpu": lambda a, b: a / b.sum(),
    "number-of-a-gpu-on-the-cpu": lambda a, _: torch.ones(3) * a.sum(),
    "one-by-one": lambda a, b: torch._foreach_add([a], [b]),
    "gradient-elsewhere": lambda a, b: setattr(a, "grad", b.detach()),
    "values-by-index": lambda a, b: a.detach().__setitem__(torch.tensor([0, 1, 2]), b.detach()),
    "index-of-another-gpu": lambda a, b: a[b.detach() > 0],
}


@pytest.mark.parametrize("name", MIXED)
def test_two_devices(pair, name):
    """An operation on tensors of two devices is an error."""
    with pytest.raises(RuntimeError, match="at least two devices"):
        MIXED[name](*pair)


def test_first_gpu(pair):
    """cuda without a number is the first GPU, and another dtype is kept on the way."""
    moved = torch.ones(2, dtype=torch.float64).to("cuda")
    assert (moved.device, moved.dtype) == (torch.device("cuda", 0), torch.float64)
    assert (moved + torch.ones(2).cuda()).device == pair[0].cuda().device == torch.device("cuda:0")


def test_no_numpy(pair):
    """A tensor on a GPU does not become an array of numpy's."""
    for convert in (torch.Tensor.numpy, np.asarray):
        with pytest.raises(TypeError, match="can't convert cuda:4"):
            convert(pair[0].detach())
