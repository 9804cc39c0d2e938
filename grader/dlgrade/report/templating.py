"""The HTML pages' common parts: templates, two languages in one page, and a policy that blocks other scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlgrade.errors import UsageError
from dlgrade.legible import MESSAGE, one_line, shorter
from dlgrade.results import number
from dlgrade.text import Text, both

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
SENTENCES = 1000  # of the pages, kept in their final form
NOT_INSTALLED = both(
    "Reports need packages that are not installed: pip install 'dlgrade[grade]'",
    "生成报告所需的软件包尚未安装：pip install 'dlgrade[grade]'",
)


def render(template: str, scripts: tuple[str, ...], styles: tuple[str, ...], **values: Any) -> str:
    """Render a template into a page, with its scripts and styles inside.

    Raises:
        UsageError: jinja2 is not installed.
    """
    page = _environment().get_template(template)
    script, style = _joined(scripts), _joined(styles)
    return page.render(script=script, style=style, policy=_policy(script), **values)


@lru_cache
def _joined(names: tuple[str, ...]) -> Markup:
    from markupsafe import Markup

    return Markup("\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names))


@lru_cache
def _policy(script: str) -> str:
    """Return a policy that allows no network and no other script. It is the second wall, escaping is the first."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@lru_cache
def _environment() -> jinja2.Environment:
    try:
        import jinja2
    except ImportError:
        raise UsageError(NOT_INSTALLED) from None
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["w"] = _in_both_languages
    environment.filters.update(said=_said, line=one_line, number=number, moment=_moment)
    return environment


def trusted(markup: str) -> Markup:
    """Mark our own markup as safe, so that the template does not escape it.

    Raises:
        UsageError: jinja2 is not installed.
    """
    _environment()
    from markupsafe import Markup

    return Markup(markup)


@lru_cache(maxsize=SENTENCES)
def _in_both_languages(en: str, zh: str) -> Markup:
    """Return a text in both languages. The page shows one of them. Most texts are the same on every student's page."""
    from markupsafe import Markup

    if en == zh:
        return Markup("{}").format(en)
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(en, zh)


@lru_cache(maxsize=SENTENCES)
def _said(text: Text, limit: int = MESSAGE) -> Markup:
    return _in_both_languages(shorter(text.en, limit), shorter(text.zh, limit))


def _moment(time: str) -> str:
    """Write an ISO time for readers, to the minute.

    >>> _moment("2026-11-20T23:10:59+08:00"), _moment("2026-11-20T15:10+00:00")
    ('2026-11-20 23:10 +08:00', '2026-11-20 15:10 UTC')
    """
    readable = re.sub(r"^(\S+)T(\d\d:\d\d)(?::[\d.]+)?(?=$|[+-])", r"\1 \2 ", time).strip()
    return readable.replace(" +00:00", " UTC")
