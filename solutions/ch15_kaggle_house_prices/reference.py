"""ch15 Predicting house prices: preprocessing, training and k-fold cross-validation.

D2L section 4.10 (chapter_multilayer-perceptrons/kaggle-house-price.md).
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.utils import data

# Given, not exercises: what the book's notebook has at hand.
loss = nn.MSELoss()
in_features = 6


def get_net() -> nn.Module:
    """A new linear model from in_features features to a price."""
    return nn.Sequential(nn.Linear(in_features, 1))


def load_array(data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True) -> data.DataLoader:
    """Minibatches of rows of all arrays alike; in training in a new random order every time they are gone through."""
    return data.DataLoader(data.TensorDataset(*data_arrays), batch_size, shuffle=is_train)


d2l = SimpleNamespace(concat=torch.cat, load_array=load_array, plot=lambda *_, **__: None)


def log_rmse(net: Callable[[Tensor], Tensor], features: Tensor, labels: Tensor) -> float:
    """How far predicted prices are off, in relative terms: the error of the competition (D2L 4.10.5).

        log_rmse = sqrt(mean over the examples of (log(max(net(x), 1)) - log(y))^2)

    Args:
        net: gives predictions (n, 1) for the features. Predictions below 1, negative ones too, count as 1, whose
            logarithm is 0; there is no upper limit.
        features: (n, d).
        labels: prices (n, 1), at least 1.

    Returns:
        The error as a Python float, inf where a prediction is inf.
    """
    # BEGIN SOLUTION
    with torch.no_grad():  # the error is looked at, not learned from
        prices = net(features).clamp(min=1)
        # WRONG not-clamped: prices = net(features)
        # WRONG log-of-one-plus: prices = net(features).clamp(min=0)
    errors = torch.log(prices) - torch.log(labels)
    # WRONG raw-prices: errors = prices - labels
    # WRONG log-of-one-plus: errors = torch.log1p(prices) - torch.log1p(labels)
    return errors.square().mean().sqrt().item()
    # WRONG root-forgotten: return errors.square().mean().item()
    # WRONG mean-of-roots: return errors.square().sqrt().mean().item()
    # END SOLUTION


def get_k_fold_data(k: int, i: int, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The i-th of k ways to divide examples into those for training and those for validation (D2L 4.10.6).

    The examples are cut into k consecutive folds of n // k each; what is left over at the end is in none of them.
    Fold i validates, all other folds train, in the order that they have in X.

    Args:
        k: how many folds, at least 2.
        i: which of them validates, from 0 to k - 1.
        X: features, (n, d).
        y: labels of the same examples, (n,) or (n, 1).

    Returns:
        (X_train, y_train, X_valid, y_valid): rows of X and y, which stay as they are. No example is in both sets.

    Raises:
        AssertionError: k is 1 or less.
    """
    # BEGIN SOLUTION
    assert k > 1, f"cross-validation takes two folds or more, not {k}"
    fold_size = len(X) // k
    # Rows start to stop - 1 validate. Rows from end on are in no fold.
    start, stop, end = i * fold_size, (i + 1) * fold_size, k * fold_size
    X_train = torch.cat([X[:start], X[stop:end]])
    y_train = torch.cat([y[:start], y[stop:end]])
    # WRONG validation-rows-in-training, 2 lines:
    #     X_train, y_train = X[:end], y[:end]
    # WRONG remainder-kept, 2 lines:
    #     X_train = torch.cat([X[:start], X[stop:]])
    #     y_train = torch.cat([y[:start], y[stop:]])
    return X_train, y_train, X[start:stop], y[start:stop]
    # WRONG validation-first: return X[start:stop], y[start:stop], X_train, y_train
    # WRONG every-kth-row, 3 lines:
    #     rows = torch.arange(end)
    #     X_train, y_train = X[:end][rows % k != i], y[:end][rows % k != i]
    #     return X_train, y_train, X[:end][rows % k == i], y[:end][rows % k == i]
    # END SOLUTION


def standardize(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Brings the numeric features to one scale and fills in what is missing (D2L 4.10.4).

        x <- (x - mean) / std, column by column; after that, what was NaN becomes 0, the mean of its column

    As in the book, mean and standard deviation are those of both parts together (of features, which are known for the
    test set, too; never of labels). NaN does not count in them. The standard deviation is that of a sample, as pandas
    has it: the sum of squares divided by one less than the count.

    Args:
        train: (n, d), floats; NaN where a value is missing.
        test: (m, d), of the same dtype.

    Returns:
        Both parts, (n, d) and (m, d), in their dtype and without NaN. A column whose known values are all the same, or
        of which one value is known, or none, is 0 everywhere.
    """
    # BEGIN SOLUTION
    both = torch.cat([train, test]).double()  # in which float32 values add up without rounding
    # WRONG each-part-by-itself:
    #     if len(train) and len(test):
    #         return standardize(train, test[:0])[0], standardize(test, test[:0])[0]
    #     both = torch.cat([train, test]).double()
    # WRONG filled-before-scaling: both = torch.cat([train, test]).double().nan_to_num()
    count = both.isfinite().sum(dim=0)
    mean = both.nansum(dim=0) / count
    std = torch.sqrt((both - mean).square().nansum(dim=0) / (count - 1))
    # WRONG population-deviation: std = torch.sqrt((both - mean).square().nansum(dim=0) / count)
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
    return scaled[: len(train)], scaled[len(train) :]
    # END SOLUTION


# BEGIN SOLUTION


def _indicators(values: Sequence[str | None], categories: list[str | None]) -> Tensor:
    """A row for each value, with 1 in the column of its category."""
    return torch.tensor([[float(value == category) for category in categories] for value in values])


# END SOLUTION


def one_hot(train: Sequence[str | None], test: Sequence[str | None]) -> tuple[Tensor, Tensor, list[str | None]]:
    """Turns a column of categories into indicator columns, one for each category (D2L 4.10.4).

    The categories are those of both parts together, so that one that occurs in the test set alone has a column, too
    (of zeros in train). They stand in alphabetical order. The last column is that of missing values, which is there
    even if none is missing, as in pandas.get_dummies(..., dummy_na=True).

    Args:
        train, test: a category for each row of the two parts, None where it is missing; at least one row each.

    Returns:
        The indicators of both parts, (n, q) and (m, q), float32, with a single 1 in each row; and the categories of
        the q columns, None for the last.
    """
    # BEGIN SOLUTION
    known = {value for value in [*train, *test] if value is not None}
    # WRONG categories-of-train: known = {value for value in train if value is not None}
    categories = [*sorted(known), None]
    # WRONG missing-ignored: categories = sorted(known)
    # WRONG missing-only-if-any: categories = sorted(known) + [None] * (None in [*train, *test])
    # WRONG order-of-appearance:
    #     categories = [*(value for value in dict.fromkeys([*train, *test]) if value is not None), None]
    return _indicators(train, categories), _indicators(test, categories), categories
    # WRONG first-category-dropped:
    #     categories = categories[1:] or [None]
    #     return _indicators(train, categories), _indicators(test, categories), categories
    # END SOLUTION


Table = dict[str, Sequence[float | str | None]]


def preprocess(train: Table, test: Table) -> tuple[Tensor, Tensor, list[str]]:
    """Turns two tables with numbers, categories and holes into features (D2L 4.10.4), with the help of the two above.

    A column is numeric if no value in either table is a string; any other holds categories. Features are
    - first the numeric columns, in the order of the train table, as `standardize` gives them;
    - then, column by column in the same order, the indicators of the categories, as `one_hot` gives them.

    Columns that only one of the tables has, such as the price, which is what has to be predicted, are no features.

    Args:
        train, test: column name -> values, one for each row: numbers, or strings, or None where a value is missing.
            At least one row each. The columns of test may stand in another order.

    Returns:
        The features of both tables, (n, q) and (m, q), float32, and the names of the q features: the name of a numeric
        column, or that of a column, an underscore and the category, "MSZoning_RL", or for missing ones "MSZoning_nan".
    """
    # BEGIN SOLUTION
    shared = [name for name in train if name in test]
    # WRONG price-as-feature:
    #     test = {**{name: [None] * len(next(iter(test.values()))) for name in train if name not in test}, **test}
    #     shared = list(train)
    # WRONG order-of-test-table: shared = [name for name in test if name in train]
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
    numbers = [name for name in shared if name not in texts]
    train_numbers, test_numbers = standardize(_as_tensor(train, numbers), _as_tensor(test, numbers))
    train_parts, test_parts, names = [train_numbers], [test_numbers], list(numbers)
    for name in texts:
        train_part, test_part, categories = one_hot(train[name], test[name])
        train_parts.append(train_part)
        test_parts.append(test_part)
        for category in categories:
            names.append(f"{name}_{'nan' if category is None else category}")
            # WRONG missing-name: names.append(f"{name}_{category}")
    return torch.cat(train_parts, dim=1), torch.cat(test_parts, dim=1), names
    # END SOLUTION


# BEGIN SOLUTION


def _as_tensor(table: Table, names: list[str]) -> Tensor:
    """These columns of numbers as a matrix, (rows, columns), NaN for None."""
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
    """Train a model of prices by Adam (Kingma and Ba, 2015) on the squared loss (D2L 4.10.5), and watch its log_rmse.

    Every epoch goes through all training examples once, in random minibatches (`d2l.load_array` makes them), the last
    of which has what is left. Each minibatch takes a step of torch.optim.Adam, with this learning rate and weight
    decay and nothing else of its own, along the gradient of the mean squared error `loss(net(X), y)`.

    Args:
        net: is changed in place; gives predictions (n, 1).
        train_features, train_labels: (n, d) and (n, 1).
        test_features, test_labels: (m, d) and (m, 1), or None and None; nothing is learnt from them.
        num_epochs, learning_rate, weight_decay, batch_size: as above.

    Returns:
        Your `log_rmse` of all training data after each epoch, and that of the test data: two lists of num_epochs Python
        floats. Without test labels the second is empty.
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
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    # WRONG plain-sgd: optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    # WRONG decoupled-decay:
    #     optimizer = torch.optim.AdamW(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    for _ in range(num_epochs):
        for X, y in batches:  # in a new order in each epoch
            # WRONG log-rmse-before-epoch:
            #     train_ls.append(log_rmse(net, train_features, train_labels))
            #     if test_labels is not None:
            #         test_ls.append(log_rmse(net, test_features, test_labels))
            #     for X, y in batches:
            optimizer.zero_grad()
            # WRONG gradients-add-up:
            loss(net(X), y).backward()
            optimizer.step()
        train_ls.append(log_rmse(net, train_features, train_labels))
        if test_labels is not None:
            test_ls.append(log_rmse(net, test_features, test_labels))
        # WRONG log-rmse-before-epoch, 3 lines:
    return train_ls, test_ls
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
    """How good is a choice of hyperparameters? K-fold cross-validation (D2L 4.10.6), on top of your functions above.

    Fold by fold, a new net of `get_net()` is trained on `get_k_fold_data` without the fold, and validated on the fold.

    Args:
        k: how many folds, at least 2.
        X_train, y_train: (n, in_features) and (n, 1).
        num_epochs, learning_rate, weight_decay, batch_size: as in `train`, for every fold.

    Returns:
        The train and the validation log_rmse after the last epoch, each averaged over the k folds, as Python floats.
        What is printed or plotted on the way is up to you.
    """
    # BEGIN SOLUTION
    train_sum, valid_sum = 0.0, 0.0
    # WRONG net-reused: train_sum, valid_sum, net = 0.0, 0.0, get_net()
    for i in range(k):
        fold = get_k_fold_data(k, i, X_train, y_train)
        train_ls, valid_ls = train(get_net(), *fold, num_epochs, learning_rate, weight_decay, batch_size)
        # WRONG net-reused: train_ls, valid_ls = train(net, *fold, num_epochs, learning_rate, weight_decay, batch_size)
        train_sum += train_ls[-1]
        # WRONG average-over-epochs: train_sum += sum(train_ls) / num_epochs
        # WRONG best-epoch: train_sum += min(train_ls)
        valid_sum += valid_ls[-1]
        # WRONG average-over-epochs: valid_sum += sum(valid_ls) / num_epochs
        # WRONG best-epoch: valid_sum += min(valid_ls)
    return train_sum / k, valid_sum / k
    # WRONG sums-over-folds: return train_sum, valid_sum
    # END SOLUTION
