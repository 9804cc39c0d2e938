"""ch02 Introduction to deep learning: which advertisements to show, and at what price.

The lecture has no code. Its example is the advertisement beside search results: a model estimates how likely each one
is clicked, and the ads are ranked by that estimate times the price bid for a click. These exercises are what surrounds
the model.
"""

from collections.abc import Sequence

from torch import Tensor


def rank_ads(ctr: Sequence[float], bid: Sequence[float], k: int | None = None) -> list[int]:
    """The order in which advertisements are shown: by what showing them is expected to earn.

        score[i] = ctr[i] * bid[i]

    is the probability of a click times the price of a click. The greatest score comes first; of equal scores, the ad
    that comes first in the input.

    Args:
        ctr: the click-through rate of each ad, from 0 to 1.
        bid: what its advertiser offers for a click, at least 0.
        k: how many places there are, at least 0; None is as many as there are ads.

    Returns:
        The indices of the ads shown, at most k of them: all, if there are fewer than k.

    Raises:
        ValueError: ctr and bid have not the same length.

    >>> rank_ads([0.1, 0.02, 0.05], [2.0, 30.0, 5.0], k=2)
    [1, 2]
    """
    raise NotImplementedError  # write your code here


def smoothed_ctr(clicks: Tensor, impressions: Tensor, alpha: float = 1.0, beta: float = 1.0) -> Tensor:
    """Click-through rates from counts, with a prior that keeps those of rarely shown ads sensible.

        (clicks + alpha) / (impressions + alpha + beta)

    is the posterior mean of the rate if its prior is the Beta distribution with parameters alpha and beta: as if alpha
    clicks and beta impressions without a click had been seen beforehand. An ad that was clicked the first time it was
    shown has not the rate 1; one that was never shown has the prior's mean.

    Args:
        clicks: how often each ad was clicked; of any shape, of an integer or floating dtype.
        impressions: how often it was shown; of the same shape and dtype.
        alpha: the clicks of the prior, at least 0.
        beta: its impressions without a click, at least 0. With alpha and beta 0, the result is clicks / impressions.

    Returns:
        The rates, of the same shape; of the same dtype if that is floating, else float32.

    Source: Gelman et al., Bayesian Data Analysis, section 2.4 (the beta-binomial model).
    """
    raise NotImplementedError  # write your code here


def gsp_prices(ctr: Sequence[float], bid: Sequence[float], k: int) -> list[tuple[int, float]]:
    """The generalised second-price auction: who gets the k places, and what each one pays for a click.

    The ads are ranked as by `rank_ads`. With score = ctr * bid, the winner i of a place pays

        score[j] / ctr[i]

    where j is the ad ranked next, whether it gets a place or not: the least bid with which i would not fall behind j.
    The last of all ads, with none ranked after it, pays 0; so does a winner whose ctr is 0, as it is never clicked.

    Args:
        ctr: the click-through rate of each ad, from 0 to 1.
        bid: what its advertiser offers for a click, at least 0.
        k: how many places there are, at least 0.

    Returns:
        (index of the ad, price of a click), one pair for a place, from the first place on; fewer than k if there are
        fewer ads.

    Raises:
        ValueError: ctr and bid have not the same length.

    Source: Edelman, Ostrovsky and Schwarz, Internet Advertising and the Generalized Second-Price Auction (2007).

    >>> gsp_prices([0.25, 0.5], [4.0, 1.0], k=1)
    [(0, 2.0)]
    """
    raise NotImplementedError  # write your code here
