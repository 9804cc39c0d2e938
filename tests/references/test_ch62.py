"""ch62's reference against torch's layers and losses, nltk's BLEU, and finite differences."""

import itertools

import pytest
import torch
from nltk.translate.bleu_score import brevity_penalty, modified_precision
from torch import nn
from torch.nn import functional as F


def test_layers_against_torch(reference):
    """Encoder and decoder are torch's GRUs, the decoder's with the encoder's last top state beside every word."""
    encoder = reference.Seq2SeqEncoder(11, 5, 6, 3).eval()
    decoder = reference.Seq2SeqDecoder(12, 5, 6, 3).eval()
    source, target = torch.randint(11, (4, 7)), torch.randint(12, (4, 3))
    outputs, state = encoder(source, torch.tensor([7, 2, 3, 1]))
    twin = nn.GRU(5, 6, 3, batch_first=True)
    twin.load_state_dict(encoder.rnn.state_dict())
    expected, expected_state = twin(encoder.embedding.weight[source])
    torch.testing.assert_close(outputs, expected.transpose(0, 1))
    torch.testing.assert_close(state, expected_state)
    logits, new_state = decoder(target, decoder.init_state((outputs, state)))
    twin = nn.GRU(11, 6, 3, batch_first=True)
    twin.load_state_dict(decoder.rnn.state_dict())
    context = outputs[-1].reshape(4, 1, 6).repeat(1, 3, 1)
    hidden, expected_state = twin(torch.cat([decoder.embedding.weight[target], context], 2), state)
    torch.testing.assert_close(logits, F.linear(hidden, decoder.dense.weight, decoder.dense.bias))
    torch.testing.assert_close(new_state, expected_state)


def test_mask_and_loss_against_torch(reference):
    """The masked loss is torch's with the padding's index ignored, divided by the steps, and so is its gradient."""
    pred = torch.randn(4, 5, 7, dtype=torch.float64, requires_grad=True)
    label, valid_len = torch.randint(1, 7, (4, 5)), torch.tensor([5, 2, 0, 3])
    padded = reference.sequence_mask(label, valid_len, -100)
    assert (padded != -100).sum(1).tolist() == valid_len.tolist()
    expected = F.cross_entropy(pred.permute(0, 2, 1), padded, ignore_index=-100, reduction="none").sum(1) / 5
    loss = reference.MaskedSoftmaxCELoss()
    torch.testing.assert_close(loss(pred, label, valid_len), expected)
    assert torch.autograd.gradcheck(lambda p: loss(p, label, valid_len), pred)


def test_prediction_is_greedy(reference):
    """A translation is what follows from taking the argmax of the net's logits by hand, up to <eos>."""

    class Vocabulary(dict):
        def __getitem__(self, word):
            return [self[w] for w in word] if isinstance(word, list) else super().__getitem__(word)

        def to_tokens(self, indices):
            return [list(self)[i] for i in indices]

    vocabulary = Vocabulary({word: i for i, word in enumerate(["<pad>", "<bos>", "a", "b", "<eos>", "c", "d"])})
    ended = 0
    for seed in range(20):
        torch.manual_seed(seed)
        net = nn.Module()
        net.encoder, net.decoder = reference.Seq2SeqEncoder(7, 4, 8, 2), reference.Seq2SeqDecoder(7, 4, 8, 2)
        nn.init.normal_(net.decoder.embedding.weight, std=5)
        translation, _ = reference.predict_seq2seq(net, "B A", vocabulary, vocabulary, 5, torch.device("cpu"))
        state, said = net.encoder(torch.tensor([[3, 2, 4, 0, 0]]))[1], [1]
        while len(said) <= 5 and said[-1] != 4:
            logits, state = net.decoder(torch.tensor([said[-1:]]), state)
            said.append(logits.flatten().tolist().index(logits.max().item()))
        ended += said[-1] == 4
        assert translation == " ".join(vocabulary.to_tokens([word for word in said[1:] if word != 4]))
    assert 0 < ended < 20


def test_bleu_against_nltk(reference):
    """BLEU is nltk's clipped precisions and brevity penalty, for all pairs of sentences of up to four tokens of two."""
    sentences = [s for length in (1, 2, 3, 4) for s in itertools.product("xy", repeat=length)]
    for prediction, label in itertools.product(sentences, repeat=2):
        expected = brevity_penalty(len(label), len(prediction))
        for k in range(1, len(prediction) + 1):
            expected *= float(modified_precision([label], prediction, k)) ** (1 / 2**k)
            assert reference.bleu(" ".join(prediction), " ".join(label), k) == pytest.approx(expected)
