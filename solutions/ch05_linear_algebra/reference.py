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
    """
    # BEGIN SOLUTION
    return (A * A).sum().sqrt()
    # WRONG largest-singular-value: return torch.linalg.svdvals(A.reshape(len(A), -1)).max() if A.numel() else A.sum()
    # WRONG root-forgotten: return (A * A).sum()
    # WRONG sum-of-sizes: return A.abs().sum()
    # WRONG root-mean-square: return (A * A).sum().sqrt() / max(1, A.numel()) ** 0.5
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    sizes = x.abs()
    # WRONG negatives-counted-as-they-are: sizes = x
    largest = sizes.max()
    if math.isinf(p):
        # WRONG always-euclidean:
        #     p = 2
        #     if math.isinf(p):
        return largest
    # WRONG no-limit-at-infinity, 2 lines:
    scale = largest.detach().clamp(min=torch.finfo(x.dtype).tiny)
    # WRONG negatives-counted-as-they-are: scale = 1
    return scale * ((sizes / scale) ** p).sum() ** (1 / p)  # powers of numbers up to 1 do not overflow
    # WRONG power-not-undone: return (sizes**p).sum()
    # WRONG always-the-square-root: return (sizes**p).sum().sqrt()
    # WRONG no-limit-at-infinity: return (sizes**p).sum() ** (1 / p)
    # END SOLUTION


def mean_keepdims(A: Tensor, axis: int | Sequence[int], keepdims: bool = False) -> Tensor:
    """The mean over one or several axes: the sum, divided by how many entries went into it (D2L 2.3.6).

    Build it from sums, which take several axes at once: without a ready-made mean.

    Args:
        A: a tensor of floats with at least one axis.
        axis: an axis, or a list or tuple of different ones, at least one. Negative ones count from the last.
        keepdims: False takes these axes away; True keeps them with size 1, so that the means broadcast against A.

    Returns:
        The means, of A's dtype. For A of shape (2, 3, 4) and axes 0 and 2 they have shape (3,), or (1, 3, 1).
    """
    # BEGIN SOLUTION
    axes = [axis] if isinstance(axis, int) else list(axis)
    # WRONG first-axis-only: axes = [axis] if isinstance(axis, int) else list(axis)[:1]
    count = math.prod(A.shape[i] for i in axes)
    # WRONG divided-by-everything: count = A.numel()
    return A.sum(dim=axes, keepdim=keepdims) / count
    # WRONG keepdims-ignored: return A.sum(dim=axes, keepdim=False) / count
    # WRONG keepdims-always: return A.sum(dim=axes, keepdim=True) / count
    # WRONG sum-for-mean: return A.sum(dim=axes, keepdim=keepdims)
    # WRONG axes-shift-while-reduced:
    #     for i in axes:
    #         A = A.sum(dim=i % A.dim(), keepdim=keepdims)
    #     return A / count
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"{tuple(A.shape)} and {tuple(B.shape)} do not go together")
    # WRONG mismatch-not-noticed, 2 lines:
    # Entry (i, j) is the sum over k of A[i, k] * B[k, j].
    return (A[:, :, None] * B).sum(dim=1)
    # WRONG elementwise-product: return A * B if A.shape == B.shape else (A[:, :, None] * B).sum(dim=1)
    # WRONG product-of-sums: return A.sum(dim=1)[:, None] * B.sum(dim=0)
    # WRONG product-transposed: return (A[:, :, None] * B).sum(dim=1).T
    # WRONG graph-lost:
    #     return torch.tensor([[(row * column).sum().item() for column in B.T] for row in A], dtype=A.dtype).reshape(
    #         len(A), B.shape[1]
    #     ) + 0 * (A.sum() + B.sum())
    # END SOLUTION


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
    # BEGIN SOLUTION
    values = torch.linalg.eigvalsh(A)
    noise = len(A) * torch.finfo(A.dtype).eps * values[-1]  # rounding may make this of an eigenvalue 0
    return torch.allclose(A, A.T) and bool(values[0] > noise)
    # WRONG semi-definite-accepted: return torch.allclose(A, A.T) and bool(values[0] > -noise - 1e-12)
    # WRONG positive-entries: return torch.allclose(A, A.T) and bool((A > 0).all())
    # WRONG positive-diagonal: return torch.allclose(A, A.T) and bool((A.diagonal() > 0).all())
    # WRONG positive-determinant: return torch.allclose(A, A.T) and bool(torch.linalg.det(A) > 0)
    # WRONG no-zero-eigenvalue: return torch.allclose(A, A.T) and bool((values.abs() > abs(noise)).all())
    # WRONG symmetry-not-asked-for: return bool(values[0] > noise)
    # END SOLUTION


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
    # BEGIN SOLUTION
    n = len(perm)
    if sorted(perm) != list(range(n)):
        # WRONG repetitions-accepted: if min(perm) < 0 or max(perm) >= n:
        # WRONG only-repetitions-refused: if len(set(perm)) != n:
        raise ValueError(f"{perm} is no permutation of the numbers below {n}")
    P = torch.zeros(n, n)
    for i, j in enumerate(perm):
        P[i, j] = 1
        # WRONG transposed: P[j, i] = 1
        # WRONG counted-from-one: P[i, j - 1] = 1
    return P
    # END SOLUTION
