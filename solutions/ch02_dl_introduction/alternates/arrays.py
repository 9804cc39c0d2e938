"""With whole arrays."""

import numpy as np
import torch


def _scores(ctr, bid):
    ctr, bid = np.asarray(ctr, dtype=float), np.asarray(bid, dtype=float)
    if ctr.shape != bid.shape:
        raise ValueError("as many rates as bids")
    return ctr * bid


def rank_ads(ctr, bid, k=None):
    scores = torch.from_numpy(_scores(ctr, bid))
    return scores.sort(descending=True, stable=True).indices[:k].tolist()


def smoothed_ctr(clicks, impressions, alpha=1.0, beta=1.0):
    if not clicks.is_floating_point():
        clicks, impressions = clicks.float(), impressions.float()
    shown = impressions + (alpha + beta)
    return clicks / shown + alpha / shown


def gsp_prices(ctr, bid, k):
    scores = _scores(ctr, bid)
    order = np.argsort(-scores, kind="stable")
    following = np.append(scores[order], 0.0)[1:]
    rates = np.asarray(ctr, dtype=float)[order]
    prices = np.divide(following, rates, out=np.zeros(len(order)), where=rates > 0)
    return list(zip(order.tolist(), prices.tolist(), strict=True))[:k]
