"""Coloured things on images, of three kinds, with their boxes: for object detection.

Source: generated. Licence: none needed. Any number of examples.

A thing is a disc, a square or a ring, in any colour, of any size from a fifth to half of the side, on a background of
soft noise in which nothing of the kind appears. By default each image has one thing. With the option `most`, an image
has from none to so many. They may overlap, but more than half of each can be seen.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

KIND = "images with boxes"
SIDE = 64
KINDS = ("disc", "square", "ring")


def load(
    size: int, generator: torch.Generator, split: str = "train", most: int = 1, smallest: float = 0.2
) -> tuple[Tensor, Tensor]:
    """Images (size, 3, 64, 64), float32 from 0 to 1, and labels (size, most, 5): kind, then the box as x and y of its
    upper left and lower right corner, in shares of the side. Rows that are all -1 fill the labels of other images.

    `most` is the largest number of things on an image; every number down to 0 is as frequent, but 1 means one thing on
    each image. `smallest` is the least size of a thing, as a share of the side.
    """
    del split  # the generator makes the difference
    draw = torch.rand(size, most, 7, generator=generator)
    kind = torch.randint(len(KINDS), (size, most), generator=generator)
    half = (smallest / 2 + (0.25 - smallest / 2) * draw[:, :, 0]) * SIDE
    centre = half[:, :, None] + draw[:, :, 1:3] * (SIDE - 1 - 2 * half[:, :, None])
    masks = _masks(kind, half, centre)
    wanted = torch.ones(size, 1) if most == 1 else (draw[:, :1, 6] * (most + 1)).floor()
    there = _visible(masks, torch.arange(most) < wanted)
    soft = torch.rand(size, 3, SIDE // 8, SIDE // 8, generator=generator)
    images = 0.5 * F.interpolate(soft, size=(SIDE, SIDE), mode="bilinear")
    for i in range(most):
        colour = (0.55 + 0.45 * draw[:, i, 3:6])[:, :, None, None]
        images = torch.where((masks[:, i] & there[:, i, None, None])[:, None], colour, images)
    images = images + 0.03 * torch.randn(size, 3, SIDE, SIDE, generator=generator)
    corners = torch.cat([centre - half[:, :, None], centre + half[:, :, None]], dim=2) / (SIDE - 1)
    labels = torch.where(there[:, :, None], torch.cat([kind[:, :, None].float(), corners], dim=2), -1)
    first = there.int().argsort(dim=1, descending=True, stable=True)
    return images.clamp(0, 1), labels.gather(1, first[:, :, None].expand_as(labels))


def _masks(kind: Tensor, half: Tensor, centre: Tensor) -> Tensor:
    """(size, things, 64, 64): whether a pixel belongs to a thing."""
    axis = torch.arange(float(SIDE))
    masks = []
    for i in range(kind.shape[1]):
        offset = torch.stack(torch.meshgrid(axis, axis, indexing="xy")) - centre[:, i, :, None, None]
        radius, edge, limit = _length(offset), offset.abs().amax(dim=1), half[:, i, None, None]
        inside = torch.stack([radius <= limit, edge <= limit, (radius <= limit) & (radius >= 0.55 * limit)])
        masks.append(inside[kind[:, i], torch.arange(len(kind))])
    return torch.stack(masks, dim=1)


def _length(offset: Tensor) -> Tensor:
    """(size, 64, 64): the length of offsets (size, 2, 64, 64); torch's norm is much slower on this axis."""
    return offset.square().sum(dim=1).sqrt()


def _visible(masks: Tensor, wanted: Tensor) -> Tensor:
    """(size, things): the wanted things, without those that would leave half or less of an earlier thing."""
    there, areas = wanted.clone(), masks.sum(dim=(2, 3))
    seen = masks & wanted[:, :, None, None]
    for i in range(1, wanted.shape[1]):
        left = seen[:, :i] & ~masks[:, i, None]
        enough = (left.sum(dim=(2, 3)) > 0.5 * areas[:, :i]) | ~there[:, :i]
        there[:, i] &= enough.all(dim=1)
        seen[:, :i] = torch.where(there[:, i, None, None, None], left, seen[:, :i])
    return there
