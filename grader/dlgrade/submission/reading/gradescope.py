"""Gradescope's metadata of an export: whose each folder is, and when it was handed in.

A student's zip may have such a file, too. So nothing of it leaves the child but short texts and numbers.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import yaml

from dlgrade.files import clean
from dlgrade.submission.reading.questions import Record, Records, Submitter

MAX_SUBMITTERS = 100  # of one submission: a group
MAX_WORDS = 300


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The file is Ruby's: its objects are read as the plain data that they hold."""


def _data(loader: Any, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_multi_constructor("!", _data)


def records(content: bytes) -> Records:
    """Raises anything that the file makes the parser raise."""
    tree = yaml.load(content, Loader=_Loader)
    found = tree.items() if isinstance(tree, dict) else ()
    return Records({_words(key): _record(value) for key, value in found if isinstance(value, dict)})


def _record(value: dict[Any, Any]) -> Record:
    listed = value.get(":submitters")
    people = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    submitters = [Submitter(*(_words(one.get(f":{key}")) for key in ("sid", "name", "email"))) for one in people]
    return Record(tuple(submitters[:MAX_SUBMITTERS]), _seconds(value.get(":created_at")))


def _words(value: Any) -> str:
    return clean(str(value).strip()[:MAX_WORDS]) if isinstance(value, (str, int)) else ""


def _seconds(value: Any) -> float | None:
    if isinstance(value, dict):  # a time with a zone, as Rails writes it
        value = value.get("utc") or value.get("time")
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00").replace(" Z", "+00:00"))
        if not isinstance(value, datetime):
            return None
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        return None
