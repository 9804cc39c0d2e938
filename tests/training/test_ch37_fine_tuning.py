"""ch37, trained: a network that knows drawn signs learns a related task from few of them.

Trained weights cannot be downloaded here, so the suite trains a small network itself. The network learns to tell ten
signs apart. The new task has five classes, each of two signs: plus or cross, square or triangle, and so on.

A network with new weights, trained on as few images in as many steps, reaches an accuracy of 0.75 at most, over ten
seeds and with the best of three learning rates. The threshold must be above.
"""

import pytest
import torch
from torch import nn

from dlgrade.testing import accuracy, descend, expect, filled, learned

SIGNS, CLASSES = 10, 5
FIRST_STEPS, STEPS, STRETCHES = 250, 80, 10
BATCH = 20
RATE = 0.005  # of the body; the head's is ten times as large
FEW = 3


class SmallNet(nn.Module):
    """Three convolutions with batch normalisation, and the output layer fc."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.AvgPool2d(2), nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(),
        )  # fmt: skip
        self.fc = nn.Linear(64, SIGNS)

    def forward(self, X):
        return self.fc(self.body(X))


def with_new_head(parameters):
    """The network with an output layer for the new task, and these parameters and statistics."""
    net = SmallNet()
    net.fc = nn.Linear(64, CLASSES)
    return filled(net, parameters)


def tune(impl, net, batches):
    """Train on with the submission's groups, while its freeze_bn_stats keeps the statistics. Return the result."""
    net.train()
    impl.freeze_bn_stats(net)
    groups = impl.finetune_groups(net, RATE)
    for X, y in batches:
        nn.functional.cross_entropy(net(X), y).backward()
        for group in groups:
            descend(group["params"], lr=group["lr"])
    return learned(net, buffers=True)


def fit(impl, parameters, batches):
    """The trained network gets the submission's new head. Returns the parameters before each stretch and at the end."""
    net = SmallNet()
    filled(net, {name: value for name, value in parameters.items() if not name.startswith("fc.")})
    net = impl.replace_head(net, CLASSES)
    borders = [STEPS * i // STRETCHES for i in range(STRETCHES + 1)]
    trail = [learned(net, buffers=True)]
    for i in range(STRETCHES):
        trail.append(tune(impl, net, batches.part(borders[i], borders[i + 1])))
    return trail


def again(impl, parameters, batches):
    return tune(impl, with_new_head(parameters), batches)


def trained(images, labels, generator):
    """The parameters of a network that has learned to tell the signs apart; its head is empty, for the new task."""
    net = SmallNet()
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_uniform_(parameter, a=5**0.5, generator=generator)
    nn.init.zeros_(net.fc.bias)
    for step in range(FIRST_STEPS):
        rows = torch.randint(len(images), (32,), generator=generator)
        nn.functional.cross_entropy(net(images[rows]), labels[rows]).backward()
        descend(net.parameters(), lr=0.1 if step < 0.7 * FIRST_STEPS else 0.02)
    body = {name: value for name, value in learned(net, buffers=True).items() if not name.startswith("fc.")}
    return {**body, "fc.weight": torch.zeros(CLASSES, 64), "fc.bias": torch.zeros(CLASSES)}


def begins_with(start):
    """proof(trail): the body begins as it was trained, with a new head."""

    def proof(trail):
        body = [name for name in start if not name.startswith("fc.")]
        expect(
            all(torch.equal(trail[0][name], start[name]) for name in body),
            "After replace_head, the layers before the head have other values than in the trained network.",
            "调用 replace_head 之后，输出层以外的层与训练好的网络不同。",
        )
        expect(
            len(trail[0]["fc.weight"].unique()) > CLASSES,
            "After replace_head, the weight of the new head is not drawn at random.",
            "调用 replace_head 之后，新输出层的权重不是随机抽取的。",
        )

    return proof


@pytest.mark.exercise("finetune_groups")
class TestFinetuneGroups:
    @pytest.mark.points(3)
    @pytest.mark.timeout(120)
    def test_learns(self, training, generator):
        """With your functions, a network that knows ten signs learns from 30 images to put signs in five classes.
        用你的函数，认识十种符号的网络从 30 张图像中学习把符号分成五类。"""
        inputs, labels = training.draw("shapes", 1000, "test", noise=0.1)
        images, signs = training.draw("shapes", 2500, noise=0.1)
        known, few = slice(400, None), torch.cat([(signs[:400] == sign).nonzero()[:FEW, 0] for sign in range(SIGNS)])
        start = trained(images[known], signs[known], generator)

        def score(_impl, parameters):
            return accuracy(with_new_head(parameters).eval()(inputs).argmax(1), labels // 2)

        training(
            "fine_tuning", fit, (images[few], signs[few] // 2), score, steps=STEPS, batch=BATCH, stretches=STRETCHES,
            start=start, again=again, proof=begins_with(start),
        )  # fmt: skip
