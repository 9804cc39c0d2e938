"""ch37, trained: a network that knows drawn signs learns a related task from few of them.

Trained weights cannot be downloaded here, so the suite trains a small network itself. The network learns to tell ten
signs apart. The new task has five classes, each of two signs: plus or cross, square or triangle, and so on.

The judge also trains networks with new weights, from as many images in as many steps. A failure tells the score of the
best. tests/references/test_ch37.py requires that it is below the threshold.
"""

import pytest
import torch
from torch import nn

from dlgrade.testing import accuracy, descend, expect, filled, learned

SIGNS, CLASSES = 10, 5
FIRST_STEPS, STEPS, STRETCHES = 300, 80, 10
BATCH = 20
RATE = 0.005  # of the body; the head's is ten times as large
FEW = 4
SCRATCH_RATES = 0.02, 0.05, 0.1, 0.2
LEARNING = ("shapes", "fc")  # the parts of SmallNet that learn the new task


class SmallNet(nn.Module):
    """A convolution that finds edges, two that find shapes, and the output layer fc."""

    def __init__(self, outputs=SIGNS):
        super().__init__()
        self.edges = nn.Sequential(
            nn.AvgPool2d(2), nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.shapes = nn.Sequential(
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(),
        )  # fmt: skip
        self.fc = nn.Linear(64, outputs)

    def forward(self, X):
        return self.fc(self.shapes(self.edges(X)))


def tune(impl, net, batches):
    """Train on with the submission's groups. Its functions keep the edges and all statistics. Return the result."""
    net.train()
    impl.freeze_bn_stats(net)
    impl.freeze(net, LEARNING)
    groups = impl.finetune_groups(net, RATE)
    for X, y in batches:
        nn.functional.cross_entropy(net(X), y).backward()
        for group in groups:
            descend(group["params"], lr=group["lr"])
    return learned(net, buffers=True)


def fit(impl, parameters, batches):
    """The trained network gets the submission's new head. Returns the parameters before each stretch and at the end."""
    net = filled(SmallNet(), body_of(parameters))
    net = impl.replace_head(net, CLASSES)
    borders = [STEPS * i // STRETCHES for i in range(STRETCHES + 1)]
    trail = [learned(net, buffers=True)]
    for i in range(STRETCHES):
        trail.append(tune(impl, net, batches.part(borders[i], borders[i + 1])))
    return trail


def again(impl, parameters, batches):
    return tune(impl, filled(SmallNet(CLASSES), parameters), batches)


def body_of(parameters):
    """The parameters and statistics of all layers before the head."""
    return {name: value for name, value in parameters.items() if not name.startswith("fc.")}


def drawn_tasks(draw):
    """The images and signs to train the network with, the few of the new task, and the held-out ones."""
    images, signs = draw("shapes", 2500, noise=0.1)
    inputs, labels = draw("shapes", 2000, "test", noise=0.1)
    few = torch.cat([(signs[:400] == sign).nonzero()[:FEW, 0] for sign in range(SIGNS)])
    return (images[400:], signs[400:]), (images[few], signs[few] // 2), (inputs, labels // 2)


def trained(images, signs, generator):
    """The parameters of a network that has learned to tell the signs apart. The head is empty, for the new task."""
    net = SmallNet()
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_uniform_(parameter, a=5**0.5, generator=generator)
    nn.init.zeros_(net.fc.bias)
    for step in range(FIRST_STEPS):
        rows = torch.randint(len(images), (32,), generator=generator)
        nn.functional.cross_entropy(net(images[rows]), signs[rows]).backward()
        descend(net.parameters(), lr=0.1 if step < 0.7 * FIRST_STEPS else 0.02)
    head = {"fc.weight": torch.zeros(CLASSES, 64), "fc.bias": torch.zeros(CLASSES)}
    return {**body_of(learned(net, buffers=True)), **head}


def from_scratch(images, labels, lr, generator):
    """A network that has learned the new task alone, in as many steps."""
    net = SmallNet(CLASSES)
    for _ in range(STEPS):
        rows = torch.randperm(len(images), generator=generator)[:BATCH]
        nn.functional.cross_entropy(net(images[rows]), labels[rows]).backward()
        descend(net.parameters(), lr=lr)
    return net


def share_right(net, inputs, labels):
    with torch.no_grad():
        return accuracy(net.eval()(inputs).argmax(1), labels)


def begins_with(start):
    """proof(trail): the layers before the head begin as they were trained, with a new head."""

    def proof(trail):
        expect(
            all(torch.equal(trail[0][name], value) for name, value in body_of(start).items()),
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
        """With your functions, a network that knows ten signs learns 5 classes from 40 images, better than a new one.
        用你的函数，认识十种符号的网络从 40 张图像中学会五个类别，胜过从头训练的网络。"""
        known, few, (inputs, labels) = drawn_tasks(training.draw)
        start = trained(*known, generator)
        best = max(share_right(from_scratch(*few, lr, generator), inputs, labels) for lr in SCRATCH_RATES)

        def score(_impl, parameters):
            return (
                share_right(filled(SmallNet(CLASSES), parameters), inputs, labels),
                f"A network with new weights reaches {best:.3f} with as many images and steps.",
                f"用同样多的图像和步数从头训练的网络为 {best:.3f}。",
            )

        training(
            "fine_tuning", fit, few, score, steps=STEPS, batch=BATCH, stretches=STRETCHES,
            start=start, again=again, proof=begins_with(start),
        )  # fmt: skip
