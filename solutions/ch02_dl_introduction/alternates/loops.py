"""One ad after the other."""

import torch


def rank_ads(ctr, bid, k=None):
    if len(ctr) != len(bid):
        raise ValueError("as many rates as bids")
    left = list(range(len(ctr)))
    shown = []
    while left and (k is None or len(shown) < k):
        best = left[0]
        for i in left[1:]:
            if ctr[i] * bid[i] > ctr[best] * bid[best]:
                best = i
        left.remove(best)
        shown.append(best)
    return shown


def smoothed_ctr(clicks, impressions, alpha=1.0, beta=1.0):
    dtype = clicks.dtype if clicks.is_floating_point() else torch.float32
    pairs = zip(clicks.reshape(-1).tolist(), impressions.reshape(-1).tolist(), strict=True)
    rates = [(clicked + alpha) / (shown + alpha + beta) for clicked, shown in pairs]
    return torch.tensor(rates, dtype=dtype).reshape(clicks.shape)


def gsp_prices(ctr, bid, k):
    order = rank_ads(ctr, bid, k + 1)
    prices = []
    for slot, i in enumerate(order[:k]):
        price = 0.0
        if slot + 1 < len(order) and ctr[i] > 0:
            j = order[slot + 1]
            price = bid[j] * (ctr[j] / ctr[i])
        prices.append((i, price))
    return prices
