"""Scores of each scale as rows before they are joined, blocks from pieces, and a log-softmax with gather."""

import torch
from torch import nn


def cls_predictor(num_inputs, num_anchors, num_classes):
    return nn.Conv2d(num_inputs, num_anchors + num_anchors * num_classes, kernel_size=3, stride=1, padding=1)


def bbox_predictor(num_inputs, num_anchors):
    return nn.Conv2d(in_channels=num_inputs, out_channels=4 * num_anchors, kernel_size=3, padding=(1, 1))


def concat_preds(preds):
    return torch.hstack([torch.einsum("nchw->nhwc", pred).reshape(pred.shape[0], -1) for pred in preds])


def part(before, after):
    return [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]


def down_sample_blk(in_channels, out_channels):
    return nn.Sequential(*part(in_channels, out_channels), *part(out_channels, out_channels), nn.MaxPool2d(2, 2))


class TinySSD(nn.Module):
    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        widths = dict.fromkeys(range(1, 5), 128) | {0: 64}
        for i, width in widths.items():
            self.add_module("cls_" + str(i), cls_predictor(width, num_anchors, num_classes))
        for i, width in widths.items():
            self.add_module("bbox_" + str(i), bbox_predictor(width, num_anchors))
        for i in widths:
            self.add_module("blk_" + str(i), get_blk(i))

    def forward(self, X):
        children, anchors, scores, offsets = dict(self.named_children()), [], [], []
        for i in range(5):
            X = children[f"blk_{i}"](X)
            anchors.append(multibox_prior(X, sizes[i], ratios[i]))
            n, rows = len(X), anchors[-1].shape[1]
            scores.append(children[f"cls_{i}"](X).movedim(1, -1).reshape(n, rows, -1))
            offsets.append(children[f"bbox_{i}"](X).movedim(1, -1).reshape(n, 4 * rows))
        return torch.cat(anchors, dim=1), torch.cat(scores, dim=1), torch.cat(offsets, dim=1)


def calc_loss(cls_preds, cls_labels, bbox_preds, bbox_labels, bbox_masks):
    right = cls_preds.log_softmax(dim=-1).gather(-1, cls_labels[:, :, None]).squeeze(-1)
    differences = (bbox_preds - bbox_labels).abs() * bbox_masks
    return differences.mean(dim=1) - right.mean(dim=1)
