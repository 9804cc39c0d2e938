"""ch84: state_shapes, storage_cost, embedding_lookup, names_to_tensor, NameClassifier."""

import pytest
import torch
from torch import nn

from dlgrade.testing import (
    close,
    gradients,
    promise,
    set_parameters,
    shuffled,
    standard,
    value_or_error,
    written_from_scratch,
)

ASCII_LETTERS = "".join(map(chr, [*range(65, 91), *range(97, 123)]))


@pytest.fixture
def gru_sizes(chance):
    """seq_len, batch, input_size, hidden_size and num_layers, all of them different."""
    return lambda: [*chance.sample(range(5, 30), 4), chance.randint(2, 4)]


@pytest.mark.exercise("state_shapes")
class TestStateShapes:
    @pytest.mark.points(2)
    def test_one_layer(self, agree, gru_sizes):
        """Gives the four shapes of a layer in one direction, with time first.
        单层、单向、时间轴在前时，四个形状都正确。"""
        steps, batch, inputs, hiddens, _ = gru_sizes()
        agree(lambda impl: impl.state_shapes(steps, batch, inputs, hiddens, 1, False, False))

    @pytest.mark.points(2)
    def test_batch_first(self, agree, gru_sizes):
        """With batch_first, the batch is the first axis of input and output.
        batch_first 为 True 时，输入和输出的第一个轴是批量。"""
        steps, batch, inputs, hiddens, _ = gru_sizes()

        def probe(impl):
            shapes = impl.state_shapes(steps, batch, inputs, hiddens, 1, False, True)
            return {key: shapes[key] for key in ("input", "output")}

        agree(probe)

    @pytest.mark.points(2)
    def test_state_with_batch_first(self, agree, gru_sizes):
        """With batch_first, h_0 and h_n still have the batch as their second axis.
        batch_first 为 True 时，批量仍是 h_0 和 h_n 的第二个轴。"""
        sizes = gru_sizes()

        def probe(impl):
            shapes = impl.state_shapes(*sizes, False, True)
            return {key: shapes[key] for key in ("h_0", "h_n")}

        agree(probe)

    @pytest.mark.points(2)
    def test_layers(self, agree, gru_sizes):
        """Further layers add states to h_0 and h_n, and change neither input nor output.
        层数增加时，h_0 和 h_n 中的状态随之增加，输入和输出的形状不变。"""
        sizes = gru_sizes()
        agree(lambda impl: impl.state_shapes(*sizes, False, False))

    @pytest.mark.points(2)
    def test_directions(self, agree, gru_sizes):
        """A second direction doubles the last axis of output and the first axis of h_0 and h_n.
        双向时，输出的最后一个轴加倍，h_0 和 h_n 的第一个轴加倍。"""
        steps, batch, inputs, hiddens, _ = gru_sizes()
        agree(lambda impl: impl.state_shapes(steps, batch, inputs, hiddens, 1, True, False))

    @pytest.mark.points(2)
    def test_layers_and_directions(self, agree, gru_sizes):
        """Gives the four shapes of several layers in two directions.
        多层且双向时，四个形状都正确。"""
        first, second = gru_sizes(), gru_sizes()
        agree(lambda impl: [impl.state_shapes(*first, True, False), impl.state_shapes(*second, True, True)])

    def test_sizes_of_one(self, agree, gru_sizes, chance):
        """Sizes of 1 stay in the shapes: no axis is dropped.
        大小为 1 的轴不会省去。"""
        sizes = gru_sizes()
        for place in chance.sample(range(4), 2):
            sizes[place] = 1
        agree(lambda impl: [impl.state_shapes(*sizes, False, True), impl.state_shapes(*sizes, True, False)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("storage_cost")
class TestStorageCost:
    @pytest.mark.points(2)
    def test_counts(self, agree, chance):
        """Counts the numbers of the one-hot vectors and of the embedded vectors.
        数出独热向量和嵌入向量各含多少个数。"""
        cases = [(3, 89, 5), *(chance.sample(range(2, 500), 3) for _ in range(4))]
        agree(lambda impl: [impl.storage_cost(*case) for case in cases])

    def test_small_vocabulary(self, agree, chance):
        """A vocabulary may have one token, and fewer tokens than an embedded vector has numbers.
        词表可以只有一个词元，也可以小于嵌入向量的长度。"""
        samples, dim = chance.sample(range(11, 99), 2)
        agree(lambda impl: [impl.storage_cost(samples, vocab, dim) for vocab in (1, 2, 9)])

    def test_many_samples(self, agree, chance):
        """Samples count each time, also if there are more of them than tokens in the vocabulary.
        样本多于词表中的词元时，重复的词元也逐个计入。"""
        vocab, dim = chance.sample(range(3, 20), 2)
        cases = [(chance.randint(10**3, 10**6), vocab, dim) for _ in range(3)]
        agree(lambda impl: [impl.storage_cost(*case) for case in cases])

    def test_one_number(self, agree, chance):
        """Takes one sample, and embedded vectors of one number.
        可以只有一个样本，嵌入向量的长度可以是 1。"""
        samples, vocab, dim = chance.sample(range(2, 99), 3)
        agree(lambda impl: [impl.storage_cost(1, vocab, dim), impl.storage_cost(samples, vocab, 1)])


@pytest.fixture
def table(randn, chance):
    """A table of v rows and d columns, and ids of the given shape; v is larger than d."""

    def draw(*shape, low=0):
        d, more = chance.randint(3, 6), chance.randint(2, 5)
        ids = [chance.randint(low, d + more - 1) for _ in range(int(torch.tensor(shape).prod()))]
        return randn(d + more, d), torch.tensor(ids).reshape(shape)

    return draw


@pytest.mark.exercise("embedding_lookup")
class TestEmbeddingLookup:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("idx"),
    )
    def arguments(self, table, chance):
        weight, idx = table(*chance.sample(range(2, 7), 2))
        return {"weight": weight, "idx": idx}

    @pytest.mark.points(2)
    def test_rows(self, run, table, chance):
        """Looks up a row for each id of a batch of sequences, as nn.functional.embedding does.
        为一批序列中的每个 id 取出一行，与 nn.functional.embedding 一致。"""
        weight, idx = table(*chance.sample(range(2, 7), 2), low=1)
        close(run(lambda impl: impl.embedding_lookup(weight, idx)), nn.functional.embedding(idx, weight))

    def test_every_row(self, agree, table, generator):
        """Each row can be looked up, the first and the last as well.
        每一行都能取出，包括第一行和最后一行。"""
        weight, _ = table(1)
        idx = torch.tensor(shuffled(generator, range(len(weight))))
        agree(lambda impl: impl.embedding_lookup(weight, idx))

    def test_shapes_of_ids(self, agree, table, chance):
        """Accepts ids of any shape: a single id, a sequence, and four axes.
        idx 可以是任意形状：单个 id、一个序列，或四个轴。"""
        cases = [table(), table(chance.randint(2, 5)), table(*chance.sample(range(1, 5), 4))]
        agree(lambda impl: [impl.embedding_lookup(*case) for case in cases])

    @pytest.mark.points(2)
    def test_repeated_ids(self, agree, table, chance):
        """A row that several ids name is in the result several times.
        多个 id 指向同一行时，结果中这一行也出现多次。"""
        weight, _ = table(1)
        one, other = chance.sample(range(1, len(weight) - 1), 2)  # no id names the last row
        idx = torch.tensor([[one, other, one, one], [other, other, 0, one]])
        agree(lambda impl: impl.embedding_lookup(weight, idx))

    @pytest.mark.points(2)
    def test_gradients(self, agree, table, chance):
        """A row gets the sum of the gradients of all ids that name it; other rows get zeros.
        每一行的梯度是指向它的所有 id 处梯度之和，其余各行的梯度为 0。"""
        weight, idx = table(chance.randint(2, 4), 6)
        agree(lambda impl: gradients(lambda w: impl.embedding_lookup(w, idx), weight))

    @pytest.mark.points(2)
    def test_large_ids(self, agree, table, chance):
        """Raises IndexError or RuntimeError for an id of v or more.
        id 大于等于 v 时抛出 IndexError 或 RuntimeError。"""
        weight, idx = table(2, 3)
        large = [idx.clone() for _ in range(2)]
        large[0][chance.randint(0, 1), chance.randint(0, 2)] = len(weight)
        large[1][chance.randint(0, 1), chance.randint(0, 2)] = len(weight) + chance.randint(1, 50)

        def refused(impl, ids):
            found = value_or_error(impl.embedding_lookup, weight, ids)
            return "IndexError or RuntimeError" if found in ("IndexError", "RuntimeError") else found

        def probe(impl):
            return impl.embedding_lookup(weight, idx), [refused(impl, ids) for ids in large]

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.fixture
def name(chance):
    """name(n): a name of n letters, in upper and lower case."""
    return lambda size: "".join(chance.choices(ASCII_LETTERS, k=size))


@pytest.fixture
def lengths(chance):
    """lengths(n): n different lengths from 1 to 12. The longest is neither the first nor the last."""

    def draw(count):
        sizes = chance.sample(range(1, 13), count)
        sizes.sort()
        middle = sizes[1:-2] + sizes[-1:]
        chance.shuffle(middle)
        return [sizes[-2], *middle, sizes[0]] if chance.random() < 0.5 else [sizes[0], *middle, sizes[-2]]

    return draw


@pytest.mark.exercise("names_to_tensor")
class TestNamesToTensor:
    @standard(promise.untouched)
    def arguments(self, name, lengths):
        return {"names": [name(size) for size in lengths(4)]}

    @pytest.mark.points(2)
    def test_codes(self, run, name, chance):
        """Writes the codes of names of equal length, row by row, and returns their lengths.
        名字等长时，逐行写出各字符的编码，并返回长度。"""
        size = chance.randint(4, 9)
        names = [name(size) for _ in range(chance.randint(2, 5))]
        expected = torch.tensor([list(text.encode()) for text in names]), torch.tensor([size] * len(names))
        close(run(lambda impl: impl.names_to_tensor(names)), expected)

    @pytest.mark.points(2)
    def test_padding(self, run, name, lengths):
        """Pads shorter names with zeros on the right, and keeps the order of the names.
        较短的名字在右边用 0 填充，名字的顺序不变。"""
        names = [name(size) for size in lengths(5)]
        longest = max(map(len, names))
        rows = [[*text.encode(), *[0] * (longest - len(text))] for text in names]
        close(run(lambda impl: impl.names_to_tensor(names)), (torch.tensor(rows), torch.tensor([*map(len, names)])))

    @pytest.mark.points(2)
    def test_other_characters(self, agree, name, chance):
        """Every ASCII character counts: blanks at either end, hyphens, digits, and ord 1 to 127.
        所有 ASCII 字符都计入：两端的空格、连字符、数字，以及 ord 为 1 到 127 的字符。"""
        names = [f" {name(3)} ", f"{name(2)}-{name(4)}", f"{name(4)}{chance.randint(10, 99)}'", name(2) + chr(127)]
        names += [chr(chance.randint(1, 31)) + name(2), name(1) + chr(126) + name(1)]
        others = [name(chance.randint(2, 6)) for _ in names]
        pairs = list(zip(names, others, strict=True))
        chance.shuffle(pairs)
        agree(lambda impl: [value_or_error(impl.names_to_tensor, pair) for pair in pairs])

    def test_empty_name(self, agree, name, chance):
        """An empty name is a row of zeros of length 0.
        空名字对应一行 0，长度为 0。"""
        names = [name(size) for size in chance.sample(range(1, 6), 2)]
        names.insert(chance.randint(0, 2), "")
        agree(lambda impl: impl.names_to_tensor(names))

    def test_empty_names_alone(self, agree, name, chance):
        """If all names are empty, the codes have no columns.
        所有名字都为空时，编码没有列。"""
        count, names = chance.randint(1, 5), [name(3), name(5)]
        agree(lambda impl: [impl.names_to_tensor([""] * count), impl.names_to_tensor(names)])

    def test_one_name(self, agree, name, chance):
        """Takes a single name, also of a single character, and a tuple of names.
        可以只有一个名字，名字可以只有一个字符，也可以传入元组。"""
        names = [name(chance.randint(2, 9))], [name(1)], (name(2), name(4))
        agree(lambda impl: [impl.names_to_tensor(some) for some in names])

    def test_repeated_characters(self, agree, name, chance):
        """Characters and names that repeat count each time.
        重复的字符和重复的名字逐个计入。"""
        letter, other = chance.sample(ASCII_LETTERS, 2)
        names = [letter * 3 + other, other + letter * 5, letter * 3 + other, name(2)]
        agree(lambda impl: impl.names_to_tensor(names))

    @pytest.mark.points(2)
    def test_foreign_characters(self, agree, name, chance):
        """Raises ValueError if a character of a name is not ASCII.
        名字中有非 ASCII 字符时抛出 ValueError。"""
        foreign = [chr(128), chr(chance.randint(0x4E00, 0x9FA5)), chr(chance.randint(192, 255))]
        names = [[name(4), name(2 - i) + foreign[i] + name(i)] for i in range(3)]  # last, in the middle, first

        def refused(impl, some):
            try:
                return impl.names_to_tensor(some)
            except ValueError:
                return "ValueError"

        agree(lambda impl: (impl.names_to_tensor([name[0] for name in names]), [refused(impl, n) for n in names]))


def named(impl, *arguments, dtype=torch.float32):
    """The submission's net with fixed parameters."""
    return set_parameters(impl.NameClassifier(*arguments), seed=0).to(dtype)


def scores(seqs, lengths, vocab, hidden, classes, layers=1, bidirectional=True, dtype=torch.float32):
    """The scores of each name by itself, without padding, from torch's layers with the same parameters."""
    directions = 2 if bidirectional else 1
    parts = {
        "embedding": nn.Embedding(vocab, hidden),
        "gru": nn.GRU(hidden, hidden, layers, batch_first=True, bidirectional=bidirectional),
        "fc": nn.Linear(directions * hidden, classes),
    }
    net = set_parameters(nn.ModuleDict(parts), seed=0).to(dtype).requires_grad_(False)
    rows = []
    for row, length in zip(seqs, lengths.tolist(), strict=True):
        output, _ = net["gru"](net["embedding"](row[:length])[None])
        ends = [output[0, -1, :hidden], output[0, 0, hidden:]] if bidirectional else [output[0, -1]]
        rows.append(net["fc"](torch.cat(ends)))
    return torch.stack(rows)


@pytest.fixture
def batch(generator, lengths):
    """batch(vocab): names of different lengths, not sorted; padding holds any ids. Rows are longer than all names."""

    def draw(vocab, count=4, longer=1):
        sizes = torch.tensor(lengths(count))
        return torch.randint(0, vocab, (count, int(sizes.max()) + longer), generator=generator), sizes

    return draw


@pytest.fixture
def net_sizes(chance):
    """vocab_size, hidden_size and num_classes, all of them different."""
    return lambda: (chance.randint(8, 12), *chance.sample(range(3, 8), 2))


def shapes(module):
    """The names and shapes of a module's parameters."""
    return {name: list(parameter.shape) for name, parameter in sorted(module.named_parameters())}


@pytest.mark.exercise("NameClassifier")
class TestNameClassifier:
    @standard(
        promise.untouched,
        promise.second_call,
        promise.gradients(),
        net=lambda impl: named(impl, 9, 4, 3, 2),
    )
    def arguments(self, batch):
        seqs, sizes = batch(9)
        return {"seqs": seqs, "lengths": sizes}

    @pytest.mark.points(2)
    def test_one_direction(self, run, net_sizes, chance, generator):
        """Reads names of equal length forwards, if bidirectional is False.
        bidirectional 为 False 时，从前往后读取等长的名字。"""
        sizes, count, length = net_sizes(), chance.randint(2, 5), chance.randint(3, 7)
        seqs, lengths = torch.randint(0, sizes[0], (count, length), generator=generator), torch.tensor([length] * count)
        found = run(lambda impl: named(impl, *sizes, 1, False)(seqs, lengths))
        close(found, scores(seqs, lengths, *sizes, bidirectional=False))

    @pytest.mark.points(2)
    def test_two_directions(self, run, net_sizes, chance, generator):
        """Joins the last states of both directions, forward first, for names of equal length.
        名字等长时，连结两个方向的最后状态，前向在前。"""
        sizes, count, length = net_sizes(), chance.randint(2, 5), chance.randint(3, 7)
        seqs, lengths = torch.randint(0, sizes[0], (count, length), generator=generator), torch.tensor([length] * count)
        close(run(lambda impl: named(impl, *sizes)(seqs, lengths)), scores(seqs, lengths, *sizes))

    @pytest.mark.points(2)
    def test_layers(self, run, net_sizes, chance, generator):
        """Takes the states of the last layer, in one direction and in two.
        取最后一层的状态，单向和双向都是如此。"""
        sizes, count, layers = net_sizes(), chance.randint(2, 4), chance.randint(2, 3)
        seqs, lengths = torch.randint(0, sizes[0], (count, 5), generator=generator), torch.tensor([5] * count)
        kinds = [(layers, False), (layers, True)]
        found = run(lambda impl: [named(impl, *sizes, *kind)(seqs, lengths) for kind in kinds])
        close(found, [scores(seqs, lengths, *sizes, *kind) for kind in kinds])

    @pytest.mark.points(2)
    def test_padding(self, run, net_sizes, batch):
        """Reads each name within its own length, in one direction.
        单向时，每个名字只读到自己的长度为止。"""
        sizes = net_sizes()
        seqs, lengths = batch(sizes[0])
        found = run(lambda impl: named(impl, *sizes, 1, False)(seqs, lengths))
        close(found, scores(seqs, lengths, *sizes, bidirectional=False))

    @pytest.mark.points(2)
    def test_padding_in_two_directions(self, run, net_sizes, batch):
        """The backward direction starts at the last character of each name.
        反向从每个名字的最后一个字符开始读。"""
        sizes = net_sizes()
        seqs, lengths = batch(sizes[0])
        close(run(lambda impl: named(impl, *sizes)(seqs, lengths)), scores(seqs, lengths, *sizes))

    def test_content_of_padding(self, run, net_sizes, batch, chance):
        """Padding changes nothing, whichever ids it holds and however long it is.
        填充不影响结果，无论填充的是哪些 id、填充多长。"""
        sizes = net_sizes()
        seqs, lengths = batch(sizes[0], longer=chance.randint(1, 4))
        inside = torch.arange(seqs.shape[1]) < lengths.unsqueeze(dim=1)
        zeros, others = seqs * inside, torch.where(inside, seqs, sizes[0] - 1 - seqs)
        cut = seqs[:, : int(lengths.max())]
        found = run(lambda impl: [named(impl, *sizes)(some, lengths) for some in (zeros, others, cut)])
        close(found, [scores(seqs, lengths, *sizes)] * 3)

    def test_id_zero(self, run, net_sizes, chance, generator):
        """Id 0 is an ordinary id, also at the end of a name.
        id 0 是普通的 id，出现在名字末尾时也是如此。"""
        sizes = net_sizes()
        seqs = torch.randint(1, sizes[0], (4, 6), generator=generator)
        lengths = torch.tensor(chance.sample(range(2, 7), 4))
        seqs[torch.arange(4), lengths - 1] = 0
        seqs[0, 0] = seqs[1, 1] = 0
        close(run(lambda impl: named(impl, *sizes)(seqs, lengths)), scores(seqs, lengths, *sizes))

    def test_batch_of_one(self, run, net_sizes, chance, generator):
        """Takes a single name, also of a single character.
        可以只有一个名字，名字可以只有一个字符。"""
        sizes, length = net_sizes(), chance.randint(2, 6)
        cases = [(torch.randint(0, sizes[0], (1, 7), generator=generator), torch.tensor([n])) for n in (length, 1)]
        found = run(lambda impl: [named(impl, *sizes)(*case) for case in cases])
        close(found, [scores(*case, *sizes) for case in cases])

    def test_float64(self, run, net_sizes, batch):
        """Computes in float64 after double().
        调用 double() 之后，用 float64 计算。"""
        sizes = net_sizes()
        seqs, lengths = batch(sizes[0])
        found = run(lambda impl: named(impl, *sizes, dtype=torch.float64)(seqs, lengths))
        close(found, scores(seqs, lengths, *sizes, dtype=torch.float64))

    @pytest.mark.needs("layers")
    def test_training_and_evaluation(self, run, net_sizes, batch):
        """Computes the same in training and in evaluation.
        训练时和评估时的结果相同。"""
        sizes = net_sizes()
        seqs, lengths = batch(sizes[0])

        def probe(impl):
            net = named(impl, *sizes, 2)
            return net.train()(seqs, lengths), net.eval()(seqs, lengths)

        close(run(probe), (scores(seqs, lengths, *sizes, 2),) * 2)

    def test_parameters(self, agree, net_sizes, chance):
        """embedding, gru and fc have parameters of the right shapes, also by default; the net has no others.
        embedding、gru 和 fc 的参数形状正确（使用默认值时也是如此），此外没有别的参数。"""
        sizes, layers = net_sizes(), chance.randint(2, 3)
        kinds = [(), (layers,), (1, False), (layers, False), (layers, True)]
        agree(lambda impl: [shapes(impl.NameClassifier(*sizes, *kind)) for kind in kinds])
