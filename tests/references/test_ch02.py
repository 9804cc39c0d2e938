"""ch02's reference against brute force, fractions, and numerical integration of the posterior."""

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest
import torch


@pytest.fixture(scope="module")
def auctions():
    """Fifty auctions of five ads in exact fractions, many with equal scores or rates of zero."""
    draw = random.Random(2)
    return [tuple([Fraction(draw.randrange(5), n) for _ in range(5)] for n in (4, 2)) for _ in range(50)]


def test_ranking_against_all_orders(reference, auctions):
    """It is the first of all orders of the ads in which no score is followed by a greater one."""
    for ctr, bid in auctions:
        scores = [c * b for c, b in zip(ctr, bid, strict=True)]
        orders = (
            list(order)
            for order in itertools.permutations(range(5))
            if all(scores[i] >= scores[j] for i, j in itertools.pairwise(order))
        )
        assert reference.rank_ads(ctr, bid) == next(orders)


def test_prices_against_bids_that_keep_the_place(reference, auctions):
    """A winner's price times its rate ties with the next score: the same auction with that bid ranks none above it."""
    for ctr, bid in auctions:
        for k in range(7):
            slots = reference.gsp_prices(ctr, bid, k)
            assert len(slots) == min(k, 5)
            for slot, (i, price) in enumerate(slots):
                scores = sorted((c * b for j, (c, b) in enumerate(zip(ctr, bid, strict=True)) if j != i), reverse=True)
                following = scores[slot] if slot < 4 else 0
                assert 0 <= price <= bid[i]
                assert price * ctr[i] == following


def test_rates_against_integration(reference):
    """The smoothed rate is the mean of the posterior density, integrated by midpoints."""
    p = (np.arange(200_000) + 0.5) / 200_000
    clicks, impressions = [0, 3, 7, 20], [0, 3, 90, 41]
    for alpha, beta in ((1.0, 1.0), (2.5, 30.0)):
        found = reference.smoothed_ctr(torch.tensor(clicks), torch.tensor(impressions), alpha, beta)
        for rate, c, n in zip(found.tolist(), clicks, impressions, strict=True):
            density = p ** (c + alpha - 1) * (1 - p) ** (n - c + beta - 1)
            assert rate == pytest.approx((p * density).sum() / density.sum(), rel=1e-6)
