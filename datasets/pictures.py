"""Drawings to keep the content of, and textures to take the style from: for style transfer.

Source: generated. Licence: none needed. Any number of examples.

A drawing has four things, each a disc or a tilted square in a colour of its own, before a sky that changes its colour
from top to bottom. A texture has waves in two directions, bent a little at random, in two colours. Each texture comes
as two pieces of the same kind, which show different parts of it. Soft noise lies on all of them.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

KIND = "pictures"
SIDE = 48
THINGS = 4
NOISE = 0.02


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor, Tensor]:
    """Drawings, textures and other pieces of the same textures, each (size, 3, 48, 48), float32 from 0 to 1."""
    del split  # the generator makes the difference
    wide = _textures(size, generator)
    parts = [_drawings(size, generator), wide[..., :SIDE], wide[..., -SIDE:]]
    drawings, textures, others = (
        (part + NOISE * torch.randn(part.shape, generator=generator)).clamp(0, 1) for part in parts
    )
    return drawings, textures, others


def _drawings(size: int, generator: torch.Generator) -> Tensor:
    draw = torch.rand(size, THINGS, 4, generator=generator)
    colours = torch.rand(size, THINGS, 3, 1, 1, generator=generator)
    top, bottom = torch.rand(2, size, 3, 1, 1, generator=generator)
    share = torch.linspace(0, 1, SIDE)[:, None]
    images = ((1 - share) * top + share * bottom).expand(size, 3, SIDE, SIDE)
    axis = torch.arange(float(SIDE))
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing="xy"))
    for thing in range(THINGS):
        radius = (0.1 + 0.12 * draw[:, thing, 0, None, None]) * SIDE
        offset = pixels - SIDE * draw[:, thing, 1:3, None, None]
        is_disc = draw[:, thing, 3, None, None] < 0.5
        # the sum of the distances along both axes makes a square that stands on a corner
        far = torch.where(is_disc, offset.norm(dim=1), offset.abs().sum(1))
        images = torch.where((far <= radius)[:, None], colours[:, thing], images)
    return images


def _textures(size: int, generator: torch.Generator) -> Tensor:
    """(size, 3, SIDE, 3 * SIDE): wide enough for two pieces with a gap between them."""
    axis_x, axis_y = torch.arange(3.0 * SIDE), torch.arange(float(SIDE))
    pixels = torch.stack(torch.meshgrid(axis_x, axis_y, indexing="xy"))
    bent = torch.randn(size, 2, SIDE // 8, 3 * SIDE // 8, generator=generator)
    pixels = pixels + F.interpolate(bent, size=pixels.shape[1:], mode="bilinear")
    draw = torch.rand(size, 4, generator=generator)
    angle = math.pi * draw[:, :1] + math.pi * torch.tensor([0.0, 0.5])  # the second waves cross the first
    length = 5 + 3 * draw[:, 1:3]
    direction = torch.stack([angle.cos(), angle.sin()], dim=2) / length[..., None]
    waves = torch.einsum("nwd,ndij->nwij", 2 * math.pi * direction, pixels).sin()
    share = torch.sigmoid(3 * (waves[:, 0] + draw[:, 3, None, None] * waves[:, 1]))[:, None]
    dark, light = (
        0.4 * torch.rand(size, 3, 1, 1, generator=generator),
        1 - 0.4 * torch.rand(size, 3, 1, 1, generator=generator),
    )
    return share * light + (1 - share) * dark
