"""The top level of a submission: only the statements run that the exercises depend on, in a file as in a notebook."""

import ast
from pathlib import Path

import pytest
import yaml

from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission import Submission
from dlgrade.worker import top_level

FILES = yaml.safe_load(Path(__file__).with_name("top_level.yaml").read_text(encoding="utf-8"))
EXERCISE = "norm_stat_count"
# Things that people write below their answers.
BELOW = {
    "training": "while True:\n    for X, y in iter(lambda: (1, 2), 0):\n        net = batch_norm",
    "training-by-a-function": "def train(net):\n    while True: pass\nfor epoch in range(9):\n    train(1)\ntrain(1)",
    "plots": "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\nplt.savefig('/nowhere/a.png')",
    "downloads": "import urllib.request\ndata = urllib.request.urlopen('http://d2l.ai').read()",
    "files": "import pandas\nframe = pandas.read_csv('train.csv')",
    "input": "n = int(input('How many? '))",
    "arguments": "import argparse\nargs = argparse.ArgumentParser().parse_args('--lr 1'.split())",
    "exit": "import sys\nsys.exit(0)",
    "mistake": "X = torch.ones(2, 3)\nprint(X @ X)\nassert X.shape == (3, 2)",
    "missing-library": "import tensorboard_of_mine as tb\nclass Net(tb.Net): pass\nnet = Net()",
    "deep": "x = net" + ".x" * 2000,
    "await": "import asyncio\nawait asyncio.sleep(1)",
}


@pytest.mark.parametrize("source", FILES.values(), ids=FILES)
def test_runs(source):
    """Exactly the statements run that the exercise depends on, in their order."""
    lines = source.split("\n")
    wanted = [
        node
        for node in ast.parse(source).body
        if not lines[first_line(node) - 1].endswith("# not") and ast.unparse(node) != "print(c)"
    ]

    part = top_level.needed(ast.parse(source), ["f"], "it.py")

    assert sorted(map(ast.unparse, part.tree.body)) == sorted(map(ast.unparse, wanted))
    assert [node.lineno for node in part.tree.body if not top_level.is_future(node)] == [
        node.lineno for node in wanted if not top_level.is_future(node)
    ]


def first_line(node):
    return min([node.lineno, *(mark.lineno for mark in getattr(node, "decorator_list", []))])


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
def test_below_the_answers(grade, below):
    """Training, plots, downloads and mistakes below the answers do not run, so they cost nothing."""
    report = grade(f"{grade.reference}\n\n{below}\n", EXERCISE)

    assert [check.message for check in report.checks if not check.passed] == []


def test_drawn_constants(grade):
    """Constants that a file draws are the same in every run."""
    drawing = "import random, numpy as np\nN = (random.random(), np.random.rand(), torch.rand(1).item())\n"
    source = f"import torch\n{drawing}\ndef {EXERCISE}(shape, kind):\n    raise RuntimeError(N)\n"

    first, second = (grade(source, EXERCISE).checks[0].message for _ in range(2))

    assert first.en.startswith("RuntimeError: (0.")
    assert first == second


UNKNOWN = f"def {EXERCISE}(shape, kind):\n    return size\n\n\n"


@pytest.mark.parametrize(
    "below",
    [
        "if __name__ == '__main__':\n    size = 3\n",
        "for epoch in range(3):\n    loss.backward()\n    size = 3\n",
    ],
    ids=["main", "training"],
)
def test_a_name_that_only_a_skipped_statement_defines(grade, below):
    """The message of the NameError tells the line that defines the name and did not run."""
    check = grade(UNKNOWN + below, EXERCISE).checks[0]

    assert check.verdict is Verdict.RAISED
    assert "'size' is not defined (ch28_batch_norm.py, line 5 defines it, but did not run: " in check.message.en
    assert "（ch28_batch_norm.py 第 5 行定义了它，但评分时没有运行：" in check.message.zh


def test_an_exercise_that_only_a_skipped_statement_defines(grade):
    """The message of a missing exercise tells the line that defines it and did not run."""
    guarded = "if __name__ == '__main__':\n    " + UNKNOWN.replace("\n", "\n    ")
    check = grade(f"import torch\n{guarded}", EXERCISE).checks[0]

    assert check.verdict is Verdict.NOT_IMPLEMENTED
    assert "does not define norm_stat_count. (ch28_batch_norm.py, line 2 defines it, but" in check.message.en
    assert "中没有定义 norm_stat_count。（ch28_batch_norm.py 第 2 行定义了它，" in check.message.zh


def test_a_name_that_another_file_lacks(judge, ch28):
    """A NameError in a file beside the submission is not explained by a line of the submission."""
    main = f"from helper import {EXERCISE}\nif __name__ == '__main__':\n    size = 3\n"
    files = {"ch28.py": main.encode(), "helper.py": UNKNOWN.encode()}

    report = judge.grade(ch28, Submission("ch28.py", files, "ch28.py", source=main), RunOptions(keyword=EXERCISE))

    message = report.checks[0].message.en
    assert message.startswith("NameError: name 'size' is not defined\n")
    assert "line 3" not in message


def test_a_wrong_name_of_an_unused_function(grade):
    """The guess at a misspelt exercise knows functions that nothing needs, and no libraries."""
    source = "import torch\nimport norm_stat_counts\ndef norm_stats_count(shape, kind): ...\n"

    assert "Is norm_stats_count meant to be it?" in grade(source, EXERCISE).checks[0].message.en
