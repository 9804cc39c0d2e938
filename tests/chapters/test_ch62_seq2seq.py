"""ch62: Seq2SeqEncoder, Seq2SeqDecoder, sequence_mask, MaskedSoftmaxCELoss, predict_seq2seq, bleu."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, promise, set_parameters, standard

VOCAB, EMBED, HIDDEN = 9, 3, 4


@pytest.fixture
def words(generator):
    """Return words(2, 5): random word indices of this shape."""
    return lambda *shape: torch.randint(VOCAB, shape, generator=generator)


@pytest.fixture
def sentence(generator):
    """sentence(5): this many different words in random order, of the target language unless others are given."""
    return lambda count, of=WORDS: [of[i] for i in torch.randperm(len(of), generator=generator)[:count].tolist()]


def encoder(impl, layers=2, dropout=0.0):
    return set_parameters(impl.Seq2SeqEncoder(VOCAB, EMBED, HIDDEN, layers, dropout=dropout), seed=1)


def decoder(impl, layers=2, dropout=0.0):
    return set_parameters(impl.Seq2SeqDecoder(VOCAB, EMBED, HIDDEN, layers, dropout=dropout), seed=2)


def layers_of(seed, reads, layers=2):
    """torch's own embedding, GRU and linear layer under the exercises' names."""
    parts = {"embedding": nn.Embedding(VOCAB, EMBED), "rnn": nn.GRU(reads, HIDDEN, layers)}
    return set_parameters(nn.ModuleDict(parts | {"dense": nn.Linear(HIDDEN, VOCAB)}), seed).requires_grad_(False)


@pytest.mark.exercise("Seq2SeqEncoder")
class TestSeq2SeqEncoder:
    @standard(promise.float64_transposed, promise.gradients(of=0), net=encoder)
    def arguments(self, words, chance):
        return {"X": words(*chance.sample(range(2, 6), 2))}

    @pytest.mark.points(2)
    def test_outputs(self, run, words):
        """Returns the outputs of the top layer, time first, as torch's embedding and GRU do.
        返回顶层在各时间步的输出（时间步在前），与 torch 的嵌入层和 GRU 一致。"""
        X, net = words(3, 5), layers_of(1, EMBED)
        close(run(lambda impl: encoder(impl)(X)[0]), net["rnn"](net["embedding"](X.t()))[0])

    @pytest.mark.points(2)
    def test_state(self, run, words):
        """Returns the last state of each layer, for one layer and for three.
        返回每一层最后的隐状态，只有一层或有三层时都是如此。"""
        X = words(2, 4)
        for layers in (1, 3):
            net = layers_of(1, EMBED, layers)
            close(run(lambda impl, n=layers: encoder(impl, n)(X)[1]), net["rnn"](net["embedding"](X.t()))[1])

    def test_valid_length_ignored(self, agree, words):
        """Ignores further arguments, such as the valid lengths.
        忽略多余的参数，例如有效长度。"""
        X = words(2, 5)
        agree(lambda impl: encoder(impl)(X, torch.tensor([1, 3])))

    def test_one_sentence(self, agree, words):
        """Takes a batch of one and a single step.
        可接受只有一个句子的批量和只有一个时间步的句子。"""
        X = words(1, 4)
        agree(lambda impl: [encoder(impl)(X), encoder(impl)(X[:, :1])])

    def test_dropout(self, agree, words):
        """Applies dropout between the layers in training, and not in evaluation.
        训练时在层与层之间应用暂退法，评估时不用。"""
        X = words(2, 3)
        agree(lambda impl: [encoder(impl, dropout=1.0)(X), encoder(impl, dropout=1.0).eval()(X)])


@pytest.mark.exercise("Seq2SeqDecoder")
class TestSeq2SeqDecoder:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.batch_of_one(X=0, state=1, id="one_sentence"),
        promise.gradients("state", of=0),
        net=decoder,
    )
    def arguments(self, words, randn, chance):
        batch, steps = chance.sample(range(2, 6), 2)
        return {"X": words(batch, steps), "state": randn(2, batch, HIDDEN)}

    @pytest.mark.points(2)
    def test_logits(self, run, words, randn):
        """Predicts from the words and the context, as torch's layers do, batch first; returns the new state.
        根据已读的词和上下文来预测，与 torch 的层一致，批量在前；并返回新的状态。"""
        X, state, net = words(3, 5), randn(2, 3, HIDDEN), layers_of(2, EMBED + HIDDEN)
        inputs = torch.stack([torch.cat([net["embedding"](column), state[1]], dim=1) for column in X.t()])
        outputs, new_state = net["rnn"](inputs, state)
        close(run(lambda impl: decoder(impl)(X, state)), (net["dense"](outputs).transpose(0, 1), new_state))

    def test_init_state(self, agree, randn):
        """The first state is the encoder's state; ignores further arguments.
        初始状态就是编码器的状态；忽略多余的参数。"""
        pair = randn(2, 3, HIDDEN), randn(2, 3, HIDDEN)
        agree(lambda impl: [decoder(impl).init_state(pair), decoder(impl).init_state(pair, torch.tensor([2, 1, 2]))])

    def test_step_by_step(self, agree, words, randn):
        """Reads single words, with the state passed on; the context changes with the state.
        逐个词输入并传递状态时，上下文也随状态变化。"""
        X, state = words(2, 3), randn(3, 2, HIDDEN)

        def probe(impl):
            net, now, logits = decoder(impl, layers=3), state, []
            for column in X.split(1, dim=1):
                step, now = net(column, now)
                logits.append(step)
            return logits, now

        agree(probe)

    def test_dropout(self, agree, words, randn):
        """Applies dropout between the layers in training, and not in evaluation.
        训练时在层与层之间应用暂退法，评估时不用。"""
        X, state = words(2, 3), randn(2, 2, HIDDEN)
        agree(lambda impl: [decoder(impl, dropout=1.0)(X, state), decoder(impl, dropout=1.0).eval()(X, state)])


def masked(impl, X, valid_len, **value):
    """The book's function writes into X, which is allowed: it gets a copy."""
    return impl.sequence_mask(X.clone(), valid_len, **value)


@pytest.mark.exercise("sequence_mask")
class TestSequenceMask:
    @standard(promise.float64_transposed, promise.gradients("X", points=1), call=masked)
    def arguments(self, randn):
        return {"X": randn(3, 4, 2), "valid_len": torch.tensor([2, 4, 1])}

    @pytest.mark.points(2)
    def test_zeros(self, run, randn):
        """Replaces the entries beyond each valid length by zeros.
        把每个序列有效长度之后的项置零。"""
        X, lengths = randn(3, 5), [3, 1, 4]
        expected = torch.stack([torch.cat([row[:n], torch.zeros(5 - n)]) for row, n in zip(X, lengths, strict=True)])
        close(run(lambda impl: masked(impl, X, torch.tensor(lengths))), expected)

    def test_empty_and_full(self, agree, randn):
        """Masks all of a sequence of length 0, and nothing if the length is at least the number of steps.
        有效长度为 0 时全部遮蔽；不小于时间步数时全部保留。"""
        X = randn(4, 4)
        agree(lambda impl: masked(impl, X, torch.tensor([0, 4, 1, 6])))

    def test_value(self, agree, randn):
        """Uses the given value.
        填入给定的值。"""
        X = randn(2, 4)
        agree(lambda impl: [masked(impl, X, torch.tensor([2, 3]), value=v) for v in (-1, 0.5, -1e6)])

    @pytest.mark.points(2)
    def test_further_axes(self, agree, randn):
        """Masks whole steps, for any number of further axes.
        按时间步整体遮蔽，后面还有几个轴都可以。"""
        X, more = randn(3, 4, 2), randn(3, 3, 2, 2)
        agree(lambda impl: [masked(impl, x, torch.tensor([2, 0, 3]), value=-1) for x in (X, more)])

    @pytest.mark.needs("zeros")
    def test_integers(self, agree, words):
        """Keeps the dtype of integers.
        整数张量的 dtype 不变。"""
        X = words(3, 4) + 1
        agree(lambda impl: [masked(impl, X, torch.tensor([1, 0, 2]), value=v) for v in (0, -1)])

    def test_lengths_of_any_type(self, agree, randn):
        """Takes int32 and float lengths, and leaves them unchanged.
        有效长度可以是 int32 或浮点数，且不被修改。"""
        X, lengths = randn(3, 3), [torch.tensor([2, 1, 3], dtype=kind) for kind in (torch.int32, torch.float32)]
        agree(lambda impl: ([masked(impl, X, n) for n in lengths], lengths))

    def test_one_sequence(self, agree, randn):
        """Takes a batch of one, and sequences of one step.
        可接受只有一个序列的批量和只有一个时间步的序列。"""
        X = randn(1, 5)
        agree(lambda impl: [masked(impl, X, torch.tensor([2])), masked(impl, X.t(), torch.tensor([1, 0, 0, 1, 0]))])

    def test_anything_in_the_padding(self, agree, randn):
        """Replaces any padding, also inf and NaN.
        填充位置原来是什么都会被替换，包括 inf 和 NaN。"""
        X = randn(2, 4)
        X[0, 2], X[1, 3], X[0, 3] = torch.nan, torch.inf, -torch.inf
        agree(lambda impl: masked(impl, X, torch.tensor([2, 3])))

    @pytest.mark.bonus
    def test_device(self, agree, randn):
        """Makes the mask on the device of X, whatever the default device is.
        在 X 所在的设备上构造掩码，与默认设备无关。"""
        X, lengths = randn(2, 4), torch.tensor([1, 3])

        def probe(impl):
            with torch.device("meta"):
                return masked(impl, X, lengths)

        agree(probe)


@pytest.mark.exercise("MaskedSoftmaxCELoss")
class TestMaskedSoftmaxCELoss:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.batch_of_one("pred", "label", "valid_len", id="one_sequence"),
        promise.gradients("pred"),
        net=lambda impl: impl.MaskedSoftmaxCELoss(),
    )
    def arguments(self, randn, words):
        return {"pred": randn(3, 4, VOCAB), "label": words(3, 4), "valid_len": torch.tensor([2, 4, 0])}

    @pytest.mark.points(2)
    def test_losses(self, run, randn, words):
        """Returns a loss for each sequence, from its valid steps only, as torch's cross_entropy does.
        每个序列一个损失，只计有效的时间步，与 torch 的 cross_entropy 一致。"""
        pred, label, lengths = randn(4, 5, VOCAB), words(4, 5), torch.tensor([2, 5, 3, 1])
        each = F.cross_entropy(pred.reshape(-1, VOCAB), label.reshape(-1), reduction="none").reshape(4, 5)
        expected = torch.stack([row[:n].sum() / 5 for row, n in zip(each, lengths, strict=True)])
        close(run(lambda impl: impl.MaskedSoftmaxCELoss()(pred, label, lengths)), expected)

    def test_divides_by_all_steps(self, run, generator):
        """Divides by all steps: with 10 words and equal logits, the loss is ln 10 times the valid share.
        除以全部时间步数：词表有 10 个词且 logits 全相等时，损失为 ln 10 乘以有效时间步所占的比例。"""
        given = torch.ones(3, 4, 10), torch.ones(3, 4, dtype=torch.long), torch.randperm(5, generator=generator)[:3]
        close(run(lambda impl: impl.MaskedSoftmaxCELoss()(*given)), math.log(10) * given[2] / 4)

    def test_padding_is_ignored(self, agree, randn, words):
        """Logits and labels in the padding do not affect the loss.
        填充位置的 logits 和标签不影响损失。"""
        pred, other, label = randn(2, 4, VOCAB), randn(2, 4, VOCAB), words(2, 4)
        pred[:, 2:], label[:, 2:] = 3 * other[:, 2:], (label[:, 2:] + 1) % VOCAB
        agree(lambda impl: impl.MaskedSoftmaxCELoss()(pred, label, torch.tensor([2, 1])))

    def test_large_logits(self, agree, randn, words):
        """Is finite and right for logits in the thousands.
        logits 的绝对值上千时仍然有限且正确。"""
        pred, label = 1000 * randn(3, 4, VOCAB), words(3, 4)
        agree(lambda impl: impl.MaskedSoftmaxCELoss()(pred, label, torch.tensor([2, 4, 1])))


WORDS = ["il", "est", "parti", "chez", "moi", "!"]
TARGET = [*WORDS[:2], "<eos>", *WORDS[2:], "<unk>", "<pad>", "<bos>"]
SOURCE = ["<unk>", "<pad>", "<bos>", "<eos>", "go", "home", "he", "is", "."]


class Vocabulary:
    """A vocabulary like the book's Vocab: indices of words, words of indices."""

    def __init__(self, words):
        self.words = words

    def __len__(self):
        return len(self.words)

    def __getitem__(self, word):
        if isinstance(word, (list, tuple)):
            return [self[one] for one in word]
        return self.words.index(word if word in self.words else "<unk>")

    def to_tokens(self, indices):
        return [self.words[i] for i in indices] if isinstance(indices, (list, tuple)) else self.words[indices]


class ScriptedEncoder(nn.Module):
    def forward(self, X, valid_len):
        self.seen = X, valid_len, self.training
        return X + 0.5, X.sum()


class ScriptedDecoder(nn.Module):
    """Predicts the words of the script in turn; records its calls.

    If it does not read its last word, it predicts another word, which depends on the step and on the words that it
    reads.
    """

    def __init__(self, script):
        super().__init__()
        self.script, self.seen = Vocabulary(TARGET)[[*script, *["<unk>"] * 9]], []

    def init_state(self, enc_outputs, valid_len):
        self.started_from = enc_outputs, valid_len
        return torch.stack([torch.tensor(0), enc_outputs[1]])  # the number of the step, what the encoder gave

    def forward(self, X, state):
        self.seen.append([X, state, self.training])
        step = int(state[0])
        said = [TARGET.index("<bos>"), *self.script][step]
        says = self.script[step]
        if X.tolist() != [[said]]:
            others = [i for i, word in enumerate(TARGET) if word in WORDS and i != says]
            says = others[(step + int(X.sum())) % len(others)]
        scores = -1.0 - torch.arange(float(len(TARGET))) / 10
        scores[says] = -0.5
        self.attention_weights = [torch.tensor([[step, int(X.sum())]])]
        return scores.expand(*X.shape, -1), state + torch.tensor([1, 0])


def translate(impl, script, sentence="go .", num_steps=6, **options):
    """Return (translation, attention weights), and the net with the records of its calls."""
    net = nn.ModuleDict({"encoder": ScriptedEncoder(), "decoder": ScriptedDecoder(script)})
    vocabularies = Vocabulary(SOURCE), Vocabulary(TARGET)
    return impl.predict_seq2seq(net, sentence, *vocabularies, num_steps, torch.device("cpu"), **options), net


def encoded(impl, sentence, num_steps):
    """For probes: return the tokens and the length that the encoder gets, and the translation "moi"."""
    result, net = translate(impl, ["moi", "<eos>"], sentence, num_steps)
    return *net.encoder.seen[:2], result


@pytest.mark.exercise("predict_seq2seq")
class TestPredictSeq2Seq:
    @pytest.mark.points(2)
    def test_translation(self, run, sentence):
        """Joins the predicted words, and feeds each word and the state back to the decoder.
        把预测的词连接起来，并把每个词和状态传回解码器。"""
        script = sentence(5)
        translation, _ = run(lambda impl: translate(impl, [*script, "<eos>", "<pad>"], num_steps=9)[0])
        close(translation, " ".join(script))

    def test_stops_at_the_end(self, agree, sentence):
        """Stops at <eos>, also at the first step.
        遇到 <eos> 就停止，第一步就遇到时也是如此。"""
        words = sentence(6)
        scripts = [*words[:4], "<eos>", *words[4:]], ["<eos>", *words]
        agree(lambda impl: [translate(impl, script)[0] for script in scripts])

    def test_no_end(self, agree, sentence):
        """Returns num_steps words if there is no <eos>.
        没有 <eos> 时得到 num_steps 个词。"""
        script = sentence(6)
        agree(lambda impl: [translate(impl, script, num_steps=n)[0] for n in (1, 4)])

    @pytest.mark.points(2)
    def test_source(self, agree, sentence):
        """The encoder reads the sentence in lower case, <eos> and <pad>; the length counts <eos>.
        编码器读入小写的句子、<eos> 和 <pad>；有效长度包括 <eos>。"""
        given = " ".join(sentence(6, ["He", "IS", "gO", "home", "Zuhause", "."]))
        agree(lambda impl: encoded(impl, given, num_steps=8))

    def test_long_source(self, agree, sentence):
        """Truncates a long sentence to num_steps.
        把过长的句子截断到 num_steps。"""
        given = " ".join(sentence(4, SOURCE[4:8]))
        agree(lambda impl: [encoded(impl, given, num_steps=n)[::2] for n in (2, 4)])

    def test_decoder_inputs(self, agree, sentence):
        """The decoder starts from the encoder's outputs and <bos> of its own vocabulary, then reads single words.
        解码器从编码器的输出和目标词表中的 <bos> 开始，之后每次读入一个词。"""
        script = [*sentence(3), "<eos>", "moi"]

        def probe(impl):
            result, net = translate(impl, script)
            return result, net.decoder.started_from, [step[:2] for step in net.decoder.seen]

        agree(probe)

    def test_evaluation_mode(self, agree, sentence):
        """Puts the net into evaluation mode first.
        先把网络设为评估模式。"""
        script = [*sentence(2), "<eos>"]

        def probe(impl):
            result, net = translate(impl, script)
            return result, [part[2] for part in (net.encoder.seen, *net.decoder.seen)]

        agree(probe)

    def test_attention_weights(self, agree, sentence):
        """Records the attention weights of each step, with that of <eos>, if save_attention_weights is True.
        save_attention_weights 为 True 时，保存每一步（包括 <eos> 那一步）的注意力权重；否则列表为空。"""
        script = [*sentence(3), "<eos>"]
        agree(lambda impl: [translate(impl, script, save_attention_weights=asked)[0] for asked in (True, False)])


@pytest.fixture
def more(generator):
    """A sentence of 3 to 40 words, all different."""
    return " ".join(f"x{i}" for i in range(int(torch.randint(3, 41, (), generator=generator))))


@pytest.mark.exercise("bleu")
class TestBleu:
    @pytest.mark.points(2)
    def test_sentences(self, agree, generator):
        """Scores sentences of two words with many repetitions, for k from 1 to 4.
        对由两种词反复组成的句子，k 从 1 到 4 时得分都正确。"""
        drawn = torch.randint(2, (8, 2, 12), generator=generator).tolist()
        pairs = [[" ".join("xy"[i] for i in side[: 12 - cut]) for side in pair] for cut, pair in enumerate(drawn)]
        agree(lambda impl: [[impl.bleu(*pair, k) for k in (1, 2, 3, 4)] for pair in pairs])

    def test_book_example(self, run):
        """Scores the book's A B B C D for A B C D E F: the precisions are 4/5, 3/4, 1/3 and 0.
        书中的例子：标签 A B C D E F，预测 A B B C D，精度依次为 4/5、3/4、1/3、0。"""
        scores = run(lambda impl: [impl.bleu("A B B C D", "A B C D E F", k) for k in (1, 2, 3, 4)])
        first = math.exp(-0.2) * 0.8**0.5
        close(scores, [first, first * 0.75**0.25, first * 0.75**0.25 * (1 / 3) ** 0.125, 0.0])

    def test_perfect_match(self, agree, more):
        """A prediction equal to the label scores 1; a different word lowers the score.
        预测与标签完全相同时得 1 分；换掉一个词则低于 1 分。"""
        label, other = f"he 's calm , is n't he ? {more}", f"he 's so , is n't he ? {more}"
        agree(lambda impl: [[impl.bleu(p, label, k) for k in (1, 2, 4)] for p in (label, other)])

    def test_repeated_word(self, run, more):
        """A repeated word matches as often as it is in the label: "a a a" for "a b" has one match of three.
        重复的词最多匹配它在标签中出现的次数：用 "a a a" 预测 "a b"，三个词中只匹配一个。"""
        cases = ("a a a", "a b", 1), ("a a b a", "a b a", 2), ("a " * len(more) + "a", "b a", 1)
        scores = run(lambda impl: [impl.bleu(*case) for case in cases])
        close(scores, [3**-0.5, 0.75**0.5 * (2 / 3) ** 0.25, (len(more) + 1) ** -0.5])

    def test_no_match(self, agree):
        """Scores 0 without common words, also for an empty prediction; from k = 2 on, without common pairs of words.
        没有相同的词时得 0 分，预测为空时也是如此；没有相同的词对时，k 从 2 起得 0 分。"""
        agree(lambda impl: [impl.bleu(p, "a b c", k) for p, k in (("x y", 1), ("", 1), ("c b a", 1), ("c b a", 2))])

    def test_short_prediction(self, run, more):
        """A prediction shorter than the label has the factor exp(1 - len_label / len_pred).
        预测短于标签时，乘以惩罚因子 exp(1 - len_label / len_pred)。"""
        scores = run(lambda impl: [impl.bleu(more, f"{more} a", 2), impl.bleu("a", "a b c d", 1)])
        close(scores, [math.exp(-1 / len(more.split())), math.exp(-3)])

    def test_long_prediction(self, run, more):
        """A longer prediction has a lower precision, but no other penalty and no reward.
        预测更长时，只有精度下降，没有额外的惩罚，也没有奖励。"""
        scores = run(lambda impl: [impl.bleu("a b c d e", "a b c", 1), impl.bleu(f"{more} a", more, 2)])
        n = len(more.split())
        close(scores, [0.6**0.5, (n / (n + 1)) ** 0.5 * ((n - 1) / n) ** 0.25])

    def test_order(self, agree, more):
        """The order of the words matters from k = 2 on.
        从 k = 2 起，词的顺序有影响。"""
        agree(lambda impl: [impl.bleu(f"b a d c a b {more}", f"a b c d a b {more}", k) for k in (1, 2)])

    def test_whole_words(self, agree, more):
        """Compares whole words, not letters, and keeps the words of an n-gram apart.
        比较的是整个词而不是字母；n 元语法中各个词彼此分开。"""
        agree(lambda impl: [impl.bleu(f"got {more}", f"go {more}", 1), impl.bleu("ab c d e", "a bc d e", 2)])

    @pytest.mark.bonus
    def test_too_short(self, agree):
        """A prediction of fewer than k tokens scores 0; it has no n-grams to divide by.
        预测不足 k 个词元时得 0 分，而不是除以零。"""
        agree(lambda impl: [impl.bleu("a b", "a b", k) for k in (2, 3, 4)] + [impl.bleu("", "a b", 2)])
