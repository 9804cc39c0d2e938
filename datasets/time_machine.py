"""The Time Machine by H. G. Wells, as the book prepares it: letters and spaces (D2L section 8.2).

Source: Project Gutenberg, as d2l.ai hosts it. Licence: public domain. 0.2 MB.
"""

import re

import torch

from dlgrade.course.data_sets import File, find

KIND = "text"
BORDER = 1000  # characters between the two parts that belong to neither
FILES = {
    "text": File(
        "timemachine.txt",
        "sha1:090b5e7e70c295757f55df93cb0a180b9691891a",
        0,
        ("http://d2l-data.s3-accelerate.amazonaws.com/timemachine.txt",),
    )
}


def load(size: int, generator: torch.Generator, split: str = "train") -> str:
    """The first so many characters, in lower case, all but letters as single spaces.

    The last tenth is for testing; what lies before it, a thousand characters at most, is left out.
    """
    del generator
    lines = find("time_machine", FILES["text"]).read_text(encoding="utf-8").splitlines()
    text = " ".join(filter(None, (re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in lines)))
    border = len(text) * 9 // 10
    return (text[: border - min(BORDER, border // 9)] if split == "train" else text[border:])[:size]
