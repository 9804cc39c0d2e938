"""ch70's reference against torch's functions, its optimizers, brute force, and finite differences."""

import itertools

import pytest
import torch
from torch.nn import functional as F


@pytest.fixture
def bert(reference):
    """A BERT of the width that the classifier wants, with three small blocks."""
    return reference.BERTModel(11, 256, [256], 256, 8, 4, 3, 0.1, 9, *[256] * 6).double().eval()


def pooled(bert, X):
    """Where both classifiers read: a tanh layer on the first step's encoding."""
    return torch.tanh(F.linear(X[:, 0], bert.hidden[0].weight, bert.hidden[0].bias))


def test_model_against_torch(bert):
    """The model is its encoder, with a perceptron on <cls> and another one on the chosen positions."""
    tokens, segments, lens = torch.randint(11, (3, 7)), torch.randint(2, (3, 7)), torch.tensor([7, 4, 5])
    positions = torch.tensor([[1, 2], [3, 3], [0, 4]])
    encoded, mlm, nsp = bert(tokens, segments, lens, positions)
    torch.testing.assert_close(encoded, bert.encoder(tokens, segments, lens))
    torch.testing.assert_close(nsp, F.linear(pooled(bert, encoded), bert.nsp.output.weight, bert.nsp.output.bias))
    torch.testing.assert_close(mlm, bert.mlm.mlp(encoded.gather(1, positions[:, :, None].expand(-1, -1, 256))))
    assert bert(tokens, segments)[1] is None
    tokens[1, 4:] = 0
    torch.testing.assert_close(bert(tokens, segments, lens)[2], nsp)


def test_classifier_against_torch(reference, bert):
    """The classifier reads the model's own layers, has no others but one, and its gradient is that of the model."""
    net = reference.BERTClassifier(bert).double()
    assert {id(p) for p in net.parameters()} == {
        id(p) for part in (bert.encoder, bert.hidden, net.output) for p in part.parameters()
    }
    batch = torch.randint(11, (2, 5)), torch.randint(2, (2, 5)), torch.tensor([3, 5])
    expected = F.linear(pooled(bert, bert(*batch)[0]), net.output.weight, net.output.bias)
    torch.testing.assert_close(net(batch), expected)
    labels = torch.tensor([2, 0])
    bias = bert.encoder.blks[0].addnorm1.ln.bias
    (grad,) = torch.autograd.grad(F.cross_entropy(net(batch), labels), bias)
    losses = []
    for step in (1e-6, -1e-6):
        bias.data[5] += step
        losses.append(F.cross_entropy(net(batch), labels).item())
        bias.data[5] -= step
    assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(grad[5].item(), rel=1e-4)


def test_truncation_by_brute_force(reference):
    """The pair that is left fits, is the longest that does, and the most even one, the premise before."""
    for p, h, max_len in itertools.product(range(7), range(7), range(3, 15)):
        premise, hypothesis = list(range(p)), list(range(h))
        reference.truncate_pair(premise, hypothesis, max_len)
        fitting = [(i, j) for i in range(p + 1) for j in range(h + 1) if i + j + 3 <= max_len]
        best = max(fitting, key=lambda way: (sum(way), -abs(way[0] - way[1]), way[0]))
        assert (premise, hypothesis) == (list(range(best[0])), list(range(best[1])))


def test_groups_in_an_optimizer(reference, bert):
    """An optimizer takes the groups; one step of plain gradient descent moves every layer by its own learning rate."""
    net = reference.BERTClassifier(bert).double()
    optimizer = torch.optim.SGD(reference.llrd_groups(net, 0.5, 0.5), lr=9.0)
    assert sum(len(group["params"]) for group in optimizer.param_groups) == len(list(net.parameters()))
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    for p in net.parameters():
        p.grad = torch.ones_like(p)
    optimizer.step()
    moved = {name: (before[name] - p).mean().item() for name, p in net.named_parameters()}
    layers = "output", "hidden", "encoder.blks.2", "encoder.blks.1", "encoder.blks.0", "encoder.token", "encoder.pos"
    for layer, lr in zip(layers, (0.5, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.03125), strict=True):
        assert {round(by, 9) for name, by in moved.items() if name.startswith(layer)} == {lr}
