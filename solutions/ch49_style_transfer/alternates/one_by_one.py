"""Every feature from the image anew; Gram matrices one entry at a time."""

import torch
from torch.nn import functional as F


def extract_features(X, content_layers, style_layers):
    contents = [net[: i + 1](X) for i in sorted(content_layers)]
    styles = [net[: i + 1](X) for i in sorted(style_layers)]
    return contents, styles


def content_loss(Y_hat, Y):
    return torch.mean((Y.detach() - Y_hat) ** 2)


def gram(X):
    channels = list(X[0])
    rows = [torch.stack([(one * other).mean() for other in channels]) for one in channels]
    return torch.stack(rows) / len(channels)


def style_loss(Y_hat, gram_Y):
    return F.mse_loss(gram(Y_hat), gram_Y.detach())


def tv_loss(Y_hat):
    n, c, h, w = Y_hat.shape
    down = torch.abs(Y_hat.narrow(2, 1, h - 1) - Y_hat.narrow(2, 0, h - 1)).sum()
    right = torch.abs(Y_hat.narrow(3, 1, w - 1) - Y_hat.narrow(3, 0, w - 1)).sum()
    # A direction without neighbours has the sum 0, and any divisor will do.
    return down / (2 * n * c * ((h - 1) or 1) * w) + right / (2 * n * c * h * ((w - 1) or 1))


def compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram):
    contents_l = list(map(lambda Y_hat, Y: content_weight * content_loss(Y_hat, Y), contents_Y_hat, contents_Y))
    styles_l = list(map(lambda Y_hat, Y: style_weight * style_loss(Y_hat, Y), styles_Y_hat, styles_Y_gram))
    tv_l = tv_weight * tv_loss(X)
    return contents_l, styles_l, tv_l, torch.stack([*(10 * styles_l), *contents_l, tv_l]).sum()
