"""ch30's reference against torch.topk, counters, exact fractions and the csv module's reader."""

import csv
import io
from collections import Counter
from fractions import Fraction

import pytest
import torch


@pytest.mark.parametrize("k", [1, 2, 5, 9])
def test_topk_accuracy(reference, k):
    """Without ties, the hits are the labels that torch.topk finds."""
    logits, y = torch.randn(200, 9), torch.randint(9, (200,))
    hits = (logits.topk(k, dim=1).indices == y[:, None]).any(dim=1)
    assert reference.topk_accuracy(logits, y, k) == hits.double().mean().item()


@pytest.mark.parametrize("k", [1, 2, 4])
def test_topk_accuracy_with_ties(reference, k):
    """With ties, the hits are those of logits that fall a little from class to class."""
    logits, y = torch.randint(3, (300, 5)).double(), torch.randint(5, (300,))
    falling = logits - 0.01 * torch.arange(5)
    assert reference.topk_accuracy(logits, y, k) == reference.topk_accuracy(falling, y, k)
    hits = (falling.topk(k, dim=1).indices == y[:, None]).any(dim=1)
    assert reference.topk_accuracy(logits, y, k) == hits.double().mean().item()


@pytest.mark.parametrize(("n", "k"), [(0, 1), (3, 0), (3, 5), (3, -2)])
def test_topk_errors(reference, n, k):
    """An empty batch and a k out of range are refused."""
    with pytest.raises(ValueError, match="examples"):
        reference.topk_accuracy(torch.randn(n, 4), torch.zeros(n, dtype=torch.int64), k)


@pytest.mark.parametrize(("n", "classes"), [(0, 3), (1, 1), (500, 6)])
def test_confusion_matrix(reference, n, classes):
    """Each entry is the count of its pair, and all together are the examples."""
    y_true, y_pred = torch.randint(classes, (2, n))
    cm = reference.confusion_matrix(y_true, y_pred, classes + 2)
    pairs = Counter(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    assert cm.dtype == torch.int64
    assert cm.sum() == n
    assert {(i, j): cm[i, j].item() for i, j in cm.nonzero().tolist()} == pairs


@pytest.mark.parametrize(("y_true", "y_pred"), [([0, 3], [0, 1]), ([0, 1], [-1, 1]), ([0, 1], [1]), ([], [2])])
def test_confusion_matrix_errors(reference, y_true, y_pred):
    """Classes out of range and different lengths are refused."""
    with pytest.raises(ValueError, match=r"class|labels"):
        reference.confusion_matrix(torch.tensor(y_true, dtype=torch.int64), torch.tensor(y_pred), 3)


@pytest.mark.parametrize("most", [1, 3, 10**12])
def test_macro_f1(reference, most):
    """The score is the mean of exact harmonic means of precision and recall."""
    for _ in range(30):
        cm = torch.randint(most + 1, (4, 4)) * torch.randint(2, (4, 4))
        scores = []
        for i in range(4):
            hits, true, predicted = (int(count) for count in (cm[i, i], cm[i].sum(), cm[:, i].sum()))
            both = (Fraction(hits, predicted), Fraction(hits, true)) if hits else (Fraction(1), Fraction(0))
            scores.append(2 * both[0] * both[1] / sum(both))
        assert reference.macro_f1(cm) == pytest.approx(float(sum(scores) / 4), rel=1e-14)


def test_write_submission(reference, tmp_path):
    """csv.reader reads back all fields, with any characters."""
    fields = ["plain", "a,b", 'say "hi"', '"', "two\nlines", "\r\n", "", "  blanks ", "猫", "'", "\\", "007", ";\t"]
    ids, labels = [f"{i}{field}" for i, field in enumerate(fields)], fields[::-1]
    path = tmp_path / "submission.csv"
    path.write_text("old\n" * 1000)
    reference.write_submission(ids, labels, str(path))
    text = path.read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows == [["image", "label"], *map(list, zip(ids, labels, strict=True))]


def test_write_submission_errors(reference, tmp_path):
    """Different lengths are refused before the file is touched."""
    path = tmp_path / "submission.csv"
    for before in (None, "old"):
        if before:
            path.write_text(before)
        with pytest.raises(ValueError, match="labels"):
            reference.write_submission(["a", "b"], ["cat"], str(path))
        assert (path.read_text() if path.exists() else None) == before
