"""Diagnoses: a name is given on evidence alone, and two mistakes at once have two names."""

import re

import pytest

from dlgrade.course import load, references
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission

HERE = load()


@pytest.fixture(scope="module")
def judge():
    with Judge(HERE) as judge:
        yield judge


def names(judge, chapter, source, **options):
    """The exercises of a submission with failed checks, each with the misconceptions that are named in them."""
    chapter = HERE.chapter(chapter)
    options = RunOptions(training="never", **options)
    report = judge.grade(chapter, Submission.from_source(source, f"{chapter.stem}.py"), options)
    found = {}
    for check in report.checks:
        if not check.passed and not check.needs:
            found.setdefault(check.exercise, set()).update(filter(None, [check.diagnosis, check.also]))
    return found


def changed(chapter, old, new):
    """The reference of a chapter with a mistake."""
    source = references.source(HERE, HERE.chapter(chapter))
    assert old in source
    return source.replace(old, new)


# Mistakes that share some values with a misconception. Each one once had its name.
UNNAMED = {
    "no penalty at all": (
        "ch62", "score = math.exp(min(0, 1 - len(label_tokens) / len(pred_tokens)))", "score = 1.0",
        "long-output-punished",
    ),
    "no bias": ("ch08", "torch.matmul(X, w) + b\n", "torch.matmul(X, w)\n", "variance-for-deviation"),
    "valid_lens ignored": ("ch65", "masked_softmax(scores, valid_lens)", "F.softmax(scores, -1)", "one-key-too-many"),
    "one sum for all": (
        "ch09", "X_exp / X_exp.sum(dim=1, keepdim=True)", "X.exp() / X.exp().sum()", "softmax-over-batch",
    ),
    "one maximum and one sum": (  # nothing overflows
        "ch09", "X_exp / X_exp.sum(dim=1, keepdim=True)", "(X - X.max()).exp() / (X - X.max()).exp().sum()",
        "softmax-overflow",
    ),
    "no mask": ("ch13", "torch.where(kept, X / (1 - dropout), 0)", "X * (1 - dropout)", "survivors-not-scaled"),
    "powers overflow": (
        "ch05", "scale = largest.detach().clamp(min=torch.finfo(x.dtype).tiny)", "scale = 1",
        "negatives-counted-as-they-are",
    ),
    "no clipping": ("ch55", "        grad *= scale\n", "        pass\n", "each-by-itself"),
    "in the order of boxes": (  # the later exercise multibox_target had this name
        "ch42", "anchor, box = divmod(int(iou.argmax()), num_boxes)",
        "anchor, box = int(box_iou(anchors, ground_truth)[:, _].argmax()), _", "matched-boxes-claim-nothing",
    ),
    "a parabola everywhere": (
        "ch09", "torch.where(error <= delta, error**2 / 2, delta * (error - delta / 2))", "error**2 / 2",
        "sign-of-the-error-kept",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", UNNAMED)
def test_some_equal_values(judge, mistake):
    """A mistake is not named after a misconception that gives some of its values."""
    chapter, old, new, never = UNNAMED[mistake]
    found = names(judge, chapter, changed(chapter, old, new))
    assert found, "the mistake loses points"
    assert never not in set().union(*found.values()), found


def test_sizes_in_messages(judge):
    """An exception names nothing if only some checks have sizes with which its message is that of a misconception."""
    exchanged = changed("ch19", "X[i : i + k_h, j : j + k_w]", "X[i : i + k_w, j : j + k_h]")
    found = [names(judge, "ch19", exchanged, keyword="corr2d", seed=seed)["corr2d"] for seed in range(8)]
    assert found == [set()] * 8


def test_other_sizes_in_all_messages(judge):
    """An exception names nothing if no message has the sizes of the misconception: another layer is at fault."""
    unpadded = changed("ch23", "        nn.Conv2d(1, 6, kernel_size=5, padding=2),", "        nn.Conv2d(1, 6, 5),")
    assert names(judge, "ch23", unpadded, keyword="lenet")["lenet"] == set()


def test_a_mistake_in_an_earlier_exercise(judge):
    """A mistake that shows in a later exercise, too, keeps its name there: nothing new is charged with it."""
    source = references.read(HERE, HERE.chapter("ch44")).with_misconceptions("indices-sorted")
    found = names(judge, "ch44", source)
    assert (found["nms"], found["multibox_detection"]) == ({"indices-sorted"}, {"indices-sorted"})


def test_a_misspelt_method(judge):
    """A decoder without its method is no decoder that reads the wrong input."""
    source = references.source(HERE, HERE.chapter("ch62"))
    decoder = source.index("class Seq2SeqDecoder")
    source = source[:decoder] + re.sub("def forward", "def foward", source[decoder:], count=1)
    assert names(judge, "ch62", source)["Seq2SeqDecoder"] == set()


@pytest.mark.parametrize(
    ("chapter", "exercise", "mistakes"),
    [
        ("ch28", "batch_norm", ("unbiased-variance", "momentum-reversed")),
        ("ch13", "dropout_layer", ("range-not-checked", "division-by-zero")),  # NaN, and a missing error
        ("ch55", "rnn", ("hidden-bias-forgotten", "output-bias-forgotten")),  # no check shows one of them alone
    ],
)
def test_two_mistakes(judge, chapter, exercise, mistakes):
    """Two mistakes in one exercise have both names, in the checks that show both as well."""
    source = references.read(HERE, HERE.chapter(chapter)).with_misconceptions(*mistakes)
    assert names(judge, chapter, source)[exercise] == {*mistakes}


def test_a_failed_bonus_check(judge):
    """A bonus check that fails for another reason keeps no name away from the checks with points."""
    source = references.source(HERE, HERE.chapter("ch08"))
    start = source.index("def sgd")
    own = "def sgd(params, lr, batch_size):\n    with torch.no_grad():\n        for param in params:\n"
    own += "            param -= lr * param.grad\n"  # a param without a gradient raises an error
    source = source[:start] + own + source[source.index("\ndef ", start) :]
    assert names(judge, "ch08", source)["sgd"] == {"not-divided-by-the-batch-size", "gradient-not-cleared"}
