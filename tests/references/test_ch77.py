"""ch77's reference against scipy, torch's distributions, exact fractions and the book's numbers."""

from fractions import Fraction

import pytest
import torch
from torch.nn import functional as F


def distributions(*shape, zeros=False):
    """Random distributions in float64."""
    p = torch.rand(*shape, dtype=torch.float64)
    if zeros:
        p = torch.where(torch.rand(*shape) < 0.4, 0, p)
        p[..., 0] += 0.1
    return p / p.sum(dim=-1, keepdim=True)


@pytest.mark.parametrize("zeros", [False, True])
def test_scipy(reference, zeros):
    """Entropy, cross-entropy and divergence agree with scipy, also with zeros in either distribution."""
    stats, special = pytest.importorskip("scipy.stats"), pytest.importorskip("scipy.special")
    for shape in ((5,), (4, 6), (2, 1, 3), (3, 1)):
        p, q = distributions(*shape, zeros=zeros), distributions(*shape, zeros=zeros)
        divergence = torch.from_numpy(special.rel_entr(p.numpy(), q.numpy())).sum(dim=-1)
        torch.testing.assert_close(reference.entropy(p), torch.as_tensor(stats.entropy(p.numpy(), axis=-1)))
        torch.testing.assert_close(reference.kl_divergence(p, q), divergence)
        torch.testing.assert_close(reference.cross_entropy_dist(p, q), divergence + reference.entropy(p))


def test_torch(reference):
    """Entropy and divergence agree with torch's own."""
    p, q = distributions(4, 6), distributions(4, 6)
    torch.testing.assert_close(reference.entropy(p), torch.distributions.Categorical(p).entropy())
    expected = F.kl_div(q.log(), p, reduction="none").sum(dim=-1)
    torch.testing.assert_close(reference.kl_divergence(p, q), expected)
    expected = F.cross_entropy(q.log(), p, reduction="none")
    torch.testing.assert_close(reference.cross_entropy_dist(p, q), expected)


def test_zeros(reference):
    """A class with p = 0 adds 0; a class with q = 0 and p > 0 makes the result inf."""
    p = torch.tensor([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]])
    q = torch.tensor([[0.25, 0.75, 0.0], [0.2, 0.2, 0.6], [0.0, 0.5, 0.5]])
    expected = torch.tensor([-0.5 * (torch.tensor(0.25).log() + torch.tensor(0.75).log()), 5.0, torch.inf])
    expected[1] = torch.tensor(5.0).log()
    torch.testing.assert_close(reference.cross_entropy_dist(p, q), expected)
    torch.testing.assert_close(reference.kl_divergence(p, q), expected - reference.entropy(p))
    assert reference.entropy(p)[1] == 0


def test_gradients(reference):
    """The gradients agree with finite differences."""
    p, q = distributions(3, 4).requires_grad_(), distributions(3, 4).requires_grad_()
    assert torch.autograd.gradcheck(reference.entropy, (p,))
    assert torch.autograd.gradcheck(reference.cross_entropy_dist, (p, q))
    assert torch.autograd.gradcheck(reference.kl_divergence, (p, q))


def test_bayes_posterior(reference):
    """bayes_posterior agrees with exact fractions, test by test, and with the book's example."""
    for prior, sensitivity, specificity in ((3, 90, 80), (50, 10, 20), (1, 100, 99), (0, 70, 60), (100, 70, 60)):
        belief, hit, alarm = Fraction(prior, 100), Fraction(sensitivity, 100), 1 - Fraction(specificity, 100)
        for count in range(6):
            result = reference.bayes_posterior(prior / 100, sensitivity / 100, specificity / 100, count)
            assert result == pytest.approx(float(belief), rel=1e-12)
            belief = belief * hit / (belief * hit + (1 - belief) * alarm)
    assert reference.bayes_posterior(0.0015, 1, 0.99) == pytest.approx(0.1306, abs=5e-5)
    for wrong in (
        (-0.1, 1, 1),
        (1.1, 1, 1),
        (0.1, 1.1, 1),
        (0.1, -1, 1),
        (0.1, 1, 1.1),
        (0.1, 1, -0.1),
        (0.1, 1, 1, -1),
    ):
        with pytest.raises(ValueError, match="probabilities"):
            reference.bayes_posterior(*wrong)


def test_bayes_scipy(reference):
    """bayes_posterior agrees with the likelihoods of scipy's binomial distribution: all of the tests are positive."""
    binom = pytest.importorskip("scipy.stats").binom
    for prior, sensitivity, specificity in ((0.0015, 1.0, 0.99), (0.3, 0.8, 0.6), (0.9, 0.2, 0.4)):
        for count in range(5):
            sick, healthy = binom.pmf(count, count, sensitivity), binom.pmf(count, count, 1 - specificity)
            expected = prior * sick / (prior * sick + (1 - prior) * healthy)
            assert reference.bayes_posterior(prior, sensitivity, specificity, count) == pytest.approx(expected)


def test_empirical_frequencies(reference):
    """Each row agrees with the counts of the first draws."""
    samples = torch.randint(0, 4, (50,))
    result = reference.empirical_frequencies(samples, 6)
    assert result.dtype == torch.float32
    for i in range(50):
        expected = torch.bincount(samples[: i + 1], minlength=6) / (i + 1)
        torch.testing.assert_close(result[i], expected)
    assert reference.empirical_frequencies(samples[:0], 3).shape == (0, 3)
    for wrong in (-1, 4, 9):
        with pytest.raises(ValueError, match="classes"):
            reference.empirical_frequencies(torch.tensor([1, wrong, 0]), 4)


def test_large_numbers(reference):
    """The frequencies of many draws are near the probabilities."""
    p = torch.tensor([0.2, 0.5, 0.3])
    samples = torch.multinomial(p, 20000, replacement=True, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(reference.empirical_frequencies(samples, 3)[-1], p, atol=0.02, rtol=0)
