"""The limit on the words of one check's report, whoever wrote them.

Each place that makes words keeps them short. This limit is for the place that was forgotten.
"""

from __future__ import annotations

import msgspec

from dlgrade.results.report import CheckReport, Frame
from dlgrade.text import Text, both

MOST_BYTES = 16_000  # of UTF-8, in each language
MESSAGE_BYTES = 8_000
NOTE_BYTES = 60  # each part of a report has room for a note about what was cut
PARTS = 6


def bound(report: CheckReport) -> None:
    """Cut the words of a check to the limit. Words within it stay as they are, so a second call changes nothing.

    The message comes first, then the hint, the values, the call, the frames from the last, and the output.
    """
    room = _Room(MOST_BYTES - PARTS * NOTE_BYTES)
    report.message = room.text(report.message, MESSAGE_BYTES)
    report.hint = room.text(report.hint, MESSAGE_BYTES)
    detail = report.detail
    got, expected, call = room.words(detail.got), room.words(detail.expected), room.words(detail.call)
    report.detail = msgspec.structs.replace(
        detail,
        got=got,
        expected=expected,
        call=call,
        frames=room.frames(detail.frames),
        output=room.words(detail.output) or "",
    )


class _Room:
    """The bytes that are left."""

    def __init__(self, size: int) -> None:
        self.left = size

    def text(self, text: Text | None, most: int) -> Text | None:
        if text is None:
            return None
        most = max(NOTE_BYTES, min(most, self.left))
        (en, more), (zh, more_zh) = _cut(text.en, most), _cut(text.zh, most)
        note = both(f"... (+{more:,} characters)" if more else "", f"……（另有 {more_zh:,} 个字符）" if more_zh else "")
        shown = both(en, zh) + note
        self.left -= max(_size(shown.en), _size(shown.zh))
        return shown

    def words(self, words: str | None) -> str | None:
        if words is None:
            return None
        kept, more = _cut(words, max(NOTE_BYTES, self.left))
        shown = f"{kept}... (+{more:,})" if more else kept
        self.left -= _size(shown)
        return shown

    def frames(self, frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
        kept: list[Frame] = []
        for frame in reversed(frames):
            words = {name: _clean(getattr(frame, name)) for name in ("file", "function", "source")}
            size = sum(map(_size, words.values()))
            if size > self.left:
                break
            self.left -= size
            kept.append(msgspec.structs.replace(frame, **words))
        return tuple(reversed(kept))


def _clean(words: str) -> str:
    """Without half characters, which no encoding can carry."""
    return words.encode("utf-8", "backslashreplace").decode()


def _size(words: str) -> int:
    return len(words.encode())


def _cut(words: str, most: int) -> tuple[str, int]:
    """The first characters, and how many more there are. Cut words leave room for a note that says so."""
    words = _clean(words)
    content = words.encode()
    if len(content) <= most:
        return words, 0
    kept = content[: most - NOTE_BYTES].decode("utf-8", "ignore")
    return kept, len(words) - len(kept)
