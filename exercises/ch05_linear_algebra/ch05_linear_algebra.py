"""ch05 Linear algebra: norms, means along axes, products, positive definite and permutation matrices.

D2L section 2.3 (chapter_preliminaries/linear-algebra.md). The book has no functions here; these are ours, named as in
torch.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def frobenius_norm(A: Tensor) -> Tensor:
    """The Frobenius norm: how long a matrix is as one long vector (D2L 2.3.10).

        ||A||_F = sqrt(sum_ij a_ij^2)

    It is not the most by which A stretches a vector; that is its largest singular value. Write the formula yourself: no
    ready-made norm here, nor in the next exercise.

    Args:
        A: a matrix, or any tensor of floats; it may be empty.

    Returns:
        The norm, a tensor without axes, of A's dtype; 0 if nothing is in A.

    Write it from scratch, without ready-made norms and distances (torch.norm, torch.linalg.norm, torch.cdist, ...).
    """
    raise NotImplementedError  # write your code here


def lp_norm(x: Tensor, p: float) -> Tensor:
    """The p-norm of a vector (D2L 2.3.10).

        ||x||_p = (sum_i |x_i|^p)^(1/p),    ||x||_inf = max_i |x_i|

    Powers of large numbers leave float32's range though the norm is far from it; dividing by the largest entry first
    prevents that.

    Args:
        x: a vector of floats, (n,), n at least 1.
        p: 1 or more; math.inf for the maximum norm.

    Returns:
        The norm, a tensor without axes, of x's dtype.

    Write it from scratch, without ready-made norms and distances (torch.norm, torch.linalg.norm, torch.cdist, ...).
    """
    raise NotImplementedError  # write your code here


def mean_keepdims(A: Tensor, axis: int | Sequence[int], keepdims: bool = False) -> Tensor:
    """The mean over one or several axes: the sum, divided by how many entries went into it (D2L 2.3.6).

    Build it from sums, which take several axes at once: without a ready-made mean.

    Args:
        A: a tensor of floats with at least one axis.
        axis: an axis, or a list or tuple of different ones, at least one. Negative ones count from the last.
        keepdims: False takes these axes away; True keeps them with size 1, so that the means broadcast against A.

    Returns:
        The means, of A's dtype. For A of shape (2, 3, 4) and axes 0 and 2 they have shape (3,), or (1, 3, 1).

    Write it from scratch, without ready-made means (torch.mean, X.mean, numpy.average, average pooling, ...).
    """
    raise NotImplementedError  # write your code here


def mm(A: Tensor, B: Tensor) -> Tensor:
    """The product of two matrices (D2L 2.3.9), from products and sums: without @, matmul, einsum and their kin.

        c_ij = sum_l a_il b_lj

    Args:
        A: (n, k).
        B: (k, m), of the same dtype.

    Returns:
        C, (n, m), of the same dtype; zeros if k is 0. Gradients flow to A and B.

    Raises:
        ValueError: A has not as many columns as B has rows.

    Write it from scratch, without ready-made products (@, torch.matmul, torch.einsum, nn.Linear, ...).
    """
    raise NotImplementedError  # write your code here


def is_positive_definite(A: Tensor) -> bool:
    """Whether a matrix is symmetric and positive definite: x^T A x > 0 for every x but 0.

    Then all its eigenvalues are positive, and it has a Cholesky decomposition, A = L L^T. Quadratic functions with such
    a matrix have one minimum. A matrix that is not symmetric is none here, whatever its eigenvalues are.

    Args:
        A: (n, n), real floats, n at least 1. Symmetric means equal to its transpose but for rounding.

    Returns:
        True or False, a Python bool. If x^T A x is 0 for some x other than 0, that is False. Rounding may turn an
        eigenvalue of 0 into a tiny positive one.
    """
    raise NotImplementedError  # write your code here


def permutation_matrix(perm: Sequence[int]) -> Tensor:
    """The matrix that puts entries in another order: (P @ x)[i] = x[perm[i]].

    Every row and every column has a single 1. Its transpose undoes what it does.

    Args:
        perm: every number from 0 to n - 1 once, in any order, n at least 1; a list or a tuple.

    Returns:
        P, (n, n), float32.

    Raises:
        ValueError: a number is missing, occurs twice, or is none of 0 to n - 1.
    """
    raise NotImplementedError  # write your code here
