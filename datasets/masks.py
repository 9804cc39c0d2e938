"""Images of patterned things, with the class of each pixel: for semantic segmentation.

Source: generated. Licence: none needed. Any number of examples.

The background is soft noise. An image has from none to three things, each of which is a plain disc, a striped square or
a chequered diamond, from a fifth to three fifths of the side wide. A thing and its pattern have any two colours, so
that the colour of a single pixel says little about its class. Later things hide parts of earlier things.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

KIND = "images with masks"
SIDE, MOST, PERIOD = 64, 3, 6.0  # pixels; things on an image; pixels from stripe to stripe
CLASSES = ("background", "disc", "square", "diamond")  # VOC_COLORMAP has a colour for each index


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 3, 64, 64), float32 from 0 to 1, and masks (size, 64, 64), int64: each pixel's class, from 0 to 3
    in the order of CLASSES."""
    del split  # the generator makes the difference
    draw = torch.rand(size, MOST, 8, generator=generator)
    kind = torch.randint(1, len(CLASSES), (size, MOST), generator=generator)
    wanted = torch.randint(MOST + 1, (size, 1), generator=generator)
    soft = torch.rand(size, 3, SIDE // 8, SIDE // 8, generator=generator)
    images = F.interpolate(soft, size=(SIDE, SIDE), mode="bilinear")
    masks = torch.zeros(size, SIDE, SIDE, dtype=torch.int64)
    axis = torch.arange(float(SIDE))
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing="xy"))
    for i in range(MOST):
        half = (0.1 + 0.2 * draw[:, i, 0, None, None]) * SIDE
        offset = pixels - draw[:, i, 1:3, None, None] * (SIDE - 1)
        length = offset.square().sum(dim=1).sqrt()  # torch's norm is much slower on this axis
        distances = [length, offset.abs().amax(dim=1), offset.abs().sum(dim=1)]
        inside = torch.stack(distances)[kind[:, i] - 1, torch.arange(size)] <= half
        inside &= (wanted > i)[:, :, None]
        dark = _pattern(kind[:, i], pixels + PERIOD * draw[:, i, 6:, None, None])
        colour = draw[:, i, 3:6, None, None]
        other = (colour + 0.5) % 1  # half of the range away in red, green and blue
        drawn = torch.where(dark[:, None], other, colour)
        images = torch.where(inside[:, None], drawn, images)
        masks = torch.where(inside, kind[:, i, None, None], masks)
    images = images + 0.03 * torch.randn(size, 3, SIDE, SIDE, generator=generator)
    return images.clamp(0, 1), masks


def _pattern(kind: Tensor, places: Tensor) -> Tensor:
    """(size, 64, 64): whether a pixel has the second colour: nowhere on discs, in stripes or in a chequered pattern."""
    x, y = (places % PERIOD < PERIOD / 2).unbind(dim=1)
    return torch.stack([torch.zeros_like(x), x, x ^ y])[kind - 1, torch.arange(len(kind))]
