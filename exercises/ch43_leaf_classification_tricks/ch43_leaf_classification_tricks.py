"""ch43 Leaf classification tricks."""

from torch import Tensor


def tta_predict(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here


def weighted_ensemble(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here


def fit_temperature(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here


def swa_average(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here
