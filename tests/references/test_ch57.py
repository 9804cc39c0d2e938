"""ch57's reference against torch's LSTM and finite differences."""

import pytest
import torch
from torch import nn


def draw(*shapes):
    return [torch.randn(*shape, dtype=torch.float64) for shape in shapes]


def parameters(vocab, hiddens):
    return draw(*4 * [(vocab, hiddens), (hiddens, hiddens), (hiddens,)], (hiddens, vocab), (vocab,))


@pytest.mark.parametrize(("steps", "batch", "vocab", "hiddens"), [(6, 3, 5, 4), (1, 1, 2, 7), (3, 2, 1, 1)])
def test_against_torch(reference, steps, batch, vocab, hiddens):
    """With the state dict that it is given, torch's LSTM computes the reference's states, from any first state."""
    params, (X, H, C) = parameters(vocab, hiddens), draw((steps, batch, vocab), (batch, hiddens), (batch, hiddens))
    net = nn.LSTM(vocab, hiddens, dtype=torch.float64)
    net.load_state_dict(reference.to_torch_lstm(params))
    states, last = net(X, (H[None], C[None]))
    outputs, new = reference.lstm(X, (H, C), params)
    torch.testing.assert_close(outputs, states.flatten(0, 1) @ params[12] + params[13])
    torch.testing.assert_close(new, (last[0][0], last[1][0]))


def test_gradients(reference):
    """The gradients agree with finite differences."""
    arguments = [a.requires_grad_() for a in (*draw((3, 2, 3), (2, 2), (2, 2)), *parameters(3, 2))]
    assert torch.autograd.gradcheck(lambda x, h, c, *p: reference.lstm(x, (h, c), p)[0], arguments)


def test_parameters_learn(reference):
    """The parameters fit the model, and a step down the gradient lowers the loss."""
    cpu = torch.device("cpu")
    params = reference.get_lstm_params(5, 4, cpu)
    X, y = torch.eye(5)[torch.arange(12).reshape(6, 2) % 5], torch.arange(12) % 5
    losses = []
    for _ in range(2):
        outputs, _ = reference.lstm(X, reference.init_lstm_state(2, 4, cpu), params)
        loss = nn.functional.cross_entropy(outputs, y)
        losses.append(loss.item())
        for p, grad in zip(params, torch.autograd.grad(loss, params), strict=True):
            p.data -= grad
    assert losses[1] < losses[0]
