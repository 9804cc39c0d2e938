"""Renames an exercise or a chapter in all files of a course: everything changes, or nothing does.

Code and keys change. Words do not: docstrings, messages and pages that mention the old name are listed for the author.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from dlgrade.course import chinese, references, starter_code
from dlgrade.course.course import STEM, Chapter, Course
from dlgrade.course.definitions import parsed
from dlgrade.course.wrong_lines import HEAD, parted
from dlgrade.errors import CourseError, UsageError
from dlgrade.files import write_whole
from dlgrade.text import both

# The fixtures and arguments by which suites and the tests of references reach an exercise.
IMPLEMENTATIONS = {"impl", "reference"}
BY_NAME = {"exercise", "getattr", "hasattr"}  # calls that take the name of an exercise as a string
SEARCHED = ("exercises", "solutions", "tests/chapters", "tests/training", "tests/references", "docs", "datasets")
CODE = {".py", ".yaml", ".md"}

Edit = tuple[int, int, str]  # the first and the last place in a text, and the text that goes there


@dataclass
class Renaming:
    """Changes that are ready to be made.

    Attributes:
        contents: the new content of each file that changes, by its present path.
        moves: the new path of each file or folder that moves; files come before the folder that holds them.
        old: the old name, for `mentions`.
    """

    old: str
    contents: dict[Path, str] = field(default_factory=dict)
    moves: list[tuple[Path, Path]] = field(default_factory=list)

    def apply(self) -> None:
        """Make all changes. If any fails, take back those that were made and raise the error."""
        before = {path: path.read_bytes() for path in self.contents}
        moved: list[tuple[Path, Path]] = []
        try:
            for path, content in self.contents.items():
                write_whole(path, content)
            for source, target in self.moves:
                source.rename(target)
                moved.append((source, target))
        except BaseException:
            for source, target in reversed(moved):
                target.rename(source)
            for path, old in before.items():
                write_whole(path, old)
            raise

    def mentions(self, course: Course) -> list[tuple[Path, int]]:
        """The file and the line of each mention of the old name that is left, once the changes are made."""
        word = re.compile(rf"(?<!\w){re.escape(self.old)}(?!\w)")
        files = sorted(path for name in SEARCHED for path in (course.folder / name).rglob("*") if path.suffix in CODE)
        return [
            (path, number)
            for path in files
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if word.search(line)
        ]


def rename_exercise(course: Course, chapter: Chapter, old: str, new: str) -> Renaming:
    """The changes that give an exercise another name.

    Raises:
        UsageError: there is no such exercise, the new name cannot be used, or other code needs the old name.
        CourseError: a file of the chapter has a fault.
    """
    _check(course, chapter, old, new)
    renaming, solution = Renaming(old), course.solution(chapter)
    for path in (course.reference(chapter), *course.alternates(chapter)):
        _change(renaming, path, _in_solution(_code(path), old, new))
    for path in (*course.suites(chapter), course.reference_test(chapter.id)):
        if path.exists():
            _change(renaming, path, _in_tests(_code(path), old, new))
    for path in (course.chapter_file(chapter.stem), solution / "misconceptions.yaml", solution / "equivalents.yaml"):
        if path.exists():
            _change(renaming, path, _in_yaml(path, old, new))
    texts = course.chinese_file(chapter)
    if texts.exists():
        _change(renaming, texts, _in_chinese(course, chapter, old, new))
    starter = course.starter(chapter)
    if starter.exists():
        renamed = _in_solution(references.source(course, chapter), old, new)
        replace = msgspec.structs.replace
        exercises = tuple(replace(entry, name=new) if entry.name == old else entry for entry in chapter.exercises)
        _change(renaming, starter, starter_code.for_students(course, replace(chapter, exercises=exercises), renamed))
    return renaming


def rename_chapter(course: Course, chapter: Chapter, slug: str) -> Renaming:
    """The changes that give a chapter another slug.

    Raises:
        UsageError: the slug does not fit or is taken.
    """
    old, new = chapter.stem, f"{chapter.id}_{slug}"
    if not STEM.fullmatch(new):
        raise UsageError(both(f"{slug}: a slug is lower_case.", f"{slug}：名称应为小写加下划线。"))
    if any(stem.partition("_")[2] == slug for stem in course.stems):
        raise UsageError(both(f"{slug} is the slug of a chapter already.", f"{slug} 已是某一章的名称。"))
    exercises, solution = course.starter(chapter).parent, course.solution(chapter)
    moves = [(course.starter(chapter), exercises / f"{new}.py"), (exercises, exercises.with_name(new))]
    moves.append((solution, solution.with_name(new)))
    moves += [
        (suite, suite.with_name(suite.name.replace(old, new, 1)))
        for suite in (*course.visible_suites(chapter), course.training_suite(chapter))
    ]
    moves = [(source, target) for source, target in moves if source.exists()]
    taken = [target for _, target in moves if target.exists()]
    if taken:
        raise UsageError(both(f"{taken[0]} exists already.", f"{taken[0]} 已存在。"))
    contents = course.contents_file.read_text(encoding="utf-8")
    listed = re.sub(rf"(?<=- ){old}(?=\s*$)", new, contents, flags=re.MULTILINE)
    return Renaming(old, {course.contents_file: listed}, moves)


def _check(course: Course, chapter: Chapter, old: str, new: str) -> None:
    chapter.exercise(old)
    if not new.isidentifier() or keyword.iskeyword(new):
        raise UsageError(both(f"{new} is no name of Python.", f"{new} 不是合法的 Python 名称。"))
    for path in (course.reference(chapter), *course.alternates(chapter)):
        tree = ast.parse(_code(path))
        if new in {getattr(node, "id", None) or getattr(node, "name", None) for node in ast.walk(tree)}:
            raise UsageError(both(f"{path} has a {new} already.", f"{path} 中已有 {new}。"))
        if old in {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}:
            problem = both(f"{path}: an argument is called {old}, too", f"{path}：有参数也叫 {old}")
            raise UsageError(problem + both("; rename it first.", "；请先改掉该参数名。"))
    for stem in course.stems:
        path = course.folder / "solutions" / stem / "reference.py"
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            given = references.GIVEN.fullmatch(line)
            if given and given[1] == chapter.id and old in re.split(r" *, *", given[2]):
                problem = both(f"{path} is given {old} by {chapter.id}", f"{path} 从 {chapter.id} 取得 {old}")
                raise UsageError(problem + both("; take it from there by hand.", "；请手动处理。"))


def _code(path: Path) -> str:
    """The text of a Python file that parses. Raises CourseError for any other."""
    text = path.read_text(encoding="utf-8")
    parsed(text, path)
    return text


def _change(renaming: Renaming, path: Path, content: str) -> None:
    """Note the content of a file, if it is another."""
    if content != path.read_text(encoding="utf-8"):
        if path.suffix == ".py":
            ast.parse(content)
        renaming.contents[path] = content


def _in_solution(text: str, old: str, new: str) -> str:
    """A reference or an alternate with the name changed wherever code means it, in wrong lines as well."""
    lines = _edited(text, _names(ast.parse(text), text, old, new)).splitlines()
    code = _in_code(old)
    for entry in parted(text).wrong:
        head = HEAD.fullmatch(lines[entry.number - 1])
        if head and head["code"]:
            start = head.start("code")
            line = lines[entry.number - 1]
            lines[entry.number - 1] = line[:start] + code.sub(new, line[start:])
            continue
        for place in range(entry.number, entry.number + len(entry.code.splitlines())):
            lines[place] = code.sub(new, lines[place])
    return "".join(f"{line}\n" for line in _in_examples(lines, old, new))


def _in_code(name: str) -> re.Pattern[str]:
    """The name in code: no attribute, and no string."""
    return re.compile(rf"(?<![\w.\"']){re.escape(name)}(?!\w)")


def _in_examples(lines: Iterable[str], old: str, new: str) -> Iterator[str]:
    """Lines of docstrings with the name changed in their examples."""
    for line in lines:
        yield _in_code(old).sub(new, line) if line.lstrip().startswith((">>> ", "... ")) else line


def _in_chinese(course: Course, chapter: Chapter, old: str, new: str) -> str:
    """The chapter's zh.yaml with the name changed in keys and examples, and the digests of the changed English."""
    entry = re.compile(rf"(?m)^(  ){re.escape(old)}(?=[.:])")
    text = entry.sub(rf"\g<1>{new}", course.chinese_file(chapter).read_text(encoding="utf-8"))
    text = "".join(f"{line}\n" for line in _in_examples(text.splitlines(), old, new))
    before = _code(course.reference(chapter))
    codes = (starter_code.starter_code(parted(part).source) for part in (before, _in_solution(before, old, new)))
    for was, now in zip(*(chinese.docstrings(code).values() for code in codes), strict=True):
        text = text.replace(chinese.digest(was.text), chinese.digest(now.text))
    return text


def _names(tree: ast.Module, text: str, old: str, new: str) -> Iterator[Edit]:
    """The places where code reads or binds the name. Attributes of other things are none."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            start = _place(lines, node.lineno, node.col_offset)
            yield start, start + len(old), new
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == old and node in tree.body:
            head = re.search(rf"(?<!\w){old}(?!\w)", lines[node.lineno - 1])
            start = _place(lines, node.lineno, 0) + (head.start() if head else 0)
            yield start, start + len(old), new


def _in_tests(text: str, old: str, new: str) -> str:
    """A suite or a test with the name changed where it is asked of an implementation."""
    lines, edits = text.splitlines(keepends=True), list[Edit]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr == old and _is_implementation(node.value):
            end = _place(lines, node.end_lineno or 0, node.end_col_offset or 0)
            edits.append((end - len(old), end, new))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in BY_NAME:
            for value in node.args:
                if isinstance(value, ast.Constant) and value.value == old:
                    start = _place(lines, value.lineno, value.col_offset) + 1
                    edits.append((start, start + len(old), new))
    return _edited(text, edits)


def _is_implementation(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in IMPLEMENTATIONS


def _in_yaml(path: Path, old: str, new: str) -> str:
    """The text of a YAML file with the name changed in exercises, in ids of checks, and in the code of mutants.

    Raises:
        CourseError: the file does not parse.
    """
    text, edits = path.read_text(encoding="utf-8"), list[Edit]()
    try:
        document = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise CourseError(both(f"{path}: {error}", f"{path}：{error}")) from None
    for key, node in _scalars(document):
        start, end = node.start_mark.index, node.end_mark.index
        if key in ("name", "exercise") and node.value == old:
            edits.append((start, end, text[start:end].replace(old, new)))
        elif key in ("caught_by", "check") and node.value.partition(".")[0] == old:
            edits.append((start, end, text[start:end].replace(old, new, 1)))
        elif key in ("before", "after"):
            edits.append((start, end, re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", new, text[start:end])))
    return _edited(text, edits)


def _scalars(node: Any) -> Iterator[tuple[str, Any]]:
    """The scalars of a YAML document that are values of a key, each with its key."""
    for entry in node.value if node is not None and not isinstance(node, yaml.ScalarNode) else ():
        if not isinstance(entry, tuple):
            yield from _scalars(entry)
        elif isinstance(entry[1], yaml.ScalarNode):
            yield entry[0].value, entry[1]
        else:
            yield from _scalars(entry[1])


def _place(lines: list[str], line: int, column: int) -> int:
    """The place in the text of a line and of a column, which Python counts in bytes."""
    before = lines[line - 1].encode()[:column].decode()
    return sum(map(len, lines[: line - 1])) + len(before)


def _edited(text: str, edits: Any) -> str:
    for start, end, new in sorted(set(edits), reverse=True):
        text = text[:start] + new + text[end:]
    return text
