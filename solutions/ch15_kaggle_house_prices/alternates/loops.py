"""With loops over rows, columns and cells, Adam written out, and plain Python numbers."""

import math
import random


def log_rmse(net, features, labels):
    total = 0.0
    for predicted, label in zip(net(features).flatten().tolist(), labels.flatten().tolist(), strict=True):
        total += (math.log(max(predicted, 1)) - math.log(label)) ** 2
    return math.sqrt(total / len(labels))


def get_k_fold_data(k, i, X, y):
    assert k >= 2
    size = X.shape[0] // k
    folds = [(X.narrow(0, j * size, size), y.narrow(0, j * size, size)) for j in range(k)]
    X_valid, y_valid = folds.pop(i)
    return torch.cat([X for X, _ in folds]), torch.cat([y for _, y in folds]), X_valid, y_valid


def standardize(train, test):
    results = torch.zeros_like(train), torch.zeros_like(test)
    for j in range(train.shape[1]):
        values = [v for v in train[:, j].tolist() + test[:, j].tolist() if v == v]
        mean = math.fsum(values) / max(len(values), 1)
        squares = math.fsum((v - mean) ** 2 for v in values)
        if squares == 0:
            continue
        std = math.sqrt(squares / (len(values) - 1))
        for part, result in zip((train, test), results, strict=True):
            for row, v in enumerate(part[:, j].tolist()):
                result[row, j] = (v - mean) / std if v == v else 0
    return results


def one_hot(train, test):
    categories = []
    for value in list(train) + list(test):
        if value is not None and value not in categories:
            categories.append(value)
    categories.sort()
    categories.append(None)
    results = []
    for part in (train, test):
        result = torch.zeros(len(part), len(categories))
        for row, value in enumerate(part):
            result[row, categories.index(value)] = 1
        results.append(result)
    return results[0], results[1], categories


def preprocess(train, test):
    names, left, right = [], [], []
    for wanted in ("numeric", "categories"):
        for name in train:
            if name not in test:
                continue
            cells = [*train[name], *test[name]]
            kind = "categories" if any(isinstance(cell, str) for cell in cells) else "numeric"
            if kind != wanted:
                continue
            if kind == "numeric":
                columns = [torch.tensor([[float("nan") if c is None else c] for c in t[name]]) for t in (train, test)]
                a, b = standardize(*[column.to(torch.float32) for column in columns])
                names.append(name)
            else:
                a, b, categories = one_hot(train[name], test[name])
                names.extend(name + "_" + (c or "nan") for c in categories)
            left.append(a)
            right.append(b)
    return torch.hstack(left), torch.hstack(right), names


def train(net, train_features, train_labels, test_features, test_labels, num_epochs, learning_rate, weight_decay,
          batch_size):  # fmt: skip
    train_ls, test_ls, step = [], [], 0
    states = [(p, torch.zeros_like(p), torch.zeros_like(p)) for p in net.parameters()]
    for _ in range(num_epochs):
        rows = list(range(len(train_features)))
        random.shuffle(rows)
        while rows:
            batch, rows = rows[:batch_size], rows[batch_size:]
            step += 1
            grads = torch.autograd.grad(loss(net(train_features[batch]), train_labels[batch]), list(net.parameters()))
            with torch.no_grad():
                for (p, m, v), g in zip(states, grads, strict=True):
                    g = g + weight_decay * p
                    m.mul_(0.9).add_(0.1 * g)
                    v.mul_(0.999).add_(0.001 * g * g)
                    p -= learning_rate * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
        train_ls.append(log_rmse(net, train_features, train_labels))
        if test_labels is not None:
            test_ls.append(log_rmse(net, test_features, test_labels))
    return train_ls, test_ls


def k_fold(k, X_train, y_train, num_epochs, learning_rate, weight_decay, batch_size):
    train_l, valid_l = [], []
    for i in range(k):
        X, y, X_valid, y_valid = get_k_fold_data(k, i, X_train, y_train)
        options = num_epochs, learning_rate, weight_decay, batch_size
        train_ls, valid_ls = train(get_net(), X, y, X_valid, y_valid, *options)
        train_l.append(train_ls.pop())
        valid_l.append(valid_ls.pop())
    return sum(train_l) / k, sum(valid_l) / k
