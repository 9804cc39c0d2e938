"""ch17's reference against torch's own tree of containers, torch's reading of device names, and prices by hand."""

import collections

import pytest
import torch
from torch import nn
from torch.utils import _pytree as pytree

Pair = collections.namedtuple("Pair", "one other")


def test_devices_without_gpus(reference, monkeypatch):
    """Without a GPU there is one device, and a tensor can be made on it."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert [reference.try_gpu(i) for i in range(3)] == 3 * reference.try_all_gpus()
    assert torch.zeros(1, device=reference.try_gpu()).device == torch.zeros(1).device


def test_devices_with_gpus(reference, monkeypatch):
    """With three GPUs these are numbers 0, 1 and 2, as torch reads the names."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    assert reference.try_all_gpus() == [torch.device(name) for name in ("cuda:0", "cuda:1", "cuda:2")]
    assert reference.try_gpu() == torch.device("cuda:0")
    assert reference.try_gpu(3) == torch.device("cpu")


def test_moves_against_torch(reference):
    """Containers are moved as torch's own map over such trees moves them."""
    X = torch.arange(6.0).reshape(2, 3)
    batch = {"a": [X, (X, None, "s")], "b": Pair(X, {3: X.int()}), "c": [], "d": ()}
    found = reference.to_device(batch, "meta")
    expected = pytree.tree_map_only(torch.Tensor, lambda t: t.to("meta"), batch)
    leaves, spec = pytree.tree_flatten(found)
    expected_leaves, expected_spec = pytree.tree_flatten(expected)
    assert spec == expected_spec
    for one, other in zip(leaves, expected_leaves, strict=True):
        same = one.device == other.device and one.dtype == other.dtype if torch.is_tensor(one) else one == other
        assert same


def test_modules(reference):
    """A module is moved itself."""
    net = nn.Linear(2, 3)
    assert reference.to_device((net,), "meta")[0] is net
    assert net.weight.device.type == "meta"


@pytest.mark.parametrize(
    ("samples", "throughput", "price", "cost"),
    [(3600, 1, 2.5, 2.5), (1_000_000, 1_000_000, 36.0, 0.01), (90, 0.5, 20.0, 1.0), (0, 3, 4.0, 0.0)],
)
def test_prices(reference, samples, throughput, price, cost):
    """An epoch costs what it costs by hand."""
    assert reference.gpu_cost_per_epoch(samples, throughput, price) == pytest.approx(cost)
