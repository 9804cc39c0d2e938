"""ch85: Convexity."""

import pytest

from dlgrade.testing import promise, standard


@pytest.mark.exercise("is_convex_on_grid")
class TestIsConvexOnGrid:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.is_convex_on_grid(X))


@pytest.mark.exercise("jensen_gap")
class TestJensenGap:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.jensen_gap(X))


@pytest.mark.exercise("project_box")
class TestProjectBox:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.project_box(X))


@pytest.mark.exercise("project_simplex")
class TestProjectSimplex:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.project_simplex(X))


@pytest.mark.exercise("projected_gd")
class TestProjectedGd:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.projected_gd(X))
