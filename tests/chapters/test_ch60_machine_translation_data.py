"""ch60: preprocess_nmt, tokenize_nmt, truncate_pad, build_array_nmt."""

import pytest
import torch

from dlgrade.testing import LETTERS, close, promise, standard

WORDS = ["go", "he", "who", "lost", "home", "is", "runs", "calm", "va", "qui", "il", "est", "moi", "chez", "perdu"]
PAD, EOS, BOS, UNK = "<pad>", "<eos>", "<bos>", "<unk>"
BOOKS_ORDER = [UNK, PAD, BOS, EOS, *WORDS]


@pytest.fixture
def words(generator):
    """words(5): so many words in random order, some of them more than once."""
    return lambda count: [WORDS[i] for i in torch.randint(len(WORDS), (count,), generator=generator).tolist()]


@pytest.fixture
def in_code(generator):
    """in_code(texts): strings, also in lists and tuples, in a drawn code of the letters from a to z."""
    plain = LETTERS[2:]
    drawn = "".join(plain[i] for i in torch.randperm(26, generator=generator).tolist())
    code = str.maketrans(plain + plain.upper(), drawn + drawn.upper())

    def encoded(texts):
        return texts.translate(code) if isinstance(texts, str) else type(texts)(encoded(text) for text in texts)

    return encoded


@pytest.fixture
def indices(generator):
    """indices(5): a list of so many numbers from 10 to 99."""
    return lambda count: torch.randint(10, 100, (count,), generator=generator).tolist()


class Vocabulary:
    """For probes: a vocabulary of given tokens, as the book's Vocab is used."""

    def __init__(self, tokens):
        self.idx_to_token, self.unk = tokens, tokens.index(UNK)
        self.token_to_idx = {token: index for index, token in enumerate(tokens)}

    def __len__(self):
        return len(self.idx_to_token)

    def __getitem__(self, tokens):
        many = isinstance(tokens, (list, tuple))
        return [self[token] for token in tokens] if many else self.token_to_idx.get(tokens, self.unk)


def built(impl, lines, num_steps, tokens=BOOKS_ORDER):
    """For probes: (array, valid lengths) of the lines with a vocabulary of these tokens."""
    return impl.build_array_nmt(lines, Vocabulary(tokens), num_steps)


def rows_of(lines, num_steps, tokens=BOOKS_ORDER):
    """The array of these lines, entry by entry, from tokens written out in full."""
    padded = [[*line, EOS, *[PAD] * num_steps] for line in lines]
    return torch.tensor([[tokens.index(row[step]) for step in range(num_steps)] for row in padded])


def joined(pairs):
    """Lines of text, of pairs of lists of tokens."""
    return "\n".join("\t".join(" ".join(tokens) for tokens in pair) for pair in pairs)


@pytest.mark.exercise("preprocess_nmt")
class TestPreprocessNmt:
    @pytest.mark.points(2)
    def test_marks(self, run, words, generator):
        """Puts a space before each comma, full stop, exclamation mark and question mark.
        在每个逗号、句号、感叹号和问号之前插入空格。"""
        marks = [",.!?"[i] for i in [*torch.randint(4, (12,), generator=generator).tolist(), 0, 1, 2, 3]]
        pieces = [piece for pair in zip(words(16), marks, strict=True) for piece in pair]
        text = "So " + " ".join(word + mark for word, mark in zip(pieces[::2], pieces[1::2], strict=True))
        close(run(lambda impl: impl.preprocess_nmt(text)), " ".join(["so", *pieces]))

    def test_lower_case(self, run, in_code):
        """Turns capitals into small letters, also with accents.
        把大写字母变成小写，带重音符号的也是如此。"""
        text = in_code("GO Home.\tÇa, c'est À Noël.\nI'm OK\tÉLÈVE")
        close(run(lambda impl: impl.preprocess_nmt(text)), in_code("go home .\tça , c'est à noël .\ni'm ok\télève"))

    def test_non_breaking_spaces(self, run, in_code):
        """Turns both non-breaking spaces into plain spaces, and adds no second space after them.
        两种不间断空格都变成普通空格，其后不再插入空格。"""
        texts = in_code(("Va\u202f!", "Qui\xa0?", "a\u202fb\xa0c.", "\xa0.", "d\u202f\xa0!e!"))
        expected = ["va !", "qui ?", "a b c .", " .", "d  !e !"]
        close(run(lambda impl: [impl.preprocess_nmt(text) for text in texts]), in_code(expected))

    def test_already_spaced(self, run, in_code):
        """Adds no space before a mark that follows a space; repeated spaces stay.
        标点前已有空格时不再插入；连续的空格保持原样。"""
        texts = in_code(("Va !", "go . go , go", "a  ? B?", "  c  d "))
        expected = ["va !", "go . go , go", "a  ? b ?", "  c  d "]
        close(run(lambda impl: [impl.preprocess_nmt(text) for text in texts]), in_code(expected))

    def test_first_character(self, run, in_code):
        """Adds no space before a mark that is the first character.
        标点是第一个字符时，前面不插入空格。"""
        texts = in_code(("?No", ".", "!a!", ",B,"))
        close(run(lambda impl: [impl.preprocess_nmt(text) for text in texts]), in_code(["?no", ".", "!a !", ",b ,"]))

    def test_several_in_a_row(self, run, in_code):
        """Puts a space before each of several marks in a row.
        连续几个标点，每个之前都插入空格。"""
        texts = in_code(("Well...", "What?!", "...", "no !!"))
        expected = ["well . . .", "what ? !", ". . .", "no ! !"]
        close(run(lambda impl: [impl.preprocess_nmt(text) for text in texts]), in_code(expected))

    def test_tabs_and_line_ends(self, run, in_code):
        """Keeps tabs and line ends; they are not spaces, so a mark after them gets a space.
        保留制表符和换行符；它们不算空格，其后的标点之前要插入空格。"""
        texts = in_code(("Go.\tVa !\nHi.\tSalut.\n", "A\t.\n?", "\t\tb\n\n"))
        expected = ["go .\tva !\nhi .\tsalut .\n", "a\t .\n ?", "\t\tb\n\n"]
        close(run(lambda impl: [impl.preprocess_nmt(text) for text in texts]), in_code(expected))

    def test_other_characters(self, run, in_code):
        """Leaves other marks unchanged; splits a full stop in a number like any other.
        其他标点保持原样；数字中的句点也照样处理。"""
        texts = in_code(('(C\'est) « vrai »; non: "oui" - ¿si? #1/2', "不，是。", "3.14%"))
        expected = ['(c\'est) « vrai »; non: "oui" - ¿si ? #1/2', "不，是。", "3 .14%"]
        close(run(lambda impl: [impl.preprocess_nmt(text) for text in texts]), in_code(expected))

    def test_short_texts(self, run, in_code):
        """Handles an empty text, and texts of one or two characters.
        空文本仍为空；只有一两个字符的文本照样处理。"""
        texts = in_code(("", "A", "a!", " !"))
        close(run(lambda impl: [impl.preprocess_nmt(text) for text in texts]), in_code(["", "a", "a !", " !"]))


@pytest.mark.exercise("tokenize_nmt")
class TestTokenizeNmt:
    @pytest.mark.points(2)
    def test_pairs(self, run, words):
        """Returns the tokens of all sentences and of all translations, in the order of the lines.
        按行的顺序返回所有源句子的词元和所有译文的词元。"""
        pairs = [([*words(n), "."], [*words(m), "!"]) for n, m in ((3, 5), (1, 2), (6, 2), (2, 2), (4, 7))]
        text = joined(pairs)
        close(run(lambda impl: impl.tokenize_nmt(text)), ([s for s, _ in pairs], [t for _, t in pairs]))

    def test_one_pair(self, run, words):
        """Takes a single line, and sides of a single token.
        可接受只有一行的文本；一侧可以只有一个词元。"""
        (one, other), several = words(2), words(4)
        texts = [f"{one}\t{other}", joined([([one], several)])]
        found = run(lambda impl: [impl.tokenize_nmt(text) for text in texts])
        close(found, [([[one]], [[other]]), ([[one]], [several])])

    def test_lines_skipped(self, run, in_code):
        """Skips a line without a tab or with several tabs, and continues with the next line.
        跳过没有制表符或有多个制表符的行，继续读下一行。"""
        text = in_code("go .\tva !\nno translation\nhi .\tsalut .\tCC-BY 2.0\na\tb\tc\td\nhe runs\til court")
        expected = [["go", "."], ["he", "runs"]], [["va", "!"], ["il", "court"]]
        close(run(lambda impl: impl.tokenize_nmt(text)), in_code(expected))

    def test_num_examples(self, run, words):
        """Reads up to line num_examples, where the first line has number 0.
        读到编号为 num_examples 的行为止，第一行的编号是 0。"""
        pairs = [(words(3), words(2)) for _ in range(6)]
        text = joined(pairs)
        found = run(lambda impl: [impl.tokenize_nmt(text, n) for n in (1, 2, 4)])
        close(found, [([s for s, _ in pairs[:n]], [t for _, t in pairs[:n]]) for n in (2, 3, 5)])

    def test_skipped_lines_count(self, run, in_code):
        """Skipped lines count.
        跳过的行也计算在内。"""
        text = in_code("go\tva\n\nnone\nhe\til\nwho\tqui\nis\test")
        found = run(lambda impl: [impl.tokenize_nmt(text, num_examples=n) for n in (2, 3, 4)])
        sides = in_code((["go", "he", "who"], ["va", "il", "qui"]))
        close(found, [tuple([[token] for token in side[:n]] for side in sides) for n in (1, 2, 3)])

    def test_all_lines(self, run, words):
        """Reads all lines for None, for 0 and for a number beyond the last line.
        num_examples 为 None、0 或超过行数时，读所有的行。"""
        pairs = [(words(2), words(3)) for _ in range(4)]
        text = joined(pairs)
        expected = [s for s, _ in pairs], [t for _, t in pairs]
        close(run(lambda impl: [impl.tokenize_nmt(text, n) for n in (None, 0, 3, 4, 50)]), [expected] * 5)

    def test_trailing_line_end(self, run, in_code):
        """Empty lines, a line end at the end and an empty text give no pairs.
        文本末尾的换行符和空行不产生句对；空文本也没有句对。"""
        texts = in_code(("he is\til est\n", "\nhe is\til est\n\n", "", "\n"))
        pair = in_code(([["he", "is"]], [["il", "est"]]))
        close(run(lambda impl: [impl.tokenize_nmt(text) for text in texts]), [pair, pair, ([], []), ([], [])])

    def test_other_separators(self, run, in_code):
        """Only "\\n" ends a line; other separators do not.
        只有 "\\n" 结束一行，其他分隔符不结束一行。"""
        text = in_code("go \u2028 home .\tva \x0c chez \x85 moi !\nhe \x1e is\til \u2029 est\n")
        sides = in_code(([("go", "."), ("he", "is")], [("va", "!"), ("il", "est")]))

        def probe(impl):
            return [[(tokens[0], tokens[-1]) for tokens in side] for side in impl.tokenize_nmt(text)]

        close(run(probe), list(sides))


@pytest.mark.exercise("truncate_pad")
class TestTruncatePad:
    @standard(
        promise.untouched(id="line_untouched"),
        call=lambda impl, line: [impl.truncate_pad(line, 6, 2), impl.truncate_pad(line, 3, 2)],
    )
    def arguments(self, indices):
        return {"line": indices(4)}

    @pytest.mark.points(2)
    def test_pads(self, run, indices):
        """Pads a short line on the right with the padding token.
        序列较短时，在右侧用填充词元补足。"""
        line = indices(4)
        found = run(lambda impl: [impl.truncate_pad([*line], n, token) for n, token in ((7, 3), (5, 1), (12, 0))])
        close(found, [[*line, 3, 3, 3], [*line, 1], [*line, *[0] * 8]])

    @pytest.mark.points(2)
    def test_truncates(self, run, indices):
        """Keeps the first num_steps tokens of a long line.
        序列较长时，只保留前 num_steps 个词元。"""
        line = [*range(1, 6), *indices(4)]
        found = run(lambda impl: [impl.truncate_pad(line, n, 7) for n in (8, 4, 1)])
        close(found, [line[:8], [1, 2, 3, 4], [1]])

    def test_exact_length(self, run, indices):
        """Neither truncates nor pads a line of num_steps tokens.
        长度恰为 num_steps 的序列既不截断也不填充。"""
        line = indices(5)
        found = run(lambda impl: [impl.truncate_pad([*line], n, 2) for n in (5, 4, 6)])
        close(found, [line, line[:4], [*line, 2]])

    def test_empty_line(self, run, indices):
        """Turns an empty line into padding.
        空序列变成全是填充词元的序列。"""
        one, other = indices(2)
        found = run(lambda impl: [impl.truncate_pad([], n, token) for n, token in ((3, one), (1, other))])
        close(found, [[one, one, one], [other]])

    def test_no_steps(self, run, indices):
        """Returns an empty list if num_steps is 0.
        num_steps 为 0 时返回空列表。"""
        line = indices(3)
        lines = line, [], line
        found = run(lambda impl: [impl.truncate_pad(given, n, 6) for given, n in zip(lines, (0, 0, 4), strict=True)])
        close(found, [[], [], [*line, 6]])

    def test_padding_within(self, run, indices):
        """Treats a padding token in the line like any other token.
        序列中可以出现填充词元，它与其他词元一样对待。"""
        one, other = indices(2)
        line = [one, 1, other, 1, 1]
        found = run(lambda impl: [impl.truncate_pad(line, n, 1) for n in (6, 4)])
        close(found, [[*line, 1], line[:4]])


@pytest.mark.exercise("build_array_nmt")
class TestBuildArrayNmt:
    @pytest.mark.points(2)
    def test_indices(self, run, words):
        """Rows have the indices of the tokens, then "<eos>", then "<pad>".
        每一行是词元的索引，然后是 "<eos>"，再用 "<pad>" 填充。"""
        lines = [words(n) for n in (3, 5, 1, 4)]
        close(run(lambda impl: built(impl, lines, 8)[0]), rows_of(lines, 8))

    @pytest.mark.points(2)
    def test_valid_lengths(self, run, words, generator):
        """Counts the entries of each row without padding, with "<eos>".
        统计每一行中不是填充的元素个数，包括 "<eos>"。"""
        lengths = 1 + torch.randperm(6, generator=generator)[:4]
        lines = [words(n) for n in lengths.tolist()]
        close(run(lambda impl: built(impl, lines, 8)[1]), lengths + 1)

    def test_long_lines(self, run, words):
        """Truncates a line of num_steps or more tokens, which loses its "<eos>"; a shorter line keeps it.
        不少于 num_steps 个词元的行要截断，并失去 "<eos>"；较短的行保留 "<eos>"。"""
        batches = [[words(n), words(n)] for n in (4, 5, 6, 11)]
        found = run(lambda impl: [built(impl, lines, 5) for lines in batches])
        close(found, [(rows_of(lines, 5), torch.tensor([5, 5])) for lines in batches])

    def test_empty_line(self, run, words):
        """An empty line becomes "<eos>" with valid length 1.
        空行只有 "<eos>"，有效长度为 1。"""
        lines = [[], words(2), []]
        close(run(lambda impl: built(impl, lines, 4)), (rows_of(lines, 4), torch.tensor([1, 3, 1])))

    def test_one_line(self, run, words):
        """Takes a batch of one, and a single step.
        可接受只有一行的批量，以及只有一个时间步的行。"""
        lines = [words(3)]
        found = run(lambda impl: [built(impl, lines, n) for n in (6, 1)])
        close(found, [(rows_of(lines, 6), torch.tensor([4])), (rows_of(lines, 1), torch.tensor([1]))])

    def test_unknown_tokens(self, run, words):
        """An unknown token becomes "<unk>", which counts like any other token.
        词表中没有的词元是 "<unk>"，与其他词元一样计入有效长度。"""
        known = words(2)
        first, second = (BOOKS_ORDER.index(word) for word in known)
        lines = [[known[0], "zzz", known[1]], ["zzz"]]
        expected = torch.tensor([[first, 0, second, 3, 1], [0, 3, 1, 1, 1]]), torch.tensor([4, 2])
        close(run(lambda impl: built(impl, lines, 5)), expected)

    def test_other_vocabularies(self, run, words):
        """Takes the indices of <pad> and <eos> from the vocabulary.
        <pad> 和 <eos> 的索引由词表给出。"""
        lines = [words(n) for n in (2, 4)]
        orders = [PAD, *WORDS, EOS, BOS, UNK], [EOS, BOS, *WORDS, UNK, PAD]
        found = run(lambda impl: [built(impl, lines, 6, order) for order in orders])
        close(found, [(rows_of(lines, 6, order), torch.tensor([3, 5])) for order in orders])

    @pytest.mark.needs("indices")
    def test_lines_untouched(self, agree, words):
        """Leaves lines unchanged: a second call gives the same result.
        不修改传入的 lines：再调用一次，结果相同。"""
        lines = [words(3), words(6), words(1)]
        agree(lambda impl: (built(impl, lines, 8), lines, built(impl, lines, 8)))
