"""Small pictures of two tensors that differ: both and their difference in at most 24 by 24 numbers, or boxes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import numpy as np
import torch
from torch.nn import functional as F

from dlgrade.judge.box_picture import NUMBERS, boxes_that_differ
from dlgrade.judge.check import Drawn
from dlgrade.judge.compare import TOLERANCES, Comparison, Path, where
from dlgrade.judge.photo import Over, image_of, photos_in
from dlgrade.results import Detail, Grid, Picture

SIDE = 24  # three maps of 24 columns fit beside each other in 80
MOST_PLANES = 4
DIMENSIONS = (2, 3, 4)
EXACTLY = (0.0, 0.0)


def drawn(
    detail: Detail, draws: Drawn, comparison: Comparison, actual: Any, expected: Any, over: Over | None = None
) -> Detail:
    """Add a picture of the first two tensors whose values differ, if there are any that can be drawn.

    Boxes lie over an image if the suite gives one. They may also be lists of numbers.
    """
    if draws in ("boxes", "centred boxes"):
        actual, expected = _as_tensor(actual), _as_tensor(expected)
    for path, yours, wanted in _pairs(actual, expected, ()):
        difference = comparison.difference(yours, wanted)
        if difference is None or difference.aspect != "value" or not wanted.numel():
            continue
        pair = where(path).en if path else "result", _plain(yours), _plain(wanted)
        if torch.equal(pair[1], pair[2]):  # integers that differ by less than float64 can show
            continue
        is_photo = over is not None and any(photo.image.shape == wanted.shape for photo in photos_in(over))
        if draws in ("boxes", "centred boxes") and not is_photo:
            tolerance = comparison.tolerance.of(TOLERANCES.get(wanted.dtype, EXACTLY))
            behind = partial(image_of, over, path) if over else None
            boxes = boxes_that_differ(*pair, tolerance, centred=draws == "centred boxes", behind=behind)
            if boxes is not None:
                return msgspec.structs.replace(detail, boxes=boxes)
        if wanted.dim() in DIMENSIONS:
            classes = draws == "classes" and not wanted.is_floating_point()
            return msgspec.structs.replace(detail, picture=_draw(*pair, classes=classes))
    return detail


def _as_tensor(value: Any) -> Any:
    """Return lists of boxes, and a single box, as a tensor; any other value as it is."""
    rows = value if isinstance(value, (list, tuple)) and value and isinstance(value[0], (list, tuple)) else [value]
    if not all(isinstance(row, (list, tuple)) and len(row) >= NUMBERS for row in rows):
        return value
    if not all(type(number) in (int, float) for row in rows for number in row) or len(set(map(len, rows))) != 1:
        return value
    try:
        return torch.tensor(rows, dtype=torch.float64)
    except OverflowError:  # an integer beyond all floats
        return value


def _pairs(actual: Any, expected: Any, path: Path) -> Iterator[tuple[Path, torch.Tensor, torch.Tensor]]:
    """Yield the tensors that have the same place in both values, and the same shape."""
    if isinstance(actual, np.ndarray) and isinstance(expected, np.ndarray) and actual.dtype == expected.dtype:
        try:
            actual, expected = torch.from_numpy(actual.copy()), torch.from_numpy(expected.copy())
        except TypeError:  # torch has no such dtype
            return
    if isinstance(actual, torch.Tensor) and isinstance(expected, torch.Tensor):
        if actual.shape == expected.shape:
            yield path, actual, expected
    elif isinstance(actual, (tuple, list)) and isinstance(expected, (tuple, list)):
        for i, (actual_item, expected_item) in enumerate(zip(actual, expected, strict=False)):
            yield from _pairs(actual_item, expected_item, (*path, i))
    elif isinstance(actual, dict) and isinstance(expected, dict):
        for key in expected:
            if key in actual:
                yield from _pairs(actual[key], expected[key], (*path, key))


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """Return real numbers: a complex number becomes its absolute value."""
    detached = tensor.detach().cpu()
    return (detached.abs() if detached.is_complex() else detached).to(torch.float64)


def _draw(path: str, yours: torch.Tensor, expected: torch.Tensor, *, classes: bool) -> Picture:
    error = torch.where((yours == expected) | (yours.isnan() & expected.isnan()), 0.0, (yours - expected).abs())
    error = error.sign() if classes else error
    worst = int(error.nan_to_num(torch.inf, torch.inf).argmax())  # NaN and infinities count as the furthest off
    height, width = yours.shape[-2:]
    block = (math.ceil(height / SIDE), math.ceil(width / SIDE))
    columns = math.ceil(width / block[1])
    chosen = _planes(error, max(1, min(MOST_PLANES, (SIDE + 1) // (columns + 1))))
    leading = tuple(yours.shape[:-2])
    sampled = error if classes else None
    return Picture(
        where=path,
        shape=tuple(yours.shape),
        planes=tuple(_index(plane, leading) for plane in chosen) if leading else (),
        columns=columns,
        block=block,
        yours=_grid(yours, chosen, block, sampled),
        expected=_grid(expected, chosen, block, sampled),
        difference=_grid(error, chosen, block, sampled),
        at=_index(worst, tuple(yours.shape)),
        values=(_finite(yours.flatten()[worst], exact=classes), _finite(expected.flatten()[worst], exact=classes)),
        classes=classes,
    )


def _planes(error: torch.Tensor, count: int) -> list[int]:
    """Return the planes with the largest differences, in their order."""
    worst = error.nan_to_num(torch.inf, torch.inf).reshape(-1, error.shape[-2] * error.shape[-1]).amax(dim=1)
    return sorted(int(i) for i in worst.argsort(descending=True, stable=True)[:count])


def _index(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, shape))


def _grid(tensor: torch.Tensor, chosen: list[int], block: tuple[int, int], sampled: torch.Tensor | None) -> Grid:
    """Put the chosen planes side by side. A large plane is reduced to the mean of each block.

    If the `sampled` differences are given, each block shows its element that differs the most: classes have no mean.
    """
    planes = tensor.reshape(-1, *tensor.shape[-2:])
    if sampled is None:
        wide = torch.cat([_shrunk(planes[i], block) for i in chosen], dim=1)
    else:
        errors = sampled.reshape(planes.shape)[chosen][:, None]
        places = F.max_pool2d(errors, block, ceil_mode=True, return_indices=True)[1][:, 0]
        wide = torch.cat([planes[i].flatten()[place] for i, place in zip(chosen, places, strict=True)], dim=1)
    return tuple(tuple(_finite(value, exact=sampled is not None) for value in row) for row in wide)


def _shrunk(plane: torch.Tensor, block: tuple[int, int]) -> torch.Tensor:
    """Return the means of blocks; blocks at the edges may be smaller. A block with a NaN is NaN."""
    if block == (1, 1):
        return plane
    rows = [part.mean(dim=0) for part in plane.split(block[0], dim=0)]
    return torch.stack([part.mean(dim=1) for part in torch.stack(rows).split(block[1], dim=1)], dim=1)


def _finite(value: torch.Tensor, *, exact: bool = False) -> float | None:
    """Round to seven digits unless asked not to. Return None for NaN and infinities, which JSON lacks."""
    number = float(value)
    return (number if exact else float(f"{number:.7g}")) if math.isfinite(number) else None
