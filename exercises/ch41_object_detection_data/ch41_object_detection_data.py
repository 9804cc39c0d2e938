"""ch41 Object detection and data sets.

D2L sections 13.3 (chapter_computer-vision/bounding-box) and 13.6 (chapter_computer-vision/object-detection-dataset).
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.utils.data import Dataset


def box_corner_to_center(boxes: Tensor) -> Tensor:
    """Convert boxes from corners to centre, width and height (D2L 13.3).

    A box with the corners (x1, y1), upper left, and (x2, y2), lower right, has

        cx = (x1 + x2) / 2,  cy = (y1 + y2) / 2,  w = x2 - x1,  h = y2 - y1

    Gradients flow to boxes. The function leaves boxes unchanged.

    Args:
        boxes: (n, 4), float32, float64 or int64, with any strides: (x1, y1, x2, y2) of each box. n may be 0.

    Returns:
        (n, 4), of the boxes' dtype, or float32 for int64 boxes: (cx, cy, w, h) of each box.

    >>> box_corner_to_center(torch.tensor([[10, 20, 15, 40]]))
    tensor([[12.5000, 30.0000,  5.0000, 20.0000]])

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


def box_center_to_corner(boxes: Tensor) -> Tensor:
    """Convert boxes from centre, width and height to corners (D2L 13.3), the inverse of box_corner_to_center.

        x1 = cx - w / 2,  y1 = cy - h / 2,  x2 = cx + w / 2,  y2 = cy + h / 2

    Gradients flow to boxes. The function leaves boxes unchanged.

    Args:
        boxes: (n, 4), float32, float64 or int64, with any strides: (cx, cy, w, h) of each box. n may be 0.

    Returns:
        (n, 4), of the boxes' dtype, or float32 for int64 boxes: (x1, y1, x2, y2) of each box.

    >>> box_center_to_corner(torch.tensor([[12.5, 30.0, 5.0, 20.0]]))
    tensor([[10., 20., 15., 40.]])

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


def scale_boxes(boxes: Tensor, from_size: tuple[int, int], to_size: tuple[int, int]) -> Tensor:
    """Rescale boxes when their image changes from one size to another (D2L 13.6).

    The image is stretched from from_size, (height, width), to to_size, (height, width). Then

        x' = x * to_width / from_width,  y' = y * to_height / from_height

    Nothing is rounded or clipped. A to_size of (1, 1) normalises boxes: x becomes a share of the width, and y becomes a
    share of the height. A from_size of (1, 1) undoes this.

    Gradients flow to boxes. The function leaves boxes unchanged.

    Args:
        boxes: (n, 4), float32, float64 or int64, with any strides: (x1, y1, x2, y2) of each box. n may be 0.
        from_size: height and width of the image before, positive whole numbers.
        to_size: height and width of the image afterwards, positive whole numbers.

    Returns:
        (n, 4), of the boxes' dtype, or float32 for int64 boxes.

    >>> scale_boxes(torch.tensor([[10.0, 20, 30, 40]]), (100, 50), (200, 25))
    tensor([[ 5., 40., 15., 80.]])

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


def clip_boxes(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Cut boxes off at the edges of their image.

    Every x becomes the nearest number of [0, width], and every y becomes the nearest number of [0, height]. The number
    of boxes and their order stay the same: a box wholly outside the image stays, with an area of 0.

    The gradient of a coordinate is 1 inside the image, and 0 outside. Exactly on an edge it is up to you. The function
    leaves boxes unchanged.

    Args:
        boxes: (n, 4), float32, float64 or int64, with any strides: (x1, y1, x2, y2) of each box, in pixels. n may be
            0.
        size: height and width of the image, positive whole numbers.

    Returns:
        (n, 4), of the boxes' dtype, also for int64.

    >>> clip_boxes(torch.tensor([[-5.0, 10, 70, 90]]), (100, 60))
    tensor([[ 0., 10., 60., 90.]])

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


class DetectionDataset(Dataset):
    """A data set for object detection from images in memory, after the book's BananasDataset (D2L 13.6).

    An item is a pair: an image and its labels. A label is (class, x1, y1, x2, y2). The data set gets labels in pixels.
    Its items have normalised labels: x is divided by the width of the item's own image, and y is divided by its height.
    The class stays as it is. Pixels of images become float32, but they are not scaled: 255 becomes 255.0.

    A DataLoader turns b items into the tensors (b, 3, h, w) and (b, m, 5), if all images have one size. The data set
    leaves features and labels unchanged, however often an item is read.
    """

    def __init__(self, features: Sequence[Tensor], labels: Tensor) -> None:
        """Store images and labels.

        Args:
            features: N images (3, h, w), uint8 or float32: a list, or a tensor (N, 3, h, w). Images of a list may have
                different sizes.
            labels: (N, m, 5), int64 or float32: the m labels of each image, in pixels.

        Raises:
            ValueError: features and labels have different lengths.
        """
        raise NotImplementedError  # write your code here

    def __getitem__(self, idx: int) -> tuple[Tensor, Tensor]:
        """Return an item.

        Args:
            idx: 0 <= idx < N.

        Returns:
            The image (3, h, w), float32, and its labels (m, 5), float32, normalised.
        """
        raise NotImplementedError  # write your code here

    def __len__(self) -> int:
        """Return the number of images, N."""
        raise NotImplementedError  # write your code here
