"""ch52: clean_lines, tokenize, count_corpus, Vocab, bag_of_words, tf_idf."""

import itertools
import math

import pytest
import torch

from dlgrade.testing import close, promise, standard

WORDS = ["the", "of", "and", "to", "in", "was", "that", "had", "with", "time", "machine", "traveller", "space", "hm"]


@pytest.fixture
def draw(generator):
    """draw(choices, n): a list of n of the choices; the first choices are more frequent."""
    return lambda choices, n: [choices[int(len(choices) * x**2)] for x in torch.rand(n, generator=generator).tolist()]


@pytest.fixture
def shuffled(generator):
    """shuffled(items): a list of the items in random order."""
    return lambda items: [items[i] for i in torch.randperm(len(items), generator=generator).tolist()]


@pytest.fixture
def few(shuffled):
    """few(3): 3 different words in alphabetical order."""
    return lambda count: sorted(shuffled(WORDS)[:count])


@pytest.fixture
def corpus(draw, shuffled):
    """corpus(4, 9): 4 lines of 9 tokens, from words in random order; some words are more frequent."""
    words = shuffled(WORDS)
    return lambda lines, length: [draw(words, length) for _ in range(lines)]


def refused(impl, lines, token):
    """For probes: return whether tokenize raises ValueError or returns None."""
    try:
        return impl.tokenize(lines, token) is None
    except ValueError:
        return True


def contents(vocab):
    """For probes: return the tokens of a vocabulary by index, and the index of each token."""
    tokens = vocab.to_tokens(list(range(len(vocab))))
    return tokens, [vocab[token] for token in tokens]


class Known:
    """For probes: a vocabulary of given tokens, with the methods and attributes of Vocab."""

    def __init__(self, tokens):
        self.unk, self.idx_to_token = 0, tokens
        self.token_to_idx = {token: index for index, token in enumerate(tokens)}

    def __len__(self):
        return len(self.idx_to_token)

    def __getitem__(self, tokens):
        many = isinstance(tokens, (list, tuple))
        return [self[token] for token in tokens] if many else self.token_to_idx.get(tokens, 0)

    def to_tokens(self, indices):
        many = isinstance(indices, (list, tuple))
        return [self.idx_to_token[index] for index in indices] if many else self.idx_to_token[indices]


def by_frequency(tokens):
    """Return the tokens with their counts, in descending order; equal counts are in the order of first occurrence."""
    different = [token for i, token in enumerate(tokens) if token not in tokens[:i]]
    pairs = [(token, sum(other == token for other in tokens)) for token in different]
    return [pair for count in range(len(tokens), 0, -1) for pair in pairs if pair[1] == count]


def flat(lines):
    return [token for line in lines for token in line]


@pytest.mark.exercise("clean_lines")
class TestCleanLines:
    @pytest.mark.points(2)
    def test_words(self, run, draw):
        """Returns lower-case words with single spaces between them.
        返回小写单词，单词之间只有一个空格。"""
        lines = ["".join(draw("etaoinETAOIN zZ',.;-!19\t", 40)) for _ in range(8)]
        letters = ["".join(char if char.isalpha() else " " for char in line) for line in lines]
        close(run(lambda impl: impl.clean_lines(lines)), [" ".join(words.split()).lower() for words in letters])

    def test_digits_and_apostrophes(self, run, shuffled):
        """Replaces a digit, an apostrophe or a hyphen by a space.
        数字、撇号和连字符都变成空格。"""
        a, b, c, d, *_ = shuffled(WORDS)
        lines = [f"The {a.title()}, by {b}. [1898]", f"I {c}n't", f"4-{d} x2{a}", f"it's '{b}'"]
        expected = [f"the {a} by {b}", f"i {c}n t", f"{d} x {a}", f"it s {b}"]
        close(run(lambda impl: impl.clean_lines(lines)), expected)

    def test_accented_letters(self, run, shuffled):
        """Treats letters outside A to Z as non-letters.
        A 到 Z 以外的字母不算字母。"""
        a, b, c, *_ = shuffled(WORDS)
        lines = [f"{a.title()}é déjà {b}", f"naïve Æ{c}", f"数学 {b} π"]
        close(run(lambda impl: impl.clean_lines(lines)), [f"{a} d j {b}", f"na ve {c}", b])

    def test_all_punctuation(self, run, draw):
        """Keeps no punctuation, not even underscores and brackets, but keeps the letters A, Z, a and z.
        不保留任何标点，包括下划线和方括号；但保留 A、Z、a、z 这几个字母。"""
        marks = [chr(code) for code in range(33, 127) if not chr(code).isalpha()]
        words = draw(WORDS, len(marks))
        lines = [f"Az{word}{mark}zA" for word, mark in zip(words, marks, strict=True)]
        close(run(lambda impl: impl.clean_lines(lines)), [f"az{word} za" for word in words])

    def test_white_space(self, run, shuffled):
        """Treats tabs and line ends as non-letters, and leaves no spaces at the ends.
        制表符和换行符不算字母；行首、行尾没有空格。"""
        a, b, c, d, *_ = shuffled(WORDS)
        lines = [f"\t{a}\t\t{b}  {c}\n", f"  {d} \r\n", f"{b}.\n", c]
        close(run(lambda impl: impl.clean_lines(lines)), [f"{a} {b} {c}", d, b, c])

    def test_empty_lines(self, run, shuffled):
        """Turns lines without letters into empty lines, and keeps their places.
        没有字母的行变成空行，位置不变。"""
        a, b, *_ = shuffled(WORDS)
        lines = ["", f"The {a.title()}", "   ", "\n", "1898!", b]
        close(run(lambda impl: impl.clean_lines(lines)), ["", f"the {a}", "", "", "", b])

    @pytest.mark.needs("words")
    def test_arguments_untouched(self, agree, shuffled):
        """Leaves the lines unchanged, and takes a tuple of lines.
        不修改传入的文本行；也可以传入元组。"""
        a, b, c, *_ = shuffled(WORDS)
        lines = [f"Upon that {a}, I intend to {b}.", f"'After {c}', said Filby"]
        agree(lambda impl: (impl.clean_lines(lines), lines, impl.clean_lines(tuple(lines))))


@pytest.mark.exercise("tokenize")
class TestTokenize:
    @pytest.mark.points(2)
    def test_words(self, run, corpus):
        """Splits each line into words by default.
        默认把每一行拆分为单词。"""
        lines = corpus(5, 7)
        close(run(lambda impl: impl.tokenize([" ".join(line) for line in lines])), lines)

    @pytest.mark.points(2)
    def test_characters(self, run, draw):
        """Splits each line into characters.
        把每一行拆分为字符。"""
        lines = [*(draw("aeiou bcd", n) for n in (5, 1, 12)), list("a b")]
        close(run(lambda impl: impl.tokenize(["".join(line) for line in lines], token="char")), lines)

    def test_repeated_spaces(self, run, shuffled):
        """Makes no empty words from repeated spaces, tabs, or spaces at the ends.
        连续的空格、制表符和首尾的空格不产生空单词。"""
        a, b, c, d, e, f, g, *_ = shuffled(WORDS)
        lines = [f"{a}  {b}", f" {c} {d}  ", f"{e}\t{f}\n", g]
        close(run(lambda impl: impl.tokenize(lines)), [[a, b], [c, d], [e, f], [g]])

    def test_white_space_characters(self, run, draw):
        """Includes white space among the characters.
        空白也是字符。"""
        lines = [[*draw("abcd", 5), " ", " ", *draw("abcd", 3), " "], ["\t", *draw("abcd", 2)]]
        close(run(lambda impl: impl.tokenize(["".join(line) for line in lines], "char")), lines)

    def test_empty_lines(self, run, shuffled):
        """Returns an empty list for an empty line, in its place.
        空行得到空列表，位置不变。"""
        word, *_ = shuffled(WORDS)
        lines = ["", word, "", " "]
        found = run(lambda impl: [impl.tokenize(lines, kind) for kind in ("word", "char")])
        close(found, [[[], [word], [], []], [[], list(word), [], [" "]]])

    @pytest.mark.needs("words")
    def test_arguments_untouched(self, agree, corpus):
        """Leaves the lines unchanged, and takes a tuple of lines.
        不修改传入的文本行；也可以传入元组。"""
        lines = [" ".join(line) for line in corpus(2, 4)]
        agree(lambda impl: (impl.tokenize(lines), lines, impl.tokenize(tuple(lines), "char")))

    @pytest.mark.needs("words")
    @pytest.mark.bonus
    def test_unknown_kind(self, agree):
        """Raises ValueError for any other kind of token, or returns None as the book's code does.
        token 是别的值时抛出 ValueError，或像书中的代码那样返回 None。"""
        agree(lambda impl: (refused(impl, ["a b"], "words"), refused(impl, ["a b"], ""), impl.tokenize(["a b"])))


@pytest.mark.exercise("count_corpus")
class TestCountCorpus:
    @standard(promise.untouched)
    def arguments(self, corpus):
        return {"tokens": corpus(3, 4)}

    @pytest.mark.points(2)
    def test_lines(self, run, corpus):
        """Counts the tokens of all lines together.
        统计所有行的词元。"""
        lines = corpus(5, 12)
        close(run(lambda impl: dict(impl.count_corpus(lines))), dict(by_frequency(flat(lines))))

    def test_flat_list(self, run, corpus):
        """Counts the tokens of a flat list.
        统计一维列表中的词元。"""
        (tokens,) = corpus(1, 40)
        close(run(lambda impl: dict(impl.count_corpus(tokens))), dict(by_frequency(tokens)))

    def test_tuples_are_tokens(self, run, corpus):
        """Treats a list of tuples as a flat list of tokens.
        由元组组成的列表是一维列表，每个元组是一个词元。"""
        (words,) = corpus(1, 40)
        pairs = list(itertools.pairwise(words))
        close(run(lambda impl: dict(impl.count_corpus(pairs))), dict(by_frequency(pairs)))

    def test_empty_lines(self, run, few):
        """Takes empty lines, also as the first line; returns no counts if there are no tokens.
        可以有空行，第一行也可以是空行；没有词元时，结果为空。"""
        a, b = few(2)
        given = [[], [a, b], [], [a]], [], [[]], [[], []]
        close(run(lambda impl: [dict(impl.count_corpus(lines)) for lines in given]), [{a: 2, b: 1}, {}, {}, {}])

    def test_is_a_counter(self, run, corpus):
        """Returns a Counter, with most_common and with count 0 for other tokens.
        返回 Counter：可以调用 most_common，没有出现的词元计数为 0。"""
        lines = corpus(4, 12)

        def probe(impl):
            counter = impl.count_corpus(lines)
            return type(counter).__name__, counter["never"], counter.most_common()

        close(run(probe), ("Counter", 0, by_frequency(flat(lines))))


@pytest.mark.exercise("Vocab")
class TestVocab:
    @standard(
        promise.untouched,
        call=lambda impl, tokens, reserved: [
            contents(impl.Vocab(lines, 0, reserved)) for lines in (tokens, tokens[:1])
        ],
    )
    def arguments(self, few):
        a, b, c, d = few(4)
        return {"tokens": [[b, a, c, c], [c, a, a, a], [a, d]], "reserved_tokens": ["<pad>", "<bos>"]}

    @pytest.mark.points(2)
    def test_most_frequent_first(self, run, shuffled):
        """Numbers the tokens from 1, after "<unk>", the most frequent first.
        "<unk>" 之后从 1 开始编号，次数最多的词元在前。"""
        names = shuffled(WORDS)
        tokens = shuffled([name for i, name in enumerate(names) for _ in range(2 * i + 1)])
        lines = [tokens[:70], tokens[70:]]
        close(run(lambda impl: contents(impl.Vocab(lines))), (["<unk>", *names[::-1]], list(range(15))))

    def test_equally_frequent(self, run, corpus):
        """Puts equally frequent tokens in the order of their first occurrence.
        次数相同的词元，先出现的在前。"""
        lines = corpus(4, 8)
        close(run(lambda impl: contents(impl.Vocab(lines))[0]), ["<unk>", *(t for t, _ in by_frequency(flat(lines)))])

    @pytest.mark.points(2)
    def test_min_freq(self, run, shuffled):
        """Leaves out tokens that occur less than min_freq times, and keeps those that occur exactly min_freq times.
        去掉次数少于 min_freq 的词元，恰好等于的保留。"""
        names = shuffled(WORDS)[:6]
        tokens = shuffled([name for i, name in enumerate(names) for _ in range(i + 1)])
        found = run(lambda impl: [contents(impl.Vocab(tokens, n)) for n in (1, 2, 4, 6, 7)])
        expected = [["<unk>", *names[n - 1 :][::-1]] for n in (1, 2, 4, 6, 7)]
        close(found, [(kept, list(range(len(kept)))) for kept in expected])

    def test_unknown_tokens(self, run, shuffled):
        """Gives index 0 to tokens that are unknown or too rare.
        未知的词元，以及因次数太少而去掉的词元，索引为 0。"""
        often, once, never = shuffled(WORDS)[:3]
        tokens, asked = shuffled([often] * 3 + [once]), shuffled([once, never, "", "<unk>"] + [often] * 4)

        def probe(impl):
            vocab = impl.Vocab([tokens], min_freq=2)
            return [vocab[token] for token in asked]

        close(run(probe), [int(token == often) for token in asked])

    @pytest.mark.points(2)
    def test_reserved_tokens(self, run, shuffled, few):
        """Puts the reserved tokens after "<unk>" in their order, even if they are rare or missing in the corpus.
        保留词元按给定顺序排在 "<unk>" 之后，无论是否出现、出现多少次。"""
        reserved, (two, one) = shuffled(["<pad>", "<bos>", "<eos>"]), few(2)
        tokens = [two, one, one, two, one]
        found = run(lambda impl: [contents(impl.Vocab([tokens], n, reserved)) for n in (0, 3)])
        close(found, [(["<unk>", *reserved, *rest], list(range(4 + len(rest)))) for rest in ([one, two], [one])])

    def test_reserved_in_corpus(self, run, few):
        """Has a reserved token of the corpus only once, in its reserved place.
        语料中出现的保留词元在词表中只有一个，位于为它保留的位置。"""
        a, b = few(2)
        lines = [["<eos>", a, "<eos>"], ["<eos>", b, b]]
        found = run(lambda impl: contents(impl.Vocab(lines, reserved_tokens=["<pad>", "<eos>"])))
        close(found, (["<unk>", "<pad>", "<eos>", b, a], list(range(5))))

    def test_unk_in_corpus(self, run, few):
        """Gives "<unk>" only index 0, even if it occurs in the corpus.
        语料中出现 "<unk>" 时，它的索引仍然只有 0。"""
        a, b = few(2)
        lines = [["<unk>", a, "<unk>"], ["<unk>", b, b]]
        close(run(lambda impl: contents(impl.Vocab(lines))), (["<unk>", b, a], [0, 1, 2]))

    def test_lists_of_tokens(self, run, shuffled, few):
        """Returns the list of the indices for a list or tuple of tokens.
        词元的列表或元组，得到索引的列表。"""
        never, three, two, one = few(4)
        tokens = [three, two, one, two, one, one]
        places = shuffled([0, 1, 1, 2, 2, 3, 3])
        line = tuple([never, one, two, three][place] for place in places)
        found = run(lambda impl: [impl.Vocab(tokens)[given] for given in (list(line), line, [], [three], three)])
        close(found, [places, places, [], [3], 3])

    def test_nested_lists(self, run, shuffled, few):
        """Keeps the structure of nested lists.
        嵌套的列表按原来的结构查找。"""
        a, b, x = few(3)
        corpus, places = [[a, b, a]], shuffled([0, 0, 1, 1, 1, 2, 2])
        line = [[x, a, b][place] for place in places]
        found = run(lambda impl: impl.Vocab(corpus)[[line, [], [x], [[b], [a, x], line]]])
        close(found, [places, [], [0], [[2], [1, 0], places]])

    def test_to_tokens(self, run, few):
        """Returns the token of an index, and the list of tokens for a list or tuple of indices.
        由一个索引得到词元；由索引的列表或元组得到词元的列表。"""
        four, three, two, one = few(4)
        tokens = [three, two, one, two, one, one, three, two, four, one]
        indices = 2, [3, 0, 1, 1], (2, 3), [], [2]
        found = run(lambda impl: [impl.Vocab(tokens).to_tokens(given) for given in indices])
        close(found, [two, [three, "<unk>", one, one], [two, three], [], [two]])

    def test_empty_vocabulary(self, run, shuffled):
        """Has only "<unk>" and the reserved tokens without a corpus.
        没有语料时，词表只有 "<unk>" 和保留词元。"""
        word, reserved = shuffled(WORDS)[0], shuffled(["<pad>", "<bos>", "<eos>"])

        def probe(impl):
            vocabs = impl.Vocab(), impl.Vocab([]), impl.Vocab([[]]), impl.Vocab(reserved_tokens=reserved)
            return [(len(vocab), vocab[word], contents(vocab)[0]) for vocab in (*vocabs, impl.Vocab([word]))]

        close(run(probe), [*[(1, 0, ["<unk>"])] * 3, (4, 0, ["<unk>", *reserved]), (2, 1, ["<unk>", word])])

    def test_flat_corpus(self, agree, corpus):
        """Builds the same vocabulary from a flat corpus and from lines, even if the first line is empty.
        一维的语料与按行的语料得到相同的词表，第一行可以为空。"""
        lines = [[], *corpus(3, 12)]
        agree(lambda impl: [contents(impl.Vocab(given)) for given in (lines, flat(lines))])

    def test_n_grams(self, run, corpus):
        """Takes tuples as tokens, such as pairs of words.
        词元可以是元组，例如词对。"""
        (words,) = corpus(1, 60)
        pairs = list(itertools.pairwise(words))

        def probe(impl):
            vocab = impl.Vocab(pairs, min_freq=2)
            return vocab.to_tokens(list(range(len(vocab)))), vocab.token_freqs

        freqs = by_frequency(pairs)
        close(run(probe), (["<unk>", *(pair for pair, count in freqs if count >= 2)], freqs))

    @pytest.mark.points(2)
    def test_properties(self, run, corpus):
        """Has unk 0, and token_freqs with all tokens of the corpus in descending order of their counts.
        unk 为 0；token_freqs 包含语料中的所有词元（包括少见的），按次数从多到少排列。"""
        lines = [*corpus(4, 12), ["once", "<unk>", "<pad>"]]
        given = [(lines, n, ["<pad>"]) for n in (0, 3)]
        found = run(lambda impl: [(v.unk, v.token_freqs) for v in (impl.Vocab(*one) for one in given)])
        close(found, [(0, by_frequency(flat(lines)))] * 2)

    def test_attributes(self, agree, few):
        """Has idx_to_token, from indices to tokens, and token_to_idx, from tokens to indices.
        idx_to_token 由索引得到词元，token_to_idx 由词元得到索引。"""
        a, b, c, d, e, f = few(6)
        lines = [[c, a, b, d, c], [], [b, a, e, f, f]]
        given = [(lines, n, ["<pad>"]) for n in (2, 3)]
        agree(lambda impl: [(v.idx_to_token, v.token_to_idx) for v in (impl.Vocab(*one) for one in given)])


@pytest.mark.exercise("bag_of_words")
class TestBagOfWords:
    @pytest.mark.points(2)
    def test_counts(self, run, corpus, shuffled):
        """Counts how often each token of the vocabulary occurs in each line.
        统计词表中每个词元在每一行出现的次数。"""
        lines, known = corpus(5, 20), ["<unk>", *shuffled(WORDS)]
        expected = [[float(line.count(token)) for token in known] for line in lines]
        close(run(lambda impl: impl.bag_of_words(lines, Known(known))), torch.tensor(expected))

    def test_unknown_tokens(self, run, draw):
        """Counts tokens that are not in the vocabulary in column vocab.unk, 0.
        不在词表中的词元计入第 vocab.unk 列，即第 0 列。"""
        lines, known = [["x", *draw("cabx", n)] for n in (19, 12, 5)], ["<unk>", "a", "b"]
        rows = [(line.count("x") + line.count("c"), line.count("a"), line.count("b")) for line in lines]
        close(run(lambda impl: impl.bag_of_words(lines, Known(known))), torch.tensor(rows, dtype=torch.float32))

    def test_empty_lines(self, run, draw):
        """Returns a row of zeros for an empty line, in its place.
        空行对应一行零，位置不变。"""
        lines, known = [[], draw("ab", 20), [], draw("ba", 14)], ["<unk>", "a", "b"]
        rows = [(0, line.count("a"), line.count("b")) for line in lines]
        close(run(lambda impl: impl.bag_of_words(lines, Known(known))), torch.tensor(rows, dtype=torch.float32))

    def test_vocabulary_from_elsewhere(self, run, shuffled):
        """Has a column for every token of the vocabulary, even if the lines have only a few of them.
        词表中的每个词元都有一列，即使这些行只用到其中几个。"""
        known, line = ["<unk>", "<pad>", *shuffled(WORDS)], shuffled(WORDS)[:3]
        expected = torch.tensor([[float(token in line) for token in known]])
        close(run(lambda impl: impl.bag_of_words([line], Known(known))), expected)

    @pytest.mark.needs("counts")
    def test_arguments_untouched(self, agree, draw):
        """Leaves the lines and the vocabulary unchanged.
        不修改传入的词元和词表。"""
        lines, vocab = [draw("bacx", 12), draw("bacx", 6), ["x", "x"]], Known(["<unk>", "a", "b", "c"])
        agree(lambda impl: (impl.bag_of_words(lines, vocab), lines, vocab.idx_to_token, vocab.token_to_idx))


def weighted(counts):
    """Return tf-idf by its formula, number by number."""
    rows, n = counts.tolist(), len(counts)
    df = [sum(count > 0 for count in column) for column in zip(*rows, strict=True)]
    rows = [[tf * (math.log((1 + n) / (1 + d)) + 1) for tf, d in zip(row, df, strict=True)] for row in rows]
    return torch.tensor([[w / (math.hypot(*row) or 1) for w in row] for row in rows])


@pytest.fixture
def counts(generator):
    """counts(5, 7): a matrix of small counts, about half of them zero, with something in every row."""

    def counts(n, size):
        table = torch.randint(-3, 5, (n, size), generator=generator).clamp(min=0)
        table[:, -1] += torch.arange(n) % 2 + 1
        return table.float()

    return counts


@pytest.mark.exercise("tf_idf")
class TestTfIdf:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, counts, chance):
        return {"counts": counts(*chance.sample(range(4, 8), 2))}

    @pytest.mark.points(2)
    def test_weights(self, run, counts):
        """Weights the counts by the formula, and divides each row by its norm.
        按公式对计数加权，再把每一行除以它的范数。"""
        table = counts(6, 9)
        close(run(lambda impl: impl.tf_idf(table)), weighted(table))

    def test_scikit_learn_example(self, run, shuffled):
        """Returns the weights of the example in scikit-learn's user guide, in any order of the documents.
        与 scikit-learn 用户指南中的例子一致，文档的顺序任意。"""
        table = torch.tensor([[3, 0, 1], [2, 0, 0], [3, 0, 0], [4, 0, 0], [3, 2, 0], [3, 0, 2]]).double()
        last, one = [[0.55422893, 0.83236428, 0.0], [0.63035731, 0.0, 0.77630514]], [1.0, 0.0, 0.0]
        expected = torch.tensor([[0.85151335, 0.0, 0.52433293], one, one, one, *last]).double()
        order = shuffled(range(6))
        close(run(lambda impl: impl.tf_idf(table[order])), expected[order], atol=5e-8)  # eight digits are printed

    def test_in_every_document(self, run, counts):
        """Gives the smallest factor, but not 0, to a token of all documents.
        每个文档都有的词元，系数最小，但不为 0。"""
        table = counts(4, 5).clamp(min=1)
        table[0, 1] = 0
        close(run(lambda impl: impl.tf_idf(table)), weighted(table))

    def test_in_no_document(self, run, counts):
        """Gives weight 0 to a token of no document, and leaves the other tokens right.
        没有文档包含的词元，权重为 0，且不影响其他词元。"""
        table = counts(4, 6)
        table[:, 2] = 0
        close(run(lambda impl: impl.tf_idf(table)), weighted(table))

    def test_empty_document(self, run, counts):
        """Leaves the row of an empty document zero, and counts the document in n.
        空文档对应的行保持为零，但计入 n。"""
        table = counts(5, 6)
        table[[0, 3]] = 0
        close(run(lambda impl: impl.tf_idf(table)), weighted(table))

    def test_one_document(self, run, counts):
        """Returns the counts of a single document divided by their norm.
        只有一个文档时，结果是计数除以其范数。"""
        table = counts(1, 8)
        close(run(lambda impl: impl.tf_idf(table)), table / math.hypot(*table[0].tolist()))
