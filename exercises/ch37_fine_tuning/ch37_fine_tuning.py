"""ch37 Fine-tuning.

D2L section 13.2 (chapter_computer-vision/fine-tuning). The book writes these steps into its notebook. Here each step is
a function for any network.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn


def replace_head(net: nn.Module, num_classes: int) -> nn.Module:
    """Replace the output layer of a trained network by a fresh one (D2L 13.2.2).

    net.fc is the output layer, an nn.Linear. The function sets net.fc to a new nn.Linear with as many inputs,
    num_classes outputs and a bias, also if the old layer has none. Its weight is drawn anew in each call, as by
    nn.init.xavier_uniform_:

        each entry is uniform in (-a, a), with a = sqrt(6 / (inputs + outputs))

    The initial bias is up to you. The new layer has the dtype and the device of the old layer, and its parameters can
    learn (requires_grad). The function leaves all other layers and the old layer itself as they are.

    Args:
        net: a network with an output layer net.fc. It changes.
        num_classes: the number of outputs of the new layer. It may be that of the old layer.

    Returns:
        net itself.
    """
    raise NotImplementedError  # write your code here


def finetune_groups(
    net: nn.Module, learning_rate: float, head: str = "fc", factor: float = 10.0
) -> list[dict[str, Any]]:
    """Make the parameter groups for an optimizer whose learning rate is larger in the output layer (D2L 13.2.2).

    The head is the module or the parameter with the name `head`. A parameter belongs to the head if its name is `head`,
    or is `head` followed by a dot and more: with head "fc" these are fc.weight and fc.bias, and neither fc2.weight nor
    body.fc.weight. All other parameters are the body. Parameters that do not require a gradient are left out.

    The groups suit torch.optim.SGD and the other optimizers. The function changes neither net nor its parameters.

    Args:
        net: a network, in which no parameter has two names.
        learning_rate: the learning rate of the body.
        head: the name of a module or a parameter of net, such as "fc" or "classifier.2". It is not empty.
        factor: the learning rate of the head is factor * learning_rate.

    Returns:
        Two dicts: the body first, then the head. Each has "params", a list of the parameters themselves in any order,
        and "lr", a float. A list may be empty.
    """
    raise NotImplementedError  # write your code here


def freeze(net: nn.Module, except_prefixes: Sequence[str] = ()) -> int:
    """Freeze the parameters of a network, except those under the given names (D2L 13.2, exercise 3).

    A frozen parameter has requires_grad False. A parameter is under a name if its own name is that name, or is that
    name followed by a dot and more: fc.weight is under "fc" and under "fc.weight", and fc2.weight is not. Parameters
    under one of the names stay as they are, frozen or not. Values and buffers stay as they are, too.

    Args:
        net: a network, in which no parameter has two names. It changes.
        except_prefixes: names of modules and parameters, a list or a tuple. Names that net lacks match nothing.

    Returns:
        The number of elements of all parameters that require a gradient after the call.
    """
    raise NotImplementedError  # write your code here


def transfer_head_row(old: nn.Linear, index: int) -> Tensor:
    """Copy the weights of a class from an output layer (D2L 13.2, exercise 4).

    A network trained on ImageNet has a class for hot dogs, number 934. Its row of the output layer's weight is a good
    start for a network that recognises hot dogs alone.

    The result is a copy without a graph, and needs no gradient. It shares no memory with the layer. The function leaves
    the layer unchanged.

    Args:
        old: the output layer. old.weight is (out_features, in_features), float32 or float64.
        index: the class, from -out_features to out_features - 1. A negative index counts from the end.

    Returns:
        The row of the class, (1, in_features), of the dtype of old.weight.

    Raises:
        IndexError: there is no such class.
    """
    raise NotImplementedError  # write your code here


def freeze_bn_stats(net: nn.Module) -> None:
    """Keep the running statistics of batch normalisation fixed while the rest of a network trains (D2L 7.5).

    A small data set has too few images for good statistics. So the layers of batch normalisation use the statistics of
    the first training: the function puts them into evaluation mode. These are all modules of net, at any depth and net
    itself included, whose class is nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm or a subclass.

    All other modules keep their mode, also nn.Dropout, nn.InstanceNorm2d and nn.LayerNorm. Nothing else changes: gamma
    and beta still learn. net.train() puts the layers back into training mode; the function is called again after it.

    Args:
        net: a network. Its modes change.
    """
    raise NotImplementedError  # write your code here
