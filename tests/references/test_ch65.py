"""ch65's reference against torch's attention, plain sums, finite differences and known variances."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F


def test_masked_softmax_against_sums(reference):
    """Every weight is a quotient of exponentials, for all lengths, those of no key and of too many included."""
    X = 3 * torch.randn(7, 2, 5, dtype=torch.float64)
    for lengths in (torch.arange(7), torch.stack([torch.arange(7), 6 - torch.arange(7)], dim=1), None):
        weights = reference.masked_softmax(X, lengths)
        for i, j in itertools.product(range(7), range(2)):
            n = 5 if lengths is None else min(int(lengths.reshape(7, -1)[i, -1 if lengths.dim() == 1 else j]), 5)
            powers = [math.exp(x) * (t < n) if n else 1 for t, x in enumerate(X[i, j].tolist())]
            assert weights[i, j].tolist() == pytest.approx([power / sum(powers) for power in powers])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_mask_of_every_dtype(reference, dtype):
    """Masked keys have no weight at all, however low the valid logits are and whatever the dtype is."""
    X = torch.randn(2, 3, 4).sub(3e4).to(dtype)
    weights = reference.masked_softmax(X, torch.tensor([2, 3]))
    assert weights.dtype == dtype
    for example, length in zip(weights, (2, 3), strict=True):
        assert not example[:, length:].any()
        assert example.double().sum(dim=1).tolist() == pytest.approx([1, 1, 1], abs=1e-2)


def test_dot_products_against_torch(reference):
    """Scaled dot-product attention is torch's; its weights are those of torch for values that pick them out."""
    net = reference.DotProductAttention(0.5).eval()
    for d, batch in itertools.product((1, 3, 64), (1, 4)):
        queries, keys, values = (torch.randn(batch, n, f) for n, f in ((3, d), (7, d), (7, 5)))
        lengths = torch.randint(1, 8, (batch, 3))
        mask = torch.arange(7) < lengths[:, :, None]
        output = net(queries, keys, values, lengths)
        torch.testing.assert_close(output, F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask))
        weights = F.scaled_dot_product_attention(queries, keys, torch.eye(7).expand(batch, 7, 7), attn_mask=mask)
        torch.testing.assert_close(net.attention_weights, weights)
        torch.testing.assert_close(net(queries, keys, values), F.scaled_dot_product_attention(queries, keys, values))


def test_additive_scores_against_a_perceptron(reference):
    """An additive score is that of a perceptron which reads query and key side by side (D2L's own remark)."""
    net = reference.AdditiveAttention(3, 4, 6, 0.5).eval()
    perceptron = torch.nn.Sequential(torch.nn.Linear(7, 6, bias=False), torch.nn.Tanh(), net.w_v)
    perceptron[0].weight.data = torch.cat([net.W_q.weight, net.W_k.weight], dim=1).detach()
    queries, keys, values = torch.randn(2, 3, 4), torch.randn(2, 5, 3), torch.randn(2, 5, 2)
    output = net(queries, keys, values, torch.tensor([5, 2]))
    for i, j in itertools.product(range(2), range(3)):
        pairs = torch.stack([torch.cat([queries[i, j], key]) for key in keys[i, : (5, 2)[i]]])
        weights = perceptron(pairs)[:, 0].softmax(dim=0)
        torch.testing.assert_close(net.attention_weights[i, j, : len(pairs)], weights)
        torch.testing.assert_close(output[i, j], weights @ values[i, : len(pairs)])


def test_gradients_against_finite_differences(reference):
    """All three pass the right gradients to all their inputs, masked or not, a row without valid keys included."""
    inputs = [torch.randn(3, n, 2, dtype=torch.float64, requires_grad=True) for n in (2, 4, 4)]
    for lengths in (None, torch.tensor([0, 3, 4]), torch.tensor([[1, 2], [0, 4], [3, 3]])):
        assert torch.autograd.gradcheck(lambda X, n=lengths: reference.masked_softmax(X, n), inputs[0])
        for net in (reference.AdditiveAttention(2, 2, 3, 0.0).double(), reference.DotProductAttention(0.0)):
            assert torch.autograd.gradcheck(lambda q, k, v, n=lengths, net=net: net(q, k, v, n), inputs)


@pytest.mark.parametrize("d", [1, 4, 64])
def test_variance_of_scores(reference, d):
    """Over many draws the variance of the products is d and that of the scaled ones 1, within a tenth for 20,000."""
    for seed in range(10):
        products, scaled = reference.score_variance(d, 20_000, seed)
        assert products == pytest.approx(d, rel=0.1)
        assert scaled == pytest.approx(1, rel=0.1)
        assert products == pytest.approx(d * scaled, rel=1e-5)
