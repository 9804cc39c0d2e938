"""ch02 Introduction to deep learning: which advertisements to show, and for which price.

The lecture has no code. Its example is advertising next to search results. A model estimates for each ad how likely a
click is. The ads are ranked by this estimate times the bid for a click. These exercises surround the model.
"""

from collections.abc import Sequence

from torch import Tensor


def rank_ads(ctr: Sequence[float], bid: Sequence[float], k: int | None = None) -> list[int]:
    """Return the order in which advertisements are shown: by the expected revenue of showing them.

        score[i] = ctr[i] * bid[i]

    The score is the probability of a click times the price of a click. The largest score comes first. Ads with equal
    scores keep the order of the input. The function leaves ctr and bid unchanged.

    Args:
        ctr: the click-through rate of each ad, from 0 to 1; a list or tuple of numbers.
        bid: the bid of each ad's advertiser for a click, at least 0; a list or tuple of numbers.
        k: the number of places, at least 0. None means as many places as ads.

    Returns:
        The indices of the ads that are shown, as a list: k of them, or all ads if there are fewer than k.

    Raises:
        ValueError: ctr and bid have different lengths.

    >>> rank_ads([0.1, 0.02, 0.05], [2.0, 30.0, 5.0], k=2)
    [1, 2]
    """
    raise NotImplementedError  # write your code here


def smoothed_ctr(clicks: Tensor, impressions: Tensor, alpha: float = 1.0, beta: float = 1.0) -> Tensor:
    """Return click-through rates computed from counts and a prior, so that the rates of new ads are sensible.

        (clicks + alpha) / (impressions + alpha + beta)

    This is the posterior mean of the rate if the prior is the Beta distribution with parameters alpha and beta. The
    prior counts like alpha clicks and beta impressions without a click. An ad with a click at its first impression does
    not get the rate 1. An ad that was never shown gets the mean of the prior. The function leaves its arguments
    unchanged.

    Args:
        clicks: the number of clicks on each ad; any shape, integers or floats. It need not be contiguous in memory.
        impressions: how often each ad was shown; same shape and dtype.
        alpha: the clicks of the prior, at least 0.
        beta: the impressions without a click of the prior, at least 0. If alpha and beta are 0, the result is
            clicks / impressions.

    Returns:
        The rates, of the same shape. Their dtype is that of clicks if it is floating-point, and float32 otherwise.

    Source: Gelman et al., Bayesian Data Analysis, section 2.4 (the beta-binomial model).
    """
    raise NotImplementedError  # write your code here


def gsp_prices(ctr: Sequence[float], bid: Sequence[float], k: int) -> list[tuple[int, float]]:
    """Run a generalised second-price auction: return the winners of the k places and their prices for a click.

    Rank the ads as `rank_ads` does. With score = ctr * bid, the winner i of a place pays

        score[j] / ctr[i]

    where j is the next ad in the ranking, with or without a place. This is the lowest bid with which i keeps its rank.
    The last ad of the ranking pays 0. A winner whose ctr is 0 pays 0, too, because it is never clicked. The function
    leaves ctr and bid unchanged.

    Args:
        ctr: the click-through rate of each ad, from 0 to 1.
        bid: the bid of each ad's advertiser for a click, at least 0.
        k: the number of places, at least 0.

    Returns:
        A list of pairs (index of the ad, price of a click as a float), from the first place on. It has k pairs, or
        fewer if there are fewer ads.

    Raises:
        ValueError: ctr and bid have different lengths.

    Source: Edelman, Ostrovsky and Schwarz, Internet Advertising and the Generalized Second-Price Auction (2007).

    >>> gsp_prices([0.25, 0.5], [4.0, 1.0], k=1)
    [(0, 2.0)]
    """
    raise NotImplementedError  # write your code here
