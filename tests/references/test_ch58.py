"""ch58's reference against torch's deep layers, their own parameters, and finite differences."""

import itertools

import pytest
import torch
from torch import nn


def draw(*shapes):
    return [torch.randn(*shape, dtype=torch.float64) for shape in shapes]


def layers(inputs, widths):
    """(W_xh, W_hh, b_h) of each layer."""
    return [draw((below, h), (h, h), (h,)) for below, h in itertools.pairwise([inputs, *widths])]


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
@pytest.mark.parametrize("both", [False, True])
def test_model_learns(reference, kind, both):
    """A model around each of torch's layers fits its labels, and a step down the gradient lowers the loss."""
    torch.manual_seed(0)
    net = reference.RNNModel(kind(7, 5, 2, bidirectional=both), 7)
    X, losses = torch.randint(7, (3, 4)), []
    for _ in range(2):
        logits, state = net(X, net.begin_state(torch.device("cpu"), 3))
        loss = nn.functional.cross_entropy(logits, X.T.flatten())
        losses.append(loss.item())
        for p, grad in zip(net.parameters(), torch.autograd.grad(loss, list(net.parameters())), strict=True):
            p.data -= 0.5 * grad
    assert losses[1] < losses[0]
    assert isinstance(state, tuple) == (kind is nn.LSTM)


def test_model_by_cells(reference):
    """Around an LSTM the model computes what torch's cell and linear layer do, word by word."""
    net = reference.RNNModel(nn.LSTM(6, 3), 6).double()
    cell = nn.LSTMCell(6, 3, dtype=torch.float64)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in net.rnn.state_dict().items()})
    X, (H, C) = torch.randint(6, (4, 5)), draw((4, 3), (4, 3))
    logits, (last, memory) = net(X, (H[None], C[None]))
    for t in range(5):
        H, C = cell(torch.eye(6, dtype=torch.float64)[X[:, t]], (H, C))
        torch.testing.assert_close(logits[4 * t : 4 * t + 4], net.linear(H))
    torch.testing.assert_close((last[0], memory[0]), (H, C))


@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "width", "depth"), [(6, 3, 5, 4, 3), (1, 1, 2, 7, 2), (3, 2, 1, 1, 1)]
)
def test_deep_against_torch(reference, steps, batch, inputs, width, depth):
    """The stack is torch's nn.RNN with as many layers, from any first states."""
    params, states = layers(inputs, depth * [width]), draw(*depth * [(batch, width)])
    X, W, b = draw((steps, batch, inputs), (width, 3), (3,))
    net = nn.RNN(inputs, width, depth, dtype=torch.float64)
    values = [value for W_xh, W_hh, b_h in params for value in (W_xh.T, W_hh.T, b_h, 0 * b_h)]
    net.load_state_dict(dict(zip(net.state_dict(), values, strict=True)))
    hidden, last = net(X, torch.stack(states))
    outputs, new = reference.deep_rnn(X, states, params, W, b)
    torch.testing.assert_close(outputs, hidden.flatten(0, 1) @ W + b)
    torch.testing.assert_close(torch.stack(new), last)


def test_deep_gradients(reference):
    """The gradients agree with finite differences, layers of different widths included."""
    params = layers(3, [2, 4])
    arguments = [a.requires_grad_() for a in (*draw((3, 2, 3), (2, 2), (2, 4), (4, 2), (2,)), *params[0], *params[1])]

    def outputs(X, low, high, W, b, *p):
        return reference.deep_rnn(X, [low, high], [p[:3], p[3:]], W, b)[0]

    assert torch.autograd.gradcheck(outputs, arguments)


def test_counts_against_torch(reference):
    """The count is that of torch's module, for every kind, depth and direction."""
    kinds = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
    for kind, depth, both, sizes in itertools.product(kinds, (1, 2, 5), (False, True), ((1, 1), (3, 8), (10, 2))):
        module = kinds[kind](*sizes, depth, bidirectional=both)
        assert reference.rnn_param_count(*sizes, depth, kind, both) == sum(p.numel() for p in module.parameters())
