"""ch37: replace_head, finetune_groups, freeze, transfer_head_row, freeze_bn_stats."""

import itertools
import math
from collections import OrderedDict

import pytest
import torch
from torch import nn

from dlgrade.testing import layers, set_parameters, value_or_error


def network(inputs, classes, *, bias=True, seed=1):
    """A small convolutional network with the output layer fc."""
    net = nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(1, inputs, 3),
            norm=nn.BatchNorm2d(inputs),
            pool=nn.AdaptiveAvgPool2d(1),
            flat=nn.Flatten(),
            fc=nn.Linear(inputs, classes, bias=bias),
        )
    )
    return set_parameters(net, seed)


def nested(seed=1):
    """A network whose names have several parts, with names that resemble one another."""
    net = nn.Module()
    net.body = nn.Module()
    net.body.fc = nn.Linear(3, 4)
    net.body.norm = nn.BatchNorm1d(4)
    net.fc = nn.Linear(6, 2)
    net.classifier = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 6))
    net.pre_fc = nn.Linear(2, 3)
    net.fc2 = nn.Linear(4, 5, bias=False)
    net.scale = nn.Parameter(torch.ones(3))
    return set_parameters(net, seed)


NAMES = [name for name, _ in nested().named_parameters()]


def values(net):
    return {name: parameter.detach() for name, parameter in net.named_parameters()}


def frozen(net, names):
    for name, parameter in net.named_parameters():
        if name in names:
            parameter.requires_grad = False
    return net


@pytest.fixture
def seed(chance):
    return chance.randrange(2**31)


@pytest.fixture
def two_sizes(chance):
    """The inputs of an output layer, and its old and its new number of classes: three different numbers."""
    return chance.sample(range(3, 15), 3)


@pytest.mark.exercise("replace_head")
class TestReplaceHead:
    @pytest.mark.points(2)
    def test_new_layer(self, agree, two_sizes):
        """net.fc is a new linear layer: as many inputs, num_classes outputs, a bias.
        net.fc 是新的线性层：输入数不变，num_classes 个输出，带偏置。"""
        inputs, old, new = two_sizes

        def probe(impl):
            return layers(impl.replace_head(network(inputs, old), new).fc, "net.fc")

        agree(probe)

    @pytest.mark.points(2)
    def test_initial_weight(self, agree, chance):
        """The weight is uniform in (-a, a), with a from inputs and outputs.
        weight 在 (-a, a) 上均匀分布，a 由输入数与输出数决定。"""
        sizes = [(400, 5, 600), (900, 7, 300), (300, 3, 1000), (1240, 4, 240), (480, 6, 600)]
        cases = chance.sample(sizes, 2)

        def figures_of(impl, inputs, old, new):
            net = impl.replace_head(network(inputs, old), new)
            weight = net.fc.weight.detach().double()
            # With 200,000 entries these figures differ from the ideal ones by less than 0.01.
            figures = {"largest": weight.abs().max(), "deviation": math.sqrt(3) * weight.std()}
            words = {name: round(20 * math.log(figure.item() + 1e-9)) for name, figure in figures.items()}
            return {**words, "mean": round(20 * (weight.mean() / (weight.abs().max() + 1e-9)).item())}

        agree(lambda impl: [figures_of(impl, *case) for case in cases])

    @pytest.mark.points(2)
    def test_rest_unchanged(self, agree, two_sizes, seed):
        """Returns net itself; its other layers stay as they are.
        返回 net 本身；其余各层保持不变。"""
        inputs, old, new = two_sizes

        def probe(impl):
            net = network(inputs, old, seed=seed)
            result = impl.replace_head(net, new)
            body = {name: value for name, value in values(net).items() if name.startswith(("conv", "norm"))}
            learns = [name for name, parameter in net.named_parameters() if parameter.requires_grad]
            return [[*dict(net.named_children())], result is net, body, learns, len(net.fc.weight)]

        agree(probe)

    def test_old_layer(self, agree, two_sizes, seed):
        """The old layer keeps its weight and bias.
        原来的层保留它的 weight 和 bias。"""
        inputs, old, new = two_sizes

        def probe(impl):
            net = network(inputs, old, seed=seed)
            layer = net.fc
            net = impl.replace_head(net, new)
            return [layer.weight.detach(), layer.bias.detach(), layer.out_features, net.fc is layer, len(net.fc.weight)]

        agree(probe)

    def test_drawn_anew(self, agree, two_sizes, seed):
        """Each call draws a new weight, also for the same number of classes.
        每次调用都重新抽取 weight，类别数相同时也一样。"""
        inputs, old, new = two_sizes

        def probe(impl):
            net = network(inputs, old, seed=seed)
            drawn = [net.fc.weight.detach()]
            for classes in (old, old, new):
                net = impl.replace_head(net, classes)
                drawn.append(net.fc.weight.detach().clone())
            kept = [len(set(one[0].tolist()) & set(other[0].tolist())) for one, other in itertools.pairwise(drawn)]
            return [kept, [list(weight.shape) for weight in drawn]]

        agree(probe)

    def test_old_layer_without_bias(self, agree, two_sizes):
        """The new layer has a bias, also if the old layer has none.
        原来的层没有偏置时，新的层仍有偏置。"""
        inputs, old, new = two_sizes

        def probe(impl):
            net = impl.replace_head(network(inputs, old, bias=False), new)
            return {name: list(parameter.shape) for name, parameter in net.fc.named_parameters()}

        agree(probe)

    @pytest.mark.parametrize("kind", ["float64", "meta"])
    def test_dtype_and_device(self, agree, two_sizes, kind):
        """The new layer has the dtype and the device of the old layer.
        新的层与原来的层 dtype 相同，设备也相同。"""
        inputs, old, new = two_sizes

        def probe(impl):
            net = network(inputs, old)
            net = net.double() if kind == "float64" else net.to("meta")
            parameters = impl.replace_head(net, new).fc.named_parameters()
            return {name: [str(each.dtype), each.device.type, *each.shape] for name, each in parameters}

        agree(probe)

    def test_frozen_network(self, agree, two_sizes):
        """The new layer learns, also if the network is frozen; the rest stays frozen.
        网络被冻结时，新的层仍可学习；其余部分保持冻结。"""
        inputs, old, new = two_sizes

        def probe(impl):
            net = impl.replace_head(network(inputs, old).requires_grad_(False), new)
            return {name: [parameter.requires_grad, *parameter.shape] for name, parameter in net.named_parameters()}

        agree(probe)


def described(net, groups):
    """The groups in words: the names of the parameters, and the learning rate."""
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    return [
        {"params": sorted(names.get(id(each), "another tensor") for each in group["params"]), "lr": group.get("lr")}
        for group in groups
    ]


@pytest.mark.exercise("finetune_groups")
class TestFinetuneGroups:
    @pytest.fixture
    def rates(self, chance):
        """A learning rate and a factor."""
        return round(chance.uniform(0.001, 0.05), 4), round(chance.uniform(2.5, 8.0), 1)

    @pytest.mark.points(2)
    def test_two_groups(self, agree, rates, two_sizes):
        """The body has the learning rate, the head ten times as much.
        主体用给定的学习率，输出层用十倍的学习率。"""
        rate, _ = rates
        inputs, old, _ = two_sizes

        def probe(impl):
            net = network(inputs, old)
            return described(net, impl.finetune_groups(net, rate))

        agree(probe)

    @pytest.mark.points(2)
    def test_factor(self, agree, rates, two_sizes):
        """The head's learning rate is factor times that of the body.
        输出层的学习率是主体的 factor 倍。"""
        rate, factor = rates
        inputs, old, _ = two_sizes

        def probe(impl):
            net = network(inputs, old)
            return described(net, impl.finetune_groups(net, rate, factor=factor))

        agree(probe)

    def test_similar_names(self, agree, rates):
        """fc2, pre_fc and body.fc are not the head fc.
        fc2、pre_fc 和 body.fc 都不是输出层 fc。"""
        rate, factor = rates

        def probe(impl):
            net = nested()
            return described(net, impl.finetune_groups(net, rate, "fc", factor))

        agree(probe)

    @pytest.mark.points(2)
    @pytest.mark.parametrize("head", ["classifier.2", "body", "scale"])
    def test_other_heads(self, agree, rates, head):
        """The head may have another name, also one inside a module.
        输出层可以叫别的名字，也可以在某个模块内部。"""
        rate, factor = rates

        def probe(impl):
            net = nested()
            return described(net, impl.finetune_groups(net, rate, head=head, factor=factor))

        agree(probe)

    def test_frozen_parameters(self, agree, rates, chance):
        """Frozen parameters are in neither group, and stay frozen.
        被冻结的参数不在任何一组中，并且保持冻结。"""
        rate, factor = rates
        names = ["fc.bias", *chance.sample([name for name in NAMES if not name.startswith("fc.")], 4)]

        def probe(impl):
            net = frozen(nested(), names)
            groups = described(net, impl.finetune_groups(net, rate, "fc", factor))
            return [groups, [name for name, parameter in net.named_parameters() if parameter.requires_grad]]

        agree(probe)

    def test_frozen_body(self, agree, rates):
        """If the whole body is frozen, its list is empty.
        主体全部冻结时，它的列表为空。"""
        rate, factor = rates

        def probe(impl):
            net = frozen(nested(), [name for name in NAMES if not name.startswith("classifier.2.")])
            return described(net, impl.finetune_groups(net, rate, "classifier.2", factor))

        agree(probe)

    def test_optimizer_step(self, agree, rates, seed):
        """torch.optim.SGD takes the groups, and updates each parameter once.
        torch.optim.SGD 接受这些分组，每个参数更新一次。"""
        rate, factor = rates

        def probe(impl):
            net = nested(seed)
            groups = impl.finetune_groups(net, rate, factor=factor)
            trainer = value_or_error(torch.optim.SGD, groups, 1.0)
            if isinstance(trainer, str):
                return trainer
            sum((parameter**2).sum() for parameter in net.parameters()).backward()
            trainer.step()
            return values(net)

        agree(probe)


@pytest.mark.exercise("freeze")
class TestFreeze:
    @staticmethod
    def outcome(impl, net, *names):
        """The number that is returned, and the parameters that can learn."""
        count = impl.freeze(net, *names)
        return [count, [name for name, parameter in net.named_parameters() if parameter.requires_grad]]

    @pytest.mark.points(2)
    def test_all_but_one(self, agree, two_sizes):
        """Freezes all parameters but those of a module; counts the elements left.
        冻结某个模块以外的所有参数；返回其余参数的元素个数。"""
        inputs, old, _ = two_sizes
        outcome = self.outcome
        agree(lambda impl: outcome(impl, network(inputs, old), ["fc"]))

    def test_everything(self, agree, two_sizes):
        """Without names it freezes everything, and returns 0.
        没有给出名称时，冻结全部参数，返回 0。"""
        inputs, old, _ = two_sizes
        outcome = self.outcome
        agree(lambda impl: [outcome(impl, network(inputs, old)), outcome(impl, network(inputs, old), ("conv", "fc"))])

    @pytest.mark.points(2)
    def test_several_names(self, agree, chance):
        """Several names, also of modules inside modules.
        可以有多个名称，包括模块内部的模块。"""
        modules = ["body.norm", "body.fc", "classifier.0", "classifier.2", "pre_fc", "fc2"]
        cases = [chance.sample(modules, 3), tuple(chance.sample(modules, 3))]
        outcome = self.outcome
        agree(lambda impl: [outcome(impl, nested(), names) for names in cases])

    def test_similar_names(self, agree):
        """fc2, pre_fc and body.fc are not under fc, and classifier is not under class.
        fc2、pre_fc 和 body.fc 不属于 fc，classifier 也不属于 class。"""
        outcome = self.outcome
        agree(lambda impl: [outcome(impl, nested(), ["fc"]), outcome(impl, nested(), ["class", "body"])])

    def test_single_parameter(self, agree, chance):
        """A name may be that of a parameter.
        名称也可以是某个参数的名称。"""
        names = ["scale", chance.choice(["body.fc.bias", "classifier.0.weight", "fc.bias"])]
        outcome = self.outcome
        agree(lambda impl: outcome(impl, nested(), names))

    def test_modules_and_parameters(self, agree, chance):
        """The names may be those of modules and of parameters together.
        名称中可以同时有模块的名称和参数的名称。"""
        modules, parameters = ["body.norm", "classifier.2", "pre_fc"], ["scale", "fc.weight", "classifier.0.bias"]
        names = chance.sample([chance.choice(modules), chance.choice(parameters)], 2)
        outcome = self.outcome
        agree(lambda impl: outcome(impl, nested(), names))

    def test_frozen_before(self, agree, chance):
        """Kept parameters that were frozen before stay frozen, and do not count.
        名称之下原先已冻结的参数保持冻结，不计入个数。"""
        names = ["fc.bias", chance.choice(["classifier.0.weight", "classifier.2.weight"]), "fc2.weight"]
        outcome = self.outcome
        agree(lambda impl: outcome(impl, frozen(nested(), names), ["fc", "classifier"]))

    def test_values_and_buffers(self, agree, two_sizes, randn, seed):
        """Values, buffers and modes stay as they are.
        参数的值、缓冲区和模式保持不变。"""
        inputs, old, _ = two_sizes
        X = randn(4, 1, 5, 5)

        def probe(impl):
            net = network(inputs, old, seed=seed)
            count = impl.freeze(net, ["norm"])
            return [count, values(net), net(X).detach(), net.norm.running_mean, net.norm.running_var]

        agree(probe)


@pytest.mark.exercise("transfer_head_row")
class TestTransferHeadRow:
    @pytest.fixture
    def layer(self, chance, seed):
        """A function that makes the layer, and its number of classes: each is also the number of a column."""
        classes, inputs = sorted(chance.sample(range(4, 12), 2))
        return lambda: set_parameters(nn.Linear(inputs, classes), seed), classes

    @pytest.mark.points(2)
    def test_row(self, agree, layer, chance):
        """Returns the row of a class, as a matrix with one row.
        返回某个类别的那一行，形状是只有一行的矩阵。"""
        make, classes = layer
        index = chance.randrange(1, classes - 1)
        agree(lambda impl: impl.transfer_head_row(make(), index))

    def test_first_and_last(self, agree, layer):
        """Returns the row of the first and of the last class.
        返回第一个和最后一个类别的那一行。"""
        make, classes = layer
        agree(lambda impl: [impl.transfer_head_row(make(), index) for index in (0, classes - 1)])

    def test_negative_index(self, agree, layer, chance):
        """A negative index counts from the end.
        负的下标从末尾数起。"""
        make, classes = layer
        indices = [-1, -chance.randrange(2, classes - 1), -classes]
        agree(lambda impl: [value_or_error(impl.transfer_head_row, make(), index) for index in indices])

    def test_copy(self, agree, layer, chance):
        """The result shares no memory with the layer.
        结果与该层不共用内存。"""
        make, classes = layer
        index = chance.randrange(classes)

        def probe(impl):
            layer = make()
            row = impl.transfer_head_row(layer, index)
            before = row.detach().clone()
            with torch.no_grad():
                layer.weight.mul_(2)
            return [before, row.detach().clone()]

        agree(probe)

    @pytest.mark.needs("row")
    def test_no_graph(self, agree, layer, chance):
        """The result has no graph, and needs no gradient.
        结果不带计算图，也不需要梯度。"""
        make, classes = layer
        index = chance.randrange(classes)

        def probe(impl):
            row = impl.transfer_head_row(make(), index)
            return [row.detach(), row.requires_grad, row.is_leaf]

        agree(probe)

    @pytest.mark.needs("row")
    def test_float64(self, agree, layer, chance):
        """A float64 layer gives a float64 row.
        float64 的层得到 float64 的一行。"""
        make, classes = layer
        index = chance.randrange(classes)
        agree(lambda impl: impl.transfer_head_row(make().double(), index))

    def test_layer_unchanged(self, agree, layer, chance):
        """Leaves the layer as it was.
        不修改传入的层。"""
        make, classes = layer
        index = chance.randrange(classes)

        def probe(impl):
            layer = make()
            weight = layer.weight
            row = impl.transfer_head_row(layer, index)
            learns = [parameter.requires_grad for parameter in layer.parameters()]
            return [row.detach(), *values(layer).values(), learns, layer.weight is weight, layer.out_features]

        agree(probe)

    def test_one_class(self, agree, chance, seed):
        """A layer may have a single class, and no bias.
        一层可以只有一个类别，也可以没有偏置。"""
        inputs = chance.randrange(3, 9)

        def probe(impl):
            layer = set_parameters(nn.Linear(inputs, 1, bias=False), seed)
            return [value_or_error(impl.transfer_head_row, layer, index) for index in (0, -1)]

        agree(probe)

    def test_no_such_class(self, agree, layer):
        """An index beyond the classes raises IndexError.
        下标超出类别范围时抛出 IndexError。"""
        make, classes = layer

        def probe(impl):
            return [
                value_or_error(impl.transfer_head_row, make(), index)
                for index in (classes - 1, classes, classes + 3, -classes - 1)
            ]

        agree(probe)


class Scaled(nn.BatchNorm2d):
    """A layer of batch normalisation of another class."""


def deep(names):
    """A network with batch normalisation at several depths, and layers that resemble it."""
    inner = nn.Sequential(nn.InstanceNorm2d(3, track_running_stats=True), nn.Sequential(nn.BatchNorm2d(3), nn.ReLU()))
    layers = [
        nn.BatchNorm2d(3), nn.Sequential(nn.Conv2d(3, 3, 1), Scaled(3), inner), nn.Dropout(0.3), nn.GroupNorm(1, 3),
        nn.BatchNorm1d(3), nn.LayerNorm(3), nn.Linear(3, 3),
    ]  # fmt: skip
    return nn.Sequential(OrderedDict(zip(names, layers, strict=True)))


def modes(net):
    """Whether each module is in training mode, by name."""
    return {name or "net": module.training for name, module in net.named_modules()}


def statistics(net):
    return {name: buffer.clone() for name, buffer in net.named_buffers()}


@pytest.mark.exercise("freeze_bn_stats")
class TestFreezeBnStats:
    @pytest.fixture
    def names(self, chance):
        """Names of layers that do not tell their kind."""
        return chance.sample([f"part_{letter}" for letter in "abcdefghijklmnopqrst"], 7)

    @pytest.mark.points(2)
    def test_statistics(self, agree, two_sizes, randn):
        """The running statistics stay fixed, and normalise the batch.
        移动统计量保持不变，并用来规范化小批量。"""
        inputs, old, _ = two_sizes
        first, second = 2 * randn(6, 1, 5, 5) + 1, randn(4, 1, 5, 5)

        def probe(impl):
            net = network(inputs, old)
            net(first)
            impl.freeze_bn_stats(net)
            return [net(second).detach(), statistics(net)]

        agree(probe)

    @pytest.mark.points(2)
    def test_modes(self, agree, names):
        """Batch normalisation at any depth is in evaluation mode, everything else in training mode.
        任何深度的批量规范化层都处于评估模式，其余模块处于训练模式。"""

        def probe(impl):
            net = deep(names)
            impl.freeze_bn_stats(net)
            return modes(net)

        agree(probe)

    def test_classes(self, agree, chance):
        """All classes of batch normalisation count, also for the network itself.
        所有批量规范化的类都算在内，网络本身是这样的层时也一样。"""
        channels = chance.randrange(2, 6)

        def probe(impl):
            kinds = [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm, Scaled, nn.LayerNorm]
            nets = [kind(channels) for kind in kinds] + [nn.Sequential(kind(channels)) for kind in kinds]
            for net in nets:
                impl.freeze_bn_stats(net)
            return [modes(net) for net in nets]

        agree(probe)

    def test_modes_of_others(self, agree, names):
        """Other modules keep their mode, whichever it is.
        其余模块保持原来的模式，无论是哪一种。"""

        def probe(impl):
            net = deep(names)
            net[1].eval()
            net[3].eval()
            impl.freeze_bn_stats(net)
            return modes(net)

        agree(probe)

    @pytest.mark.points(2)
    def test_gamma_and_beta(self, agree, two_sizes, randn, seed):
        """Gamma and beta keep their values and still learn.
        gamma 和 beta 的值不变，仍可学习。"""
        inputs, old, _ = two_sizes
        X = randn(5, 1, 5, 5)

        def probe(impl):
            net = network(inputs, old, seed=seed)
            impl.freeze_bn_stats(net)
            before = values(net)["norm.weight"].clone()
            (net(X) ** 2).sum().backward()
            return [before, {name: parameter.grad for name, parameter in net.named_parameters()}]

        agree(probe)

    def test_again_after_train(self, agree, two_sizes, randn):
        """A call after net.train() fixes the statistics again.
        调用 net.train() 之后再次调用，统计量重新保持不变。"""
        inputs, old, _ = two_sizes
        batches = [randn(4, 1, 5, 5) + shift for shift in range(3)]

        def probe(impl):
            net = network(inputs, old)
            impl.freeze_bn_stats(net)
            results = []
            for X in batches:
                net.train()
                impl.freeze_bn_stats(net)
                results.append(net(X).detach())
            net.train()
            return [results, net(batches[2]).detach(), statistics(net)]

        agree(probe)
