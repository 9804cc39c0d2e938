"""ch46 Semantic segmentation and data.

D2L section 13.9 (chapter_computer-vision/semantic-segmentation-and-dataset). A label is a picture of the same size as
the image. The colour of each of its pixels says to which class the pixel belongs.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

# Red, green and blue of the classes 0 to 20 of Pascal VOC.
VOC_COLORMAP = [
    [0, 0, 0],  # background
    [128, 0, 0],  # aeroplane
    [0, 128, 0],  # bicycle
    [128, 128, 0],  # bird
    [0, 0, 128],  # boat
    [128, 0, 128],  # bottle
    [0, 128, 128],  # bus
    [128, 128, 128],  # car
    [64, 0, 0],  # cat
    [192, 0, 0],  # chair
    [64, 128, 0],  # cow
    [192, 128, 0],  # dining table
    [64, 0, 128],  # dog
    [192, 0, 128],  # horse
    [64, 128, 128],  # motorbike
    [192, 128, 128],  # person
    [0, 64, 0],  # potted plant
    [128, 64, 0],  # sheep
    [0, 192, 0],  # sofa
    [128, 192, 0],  # train
    [0, 64, 128],  # television
]


def voc_colormap2label() -> Tensor:
    """Return a table with the class of every colour (D2L 13.9).

    The code of a colour with red r, green g and blue b, each from 0 to 255, is

        (r * 256 + g) * 256 + b

    The table has an entry for each of the 256 ** 3 codes. For the colour VOC_COLORMAP[i], the entry is the class i.
    For every other colour, also for the border of objects in VOC labels, the entry is 0. Each call returns a new
    table.

    Returns:
        (256 ** 3,), int64.

    >>> table = voc_colormap2label()
    >>> table[[0, 128 * 256 * 256, 128]]  # black, dark red and dark blue
    tensor([0, 1, 4])
    """
    raise NotImplementedError  # write your code here


def voc_label_indices(colormap: Tensor, colormap2label: Tensor) -> Tensor:
    """Return the class of each pixel of a label picture (D2L 13.9).

    The code of a pixel's colour is (r * 256 + g) * 256 + b. The result has, for each pixel, the entry of the table at
    this code. The table need not be that of voc_colormap2label: other data sets have other colours and classes. The
    function leaves its arguments unchanged.

    Args:
        colormap: the picture, (3, h, w), uint8, with any strides. The channels are red, green and blue.
        colormap2label: the table, (256 ** 3,), int64.

    Returns:
        (h, w), int64.
    """
    raise NotImplementedError  # write your code here


def voc_rand_crop(feature: Tensor, label: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Cut the same random rectangle out of an image and its label (D2L 13.9).

    The image has h rows and w columns. The rectangle has `height` rows and `width` columns, and lies within the image.
    Each place for it is equally likely. Its first row is any of 0, 1, ..., h - height, and its first column any of 0,
    1, ..., w - width, independently of each other. Each call draws a new place. Take random numbers from torch, random
    or numpy, and set no seed.

    Rows and columns are the last two axes. Any axes before them stay as they are. They may differ between image and
    label: a label may be a picture (3, h, w) or classes (h, w). The values and the dtypes stay as they are. The
    function leaves its arguments unchanged. The results may share memory with them.

    Args:
        feature: the image, (..., h, w), usually (3, h, w), of any dtype.
        label: its label, (..., h, w), of any dtype.
        height: rows of the rectangle, at least 1.
        width: columns of the rectangle, at least 1.

    Returns:
        The rectangle of the image and that of the label, (..., height, width) each.

    Raises:
        ValueError: height is more than h, or width is more than w.
    """
    raise NotImplementedError  # write your code here


def filter_by_size(imgs: Sequence[Tensor], crop_size: tuple[int, int]) -> list[Tensor]:
    """Return the images from which a rectangle of the given size can be cut (D2L 13.9, VOCSegDataset.filter).

    An image stays if it has at least as many rows and at least as many columns as the rectangle. The result holds the
    given tensors themselves, not copies, in the given order. An image that occurs twice stays twice. The function
    leaves imgs unchanged.

    Args:
        imgs: a list or tuple of images, (c, h, w) each, of any size and dtype. It may be empty.
        crop_size: rows and columns of the rectangle, at least 1 each.

    Returns:
        A new list.
    """
    raise NotImplementedError  # write your code here


def mean_iou(pred: Tensor, target: Tensor, num_classes: int, ignore_index: int = 255) -> float:
    """Return the mean intersection over union of all classes, the usual score of a segmentation.

    First, all pixels whose target is ignore_index are dropped, from pred and from target. The rest counts together,
    also pixels of different images. For a class c,

        IoU_c = (pixels with pred = c and target = c) / (pixels with pred = c or target = c)

    The result is the mean of IoU_c over the classes that occur among the remaining pixels, in pred or in target. A
    class that occurs in pred alone has an IoU of 0, and counts. The class ignore_index counts in the same way, if it is
    less than num_classes and occurs in pred. A class that occurs in neither does not count. The function leaves its
    arguments unchanged.

    Args:
        pred: the predicted classes, of any shape, int64 or uint8, with any strides. Each is from 0 to num_classes - 1.
        target: the true classes, of the same shape and dtype, with any strides. Each is from 0 to num_classes - 1, or
            ignore_index.
        num_classes: the number of classes, at most 256.
        ignore_index: the target of pixels that do not count. For int64 it may be any int64 number, for example -1, and
            for uint8 any from 0 to 255.

    Returns:
        A Python float from 0 to 1, with the precision of float64.

    Raises:
        ValueError: no pixel is left.

    >>> mean_iou(torch.tensor([[0, 0, 1]]), torch.tensor([[0, 1, 255]]), num_classes=3)  # the mean of 1/2 and 0
    0.25
    """
    raise NotImplementedError  # write your code here
