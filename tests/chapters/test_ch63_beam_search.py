"""ch63: greedy_search, exhaustive_search, beam_search, length_normalised_score, search_cost."""

import itertools
import math

import pytest
import torch

from dlgrade.testing import close, expect, raises

BOS, EOS, NEVER, SURE = 0, 1, -1000.0, 30.0


@pytest.fixture
def tables(randn):
    """tables(4, 5): logits of the next word of 5, by place (4 of them) and last word; `end` is added to EOS's."""

    def draw(places, words, end=0.0, spread=2.0):
        logits = spread * randn(places, words, words, dtype=torch.float64)
        logits[..., EOS] += end
        return logits

    return draw


@pytest.fixture
def names(generator):
    """names(4): the indices of 4 words in drawn order, and the one behind them, for <bos>."""
    return lambda words: [*torch.randperm(words, generator=generator).tolist(), words]


@pytest.fixture
def between(generator):
    """between(2, 9): an integer from 2 to 9."""
    return lambda low, high: int(torch.randint(low, high + 1, (), generator=generator))


class Model:
    """A step function: log-probabilities by place and last word. It records the prefixes of its calls."""

    def __init__(self, logits, dtype=torch.float64):
        self.table = logits.log_softmax(-1).to(dtype)
        self.asked = set()

    def __call__(self, prefix):
        self.asked.add(tuple(int(word) for word in prefix))
        return self.table[(len(prefix) - 1) % len(self.table), prefix[-1]]

    def may_ask(self, prefix):
        """Return whether this sequence is possible and has not ended."""
        pairs = enumerate(itertools.pairwise(prefix))
        return EOS not in prefix and all(self.table[i, last, word] > -math.inf for i, (last, word) in pairs)


def strided(logits):
    """A model whose tensors are float32 and not contiguous."""
    model = Model(logits, torch.float32)
    model.table = model.table.transpose(1, 2).contiguous().transpose(1, 2)
    return model


def greedy(logits, max_len):
    """Return the most likely word at each step, and the log-probability of all words."""
    table, words = logits.log_softmax(-1), [BOS]
    while len(words) <= max_len and words[-1] != EOS:
        words.append(table[len(words) - 1, words[-1]].tolist().index(table[len(words) - 1, words[-1]].max()))
    return tuple(words[1:]), sum(table[i, a, b].item() for i, (a, b) in enumerate(itertools.pairwise(words)))


def complete(logits, max_len):
    """All complete sequences with their log-probabilities, from the product of all words."""
    table, found = logits.log_softmax(-1), {}
    for row in itertools.product(range(table.shape[-1]), repeat=max_len):
        words = row[: row.index(EOS) + 1] if EOS in row else row
        pairs = enumerate(itertools.pairwise((BOS, *words)))
        found[words] = sum(table[place, last, word].item() for place, (last, word) in pairs)
    return found


def likeliest(logits, max_len):
    return max(complete(logits, max_len).items(), key=lambda item: item[1])


def ranked(log_probs, alpha):
    """Sequences by log-probability over length to the alpha, best first."""
    scores = [(words, log_prob / len(words) ** alpha) for words, log_prob in log_probs.items()]
    return sorted(scores, key=lambda pair: -pair[1])


def book(prefix):
    """The book's two tables of A, B, C (0, 1, 2) and <eos> (3): which one holds is up to the second word."""
    rows = [[0.5, 0.2, 0.2, 0.1], [0.1, 0.4, 0.3, 0.2], [0.2, 0.2, 0.4, 0.2], [0.0, 0.2, 0.2, 0.6]]
    if tuple(prefix)[2:3] == (2,):
        rows[2:] = [0.1, 0.6, 0.2, 0.1], [0.1, 0.2, 0.1, 0.6]
    return torch.tensor(rows[min(len(prefix), 4) - 1], dtype=torch.float64).log()


def figure(prefix):
    """Probabilities for the book's figure of a beam of two, with words A to E (0 to 4) and <eos> (5)."""
    likely = {(): {0: 0.4, 2: 0.35}, (0,): {1: 0.7}, (2,): {4: 0.6}, (0, 1): {3: 0.8}, (2, 4): {3: 0.7}}
    known = likely.get(tuple(int(word) for word in prefix[1:]), {})
    rest = (1 - sum(known.values())) / (6 - len(known))
    return torch.tensor([known.get(word, rest) for word in range(6)], dtype=torch.float64).log()


def without_early_end(prefix):
    """The book's tables for sequences of just four words."""
    scores = book(prefix)
    if len(prefix) < 4:
        scores[3] = -math.inf
    return scores


def renamed(step, names):
    """For probes: the model with these indices for its words, and for <bos>."""

    def other(prefix):
        scores = step([names.index(word) for word in prefix])
        return scores[[names.index(word) for word in range(len(scores))]]

    return other


def words_of(names, *given):
    """The indices of these words."""
    return tuple(names[word] for word in given)


@pytest.mark.exercise("greedy_search")
class TestGreedySearch:
    @pytest.mark.points(2)
    def test_likeliest_words(self, agree, tables):
        """Takes the most likely word at each step and sums the log-probabilities.
        每一步取概率最大的词，并累加对数概率。"""
        drawn = [tables(5, 6) for _ in range(6)]
        agree(lambda impl: [impl.greedy_search(Model(t), BOS, EOS, 5) for t in drawn])

    def test_book_example(self, run, names):
        """Finds the book's A, B, C, <eos> with probability 0.048, which is not the most likely sequence.
        得到书中的 A、B、C、<eos>，概率为 0.048；它并不是概率最大的序列。"""
        abc = names(4)
        words, log_prob = run(lambda impl: impl.greedy_search(renamed(book, abc), 4, abc[3], 10))
        close((words, math.exp(log_prob)), (words_of(abc, 0, 1, 2, 3), 0.5 * 0.4 * 0.4 * 0.6))

    def test_immediate_end(self, agree, tables):
        """Stops if the first word is <eos>, and counts it.
        第一个词就是 <eos> 时停止，<eos> 计入结果。"""
        logits = tables(4, 5)
        logits[0, BOS, EOS] = 3 + logits[0, BOS].max()
        agree(lambda impl: impl.greedy_search(Model(logits), BOS, EOS, 4))

    def test_no_end(self, agree, tables):
        """Takes max_len words if there is no <eos>.
        没有 <eos> 时取 max_len 个词。"""
        logits = tables(4, 5, end=NEVER)
        agree(lambda impl: [impl.greedy_search(Model(logits), BOS, EOS, n) for n in (1, 4)])

    def test_ties(self, agree, tables):
        """Takes the word with the lowest index among equally likely words.
        概率相同的词中取索引最小的一个。"""
        logits = tables(2, 4)
        logits[0, :, 2:], logits[1, :, ::3] = 1 + logits[0].max(), 1 + logits[1].max()
        agree(lambda impl: impl.greedy_search(Model(logits), BOS, EOS, 2))

    def test_no_words(self, agree, tables):
        """Returns the empty sequence with log-probability 0 if max_len is 0.
        max_len 为 0 时返回空序列，对数概率为 0。"""
        logits = tables(2, 4, end=NEVER)
        agree(lambda impl: [impl.greedy_search(Model(logits), BOS, EOS, n) for n in (0, 2)])

    def test_prefixes(self, agree, tables):
        """Calls the model with the whole prefix, with bos, and never after <eos>.
        用包含 bos 的完整前缀调用模型；<eos> 之后不再调用。"""
        logits = tables(4, 5, end=NEVER)
        logits[2, :, EOS] = SURE

        def probe(impl):
            model = Model(logits)
            return impl.greedy_search(model, BOS, EOS, 6), sorted(model.asked)

        agree(probe)

    def test_long_sequence(self, agree, tables):
        """Adds logarithms: the probability of 600 words is too small for a float.
        累加的是对数：600 个词的概率小到浮点数无法表示。"""
        logits = tables(7, 8, end=NEVER, spread=0.1)
        agree(lambda impl: impl.greedy_search(Model(logits), BOS, EOS, 600))

    def test_float32_strided(self, agree, tables):
        """Takes non-contiguous float32 log-probabilities, and returns Python ints and floats.
        对数概率可以是 float32，在内存中可以不连续；返回 Python 的整数和浮点数。"""
        model = strided(tables(4, 5, end=NEVER))
        agree(lambda impl: impl.greedy_search(model, BOS, EOS, 4))

    @pytest.mark.needs("likeliest_words")
    def test_model_untouched(self, agree, tables):
        """Leaves the tensors of the model unchanged.
        不修改模型返回的张量。"""
        logits = tables(4, 5, end=NEVER)

        def probe(impl):
            model = Model(logits)
            return impl.greedy_search(model, BOS, EOS, 4), model.table

        agree(probe)


@pytest.mark.exercise("exhaustive_search")
class TestExhaustiveSearch:
    @pytest.mark.points(2)
    def test_likeliest_sequence(self, run, tables):
        """Finds the most likely of all sequences, as an enumeration does.
        找到所有序列中概率最大的一个，与逐一枚举的结果一致。"""
        drawn = [tables(3, 4, end, spread=0.7) for end in (-2.0, 0.5) for _ in range(6)]
        found = run(lambda impl: [impl.exhaustive_search(Model(t), BOS, EOS, 3) for t in drawn])
        close(found, [likeliest(t, 3) for t in drawn])

    def test_book_example(self, run, names):
        """Finds the book's A, C, B, <eos> with probability 0.054, which greedy search misses.
        得到书中的 A、C、B、<eos>，概率为 0.054；贪心搜索会错过它。"""
        abc = names(4)
        words, log_prob = run(lambda impl: impl.exhaustive_search(renamed(without_early_end, abc), 4, abc[3], 4))
        close((words, math.exp(log_prob)), (words_of(abc, 0, 2, 1, 3), 0.5 * 0.3 * 0.6 * 0.6))

    def test_two_words(self, run, tables):
        """Handles two words, of which one is <eos>, and three steps: four sequences.
        只有两个词（其中一个是 <eos>）、三个时间步：共四个序列。"""
        drawn = [tables(3, 2) for _ in range(4)] + [tables(3, 2, end=-4.0)]
        found = run(lambda impl: [impl.exhaustive_search(Model(t), BOS, EOS, 3) for t in drawn])
        close(found, [likeliest(t, 3) for t in drawn])

    def test_early_end(self, agree, tables):
        """A sequence that ends early can be the most likely, even if its first word is not.
        提前结束的序列可能概率最大，即使它的第一个词不是概率最大的。"""
        logits = tables(4, 5, end=-2.0, spread=0.2)
        logits[0, BOS, 2] += 1
        logits[1, 3, EOS] = 6
        agree(lambda impl: impl.exhaustive_search(Model(logits), BOS, EOS, 4))

    def test_no_end(self, agree, tables):
        """Sequences that reach max_len without <eos> count, too.
        达到 max_len 而没有 <eos> 的序列也算在内。"""
        logits = tables(3, 4, end=-20.0)
        agree(lambda impl: [impl.exhaustive_search(Model(logits), BOS, EOS, n) for n in (1, 2, 3)])

    def test_impossible_words(self, agree, tables):
        """Never extends a sequence with probability 0 or a sequence that has ended.
        不再延伸概率为 0 的序列，也不延伸已经结束的序列。"""
        logits = tables(4, 4, end=-1.0)
        logits[0, BOS, 3] = logits[1, 2, :2] = logits[2, 0, 2] = -math.inf

        def probe(impl):
            model = Model(logits)
            return impl.exhaustive_search(model, BOS, EOS, 4), sorted(p for p in model.asked if not model.may_ask(p))

        agree(probe)

    def test_no_words(self, agree, tables):
        """Returns the empty sequence with log-probability 0 if max_len is 0.
        max_len 为 0 时返回空序列，对数概率为 0。"""
        logits = tables(2, 4, end=NEVER)
        agree(lambda impl: [impl.exhaustive_search(Model(logits), BOS, EOS, n) for n in (0, 2)])

    def test_float32_strided(self, agree, tables):
        """Takes non-contiguous float32 log-probabilities, and returns Python ints and floats.
        对数概率可以是 float32，在内存中可以不连续；返回 Python 的整数和浮点数。"""
        model = strided(tables(3, 4, end=NEVER))
        agree(lambda impl: impl.exhaustive_search(model, BOS, EOS, 3))

    @pytest.mark.needs("likeliest_sequence")
    def test_model_untouched(self, agree, tables):
        """Leaves the tensors of the model unchanged.
        不修改模型返回的张量。"""
        logits = tables(3, 4, end=NEVER)

        def probe(impl):
            model = Model(logits)
            return impl.exhaustive_search(model, BOS, EOS, 3), model.table

        agree(probe)


@pytest.mark.exercise("beam_search")
class TestBeamSearch:
    @pytest.mark.points(2)
    def test_several_models(self, agree, tables):
        """Returns the k best candidates with their scores, the best first.
        返回得分最高的 k 个候选及其得分，从高到低排列。"""
        drawn = [tables(5, 5) for _ in range(16)]
        agree(lambda impl: [impl.beam_search(Model(t), BOS, EOS, 5, k) for t in drawn for k in (2, 3)])

    def test_book_figure(self, run, names):
        """Keeps A and C, AB and CE, ABD and CED in the book's figure; the last two are the candidates.
        在书中的图里，依次保留 A 和 C、AB 和 CE、ABD 和 CED；最后两个是候选。"""
        abc, last = names(6), {(0, 1, 3): math.log(0.4 * 0.7 * 0.8), (2, 4, 3): math.log(0.35 * 0.6 * 0.7)}
        found = run(lambda impl: impl.beam_search(renamed(figure, abc), 6, abc[5], 3, k=2))
        close(found, [(words_of(abc, *words), score) for words, score in ranked(last, 0.75)])

    @pytest.mark.points(2)
    def test_prefixes_included(self, run, agree, names, tables):
        """With include_prefixes, all six sequences of the book's figure are candidates, and sequences that end, too.
        include_prefixes 为 True 时，书中图里的六个序列都是候选，已经结束的序列也是候选。"""
        six = {(0,): 0.4, (2,): 0.35, (0, 1): 0.4 * 0.7, (2, 4): 0.35 * 0.6}
        six |= {(0, 1, 3): 0.4 * 0.7 * 0.8, (2, 4, 3): 0.35 * 0.6 * 0.7}
        abc, alphas = names(6), (0.0, 0.75, 3.0)
        six = {words_of(abc, *words): math.log(probability) for words, probability in six.items()}
        given = renamed(figure, abc), 6, abc[5], 3, 2
        found = run(lambda impl: [impl.beam_search(*given, alpha, include_prefixes=True) for alpha in alphas])
        close(found, [ranked(six, alpha)[:2] for alpha in alphas])
        drawn = [tables(4, 4, end=1.0) for _ in range(4)]
        agree(lambda impl: [impl.beam_search(Model(t), BOS, EOS, 4, 6, include_prefixes=True) for t in drawn])

    def test_beam_of_one(self, run, tables):
        """Equals greedy search if k is 1; the score with alpha 0 is the log-probability.
        束宽为 1 就是贪心搜索；alpha 为 0 时得分就是对数概率。"""
        drawn = [tables(4, 5) for _ in range(12)]
        found = run(lambda impl: [impl.beam_search(Model(t), BOS, EOS, 4, k=1, alpha=0) for t in drawn])
        close(found, [[greedy(t, 4)] for t in drawn])

    @pytest.mark.points(2)
    def test_beam_of_everything(self, run, tables):
        """Ranks all complete sequences if k is large enough, as an enumeration does.
        束宽足够大时，对所有完整的序列排序，与逐一枚举的结果一致。"""
        drawn = [tables(3, 3) for _ in range(3)]
        for alpha in (0.0, 0.75):
            found = run(lambda impl, a=alpha: [impl.beam_search(Model(t), BOS, EOS, 3, 30, a) for t in drawn])
            close(found, [ranked(complete(t, 3), alpha) for t in drawn])

    def test_wider_than_the_vocabulary(self, agree, tables):
        """Accepts k larger than the number of words; the first step then has fewer extensions.
        k 可以大于词数，这时第一步的延伸不足 k 个。"""
        drawn = [tables(4, 3) for _ in range(4)]
        agree(lambda impl: [impl.beam_search(Model(t), BOS, EOS, 4, k=5) for t in drawn])

    def test_models_calls(self, agree, tables):
        """Extends those of the k most likely sequences that have not ended, each with its whole prefix.
        每一步延伸概率最大的 k 个序列中尚未结束的那些，并用完整的前缀调用模型。"""
        drawn = [tables(5, 5) for _ in range(8)]

        def probe(impl):
            models = [Model(t) for t in drawn]
            return [(impl.beam_search(model, BOS, EOS, 5, k=3), sorted(model.asked)) for model in models]

        agree(probe)

    def test_early_end_wins(self, agree, tables):
        """A sequence that ends early stays a candidate and can win.
        提前结束的序列始终是候选，可能最终得分最高。"""
        drawn = [tables(6, 5, end=NEVER, spread=0.2) for _ in range(6)]
        for logits in drawn:
            logits[0, BOS, EOS] = 2
        agree(lambda impl: [impl.beam_search(Model(t), BOS, EOS, 6, k) for t in drawn for k in (2, 3)])

    def test_all_end_early(self, agree, tables):
        """Stops when all sequences of the beam have ended, before max_len.
        束中的序列全部结束时搜索就结束，不必等到 max_len。"""
        drawn = [tables(2, 5, end=-1.0) for _ in range(6)]
        for logits in drawn:
            logits[1, :, EOS] = SURE + SURE
        agree(lambda impl: [impl.beam_search(Model(t), BOS, EOS, 12, k=2) for t in drawn])

    def test_beam_keeps_its_width(self, agree, tables):
        """Keeps k sequences again after a sequence has ended.
        有序列结束之后，下一步仍然保留 k 个。"""
        logits = tables(3, 6, end=NEVER, spread=0.5)
        logits[0, BOS, EOS] = 4
        agree(lambda impl: [impl.beam_search(Model(logits), BOS, EOS, 3, k, alpha=0.2) for k in (2, 4)])

    def test_impossible_words(self, agree, tables):
        """Never chooses a word with probability 0, even if fewer than k sequences are left.
        不选择概率为 0 的词，即使剩下的序列不足 k 个。"""
        drawn = [tables(3, 4, end=-1.0) for _ in range(4)]
        for logits in drawn:
            logits[0, BOS, :3] = logits[1, 3, 2:] = -math.inf
        agree(lambda impl: [impl.beam_search(Model(t), BOS, EOS, n, k=4) for t in drawn for n in (1, 2, 3)])

    def test_no_end(self, agree, tables):
        """Sequences that reach max_len without <eos> are candidates.
        达到 max_len 而没有 <eos> 的序列也是候选。"""
        logits = tables(4, 5, end=NEVER)
        agree(lambda impl: [impl.beam_search(Model(logits), BOS, EOS, n, k=3) for n in (1, 4)])

    def test_alpha(self, agree, tables):
        """Ranks by score, not by log-probability; the length counts <eos>; alpha is 0.75 by default.
        按得分而不是对数概率排序；长度包含 <eos>；alpha 默认为 0.75。"""
        drawn = [tables(5, 4, end=1.0) for _ in range(4)]
        options = [{"alpha": 0.0}, {"alpha": 1.0}, {"alpha": 2.5}, {}]
        agree(lambda impl: [impl.beam_search(Model(t), BOS, EOS, 5, 4, **o) for t in drawn for o in options])

    def test_long_sequence(self, agree, tables):
        """Adds logarithms: the probability of 600 words is too small for a float.
        累加的是对数：600 个词的概率小到浮点数无法表示。"""
        logits = tables(7, 8, end=NEVER, spread=0.1)
        agree(lambda impl: impl.beam_search(Model(logits), BOS, EOS, 600, k=1))

    def test_float32_strided(self, agree, tables):
        """Takes non-contiguous float32 log-probabilities, and returns Python ints and floats.
        对数概率可以是 float32，在内存中可以不连续；返回 Python 的整数和浮点数。"""
        model = strided(tables(3, 4, end=NEVER))
        agree(lambda impl: impl.beam_search(model, BOS, EOS, 3, k=2))

    @pytest.mark.needs("several_models")
    def test_model_untouched(self, agree, tables):
        """Leaves the tensors of the model unchanged.
        不修改模型返回的张量。"""
        logits = tables(3, 4, end=NEVER)

        def probe(impl):
            model = Model(logits)
            return impl.beam_search(model, BOS, EOS, 6, k=2), model.table

        agree(probe)


@pytest.fixture
def log_prob(generator):
    """A log-probability, from -10 to -1."""
    return -10 + 9 * float(torch.rand((), generator=generator))


@pytest.mark.exercise("length_normalised_score")
class TestLengthNormalisedScore:
    @pytest.mark.points(2)
    def test_score(self, run, generator):
        """Divides the log-probability by the length to the power of alpha.
        对数概率除以长度的 alpha 次方。"""
        log_probs = (-10 * torch.rand(5, generator=generator) - 0.1).tolist()
        cases = [(log_prob, n + 2, 0.3 * n + 0.2) for n, log_prob in enumerate(log_probs)]
        scores = run(lambda impl: [impl.length_normalised_score(*case) for case in cases])
        close(scores, [log_prob / length**alpha for log_prob, length, alpha in cases])

    def test_default_alpha(self, run, log_prob):
        """Uses alpha 0.75 by default.
        alpha 默认为 0.75。"""
        close(run(lambda impl: impl.length_normalised_score(log_prob, 16)), log_prob / 8)

    def test_alpha_zero_and_one(self, run, log_prob):
        """Returns the log-probability for alpha 0, and the mean per word for alpha 1.
        alpha 为 0 时就是对数概率，为 1 时是每个词的平均对数概率。"""
        scores = run(lambda impl: [impl.length_normalised_score(log_prob, 4, alpha) for alpha in (0, 1)])
        close(scores, [log_prob, log_prob / 4])

    def test_one_word(self, run, log_prob):
        """Returns the log-probability for a single word, whatever alpha is, and divides by 2^alpha for two words.
        只有一个词时，无论 alpha 取何值，得分都是它的对数概率；有两个词时，除以 2^alpha。"""
        alphas = 0.0, 0.75, 3.0
        scores = run(lambda impl: [impl.length_normalised_score(log_prob, n, a) for n in (1, 2) for a in alphas])
        close(scores, [log_prob] * 3 + [log_prob / 2**alpha for alpha in alphas])

    def test_longer_is_better(self, run, log_prob):
        """Scores the longer of two sequences with the same log-probability higher.
        对数概率相同时，较长的序列得分更高。"""
        scores = run(lambda impl: [impl.length_normalised_score(log_prob, length, 0.5) for length in (1, 4, 16, 64)])
        expect(scores == sorted(scores), "A longer sequence scores lower.", "较长的序列得分反而更低。")
        close(scores, [log_prob, log_prob / 2, log_prob / 4, log_prob / 8])

    @pytest.mark.needs("score")
    def test_no_words(self, agree, log_prob):
        """Raises ValueError for a length below 1, whatever alpha is.
        长度小于 1 时抛出 ValueError，与 alpha 无关。"""

        def probe(impl):
            score = impl.length_normalised_score
            refused = [
                raises(lambda n=n, a=a: score(log_prob, n, a), ValueError) for n in (0, -2) for a in (0.0, 0.75, 1.0)
            ]
            return refused, score(log_prob, 2)

        agree(probe)


@pytest.mark.exercise("search_cost")
class TestSearchCost:
    def test_book_example(self, run, between):
        """For the book's 10000 words and 10 steps: 10^5 for greedy search, 10^40 for exhaustive search.
        书中的例子：10000 个词、10 个时间步，贪心搜索 10^5，穷举搜索 10^40。"""
        k = between(2, 30)
        close(run(lambda impl: impl.search_cost(10_000, 10, k)), (10**5, 10**40, k * 10**5))

    def test_small_searches(self, run, between):
        """Counts small searches.
        小规模搜索的计数正确。"""
        cases = [(between(3, 20), t, k) for t, k in ((3, 2), (7, 3), (3, 5), (2, 4), (1, 6))]
        expected = [(v * t, math.prod([v] * t), k * v * t) for v, t, k in cases]
        close(run(lambda impl: [impl.search_cost(*case) for case in cases]), expected)

    def test_beam_of_one(self, run, between):
        """A beam of width 1 costs the same as greedy search.
        束宽为 1 时的代价与贪心搜索相同。"""
        vocab = between(5, 30)
        close(run(lambda impl: impl.search_cost(vocab, 5, k=1)), (5 * vocab, vocab**5, 5 * vocab))

    def test_exact(self, run, between):
        """Returns exact integers of any size.
        返回精确的整数，无论多大。"""
        vocab = 9_001 + 2 * between(0, 400)  # odd: a float cannot hold its power
        found = run(lambda impl: impl.search_cost(vocab=vocab, max_len=23, k=7))
        close(found, (vocab * 23, vocab**23, vocab * 161))
