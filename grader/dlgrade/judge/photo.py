"""The images behind boxes: a suite gives them with `agree(probe, over=Photo(image))`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from dlgrade.results import Image

SIDE = 64  # pixels of the longer side, at most
COLOURS = 3
AXES = 3  # of an image: channels, rows, columns
TINIEST = 1e-6


class Photo(NamedTuple):
    """An image that boxes lie on: (channels, h, w), or a batch of images. It goes to no submission.

    `size` is its height and width in the units of the boxes, as (1, 1) for shares of the sides. None means pixels.
    """

    image: Tensor
    size: tuple[float, float] | None = None


Over = Photo | Sequence[Photo]


def scene(generator: torch.Generator, size: Sequence[int], boxes: Tensor) -> Tensor:
    """Return an image (3, h, w), float32 from 0 to 1: an ellipse of some colour in each box (n, 4), before soft noise.

    The boxes are corners in pixels. Ellipses of smaller boxes lie on those of larger ones.
    """
    height, width = size
    soft = torch.rand(1, COLOURS, 3, 4, generator=generator)
    image = 0.5 * F.interpolate(soft, size=(height, width), mode="bilinear")[0]
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    largest_first = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1).argsort(descending=True)
    for left, top, right, bottom in boxes[largest_first].tolist():
        across = (2 * x - left - right) / max(abs(right - left), TINIEST)
        down = (2 * y - top - bottom) / max(abs(bottom - top), TINIEST)
        colour = 0.5 + 0.5 * torch.rand(COLOURS, 1, 1, generator=generator)
        image = torch.where(across**2 + down**2 <= 1, colour, image)
    return image


def image_of(over: Over, path: Sequence[object], shape: Sequence[int], index: Sequence[int]) -> Image | None:
    """Return the image behind a box, reduced for a screen. Return None if there is none, or none with pixels.

    Args:
        over: the photo, or a photo for each entry of the list in which the tensor of boxes is.
        path: leads to this tensor.
        shape: of the tensor. If its first axis is as long as the batch of images, an image has its own boxes.
        index: of the box.
    """
    photos = photos_in(over)
    number = path[-1] if path and len(photos) > 1 else 0
    if not isinstance(number, int) or number >= len(photos):
        return None
    image, size = photos[number]
    if image.dim() not in (AXES, AXES + 1) or not image.numel():
        return None
    if image.dim() > AXES:
        image = image[index[0] if len(index) > 1 and shape[0] == len(image) else 0]
    return _reduced(image, size or tuple(image.shape[-2:]))


def photos_in(over: Over) -> list[Photo]:
    return [over] if isinstance(over, Photo) else list(over)


def _reduced(image: Tensor, size: tuple[float, ...]) -> Image:
    pixels = image.detach().cpu().to(torch.float32)
    pixels = pixels / 255 if image.dtype is torch.uint8 else pixels
    pixels = pixels if len(pixels) == COLOURS else pixels.mean(dim=0, keepdim=True).expand(COLOURS, -1, -1)
    low, high = pixels.amin(), pixels.amax()
    if low < 0 or high > 1:  # normalised, or noise
        pixels = (pixels - low) / (high - low).clamp(min=TINIEST)
    shrink = max(1.0, max(pixels.shape[1:]) / SIDE)
    height, width = (max(1, round(side / shrink)) for side in pixels.shape[1:])
    pixels = F.adaptive_avg_pool2d(pixels, (height, width))
    content = (255 * pixels).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous()
    return Image(width, height, content.numpy().tobytes(), (0.0, 0.0, float(size[1]), float(size[0])))
