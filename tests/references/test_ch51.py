"""ch51's reference against numpy's windows, plain recursion, and enumeration."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn


@pytest.fixture(scope="module")
def net():
    return nn.Sequential(nn.Linear(4, 10), nn.Tanh(), nn.Linear(10, 1)).double()


@pytest.mark.parametrize(("length", "tau"), [(10, 4), (5, 4), (7, 1), (30, 13)])
def test_examples_against_numpy(reference, length, tau):
    """Features and labels are numpy's windows of tau + 1 values, cut before the last."""
    x = torch.randn(length, dtype=torch.float64)
    windows = np.lib.stride_tricks.sliding_window_view(x.numpy(), tau + 1)
    features, labels = reference.autoregressive_dataset(x, tau)
    np.testing.assert_array_equal(features, windows[:, :-1])
    np.testing.assert_array_equal(labels, windows[:, -1:])


def test_too_short(reference):
    """There is no example of five values in a series of five."""
    with pytest.raises(ValueError, match="no example"):
        reference.autoregressive_dataset(torch.zeros(5), 5)


def test_predictions_by_recursion(reference, net):
    """Predictions of both kinds are those of a recursion over windows of Python floats."""
    x = torch.randn(20, dtype=torch.float64)

    def predicted(window, k):
        for _ in range(k):
            window = [*window[1:], net(torch.tensor([window], dtype=torch.float64)).item()]
        return window[-1]

    table = reference.k_step_features(net, x, 4, 5)
    assert table.shape == (12, 9)
    for t, k in itertools.product(range(12), range(1, 6)):
        assert table[t, 3 + k].item() == pytest.approx(predicted(x[t : t + 4].tolist(), k))
        assert table[t, :4].tolist() == x[t : t + 4].tolist()

    preds = reference.multistep_predict(net, x, 7, 4, 25)
    assert preds[:11].tolist() == x[:11].tolist()
    for k in range(1, 15):
        assert preds[10 + k].item() == pytest.approx(predicted(x[7:11].tolist(), k))
    assert not preds.requires_grad
    assert not table.requires_grad


def test_chain_rule_is_the_table(reference):
    """The product of conditional probabilities is the entry of the table, or the sum of what begins so."""
    counts = torch.randint(0, 4, (3, 2, 4, 2))
    for seq in itertools.product(*map(range, counts.shape)):
        for t in range(1, 5):
            share = counts[seq[:t]].sum().item() / counts.sum().item()
            assert reference.chain_rule_prob(counts, seq[:t]) == pytest.approx(share)


def test_chain_is_a_joint_table(reference):
    """A Markov chain's probabilities are those of its joint table by the chain rule, and add up to one."""
    init, P = torch.rand(3).softmax(dim=0).double(), torch.rand(3, 3).softmax(dim=1).double()
    init, P = init / init.sum(), P / P.sum(dim=1, keepdim=True)
    table = init[:, None, None] * P[:, :, None] * P
    total = 0
    for seq in itertools.product(range(3), repeat=3):
        prob = reference.markov_chain_prob(init, P, seq)
        assert prob == pytest.approx(reference.chain_rule_prob(table, seq))
        total += prob
    assert total == pytest.approx(1)
