"""ch67's reference against torch's multi-head attention, plain indexing, trigonometry and counted multiplications."""

import math

import pytest
import torch
from torch import nn


def test_heads_against_indexing(reference):
    """Every element goes to its head and comes back, for all small shapes."""
    for batch, steps, heads, width in ((1, 1, 1, 1), (2, 3, 4, 2), (3, 1, 2, 5), (2, 4, 1, 3), (2, 2, 3, 1)):
        X = torch.arange(batch * steps * heads * width).reshape(batch, steps, heads * width)
        split = reference.transpose_qkv(X, heads)
        assert split.shape == (batch * heads, steps, width)
        for b, t, h, w in torch.cartesian_prod(*map(torch.arange, (batch, steps, heads, width))).reshape(-1, 4):
            assert split[b * heads + h, t, w] == X[b, t, h * width + w]
        assert reference.transpose_output(split, heads).equal(X)


@pytest.mark.parametrize("bias", [False, True])
def test_attention_against_torch(reference, bias):
    """Multi-head attention is torch's with the same weights, whatever the sizes and lengths; its gradient is right."""
    net = reference.MultiHeadAttention(3, 6, 5, 6, 2, 0.5, bias=bias).double().eval()
    twin = nn.MultiheadAttention(6, 2, bias=bias, kdim=3, vdim=5, batch_first=True, dtype=torch.float64).eval()
    layers = net.W_q, net.W_k, net.W_v
    twin.q_proj_weight, twin.k_proj_weight, twin.v_proj_weight = (layer.weight for layer in layers)
    twin.out_proj.weight = net.W_o.weight
    if bias:
        twin.in_proj_bias.data = torch.cat([layer.bias for layer in layers]).detach()
        twin.out_proj.bias = net.W_o.bias
    queries, keys, values = (torch.randn(4, n, d, dtype=torch.float64) for n, d in ((3, 6), (7, 3), (7, 5)))
    valid_lens = torch.tensor([7, 1, 3, 5])
    output = net(queries, keys, values, valid_lens)
    expected, weights = twin(
        queries, keys, values, key_padding_mask=torch.arange(7) >= valid_lens[:, None], average_attn_weights=False
    )
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(net.attention.attention_weights, weights.flatten(0, 1))
    inputs = [X[:2].requires_grad_() for X in (queries, keys, values)]
    assert torch.autograd.gradcheck(lambda q, k, v: net(q, k, v, torch.tensor([[2, 7, 1], [3, 3, 4]])), inputs)


def test_codes_against_trigonometry(reference):
    """P is made of sines and cosines, an odd width included, and its products depend on the distance alone."""
    for d in (2, 5, 16):
        P = reference.PositionalEncoding(d, 0.0, max_len=30).P
        expected = [
            [(math.cos if c % 2 else math.sin)(i * 10000 ** -((c - c % 2) / d)) for c in range(d)] for i in range(30)
        ]
        torch.testing.assert_close(P, torch.tensor([expected]), rtol=0, atol=1e-5)
    products = P[0] @ P[0].T
    torch.testing.assert_close(products[:-5, :-5], products[5:, 5:], rtol=0, atol=1e-4)


@pytest.mark.parametrize("delta", [-9, -1, 0, 1, 4, 20])
def test_rotation_against_codes(reference, delta):
    """The rotation moves the codes of all positions, and is orthogonal with determinant 1."""
    P = reference.PositionalEncoding(10, 0.0).P[0]
    R = reference.relative_rotation(delta, 10)
    torch.testing.assert_close(P[10:30] @ R.T, P[10 + delta : 30 + delta], rtol=0, atol=1e-5)
    torch.testing.assert_close(R @ R.T, torch.eye(10))
    torch.testing.assert_close(torch.linalg.det(R), torch.tensor(1.0))


def test_cost_against_counting(reference):
    """The complexities are counted multiplications; the convolution's path is the blocks of k that cover n."""
    for n, d, k in ((1, 1, 1), (4, 3, 3), (7, 2, 5), (10, 4, 3)):
        cost = reference.attention_cost(n, d, k)
        assert cost["cnn"][0] == sum(1 for _ in range(n) for _ in range(k) for _ in range(d) for _ in range(d))
        assert cost["rnn"][0] == n * torch.empty(d, d).numel()
        scores = torch.empty(n, d), torch.empty(d, n)
        assert cost["self_attention"][0] == scores[0].shape[0] * scores[0].numel() == scores[1].shape[1] * n * d
        assert cost["cnn"][1:] == (1, len(range(0, n, k)))
        assert cost["rnn"][1:] == (n, n)
        assert cost["self_attention"][1:] == (1, 1)
