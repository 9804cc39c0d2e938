"""The core model: verdicts, checks, chapters, a class. It renders nothing; `dlgrade.report` does."""

from dlgrade.results.bounds import MOST_BYTES, bound
from dlgrade.results.class_results import ClassChapter, ClassCheck, ClassData, ClassResult, Override
from dlgrade.results.report import (
    Boxes,
    ChapterReport,
    CheckReport,
    Corners,
    Detail,
    Frame,
    Grid,
    Image,
    Measured,
    Mention,
    Picture,
    Price,
    Report,
    number,
)
from dlgrade.results.verdicts import Verdict

__all__ = [
    "MOST_BYTES",
    "Boxes",
    "ChapterReport",
    "CheckReport",
    "ClassChapter",
    "ClassCheck",
    "ClassData",
    "ClassResult",
    "Corners",
    "Detail",
    "Frame",
    "Grid",
    "Image",
    "Measured",
    "Mention",
    "Override",
    "Picture",
    "Price",
    "Report",
    "Verdict",
    "bound",
    "number",
]
