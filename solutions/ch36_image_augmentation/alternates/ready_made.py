"""Functions of torch where there are any; random numbers from a generator of numpy with a drawn seed."""

import numpy as np
import torch
from torch.nn import functional as F


def to_tensor(img):
    picture = torch.from_numpy(img.astype("float32")) / (255 if img.dtype == "uint8" else 1)
    return torch.einsum("hwc->chw", picture if picture.dim() == 3 else picture.unsqueeze(2)).clone(
        memory_format=torch.contiguous_format
    )


def normalize(img, mean, std):
    shape = (-1, 1, 1)
    mean, std = (torch.as_tensor(numbers, dtype=img.dtype).reshape(shape) for numbers in (mean, std))
    if mean.shape[0] != img.shape[-3] or std.shape[0] != img.shape[-3] or (std == 0).any():
        raise ValueError("unusable numbers")
    return img.sub(mean).div(std)


def numpy_generator(generator):
    return np.random.default_rng(torch.randint(2**62, (1,), generator=generator).item())


def random_horizontal_flip(img, p=0.5, generator=None):
    return torch.flip(img, dims=[2]) if numpy_generator(generator).random() < p else img.clone()


def random_crop(img, size, padding=0, generator=None):
    padded = F.pad(img, (padding,) * 4)
    if size[0] > padded.shape[1] or size[1] > padded.shape[2]:
        raise ValueError("too large")
    windows = padded.unfold(1, size[0], 1).unfold(2, size[1], 1)
    number = numpy_generator(generator).integers(windows.shape[1] * windows.shape[2])
    return windows[:, number // windows.shape[2], number % windows.shape[2]]


def adjust_brightness(img, factor):
    if factor < 0:
        raise ValueError("negative")
    return torch.lerp(torch.zeros_like(img), img, factor).clip(max=1)


def random_resized_crop_params(height, width, scale, ratio, generator):
    random, logs = numpy_generator(generator), np.log(np.asarray(ratio))
    # All tries at once; the first that fits counts.
    area, r = height * width * random.uniform(*scale, 10), np.exp(random.uniform(*logs, 10))
    sides = np.rint(np.stack([area / r, area * r], axis=1) ** 0.5).astype(int)
    fitting = sides[((sides >= 1) & (sides <= (height, width))).all(axis=1)]
    if len(fitting):
        h, w = fitting[0].tolist()
        return int(random.integers(height - h + 1)), int(random.integers(width - w + 1)), h, w
    h, w = height, width
    if width < height * ratio[0]:
        h = round(width / ratio[0])
    elif width > height * ratio[1]:
        w = round(height * ratio[1])
    return (height - h) // 2, (width - w) // 2, h, w
