"""ch40's reference against a census of folders, torch's losses and a round trip through csv."""

import csv
import io
import math
from itertools import product
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F


def kennel(folder, sizes):
    """Write the files of a competition; return the images by breed."""
    breeds = {f"breed{k}": [f"{k}{i}.jpg" for i in range(size)] for k, size in enumerate(sizes)}
    for part in ("train", "test"):
        Path(folder, part).mkdir()
    lines = [f"{name.removesuffix('.jpg')},{breed}\n" for breed, names in breeds.items() for name in names]
    Path(folder, "labels.csv").write_text("".join(["id,breed\n", *sorted(lines)]))
    for name in (name for names in breeds.values() for name in names):
        Path(folder, "train", name).write_text(name)
    for name in ("a.jpg", "b.jpg"):
        Path(folder, "test", name).write_text(name)
    return breeds


@pytest.mark.parametrize(("sizes", "ratio"), list(product([(4, 6), (1, 3), (5,), (10, 11, 12)], [0.05, 0.25, 0.6])))
def test_reorg_dog_data(reference, tmp_path, sizes, ratio):
    """Every training image is in train_valid, and either in train or in valid, whose folders have equal sizes."""
    breeds = kennel(tmp_path, sizes)
    reference.reorg_dog_data(str(tmp_path), ratio)
    out = tmp_path / "train_valid_test"
    assert sorted(path.name for path in (out / "test" / "unknown").iterdir()) == ["a.jpg", "b.jpg"]
    for breed, names in breeds.items():
        found = {part: {path.name for path in (out / part).glob(f"{breed}/*")} for part in ("train", "valid")}
        assert {path.name for path in (out / "train_valid" / breed).iterdir()} == {*names}
        assert found["train"] | found["valid"] == {*names}
        assert not found["train"] & found["valid"]
        assert len(found["valid"]) == max(1, math.floor(min(sizes) * ratio))
    assert all(path.read_text() == path.name for path in tmp_path.rglob("*.jpg"))
    assert len(list((tmp_path / "train").iterdir())) == sum(sizes)


def test_evaluate_loss(reference):
    """The mean over minibatches is torch's mean over the concatenated data."""
    net, X, y = nn.Linear(4, 3), torch.randn(10, 4), torch.randint(3, (10,))
    data = zip(X.split([4, 5, 1]), y.split([4, 5, 1]), strict=True)
    result = reference.evaluate_loss(data, net, [torch.device("cpu")])
    assert result == pytest.approx(F.cross_entropy(net(X), y).item(), rel=1e-5)


def test_multiclass_log_loss(reference):
    """The loss is the negative log-likelihood of rescaled rows; impossible classes have a finite loss."""
    probs, y = torch.rand(20, 5, dtype=torch.float64) + 0.01, torch.randint(5, (20,))
    expected = F.nll_loss((probs / probs.sum(1, keepdim=True)).log(), y).item()
    assert reference.multiclass_log_loss(probs, y) == pytest.approx(expected)
    wrong = torch.tensor([[0.0, 2.0]])
    assert reference.multiclass_log_loss(wrong, torch.tensor([0])) == pytest.approx(-math.log(1e-15))
    assert reference.multiclass_log_loss(wrong, torch.tensor([0]), 0.1) == pytest.approx(-math.log(0.1))
    assert reference.multiclass_log_loss(wrong, torch.tensor([1]), 0.1) == pytest.approx(-math.log(0.9))


def test_two_stage_net(reference):
    """An optimiser of all trainable parameters changes the output network alone."""
    features = nn.Sequential(nn.Linear(4, 6), nn.Sequential(nn.Tanh(), nn.Linear(6, 7)))
    net = reference.two_stage_net(features, 7, 5)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    X = torch.randn(3, 4)
    W1, b1, W2, b2 = net.output_new.parameters()
    torch.testing.assert_close(net(X), (features(X) @ W1.T + b1).clamp(min=0) @ W2.T + b2)
    net(X).square().sum().backward()
    torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=0.1).step()
    changed = {name for name, value in net.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"output_new.0.weight", "output_new.0.bias", "output_new.2.weight", "output_new.2.bias"}
    assert net.features is features
    assert reference.two_stage_net(features, 7).output_new[2].out_features == 120


def test_submission_rows(reference):
    """The rows survive a round trip through csv."""
    ids, probs, classes = ["b", "a"], torch.rand(2, 3), ["pug, small", "boxer", "akita"]
    file = io.StringIO()
    csv.writer(file).writerows(reference.submission_rows(ids, probs, classes))
    header, *rows = csv.reader(io.StringIO(file.getvalue()))
    assert header == ["id", *classes]
    assert [row[0] for row in rows] == ids
    torch.testing.assert_close(torch.tensor([[float(text) for text in row[1:]] for row in rows]), probs)
    for wrong in ((ids[:1], probs, classes), (ids, probs, classes[:2]), ([*ids, "c"], probs, classes)):
        with pytest.raises(ValueError, match="do not fit"):
            reference.submission_rows(*wrong)
