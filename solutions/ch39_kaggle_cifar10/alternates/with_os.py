"""The csv module, os.path, sorted groups instead of counters, a loop over periods."""
# The book and most students use os.path.
# ruff: noqa: PTH103, PTH118, PTH119, PTH123, PTH208

import csv
import os


def read_csv_labels(fname):
    with open(fname, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return dict(rows)


def copyfile(filename, target_dir):
    os.makedirs(target_dir, exist_ok=True)
    shutil.copyfile(filename, os.path.join(target_dir, os.path.basename(filename)))


def reorg_train_valid(data_dir, labels, valid_ratio):
    root = os.path.join(data_dir, "train_valid_test")
    groups = {}
    for file in os.listdir(os.path.join(data_dir, "train")):
        groups.setdefault(labels[file.partition(".")[0]], []).append(os.path.join(data_dir, "train", file))
    n_valid = int(min(map(len, groups.values())) * valid_ratio) or 1
    for label, files in groups.items():
        for place, file in enumerate(reversed(files)):
            copyfile(file, os.path.join(root, "train_valid", label))
            copyfile(file, os.path.join(root, "valid" if place < n_valid else "train", label))
    return n_valid


def reorg_test(data_dir):
    source = os.path.join(data_dir, "test")
    for file in os.listdir(source):
        copyfile(os.path.join(source, file), os.path.join(data_dir, "train_valid_test", "test", "unknown"))


def reorg_cifar10_data(data_dir, valid_ratio):
    reorg_test(data_dir)
    reorg_train_valid(data_dir, read_csv_labels(os.path.join(data_dir, "trainLabels.csv")), valid_ratio)


def step_decay_lr(lr, lr_period, lr_decay, epoch):
    for passed in range(1, epoch + 1):
        if passed % lr_period == 0:
            lr *= lr_decay
    return lr
