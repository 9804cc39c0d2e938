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

# GIVEN ch39: read_csv_labels, reorg_train_valid, reorg_test


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
    # BEGIN SOLUTION
    labels = read_csv_labels(str(Path(data_dir, "labels.csv")))
    # WRONG labels-of-the-other-competition: labels = read_csv_labels(str(Path(data_dir, "trainLabels.csv")))
    # WRONG labels-not-read: labels = Path(data_dir, "labels.csv")
    # WRONG share-of-the-mean:
    #     labels = read_csv_labels(str(Path(data_dir, "labels.csv")))
    #     breeds = list(labels.values())
    #     valid_ratio *= len(breeds) / len(set(breeds)) / min(breeds.count(breed) for breed in breeds)
    # WRONG share-of-the-commonest-breed:
    #     labels = read_csv_labels(str(Path(data_dir, "labels.csv")))
    #     numbers = [list(labels.values()).count(breed) for breed in labels.values()]
    #     valid_ratio *= max(numbers) / min(numbers)
    reorg_train_valid(data_dir, labels, valid_ratio)
    # WRONG a-tenth-in-any-case: reorg_train_valid(data_dir, labels, 0.1)
    # WRONG share-for-training: reorg_train_valid(data_dir, labels, 1 - valid_ratio)
    # WRONG training-images-left-out:
    # WRONG rounded-up:
    #     breeds = list(labels.values())
    #     m = min(breeds.count(breed) for breed in breeds)
    #     reorg_train_valid(data_dir, labels, -(-m * valid_ratio // 1) / m)
    reorg_test(data_dir)
    # WRONG test-images-left-out:
    # WRONG test-without-unknown:
    #     reorg_test(data_dir)
    #     test = Path(data_dir, "train_valid_test", "test")
    #     for image in Path(test, "unknown").iterdir():
    #         image.rename(Path(test, image.name))
    # WRONG originals-removed:
    #     reorg_test(data_dir)
    #     for image in [*Path(data_dir, "train").iterdir(), *Path(data_dir, "test").iterdir()]:
    #         image.unlink()
    # WRONG validation-images-in-train:
    #     reorg_test(data_dir)
    #     for image in Path(data_dir, "train_valid_test", "valid").glob("*/*"):
    #         target = Path(data_dir, "train_valid_test", "train", image.parent.name)
    #         target.mkdir(parents=True, exist_ok=True)
    #         Path(target, image.name).write_bytes(image.read_bytes())
    # WRONG train-valid-without-validation:
    #     reorg_test(data_dir)
    #     for image in Path(data_dir, "train_valid_test", "valid").glob("*/*"):
    #         Path(data_dir, "train_valid_test", "train_valid", image.parent.name, image.name).unlink()
    # WRONG names-without-jpg:
    #     reorg_test(data_dir)
    #     for image in list(Path(data_dir, "train_valid_test").rglob("*.jpg")):
    #         image.rename(image.with_suffix(""))
    # WRONG result-beside-the-data:
    #     reorg_test(data_dir)
    #     for part in list(Path(data_dir, "train_valid_test").iterdir()):
    #         if part.name not in ("train", "test"):
    #             part.rename(Path(data_dir, part.name))
    # WRONG folders-without-breeds:
    #     reorg_test(data_dir)
    #     for part in ("train_valid", "train", "valid"):
    #         for image in list(Path(data_dir, "train_valid_test", part).glob("*/*")):
    #             image.rename(image.parent.parent / image.name)
    # WRONG empty-copies:
    #     reorg_test(data_dir)
    #     for image in Path(data_dir, "train_valid_test").rglob("*.jpg"):
    #         image.write_bytes(b"")
    # END SOLUTION


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
    # BEGIN SOLUTION
    total, count = 0.0, 0
    # WRONG examples-counted-first: total, count = 0.0, sum(len(y) for _, y in data_iter)
    # WRONG length-needed: total, count, _ = 0.0, 0, len(data_iter)
    # WRONG list-needed: total, count, _ = 0.0, 0, data_iter[0]
    with torch.no_grad():
        # WRONG graph-recorded: with torch.enable_grad():
        for X, y in data_iter:
            X, y = X.to(devices[0]), y.to(devices[0])
            # WRONG data-not-moved:
            losses = loss(net(X), y)
            # WRONG softmax-twice: losses = loss(net(X).softmax(dim=1), y)
            # WRONG probabilities-negated: losses = nn.functional.nll_loss(net(X).softmax(dim=1), y, reduction="none")
            # WRONG scores-negated: losses = nn.functional.nll_loss(net(X), y, reduction="none")
            # WRONG softmax-over-examples: losses = nn.functional.nll_loss(net(X).log_softmax(dim=0), y, reduction="none")
            # WRONG errors-counted: losses = (net(X).argmax(dim=1) != y).double()
            # WRONG logarithm-of-softmax: losses = nn.functional.nll_loss(net(X).softmax(dim=1).log(), y, reduction="none")
            # WRONG labels-not-regarded: losses = loss(net(X), net(X).argmax(dim=1))
            # WRONG squared-errors: losses = (net(X).softmax(1) - nn.functional.one_hot(y, net(X).shape[1])).square().sum(1)
            # WRONG binary-losses:
            #     losses = nn.functional.binary_cross_entropy_with_logits(
            #         net(X), nn.functional.one_hot(y, net(X).shape[1]).to(X.dtype), reduction="none").sum(dim=1)
            total += losses.sum().item()
            # WRONG batch-means: total += losses.mean().item()
            # WRONG means-by-examples: total += losses.mean().item()
            # WRONG last-batch: total = losses.sum().item()
            # WRONG first-examples: total += losses[0].item()
            count += len(y)
            # WRONG examples-counted-first:
            # WRONG batch-means: count += 1
            # WRONG sums-by-batches: count += 1
            # WRONG last-batch: count = len(y)
            # WRONG all-scores-counted: count += net(X).numel()
            # WRONG first-batch:
            #     count += len(y)
            #     break
    return total / count
    # WRONG sum-of-losses: return total
    # WRONG square-root: return (total / count) ** 0.5
    # WRONG perplexity: return float(torch.tensor(total / count).exp())
    # END SOLUTION


def multiclass_log_loss(probs: Tensor, y: Tensor, eps: float = 1e-15) -> float:
    # WRONG larger-eps-by-default: def multiclass_log_loss(probs, y, eps=1e-7):
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
    # BEGIN SOLUTION
    p = probs / probs.sum(dim=1, keepdim=True)
    # WRONG rows-not-divided: p = probs
    # WRONG columns-divided: p = probs / probs.sum(dim=0, keepdim=True)
    # WRONG divided-by-everything: p = probs / probs.sum()
    # WRONG softmax-of-probabilities: p = probs.softmax(dim=1)
    # WRONG divided-by-the-maximum: p = probs / probs.amax(dim=1, keepdim=True)
    # WRONG divided-by-the-norm: p = probs / probs.norm(dim=1, keepdim=True)
    # WRONG large-sums-alone-divided: p = probs / probs.sum(dim=1, keepdim=True).clamp(min=1)
    # WRONG small-sums-alone-divided: p = probs / probs.sum(dim=1, keepdim=True).clamp(max=1)
    # WRONG clipped-before-division:
    #     p = probs.clamp(eps, 1 - eps)
    #     p = p / p.sum(dim=1, keepdim=True)
    p = p.clamp(min=eps, max=1 - eps)
    # WRONG not-clipped:
    # WRONG clipped-below-alone: p = p.clamp(min=eps)
    # WRONG clipped-above-alone: p = p.clamp(max=1 - eps)
    # WRONG eps-added: p = p + eps
    # WRONG zeros-alone-replaced: p = torch.where(p == 0, eps, p)
    # WRONG eps-ignored: p = p.clamp(min=1e-15, max=1 - 1e-15)
    # WRONG clipped-before-division:
    # WRONG divided-again:
    #     p = p.clamp(min=eps, max=1 - eps)
    #     p = p / p.sum(dim=1, keepdim=True)
    # WRONG twice-eps: p = p.clamp(min=eps, max=1 - 2 * eps)
    true = p[torch.arange(len(y)), y]
    # WRONG best-class: true = p.amax(dim=1)
    # WRONG labels-from-one: true = p[torch.arange(len(y)), y - 1]
    # WRONG columns-of-all-labels: true = p[:, y]
    # WRONG other-classes: true = 1 - p[torch.arange(len(y)), y]
    return -true.log().mean().item()
    # WRONG sum-over-examples: return -true.log().sum().item()
    # WRONG logarithm-of-the-mean: return -true.mean().log().item()
    # WRONG binary-logarithm: return -true.log2().mean().item()
    # WRONG decimal-logarithm: return -true.log10().mean().item()
    # WRONG sign-forgotten: return true.log().mean().item()
    # WRONG mean-over-classes: return -true.log().sum().item() / p.numel()
    # WRONG share-of-errors: return (p.argmax(dim=1) != y).double().mean().item()
    # WRONG missing-probability: return (1 - true).mean().item()
    # WRONG all-classes-binary:
    #     own = torch.nn.functional.one_hot(y, p.shape[1]) > 0
    #     return -torch.where(own, p, 1 - p).log().sum(dim=1).mean().item()
    # WRONG logarithm-of-one-plus: return -true.log1p().mean().item()
    # WRONG median-of-losses: return -true.log().median().item()
    # WRONG tensor-returned: return -true.log().mean()
    # END SOLUTION


def two_stage_net(features: nn.Module, feature_dim: int, num_classes: int = 120) -> nn.Sequential:
    # WRONG thousand-classes-by-default: def two_stage_net(features, feature_dim, num_classes=1000):
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
    # BEGIN SOLUTION
    # WRONG extractor-copied:
    #     import copy
    #     features = copy.deepcopy(features)
    # WRONG extractor-in-evaluation-mode: features.eval()
    # WRONG feature-dim-of-the-book: feature_dim = 1000
    net = nn.Sequential()
    # The order of the children is the order of the forward pass.
    net.add_module("features", features)
    # WRONG children-in-the-wrong-order:
    # WRONG last-extractor-layer-removed: net.add_module("features", nn.Sequential(*list(features.children())[:-1]))
    net.add_module("output_new", nn.Sequential(nn.Linear(feature_dim, 256), nn.ReLU(), nn.Linear(256, num_classes)))
    # WRONG activation-missing:
    #     net.add_module(
    #         "output_new", nn.Sequential(nn.Linear(feature_dim, 256), nn.Linear(256, num_classes)))
    # WRONG a-single-layer: net.add_module("output_new", nn.Sequential(nn.Linear(feature_dim, num_classes)))
    # WRONG hidden-layer-of-512:
    #     net.add_module(
    #         "output_new", nn.Sequential(nn.Linear(feature_dim, 512), nn.ReLU(), nn.Linear(512, num_classes)))
    # WRONG sigmoid-for-relu:
    #     net.add_module(
    #         "output_new", nn.Sequential(nn.Linear(feature_dim, 256), nn.Sigmoid(), nn.Linear(256, num_classes)))
    # WRONG softmax-at-the-end:
    #     net.add_module("output_new", nn.Sequential(
    #         nn.Linear(feature_dim, 256), nn.ReLU(), nn.Linear(256, num_classes), nn.Softmax(dim=1)))
    # WRONG relu-at-the-end:
    #     net.add_module("output_new", nn.Sequential(
    #         nn.Linear(feature_dim, 256), nn.ReLU(), nn.Linear(256, num_classes), nn.ReLU()))
    # WRONG dropout-added:
    #     net.add_module("output_new", nn.Sequential(
    #         nn.Linear(feature_dim, 256), nn.ReLU(), nn.Dropout(), nn.Linear(256, num_classes)))
    # WRONG relu-first:
    #     net.add_module("output_new", nn.Sequential(
    #         nn.ReLU(), nn.Linear(feature_dim, 256), nn.Linear(256, num_classes)))
    # WRONG no-bias:
    #     net.add_module("output_new", nn.Sequential(
    #         nn.Linear(feature_dim, 256, bias=False), nn.ReLU(), nn.Linear(256, num_classes, bias=False)))
    # WRONG classes-of-the-book:
    #     net.add_module("output_new", nn.Sequential(
    #         nn.Linear(feature_dim, 256), nn.ReLU(), nn.Linear(256, 120)))
    # WRONG children-in-the-wrong-order:
    #     net.add_module("output_new", nn.Sequential(
    #         nn.Linear(feature_dim, 256), nn.ReLU(), nn.Linear(256, num_classes)))
    #     net.add_module("features", features)
    for parameter in features.parameters():
        # WRONG whole-net-frozen: for parameter in net.parameters():
        # WRONG head-frozen-instead: for parameter in net.output_new.parameters():
        # WRONG weights-alone-frozen: for parameter in (p for p in features.parameters() if p.dim() > 1):
        # WRONG last-layer-not-frozen: for parameter in list(features.parameters())[:-2]:
        parameter.requires_grad = False
        # WRONG extractor-trained-too: pass
        # WRONG flag-flipped: parameter.requires_grad = not parameter.requires_grad
    return net
    # WRONG children-without-names: return nn.Sequential(*net)
    # WRONG head-as-layers: return nn.Sequential(features, *net.output_new)
    # WRONG head-alone: return net.output_new
    # END SOLUTION


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
    # BEGIN SOLUTION
    if probs.shape != (len(ids), len(classes)):
        # WRONG number-of-ids-alone-tested: if len(probs) != len(ids):
        # WRONG sizes-not-tested: if False:
        # WRONG asserted-sizes:
        #     assert probs.shape == (len(ids), len(classes))
        #     if False:
        raise ValueError(f"{len(ids)} ids and {len(classes)} classes do not fit to probs {tuple(probs.shape)}")
    rows = [["id", *classes]]
    # WRONG images-sorted:
    #     order = sorted(range(len(ids)), key=lambda i: ids[i])
    #     ids, probs = [ids[i] for i in order], probs[order]
    #     rows = [["id", *classes]]
    # WRONG ids-alone-sorted:
    #     ids = sorted(ids)
    #     rows = [["id", *classes]]
    # WRONG classes-alone-sorted:
    #     classes = sorted(classes)
    #     rows = [["id", *classes]]
    # WRONG classes-and-columns-sorted:
    #     order = sorted(range(len(classes)), key=lambda k: classes[k])
    #     classes, probs = [classes[k] for k in order], probs[:, order]
    #     rows = [["id", *classes]]
    # WRONG columns-by-probability:
    #     probs = probs.sort(dim=1, descending=True).values
    #     rows = [["id", *classes]]
    # WRONG rows-rescaled:
    #     probs = probs / probs.sum(dim=1, keepdim=True)
    #     rows = [["id", *classes]]
    # WRONG softmax-again:
    #     probs = probs.softmax(dim=1)
    #     rows = [["id", *classes]]
    # WRONG ids-without-ending:
    #     ids = [name.split(".")[0] for name in ids]
    #     rows = [["id", *classes]]
    # WRONG ids-with-ending:
    #     ids = [name + ".jpg" for name in ids]
    #     rows = [["id", *classes]]
    # WRONG probabilities-in-percent:
    #     probs = 100 * probs
    #     rows = [["id", *classes]]
    # WRONG most-likely-class-marked:
    #     probs = (probs == probs.amax(dim=1, keepdim=True)).float()
    #     rows = [["id", *classes]]
    # WRONG columns-backwards:
    #     probs = probs.flip(1)
    #     rows = [["id", *classes]]
    # WRONG rows-backwards:
    #     probs = probs.flip(0)
    #     rows = [["id", *classes]]
    # WRONG one-row-for-all:
    #     probs = probs[:1].expand(len(ids), -1)
    #     rows = [["id", *classes]]
    # WRONG header-missing: rows = []
    # WRONG id-missing-in-the-header: rows = [[*classes]]
    # WRONG header-of-the-other-competition: rows = [["id", "label"]]
    # WRONG numbers-of-classes: rows = [["id", *(str(k) for k in range(len(classes)))]]
    for name, row in zip(ids, probs.tolist(), strict=True):
        # WRONG sizes-not-tested: for name, row in zip(ids, probs.tolist()):
        # WRONG images-numbered: for name, row in zip(map(str, range(1, len(ids) + 1)), probs.tolist(), strict=True):
        rows.append([name, *(str(p) for p in row)])
        # WRONG two-digits: rows.append([name, *(f"{p:.2f}" for p in row)])
        # WRONG four-digits: rows.append([name, *(f"{p:.4f}" for p in row)])
        # WRONG whole-numbers: rows.append([name, *(str(round(p)) for p in row)])
        # WRONG text-of-tensors: rows.append([name, *(str(torch.tensor(p)) for p in row)])
        # WRONG numbers-for-texts: rows.append([name, *row])
        # WRONG name-of-the-best-class: rows.append([name, classes[row.index(max(row))]])
        # WRONG id-missing: rows.append([str(p) for p in row])
        # WRONG joined-texts: rows.append([",".join([name, *(str(p) for p in row)])])
        # WRONG last-class-missing: rows.append([name, *(str(p) for p in row[:-1])])
        # WRONG id-at-the-end: rows.append([*(str(p) for p in row), name])
        # WRONG row-for-every-class: rows.extend([name, breed, str(p)] for breed, p in zip(classes, row))
    return rows
    # WRONG one-text-with-lines: return "\n".join(",".join(row) for row in rows)
    # END SOLUTION
