"""ch49's reference against forward hooks, torch's losses, numpy and finite differences.

The threshold of the check that trains is compared with pictures that nobody has trained.
"""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade import course
from dlgrade.course.data_sets import data_set
from dlgrade.course.thresholds import thresholds


@pytest.fixture
def net(reference, monkeypatch):
    """A network with layers of different sizes, as the reference's global net."""
    layers = [nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 5, 3, padding=1), nn.Tanh()]
    monkeypatch.setitem(reference.extract_features.__globals__, "net", nn.Sequential(*layers))
    return layers


def test_extract_features(reference, net):
    """extract_features returns the outputs that forward hooks see."""
    seen, X = {}, torch.randn(2, 3, 9, 7)
    for i, layer in enumerate(net):
        layer.register_forward_hook(lambda *called, i=i: seen.update({i: called[-1]}))
    for contents, styles in (([3], [0, 2]), ([4, 1], [1, 0, 3]), ([], [2]), ([0, 4], [])):
        found = reference.extract_features(X, contents, styles)
        assert [len(part) for part in found] == [len(contents), len(styles)]
        for part, layers in zip(found, (contents, styles), strict=True):
            for Y, i in zip(part, sorted(layers), strict=True):
                assert Y is seen[i]


def test_content_loss(reference):
    """content_loss agrees with torch's squared loss, and gives the target no gradient."""
    Y_hat, Y = torch.randn(2, 2, 3, 4, 5, requires_grad=True)
    torch.testing.assert_close(reference.content_loss(Y_hat, Y), F.mse_loss(Y_hat, Y))
    Y_hat, Y = Y_hat.detach().requires_grad_(), Y.detach().requires_grad_()
    reference.content_loss(Y_hat, Y).backward()
    torch.testing.assert_close(Y_hat.grad, 2 * (Y_hat - Y).detach() / Y.numel())
    assert Y.grad is None


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 4, 3), (6, 1, 2), (2, 3, 1), (4, 1, 1)])
def test_gram(reference, shape):
    """gram agrees with a sum over all pairs of channels, and has no negative eigenvalues."""
    X = torch.randn(1, *shape)
    rows = X[0].numpy().reshape(shape[0], -1)
    expected = [[np.dot(a, b) / rows.size for b in rows] for a in rows]
    G = reference.gram(X)
    torch.testing.assert_close(G, torch.tensor(np.array(expected)))
    assert torch.linalg.eigvalsh(G).min() > -1e-6


def test_style_loss(reference):
    """style_loss is torch's squared loss of two Gram matrices, and is zero for moved pixels."""
    X, Y = torch.randn(1, 3, 4, 5), torch.randn(1, 3, 6, 2)
    G = reference.gram(Y).requires_grad_()
    torch.testing.assert_close(reference.style_loss(X, G), F.mse_loss(reference.gram(X), G))
    assert reference.style_loss(X.flip(2, 3), reference.gram(X)) < 1e-12
    loss = reference.style_loss(X.requires_grad_(), G)
    assert torch.autograd.grad(loss, [X, G], allow_unused=True)[1] is None


@pytest.mark.parametrize("shape", [(1, 3, 4, 5), (2, 1, 2, 7), (3, 2, 6, 2)])
def test_tv_loss(reference, shape):
    """tv_loss agrees with numpy's differences."""
    X = torch.randn(shape)
    means = [np.abs(np.diff(X.numpy(), axis=axis)).mean() for axis in (2, 3)]
    torch.testing.assert_close(reference.tv_loss(X).item(), float(sum(means)) / 2, rtol=1e-5, atol=1e-5)


def test_tv_loss_of_special_images(reference):
    """A constant image has the loss 0, a chessboard of 0 and 1 the loss 1, a single row half its mean difference."""
    board = ((torch.arange(4)[:, None] + torch.arange(5)) % 2).float()[None, None]
    assert reference.tv_loss(torch.full((1, 3, 4, 5), 0.7)) == 0
    assert reference.tv_loss(board) == 1
    assert reference.tv_loss(torch.tensor([[[[1.0, 4, 2]]]])) == 1.25
    assert reference.tv_loss(torch.ones(1, 1, 1, 1)) == 0


def test_compute_loss(reference, monkeypatch):
    """compute_loss agrees with a sum by hand, with the book's weights and with others."""
    X, contents, styles = torch.randn(1, 3, 5, 4), torch.randn(2, 2, 1, 4, 3, 5), torch.randn(2, 3, 1, 2, 6, 3)
    grams = [reference.gram(Y) for Y in styles[1]]
    for weights in ((1, 1e3, 10), (0.5, 2, 3)):
        given = SimpleNamespace(**dict(zip(("content_weight", "style_weight", "tv_weight"), weights, strict=True)))
        for name, value in vars(given).items():
            monkeypatch.setitem(reference.compute_loss.__globals__, name, value)
        contents_l, styles_l, tv_l, total = reference.compute_loss(X, contents[0], styles[0], contents[1], grams)
        by_hand = [weights[0] * F.mse_loss(a, b) for a, b in zip(*contents, strict=True)]
        by_hand_styles = [weights[1] * F.mse_loss(reference.gram(a), g) for a, g in zip(styles[0], grams, strict=True)]
        torch.testing.assert_close(contents_l, by_hand)
        torch.testing.assert_close(styles_l, by_hand_styles)
        torch.testing.assert_close(tv_l, weights[2] * reference.tv_loss(X))
        torch.testing.assert_close(total, sum([*by_hand, *by_hand_styles * 10, tv_l]))


def test_gradients(reference):
    """The gradients agree with finite differences."""
    Y_hat, Y = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True), torch.randn(1, 2, 3, 4).double()
    for function in (
        lambda X: reference.content_loss(X, Y),
        reference.gram,
        lambda X: reference.style_loss(X, reference.gram(Y)),
        reference.tv_loss,
    ):
        assert torch.autograd.gradcheck(function, (Y_hat,))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pictures_without_training(reference, trained, monkeypatch, seed):
    """The drawings, the textures, other pieces of the textures, their means, noise and grey miss the threshold."""
    for name in ("net", *trained.WEIGHTS):  # restored after the test
        monkeypatch.setitem(reference.compute_loss.__globals__, name, None)
    generator, content = torch.Generator().manual_seed(seed), course.load()
    drawn = data_set(content, "pictures").load(trained.PICTURES, generator)
    drawings, textures, others = map(trained.scaled, drawn)
    noise = torch.randn(drawings.shape, generator=generator)
    threshold = thresholds(content, content.chapter("ch49"))["style_transfer"].threshold

    def share(pictures):
        return trained.shares_left(reference, pictures, drawings, textures, others).max().item()

    assert share(drawings) == pytest.approx(1)
    assert share(textures) == pytest.approx(1)
    worthless = others, noise, 0.1 * noise, (drawings + textures) / 2
    assert min(share(pictures) for pictures in worthless) > threshold + 0.02
