"""ch05 Linear algebra: norms, means along axes, products, positive definite and permutation matrices.

See D2L 2.3 (chapter_preliminaries/linear-algebra.md). The book defines no functions here. The names follow torch.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def frobenius_norm(A: Tensor) -> Tensor:
    """Return the Frobenius norm of a matrix: the length of all its entries as a single vector (D2L 2.3.10).

        ||A||_F = sqrt(sum_ij a_ij^2)

    This is not the spectral norm, which is the largest singular value of A. Gradients flow to A. The function leaves A
    unchanged.

    Args:
        A: a matrix, or a tensor with any number of axes; float32 or float64. It may be empty, and it need not be
            contiguous in memory.

    Returns:
        The norm, a tensor without axes, in the dtype of A. The norm of an empty tensor is 0.

    Write it from scratch, without ready-made norms and distances (torch.norm, torch.linalg.norm, torch.cdist, ...).
    """
    raise NotImplementedError  # write your code here


def lp_norm(x: Tensor, p: float) -> Tensor:
    """Return the p-norm of a vector (D2L 2.3.10).

        ||x||_p = (sum_i |x_i|^p)^(1/p),    ||x||_inf = max_i |x_i|

    Gradients flow to x. The function leaves x unchanged. Bonus (no points): the norm is also right if only the powers
    are too large or too small for float32. Divide x by its largest entry first.

    Args:
        x: a vector, (n,), n at least 1, float32 or float64. It need not be contiguous in memory.
        p: 1 or more; math.inf for the maximum norm.

    Returns:
        The norm, a tensor without axes, in the dtype of x.

    Write it from scratch, without ready-made norms and distances (torch.norm, torch.linalg.norm, torch.cdist, ...).
    """
    raise NotImplementedError  # write your code here


def mean_keepdims(A: Tensor, axis: int | Sequence[int], keepdims: bool = False) -> Tensor:
    """Return the mean over one or several axes: the sum, divided by the number of summed entries (D2L 2.3.6).

    Gradients flow to A. The function leaves A unchanged.

    Args:
        A: a tensor with at least one axis, float32 or float64. It need not be contiguous in memory.
        axis: an axis, or a list or tuple of at least one axis, all different. Negative axes count from the last.
        keepdims: False removes these axes. True keeps them with size 1, so that the means broadcast with A.

    Returns:
        The means, in the dtype of A. For A of shape (2, 3, 4) and axes 0 and 2 their shape is (3,), or (1, 3, 1) with
        keepdims.

    Write it from scratch, without ready-made means (torch.mean, X.mean, numpy.average, average pooling, ...).
    """
    raise NotImplementedError  # write your code here


def mm(A: Tensor, B: Tensor) -> Tensor:
    """Return the product of two matrices, computed from products and sums (D2L 2.3.9).

        c_ij = sum_l a_il b_lj

    Gradients flow to A and B. The function leaves A and B unchanged.

    Args:
        A: (n, k), float32 or float64. It need not be contiguous in memory.
        B: (k, m), of the same dtype. It need not be contiguous in memory.

    Returns:
        C, (n, m), of the same dtype. It is zero if k is 0; n may be 0, too.

    Raises:
        ValueError: the number of columns of A differs from the number of rows of B.

    Write it from scratch, without ready-made products (@, torch.matmul, torch.einsum, nn.Linear, ...).
    """
    raise NotImplementedError  # write your code here


def is_positive_definite(A: Tensor) -> bool:
    """Return whether a matrix is symmetric and positive definite: x^T A x > 0 for every x except 0.

    All eigenvalues of such a matrix are positive, and it has a Cholesky decomposition A = L L^T. A quadratic function
    with such a matrix has a single minimum. A matrix that is not symmetric is not positive definite here, whatever its
    eigenvalues are. The answer stays the same if A is multiplied by a positive number. The function leaves A unchanged.

    Args:
        A: (n, n), n at least 1, float32 or float64. A counts as symmetric if it equals its transpose up to rounding.

    Returns:
        True or False, a Python bool. It is False if x^T A x is 0 for some x other than 0. Bonus (no points): it is
        False also if rounding turns an eigenvalue of 0 into a tiny positive number.
    """
    raise NotImplementedError  # write your code here


def permutation_matrix(perm: Sequence[int]) -> Tensor:
    """Return the matrix that reorders the entries of a vector: (P @ x)[i] = x[perm[i]].

    Each row and each column has a single 1. The transpose of P restores the order. The function leaves perm unchanged.

    Args:
        perm: a list or tuple of the numbers from 0 to n - 1, each once, in any order; n is at least 1.

    Returns:
        P, (n, n), float32.

    Raises:
        ValueError: a number is missing, occurs twice, or is not between 0 and n - 1.
    """
    raise NotImplementedError  # write your code here
