"""ch87's reference against numpy, scipy and simulations of shifted data."""

import itertools

import numpy as np
import pytest
import torch
from scipy.stats import norm


def test_label_shift_prior(reference):
    """The shares agree with numpy's solution, and with the labels of a simulation of 200,000 examples."""
    rng = np.random.default_rng(0)
    C, q = np.array([[0.8, 0.1, 0.15], [0.15, 0.7, 0.05], [0.05, 0.2, 0.8]]), np.array([0.2, 0.7, 0.1])
    result = reference.label_shift_prior(torch.from_numpy(C), torch.from_numpy(C @ q))
    np.testing.assert_allclose(result, np.linalg.solve(C, C @ q), rtol=1e-12)
    labels = rng.choice(3, size=200_000, p=q)
    predictions = (rng.random(len(labels))[:, None] > C.T.cumsum(axis=1)[labels]).sum(axis=1)
    mu = torch.from_numpy(np.bincount(predictions, minlength=3) / len(labels))
    np.testing.assert_allclose(reference.label_shift_prior(torch.from_numpy(C), mu), q, atol=0.01)


def test_negative_solutions(reference):
    """Negative shares are clipped, and a singular matrix is refused."""
    C, mu = torch.tensor([[0.9, 0.2], [0.1, 0.8]]), torch.tensor([0.1, 0.9])
    torch.testing.assert_close(reference.label_shift_prior(C, mu), torch.tensor([0.0, 1.0]))
    with pytest.raises(RuntimeError, match="singular"):
        reference.label_shift_prior(torch.full((2, 2), 0.5), torch.tensor([0.5, 0.5]))


def test_label_shift_weights(reference):
    """The weighted source has the labels of the target; a missing label is refused."""
    q, p = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.1, 0.6, 0.3])
    torch.testing.assert_close(p * reference.label_shift_weights(q, p), q)
    for target in (q, torch.tensor([0.0, 0.5, 0.5])):
        with pytest.raises(ValueError, match="no examples"):
            reference.label_shift_weights(target, torch.tensor([0.0, 0.4, 0.6]))


def test_covariate_shift_weights(reference):
    """The weights are the ratio of the densities of two Gaussians, and clip limits them."""
    x = np.linspace(-3, 5, 50)
    p, q = norm.pdf(x, 0, 1), norm.pdf(x, 1, 1.3)
    logits = torch.from_numpy(np.log(q) - np.log(p))
    np.testing.assert_allclose(reference.covariate_shift_weights(logits, 1e9), q / p, rtol=1e-12)
    np.testing.assert_allclose(reference.covariate_shift_weights(logits, 2.5), np.minimum(q / p, 2.5), rtol=1e-12)
    extreme = reference.covariate_shift_weights(torch.tensor([1e4, -1e4, 0.0]))
    torch.testing.assert_close(extreme, torch.tensor([10.0, 0.0, 1.0]))


def test_weighted_risk(reference):
    """The risk of weighted source examples is close to the mean loss of the target."""
    torch.manual_seed(0)
    x = torch.randn(200_000, dtype=torch.float64)  # p is N(0, 1), q is N(0.5, 1)
    weights = (0.5 * x - 0.125).exp()
    assert reference.weighted_risk(x**2, weights).item() == pytest.approx(1.25, abs=0.03)
    losses = torch.rand(5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda values: reference.weighted_risk(values, weights[:5]), losses)


def tables(p_x, y_given_x):
    """P(y) and P(x | y), with fractions of the joint table."""
    joint = np.array([[x * y for y in row] for x, row in zip(p_x, y_given_x, strict=True)])
    return joint.sum(axis=0), joint / joint.sum(axis=0)


def test_shift_kind(reference):
    """All pairs of eight joint distributions agree with their definitions, by Bayes' rule in numpy."""
    rows = [[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]
    reverse = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6]])  # P(x | y)
    laws = [([0.2, 0.3, 0.5], rows), ([0.5, 0.3, 0.2], rows), ([0.2, 0.3, 0.5], rows[::-1]), ([0.5, 0.4, 0.1], rows)]
    for p_y in ([0.5, 0.5], [0.2, 0.8], [0.7, 0.3], [0.35, 0.65]):
        joint = np.array(p_y)[:, None] * reverse
        laws.append((joint.sum(axis=0), (joint / joint.sum(axis=0)).T))
    seen = set()
    for (p_x, p), (q_x, q) in itertools.product(laws, repeat=2):
        (p_y, p_back), (q_y, q_back) = tables(p_x, p), tables(q_x, q)
        forward, backward = np.allclose(p, q), np.allclose(p_back, q_back)
        expected = set()
        if not np.allclose(p_x, q_x) and forward:
            expected.add("covariate")
        if not np.allclose(p_y, q_y) and backward:
            expected.add("label")
        if not forward and not backward:
            expected.add("concept")
        arguments = [torch.tensor(np.array(table), dtype=torch.float64) for table in (p_x, q_x, p, q)]
        assert reference.shift_kind(*arguments) == expected
        seen |= {frozenset(expected)}
    assert seen == {frozenset(kinds) for kinds in ((), ("covariate",), ("label",), ("concept",))}


def test_shift_kind_with_missing_values(reference):
    """Inputs and labels that a distribution lacks are not compared."""
    p, q = torch.eye(2, dtype=torch.float64), torch.tensor([[0.5, 0.5], [0.0, 1.0]], dtype=torch.float64)
    half, second = torch.tensor([0.5, 0.5], dtype=torch.float64), torch.tensor([0.0, 1.0], dtype=torch.float64)
    assert reference.shift_kind(half, second, p, q) == {"covariate", "label"}
    assert reference.shift_kind(half, half, p, p) == set()
