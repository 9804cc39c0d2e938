"""ch41: Object detection data."""

import pytest

from dlgrade.testing import promise, standard


@pytest.mark.exercise("box_corner_to_center")
class TestBoxCornerToCenter:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.box_corner_to_center(X))


@pytest.mark.exercise("box_center_to_corner")
class TestBoxCenterToCorner:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.box_center_to_corner(X))


@pytest.mark.exercise("scale_boxes")
class TestScaleBoxes:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.scale_boxes(X))


@pytest.mark.exercise("clip_boxes")
class TestClipBoxes:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.clip_boxes(X))


@pytest.mark.exercise("DetectionDataset")
class TestDetectionDataset:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.DetectionDataset(X))
