"""ch79 Gradient descent."""

from torch import Tensor


def gd(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    # BEGIN SOLUTION
    return 2 * X
    # WRONG gd-halved: return X / 2
    # END SOLUTION


def train_2d(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    # BEGIN SOLUTION
    return 2 * X
    # WRONG train-2d-halved: return X / 2
    # END SOLUTION


def gd_linear(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    # BEGIN SOLUTION
    return 2 * X
    # WRONG gd-linear-halved: return X / 2
    # END SOLUTION


def sgd_linear(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    # BEGIN SOLUTION
    return 2 * X
    # WRONG sgd-linear-halved: return X / 2
    # END SOLUTION


def minibatch_linear(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    # BEGIN SOLUTION
    return 2 * X
    # WRONG minibatch-linear-halved: return X / 2
    # END SOLUTION
