"""With numpy, boolean masks, torch's one_hot and the loss of torch.nn.functional."""

import math

import numpy as np
from torch.nn import functional as F


def log_rmse(net, features, labels):
    with torch.no_grad():
        predicted = net(features)
    return math.sqrt(F.mse_loss(torch.maximum(predicted, torch.ones_like(predicted)).log(), labels.log()).item())


def get_k_fold_data(k, i, X, y):
    if k < 2:
        raise AssertionError("k")
    fold = torch.div(torch.arange(len(X)), len(X) // k, rounding_mode="floor")
    training, validation = (fold != i) & (fold < k), fold == i
    return X[training], y[training], X[validation], y[validation]


def standardize(train, test):
    both = np.concatenate([train.numpy(), test.numpy()])
    result = np.zeros_like(both)
    for j in range(both.shape[1]):
        known = ~np.isnan(both[:, j])
        values = both[known, j].astype(np.float64)
        if len(values) > 1 and values.std() > 0:
            result[known, j] = (values - values.mean()) / values.std(ddof=1)
    return torch.from_numpy(result[: len(train)]), torch.from_numpy(result[len(train) :])


def one_hot(train, test):
    everything = list(train) + list(test)
    names = sorted({value for value in everything if value is not None})
    places = torch.tensor([len(names) if value is None else names.index(value) for value in everything])
    encoded = F.one_hot(places, len(names) + 1).float()
    return encoded[: len(train)], encoded[len(train) :], [*names, None]


def preprocess(train, test):
    numeric, categorical, names, more = [], [], [], []
    for name, values in train.items():
        if name not in test:
            continue
        if str in map(type, list(values) + list(test[name])):
            a, b, categories = one_hot(values, test[name])
            categorical.append(torch.cat([a, b]))
            more += [f"{name}_{c if c is not None else 'nan'}" for c in categories]
        else:
            a, b = (
                torch.tensor([math.nan if v is None else v for v in part], dtype=torch.float32)[:, None]
                for part in (values, test[name])
            )
            numeric.append(torch.cat(standardize(a, b)))
            names.append(name)
    features = torch.cat(numeric + categorical, 1)
    n = len(next(iter(train.values())))
    return features[:n], features[n:], names + more


def train(net, train_features, train_labels, test_features, test_labels, num_epochs, learning_rate, weight_decay,
          batch_size):  # fmt: skip
    curves = [], []
    optimizer = torch.optim.Adam(net.parameters(), learning_rate, weight_decay=weight_decay)
    for _ in range(num_epochs):
        for rows in torch.randperm(len(train_features)).split(batch_size):
            error = F.mse_loss(net(train_features[rows]), train_labels[rows])
            net.zero_grad()
            error.backward()
            optimizer.step()
        curves[0].append(log_rmse(net, train_features, train_labels))
        if test_labels is not None:
            curves[1].append(log_rmse(net, test_features, test_labels))
    return curves


def k_fold(k, X_train, y_train, num_epochs, learning_rate, weight_decay, batch_size):
    errors = []
    for i in reversed(range(k)):
        fold = get_k_fold_data(k, i, X_train, y_train)
        curves = train(get_net(), *fold, num_epochs, learning_rate, weight_decay, batch_size)
        errors.append([curve[-1] for curve in curves])
    return tuple(np.mean(errors, axis=0).tolist())
