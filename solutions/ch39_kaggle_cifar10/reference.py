"""ch39 The CIFAR-10 contest on Kaggle: folders of images for training, validation and testing.

See D2L 13.13 (chapter_computer-vision/kaggle-cifar10.md). The contest gives its data as a folder, here data_dir:

    trainLabels.csv     the label of each training image
    train/1.png         the training images
    test/1.png          the test images

torchvision.datasets.ImageFolder reads a folder in another form: it takes the name of the subfolder of an image as the
label. The functions of this chapter copy the images into such folders, below data_dir/train_valid_test:

    train_valid/frog/1.png    all training images
    train/frog/1.png          the training images without those for validation
    valid/frog/7.png          the images for validation
    test/unknown/1.png        the test images

The suite uses small files with any bytes in place of images. All names of files and labels are ASCII.
"""

import math
import shutil
from collections import Counter
from pathlib import Path


def read_csv_labels(fname: str) -> dict[str, str]:
    """Return the label of each image from a CSV file with two columns (D2L 13.13.1).

    The first line is a header, whatever it says. Each other line has the name of an image, a comma and its label.
    Lines end in "\\n" or "\\r\\n"; after the last line the end may be missing. There are no empty lines, no quotes, no
    spaces, and no further commas. No name occurs twice.

    Args:
        fname: the path of the file.

    Returns:
        A dict from names to labels, both str as in the file, also if they look like numbers ("007"). Without images
        it is empty.
    """
    # BEGIN SOLUTION
    lines = Path(fname).read_text().splitlines()
    # WRONG only-newlines-removed: lines = Path(fname).read_bytes().decode().split("\n")
    # WRONG carriage-returns-kept: lines = Path(fname).read_bytes().decode().rstrip("\n").split("\n")
    # WRONG line-ends-kept: lines = Path(fname).read_text().splitlines(keepends=True)
    # WRONG last-line-without-end-lost: lines = Path(fname).read_text().split("\n")[:-1]
    # WRONG last-character-cut-off: lines = [line[:-1] for line in Path(fname).read_text().splitlines(keepends=True)]
    rows = [line.split(",") for line in lines[1:]]
    # WRONG header-as-an-image: rows = [line.split(",") for line in lines]
    # WRONG first-image-skipped: rows = [line.split(",") for line in lines[2:]]
    # WRONG last-image-skipped: rows = [line.split(",") for line in lines[1:-1]]
    # WRONG first-image-alone: rows = [line.split(",") for line in lines[1:2]]
    return {row[0]: row[1] for row in rows}
    # WRONG columns-swapped: return {label: name for name, label in rows}
    # WRONG names-as-numbers: return {int(name) if name.isdigit() else name: label for name, label in rows}
    # WRONG labels-as-numbers: return {name: int(label) if label.isdigit() else label for name, label in rows}
    # WRONG names-with-extension: return {f"{name}.png": label for name, label in rows}
    # WRONG extension-cut-off: return {name.split(".")[0]: label for name, label in rows}
    # WRONG labels-in-small-letters: return {name: label.lower() for name, label in rows}
    # WRONG labels-in-lists: return {name: [label] for name, label in rows}
    # WRONG list-of-pairs: return [(name, label) for name, label in rows]
    # WRONG labels-alone: return [label for name, label in rows]
    # WRONG codes-for-labels:
    #     kinds = sorted({label for name, label in rows})
    #     return {name: kinds.index(label) for name, label in rows}
    # WRONG names-by-label:
    #     images = {}
    #     for name, label in rows:
    #         images.setdefault(label, []).append(name)
    #     return images
    # WRONG lines-numbered: return {str(i): label for i, (name, label) in enumerate(rows, start=1)}
    # END SOLUTION


def copyfile(filename: str, target_dir: str) -> None:
    """Copy a file into a folder, under the same name and with the same bytes (D2L 13.13.1).

    The function creates the folder and its parents if they do not exist. A file of the same name in the folder is
    replaced, and all other files stay. The source stays as it is.

    Args:
        filename: the path of the file, which may be in any folder. It may hold any bytes, or none.
        target_dir: the path of the folder. It is not the folder of the source.
    """
    # BEGIN SOLUTION
    Path(target_dir).mkdir(parents=True, exist_ok=True)
    # WRONG existing-folder-refused: Path(target_dir).mkdir(parents=True)
    # WRONG parents-not-created: Path(target_dir).mkdir(exist_ok=True)
    # WRONG folder-not-created:
    # WRONG folder-emptied-before:
    #     shutil.rmtree(target_dir, ignore_errors=True)
    #     Path(target_dir).mkdir(parents=True, exist_ok=True)
    shutil.copy(filename, target_dir)
    # WRONG moved:
    #     shutil.copy(filename, target_dir)
    #     Path(filename).unlink()
    # WRONG existing-file-kept:
    #     if not Path(target_dir, Path(filename).name).exists():
    #         shutil.copy(filename, target_dir)
    # WRONG extension-lost: shutil.copy(filename, Path(target_dir, Path(filename).stem))
    # WRONG copied-as-text: Path(target_dir, Path(filename).name).write_text(Path(filename).read_text(errors="ignore"))
    # WRONG line-ends-translated:
    #     text = Path(filename).read_bytes().replace(b"\r\n", b"\n")
    #     Path(target_dir, Path(filename).name).write_bytes(text)
    # WRONG empty-copy: Path(target_dir, Path(filename).name).touch()
    # WRONG appended:
    #     with Path(target_dir, Path(filename).name).open("ab") as file:
    #         file.write(Path(filename).read_bytes())
    # WRONG without-the-last-byte: Path(target_dir, Path(filename).name).write_bytes(Path(filename).read_bytes()[:-1])
    # WRONG named-copy: shutil.copy(filename, Path(target_dir, f"copy_of_{Path(filename).name}"))
    # WRONG one-level-too-high: shutil.copy(filename, Path(target_dir).parent)
    # WRONG nothing-copied: pass
    # END SOLUTION


def reorg_train_valid(data_dir: str, labels: dict[str, str], valid_ratio: float) -> int:
    """Copy the training images into a folder for each label, and take a part of them for validation (D2L 13.13.1).

    Each image is copied twice, under its own name, below data_dir/train_valid_test:

    - to train_valid/<label>;
    - to valid/<label> if it is for validation, and to train/<label> otherwise.

    Of each label, exactly n_valid images are for validation. You choose which:

        n_valid = max(1, floor(n * valid_ratio)), where n is the number of images of the rarest label

    The product is computed with Python floats: floor(100 * 0.29) is 28. So the validation set has the same number of
    images of each label. The images in data_dir/train stay as they are, and so does labels.

    Args:
        data_dir: the folder of the contest. Its subfolder train has only the images, and train_valid_test does not
            exist yet.
        labels: from the name of each image to its label. The name of an image is its file name up to the first dot:
            "7" for 7.png, and also for 7.v2.png. No two images have the same name. Every image in train has an entry
            in labels, and every entry has its image.
        valid_ratio: the share of the rarest label for validation, from 0 to 1; both ends are allowed. If it is 1, no
            image of the rarest label remains for train. An empty folder for this label is up to you.

    Returns:
        n_valid, the number of images of each label for validation.
    """
    # BEGIN SOLUTION
    rarest = min(Counter(labels.values()).values())
    # WRONG most-frequent-label: rarest = max(Counter(labels.values()).values())
    # WRONG all-images: rarest = len(labels)
    # WRONG mean-of-the-labels: rarest = len(labels) / len(set(labels.values()))
    # WRONG number-of-labels: rarest = len(set(labels.values()))
    # WRONG first-label-counted: rarest = list(labels.values()).count(next(iter(labels.values())))
    n_valid = max(1, math.floor(rarest * valid_ratio))
    # WRONG none-for-validation: n_valid = math.floor(rarest * valid_ratio)
    # WRONG rounded-up: n_valid = max(1, math.ceil(rarest * valid_ratio))
    # WRONG rounded: n_valid = max(1, round(rarest * valid_ratio))
    # WRONG ratio-for-training: n_valid = max(1, math.floor(rarest * (1 - valid_ratio)))
    # WRONG at-least-two: n_valid = max(2, math.floor(rarest * valid_ratio))
    # WRONG one-always: n_valid = 1
    # WRONG one-stays-for-training: n_valid = max(1, min(rarest - 1, math.floor(rarest * valid_ratio)))
    target = Path(data_dir, "train_valid_test")
    # WRONG not-in-the-subfolder: target = Path(data_dir)
    taken: Counter[str] = Counter()
    for image in sorted(Path(data_dir, "train").iterdir()):
        # WRONG png-alone: for image in sorted(Path(data_dir, "train").glob("*.png")):
        # WRONG test-images-for-training: for image in sorted(Path(data_dir, "test").iterdir()):
        label = labels[image.name.split(".")[0]]
        # WRONG name-up-to-the-last-dot: label = labels[image.stem]
        # WRONG name-with-extension: label = labels[image.name]
        # WRONG names-as-ints: label = labels[int(image.name.split(".")[0])]
        copyfile(str(image), str(target / "train_valid" / label))
        # WRONG no-folder-of-all:
        # WRONG folder-without-labels: copyfile(str(image), str(target / "train_valid"))
        if taken[label] < n_valid:
            # WRONG one-image-more: if taken[label] <= n_valid:
            # WRONG counted-over-all-labels: if taken.total() < n_valid:
            # WRONG share-of-each-label:
            #     own = list(labels.values()).count(label)
            #     if taken[label] < max(1, math.floor(own * valid_ratio)):
            copyfile(str(image), str(target / "valid" / label))
            # WRONG valid-without-labels: copyfile(str(image), str(target / "valid"))
            # WRONG validation-images-in-train-too:
            #     copyfile(str(image), str(target / "valid" / label))
            #     copyfile(str(image), str(target / "train" / label))
            # WRONG parts-swapped: copyfile(str(image), str(target / "train" / label))
            # WRONG folder-called-val: copyfile(str(image), str(target / "val" / label))
            # WRONG images-moved:
            #     copyfile(str(image), str(target / "valid" / label))
            #     image.unlink()
            taken[label] += 1
            # WRONG never-counted:
        else:
            copyfile(str(image), str(target / "train" / label))
            # WRONG parts-swapped: copyfile(str(image), str(target / "valid" / label))
            # WRONG rest-not-copied: pass
            # WRONG images-moved:
            #     copyfile(str(image), str(target / "train" / label))
            #     image.unlink()
    return n_valid
    # WRONG labels-emptied:
    #     labels.clear()
    #     return n_valid
    # WRONG number-for-all-labels: return n_valid * len(taken)
    # WRONG counts-of-the-labels: return dict(taken)
    # WRONG number-for-training: return len(labels) - n_valid * len(taken)
    # WRONG nothing-returned: return None
    # WRONG size-of-the-rarest-label: return rarest
    # END SOLUTION


def reorg_test(data_dir: str) -> None:
    """Copy the test images to data_dir/train_valid_test/test/unknown, under their own names (D2L 13.13.1).

    The labels of the test images are not known, but ImageFolder needs one subfolder for a label. The images in
    data_dir/test stay as they are. train_valid_test may exist already, but without test. Its other files stay.

    Args:
        data_dir: the folder of the contest. Its subfolder test has only the images, at least one.
    """
    # BEGIN SOLUTION
    for image in sorted(Path(data_dir, "test").iterdir()):
        # WRONG training-images: for image in sorted(Path(data_dir, "train").iterdir()):
        # WRONG png-images-alone: for image in sorted(Path(data_dir, "test").glob("*.png")):
        # WRONG first-test-image-alone: for image in sorted(Path(data_dir, "test").iterdir())[:1]:
        # WRONG last-test-image-missing: for image in sorted(Path(data_dir, "test").iterdir())[:-1]:
        copyfile(str(image), str(Path(data_dir, "train_valid_test", "test", "unknown")))
        # WRONG no-label-folder: copyfile(str(image), str(Path(data_dir, "train_valid_test", "test")))
        # WRONG beside-the-others: copyfile(str(image), str(Path(data_dir, "test", "unknown")))
        # WRONG label-folder-called-test: copyfile(str(image), str(Path(data_dir, "train_valid_test", "unknown")))
        # WRONG another-label: copyfile(str(image), str(Path(data_dir, "train_valid_test", "test", "test")))
        # WRONG each-in-its-own-folder: copyfile(str(image), str(Path(data_dir, "train_valid_test", "test", image.stem)))
        # WRONG test-images-moved:
        #     copyfile(str(image), str(Path(data_dir, "train_valid_test", "test", "unknown")))
        #     image.unlink()
        # WRONG test-images-numbered:
        #     folder = Path(data_dir, "train_valid_test", "test", "unknown")
        #     folder.mkdir(parents=True, exist_ok=True)
        #     shutil.copy(image, folder / f"{len(list(folder.iterdir())) + 1}{image.suffix}")
        # WRONG folder-of-the-first-level: copyfile(str(image), str(Path(data_dir, "train_valid_test")))
    # END SOLUTION


def reorg_cifar10_data(data_dir: str, valid_ratio: float) -> None:
    """Prepare the folder of a contest with the functions above (D2L 13.13.1).

    Read data_dir/trainLabels.csv with your `read_csv_labels`. Then copy the training images with your
    `reorg_train_valid`, and the test images with your `reorg_test`. All files of the contest stay as they are.

    Args:
        data_dir: the folder of a contest, as at the top of this file. train_valid_test does not exist yet.
        valid_ratio: the share of the rarest label for validation, from 0 to 1.
    """
    # BEGIN SOLUTION
    labels = read_csv_labels(str(Path(data_dir, "trainLabels.csv")))
    # WRONG labels-in-the-current-folder: labels = read_csv_labels("trainLabels.csv")
    reorg_train_valid(data_dir, labels, valid_ratio)
    # WRONG ratio-of-a-tenth: reorg_train_valid(data_dir, labels, 0.1)
    # WRONG ratio-reversed: reorg_train_valid(data_dir, labels, 1 - valid_ratio)
    # WRONG training-images-forgotten:
    # WRONG ratio-and-labels-swapped: reorg_train_valid(data_dir, valid_ratio, labels)
    reorg_test(data_dir)
    # WRONG test-images-forgotten:
    # WRONG contest-files-removed:
    #     reorg_test(data_dir)
    #     shutil.rmtree(Path(data_dir, "train"))
    #     shutil.rmtree(Path(data_dir, "test"))
    # WRONG labels-file-removed:
    #     reorg_test(data_dir)
    #     Path(data_dir, "trainLabels.csv").unlink()
    # END SOLUTION


def step_decay_lr(lr: float, lr_period: int, lr_decay: float, epoch: int) -> float:
    """Return the learning rate of an epoch: it is multiplied by lr_decay after each lr_period epochs (D2L 13.13.5).

        lr * lr_decay^floor(epoch / lr_period)

    This is the rate that torch.optim.lr_scheduler.StepLR(optimizer, lr_period, lr_decay) gives, if its step() is
    called after each epoch. The result depends on the arguments alone, so that epochs may be asked for in any order.

    Args:
        lr: the learning rate of the first epoch, positive.
        lr_period: the number of epochs with the same rate, at least 1.
        lr_decay: the factor, positive. It may be 1, or more than 1.
        epoch: the number of the epoch, from 0 on.

    Returns:
        The learning rate, a Python float.

    >>> [step_decay_lr(0.5, 2, 0.5, epoch) for epoch in range(5)]
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """
    # BEGIN SOLUTION
    return lr * lr_decay ** (epoch // lr_period)
    # WRONG decay-in-each-epoch: return lr * lr_decay**epoch
    # WRONG decay-continuous: return lr * lr_decay ** (epoch / lr_period)
    # WRONG decay-one-epoch-early: return lr * lr_decay ** ((epoch + 1) // lr_period)
    # WRONG decay-one-epoch-late: return lr * lr_decay ** (max(epoch - 1, 0) // lr_period)
    # WRONG decay-from-the-start: return lr * lr_decay ** (epoch // lr_period + 1)
    # WRONG decay-once: return lr * lr_decay if epoch >= lr_period else lr
    # WRONG decay-only-at-the-period: return lr * lr_decay if epoch and epoch % lr_period == 0 else lr
    # WRONG decay-linear: return lr * lr_decay * (epoch // lr_period) if epoch >= lr_period else lr
    # WRONG decay-without-the-rate: return lr_decay ** (epoch // lr_period)
    # WRONG decay-subtracted: return lr * (1 - lr_decay) ** (epoch // lr_period)
    # WRONG decay-of-the-remainder: return lr * lr_decay ** (epoch % lr_period)
    # WRONG rate-divided: return lr / lr_decay ** (epoch // lr_period)
    # WRONG decay-of-a-tenth: return lr * 0.1 ** (epoch // lr_period)
    # WRONG rate-to-the-power: return (lr * lr_decay) ** (epoch // lr_period)
    # WRONG period-and-epoch-swapped: return lr * lr_decay ** (lr_period // max(epoch, 1))
    # WRONG period-rounded: return lr * lr_decay ** round(epoch / lr_period)
    # WRONG period-rounded-up: return lr * lr_decay ** -(-epoch // lr_period)
    # WRONG rate-never-larger: return lr * min(lr_decay, 1.0) ** (epoch // lr_period)
    # WRONG exponential-decay: return lr * math.exp(-lr_decay * (epoch // lr_period))
    # WRONG rate-unchanged: return lr
    # WRONG four-digits-of-the-rate: return round(lr * lr_decay ** (epoch // lr_period), 4)
    # END SOLUTION
