"""ch66's reference against torch's attention-free GRU, torch's cells, sums by hand and finite differences."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F


def test_steps_against_a_cell(reference):
    """Every step is a torch.nn.GRUCell that reads the average of the source, weighed by a perceptron of both states."""
    net = reference.Seq2SeqAttentionDecoder(7, 3, 4, 1).double()
    cell = nn.GRUCell(7, 4).double()
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in net.rnn.state_dict().items()})
    X, outputs, state = torch.randint(7, (3, 5)), torch.randn(6, 3, 4).double(), torch.randn(1, 3, 4).double()
    lengths = torch.tensor([6, 1, 4])
    logits, (_, last, _) = net(X, net.init_state((outputs, state), lengths))
    for i in range(3):
        now, source = state[0, i], outputs[: lengths[i], i]
        for t in range(5):
            both = torch.cat([now.expand(len(source), -1), source], dim=1)
            joint = torch.cat([net.attention.W_q.weight, net.attention.W_k.weight], dim=1)
            powers = (F.linear(both, joint).tanh() @ net.attention.w_v.weight[0]).exp()
            context = (powers[:, None] * source).sum(0) / powers.sum()
            torch.testing.assert_close(net.attention_weights[t][i, 0, : len(source)], powers / powers.sum())
            assert not net.attention_weights[t][i, 0, len(source) :].any()
            now = cell(torch.cat([context, net.embedding.weight[X[i, t]]]), now)
            torch.testing.assert_close(logits[i, t], net.dense(now))
        torch.testing.assert_close(last[0, i], now)


def test_nothing_to_choose_from(reference):
    """If all source states are equal the context is that state, and the decoder a plain GRU over several layers."""
    net = reference.Seq2SeqAttentionDecoder(7, 3, 4, 3).eval()
    X, one, state = torch.randint(7, (2, 5)), torch.randn(1, 2, 4), torch.randn(3, 2, 4)
    logits, (_, new_state, _) = net(X, net.init_state((one.expand(6, -1, -1), state), torch.tensor([4, 6])))
    words = net.embedding(X).permute(1, 0, 2)
    hidden, expected = net.rnn(torch.cat([one.expand(5, -1, -1), words], dim=2), state)
    torch.testing.assert_close(logits, net.dense(hidden).permute(1, 0, 2))
    torch.testing.assert_close(new_state, expected)
    assert isinstance(net, nn.Module)


def test_all_at_once_is_one_by_one(reference):
    """Teacher forcing and word-by-word decoding agree, unlike in ch62."""
    net = reference.Seq2SeqAttentionDecoder(7, 3, 4, 2)
    X, encoded, lengths = (
        torch.randint(7, (3, 6)),
        (torch.randn(5, 3, 4), torch.randn(2, 3, 4)),
        torch.tensor([5, 2, 1]),
    )
    logits, _ = net(X, net.init_state(encoded, lengths))
    kept, state = list(net.attention_weights), net.init_state(encoded, lengths)
    for t in range(6):
        step, state = net(X[:, t : t + 1], state)
        torch.testing.assert_close(step[:, 0], logits[:, t])
        torch.testing.assert_close(net.attention_weights, [kept[t]])


def test_gradients_against_finite_differences(reference):
    """Gradients of the encoder's outputs and state are those of finite differences, with padding and without."""
    net = reference.Seq2SeqAttentionDecoder(5, 2, 3, 2).double()
    X, shapes = torch.randint(5, (2, 3)), ((4, 2, 3), (2, 2, 3))
    inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    for lengths in (None, torch.tensor([4, 2])):
        assert torch.autograd.gradcheck(lambda o, s, n=lengths: net(X, net.init_state((o, s), n))[0], inputs)


def test_interface_and_picture(reference):
    """The interface refuses; the picture of a translation has its weights row by row."""
    with pytest.raises(NotImplementedError):
        _ = reference.AttentionDecoder().attention_weights
    for steps, keys in ((1, 1), (1, 4), (3, 1), (3, 5)):
        drawn = torch.rand(steps, keys)
        picture = reference.stack_attention([row.reshape(1, 1, keys) for row in drawn])
        assert picture.shape == (1, 1, steps, keys)
        assert picture[0, 0].tolist() == drawn.tolist()
