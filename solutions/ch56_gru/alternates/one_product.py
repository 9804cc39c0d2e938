"""Both gates from one matrix product, as fast implementations have it; sigmoid by tanh."""

from torch import nn


def _sigmoid(x):
    return 0.5 + 0.5 * torch.tanh(0.5 * x)


def _layer(*shape, device):
    weights = [torch.empty(size, device=device) for size in shape]
    for weight in weights:
        nn.init.normal_(weight, std=0.01)
    return [*weights, torch.zeros(shape[0][1], device=device)]


def get_params(vocab_size, num_hiddens, device):
    square = (num_hiddens, num_hiddens)
    params = []
    for _ in range(3):
        params += _layer((vocab_size, num_hiddens), square, device=device)
    params += _layer((num_hiddens, vocab_size), device=device)
    return [nn.Parameter(param) for param in params]


def init_gru_state(batch_size, num_hiddens, device):
    return (torch.zeros((batch_size, num_hiddens), device=device),)


def gru(inputs, state, params):
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    W_gates = torch.cat([torch.cat([W_xz, W_xr], dim=1), torch.cat([W_hz, W_hr], dim=1)])
    b_gates = torch.cat([b_z, b_r])
    W_candidate = torch.cat([W_xh, W_hh])
    H, states = state[0], []
    for X in inputs.unbind(0):
        Z, R = _sigmoid(torch.cat([X, H], dim=1) @ W_gates + b_gates).chunk(2, dim=1)
        candidate = torch.tanh(torch.cat([X, H * R], dim=1) @ W_candidate + b_h)
        H = candidate + Z * (H - candidate)
        states.append(H)
    return torch.cat(states) @ W_hq + b_q, (H,)


def gru_cell_torch(x, h, w_ih, w_hh, b_ih, b_hh):
    size = h.shape[1]
    gates = 2 * size
    both = torch.cat([w_ih[:gates], w_hh[:gates]], dim=1)
    r, z = _sigmoid(torch.cat([x, h], dim=1) @ both.T + b_ih[:gates] + b_hh[:gates]).split(size, dim=1)
    old = h @ w_hh[gates:].T + b_hh[gates:]
    n = torch.tanh(x @ w_ih[gates:].T + b_ih[gates:] + r * old)
    return n + z * (h - n)
