"""ch08, trained: the book's loop, of the submission's parts, finds the weights that the data was made from."""

import pytest
import torch

from dlgrade.suite import expect


def fit(impl, train, _inputs, steps):
    """Minibatches of ten (D2L 3.2.7); returns the weights found."""
    X, y = train
    w = torch.normal(0, 0.01, size=(3, 1)).requires_grad_()
    b = torch.zeros(1, requires_grad=True)
    for _ in range(steps * 10 // len(X)):
        for features, labels in impl.data_iter(10, X, y):
            impl.squared_loss(impl.linreg(features, w, b), labels).sum().backward()
            impl.sgd([w, b], 0.03, 10)
    return torch.cat([w.detach().reshape(-1), b.detach()])


@pytest.mark.exercise("sgd")
class TestSGD:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """Your loop of data_iter, linreg, squared_loss and sgd finds the weights behind 1,000 noisy examples.
        由你的 data_iter、linreg、squared_loss 和 sgd 组成的循环，从 1000 个带噪声的样本中找回真实权重。"""
        X, y, w, b = training.draw("linear", 1000)
        true = torch.cat([w.reshape(-1), b])

        def error(found):
            shape = tuple(found.shape) if isinstance(found, torch.Tensor) else None
            expect(shape == (4,), "There are not three weights and a bias.", "结果不是三个权重和一个偏置。")
            return (found - true).abs().max().item()

        training("recovered_weights", fit, (X, y), None, error, steps=500, better="lower")
