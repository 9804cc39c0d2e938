"""ch02: rank_ads, smoothed_ctr, gsp_prices."""

import numpy as np
import pytest
import torch

from dlgrade.testing import close, draw_int, expect, promise, raises, shuffled, standard

# Rates and bids whose orders by product, rate, bid and sum begin with other ads each; no two products are near.
CTR = [0.02, 0.1, 0.05, 0.3, 0.01, 0.08, 0.6, 0.9]
BID = [0.9, 0.15, 0.4, 0.04, 1.1, 0.3, 0.01, 0.4]


@pytest.fixture
def market(generator):
    """market(): eight ads in random order, their rates and bids a little apart from those above."""

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
    """counts(3, 4): clicks and impressions of so many ads, some never shown; int64 unless said otherwise."""

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
    """(ctr, bid): seven ads in random order, of which three are never clicked."""
    ads = [(0.0, 1e9), (0.01, 0.02), (0.5, 0.1), (0.0, 3.0), (0.2, 0.7), (0.0, 2.0), (0.3, 1.1)]
    return zip(*shuffled(generator, ads), strict=True)


def by_score(ctr, bid):
    """The indices by descending score, by numpy's stable sort."""
    return np.argsort(-np.array(ctr) * np.array(bid), kind="stable").tolist()


def refused(function, *rest):
    """For probes: whether it raises ValueError where a rate or a bid is one too many."""
    few, many = [0.5, 0.25], [0.5, 0.25, 0.125]
    return [raises(lambda pair=pair: function(*pair, *rest), ValueError) for pair in ((few, many), (many, few))]


def expect_refused(found):
    expect(
        all(found), f"Raises ValueError for a bid too many: {found[0]}; for a rate too many: {found[1]}.",
        f"多一个出价时抛出 ValueError：{found[0]}；多一个点击率时：{found[1]}。",
    )  # fmt: skip


@pytest.mark.exercise("rank_ads")
class TestRankAds:
    @pytest.mark.points(2)
    def test_order(self, run, market):
        """Ranks all ads by rate times bid, the greatest first, if k is not given.
        不给 k 时，按点击率乘出价从大到小排列所有广告。"""
        ctr, bid = market()
        close(run(lambda impl: impl.rank_ads(ctr, bid)), by_score(ctr, bid))

    def test_many_ads(self, run, generator):
        """Ranks three hundred ads.
        对三百条广告排序。"""
        ctr, bid = torch.rand(2, 300, generator=generator, dtype=torch.float64).tolist()
        close(run(lambda impl: impl.rank_ads(ctr, bid, 300)), by_score(ctr, bid))

    def test_best_k(self, run, market):
        """Gives the k best ads alone, in their order.
        只给出最好的 k 条广告，并按名次排列。"""
        ctr, bid = market()
        found = run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (1, 3, 5)])
        close(found, [by_score(ctr, bid)[:k] for k in (1, 3, 5)])

    def test_no_places(self, run, market):
        """With k = 0 no ad is shown.
        k = 0 时不展示任何广告。"""
        ctr, bid = market()
        close(run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (0, 2)]), [[], by_score(ctr, bid)[:2]])

    def test_more_places_than_ads(self, run, market):
        """If there are as many places as ads, or more, all ads are shown.
        广告位不少于广告时，展示所有广告。"""
        ctr, bid = market()
        expected = [by_score(ctr, bid)] * 3
        close(run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (len(ctr), len(ctr) + 1, 100)]), expected)

    def test_equal_scores(self, run, tied):
        """Of ads with equal scores that comes first which is first in the input.
        得分相同的广告保持输入中的先后次序。"""
        ctr, bid = tied
        found = run(lambda impl: [impl.rank_ads(ctr, bid, k) for k in (None, 2)])
        close(found, [by_score(ctr, bid), by_score(ctr, bid)[:2]])

    def test_never_clicked(self, run, never_clicked):
        """An ad that is never clicked comes last, however much is bid for it.
        从不被点击的广告排在最后，无论出价多高。"""
        ctr, bid = never_clicked
        close(run(lambda impl: impl.rank_ads(ctr, bid)), by_score(ctr, bid))

    def test_few_ads(self, run, market):
        """No ads give an empty list, one ad a list of one; tuples and whole numbers will do.
        没有广告时得到空列表，一条广告时得到一个元素；可接受元组和整数。"""
        ctr, bid = market()

        def probe(impl):
            few = [impl.rank_ads([], []), impl.rank_ads([0.5], [2.0]), impl.rank_ads((1, 0, 1), (1, 5, 4))]
            return few, impl.rank_ads(tuple(ctr), tuple(bid), 4)

        close(run(probe), ([[], [0], [2, 0, 1]], by_score(ctr, bid)[:4]))

    def test_unequal_lengths(self, run, market):
        """Raises ValueError unless there are as many bids as rates.
        出价与点击率的个数不同时抛出 ValueError。"""
        ctr, bid = market()
        found, order = run(lambda impl: (refused(impl.rank_ads), impl.rank_ads(ctr, bid)))
        close(order, by_score(ctr, bid))
        expect_refused(found)

    def test_arguments_untouched(self, agree, market):
        """Leaves rates and bids as they were.
        不修改传入的点击率和出价。"""
        ctr, bid = market()
        agree(lambda impl: (impl.rank_ads(ctr, bid, 3), ctr, bid))


def posterior(clicks, impressions, alpha, beta):
    """Rates one by one, in double precision."""
    pairs = zip(clicks.flatten().tolist(), impressions.flatten().tolist(), strict=True)
    rates = [1 / (1 + (n - c + beta) / (c + alpha)) for c, n in pairs]
    return torch.tensor(rates, dtype=torch.float64).reshape(clicks.shape)


@pytest.mark.exercise("smoothed_ctr")
class TestSmoothedCtr:
    @standard(promise.float64_transposed)
    def arguments(self, counts):
        clicks, shown = counts(5, 3, dtype=torch.float32)
        return {"clicks": clicks, "impressions": shown, "alpha": 0.3, "beta": 7.0}

    @pytest.mark.points(2)
    def test_rates(self, run, counts):
        """Gives the mean of the posterior, for a prior of some clicks and more impressions.
        先验为若干次点击和更多次展示时，给出后验均值。"""
        clicks, shown = counts(9, dtype=torch.float32)
        found = run(lambda impl: impl.smoothed_ctr(clicks, shown, 2.5, 40.0))
        close(found, posterior(clicks, shown, 2.5, 40.0).float())

    def test_default_prior(self, run, counts):
        """By default adds one click and one impression without a click: Laplace's rule of succession.
        默认加一次点击和一次未点击的展示，即拉普拉斯接续法则。"""
        clicks, shown = counts(7, dtype=torch.float32)
        close(run(lambda impl: impl.smoothed_ctr(clicks, shown)), posterior(clicks, shown, 1, 1).float())

    def test_parameters_by_name(self, run, counts):
        """alpha counts clicks, beta impressions without a click; each has its default if the other is given.
        alpha 为点击数，beta 为未点击的展示数；只给其中一个时，另一个取默认值。"""
        clicks, shown = counts(6, dtype=torch.float32)
        found = run(lambda impl: [impl.smoothed_ctr(clicks, shown, **prior) for prior in ({"alpha": 9}, {"beta": 50})])
        close(found, [posterior(clicks, shown, *prior).float() for prior in ((9, 1), (1, 50))])

    def test_never_shown(self, run, generator):
        """An ad that was never shown has the mean of the prior.
        从未展示的广告取先验均值。"""
        clicks, shown = torch.tensor([0.0, 3.0, 0.0]), torch.tensor([0.0, 12.0, 0.0])
        alpha, beta = draw_int(generator, 2, 9) / 2, draw_int(generator, 10, 90) / 2
        found = run(lambda impl: [impl.smoothed_ctr(clicks, shown, *prior) for prior in ((1.0, 1.0), (alpha, beta))])
        close(found, [posterior(clicks, shown, *prior).float() for prior in ((1.0, 1.0), (alpha, beta))])

    def test_whole_numbers(self, run, counts):
        """Integer counts give float32 rates.
        整数计数得到 float32 的点击率。"""
        clicks, shown = counts(8)

        def probe(impl):
            return [impl.smoothed_ctr(clicks.to(kind), shown.to(kind), 2.0, 3.0) for kind in (torch.int64, torch.int32)]

        close(run(probe), [posterior(clicks, shown, 2, 3).float()] * 2)

    def test_without_prior(self, run, counts):
        """With alpha = beta = 0 gives clicks per impression.
        alpha = beta = 0 时给出点击数与展示数之比。"""
        clicks, shown = counts(8)
        expected = torch.tensor([c / n for c, n in zip(clicks.tolist(), shown.tolist(), strict=True)])
        close(run(lambda impl: impl.smoothed_ctr(clicks, shown, 0.0, 0.0)), expected)

    def test_lucky_beginner(self, run, generator):
        """One click on one impression is a lower rate than ninety on a hundred; no clicks are a rate above zero.
        一次展示一次点击的点击率低于一百次展示九十次点击；没有点击时点击率也大于零。"""
        n = draw_int(generator, 2, 90)
        clicks, shown = torch.tensor([1, 90, 0, 0, 0, n]), torch.tensor([1, 100, 1, 100, n, n])
        expected = torch.tensor([2 / 3, 91 / 102, 1 / 3, 1 / 102, 1 / (n + 2), (n + 1) / (n + 2)])
        close(run(lambda impl: impl.smoothed_ctr(clicks, shown)), expected)

    def test_shapes(self, run, counts):
        """Takes one number without axes, a row of one, a cube.
        可接受零维张量、单个元素和三维张量。"""
        given = [counts(), counts(1), counts(2, 3, 2)]
        found = run(lambda impl: [impl.smoothed_ctr(clicks, shown, 1.5, 2.0) for clicks, shown in given])
        close(found, [posterior(clicks, shown, 1.5, 2.0).float() for clicks, shown in given])

    def test_arguments_untouched(self, agree, counts):
        """Leaves the counts as they were.
        不修改传入的计数。"""
        clicks, shown = counts(6, dtype=torch.float32)
        agree(lambda impl: (impl.smoothed_ctr(clicks, shown, 2.0, 9.0), clicks, shown))


def second_prices(ctr, bid, k):
    """Winners and prices: of the sorted scores, each one's successor, over the winner's rate."""
    scores = [*sorted((c * b for c, b in zip(ctr, bid, strict=True)), reverse=True)[1:], 0.0]
    return [(i, score / ctr[i] if ctr[i] else 0.0) for i, score in zip(by_score(ctr, bid), scores, strict=True)][:k]


@pytest.mark.exercise("gsp_prices")
class TestGspPrices:
    @pytest.mark.points(2)
    def test_prices(self, run, market):
        """Each winner pays the score of the next one divided by its own rate.
        每个赢家支付后一名的得分除以自己的点击率。"""
        ctr, bid = market()
        close(run(lambda impl: impl.gsp_prices(ctr, bid, 4)), second_prices(ctr, bid, 4))

    def test_worked_example(self, run, generator):
        """Three advertisers and two places: scores 1, 0.75 and 0.25; prices 0.75 / 0.25 and 0.25 / 0.5.
        三个广告主、两个广告位：得分为 1、0.75 和 0.25；价格为 0.75 / 0.25 和 0.25 / 0.5。"""
        ctr, bid, currencies = [0.5, 0.25, 0.125], [1.5, 4.0, 2.0], (1, draw_int(generator, 2, 99))
        found = run(lambda impl: [impl.gsp_prices(ctr, [rate * b for b in bid], 2) for rate in currencies])
        close(found, [[(1, 3.0 * rate), (0, 0.5 * rate)] for rate in currencies])

    @pytest.mark.points(2)
    def test_least_bid(self, run, market):
        """A winner that had bid a little less than its price would fall behind, a little more would not.
        赢家若出价略低于它支付的价格就会掉名次，略高则不会。"""
        ctr, bid = market()
        found = run(lambda impl: impl.gsp_prices(ctr, bid, 6))
        places = [
            [by_score(ctr, [*bid[:i], price * factor, *bid[i + 1 :]]).index(i) for factor in (1.001, 0.999)]
            for i, price in found
        ]
        met = places == [[slot, slot + 1] for slot in range(6)]
        expect(
            met, f"Bidding 0.1% more and less than their prices, the winners {[i for i, _ in found]} rank {places}.",
            f"赢家 {[i for i, _ in found]} 的出价若比价格高、低 0.1%，名次为 {places}。",
        )  # fmt: skip

    def test_first_without_place(self, run, market):
        """The winner of the last place pays for the ad after it, though that gets no place.
        最后一个广告位的价格由下一名决定，尽管下一名没有广告位。"""
        ctr, bid = market()
        found = run(lambda impl: [impl.gsp_prices(ctr, bid, k) for k in (1, 2)])
        close(found, [second_prices(ctr, bid, k) for k in (1, 2)])

    def test_more_places_than_ads(self, run, market):
        """If there are as many places as ads, or more, each ad gets one and the last pays 0.
        广告位不少于广告时，每条广告都有一个，最后一名支付 0。"""
        ctr, bid = market()
        found = run(lambda impl: [impl.gsp_prices(ctr, bid, k) for k in (len(ctr), len(ctr) + 3)])
        close(found, [second_prices(ctr, bid, 100)] * 2)

    def test_few_ads(self, run, market):
        """No places or no ads give an empty list; an ad that is alone pays 0.
        没有广告位或没有广告时得到空列表；只有一条广告时它支付 0。"""
        ctr, bid = market()

        def probe(impl):
            few = impl.gsp_prices(ctr, bid, 0), impl.gsp_prices([], [], 3), impl.gsp_prices([0.2], [5.0], 1)
            return few, impl.gsp_prices(ctr, bid, 3)

        close(run(probe), (([], [], [(0, 0.0)]), second_prices(ctr, bid, 3)))

    def test_equal_scores(self, run, tied):
        """Ads with equal scores keep their order, and all but the last of them pay what they bid.
        得分相同的广告保持先后次序，除最后一条外都支付自己的出价。"""
        ctr, bid = tied
        close(run(lambda impl: impl.gsp_prices(ctr, bid, 9)), second_prices(ctr, bid, 9))

    def test_never_clicked(self, run, never_clicked):
        """A winner that is never clicked pays 0, and the one before it, too.
        从不被点击的赢家支付 0，它的前一名也支付 0。"""
        ctr, bid = never_clicked
        close(run(lambda impl: impl.gsp_prices(ctr, bid, 7)), second_prices(ctr, bid, 7))

    def test_unequal_lengths(self, run, market):
        """Raises ValueError unless there are as many bids as rates.
        出价与点击率的个数不同时抛出 ValueError。"""
        ctr, bid = market()
        found, prices = run(lambda impl: (refused(impl.gsp_prices, 2), impl.gsp_prices(ctr, bid, 2)))
        close(prices, second_prices(ctr, bid, 2))
        expect_refused(found)

    def test_arguments_untouched(self, agree, market):
        """Leaves rates and bids as they were.
        不修改传入的点击率和出价。"""
        ctr, bid = market()
        agree(lambda impl: (impl.gsp_prices(ctr, bid, 3), ctr, bid))
