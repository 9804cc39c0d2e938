"""ch53: seq_data_iter_random, seq_data_iter_sequential, ngram_counts, laplace_bigram, perplexity."""

import itertools
import math

import pytest
import torch

from dlgrade.testing import close, expect, raises

WORDS = ["".join(letters) for letters in itertools.product("bdfklmnprst", "aeiou", "gnst")]
RUNS = 120  # so many that each offset is drawn in some of them
NONE, MISSHAPEN, FOREIGN = -1, -2, -3


@pytest.fixture
def text(generator):
    """text(30): so many different tokens in random order. A token's value says nothing of its place."""
    return lambda length: torch.randperm(length, generator=generator).tolist()


@pytest.fixture
def names(text):
    """names(3): so many different words."""
    return lambda count: [WORDS[place] for place in text(len(WORDS))[:count]]


@pytest.fixture
def between(generator):
    """between(0.5, 2): a number from this interval."""
    return lambda low, high: low + (high - low) * torch.rand((), generator=generator, dtype=torch.float64).item()


@pytest.fixture
def words(generator):
    """words(30, "abcd"): so many of these tokens, the first ones more often."""

    def words(length, vocabulary):
        places = torch.rand(length, generator=generator, dtype=torch.float64) ** 2 * len(vocabulary)
        return [vocabulary[int(place)] for place in places.tolist()]

    return words


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


def counted(tokens, n):
    """The n-grams and their counts, by comparing every one with all others."""
    grams = list(zip(*(tokens[i:] for i in range(n)), strict=False))
    return {gram: sum(gram == other for other in grams) for gram in grams}


@pytest.mark.exercise("ngram_counts")
class TestNgramCounts:
    @pytest.mark.points(2)
    def test_bigrams(self, run, words):
        """Counts pairs of tokens that follow one another.
        统计相邻两个词元组成的词对各出现几次。"""
        tokens = words(60, ["the", "time", "machine", "of"])
        close(run(lambda impl: dict(impl.ngram_counts(tokens, 2))), counted(tokens, 2))

    def test_longer(self, run, words):
        """Counts n-grams of three, four and five tokens.
        统计由三个、四个和五个词元组成的 n 元组。"""
        tokens = words(40, ["so", "it", "is"])
        found = run(lambda impl: [dict(impl.ngram_counts(tokens, n)) for n in (3, 4, 5)])
        close(found, [counted(tokens, n) for n in (3, 4, 5)])

    def test_unigrams(self, run, words):
        """With n = 1, the keys are tuples of one token.
        n = 1 时，键是只有一个词元的元组。"""
        tokens = words(30, ["a", "be", "see"])
        close(run(lambda impl: dict(impl.ngram_counts(tokens, 1))), {(w,): tokens.count(w) for w in set(tokens)})

    def test_overlapping(self, run, names):
        """Counts n-grams that overlap: the same token four times gives three pairs.
        重叠的 n 元组也要计入：同一个词元连续出现四次，有三个词对。"""
        (word,) = names(1)
        found = run(lambda impl: [dict(impl.ngram_counts([word] * 4, n)) for n in (2, 3)])
        close(found, [{(word,) * 2: 3}, {(word,) * 3: 2}])

    def test_ends_of_the_text(self, run, names):
        """Counts the first and the last n-gram, and none that runs from the end to the beginning.
        首尾的 n 元组都要计入，但没有从结尾接到开头的 n 元组。"""
        a, b, c = names(3)
        found = run(lambda impl: [dict(impl.ngram_counts([a, b, c, a, b], n)) for n in (2, 5)])
        close(found, [{(a, b): 2, (b, c): 1, (c, a): 1}, {(a, b, c, a, b): 1}])

    def test_too_short(self, run, names):
        """Returns no n-grams for a text of fewer than n tokens.
        文本不足 n 个词元时，没有 n 元组。"""
        a, b = names(2)
        texts = [], [a], [a, b], [a] * 5
        found = run(lambda impl: [dict(impl.ngram_counts(tokens, 3)) for tokens in texts])
        close(found, [{}, {}, {}, {(a, a, a): 3}])

    def test_is_a_counter(self, run, words):
        """Returns a Counter: an n-gram that does not occur has count 0.
        返回 Counter：没有出现的 n 元组，计数为 0。"""
        tokens = words(20, ["a", "b"])

        def probe(impl):
            counts = impl.ngram_counts(tokens, 2)
            return type(counts).__name__, counts["b", "never"], counts.most_common(1)[0][1], dict(counts)

        expected = counted(tokens, 2)
        close(run(probe), ("Counter", 0, max(expected.values()), expected))

    @pytest.mark.needs("bigrams")
    def test_arguments_untouched(self, agree, names):
        """Leaves the text unchanged, and accepts a tuple of tokens.
        不修改传入的文本；也可以传入元组。"""
        a, b, c = names(3)
        tokens = [a, b, a, c, b, a, b, c]
        agree(lambda impl: (dict(impl.ngram_counts(tokens, 2)), tokens, dict(impl.ngram_counts(tuple(tokens), 3))))


def smoothed(tokens, eps, vocab_size):
    """P(next | word) from the list of what follows the word, for every pair of a, b, c, x."""
    following = {word: [b for a, b in itertools.pairwise(tokens) if a == word] for word in "abcx"}

    def probability(seen, word):
        total = vocab_size * (len(seen) + eps)
        return (vocab_size * seen.count(word) + eps) / total if total else 0.0

    return [[probability(seen, word) for word in "abcx"] for seen in following.values()]


def probabilities(impl, tokens, eps, vocab_size):
    """For probes: P(next | word) for every pair of a, b, c, x."""
    probability = impl.laplace_bigram(tokens, eps, vocab_size)
    return [[probability(word, following) for following in "abcx"] for word in "abcx"]


@pytest.mark.exercise("laplace_bigram")
class TestLaplaceBigram:
    @pytest.mark.points(2)
    def test_probabilities(self, run, words):
        """Returns the smoothed probability of each pair, seen or not.
        返回每个词对平滑后的概率，无论它是否出现过。"""
        tokens = [*words(40, "abc"), "a", "b", "a", "c", "a"]
        found = run(lambda impl: [probabilities(impl, tokens, eps, 7) for eps in (0.5, 3.0)])
        close(found, [smoothed(tokens, eps, 7) for eps in (0.5, 3.0)])

    def test_given_the_word_before(self, run, between):
        """The first argument is the word before, and the second is the word after it.
        第一个实参是前一个词，第二个实参是后一个词。"""
        tokens, pairs, eps = ["a", "b", "a", "b", "a", "c"], ("ab", "ba", "ca", "ac"), between(0.5, 2)
        found = run(lambda impl: [impl.laplace_bigram(tokens, eps, 4)(*pair) for pair in pairs])
        close(found, [(2 + eps / 4) / (3 + eps), (2 + eps / 4) / (2 + eps), 1 / 4, (1 + eps / 4) / (3 + eps)])

    def test_sums_to_one(self, run, words):
        """After each word, the probabilities of the whole vocabulary sum to 1.
        在每个词之后，整个词表的概率之和为 1。"""
        tokens = ["a", "c", "b", *words(30, "abc")]
        found = run(lambda impl: [probabilities(impl, tokens, 2.0, size) for size in (4, 10)])
        close([[sum(row) for row in found[0]], [sum(row) + 6 * row[-1] for row in found[1]]], [[1.0] * 4] * 2)
        close(found[0], smoothed(tokens, 2.0, 4))

    def test_unseen_word(self, run, words):
        """After a word that the text does not have, all tokens of the vocabulary are equally likely.
        在文本中没有出现过的词之后，词表中各词元的概率相等。"""
        tokens = ["a", "b", *words(20, "abc")]
        *seen, unseen = run(lambda impl: probabilities(impl, tokens, 0.3, 8))
        close((seen, unseen), (smoothed(tokens, 0.3, 8)[:3], [1 / 8] * 4))

    def test_no_smoothing(self, run, words):
        """With eps 0, unseen pairs have probability 0, and so do all pairs after a word without a successor.
        eps 为 0 时，没有出现过的词对概率为 0；在没有后继的词之后，所有概率都为 0。"""
        tokens = ["a", "b", *words(30, "ab"), "a", "c"]
        found = run(lambda impl: probabilities(impl, tokens, 0.0, 5))
        close(found, smoothed(tokens, 0.0, 5))

    def test_last_token(self, run, between):
        """Does not count the last token of the text, which has no successor.
        文本的最后一个词元没有后继，它的这次出现不计入。"""
        texts, eps = (["b", "a", "b"], ["a", "b", "c", "b"]), between(0.5, 2)
        found = run(lambda impl: [probabilities(impl, tokens, eps, 4)[1] for tokens in texts])
        seen, unseen = (1 + eps / 4) / (1 + eps), eps / 4 / (1 + eps)
        close(found, [[seen, unseen, unseen, unseen], [unseen, unseen, seen, unseen]])

    def test_strong_smoothing(self, run, between):
        """Stronger smoothing moves the probabilities closer to 1 / vocab_size.
        平滑越强，概率越接近 1 / vocab_size。"""
        tokens, strengths = ["a", "b", "a", "b", "a", "c"], [between(1, 2) * eps for eps in (1, 10, 1000, 1e9)]

        def probe(impl):
            models = [impl.laplace_bigram(tokens, eps, 50) for eps in strengths]
            return [(model("a", "b"), model("a", "x")) for model in models]

        close(run(probe), [((2 + eps / 50) / (3 + eps), eps / 50 / (3 + eps)) for eps in strengths])

    def test_short_texts(self, run, between):
        """A text of no or one token has no pairs, so all tokens are equally likely.
        没有词元或只有一个词元的文本没有词对，各词元的概率相等。"""
        texts, eps = ([], ["a"], ["a", "b"]), between(0.5, 2)
        found = run(lambda impl: [probabilities(impl, tokens, eps, 4)[0] for tokens in texts])
        close(found, [[1 / 4] * 4, [1 / 4] * 4, [(n + eps / 4) / (1 + eps) for n in (0, 1, 0, 0)]])

    @pytest.mark.needs("probabilities")
    def test_arguments_untouched(self, agree, between):
        """Leaves the text unchanged, and accepts a tuple. Two models do not affect each other.
        不修改传入的文本；也可以传入元组。两个模型互不影响。"""
        tokens, eps = ["a", "b", "a", "c", "b", "a"], between(0.5, 2)

        def probe(impl):
            one, other = impl.laplace_bigram(tokens, eps, 4), impl.laplace_bigram(tuple(tokens[:4]), 2 * eps, 5)
            return one("a", "b"), other("a", "b"), one("a", "c"), other("b", "a"), tokens

        agree(probe)


@pytest.mark.exercise("perplexity")
class TestPerplexity:
    @pytest.mark.points(2)
    def test_perplexity(self, run, generator):
        """Returns the geometric mean of the inverse probabilities.
        等于各概率倒数的几何平均。"""
        ps = (0.9 * torch.rand(9, generator=generator, dtype=torch.float64) + 0.05).tolist()
        logs = [math.log(p) for p in ps]
        close(run(lambda impl: impl.perplexity(logs)), math.prod(1 / p for p in ps) ** (1 / 9))

    def test_bits(self, run, text):
        """Returns 2 to the power of the cross-entropy in bits.
        设交叉熵以比特计为 H，困惑度等于 2 的 H 次方。"""
        bits = [1 + place for place in text(20)[:5]]
        close(run(lambda impl: impl.perplexity([-n * math.log(2) for n in bits])), 2 ** (sum(bits) / len(bits)))

    def test_perfect_model(self, run, between):
        """A model that gives each token probability 1 has perplexity 1; with only half of the tokens it has not.
        给每个词元的概率都为 1 的模型，困惑度为 1；若只有一半词元的概率为 1，则困惑度不是 1。"""
        p = between(0.1, 0.4)
        found = run(lambda impl: [impl.perplexity(logs) for logs in ([0.0] * 5, [0.0], [0.0, math.log(p)])])
        close(found, [1.0, 1.0, p**-0.5])

    def test_guessing_model(self, run, text):
        """The perplexity of a model that guesses is the size of the vocabulary, whatever the length of the text.
        随机猜测的模型，困惑度等于词表大小，与文本长度无关。"""
        size = 10 + text(1000)[0]
        sizes = [(2, 10), (size, 1), (size, 7), (5000, 3)]
        found = run(lambda impl: [impl.perplexity([-math.log(v)] * n) for v, n in sizes])
        close(found, [2.0, float(size), float(size), 5000.0])

    def test_impossible_token(self, run, between):
        """Returns infinity if the model gave a token probability 0.
        只要模型给某个词元的概率为 0，困惑度就是无穷大。"""
        low = between(-4, -2)
        logs = [low, -math.inf, -0.5], [-math.inf], [-1.0, low]
        found = run(lambda impl: [impl.perplexity(given) for given in logs])
        close(found, [math.inf, math.inf, math.exp((1 - low) / 2)])

    def test_long_text(self, run, between):
        """Stays accurate for a text whose probability is too small for a float.
        文本的概率小到浮点数无法表示时，结果仍然准确。"""
        low = between(-8, -6)
        close(run(lambda impl: impl.perplexity([-3.0, low] * 1000)), math.exp((3 - low) / 2))

    @pytest.mark.needs("perplexity")
    def test_no_tokens(self, agree, between):
        """Raises ValueError if there are no tokens.
        没有词元时，抛出 ValueError。"""
        logs = [-0.5, between(-4, -2)]
        agree(lambda impl: (raises(lambda: impl.perplexity([]), ValueError), impl.perplexity(logs)))

    @pytest.mark.needs("perplexity")
    def test_arguments_untouched(self, agree, between):
        """Leaves the log-probabilities unchanged, and accepts a tuple.
        不修改传入的对数概率；也可以传入元组。"""
        logs = [-2.5, -0.5, -1.0, between(-6, -4)]
        agree(lambda impl: (impl.perplexity(logs), logs, impl.perplexity(tuple(logs))))
