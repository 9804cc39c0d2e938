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
    # BEGIN SOLUTION
    if len(ctr) != len(bid):
        # WRONG lengths-unchecked:
        #     ctr, bid = zip(*zip(ctr, bid)) if len(ctr) * len(bid) else ((), ())
        #     if len(ctr) != len(bid):
        raise ValueError(f"{len(ctr)} click-through rates for {len(bid)} bids")
    return sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])[:k]
    # WRONG indices-shift:
    #     scores, order = [rate * price for rate, price in zip(ctr, bid)], []
    #     while scores:
    #         order.append(scores.index(max(scores)))
    #         scores.remove(max(scores))
    #     return order[:k]
    # WRONG more-places-than-ads:
    #     order = sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])
    #     return [order[place] for place in range(len(order) if k is None else k)]
    # WRONG none-as-a-number:
    #     order = sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])
    #     return [order[place] for place in range(min(k, len(order)))]
    # WRONG never-clicked-not-shown:
    #     order = sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])
    #     return [i for i in order if ctr[i] * bid[i] > 0][:k]
    # WRONG dict-by-score:
    #     ads = {rate * price: i for i, (rate, price) in enumerate(zip(ctr, bid))}
    #     return [ads[score] for score in sorted(ads, reverse=True)][:k]
    # WRONG found-by-score:
    #     scores = [rate * price for rate, price in zip(ctr, bid)]
    #     return [scores.index(score) for score in sorted(scores, reverse=True)][:k]
    # WRONG counted-from-one: return [i + 1 for i in sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])][:k]
    # WRONG pairs-for-indices:
    #     return sorted(((ctr[i] * bid[i], i) for i in range(len(ctr))), key=lambda pair: -pair[0])[:k]
    # WRONG scores-for-indices: return sorted((rate * price for rate, price in zip(ctr, bid)), reverse=True)[:k]
    # WRONG in-input-order: return sorted(sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])[:k])
    # WRONG cut-before-ranked: return sorted(range(len(ctr))[:k], key=lambda i: -ctr[i] * bid[i])
    # WRONG the-last-k:
    #     order = sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])
    #     return order if k is None else order[max(len(order) - k, 0) :]
    # WRONG k-plus-one: return sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])[: None if k is None else k + 1]
    # WRONG k-ignored: return sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])
    # WRONG by-rate-alone: return sorted(range(len(ctr)), key=lambda i: -ctr[i])[:k]
    # WRONG by-bid-alone: return sorted(range(len(ctr)), key=lambda i: -bid[i])[:k]
    # WRONG sum-for-product: return sorted(range(len(ctr)), key=lambda i: -ctr[i] - bid[i])[:k]
    # WRONG worst-first: return sorted(range(len(ctr)), key=lambda i: ctr[i] * bid[i])[:k]
    # WRONG ties-reversed: return sorted(range(len(ctr)), key=lambda i: ctr[i] * bid[i])[::-1][:k]
    # WRONG zero-means-all: return sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])[: k or None]
    # WRONG ranks-for-indices:
    #     order = sorted(range(len(ctr)), key=lambda i: -ctr[i] * bid[i])
    #     return [order.index(i) for i in range(len(order))][:k]
    # END SOLUTION


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
    # BEGIN SOLUTION
    return (clicks + alpha) / (impressions + alpha + beta)
    # WRONG floor-division: return (clicks + alpha) // (impressions + alpha + beta)
    # WRONG fraction-into-integers:
    #     clicks, impressions = clicks.clone(), impressions.clone()
    #     clicks += float(alpha)
    #     impressions += float(alpha + beta)
    #     return clicks / impressions
    # WRONG counts-changed:
    #     if clicks.is_floating_point():
    #         clicks += alpha
    #         impressions += alpha + beta
    #         return clicks / impressions
    #     return (clicks + alpha) / (impressions + alpha + beta)
    # WRONG float32-always: return (clicks.float() + alpha) / (impressions.float() + alpha + beta)
    # WRONG complement: return (impressions - clicks + beta) / (impressions + alpha + beta)
    # WRONG prior-for-new-ads-alone:
    #     rates = clicks / impressions
    #     return rates.nan_to_num(nan=alpha / (alpha + beta)) if alpha else rates
    # WRONG fraction-upside-down: return (impressions + alpha + beta) / (clicks + alpha)
    # WRONG brackets-forgotten-below: return (clicks + alpha) / impressions + alpha + beta
    # WRONG brackets-forgotten: return clicks + alpha / (impressions + alpha + beta)
    # WRONG odds-for-rates: return (clicks + alpha) / (impressions - clicks + beta)
    # WRONG prior-rate-added: return clicks / impressions + alpha / (alpha + beta)
    # WRONG alpha-for-both: return (clicks + alpha) / (impressions + 2 * alpha)
    # WRONG defaults-hard-coded: return (clicks + 1) / (impressions + 2)
    # WRONG impressions-unchanged: return (clicks + alpha) / impressions
    # WRONG clicks-without-alpha: return clicks / (impressions + alpha + beta)
    # WRONG no-smoothing: return clicks / impressions
    # WRONG never-shown-is-zero: return clicks / impressions.clamp(min=1)
    # WRONG beta-forgotten: return (clicks + alpha) / (impressions + alpha)
    # WRONG beta-counts-all: return (clicks + alpha) / (impressions + beta)
    # WRONG parameters-swapped: return (clicks + beta) / (impressions + alpha + beta)
    # WRONG mode-for-mean: return (clicks + alpha - 1) / (impressions + alpha + beta - 2)
    # WRONG rounded-down: return ((clicks + alpha) / (impressions + alpha + beta)).to(clicks.dtype)
    # END SOLUTION


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
    # BEGIN SOLUTION
    order = rank_ads(ctr, bid)
    # WRONG by-bid: order = sorted(range(len(ctr)), key=lambda i: -bid[i])
    # WRONG never-clicked-left-out: order = [i for i in rank_ads(ctr, bid) if ctr[i]]
    # A place costs the least that keeps it: the score of the next advertisement, divided by its own rate.
    followers = [ctr[j] * bid[j] for j in order[1:]] + [0.0]
    # WRONG no-ad-after-the-last:
    #     followers = [ctr[order[place + 1]] * bid[order[place + 1]] for place in range(min(k, len(order)))]
    # WRONG last-ad-left-out: followers = [ctr[j] * bid[j] for j in order[1:]]
    # WRONG next-in-input: followers = [ctr[i + 1] * bid[i + 1] if i + 1 < len(ctr) else 0.0 for i in order]
    # WRONG next-but-one: followers = [ctr[j] * bid[j] for j in order[2:]] + [0.0, 0.0]
    # WRONG previous-ad: followers = [ctr[j] * bid[j] for j in order[:1] + order]
    # WRONG first-price: followers = [ctr[j] * bid[j] for j in order]
    # WRONG next-bid: followers = [bid[j] * ctr[i] for i, j in zip(order, order[1:])] + [0.0]
    # WRONG losers-forgotten: followers = [ctr[j] * bid[j] for j in order[1:k]] + [0.0]
    # WRONG one-price-for-all: followers = [ctr[j] * bid[j] for j in order[k : k + 1] * k] + [0.0] * k
    # WRONG last-pays-own-bid: followers = [ctr[j] * bid[j] for j in order[1:] + order[-1:]]
    return [(i, score / ctr[i] if ctr[i] else 0.0) for i, score in zip(order[:k], followers, strict=False)]
    # WRONG dict-for-pairs:
    #     return {i: score / ctr[i] if ctr[i] else 0.0 for i, score in zip(order[:k], followers, strict=False)}
    # WRONG rounded-prices:
    #     prices = [score / ctr[i] if ctr[i] else 0.0 for i, score in zip(order, followers, strict=False)]
    #     return [(i, round(price, 2)) for i, price in zip(order[:k], prices, strict=False)]
    # WRONG never-clicked-pays-its-bid:
    #     return [(i, score / ctr[i] if ctr[i] else bid[i]) for i, score in zip(order[:k], followers, strict=False)]
    # WRONG rate-of-zero-divides: return [(i, score / ctr[i]) for i, score in zip(order[:k], followers, strict=False)]
    # WRONG k-ignored-by-auction:
    #     return [(i, score / ctr[i] if ctr[i] else 0.0) for i, score in zip(order, followers, strict=False)]
    # WRONG place-for-ad:
    #     return [
    #         (place, score / ctr[i] if ctr[i] else 0.0)
    #         for place, (i, score) in enumerate(zip(order[:k], followers, strict=False))
    #     ]
    # WRONG pair-swapped:
    #     return [(score / ctr[i] if ctr[i] else 0.0, i) for i, score in zip(order[:k], followers, strict=False)]
    # WRONG winners-alone: return order[:k]
    # WRONG prices-alone:
    #     return [score / ctr[i] if ctr[i] else 0.0 for i, score in zip(order[:k], followers, strict=False)]
    # WRONG divided-by-bid:
    #     return [(i, score / bid[i] if ctr[i] else 0.0) for i, score in zip(order[:k], followers, strict=False)]
    # WRONG score-times-rate: return [(i, score * ctr[i]) for i, score in zip(order[:k], followers, strict=False)]
    # WRONG score-for-price:
    #     return [(i, score if ctr[i] else 0.0) for i, score in zip(order[:k], followers, strict=False)]
    # END SOLUTION
