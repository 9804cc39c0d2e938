"""Another right way: element by element, steps in place and back again, .grad cleared between rows, boolean masks."""


def numerical_lim(f, x, h):
    left, right = f(x), f(x + h)
    return (right - left) / h


def finite_difference_grad(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-6) -> Tensor:
    point = x.detach().clone().contiguous()
    grad = torch.zeros_like(point)
    with torch.no_grad():
        for i in range(point.numel()):
            kept = point.view(-1)[i].item()
            point.view(-1)[i] = kept + eps
            above = f(point).item()
            point.view(-1)[i] = kept - eps
            below = f(point).item()
            point.view(-1)[i] = kept
            grad.view(-1)[i] = (above - below) / (2 * eps)
    return grad


def jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    point = x.detach().clone().requires_grad_(True)
    y = f(point)
    J = torch.zeros(len(y), len(point), dtype=x.dtype)
    if not y.requires_grad:
        return J
    for i in range(len(y)):
        point.grad = None
        y[i].backward(retain_graph=True)
        if point.grad is not None:
            J[i] = point.grad
    return J


def grad_least_squares(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    grad = torch.zeros_like(w)
    for row, target in zip(X, y, strict=True):
        residual = (row * w.flatten()).sum() - target.squeeze()
        grad += (2 * residual * row).reshape(w.shape)
    return grad


def subgradient_abs(x: Tensor, at_zero: float = 0.0) -> Tensor:
    if at_zero < -1 or at_zero > 1:
        raise ValueError("no subgradient")
    g = torch.empty_like(x)
    g[x > 0], g[x < 0], g[x == 0] = 1.0, -1.0, at_zero
    return g
