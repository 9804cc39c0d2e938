"""Two photographs and three textures of scikit-image: for style transfer.

Source: the PyPI package scikit-image, version 0.26.0. Licence: public domain (astronaut, by NASA) and CC0 (coffee, by
Rachel Michetti; grass, by Linolafett; brick and gravel, by CC0 Textures). 2 MB.

The pieces are squares of the photographs, in 48 x 48 pixels. Each piece of a texture comes with another piece of it,
from another place. The textures are grey. The upper halves of all pictures are to learn from, the lower halves to test
on.
"""

from pathlib import Path

import torch
from torch import Tensor

from dlgrade.course.data_sets import File, checked, folder_of_package, pixels, square

KIND = "pictures"
PLACES = folder_of_package("skimage", "data")
SIDE = 48
TEXTURE = 2 * SIDE  # pixels of a piece of a texture
PHOTOGRAPH = (2 * SIDE, 4 * SIDE)  # the least and the largest side of a piece
_PHOTOGRAPHS = {
    "astronaut.png": ("88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5", 791555),
    "coffee.png": ("cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7", 466706),
}
_TEXTURES = {
    "brick.png": ("7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf", 106634),
    "grass.png": ("b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89", 217893),
    "gravel.png": ("c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12", 194247),
}
FILES = {
    name: File(name, f"sha256:{digest}", size, (), package="scikit-image")  # from the RECORD of the wheel
    for name, (digest, size) in {**_PHOTOGRAPHS, **_TEXTURES}.items()
}


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor, Tensor]:
    """Photographs, textures and other pieces of the same textures, each (size, 3, 48, 48), float32 from 0 to 1."""
    photographs, textures = ([_half(name, split) for name in names] for names in (_PHOTOGRAPHS, _TEXTURES))
    kinds = torch.randint(len(photographs) * len(textures), (size,), generator=generator).tolist()
    parts: list[list[Tensor]] = [[], [], []]
    for kind in kinds:
        photograph, texture = photographs[kind % len(photographs)], textures[kind // len(photographs)]
        side = int(torch.randint(PHOTOGRAPH[0], PHOTOGRAPH[1] + 1, (), generator=generator))
        middle = texture.shape[2] // 2
        parts[0].append(_piece(photograph, side, generator))
        parts[1].append(_piece(texture[:, :, :middle], TEXTURE, generator))
        parts[2].append(_piece(texture[:, :, middle:], TEXTURE, generator))
    photos, styles, others = (torch.stack(part).float() / 255 for part in parts)
    return photos, styles, others


def _half(name: str, split: str) -> Tensor:
    """The upper or the lower half of a picture, (3, h, w)."""
    picture: Tensor = pixels(Path(checked("scikit_image", FILES[name], PLACES)).read_bytes())
    border = picture.shape[1] // 2
    return picture[:, border:] if split == "test" else picture[:, :border]


def _piece(picture: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """A square at a drawn place."""
    top, left = (int(torch.randint(n - side + 1, (), generator=generator)) for n in picture.shape[1:])
    reduced: Tensor = square(picture[:, top : top + side, left : left + side], SIDE)
    return reduced
