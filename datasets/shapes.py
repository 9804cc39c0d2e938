"""Ten kinds of drawn signs, 28 x 28 pixels, grey, of Fashion-MNIST's form.

Source: generated. Licence: none needed. Any number of examples.

Each sign is a few strokes, turned, stretched, slanted and moved a little at random, drawn with a pen of random width,
under noise. Signs lie in so many places that single pixels say little: softmax regression falls behind a multilayer
perceptron, and that one behind a convolutional network.
"""

import itertools
import math

import torch
from torch import Tensor

KIND = "images"
SIDE = 28
MOVED, TURNED, SLANTED, NOISE = 4.0, 0.35, 0.3, 0.3  # pixels, radians, share of the height, standard deviation

_CIRCLE = [(math.cos(step * math.pi / 4), math.sin(step * math.pi / 4)) for step in range(9)]
SIGNS = {  # strokes as lines of points, in a square from -1 to 1
    "plus": [[(-1, 0), (1, 0)], [(0, -1), (0, 1)]],
    "cross": [[(-1, -1), (1, 1)], [(-1, 1), (1, -1)]],
    "square": [[(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]],
    "triangle": [[(-1, 1), (0, -1), (1, 1), (-1, 1)]],
    "circle": [_CIRCLE],
    "T": [[(-1, -1), (1, -1)], [(0, -1), (0, 1)]],
    "L": [[(-1, -1), (-1, 1), (1, 1)]],
    "Z": [[(-1, -1), (1, -1), (-1, 1), (1, 1)]],
    "H": [[(-1, -1), (-1, 1)], [(-1, 0), (1, 0)], [(1, -1), (1, 1)]],
    "V": [[(-1, -1), (0, 1), (1, -1)]],
}


def load(
    size: int, generator: torch.Generator, split: str = "train", varied: float = 1.0, noise: float = NOISE
) -> tuple[Tensor, Tensor]:
    """Images (size, 1, 28, 28), float32 from 0 to 1, and labels (size,), int64, from 0 to 9 in the order of SIGNS.

    `varied` scales how far signs are moved, turned and slanted; at 0 they stand upright in the middle.
    """
    del split  # the generator makes the difference
    labels = torch.randint(len(SIGNS), (size,), generator=generator)
    points = _placed(_segments()[labels], generator, varied)
    pen = 1.5 + 0.4 * _evenly(size, generator=generator)
    parts = [_drawn(p, w) for p, w in zip(points.split(500), pen.split(500), strict=True)]
    images = torch.cat(parts) if parts else torch.empty(0, SIDE * SIDE)
    images = images + noise * torch.randn(images.shape, generator=generator)
    return images.clamp(0, 1).reshape(-1, 1, SIDE, SIDE), labels


def _evenly(*shape: int, generator: torch.Generator) -> Tensor:
    """Uniform numbers from -1 to 1."""
    return 2 * torch.rand(*shape, generator=generator) - 1


def _segments() -> Tensor:
    """(signs, segments, 2 ends, xy); shorter signs have their first segment several times."""
    rows = []
    for strokes in SIGNS.values():
        rows.append([[a, b] for stroke in strokes for a, b in itertools.pairwise(stroke)])
    most = max(map(len, rows))
    return torch.tensor([row + row[:1] * (most - len(row)) for row in rows], dtype=torch.float32)


def _placed(segments: Tensor, generator: torch.Generator, varied: float) -> Tensor:
    """The segments of each example on its own image, in pixels."""
    n = len(segments)
    angle = varied * TURNED * _evenly(n, generator=generator)
    slant = varied * SLANTED * _evenly(n, generator=generator)
    width, height = 6.5 + 2 * _evenly(2, n, generator=generator)
    cos, sin = angle.cos(), angle.sin()
    rows = torch.stack([cos * width, slant * width - sin * height, sin * width, cos * height], dim=1)
    moved = varied * MOVED * _evenly(n, 1, 1, 2, generator=generator)
    return torch.einsum("nij,nsej->nsei", rows.reshape(n, 2, 2), segments) + moved + (SIDE - 1) / 2


def _drawn(points: Tensor, pen: Tensor) -> Tensor:
    """(n, pixels): dark where a pixel is nearer to a segment than the pen is wide."""
    axis = torch.arange(float(SIDE))
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1).reshape(-1, 1, 2)
    start, along = points[:, None, :, 0], (points[:, :, 1] - points[:, :, 0])[:, None]
    share = ((pixels - start) * along).sum(-1) / along.square().sum(-1)
    nearest = start + share.clamp(0, 1)[..., None] * along
    distance = (pixels - nearest).norm(dim=-1).amin(-1)
    return (pen[:, None] - distance).clamp(0, 1)
