"""Probes on their way to a worker."""

import pickle
import subprocess
import sys

import pytest
import torch

from dlgrade.judge.probe import pickled

DIGEST = """
import hashlib, torch
from dlgrade.judge.probe import pickled
X, names = torch.arange(6.0).reshape(2, 3).T, {"gamma": torch.ones(3), "beta": [torch.zeros(3)]}
class Net:
    def forward(self, X):
        return X
print(hashlib.sha256(pickled(lambda impl: impl.f(Net(), X, **names))).hexdigest())
"""
TENSORS = {
    "cut": torch.randn(3, 4)[:, 1:],
    "transposed": torch.randn(2, 3, dtype=torch.float64).T,
    "expanded": torch.ones(3).expand(4, 3),
    "leaf": torch.ones(2, requires_grad=True),
    "parameter": torch.nn.Parameter(torch.ones(2)),
    "scalar": torch.tensor(3),
    "empty": torch.zeros(0, 3, dtype=torch.bool),
    "conjugate": torch.randn(2, dtype=torch.complex64).conj(),
    "meta": torch.zeros(2, 3, device="meta"),
}


def test_the_same_bytes_in_every_process():
    """A probe has the same bytes wherever it is made, so that its outcome is found again."""
    runs = [
        subprocess.run([sys.executable, "-c", DIGEST], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout != b""


def test_the_same_bytes_after_it_was_loaded():
    """Loading a probe leaves the suite's own class alone, so that the next submission gets the same bytes."""

    class Counted:
        times = 0

        def count(self):
            type(self).times += 1

    Counted.__module__ = "__main__"

    def probe(_):
        Counted().count()

    first = pickled(probe)
    pickle.loads(first)(None)

    assert Counted.times == 0
    assert pickled(probe) == first


@pytest.mark.filterwarnings("ignore:You are using `torch.load`:FutureWarning")  # torch 2.4, of its own call
@pytest.mark.parametrize("tensor", TENSORS.values(), ids=TENSORS)
def test_tensors_arrive_as_they_were(tensor):
    """A tensor that a probe closes over arrives with its dtype, values, strides and `requires_grad`."""
    arrived = pickle.loads(pickled(lambda _: tensor))(None)
    assert type(arrived) is type(tensor)
    assert (arrived.dtype, arrived.stride(), arrived.requires_grad) == (
        tensor.dtype,
        tensor.stride(),
        tensor.requires_grad,
    )
    assert arrived.is_meta or torch.equal(arrived, tensor)
