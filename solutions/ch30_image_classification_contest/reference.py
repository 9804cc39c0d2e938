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
    # BEGIN SOLUTION
    n, classes = logits.shape
    if n == 0 or not 1 <= k <= classes:
        # WRONG large-k-accepted: if n == 0 or k < 1:
        # WRONG k-of-0-accepted: if n == 0 or k > classes:
        # WRONG only-0-refused: if n == 0 or k == 0 or k > classes:
        # WRONG all-classes-refused: if n == 0 or not 1 <= k < classes:
        # WRONG one-class-too-many: if n == 0 or not 1 <= k <= classes + 1:
        # WRONG no-examples-accepted:
        #     n = max(n, 1)
        #     if not 1 <= k <= classes:
        # WRONG any-k-accepted: if n == 0:
        raise ValueError(f"{n} examples, k={k}, {classes} classes")
        # WRONG assertion-for-value-error: raise AssertionError(f"{n} examples, k={k}, {classes} classes")
    own = logits.gather(1, y[:, None])  # the logit of the label
    # WRONG logits-in-float32:
    #     logits = logits.float()
    #     own = logits.gather(1, y[:, None])
    lower = torch.arange(classes, device=y.device) < y[:, None]  # classes that win a tie against the label
    before = (logits > own) | ((logits == own) & lower)
    # WRONG ties-all-count: before = logits > own
    # WRONG ties-never-count: before = (logits >= own) & ~torch.eye(classes, dtype=torch.bool)[y]
    # WRONG higher-index-wins: before = (logits > own) | ((logits == own) & (torch.arange(classes) > y[:, None]))
    # WRONG smallest-logits: before = (logits < own) | ((logits == own) & lower)
    # WRONG by-magnitude: before = (logits.abs() > own.abs()) | ((logits.abs() == own.abs()) & lower)
    rank = before.sum(dim=1)
    hits = rank < k
    # WRONG k-ignored: hits = rank < 1
    # WRONG always-five: hits = rank < min(5, classes)
    # WRONG one-place-more: hits = rank <= k
    # WRONG one-place-fewer: hits = rank < k - 1
    # WRONG kth-place-alone: hits = rank == k - 1
    # WRONG winners-set-to-minus-inf:
    #     rest, hits = logits.clone(), torch.zeros(n, dtype=torch.bool)
    #     for _ in range(k):
    #         best = rest.argmax(dim=1)
    #         hits |= best == y
    #         rest[torch.arange(n), best] = -torch.inf
    # WRONG winners-set-to-minus-1e9:
    #     rest, hits = logits.clone(), torch.zeros(n, dtype=torch.bool)
    #     for _ in range(k):
    #         best = rest.argmax(dim=1)
    #         hits |= best == y
    #         rest[torch.arange(n), best] = -1e9
    # WRONG winners-set-to-0:
    #     rest, hits = logits.clone(), torch.zeros(n, dtype=torch.bool)
    #     for _ in range(k):
    #         best = rest.argmax(dim=1)
    #         hits |= best == y
    #         rest[torch.arange(n), best] = 0
    # WRONG misses-counted: hits = rank >= k
    return hits.sum().item() / n
    # WRONG number-of-hits: return float(hits.sum())
    # WRONG percent: return 100 * hits.sum().item() / n
    # WRONG divided-by-k: return hits.sum().item() / (n * k)
    # WRONG divided-by-the-classes: return hits.sum().item() / classes
    # WRONG tensor-for-float: return hits.double().mean()
    # WRONG rounded: return round(hits.sum().item() / n, 2)
    # WRONG ranked-over-the-batch:
    #     top = torch.argsort(logits, dim=0, descending=True, stable=True)[: min(k, n)]
    #     return (top[:, y] == torch.arange(n)).any(dim=0).double().mean().item()
    # WRONG classes-averaged:
    #     return sum(hits[y == c].double().mean().item() for c in set(y.tolist())) / len(set(y.tolist()))
    # WRONG last-example-left-out: return hits[:-1].sum().item() / n
    # END SOLUTION


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
    # BEGIN SOLUTION
    if len(y_true) != len(y_pred):
        # WRONG lengths-not-tested:
        #     y_true, y_pred = y_true[: len(y_pred)], y_pred[: len(y_true)]
        #     if False:
        # WRONG more-labels-alone-refused:
        #     y_pred = y_pred[: len(y_true)]
        #     if len(y_true) > len(y_pred):
        raise ValueError(f"{len(y_true)} labels, but {len(y_pred)} predictions")
    for classes in (y_true, y_pred):
        # WRONG labels-alone-tested:
        #     for classes in (y_true,):
        #         y_pred = y_pred.clamp(0, num_classes - 1)
        # WRONG predictions-alone-tested:
        #     for classes in (y_pred,):
        #         y_true = y_true.clamp(0, num_classes - 1)
        if ((classes < 0) | (classes >= num_classes)).any():
            # WRONG negative-counts-from-the-end: if (classes >= num_classes).any():
            # WRONG too-large-accepted:
            #     y_true, y_pred = y_true.clamp(max=num_classes - 1), y_pred.clamp(max=num_classes - 1)
            #     if (classes < 0).any():
            # WRONG one-too-many:
            #     num_classes_allowed = num_classes + 1
            #     y_true, y_pred = y_true.clamp(max=num_classes - 1), y_pred.clamp(max=num_classes - 1)
            #     if ((classes < 0) | (classes >= num_classes_allowed)).any():
            # WRONG class-0-refused: if ((classes < 1) | (classes >= num_classes)).any():
            # WRONG others-left-out:
            #     known = ((0 <= y_true) & (y_true < num_classes)) & ((0 <= y_pred) & (y_pred < num_classes))
            #     y_true, y_pred = y_true[known], y_pred[known]
            #     if False:
            raise ValueError(f"a class is not in range({num_classes})")
            # WRONG index-error: raise IndexError(f"a class is not in range({num_classes})")
    cm = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    # WRONG float-counts: cm = torch.zeros(num_classes, num_classes)
    # WRONG int32-counts: cm = torch.zeros(num_classes, num_classes, dtype=torch.int32)
    # WRONG size-from-the-labels:
    #     num_classes = max([*y_true.tolist(), *y_pred.tolist()], default=-1) + 1
    #     cm = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    # WRONG counts-begin-at-1: cm = torch.ones(num_classes, num_classes, dtype=torch.int64)
    # WRONG examples-required:
    #     if len(y_true) == 0:
    #         raise ValueError("no examples")
    #     cm = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    for i, j in torch.stack([y_true, y_pred], dim=1).tolist():
        cm[i, j] += 1
        # WRONG rows-are-predictions: cm[j, i] += 1
        # WRONG counted-once: cm[i, j] = 1
        # WRONG both-ways:
        #     cm[i, j] += 1
        #     cm[j, i] += i != j
        # WRONG hits-alone: cm[i, j] += i == j
        # WRONG mistakes-alone: cm[i, j] += i != j
        # WRONG rows-from-the-end: cm[-1 - i, -1 - j] += 1
    return cm
    # WRONG share-of-each-row: return cm / cm.sum(dim=1, keepdim=True).clamp(min=1)
    # WRONG share-of-all: return cm / max(len(y_true), 1)
    # WRONG hits-and-misses: return torch.stack([cm.diagonal(), cm.sum(dim=1) - cm.diagonal()], dim=1)
    # WRONG list-of-lists: return cm.tolist()
    # END SOLUTION


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
    # BEGIN SOLUTION
    cm = cm.double()
    # WRONG in-float32: cm = cm.float()
    hits = cm.diagonal()
    true, predicted = cm.sum(dim=1), cm.sum(dim=0)  # TP + FN and TP + FP
    # WRONG precision-alone: true = predicted = cm.sum(dim=0)
    # WRONG recall-alone: true = predicted = cm.sum(dim=1)
    # WRONG hits-counted-twice: true, predicted = cm.sum(dim=1) + hits, cm.sum(dim=0) + hits
    # WRONG mistakes-alone-below: true, predicted = cm.sum(dim=1) - hits, cm.sum(dim=0) - hits
    # WRONG micro-average: hits, true, predicted = hits.sum(), cm.sum(), cm.sum()
    # A class without any example or prediction has 0 / 0; a divisor of 1 makes it 0.
    f1 = 2 * hits / (true + predicted).clamp(min=1)
    # WRONG nan-for-absent: f1 = 2 * hits / (true + predicted)
    # WRONG absent-class-is-1: f1 = torch.where(true + predicted > 0, 2 * hits / (true + predicted), 1.0)
    # WRONG absent-class-left-out:
    #     f1 = (2 * hits / (true + predicted))[true + predicted > 0]
    #     f1 = f1 if len(f1) else torch.zeros(1, dtype=torch.float64)
    # WRONG classes-with-examples-alone:
    #     f1 = (2 * hits / (true + predicted))[true > 0]
    #     f1 = f1 if len(f1) else torch.zeros(1, dtype=torch.float64)
    # WRONG factor-2-missing: f1 = hits / (true + predicted).clamp(min=1)
    # WRONG jaccard: f1 = hits / (true + predicted - hits).clamp(min=1)
    # WRONG arithmetic-mean: f1 = (hits / predicted.clamp(min=1) + hits / true.clamp(min=1)) / 2
    # WRONG geometric-mean: f1 = hits / (true * predicted).sqrt().clamp(min=1)
    # WRONG product: f1 = hits / predicted.clamp(min=1) * hits / true.clamp(min=1)
    # WRONG f2-score: f1 = 5 * hits / (4 * true + predicted).clamp(min=1)
    # WRONG nan-for-no-hit:
    #     precision, recall = hits / predicted, hits / true
    #     f1 = 2 * precision * recall / (precision + recall)
    # WRONG one-added-below: f1 = 2 * hits / (true + predicted + 1)
    # WRONG share-of-all-examples: f1 = hits / cm.sum().clamp(min=1)
    return f1.mean().item()
    # WRONG sum-of-scores: return f1.sum().item()
    # WRONG weighted-by-examples: return ((f1 * true).sum() / cm.sum().clamp(min=1)).item()
    # WRONG best-class: return f1.max().item()
    # WRONG worst-class: return f1.min().item()
    # WRONG median-class: return f1.median().item()
    # WRONG first-class-left-out: return f1[1:].mean().item() if len(f1) > 1 else f1.mean().item()
    # WRONG positive-class-alone: return f1[-1].item()
    # WRONG mean-of-means:
    #     precision, recall = (hits / predicted.clamp(min=1)).mean(), (hits / true.clamp(min=1)).mean()
    #     return (2 * precision * recall / (precision + recall).clamp(min=1e-12)).item()
    # WRONG score-as-a-tensor: return f1.mean()
    # WRONG score-in-percent: return 100 * f1.mean().item()
    # WRONG divided-by-one-class-less: return f1.sum().item() / max(len(f1) - 1, 1)
    # WRONG harmonic-mean-of-classes: return (len(f1) / (1 / f1).sum()).item()
    # END SOLUTION


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
    # BEGIN SOLUTION
    if len(ids) != len(labels):  # before the file is opened, which would empty it
        # WRONG lengths-of-columns-ignored:
        #     ids, labels = ids[: len(labels)], labels[: len(ids)]
        #     if False:
        # WRONG fewer-labels-alone-refused:
        #     labels = labels[: len(ids)]
        #     if len(labels) < len(ids):
        # WRONG tested-while-writing: if False:
        raise ValueError(f"{len(ids)} ids, but {len(labels)} labels")
        # WRONG length-assertion: raise AssertionError(f"{len(ids)} ids, but {len(labels)} labels")
    # Without newline="", Python would translate line breaks, also those within a field.
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        # WRONG appended: with Path(path).open("a", newline="", encoding="utf-8") as file:
        # WRONG ascii-file: with Path(path).open("w", newline="", encoding="ascii") as file:
        # WRONG byte-order-mark: with Path(path).open("w", newline="", encoding="utf-8-sig") as file:
        # WRONG letters-dropped: with Path(path).open("w", newline="", encoding="ascii", errors="ignore") as file:
        # WRONG gbk-file: with Path(path).open("w", newline="", encoding="gbk") as file:
        # WRONG old-file-overlaid:
        #     with Path(path).open("r+" if Path(path).exists() else "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        # WRONG semicolons: writer = csv.writer(file, delimiter=";")
        # WRONG tabs: writer = csv.writer(file, delimiter="\t")
        # WRONG single-quotes: writer = csv.writer(file, quotechar="'")
        # WRONG backslashes-for-quotes: writer = csv.writer(file, doublequote=False, escapechar="\\")
        # WRONG never-quoted: writer = csv.writer(file, quoting=csv.QUOTE_NONE, escapechar="\\")
        # WRONG blank-after-comma:
        #     labels = [f" {label}" for label in labels]
        #     writer = csv.writer(file)
        writer.writerow(["image", "label"])
        # WRONG no-header:
        # WRONG kaggle-header: writer.writerow(["id", "label"])
        # WRONG header-with-index: writer.writerow(["", "image", "label"])
        # WRONG header-swapped: writer.writerow(["label", "image"])
        # WRONG header-as-one-field: writer.writerow(["image,label"])
        # WRONG header-in-capitals: writer.writerow(["Image", "Label"])
        writer.writerows(zip(ids, labels, strict=True))
        # WRONG sorted-by-id: writer.writerows(sorted(zip(ids, labels, strict=True)))
        # WRONG columns-swapped: writer.writerows(zip(labels, ids, strict=True))
        # WRONG header-with-index: writer.writerows((i, *row) for i, row in enumerate(zip(ids, labels, strict=True)))
        # WRONG strings-joined: file.writelines(f"{image},{label}\n" for image, label in zip(ids, labels, strict=True))
        # WRONG always-quoted-by-hand:
        #     file.writelines(f'"{image}","{label}"\n' for image, label in zip(ids, labels, strict=True))
        # WRONG line-breaks-not-quoted:
        #     for row in zip(ids, labels, strict=True):
        #         quoted = [f'"{f.replace(chr(34), chr(34) * 2)}"' if "," in f or '"' in f else f for f in row]
        #         file.write(",".join(quoted) + "\n")
        # WRONG commas-alone-quoted:
        #     for row in zip(ids, labels, strict=True):
        #         quoted = [f'"{f.replace(chr(34), chr(34) * 2)}"' if "," in f else f for f in row]
        #         file.write(",".join(quoted) + "\n")
        # WRONG labels-alone-quoted: file.writelines(f"{i},{l!r}\n" for i, l in zip(ids, labels, strict=True))
        # WRONG commas-removed:
        #     writer.writerows((i.replace(",", " "), l.replace(",", " ")) for i, l in zip(ids, labels, strict=True))
        # WRONG line-breaks-removed:
        #     writer.writerows((i, l.replace("\n", " ")) for i, l in zip(ids, labels, strict=True))
        # WRONG fields-stripped: writer.writerows((i.strip(), l.strip()) for i, l in zip(ids, labels, strict=True))
        # WRONG labels-stripped: writer.writerows((i, l.strip()) for i, l in zip(ids, labels, strict=True))
        # WRONG last-row-missing: writer.writerows(zip(ids[:-1], labels[:-1], strict=True))
        # WRONG ids-as-numbers:
        #     writer.writerows((int(i) if i.isdigit() else i, l) for i, l in zip(ids, labels, strict=True))
        # WRONG places-for-ids: writer.writerows(enumerate(labels))
        # WRONG names-without-folder: writer.writerows((Path(i).name, l) for i, l in zip(ids, labels, strict=True))
        # WRONG one-row-for-each-column: writer.writerows([ids, labels])
        # WRONG empty-lines:
        #     for row in zip(ids, labels, strict=True):
        #         writer.writerow(row)
        #         writer.writerow([])
        # WRONG lists-emptied:
        #     ids, labels = list(reversed(ids)), labels
        #     while ids:
        #         writer.writerow([ids.pop(), labels.pop(0)])
    # END SOLUTION
