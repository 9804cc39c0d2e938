"""Sentences in English and French (D2L section 9.5).

    he lost .                    il a perdu .

Source: Tatoeba by way of manythings.org/anki, as d2l.ai hosts it. Licence: CC BY 2.0. 7 MB.
Lower case, punctuation apart (D2L 9.5.1); as the book takes the first of a file sorted by length, only short ones.
"""

import re
import zipfile
import zlib

import torch

from dlgrade.course.data_sets import File, find

KIND = "sentence pairs"
FILES = {
    "pairs": File(
        "fra-eng.zip",
        "sha1:94646ad1522d915e7b0f9296181140edcf86a4f5",
        0,
        ("http://d2l-data.s3-accelerate.amazonaws.com/fra-eng.zip",),
    )
}
LONGEST = 5  # English words and punctuation marks


def load(size: int, generator: torch.Generator, split: str = "train") -> list[tuple[str, str]]:
    """Pairs (English, French), words separated by spaces: drawn once each from nine tenths, or from the rest.

    All translations of an English sentence are in the same part, whatever its punctuation.
    """
    with zipfile.ZipFile(find("fra_eng", FILES["pairs"])) as archive:
        lines = archive.read("fra-eng/fra.txt").decode("utf-8").splitlines()
    read = ([_words(side) for side in line.split("\t")[:2]] for line in lines if "\t" in line)
    pairs = {(english, french): None for english, french in read if len(english.split()) <= LONGEST}
    wanted = [pair for pair in pairs if _is_for_testing(pair[0]) == (split == "test")]
    return [wanted[i] for i in torch.randperm(len(wanted), generator=generator)[:size].tolist()]


def _is_for_testing(english: str) -> bool:
    """True for one sentence in ten, chosen by its words."""
    return zlib.crc32(re.sub(r"[ ,.!?]+", " ", english).strip().encode()) % 10 == 9


def _words(sentence: str) -> str:
    """A sentence as the book writes it, a space before each punctuation mark.

    >>> _words("Perdu\u202f! Est-ce cela?")
    'perdu ! est-ce cela ?'
    """
    return " ".join(re.sub(r"([,.!?])", r" \1", sentence.lower()).split())
