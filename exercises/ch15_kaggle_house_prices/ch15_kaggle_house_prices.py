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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
