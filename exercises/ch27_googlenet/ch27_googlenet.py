"""ch27 Googlenet."""

from torch import Tensor


def Inception(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here


def googlenet(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here


def InceptionA(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here


def bottleneck_saving(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    raise NotImplementedError  # write your code here
