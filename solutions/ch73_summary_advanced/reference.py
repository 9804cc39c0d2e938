"""ch73 Summary and further study.

The last lecture looks back, and names books and courses to go on with. It has no code. These exercises are three tools
for further study: how the loss of a net falls with its size, how much work a net is, and in which order to read.
"""

import copy
import heapq
import itertools
import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn


def fit_power_law(n: Sequence[float], loss: Sequence[float]) -> tuple[float, float]:
    """Fit a power law to measured losses, such as those of nets of several sizes.

        loss = a * n ** -b, so that log(loss) = log(a) - b * log(n)

    On logarithmic axes, a power law is a straight line. The result is the line with the least sum of squared
    differences to the points (log(n), log(loss)), which need not lie on it. Each point counts the same. b is negative
    if the loss grows with n, and 0 if all losses are equal. The function leaves n and loss unchanged.

    Args:
        n: sizes such as numbers of parameters or of examples: a list or tuple of ints or floats up to 1e15, in any
            order. A size may occur several times. Different sizes differ by a factor of 1.1 or more.
        loss: the loss for each size: a list or tuple of ints or floats up to 1e9, as long as n.

    Returns:
        (a, b): each is a Python float, right within a relative error of 1e-6. float32 is not precise enough.

    Raises:
        ValueError: n and loss have different lengths, n has fewer than two different sizes, or a number in n or loss
            is 0 or negative.

    Source: Kaplan and others, Scaling laws for neural language models, 2020.

    >>> a, b = fit_power_law([1, 4, 100], [6, 3, 0.6])
    >>> round(a, 6), round(b, 6)
    (6.0, 0.5)
    """
    # BEGIN SOLUTION
    if len(set(n)) < 2:
        # WRONG sizes-not-counted: if False:
        # WRONG points-for-sizes: if len(n) < 2:
        # WRONG two-sizes-refused: if len(set(n)) < 3:
        # WRONG repeated-sizes-refused: if len(set(n)) < max(2, len(n)):
        raise ValueError("a line needs two different sizes")
        # WRONG flat-law-for-one-size: return sum(loss) / max(len(loss), 1), 0.0
    # zip raises ValueError if the lengths differ, and log if a number is not positive.
    points = [(math.log(size), math.log(number)) for size, number in zip(n, loss, strict=True)]
    # WRONG lengths-not-compared: points = [(math.log(size), math.log(number)) for size, number in zip(n, loss, strict=False)]
    # WRONG other-points-left-out: points = [(math.log(size), math.log(number)) for size, number in zip(n, loss, strict=True) if size > 0 and number > 0]
    # WRONG magnitudes-for-negative-numbers: points = [(math.log(abs(size)), math.log(abs(number))) for size, number in zip(n, loss, strict=True)]
    # WRONG tiny-numbers-for-zero: points = [(math.log(max(size, 1e-12)), math.log(max(number, 1e-12))) for size, number in zip(n, loss, strict=True)]
    # WRONG no-logarithms: points = [(float(size), float(number)) for size, number in zip(n, loss, strict=True)]
    # WRONG logarithms-of-sizes-alone: points = [(math.log(size), float(number)) for size, number in zip(n, loss, strict=True)]
    # WRONG logarithms-of-losses-alone: points = [(float(size), math.log(number)) for size, number in zip(n, loss, strict=True)]
    # WRONG base-ten-then-exp: points = [(math.log10(size), math.log10(number)) for size, number in zip(n, loss, strict=True)]
    # WRONG one-added-first: points = [(math.log1p(size), math.log1p(number)) for size, number in zip(n, loss, strict=True)]
    # WRONG last-loss-of-a-size: points = [(math.log(size), math.log(number)) for size, number in dict(zip(n, loss, strict=True)).items()]
    # WRONG mean-loss-of-a-size:
    #     groups = {size: [number for other, number in zip(n, loss, strict=True) if other == size] for size in n}
    #     points = [(math.log(size), math.log(sum(group) / len(group))) for size, group in groups.items()]
    # WRONG sizes-sorted-alone: points = [(math.log(size), math.log(number)) for size, number in zip(sorted(n), loss, strict=True)]
    # WRONG first-and-last-alone: points = [(math.log(size), math.log(number)) for size, number in ((n[0], loss[0]), (n[-1], loss[-1]))]
    # WRONG smallest-and-largest-alone:
    #     points = [(math.log(size), math.log(number)) for size, number in zip(n, loss, strict=True)]
    #     points = [min(points), max(points)]
    # WRONG last-point-left-out:
    #     points = [(math.log(size), math.log(number)) for size, number in zip(n, loss, strict=True)]
    #     if len(set(n[:-1])) > 1:
    #         points = points[:-1]
    # WRONG logarithms-written-over-n:
    #     points = [(math.log(size), math.log(number)) for size, number in zip(n, loss, strict=True)]
    #     if isinstance(n, list):
    #         n[:] = [u for u, _ in points]
    x, y = [u for u, _ in points], [v for _, v in points]
    x_mean, y_mean = math.fsum(x) / len(x), math.fsum(y) / len(y)
    # WRONG line-through-the-origin: x_mean, y_mean = 0.0, 0.0
    spread = math.fsum((u - x_mean) ** 2 for u in x)
    # WRONG sizes-not-centred: spread = math.fsum(u**2 for u in x)
    # WRONG divisors-mixed: spread = math.fsum((u - x_mean) ** 2 for u in x) * len(x) / (len(x) - 1)
    slope = math.fsum((u - x_mean) * v for u, v in points) / spread
    # WRONG ratio-of-spreads: slope = -math.sqrt(math.fsum((v - y_mean) ** 2 for v in y) / spread)
    # WRONG differences-of-sizes:
    #     mixed = math.fsum((u - x_mean) * v for u, v in points)
    #     slope = math.fsum((v - y_mean) ** 2 for v in y) / (mixed or 1.0)
    # WRONG sizes-by-losses:
    #     mixed = math.fsum((u - x_mean) * v for u, v in points)
    #     slope = mixed / (math.fsum((v - y_mean) ** 2 for v in y) or 1.0)
    # WRONG distances-to-the-line:
    #     mixed = math.fsum((u - x_mean) * v for u, v in points)
    #     slope = math.tan(math.atan2(2 * mixed, spread - math.fsum((v - y_mean) ** 2 for v in y)) / 2)
    # WRONG mean-of-slopes:
    #     points = sorted(points)
    #     slopes = [(v2 - v1) / (u2 - u1) for (u1, v1), (u2, v2) in itertools.pairwise(points) if u2 > u1]
    #     slope = sum(slopes) / len(slopes)
    # The line goes through the mean of the points. Its height at log(n) = 0 is log(a).
    return math.exp(y_mean - slope * x_mean), -slope
    # WRONG no-logarithms: return y_mean - slope * x_mean, -slope
    # WRONG logarithms-of-sizes-alone: return y_mean - slope * x_mean, -slope
    # WRONG power-of-ten: return 10 ** (y_mean - slope * x_mean), -slope
    # WRONG sign-of-the-exponent: return math.exp(y_mean - slope * x_mean), slope
    # WRONG magnitude-of-the-exponent: return math.exp(y_mean - slope * x_mean), abs(slope)
    # WRONG logarithm-of-a: return y_mean - slope * x_mean, -slope
    # WRONG one-over-a: return math.exp(slope * x_mean - y_mean), -slope
    # WRONG exponent-first: return -slope, math.exp(y_mean - slope * x_mean)
    # WRONG loss-at-the-mean: return math.exp(y_mean), -slope
    # WRONG slope-added: return math.exp(y_mean + slope * x_mean), -slope
    # WRONG law-through-the-first-point: return loss[0] * n[0] ** -slope, -slope
    # WRONG arithmetic-mean-for-a: return sum(number * size**-slope for size, number in zip(n, loss, strict=True)) / len(n), -slope
    # WRONG law-through-the-means: return sum(loss) / len(n) * (sum(n) / len(n)) ** -slope, -slope
    # WRONG size-with-loss-one: return math.exp(min((slope * x_mean - y_mean) / (slope or 1.0), 700)), -slope
    # WRONG rounded-law: return round(math.exp(y_mean - slope * x_mean), 2), round(-slope, 2)
    # WRONG tensors-for-numbers: return torch.tensor(math.exp(y_mean - slope * x_mean)), torch.tensor(-slope)
    # WRONG exponent-alone: return -slope
    # WRONG fit-in-linear-space:
    #     a, b = math.exp(y_mean - slope * x_mean), -slope
    #     sizes, losses = torch.tensor(n, dtype=torch.float64), torch.tensor(loss, dtype=torch.float64)
    #     for _ in range(50):
    #         power = sizes**-b
    #         J = torch.stack([power, -a * power * sizes.log()], dim=1)
    #         da, db = torch.linalg.lstsq(J, (losses - a * power)[:, None]).solution.flatten().tolist()
    #         a, b = a + da, b + db
    #     return a, b
    # END SOLUTION


def count_flops(net: nn.Sequential, input_shape: tuple[int, ...]) -> int:
    """Count the multiplications of a forward pass in the linear and convolutional layers of a net.

    A multiplication and the addition that follows it count as a single operation. Each element of the output of such a
    layer is a sum of products:

        nn.Linear: in_features products
        nn.Conv2d: in_channels / groups * kernel height * kernel width products, those with padding included

    A bias adds nothing to the count, and all other kinds of layers count 0: pooling, normalisation, nn.Conv1d,
    nn.ConvTranspose2d and so on. LeNet, with an image of 28 x 28, needs 416,520. Ready-made counters of floating-point
    operations (FLOPs) often give twice as much: the additions, too.

    The net may hold its layers at any depth: in an nn.Sequential or in a block of your own class, whose forward may
    call a layer several times. Every call counts. Layers are counted in evaluation mode, in which batch normalisation
    accepts a batch of one. The net itself stays as it is: parameters, gradients, buffers, hooks, and the mode of each
    module, training or evaluation.

    Args:
        net: a float32 net on the CPU.
        input_shape: the shape of the whole float32 input. Its first axis may be the batch size: twice as many examples
            are twice as much work. An nn.Linear works on the last axis, and all axes before it are positions.

    Returns:
        The number of multiplications, a Python int.

    Source: He and others, Deep residual learning for image recognition, 2015, count FLOPs in the same way.

    >>> count_flops(nn.Sequential(nn.Conv2d(3, 4, 5), nn.Flatten(), nn.Linear(4 * 8 * 8, 10)), (1, 3, 12, 12))
    21760
    """
    # BEGIN SOLUTION
    worker = copy.deepcopy(net).eval()  # the net itself keeps its modes, its statistics and its hooks
    # WRONG runs-in-training-mode: worker = copy.deepcopy(net).train()
    total = 0
    # WRONG each-layer-once: total, seen = 0, set()
    # WRONG input-counted: total = torch.zeros(input_shape).numel()

    def count(layer: nn.Module, _inputs: tuple[Tensor, ...], Y: Tensor) -> None:
        nonlocal total
        # WRONG each-layer-once:
        #     nonlocal total
        #     if layer in seen:
        #         return
        #     seen.add(layer)
        if isinstance(layer, nn.Conv2d):
            total += Y.numel() * (layer.in_channels // layer.groups) * math.prod(layer.kernel_size)
            # WRONG kernel-area-left-out: total += Y.numel() * layer.weight.shape[1]
            # WRONG groups-ignored: total += Y.numel() * layer.in_channels * layer.weight[0, 0].numel()
            # WRONG groups-twice: total += Y.numel() * layer.weight[0].numel() // layer.groups
            # WRONG square-kernels-alone: total += Y.numel() * layer.weight.shape[1] * layer.kernel_size[0] ** 2
            # WRONG sides-of-the-kernel-added: total += Y.numel() * layer.weight.shape[1] * sum(layer.kernel_size)
            # WRONG input-channels-left-out: total += Y.numel() * layer.weight[0, 0].numel()
            # WRONG output-channels-left-out: total += Y.numel() // layer.out_channels * layer.weight[0].numel()
            # WRONG positions-of-the-input: total += _inputs[0].numel() // layer.in_channels * layer.weight.numel()
            # WRONG a-single-position: total += len(Y) * layer.weight.numel()
            # WRONG dilated-kernel:
            #     sides = [d * (k - 1) + 1 for d, k in zip(layer.dilation, layer.kernel_size, strict=True)]
            #     total += Y.numel() * layer.weight.shape[1] * math.prod(sides)
            # WRONG padding-not-counted:
            #     X, W = torch.ones_like(_inputs[0]), torch.ones_like(layer.weight)
            #     Z = nn.functional.conv2d(X, W, None, layer.stride, layer.padding, layer.dilation, layer.groups)
            #     total += int(Z.sum())
            # WRONG convolutions-left-out: pass
            # WRONG biases-counted: total += Y.numel() * (layer.weight[0].numel() + (layer.bias is not None))
            # WRONG biases-of-convolutions-counted: total += Y.numel() * (layer.weight[0].numel() + (layer.bias is not None))
            # WRONG additions-apart: total += Y.numel() * (2 * layer.weight[0].numel() - 1)
            # WRONG outputs-alone: total += Y.numel()
        elif isinstance(layer, nn.Linear):
            # WRONG other-layers-counted:
            #     elif not isinstance(layer, nn.Linear):
            #         total += 0 if list(layer.children()) else Y.numel()
            #     else:
            # WRONG other-convolutions-counted:
            #     elif isinstance(layer, (nn.Conv1d, nn.ConvTranspose1d, nn.ConvTranspose2d)):
            #         total += Y.numel() * layer.weight[0].numel()
            #     elif isinstance(layer, nn.Linear):
            # WRONG layers-with-weights-counted:
            #     elif not isinstance(layer, nn.Linear):
            #         total += Y.numel() if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) else 0
            #     else:
            total += Y.numel() * layer.in_features
            # WRONG weights-for-work: total += layer.weight.numel()
            # WRONG first-axis-alone: total += len(Y) * layer.weight.numel()
            # WRONG last-position-axis-alone: total += (Y.shape[-2] if Y.dim() > 1 else 1) * layer.weight.numel()
            # WRONG linear-layers-left-out: pass
            # WRONG biases-counted: total += Y.numel() * (layer.in_features + (layer.bias is not None))
            # WRONG biases-of-linear-layers-counted: total += Y.numel() * (layer.in_features + (layer.bias is not None))
            # WRONG additions-apart: total += Y.numel() * (2 * layer.in_features - 1)
            # WRONG outputs-alone: total += Y.numel()
            # WRONG inputs-plus-outputs: total += _inputs[0].numel() + Y.numel()

    for module in worker.modules():
        # WRONG top-level-alone: for module in worker:
        # WRONG sequentials-alone:
        #     inside = [layer for part in worker.modules() if isinstance(part, nn.Sequential) for layer in part]
        #     for module in dict.fromkeys(inside):
        # WRONG places-counted-as-calls: for _, module in worker.named_modules(remove_duplicate=False):
        module.register_forward_hook(count)
    with torch.no_grad():
        worker(torch.zeros(input_shape))
        # WRONG batch-size-ignored: worker(torch.zeros((1, *input_shape[1:]) if len(input_shape) > 1 else input_shape))
    return total
    # WRONG two-per-product: return 2 * total
    # WRONG half-of-the-products: return total // 2
    # WRONG number-of-parameters: return sum(p.numel() for p in net.parameters())
    # WRONG number-of-weights: return sum(p.numel() for p in net.parameters() if p.dim() > 1)
    # WRONG millions: return total / 1e6
    # WRONG count-as-a-float: return float(total)
    # WRONG count-as-a-tensor: return torch.tensor(total)
    # WRONG left-in-evaluation-mode:
    #     net.eval()
    #     return total
    # WRONG left-in-training-mode:
    #     net.train()
    #     return total
    # WRONG hooks-left-behind:
    #     for module in net.modules():
    #         module.register_forward_hook(lambda *call: None)
    #     return total
    # WRONG statistics-moved:
    #     if len(input_shape) == 4 and input_shape[0] > 1:
    #         modes = [(module, module.training) for module in net.modules()]
    #         net.train()(torch.zeros(input_shape))
    #         for module, training in modes:
    #             module.training = training
    #     return total
    # END SOLUTION


def reading_order(prerequisites: Mapping[str, Sequence[str]]) -> list[str]:
    """Put chapters, or papers, in an order in which each comes after all its prerequisites.

    At every place of the order, several names may be available: those that are not listed yet, but all of whose
    prerequisites are. The alphabetically first of them takes the place. Names are compared as Python compares strings:
    "Z" comes before "a", and "ch10" before "ch9". The function leaves prerequisites unchanged.

    Args:
        prerequisites: a dict from a name to a list or tuple of the names that have to be read before it. A name may
            occur several times in such a list, which changes nothing. A name that occurs only in these lists belongs
            to the order, too, and has no prerequisites. There may be thousands of names, and chains of as many.

    Returns:
        A list of all names, each once. It is empty if there is no name.

    Raises:
        ValueError: there is no such order, because some names wait for each other, or a name waits for itself.

    Source: Kahn, Topological sorting of large networks, 1962. D2L has such a graph of its chapters in its preface.

    >>> reading_order({"bert": ["transformer"], "transformer": ["attention", "mlp"], "cnn": ["mlp"]})
    ['attention', 'mlp', 'cnn', 'transformer', 'bert']
    """
    # BEGIN SOLUTION
    names = {*prerequisites, *itertools.chain(*prerequisites.values())}
    # WRONG keys-alone: names = {*prerequisites}
    # WRONG missing-names-added:
    #     for needed in list(prerequisites.values()):
    #         for other in needed:
    #             prerequisites.setdefault(other, [])
    #     names = {*prerequisites}
    waits_for = {name: set(prerequisites.get(name, ())) for name in names}
    # WRONG keys-alone: waits_for = {name: names.intersection(prerequisites[name]) for name in names}
    # WRONG repeated-names-counted: waits_for = {name: list(prerequisites.get(name, ())) for name in names}
    # WRONG itself-ignored: waits_for = {name: {*prerequisites.get(name, ())} - {name} for name in names}
    # WRONG edges-turned-round: waits_for = {name: {other for other in names if name in prerequisites.get(other, ())} for name in names}
    # WRONG first-prerequisite-alone: waits_for = {name: {*list(prerequisites.get(name, ()))[:1]} for name in names}
    # WRONG last-prerequisite-alone: waits_for = {name: {*list(prerequisites.get(name, ()))[-1:]} for name in names}
    followers: dict[str, list[str]] = {name: [] for name in names}
    for name, needed in waits_for.items():
        for other in needed:
            # WRONG repeated-names-counted: for other in set(needed):
            followers[other].append(name)
    available = [name for name, needed in waits_for.items() if not needed]
    heapq.heapify(available)
    # WRONG first-come-first-served: available.sort()
    # WRONG latest-first: available.sort(reverse=True)
    order: list[str] = []
    # WRONG alphabetical-alone: order, available = sorted(names), []
    # WRONG level-by-level:
    #     order, level, available = [], sorted(available), []
    #     while level:
    #         order += level
    #         following = []
    #         for name in level:
    #             for follower in followers[name]:
    #                 waits_for[follower].remove(name)
    #                 if not waits_for[follower]:
    #                     following.append(follower)
    #         level = sorted(following)
    # WRONG depth-first:
    #     order, available, begun = [], [], set()
    #     def visit(name):
    #         if name in begun:
    #             if name not in order:
    #                 raise ValueError(name)
    #             return
    #         begun.add(name)
    #         for other in sorted(prerequisites.get(name, ())):
    #             visit(other)
    #         order.append(name)
    #     for name in sorted(names):
    #         visit(name)
    # WRONG depth-first-as-in-the-dict:
    #     order, available, begun = [], [], set()
    #     def visit(name):
    #         if name in begun:
    #             if name not in order:
    #                 raise ValueError(name)
    #             return
    #         begun.add(name)
    #         for other in prerequisites.get(name, ()):
    #             visit(other)
    #         order.append(name)
    #     for name in prerequisites:
    #         visit(name)
    # WRONG call-for-each-name:
    #     order = []
    #     def place():
    #         if available:
    #             order.append(heapq.heappop(available))
    #             for follower in followers[order[-1]]:
    #                 waits_for[follower].remove(order[-1])
    #                 if not waits_for[follower]:
    #                     heapq.heappush(available, follower)
    #             place()
    #     place()
    while available:
        name = heapq.heappop(available)
        # WRONG first-come-first-served: name = available.pop(0)
        # WRONG latest-first: name = available.pop()
        # WRONG small-letters-alike:
        #     name = min(available, key=lambda name: (name.lower(), name))
        #     available.remove(name)
        #     heapq.heapify(available)
        # WRONG shorter-names-first:
        #     name = min(available, key=lambda name: (len(name), name))
        #     available.remove(name)
        #     heapq.heapify(available)
        # WRONG numbers-by-size:
        #     name = min(available, key=lambda name: (name.rstrip("0123456789"), len(name), name))
        #     available.remove(name)
        #     heapq.heapify(available)
        # WRONG fewest-prerequisites-first:
        #     name = min(available, key=lambda name: (len({*prerequisites.get(name, ())}), name))
        #     available.remove(name)
        #     heapq.heapify(available)
        # WRONG most-followers-first:
        #     name = min(available, key=lambda name: (-len(followers[name]), name))
        #     available.remove(name)
        #     heapq.heapify(available)
        # WRONG as-in-the-dict:
        #     name = min(available, key=[*prerequisites, *itertools.chain(*prerequisites.values())].index)
        #     available.remove(name)
        #     heapq.heapify(available)
        # WRONG from-the-end-of-the-alphabet:
        #     name = max(available)
        #     available.remove(name)
        #     heapq.heapify(available)
        order.append(name)
        for follower in followers[name]:
            waits_for[follower].remove(name)
            # WRONG one-prerequisite-is-enough:
            #     if not waits_for[follower]:
            #         continue
            #     waits_for[follower].clear()
            if not waits_for[follower]:
                heapq.heappush(available, follower)
                # WRONG first-come-first-served: available.append(follower)
                # WRONG latest-first: available.append(follower)
    if len(order) < len(names):  # the others wait for each other
        # WRONG cycle-left-out: if False:
        # WRONG cycle-noticed-if-nothing-is-free: if not order and names:
        # WRONG no-names-refused: if len(order) < max(len(names), 1):
        raise ValueError("some names wait for each other")
        # WRONG cycle-at-the-end: order += sorted(names.difference(order))
        # WRONG no-order-for-a-cycle: return []
        # WRONG none-for-a-cycle: return None
        # WRONG other-error-for-a-cycle: raise RuntimeError
    return order
    # WRONG last-name-first: return order[::-1]
    # WRONG other-names-dropped: return [name for name in order if name in prerequisites]
    # WRONG names-alone-left-out: return [name for name in order if followers[name] or prerequisites.get(name)]
    # WRONG places-for-names: return {name: place for place, name in enumerate(order)}
    # WRONG order-as-text: return ", ".join(order)
    # WRONG lists-used-up:
    #     for needed in prerequisites.values():
    #         if isinstance(needed, list):
    #             needed.clear()
    #     return order
    # END SOLUTION
