"""Sentences in English and French (D2L section 9.5).

Source: Tatoeba by way of manythings.org/anki, as d2l.ai hosts it. Licence: CC BY 2.0. 7 MB.
"""

import zipfile

import torch

from dlgrade.data import File, find

KIND = "sentence pairs"
FILES = {
    "pairs": File(
        "fra-eng.zip",
        "sha1:94646ad1522d915e7b0f9296181140edcf86a4f5",
        0,
        ("http://d2l-data.s3-accelerate.amazonaws.com/fra-eng.zip",),
    )
}


def load(size: int, generator: torch.Generator, split: str = "train") -> list[tuple[str, str]]:
    """Pairs (English, French) as the file has them: drawn without repetition from nine tenths, or from the rest."""
    with zipfile.ZipFile(find("fra_eng", FILES["pairs"])) as archive:
        lines = archive.read("fra-eng/fra.txt").decode("utf-8").splitlines()
    pairs = [tuple(line.split("\t")[:2]) for line in lines if "\t" in line]
    wanted = [pair for i, pair in enumerate(pairs) if (i % 10 == 9) == (split == "test")]
    chosen = torch.randperm(len(wanted), generator=generator)[:size].tolist()
    return [(wanted[i][0], wanted[i][1]) for i in chosen]
