"""The limit on the size of one check's texts.

Every place that writes a text keeps it short. This limit catches a place that forgot to.
"""

from __future__ import annotations

import msgspec

from dlgrade.results.report import CheckReport, Frame
from dlgrade.text import Text, both

MOST_BYTES = 16_000  # of UTF-8, in each language
MESSAGE_BYTES = 8_000
NOTE_BYTES = 60  # room in each text for the note that it was cut
PARTS = 6  # message, hint, two values, call, output


def bound(report: CheckReport) -> None:
    """Cut the texts of a check to the limit. Texts within the limit stay as they are.

    The message has the first claim on the room, then the hint, the values, the call, the frames (the last frame first)
    and the output. A second call changes nothing.
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
    """The room that is left, in bytes. Each method cuts a part of a report to the room, and takes the room for it."""

    def __init__(self, size: int) -> None:
        self.left = size

    def text(self, text: Text | None, most: int) -> Text | None:
        if text is None:
            return None
        most = max(NOTE_BYTES, min(most, self.left))
        (en, more), (zh, more_zh) = _cut(text.en, most), _cut(text.zh, most)
        note = both(f"... (+{more:,} characters)" if more else "", f"……（另有 {more_zh:,} 个字符）" if more_zh else "")
        kept = both(en, zh) + note
        self.left -= max(_size(kept.en), _size(kept.zh))
        return kept

    def words(self, words: str | None) -> str | None:
        if words is None:
            return None
        kept, more = _cut(words, max(NOTE_BYTES, self.left))
        if more:
            kept += f"... (+{more:,})"
        self.left -= _size(kept)
        return kept

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
    """Replace half characters (lone surrogates), which no encoding can carry."""
    return words.encode("utf-8", "backslashreplace").decode()


def _size(words: str) -> int:
    return len(words.encode())


def _cut(words: str, most: int) -> tuple[str, int]:
    """Return the first characters, and the number of characters that were cut. A cut leaves room for a note."""
    words = _clean(words)
    content = words.encode()
    if len(content) <= most:
        return words, 0
    kept = content[: most - NOTE_BYTES].decode("utf-8", "ignore")
    return kept, len(words) - len(kept)
