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
    raise NotImplementedError  # write your code here


def copyfile(filename: str, target_dir: str) -> None:
    """Copy a file into a folder, under the same name and with the same bytes (D2L 13.13.1).

    The function creates the folder and its parents if they do not exist. A file of the same name in the folder is
    replaced, and all other files stay. The source stays as it is.

    Args:
        filename: the path of the file, which may be in any folder. It may hold any bytes, or none.
        target_dir: the path of the folder. It is not the folder of the source.
    """
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


def reorg_test(data_dir: str) -> None:
    """Copy the test images to data_dir/train_valid_test/test/unknown, under their own names (D2L 13.13.1).

    The labels of the test images are not known, but ImageFolder needs one subfolder for a label. The images in
    data_dir/test stay as they are. train_valid_test may exist already, but without test. Its other files stay.

    Args:
        data_dir: the folder of the contest. Its subfolder test has only the images, at least one.
    """
    raise NotImplementedError  # write your code here


def reorg_cifar10_data(data_dir: str, valid_ratio: float) -> None:
    """Prepare the folder of a contest with the functions above (D2L 13.13.1).

    Read data_dir/trainLabels.csv with your `read_csv_labels`. Then copy the training images with your
    `reorg_train_valid`, and the test images with your `reorg_test`. All files of the contest stay as they are.

    Args:
        data_dir: the folder of a contest, as at the top of this file. train_valid_test does not exist yet.
        valid_ratio: the share of the rarest label for validation, from 0 to 1.
    """
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
