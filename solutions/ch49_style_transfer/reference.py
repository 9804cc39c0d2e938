"""ch49 Neural style transfer.

D2L section 13.12 (chapter_computer-vision/neural-style), after Gatys, Ecker and Bethge, "Image style transfer using
convolutional neural networks" (CVPR 2016).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

# Given, not an exercise: the network that extracts features. The book takes VGG-19 instead, trained on ImageNet.
net = nn.Sequential(
    nn.Conv2d(3, 8, kernel_size=3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, kernel_size=3, padding=1),
    nn.ReLU(),
)

# Given, not an exercise: the weights of the three losses.
content_weight, style_weight, tv_weight = 1, 1e3, 10


def extract_features(
    X: Tensor, content_layers: Sequence[int], style_layers: Sequence[int]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the outputs of the chosen layers of the network (D2L 13.12.4).

    The network is `net`, a global variable of this module. It is an nn.Sequential with any number of layers, and
    another program may replace it between two calls. Layer 0 gets the images X, and every other layer gets the output
    of the layer before it. The same module may occur several times in the network; each place is a layer. No layer
    changes its input in place. Gradients flow through the outputs to X. The function leaves X and the parameters of the
    network unchanged.

    Args:
        X: the images, (n, c, h, w), float32.
        content_layers: indices of the content layers, from 0 to len(net) - 1. They are different, in any order.
        style_layers: indices of the style layers, likewise. The same layer may be in both arguments. One of the two
            may be empty.

    Returns:
        (contents, styles): the outputs of the content layers, and the outputs of the style layers. Both lists are in
        the order of the layers in the network, whatever the order of the indices.
    """
    # BEGIN SOLUTION
    contents, styles = [], []
    # WRONG last-place-of-a-module:
    #     contents, styles = [], []
    #     image = X
    for i, layer in enumerate(net):
        # WRONG repeated-module-once: for i, layer in enumerate(net.children()):
        # WRONG layers-counted-from-one: for i, layer in enumerate(net, start=1):
        # WRONG last-layer-not-reached: for i, layer in enumerate(net[:-1]):
        # WRONG first-layer-skipped: for i, layer in list(enumerate(net))[1:]:
        # WRONG stops-after-the-content: for i, layer in enumerate(net[: max(content_layers, default=-1) + 1]):
        # WRONG stops-after-the-style: for i, layer in enumerate(net[: max(style_layers, default=-1) + 1]):
        # WRONG stops-before-the-deepest: for i, layer in enumerate(net[: max([*content_layers, *style_layers])]):
        # WRONG chosen-layers-alone: for i, layer in [(i, net[i]) for i in sorted({*content_layers, *style_layers})]:
        # WRONG network-backwards: for i, layer in reversed(list(enumerate(net))):
        # WRONG image-for-every-layer:
        #     image = X
        #     for i, layer in enumerate(net):
        # WRONG inputs-of-the-layers:
        #     for i, layer in enumerate(net):
        #         if i in style_layers:
        #             styles.append(X)
        #         if i in content_layers:
        #             contents.append(X)
        X = layer(X)
        # WRONG image-for-every-layer: X = layer(image)
        # WRONG relu-after-each-layer: X = layer(X).relu()
        # WRONG input-added: X = X + layer(X) if layer(X).shape == X.shape else layer(X)
        # A layer may be in both lists, so the second test has no "else".
        if i in style_layers:
            # WRONG style-list-first: if i in style_layers and i not in content_layers:
            # WRONG style-of-content-layers: if i in content_layers:
            # WRONG first-style-alone: if i in style_layers and not styles:
            # WRONG inputs-of-the-layers: if False:
            styles.append(X)
            # WRONG deepest-first: styles.insert(0, X)
            # WRONG batch-axis-dropped: styles.append(X[0])
            # WRONG grams-for-features: styles.append(gram(X[:1]))
        if i in content_layers:
            # WRONG content-list-second: if i in content_layers and i not in style_layers:
            # WRONG content-of-style-layers: if i in style_layers:
            # WRONG inputs-of-the-layers: if False:
            contents.append(X)
            # WRONG deepest-first: contents.insert(0, X)
            # WRONG batch-axis-dropped: contents.append(X[0])
    return contents, styles
    # WRONG last-place-of-a-module:
    #     outputs = dict(zip(net, [net[: i + 1](image) for i in range(len(net))]))
    #     return tuple([outputs[net[i]] for i in sorted(chosen)] for chosen in (content_layers, style_layers))
    # WRONG content-and-style-swapped: return styles, contents
    # WRONG features-cut-off: return [Y.detach() for Y in contents], [Y.detach() for Y in styles]
    # WRONG order-of-the-arguments:
    #     placed = {i: Y for layers, outputs in ((content_layers, contents), (style_layers, styles))
    #               for i, Y in zip(sorted(layers), outputs)}
    #     return [placed[i] for i in content_layers], [placed[i] for i in style_layers]
    # WRONG last-output-alone: return contents[-1:], styles[-1:]
    # WRONG one-list: return contents + styles, contents + styles
    # END SOLUTION


def content_loss(Y_hat: Tensor, Y: Tensor) -> Tensor:
    """Return the content loss, the mean squared difference of two feature maps (D2L 13.12.5.1).

    The mean runs over all entries. Y is a fixed target: no gradient flows to Y, even if Y requires one. Gradients
    flow to Y_hat alone. The function leaves its arguments unchanged.

    Args:
        Y_hat: features of the synthesised image, (n, c, h, w), float32 or float64, with any strides.
        Y: features of the content image, of Y_hat's shape and dtype, with any strides.

    Returns:
        A tensor with shape (), of Y_hat's dtype.

    >>> content_loss(torch.tensor([[[[1.0, 2]]]]), torch.tensor([[[[1.0, 6]]]]))
    tensor(8.)
    """
    # BEGIN SOLUTION
    return (Y_hat - Y.detach()).square().mean()
    # WRONG content-target-attached: return (Y_hat - Y).square().mean()
    # WRONG content-prediction-cut-off: return (Y_hat.detach() - Y).square().mean()
    # WRONG content-target-changed: return (Y_hat - Y.detach_()).square().mean()
    # WRONG content-summed: return (Y_hat - Y.detach()).square().sum()
    # WRONG content-half-sum: return 0.5 * (Y_hat - Y.detach()).square().sum()
    # WRONG content-halved: return 0.5 * (Y_hat - Y.detach()).square().mean()
    # WRONG content-absolute: return (Y_hat - Y.detach()).abs().mean()
    # WRONG content-root: return (Y_hat - Y.detach()).square().mean().sqrt()
    # WRONG content-norm: return (Y_hat - Y.detach()).square().sum().sqrt()
    # WRONG content-entries: return (Y_hat - Y.detach()).square()
    # WRONG content-of-each-image: return (Y_hat - Y.detach()).square().mean(dim=(1, 2, 3))
    # WRONG content-sum-over-channels: return (Y_hat - Y.detach()).square().sum(dim=1).mean()
    # WRONG content-not-squared: return (Y_hat - Y.detach()).mean()
    # WRONG content-square-of-the-mean: return (Y_hat - Y.detach()).mean().square()
    # WRONG content-difference-of-squares: return (Y_hat.square() - Y.detach().square()).mean()
    # WRONG content-of-channel-means: return (Y_hat - Y.detach()).mean(dim=(2, 3)).square().mean()
    # WRONG content-relative: return (Y_hat - Y.detach()).square().mean() / Y.detach().square().mean()
    # WRONG content-variance: return (Y_hat - Y.detach()).var()
    # WRONG content-first-image: return (Y_hat - Y.detach())[0].square().mean()
    # WRONG content-sum-of-inputs: return (Y_hat + Y.detach()).square().mean()
    # WRONG content-as-a-number: return (Y_hat - Y.detach()).square().mean().item()
    # WRONG content-in-float32: return (Y_hat.float() - Y.detach().float()).square().mean()
    # WRONG content-in-place:
    #     Y_hat -= Y.detach()
    #     return Y_hat.square().mean()
    # WRONG content-weighted-already: return content_weight * 10 * (Y_hat - Y.detach()).square().mean()
    # END SOLUTION


def gram(X: Tensor) -> Tensor:
    """Return the Gram matrix of a feature map (D2L 13.12.5.2).

    Let F be the matrix (c, h * w) whose row i has all numbers of channel i. With it,

        G = F F^T / (c * h * w)

    Gradients flow to X. The function leaves X unchanged.

    Args:
        X: the features of one image, (1, c, h, w), float32 or float64, with any strides. c, h and w may be 1.

    Returns:
        G, (c, c), of X's dtype.

    >>> gram(torch.tensor([[[[1.0, 3]], [[0.0, 2]]]]))
    tensor([[2.5000, 1.5000],
            [1.5000, 1.0000]])
    """
    # BEGIN SOLUTION
    channels, places = X.shape[1], X.shape[2] * X.shape[3]
    # WRONG divided-by-channels-alone: channels, places = X.shape[1], 1
    # WRONG height-for-places: channels, places = X.shape[1], X.shape[2]
    # WRONG width-for-places: channels, places = X.shape[1], X.shape[3]
    # WRONG square-map: channels, places = X.shape[1], X.shape[2] ** 2
    # WRONG height-plus-width: channels, places = X.shape[1], X.shape[2] + X.shape[3]
    F = X.reshape(channels, -1)
    # WRONG viewed-map: F = X.view(channels, -1)
    # WRONG channels-last-map: F = X.reshape(-1, channels).T
    # WRONG channels-moved-to-the-end: F = X.permute(0, 2, 3, 1).reshape(channels, -1)
    # WRONG centred-channels: F = X.reshape(channels, -1) - X.reshape(channels, -1).mean(dim=1, keepdim=True)
    # WRONG channels-of-length-one:
    #     F = X.reshape(channels, -1)
    #     F = F / F.norm(dim=1, keepdim=True)
    # WRONG map-in-float32: F = X.reshape(channels, -1).float()
    # WRONG magnitudes-of-features: F = X.reshape(channels, -1).abs()
    # WRONG positive-features-alone: F = X.reshape(channels, -1).relu()
    # WRONG map-divided-in-place:
    #     F = X.reshape(channels, -1)
    #     F /= channels * places
    #     F *= (channels * places) ** 0.5
    #     return F @ F.T
    # WRONG columns-as-rows: F = X.transpose(1, 3).reshape(X.shape[3], -1)
    # WRONG rows-for-channels: F = X.transpose(1, 2).reshape(X.shape[2], -1)
    return F @ F.T / (channels * places)
    # WRONG gram-not-divided: return F @ F.T
    # WRONG gram-divided-by-places: return F @ F.T / places
    # WRONG gram-divided-twice: return F @ F.T / (channels * places) ** 2
    # WRONG gram-divided-by-channels-squared: return F @ F.T / (channels**2 * places)
    # WRONG gram-of-places: return F.T @ F / (channels * places)
    # WRONG gram-with-batch-axis: return (F @ F.T / (channels * places))[None]
    # WRONG gram-diagonal-vector: return F.square().sum(dim=1) / (channels * places)
    # WRONG gram-diagonal-alone: return torch.diag(F.square().sum(dim=1) / (channels * places))
    # WRONG gram-upper-half: return torch.triu(F @ F.T / (channels * places))
    # WRONG gram-without-diagonal: return (F @ F.T / (channels * places)).fill_diagonal_(0)
    # WRONG gram-of-the-means: return torch.outer(F.mean(dim=1), F.mean(dim=1)) / channels
    # WRONG gram-as-distances: return torch.cdist(F, F).square() / (channels * places)
    # WRONG gram-root: return F @ F.T / (channels * places) ** 0.5
    # WRONG gram-softmax: return (F @ F.T / (channels * places)).softmax(dim=1)
    # END SOLUTION


def style_loss(Y_hat: Tensor, gram_Y: Tensor) -> Tensor:
    """Return the style loss, the mean squared difference of two Gram matrices (D2L 13.12.5.2).

        the mean of (gram(Y_hat) - gram_Y)^2 over all c * c entries

    gram_Y is a fixed target, computed before: no gradient flows to gram_Y, even if it requires one. Gradients flow to
    Y_hat alone. The function leaves its arguments unchanged. It may call ready-made squared losses.

    Args:
        Y_hat: features of the synthesised image, (1, c, h, w), float32 or float64, with any strides.
        gram_Y: the Gram matrix of the features of the style image, (c, c), of Y_hat's dtype. The style image may have
            another size.

    Returns:
        A tensor with shape (), of Y_hat's dtype.
    """
    # BEGIN SOLUTION
    return (gram(Y_hat) - gram_Y.detach()).square().mean()
    # WRONG style-target-attached: return (gram(Y_hat) - gram_Y).square().mean()
    # WRONG style-prediction-cut-off: return (gram(Y_hat.detach()) - gram_Y).square().mean()
    # WRONG style-target-changed: return (gram(Y_hat) - gram_Y.detach_()).square().mean()
    # WRONG style-summed: return (gram(Y_hat) - gram_Y.detach()).square().sum()
    # WRONG style-divided-by-channels: return (gram(Y_hat) - gram_Y.detach()).square().sum() / len(gram_Y)
    # WRONG style-quartered: return 0.25 * (gram(Y_hat) - gram_Y.detach()).square().mean()
    # WRONG style-halved: return 0.5 * (gram(Y_hat) - gram_Y.detach()).square().mean()
    # WRONG style-absolute: return (gram(Y_hat) - gram_Y.detach()).abs().mean()
    # WRONG style-root: return (gram(Y_hat) - gram_Y.detach()).square().mean().sqrt()
    # WRONG style-norm: return (gram(Y_hat) - gram_Y.detach()).norm()
    # WRONG style-not-squared: return (gram(Y_hat) - gram_Y.detach()).mean()
    # WRONG style-square-of-the-mean: return (gram(Y_hat) - gram_Y.detach()).mean().square()
    # WRONG style-entries: return (gram(Y_hat) - gram_Y.detach()).square()
    # WRONG style-of-the-diagonal: return (gram(Y_hat) - gram_Y.detach()).diagonal().square().mean()
    # WRONG style-of-the-lower-half: return torch.tril(gram(Y_hat) - gram_Y.detach()).square().mean()
    # WRONG style-gram-of-the-target: return (gram(Y_hat) - gram(gram_Y.detach()[None, :, :, None])).square().mean()
    # WRONG style-grams-not-divided:
    #     return (Y_hat.numel() * gram(Y_hat) - Y_hat.numel() * gram_Y.detach()).square().mean()
    # WRONG style-weighted-already: return style_weight * (gram(Y_hat) - gram_Y.detach()).square().mean()
    # WRONG style-as-a-number: return (gram(Y_hat) - gram_Y.detach()).square().mean().item()
    # WRONG style-in-float32: return (gram(Y_hat) - gram_Y.detach()).square().mean().float()
    # WRONG style-relative: return (gram(Y_hat) - gram_Y.detach()).square().mean() / gram_Y.detach().square().mean()
    # WRONG style-target-missing: return gram(Y_hat).square().mean()
    # WRONG style-target-in-place: return gram_Y.detach().sub_(gram(Y_hat)).square().mean()
    # END SOLUTION


def tv_loss(Y_hat: Tensor) -> Tensor:
    """Return the total variation loss, which is small if neighbouring pixels are alike (D2L 13.12.5.3).

        0.5 * (the mean of |Y[n, c, i + 1, j] - Y[n, c, i, j]| + the mean of |Y[n, c, i, j + 1] - Y[n, c, i, j]|)

    Each mean runs over all pairs of neighbours in its direction, in all channels of all images. Gradients flow to
    Y_hat. The function leaves Y_hat unchanged.

    Args:
        Y_hat: the images, (n, c, h, w), float32 or float64, with any strides. h and w are at least 2. Bonus: h or w
            may be 1. A direction without neighbours then adds 0.

    Returns:
        A tensor with shape (), of Y_hat's dtype.

    >>> tv_loss(torch.tensor([[[[1.0, 2, 4], [1, 5, 4]]]]))  # 0.5 * ((0 + 3 + 0) / 3 + (1 + 2 + 4 + 1) / 4)
    tensor(1.5000)
    """
    # BEGIN SOLUTION
    down = torch.diff(Y_hat, dim=2).abs()
    right = torch.diff(Y_hat, dim=3).abs()
    # WRONG every-second-pixel:
    #     down = (Y_hat[:, :, 2:, :] - Y_hat[:, :, :-2, :]).abs()
    #     right = (Y_hat[:, :, :, 2:] - Y_hat[:, :, :, :-2]).abs()
    # WRONG squared-variation:
    #     right = (Y_hat[:, :, :, 1:] - Y_hat[:, :, :, :-1]).square()
    #     down = (Y_hat[:, :, 1:, :] - Y_hat[:, :, :-1, :]).square()
    # WRONG signed-variation, 2 lines:
    #     down = Y_hat[:, :, 1:, :] - Y_hat[:, :, :-1, :]
    #     right = Y_hat[:, :, :, 1:] - Y_hat[:, :, :, :-1]
    # WRONG channels-as-neighbours, 2 lines:
    #     down = (Y_hat[:, 1:] - Y_hat[:, :-1]).abs()
    #     right = (Y_hat[:, :, 1:] - Y_hat[:, :, :-1]).abs()
    # WRONG wrapped-neighbours, 2 lines:
    #     down = (Y_hat.roll(-1, dims=2) - Y_hat).abs()
    #     right = (Y_hat.roll(-1, dims=3) - Y_hat).abs()
    # WRONG diagonal-neighbours, 2 lines:
    #     down = (Y_hat[:, :, 1:, 1:] - Y_hat[:, :, :-1, :-1]).abs()
    #     right = (Y_hat[:, :, 1:, :-1] - Y_hat[:, :, :-1, 1:]).abs()
    # WRONG common-pixels-alone, 2 lines:
    #     down = (Y_hat[:, :, 1:, :-1] - Y_hat[:, :, :-1, :-1]).abs()
    #     right = (Y_hat[:, :, :-1, 1:] - Y_hat[:, :, :-1, :-1]).abs()
    # WRONG zeros-around-the-image, 2 lines:
    #     down = torch.diff(Y_hat, dim=2, append=torch.zeros_like(Y_hat[:, :, :1])).abs()
    #     right = torch.diff(Y_hat, dim=3, append=torch.zeros_like(Y_hat[:, :, :, :1])).abs()
    # WRONG rows-alone, 2 lines: down = right = (Y_hat[:, :, 1:, :] - Y_hat[:, :, :-1, :]).abs()
    # WRONG columns-alone, 2 lines: down = right = (Y_hat[:, :, :, 1:] - Y_hat[:, :, :, :-1]).abs()
    # WRONG sums-instead-of-differences, 2 lines:
    #     down = (Y_hat[:, :, 1:, :] + Y_hat[:, :, :-1, :]).abs()
    #     right = (Y_hat[:, :, :, 1:] + Y_hat[:, :, :, :-1]).abs()
    # The book's means are nan if there are no neighbours; a sum over nothing is 0.
    return 0.5 * (down.sum() / max(down.numel(), 1) + right.sum() / max(right.numel(), 1))
    # WRONG nan-without-neighbours: return 0.5 * (down.mean() + right.mean())
    # WRONG half-missing: return down.mean() + right.mean()
    # WRONG variation-summed: return down.sum() + right.sum()
    # WRONG half-of-the-sums: return 0.5 * (down.sum() + right.sum())
    # WRONG one-mean-for-both: return (down.sum() + right.sum()) / (down.numel() + right.numel())
    # WRONG divided-by-pixels: return 0.5 * (down.sum() + right.sum()) / Y_hat.numel()
    # WRONG magnitude-of-the-means:
    #     down, right = Y_hat.diff(dim=2), Y_hat.diff(dim=3)
    #     return 0.5 * (down.mean().abs() + right.mean().abs())
    # WRONG euclidean-variation:
    #     return 0.5 * (down[:, :, :, :-1].square() + right[:, :, :-1].square()).sqrt().mean()
    # WRONG rooted-variation: return 0.5 * (down.square().mean().sqrt() + right.square().mean().sqrt())
    # WRONG only-down: return 0.5 * down.mean()
    # WRONG only-right: return 0.5 * right.mean()
    # WRONG largest-jump: return 0.5 * sum(jumps.max() for jumps in (down, right) if jumps.numel())
    # WRONG variation-of-each-image: return 0.5 * (down.mean(dim=(1, 2, 3)) + right.mean(dim=(1, 2, 3)))
    # WRONG first-image-alone: return 0.5 * (down[0].mean() + right[0].mean())
    # WRONG first-channel-alone: return 0.5 * (down[:, 0].mean() + right[:, 0].mean())
    # WRONG channels-summed: return 0.5 * (down.sum(dim=1).mean() + right.sum(dim=1).mean())
    # WRONG variation-weighted-already: return tv_weight * 0.5 * (down.mean() + right.mean())
    # WRONG variation-cut-off: return 0.5 * (down.detach().mean() + right.detach().mean())
    # WRONG variation-as-a-number: return 0.5 * (down.mean() + right.mean()).item()
    # WRONG variation-in-float32: return 0.5 * (down.float().mean() + right.float().mean())
    # END SOLUTION


def compute_loss(
    X: Tensor,
    contents_Y_hat: Sequence[Tensor],
    styles_Y_hat: Sequence[Tensor],
    contents_Y: Sequence[Tensor],
    styles_Y_gram: Sequence[Tensor],
) -> tuple[list[Tensor], list[Tensor], Tensor, Tensor]:
    """Return the weighted losses of a synthesised image, and their total (D2L 13.12.5.4).

        contents_l[i] = content_weight * content_loss(contents_Y_hat[i], contents_Y[i])
        styles_l[i] = style_weight * style_loss(styles_Y_hat[i], styles_Y_gram[i])
        tv_l = tv_weight * tv_loss(X)
        l = 10 * (the sum of styles_l) + (the sum of contents_l) + tv_l

    As in the book, the total counts each style loss ten times, but styles_l itself is without this factor. The weights
    are global variables of this module: content_weight, style_weight and tv_weight. Another program may change them
    between two calls. Gradients flow to X, contents_Y_hat and styles_Y_hat alone. The function leaves its arguments
    unchanged. All tensors are float32, or all are float64.

    Args:
        X: the synthesised image, (1, 3, h, w); h and w are at least 2.
        contents_Y_hat: features of X in the content layers, a list of tensors (1, c, h', w'). Sizes differ from layer
            to layer. The list may be empty.
        styles_Y_hat: features of X in the style layers, likewise.
        contents_Y: features of the content image, as many as contents_Y_hat.
        styles_Y_gram: Gram matrices of the features of the style image, as many as styles_Y_hat.

    Returns:
        (contents_l, styles_l, tv_l, l): two lists of tensors with shape (), in the order of the layers, and two
        tensors with shape (), all of the arguments' dtype.
    """
    # BEGIN SOLUTION
    contents_l = [content_weight * content_loss(Y_hat, Y) for Y_hat, Y in zip(contents_Y_hat, contents_Y, strict=True)]
    # WRONG content-not-weighted:
    #     contents_l = [content_loss(Y_hat, Y) for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    # WRONG content-weight-of-style:
    #     contents_l = [style_weight * content_loss(Y_hat, Y) for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    # WRONG content-by-style-loss:
    #     contents_l = [content_weight * style_loss(Y_hat, gram(Y)) for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    # WRONG content-divided-by-layers:
    #     contents_l = [content_weight * content_loss(Y_hat, Y) / len(contents_Y)
    #                   for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    # WRONG content-layers-reversed:
    #     contents_l = [content_weight * content_loss(Y_hat, Y) for Y_hat, Y in zip(contents_Y_hat, contents_Y)][::-1]
    # WRONG first-content-layer-alone:
    #     contents_l = [content_weight * content_loss(Y_hat, Y) for Y_hat, Y in zip(contents_Y_hat[:1], contents_Y)]
    styles_l = [style_weight * style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram, strict=True)]
    # WRONG style-not-weighted:
    #     styles_l = [style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    # WRONG style-weight-written-out:
    #     styles_l = [1e3 * style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    # WRONG style-weight-of-content:
    #     styles_l = [content_weight * style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    # WRONG content-weight-of-style:
    #     styles_l = [content_weight * style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    # WRONG style-weight-divided-by-layers:
    #     styles_l = [style_weight / len(styles_Y_hat) * style_loss(Y_hat, G)
    #                 for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    # WRONG first-style-layer-alone:
    #     styles_l = [style_weight * style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat[:1], styles_Y_gram)]
    # WRONG ten-in-the-list:
    #     styles_l = [10 * style_weight * style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    # WRONG book-values-written-out:
    #     contents_l = [content_loss(Y_hat, Y) for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    #     styles_l = [1e3 * style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    tv_l = tv_weight * tv_loss(X)
    # WRONG variation-not-weighted: tv_l = tv_loss(X)
    # WRONG variation-weight-written-out: tv_l = 10 * tv_loss(X)
    # WRONG variation-of-features: tv_l = tv_weight * tv_loss((*contents_Y_hat, *styles_Y_hat, X)[0])
    # WRONG variation-of-the-fixed-image: tv_l = tv_weight * tv_loss(X.detach())
    # WRONG book-values-written-out: tv_l = 10 * tv_loss(X)
    total = 10 * sum(styles_l) + sum(contents_l) + tv_l
    # WRONG total-in-place:
    #     total = tv_l
    #     total += 10 * sum(styles_l)
    #     total += sum(contents_l)
    # WRONG style-counted-once: total = sum(styles_l) + sum(contents_l) + tv_l
    # WRONG ten-in-the-list: total = sum(styles_l) + sum(contents_l) + tv_l
    # WRONG ten-for-content: total = sum(styles_l) + 10 * sum(contents_l) + tv_l
    # WRONG ten-for-all: total = 10 * (sum(styles_l) + sum(contents_l) + tv_l)
    # WRONG total-without-variation: total = 10 * sum(styles_l) + sum(contents_l) + 0 * tv_l
    # WRONG total-without-content: total = 10 * sum(styles_l) + tv_l
    # WRONG total-without-style: total = sum(contents_l) + tv_l
    # WRONG weighted-again:
    #     total = 10 * style_weight * sum(styles_l) + content_weight * sum(contents_l) + tv_weight * tv_l
    # WRONG weights-in-the-total-alone:
    #     contents_l = [content_loss(Y_hat, Y) for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    #     styles_l = [style_loss(Y_hat, G) for Y_hat, G in zip(styles_Y_hat, styles_Y_gram)]
    #     tv_l = tv_loss(X)
    #     total = 10 * style_weight * sum(styles_l) + content_weight * sum(contents_l) + tv_weight * tv_l
    # WRONG mean-of-the-losses:
    #     total = 10 * sum(styles_l) + sum(contents_l) + tv_l
    #     total = total / (len(styles_l) + len(contents_l) + 1)
    # WRONG last-layers-alone: total = 10 * sum(styles_l[-1:]) + sum(contents_l[-1:]) + tv_l
    # WRONG layers-averaged:
    #     total = 10 * sum(styles_l) / max(len(styles_l), 1) + sum(contents_l) / max(len(contents_l), 1) + tv_l
    return contents_l, styles_l, tv_l, total
    # WRONG total-cut-off: return contents_l, styles_l, tv_l, total.detach()
    # WRONG total-as-a-number: return contents_l, styles_l, tv_l, total.item()
    # WRONG lists-summed: return sum(contents_l), sum(styles_l), tv_l, total
    # WRONG style-list-before-content: return styles_l, contents_l, tv_l, total
    # WRONG total-first: return total, contents_l, styles_l, tv_l
    # WRONG total-alone: return total
    # WRONG style-repeated: return contents_l, 10 * styles_l, tv_l, total
    # END SOLUTION
