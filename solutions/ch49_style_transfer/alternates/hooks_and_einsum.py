"""Features by forward hooks, sums by einsum."""

import torch


def extract_features(X, content_layers, style_layers):
    outputs = []  # in the order of the calls: a module may be in several places
    hooks = [layer.register_forward_hook(lambda *called: outputs.append(called[-1])) for layer in set(net)]
    net(X)
    for hook in hooks:
        hook.remove()
    return tuple([outputs[i] for i in sorted(layers)] for layers in (content_layers, style_layers))


def content_loss(Y_hat, Y):
    difference = Y_hat - Y.clone().detach()
    return (difference * difference).sum() / Y.numel()


def gram(X):
    return torch.einsum("nchw,ndhw->cd", X, X) / X.numel()


def style_loss(Y_hat, gram_Y):
    with torch.no_grad():
        target = gram_Y.clone()
    difference = gram(Y_hat) - target
    return torch.einsum("ij,ij->", difference, difference) / len(gram_Y) ** 2


def tv_loss(Y_hat):
    means = [torch.diff(Y_hat, dim=axis).abs().nanmean() for axis in (2, 3) if Y_hat.shape[axis] > 1]
    return torch.stack(means).sum() / 2


def compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram):
    contents_l, styles_l = [], []
    tv_l = total = tv_loss(X) * tv_weight
    for i in range(len(contents_Y)):
        contents_l.append(content_loss(contents_Y_hat[i], contents_Y[i]) * content_weight)
        total = total + contents_l[i]
    for i in range(len(styles_Y_gram)):
        styles_l.append(style_loss(styles_Y_hat[i], styles_Y_gram[i]) * style_weight)
        total = total + 10 * styles_l[i]
    return contents_l, styles_l, tv_l, total
