"""ch09's reference against torch's own losses, optimisers and finite differences."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F


def test_softmax_and_losses_against_torch(reference):
    """Softmax, cross-entropy and Huber's loss agree with torch's own."""
    X, y = torch.randn(6, 5).double(), torch.tensor([0, 4, 2, 2, 1, 3])
    torch.testing.assert_close(reference.softmax(300 * X), torch.softmax(300 * X, 1))
    loss = reference.cross_entropy(reference.softmax(X), y)
    torch.testing.assert_close(loss, F.cross_entropy(X, y, reduction="none"))
    for delta in (0.3, 1.0, 4.0):
        torch.testing.assert_close(reference.huber_loss(X, -X, delta), F.huber_loss(X, -X, "none", delta))


def test_gradients_against_finite_differences(reference):
    """The gradients of the three agree with finite differences."""
    X = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    y = torch.tensor([0, 2, 1, 2])
    assert torch.autograd.gradcheck(reference.softmax, X)
    assert torch.autograd.gradcheck(lambda x: reference.cross_entropy(x.sigmoid(), y), X)
    assert torch.autograd.gradcheck(lambda x: reference.huber_loss(2 * x, torch.zeros_like(x), 0.7), X)


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.Adam])
def test_epoch_against_a_plain_loop(reference, optimizer):
    """An epoch with torch's optimisers is the loop that one writes by hand, short batch and dropout included."""
    X, y = torch.randn(20, 6), torch.randint(3, (20,))
    data = list(zip(X.split(8), y.split(8), strict=True))
    nets = [nn.Sequential(nn.Linear(6, 8), nn.Dropout(0.3), nn.Linear(8, 3)) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    torch.manual_seed(1)
    updater = optimizer(nets[0].parameters(), lr=0.1)
    loss, right = reference.train_epoch_ch3(nets[0].eval(), data, nn.CrossEntropyLoss(reduction="none"), updater)
    torch.manual_seed(1)
    updater, total, hits = optimizer(nets[1].parameters(), lr=0.1), 0.0, 0
    for features, labels in data:
        logits = nets[1](features)
        mean = F.cross_entropy(logits, labels)
        updater.zero_grad()
        mean.backward()
        updater.step()
        total, hits = total + mean.item() * len(labels), hits + (logits.argmax(1) == labels).sum().item()
    assert loss == pytest.approx(total / 20)
    assert right == hits / 20
    for one, other in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        torch.testing.assert_close(one, other)
    nets[1].eval()
    expected = (nets[1](X).argmax(1) == y).double().mean().item()
    assert reference.evaluate_accuracy(nets[0], data) == pytest.approx(expected)
