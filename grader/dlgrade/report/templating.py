"""What the HTML pages share: templates, both languages in one page, and a policy that lets no other script run."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlgrade.errors import UsageError
from dlgrade.legible import MESSAGE, one_line, shorter
from dlgrade.results.report import number
from dlgrade.text import Text, both

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
MISSING = both(
    "Reports need packages that are not installed: pip install 'dlgrade[grade]'",
    "生成报告所需的软件包尚未安装：pip install 'dlgrade[grade]'",
)


def render(template: str, scripts: tuple[str, ...], styles: tuple[str, ...], **values: Any) -> str:
    """The page of a template, with its scripts and styles inside.

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
    """No network, and no script but ours: escaping is the first wall, this is the second."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


@lru_cache
def _environment() -> jinja2.Environment:
    try:
        import jinja2
    except ImportError:
        raise UsageError(MISSING) from None
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["w"] = _words
    environment.filters.update(said=_said, line=one_line, number=number, moment=_moment)
    return environment


def trusted(markup: str) -> Markup:
    """Markup of our own making, which is not to be escaped.

    Raises:
        UsageError: jinja2 is not installed.
    """
    _environment()
    from markupsafe import Markup

    return Markup(markup)


def _words(en: str, zh: str) -> Markup:
    """Words in both languages, of which a reader sees one."""
    from markupsafe import Markup

    if en == zh:
        return Markup("{}").format(en)
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(en, zh)


def _said(text: Text, limit: int = MESSAGE) -> Markup:
    return _words(shorter(text.en, limit), shorter(text.zh, limit))


def _moment(time: str) -> str:
    """An ISO time as people read it, to the minute.

    >>> _moment("2026-11-20T23:10:59+08:00"), _moment("2026-11-20T15:10+00:00")
    ('2026-11-20 23:10 +08:00', '2026-11-20 15:10 UTC')
    """
    shown = re.sub(r"^(\S+)T(\d\d:\d\d)(?::[\d.]+)?(?=$|[+-])", r"\1 \2 ", time).strip()
    return shown.replace(" +00:00", " UTC")
