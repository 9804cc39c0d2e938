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
    # BEGIN SOLUTION
    table = torch.zeros(256**3, dtype=torch.int64)
    # WRONG minus-one-elsewhere: table = torch.full((256**3,), -1, dtype=torch.int64)
    # WRONG ignored-elsewhere: table = torch.full((256**3,), 255, dtype=torch.int64)
    # WRONG another-class-elsewhere: table = torch.full((256**3,), len(VOC_COLORMAP), dtype=torch.int64)
    # WRONG int32-table: table = torch.zeros(256**3, dtype=torch.int32)
    # WRONG uint8-table: table = torch.zeros(256**3, dtype=torch.uint8)
    # WRONG float-table: table = torch.zeros(256**3)
    # WRONG as-long-as-needed: table = torch.zeros(192 * 65536 + 128 * 256 + 129, dtype=torch.int64)
    # WRONG colours-of-255: table = torch.zeros(255**3, dtype=torch.int64)
    # WRONG base-255-table: table = torch.zeros(255**3, dtype=torch.int64)
    # WRONG codes-of-classes: table = torch.zeros(len(VOC_COLORMAP), dtype=torch.int64)
    for i, (r, g, b) in enumerate(VOC_COLORMAP):
        # WRONG background-left-out: for i, (r, g, b) in enumerate(VOC_COLORMAP[1:]):
        # WRONG classes-from-1: for i, (r, g, b) in enumerate(VOC_COLORMAP, start=1):
        # WRONG last-class-left-out: for i, (r, g, b) in enumerate(VOC_COLORMAP[:-1]):
        # WRONG blue-first: for i, (b, g, r) in enumerate(VOC_COLORMAP):
        # WRONG green-and-blue-exchanged: for i, (r, b, g) in enumerate(VOC_COLORMAP):
        table[(r * 256 + g) * 256 + b] = i
        # WRONG base-255-table: table[(r * 255 + g) * 255 + b] = i
        # WRONG colours-of-255: table[(r * 256 + g) * 256 + b] = i
        # WRONG base-128: table[(r * 128 + g) * 128 + b] = i
        # WRONG sum-of-colours: table[r + g + b] = i
        # WRONG brackets-missing: table[r * 256 + g * 256 + b] = i
        # WRONG red-counted-once: table[r * 256 + g + b * 65536] = i
        # WRONG codes-of-classes: table[i] = (r * 256 + g) * 256 + b
        # WRONG ones-for-classes: table[(r * 256 + g) * 256 + b] = 1
        # WRONG all-in-the-first-256: table[max(r, g, b)] = i
        # WRONG returned-in-the-loop:
        #     table[(r * 256 + g) * 256 + b] = i
        #     if i == 1:
        #         return table
    return table
    # WRONG dict-for-table: return {(r * 256 + g) * 256 + b: i for i, (r, g, b) in enumerate(VOC_COLORMAP)}
    # WRONG list-for-table: return table.tolist()
    # WRONG one-hot-table: return table > 0
    # WRONG column-of-codes: return table[:, None]
    # WRONG table-kept:
    #     voc_colormap2label.__dict__.setdefault("table", table)
    #     return voc_colormap2label.__dict__["table"]
    # END SOLUTION


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
    # BEGIN SOLUTION
    # In uint8, r * 256 would be 0.
    r, g, b = colormap.long()
    # WRONG uint8-overflow: r, g, b = colormap
    # WRONG int16-overflow: r, g, b = colormap.short()
    # WRONG signed-bytes: r, g, b = colormap.to(torch.int8).long()
    # WRONG picture-blue-first: b, g, r = colormap.long()
    # WRONG picture-green-first: g, r, b = colormap.long()
    # WRONG channels-last-sliced: r, g, b = colormap[:, :, 0].long(), colormap[:, :, 1].long(), colormap[:, :, 2].long()
    # WRONG reshaped-to-channels-last:
    #     h, w = colormap.shape[1:]
    #     r, g, b = colormap.long().reshape(h, w, 3).unbind(dim=2)
    # WRONG scaled-to-one: r, g, b = colormap.float() / 255
    # WRONG picture-transposed: r, g, b = colormap.long().permute(0, 2, 1)
    # WRONG picture-upside-down: r, g, b = colormap.long().flip(1)
    # WRONG picture-mirrored: r, g, b = colormap.long().flip(2)
    # WRONG first-channel-alone:
    #     r, g, b = colormap.long()
    #     r = g = 0 * r
    #     b = colormap[0].long()
    # WRONG picture-cleared:
    #     r, g, b = colormap.long()
    #     colormap.zero_()
    code = (r * 256 + g) * 256 + b
    # WRONG uint8-overflow: code = ((r * 256 + g) * 256 + b).long()
    # WRONG int16-overflow: code = ((r * 256 + g) * 256 + b).long()
    # WRONG scaled-to-one: code = ((r * 256 + g) * 256 + b).long()
    # WRONG picture-base-255: code = (r * 255 + g) * 255 + b
    # WRONG picture-brackets-missing: code = r * 256 + g * 256 + b
    # WRONG green-not-shifted: code = r * 65536 + g + b
    # WRONG picture-sum-of-colours: code = r + g + b
    # WRONG grey-picture: code = (r + g + b) // 3
    # WRONG brightest-channel: code = torch.maximum(torch.maximum(r, g), b)
    return colormap2label[code]
    # WRONG table-ignored: return code
    # WRONG voc-table-always: return voc_colormap2label()[code]
    # WRONG channels-looked-up: return colormap2label[colormap.long()]
    # WRONG flat-list-of-pixels: return colormap2label[code].flatten()
    # WRONG classes-with-channel-axis: return colormap2label[code][None]
    # WRONG classes-as-uint8: return colormap2label[code].to(torch.uint8)
    # WRONG classes-as-int32: return colormap2label[code].int()
    # WRONG classes-as-float: return colormap2label[code].float()
    # WRONG numpy-array: return colormap2label[code].numpy()
    # WRONG next-entry: return colormap2label[(code + 1) % len(colormap2label)]
    # WRONG class-of-first-pixel: return colormap2label[code[:1, :1]].expand(code.shape)
    # WRONG table-written:
    #     classes = colormap2label[code]
    #     colormap2label[0] += 1
    #     return classes
    # END SOLUTION


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
    # BEGIN SOLUTION
    h, w = feature.shape[-2:]
    # WRONG channels-last-crop: h, w = feature.shape[:2]
    if height > h or width > w:
        # WRONG height-alone-tested: if height > h:
        # WRONG width-alone-tested: if width > w:
        # WRONG both-too-large: if height > h and width > w:
        # WRONG whole-image-refused: if height >= h or width >= w:
        # WRONG area-tested: if height * width > h * w:
        # WRONG asserted-size:
        #     assert height <= h and width <= w
        #     if False:
        # WRONG too-large-accepted:
        #     height, width = min(height, h), min(width, w)
        #     if False:
        # WRONG none-if-too-large:
        #     if height > h or width > w:
        #         return None
        #     if False:
        raise ValueError(f"an image of {h} x {w} has no part of {height} x {width}")
    # Both ends count as places, so the upper limit, which randint never draws, is one more.
    top = int(torch.randint(h - height + 1, ()))
    # WRONG last-place-missing: top = int(torch.randint(max(h - height, 1), ()))
    # WRONG first-place-missing: top = int(torch.randint(min(1, h - height), h - height + 1, ()))
    # WRONG always-at-the-top: top = 0
    # WRONG top-left-corner: top = 0
    # WRONG bottom-right-corner: top = h - height
    # WRONG centre: top = (h - height) // 2
    # WRONG rounded-place: top = round(float(torch.rand(())) * (h - height))
    # WRONG edges-preferred: top = min(max(int(torch.randint(-2, h - height + 3, ())), 0), h - height)
    # WRONG corners-alone: top = int(torch.randint(2, ())) * (h - height)
    left = int(torch.randint(w - width + 1, ()))
    # WRONG last-place-missing: left = int(torch.randint(max(w - width, 1), ()))
    # WRONG first-place-missing: left = int(torch.randint(min(1, w - width), w - width + 1, ()))
    # WRONG always-at-the-left: left = 0
    # WRONG top-left-corner: left = 0
    # WRONG bottom-right-corner: left = w - width
    # WRONG centre: left = (w - width) // 2
    # WRONG rounded-place: left = round(float(torch.rand(())) * (w - width))
    # WRONG edges-preferred: left = min(max(int(torch.randint(-2, w - width + 3, ())), 0), w - width)
    # WRONG corners-alone: left = int(torch.randint(2, ())) * (w - width)
    # WRONG one-number-for-both: left = min(top, w - width)
    rows, columns = slice(top, top + height), slice(left, left + width)
    # WRONG height-and-width-exchanged: rows, columns = slice(top, top + width), slice(left, left + height)
    # WRONG square-crop: rows, columns = slice(top, top + height), slice(left, left + height)
    # WRONG slice-ends-at-the-size: rows, columns = slice(top, height), slice(left, width)
    # WRONG end-included: rows, columns = slice(top, top + height + 1), slice(left, left + width + 1)
    # WRONG end-missing: rows, columns = slice(top, top + height - 1), slice(left, left + width - 1)
    # WRONG places-exchanged: rows, columns = slice(left, left + height), slice(top, top + width)
    return feature[..., rows, columns], label[..., rows, columns]
    # WRONG places-drawn-twice:
    #     top, left = int(torch.randint(h - height + 1, ())), int(torch.randint(w - width + 1, ()))
    #     return feature[..., rows, columns], label[..., top : top + height, left : left + width]
    # WRONG label-at-the-corner: return feature[..., rows, columns], label[..., :height, :width]
    # WRONG label-whole: return feature[..., rows, columns], label
    # WRONG feature-whole: return feature, label[..., rows, columns]
    # WRONG label-first: return label[..., rows, columns], feature[..., rows, columns]
    # WRONG channels-last-crop: return feature[rows, columns], label[rows, columns]
    # WRONG three-axes-alone: return feature[:, rows, columns], label[:, rows, columns]
    # WRONG label-as-float: return feature[..., rows, columns], label[..., rows, columns].float()
    # WRONG feature-as-float32: return feature[..., rows, columns].float(), label[..., rows, columns]
    # WRONG feature-scaled: return feature[..., rows, columns] / 255, label[..., rows, columns]
    # WRONG first-channel-of-label: return feature[..., rows, columns], label[0, rows, columns]
    # WRONG crops-transposed: return feature[..., rows, columns].mT, label[..., rows, columns].mT
    # WRONG label-mirrored: return feature[..., rows, columns], label[..., rows, columns].flip(-1)
    # WRONG resized-image:
    #     rows, columns = torch.arange(height) * h // height, torch.arange(width) * w // width
    #     return feature[..., rows[:, None], columns], label[..., rows[:, None], columns]
    # WRONG resized-label:
    #     small_rows, small_columns = torch.arange(height) * h // height, torch.arange(width) * w // width
    #     return feature[..., rows, columns], label[..., small_rows[:, None], small_columns]
    # END SOLUTION


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
    # BEGIN SOLUTION
    height, width = crop_size
    # WRONG crop-width-first: width, height = crop_size
    # WRONG first-size-for-both: height = width = crop_size[0]
    # WRONG second-size-for-both: height = width = crop_size[1]
    # WRONG larger-size-for-both: height = width = max(crop_size)
    kept = []
    # WRONG duplicates-dropped:
    #     kept = []
    #     imgs = list({id(img): img for img in imgs}.values())
    # WRONG input-emptied:
    #     kept, imgs_before = [], list(imgs)
    #     if isinstance(imgs, list):
    #         imgs[:] = [img for img in imgs if img.shape[1] >= height and img.shape[2] >= width]
    #     imgs = imgs_before
    # WRONG input-cleared:
    #     kept, before = [], list(imgs)
    #     while imgs:
    #         imgs.pop()
    #     imgs = before
    # WRONG last-image-forgotten:
    #     kept = []
    #     imgs = imgs[:-1]
    for img in imgs:
        h, w = img.shape[1:]
        # WRONG stops-at-a-small-image:
        #     h, w = img.shape[1:]
        #     if h < height or w < width:
        #         break
        # WRONG none-for-small-images:
        #     h, w = img.shape[1:]
        #     if h < height or w < width:
        #         kept.append(None)
        # WRONG channels-last-size: h, w = img.shape[:2]
        # WRONG channels-for-height: h, w = img.shape[0], img.shape[2]
        if h >= height and w >= width:
            # WRONG equal-size-dropped: if h > height and w > width:
            # WRONG equal-height-dropped: if h > height and w >= width:
            # WRONG equal-width-dropped: if h >= height and w > width:
            # WRONG one-axis-is-enough: if h >= height or w >= width:
            # WRONG height-compared-alone: if h >= height:
            # WRONG width-compared-alone: if w >= width:
            # WRONG areas-compared: if h * w >= height * width:
            # WRONG turned-images-kept: if sorted((h, w)) >= sorted((height, width)) and max(h, w) >= max(height, width):
            # WRONG shorter-side-compared: if min(h, w) >= min(height, width):
            # WRONG small-images-kept: if not (h >= height and w >= width):
            # WRONG exact-size-alone: if h == height and w == width:
            # WRONG sums-compared: if h + w >= height + width:
            # WRONG smaller-than-the-crop: if h <= height and w <= width:
            # WRONG tuples-compared: if (h, w) >= (height, width):
            kept.append(img)
            # WRONG images-cropped: kept.append(img[:, :height, :width])
            # WRONG images-copied: kept.append(img.clone())
            # WRONG images-as-float: kept.append(img.float())
            # WRONG sizes-returned: kept.append((h, w))
            # WRONG newest-first: kept.insert(0, img)
            # WRONG first-image-alone:
            #     kept.append(img)
            #     break
    return kept
    # WRONG tuple-of-images: return tuple(kept)
    # WRONG generator-of-images: return (img for img in kept)
    # WRONG number-of-images: return len(kept)
    # WRONG sorted-by-size: return sorted(kept, key=lambda img: img.shape[1] * img.shape[2])
    # WRONG truth-values: return [img.shape[1] >= height and img.shape[2] >= width for img in imgs]
    # WRONG places-of-images: return [i for i, img in enumerate(imgs) if img.shape[1] >= height and img.shape[2] >= width]
    # WRONG same-list-if-all-stay: return imgs if len(kept) == len(imgs) else kept
    # END SOLUTION


def mean_iou(pred: Tensor, target: Tensor, num_classes: int, ignore_index: int = 255) -> float:
    # WRONG ignores-0-by-default: def mean_iou(pred, target, num_classes, ignore_index=0):
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
    # BEGIN SOLUTION
    counted = target != ignore_index
    # WRONG ignored-pixels-counted: counted = target == target
    # WRONG always-255-ignored: counted = target != 255
    # WRONG predictions-ignored: counted = pred != ignore_index
    # WRONG either-ignored: counted = (target != ignore_index) & (pred != ignore_index)
    # WRONG ignored-pixels-alone: counted = target == ignore_index
    # WRONG ignored-from-target-alone:
    #     counted = target == target
    #     target = torch.where(target == ignore_index, -1, target.long())
    # WRONG large-targets-ignored: counted = target < num_classes
    # WRONG ignored-pixels-right:
    #     counted = target == target
    #     target = torch.where(target == ignore_index, pred, target)
    # WRONG ignored-are-background:
    #     counted = target == target
    #     target = torch.where(target == ignore_index, 0, target)
    # WRONG classes-overwritten:
    #     counted = target != ignore_index
    #     pred[~counted] = 0
    pred, target = pred[counted], target[counted]
    if len(target) == 0:
        raise ValueError("no pixel is left")
        # WRONG nothing-left-is-0: return 0.0
        # WRONG nothing-left-is-1: return 1.0
        # WRONG nothing-left-is-nan: return float("nan")
        # WRONG nothing-left-divides: return 0 / 0
    scores = []
    for c in range(num_classes):
        # WRONG background-not-scored: for c in range(1, num_classes):
        # WRONG last-class-not-scored: for c in range(num_classes - 1):
        # WRONG classes-of-target: for c in target.unique().tolist():
        # WRONG classes-of-pred: for c in pred.unique().tolist():
        # WRONG ignored-class-skipped: for c in (c for c in range(num_classes) if c != ignore_index):
        in_pred, in_target = pred == c, target == c
        intersection, union = int((in_pred & in_target).sum()), int((in_pred | in_target).sum())
        # WRONG union-counts-twice:
        #     intersection, union = int((in_pred & in_target).sum()), int(in_pred.sum() + in_target.sum())
        # WRONG dice:
        #     intersection, union = 2 * int((in_pred & in_target).sum()), int(in_pred.sum() + in_target.sum())
        # WRONG recall: intersection, union = int((in_pred & in_target).sum()), int(in_target.sum())
        # WRONG precision: intersection, union = int((in_pred & in_target).sum()), int(in_pred.sum())
        # WRONG mistakes-below: intersection, union = int((in_pred & in_target).sum()), int((in_pred ^ in_target).sum())
        # WRONG binary-accuracy: intersection, union = int((in_pred == in_target).sum()), len(pred)
        # WRONG share-of-all-pixels: intersection, union = int((in_pred & in_target).sum()), len(pred)
        # WRONG complement: intersection, union = int((in_pred ^ in_target).sum()), int((in_pred | in_target).sum())
        # WRONG larger-below:
        #     intersection, union = int((in_pred & in_target).sum()), int(max(in_pred.sum(), in_target.sum()))
        # WRONG smaller-below:
        #     intersection, union = int((in_pred & in_target).sum()), int(min(in_pred.sum(), in_target.sum()))
        # A class that occurs nowhere has no IoU: 0 / 0.
        if union > 0:
            # WRONG absent-divides: if True:
            # WRONG absent-class-is-0: if scores.append(0.0) or (union > 0 and scores.pop() == 0.0):
            # WRONG absent-class-is-1: if scores.append(1.0) or (union > 0 and scores.pop() == 1.0):
            # WRONG classes-without-hit-skipped: if intersection > 0:
            scores.append(intersection / union)
    return sum(scores) / len(scores)
    # WRONG pixel-accuracy: return (pred == target).double().mean().item()
    # WRONG sum-of-classes: return sum(scores)
    # WRONG best-class: return max(scores)
    # WRONG worst-class: return min(scores)
    # WRONG median-class: return sorted(scores)[len(scores) // 2]
    # WRONG percent: return 100 * sum(scores) / len(scores)
    # WRONG rounded: return round(sum(scores) / len(scores), 2)
    # WRONG result-as-tensor: return torch.tensor(sum(scores) / len(scores), dtype=torch.float64)
    # WRONG result-in-float32: return torch.tensor(scores).mean().item()
    # WRONG list-of-scores: return scores
    # WRONG intersections-over-unions:
    #     hits = int((pred == target).sum())
    #     return hits / (2 * len(pred) - hits)
    # WRONG weighted-by-pixels:
    #     present = [c for c in range(num_classes) if ((pred == c) | (target == c)).any()]
    #     return sum(s * (target == c).double().mean().item() for s, c in zip(scores, present))
    # END SOLUTION
