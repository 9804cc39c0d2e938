"""Everything that people read exists in both languages."""

import ast
import re

import pytest

from dlgrade import course

HERE = course.load()
ENGINE = sorted((HERE.folder / "grader" / "dlgrade").rglob("*.py"))
WORD = re.compile(r"[A-Za-z]{3,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = {"GPU", "CUDA", "Git", "None", "result"}
LITERAL = re.compile(r"`[^`]*`|--[\w-]+|[\w/]+[./][\w/]*")  # commands, options, files


def words_of(node):
    """The fixed words of a string or an f-string; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return " ".join(part.value for part in node.values if isinstance(part, ast.Constant))
    return None


def calls(tree, name):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_messages(path):
    """A message with English words has Chinese ones beside them; code, commands and names stay as they are."""
    for call in calls(ast.parse(path.read_text(encoding="utf-8")), "both"):
        pair = [words_of(argument) for argument in call.args]
        if len(pair) != 2 or None in pair:
            continue
        english, chinese = pair
        if set(WORD.findall(LITERAL.sub("", english))) - NAMES:
            assert CHINESE.search(chinese), f"{path.name}:{call.lineno}: {english!r} is not translated: {chinese!r}"


@pytest.mark.parametrize(
    "path", sorted((HERE.folder / "grader" / "dlgrade" / "cli").glob("*.py")), ids=lambda p: p.stem
)
def test_options(path):
    """The help of an option, and what a command says of itself, is in both languages, one after the other."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "help" and (words := words_of(node.value)):
            assert CHINESE.search(words), f"{path.name}:{node.value.lineno}: {words!r}"
        if isinstance(node, ast.FunctionDef) and node.name == "command":
            first = (ast.get_docstring(node) or "").partition("\n")[0]
            assert CHINESE.search(first), f"{path.name}:{node.lineno}: {first!r}"


@pytest.mark.parametrize("chapter", HERE.chapters, ids=lambda chapter: chapter.id)
def test_hints(chapter):
    """Every exercise has hints, and they and the titles are in both languages."""
    titles = [chapter.title, *(exercise.title for exercise in chapter.exercises)]
    assert all(exercise.hints for exercise in chapter.exercises)
    for words in [*titles, *(hint for exercise in chapter.exercises for hint in exercise.hints)]:
        assert CHINESE.search(words.zh), words
        assert not CHINESE.search(words.en), words
