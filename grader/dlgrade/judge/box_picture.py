"""The boxes of two tensors that differ the most, for a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from dlgrade.results import Boxes, Corners, Image

MOST_BOXES = 4
AXES = 2  # of the boxes of one image: boxes, numbers
LARGEST = 1e300  # of the expected numbers: a frame around them is finite
NUMBERS = 4  # of a box: the last ones of a row, which may also have a class and a score

Behind = Callable[[Sequence[int], Sequence[int]], Image | None]  # the image behind a box, by the shape and the index


def boxes_that_differ(
    path: str,
    yours: torch.Tensor,
    expected: torch.Tensor,
    tolerance: tuple[float, float],
    *,
    centred: bool,
    behind: Behind | None = None,
) -> Boxes | None:
    """Return the boxes with the largest differences. Return None if none differs by more than the tolerance.

    Both tensors have float64 numbers and the same shape. Their last axis ends with the corners of a box, or with its
    centre, width and height. With images behind them, the boxes are of a single image.
    """
    if expected.dim() == 0 or expected.shape[-1] < NUMBERS:
        return None
    found, wanted = _corners(yours, centred=centred), _corners(expected, centred=centred)
    rtol, atol = tolerance
    right = (found == wanted) | torch.isclose(found, wanted, rtol=rtol, atol=atol)
    error = torch.where(right, 0.0, (found - wanted).abs()).nan_to_num(torch.inf, torch.inf).amax(dim=1)
    chosen = [int(i) for i in error.argsort(descending=True, stable=True)[:MOST_BOXES] if error[i] > 0]
    if not chosen or not (wanted.abs() < LARGEST).all():  # nor NaN
        return None
    places = {i: tuple(int(n) for n in np.unravel_index(i, expected.shape[:-1])) for i in chosen}
    image = behind(expected.shape, places[chosen[0]]) if behind else None
    if image is not None and expected.dim() > AXES:
        chosen = [i for i in chosen if places[i][0] == places[chosen[0]][0]]
    shown = sorted(chosen)
    frame = _frame(found[shown], wanted[shown])
    return Boxes(
        where=path,
        shape=tuple(expected.shape),
        indices=tuple(places[i] for i in shown),
        yours=tuple(_box(found[i]) for i in shown),
        expected=tuple(_box(wanted[i]) for i in shown),
        frame=frame if image is None else _around(frame, image.place),
        worst=shown.index(chosen[0]),
        image=image,
    )


def _corners(tensor: torch.Tensor, *, centred: bool) -> torch.Tensor:
    """Return the upper left and the lower right corner of each box, (number of boxes, 4)."""
    boxes = tensor[..., -NUMBERS:].reshape(-1, NUMBERS)
    if not centred:
        return boxes
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return torch.cat([centre - half, centre + half], dim=1)


def _box(corners: torch.Tensor) -> Corners | None:
    """Return a box, or None if it has a NaN or an infinity."""
    if not corners.isfinite().all():
        return None
    left, top, right, bottom = (float(f"{number:.6g}") for number in corners.tolist())
    return left, top, right, bottom


def _frame(found: torch.Tensor, wanted: torch.Tensor) -> Corners:
    """Return a frame around the expected boxes, and around the student's as far as it grows no more than threefold."""
    low, high = (part.amin(dim=0) for part in wanted.split(2, dim=1)), (part.amax(dim=0) for part in wanted.split(2, 1))
    first, last = torch.minimum(*low), torch.maximum(*high)
    size = (last - first).clamp(min=torch.finfo(torch.float64).tiny)
    points = found[found.isfinite().all(dim=1)].reshape(-1, 2)
    points = points.clamp(first - size, last + size) if len(points) else first[None]
    left, top = torch.minimum(first, points.amin(dim=0)).tolist()
    right, bottom = torch.maximum(last, points.amax(dim=0)).tolist()
    return left, top, right, bottom


def _around(first: Corners, second: Corners) -> Corners:
    """Return a frame around two frames."""
    return min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3])
