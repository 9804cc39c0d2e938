"""With loops over rows and elements, eigenvalues of the Gram matrix, hooks and a clamp."""


def logsumexp(X, dim, keepdim=False):
    total = None
    for part in X.unbind(dim):
        if total is None:
            total = part
            continue
        high, low = torch.maximum(total, part), torch.minimum(total, part)
        same = high == low  # also where both are infinite
        gap = torch.where(same, 0, low - high)
        total = torch.where(high.isinf(), high, high + torch.log1p(gap.exp()))
    return total.unsqueeze(dim) if keepdim else total


def log_softmax(X, dim):
    order = list(range(X.dim()))
    order[dim], order[-1] = order[-1], order[dim]
    rows = X.permute(order)
    result = []
    for row in rows.reshape(-1, rows.shape[-1]):
        row = row - max(row.tolist())
        result.append(row - row.exp().sum().log())
    return torch.stack(result).reshape(rows.shape).permute(order)


@torch.no_grad()
def xavier_uniform_(tensor, gain=1.0):
    if tensor.dim() in (0, 1):
        raise ValueError("no fans")
    fan_out, fan_in, *kernel = tensor.shape
    for size in kernel:
        fan_in, fan_out = fan_in * size, fan_out * size
    deviation = gain * math.sqrt(2.0 / (fan_in + fan_out))
    for part in tensor:
        part[:] = torch.empty_like(part).uniform_(-1, 1) * math.sqrt(3.0) * deviation
    return tensor


def scaled_sigmoid(x):
    return 4 / (1 + torch.exp(-x.clamp(-50, 50))) - 2


def product_singular_values(Ms):
    product = Ms[-1].double()
    for M in reversed(Ms[:-1]):
        product = torch.einsum("ij,jk->ik", M.double(), product)
    _, values, _ = torch.linalg.svd(product, full_matrices=False)
    return max(values.tolist()), min(values.tolist())


def gradient_norms(layers, X):
    norms, h = [], X.clone().detach().requires_grad_(True)

    def watch(tensor):
        tensor.register_hook(lambda grad: norms.append(float((grad * grad).sum() ** 0.5)))

    start = h
    h = h + 0
    watch(h)
    for layer in layers:
        h = layer(h)
        watch(h)
    torch.autograd.grad(h.sum(), start)
    return norms[::-1]
