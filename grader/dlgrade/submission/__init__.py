"""A student's hand-in: where its files are, and the source in them."""

from dlgrade.submission.beside import MAX_BESIDE, MAX_FILES
from dlgrade.submission.submission import (
    NEWLINE,
    SUFFIXES,
    Submission,
    all_in,
    files_of,
    find,
    from_content,
    locate,
    read,
    size_limit,
)

__all__ = [
    "MAX_BESIDE", "MAX_FILES", "NEWLINE", "SUFFIXES", "Submission", "all_in", "files_of", "find", "from_content",
    "locate", "read", "size_limit",
]  # fmt: skip
