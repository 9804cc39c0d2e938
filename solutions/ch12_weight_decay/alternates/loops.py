"""With loops over elements, parameter names and data."""

import math


def init_params():
    b = torch.tensor([0.0], requires_grad=True)
    w = torch.empty(num_inputs, 1)
    for i in range(num_inputs):
        w[i, 0] = torch.randn(())
    return [w.requires_grad_(), b]


def l2_penalty(w):
    total = w.new_zeros(())
    for value in w.reshape(-1):
        total = total + 0.5 * value * value
    return total


def sgd_weight_decay(params, lr, wd):
    for p in params:
        if p.grad is None:
            continue
        step = p.grad + wd * p.data
        p.data -= lr * step
        p.grad = None


def weight_decay_groups(net, wd):
    groups, seen = [{"params": [], "weight_decay": wd}, {"params": [], "weight_decay": 0}], set()
    for module in net.modules():
        for p in module._parameters.values():
            if p is None or not p.requires_grad or id(p) in seen:
                continue
            seen.add(id(p))
            groups[0 if len(p.shape) >= 2 else 1]["params"].append(p)
    return groups


def project_l2_ball(w, theta):
    length = math.sqrt(math.fsum(value * value for value in w.flatten().tolist()))
    if length <= theta:
        return w.clone()
    rows = w.reshape(-1)
    return torch.stack([value * theta / rows.dot(rows).sqrt() for value in rows]).reshape(w.shape)
