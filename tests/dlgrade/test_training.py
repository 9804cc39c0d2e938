"""Checks that train: `dlgrade calibrate`, thresholds, what a submission that does not learn gets, missing data."""

import hashlib
import http.server
import json
import threading

import pytest
import torch
import yaml

from dlgrade.course import Course
from dlgrade.judge.session import Judge

CONTENTS = """\
format_version: 2
title: {en: A small course, zh: 小课程}
parts:
  - id: basics
    title: {en: Basics, zh: 基础}
    chapters: [ch01_sides]
"""
CHAPTER = """\
title: {en: Two sides, zh: 两侧}
exercises:
  - name: learn
    title: {en: Learning, zh: 学习}
"""
RIGHT = "return ((2 * y - 1)[:, None] * X).mean(0)"
REFERENCE = f'''\
"""ch01 Two sides. 两侧。"""

import torch


def learn(X, y):
    """The direction from the points of class 0 to those of class 1."""
    # BEGIN SOLUTION
    {RIGHT}
    # END SOLUTION
'''
SUITE = '''\
import pytest
import torch


@pytest.mark.exercise("learn")
class TestLearn:
    def test_two_points(self, agree):
        """Points from one side to the other.
        由一侧指向另一侧。"""
        X = torch.tensor([[1.0, 0.0], [0.0, 3.0]])
        agree(lambda impl: impl.learn(X, torch.tensor([0, 1])))
'''
TRAINING = '''\
import pytest
import torch

from dlgrade.testing import accuracy


def fit(impl, parameters, batches):
    return {"w": torch.zeros(2) if parameters is None else impl.learn(*batches.examples)}


@pytest.mark.exercise("learn")
class TestLearn:
    @pytest.mark.points(3)
    def test_learns(self, training):
        """Tells points on one side of a line from those on the other.
        区分直线两侧的点。"""
        inputs, labels = training.draw("points", 500, "test")

        def score(_impl, p):
            share = accuracy((inputs @ p["w"] > 0).long(), labels)
            return share, f"{share:.0%} are right.", f"{share:.0%} 正确。"

        training("sides", fit, training.draw("points", 600), score, steps=1, stretches=1)
'''
ON_A_GPU = "\n\n    @pytest.mark.gpu\n" + TRAINING[TRAINING.index("    @pytest.mark.points") :].replace(
    "test_learns", "test_learns_on_a_gpu"
).replace("points(3)", "points(2)").replace('"sides"', '"many"').replace("600", "3000")
CUDA_ERROR = "torch.AcceleratorError" if hasattr(torch, "AcceleratorError") else "RuntimeError"  # before torch 2.8
GPU_ERRORS = {
    f"{CUDA_ERROR}('CUDA error: device-side assert triggered')": "CRASHED",
    "torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 9.00 GiB')": "OUT_OF_MEMORY",
}
POINTS = '''\
"""Points on two sides of a line.

Source: generated. Licence: none needed.
"""

import torch


def load(size, generator, split="train"):
    X = torch.randn(size, 2, generator=generator)
    return X, (X.sum(1) > 0).long()
'''
STORED = (
    POINTS.replace("a line.", "a line, in a file.")
    .replace("generated", "somewhere")
    .replace(
        "import torch\n",
        "import torch\n\nfrom dlgrade.course.data_sets import File, find\n\n"
        'FILES = {"points": File("points.txt", "md5:%s", %d, ("http://127.0.0.1:9/",))}\n',
    )
    .replace("    X = ", '    find("points", FILES["points"])\n    X = ')
)
CONTENT = b"points " * 30_000
LAZY = {
    "the other side": f"w = {RIGHT.removeprefix('return ')}\n    return -w",
    "not tensors": "return [0.5, 0.5]",
    "half of them": "return X.mean(0)[:1]",
    "another dtype": "return X.mean(0).double()",
    "nan": "return X.mean(0) * float('nan')",
    "inf": "return X.mean(0) / 0",
    "bool": "return X.mean(0) > 0",
    "complex": "return X.mean(0).to(torch.complex64)",
    "an object": "return object()",
    "strings": "return ['a', 'b']",
    "a nested list": "return [[[X.mean(0)]]]",
    "none": "return None",
    "empty": "return X[:0].sum(1)",
}


@pytest.fixture
def small(course_of, tmp_path, monkeypatch):
    """A course of one exercise with a check that trains; its folder."""
    files = {
        "exercises/course.yaml": CONTENTS,
        "exercises/ch01_sides/chapter.yaml": CHAPTER,
        "solutions/ch01_sides/reference.py": REFERENCE,
        "tests/chapters/test_ch01_sides.py": SUITE,
        "tests/training/test_ch01_sides.py": TRAINING,
        "datasets/points.py": POINTS,
    }
    monkeypatch.setenv("DLGRADE_DATA", str(tmp_path / "data"))
    return course_of(files)


@pytest.fixture
def calibrated(small, dlgrade):
    result = dlgrade("calibrate", "ch01")
    assert result.returncode == 0, result.stderr
    return yaml.safe_load((small / "solutions" / "ch01_sides" / "thresholds.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def with_gpu_check(small, dlgrade):
    """The course has a second check that trains, for a GPU; calibrated with the CPU standing in for one."""
    path = small / "tests" / "training" / "test_ch01_sides.py"
    path.write_text(TRAINING + ON_A_GPU, encoding="utf-8")
    result = dlgrade("calibrate", "ch01", "--device", "cpu")
    assert result.returncode == 0, result.stderr
    return small


@pytest.fixture
def check(dlgrade, tmp_path):
    """check(body): the report's check that trains, for a submission whose function has this body."""

    def check(body, *options):
        source = REFERENCE.replace(RIGHT, body)
        (tmp_path / "ch01.py").write_text(source, encoding="utf-8")
        report = json.loads(dlgrade("check", "ch01", "--json", *options).stdout)
        return report, report["chapters"][0]["checks"][-1]

    return check


def test_calibrate(calibrated, check):
    """The threshold lies below all that the reference reached, and the reference reaches it on new data."""
    entry = calibrated["sides"]
    assert (entry["runs"], entry["better"], entry["steps"]) == (10, "higher", 1)
    assert 0.9 < entry["threshold"] < entry["mean"] - 4 * entry["spread"]

    _, found = check(RIGHT, "--seed", "77")

    assert (found["verdict"], found["earned"]) == ("PASSED", 3)
    assert found["measured"]["value"] >= found["measured"]["threshold"] == entry["threshold"]


@pytest.mark.usefixtures("calibrated")
@pytest.mark.parametrize("way", LAZY)
def test_what_does_not_learn(check, way):
    """Constants, memorised examples and answers of the wrong form get what they are worth."""
    _, found = check(LAZY[way], "-k", "learns")

    assert (found["verdict"], found["earned"]) == ("FAILED", 0)


@pytest.mark.usefixtures("calibrated")
def test_the_answers_stay_with_the_judge(check):
    """Nothing in the submission's process has the shape of the held-out examples and their answers."""
    spy = "import gc\n    print([t.shape for t in gc.get_objects() if type(t) is torch.Tensor])\n    "
    _, found = check(spy + LAZY["the other side"], "-k", "learns")

    assert "[600, 2]" in found["detail"]["output"]
    assert "[500" not in found["detail"]["output"]


@pytest.mark.usefixtures("calibrated")
def test_better_than_anybody(small, check):
    """A score beyond what is possible on the data is no success."""
    path = small / "tests" / "training" / "test_ch01_sides.py"
    path.write_text(TRAINING.replace("steps=1,", "best=0.9, steps=1,"), encoding="utf-8")
    _, found = check(RIGHT)
    assert (found["verdict"], found["earned"]) == ("FAILED", 0)
    assert "does the code see the answers?" in found["message"]


@pytest.mark.usefixtures("calibrated")
def test_a_suite_that_cannot_score(small, check):
    """Parameters on which the suite's score raises are the submission's fault: the reference's were calibrated."""
    path = small / "tests" / "training" / "test_ch01_sides.py"
    path.write_text(TRAINING.replace("accuracy(", '[1][int(p["w"].sum() < 0)] * accuracy('), encoding="utf-8")
    _, found = check(LAZY["the other side"], "-k", "learns")
    assert (found["verdict"], "cannot be used: IndexError" in found["message"]) == ("FAILED", True)
    assert check(RIGHT)[1]["verdict"] == "PASSED"


@pytest.mark.usefixtures("calibrated")
def test_a_sentence_about_the_score(check):
    """The suite's sentence about a score is in the message of a failure, in both languages."""
    lazy = LAZY["the other side"], "-k", "learns"
    assert "is required. 2% are right. The suite sets" in check(*lazy)[1]["message"]
    assert "。2% 正确。数据" in check(*lazy, "--lang", "zh")[1]["message"]


@pytest.mark.usefixtures("calibrated")
def test_put_off(check, dlgrade):
    """While another check fails nothing is trained, and the points are pending; asked for by name, it is."""
    report, found = check(LAZY["the other side"])
    assert (found["verdict"], report["pending"], report["score"]) == ("NOT_RUN", 3, 0)
    assert "Score 0 / 4, 3 pending" in dlgrade("check", "ch01").stdout
    assert "3 分待定" in dlgrade("check", "ch01", "--lang", "zh").stdout

    _, found = check(LAZY["the other side"], "-k", "learns")
    assert found["verdict"] == "FAILED"


def test_not_calibrated(small, check):
    """Without a threshold the check is not run, and says which command makes one."""
    assert not list(small.rglob("thresholds.yaml"))
    _, found = check(RIGHT)
    assert (found["verdict"], found["message"]) == ("NOT_RUN", "Not calibrated: `dlgrade calibrate ch01`.")


def test_a_fit_that_would_take_answers_along(small, check):
    """A suite whose fit closes over something is the grader's fault, and no submission's."""
    path = small / "tests" / "training" / "test_ch01_sides.py"
    closure = "fit = lambda impl, parameters, batches: labels\n        training("
    path.write_text(TRAINING.replace('training("sides"', closure + '"sides"'), encoding="utf-8")
    _, found = check(RIGHT)
    assert found["verdict"] == "GRADER_ERROR"
    assert "close over nothing" in found["message"]


@pytest.mark.usefixtures("calibrated")
def test_a_suite_that_skips(small, check):
    """A check that its suite skips while grading has no verdict: the grader's fault, and told as such."""
    path = small / "tests" / "chapters" / "test_ch01_sides.py"
    path.write_text(SUITE.replace("        agree(", '        pytest.skip("later")\n        agree('), encoding="utf-8")
    report, _ = check(RIGHT)
    found = report["chapters"][0]["checks"][0]
    assert (found["verdict"], found["earned"], "later" in found["message"]) == ("GRADER_ERROR", 0, True)


# Gradebooks and GPUs.


@pytest.fixture
def graded(dlgrade, tmp_path):
    """graded(*options): how many were graded, the score and the status of one right submission."""
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "ch01.py").write_text(REFERENCE, encoding="utf-8")

    def graded(*options):
        summary = json.loads(dlgrade("grade", "in", "--json", *options).stdout)
        row = (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")
        return summary["graded"], row[2], row[6]

    return graded


without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="what happens on a machine without a GPU")


@without_gpu
@pytest.mark.usefixtures("with_gpu_check")
def test_no_gpu(check, dlgrade):
    """A check for a GPU is not run where there is none, and says what to do; the CPU stands in if asked to."""
    report, found = check(RIGHT)
    assert (found["verdict"], found["needs"], report["score"], report["pending"]) == ("NOT_RUN", "gpu", 4, 2)
    assert "--device cpu" in found["message"]
    assert "Score 4 / 6, 2 pending (needs a GPU)" in dlgrade("check", "ch01").stdout
    assert "2 分待定（需要 GPU）" in dlgrade("check", "ch01", "--lang", "zh").stdout

    report, found = check(RIGHT, "--device", "cpu")
    assert (found["verdict"], report["score"], report["pending"]) == ("PASSED", 6, 0)


@without_gpu
def test_calibrating_without_a_gpu(with_gpu_check, dlgrade):
    """Without a GPU, a threshold for GPUs stays as it is; the rest is measured anew."""
    path = with_gpu_check / "solutions" / "ch01_sides" / "thresholds.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("mean: 0.9", "mean: 0.1"), encoding="utf-8")

    result = dlgrade("calibrate", "ch01")

    assert "learn.learns_on_a_gpu needs a GPU: its threshold stays as it is." in result.stdout
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {name: entry["mean"] > 0.9 for name, entry in entries.items()} == {"sides": True, "many": False}


@without_gpu
@pytest.mark.usefixtures("with_gpu_check")
def test_a_run_with_a_gpu_completes_the_gradebook(graded):
    """Without a GPU its points are pending, and nothing is graded again in vain; a machine that can completes them."""
    assert graded() == (1, "4", "partly graded")
    assert graded() == (0, "4", "partly graded")
    assert graded("--device", "cpu") == (1, "6", "graded")
    assert graded() == (0, "6", "graded")


@without_gpu
def test_a_gpu_that_cannot_be_reached(with_gpu_check):
    """When CUDA does not start in the worker, before the submission is there, that is not the submission's fault."""
    with Judge(Course(with_gpu_check)) as judge:
        chapter = judge.course.chapter("ch01")
        judge.accelerator = "cuda"  # as on a machine whose driver answers the judge, but not the worker
        report = judge.grade(chapter, judge.submission(chapter, None))
    gpu = report.checks[-1]
    assert (gpu.verdict.value, gpu.needs, report.score) == ("NOT_RUN", "gpu", 4)
    assert gpu.message.en.startswith("The GPU is out of reach in the sandbox: ")


@pytest.mark.usefixtures("with_gpu_check")
@pytest.mark.parametrize("error", GPU_ERRORS)
def test_gpu_errors(check, error):
    """CUDA's errors have verdicts of their own, and the next check does not see them."""
    body = f"if len(X) == 600:\n        raise {error}\n    {RIGHT}"
    report, found = check(body, "--device", "cpu", "-k", "learns")
    assert report["chapters"][0]["checks"][0]["verdict"] == GPU_ERRORS[error]
    assert "GPU" in report["chapters"][0]["checks"][0]["message"]
    assert found["verdict"] == "PASSED"


# Data sets that are fetched.


class Files(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT, or a part of it; notes the ranges that are asked for."""

    content = CONTENT

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.end_headers()
        self.wfile.write(self.server.content[start:])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    """A server of the data set's file, and its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        server.ranges, server.content = [], CONTENT
        server.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def stored(calibrated, small):
    """The course's data set needs a file."""
    content = STORED % (hashlib.md5(CONTENT).hexdigest(), len(CONTENT))
    (small / "datasets" / "points.py").write_text(content, encoding="utf-8")
    return calibrated


@pytest.mark.usefixtures("stored")
def test_missing_data(check, dlgrade, server):
    """A check whose data is absent is not run and its points are pending, until the data has been fetched."""
    report, found = check(RIGHT)
    assert (found["verdict"], report["score"], report["pending"]) == ("NOT_RUN", 1, 3)
    assert "dlgrade data fetch points" in found["message"]
    said = " ".join(dlgrade("check", "ch01").stdout.split())
    assert "dlgrade data fetch points" in said.partition("All checks that ran pass. Pending: ")[2]
    assert "not here" in dlgrade("data", "list").stdout

    result = dlgrade("data", "fetch", "points", "--mirror", server.address)

    assert result.returncode == 0, result.stderr
    report, found = check(RIGHT)
    assert (found["verdict"], report["score"], report["pending"]) == ("PASSED", 4, 0)


def test_other_data(calibrated, small, check, dlgrade):
    """Another data set of the kind stands in where it is asked for, with a threshold of its own."""
    far = POINTS.replace("torch.randn(size", "3 * torch.randn(size")
    (small / "datasets" / "far.py").write_text(far, encoding="utf-8")
    for name in ("far", "points"):
        with (small / "datasets" / f"{name}.py").open("a", encoding="utf-8") as file:
            file.write('\nKIND = "points"\n')
    _, found = check(RIGHT, "--data", "far")
    assert (found["verdict"], found["message"]) == ("NOT_RUN", "Not calibrated: `dlgrade calibrate ch01 --data far`.")

    assert dlgrade("calibrate", "ch01", "--data", "far").returncode == 0

    written = yaml.safe_load((small / "solutions" / "ch01_sides" / "thresholds.yaml").read_text(encoding="utf-8"))
    assert written == {"sides": calibrated["sides"], "sides on far": written["sides on far"]}
    _, found = check(RIGHT, "--data", "far")
    assert (found["verdict"], found["measured"]["task"]) == ("PASSED", "sides on far")
    (small / "exercises" / "course.yaml").write_text(CONTENTS + "data: [far]\n", encoding="utf-8")
    assert check(RIGHT)[1]["measured"]["task"] == "sides on far"


@pytest.mark.usefixtures("calibrated")
def test_data_that_does_not_fit(dlgrade, small):
    """A data set that the chapter cannot train on leaves its thresholds as they are; one that is not there is told."""
    before = (small / "solutions" / "ch01_sides" / "thresholds.yaml").read_text(encoding="utf-8")
    (small / "datasets" / "words.py").write_text(POINTS + 'KIND = "words"\n', encoding="utf-8")

    result = dlgrade("calibrate", "ch01", "--data", "words")

    assert (result.returncode, "ch01 cannot train on words" in result.stderr) == (2, True)
    assert (small / "solutions" / "ch01_sides" / "thresholds.yaml").read_text(encoding="utf-8") == before
    result = dlgrade("check", "ch01", "--data", "word")
    assert (result.returncode, "There is no data set 'word'" in result.stderr) == (2, True)
    (small / "exercises" / "course.yaml").write_text(CONTENTS + "data: [word]\n", encoding="utf-8")
    result = dlgrade("grade", small)
    assert (result.returncode, "course.yaml: data: no data set 'word'" in result.stderr) == (3, True)


@pytest.mark.usefixtures("stored")
def test_fetch_goes_on(dlgrade, server, tmp_path):
    """An interrupted download goes on where it was, and the whole is checked."""
    draft = tmp_path / "data" / "points" / "points.txt.part"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(CONTENT[:70_000])

    result = dlgrade("data", "fetch", "points", "--mirror", server.address)

    assert result.returncode == 0, result.stderr
    assert server.ranges == ["bytes=70000-"]
    assert (draft.parent / "points.txt").read_bytes() == CONTENT
    assert not draft.exists()


@pytest.mark.usefixtures("stored")
def test_fetch_of_something_else(dlgrade, server, tmp_path):
    """A file other than the published one is not kept, and the message says so."""
    server.content = b"<html>please log in</html>"

    result = dlgrade("data", "fetch", "points", "--mirror", server.address)

    assert (result.returncode, "not the file that was published" in result.stderr) == (2, True)
    assert not list((tmp_path / "data" / "points").iterdir())


@pytest.mark.usefixtures("stored")
def test_fetch_without_a_network(dlgrade):
    """Without a network the message says where to put the file."""
    result = dlgrade("data", "fetch", "points")

    assert result.returncode == 2
    assert "Is there a network?" in result.stderr
    assert "--mirror" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("small")
def test_calibration_completes_the_gradebook(graded, dlgrade):
    """Without a threshold its points are pending, and nothing is graded again in vain; with one they are decided."""
    assert graded() == (1, "1", "partly graded")
    assert graded() == (0, "1", "partly graded")
    assert dlgrade("calibrate", "ch01").returncode == 0
    assert graded() == (1, "4", "graded")


@pytest.mark.usefixtures("calibrated")
def test_a_later_run_completes_the_gradebook(graded):
    """Left out, training's points are pending; the same command without the option completes what is pending."""
    assert graded("--without-training") == (1, "1", "partly graded")
    assert graded("--without-training") == (0, "1", "partly graded")
    assert graded() == (1, "4", "graded")
    assert graded("--without-training") == (0, "4", "graded")
