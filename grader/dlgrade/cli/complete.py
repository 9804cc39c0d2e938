"""What the shell offers for an argument. It runs at every press of Tab, so it never imports torch."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from dlgrade import course
from dlgrade.errors import DlgradeError
from dlgrade.text import chosen_lang


def chapters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The chapters whose id, file name or slug begins so, with their titles; none where the course cannot be read."""
    del ctx, param
    try:
        known = course.load().chapters
    except DlgradeError:  # said by the command itself; here it would be strewn over the line that is being typed
        return []
    lang = chosen_lang()
    return [
        CompletionItem(fitting[0], help=chapter.title.of(lang))
        for chapter in known
        if (fitting := [name for name in (chapter.id, chapter.stem, chapter.slug) if name.startswith(incomplete)])
    ]
