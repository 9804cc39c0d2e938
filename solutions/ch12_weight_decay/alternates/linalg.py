"""With vector norms, einsum, in-place operations of torch and a factor in place of a condition."""


def init_params():
    w, b = nn.Parameter(torch.randn(num_inputs, 1)), nn.Parameter(torch.zeros(1))
    return [w, b]


def l2_penalty(w):
    flat = w.flatten()
    return torch.einsum("i,i->", flat, flat).div(2)


@torch.no_grad()
def sgd_weight_decay(params, lr, wd):
    for p in (p for p in params if p.grad is not None):
        p.copy_(torch.lerp(p, torch.zeros_like(p), lr * wd).sub(p.grad, alpha=lr))
        p.grad.fill_(0)


def weight_decay_groups(net, wd):
    trained = {p: p.ndim >= 2 for p in net.parameters() if p.requires_grad}
    return [
        {"weight_decay": wd * decays, "params": [p for p, matrix in trained.items() if matrix == decays]}
        for decays in (True, False)
    ]


def project_l2_ball(w, theta):
    norm = torch.linalg.vector_norm(w)
    return w * torch.where(norm > theta, theta / norm.clamp(min=torch.finfo(w.dtype).tiny), 1.0)
