"""ch69: get_tokens_and_segments, BERTEncoder, MaskLM, _replace_mlm_tokens, _pad_bert_inputs, _get_batch_loss_bert."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, expect, gradients, parameter_gradients, promise, set_parameters, standard

WORDS = ["this", "movie", "is", "great", "i", "like", "it", "a", "lot"]
LETTERS = "ABCDEFGH"
VOCAB, HIDDEN = 11, 6


@pytest.fixture
def words(generator):
    """words(4): a list of 4 words; a word may occur twice."""
    return lambda count: [WORDS[i] for i in torch.randint(9, (count,), generator=generator).tolist()]


@pytest.fixture
def integers(generator):
    """integers(5, 2, 3): random integers below 5, of shape (2, 3)."""
    return lambda below, *shape: torch.randint(below, shape, generator=generator)


def backward(net, *inputs):
    """For probes: return the output of a net, and the gradients of its parameters by name."""
    output = net(*inputs)
    gradients(lambda: output)
    return {"output": output, **parameter_gradients(net)}


@pytest.mark.exercise("get_tokens_and_segments")
class TestGetTokensAndSegments:
    @standard(promise.untouched)
    def arguments(self, words):
        return {"tokens_a": words(3), "tokens_b": words(2)}

    @pytest.mark.points(2)
    def test_pair(self, run, words):
        """Puts <cls> before the first text and <sep> after each text, also after texts of equal length.
        在第一个文本前加 <cls>，在每个文本后加 <sep>，两个文本等长时也是如此。"""
        a, b = words(5), words(3)
        long = ["<cls>", *a, "<sep>", *b, "<sep>"], [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
        equal = ["<cls>", *a[:3], "<sep>", *b, "<sep>"], [0, 0, 0, 0, 0, 1, 1, 1, 1]
        close(run(lambda impl: [impl.get_tokens_and_segments(first, b) for first in (a, a[:3])]), [long, equal])

    def test_single(self, run, words):
        """Takes a single text, with None as the second argument or without it.
        可以只有一个文本：第二个参数为 None 或省略。"""
        a = words(4)
        found = run(lambda impl: [impl.get_tokens_and_segments(a), impl.get_tokens_and_segments(a, None)])
        close(found, [(["<cls>", *a, "<sep>"], [0] * 6)] * 2)

    def test_empty_first(self, run, words):
        """The first text may have no tokens.
        第一个文本可以没有词元。"""
        b = words(2)
        expected = [(["<cls>", "<sep>", *b, "<sep>"], [0, 0, 1, 1, 1]), (["<cls>", "<sep>"], [0, 0])]
        close(run(lambda impl: [impl.get_tokens_and_segments([], b), impl.get_tokens_and_segments([])]), expected)

    def test_empty_second(self, run, words):
        """A second text without tokens still has its <sep>, unlike None.
        第二个文本为空列表时，仍有它的 <sep>；这与 None 不同。"""
        a = words(3)
        empty, one = run(lambda impl: [impl.get_tokens_and_segments(a, b) for b in ([], ["x"])])
        close(empty, (["<cls>", *a, "<sep>", "<sep>"], [0, 0, 0, 0, 0, 1]))
        close(one, (["<cls>", *a, "<sep>", "x", "<sep>"], [0, 0, 0, 0, 0, 1, 1]))


@pytest.fixture
def inputs(integers):
    """inputs(3, 5): tokens and segments of 3 sequences of 5 steps."""
    return lambda *shape: (integers(VOCAB, *shape), integers(2, *shape))


def encoder(impl, num_layers=2, max_len=7, dropout=0.0):
    sizes = VOCAB, HIDDEN, [HIDDEN], HIDDEN, 5, 2, num_layers, dropout, max_len, HIDDEN, HIDDEN, HIDDEN
    return set_parameters(impl.BERTEncoder(*sizes), seed=1)


def embedded(tokens, segments):
    """Return the input of BERTEncoder's blocks: the sum of torch's embeddings, with the parameters of `encoder`."""
    net = nn.Module()
    net.token_embedding, net.segment_embedding = nn.Embedding(VOCAB, HIDDEN), nn.Embedding(2, HIDDEN)
    net.pos_embedding = nn.Parameter(torch.empty(1, 7, HIDDEN))
    set_parameters(net, seed=1).requires_grad_(False)
    return net.token_embedding(tokens) + net.segment_embedding(segments) + net.pos_embedding[0, : tokens.shape[1]]


@pytest.mark.exercise("BERTEncoder")
class TestBERTEncoder:
    @standard(promise.untouched, promise.float64_transposed, net=encoder)
    def arguments(self, inputs):
        tokens, segments = inputs(3, 5)
        return {"tokens": tokens, "segments": segments, "valid_lens": torch.tensor([5, 3, 2])}

    @pytest.mark.points(2)
    def test_embeddings(self, run, inputs):
        """Returns the sum of the token, segment and position embeddings if there are no blocks.
        没有编码器块时，返回词元嵌入、片段嵌入和位置嵌入之和。"""
        given = inputs(3, 5)
        close(run(lambda impl: encoder(impl, num_layers=0)(*given, None)), embedded(*given))

    @pytest.mark.points(2)
    def test_blocks(self, agree, inputs):
        """Passes the embeddings through num_layers blocks with bias, one after the other.
        嵌入依次通过 num_layers 个带偏置的编码器块。"""
        given = inputs(3, 5)
        agree(lambda impl: [encoder(impl, num_layers)(*given, None) for num_layers in (1, 3)])

    @pytest.mark.points(2)
    def test_valid_lens(self, agree, inputs):
        """Attends to no padding in any block; the lengths are integers or floats.
        每个块的注意力都忽略填充；有效长度可以是整数或浮点数。"""
        given, valid_lens = inputs(4, 6), torch.tensor([2, 6, 1, 4])
        agree(lambda impl: [encoder(impl)(*given, lens) for lens in (valid_lens, valid_lens.float())])

    def test_one_step(self, agree, inputs):
        """Takes a batch of one sequence, with a single step or with max_len steps.
        批量可以只有一个序列，序列长度可以是 1，也可以恰为 max_len。"""
        one, whole = inputs(1, 1), inputs(1, 7)
        agree(lambda impl: [encoder(impl)(*given, None) for given in (one, whole)])

    def test_sizes(self, agree, inputs):
        """Uses each size in its place, including max_len; the defaults are 1000 positions and 768 features.
        各个大小（包括 max_len）都用在正确的地方；默认有 1000 个位置、768 个特征。"""
        given, own, default = inputs(1, 3), (9, 4, [3, 4], 5, 6, 2, 2, 0, 7, 8, 9, 10), (9, 2, 2, 2, 2, 1, 1, 0)

        def probe(impl):
            nets = impl.BERTEncoder(*own), impl.BERTEncoder(*default)
            sizes = [{name: list(p.shape) for name, p in net.named_parameters()} for net in nets]
            return sizes, encoder(impl)(*given, None)

        agree(probe)

    def test_initial_positions(self, run):
        """Draws pos_embedding from a standard normal distribution.
        pos_embedding 取自标准正态分布。"""

        def probe(impl):
            positions = impl.BERTEncoder(VOCAB, 20, [20], 20, 5, 2, 0, 0.0, 500).pos_embedding.detach()
            return positions.mean().item(), positions.std().item()

        mean, std = run(probe)
        expect(abs(mean) < 0.05 and abs(std - 1) < 0.04, f"The mean is {mean:.2f}, the standard deviation {std:.2f}.",
               f"均值为 {mean:.2f}，标准差为 {std:.2f}。")  # fmt: skip

    def test_dropout(self, agree, inputs):
        """Drops features inside the blocks in training, and drops nothing in evaluation.
        训练时在各块中使用暂退法，评估时不使用。"""
        given = inputs(2, 4)
        agree(lambda impl: [encoder(impl, dropout=1.0).train(mode)(*given, None) for mode in (True, False)])

    @pytest.mark.points(2)
    def test_gradients(self, agree, inputs):
        """Gives both embeddings and the blocks the right gradients.
        两个嵌入层和各块的梯度正确。"""
        given = *inputs(2, 4), torch.tensor([3, 4])
        agree(lambda impl: {**backward(encoder(impl).double(), *given), "pos_embedding": None})

    @pytest.mark.bonus
    def test_learns_positions(self, agree, inputs):
        """Gives pos_embedding the right gradient, too, so that it can learn.
        pos_embedding 的梯度也正确，因而可以学习。"""
        given = *inputs(2, 4), None
        agree(lambda impl: backward(encoder(impl).double(), *given))


def mask_lm(impl):
    return set_parameters(impl.MaskLM(VOCAB, 5, HIDDEN), seed=2)


def predicted(X, positions):
    """Return the result of MaskLM: torch.gather, then the perceptron step by step."""
    layers = nn.Sequential(nn.Linear(HIDDEN, 5), nn.ReLU(), nn.LayerNorm(5), nn.Linear(5, VOCAB))
    net = set_parameters(nn.ModuleDict({"mlp": layers}), seed=2)["mlp"].requires_grad_(False)
    chosen = X.gather(1, positions[:, :, None].expand(-1, -1, HIDDEN))
    hidden = F.relu(chosen @ net[0].weight.T + net[0].bias)
    return F.layer_norm(hidden, (5,), net[2].weight, net[2].bias) @ net[3].weight.T + net[3].bias


@pytest.mark.exercise("MaskLM")
class TestMaskLM:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("X"), net=mask_lm)
    def arguments(self, randn):
        return {"X": randn(2, 4, HIDDEN), "pred_positions": torch.tensor([[3, 0, 3], [2, 1, 0]])}

    @pytest.mark.points(2)
    def test_predictions(self, run, randn, integers):
        """Returns logits at the positions of each sequence, in the given order.
        按给定的顺序，返回每个序列各自位置上的 logits。"""
        X, positions = randn(4, 7, HIDDEN), integers(7, 4, 3)
        close(run(lambda impl: mask_lm(impl)(X, positions)), predicted(X, positions))

    def test_repeated_positions(self, run, randn):
        """Takes a position several times, as in padding, and a batch of one.
        同一位置可以出现多次（填充时就是这样），批量可以只有一个序列。"""
        X, positions = randn(1, 5, HIDDEN), torch.tensor([[3, 3, 4, 0, 0, 0, 1]])
        close(run(lambda impl: mask_lm(impl)(X, positions)), predicted(X, positions))

    def test_one_prediction(self, run, randn):
        """Takes one prediction for each sequence.
        每个序列可以只预测一个位置。"""
        X, positions = randn(3, 4, HIDDEN), torch.tensor([[2], [0], [3]])
        close(run(lambda impl: mask_lm(impl)(X, positions)), predicted(X, positions))

    def test_default_width(self, agree, randn):
        """Reads 768 features by default.
        默认读取 768 个特征。"""
        X, positions = randn(2, 3, 768), torch.tensor([[2, 0], [1, 1]])
        agree(lambda impl: set_parameters(impl.MaskLM(3, 4), seed=3)(X, positions), atol=3e-5)  # sums of 768 products


class Vocabulary:
    """For probes: the book's Vocab, without unknown tokens."""

    def __init__(self, tokens):
        self.idx_to_token, self.token_to_idx = tokens, {token: i for i, token in enumerate(tokens)}

    def __len__(self):
        return len(self.idx_to_token)

    def __getitem__(self, tokens):
        return [self[token] for token in tokens] if isinstance(tokens, (list, tuple)) else self.token_to_idx[tokens]

    def to_tokens(self, indices):
        listed = isinstance(indices, (list, tuple))
        return [self.idx_to_token[i] for i in indices] if listed else self.idx_to_token[indices]


def masked(impl, tokens, candidates, num_mlm_preds):
    """For probes: return the masked tokens. The arguments are copied, because the book's code shuffles a list."""
    return impl._replace_mlm_tokens(list(tokens), list(candidates), num_mlm_preds, Vocabulary(list(LETTERS)))


def near(count, trials, p, en, zh):
    """Expect a count of independent trials within five sigma."""
    sigma = math.sqrt(trials * p * (1 - p))
    expect(abs(count - trials * p) < 5 * sigma, f"{en}: {count} of {trials}, expected about {trials * p:.0f}.",
           f"{zh}：{trials} 次中有 {count} 次，应约为 {trials * p:.0f} 次。")  # fmt: skip


@pytest.mark.exercise("_replace_mlm_tokens")
class TestReplaceMlmTokens:
    @pytest.mark.points(2)
    def test_frequencies(self, run, words):
        """Masks 80 %, keeps 10 % and replaces 10 % of the drawn tokens, independently of each other.
        被选中的词元中，80% 换成 <mask>，10% 不变，10% 换成随机词元，相互独立。"""
        tokens = words(8000)
        seen, _ = run(lambda impl: masked(impl, tokens, range(8000), 8000))
        near(seen.count("<mask>"), 8000, 0.8, "Tokens replaced by <mask>", "换成 <mask> 的词元")
        kept = sum(after == before for after, before in zip(seen, tokens, strict=True))
        near(kept, 8000, 0.1, "Tokens left as they are", "保持不变的词元")
        for token in LETTERS:
            near(seen.count(token), 8000, 0.1 / 8, f"Token {token!r} put in", f"换成词元 {token!r} 的")

    @pytest.mark.points(2)
    def test_pairs(self, run, words):
        """Returns different positions, all of them candidates, each with its original token.
        返回的位置互不相同，都是候选位置，并带有该处原来的词元。"""
        tokens = words(60)
        _, pairs = run(lambda impl: masked(impl, tokens, range(1, 60, 2), 20))
        positions = [position for position, _ in pairs]
        good = len(set(positions) & set(range(1, 60, 2))) == 20
        expect(good, "The 20 positions should be candidates, and differ.", "20 个位置应都是候选位置，且互不相同。")
        close([label for _, label in pairs], [tokens[position] for position in positions])

    @pytest.mark.points(2)
    def test_other_tokens(self, run, words):
        """Changes only drawn positions; new tokens are <mask> or tokens of the vocabulary.
        只改变选中的位置；换上的是 <mask> 或词表中的词元。"""
        tokens = words(90)
        seen, pairs = run(lambda impl: masked(impl, tokens, range(30, 90), 40))
        drawn = {position for position, _ in pairs}
        close(*([s for i, s in enumerate(given) if i not in drawn] for given in (seen, tokens)))
        strange = [s for i, s in enumerate(seen) if s not in ("<mask>", *tokens[i : i + 1], *LETTERS)]
        expect(
            not strange,
            f"These tokens are neither in the text nor in the vocabulary: {strange}.",
            f"这些词元既不在文本中，也不在词表中：{strange}。",
        )
        expect("<mask>" in seen, "Nothing is masked.", "没有任何词元被遮蔽。")

    def test_random_positions(self, run, words, generator):
        """Draws every candidate with the same probability.
        每个候选位置被选中的概率相同。"""
        tokens, candidates = words(12), torch.randperm(12, generator=generator)[:5].tolist()
        drawn = run(lambda impl: [masked(impl, tokens, candidates, 2)[1] for _ in range(1000)])
        positions = [position for pairs in drawn for position, _ in pairs]
        for candidate in candidates:
            near(positions.count(candidate), 1000, 0.4, f"Position {candidate} drawn", f"位置 {candidate} 被选中")

    def test_number_of_predictions(self, run, words):
        """Draws num_mlm_preds positions, perhaps none, or all candidates if there are fewer.
        选出 num_mlm_preds 个位置（可以是零个）；候选位置不够时全部选中。"""
        tokens = words(6)
        found = run(lambda impl: [masked(impl, tokens, [1, 2, 4], n) for n in (0, 1, 2, 3, 9)])
        close([[seen[i] for i in (0, 3, 5)] for seen, _ in found], [[tokens[i] for i in (0, 3, 5)]] * 5)
        expect(
            [len(pairs) for _, pairs in found] == [0, 1, 2, 3, 3],
            "With 0, 1, 2, 3 and 9 predictions, the numbers of pairs should be 0, 1, 2, 3 and 3.",
            "num_mlm_preds 为 0、1、2、3、9 时，应分别返回 0、1、2、3、3 个位置。",
        )
        close([sorted(pairs) for _, pairs in found[3:]], [[(i, tokens[i]) for i in (1, 2, 4)]] * 2)
        close(found[0][0], tokens)

    @pytest.mark.needs("frequencies")
    def test_tokens_untouched(self, run, words):
        """Leaves the list of tokens unchanged and returns a new list.
        不修改传入的词元列表，返回一个新列表。"""
        tokens = words(40)

        def probe(impl):
            seen, pairs = impl._replace_mlm_tokens(tokens, list(range(40)), 40, Vocabulary(["x", "y"]))
            return tokens, sorted(position for position, _ in pairs), seen is tokens

        close(run(probe), (tokens, list(range(40)), False))


@pytest.fixture
def examples(integers):
    """Return four examples: 5 to 9 tokens with 2 predictions, 2 or 3 with 1, 10 with 2, 2 with none."""
    drawn = []
    for tokens, predictions in ((5 + int(integers(5)), 2), (2 + int(integers(2)), 1), (10, 2), (2, 0)):
        positions, labels = 1 + integers(tokens - 1, predictions), 4 + integers(9, predictions)
        segments = [0] * min(tokens, 3) + [1] * (tokens - 3)
        ids = (4 + integers(9, tokens)).tolist()
        drawn.append((ids, positions.tolist(), labels.tolist(), segments, predictions != 1))
    return drawn


def padded(impl, examples, max_len):
    """For probes: return the padded examples; the index of <pad> is 3."""
    return impl._pad_bert_inputs(examples, max_len, Vocabulary(["<unk>", "<mask>", "<cls>", "<pad>", *WORDS]))


@pytest.mark.exercise("_pad_bert_inputs")
class TestPadBertInputs:
    @standard(promise.untouched, call=padded)
    def arguments(self, examples):
        return {"examples": examples[:2], "max_len": 10}

    @pytest.mark.points(2)
    def test_sequences(self, run, examples):
        """Pads tokens with the index of <pad> and segments with zeros, to max_len.
        词元用 <pad> 的索引填充，片段用零填充，都填到 max_len。"""
        ids, segments = run(lambda impl: padded(impl, examples[:2], 10)[:2])
        close(ids, [F.pad(torch.tensor(own), (0, 10 - len(own)), value=3) for own, *_ in examples[:2]])
        close(segments, [F.pad(torch.tensor(own), (0, 10 - len(own))) for *_, own, _ in examples[:2]])

    @pytest.mark.points(2)
    def test_predictions(self, run, examples):
        """Pads positions, weights and labels with zeros, to round(max_len * 0.15).
        位置、权重和标签用零填充到 round(max_len * 0.15)。"""
        positions, weights, labels = run(lambda impl: padded(impl, examples[:2], 20)[3:6])
        close(positions, [F.pad(torch.tensor(own), (0, 3 - len(own))) for _, own, *_ in examples[:2]])
        close(weights, [torch.tensor([1.0, 1.0, 0.0]), torch.tensor([1.0, 0.0, 0.0])])
        close(labels, [F.pad(torch.tensor(own), (0, 3 - len(own))) for _, _, own, *_ in examples[:2]])

    def test_lengths_and_labels(self, run, examples):
        """Returns lengths without padding as float32, and the labels of the next sentence task as int64.
        不含填充的长度为 float32，下一句预测的标签为 int64。"""
        lens, is_next = run(lambda impl: padded(impl, examples[:2], 12)[2::4])
        close(lens, [torch.tensor(float(len(own))) for own, *_ in examples[:2]])
        close(is_next, [torch.tensor(1), torch.tensor(0)])

    def test_rounding(self, agree, examples):
        """The number of predictions is round(max_len * 0.15), also for a half such as 4.5; it may be zero.
        预测的个数为 round(max_len * 0.15)，而不是截断，小数部分为一半（如 4.5）时也是如此；可以是零。"""
        one, none = examples[1::2]
        agree(lambda impl: [*(padded(impl, [one], n) for n in (4, 12, 17, 30)), padded(impl, [none], 3)])

    def test_nothing_to_pad(self, agree, examples):
        """Takes an example that needs no padding, and an example without predictions.
        样本可以不需要填充，也可以没有任何预测。"""
        full, none = examples[2:]
        agree(lambda impl: [padded(impl, [full], 10), padded(impl, [none, full], 16)])

    def test_number_of_examples(self, agree, examples):
        """Returns seven lists with a tensor for each example: three, one or none.
        返回七个列表，每个样本对应一个张量；样本可以是三个、一个或零个。"""
        agree(lambda impl: [padded(impl, examples[:n], 14) for n in (3, 1, 0)])


class Scripted(nn.Module):
    """For probes: return the given logits, and record the arguments of the call."""

    def __init__(self, mlm_Y_hat, nsp_Y_hat):
        super().__init__()
        self.answers = mlm_Y_hat, nsp_Y_hat

    def forward(self, tokens, segments, valid_lens=None, pred_positions=None):
        self.seen = [tokens, segments, valid_lens, pred_positions]
        return tokens, *self.answers


def losses(impl, logits, weights, labels, **options):
    """Return the three losses for (mlm logits, nsp logits), weights, and (mlm labels, nsp labels)."""
    batch, net, loss = len(weights), Scripted(*logits), nn.CrossEntropyLoss(**options)
    tokens, lens = torch.zeros(batch, 6, dtype=torch.long), torch.full((batch, 1), 6.0)
    inputs = tokens, tokens, lens, torch.zeros_like(labels[0])
    return impl._get_batch_loss_bert(net, loss, logits[0].shape[2], *inputs, weights, *labels)


@pytest.fixture
def batch(randn, integers):
    """batch(4, 3): logits and labels for both tasks, of 4 examples with 3 predictions."""

    def batch(examples, predictions):
        logits = 2 * randn(examples, predictions, VOCAB), 2 * randn(examples, 2)
        return logits, (integers(VOCAB, examples, predictions), integers(2, examples))

    return batch


def both_losses(logits, labels, **options):
    """Return the mean losses by F.cross_entropy, with all weights 1, and their sum."""
    mlm = F.cross_entropy(logits[0].reshape(-1, VOCAB), labels[0].reshape(-1), **options)
    nsp = F.cross_entropy(logits[1], labels[1], **options)
    return mlm, nsp, mlm + nsp


@pytest.mark.exercise("_get_batch_loss_bert")
class TestGetBatchLossBert:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("logits"), call=losses)
    def arguments(self, batch):
        logits, labels = batch(4, 6)  # the book's 1e-8 beside a sum of 24 weights is below the tolerance
        return {"logits": logits, "weights": torch.ones(4, 6), "labels": labels}

    @pytest.mark.points(2)
    def test_losses(self, run, batch):
        """Returns the mean loss of each task, as F.cross_entropy gives it, and their sum.
        返回两个任务各自的平均损失（与 F.cross_entropy 一致）以及二者之和。"""
        logits, labels = batch(4, 3)
        close(run(lambda impl: losses(impl, logits, torch.ones(4, 3), labels)), both_losses(logits, labels))

    def test_no_predictions(self, run, batch):
        """The masked language model has loss 0, not NaN, if all weights are 0.
        权重全为 0 时，遮蔽语言模型的损失为 0，而不是 NaN。"""
        logits, labels = batch(3, 2)
        _, nsp, _ = both_losses(logits, labels)
        close(run(lambda impl: losses(impl, logits, torch.zeros(3, 2), labels)), (torch.tensor(0.0), nsp, nsp))

    @pytest.mark.points(2)
    def test_what_the_net_sees(self, agree, batch, integers):
        """Calls net with tokens, segments, flat lengths and positions; the lengths are (batch,) or (batch, 1).
        以词元、片段、展平的有效长度和位置调用 net；有效长度为 (batch,) 或 (batch, 1)。"""
        logits, labels = batch(3, 2)
        tokens, segments, positions = integers(VOCAB, 3, 5), integers(2, 3, 5), integers(5, 3, 2)
        lens = torch.tensor([4.0, 2.0, 5.0])

        def probe(impl, lens):
            net, others = Scripted(*logits), (positions, torch.ones(3, 2), *labels)
            found = impl._get_batch_loss_bert(net, nn.CrossEntropyLoss(), VOCAB, tokens, segments, lens, *others)
            return found, net.seen

        agree(lambda impl: [probe(impl, shape) for shape in (lens, lens[:, None])])

    def test_given_loss(self, run, batch):
        """Uses the given loss for both tasks, also for one example with one prediction.
        两个任务都使用传入的损失函数，只有一个样本、一个预测时也是如此。"""
        for size in ((3, 4), (1, 1)):
            (logits, labels), weights = batch(*size), torch.ones(size)
            found = run(lambda impl, g=(logits, weights, labels): losses(impl, *g, label_smoothing=0.3))
            close(found, both_losses(logits, labels, label_smoothing=0.3))

    @pytest.mark.bonus
    def test_padding(self, run, batch):
        """Ignores predictions of weight 0, also if the loss has reduction="none".
        忽略权重为 0 的预测，损失函数的 reduction="none" 时也是如此。"""
        logits, labels = batch(3, 3)
        weights = torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
        expected = both_losses([logits[0][weights > 0], logits[1]], [labels[0][weights > 0], labels[1]])
        for reduction in ("mean", "none"):
            close(run(lambda impl, r=reduction: losses(impl, logits, weights, labels, reduction=r)), expected)
