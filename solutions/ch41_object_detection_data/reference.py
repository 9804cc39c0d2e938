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
    """
    # BEGIN SOLUTION
    x1, y1, x2, y2 = boxes.unbind(dim=1)
    # WRONG corners-interleaved: x1, x2, y1, y2 = boxes.unbind(dim=1)
    # WRONG corners-the-other-way-round: x2, y2, x1, y1 = boxes.unbind(dim=1)
    # WRONG rows-for-columns: x1, y1, x2, y2 = boxes[0], boxes[1], boxes[2], boxes[3]
    # WRONG first-box-alone: x1, y1, x2, y2 = boxes[:1].unbind(dim=1)
    # WRONG corners-squeezed: x1, y1, x2, y2 = boxes.squeeze().unbind(dim=-1)
    # WRONG corners-in-float32: x1, y1, x2, y2 = boxes.float().unbind(dim=1)
    # WRONG corners-cut-off: x1, y1, x2, y2 = boxes.detach().unbind(dim=1)
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    # WRONG centre-not-halved: cx, cy = x1 + x2, y1 + y2
    # WRONG centre-of-the-sides: cx, cy = (x2 - x1) / 2, (y2 - y1) / 2
    # WRONG one-corner-halved: cx, cy = x1 + x2 / 2, y1 + y2 / 2
    # WRONG corner-for-centre: cx, cy = x1, y1
    # WRONG lower-right-for-centre: cx, cy = x2, y2
    # WRONG centre-mixes-the-axes: cx, cy = (x1 + y1) / 2, (x2 + y2) / 2
    # WRONG centre-y-from-x: cx, cy = (x1 + x2) / 2, (x1 + x2) / 2
    # WRONG centre-of-whole-pixels: cx, cy = torch.floor((x1 + x2) / 2), torch.floor((y1 + y2) / 2)
    # WRONG centre-by-floor-division: cx, cy = (x1 + x2) * 1.0 // 2, (y1 + y2) * 1.0 // 2
    # WRONG centre-on-a-pixel: cx, cy = (x1 + x2 - 1) / 2, (y1 + y2 - 1) / 2
    w, h = x2 - x1, y2 - y1
    # WRONG sides-count-pixels: w, h = x2 - x1 + 1, y2 - y1 + 1
    # WRONG sides-swapped: w, h = y2 - y1, x2 - x1
    # WRONG half-sides: w, h = (x2 - x1) / 2, (y2 - y1) / 2
    # WRONG corner-for-sides: w, h = x2, y2
    # WRONG sides-mix-the-axes: w, h = y1 - x1, y2 - x2
    # WRONG square-boxes: w, h = x2 - x1, x2 - x1
    return torch.stack([cx, cy, w, h], dim=1)
    # WRONG sides-first: return torch.stack([w, h, cx, cy], dim=1)
    # WRONG axes-together: return torch.stack([cx, w, cy, h], dim=1)
    # WRONG height-before-width: return torch.stack([cy, cx, h, w], dim=1)
    # WRONG boxes-as-columns: return torch.stack([cx, cy, w, h])
    # WRONG one-long-row: return torch.cat([cx, cy, w, h])
    # WRONG centre-truncated: return torch.stack([cx, cy, w, h], dim=1).to(boxes.dtype)
    # WRONG corners-overwritten:
    #     boxes.data[:] = torch.stack([cx, cy, w, h], dim=1)
    #     return torch.stack([cx, cy, w, h], dim=1)
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    cx, cy, w, h = boxes.unbind(dim=1)
    # WRONG sides-before-centre: w, h, cx, cy = boxes.unbind(dim=1)
    # WRONG axes-interleaved: cx, w, cy, h = boxes.unbind(dim=1)
    # WRONG centre-rows-for-columns: cx, cy, w, h = boxes[0], boxes[1], boxes[2], boxes[3]
    # WRONG first-centre-alone: cx, cy, w, h = boxes[:1].unbind(dim=1)
    # WRONG centre-squeezed: cx, cy, w, h = boxes.squeeze().unbind(dim=-1)
    # WRONG centre-in-float32: cx, cy, w, h = boxes.float().unbind(dim=1)
    # WRONG centre-cut-off: cx, cy, w, h = boxes.detach().unbind(dim=1)
    x1, y1 = cx - w / 2, cy - h / 2
    # WRONG whole-side-left: x1, y1 = cx - w, cy - h
    # WRONG centre-is-upper-left: x1, y1 = cx, cy
    # WRONG corner-on-whole-pixels: x1, y1 = cx - torch.floor(w / 2), cy - torch.floor(h / 2)
    # WRONG sides-of-the-other-axis: x1, y1 = cx - h / 2, cy - w / 2
    # WRONG difference-halved: x1, y1 = (cx - w) / 2, (cy - h) / 2
    # WRONG centre-counts-pixels: x1, y1 = cx - (w - 1) / 2, cy - (h - 1) / 2
    # WRONG y-downwards-reversed: x1, y1 = cx - w / 2, cy + h / 2
    x2, y2 = cx + w / 2, cy + h / 2
    # WRONG whole-side-left: x2, y2 = cx + w, cy + h
    # WRONG centre-is-upper-left: x2, y2 = cx + w, cy + h
    # WRONG corner-on-whole-pixels: x2, y2 = cx + torch.floor(w / 2), cy + torch.floor(h / 2)
    # WRONG sides-of-the-other-axis: x2, y2 = cx + h / 2, cy + w / 2
    # WRONG difference-halved: x2, y2 = (cx + w) / 2, (cy + h) / 2
    # WRONG y-downwards-reversed: x2, y2 = cx + w / 2, cy - h / 2
    # WRONG centre-counts-pixels: x2, y2 = cx + (w - 1) / 2, cy + (h - 1) / 2
    # WRONG lower-right-from-upper-left: x2, y2 = x1 + w / 2, y1 + h / 2
    # WRONG whole-side-right: x2, y2 = cx + w, cy + h
    # WRONG upper-left-corner-with-sides: x2, y2 = w, h
    return torch.stack([x1, y1, x2, y2], dim=1)
    # WRONG lower-right-first: return torch.stack([x2, y2, x1, y1], dim=1)
    # WRONG x-both-then-y: return torch.stack([x1, x2, y1, y2], dim=1)
    # WRONG y-first-in-the-result: return torch.stack([y1, x1, y2, x2], dim=1)
    # WRONG corners-as-rows: return torch.stack([x1, y1, x2, y2])
    # WRONG corners-in-a-row: return torch.cat([x1, y1, x2, y2])
    # WRONG corners-truncated: return torch.stack([x1, y1, x2, y2], dim=1).to(boxes.dtype)
    # WRONG centre-overwritten:
    #     boxes.data[:] = torch.stack([x1, y1, x2, y2], dim=1)
    #     return torch.stack([x1, y1, x2, y2], dim=1)
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    y_ratio, x_ratio = to_size[0] / from_size[0], to_size[1] / from_size[1]
    # WRONG width-before-height: x_ratio, y_ratio = to_size[0] / from_size[0], to_size[1] / from_size[1]
    # WRONG height-ratio-for-both: y_ratio = x_ratio = to_size[0] / from_size[0]
    # WRONG width-ratio-for-both: y_ratio = x_ratio = to_size[1] / from_size[1]
    # WRONG ratio-inverted: y_ratio, x_ratio = from_size[0] / to_size[0], from_size[1] / to_size[1]
    # WRONG whole-ratios: y_ratio, x_ratio = (float(new // old) for old, new in zip(from_size, to_size))
    # WRONG from-size-ignored: y_ratio, x_ratio = to_size[0], to_size[1]
    # WRONG to-size-ignored: y_ratio, x_ratio = 1 / from_size[0], 1 / from_size[1]
    # WRONG smaller-ratio: y_ratio = x_ratio = min(to_size[0] / from_size[0], to_size[1] / from_size[1])
    # WRONG larger-ratio: y_ratio = x_ratio = max(to_size[0] / from_size[0], to_size[1] / from_size[1])
    # WRONG ratio-of-the-areas: y_ratio = x_ratio = to_size[0] * to_size[1] / (from_size[0] * from_size[1])
    # WRONG sides-crossed: y_ratio, x_ratio = to_size[1] / from_size[0], to_size[0] / from_size[1]
    # WRONG last-pixel-to-last-pixel:
    #     y_ratio, x_ratio = ((new - 1) / max(old - 1, 1) for old, new in zip(from_size, to_size))
    # WRONG ratio-in-float32: y_ratio, x_ratio = (torch.tensor(to_size) / torch.tensor(from_size)).double().unbind()
    x1, y1, x2, y2 = boxes.unbind(dim=1)
    # WRONG scaled-columns-interleaved: x1, x2, y1, y2 = boxes.unbind(dim=1)
    # WRONG scaled-rows-for-columns: x1, y1, x2, y2 = boxes[0], boxes[1], boxes[2], boxes[3]
    # WRONG scaled-first-box-alone: x1, y1, x2, y2 = boxes[:1].unbind(dim=1)
    # WRONG scaled-box-squeezed: x1, y1, x2, y2 = boxes.squeeze().unbind(dim=-1)
    # WRONG scaled-in-float32: x1, y1, x2, y2 = boxes.float().unbind(dim=1)
    # WRONG scaled-boxes-cut-off: x1, y1, x2, y2 = boxes.detach().unbind(dim=1)
    return torch.stack([x1 * x_ratio, y1 * y_ratio, x2 * x_ratio, y2 * y_ratio], dim=1)
    # WRONG one-corner-scaled: return torch.stack([x1, y1, x2 * x_ratio, y2 * y_ratio], dim=1)
    # WRONG upper-left-scaled-alone: return torch.stack([x1 * x_ratio, y1 * y_ratio, x2, y2], dim=1)
    # WRONG x-scaled-alone: return torch.stack([x1 * x_ratio, y1, x2 * x_ratio, y2], dim=1)
    # WRONG y-scaled-alone: return torch.stack([x1, y1 * y_ratio, x2, y2 * y_ratio], dim=1)
    # WRONG sides-scaled-about-the-corner:
    #     return torch.stack([x1, y1, x1 + (x2 - x1) * x_ratio, y1 + (y2 - y1) * y_ratio], dim=1)
    # WRONG rounded-to-pixels:
    #     return torch.stack([x1 * x_ratio, y1 * y_ratio, x2 * x_ratio, y2 * y_ratio], dim=1).round()
    # WRONG rounded-for-integers:
    #     return torch.stack([x1 * x_ratio, y1 * y_ratio, x2 * x_ratio, y2 * y_ratio], dim=1).to(boxes.dtype)
    # WRONG clipped-after-scaling:
    #     edges = torch.tensor([to_size[1], to_size[0], to_size[1], to_size[0]])
    #     scaled = torch.stack([x1 * x_ratio, y1 * y_ratio, x2 * x_ratio, y2 * y_ratio], dim=1)
    #     return scaled.clamp(min=0).minimum(edges.to(scaled.dtype))
    # WRONG clipped-at-zero:
    #     return torch.stack([x1 * x_ratio, y1 * y_ratio, x2 * x_ratio, y2 * y_ratio], dim=1).clamp(min=0)
    # WRONG scaled-boxes-as-columns: return torch.stack([x1 * x_ratio, y1 * y_ratio, x2 * x_ratio, y2 * y_ratio])
    # WRONG scaled-y-first: return torch.stack([y1 * y_ratio, x1 * x_ratio, y2 * y_ratio, x2 * x_ratio], dim=1)
    # WRONG scaled-in-place:
    #     scaled = torch.stack([x1 * x_ratio, y1 * y_ratio, x2 * x_ratio, y2 * y_ratio], dim=1)
    #     boxes.data[:] = scaled.detach()
    #     return scaled
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    height, width = size
    # WRONG width-first: width, height = size
    # WRONG height-for-both: height = width = size[0]
    # WRONG width-for-both: height = width = size[1]
    # WRONG last-pixel: height, width = size[0] - 1, size[1] - 1
    # WRONG one-pixel-more: height, width = size[0] + 1, size[1] + 1
    # WRONG unit-image: height, width = 1, 1
    # WRONG smaller-side: height = width = min(size)
    x1, y1, x2, y2 = boxes.unbind(dim=1)
    # WRONG clipped-columns-interleaved: x1, x2, y1, y2 = boxes.unbind(dim=1)
    # WRONG clipped-rows-for-columns: x1, y1, x2, y2 = boxes[0], boxes[1], boxes[2], boxes[3]
    # WRONG clipped-box-squeezed: x1, y1, x2, y2 = boxes.squeeze().unbind(dim=-1)
    # WRONG clipped-in-float32: x1, y1, x2, y2 = boxes.float().unbind(dim=1)
    # WRONG clipped-boxes-cut-off: x1, y1, x2, y2 = boxes.detach().unbind(dim=1)
    # WRONG centre-and-sides-clipped:
    #     cx, cy, w, h = boxes.unbind(dim=1)
    #     x1, y1, x2, y2 = cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2
    # WRONG boxes-outside-dropped:
    #     x1, y1, x2, y2 = boxes[
    #         (boxes[:, 0] < width) & (boxes[:, 1] < height) & (boxes[:, 2] > 0) & (boxes[:, 3] > 0)
    #     ].unbind(dim=1)
    # WRONG boxes-over-the-edge-dropped:
    #     x1, y1, x2, y2 = boxes[
    #         (boxes[:, 0] >= 0) & (boxes[:, 1] >= 0) & (boxes[:, 2] <= width) & (boxes[:, 3] <= height)
    #     ].unbind(dim=1)
    # WRONG boxes-outside-zero:
    #     inside = (boxes[:, 0] < width) & (boxes[:, 1] < height) & (boxes[:, 2] > 0) & (boxes[:, 3] > 0)
    #     x1, y1, x2, y2 = (boxes * inside[:, None].to(boxes.dtype)).unbind(dim=1)
    # WRONG moved-into-the-image:
    #     edges = torch.tensor([width, height]).to(boxes.dtype)
    #     shift = (-boxes[:, :2]).clamp(min=0) - (boxes[:, 2:] - edges).clamp(min=0)
    #     x1, y1, x2, y2 = (boxes + shift.repeat(1, 2)).unbind(dim=1)
    return torch.stack([x1.clamp(0, width), y1.clamp(0, height), x2.clamp(0, width), y2.clamp(0, height)], dim=1)
    # WRONG lower-edges-alone: return torch.stack([x1.clamp(min=0), y1.clamp(min=0), x2.clamp(min=0), y2.clamp(min=0)], dim=1)
    # WRONG upper-edges-alone:
    #     return torch.stack(
    #         [x1.clamp(max=width), y1.clamp(max=height), x2.clamp(max=width), y2.clamp(max=height)], dim=1
    #     )
    # WRONG each-corner-at-its-own-edge:
    #     return torch.stack([x1.clamp(min=0), y1.clamp(min=0), x2.clamp(max=width), y2.clamp(max=height)], dim=1)
    # WRONG x-clipped-alone: return torch.stack([x1.clamp(0, width), y1, x2.clamp(0, width), y2], dim=1)
    # WRONG y-clipped-alone: return torch.stack([x1, y1.clamp(0, height), x2, y2.clamp(0, height)], dim=1)
    # WRONG upper-left-clipped-alone: return torch.stack([x1.clamp(0, width), y1.clamp(0, height), x2, y2], dim=1)
    # WRONG lower-right-clipped-alone: return torch.stack([x1, y1, x2.clamp(0, width), y2.clamp(0, height)], dim=1)
    # WRONG edges-wrap-around: return torch.stack([x1 % width, y1 % height, x2 % width, y2 % height], dim=1)
    # WRONG at-least-a-pixel:
    #     x1, y1 = x1.clamp(0, width - 1), y1.clamp(0, height - 1)
    #     return torch.stack([x1, y1, x2.clamp(max=width).maximum(x1 + 1), y2.clamp(max=height).maximum(y1 + 1)], dim=1)
    # WRONG clipped-to-float:
    #     return torch.stack(
    #         [x1.clamp(0, width), y1.clamp(0, height), x2.clamp(0, width), y2.clamp(0, height)], dim=1
    #     ) * 1.0
    # WRONG clipped-in-place:
    #     x1, y1, x2, y2 = x1.clamp(0, width), y1.clamp(0, height), x2.clamp(0, width), y2.clamp(0, height)
    #     clipped = torch.stack([x1, y1, x2, y2], dim=1)
    #     boxes.data[:] = clipped.detach()
    #     return clipped
    # WRONG clipped-boxes-as-columns:
    #     return torch.stack([x1.clamp(0, width), y1.clamp(0, height), x2.clamp(0, width), y2.clamp(0, height)])
    # END SOLUTION


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
        # BEGIN SOLUTION
        if len(features) != len(labels):
            # WRONG lengths-not-tested: if False:
            # WRONG missing-labels-alone-refused: if len(features) > len(labels):
            # WRONG missing-images-alone-refused: if len(features) < len(labels):
            # WRONG lengths-asserted:
            #     assert len(features) == len(labels)
            #     if False:
            raise ValueError(f"{len(features)} images, but labels of {len(labels)}")
        self.features, self.labels = features, labels
        # WRONG normalised-in-place:
        #     if labels.is_floating_point():
        #         for image, label in zip(features, labels):
        #             h, w = image.shape[-2:]
        #             label[:, 1:] /= torch.tensor([w, h, w, h])
        #     self.features, self.labels = features, labels
        # WRONG first-image-scales-all:
        #     self.features, self.labels, self.size = features, labels, features[0].shape[-2:]
        # END SOLUTION

    def __getitem__(self, idx: int) -> tuple[Tensor, Tensor]:
        """Return an item.

        Args:
            idx: 0 <= idx < N.

        Returns:
            The image (3, h, w), float32, and its labels (m, 5), float32, normalised.
        """
        # BEGIN SOLUTION
        image, label = self.features[idx].float(), self.labels[idx]
        # WRONG pixels-scaled: image, label = self.features[idx].float() / 255, self.labels[idx]
        # WRONG pixels-stay-uint8: image, label = self.features[idx], self.labels[idx]
        # WRONG channels-last: image, label = self.features[idx].float().permute(1, 2, 0), self.labels[idx]
        # WRONG image-transposed: image, label = self.features[idx].float().transpose(1, 2), self.labels[idx]
        # WRONG batch-axis-added: image, label = self.features[idx].float()[None], self.labels[idx]
        # WRONG first-item-always: image, label = self.features[0].float(), self.labels[0]
        # WRONG labels-of-the-first: image, label = self.features[idx].float(), self.labels[0]
        # WRONG items-from-the-end: image, label = self.features[-1 - idx].float(), self.labels[-1 - idx]
        # WRONG first-label-alone: image, label = self.features[idx].float(), self.labels[idx][:1]
        # WRONG label-axis-dropped: image, label = self.features[idx].float(), self.labels[idx].squeeze(0)
        # WRONG pixels-standardised:
        #     image, label = self.features[idx].float(), self.labels[idx]
        #     image = (image - image.mean()) / image.std()
        # WRONG pixels-in-float64: image, label = self.features[idx].double(), self.labels[idx]
        h, w = image.shape[-2:]
        # WRONG sizes-swapped: w, h = image.shape[-2:]
        # WRONG book-size: h = w = 256
        # WRONG height-alone: h = w = image.shape[-2]
        # WRONG width-alone: h = w = image.shape[-1]
        # WRONG channels-for-height: h, w = image.shape[:2]
        # WRONG last-pixel-is-1: h, w = image.shape[-2] - 1, image.shape[-1] - 1
        # WRONG image-transposed: w, h = image.shape[-2:]
        # WRONG channels-last: h, w = image.shape[:2]
        # WRONG first-image-scales-all: h, w = self.size
        # WRONG normalised-in-place:
        #     h = w = 1
        #     if not self.labels.is_floating_point():
        #         h, w = image.shape[-2:]
        # A new tensor: a division in place would change the labels that are stored.
        return image, label / torch.tensor([1, w, h, w, h])
        # WRONG labels-in-pixels: return image, label.float()
        # WRONG class-scaled-too: return image, label / torch.tensor([w, w, h, w, h])
        # WRONG class-last: return image, label / torch.tensor([w, h, w, h, 1])
        # WRONG labels-interleaved: return image, label / torch.tensor([1, w, w, h, h])
        # WRONG upper-left-normalised-alone: return image, label / torch.tensor([1, w, h, 1, 1])
        # WRONG class-shifted: return image, label / torch.tensor([1, w, h, w, h]) + torch.tensor([1, 0, 0, 0, 0])
        # WRONG class-lost: return image, (label / torch.tensor([1, w, h, w, h]))[:, 1:]
        # WRONG labels-as-centres:
        #     c, x1, y1, x2, y2 = (label / torch.tensor([1, w, h, w, h])).unbind(dim=1)
        #     return image, torch.stack([c, (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], dim=1)
        # WRONG labels-in-float64: return image, label / torch.tensor([1, w, h, w, h], dtype=torch.float64)
        # WRONG whole-shares: return image, (label // torch.tensor([1, w, h, w, h])).float()
        # WRONG rounded-shares: return image, (label / torch.tensor([1, w, h, w, h])).round(decimals=2)
        # WRONG divided-again:
        #     if self.labels.is_floating_point():
        #         label /= torch.tensor([1, w, h, w, h])
        #         return image, label.clone()
        #     self.labels = self.labels.float()
        #     return self[idx]
        # WRONG label-divided-in-place:
        #     label = label.float()
        #     label /= torch.tensor([1, w, h, w, h])
        #     return image, label
        # WRONG label-before-image: return label / torch.tensor([1, w, h, w, h]), image
        # WRONG item-as-a-dict: return {"image": image, "label": label / torch.tensor([1, w, h, w, h])}
        # END SOLUTION

    def __len__(self) -> int:
        """Return the number of images, N."""
        # BEGIN SOLUTION
        return len(self.features)
        # WRONG number-of-labels: return self.labels.shape[0] * self.labels.shape[1]
        # WRONG labels-of-an-image: return self.labels.shape[1]
        # WRONG last-item-missing: return len(self.features) - 1
        # END SOLUTION
