"""ch30 An image classification contest: its metrics and its submission file.

The contest follows D2L 13.13 (chapter_computer-vision/kaggle-cifar10.md). The exercises are the course's own.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor


def topk_accuracy(logits: Tensor, y: Tensor, k: int = 1) -> float:
    """Return the share of examples whose label is among the k classes with the largest logits.

    Classes with equal logits are ranked by their index, the lower index first. So exactly k classes of each example
    count. With k=1 this is the accuracy. The function leaves its arguments unchanged.

    Args:
        logits: (n, C), float32 or float64, with any strides. Entries may be inf or -inf, but not NaN.
        y: the labels, (n,), int64, each from 0 to C - 1.
        k: how many classes count, from 1 to C.

    Returns:
        A Python float from 0 to 1.

    Raises:
        ValueError: k is less than 1 or more than C, or there are no examples.

    >>> topk_accuracy(torch.tensor([[1.0, 3, 2], [5, 4, 4]]), torch.tensor([2, 2]), k=2)
    0.5
    """
    raise NotImplementedError  # write your code here


def confusion_matrix(y_true: Tensor, y_pred: Tensor, num_classes: int) -> Tensor:
    """Return how often each class was predicted for each true class.

        cm[i, j] = the number of examples with y_true = i and y_pred = j

    The entries add up to n. Without examples all of them are 0. The function leaves its arguments unchanged.

    Args:
        y_true: the labels, (n,), int64, with any strides. n may be 0.
        y_pred: the predicted classes, (n,), int64, with any strides.
        num_classes: the number of classes C, also if some classes never occur.

    Returns:
        (C, C), int64. Rows are true classes, columns are predicted classes.

    Raises:
        ValueError: an entry of y_true or y_pred is negative or at least num_classes, or their lengths differ.

    >>> confusion_matrix(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), num_classes=2)
    tensor([[1, 1],
            [0, 1]])
    """
    raise NotImplementedError  # write your code here


def macro_f1(cm: Tensor) -> float:
    """Return the unweighted mean of the F1 scores of all classes, from a confusion matrix.

        precision_i = TP_i / (TP_i + FP_i)
        recall_i = TP_i / (TP_i + FN_i)
        F1_i = 2 * precision_i * recall_i / (precision_i + recall_i) = 2 * TP_i / (2 * TP_i + FP_i + FN_i)
        macro F1 = the mean of F1_i over all C classes

    TP_i are examples of class i that were predicted as i. FP_i are predictions of i for another class. FN_i are
    examples of class i with another prediction. F1_i is 0 if TP_i is 0, also for a class that neither occurs nor is
    predicted. Such a class counts in the mean. The function leaves cm unchanged.

    Args:
        cm: (C, C), int64, as `confusion_matrix` returns it, with any strides: rows are true classes, columns are
            predicted classes. C is at least 1. Counts may be as large as 10**12.

    Returns:
        A Python float from 0 to 1, with the precision of float64.
    """
    raise NotImplementedError  # write your code here


def write_submission(ids: Sequence[str], labels: Sequence[str], path: str) -> None:
    """Write a submission to a contest: a CSV file with a predicted label for each image.

    The first line is the header `image,label`. Then comes a row for each image, in the order of ids: its id and its
    label. A field with a comma, a quote (") or a line break ("\\n") is quoted as usual in CSV files (RFC 4180): the
    field is enclosed in quotes, and a quote within it is doubled. Other fields may be quoted, too. A reader of the file
    gets each field back unchanged, also with blanks or line breaks at its ends. The file is encoded in UTF-8, without a
    byte order mark. Lines end in "\\n" or "\\r\\n". If the file exists, its old content is replaced. Without images the
    file has the header alone.

    Args:
        ids: the ids of the images, a list or tuple of n strings.
        labels: their labels, a list or tuple of n strings.
        path: where to write the file; its folder exists.

    Raises:
        ValueError: there are more or fewer labels than ids. Then no file is written, and an existing file stays as it
            was.
    """
    raise NotImplementedError  # write your code here
