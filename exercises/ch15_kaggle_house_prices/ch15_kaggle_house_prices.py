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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
