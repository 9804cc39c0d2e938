"""The Chinese texts of starter code, each beside the digest of its English source.

`exercises/chNN_name/zh.yaml` has the docstrings of a chapter's own starter code, by name, and the comments, by their
English text::

    docstrings:
      BatchNorm.forward:
        english: 3c9f0a1b2d4e          # digest of the English docstring
        chinese: 对 X 做规范化，并保存新的移动平均。
    comments:
      Heads of an example are neighbours.: 同一样本的各个头相邻。

Code that another chapter gives has its texts there. Such code keeps the first paragraph of each docstring.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import yaml

from dlgrade.course import references
from dlgrade.course.course import Chapter, Course, read_yaml
from dlgrade.course.references import LABEL
from dlgrade.course.starter_code import BLANK_COMMENT, docstring_lines, rule, starter_code
from dlgrade.files import write_whole

MODULE = "__doc__"  # the name of a file's own docstring
UNWRITTEN = "待译"
STANDARD = {LABEL: "# 给定的代码，不是练习。", BLANK_COMMENT: "# 在这里写代码"}
DIRECTIVES = ("# fmt:", "# noqa", "# type:")
# The headings of a docstring's sections.
HEADINGS = {"Args": "参数", "Attributes": "属性", "Returns": "返回", "Yields": "逐个产生", "Raises": "异常"}


class Docstring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Chinese text of a docstring, and the digest of the English docstring that it says the same as."""

    english: str
    chinese: str


class Chinese(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a zh.yaml: docstrings by qualified name, comments by their English text."""

    docstrings: dict[str, Docstring] = {}
    comments: dict[str, str] = {}


@dataclass(frozen=True)
class English:
    """The English docstring of a definition, its node, and the names of the definition's parameters."""

    text: str
    node: ast.Constant
    parameters: tuple[str, ...] = ()


def read(course: Course, chapter: Chapter) -> Chinese:
    """The chapter's Chinese texts. Empty if it has no zh.yaml.

    Raises:
        CourseError: the file has a fault.
    """
    path = course.chinese_file(chapter)
    return read_yaml(path, Chinese) if path.exists() else Chinese()


def digest(english: str) -> str:
    """The digest of an English docstring."""
    return hashlib.sha256(english.encode()).hexdigest()[:12]


def own_code(course: Course, chapter: Chapter) -> str:
    """The chapter's starter code without the code that other chapters give."""
    return starter_code(references.read(course, chapter).annotated.source, str(course.reference(chapter)))


def docstrings(code: str) -> dict[str, English]:
    """The docstrings of some code, by qualified name."""
    return dict(_docstrings(ast.parse(code), ""))


def _docstrings(node: ast.Module | ast.ClassDef | ast.FunctionDef, prefix: str) -> Iterator[tuple[str, English]]:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        arguments = node.args if isinstance(node, ast.FunctionDef) else None
        names = [part.arg for part in ast.walk(arguments) if isinstance(part, ast.arg)] if arguments else []
        text = inspect.cleandoc(first.value.value)
        yield prefix or MODULE, English(text, first.value, tuple(name for name in names if name != "self"))
    for part in node.body:
        if isinstance(part, (ast.ClassDef, ast.FunctionDef)):
            yield from _docstrings(part, f"{prefix}.{part.name}" if prefix else part.name)


def comments(code: str) -> list[str]:
    """The texts of the comments that a zh.yaml translates, each once."""
    found = []
    for comment in (token.string for token in _comments(code)):
        special = comment in STANDARD or comment.startswith(DIRECTIVES) or references.GIVEN.fullmatch(comment)
        found += [_words(comment)] if _words(comment) and not special else []
    return list(dict.fromkeys(found))


def _comments(code: str) -> Iterator[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return (token for token in tokens if token.type == tokenize.COMMENT)


def _words(comment: str) -> str:
    return comment.removeprefix("#").strip()


def in_chinese(course: Course, chapter: Chapter, code: str) -> str:
    """The chapter's starter code with Chinese docstrings and comments. A text without a translation stays English."""
    own, others = read(course, chapter), [read(course, other) for other in references.givers(course, chapter)]
    forbidding = {exercise.name: rule(course, exercise) for exercise in chapter.exercises if exercise.forbidden}
    lines = code.splitlines()
    for name, english in reversed(docstrings(code).items()):
        text = _text(name, own, others)
        if text is not None:
            text += f"\n\n{forbidding[name].zh}" if name in forbidding else ""
            first, last = english.node.lineno - 1, english.node.end_lineno or english.node.lineno
            lines[first:last] = docstring_lines(text, " " * english.node.col_offset)
    known = {comment: text for table in (*others, own) for comment, text in table.comments.items()}
    return _with_comments("\n".join(lines) + "\n", known)


def _text(name: str, own: Chinese, others: Iterable[Chinese]) -> str | None:
    """The Chinese docstring of a definition: of given code, the first paragraph."""
    if name in own.docstrings:
        return own.docstrings[name].chinese.strip()
    for table in others:
        if name in table.docstrings and name != MODULE:
            return table.docstrings[name].chinese.strip().partition("\n\n")[0]
    return None


def _with_comments(code: str, known: dict[str, str]) -> str:
    """The code with its comments in Chinese."""
    lines = code.splitlines()
    for token in _comments(code):
        row, column = token.start
        text = known.get(_words(token.string))
        chinese = STANDARD.get(token.string) or (f"# {' '.join(text.split())}" if text else token.string)
        lines[row - 1] = lines[row - 1][:column] + chinese
    return "\n".join(lines) + "\n"


def update(course: Course, chapter: Chapter, *, done: bool = False) -> list[str]:
    """Write the chapter's zh.yaml with an entry for each English text, and return the names that need work.

    Args:
        course: The course.
        chapter: The chapter.
        done: The Chinese says the same as the English now: note the digests of all texts that are written.
    """
    old, code = read(course, chapter), own_code(course, chapter)
    content, left = _content(old, code, done=done)
    write_whole(course.chinese_file(chapter), content)
    return left


def _content(old: Chinese, code: str, *, done: bool) -> tuple[str, list[str]]:
    """The content of a zh.yaml for some code, and the names that need work."""
    wanted = {name: english.text for name, english in docstrings(code).items()}
    new = {}
    for name, text in wanted.items():
        entry = old.docstrings.get(name, Docstring("", UNWRITTEN))
        new[name] = Docstring(digest(text), entry.chinese) if done and entry.chinese != UNWRITTEN else entry
    own_comments = {comment: old.comments.get(comment, UNWRITTEN) for comment in comments(code)}
    content: dict[str, Any] = {"docstrings": {name: msgspec.to_builtins(entry) for name, entry in new.items()}}
    content |= {"comments": own_comments} if own_comments else {}
    left = [name for name, entry in new.items() if entry.english != digest(wanted[name])] + [
        comment for comment, text in own_comments.items() if text == UNWRITTEN
    ]
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000), left


def unwritten(code: str) -> str:
    """The zh.yaml of a new chapter: a text to write for each docstring of its starter code."""
    return _content(Chinese(), code, done=False)[0]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _represented(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return dumper.represent_scalar("tag:yaml.org,2002:str", "\n".join(lines), style="|" if len(lines) > 1 else None)


_Dumper.add_representer(str, _represented)
