"""All gates from one matrix product, as fast implementations have it; sigmoid by tanh."""

from torch import nn


def _sigmoid(x):
    return 0.5 + 0.5 * torch.tanh(0.5 * x)


def _layer(*shapes, device):
    weights = [nn.init.normal_(torch.empty(shape, device=device), std=0.01) for shape in shapes]
    return [*weights, torch.zeros(shapes[0][1], device=device)]


def get_lstm_params(vocab_size, num_hiddens, device):
    params = []
    for _ in range(4):
        params += _layer((vocab_size, num_hiddens), (num_hiddens, num_hiddens), device=device)
    params += _layer((num_hiddens, vocab_size), device=device)
    return [nn.Parameter(param) for param in params]


def init_lstm_state(batch_size, num_hiddens, device):
    return tuple(torch.zeros((2, batch_size, num_hiddens), device=device))


def lstm(inputs, state, params):
    *gates, W_hq, b_q = params
    W_x, W_h, b = (torch.cat(gates[i::3], dim=-1) for i in range(3))
    ahead = inputs @ W_x + b
    (H, C), states = state, []
    for of_inputs in ahead:
        into, keep, out, new = (of_inputs + H @ W_h).chunk(4, dim=1)
        C = torch.addcmul(_sigmoid(keep) * C, _sigmoid(into), new.tanh())
        H = _sigmoid(out) * C.tanh()
        states.append(H)
    return torch.cat(states) @ W_hq + b_q, (H, C)


def to_torch_lstm(params):
    rows = [torch.cat([params[gate + i].T for gate in (0, 3, 9, 6)]) for i in (0, 1)]
    bias = torch.cat([params[gate + 2] for gate in (0, 3, 9, 6)])
    return dict(zip(("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"), (*rows, bias, 0 * bias), strict=True))
