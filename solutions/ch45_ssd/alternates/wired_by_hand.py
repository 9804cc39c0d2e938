"""Layers written out, predictions gathered pixel by pixel, attributes set one by one, and losses image by image."""

from collections import OrderedDict

import torch
from torch import nn


def cls_predictor(num_inputs, num_anchors, num_classes):
    scores = 1 + num_classes
    return nn.Conv2d(num_inputs, scores * num_anchors, (3, 3), padding="same")


def bbox_predictor(num_inputs, num_anchors):
    return cls_predictor(num_inputs, num_anchors, num_classes=3)


def concat_preds(preds):
    images = []
    for i in range(len(preds[0])):
        pixels = [pred[i, :, y, x] for pred in preds for y in range(pred.shape[2]) for x in range(pred.shape[3])]
        images.append(torch.cat(pixels))
    return torch.stack(images)


def down_sample_blk(in_channels, out_channels):
    named = {
        "first_conv": nn.Conv2d(in_channels, out_channels, (3, 3), (1, 1), (1, 1)),
        "first_norm": nn.BatchNorm2d(out_channels),
        "first_relu": nn.ReLU(inplace=True),
        "second_conv": nn.Conv2d(out_channels, out_channels, (3, 3), (1, 1), (1, 1)),
        "second_norm": nn.BatchNorm2d(out_channels),
        "second_relu": nn.ReLU(inplace=True),
        "pool": nn.MaxPool2d(kernel_size=(2, 2), stride=(2, 2)),
    }
    return nn.Sequential(OrderedDict(named))


class TinySSD(nn.Module):
    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        width = 64
        for i in range(5):
            setattr(self, f"bbox_{i}", bbox_predictor(width, num_anchors))
            setattr(self, f"cls_{i}", cls_predictor(width, num_anchors, num_classes))
            setattr(self, f"blk_{i}", get_blk(i))
            width = 128

    def forward(self, X):
        first = blk_forward(X, self.blk_0, sizes[0], ratios[0], self.cls_0, self.bbox_0)
        second = blk_forward(first[0], self.blk_1, sizes[1], ratios[1], self.cls_1, self.bbox_1)
        third = blk_forward(second[0], self.blk_2, sizes[2], ratios[2], self.cls_2, self.bbox_2)
        fourth = blk_forward(third[0], self.blk_3, sizes[3], ratios[3], self.cls_3, self.bbox_3)
        fifth = blk_forward(fourth[0], self.blk_4, sizes[4], ratios[4], self.cls_4, self.bbox_4)
        _, anchors, scores, offsets = zip(first, second, third, fourth, fifth, strict=True)
        anchors = torch.cat(anchors, dim=1)
        scores = concat_preds(scores).reshape(X.shape[0], anchors.shape[1], 1 + self.num_classes)
        return anchors, scores, concat_preds(offsets)


def calc_loss(cls_preds, cls_labels, bbox_preds, bbox_labels, bbox_masks):
    losses = []
    for scores, classes, offsets, right, mask in zip(
        cls_preds, cls_labels, bbox_preds, bbox_labels, bbox_masks, strict=True
    ):
        losses.append(cls_loss(scores, classes).mean() + ((offsets - right).abs() * mask).mean())
    return torch.stack(losses)
