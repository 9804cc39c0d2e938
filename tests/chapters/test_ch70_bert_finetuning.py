"""ch70: NextSentencePred, BERTModel, BERTClassifier, truncate_pair, llrd_groups."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, gradients, parameter_gradients, promise, set_parameters, standard

VOCAB, HIDDEN, WIDTH = 9, 4, 256


@pytest.fixture
def inputs(generator):
    """inputs(3, 5): tokens and segments of 3 sequences of 5 steps."""

    def inputs(*shape):
        return torch.randint(VOCAB, shape, generator=generator), torch.randint(2, shape, generator=generator)

    return inputs


def next_sentence(impl):
    return set_parameters(impl.NextSentencePred(6), seed=1)


def two_logits(X):
    """Return the result of NextSentencePred: F.linear with its parameters."""
    net = set_parameters(nn.ModuleDict({"output": nn.Linear(6, 2)}), seed=1).requires_grad_(False)
    return F.linear(X, net["output"].weight, net["output"].bias)


@pytest.mark.exercise("NextSentencePred")
class TestNextSentencePred:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64_transposed,
        promise.batch_of_one("X"),
        promise.gradients("X"),
        net=next_sentence,
    )
    def arguments(self, randn, chance):
        return {"X": randn(chance.randrange(2, 6), 6)}

    @pytest.mark.points(2)
    def test_logits(self, run, randn):
        """Returns two logits for each pair of sentences, as F.linear does.
        对每个句子对返回两个 logits，与 F.linear 一致。"""
        X = randn(5, 6)
        close(run(lambda impl: next_sentence(impl)(X)), two_logits(X))


def model(impl, num_layers=1, dropout=0.0):
    sizes = VOCAB, HIDDEN, [HIDDEN], HIDDEN, 5, 2, num_layers, dropout, 7, *[HIDDEN] * 6
    return set_parameters(impl.BERTModel(*sizes), seed=2)


class Encoder(nn.Module):
    """For probes: an encoder that returns the given tensor, and records the arguments of the call."""

    def __init__(self, encoded):
        super().__init__()
        self.encoded = encoded

    def forward(self, tokens, segments, valid_lens):
        self.seen = [tokens, segments, valid_lens]
        return self.encoded


def around(impl, encoded):
    """Return the model with a scripted encoder instead of its own."""
    net = model(impl).to(encoded.dtype)
    net.encoder = Encoder(encoded)
    return net


def heads(encoded, positions=None):
    """Return the results of both output layers for an encoding, by torch's functions."""
    layers = nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.LayerNorm(HIDDEN), nn.Linear(HIDDEN, VOCAB)
    parts = {"hidden": nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.Tanh())}
    parts |= {"mlm": nn.ModuleDict({"mlp": nn.Sequential(*layers)})}
    parts |= {"nsp": nn.ModuleDict({"output": nn.Linear(HIDDEN, 2)})}
    net = set_parameters(nn.ModuleDict(parts), seed=2).to(encoded.dtype).requires_grad_(False)
    nsp = net["nsp"]["output"](torch.tanh(net["hidden"][0](encoded[:, 0])))
    if positions is None:
        return encoded, None, nsp
    return encoded, net["mlm"]["mlp"](encoded.gather(1, positions[:, :, None].expand(-1, -1, HIDDEN))), nsp


@pytest.mark.exercise("BERTModel")
class TestBERTModel:
    @standard(promise.untouched, net=model)
    def arguments(self, inputs):
        tokens, segments = inputs(2, 4)
        lengths, positions = torch.tensor([3, 4]), torch.tensor([[1, 2], [3, 0]])
        return {"tokens": tokens, "segments": segments, "valid_lens": lengths, "pred_positions": positions}

    @pytest.mark.points(2)
    def test_encoding(self, agree, inputs):
        """Returns the encoder's result; the attention ignores the padding if lengths are given.
        返回编码器的结果；给出有效长度时，注意力忽略填充。"""
        given, valid_lens = inputs(3, 6), torch.tensor([4, 6, 2])
        agree(lambda impl: [model(impl, num_layers=2)(*given, lens) for lens in (None, valid_lens)])

    @pytest.mark.points(2)
    def test_next_sentence(self, run, randn, inputs):
        """Predicts the next sentence from the first step, after a tanh layer.
        用第一个时间步的编码，经过带 tanh 的隐藏层，预测下一句。"""
        given, encoded = inputs(4, 5), 2 * randn(4, 5, HIDDEN)
        close(run(lambda impl: around(impl, encoded)(*given)), heads(encoded))

    @pytest.mark.points(2)
    def test_masked_tokens(self, run, randn, inputs):
        """Predicts the tokens at the given positions.
        预测给定位置上的词元。"""
        given, encoded, positions = inputs(2, 5), randn(2, 5, HIDDEN), torch.tensor([[3, 1, 1], [0, 4, 2]])
        close(run(lambda impl: around(impl, encoded)(*given, None, positions)), heads(encoded, positions))

    def test_without_positions(self, run, randn, inputs):
        """Returns None for the masked language model if pred_positions is None or omitted.
        pred_positions 为 None 或省略时，遮蔽语言模型的结果为 None。"""
        given, lens, encoded = inputs(2, 4), torch.tensor([3, 4]), randn(2, 4, HIDDEN)
        found = run(lambda impl: [around(impl, encoded)(*given, *more) for more in ((lens, None), (lens,), ())])
        close(found, [heads(encoded)] * 3)

    def test_encoder_inputs(self, agree, randn, inputs):
        """Passes tokens, segments and lengths to the encoder, or None without lengths.
        把词元、片段和有效长度传给编码器；没有有效长度时传 None。"""
        given, lens, encoded = inputs(2, 4), torch.tensor([3, 4]), randn(2, 4, HIDDEN)

        def probe(impl):
            net = around(impl, encoded)
            return [(net(*given, *more), net.encoder.seen) for more in ((lens,), (None,), ())]

        agree(probe)

    def test_sizes(self, agree, inputs):
        """Uses each size in its place; the defaults are 1000 positions and 768 features.
        各个大小都用在正确的地方；默认有 1000 个位置、768 个特征。"""
        given, own = inputs(1, 3), (9, 4, [3, 4], 5, 6, 2, 2, 0, 7, 8, 9, 10, 11, 12, 13)

        def probe(impl):
            nets = impl.BERTModel(*own), impl.BERTModel(9, 2, 2, 2, 2, 1, 1, 0)
            sizes = [{name: list(p.shape) for name, p in net.named_parameters()} for net in nets]
            return sizes, model(impl)(*given)

        agree(probe)

    def test_dropout(self, agree, inputs):
        """Uses the encoder's dropout in training and no dropout in evaluation.
        训练时编码器使用暂退法，评估时不使用。"""
        given = inputs(2, 4)
        agree(lambda impl: [model(impl, dropout=1.0).train(mode)(*given) for mode in (True, False)])

    def test_batch_of_one(self, agree, inputs):
        """Takes a single sequence, with one step or with max_len steps.
        可以只有一个序列，序列长度可以是 1，也可以恰为 max_len。"""
        one, whole, position = inputs(1, 1), inputs(1, 7), torch.tensor([[0]])
        agree(lambda impl: [model(impl)(*given, None, position) for given in (one, whole)])

    def test_float64_transposed(self, run, randn, inputs):
        """Works in float64 and with a non-contiguous encoding.
        支持 float64；编码器的输出在内存中可以不连续。"""
        given, positions = inputs(3, 5), torch.tensor([[3, 1], [0, 0], [4, 2]])
        encoded = randn(5, 3, HIDDEN, dtype=torch.float64).transpose(0, 1)
        close(run(lambda impl: around(impl, encoded)(*given, None, positions)), heads(encoded, positions))

    @pytest.mark.points(2)
    def test_gradients(self, agree, inputs):
        """Passes the gradients of both tasks to all parts of the model.
        两个任务的梯度都能传到模型的各个部分。"""
        given = *inputs(2, 4), torch.tensor([3, 4]), torch.tensor([[1, 2], [3, 0]])

        def probe(impl):
            net = model(impl).double()
            _, mlm, nsp = net(*given)
            gradients(lambda: torch.cat([mlm.flatten(), nsp.flatten()]))
            return {**parameter_gradients(net), "encoder.pos_embedding": None}  # the book's encoder gives it none

        agree(probe)


class Pretrained(nn.Module):
    """For probes: the parts of a BERTModel, with a small encoder and 256 features."""

    def __init__(self):
        super().__init__()
        self.encoder = Lookup()
        self.hidden = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh())
        self.mlm, self.nsp = nn.Linear(WIDTH, 1), nn.Linear(WIDTH, 2)


class Lookup(nn.Module):
    """For probes: an encoder that looks up tokens and segments, and records the arguments of the call."""

    def __init__(self):
        super().__init__()
        self.words, self.texts = nn.Embedding(VOCAB, WIDTH), nn.Embedding(2, WIDTH)

    def forward(self, tokens, segments, valid_lens):
        self.seen = [tokens, segments, valid_lens]
        return self.words(tokens) + self.texts(segments)


def classifier(impl):
    """Return a classifier and the model that it was made from, with parameters from a seed."""
    bert = set_parameters(Pretrained(), seed=3, scale=0.1)
    net = impl.BERTClassifier(bert)
    for parameter in net.parameters():
        if parameter.shape[0] == 3:  # the output's
            parameter.data = torch.linspace(-1, 1, parameter.numel()).sin().reshape(parameter.shape)
    return net, bert


def classes(tokens, segments):
    """Return the result of BERTClassifier, by torch's functions."""
    bert = set_parameters(Pretrained(), seed=3, scale=0.1).requires_grad_(False)
    weight = torch.linspace(-1, 1, 3 * WIDTH).sin().reshape(3, WIDTH)
    first = bert.encoder.words.weight[tokens[:, 0]] + bert.encoder.texts.weight[segments[:, 0]]
    pooled = torch.tanh(F.linear(first, bert.hidden[0].weight, bert.hidden[0].bias))
    return F.linear(pooled, weight, torch.linspace(-1, 1, 3).sin())


@pytest.mark.exercise("BERTClassifier")
class TestBERTClassifier:
    @standard(
        promise.untouched(atol=5e-5),  # sums of 256
        promise.float64_transposed,
        net=lambda impl: classifier(impl)[0],
    )
    def arguments(self, inputs):
        return {"inputs": (*inputs(3, 5), torch.tensor([3, 2, 5]))}

    @pytest.mark.points(2)
    def test_logits(self, run, inputs):
        """Classifies by the first step's encoding, through the hidden layer and the new output layer.
        用第一个时间步的编码，经过隐藏层和新的输出层来分类。"""
        given = inputs(4, 5)
        close(run(lambda impl: classifier(impl)[0]((*given, None))), classes(*given), atol=5e-5)  # sums of 256

    @pytest.mark.points(2)
    def test_shared(self, agree, inputs):
        """Has the encoder and the hidden layer of the model itself, not copies.
        使用的就是模型自己的编码器和隐藏层，而不是副本。"""
        given = inputs(2, 4)

        def probe(impl):
            net, bert = classifier(impl)
            before = net((*given, None))
            bert.encoder.words.weight.data += 0.1
            bert.hidden[0].bias.data -= 0.1
            return before, net((*given, None)), net.encoder is bert.encoder, net.hidden is bert.hidden

        agree(probe, atol=5e-5)

    def test_parameters(self, agree, inputs):
        """Has no parameters of the pretraining tasks' output layers; all its parameters can be trained.
        不含预训练任务输出层的参数；自己的所有参数都可以训练。"""
        given = inputs(2, 4)

        def probe(impl):
            net, _ = classifier(impl)
            return {name: [*p.shape, p.requires_grad] for name, p in net.named_parameters()}, net((*given, None))

        agree(probe, atol=5e-5)

    def test_inputs(self, agree, inputs):
        """Takes tokens, segments and lengths in a tuple or list, and passes them to the encoder.
        输入是词元、片段和有效长度组成的元组或列表，三者都传给编码器。"""
        given = *inputs(3, 4), torch.tensor([2, 4, 3])

        def probe(impl):
            net, _ = classifier(impl)
            return [(net(kind(given)), net.encoder.seen) for kind in (tuple, list)]

        agree(probe, atol=5e-5)

    def test_batch_of_one(self, run, inputs):
        """Takes a single pair of sentences, even with a single step.
        可以只有一个句子对，甚至只有一个时间步。"""
        tokens, segments = inputs(1, 4)
        found = run(lambda impl: [classifier(impl)[0]((tokens[:, :n], segments[:, :n], None)) for n in (4, 1)])
        close(found, [classes(tokens, segments)] * 2, atol=5e-5)

    @pytest.mark.points(2)
    def test_gradients(self, agree, inputs):
        """Passes gradients to the encoder, the hidden layer and the output layer.
        梯度可以传到编码器、隐藏层和输出层。"""
        given = *inputs(2, 3), None

        def probe(impl):
            net = classifier(impl)[0].double()
            gradients(lambda: net(given))
            return net.encoder.words.weight.grad, net.hidden[0].bias.grad, net.output.weight.grad, net.output.bias.grad

        agree(probe)


@pytest.fixture
def texts(generator):
    """texts(3, 2): two texts of 3 and 2 different tokens, numbered from a random number on."""
    first = int(torch.randint(1000, (), generator=generator))
    return lambda *lengths: tuple(
        [f"{text}{first + i}" for i in range(length)] for text, length in zip("ph", lengths, strict=True)
    )


def truncated(impl, texts, premise, hypothesis, max_len):
    """For probes: return texts of these lengths after truncate_pair."""
    p_tokens, h_tokens = texts(premise, hypothesis)
    impl.truncate_pair(p_tokens, h_tokens, max_len)
    return p_tokens, h_tokens


def shortened(premise, hypothesis, room):
    """Return both lengths at the end: the most even way to fill the room, with the longer premise of two ways."""
    if premise + hypothesis <= room:
        return premise, hypothesis
    ways = [(p, room - p) for p in range(room + 1) if p <= premise and room - p <= hypothesis]
    return min(ways, key=lambda way: (abs(way[0] - way[1]), -way[0]))


@pytest.mark.exercise("truncate_pair")
class TestTruncatePair:
    @pytest.mark.points(2)
    def test_all_lengths(self, run, texts):
        """Shortens texts of any lengths, so that they fit with <cls> and two <sep> and are as even as possible.
        对任意长度的文本对，截断后加上 <cls> 和两个 <sep> 恰好放得下，且两者尽量等长。"""
        cases = [(p, h, max_len) for p in range(6) for h in range(6) for max_len in range(3, 12)]
        found = run(lambda impl: [truncated(impl, texts, *case) for case in cases])
        for pair, (p, h, max_len) in zip(found, cases, strict=True):
            close(pair, texts(*shortened(p, h, max_len - 3)))

    def test_longer_first(self, agree, texts):
        """Shortens only the longer text while it is longer, whichever text it is.
        一个文本更长时，只截断这个文本，无论是第一个还是第二个。"""
        agree(lambda impl: [truncated(impl, texts, *case) for case in ((9, 3, 11), (3, 9, 11), (9, 3, 8), (3, 9, 8))])

    def test_tie(self, agree, texts):
        """Shortens the second text if both are equally long.
        两个文本等长时，截断第二个。"""
        agree(lambda impl: [truncated(impl, texts, *case) for case in ((4, 4, 10), (4, 4, 9), (1, 1, 4))])

    def test_fits(self, agree, texts):
        """Changes nothing if the pair fits, even without a token to spare.
        放得下时（包括恰好放下）不做改变。"""
        agree(lambda impl: [truncated(impl, texts, *case) for case in ((3, 4, 20), (3, 4, 10), (3, 4, 9))])

    def test_empty_text(self, agree, texts):
        """Takes an empty text, or two.
        可以有一个或两个文本为空。"""
        agree(lambda impl: [truncated(impl, texts, *case) for case in ((0, 6, 7), (6, 0, 7), (0, 0, 5))])

    def test_no_room(self, agree, texts):
        """Empties both texts if max_len is 3.
        max_len 为 3 时，两个文本都变为空。"""
        agree(lambda impl: [truncated(impl, texts, *case) for case in ((3, 2, 3), (1, 4, 3), (3, 2, 5))])

    def test_first_tokens_stay(self, run, texts):
        """Removes tokens from the end, in the given lists themselves.
        从末尾去掉词元，并直接修改传入的列表。"""
        premise, hypothesis = texts(6, 3)
        close(run(lambda impl: truncated(impl, texts, 6, 3, 8)), (premise[:3], hypothesis[:2]))


class FineTuned(nn.Module):
    """For probes: a small module with the parts of a BERTClassifier."""

    def __init__(self, num_layers):
        super().__init__()
        self.encoder = nn.Module()
        self.encoder.token_embedding, self.encoder.segment_embedding = nn.Embedding(3, 2), nn.Embedding(2, 2)
        self.encoder.pos_embedding = nn.Parameter(torch.ones(1, 4, 2))
        self.encoder.blks = nn.Sequential(*(nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2)) for _ in range(num_layers)))
        self.hidden, self.output = nn.Sequential(nn.Linear(2, 2), nn.Tanh()), nn.Linear(2, 3)


@pytest.fixture
def lr_and_decay(generator):
    """Return a learning rate from 0.001 to 0.1, and a decay from 0.5 to 0.9."""
    one, other = torch.rand(2, generator=generator).tolist()
    return 10 ** (-1 - 2 * one), 0.5 + 0.4 * other


def groups(impl, num_layers, lr, decay):
    """Return the groups as [names of the parameters, learning rate]."""
    net = FineTuned(num_layers)
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    found = impl.llrd_groups(net, lr, decay)
    return [[sorted(names.get(id(p), "?") for p in group["params"]), group["lr"]] for group in found]


def rate(name, num_layers, lr, decay):
    """Return the right learning rate of the parameter with this name."""
    if not name.startswith("encoder."):
        return lr
    depth = num_layers - int(name.split(".")[2]) if name.startswith("encoder.blks.") else num_layers + 1
    for _ in range(depth):
        lr *= decay
    return lr


@pytest.mark.exercise("llrd_groups")
class TestLlrdGroups:
    @pytest.mark.points(2)
    def test_rates(self, run, lr_and_decay):
        """Multiplies the learning rate by decay from layer to layer, down to the embeddings.
        从输出层到嵌入层，学习率逐层乘以 decay。"""
        found = run(lambda impl: groups(impl, 4, *lr_and_decay))
        given = {name: lr for names, lr in found for name in names}
        close(given, {name: rate(name, 4, *lr_and_decay) for name, _ in FineTuned(4).named_parameters()})

    @pytest.mark.points(2)
    def test_every_parameter_once(self, run, generator):
        """Has every parameter exactly once, also for a model with twelve blocks.
        每个参数恰好出现一次，有十二个块的模型也是如此。"""
        for num_layers in (12, 1 + int(torch.randint(11, (), generator=generator))):
            found = run(lambda impl, n=num_layers: groups(impl, n, 1.0, 0.5))
            given = sorted(name for names, _ in found for name in names)
            close(given, sorted(name for name, _ in FineTuned(num_layers).named_parameters()))

    def test_order(self, agree, lr_and_decay):
        """Returns a group for the head, one for each block from the last to the first, and one for the embeddings.
        依次为：输出部分一组，从最后一块到第一块各一组，嵌入一组。"""
        agree(lambda impl: groups(impl, 3, *lr_and_decay))

    def test_few_blocks(self, agree, lr_and_decay):
        """Takes an encoder with one block or none.
        编码器可以只有一个块，也可以没有块。"""
        agree(lambda impl: [groups(impl, num_layers, *lr_and_decay) for num_layers in (1, 0)])

    def test_no_decay(self, agree, lr_and_decay):
        """Gives all layers the same learning rate if decay is 1.
        decay 为 1 时，所有学习率相同。"""
        agree(lambda impl: groups(impl, 2, lr_and_decay[0], 1.0))

    @pytest.mark.needs("rates")
    def test_net_untouched(self, agree, lr_and_decay):
        """Changes no parameter and freezes none.
        不改变任何参数，也不冻结任何参数。"""

        def probe(impl):
            net = set_parameters(FineTuned(2), seed=4)
            rates = [[len(group["params"]), group["lr"]] for group in impl.llrd_groups(net, *lr_and_decay)]
            return rates, {name: [p.detach(), p.requires_grad] for name, p in net.named_parameters()}

        agree(probe)
