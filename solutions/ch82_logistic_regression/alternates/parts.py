"""Positive and negative parts apart, loops over examples."""


def sigmoid(z):
    # sigmoid(z) = exp(z - max(z, 0)) / (exp(z - max(z, 0)) + exp(0 - max(z, 0)))
    top = z.clamp(min=0).detach()
    share = torch.exp(z - top)
    return share / (share + torch.exp(-top))


def bce_loss(y_hat, y):
    if y_hat.size() != y.size():
        raise ValueError("shapes")
    total = 0
    for p, label in zip(y_hat.reshape(-1), y.reshape(-1), strict=True):
        total = total - label * p.log().clamp(-100) - (1 - label) * (1 - p).log().clamp(-100)
    return total / y.numel()


def bce_with_logits(z, y):
    if z.size() != y.size():
        raise ValueError("shapes")
    return ((z.abs() + z) / 2 - z * y - torch.nn.functional.logsigmoid(z.abs())).mean()


def logistic_grad(X, y, w):
    total = torch.zeros_like(w)
    for x, label in zip(X, y, strict=True):
        total += (sigmoid(w.dot(x)) - label) * x
    return total / len(X)


def fit_logistic(X, y, lr, epochs):
    w = X.new_zeros(X.size(1) + 1)
    for _ in range(epochs):
        error = sigmoid(w[0] + X @ w[1:]) - y
        w = w - lr * torch.cat([error.mean().reshape(1), (error[:, None] * X).mean(dim=0)])
    return w


def predict_label(X, w, threshold=0.5):
    p = sigmoid(torch.mv(X, w[1:]) + w[0])
    return torch.tensor([int(value > threshold) for value in p.tolist()], dtype=torch.int64)
