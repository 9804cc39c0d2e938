"""The table of verdicts: complete, and the only one."""

import ast
import json
import pickle

import msgspec
import pytest
from rich.cells import cell_len

from dlgrade import course
from dlgrade.results import Verdict

ENGINE = sorted((course.load().folder / "grader" / "dlgrade").rglob("*.py"))
COLUMN = 10  # of the terminal


@pytest.mark.parametrize("verdict", Verdict)
def test_words(verdict):
    """A verdict's short word fits its column, its long one says the same, and both have Chinese."""
    assert verdict.value == verdict.name
    for lang in ("en", "zh"):
        assert 0 < cell_len(verdict.short.of(lang)) <= COLUMN
    assert verdict.short.zh == verdict.long.zh
    assert not verdict.long.zh.isascii()


def test_marks():
    """No two verdicts have the same letter in a matrix."""
    assert len({verdict.mark for verdict in Verdict}) == len(Verdict)
    assert {len(verdict.mark) for verdict in Verdict} == {1}


def test_as_data():
    """A verdict is its name in JSON, in msgspec and in a pickle."""
    for verdict in Verdict:
        assert json.dumps(verdict) == msgspec.json.encode(verdict).decode() == f'"{verdict.name}"'
        assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) is verdict
        assert pickle.loads(pickle.dumps(verdict)) is verdict


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_no_other_table(path):
    """No other file has a table by verdict, so that a new verdict is one line in one file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            assert not any(ast.unparse(key).startswith("Verdict.") for key in node.keys if key), node.lineno
