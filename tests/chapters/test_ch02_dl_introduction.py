"""ch02: rank_ads, smoothed_ctr, gsp_prices."""

import numpy as np
import pytest
import torch

from dlgrade.testing import close, draw_int, expect, promise, raises, shuffled, standard

# The orders by product, rate, bid and sum begin with different ads. No two products are close.
CTR = [0.02, 0.1, 0.05, 0.3, 0.01, 0.08, 0.6, 0.9]
BID = [0.9, 0.15, 0.4, 0.04, 1.1, 0.3, 0.01, 0.4]


@pytest.fixture
def market(generator):
    """market() returns rates and bids of eight ads in random order, close to those above."""

    def market():
        order = torch.randperm(len(CTR), generator=generator)
        ctr, bid = (
            torch.tensor(known, dtype=torch.float64)[order]
            * (1 + 0.01 * torch.rand(len(known), generator=generator, dtype=torch.float64))
            for known in (CTR, BID)
        )
        return ctr.tolist(), bid.tolist()

    return market


@pytest.fixture
def counts(generator):
    """counts(3, 4) returns clicks and impressions of shape (3, 4), in int64 by default."""

    def counts(*shape, dtype=torch.int64):
        clicks = torch.randint(1, 40, shape, generator=generator)
        return clicks.to(dtype), (clicks + torch.randint(1, 400, shape, generator=generator)).to(dtype)

    return counts


@pytest.fixture
def tied(generator):
    """(ctr, bid): nine ads in random order, three each of the scores 1, 1/2 and 1/4, which are exact."""
    exponents = torch.randint(1, 6, (9,), generator=generator).tolist()
    scores = shuffled(generator, [1.0, 0.5, 0.25] * 3)
    return [2.0**-e for e in exponents], [score * 2**e for score, e in zip(scores, exponents, strict=True)]


@pytest.fixture
def never_clicked(generator):
    """(ctr, bid) of seven ads in random order. Three of them are never clicked."""
    ads = [(0.0, 1e9), (0.01, 0.02), (0.5, 0.1), (0.0, 3.0), (0.2, 0.7), (0.0, 2.0), (0.3, 1.1)]
    return zip(*shuffled(generator, ads), strict=True)


def by_score(ctr, bid):
    """The indices by descending score, by numpy's stable sort."""
    return np.argsort(-np.array(ctr) * np.array(bid), kind="stable").tolist()


def refused(function, *rest):
    """For probes: whether the function raises ValueError for an extra bid, and for an extra rate."""
    few, many = [0.5, 0.25], [0.5, 0.25, 0.125]
    return [raises(lambda pair=pair: function(*pair, *rest), ValueError) for pair in ((few, many), (many, few))]


def expect_refused(found):
    expect(
        all(found), f"An extra bid and an extra rate should raise ValueError. Raised: {list(found)}.",
        f"多一个出价、多一个点击率都应当抛出 ValueError。实际是否抛出：{list(found)}。",
    )  # fmt: skip


@pytest.mark.exercise("rank_ads")
class TestRankAds:
    @standard(promise.untouched)
    def arguments(self, market):
        ctr, bid = market()
        return {"ctr": ctr, "bid": bid, "k": 3}

    @pytest.mark.points(2)
    def test_order(self, run, market):
        """Ranks all ads by rate times bid, the largest first, if k is None.
        k 为 None 时，按点击率乘以出价从大到小排列所有广告。"""
        ctr, bid = market()
        close(run(lambda impl: impl.rank_ads(ctr, bid)), by_score(ctr, bid))

    def test_many_ads(self, run, generator):
        """Ranks 300 ads.
        能给 300 条广告排序。"""
        ctr, bid = torch.rand(2, 300, generator=generator, dtype=torch.float64).tolist()
        close(run(lambda impl: impl.rank_ads(ctr, bid, 300)), by_score(ctr, bid))

    def test_best_k(self, run, market):
        """Returns only the k best ads, in their order.
        只返回最好的 k 条广告，按名次排列。"""
        ctr, bid = market()
        found = run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (1, 3, 5)])
        close(found, [by_score(ctr, bid)[:k] for k in (1, 3, 5)])

    def test_no_places(self, run, market):
        """Shows no ad if k is 0.
        k 为 0 时不展示任何广告。"""
        ctr, bid = market()
        close(run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (0, 2)]), [[], by_score(ctr, bid)[:2]])

    def test_more_places_than_ads(self, run, market):
        """Shows all ads if there are at least as many places.
        广告位不少于广告时，展示所有广告。"""
        ctr, bid = market()
        expected = [by_score(ctr, bid)] * 3
        close(run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (len(ctr), len(ctr) + 1, 100)]), expected)

    def test_equal_scores(self, run, tied):
        """Ads with equal scores keep the order of the input.
        得分相同的广告保持输入中的先后次序。"""
        ctr, bid = tied
        found = run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (None, 2)])
        close(found, [by_score(ctr, bid), by_score(ctr, bid)[:2]])

    def test_never_clicked(self, run, never_clicked):
        """An ad that is never clicked comes last, whatever its bid.
        从不被点击的广告排在最后，无论出价多高。"""
        ctr, bid = never_clicked
        close(run(lambda impl: impl.rank_ads(ctr, bid)), by_score(ctr, bid))

    def test_few_ads(self, run, market):
        """Accepts no ads and a single ad, tuples and ints.
        可以没有广告或只有一条广告，可以传入元组和整数。"""
        ctr, bid = market()

        def probe(impl):
            few = [impl.rank_ads([], []), impl.rank_ads([0.5], [2.0]), impl.rank_ads((1, 0, 1), (1, 5, 4))]
            return few, impl.rank_ads(tuple(ctr), tuple(bid), 4)

        close(run(probe), ([[], [0], [2, 0, 1]], by_score(ctr, bid)[:4]))

    @pytest.mark.needs("order")
    def test_unequal_lengths(self, run, market):
        """Raises ValueError if ctr and bid have different lengths.
        ctr 与 bid 的长度不同时，抛出 ValueError。"""
        ctr, bid = market()
        found, order = run(lambda impl: (refused(impl.rank_ads), impl.rank_ads(ctr, bid)))
        close(order, by_score(ctr, bid))
        expect_refused(found)


def posterior(clicks, impressions, alpha, beta):
    """Rates one by one, in double precision."""
    pairs = zip(clicks.flatten().tolist(), impressions.flatten().tolist(), strict=True)
    rates = [1 / (1 + (n - c + beta) / (c + alpha)) for c, n in pairs]
    return torch.tensor(rates, dtype=torch.float64).reshape(clicks.shape)


@pytest.mark.exercise("smoothed_ctr")
class TestSmoothedCtr:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, counts):
        clicks, shown = counts(5, 3, dtype=torch.float32)
        return {"clicks": clicks, "impressions": shown, "alpha": 0.3, "beta": 7.0}

    @pytest.mark.points(2)
    def test_rates(self, run, counts):
        """Returns the posterior mean, for a prior with few clicks and more impressions.
        先验中点击少、展示多时，返回后验均值。"""
        clicks, shown = counts(9, dtype=torch.float32)
        found = run(lambda impl: impl.smoothed_ctr(clicks, shown, 2.5, 40.0))
        close(found, posterior(clicks, shown, 2.5, 40.0).float())

    def test_default_prior(self, run, counts):
        """The default prior has a click and an impression without a click (Laplace's rule of succession).
        默认的先验是一次点击和一次没有点击的展示，即拉普拉斯接续法则。"""
        clicks, shown = counts(7, dtype=torch.float32)
        close(run(lambda impl: impl.smoothed_ctr(clicks, shown)), posterior(clicks, shown, 1, 1).float())

    def test_parameters_by_name(self, run, counts):
        """alpha counts clicks, and beta counts impressions without a click; each has its own default.
        alpha 是点击次数，beta 是没有点击的展示次数；两者各有默认值。"""
        clicks, shown = counts(6, dtype=torch.float32)
        found = run(lambda impl: [impl.smoothed_ctr(clicks, shown, **prior) for prior in ({"alpha": 9}, {"beta": 50})])
        close(found, [posterior(clicks, shown, *prior).float() for prior in ((9, 1), (1, 50))])

    def test_never_shown(self, run, generator):
        """An ad that was never shown gets the mean of the prior.
        从未展示过的广告，点击率等于先验的均值。"""
        clicks, shown = torch.tensor([0.0, 3.0, 0.0]), torch.tensor([0.0, 12.0, 0.0])
        alpha, beta = draw_int(generator, 2, 9) / 2, draw_int(generator, 10, 90) / 2
        found = run(lambda impl: [impl.smoothed_ctr(clicks, shown, *prior) for prior in ((1.0, 1.0), (alpha, beta))])
        close(found, [posterior(clicks, shown, *prior).float() for prior in ((1.0, 1.0), (alpha, beta))])

    def test_whole_numbers(self, run, counts):
        """Integer counts give float32 rates.
        计数为整数时，点击率为 float32。"""
        clicks, shown = counts(8)

        def probe(impl):
            return [impl.smoothed_ctr(clicks.to(kind), shown.to(kind), 2.0, 3.0) for kind in (torch.int64, torch.int32)]

        close(run(probe), [posterior(clicks, shown, 2, 3).float()] * 2)

    def test_without_prior(self, run, counts):
        """Returns clicks / impressions if alpha and beta are 0.
        alpha 和 beta 都为 0 时，返回点击次数除以展示次数。"""
        clicks, shown = counts(8)
        expected = torch.tensor([c / n for c, n in zip(clicks.tolist(), shown.tolist(), strict=True)])
        close(run(lambda impl: impl.smoothed_ctr(clicks, shown, 0.0, 0.0)), expected)

    def test_lucky_beginner(self, run, generator):
        """A click at the only impression gives less than 90 clicks in 100; no clicks give more than 0.
        展示一次、点击一次的点击率，低于展示 100 次、点击 90 次的点击率；没有点击时也大于 0。"""
        n = draw_int(generator, 2, 90)
        clicks, shown = torch.tensor([1, 90, 0, 0, 0, n]), torch.tensor([1, 100, 1, 100, n, n])
        expected = torch.tensor([2 / 3, 91 / 102, 1 / 3, 1 / 102, 1 / (n + 2), (n + 1) / (n + 2)])
        close(run(lambda impl: impl.smoothed_ctr(clicks, shown)), expected)

    def test_shapes(self, run, counts):
        """Accepts a tensor without axes, of a single element, or of three axes.
        可以传入没有轴、只有一个元素或有三个轴的张量。"""
        given = [counts(), counts(1), counts(2, 3, 2)]
        found = run(lambda impl: [impl.smoothed_ctr(clicks, shown, 1.5, 2.0) for clicks, shown in given])
        close(found, [posterior(clicks, shown, 1.5, 2.0).float() for clicks, shown in given])


def second_prices(ctr, bid, k):
    """Winners and prices: the next of the sorted scores, divided by the winner's rate."""
    scores = [*sorted((c * b for c, b in zip(ctr, bid, strict=True)), reverse=True)[1:], 0.0]
    return [(i, score / ctr[i] if ctr[i] else 0.0) for i, score in zip(by_score(ctr, bid), scores, strict=True)][:k]


@pytest.mark.exercise("gsp_prices")
class TestGspPrices:
    @standard(promise.untouched)
    def arguments(self, market):
        ctr, bid = market()
        return {"ctr": ctr, "bid": bid, "k": 3}

    @pytest.mark.points(2)
    def test_prices(self, run, market):
        """Each winner pays the score of the next ad divided by its own rate.
        每个赢家支付后一名的得分除以自己的点击率。"""
        ctr, bid = market()
        close(run(lambda impl: impl.gsp_prices(ctr, bid, 4)), second_prices(ctr, bid, 4))

    def test_worked_example(self, run, generator):
        """Scores 1, 0.75 and 0.25 for two places give the prices 0.75 / 0.25 and 0.25 / 0.5.
        两个广告位，得分为 1、0.75 和 0.25 时，价格为 0.75 / 0.25 和 0.25 / 0.5。"""
        ctr, bid, currencies = [0.5, 0.25, 0.125], [1.5, 4.0, 2.0], (1, draw_int(generator, 2, 99))
        found = run(lambda impl: [impl.gsp_prices(ctr, [rate * b for b in bid], 2) for rate in currencies])
        close(found, [[(1, 3.0 * rate), (0, 0.5 * rate)] for rate in currencies])

    @pytest.mark.points(2)
    def test_least_bid(self, run, market):
        """A winner keeps its rank with a bid just above its price, and loses it with a bid just below.
        赢家的出价略高于价格时能保住名次，略低于价格时则不能。"""
        ctr, bid = market()
        found = run(lambda impl: impl.gsp_prices(ctr, bid, 6))
        places = [
            [by_score(ctr, [*bid[:i], price * factor, *bid[i + 1 :]]).index(i) for factor in (1.001, 0.999)]
            for i, price in found
        ]
        met = places == [[slot, slot + 1] for slot in range(6)]
        expect(
            met, f"With bids 0.1% above and below their prices, the winners {[i for i, _ in found]} rank {places}.",
            f"赢家 {[i for i, _ in found]} 的出价比价格高 0.1% 和低 0.1% 时，名次为 {places}。",
        )  # fmt: skip

    def test_first_without_place(self, run, market):
        """The winner of the last place pays for the next ad, which has no place.
        最后一个广告位的价格由没有广告位的下一名决定。"""
        ctr, bid = market()
        found = run(lambda impl: [impl.gsp_prices(ctr, bid, k) for k in (1, 2)])
        close(found, [second_prices(ctr, bid, k) for k in (1, 2)])

    def test_more_places_than_ads(self, run, market):
        """If there are at least as many places as ads, each ad gets a place and the last pays 0.
        广告位不少于广告时，每条广告都有广告位，最后一名支付 0。"""
        ctr, bid = market()
        found = run(lambda impl: [impl.gsp_prices(ctr, bid, k) for k in (len(ctr), len(ctr) + 3)])
        close(found, [second_prices(ctr, bid, 100)] * 2)

    def test_few_ads(self, run, market):
        """Without places or ads the list is empty; a single ad pays 0.
        没有广告位或没有广告时得到空列表；只有一条广告时，它支付 0。"""
        ctr, bid = market()

        def probe(impl):
            few = impl.gsp_prices(ctr, bid, 0), impl.gsp_prices([], [], 3), impl.gsp_prices([0.2], [5.0], 1)
            return few, impl.gsp_prices(ctr, bid, 3)

        close(run(probe), (([], [], [(0, 0.0)]), second_prices(ctr, bid, 3)))

    def test_equal_scores(self, run, tied):
        """Ads with equal scores keep their order; all but the last of them pay their bids.
        得分相同的广告保持先后次序，除最后一条外都支付自己的出价。"""
        ctr, bid = tied
        close(run(lambda impl: impl.gsp_prices(ctr, bid, 9)), second_prices(ctr, bid, 9))

    def test_never_clicked(self, run, never_clicked):
        """A winner that is never clicked pays 0, and so does the winner before it.
        从不被点击的赢家支付 0，它的前一名也支付 0。"""
        ctr, bid = never_clicked
        close(run(lambda impl: impl.gsp_prices(ctr, bid, 7)), second_prices(ctr, bid, 7))

    @pytest.mark.needs("prices")
    def test_unequal_lengths(self, run, market):
        """Raises ValueError if ctr and bid have different lengths.
        ctr 与 bid 的长度不同时，抛出 ValueError。"""
        ctr, bid = market()
        found, prices = run(lambda impl: (refused(impl.gsp_prices, 2), impl.gsp_prices(ctr, bid, 2)))
        close(prices, second_prices(ctr, bid, 2))
        expect_refused(found)
