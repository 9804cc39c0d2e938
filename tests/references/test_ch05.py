"""ch05's reference against torch's and numpy's own norms, means, products and decompositions."""

import itertools
import math

import numpy as np
import pytest
import torch


@pytest.mark.parametrize("shape", [(3, 4), (1, 7), (5, 1), (0, 3)])
def test_frobenius_against_numpy(reference, shape):
    """The norm is numpy's, the root of the sum of squared singular values; gradients agree with finite differences."""
    A = torch.randn(*shape, dtype=torch.float64)
    norm = reference.frobenius_norm(A)
    assert norm.item() == pytest.approx(np.linalg.norm(A.numpy()))
    assert norm.item() == pytest.approx(torch.linalg.svdvals(A).square().sum().sqrt().item())
    assert A.numel() == 0 or torch.autograd.gradcheck(reference.frobenius_norm, A.requires_grad_())


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, 10, math.inf])
def test_norms_against_torch(reference, p):
    """The norm is torch's, also far from 1; gradients agree with finite differences."""
    x = torch.randn(7, dtype=torch.float64)
    for scale in (1.0, 1e-30, 1e30):
        torch.testing.assert_close(reference.lp_norm(scale * x, p) / scale, torch.linalg.vector_norm(x, p))
        small = reference.lp_norm((scale * x).float(), p) / scale
        torch.testing.assert_close(small, torch.linalg.vector_norm(x.float(), p))
    assert reference.lp_norm(torch.zeros(3), p) == 0
    assert torch.autograd.gradcheck(lambda v: reference.lp_norm(v, p), x.requires_grad_())


@pytest.mark.parametrize("keepdims", [False, True])
def test_means_against_torch(reference, keepdims):
    """The means over all groups of axes, counted from either end, are torch's."""
    A = torch.randn(2, 3, 1, 4, dtype=torch.float64)
    for size in range(1, 5):
        for axes in itertools.permutations(range(-2, 2), size):
            torch.testing.assert_close(reference.mean_keepdims(A, axes, keepdims), A.mean(axes, keepdim=keepdims))
    torch.testing.assert_close(reference.mean_keepdims(A, -1, keepdims), A.mean(-1, keepdim=keepdims))


def test_products_against_torch(reference):
    """Products of all small shapes are torch's, gradients those of finite differences; others are refused."""
    for n, k, m, other in itertools.product(range(4), repeat=4):
        A, B = torch.randn(n, k, dtype=torch.float64), torch.randn(other, m, dtype=torch.float64)
        if k == other:
            torch.testing.assert_close(reference.mm(A, B), torch.mm(A, B))
        else:
            with pytest.raises(ValueError, match="go together"):
                reference.mm(A, B)
    A, B = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((2, 3), (3, 4)))
    assert torch.autograd.gradcheck(reference.mm, (A, B))


def test_definiteness_against_enumeration(reference):
    """A symmetric matrix of small integers is positive definite exactly if its leading minors are positive."""
    found = 0
    for a, d, f, b, c, e in itertools.product(*[(0, 1, 2)] * 3, *[(-1, 0, 1)] * 3):
        expected = a > 0 and a * d - b * b > 0 and a * (d * f - e * e) - b * (b * f - e * c) + c * (b * e - d * c) > 0
        A = torch.tensor([[a, b, c], [b, d, e], [c, e, f]], dtype=torch.float64)
        assert reference.is_positive_definite(A) is expected
        found += expected
    assert found > 50
    assert reference.is_positive_definite(torch.eye(3) + torch.ones(3, 3).triu(1)) is False


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_permutations_against_indexing(reference, n):
    """Permutations of n numbers give reordered rows of the identity; other lists are refused."""
    for perm in itertools.product(range(-1, n + 1), repeat=n):
        if len({*perm} & {*range(n)}) == n:
            assert torch.equal(reference.permutation_matrix(perm), torch.eye(n)[list(perm)])
        else:
            with pytest.raises(ValueError, match="no permutation"):
                reference.permutation_matrix(perm)
