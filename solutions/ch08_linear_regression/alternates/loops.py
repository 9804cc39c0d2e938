"""Example by example and feature by feature; batches from random.sample, least squares by the SVD of [1, X]."""


def synthetic_data(w, b, num_examples):
    weights = w.flatten().tolist()
    rows = [[random.gauss(0, 1) for _ in weights] for _ in range(num_examples)]
    labels = [[sum(x * c for x, c in zip(row, weights, strict=True)) + b + random.gauss(0, 0.01)] for row in rows]
    return torch.tensor(rows), torch.tensor(labels)


def data_iter(batch_size, features, labels):
    left = random.sample(range(len(labels)), len(labels))
    batches = []
    while left:
        now, left = left[:batch_size], left[batch_size:]
        batches.append((torch.stack([features[i] for i in now]), torch.stack([labels[i] for i in now])))
    return iter(batches)


def linreg(X, w, b):
    total = b
    for j in range(X.shape[1]):
        total = total + (X[:, j] if w.dim() == 1 else X[:, j : j + 1]) * w[j]
    return total


def squared_loss(y_hat, y):
    losses = [(p - t) * (p - t) / 2 for p, t in zip(y_hat.flatten(), y.flatten(), strict=True)]
    return torch.stack(losses).reshape(y_hat.shape)


@torch.no_grad()
def sgd(params, lr, batch_size):
    params = [param for param in params if param.grad is not None]
    for param in params:
        param.copy_(param - param.grad * (lr / batch_size))
    for param in params:
        param.grad *= 0


def analytic_solution(X, y):
    A = torch.column_stack([torch.ones(len(X), dtype=X.dtype), X])
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    v = torch.zeros(A.shape[1], 1, dtype=X.dtype)
    for u, s, row in zip(U.T, S, Vh, strict=True):
        if s > 1e-6 * S[0]:
            v += (row * (u @ y.flatten()) / s)[:, None]
    return v[1:], v[0]
