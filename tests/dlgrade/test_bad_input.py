"""Bad input gives a student one clear sentence, and the right verdicts if there is something to grade."""

import re

import pytest

from dlgrade import course, submission
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission import Submission
from dlgrade.worker.limits import Limits

CHINESE = re.compile("[\u4e00-\u9fff]")
NAME = "ch28_batch_norm.py"


def says(words, *parts):
    """Whether a message is one line for people that has all the parts. A second line may explain an exception."""
    assert words.strip()
    assert words.count("\n") <= 1, words
    for part in parts:
        assert part in words, words
    return True


# Input that cannot be graded at all.


def unknown_chapter(_folder):
    return ["ch280"], "'ch280'", "ch28"


def unknown_slug(_folder):
    return ["batchnorm"], "'batchnorm'", "batch_norm"


def missing_file(_folder):
    return ["ch28", "--submission", "mine.py"], "mine.py", ""


def empty_file(folder):
    (folder / "ch28.py").write_text(" \n")
    return ["ch28", "--submission", "ch28.py"], "ch28.py", ""


def folder_without_fitting_file(folder):
    (folder / "work").mkdir()
    (folder / "work" / "homework.py").write_text("x = 1\n")
    return ["ch28", "--submission", "work"], "work", "homework.py"


def several_fitting_files(folder):
    for name in ("ch28_a.py", "ch28_b.py"):
        (folder / name).write_text("x = 1\n")
    return ["ch28"], "ch28_a.py, ch28_b.py", "--submission"


def no_file_here(folder):
    return ["ch28"], str(folder), "`dlgrade start ch28`"


def not_utf8(folder):
    (folder / "ch28.py").write_bytes(b"x = 1\n# " + "批量归一化".encode("gbk") + b"\n")
    return ["ch28"], "ch28.py", "UTF-8"


def too_large(folder):
    (folder / "ch28.py").write_text("# " + "x" * 1_000_000)
    return ["ch28"], "ch28.py", "1,000,000"


def no_folder_for_junit(folder):
    (folder / "ch28.py").write_text("x = 1\n")
    return ["ch28", "--junit", "nowhere/report.xml"], "nowhere", "report.xml"


@pytest.mark.parametrize(
    "situation",
    [
        unknown_chapter, unknown_slug, missing_file, empty_file, folder_without_fitting_file, several_fitting_files,
        no_file_here, not_utf8, too_large, no_folder_for_junit,
    ],
    ids=lambda situation: situation.__name__,
)  # fmt: skip
def test_refused(situation, dlgrade, tmp_path):
    """Input that cannot be graded is refused with one sentence that names it, in either language, and exit code 2."""
    arguments, *names = situation(tmp_path)
    for lang, word in (("en", "Error: "), ("zh", "错误：")):
        result = dlgrade("check", *arguments, "--lang", lang)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith(word)
        assert says(result.stderr.strip(), *names)
        assert bool(CHINESE.search(result.stderr)) == (lang == "zh")


def test_not_utf8_names_the_line(dlgrade, tmp_path):
    """A file in another encoding is refused with the line where it stops being UTF-8."""
    not_utf8(tmp_path)
    assert "line 2" in dlgrade("check", "ch28").stderr


def test_keyword_that_matches_nothing(dlgrade, grade, tmp_path):
    """A -k that chooses no check lists the exercises that there are."""
    (tmp_path / NAME).write_text(grade.starter, encoding="utf-8")
    result = dlgrade("check", "ch28", "-k", "dropout")
    assert result.returncode == 2
    assert says(result.stderr.strip(), "'dropout'", "batch_norm", "norm_stat_count")


def test_path_with_spaces_and_chinese(dlgrade, grade, tmp_path):
    """A file name and a folder with spaces and Chinese characters work."""
    folder = tmp_path / "我的 作业"
    folder.mkdir()
    (folder / "ch28 批量归一化.py").write_text(grade.reference, encoding="utf-8")
    result = dlgrade("check", "ch28", "-k", "norm_stat_count", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert "ch28批量归一化.py" in "".join(result.stdout.split())  # the line may be broken at the space


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda source: b"\xef\xbb\xbf" + source.encode(), id="byte-order-mark"),
        pytest.param(lambda source: source.replace("\n", "\r\n").encode(), id="windows-lines"),
        pytest.param(lambda source: b"# -*- coding: gbk -*-\n" + source.encode("gbk"), id="declared-gbk"),
    ],
)
def test_encodings_that_python_reads(encode, judge, ch28, grade, tmp_path):
    """A file as Python itself reads it is graded, and exceptions show its lines."""
    path = tmp_path / NAME
    path.write_bytes(encode(grade.reference + "\ndef layer_norm(X, shape):\n    raise ValueError('归一化')  # 批量\n"))
    report = judge.grade(ch28, submission.read(path))
    assert by_id(report, "norm_stat_count.batch").passed
    wrong = by_id(report, "layer_norm.batch_of_one")
    assert wrong.message.en == "ValueError: 归一化"
    assert wrong.detail.frames[-1].source == "raise ValueError('归一化')  # 批量"


def test_neighbouring_file(judge, ch28, grade, tmp_path):
    """A submission may import a file that lies beside it."""
    path = tmp_path / NAME
    path.write_text(grade.reference + "\nfrom my_tools import norm_stat_count\n", encoding="utf-8")
    (tmp_path / "my_tools.py").write_text("def norm_stat_count(shape, kind):\n    return shape[1], (shape[1],)\n")
    report = judge.grade(ch28, submission.read(path), RunOptions(keyword="norm_stat_count"))
    assert [check.passed for check in report.checks] == [True, False, False, False]


# Input that ends in verdicts.


def by_id(report, name):
    return next(check for check in report.checks if check.id == name)


def others_pass(report, *affected):
    """Whether every check of the exercises that are not affected passes."""
    unmet = [check.id for check in report.checks if not check.passed and check.exercise not in affected]
    assert not unmet
    return True


@pytest.fixture
def with_layer_norm(grade):
    """with_layer_norm(body): the report of a submission that is right but for a layer_norm with this body."""

    def with_layer_norm(body, keyword=""):
        head = "def layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):"
        return grade("\n    ".join([grade.reference + head, *body.splitlines()]), keyword)

    return with_layer_norm


LOADING = {
    "syntax-error": ("def f(x:\n    return x\n", ("Syntax error", "never closed"), "语法错误", "def f(x:"),
    "tabs-and-spaces": ("if 1:\n\tx = 1\n        y = 2\n", ("Syntax error", "tabs"), "语法错误", "y = 2"),
    "null-byte": ("x = '\0'\n", ("Syntax error", "null bytes"), "语法错误", ""),
    "exception": ("\nlayer_norm = 1 / 0\n", ("ZeroDivisionError: division by zero",), "", "layer_norm = 1 / 0"),
    "exit": (
        "if layer_norm:\n    layer_norm = None\n    raise SystemExit(0)\n",
        ("SystemExit",),
        "",
        "raise SystemExit(0)",
    ),
}


@pytest.mark.parametrize(("code", "en", "zh", "source"), LOADING.values(), ids=LOADING)
def test_file_that_cannot_be_imported(code, en, zh, source, grade):
    """A file that cannot be imported fails every check with the reason, the file and the line, and earns nothing."""
    report = grade(grade.reference + code)
    assert report.score == 0
    assert {check.verdict for check in report.checks} == {Verdict.RAISED}
    check = report.checks[0]
    assert says(check.message.en, *en)
    assert says(check.message.zh, zh, *en[1:])
    frame = check.detail.frames[-1]
    assert frame.file == NAME
    assert (grade.reference + code).splitlines()[frame.line - 1].strip() == (source or "x = '\0'")
    assert frame.source.startswith(source)


def test_syntax_error_points_at_the_place(grade):
    """A syntax error comes with a caret below the place."""
    frame = grade("x = 1\n    \nif x:\n    y = (1 +* 2)\n").checks[0].detail.frames[-1]
    assert (frame.line, frame.source) == (4, "y = (1 +* 2)\n        ^")


@pytest.fixture(scope="module")
def impatient():
    """A judge that waits one and a half seconds for an import."""
    with Judge(course.load(), limits=Limits(import_seconds=1.5)) as judge:
        yield judge


def test_endless_import(impatient, ch28):
    """A file that takes for ever to import times out once, for all checks, and the message names the line."""
    report = impatient.grade(ch28, Submission.from_source("while True: layer_norm = None\n", NAME))
    assert {check.verdict for check in report.checks} == {Verdict.TIMED_OUT}
    assert says(report.checks[0].message.en, "The file does not finish")
    assert report.checks[0].detail.frames[-1].line == 1
    assert sum(check.seconds for check in report.checks) < 10


def test_endless_function(grade, ch28):
    """A function that never ends times out twice; its other checks are not run, and say which function it is."""
    endless = grade.reference + "\ndef layer_norm(X, shape, weight=None, bias=None, eps=1e-5):\n    while True: pass\n"
    with Judge(course.load(), limits=Limits(check_seconds=1.0)) as judge:
        report = judge.grade(ch28, Submission.from_source(endless, NAME), RunOptions(training="never"))
    own = [check for check in report.checks if check.exercise == "layer_norm" and not check.waits_for]
    assert {check.verdict for check in own if check.id != "layer_norm.from_scratch"} == {Verdict.TIMED_OUT}
    messages = [check.message.en for check in own if check.message]
    assert sum("No answer within" in words for words in messages) == 2
    assert all("2 checks of layer_norm did not end in time" in words for words in messages[2:])
    assert others_pass(report, "layer_norm")


ANSWERS = {
    "nothing": ("X + 1", ("None", "return"), ("None", "return")),
    "numpy": ("return X.detach().numpy()", ("a numpy array", "expected a tensor"), ("numpy", "张量")),
    "list": ("return X.tolist()", ("expected a tensor", "torch.tensor"), ("torch.tensor", "张量")),
    "dtype": ("return X.half()", ("dtype float16; expected float32",), ("dtype 是 float16，应为 float32",)),
    "shape": ("return X.flatten()", ("shape (72,); expected (4, 3, 6)",), ("形状是 (72,)，应为 (4, 3, 6)",)),
    "meta": ("return X.to('meta')", ("meta", "expected a tensor"), ("meta", "应为")),
    "nan": ("return X * torch.nan", ("is nan", "72 of 72 elements"), ("是 nan", "72 个元素中有 72 个")),
    "subclass": (
        "return X.as_subclass(type('Mine', (torch.Tensor,), {}))",
        ("Mine", "subclass of torch.Tensor", "expected a tensor"),
        ("Mine", "torch.Tensor", "应为"),
    ),
    "object": ("return object()", ("object", "expected a tensor"), ("object", "应为")),
    "big-endian": ("import numpy as np\nreturn np.ones(3, '>f4')", ("a numpy array",), ("numpy",)),
    "long-double": ("import numpy as np\nreturn np.longdouble(1)", ("expected a tensor",), ("应为",)),
    "half-character": ("return '\\ud800'", ("expected a tensor",), ("应为",)),
    "self-reference": ("a = []\na.append(a)\nreturn a", ("contains itself",), ("包含自身",)),
    "deep": ("a = []\nfor _ in range(100_000): a = [a]\nreturn a", ("nested too deeply",), ("嵌套过深",)),
    "long": ("return [0] * 1_000_000", ("too large",), ("过大",)),
    "beyond-floats": ("return (10**1000, 1e308)", ("two values (a tuple)", "expected one tensor"), ("2 个值", "张量")),
    "large-number": ("return 10**100_000", ("more than 3,000 digits",), ("3000",)),
}


@pytest.mark.parametrize(("body", "en", "zh"), ANSWERS.values(), ids=ANSWERS)
def test_wrong_answer(body, en, zh, with_layer_norm):
    """An answer of another kind, shape or dtype than asked for fails with a sentence that names the difference."""
    report = with_layer_norm(body)
    check = by_id(report, "layer_norm.last_axis")
    assert check.verdict is Verdict.FAILED
    assert says(check.message.en, *en)
    assert says(check.message.zh, *zh)
    assert CHINESE.search(check.message.zh)
    assert " at 0x" not in check.message.en, "an address differs from run to run"
    assert len(check.message.en) < 500
    assert others_pass(report, "layer_norm")


def test_gigabyte(with_layer_norm):
    """An answer of a gigabyte is refused by its size, without being sent."""
    report = with_layer_norm("return torch.zeros(1 << 28)", keyword="eps")
    check = by_id(report, "layer_norm.eps")
    assert check.verdict is Verdict.FAILED
    assert says(check.message.en, "too large", "1,024 MB")
    assert says(check.message.zh, "过大", "1,024 MB")
    assert others_pass(report, "layer_norm")


def test_nothing_where_parts_are_wanted(grade):
    """A function that returns None where the check takes its result apart asks about the return, too."""
    head = "def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):\n    "
    report = grade(f"{grade.reference}\n{head}X - moving_mean\n")
    for name in ("batch_norm.fully_connected_input", "batch_norm.moving_statistics"):
        check = by_id(report, name)
        assert check.verdict in (Verdict.FAILED, Verdict.RAISED)
        assert says(check.message.en, "None", "return statement")
        assert says(check.message.zh, "None", "return")
    assert others_pass(report, "batch_norm", "BatchNorm")


RAISED = {
    "exception": ("return X / (1 // 0)", "ZeroDivisionError", "return X / (1 // 0)"),
    "unprintable": ("raise type('Odd', (Exception,), {'__str__': lambda self: 1 // 0})", "Odd: <", None),
    "half-character": ("raise ValueError('\\ud800')", "ValueError", "raise ValueError('\\ud800')"),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt", "raise KeyboardInterrupt"),
    "exit": ("raise SystemExit(0)", "SystemExit", "raise SystemExit(0)"),
    "generator-exit": ("raise GeneratorExit", "GeneratorExit", "raise GeneratorExit"),
    "recursion": ("return layer_norm(X, normalized_shape)", "RecursionError", "return layer_norm(X, normalized_shape)"),
    "input": ("return input('size? ')", "EOFError", "return input('size? ')"),
}


@pytest.mark.parametrize(("body", "name", "source"), RAISED.values(), ids=RAISED)
def test_exception(body, name, source, with_layer_norm):
    """Whatever a function raises costs its own checks alone; the message names it and the detail shows the line."""
    report = with_layer_norm(body)
    check = by_id(report, "layer_norm.last_axis")
    assert check.verdict is Verdict.RAISED
    assert says(check.message.en, name)
    assert says(check.message.zh, name)
    frame = check.detail.frames[-1]
    assert (frame.file, frame.function) == (NAME, "layer_norm")
    assert source in (None, frame.source)
    assert others_pass(report, "layer_norm")


NAMES = {
    "missing": ("unrelated_thing", "ch28_batch_norm.py does not define layer_norm.", "没有定义 layer_norm"),
    "misspelt": ("layer_nrom", "Is layer_nrom meant to be it?", "layer_nrom 是否就是它？"),
}


@pytest.mark.parametrize(("instead", "en", "zh"), NAMES.values(), ids=NAMES)
def test_function_that_is_not_there(instead, en, zh, grade):
    """A missing function is not implemented; a name that is nearly right is suggested, one that is asked for is not."""
    report = grade(grade.reference.replace("def layer_norm(", f"def {instead}("))
    checks = [check for check in report.checks if check.exercise == "layer_norm"]
    assert {check.verdict for check in checks} == {Verdict.NOT_IMPLEMENTED}
    assert says(checks[0].message.en, en)
    assert says(checks[0].message.zh, zh)
    assert "instance_norm" not in checks[0].message.en
    assert others_pass(report, "layer_norm")


def test_other_arguments(grade):
    """A function that takes other arguments fails with the call that it should take."""
    report = grade(grade.reference + "\ndef layer_norm(X):\n    return X\n")
    check = by_id(report, "layer_norm.last_axis")
    assert check.verdict is Verdict.RAISED
    assert says(check.message.en, "does not fit the definition", "takes 1 positional argument but 4 were given")
    assert says(check.message.zh, "与定义不符", "takes 1 positional argument but 4 were given")
    assert check.detail.call.startswith("layer_norm(X=<tensor float32 (4, 3, 6)>, normalized_shape=(6,), weight=")
    assert others_pass(report, "layer_norm")


def test_endless_printing(with_layer_norm):
    """Printing without end runs into the time limit; the beginning of the output is kept, and how long it was."""
    report = with_layer_norm("while True: print('to and fro ' * 100)", keyword="eps")
    check = by_id(report, "layer_norm.eps")
    assert check.verdict is Verdict.TIMED_OUT
    assert says(check.message.en, "5 s")
    assert says(check.message.zh, "5 秒")
    assert check.detail.output.startswith("to and fro to and fro")
    assert len(check.detail.output) < 10_000 < check.detail.output_bytes
    assert others_pass(report, "layer_norm")


def test_noise_costs_nothing(with_layer_norm):
    """A right answer that prints, warns and writes to stderr on every call keeps full marks."""
    report = with_layer_norm(
        "import sys, warnings\n"
        "print('out \\x00 \\ud800', flush=True)\n"
        "print('err', file=sys.stderr)\n"
        "warnings.warn('careful')\n"
        "if tuple(X.shape[-len(normalized_shape):]) != tuple(normalized_shape): raise ValueError('shapes')\n"
        "Y = _standardise(X, list(range(-len(normalized_shape), 0)), eps)\n"
        "return Y * (1 if weight is None else weight) + (0 if bias is None else bias)"
    )
    assert report.score == report.points


# Ready-made answers.

IMPORT = "from torch.nn import functional as F\n"
HEAD = "def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):\n    "
ARGUMENTS = "(X, moving_mean.clone(), moving_var.clone(), gamma, beta, True, 1 - momentum, eps)"
TAIL = ", moving_mean, moving_var\n"
FUNCTIONAL = "torch.nn.functional.batch_norm"
READY_MADE = {
    "direct": (f"{IMPORT}{HEAD}return F.batch_norm{ARGUMENTS}{TAIL}", FUNCTIONAL),
    "alias": (f"import torch.nn.functional as tool\n{HEAD}return tool.batch_norm{ARGUMENTS}{TAIL}", FUNCTIONAL),
    "imported": (f"from torch.nn.functional import batch_norm as bn\n{HEAD}return bn{ARGUMENTS}{TAIL}", FUNCTIONAL),
    "inside": (f"{HEAD}import torch.nn.functional as g; return g.batch_norm{ARGUMENTS}{TAIL}", FUNCTIONAL),
    "assigned": (f"{IMPORT}_tool = F.batch_norm\n{HEAD}return _tool{ARGUMENTS}{TAIL}", FUNCTIONAL),
    "helper": (
        f"{IMPORT}def _helper(X, moving_mean, moving_var, gamma, beta, momentum, eps):\n"
        f"    return F.batch_norm{ARGUMENTS}\n"
        f"{HEAD}return _helper(X, moving_mean, moving_var, gamma, beta, momentum, eps){TAIL}",
        FUNCTIONAL,
    ),
    "getattr": (f"{IMPORT}{HEAD}return getattr(F, 'batch_' + 'norm'){ARGUMENTS}{TAIL}", FUNCTIONAL),
    "hidden": (
        f"{IMPORT}{HEAD}try: Y = getattr(F, 'batch_' + 'norm'){ARGUMENTS}\n"
        f"    except Exception: Y = X\n    return Y{TAIL}",
        FUNCTIONAL,
    ),
    "torch": (f"{HEAD}return torch.batch_norm{ARGUMENTS[:-1]}, False){TAIL}", "torch.batch_norm"),
    "aten": (f"{HEAD}return torch.ops.aten.native_batch_norm{ARGUMENTS}[0]{TAIL}", "torch.ops.aten.native_batch_norm"),
}


@pytest.mark.parametrize(("code", "name"), READY_MADE.values(), ids=READY_MADE)
def test_ready_made_function(code, name, grade):
    """A ready-made call, however it is reached, costs the points of its exercise and of those built on it."""
    report = grade(f"{grade.reference}\n{code}")
    refused(report, "batch_norm", name)
    assert by_id(report, "BatchNorm.training_output").verdict is Verdict.FAILED
    assert others_pass(report, "batch_norm", "BatchNorm")


LAYERS = {
    "subclass": "class BatchNorm(nn.BatchNorm2d):\n    def __init__(self, n, num_dims): super().__init__(n)\n",
    "held": (
        "class BatchNorm(nn.Module):\n"
        "    def __init__(self, n, num_dims):\n        super().__init__()\n        self.norm = nn.BatchNorm2d(n)\n"
        "    def forward(self, X): return self.norm(X)\n"
    ),
}


@pytest.mark.parametrize("code", LAYERS.values(), ids=LAYERS)
def test_ready_made_layer(code, grade):
    """A layer that is or holds torch's own layer earns no points."""
    report = grade(f"{grade.reference}\n{code}")
    refused(report, "BatchNorm", "torch.nn.BatchNorm2d")
    assert others_pass(report, "BatchNorm")


@pytest.mark.parametrize("module", ["torch", "torch.nn.functional"])
def test_ready_made_import(module, grade):
    """An import in the place of one's own function earns no points."""
    report = grade(f"{grade.reference}\nfrom {module} import layer_norm\n")
    refused(report, "layer_norm", "torch.")
    assert others_pass(report, "layer_norm")


def test_ready_made_default(grade):
    """A ready-made function that was fetched while the file was imported is noticed when it is called."""
    code = "def layer_norm(X, s, weight=None, bias=None, eps=1e-5, f=getattr(torch, 'layer_' + 'norm')):\n"
    report = grade(f"{grade.reference}\n{code}    return f(X, s, weight, bias, eps)\n")
    refused(report, "layer_norm", "torch.layer_norm")
    assert others_pass(report, "layer_norm")


def refused(report, exercise, name):
    checks = [check for check in report.checks if check.exercise == exercise]
    assert {check.verdict for check in checks} == {Verdict.FAILED}
    assert sum(check.earned for check in checks) == 0
    for check in checks:
        assert says(check.message.en, name, "from scratch", "no points")
        assert says(check.message.zh, name, "从零实现", "不计分")


HARMLESS = {
    "unused": "def my_notes():\n    return nn.BatchNorm2d(3)\n",
    "other-exercise": "_notes = nn.BatchNorm2d\n_count = norm_stat_count\n"
    "def norm_stat_count(shape, kind):\n    return _notes and _count(shape, kind)\n",
    "words": "# F.batch_norm(X) and torch.layer_norm would be easier\nNOTE = 'nn.LayerNorm'\n",
    "own-name": "class Tools:\n    batch_norm = staticmethod(lambda x: x)\n_batch = batch_norm\n"
    "def batch_norm(*args, **kw):\n    Tools.batch_norm(1)\n    return _batch(*args, **kw)\n",
}


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_mention_costs_nothing(code, grade):
    """A mere mention of a ready-made name, or one in an exercise that allows it, costs nothing."""
    report = grade(f"{grade.reference}\n{code}")
    assert report.score == report.points


def test_star_import_costs_nothing(grade):
    """A star import above one's own definitions costs nothing."""
    report = grade(grade.reference.replace("import torch\n", "import torch\nfrom torch.nn.functional import *\n", 1))
    assert report.score == report.points
