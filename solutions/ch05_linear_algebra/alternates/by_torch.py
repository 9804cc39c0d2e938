"""The same with more of torch: dot products, traces, outer products, eigenvalues, one_hot."""

from torch.nn import functional as F


def frobenius_norm(A):
    return A.pow(2).sum(dim=-1).sum().pow(0.5) if A.dim() > 1 else A.square().sum().sqrt()


def lp_norm(x, p):
    if p == torch.inf:
        return torch.maximum(x.max(), -x.min())
    if not x.any():
        return x.abs().sum()
    return (p * x.abs().log()).logsumexp(0).div(p).exp()


def mean_keepdims(A, axis, keepdims=False):
    ones = torch.ones_like(A)
    return A.sum(axis, keepdim=keepdims) / ones.sum(axis, keepdim=keepdims)


def mm(A, B):
    if A.size(-1) != B.size(0):
        raise ValueError("inner sizes differ")
    C = torch.zeros(len(A), B.shape[1], dtype=A.dtype)
    for column, row in zip(A.T, B, strict=True):
        C = C + torch.outer(column, row)
    return C


def is_positive_definite(A):
    same, rank = torch.isclose(A, A.mT).all(), torch.linalg.matrix_rank(A, hermitian=True)
    return bool(same and rank == len(A) and not torch.linalg.cholesky_ex(A).info)


def permutation_matrix(perm):
    if len(set(perm)) < len(perm) or min(perm) < 0 or max(perm) >= len(perm):
        raise ValueError(perm)
    return F.one_hot(torch.tensor(perm), len(perm)).float()
