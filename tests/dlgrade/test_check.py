"""`dlgrade check` as a user and a program see it: text, JSON, JUnit, languages, options, exit codes."""

import itertools
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from rich.cells import cell_len

from dlgrade import course
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission import Submission
from dlgrade.workers.output import Output

CHINESE = re.compile("[\u4e00-\u9fff]")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
NAME = "ch28_batch_norm.py"

MANY_FAULTS = """
def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):
    print("\\x1b[31mred\\x07 \\x00 \\x85 批量归一化", "wide " * 100, "批量" * 100)
    raise ValueError("\\x1b[31mred\\x1b[0m and \\x07 and \\r and \\x9b31m" + " 归一化" * 30 + "x" * 200)


class BatchNorm(nn.Module):
    def __init__(self, num_features, num_dims):
        import os
        os._exit(3)


def layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):
    Y = _standardise(X, [0], eps)
    return Y * (1 if weight is None else weight) + (0 if bias is None else bias)


def instance_norm(X, weight=None, bias=None, eps=1e-5):
    class \u0421\u043b\u043e\u0439:
        def __repr__(self):
            return "\\x1b[2J\\n" * 20
    return \u0421\u043b\u043e\u0439()


del group_norm


def norm_stat_count(shape, kind):
    raise NotImplementedError
"""


@pytest.fixture
def faulty(grade, tmp_path):
    """A file with failures of many kinds, printing control characters and wide ones."""
    path = tmp_path / NAME
    path.write_text(grade.reference + MANY_FAULTS, encoding="utf-8")
    return path


@pytest.fixture
def right(grade, tmp_path):
    """A file with a right answer."""
    path = tmp_path / NAME
    path.write_text(grade.reference, encoding="utf-8")
    return path


# JSON and JUnit.

NUMBER = (int, float)
WORDS_OR_NONE = (str, type(None))
REPORT = {
    "format_version": int, "submission": str, "seed": int, "sandbox": dict, "score": NUMBER, "raw_score": NUMBER,
    "points": NUMBER, "pending": NUMBER, "chapters": list,
}  # fmt: skip
CHAPTER = {
    "id": str, "score": NUMBER, "raw_score": NUMBER, "points": NUMBER, "pending": NUMBER, "suspicious": list,
    "left_out": list, "prices": list, "checks": list,
}  # fmt: skip
CHECK = {
    "id": str, "exercise": str, "verdict": str, "points": NUMBER, "earned": NUMBER, "bonus": bool, "description": str,
    "message": WORDS_OR_NONE, "diagnosis": WORDS_OR_NONE, "also": WORDS_OR_NONE, "relation": WORDS_OR_NONE,
    "hint": WORDS_OR_NONE, "seconds": NUMBER, "detail": dict, "measured": (dict, type(None)),
    "needs": WORDS_OR_NONE, "waits_for": WORDS_OR_NONE,
}  # fmt: skip
DETAIL = {
    "call": WORDS_OR_NONE, "got": WORDS_OR_NONE, "expected": WORDS_OR_NONE, "frames": list, "output": str,
    "output_bytes": int,
}  # fmt: skip
FRAME = {"file": str, "line": int, "function": str, "source": str, "times": int}


def fits(data, schema):
    """Whether an object has exactly these keys, in this order, with values of these types."""
    assert list(data) == list(schema)
    for key, kind in schema.items():
        assert isinstance(data[key], kind), (key, data[key])
        assert not (isinstance(data[key], bool) and kind is not bool), key
    return True


def test_json(dlgrade, faulty):
    """--json prints one object with the documented keys and types, and nothing else; exit code 1."""
    result = dlgrade("check", "ch28", "--json", "--seed", "5")
    assert (result.returncode, result.stderr) == (1, "")
    report = json.loads(result.stdout)
    assert fits(report, REPORT)
    assert (report["format_version"], report["submission"], report["seed"]) == (1, str(faulty), 5)
    (chapter,) = report["chapters"]
    assert fits(chapter, CHAPTER)
    assert (chapter["id"], chapter["points"]) == ("ch28", report["points"])
    verdicts = set()
    for check in chapter["checks"]:
        assert fits(check, CHECK)
        assert fits(check["detail"], DETAIL)
        assert all(fits(frame, FRAME) for frame in check["detail"]["frames"])
        assert check["id"].startswith(check["exercise"] + ".")
        assert check["earned"] == (check["points"] if check["verdict"] == "PASSED" else 0)
        assert (check["message"] is None) == (check["verdict"] == "PASSED")
        verdicts.add(check["verdict"])
    assert verdicts == {"PASSED", "FAILED", "RAISED", "NOT_IMPLEMENTED", "CRASHED", "NOT_RUN", "BLOCKED"}
    assert sum(check["earned"] for check in chapter["checks"]) == chapter["raw_score"] == report["raw_score"]
    back = sum(price["raw_lost"] - price["lost"] for price in chapter["prices"])
    assert chapter["score"] == report["score"] == chapter["raw_score"] + back
    assert sum(check["points"] for check in chapter["checks"]) == chapter["points"]
    diagnosed = {check["diagnosis"]: check["hint"] for check in chapter["checks"]}
    assert "batch axis" in diagnosed["layer-norm-over-batch"]


@pytest.mark.usefixtures("faulty")
def test_junit(dlgrade, tmp_path):
    """--junit writes well-formed XML with a case a check and the right counts, whatever the submission prints."""
    result = dlgrade("check", "ch28", "--junit", tmp_path / "out.xml", "--json")
    checks = json.loads(result.stdout)["chapters"][0]["checks"]
    content = (tmp_path / "out.xml").read_text(encoding="utf-8")
    (suite,) = ET.fromstring(content)
    unmet = [check["id"] for check in checks if check["verdict"] not in ("PASSED", "NOT_RUN", "BLOCKED")]
    skipped = sum(check["verdict"] in ("NOT_RUN", "BLOCKED") for check in checks)
    counts = {"tests": len(checks), "failures": len(unmet), "errors": 0, "skipped": skipped}
    assert {name: int(suite.get(name)) for name in counts} == counts
    assert [f"{case.get('classname')}.{case.get('name')}" for case in suite] == [f"ch28.{c['id']}" for c in checks]
    failed = [case for case in suite if case.find("failure") is not None]
    assert [f"{case.get('classname')}.{case.get('name')}" for case in failed] == [f"ch28.{name}" for name in unmet]
    assert {case.find("failure").get("type") for case in failed} == {"FAILED", "RAISED", "NOT_IMPLEMENTED", "CRASHED"}
    assert "批量归一化" in content
    assert not list(tmp_path.glob(".out*")), "a draft was left behind"


# Text for people.


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize(("lang", "locale"), [("en", "C.UTF-8"), ("zh", "zh_CN.UTF-8")])
def test_text_in_a_pipe(lang, locale, dlgrade):
    """In a pipe the report has no control characters and 80 columns at most, in the language of the locale."""
    result = dlgrade("check", "ch28", LC_ALL=locale)
    assert (result.returncode, result.stderr) == (1, "")
    words = {
        "en": ("Batch normalisation", "FAILED layer_norm.last_axis", "You normalise over the batch axis", "Score"),
        "zh": ("批量归一化", "未通过 layer_norm.last_axis", "你在小批量的轴上做了规范化", "得分"),
    }
    for word in words[lang]:
        assert word in result.stdout
    for line in result.stdout.splitlines():
        assert not CONTROL.search(line), ascii(line)
        assert cell_len(line) <= 80, line
    if lang == "en":
        ours = re.sub("[批量归一化]", "", result.stdout)  # the submission prints and raises these words
        assert not CHINESE.search(ours)


@pytest.mark.parametrize(
    ("arguments", "locale", "chinese"),
    [
        ((), "C", False),
        ((), "en_GB.UTF-8", False),
        ((), "zh_CN.UTF-8", True),
        ((), "zh_TW", True),
        (("--lang", "zh"), "en_US.UTF-8", True),
        (("--lang", "en"), "zh_CN.UTF-8", False),
    ],
)
def test_language(arguments, locale, chinese, dlgrade):
    """The language is --lang's, else the locale's; errors speak it, too."""
    result = dlgrade("check", "ch99", *arguments, LC_ALL=locale)
    assert result.returncode == 2
    assert bool(CHINESE.search(result.stderr)) == chinese


@pytest.mark.usefixtures("right")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["check", "ch28", "-k", "norm_stat_count"]], ids=" ".join)
def test_output_in_another_encoding(arguments, encoding, tmp_path):
    """Where the output's encoding lacks a character the command goes on, as in a Windows console or its pipe."""
    result = subprocess.run(
        [sys.executable, "-m", "dlgrade", *arguments],
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=120,
    )
    assert b"Traceback" not in result.stderr
    assert result.returncode == 0
    assert b"norm_stat_count" in result.stdout or b"--help" in result.stdout


def test_lines_add_up(dlgrade, grade, tmp_path):
    """The points on the lines are those of the score, also when a ready-made call is noticed late."""
    (tmp_path / NAME).write_text(
        grade.reference
        + "\nimport torchvision\n_own = batch_norm\n"
        + "def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):\n"
        + "    if X.dim() == 4: torchvision.ops.Conv2dNormActivation(X.shape[1], 4)\n"
        + "    return _own(X, gamma, beta, moving_mean, moving_var, eps, momentum)\n",
        encoding="utf-8",
    )
    output = dlgrade("check", "ch28").stdout
    told, corrected = output.partition("\nCorrected\n")[::2]
    earned = sum(float(points) for points in re.findall(r" (\d+)/\d+ *$", told, re.MULTILINE))
    earned -= sum(float(points) for points in re.findall(r" 0/(\d+) *$", corrected, re.MULTILINE))
    assert corrected
    assert earned == float(re.search(r"Score (\S+) /", output)[1])


# Options.


def test_a_file_as_argument(dlgrade, tmp_path):
    """The name of a file says which chapter it is for; a name that does not leads to --submission."""
    (tmp_path / NAME).write_text("def batch_norm(*_): pass\n", encoding="utf-8")
    (tmp_path / "mine.py").write_text("def batch_norm(*_): pass\n", encoding="utf-8")
    (chapter,) = json.loads(dlgrade("check", NAME, "-k", "batch_norm.small_batch", "--json").stdout)["chapters"]
    assert chapter["id"] == "ch28"
    for name, words in (
        ("mine.py", "dlgrade check ch28 --submission mine.py"),
        ("ch28.py", "There is no file ch28.py"),
    ):
        refused = dlgrade("check", name)
        assert (refused.returncode, words in refused.stderr) == (2, True), refused.stderr


def test_keyword(grade):
    """-k chooses an exercise, one check, or the checks with a part of their name."""

    def chosen(keyword):
        return [check.id for check in grade(grade.reference, keyword).checks]

    everything = chosen("")
    assert chosen("layer_norm") == [name for name in everything if name.startswith("layer_norm.")]
    assert chosen("batch_norm.eps") == ["batch_norm.eps"]
    assert chosen("OFFSET") == [name for name in everything if name.endswith(".large_offset")]


@pytest.mark.usefixtures("right")
def test_right_answer_in_part(dlgrade):
    """With -k only what was chosen counts: exit code 0 and a score of its points."""
    result = dlgrade("check", "ch28", "-k", "norm_stat_count")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Score 4 / 4\nAll checks pass." in re.sub(" +\n", "\n", result.stdout)


def test_seed(dlgrade, faulty, judge, ch28):
    """--seed draws other inputs, and the same seed gives the same report in another process."""
    output = dlgrade("check", "ch28", "-k", "last_axis", "--json", "--seed", "3").stdout
    (check,) = json.loads(output)["chapters"][0]["checks"]
    source = faulty.read_text(encoding="utf-8")
    same, other = (
        judge.grade(ch28, Submission.from_source(source, NAME), RunOptions(keyword="last_axis", seed=seed)).checks[0]
        for seed in (3, 4)
    )
    assert check["verdict"] == same.verdict == other.verdict == "FAILED"
    assert (check["message"], check["detail"]["call"]) == (same.message.en, same.detail.call)
    assert check["message"] != other.message.en
    assert check["detail"]["call"] != other.detail.call


# Speed and portability.

NO_TORCH = """
import sys
from dlgrade.cli import main
try:
    main()
finally:
    print("torch" in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["list"], ["list", "--starter", "ch28"], ["check", "--help"], ["check", "ch99"], ["stubs", "--check"]],
    ids=" ".join,
)
def test_torch_is_not_imported(arguments, tmp_path):
    """Commands that need no torch do not import it."""
    result = subprocess.run(
        [sys.executable, "-c", NO_TORCH, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.stderr.splitlines()[-1] == "False", result.stderr


@pytest.fixture(scope="module", params=["auto", "off"])
def spawning(request):
    """A judge that starts its workers as programs, as on Windows and macOS, with a sandbox and without."""
    with Judge(course.load(), workers="spawn", sandbox=request.param) as judge:
        yield judge


def test_spawned_workers(spawning, judge, ch28, grade):
    """A spawned worker leads to the same verdicts, messages and diagnoses as a forked one."""
    source = grade.reference.replace("def group_norm(", "def group_nrom(") + (
        "\ndef layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):\n"
        "    print('over the batch')\n"
        "    Y = _standardise(X, [0], eps)\n"
        "    return Y * (1 if weight is None else weight) + (0 if bias is None else bias)\n"
    )
    spawned, forked = (
        one.grade(ch28, Submission.from_source(source, NAME), RunOptions(training="never")) for one in (spawning, judge)
    )
    for one, other in zip(spawned.checks, forked.checks, strict=True):
        one.seconds = other.seconds
        assert one == other
    assert {check.diagnosis for check in forked.checks} == {None, "layer-norm-over-batch"}
    verdicts = {check.verdict for check in forked.checks}
    assert verdicts == {Verdict.PASSED, Verdict.FAILED, Verdict.NOT_IMPLEMENTED, Verdict.BLOCKED}


def test_output_belongs_to_its_check():
    """Lines printed before a check never show in the check, however late the judge reads them."""
    reading, writing = os.pipe()
    output = Output(reading)
    output.start()
    for _ in range(200):
        os.write(writing, b"the check before\n")
        output.reset()
        os.write(writing, b"this check\n")
        output.settle()
        assert output.text() == ("this check\n", 11)
    os.close(writing)


def test_spawned_worker_that_ends(spawning, ch28, grade):
    """A spawned worker that ends or hangs costs its own check, and the next one is fresh."""
    source = grade.reference + (
        "\ndef norm_stat_count(shape, kind):\n"
        "    import os\n"
        "    while isinstance(shape, list): print('to and fro')\n"
        "    if kind == 'layer': os._exit(3)\n"
        "    return shape[1], (shape[1],)\n"
    )
    report = spawning.grade(ch28, Submission.from_source(source, NAME), RunOptions(keyword="norm_stat_count"))
    verdicts = [check.verdict for check in report.checks]
    assert verdicts == [Verdict.PASSED, Verdict.CRASHED, Verdict.FAILED, Verdict.TIMED_OUT]
    assert "exit code 3" in report.checks[1].message.en
    assert "to and fro" in report.checks[3].detail.output


@pytest.mark.usefixtures("right")
def test_spawned_workers_have_no_namespaces(dlgrade):
    """Spawned workers cannot have the whole sandbox, so requiring it is refused with what is missing."""
    result = dlgrade("check", "ch28", "--workers", "spawn", "--sandbox", "require")
    assert (result.returncode, result.stdout) == (2, "")
    assert "IPC namespace (this worker was started, not forked)" in result.stderr


def test_help_names_every_option(dlgrade):
    """`check --help` shows every option that is not hidden, in at most 80 columns, in both languages."""
    output = dlgrade("check", "--help").stdout
    for option in ("--submission", "-k", "--seed", "--lang", "--sandbox", "--device", "--json", "--junit"):
        assert re.search(rf"^  {option} .*", output, re.MULTILINE), option
    assert all(cell_len(line) <= 80 for line in output.splitlines())
    pairs = itertools.pairwise(re.split(r"^  -", output, flags=re.MULTILINE)[1:])
    assert all(CHINESE.search(one) for one, _ in pairs)
