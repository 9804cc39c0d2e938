"""Plain loops over steps and rows, logarithms of probabilities, derivatives in place of changes."""


def _step(X, H, params):
    W_xh, W_hh, b_h = params
    return torch.tanh(b_h + torch.einsum("ni,ih->nh", X, W_xh) + torch.einsum("nh,hk->nk", H, W_hh))


def birnn(inputs, fwd, bwd):
    steps, batch, _ = inputs.shape
    states = [[None, None] for _ in range(steps)]
    for direction, (params, order) in enumerate(((fwd, range(steps)), (bwd, reversed(range(steps))))):
        H = torch.zeros(batch, params[2].shape[0], dtype=inputs.dtype)
        for t in order:
            H = _step(inputs[t], H, params)
            states[t][direction] = H
    return torch.stack([torch.cat(pair, dim=-1) for pair in states])


def reverse_padded(X, valid_len):
    Y = X.clone()
    for i, n in enumerate(valid_len.tolist()):
        Y[i, :n] = X[i, :n].flip(0)
    return Y


def hmm_forward_backward(pi, A, B, obs):
    log_A, log_B = A.log(), B.log()
    alpha = [pi.log() + log_B[:, obs[0]]]
    for symbol in obs[1:]:
        alpha.append(torch.logsumexp(alpha[-1][:, None] + log_A, dim=0) + log_B[:, symbol])
    if alpha[-1].max() == -torch.inf:
        raise ValueError("impossible")
    beta = [torch.zeros_like(pi)]
    for symbol in reversed(obs[1:]):
        beta.insert(0, torch.logsumexp(log_A + log_B[:, symbol] + beta[0], dim=1))
    return torch.softmax(torch.stack(alpha) + torch.stack(beta), dim=1)


def leaks_future(step_fn, x):
    steps = len(x)
    jacobian = torch.autograd.functional.jacobian(step_fn, x)
    jacobian = jacobian.reshape(steps, -1, steps, x[0].numel())
    influence = jacobian.abs().sum(dim=(1, 3))
    return bool((influence.triu(diagonal=1) > 1e-6).any())
