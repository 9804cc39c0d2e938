"""ch53: seq_data_iter_random, seq_data_iter_sequential."""

import itertools
import math

import pytest
import torch

from dlgrade.testing import close, expect

RUNS = 120  # so many that each offset is drawn in some of them
NONE, MISSHAPEN, FOREIGN = -1, -2, -3


@pytest.fixture
def text(generator):
    """text(30): so many different tokens in random order. A token's value says nothing of its place."""
    return lambda length: torch.randperm(length, generator=generator).tolist()


def tabulate(iterate, corpus, batch_size, num_steps, room=1, runs=RUNS):
    """For probes: the minibatches of many runs, (runs, room, X and Y, batch_size, num_steps); -1 where there is none.

    Room for more than there should be shows those that should not be there, of whatever shape.
    """
    table = torch.full((runs, room, 2, batch_size, num_steps), -1)
    for one in table:
        for slot, (X, Y) in zip(one, iterate(corpus, batch_size, num_steps), strict=False):
            slot[:] = torch.stack([X, Y]) if X.shape == Y.shape == (batch_size, num_steps) else -2
    return table


def places(table, corpus):
    """Where the tokens of a table stand in a corpus without repetitions."""
    found = torch.tensor(corpus).argsort()
    known = found[table.clamp(0, len(corpus) - 1)]
    return torch.where(table < 0, table, torch.where(table < len(corpus), known, FOREIGN))


def in_rows(X):
    """Whether all the rows have tokens that follow one another, none missing."""
    return bool((X >= 0).all() and (X[..., :1] + torch.arange(X.shape[-1]) == X).all())


def expect_in_rows(X):
    expect(
        in_rows(X), "A row of X is missing, or its tokens do not follow one another in the corpus.",
        "X 中缺少一行，或者有的行不是语料中相连的词元。",
    )  # fmt: skip


def expect_labels(X, Y):
    expect(
        in_rows(X) and torch.equal(Y, X + 1), "Y does not hold the next token of the corpus for each token of X.",
        "Y 不是 X 中每个词元在语料中的下一个词元。",
    )  # fmt: skip


def expect_as_often(found, cases, en, zh):
    """Each case occurs, and as often as the others: within seven standard deviations."""
    share, runs = 1 / len(cases), len(found)
    counts = {case: found.count(case) for case in cases}
    apart = 7 * math.sqrt(runs * share * (1 - share))
    met = set(found) <= set(cases) and all(count and abs(count - runs * share) < apart for count in counts.values())
    expect(met, f"{en}: {counts} of {runs}.", f"{zh}：{runs} 次中为 {counts}。")


def grid(length, offset, num_steps):
    """Where windows begin that start at an offset, do not overlap, and have a label for each token."""
    return [start for start in range(length) if start % num_steps == offset and start + num_steps < length]


def continued(length, offset, batch_size, num_steps, room):
    """The places that sequential minibatches have, (room, 2, batch_size, num_steps), row by row; -1 behind them."""
    size = len(range(offset, length - 1)) // batch_size
    rows = [list(range(length))[offset + row * size :][:size] for row in range(batch_size)]
    pieces = [[row[i : i + num_steps] for row in rows] for i in range(0, size, num_steps)]
    X = torch.tensor([piece for piece in pieces if len(piece[0]) == num_steps] or [rows])[:, None]
    table = torch.full((room, 2, batch_size, num_steps), NONE)
    return torch.cat([torch.cat([X, X + 1], dim=1), table])[:room] if size >= num_steps else table


@pytest.mark.exercise("seq_data_iter_random")
class TestSeqDataIterRandom:
    def test_batches(self, run, text):
        """Yields X and Y as int64 tensors of shape (batch_size, num_steps): two pairs for 66 tokens.
        逐个产生形状为 (batch_size, num_steps) 的 int64 张量 X 和 Y；66 个词元时产生两对。"""
        corpus = text(66)
        found = run(lambda impl: [[X, Y] for X, Y in impl.seq_data_iter_random(corpus, 5, 5)])
        expect_in_rows(places(torch.stack([X for X, _ in found]), corpus))

    @pytest.mark.points(2)
    def test_windows(self, run, text):
        """Each row of X has num_steps tokens that follow one another in the corpus.
        X 的每一行是语料中连续的 num_steps 个词元。"""
        corpus = text(17)
        found = run(lambda impl: tabulate(impl.seq_data_iter_random, corpus, 2, 3, room=2)[:, :, 0])
        expect_in_rows(places(found, corpus))

    @pytest.mark.points(2)
    def test_labels(self, run, text):
        """For each token of X, Y has the next token of the corpus.
        Y 是 X 中每个词元在语料中的下一个词元。"""
        corpus = text(17)
        table = places(run(lambda impl: tabulate(impl.seq_data_iter_random, corpus, 2, 3, room=2)), corpus)
        expect_labels(table[:, :, 0], table[:, :, 1])

    @pytest.mark.points(2)
    def test_each_window_once(self, run, text):
        """The windows start at the offset, do not overlap, and occur once each.
        窗口从偏移量处开始，互不重叠，每个恰好出现一次。"""
        corpus = text(21)
        table = run(lambda impl: tabulate(impl.seq_data_iter_random, corpus, 2, 3, room=4)[:, :, 0, :, 0])
        starts = [sorted(one.flatten().tolist()) for one in places(table, corpus)]
        met = all(one == [NONE, NONE, *grid(21, one[2] % 3, 3)] for one in starts)
        expect(
            met,
            f"The windows begin at {starts[0][2:]}; at the offset, then every 3 tokens, each once, would be right.",
            f"窗口的起点为 {starts[0][2:]}；应从偏移量处开始，每隔 3 个词元一个，各出现一次。",
        )

    def test_offsets(self, run, text):
        """Draws each offset from 0 to num_steps - 1 equally often.
        偏移量取 0 到 num_steps - 1 中每个值的机会均等。"""
        corpus = text(12)
        table = run(lambda impl: tabulate(impl.seq_data_iter_random, corpus, 2, 4, runs=400)[:, 0, 0, :, 0])
        offsets = places(table, corpus).amin(dim=1).tolist()
        expect_as_often(offsets, range(4), "The windows begin at these offsets", "窗口从这些偏移量开始")

    def test_order(self, run, text):
        """Any two windows may come first, in either order, and all pairs are equally likely.
        任意两个窗口都可能排在最前面，先后不限，机会均等。"""
        corpus = text(10)
        table = run(lambda impl: tabulate(impl.seq_data_iter_random, corpus, 2, 2, room=2, runs=480)[:, :, 0, :, 0])
        starts = places(table, corpus).flatten(1)
        expect_in_rows(starts.sort(dim=1).values // 2)
        pairs = [tuple(pair) for pair in (starts // 2)[:, :2].tolist()]
        cases = list(itertools.permutations(range(4), 2))
        expect_as_often(pairs, cases, "These windows come first among four", "四个窗口中最先出现的是")

    def test_last_label(self, run, text):
        """The last token of the corpus is only used as a label. A window that needs one more token is dropped.
        语料的最后一个词元只能作标签；还需要更多词元的窗口舍去。"""
        corpus = text(13)
        found = run(lambda impl: tabulate(impl.seq_data_iter_random, corpus, 1, 3, room=5)[:, :, 0, 0, 0])
        starts = [sorted(start for start in one if start != NONE) for one in places(found, corpus).tolist()]
        met = sorted({tuple(one) for one in starts}) == [tuple(grid(13, offset, 3)) for offset in range(3)]
        expect(
            met,
            f"In four calls, the windows begin at {starts[:4]}; each token of a window needs a label.",
            f"四次调用中，窗口的起点为 {starts[:4]}；窗口中的每个词元都应有标签。",
        )

    def test_incomplete_batch(self, run, text):
        """Drops windows that fill no minibatch. A minibatch may take all windows.
        凑不满一个小批量的窗口舍去；一个小批量也可以恰好用完全部窗口。"""
        corpus = text(18)  # five windows
        found = run(lambda impl: [tabulate(impl.seq_data_iter_random, corpus, b, 3, 2)[:, :, 0] for b in (3, 5, 6)])
        complete = [(table >= 0).flatten(2).all(dim=2).sum(dim=1) for table in found]
        empty = [(table == NONE).flatten(2).all(dim=2).sum(dim=1) for table in found]
        close(complete, [torch.full((RUNS,), count) for count in (1, 1, 0)])
        close(empty, [torch.full((RUNS,), count) for count in (1, 1, 2)])
        expect_in_rows(places(torch.cat([table[:, 0] for table in found[:2]], dim=1), corpus))

    def test_too_short(self, run, text):
        """Yields nothing for a corpus of num_steps tokens or fewer.
        语料不超过 num_steps 个词元时，什么也不产生。"""
        corpora = [text(length) for length in (0, 1, 3, 22)]
        *none, some = run(lambda impl: [tabulate(impl.seq_data_iter_random, c, 2, 3, room=3)[:, :, 0] for c in corpora])
        expect(
            all((table == NONE).all() for table in none),
            "The corpus is too short, but the function yields minibatches.",
            "语料太短，却产出了小批量。",
        )
        expect_in_rows(places(some, corpora[-1]))

    def test_single_steps(self, run, text):
        """With windows of one token, X has each token of the corpus except the last.
        窗口只有一个词元时，除最后一个词元外，语料的每个词元都在 X 中。"""
        corpus = text(7)
        table = places(run(lambda impl: tabulate(impl.seq_data_iter_random, corpus, 2, 1, room=3)), corpus)
        close(table[:, :, 0].flatten(1).sort(dim=1).values, torch.arange(6).repeat(RUNS, 1))

    @pytest.mark.needs("batches")
    def test_corpus_untouched(self, run, text):
        """Leaves the corpus unchanged.
        不修改传入的语料。"""
        corpus = text(22)
        found, after = run(lambda impl: (tabulate(impl.seq_data_iter_random, corpus, 2, 3, room=3)[:, :, 0], corpus))
        expect_in_rows(places(found, corpus))
        close(after, corpus)


@pytest.mark.exercise("seq_data_iter_sequential")
class TestSeqDataIterSequential:
    def test_batches(self, run, text):
        """Yields X and Y as int64 tensors of shape (batch_size, num_steps): three pairs for 40 tokens.
        逐个产生形状为 (batch_size, num_steps) 的 int64 张量 X 和 Y；40 个词元时产生三对。"""
        corpus = text(40)
        found = run(lambda impl: [[X, Y] for X, Y in impl.seq_data_iter_sequential(corpus, 2, 5)])
        expect_in_rows(places(torch.stack([X for X, _ in found]), corpus))

    @pytest.mark.points(2)
    def test_minibatches(self, run, text):
        """Cuts the tokens after the offset into rows of equal length, and the rows into minibatches.
        把偏移量之后的词元切成等长的行，再把各行切成小批量。"""
        corpus = text(23)
        table = places(run(lambda impl: tabulate(impl.seq_data_iter_sequential, corpus, 3, 2, room=5)[:, :, 0]), corpus)
        close(table, torch.stack([continued(23, one[0, 0, 0].item(), 3, 2, 5)[:, 0] for one in table]))

    @pytest.mark.points(2)
    def test_labels(self, run, text):
        """For each token of X, Y has the next token of the corpus, also at the end of a row.
        Y 是 X 中每个词元在语料中的下一个词元，行末也是如此。"""
        corpus = text(30)
        table = places(run(lambda impl: tabulate(impl.seq_data_iter_sequential, corpus, 2, 4, room=3)), corpus)
        expect_labels(table[:, :, 0], table[:, :, 1])

    @pytest.mark.points(2)
    def test_continuity(self, run, text):
        """Each row begins where the same row of the minibatch before ended.
        每一行都从上一个小批量中同一行结束的地方继续。"""
        corpus = text(30)
        X = places(run(lambda impl: tabulate(impl.seq_data_iter_sequential, corpus, 2, 4, room=3)[:, :, 0]), corpus)
        met = (X >= 0).all() and torch.equal(X[:, 1:, :, 0], X[:, :-1, :, -1] + 1)
        expect(
            met,
            "A row does not continue where this row of the minibatch before ended.",
            "有的行没有从上一个小批量中同一行结束处继续。",
        )

    def test_offsets(self, run, text):
        """Draws each offset from 0 to num_steps (included) equally often.
        偏移量取 0 到 num_steps（包括 num_steps）中每个值的机会均等。"""
        corpus = text(12)
        table = run(lambda impl: tabulate(impl.seq_data_iter_sequential, corpus, 2, 3, runs=400)[:, 0, 0, :, 0])
        offsets = places(table, corpus)[:, 0].tolist()
        expect_as_often(offsets, range(4), "The first rows begin at these offsets", "第一行从这些偏移量开始")

    def test_one_row(self, run, text):
        """With a batch size of 1, reads the corpus in order. The last token is only used as a label.
        批量大小为 1 时按顺序读完语料，最后一个词元只能作标签。"""
        corpus = text(13)
        table = places(run(lambda impl: tabulate(impl.seq_data_iter_sequential, corpus, 1, 3, room=5)[:, :, 0]), corpus)
        close(table, torch.stack([continued(13, one[0, 0, 0].item(), 1, 3, 5)[:, 0] for one in table]))

    def test_single_steps(self, run, text):
        """Works with minibatches of one time step.
        每个小批量可以只有一个时间步。"""
        corpus = text(9)
        table = places(run(lambda impl: tabulate(impl.seq_data_iter_sequential, corpus, 2, 1, room=5)[:, :, 0]), corpus)
        close(table, torch.stack([continued(9, one[0, 0, 0].item(), 2, 1, 5)[:, 0] for one in table]))

    def test_too_short(self, run, text):
        """Yields nothing for a corpus that fills no row of num_steps tokens.
        每行不足 num_steps 个词元时，什么也不产生。"""
        corpora = [text(length) for length in (0, 1, 6, 7, 30)]
        *none, some = run(
            lambda impl: [tabulate(impl.seq_data_iter_sequential, c, 2, 4, room=3)[:, :, 0] for c in corpora]
        )
        expect(
            all((table == NONE).all() for table in none),
            "The corpus is too short, but the function yields minibatches.",
            "语料太短，却产出了小批量。",
        )
        expect_in_rows(places(some, corpora[-1]))

    @pytest.mark.needs("batches")
    def test_corpus_untouched(self, run, text):
        """Leaves the corpus unchanged.
        不修改传入的语料。"""
        corpus = text(30)
        found, after = run(lambda impl: (tabulate(impl.seq_data_iter_sequential, corpus, 2, 4, 3)[:, :, 0], corpus))
        expect_in_rows(places(found, corpus))
        close(after, corpus)
