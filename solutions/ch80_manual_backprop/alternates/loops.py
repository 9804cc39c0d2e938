"""Loops over examples and over numbers."""


def grad_linear_wb(w, b, x, y):
    # The loss is a parabola in each parameter: central differences are exact.
    def loss(w, b):
        return (w * x + b - y) ** 2

    return (loss(w + 1, b) - loss(w - 1, b)) / 2, (loss(w, b + 1) - loss(w, b - 1)) / 2


def grad_quadratic(w1, w2, b, x, y):
    # Expanded: a sum of products of two parameters.
    by_b = 2 * w1 * x**2 + 2 * w2 * x + 2 * b - 2 * y
    by_w2 = 2 * w1 * x**3 + 2 * w2 * x**2 + 2 * b * x - 2 * x * y
    by_w1 = 2 * w1 * x**4 + 2 * w2 * x**3 + 2 * b * x**2 - 2 * x**2 * y
    return by_w1, by_w2, by_b


def fit_wb(xs, ys, alpha, epochs):
    w, b, done = 0.0, 0.0, 0
    while done < epochs:
        total_w = total_b = 0.0
        for x, y in zip(xs, ys, strict=True):
            total_w += 2 * (w * x + b - y) * x / len(xs)
            total_b += 2 * (w * x + b - y) / len(xs)
        w -= alpha * total_w
        b -= alpha * total_b
        done += 1
    return w, b


def mlp_backward(X, y, W1, b1, W2, b2):
    loss, dW1, db1, dW2, db2 = X.new_zeros(()), *(torch.zeros_like(p) for p in (W1, b1, W2, b2))
    for x, label in zip(X, y.tolist(), strict=True):
        z = x @ W1 + b1
        h = torch.maximum(z, torch.zeros_like(z))
        o = h @ W2 + b2
        shifted = o - o.max()
        log_p = shifted - shifted.exp().sum().log()
        loss -= log_p[label]
        error = log_p.exp()
        error[label] -= 1
        dW2 += torch.outer(h, error)
        db2 += error
        back = W2 @ error
        back[z <= 0] = 0
        dW1 += torch.outer(x, back)
        db1 += back
    n = len(y)
    return loss / n, dW1 / n, db1 / n, dW2 / n, db2 / n


def conv2d_backward(X, K, dY):
    k_h, k_w = K.shape
    if list(dY.shape) != [X.shape[0] - k_h + 1, X.shape[1] - k_w + 1]:
        raise ValueError("dY")
    rows, columns = dY.shape
    dX, dK = torch.zeros_like(X), torch.zeros_like(K)
    for a in range(k_h):
        for b in range(k_w):
            dK[a, b] = (X[a : a + rows, b : b + columns] * dY).sum()
            dX[a : a + rows, b : b + columns] += K[a, b] * dY
    return dX, dK
