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
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made squared and Huber losses (nn.MSELoss, F.mse_loss, F.huber_loss, ...).
    """
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
