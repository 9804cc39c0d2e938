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
    # BEGIN SOLUTION
    old = net.fc
    # WRONG input-count-of-512: old = nn.Linear(512, net.fc.out_features)
    # WRONG network-copied:
    #     from copy import deepcopy
    #     net = deepcopy(net)
    #     old = net.fc
    # WRONG all-layers-reset:
    #     old = net.fc
    #     for layer in net.modules():
    #         if hasattr(layer, "reset_parameters"):
    #             layer.reset_parameters()
    # WRONG body-frozen:
    #     old = net.fc
    #     for parameter in net.parameters():
    #         parameter.requires_grad = False
    new = nn.Linear(old.in_features, num_classes, device=old.weight.device, dtype=old.weight.dtype)
    # WRONG old-outputs-as-inputs:
    #     new = nn.Linear(old.out_features, num_classes, device=old.weight.device, dtype=old.weight.dtype)
    # WRONG always-float32: new = nn.Linear(old.in_features, num_classes, device=old.weight.device)
    # WRONG always-on-the-cpu: new = nn.Linear(old.in_features, num_classes, dtype=old.weight.dtype)
    # WRONG without-bias:
    #     new = nn.Linear(
    #         old.in_features, num_classes, bias=False, device=old.weight.device, dtype=old.weight.dtype
    #     )
    # WRONG bias-as-before:
    #     new = nn.Linear(
    #         old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device, dtype=old.weight.dtype
    #     )
    # WRONG number-of-classes-kept:
    #     new = nn.Linear(old.in_features, old.out_features, device=old.weight.device, dtype=old.weight.dtype)
    # WRONG background-added:
    #     new = nn.Linear(old.in_features, num_classes + 1, device=old.weight.device, dtype=old.weight.dtype)
    # WRONG inputs-and-outputs-swapped:
    #     new = nn.Linear(num_classes, old.in_features, device=old.weight.device, dtype=old.weight.dtype)
    # WRONG old-layer-resized:
    #     new = old
    #     new.out_features = num_classes
    #     new.weight = nn.Parameter(old.weight.new_zeros((num_classes, old.in_features)))
    #     new.bias = nn.Parameter(old.weight.new_zeros(num_classes))
    nn.init.xavier_uniform_(new.weight)
    # WRONG default-of-linear:
    # WRONG normal-in-place-of-uniform: nn.init.xavier_normal_(new.weight)
    # WRONG kaiming: nn.init.kaiming_uniform_(new.weight, nonlinearity="relu")
    # WRONG small-normal: nn.init.normal_(new.weight, std=0.01)
    # WRONG uniform-from-zero-to-one: nn.init.uniform_(new.weight)
    # WRONG weights-zero: nn.init.zeros_(new.weight)
    # WRONG gain-of-relu: nn.init.xavier_uniform_(new.weight, gain=nn.init.calculate_gain("relu"))
    # WRONG root-of-three: nn.init.xavier_uniform_(new.weight, gain=0.5**0.5)
    # WRONG old-rows-kept:
    #     nn.init.xavier_uniform_(new.weight)
    #     rows = min(num_classes, old.out_features)
    #     new.weight.data[:rows] = old.weight.data[:rows]
    net.fc = new
    # WRONG head-appended: net.fc = nn.Sequential(old, nn.Linear(old.out_features, num_classes))
    # WRONG under-another-name: net.head = new
    # WRONG new-head-frozen: net.fc = new.requires_grad_(old.weight.requires_grad)
    # WRONG old-head-zeroed:
    #     net.fc = new
    #     old.weight.data.zero_()
    return net
    # WRONG layer-returned: return net.fc
    # END SOLUTION


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
    # BEGIN SOLUTION
    groups: list[dict[str, Any]] = [
        {"params": [], "lr": learning_rate}, {"params": [], "lr": factor * learning_rate},
    ]  # fmt: skip
    # WRONG same-rate: groups = [{"params": [], "lr": learning_rate}, {"params": [], "lr": learning_rate}]
    # WRONG head-slower: groups = [{"params": [], "lr": learning_rate}, {"params": [], "lr": learning_rate / factor}]
    # WRONG body-divided: groups = [{"params": [], "lr": learning_rate / factor}, {"params": [], "lr": learning_rate}]
    # WRONG always-ten: groups = [{"params": [], "lr": learning_rate}, {"params": [], "lr": 10 * learning_rate}]
    # WRONG rates-swapped: groups = [{"params": [], "lr": factor * learning_rate}, {"params": [], "lr": learning_rate}]
    # WRONG factor-as-rate: groups = [{"params": [], "lr": learning_rate}, {"params": [], "lr": factor}]
    # WRONG factor-added: groups = [{"params": [], "lr": learning_rate}, {"params": [], "lr": factor + learning_rate}]
    # WRONG body-without-a-rate: groups = [{"params": []}, {"params": [], "lr": factor * learning_rate}]
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            # WRONG frozen-included: if True:
            # WRONG frozen-alone: if not parameter.requires_grad:
            groups[name == head or name.startswith(head + ".")]["params"].append(parameter)
            # WRONG prefix-of-the-name: groups[name.startswith(head)]["params"].append(parameter)
            # WRONG anywhere-in-the-name: groups[head in name]["params"].append(parameter)
            # WRONG any-part-of-the-name: groups[head in name.split(".")]["params"].append(parameter)
            # WRONG first-part-alone: groups[name.split(".")[0] == head.split(".")[0]]["params"].append(parameter)
            # WRONG first-part-as-the-whole-name: groups[name.split(".")[0] == head]["params"].append(parameter)
            # WRONG name-up-to-the-last-dot: groups[name.rpartition(".")[0] == head]["params"].append(parameter)
            # WRONG modules-as-heads-alone:
            #     inside = {id(each) for each in net.get_submodule(head).parameters()}
            #     groups[id(parameter) in inside]["params"].append(parameter)
            # WRONG always-fc: groups[name.startswith("fc.")]["params"].append(parameter)
            # WRONG last-module: groups[parameter in set([*net.children()][-1].parameters())]["params"].append(parameter)
            # WRONG weights-of-the-head-alone:
            #     groups[name.startswith(head + ".") and parameter.dim() > 1]["params"].append(parameter)
            # WRONG biases-left-out:
            #     if parameter.dim() > 1:
            #         groups[name == head or name.startswith(head + ".")]["params"].append(parameter)
            # WRONG head-twice:
            #     groups[0]["params"].append(parameter)
            #     if name == head or name.startswith(head + "."):
            #         groups[1]["params"].append(parameter)
            # WRONG copies:
            #     copied = nn.Parameter(parameter.detach().clone())
            #     groups[name == head or name.startswith(head + ".")]["params"].append(copied)
    return groups
    # WRONG head-first: return groups[::-1]
    # WRONG head-alone: return groups[1:]
    # WRONG empty-groups-left-out: return [group for group in groups if group["params"]]
    # WRONG body-frozen-as-well:
    #     for parameter in groups[0]["params"]:
    #         parameter.requires_grad = False
    #     return groups
    # END SOLUTION


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
    # BEGIN SOLUTION
    trainable = 0
    for name, parameter in net.named_parameters():
        if not any(name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes):
            # WRONG beginning-of-the-name: if not any(name.startswith(prefix) for prefix in except_prefixes):
            # WRONG anywhere-in-a-name: if not any(prefix in name for prefix in except_prefixes):
            # WRONG any-part: if not any(prefix in name.split(".") for prefix in except_prefixes):
            # WRONG first-part: if name.split(".")[0] not in except_prefixes:
            # WRONG whole-names-alone: if name not in except_prefixes:
            # WRONG modules-alone: if not any(name.startswith(prefix + ".") for prefix in except_prefixes):
            # WRONG exceptions-ignored: if True:
            # WRONG named-frozen: if any(name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes):
            # WRONG first-name-alone:
            #     if not any(name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes[:1]):
            # WRONG all-names-at-once:
            #     if not all(name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes or ["-"]):
            # WRONG weights-frozen-alone:
            #     if parameter.dim() > 1 and not any(
            #         name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes
            #     ):
            # WRONG normalisation-spared:
            #     if "norm" not in name and not any(
            #         name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes
            #     ):
            parameter.requires_grad = False
            # WRONG nothing-frozen: pass
            # WRONG values-zeroed:
            #     parameter.requires_grad = False
            #     parameter.zero_()
        trainable += parameter.numel() * parameter.requires_grad
        # WRONG kept-made-trainable:
        #     if any(name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes):
        #         parameter.requires_grad = True
        #     trainable += parameter.numel() * parameter.requires_grad
        # WRONG tensors-counted: trainable += parameter.requires_grad
        # WRONG frozen-counted: trainable += parameter.numel() * (not parameter.requires_grad)
        # WRONG all-counted: trainable += parameter.numel()
        # WRONG rows-counted: trainable += len(parameter) * parameter.requires_grad
        # WRONG kept-counted:
        #     kept = any(name == prefix or name.startswith(prefix + ".") for prefix in except_prefixes)
        #     trainable += parameter.numel() * kept
        # WRONG dimensions-counted: trainable += sum(parameter.shape) * parameter.requires_grad
    return trainable
    # WRONG evaluation-mode:
    #     net.eval()
    #     return trainable
    # WRONG buffers-counted: return trainable + sum(buffer.numel() for buffer in net.buffers())
    # WRONG nothing-returned: return None
    # END SOLUTION


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
    # BEGIN SOLUTION
    return old.weight[index].detach().clone()[None]
    # WRONG one-axis: return old.weight[index].detach().clone()
    # WRONG column: return old.weight[:, index].detach().clone()[None]
    # WRONG column-vector: return old.weight[index].detach().clone()[:, None]
    # WRONG view-of-the-weight: return old.weight[index].detach()[None]
    # WRONG graph-of-the-weight: return old.weight[index].clone()[None]
    # WRONG row-after: return old.weight.roll(-1, 0)[index].detach().clone()[None]
    # WRONG row-before: return old.weight.roll(1, 0)[index].detach().clone()[None]
    # WRONG from-the-end: return old.weight.flip(0)[index].detach().clone()[None]
    # WRONG first-row-always: return old.weight[0].detach().clone()[None]
    # WRONG negative-as-positive: return old.weight[abs(index)].detach().clone()[None]
    # WRONG empty-for-the-last: return old.weight[index : index + 1].detach().clone()
    # WRONG wrapped-around: return old.weight[index % old.out_features].detach().clone()[None]
    # WRONG clamped: return old.weight[max(-old.out_features, min(index, old.out_features - 1))].detach().clone()[None]
    # WRONG bias-added: return old.weight[index].detach().clone()[None] + (0 if old.bias is None else old.bias[index].item())
    # WRONG length-of-one: return nn.functional.normalize(old.weight[index].detach(), dim=0)[None]
    # WRONG mean-of-all-rows: return old.weight.detach().mean(dim=0, keepdim=True)
    # WRONG row-in-float32: return old.weight[index].detach().float().clone()[None]
    # WRONG layer-frozen: return old.weight.requires_grad_(False)[index].clone()[None]
    # WRONG layer-reduced-to-the-row:
    #     old.weight = nn.Parameter(old.weight[index].detach().clone()[None])
    #     return old.weight.detach().clone()
    # WRONG row-cleared-in-the-layer:
    #     row = old.weight[index].detach().clone()[None]
    #     old.weight.data[index] = 0
    #     return row
    # WRONG parameter-returned: return nn.Parameter(old.weight[index].detach().clone()[None])
    # WRONG all-other-rows: return old.weight.detach().clone()[[i for i in range(old.out_features) if i != index]]
    # WRONG rows-up-to-the-class: return old.weight.detach().clone()[: index + 1]
    # END SOLUTION


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
    # BEGIN SOLUTION
    for layer in net.modules():
        # WRONG direct-children-alone: for layer in net.children():
        # WRONG without-the-network-itself:
        #     for layer in [layer for layer in net.modules() if layer is not net]:
        # WRONG first-layer-alone: for layer in [layer for layer in net.modules() if isinstance(layer, nn.modules.batchnorm._BatchNorm)][:1]:
        # WRONG two-levels: for layer in [net, *net.children(), *(each for child in net.children() for each in child.children())]:
        # WRONG others-in-training-mode:
        #     for layer in net.modules():
        #         if not isinstance(layer, nn.modules.batchnorm._BatchNorm):
        #             layer.training = True
        #     for layer in net.modules():
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)):
            # WRONG images-alone: if isinstance(layer, nn.BatchNorm2d):
            # WRONG exact-class: if type(layer) in (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm):
            # WRONG all-normalisation:
            #     if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm2d, nn.LayerNorm, nn.GroupNorm)):
            # WRONG dropout-as-well: if isinstance(layer, (nn.modules.batchnorm._BatchNorm, nn.Dropout)):
            # WRONG whole-network: if True:
            # WRONG volumes-forgotten: if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            # WRONG by-statistics: if hasattr(layer, "running_mean"):
            # WRONG all-but-batch-norm: if not isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.eval()
            # WRONG parameters-frozen: layer.requires_grad_(False)
            # WRONG both-frozen: layer.eval().requires_grad_(False)
            # WRONG no-momentum: layer.momentum = 0.0
            # WRONG not-tracked: layer.track_running_stats = False
            # WRONG statistics-reset:
            #     layer.eval()
            #     layer.reset_running_stats()
            # WRONG gamma-and-beta-reset:
            #     layer.eval()
            #     layer.reset_parameters()
            # WRONG statistics-removed:
            #     layer.eval()
            #     layer.running_mean = layer.running_var = None
            # WRONG training-mode: layer.train()
            # WRONG nothing-done: pass
    # END SOLUTION
