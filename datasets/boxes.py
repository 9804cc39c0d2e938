"""One coloured thing on each image, of one of three kinds, with its box: for object detection.

Source: generated. Licence: none needed. Any number of examples.

A thing is a disc, a square or a ring, in any colour, of any size from a fifth to half of the side, on a background of
soft noise in which nothing of the kind appears.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

KIND = "images with boxes"
SIDE = 64
KINDS = ("disc", "square", "ring")


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 3, 64, 64), float32 from 0 to 1, and labels (size, 1, 5): kind, then the box as x and y of its
    upper left and lower right corner, in shares of the side."""
    del split  # the generator makes the difference
    draw = torch.rand(size, 7, generator=generator)
    kind = torch.randint(len(KINDS), (size,), generator=generator)
    half = (0.1 + 0.15 * draw[:, 0]) * SIDE
    centre = half[:, None] + draw[:, 1:3] * (SIDE - 1 - 2 * half[:, None])
    axis = torch.arange(float(SIDE))
    offset = torch.stack(torch.meshgrid(axis, axis, indexing="xy")) - centre[:, :, None, None]
    radius, edge = offset.norm(dim=1), offset.abs().amax(dim=1)
    limit = half[:, None, None]
    inside = torch.stack([radius <= limit, edge <= limit, (radius <= limit) & (radius >= 0.55 * limit)])
    mask = inside[kind, torch.arange(size)][:, None]
    soft = torch.rand(size, 3, SIDE // 8, SIDE // 8, generator=generator)
    background = 0.5 * F.interpolate(soft, size=(SIDE, SIDE), mode="bilinear")
    colour = (0.55 + 0.45 * draw[:, 3:6])[:, :, None, None]
    images = torch.where(mask, colour, background) + 0.03 * torch.randn(size, 3, SIDE, SIDE, generator=generator)
    corners = torch.cat([centre - half[:, None], centre + half[:, None]], dim=1) / (SIDE - 1)
    return images.clamp(0, 1), torch.cat([kind[:, None].float(), corners], dim=1)[:, None]
