"""Lines read one by one, bytes written by hand, whole folders copied, images drawn for validation."""

import random


def read_csv_labels(fname):
    labels = {}
    with Path(fname).open() as file:
        for number, line in enumerate(file):
            if number > 0:
                name, label = line.strip().split(",")
                labels[name] = label
    return labels


def copyfile(filename, target_dir):
    source, folder = Path(filename), Path(target_dir)
    for parent in [*reversed(folder.parents), folder]:
        if not parent.exists():
            parent.mkdir()
    (folder / source.name).write_bytes(source.read_bytes())


def reorg_train_valid(data_dir, labels, valid_ratio):
    root, images = Path(data_dir, "train_valid_test"), {}
    for file in Path(data_dir, "train").glob("*"):
        images[file.name] = labels[file.name[: (file.name + ".").index(".")]]
        copyfile(file, root / "train_valid" / images[file.name])
    kinds = list(images.values())
    n_valid = max(1, math.floor(min(kinds.count(kind) for kind in kinds) * valid_ratio))
    shutil.copytree(root / "train_valid", root / "train")
    for kind in set(kinds):
        for name in random.sample([name for name in images if images[name] == kind], n_valid):
            (root / "valid" / kind).mkdir(parents=True, exist_ok=True)
            shutil.move(root / "train" / kind / name, root / "valid" / kind / name)
    return n_valid


def reorg_test(data_dir):
    shutil.copytree(Path(data_dir, "test"), Path(data_dir, "train_valid_test", "test", "unknown"))


def reorg_cifar10_data(data_dir, valid_ratio):
    labels = {}
    for row in Path(data_dir, "trainLabels.csv").read_text().split()[1:]:
        labels |= [row.split(",")]
    reorg_train_valid(data_dir, labels, valid_ratio)
    reorg_test(data_dir)


def step_decay_lr(lr, lr_period, lr_decay, epoch):
    return lr * math.exp(math.log(lr_decay) * math.floor(epoch / lr_period))
