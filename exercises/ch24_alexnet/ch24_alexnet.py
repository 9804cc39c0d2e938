"""ch24 AlexNet: the network, the number of its parameters, and the memory of its outputs.

See D2L 7.1 (chapter_convolutional-modern/alexnet.md).
"""

import copy

import torch
from torch import nn


def alexnet(in_channels: int = 1, num_classes: int = 10) -> nn.Sequential:
    """Return AlexNet for images of 224 x 224, in a single stream (Krizhevsky et al., 2012; D2L 7.1.2).

    The net has five convolutions, each followed by ReLU:

        convolution   1     2     3     4     5
        output        96    256   384   384   256     (channels)
        kernel        11    5     3     3     3
        stride        4     1     1     1     1
        padding       1     2     1     1     1

    After the ReLU of convolutions 1, 2 and 5 comes max pooling over 3 x 3 with stride 2, without padding. Then the net
    flattens the feature maps. Three linear layers give 4096, 4096 and num_classes outputs. ReLU follows each of the
    first two, and dropout with probability 0.5 follows that ReLU. The outputs are raw scores (logits).

    There is no other layer: no normalisation, no adaptive pooling. Convolutions and linear layers have biases. With the
    default arguments the net has 46,764,746 parameters.

    Returns:
        A new nn.Sequential of 21 layers. All of them are modules of torch.nn at the top level, in this order,
        activations included. All parameters exist when the function returns: no layer is lazy. The net maps
        (n, in_channels, 224, 224) to (n, num_classes).
    """
    raise NotImplementedError  # write your code here


def count_parameters(net: nn.Module, trainable_only: bool = True) -> int:
    """Return the number of elements of a net's parameters.

    A parameter that several layers share counts once. Buffers, such as moving statistics, are no parameters. Parameters
    of inner modules count, and so do those of modules of your own. A parameter of shape () has one element. The net may
    be on any device, including the meta device, whose tensors have shapes but no values.

    Args:
        net: stays as it is.
        trainable_only: count only the parameters that require gradients, without frozen ones. Otherwise count all.

    Returns:
        The number, as a Python int; 0 for a net without parameters.
    """
    raise NotImplementedError  # write your code here


def memory_of_activations(net: nn.Sequential, input_shape: tuple[int, ...], bytes_per_element: int = 4) -> int:
    """Return the number of bytes of the outputs of all layers of a net in a forward pass.

        memory = bytes_per_element * (numel(Y_1) + ... + numel(Y_L)),  where Y_l is the output of layer l

    The input itself does not count. The output of each layer counts in full, also if the layer works in place or
    returns a view, as nn.Flatten does. Run the layers in evaluation mode: there, batch normalisation accepts a batch
    of one. Only the shapes matter: the values of the batch are free.

    The net itself stays as it is: its parameters and buffers, and the mode of each module, training or evaluation. The
    call leaves no hooks behind.

    Args:
        net: a float32 net on the CPU; it need not have parameters. The top-level layers count: a nested nn.Sequential
            is a single layer. A layer that occurs twice counts twice.
        input_shape: the shape of the whole float32 batch: its first axis is the batch size.
        bytes_per_element: 4 for float32, 2 for half precision.

    Returns:
        The number of bytes, as a Python int; 0 for a net without layers.
    """
    raise NotImplementedError  # write your code here
