"""ch56's reference against torch's GRU, its cell and finite differences."""

import pytest
import torch
from torch import nn

CPU = torch.device("cpu")


def draw(*shapes):
    return [torch.randn(*shape, dtype=torch.float64) for shape in shapes]


def parameters(vocab, hiddens):
    gate = [(vocab, hiddens), (hiddens, hiddens), (hiddens,)]
    return draw(*gate, *gate, *gate, (hiddens, vocab), (vocab,))


def torch_gru(params):
    """torch's GRU with these parameters."""
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h = params[:9]
    net = nn.GRU(*W_xz.shape, dtype=torch.float64)
    bias = torch.cat([b_r, b_z, b_h])
    values = torch.cat([W_xr, W_xz, W_xh], dim=1).T, torch.cat([W_hr, W_hz, W_hh], dim=1).T, bias, 0 * bias
    net.load_state_dict(dict(zip(net.state_dict(), values, strict=True)))
    return net


def test_first_step_against_torch(reference):
    """From a state of zeros the first step is torch's, whatever the reset gate."""
    params, (X,) = parameters(5, 4), draw((1, 3, 5))
    outputs, (H,) = reference.gru(X, (torch.zeros(3, 4).double(),), params)
    expected = torch_gru(params)(X)[0][0]
    torch.testing.assert_close(H, expected)
    torch.testing.assert_close(outputs, expected @ params[9] + params[10])


def test_against_torch_without_reset(reference):
    """With the reset gate at one, the whole sequence is torch's; with the gate at work it is not."""
    params, (X, H) = parameters(5, 4), draw((6, 3, 5), (3, 4))
    assert not torch.allclose(reference.gru(X, (H,), params)[1][0], torch_gru(params)(X, H[None])[1][0])
    params[5] = torch.full((4,), 100.0).double()
    states, last = torch_gru(params)(X, H[None])
    outputs, (new,) = reference.gru(X, (H,), params)
    torch.testing.assert_close(outputs, states.flatten(0, 1) @ params[9] + params[10])
    torch.testing.assert_close(new, last[0])


@pytest.mark.parametrize(("batch", "inputs", "hiddens"), [(4, 5, 3), (1, 2, 6), (3, 1, 1)])
def test_cell_against_torch(reference, batch, inputs, hiddens):
    """A step of torch's cell is a step of the reference."""
    cell = nn.GRUCell(inputs, hiddens, dtype=torch.float64)
    x, h = draw((batch, inputs), (batch, hiddens))
    torch.testing.assert_close(reference.gru_cell_torch(x, h, *cell.parameters()), cell(x, h))


def test_gradients(reference):
    """The gradients of both agree with finite differences."""
    params, (X, H) = parameters(3, 2), draw((3, 2, 3), (2, 2))
    arguments = [a.requires_grad_() for a in (X, H, *params)]
    assert torch.autograd.gradcheck(lambda x, h, *p: reference.gru(x, (h,), p)[0], arguments)
    arguments = [a.requires_grad_() for a in draw((2, 3), (2, 2), (6, 3), (6, 2), (6,), (6,))]
    assert torch.autograd.gradcheck(reference.gru_cell_torch, arguments)


def test_parameters_learn(reference):
    """The parameters fit the model, and a step down the gradient lowers the loss."""
    params = reference.get_params(5, 4, CPU)
    X, y = torch.eye(5)[torch.arange(12).reshape(6, 2) % 5], torch.arange(12) % 5
    losses = []
    for _ in range(2):
        outputs, _ = reference.gru(X, reference.init_gru_state(2, 4, CPU), params)
        loss = nn.functional.cross_entropy(outputs, y)
        losses.append(loss.item())
        for p, grad in zip(params, torch.autograd.grad(loss, params), strict=True):
            p.data -= grad
    assert losses[1] < losses[0]
