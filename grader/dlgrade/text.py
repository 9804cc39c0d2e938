"""Texts for people, always in both languages."""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

Lang = Literal["en", "zh"]

# Control characters, marks that reverse the direction of text, characters without width, lone surrogates, and the tags
# block. The ranges are written out, so that every version of Python agrees.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One or more sentences in English and Chinese.

    >>> Text(en="no file", zh="没有文件").of("en")
    'no file'
    """

    en: str
    zh: str

    def of(self, lang: Lang) -> str:
        """Return the text in one language."""
        return self.zh if lang == "zh" else self.en

    def __add__(self, other: Text) -> Text:
        return Text(self.en + other.en, self.zh + other.zh)


def both(en: str, zh: str) -> Text:
    """Make a `Text` of two translations."""
    return Text(en, zh)


def same(words: str) -> Text:
    """Make a `Text` that needs no translation: a name, a path, a number."""
    return Text(words, words)


def some(words: Sequence[str], most: int) -> str:
    """Return the first words, and the number of the others.

    >>> some(["ada", "bob", "cyd"], 2)
    'ada, bob (+1)'
    """
    return ", ".join(words[:most]) + (f" (+{len(words) - most})" if len(words) > most else "")


def counted(count: int, noun: str) -> str:
    """Return a number and an English noun whose plural ends in s.

    >>> counted(1, "mark"), counted(2, "mark")
    ('1 mark', '2 marks')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def default_lang() -> Lang:
    """Return the language of the user's locale: Chinese for any `zh_*`, otherwise English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    try:  # Windows does not set its language in the environment
        return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
    except ValueError:
        return "en"


_chosen: list[Lang] = []


def choose_lang(lang: Lang | None) -> Lang:
    """Set the language of the command's messages and errors. None means the language of the locale."""
    _chosen[:] = [lang or default_lang()]
    return _chosen[0]


def chosen_lang() -> Lang:
    """Return the language of the command's messages; by default, that of the locale."""
    return _chosen[0] if _chosen else default_lang()


def lang_argument() -> str:
    """Return the end of a command that should answer in the language of this one.

    It is empty if the locale has this language. Otherwise somebody gave `--lang`, and has to give it again.
    """
    return "" if chosen_lang() == default_lang() else f" --lang {chosen_lang()}"
