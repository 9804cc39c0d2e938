"""ch68's reference against torch's layers, whole stacks of them, closed forms and finite differences."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

SIZES = 8, 8, 8, 8


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def copy_attention(net, attention):
    net.in_proj_weight.data = torch.cat([attention.W_q.weight, attention.W_k.weight, attention.W_v.weight]).detach()
    net.out_proj.weight = attention.W_o.weight
    if attention.W_o.bias is not None:
        net.in_proj_bias.data = torch.cat([attention.W_q.bias, attention.W_k.bias, attention.W_v.bias]).detach()
        net.out_proj.bias = attention.W_o.bias


def twin_of(block):
    """torch's layer with the parameters of a block."""
    decodes = hasattr(block, "attention2")
    kind = nn.TransformerDecoderLayer if decodes else nn.TransformerEncoderLayer
    twin = kind(8, 2, 5, 0.0, batch_first=True, dtype=torch.float64)
    copy_attention(twin.self_attn, block.attention1 if decodes else block.attention)
    if decodes:
        copy_attention(twin.multihead_attn, block.attention2)
        twin.norm3 = block.addnorm3.ln
    twin.norm1, twin.norm2 = block.addnorm1.ln, block.addnorm2.ln
    twin.linear1, twin.linear2 = block.ffn.dense1, block.ffn.dense2
    return twin


def embedded(net, X):
    """Words embedded, scaled and given the codes of their positions, by scalar arithmetic."""
    codes = [
        [(math.cos if c % 2 else math.sin)(i * 10000 ** -((c - c % 2) / 8)) for c in range(8)]
        for i in range(X.shape[1])
    ]
    return F.embedding(X, net.embedding.weight) * 8**0.5 + torch.tensor(codes)


def behind(valid_lens, steps):
    return torch.arange(steps) >= valid_lens[:, None]


def test_feed_forward_and_add_norm_against_torch(reference):
    """The network is linear, relu, linear; AddNorm is torch's layer_norm of the sum, over whichever axes."""
    X, Y = torch.randn(3, 5, 4), torch.randn(3, 5, 4)
    net = reference.PositionWiseFFN(4, 6, 3)
    parts = nn.Sequential(net.dense1, nn.ReLU(), net.dense2)
    torch.testing.assert_close(net(X), torch.stack([parts(X[:, t]) for t in range(5)], dim=1))
    for shape in (4, [4], [5, 4]):
        net = reference.AddNorm(shape, 0.5).eval()
        expected = F.layer_norm(X + Y, [shape] if isinstance(shape, int) else shape)
        torch.testing.assert_close(net(X, Y), expected)


@pytest.mark.parametrize("use_bias", [False, True])
def test_encoder_against_torch(reference, use_bias):
    """The encoder is torch's TransformerEncoderLayers on the embedding that formulas give."""
    net = reference.TransformerEncoder(9, *SIZES, [8], 8, 5, 2, 3, 0.0, use_bias).double()
    X, valid_lens = torch.randint(9, (4, 6)), torch.tensor([6, 1, 3, 5])
    expected = embedded(net, X)
    for block in net.blks:
        expected = twin_of(block)(expected, src_key_padding_mask=behind(valid_lens, 6))
    torch.testing.assert_close(net(X, valid_lens), expected, rtol=0, atol=1e-5)
    assert [weights.shape for weights in net.attention_weights] == [(8, 6, 6)] * 3


def test_decoder_against_torch(reference):
    """In training the decoder is torch's TransformerDecoderLayers under a causal mask."""
    net = reference.TransformerDecoder(9, *SIZES, [8], 8, 5, 2, 3, 0.0).double()
    X, outputs, valid_lens = torch.randint(9, (4, 5)), torch.randn(4, 6, 8).double(), torch.tensor([6, 1, 3, 5])
    expected = embedded(net, X)
    later = nn.Transformer.generate_square_subsequent_mask(5).isinf()
    for block in net.blks:
        padding = behind(valid_lens, 6)
        expected = twin_of(block)(expected, outputs, tgt_mask=later, memory_key_padding_mask=padding)
    logits, _ = net(X, net.init_state(outputs, valid_lens))
    torch.testing.assert_close(logits, net.dense(expected), rtol=0, atol=1e-5)
    own, of_outputs = net.attention_weights
    assert [weights.shape for weights in own] == [(8, 5, 5)] * 3
    assert [weights.shape for weights in of_outputs] == [(8, 5, 6)] * 3
    assert all(weights.triu(1).max() == 0 for weights in own)


def test_step_by_step_against_causal_mask(reference):
    """A block in evaluation, step after step, gives what torch's layer gives all steps at once."""
    block = reference.DecoderBlock(*SIZES, [8], 8, 5, 2, 0.3, 1).double().eval()
    X, outputs = torch.randn(3, 5, 8).double(), torch.randn(3, 4, 8).double()
    state, steps = [outputs, None, [None, None]], []
    for t in range(5):
        Y, state = block(X[:, t : t + 1], state)
        steps.append(Y)
    later = nn.Transformer.generate_square_subsequent_mask(5).isinf()
    torch.testing.assert_close(torch.cat(steps, dim=1), twin_of(block)(X, outputs, tgt_mask=later))
    assert state[2][0] is None
    assert state[2][1].equal(X)


def test_gradients_against_finite_differences(reference):
    """The gradients of both kinds of block are right."""
    X, outputs = torch.randn(2, 3, 8).double().requires_grad_(), torch.randn(2, 2, 8).double().requires_grad_()
    encoder = reference.EncoderBlock(*SIZES, [3, 8], 8, 5, 2, 0.0).double()
    decoder = reference.DecoderBlock(*SIZES, [8], 8, 5, 2, 0.0, 0).double()
    lens = torch.tensor([1, 2])
    assert torch.autograd.gradcheck(lambda x: encoder(x, lens), X)
    assert torch.autograd.gradcheck(lambda x, y: decoder(x, [y, lens, [None]])[0], (X, outputs))
