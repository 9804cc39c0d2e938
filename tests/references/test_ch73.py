"""ch73's reference against scipy's optimiser, torch's FLOP counter, and all orders of small graphs."""

import itertools
import random

import numpy as np
import pytest
import torch
from scipy.optimize import least_squares
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def test_fit_power_law(reference):
    """The law has the least sum of squares that scipy finds."""
    rng = np.random.default_rng(0)
    for _ in range(10):
        n, loss = rng.uniform(1, 1e6, 8), rng.uniform(0.1, 5, 8)

        def residuals(law, n=n, loss=loss):
            return law[0] - law[1] * np.log(n) - np.log(loss)

        height, b = least_squares(residuals, [0.0, 0.0], xtol=1e-15, ftol=1e-15, gtol=1e-15).x
        assert reference.fit_power_law(n.tolist(), loss.tolist()) == pytest.approx((np.exp(height), b), rel=1e-6)


def test_fit_power_law_exact(reference):
    """Points on a law give it back; equal losses give b = 0; losses that grow give a negative b."""
    n = [3, 10**5, 2.5, 10**15]
    assert reference.fit_power_law(n, [7 * size**-0.076 for size in n]) == pytest.approx((7, 0.076))
    assert reference.fit_power_law(n, [2, 2, 2, 2]) == pytest.approx((2, 0))
    assert reference.fit_power_law((1, 2), (1, 4)) == pytest.approx((1, -2))
    for bad in (([1, 1], [2, 3]), ([1], [2]), ([], []), ([1, 2], [1]), ([0, 1], [1, 1]), ([1, 2], [1, -1])):
        with pytest.raises(ValueError, match=r"\w"):
            reference.fit_power_law(*bad)


def lenet():
    """LeNet of the book."""
    maps = nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid()
    dense = nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
    return nn.Sequential(*maps, nn.AvgPool2d(2), nn.Flatten(), *dense)


def test_count_flops(reference):
    """The count is half of that of torch's counter, which has additions, too."""
    assert reference.count_flops(lenet(), (1, 1, 28, 28)) == 416_520
    grouped = nn.Conv2d(6, 8, (3, 2), stride=2, padding=1, dilation=2, groups=2, bias=False)
    nets = [
        (lenet(), (3, 1, 28, 28)),
        (nn.Sequential(grouped, nn.Sequential(nn.ReLU(), nn.Conv2d(8, 5, 3, padding="same"))), (2, 6, 9, 11)),
        (nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(4), nn.Linear(7, 3, bias=False)), (2, 4, 5)),
    ]
    for net, shape in nets:
        with FlopCounterMode(display=False) as counter:
            net(torch.zeros(shape))
        assert 2 * reference.count_flops(net, shape) == counter.get_total_flops()


def test_count_flops_leaves_the_net(reference):
    """Modes, hooks and moving statistics stay; a batch of one is no error; other convolutions count 0."""
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout().eval())
    before = {name: value.clone() for name, value in net.state_dict().items()}
    assert reference.count_flops(net, (1, 3)) == 12
    assert [module.training for module in net.modules()] == [True, True, True, False]
    assert not any(module._forward_hooks for module in net.modules())
    torch.testing.assert_close(net.state_dict(), before, rtol=0, atol=0)
    assert reference.count_flops(nn.Sequential(nn.Conv1d(2, 3, 2), nn.Linear(4, 5)), (1, 2, 5)) == 3 * 4 * 5


def test_reading_order(reference):
    """The order is the alphabetically first of all orders that respect the prerequisites."""
    draw = random.Random(0)
    for _ in range(60):
        names = draw.sample("ABCabcdefg", 6)
        graph = {name: draw.choices(names, k=draw.choice((0, 0, 1, 2))) for name in names[:5]}
        every = sorted({*graph}.union(*graph.values()))

        def fits(order, graph=graph):
            return all(order.index(other) < order.index(name) for name, needed in graph.items() for other in needed)

        first = next(filter(fits, itertools.permutations(every)), None)
        if first is None:
            with pytest.raises(ValueError, match="wait"):
                reference.reading_order(graph)
        else:
            assert reference.reading_order(graph) == list(first)


def test_reading_order_of_many(reference):
    """Long chains need no recursion; an empty dict has an empty order."""
    chain = {f"{i:05}": [f"{i + 1:05}"] for i in range(20_000)}
    assert reference.reading_order(chain) == sorted({*chain, "20000"}, reverse=True)
    assert reference.reading_order({}) == []
