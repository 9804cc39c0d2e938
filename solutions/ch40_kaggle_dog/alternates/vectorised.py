"""The way of the book's notebook: sums as tensors, attributes of a Sequential, lines of text."""

import torch
from torch import nn


def evaluate_loss(data_iter, net, devices):
    total, count = 0.0, 0
    for X, y in data_iter:
        X, y = X.to(devices[0]), y.to(devices[0])
        total = total + loss(net(X), y).sum()
        count += y.numel()
    return total / count


def multiclass_log_loss(probs, y, eps=1e-15):
    shares = probs.double().gather(1, y[:, None])[:, 0] / probs.double().sum(dim=1)
    return torch.clip(shares, eps, 1 - eps).log().mul(-1).mean().item()


def two_stage_net(features, feature_dim, num_classes=120):
    net = nn.Sequential()
    net.features = features
    net.output_new = nn.Sequential()
    net.output_new.append(nn.Linear(feature_dim, 256))
    net.output_new.append(nn.ReLU())
    net.output_new.append(nn.Linear(256, num_classes))
    for name, parameter in net.named_parameters():
        if name.startswith("features."):
            parameter.requires_grad_(False)
    return net


def submission_rows(ids, probs, classes):
    rows = [["id", *classes]]
    numbers = probs.numpy()
    if len(ids) != numbers.shape[0] or len(classes) != numbers.shape[1]:
        raise ValueError("the sizes do not fit")
    for i, name in enumerate(ids):
        rows.append([name] + [str(number) for number in numbers[i]])
    return rows
