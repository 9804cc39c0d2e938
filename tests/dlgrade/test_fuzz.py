"""The fuzzers of tests/fuzz, for a few seconds each. By themselves they run a million inputs."""

import importlib.util
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parents[1] / "fuzz"


@pytest.fixture
def replies():
    """The program tests/fuzz/replies.py as a module."""
    if sys.platform != "linux":
        pytest.skip("it reads its memory from /proc")
    spec = importlib.util.spec_from_file_location("fuzz_replies", FUZZ / "replies.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_replies(judge, replies):
    """Each of three thousand spoiled replies becomes a verdict, and all reports can be written."""
    result = replies.fuzz(judge, ["ch28"], 3000, seed=28, mistakes=1, sample=10)
    assert not result.faults
    assert result.outcomes.total() == 3000
    assert {"CRASHED", "FAILED", "PASSED", "RAISED", "NOT_IMPLEMENTED"} <= set(result.outcomes)
    assert result.written >= 200
