"""Words for people, always in both languages."""

from __future__ import annotations

import locale
import os
import re
from typing import Literal

import msgspec

Lang = Literal["en", "zh"]

# Control characters, what turns the direction of text around, what has no width, half pairs, and the tags block:
# written out as ranges, so that every Python shows the same.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence or more in English and Chinese.

    >>> Text(en="no file", zh="没有文件").of("en")
    'no file'
    """

    en: str
    zh: str

    def of(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en

    def __add__(self, other: Text) -> Text:
        return Text(self.en + other.en, self.zh + other.zh)


def both(en: str, zh: str) -> Text:
    """A `Text`, short to write where a message is made."""
    return Text(en, zh)


def same(words: str) -> Text:
    """A `Text` that needs no translation: a name, a path, a number."""
    return Text(words, words)


def default_lang() -> Lang:
    """The language of the user's locale: Chinese for any `zh_*`, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    try:  # Windows keeps its language out of the environment
        return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
    except ValueError:
        return "en"


_chosen: list[Lang] = []


def choose_lang(lang: Lang | None) -> Lang:
    """Make this the language of the command's messages, its errors included; None: the locale's."""
    _chosen[:] = [lang or default_lang()]
    return _chosen[0]


def chosen_lang() -> Lang:
    """Return the language that the command was asked for, by default the locale's."""
    return _chosen[0] if _chosen else default_lang()
