"""ch79: Gradient descent."""

import pytest

from dlgrade.testing import promise, standard


@pytest.mark.exercise("gd")
class TestGd:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.gd(X))


@pytest.mark.exercise("train_2d")
class TestTrain2d:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.train_2d(X))


@pytest.mark.exercise("gd_linear")
class TestGdLinear:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.gd_linear(X))


@pytest.mark.exercise("sgd_linear")
class TestSgdLinear:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.sgd_linear(X))


@pytest.mark.exercise("minibatch_linear")
class TestMinibatchLinear:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.minibatch_linear(X))
