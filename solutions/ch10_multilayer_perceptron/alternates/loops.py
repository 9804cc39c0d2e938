"""With loops over layers and examples, plain numbers, and one weight vector that holds the bias, too."""


def relu(X):
    Y = X.clone()
    Y[X < 0] = 0
    return Y


def net(X):
    logits = []
    for example in X:
        x = example.flatten()
        for weight, bias in (params[:2], params[2:]):
            x = (x if weight is W1 else relu(x)) @ weight + bias
        logits.append(x)
    return torch.stack(logits)


def perceptron(X, y, max_epochs=100):
    weights, updates = [0.0] * (X.shape[1] + 1), 0
    examples = [([*x, 1.0], label) for x, label in zip(X.tolist(), y.tolist(), strict=True)]
    errors, epoch = True, 0
    while errors and epoch < max_epochs:
        errors, epoch = False, epoch + 1
        for x, label in examples:
            if label * sum(one * other for one, other in zip(weights, x, strict=True)) > 0:
                continue
            weights = [weight + label * value for weight, value in zip(weights, x, strict=True)]
            errors, updates = True, updates + 1
    *w, b = torch.tensor(weights, dtype=X.dtype)
    return torch.stack(w), b, updates


def xor_weights():
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])  # x1 - x2 and x2 - x1: one of them is positive where they differ
    return W1, torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


def collapse_linear(weights, biases):
    W = torch.eye(len(weights[0]), dtype=weights[0].dtype)
    b = torch.zeros(len(weights[0]), dtype=weights[0].dtype)
    for weight, bias in zip(weights, biases, strict=True):
        W, b = W @ weight, b @ weight + bias
    return W, b
