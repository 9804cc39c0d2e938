"""Conversions as products with matrices, edges and ratios as rows that are broadcast."""

import torch

TO_CENTRE = torch.tensor([[0.5, 0, -1, 0], [0, 0.5, 0, -1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]], dtype=torch.float64)


def as_float(boxes):
    return boxes if boxes.is_floating_point() else boxes.to(torch.float32)


def box_corner_to_center(boxes):
    boxes = as_float(boxes)
    return boxes @ TO_CENTRE.to(boxes.dtype)


def box_center_to_corner(boxes):
    boxes = as_float(boxes)
    return boxes @ TO_CENTRE.inverse().to(boxes.dtype)


def xyxy(size, like):
    return torch.tensor([size[1], size[0]] * 2, dtype=like.dtype)


def scale_boxes(boxes, from_size, to_size):
    boxes = as_float(boxes)
    return boxes * (xyxy(to_size, boxes) / xyxy(from_size, boxes))


def clip_boxes(boxes, size):
    return torch.minimum(boxes.clamp(min=0), xyxy(size, boxes))


class DetectionDataset(torch.utils.data.Dataset):
    def __init__(self, features, labels):
        if len(features) != len(labels):
            raise ValueError("different lengths")
        self.items = []
        for image, label in zip(features, labels, strict=True):
            divisor = torch.ones(5)
            divisor[1:] = xyxy(image.shape[1:], divisor)
            self.items.append((image.to(torch.float32), label.to(torch.float32) / divisor))

    def __getitem__(self, idx):
        return self.items[idx]

    def __len__(self):
        return len(self.items)
