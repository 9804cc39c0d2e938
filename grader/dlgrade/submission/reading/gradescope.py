"""Gradescope's metadata of an export: the owner and the time of each folder.

A student's zip may have such a file, too. So only short texts and numbers of it leave the child.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import yaml

from dlgrade.files import clean
from dlgrade.submission.reading.questions import Record, Records, Submitter

MAX_SUBMITTERS = 100  # of one submission, which a group may hand in
MAX_TEXT = 300  # characters


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads Ruby's objects, which the file has, as the plain data in them."""


def _plain_data(loader: Any, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_multi_constructor("!", _plain_data)


def records(content: bytes) -> Records:
    """The records of the file, by the name of their folder. Whatever the parser raises is left to the caller."""
    tree = yaml.load(content, Loader=_Loader)
    items = tree.items() if isinstance(tree, dict) else ()
    return Records({_short_text(key): _record(value) for key, value in items if isinstance(value, dict)})


def _record(value: dict[Any, Any]) -> Record:
    listed = value.get(":submitters")
    people = [person for person in listed if isinstance(person, dict)] if isinstance(listed, list) else []
    submitters = [
        Submitter(*(_short_text(person.get(f":{key}")) for key in ("sid", "name", "email"))) for person in people
    ]
    return Record(tuple(submitters[:MAX_SUBMITTERS]), _seconds(value.get(":created_at")))


def _short_text(value: Any) -> str:
    return clean(str(value).strip()[:MAX_TEXT]) if isinstance(value, (str, int)) else ""


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
