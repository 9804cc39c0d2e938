"""The hostile corpus handed in by a class, among right submissions."""

import json
import random
from pathlib import Path

import pytest

from dlgrade import course

CORPUS = Path(__file__).resolve().parents[1] / "hostile"
PATIENCE = "TIMED_OUT", "allocate_"  # attacks that use up their time or memory take long, and are graded one by one


@pytest.fixture
def a_class(tmp_path):
    """A folder for each attack and for half as many right answers, in random order: the kind by student."""
    here = course.load()
    right = here.reference(here.chapter("ch28")).read_text(encoding="utf-8")
    attacks = {path.stem: path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.py"))}
    work = [(name, text) for name, text in attacks.items() if not any(w in name + text[:500] for w in PATIENCE)]
    work += [("right", f"{right}\n# {number}\n") for number in range(len(work) // 2)]
    random.Random(1).shuffle(work)
    for number, (_, text) in enumerate(work):
        folder = tmp_path / "in" / f"student{number:03d}"
        folder.mkdir(parents=True)
        (folder / "ch28.py").write_text(text, encoding="utf-8")
    return {f"student{number:03d}": kind for number, (kind, _) in enumerate(work)}


def test_right_among_attacks(dlgrade, a_class, tmp_path):
    """Every right answer keeps its points, no attack gains one, and the batch ends as any other."""
    options = "--chapters", "ch28", "--jobs", 2, "--without-training", "--out", tmp_path / "out"
    result = dlgrade("grade", tmp_path / "in", *options)

    assert result.returncode == 0, result.stderr
    for student, kind in a_class.items():
        report = json.loads((tmp_path / "out" / "reports" / student / "ch28.json").read_text(encoding="utf-8"))
        checks = report["chapters"][0]["checks"]
        assert "GRADER_ERROR" not in {check["verdict"] for check in checks}, kind
        if kind == "right":
            assert report["score"] == report["points"] - report["pending"]
        else:
            assert not any(check["earned"] for check in checks if check["id"].startswith("layer_norm.")), kind
