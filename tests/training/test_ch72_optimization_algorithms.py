"""ch72, trained: with the book's numbers each algorithm nearly reaches the least loss of a noisy regression."""

import pytest
import torch

EXAMPLES, UNSEEN, FEATURES, EPOCHS, BATCH = 1500, 500, 10, 2, 10
NOISE = 0.7  # beside labels of about 1, as in the book's airfoil data


def fit(impl, parameters, batches):
    """Steps of the book's train_ch11. The states travel with the parameters, so that a stretch can be repeated."""
    name = next(key for key in parameters if key.startswith("use ")).removeprefix("use ")
    numbers = {key: value.item() for key, value in parameters.items() if key in ("lr", "momentum", "gamma", "rho", "t")}
    w, b = (parameters[key].clone().requires_grad_() for key in ("w", "b"))
    first = [parameters[f"{key} state 0"].clone() for key in ("w", "b")]
    second = [parameters[f"{key} state 1"].clone() for key in ("w", "b")]
    states = list(zip(first, second, strict=True)) if name in ("adadelta", "adam") else first
    for X, y in batches:
        (((X @ w + b - y) ** 2).mean() / 2).backward()
        getattr(impl, name)([w, b], states, numbers)
    own = {"w": w, "b": b, "w state 0": first[0], "b state 0": first[1], "w state 1": second[0], "b state 1": second[1]}
    own |= {key: torch.tensor(value, dtype=torch.float64) for key, value in numbers.items()}
    return {key: own.get(key, value).detach().clone() for key, value in parameters.items()}


def start(name, randn, **numbers):
    """The first parameters, as the book draws them, states of zeros, and the hyperparameters."""
    values = {"w": 0.01 * randn(FEATURES, 1), "b": torch.zeros(1)}
    for key in ("w", "b"):
        values |= {f"{key} state {i}": torch.zeros_like(values[key]) for i in range(2)}
    values |= {key: torch.tensor(value, dtype=torch.float64) for key, value in numbers.items()}
    return values | {f"use {name}": torch.ones(1)}


def loss(X, y, w, b):
    return ((X.double() @ w.double() + b.double() - y.double()) ** 2).mean().item()


def learns(training, randn, name, **numbers):
    """Train, and compare the loss on unseen examples with the least that a linear model can have there."""
    X = randn(EXAMPLES + UNSEEN, FEATURES)
    y = X @ randn(FEATURES, 1) + randn(1)
    y = (y - y.mean()) / y.std() + NOISE * randn(len(X), 1)
    unseen, labels = X[EXAMPLES:], y[EXAMPLES:]
    A = torch.cat([unseen, torch.ones(UNSEEN, 1)], dim=1).double()
    solution = torch.linalg.lstsq(A, labels.double()).solution
    least = loss(unseen, labels, solution[:FEATURES], solution[FEATURES])

    def score(_impl, parameters):
        # The excess is skewed over the seeds, and its root is nearly normal, as calibration assumes.
        return max(loss(unseen, labels, parameters["w"], parameters["b"]) / least - 1, 0.0) ** 0.5

    training(
        name, fit, (X[:EXAMPLES], y[:EXAMPLES]), score, steps=EPOCHS * EXAMPLES // BATCH, batch=BATCH,
        start=start(name, randn, **numbers), better="lower",
    )  # fmt: skip


@pytest.mark.exercise("sgd_momentum")
class TestSgdMomentum:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training, randn):
        """After two epochs of momentum, sqrt(loss / least loss - 1) is small on unseen examples.
        用动量法训练两个迭代周期后，在未见过的样本上 sqrt(损失 / 最小损失 - 1) 很小。"""
        learns(training, randn, "sgd_momentum", lr=0.02, momentum=0.5)


@pytest.mark.exercise("nesterov")
class TestNesterov:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training, randn):
        """After two epochs of Nesterov's momentum, sqrt(loss / least loss - 1) is small on unseen examples.
        用 Nesterov 动量法训练两个迭代周期后，在未见过的样本上 sqrt(损失 / 最小损失 - 1) 很小。"""
        learns(training, randn, "nesterov", lr=0.005, momentum=0.9)


@pytest.mark.exercise("adagrad")
class TestAdagrad:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training, randn):
        """After two epochs of Adagrad, sqrt(loss / least loss - 1) is small on unseen examples.
        用 Adagrad 算法训练两个迭代周期后，在未见过的样本上 sqrt(损失 / 最小损失 - 1) 很小。"""
        learns(training, randn, "adagrad", lr=0.1)


@pytest.mark.exercise("rmsprop")
class TestRmsprop:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training, randn):
        """After two epochs of RMSProp, sqrt(loss / least loss - 1) is small on unseen examples.
        用 RMSProp 算法训练两个迭代周期后，在未见过的样本上 sqrt(损失 / 最小损失 - 1) 很小。"""
        learns(training, randn, "rmsprop", lr=0.01, gamma=0.9)


@pytest.mark.exercise("adadelta")
class TestAdadelta:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training, randn):
        """After two epochs of Adadelta, sqrt(loss / least loss - 1) is small on unseen examples.
        用 Adadelta 算法训练两个迭代周期后，在未见过的样本上 sqrt(损失 / 最小损失 - 1) 很小。"""
        learns(training, randn, "adadelta", rho=0.9)


@pytest.mark.exercise("adam")
class TestAdam:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training, randn):
        """After two epochs of Adam, sqrt(loss / least loss - 1) is small on unseen examples.
        用 Adam 算法训练两个迭代周期后，在未见过的样本上 sqrt(损失 / 最小损失 - 1) 很小。"""
        learns(training, randn, "adam", lr=0.01, t=1)
