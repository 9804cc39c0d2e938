"""ch39's reference against csv.DictReader, filecmp, a census of the folders, and torch's StepLR."""

import csv
import filecmp
import math
import random
from collections import Counter
from pathlib import Path

import pytest
import torch


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("rows", [0, 1, 40])
@pytest.mark.parametrize("last", [True, False])
def test_read_csv_labels(reference, tmp_path, end, rows, last):
    """csv.DictReader reads the same labels."""
    path = tmp_path / "labels.csv"
    lines = ["id,label", *(f"{name},{random.choice(['frog', 'cat', '7'])}" for name in range(rows))]
    path.write_bytes((end.join(lines) + (end if last else "")).encode())
    with path.open(newline="") as file:
        expected = {row["id"]: row["label"] for row in csv.DictReader(file)}
    assert reference.read_csv_labels(str(path)) == expected


def test_copyfile(reference, tmp_path):
    """filecmp finds no difference; folders are created; other files stay."""
    source = tmp_path / "a" / "image.png"
    source.parent.mkdir()
    source.write_bytes(random.randbytes(1000))
    for folder in (tmp_path / "b", tmp_path / "b" / "c" / "d", tmp_path / "b"):
        reference.copyfile(str(source), str(folder))
        assert filecmp.cmp(source, folder / "image.png", shallow=False)
        (folder / "image.png").write_bytes(b"another image")
        (folder / "other.png").touch()
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == ["c", "image.png", "other.png"]


@pytest.fixture
def contest(tmp_path):
    """contest({"frog": 4}): a folder with so many training images of each label, and 5 test images."""

    def make(counts):
        labels = [label for label, count in counts.items() for _ in range(count)]
        random.shuffle(labels)
        for part, count in (("train", len(labels)), ("test", 5)):
            (tmp_path / part).mkdir()
            for i in range(count):
                (tmp_path / part / f"{i}.png").write_bytes(random.randbytes(20))
        rows = [f"{i},{label}\n" for i, label in enumerate(labels)]
        (tmp_path / "trainLabels.csv").write_text("id,label\n" + "".join(rows))
        return tmp_path

    return make


def census(folder):
    """The images of each label in a folder."""
    return {path.name: {image.name for image in path.iterdir()} for path in Path(folder).iterdir()}


@pytest.mark.parametrize("counts", [{"frog": 4, "cat": 9}, {"cat": 1, "frog": 3, "dog": 2}, {"ship": 7}])
@pytest.mark.parametrize("ratio", [0.0, 0.1, 0.5, 1.0])
def test_whole_contest(reference, contest, counts, ratio):
    """Each image is in train_valid and in one of the parts; the parts have the right numbers; all bytes are equal."""
    folder = contest(counts)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    reference.reorg_cifar10_data(str(folder), ratio)
    assert {path: path.read_bytes() for path in before} == before
    new = folder / "train_valid_test"
    everything, train, valid = census(new / "train_valid"), {}, census(new / "valid")
    if (new / "train").exists():
        train = census(new / "train")
    n_valid = max(1, math.floor(min(counts.values()) * ratio))
    assert {label: len(images) for label, images in everything.items()} == counts
    for label in counts:
        assert len(valid[label]) == n_valid
        assert not valid[label] & train.get(label, set())
        assert valid[label] | train.get(label, set()) == everything[label]
    assert census(new / "test") == {"unknown": {f"{i}.png" for i in range(5)}}
    for path in new.rglob("*.png"):
        assert path.read_bytes() == before[folder / ("test" if "unknown" in path.parts else "train") / path.name]
    labels = reference.read_csv_labels(str(folder / "trainLabels.csv"))
    assert Counter(labels.values()) == counts
    assert all(f"{name}.png" in everything[label] for name, label in labels.items())


@pytest.mark.parametrize(("period", "decay"), [(1, 0.5), (2, 0.9), (5, 0.1), (3, 1.0), (4, 1.5)])
def test_step_decay_lr(reference, period, decay):
    """torch's StepLR has the same rates."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, period, decay)
    for epoch in range(20):
        assert reference.step_decay_lr(0.3, period, decay, epoch) == pytest.approx(
            scheduler.get_last_lr()[0], rel=1e-12
        )
        optimizer.step()
        scheduler.step()
