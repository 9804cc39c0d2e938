"""Slices of a copy, changed in place; the data set normalises a label number by number."""

import torch


def box_corner_to_center(boxes):
    result = boxes.clone() if boxes.is_floating_point() else boxes.float()
    result[:, 2:] -= result[:, :2].clone()
    result[:, :2] += result[:, 2:] / 2
    return result


def box_center_to_corner(boxes):
    result = boxes.clone() if boxes.is_floating_point() else boxes.float()
    result[:, :2] -= result[:, 2:] / 2
    result[:, 2:] += result[:, :2].clone()
    return result


def scale_boxes(boxes, from_size, to_size):
    result = boxes.clone() if boxes.is_floating_point() else boxes.float()
    for first, axis in ((0, 1), (1, 0)):
        result[:, first::2] *= to_size[axis] / from_size[axis]
    return result


def clip_boxes(boxes, size):
    result = boxes.clone()
    for first, axis in ((0, 1), (1, 0)):
        coordinates = result[:, first::2].clone()
        edge = torch.tensor(size[axis], dtype=boxes.dtype)
        coordinates = torch.where(coordinates > edge, edge, coordinates)
        result[:, first::2] = torch.where(coordinates < 0, torch.zeros_like(edge), coordinates)
    return result


class DetectionDataset(torch.utils.data.Dataset):
    def __init__(self, features, labels):
        self.images, self.all_labels = list(features), labels.tolist()
        if len(self.images) != len(self.all_labels):
            raise ValueError("different lengths")

    def __getitem__(self, idx):
        image = self.images[idx].clone().float()
        _, height, width = image.shape
        labels = []
        for kind, *corners in self.all_labels[idx]:
            labels.append([kind, *(n / (height if i % 2 else width) for i, n in enumerate(corners))])
        return image, torch.tensor(labels, dtype=torch.float32)

    def __len__(self):
        return len(self.images)
