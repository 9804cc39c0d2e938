"""ch15 Predict house prices: preprocessing, training and K-fold cross-validation.

See D2L 4.10 (chapter_multilayer-perceptrons/kaggle-house-price.md).
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.utils import data

# Given, not exercises: helpers of the book's notebooks.
loss = nn.MSELoss()
in_features = 6


def get_net() -> nn.Module:
    """Return a new linear model from in_features features to a price."""
    return nn.Sequential(nn.Linear(in_features, 1))


def load_array(data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True) -> data.DataLoader:
    """Return minibatches of the rows of all arrays, in training in a new random order for each pass."""
    return data.DataLoader(data.TensorDataset(*data_arrays), batch_size, shuffle=is_train)


d2l = SimpleNamespace(concat=torch.cat, load_array=load_array, plot=lambda *_, **__: None)


def log_rmse(net: Callable[[Tensor], Tensor], features: Tensor, labels: Tensor) -> float:
    """Return the error of predicted prices in relative terms, as the competition measures it (D2L 4.10.5).

        log_rmse = sqrt(mean((log(max(net(x), 1)) - log(y))^2)), over all examples

    Predictions below 1, also negative ones, count as 1. There is no upper limit. The function leaves the tensors
    unchanged.

    Args:
        net: an nn.Module or a function; returns predictions (n, 1) for the features.
        features: (n, d), float32 or float64, with any strides.
        labels: prices (n, 1), at least 1, with the same dtype.

    Returns:
        The error as a Python float. It is inf if a prediction is inf.
    """
    # BEGIN SOLUTION
    with torch.no_grad():  # the error is only measured
        prices = net(features).clamp(min=1)
        # WRONG not-clamped: prices = net(features)
        # WRONG log-of-one-plus: prices = net(features).clamp(min=0)
        # WRONG clamped-at-zero: prices = net(features).clamp(min=0)
    errors = torch.log(prices) - torch.log(labels)
    # WRONG raw-prices: errors = prices - labels
    # WRONG log-of-one-plus: errors = torch.log1p(prices) - torch.log1p(labels)
    # WRONG labels-without-logarithm: errors = torch.log(prices) - labels
    # WRONG decimal-logarithms: errors = torch.log10(prices) - torch.log10(labels)
    # WRONG prices-against-a-row: errors = torch.log(prices) - torch.log(labels.flatten())
    return errors.square().mean().sqrt().item()
    # WRONG root-forgotten: return errors.square().mean().item()
    # WRONG mean-of-roots: return errors.square().sqrt().mean().item()
    # WRONG sum-of-squares: return errors.square().sum().sqrt().item()
    # WRONG half-of-the-squares: return (errors.square() / 2).mean().sqrt().item()
    # WRONG logarithm-at-the-end: return (prices - labels).square().mean().sqrt().log().item()
    # WRONG differences-not-squared: return errors.mean().abs().item()
    # END SOLUTION


def get_k_fold_data(k: int, i: int, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Split examples into training and validation data: the i-th of k ways (D2L 4.10.6).

    Cut the examples into k consecutive folds of n // k examples. Drop the examples that are left at the end. Fold i is
    for validation. All other folds are for training, in the order of X. No example is in both sets. The function leaves
    X and y unchanged.

    Args:
        k: the number of folds, at least 2.
        i: the fold for validation, from 0 to k - 1.
        X: features, (n, d), of any dtype and strides.
        y: labels of the same examples, (n,) or (n, 1), of any dtype and strides.

    Returns:
        (X_train, y_train, X_valid, y_valid): rows of X and y, with their dtypes.

    Raises:
        AssertionError: k is 1 or less.
    """
    # BEGIN SOLUTION
    assert k > 1, f"cross-validation takes two folds or more, not {k}"
    # WRONG one-fold-accepted: assert k >= 1
    # WRONG value-error-for-one-fold:
    #     if k <= 1:
    #         raise ValueError(k)
    fold_size = len(X) // k
    # WRONG folds-rounded-up: fold_size = -(-len(X) // k)
    # Rows start to stop - 1 validate. Rows from end on are in no fold.
    start, stop, end = i * fold_size, (i + 1) * fold_size, k * fold_size
    # WRONG last-fold-longer: start, stop, end = i * fold_size, (i + 1) * fold_size if i < k - 1 else len(X), len(X)
    # WRONG folds-from-the-end: start, stop, end = (k - 1 - i) * fold_size, (k - i) * fold_size, k * fold_size
    X_train = torch.cat([X[:start], X[stop:end]])
    y_train = torch.cat([y[:start], y[stop:end]])
    # WRONG validation-rows-in-training, 2 lines:
    #     X_train, y_train = X[:end], y[:end]
    # WRONG remainder-kept, 2 lines:
    #     X_train = torch.cat([X[:start], X[stop:]])
    #     y_train = torch.cat([y[:start], y[stop:]])
    # WRONG later-folds-first, 2 lines:
    #     X_train = torch.cat([X[stop:end], X[:start]])
    #     y_train = torch.cat([y[stop:end], y[:start]])
    # WRONG one-training-fold, 2 lines:
    #     last = [X[:start], X[stop:end]], [y[:start], y[stop:end]]
    #     X_train, y_train = (torch.cat(parts)[-fold_size:] for parts in last)
    return X_train, y_train, X[start:stop], y[start:stop]
    # WRONG validation-first: return X[start:stop], y[start:stop], X_train, y_train
    # WRONG every-kth-row, 3 lines:
    #     rows = torch.arange(end)
    #     X_train, y_train = X[:end][rows % k != i], y[:end][rows % k != i]
    #     return X_train, y_train, X[:end][rows % k == i], y[:end][rows % k == i]
    # WRONG both-features-first: return X_train, X[start:stop], y_train, y[start:stop]
    # END SOLUTION


def standardize(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Bring numeric features to the same scale and fill in missing values (D2L 4.10.4).

        x <- (x - mean) / std for each column; then NaN becomes 0, the mean of its column

    As in the book, mean and std are those of both parts together. (This is fine for features, which are known for the
    test set, but not for labels.) NaN does not count in them. As in pandas, std is that of a sample: the sum of squares
    is divided by the count minus one. The function leaves its arguments unchanged.

    Args:
        train: (n, d), float32 or float64, with any strides. NaN means that a value is missing.
        test: (m, d), with the same dtype.

    Returns:
        Both parts, (n, d) and (m, d), with the same dtype and without NaN. A column is 0 everywhere if all its known
        values are equal, or if it has one known value or none.
    """
    # BEGIN SOLUTION
    both = torch.cat([train, test]).double()  # sums in float64 lose no digits of float32 values
    # WRONG each-part-by-itself:
    #     if len(train) and len(test):
    #         return standardize(train, test[:0])[0], standardize(test, test[:0])[0]
    #     both = torch.cat([train, test]).double()
    # WRONG filled-before-scaling: both = torch.cat([train, test]).double().nan_to_num()
    count = both.isfinite().sum(dim=0)
    mean = both.nansum(dim=0) / count
    std = torch.sqrt((both - mean).square().nansum(dim=0) / (count - 1))
    # WRONG population-deviation: std = torch.sqrt((both - mean).square().nansum(dim=0) / count)
    # WRONG nan-in-the-statistics, 2 lines: mean, std = both.mean(dim=0), both.std(dim=0)
    # WRONG statistics-of-all-columns, 2 lines:
    #     mean = both.nanmean()
    #     std = torch.sqrt((both - mean).square().nansum() / (count.sum() - 1))
    # WRONG divided-by-the-variance: std = (both - mean).square().nansum(dim=0) / (count - 1)
    # Missing values are NaN, and so is 0 / 0 in a column without spread. All of them become 0.
    scaled = ((both - mean) / std).nan_to_num().to(train.dtype)
    # WRONG not-filled: scaled = ((both - mean) / std).to(train.dtype)
    # WRONG mean-not-subtracted: scaled = (both / std).nan_to_num().to(train.dtype)
    # WRONG statistics-of-train, 4 lines:
    #     known = both[: len(train)]
    #     count = known.isfinite().sum(dim=0)
    #     mean = known.nansum(dim=0) / count
    #     std = torch.sqrt((known - mean).square().nansum(dim=0) / (count - 1))
    #     scaled = ((both - mean) / std).nan_to_num(0.0, 0.0, 0.0).to(train.dtype)
    # WRONG only-shifted: scaled = (both - mean).nan_to_num().to(train.dtype)
    # WRONG scaled-to-the-range:
    #     low, high = both.nan_to_num(torch.inf).amin(0), both.nan_to_num(-torch.inf).amax(0)
    #     scaled = ((both - low) / (high - low)).nan_to_num().to(train.dtype)
    # WRONG filled-before-the-division: scaled = ((both - mean).nan_to_num() / std).to(train.dtype)
    # WRONG mean-filled-in-before:
    #     both = torch.where(both.isnan(), mean, both)
    #     scaled = ((both - both.mean(0)) / both.std(0)).nan_to_num().to(train.dtype)
    # WRONG mean-filled-in-after:
    #     scaled = torch.where(both.isnan(), mean, (both - mean) / std).nan_to_num().to(train.dtype)
    # WRONG double-precision-returned: scaled = ((both - mean) / std).nan_to_num()
    return scaled[: len(train)], scaled[len(train) :]
    # END SOLUTION


# BEGIN SOLUTION


def _indicators(values: Sequence[str | None], categories: list[str | None]) -> Tensor:
    """Return a row for each value, with 1 in the column of its category."""
    return torch.tensor([[float(value == category) for category in categories] for value in values])


# END SOLUTION


def one_hot(train: Sequence[str | None], test: Sequence[str | None]) -> tuple[Tensor, Tensor, list[str | None]]:
    """Turn a column of categories into indicator columns, one for each category (D2L 4.10.4).

    The categories of both parts count, so a category that only the test set has also gets a column. The columns are in
    the order of sorted(). The last column is for missing values. As in pandas.get_dummies(..., dummy_na=True), it is
    there even if no value is missing. The function leaves its arguments unchanged.

    Args:
        train, test: a list or tuple with a category for each row of the part, at least one row. Any string is a
            category, even "nan" or "". None means that a value is missing.

    Returns:
        The indicators of both parts, (n, q) and (m, q), float32, with a single 1 in each row. Also the list of the
        categories of the q columns, with None at the end.
    """
    # BEGIN SOLUTION
    known = {value for value in [*train, *test] if value is not None}
    # WRONG categories-of-train: known = {value for value in train if value is not None}
    categories = [*sorted(known), None]
    # WRONG missing-ignored: categories = sorted(known)
    # WRONG missing-only-if-any: categories = sorted(known) + [None] * (None in [*train, *test])
    # WRONG order-of-appearance:
    #     categories = [*(value for value in dict.fromkeys([*train, *test]) if value is not None), None]
    # WRONG missing-first: categories = [None, *sorted(known)]
    # WRONG alphabet-reversed: categories = [*sorted(known, reverse=True), None]
    return _indicators(train, categories), _indicators(test, categories), categories
    # WRONG first-category-dropped:
    #     categories = categories[1:] or [None]
    #     return _indicators(train, categories), _indicators(test, categories), categories
    # WRONG missing-named-nan:
    #     names = ["nan" if category is None else category for category in categories]
    #     return _indicators(train, categories), _indicators(test, categories), names
    # WRONG whole-numbers:
    #     return _indicators(train, categories).long(), _indicators(test, categories).long(), categories
    # WRONG truth-values: return _indicators(train, categories).bool(), _indicators(test, categories).bool(), categories
    # WRONG numbers-of-categories:
    #     numbers = [_indicators(part, categories).argmax(1, keepdim=True).float() for part in (train, test)]
    #     return *numbers, categories
    # WRONG columns-of-each-part:
    #     own = [[name for name in categories if name is None or name in part] for part in (train, test)]
    #     return _indicators(train, own[0]), _indicators(test, own[1]), categories
    # END SOLUTION


Table = dict[str, Sequence[float | str | None]]


def preprocess(train: Table, test: Table) -> tuple[Tensor, Tensor, list[str]]:
    """Turn two tables of numbers and categories into features, with your `standardize` and `one_hot` (D2L 4.10.4).

    A column is numeric if neither table has a string in it. Any other column holds categories: strings and None, in one
    table perhaps only None. The features are:

    - first the numeric columns, in the order of the train table, as `standardize` returns them;
    - then the indicators of each column of categories, in the same order, as `one_hot` returns them.

    A column that only one table has is no feature. An example is the price, which the model should predict. The
    function leaves both tables unchanged.

    Args:
        train, test: from column name to values, one for each row, at least one row. A value is a number, a string, or
            None if it is missing. The columns of test may have another order.

    Returns:
        The features of both tables, (n, q) and (m, q), float32. Also the list of the names of the q features: the name
        of a numeric column; or column name, underscore and category, as in "MSZoning_RL"; for missing values
        "MSZoning_nan".
    """
    # BEGIN SOLUTION
    shared = [name for name in train if name in test]
    # WRONG price-as-feature:
    #     test = {**{name: [None] * len(next(iter(test.values()))) for name in train if name not in test}, **test}
    #     shared = list(train)
    # WRONG order-of-test-table: shared = [name for name in test if name in train]
    # WRONG price-popped:
    #     shared = [name for name in train if name in test]
    #     for table in (train, test):
    #         for name in list(table):
    #             if name not in shared:
    #                 table.pop(name)
    texts = [name for name in shared if any(isinstance(value, str) for value in (*train[name], *test[name]))]
    # WRONG holes-make-categories:
    #     texts = [
    #         name
    #         for name in shared
    #         if not all(isinstance(value, (int, float)) for value in (*train[name], *test[name]))
    #     ]
    #     train, test = (
    #         {
    #             name: [value if value is None else str(value) for value in table[name]]
    #             if name in texts
    #             else table[name]
    #             for name in shared
    #         }
    #         for table in (train, test)
    #     )
    # WRONG strings-of-the-first-table:
    #     texts = [name for name in shared if any(isinstance(value, str) for value in train[name])]
    # WRONG first-value-decides:
    #     texts = [name for name in shared if isinstance(train[name][0], str) or isinstance(test[name][0], str)]
    # WRONG digits-make-numbers:
    #     texts = [
    #         name
    #         for name in shared
    #         if any(isinstance(value, str) and not value.isdigit() for value in (*train[name], *test[name]))
    #     ]
    # WRONG empty-columns-are-categories:
    #     texts = [
    #         name
    #         for name in shared
    #         if not any(isinstance(value, (int, float)) for value in (*train[name], *test[name]))
    #     ]
    numbers = [name for name in shared if name not in texts]
    train_numbers, test_numbers = standardize(_as_tensor(train, numbers), _as_tensor(test, numbers))
    # WRONG numbers-not-standardised:
    #     train_numbers, test_numbers = _as_tensor(train, numbers).nan_to_num(), _as_tensor(test, numbers).nan_to_num()
    train_parts, test_parts, names = [train_numbers], [test_numbers], list(numbers)
    for name in texts:
        # WRONG categories-left-out: for name in []:
        train_part, test_part, categories = one_hot(train[name], test[name])
        train_parts.append(train_part)
        test_parts.append(test_part)
        for category in categories:
            names.append(f"{name}_{'nan' if category is None else category}")
            # WRONG missing-name: names.append(f"{name}_{category}")
            # WRONG names-without-the-column: names.append('nan' if category is None else category)
    return torch.cat(train_parts, dim=1), torch.cat(test_parts, dim=1), names
    # WRONG categories-first:
    #     order = names[len(numbers) :] + numbers
    #     results = [torch.cat([*parts[1:], parts[0]], dim=1) for parts in (train_parts, test_parts)]
    #     return *results, order
    # WRONG names-not-returned: return torch.cat(train_parts, dim=1), torch.cat(test_parts, dim=1)
    # END SOLUTION


# BEGIN SOLUTION


def _as_tensor(table: Table, names: list[str]) -> Tensor:
    """Return these columns of numbers as a matrix, (rows, columns), with NaN for None."""
    rows = len(next(iter(table.values())))
    matrix = torch.empty(rows, len(names))
    for column, name in enumerate(names):
        matrix[:, column] = torch.tensor([torch.nan if value is None else float(value) for value in table[name]])
    return matrix


# END SOLUTION


def train(
    net: nn.Module,
    train_features: Tensor,
    train_labels: Tensor,
    test_features: Tensor | None,
    test_labels: Tensor | None,
    num_epochs: int,
    learning_rate: float,
    weight_decay: float,
    batch_size: int,
) -> tuple[list[float], list[float]]:
    """Train a model of prices by Adam on the squared loss, and return its log_rmse after each epoch (D2L 4.10.5).

    Each epoch goes once through all training examples, in random minibatches from `d2l.load_array`, in a new order each
    time. The last minibatch has the examples that are left. For each minibatch, take a step of torch.optim.Adam (Kingma
    and Ba, 2015) along the gradient of the mean squared error `loss(net(X), y)`. Adam gets the learning rate and the
    weight decay; its other options stay at their defaults. The function leaves the data unchanged.

    Args:
        net: is changed in place; returns predictions (n, 1). float32 or float64, like the data.
        train_features, train_labels: (n, d) and (n, 1).
        test_features, test_labels: (m, d) and (m, 1), or None and None. The net must not learn from them.
        num_epochs: the number of passes over the training examples.
        learning_rate, weight_decay: for Adam; may be 0.
        batch_size: the number of examples in a minibatch.

    Returns:
        Your `log_rmse` of all training data after each epoch, and that of the test data: two lists of
        num_epochs numbers, each a Python float. The second list is empty without test labels.
    """
    # BEGIN SOLUTION
    train_ls, test_ls = [], []
    batches = load_array((train_features, train_labels), batch_size)
    # WRONG test-set-trained-on:
    #     extra = test_labels is not None
    #     arrays = (
    #         (torch.cat([train_features, test_features]), torch.cat([train_labels, test_labels]))
    #         if extra
    #         else (train_features, train_labels)
    #     )
    #     batches = load_array(arrays, batch_size)
    # WRONG never-shuffled: batches = load_array((train_features, train_labels), batch_size, is_train=False)
    # WRONG batch-size-ignored: batches = load_array((train_features, train_labels), len(train_features))
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    # WRONG plain-sgd: optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    # WRONG decoupled-decay:
    #     optimizer = torch.optim.AdamW(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    # WRONG decay-ignored: optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    # WRONG rate-ignored: optimizer = torch.optim.Adam(net.parameters(), weight_decay=weight_decay)
    for _ in range(num_epochs):
        # WRONG new-optimizer-each-epoch:
        #     for _ in range(num_epochs):
        #         optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
        for X, y in batches:  # in a new order in each epoch
            # WRONG log-rmse-before-epoch:
            #     train_ls.append(log_rmse(net, train_features, train_labels))
            #     if test_labels is not None:
            #         test_ls.append(log_rmse(net, test_features, test_labels))
            #     for X, y in batches:
            optimizer.zero_grad()
            # WRONG gradients-add-up:
            loss(net(X), y).backward()
            # WRONG sum-of-the-squares: (net(X) - y).square().sum().backward()
            # WRONG half-squares: (loss(net(X), y) / 2).backward()
            # WRONG predictions-flattened: loss(net(X).flatten(), y).backward()
            optimizer.step()
            # WRONG net-never-changes:
        train_ls.append(log_rmse(net, train_features, train_labels))
        # WRONG error-of-each-minibatch:     train_ls.append(log_rmse(net, train_features, train_labels))
        # WRONG error-of-the-last-minibatch: train_ls.append(log_rmse(net, X, y))
        # WRONG loss-in-the-curve: train_ls.append(loss(net(train_features), train_labels).item())
        if test_labels is not None:
            # WRONG no-test-set-forgotten: if True:
            test_ls.append(log_rmse(net, test_features, test_labels))
        # WRONG log-rmse-before-epoch, 3 lines:
        # WRONG training-error-twice: test_ls.append(log_rmse(net, train_features, train_labels))
    return train_ls, test_ls
    # WRONG curves-swapped: return test_ls, train_ls
    # WRONG last-errors-alone: return train_ls[-1:], test_ls[-1:]
    # END SOLUTION


def k_fold(
    k: int,
    X_train: Tensor,
    y_train: Tensor,
    num_epochs: int,
    learning_rate: float,
    weight_decay: float,
    batch_size: int,
) -> tuple[float, float]:
    """Return the training and validation error of K-fold cross-validation, with your functions above (D2L 4.10.6).

    For each fold, take the data from `get_k_fold_data`, train a new net from `get_net()` with `train`, and validate it
    on the fold. The function leaves the data unchanged. You may print and plot.

    Args:
        k: the number of folds, at least 2.
        X_train, y_train: (n, in_features) and (n, 1), float32.
        num_epochs, learning_rate, weight_decay, batch_size: as in `train`, for each fold.

    Returns:
        The training and the validation log_rmse after the last epoch, averaged over the k folds, each a Python float.
    """
    # BEGIN SOLUTION
    train_sum, valid_sum = 0.0, 0.0
    # WRONG net-reused: train_sum, valid_sum, net = 0.0, 0.0, get_net()
    for i in range(k):
        fold = get_k_fold_data(k, i, X_train, y_train)
        # WRONG always-the-first-fold: fold = get_k_fold_data(k, 0, X_train, y_train)
        # WRONG trained-on-all-folds: fold = X_train, y_train, *get_k_fold_data(k, i, X_train, y_train)[2:]
        # WRONG both-features-first:
        #     X, X_valid, y, y_valid = get_k_fold_data(k, i, X_train, y_train)
        #     fold = X, y, X_valid, y_valid
        train_ls, valid_ls = train(get_net(), *fold, num_epochs, learning_rate, weight_decay, batch_size)
        # WRONG net-reused: train_ls, valid_ls = train(net, *fold, num_epochs, learning_rate, weight_decay, batch_size)
        # WRONG rate-and-decay-swapped:
        #     train_ls, valid_ls = train(get_net(), *fold, num_epochs, weight_decay, learning_rate, batch_size)
        # WRONG curves-swapped:
        #     valid_ls, train_ls = train(get_net(), *fold, num_epochs, learning_rate, weight_decay, batch_size)
        # WRONG rate-not-passed-on:
        #     train_ls, valid_ls = train(get_net(), *fold, num_epochs, 0.001, weight_decay, batch_size)
        train_sum += train_ls[-1]
        # WRONG average-over-epochs: train_sum += sum(train_ls) / num_epochs
        # WRONG best-epoch: train_sum += min(train_ls)
        # WRONG last-fold-alone: train_sum = train_ls[-1] * k
        # WRONG first-epoch: train_sum += train_ls[0]
        valid_sum += valid_ls[-1]
        # WRONG average-over-epochs: valid_sum += sum(valid_ls) / num_epochs
        # WRONG best-epoch: valid_sum += min(valid_ls)
        # WRONG last-fold-alone: valid_sum = valid_ls[-1] * k
        # WRONG first-epoch: valid_sum += valid_ls[0]
    return train_sum / k, valid_sum / k
    # WRONG sums-over-folds: return train_sum, valid_sum
    # WRONG validation-error-first: return valid_sum / k, train_sum / k
    # WRONG divided-by-the-epochs: return train_sum / num_epochs, valid_sum / num_epochs
    # END SOLUTION
