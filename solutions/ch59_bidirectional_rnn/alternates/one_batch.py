"""Both directions in one loop, a stable sort, Rabiner's scaling factors, one input changed at a time."""


def birnn(inputs, fwd, bwd):
    T, n, _ = inputs.shape
    ahead, back = [], []
    F, B = (inputs.new_zeros(n, p[1].size(0)) for p in (fwd, bwd))
    for t in range(T):
        F = (torch.addmm(fwd[2], inputs[t], fwd[0]) + F.mm(fwd[1])).tanh()
        B = (torch.addmm(bwd[2], inputs[T - 1 - t], bwd[0]) + B.mm(bwd[1])).tanh()
        ahead.append(F)
        back.insert(0, B)
    return torch.cat((torch.stack(ahead), torch.stack(back)), dim=-1)


def reverse_padded(X, valid_len):
    steps = torch.arange(X.size(1)).repeat(len(X), 1)
    key = torch.where(steps < valid_len.unsqueeze(1), -steps - 1, steps)
    order = key.argsort(dim=1)
    return torch.gather(X, 1, order.unsqueeze(2).expand_as(X))


def hmm_forward_backward(pi, A, B, obs):
    T, K = len(obs), len(pi)
    alpha, beta = (torch.empty(T, K, dtype=pi.dtype) for _ in range(2))
    scale = []
    for t, symbol in enumerate(obs):
        alpha[t] = B[:, symbol] * (torch.einsum("i,ij->j", alpha[t - 1], A) if t else pi)
        scale.append(alpha[t].sum().item())
        if scale[t] <= 0:
            raise ValueError(f"observation {t} cannot be")
        alpha[t] /= scale[t]
    beta[-1] = 1
    for t in range(T - 2, -1, -1):
        beta[t] = torch.einsum("ij,j,j->i", A, B[:, obs[t + 1]], beta[t + 1]) / scale[t + 1]
    return alpha * beta


def leaks_future(step_fn, x):
    outputs = step_fn(x)
    for t, now in enumerate(x):
        changed = x.clone()
        changed[t] = now + torch.randn(now.shape, dtype=x.dtype)
        difference = (step_fn(changed) - outputs).abs()
        if any(difference[s].max() > 1e-6 for s in range(t)):
            return True
    return False
