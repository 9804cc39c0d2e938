"""Lists of indices of rows and columns; whole numbers drawn by torch.randperm and torch.multinomial."""

import math

import numpy as np
import torch


def to_tensor(img):
    values = np.atleast_3d(img).astype(np.float64)
    if img.dtype == np.uint8:
        values = values / 255
    return torch.stack([torch.tensor(values[..., c].tolist(), dtype=torch.float32) for c in range(values.shape[2])])


def normalize(img, mean, std):
    if not (len(mean) == len(std) == img.size(-3)):
        raise ValueError("one number for each channel")
    if min(std) == 0:
        raise ValueError("a deviation of 0")
    planes = [(plane - m) / s for plane, m, s in zip(img.unbind(dim=-3), mean, std, strict=True)]
    return torch.stack(planes, dim=-3)


def one_of(count, generator):
    """A whole number below `count`; all of them are equally likely."""
    return torch.multinomial(torch.ones(count), 1, generator=generator).item()


def random_horizontal_flip(img, p=0.5, generator=None):
    columns = list(range(img.shape[2]))
    if torch.bernoulli(torch.tensor(p), generator=generator):
        columns.reverse()
    return img[:, :, columns]


def random_crop(img, size, padding=0, generator=None):
    offsets = []
    for length, part in zip(img.shape[1:], size, strict=True):
        places = length + 2 * padding - part + 1
        if places < 1:
            raise ValueError("too large")
        offsets.append(one_of(places, generator) - padding)
    window = img.new_zeros(img.shape[0], *size)
    # Only the part of the window that meets the image is copied.
    down, right = (
        [i for i in range(s) if 0 <= i + o < n] for o, s, n in zip(offsets, size, img.shape[1:], strict=True)
    )
    for i in down:
        for j in right:
            window[:, i, j] = img[:, i + offsets[0], j + offsets[1]]
    return window


def adjust_brightness(img, factor):
    if factor < 0:
        raise ValueError("negative")
    return torch.minimum(img * factor, torch.ones_like(img))


def random_resized_crop_params(height, width, scale, ratio, generator):
    low, high = math.log(ratio[0]), math.log(ratio[1])
    for _ in range(10):
        s, t = torch.rand(2, generator=generator, dtype=torch.float64).tolist()
        area, root = height * width * (scale[0] * (1 - s) + scale[1] * s), math.exp((low * (1 - t) + high * t) / 2)
        w, h = math.floor(area**0.5 * root + 0.5), math.floor(area**0.5 / root + 0.5)
        if min(w, h) >= 1 and w <= width and h <= height:
            return one_of(height - h + 1, generator), one_of(width - w + 1, generator), h, w
    # The nearest ratio that is allowed; each side fits, or has to become shorter.
    nearest = min(max(width / height, ratio[0]), ratio[1])
    w = min(width, math.floor(height * nearest + 0.5))
    h = min(height, math.floor(width / nearest + 0.5))
    return (height - h) // 2, (width - w) // 2, h, w
