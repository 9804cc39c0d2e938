"""ch28, trained: in a few hundred steps LeNet learns with batch normalisation. Plain LeNet would hardly have begun."""

import pytest
from torch import nn

from dlgrade.testing import accuracy, descend, filled

NORMS = {"1": (6, 4), "5": (16, 4), "10": (120, 2), "13": (84, 2)}  # num_features and num_dims by the layer's place
MOVING = "moving_mean", "moving_var"


def lenet(impl, parameters):
    """The book's LeNet with the submission's layers (D2L 7.5.4), for 28 x 28 images."""
    norms = {place: impl.BatchNorm(features, num_dims=dims) for place, (features, dims) in NORMS.items()}
    net = nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5), norms["1"], nn.Sigmoid(), nn.AvgPool2d(2, 2),
        nn.Conv2d(6, 16, kernel_size=5), norms["5"], nn.Sigmoid(), nn.AvgPool2d(2, 2),
        nn.Flatten(), nn.Linear(256, 120), norms["10"], nn.Sigmoid(),
        nn.Linear(120, 84), norms["13"], nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip
    if parameters is not None:
        for place, norm in norms.items():
            norm.moving_mean, norm.moving_var = (parameters[f"{place}.{name}"].clone() for name in MOVING)
        filled(net, {name: value for name, value in parameters.items() if ".moving_" not in name})
    return net


def learned(net):
    """Parameters and moving statistics, which need not be buffers: the book's are not."""
    parameters = {name: value.detach().clone() for name, value in net.named_parameters()}
    moving = {f"{place}.{name}": getattr(net[int(place)], name).detach().clone() for place in NORMS for name in MOVING}
    return {**parameters, **moving}


def fit(impl, parameters, batches):
    """Minibatch descent in training mode."""
    net = lenet(impl, parameters)
    net.train()
    for X, y in batches:
        nn.functional.cross_entropy(net(X), y).backward()
        descend(net.parameters(), lr=1.0)
    return learned(net)


@pytest.mark.exercise("BatchNorm")
class TestBatchNorm:
    @pytest.mark.points(4)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """LeNet with your layers learns from 3,000 drawn signs. It then reads new signs by the moving statistics.
        带有你的批量规范化层的 LeNet 从 3000 张手绘符号中学习，再用移动平均识别新的符号。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 3000)

        def score(impl, parameters):
            return accuracy(lenet(impl, parameters).eval()(inputs).argmax(1), labels)

        training("batch_norm_lenet", fit, train, score, steps=400)
