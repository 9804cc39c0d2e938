"""ch42: Anchor boxes."""

import pytest

from dlgrade.testing import promise, standard


@pytest.mark.exercise("multibox_prior")
class TestMultiboxPrior:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.multibox_prior(X))


@pytest.mark.exercise("box_iou")
class TestBoxIou:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.box_iou(X))


@pytest.mark.exercise("assign_anchor_to_bbox")
class TestAssignAnchorToBbox:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.assign_anchor_to_bbox(X))


@pytest.mark.exercise("offset_boxes")
class TestOffsetBoxes:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.offset_boxes(X))


@pytest.mark.exercise("offset_inverse")
class TestOffsetInverse:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.offset_inverse(X))


@pytest.mark.exercise("multibox_target")
class TestMultiboxTarget:
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.multibox_target(X))
