"""Folders from the standard library, losses from loops over examples, and texts of fixed length."""

import csv
import math
import shutil
from collections import OrderedDict, defaultdict
from pathlib import Path

from torch import nn
from torch.nn import functional as F


def reorg_dog_data(data_dir, valid_ratio):
    source, target = Path(data_dir), Path(data_dir) / "train_valid_test"
    images = defaultdict(list)
    with (source / "labels.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            images[row["breed"]].append(f"{row['id']}.jpg")
    n = max(1, math.floor(min(map(len, images.values())) * valid_ratio))
    copies = [(source / "test" / path.name, target / "test" / "unknown") for path in (source / "test").iterdir()]
    for breed, names in images.items():
        for i, name in enumerate(names):
            part = "train" if i < len(names) - n else "valid"
            copies += [(source / "train" / name, target / folder / breed) for folder in ("train_valid", part)]
    for path, folder in copies:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)


def evaluate_loss(data_iter, net, devices):
    losses = []
    for X, y in data_iter:
        scores = net(X.to(devices[0])).detach()
        losses += F.cross_entropy(scores, y.to(devices[0]), reduction="none").cpu().tolist()
    return math.fsum(losses) / len(losses)


def multiclass_log_loss(probs, y, eps=1e-15):
    total = 0.0
    for row, label in zip(probs.tolist(), y.tolist(), strict=True):
        total -= math.log(min(max(row[label] / math.fsum(row), eps), 1 - eps))
    return total / len(probs)


def two_stage_net(features, feature_dim, num_classes=120):
    head = nn.Sequential(nn.Linear(feature_dim, 256), nn.ReLU(), nn.Linear(256, num_classes))
    return nn.Sequential(OrderedDict(features=features.requires_grad_(False), output_new=head))


def submission_rows(ids, probs, classes):
    if len(ids) != len(probs) or len(classes) != probs.shape[1]:
        raise ValueError("sizes differ")
    return [["id", *classes], *([name, *(f"{p:.8f}" for p in row)] for name, row in zip(ids, probs, strict=True))]
