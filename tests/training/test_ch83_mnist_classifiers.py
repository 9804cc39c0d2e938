"""ch83, trained: the lectures' nets with the lectures' settings, on fewer images."""

import pytest

from dlgrade.testing import accuracy, descend_with_momentum, filled, without_momentum


def normalised(images):
    """The images with the mean and standard deviation that the lectures use for MNIST."""
    return (images - 0.1307) / 0.3081


def settings(net, values, batches):
    """The lectures' settings, on whichever device the examples are."""
    net = net.to(batches.examples[0].device)
    return descend_with_momentum(net, values, batches, lr=0.01, momentum=0.5)


def fit_mlp(impl, values, batches):
    return settings(impl.mlp_net(), values, batches)


def fit_cnn(impl, values, batches):
    return settings(impl.cnn_net(), values, batches)


def fit_residual(impl, values, batches):
    return settings(impl.residual_net(), values, batches)


def learns(training, task, fit):
    """Train a net on 4,000 images: 10 epochs of 63 batches. Score it on 1,000 other images."""
    inputs, labels = training.draw("shapes", 1000, "test", varied=0.5, noise=0.1)
    images, classes = training.draw("shapes", 4000, varied=0.5, noise=0.1)

    def score(impl, values):
        net = filled(getattr(impl, task)(), without_momentum(values))
        return accuracy(net(normalised(inputs)).argmax(1), labels)

    # the largest net returns 4.6 MB of parameters and momentum after each stretch
    training(task, fit, (normalised(images), classes), score, steps=630, batch=64, stretches=10)


@pytest.mark.exercise("mlp_net")
class TestMlpNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(90)
    def test_learns(self, training):
        """The fully connected net learns from 4,000 images in 10 epochs, with the lecture's settings.
        按课程的设置，全连接网络用 4000 张图像训练 10 个迭代周期。"""
        learns(training, "mlp_net", fit_mlp)


@pytest.mark.exercise("cnn_net")
class TestCnnNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(90)
    def test_learns(self, training):
        """The convolutional net learns from 4,000 images in 10 epochs, with the lecture's settings.
        按课程的设置，卷积网络用 4000 张图像训练 10 个迭代周期。"""
        learns(training, "cnn_net", fit_cnn)


@pytest.mark.exercise("residual_net")
class TestResidualNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(90)
    def test_learns(self, training):
        """The residual net learns from 4,000 images in 10 epochs, with the lecture's settings.
        按课程的设置，残差网络用 4000 张图像训练 10 个迭代周期。"""
        learns(training, "residual_net", fit_residual)
