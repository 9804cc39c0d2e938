"""Completions for arguments. They run at every press of Tab, so they never import torch."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from dlgrade.cli import load_course
from dlgrade.errors import DlgradeError
from dlgrade.text import chosen_lang


def chapters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the chapters whose id, file name or slug begins like this; none if the course cannot be read."""
    del ctx, param
    try:
        known = load_course().chapters
    except DlgradeError:  # the command itself will say it; here it would spoil the line that is being typed
        return []
    lang = chosen_lang()
    return [
        CompletionItem(fitting[0], help=chapter.title.of(lang))
        for chapter in known
        if (fitting := [name for name in (chapter.id, chapter.stem, chapter.slug) if name.startswith(incomplete)])
    ]
