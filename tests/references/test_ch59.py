"""ch59's reference against torch's layers and packed sequences, sums over paths, and finite differences."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def draw(*shapes):
    return [torch.randn(*shape, dtype=torch.float64) for shape in shapes]


def layer(inputs, fwd, bwd):
    """torch's bidirectional layer with these parameters."""
    net = nn.RNN(inputs, len(fwd[2]), bidirectional=True, dtype=torch.float64)
    values = [value for W_xh, W_hh, b_h in (fwd, bwd) for value in (W_xh.T, W_hh.T, b_h, 0 * b_h)]
    net.load_state_dict(dict(zip(net.state_dict(), values, strict=True)))
    return net


@pytest.mark.parametrize(("steps", "batch", "inputs", "hiddens"), [(6, 3, 5, 4), (1, 1, 2, 7), (9, 2, 1, 1)])
def test_birnn_against_torch(reference, steps, batch, inputs, hiddens):
    """The states are those of torch's layer."""
    fwd, bwd = (draw((inputs, hiddens), (hiddens, hiddens), (hiddens,)) for _ in range(2))
    (X,) = draw((steps, batch, inputs))
    torch.testing.assert_close(reference.birnn(X, fwd, bwd), layer(inputs, fwd, bwd)(X)[0])


def test_birnn_gradients(reference):
    """The gradients agree with finite differences, directions of different sizes included."""
    arguments = [a.requires_grad_() for a in draw((3, 2, 3), (3, 2), (2, 2), (2,), (3, 4), (4, 4), (4,))]
    assert torch.autograd.gradcheck(lambda X, *p: reference.birnn(X, p[:3], p[3:]), arguments)


def test_reversal_against_packed_sequences(reference):
    """Reversed within their lengths, padded sequences give the backward states that torch's packed ones have."""
    lengths = torch.tensor([6, 2, 1, 5])
    fwd, bwd = (draw((3, 4), (4, 4), (4,)) for _ in range(2))
    (X,) = draw((4, 6, 3))
    packed = pack_padded_sequence(X, lengths, batch_first=True, enforce_sorted=False)
    expected, _ = pad_packed_sequence(layer(3, fwd, bwd)(packed)[0], batch_first=True)
    states = reference.birnn(reference.reverse_padded(X, lengths).transpose(0, 1), bwd, fwd)[:, :, :4].transpose(0, 1)
    states = reference.reverse_padded(states, lengths)
    for i, n in enumerate(lengths):
        torch.testing.assert_close(states[i, :n], expected[i, :n, 4:])


def test_posterior_against_paths(reference):
    """The posterior is the share of the paths through a state in the probability of all paths."""
    pi, A, B = (p.softmax(-1) for p in draw((3,), (3, 3), (3, 2)))
    obs, joint = [0, 1, 1, 0, 1, 0], torch.zeros(6, 3, dtype=torch.float64)
    for path in itertools.product(range(3), repeat=6):
        weight = pi[path[0]] * B[path, obs].prod() * A[path[:-1], path[1:]].prod()
        joint[range(6), path] += weight
    torch.testing.assert_close(reference.hmm_forward_backward(pi, A, B, obs), joint / joint.sum(1, keepdim=True))


def test_posterior_is_a_gradient(reference):
    """The posterior is the gradient of the logarithm of the observations' probability by log-likelihoods."""
    pi, A, B = (p.softmax(-1) for p in draw((4,), (4, 4), (4, 5)))
    obs = torch.randint(5, (300,)).tolist()
    log_likelihoods = B[:, obs].T.log().requires_grad_()
    message = pi.log()
    for t, row in enumerate(log_likelihoods):
        message = (torch.logsumexp(message[:, None] + A.log(), 0) if t else message) + row
    (expected,) = torch.autograd.grad(message.logsumexp(0), log_likelihoods)
    torch.testing.assert_close(reference.hmm_forward_backward(pi, A, B, obs), expected)


def test_masked_attention(reference):
    """Attention sees the future unless it is masked; torch's mask hides all of it."""
    attention, x = nn.MultiheadAttention(6, 2), torch.randn(5, 3, 6)
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    for hidden, leaks in ((mask, False), (None, True)):
        assert reference.leaks_future(lambda x, m=hidden: attention(x, x, x, attn_mask=m)[0], x) is leaks


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_recurrent_layers(reference, kind):
    """Each of torch's recurrent layers sees the future only with both directions."""
    for both in (False, True):
        net, x = kind(4, 3, 2, bidirectional=both), torch.randn(6, 2, 4)
        assert reference.leaks_future(lambda x, net=net: net(x)[0], x) is both
