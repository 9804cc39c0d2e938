"""The files of exports of learning platforms, each with the student and the time that the platform names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import PurePath

from dlgrade.batch.files.trees import Tree, TreeEntry, moment
from dlgrade.batch.students.naming import (
    BLACKBOARD,
    CANVAS,
    GRADESCOPE,
    MOODLE,
    Identity,
    Listed,
    NameParser,
    is_generic,
)
from dlgrade.batch.students.owned import Clock, OwnedFile, is_zip, owned_file, stem_of, wrappers
from dlgrade.batch.students.words import MOBILE
from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import GradescopeMetadata, Record, Records
from dlgrade.text import both

MAX_METADATA = 64_000_000
MAX_RECEIPT = 1_000_000
NO_RECORD = Record(())


def platform_files(tree: Tree, names: NameParser, is_listed: Listed) -> list[OwnedFile] | None:
    """The files of an export of a learning platform. None if the tree is no such export.

    Args:
        tree: The tree.
        names: Takes names apart.
        is_listed: Tells who is known to be a student.
    """
    if not tree.entries:
        return None
    schemes: dict[str, Callable[[Tree, NameParser], list[OwnedFile] | None]] = {
        "Gradescope": gradescope,
        "Moodle": moodle,
        "Blackboard": blackboard,
        "Canvas": partial(canvas, is_listed=is_listed),
        "GitHub Classroom": classroom,
    }
    for title, scheme in schemes.items():
        files = scheme(tree, names)
        if files is not None:
            return [
                replace(file, owners=tuple(replace(owner, source=title) for owner in file.owners)) for file in files
            ]
    return None


# Gradescope.


def gradescope(tree: Tree, names: NameParser) -> list[OwnedFile] | None:
    """The files of an export of Gradescope. None if the tree is no such export."""
    deepest = wrappers(tree) + 1
    described = [entry for entry in tree.entries if entry.name == GRADESCOPE and len(entry.parts) <= deepest]
    if not described:
        return None
    records, depth = _metadata(tree, described[0]), len(described[0].parts)
    files = []
    for entry in tree.entries:
        if entry is described[0]:
            continue
        record = records.get(entry.parts[depth - 1], NO_RECORD) if len(entry.parts) >= depth else NO_RECORD
        time = None if record.created is None else moment(record.created)
        owners = [
            Identity(person.sid or person.email or person.name, person.name, person.email)
            for person in record.submitters
        ]
        for owner in owners or [Identity(name=entry.parts[min(depth, len(entry.parts)) - 1])]:
            files.append(owned_file(tree, entry, (owner,), names, inside=depth, time=time, clock=Clock.RECORD))
    return files


def _metadata(tree: Tree, entry: TreeEntry) -> Mapping[str, Record]:
    """The records in an export's metadata, parsed once. Empty if the file cannot be read."""
    if tree.records is None:
        try:
            question = GradescopeMetadata(entry.display_name, entry.read(MAX_METADATA))
            tree.records = reader.ask(question, Records).records
        except SubmissionError as error:
            tree.records, tree.problem = {}, error.text
    return tree.records


# Moodle and Canvas.


def moodle(tree: Tree, names: NameParser) -> list[OwnedFile] | None:
    """The files of an export of Moodle. None if the tree is no such export."""
    for depth in range(wrappers(tree) + 1):
        matches = [(e, MOODLE.fullmatch(stem_of(e.parts[depth]))) for e in tree.entries if len(e.parts) > depth]
        numbers = defaultdict(set)
        for _, match in matches:
            if match:
                numbers[match["name"]].add(match["number"])
        if not numbers:
            continue
        files = []
        for entry, match in matches:
            owner = Identity(name=entry.parts[depth])
            if match:  # the number is of the assignment, not of the person: it only tells namesakes apart
                full = match["name"] if len(numbers[match["name"]]) == 1 else f"{match['name']}_{match['number']}"
                owner = Identity(full, match["name"], moodle=match["number"])
            name = (match["file"] or "") if match and len(entry.parts) == depth + 1 else ""
            time, clock = entry.modified, Clock.EXPORT
            files.append(owned_file(tree, entry, (owner,), names, name=name, inside=depth + 1, time=time, clock=clock))
        return files
    return None


def canvas(tree: Tree, names: NameParser, is_listed: Listed) -> list[OwnedFile] | None:
    """The files of an export of Canvas. None if the tree is no such export."""
    depth = wrappers(tree)
    matches = [(entry, CANVAS.fullmatch(entry.parts[depth])) for entry in tree.entries]
    heads = {entry.parts[depth]: match for entry, match in matches}
    attached = [match for match in heads.values() if match]
    folders = {entry.parts[depth] for entry in tree.entries if len(entry.parts) > depth + 1}
    in_folders = any(match and head in folders and not is_zip(head) for head, match in heads.items())
    few = len(heads) > 1 and len(attached) * 2 <= len(heads)
    if (
        in_folders
        or few
        or not _are_attachments(attached, names)
        or any(_has_id(match, is_listed) for match in attached)
    ):
        return None
    files = []
    for entry, match in matches:
        if match is None:
            files.append(owned_file(tree, entry, (Identity(name=entry.parts[depth]),), names))
            continue
        anonymous = match["anon"] and f"anon_{match['anon']}"
        owner = Identity(anonymous or match["user"], match["slug"] or "", canvas=match["user"] or "")
        late = bool(match["late"] or match["anon_late"])
        is_attachment = len(entry.parts) == depth + 1  # otherwise the attachment is a zip around it
        name, zips = (match["name"], ()) if is_attachment else ("", (match["name"],))
        files.append(
            owned_file(
                tree, entry, (owner,), names, name=name, inside=depth + 1, zips=zips, time=entry.modified, late=late,
                clock=Clock.EXPORT,
            )
        )  # fmt: skip
    return files


def _has_id(match: re.Match[str], is_listed: Listed) -> bool:
    """Return whether a number in a name is a person's: a mobile number, or an id in the place of the attachment."""
    return bool(MOBILE.fullmatch(match["user"] or "") or MOBILE.fullmatch(match["file"])) or is_listed(
        Identity(id=match["file"])
    )


def _are_attachments(matches: list[re.Match[str]], names: NameParser) -> bool:
    """Return whether the numbers in names are those of Canvas, and not those that people write between underscores.

    Every attachment of Canvas has a number of its own, and one user's files are one student's. Numbers of people repeat
    or are short, are years (`hw3_2026_20210007_张三_ch28.py`), or have different students before or behind them.
    """
    called: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        called[match["user"] or ""].add(match["slug"] or "")
    if any(len(slugs) > 1 for slugs in called.values()):
        return False
    numbers = [match["file"] for match in matches]
    if not numbers or len(set(numbers)) < len(numbers) or (len(numbers) == 1 and len(numbers[0]) < 3):
        return False
    users = {match["user"] or match["anon"] for match in matches}
    behind: dict[tuple[str, str], set[str]] = defaultdict(set)
    for match in matches:
        parsed = names.parse(PurePath(match["name"]).stem)
        if parsed.chapter and not is_generic(parsed.rest):
            behind[match["user"] or match["anon"], parsed.chapter].add(parsed.rest)
    crowded = {user for (user, _), rests in behind.items() if len(rests) > 1}
    generic = sum(bool(match["slug"]) and is_generic(match["slug"]) for match in matches)
    is_year = len(users) == 1 and all(re.fullmatch(r"(?:19|20)\d\d", user) for user in users)
    return not (is_year or 2 * generic > len(matches) or 2 * len(crowded) > len(users))


# Blackboard.


def blackboard(tree: Tree, names: NameParser) -> list[OwnedFile] | None:
    """The files of an export of Blackboard. None if the tree is no such export.

    Times in names are those of the school's clock, without a zone.
    """
    depth = wrappers(tree)
    matches = [(entry, BLACKBOARD.fullmatch(entry.parts[depth])) for entry in tree.entries]
    heads = {entry.parts[depth]: match["head"] for entry, match in matches if match}
    if 2 * len(heads) <= len({entry.parts[depth] for entry in tree.entries}):
        return None
    receipts = [_receipt(entry) for entry, match in matches if match and not match["name"] and entry.suffix == ".txt"]
    people = {receipt.head: receipt for receipt in receipts if receipt}
    original = {stored: name for receipt in people.values() for stored, name in receipt.files.items()}
    users = {head: receipt.user for head, receipt in people.items()}
    titles = {head.removesuffix(f"_{user}") for head, user in users.items()}
    users |= _users(set(heads.values()) - people.keys(), titles)
    files = []
    for entry, match in matches:
        if match is None:
            files.append(owned_file(tree, entry, (Identity(name=entry.parts[depth]),), names))
            continue
        head = match["head"]
        user = users.get(head, "")
        owner = Identity(user, people[head].name if head in people else user) if user else _user_in_doubt(head)
        is_attached = len(entry.parts) == depth + 1  # otherwise the attachment is a zip around it
        name = (original.get(entry.name) or match["name"] or "") if is_attached else ""
        around = (head.removesuffix(f"_{user}"), *(() if is_attached else (match["name"] or "",)))
        time = _clock_time(match["time"])
        files.append(
            owned_file(
                tree, entry, (owner,), names, name=name, inside=depth + 1, zips=around, time=time, clock=Clock.RECORD
            )
        )
    return files


@dataclass(frozen=True)
class _Receipt:
    """The text file that Blackboard puts beside an attempt.

    Args:
        head: The assignment and the user in the names of the attempt's files.
        user: The user's name.
        name: The student's full name.
        files: The names that the student gave, by the names of the files.
    """

    head: str
    user: str
    name: str
    files: dict[str, str]


def _receipt(entry: TreeEntry) -> _Receipt | None:
    """Read the text file of an attempt. None if it does not say whose it is, or says otherwise than its name."""
    try:
        text = entry.read(MAX_RECEIPT).decode("utf-8-sig", "replace")
    except SubmissionError:
        return None
    named = re.match(r"\s*[^:\n]{1,40}[:：]\s*(?P<name>[^\n]*?)\s*\((?P<user>[^()\n]+)\)\s*\n", text[:1000])
    match = BLACKBOARD.fullmatch(entry.name)
    if not named or not match or not match["head"].endswith(f"_{named['user']}"):
        return None
    stored = re.findall(r"^[ \t]+Original filename:[ ]*([^\n]+)\n[ \t]+Filename:[ ]*([^\n]+)$", text, re.MULTILINE)
    attempt = f"{match['head']}_attempt_"  # a student can write anything in a comment, but renames no other's file
    files = {clean(kept.strip()): clean(name.strip()) for name, kept in stored if kept.startswith(attempt)}
    return _Receipt(match["head"], named["user"], clean(named["name"]), files)


def _users(heads: set[str], titles: set[str]) -> dict[str, str]:
    """The user in each `ASSIGNMENT_USER`. Both may have the sign between them; the other names tell where it is.

    The users that cannot be told are left out.

    Args:
        heads: Beginnings of names.
        titles: Assignments that text files name.
    """
    titles = titles | {title for title, sign, user in (head.partition("_") for head in heads) if "_" not in user}
    known, others = {}, defaultdict(set)
    for head in heads:
        title = max((title for title in titles if head.startswith(f"{title}_")), key=len, default=None)
        if title is not None:
            known[head] = head[len(title) + 1 :]
        elif "_" not in head:
            known[head] = head
        else:
            others[head.partition("_")[0]].add(head)
    for title, group in others.items():
        known |= _users_behind(title, group)
    return known


def _users_behind(title: str, heads: set[str]) -> dict[str, str]:
    """The users in beginnings of names, behind the same words: `Lab_1_ada`, `Lab_1_bob_lee`, `Lab_2_ada`."""
    rests = [head[len(title) + 1 :].split("_") for head in heads]
    following: dict[str, set[str]] = defaultdict(set)
    for head, words in zip(heads, rests, strict=True):
        following[words[0]].add(head)
    are_numbers = all(len(words) > 1 and re.fullmatch(r"\d{1,2}[A-Za-z]?", words[0]) for words in rests)
    if are_numbers or (len(following) == 1 and all(len(words) > 1 for words in rests) and len(heads) > 2):
        users: dict[str, str] = {}
        for word, some in following.items():
            users |= _users_behind(f"{title}_{word}", some)
        return users
    if len(following) == 1 and len(rests[0]) > 1:  # one user or two, whose names may begin with the word or not
        return {}
    return {head: head[len(title) + 1 :] for head in heads}


def _user_in_doubt(head: str) -> Identity:
    """The user in a name whose assignment nobody can tell."""
    users = [head.split("_", number)[-1] for number in range(1, head.count("_") + 1)]
    names = " / ".join(users)
    doubt = both(f"The user of Blackboard may be any of {names}.", f"Blackboard 用户可能是 {names}。")
    return Identity(users[0], users[0], doubt=doubt)


def _clock_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None


# GitHub Classroom.


def classroom(tree: Tree, names: NameParser) -> list[OwnedFile] | None:
    """The files of the folder that `gh classroom clone student-repos` makes. None if the tree is no such folder.

    The folder is called `ASSIGNMENT-submissions`. Each folder in it is called `ASSIGNMENT-USER`.
    """
    for depth in range(wrappers(tree) + 1):
        outer = tree.entries[0].parts[depth - 1] if depth else tree.name
        prefix = outer.removesuffix("submissions")
        inside = [entry for entry in tree.entries if len(entry.parts) > depth + 1]
        named = {entry.parts[depth] for entry in inside if entry.parts[depth].startswith(prefix)}
        if not prefix.endswith("-") or prefix == outer or 2 * len(named) <= len({e.parts[depth] for e in inside}):
            continue
        files = []
        for entry in tree.entries:
            user = entry.parts[depth].removeprefix(prefix) if entry.parts[depth] in named else ""
            owner = Identity(user, user) if user else Identity(name=entry.parts[depth])
            files.append(owned_file(tree, entry, (owner,), names, inside=depth, time=entry.modified))
        return files
    return None
