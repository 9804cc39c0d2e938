"""Plain Python: pixel by pixel, and a confusion matrix of lists."""

import random

import torch


def voc_colormap2label():
    labels = torch.zeros(256, 256, 256, dtype=torch.long)
    for label in range(len(VOC_COLORMAP)):
        labels[tuple(VOC_COLORMAP[label])] = label
    return labels.flatten()


def voc_label_indices(colormap, colormap2label):
    red, green, blue = colormap.tolist()
    rows = []
    for i in range(len(red)):
        row = [red[i][j] << 16 | green[i][j] << 8 | blue[i][j] for j in range(len(red[i]))]
        rows.append([colormap2label[code].item() for code in row])
    return torch.tensor(rows)


def voc_rand_crop(feature, label, height, width):
    h, w = label.size(-2), label.size(-1)
    if h < height or w < width:
        raise ValueError("the rectangle does not fit")
    i, j = random.randint(0, h - height), random.randint(0, w - width)
    return tuple(part.narrow(-2, i, height).narrow(-1, j, width).clone() for part in (feature, label))


def filter_by_size(imgs, crop_size):
    return [img for img in imgs if all(have >= want for have, want in zip(img.shape[-2:], crop_size, strict=True))]


def mean_iou(pred, target, num_classes, ignore_index=255):
    counts = [[0] * num_classes for _ in range(num_classes)]
    for guess, truth in zip(pred.flatten().tolist(), target.flatten().tolist(), strict=True):
        if truth != ignore_index:
            counts[truth][guess] += 1
    total, classes = 0.0, 0
    for c in range(num_classes):
        union = sum(counts[c]) + sum(row[c] for row in counts) - counts[c][c]
        if union:
            total, classes = total + counts[c][c] / union, classes + 1
    if not classes:
        raise ValueError("nothing to score")
    return total / classes
