"""ch53: ngram_counts, laplace_bigram, perplexity."""

import itertools
import math

import pytest
import torch

from dlgrade.testing import close, raises

WORDS = ["".join(letters) for letters in itertools.product("bdfklmnprst", "aeiou", "gnst")]
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


def places(table, corpus):
    """Where the tokens of a table stand in a corpus without repetitions."""
    found = torch.tensor(corpus).argsort()
    known = found[table.clamp(0, len(corpus) - 1)]
    return torch.where(table < 0, table, torch.where(table < len(corpus), known, FOREIGN))


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
