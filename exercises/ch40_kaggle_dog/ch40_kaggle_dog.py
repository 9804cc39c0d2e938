"""ch40 Kaggle: dog breed identification. Folders of images, a frozen feature extractor, and a file of probabilities.

D2L section 13.14 (chapter_computer-vision/kaggle-dog).
"""

import math
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

# Given, not an exercise: the loss of the book's notebook, a number for each example.
loss = nn.CrossEntropyLoss(reduction="none")


# Given, not an exercise.
def read_csv_labels(fname: str) -> dict[str, str]:
    """Return the label of each image from a CSV file with two columns (D2L 13.13.1)."""
    lines = Path(fname).read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    return {row[0]: row[1] for row in rows}


def copyfile(filename: str, target_dir: str) -> None:
    """Copy a file into a folder, under the same name and with the same bytes (D2L 13.13.1)."""
    Path(target_dir).mkdir(parents=True, exist_ok=True)
    shutil.copy(filename, target_dir)


def reorg_train_valid(data_dir: str, labels: dict[str, str], valid_ratio: float) -> int:
    """Copy the training images into a folder for each label, and take a part of them for validation (D2L 13.13.1)."""
    rarest = min(Counter(labels.values()).values())
    n_valid = max(1, math.floor(rarest * valid_ratio))
    target = Path(data_dir, "train_valid_test")
    taken: Counter[str] = Counter()
    for image in sorted(Path(data_dir, "train").iterdir()):
        label = labels[image.name.split(".")[0]]
        copyfile(str(image), str(target / "train_valid" / label))
        if taken[label] < n_valid:
            copyfile(str(image), str(target / "valid" / label))
            taken[label] += 1
        else:
            copyfile(str(image), str(target / "train" / label))
    return n_valid


def reorg_test(data_dir: str) -> None:
    """Copy the test images to data_dir/train_valid_test/test/unknown, under their own names (D2L 13.13.1)."""
    for image in sorted(Path(data_dir, "test").iterdir()):
        copyfile(str(image), str(Path(data_dir, "train_valid_test", "test", "unknown")))


def reorg_dog_data(data_dir: str, valid_ratio: float) -> None:
    """Copy the images of the competition into folders by breed (D2L 13.14.1).

    data_dir holds labels.csv, and the folders train and test with the images ID.jpg. The first line of labels.csv is
    id,breed. Each further line has the ID of a training image, without .jpg, and its breed. Each training image has
    exactly one line. IDs have no dots. The folder data_dir/train_valid_test does not exist yet. The function creates
    these folders in it:

        train_valid/BREED  all training images of this breed
        valid/BREED        n of these images, for validation
        train/BREED        the rest of these images
        test/unknown       all test images

    The number n is the same for all breeds: max(1, floor(m * valid_ratio)), where the rarest breed has m training
    images. It does not matter which images of a breed are in valid. Copies keep the names of the images, and the
    originals stay where they are.

    Args:
        data_dir: the folder of the competition's data.
        valid_ratio: the share of the rarest breed that goes to valid, above 0 and below 1.

    Returns:
        Nothing.
    """
    raise NotImplementedError  # write your code here


def evaluate_loss(
    data_iter: Iterable[tuple[Tensor, Tensor]], net: nn.Module, devices: Sequence[torch.device]
) -> Tensor | float:
    """Return the mean loss of a net, over all examples of all minibatches (D2L 13.14.4).

    The loss of an example is the cross-entropy of its scores net(X), which are not probabilities yet, and its label.
    `loss` above computes it for each example of a minibatch. Minibatches may have different sizes, but each example
    has the same weight. Inputs and labels of each minibatch are moved to devices[0], where the net already is. Other
    devices are not used.

    The net has no dropout and no batch normalisation, so its mode has no effect. The function leaves net and data
    unchanged. (The function evaluate_loss of ch11 has other arguments, in another order.)

    Bonus (no points): no graph is recorded while the net computes, and autograd is enabled again afterwards.

    Args:
        data_iter: minibatches (X, y), at least one: inputs (n, ...), float32 or float64, and labels (n,), int64. It
            may be an iterator, which can be read only once.
        net: a module; returns scores (n, c).
        devices: devices; at least one.

    Returns:
        The mean loss, as a Python float or as a tensor without axes, on any device.
    """
    raise NotImplementedError  # write your code here


def multiclass_log_loss(probs: Tensor, y: Tensor, eps: float = 1e-15) -> float:
    """Return the score of the competition: the multi-class log loss of predicted probabilities.

    First each row is divided by its sum, so that it adds up to 1. Then each probability is clipped: numbers below eps
    become eps, and numbers above 1 - eps become 1 - eps. Rows are not divided again after clipping. The loss is the
    mean over all examples of -log of the probability of the true class:

        p[i, k] = min(max(probs[i, k] / sum_j probs[i, j], eps), 1 - eps)
        loss = -1/n * sum_i log(p[i, y[i]]), with the natural logarithm

    The function leaves its arguments unchanged. Float32 probabilities may be computed in float32.

    Args:
        probs: (n, c), float32 or float64, with any strides. No number is negative, and every row has a positive sum.
        y: the true classes, (n,), int64, from 0 to c - 1.
        eps: limit of the probabilities, above 0 and below 0.5.

    Returns:
        The loss, a Python float.

    >>> round(multiclass_log_loss(torch.tensor([[3.0, 1.0], [0.0, 2.0]]), torch.tensor([0, 1])), 4)
    0.1438
    """
    raise NotImplementedError  # write your code here


def two_stage_net(features: nn.Module, feature_dim: int, num_classes: int = 120) -> nn.Sequential:
    """Put a small trainable network behind a frozen feature extractor (D2L 13.14.3).

    The result is an nn.Sequential with two children. `features` is the module that is passed in, not a copy. All
    its parameters are frozen: they need no gradients any more. Otherwise it stays as it is: its parameters and buffers
    keep their values, and it stays in training mode or evaluation mode.

    `output_new` is a new nn.Sequential of three layers: nn.Linear(feature_dim, 256), nn.ReLU() and
    nn.Linear(256, num_classes). Its parameters are trainable. The net returns the scores of the last layer.

    Args:
        features: a module; maps a minibatch to features (n, feature_dim). It may have no parameters, and some of its
            parameters may be frozen already.
        feature_dim: the number of features.
        num_classes: the number of breeds.

    Returns:
        The net: net.features is features, and net.output_new is the new network.
    """
    raise NotImplementedError  # write your code here


def submission_rows(ids: Sequence[str], probs: Tensor, classes: Sequence[str]) -> list[list[str]]:
    """Return the rows of the competition's submission file: a header, then a row for each test image (D2L 13.14.6).

    The header is "id", followed by the classes. The row of an image is its id, followed by its probabilities as text.
    Images and classes keep the order in which they are given; nothing is sorted. Column k of probs belongs to
    classes[k]. Probabilities are written as they are: they are neither rescaled nor clipped.

    Every entry is a str. float(text) may differ from the probability by at most 1e-6, so the number of digits is free.
    The function leaves its arguments unchanged.

    Args:
        ids: the names of the n images, which may be any texts.
        probs: (n, c), float32 or float64, with any strides. Its requires_grad is False.
        classes: the names of the c classes, in the order of the columns.

    Returns:
        n + 1 lists, each of c + 1 texts.

    Raises:
        ValueError: there are not as many ids as rows of probs, or not as many classes as columns.

    >>> submission_rows(["dog7"], torch.tensor([[0.25, 0.75]]), ["pug", "boxer"])
    [['id', 'pug', 'boxer'], ['dog7', '0.25', '0.75']]
    """
    raise NotImplementedError  # write your code here
