"""ch69's reference against torch's Transformer, torch.gather, torch's padding, counting and binomial tests."""

import random
from collections import Counter

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence


@pytest.fixture
def encoder(reference):
    return reference.BERTEncoder(11, 6, [6], 6, 5, 2, 3, 0.5, 9, 6, 6, 6).double().eval()


def torch_layer(block):
    """torch's encoder layer with a block's parameters."""
    layer = nn.TransformerEncoderLayer(6, 2, 5, batch_first=True, dtype=torch.float64).eval()
    projections = [block.attention.W_q, block.attention.W_k, block.attention.W_v]
    layer.self_attn.in_proj_weight.data = torch.cat([projection.weight for projection in projections])
    layer.self_attn.in_proj_bias.data = torch.cat([projection.bias for projection in projections])
    layer.self_attn.out_proj = block.attention.W_o
    layer.linear1, layer.linear2 = block.ffn.dense1, block.ffn.dense2
    layer.norm1, layer.norm2 = block.addnorm1.ln, block.addnorm2.ln
    return layer


def test_encoder_against_torch(encoder):
    """The encoder is torch's encoder layers on top of the sum of three embeddings."""
    tokens, segments, valid_lens = torch.randint(11, (4, 7)), torch.randint(2, (4, 7)), torch.tensor([7, 2, 1, 5])
    X = F.embedding(tokens, encoder.token_embedding.weight) + F.embedding(segments, encoder.segment_embedding.weight)
    X = X + F.embedding(torch.arange(7), encoder.pos_embedding[0])
    padding = torch.arange(7) >= valid_lens[:, None]
    for block in encoder.blks:
        X = torch_layer(block)(X, src_key_padding_mask=padding)
    torch.testing.assert_close(encoder(tokens, segments, valid_lens), X)
    encoder(tokens, segments, valid_lens).sin().sum().backward()
    learned = encoder.pos_embedding.grad[0].abs().sum(1) > 0
    assert learned.tolist() == [True] * 7 + [False] * 2


def test_mask_lm_against_gather(reference):
    """The masked language model is the perceptron applied to what torch.gather takes; its gradient is right."""
    net, X = reference.MaskLM(5, 4, 3).double(), torch.randn(3, 6, 3, dtype=torch.float64, requires_grad=True)
    positions = torch.randint(6, (3, 4))
    torch.testing.assert_close(net(X, positions), net.mlp(X.gather(1, positions[:, :, None].expand(3, 4, 3))))
    assert torch.autograd.gradcheck(lambda x: net(x, positions), X)


def test_masking_by_counting(reference):
    """Over many calls positions are uniform, and the three fates come eight, one and one in ten times."""

    class Vocabulary:
        idx_to_token = tuple("uvwxyz")

    random.seed(0)
    counts, fates, calls = Counter(), Counter(), 20_000
    for _ in range(calls):
        seen, drawn = reference._replace_mlm_tokens(list("<abcd>"), [1, 2, 3, 4], 2, Vocabulary)
        assert all(label == "<abcd>"[position] for position, label in drawn)
        counts.update(position for position, _ in drawn)
        fates.update("kept" if seen[position] == label else seen[position] for position, label in drawn)
    assert set(counts) == {1, 2, 3, 4}
    assert all(abs(count - calls / 2) < 5 * (calls / 4) ** 0.5 for count in counts.values())
    expected = {"<mask>": 0.8, "kept": 0.1, **dict.fromkeys("uvwxyz", 0.1 / 6)}
    assert set(fates) == set(expected)
    for fate, share in expected.items():
        assert abs(fates[fate] - 2 * calls * share) < 5 * (2 * calls * share * (1 - share)) ** 0.5


def test_padding_against_torch(reference):
    """The tables are those of torch's pad_sequence, and the weights cover the predictions."""
    examples = []
    for length, predictions in ((9, 2), (20, 3), (3, 1), (5, 0)):
        ids, segments = torch.randint(2, 50, (length,)), torch.randint(2, (length,))
        positions, labels = torch.randint(length, (predictions,)), torch.randint(2, 50, (predictions,))
        examples.append([*(part.tolist() for part in (ids, positions, labels, segments)), length > 5])
    found = [torch.stack(part) for part in reference._pad_bert_inputs(examples, 20, {"<pad>": 1})]
    columns = [
        [torch.tensor(part, dtype=torch.long) for part in column] for column in list(zip(*examples, strict=True))
    ]
    ids, positions, labels, segments = (pad_sequence(column, batch_first=True) for column in columns[:4])
    assert found[0].equal(ids + (torch.arange(20) >= torch.tensor([9, 20, 3, 5])[:, None]).long())
    assert found[1].equal(segments)
    assert found[2].equal(torch.tensor([9.0, 20, 3, 5]))
    assert found[3].equal(positions)
    assert found[4].equal((torch.arange(3) < torch.tensor([2, 3, 1, 0])[:, None]).float())
    assert found[5].equal(labels)
    assert found[6].equal(torch.tensor([1, 1, 0, 0]))


def test_losses_against_ignored_labels(reference):
    """The masked loss is F.cross_entropy with the padding's labels ignored; the other loss is plain."""
    mlm, nsp, labels = torch.randn(3, 4, 7), torch.randn(3, 2), torch.randint(7, (3, 4))
    weights, is_next = torch.tensor([[1.0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]]), torch.tensor([1, 0, 1])
    batch = torch.zeros(3, 5), torch.zeros(3, 5), torch.full((3, 1), 5.0), torch.zeros(3, 4), weights, labels, is_next
    marked = torch.where(weights > 0, labels, -100)
    expected = F.cross_entropy(mlm.flatten(0, 1), marked.flatten()), F.cross_entropy(nsp, is_next)
    for reduction in ("mean", "none"):
        loss = nn.CrossEntropyLoss(reduction=reduction)
        found = reference._get_batch_loss_bert(lambda *_: (None, mlm, nsp), loss, 7, *batch)
        torch.testing.assert_close(found, (*expected, sum(expected)))
