"""ch84's reference against torch's layers, encode and sums over single names."""

from itertools import product

import pytest
import torch
from torch import nn

SIZES = [(5, 3, 4, 2, 1), (2, 7, 3, 6, 3), (1, 1, 1, 1, 2)]


@pytest.mark.parametrize(("bidirectional", "batch_first"), [*product((False, True), repeat=2)])
def test_state_shapes(reference, bidirectional, batch_first):
    """nn.GRU accepts input and h_0 of these shapes, and returns output and h_n of these shapes."""
    for steps, batch, inputs, hiddens, layers in SIZES:
        shapes = reference.state_shapes(steps, batch, inputs, hiddens, layers, bidirectional, batch_first)
        gru = nn.GRU(inputs, hiddens, layers, bidirectional=bidirectional, batch_first=batch_first)
        output, h_n = gru(torch.zeros(shapes["input"]), torch.zeros(shapes["h_0"]))
        assert (tuple(output.shape), tuple(h_n.shape)) == (shapes["output"], shapes["h_n"])
        batch_axis = 0 if batch_first else 1
        assert (shapes["input"][batch_axis], shapes["input"][1 - batch_axis]) == (batch, steps)


def test_storage_cost(reference):
    """storage_cost gives the numbers of the course notes, and those of real tensors."""
    assert reference.storage_cost(3, 89, 5) == (3 * 89, 3 * 5)
    for samples, vocab, dim in ((1, 1, 1), (4, 1, 3), (50, 7, 9)):
        ids = torch.randint(0, vocab, (samples,))
        stored = nn.functional.one_hot(ids, vocab).numel(), nn.Embedding(vocab, dim)(ids).numel()
        assert reference.storage_cost(samples, vocab, dim) == stored


@pytest.mark.parametrize("shape", [(), (3,), (2, 5), (1, 1, 4), (0,), (2, 0)])
def test_embedding_lookup(reference, shape):
    """embedding_lookup and its gradients agree with F.embedding."""
    weight, idx = torch.randn(6, 4, dtype=torch.float64, requires_grad=True), torch.randint(0, 6, shape)
    result, expected = reference.embedding_lookup(weight, idx), nn.functional.embedding(idx, weight)
    torch.testing.assert_close(result, expected)
    upstream = torch.randn_like(expected)
    gradients = [torch.autograd.grad(output, weight, upstream)[0] for output in (result, expected)]
    torch.testing.assert_close(*gradients)


def test_large_ids(reference):
    """embedding_lookup refuses ids that weight has no row for."""
    for large in (3, 40):
        with pytest.raises(IndexError):
            reference.embedding_lookup(torch.randn(3, 2), torch.tensor([0, large]))


def test_names_to_tensor(reference):
    """names_to_tensor agrees with the ASCII encoding, and refuses the names that have none."""
    for names in (["Li", "Ada"], ["", "O'Neil-Smith ", "x"], [""], ("\x7f", "\x01")):
        codes, lengths = reference.names_to_tensor(names)
        assert codes.dtype == lengths.dtype == torch.int64
        assert codes.shape == (len(names), max(map(len, names)))
        assert lengths.tolist() == [len(name) for name in names]
        for row, name in zip(codes.tolist(), names, strict=True):
            assert bytes(row) == name.encode("ascii").ljust(len(row), b"\0")
    for name in ("\x80", "Jos\xe9", "\u674e"):
        with pytest.raises(ValueError, match="not ASCII"):
            reference.names_to_tensor(["Ada", name])


@pytest.mark.parametrize(("layers", "bidirectional"), [*product((1, 3), (False, True))])
def test_name_classifier(reference, layers, bidirectional):
    """NameClassifier agrees with its own layers on single names without padding."""
    torch.manual_seed(layers)
    net = reference.NameClassifier(11, 4, 3, layers, bidirectional).double()
    lengths = torch.tensor([2, 6, 1, 4])
    seqs = torch.randint(0, 11, (4, 8))
    expected = []
    for row, length in zip(seqs, lengths, strict=True):
        output, _ = net.gru(net.embedding(row[:length]))
        ends = [output[-1, :4], output[0, 4:]] if bidirectional else [output[-1]]
        expected.append(net.fc(torch.cat(ends)))
    torch.testing.assert_close(net(seqs, lengths), torch.stack(expected))


def test_padding_gets_no_gradient(reference):
    """The rows of ids that occur only in the padding get no gradient."""
    net = reference.NameClassifier(6, 3, 2)
    net(torch.tensor([[1, 2, 5], [3, 5, 5]]), torch.tensor([2, 1])).sum().backward()
    assert net.embedding.weight.grad[[0, 4, 5]].eq(0).all()
    assert net.embedding.weight.grad[1:4].ne(0).any(dim=1).all()
