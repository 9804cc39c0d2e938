"""ch73: fit_power_law, count_flops, reading_order."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import close, value_or_error, words


def straight_line(n, loss):
    """(a, b) from numpy's line through the logarithms."""
    slope, height = np.polyfit(np.log(np.array(n, dtype=float)), np.log(np.array(loss, dtype=float)), 1)
    return float(np.exp(height)), float(-slope)


def fitted(run, cases, *, errors=False):
    """Check the law of each case (n, loss). With `errors`, an exception is a value like others, with a diagnosis."""

    def probe(impl):
        return [value_or_error(impl.fit_power_law, *case) if errors else impl.fit_power_law(*case) for case in cases]

    found = run(probe)
    close(found, [straight_line(n, loss) for n, loss in cases], rtol=1e-6)  # the statement's precision


@pytest.fixture
def measured(chance):
    """measured(5, noise=0.2): drawn sizes in any order, and losses that lie about a power law."""

    def draw(count, noise=0.0, low=1.0, ratio=6.0, b=None, a=None):
        a, b = a or chance.uniform(2, 9), b or chance.uniform(0.1, 0.6)
        n = list(
            itertools.accumulate((chance.uniform(1.5, ratio) for _ in range(count)), lambda u, v: u * v, initial=low)
        )
        n = chance.sample(n[1:], count)
        return n, [a * size**-b * math.exp(chance.uniform(-noise, noise)) for size in n]

    return draw


@pytest.mark.exercise("fit_power_law")
class TestFitPowerLaw:
    @pytest.mark.points(2)
    def test_exact_law(self, run, measured, chance):
        """Finds a and b if the points lie on a power law.
        点都在幂律曲线上时，求出 a 和 b。"""
        fitted(run, [measured(chance.randint(4, 7)) for _ in range(3)])

    @pytest.mark.points(2)
    def test_scattered_points(self, run, measured, chance):
        """Minimises the squared differences on logarithmic axes if the points are scattered.
        点有偏离时，使对数坐标下的差的平方和最小。"""
        fitted(run, [measured(chance.randint(5, 9), noise=0.6) for _ in range(4)])

    def test_two_points(self, run, measured):
        """Goes through both points if there are two.
        只有两个点时，经过这两个点。"""
        fitted(run, [measured(2, noise=0.5) for _ in range(3)], errors=True)

    @pytest.mark.points(2)
    def test_repeated_sizes(self, run, measured, chance):
        """Counts each point the same if a size occurs several times.
        同一个规模出现多次时，每个点的权重相同。"""
        cases = []
        for _ in range(2):
            n, loss = measured(chance.randint(4, 6), noise=0.4)
            again = [chance.choice(n[:-1]) for _ in range(3)]
            n, loss = [*again, *n], [*(chance.uniform(0.2, 5) for _ in again), *loss]
            cases.append((n, loss))
        fitted(run, cases, errors=True)

    def test_constant_loss(self, run, measured, chance):
        """Gives b = 0 if all losses are equal, and a positive or negative b otherwise.
        损失都相等时 b = 0，否则 b 为正或为负。"""
        (n, _), (m, falling), level = measured(5), measured(5, noise=0.1, b=0.5), chance.uniform(2, 9)
        fitted(run, [(n, [level] * len(n)), (m, falling), (m, [1 / number for number in falling])])

    def test_growing_loss(self, run, measured, chance):
        """Gives a negative b if the loss grows with n.
        损失随 n 增大时，b 为负。"""
        fitted(run, [measured(chance.randint(4, 6), noise=0.2, b=-chance.uniform(0.3, 0.8)) for _ in range(3)])

    def test_large_and_small_numbers(self, run, measured, chance):
        """Accepts sizes up to 1e15 or below 1, and losses near 0.
        规模可以大到 1e15，也可以小于 1；损失可以接近 0。"""
        cases = [measured(5, noise=0.2, low=10.0 ** chance.randint(8, 10), ratio=9, a=chance.uniform(100, 900))]
        cases += [measured(5, noise=0.2, low=1e-3, ratio=3), measured(6, noise=0.2, a=1e-6 * chance.uniform(1, 9))]
        fitted(run, cases)

    def test_integers(self, run, chance):
        """Accepts integers, in lists or tuples.
        可以是整数，放在列表或元组中。"""
        n = [chance.randint(2, 9) * 10**power for power in chance.sample(range(12), 5)]
        loss = [chance.randint(1, 99) for _ in n]
        fitted(run, [(n, loss), (tuple(n[:4]), tuple(loss[:4])), (tuple(n), [float(number) for number in loss])])

    def test_not_positive(self, agree, measured, chance):
        """Raises ValueError if a size or a loss is 0 or negative.
        有规模或损失为 0 或负数时，抛出 ValueError。"""
        cases = []
        for bad in (0, 0.0, -chance.uniform(1, 9), -chance.randint(1, 9)):
            for row in (0, 1):
                case = [list(numbers) for numbers in measured(5, noise=0.3)]
                case[row][chance.randrange(len(case[row]))] = bad
                cases.append(case)
        cases += [measured(4, noise=0.3) for _ in range(3)]
        chance.shuffle(cases)
        agree(lambda impl: [value_or_error(impl.fit_power_law, *case) for case in cases], rtol=1e-6)

    def test_different_lengths(self, agree, measured, chance):
        """Raises ValueError if n and loss have different lengths.
        n 与 loss 的长度不同时，抛出 ValueError。"""
        cases = [measured(5, noise=0.3) for _ in range(3)]
        cases += [(n[:-1], loss) for n, loss in cases[:2]] + [(n, loss[:-1]) for n, loss in cases[:2]]
        chance.shuffle(cases)
        agree(lambda impl: [value_or_error(impl.fit_power_law, *case) for case in cases], rtol=1e-6)

    def test_too_few_sizes(self, agree, measured, chance):
        """Raises ValueError if n has fewer than two different sizes, and accepts two.
        n 中不同的规模少于两个时抛出 ValueError；有两个就可以。"""
        n, loss = measured(4, noise=0.3)
        cases = [([], []), (n[:1], loss[:1]), ([n[0]] * 3, loss[:3]), ([n[1]] * 2, loss[:2])]
        cases += [(n[:2], loss[:2]), ([n[0], n[1], n[0]], loss[:3]), (n[2:4], loss[2:4])]
        chance.shuffle(cases)
        agree(lambda impl: [value_or_error(impl.fit_power_law, *case) for case in cases], rtol=1e-6)

    @pytest.mark.needs("scattered_points")
    def test_arguments_untouched(self, agree, measured):
        """Leaves n and loss unchanged.
        不修改 n 和 loss。"""
        n, loss = measured(5, noise=0.3)

        def probe(impl):
            given = list(n), list(loss)
            return impl.fit_power_law(*given), given

        agree(probe, rtol=1e-6)


class Block(nn.Module):
    """For probes: two linear layers, one of which is called twice, about a way around them."""

    def __init__(self, width, hidden):
        super().__init__()
        self.first, self.second = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, X):
        Y = X + self.second(torch.relu(self.first(X)))
        return Y + self.second(torch.relu(self.first(Y)))


def counted(run, cases):
    """Check the count of each case (net, input shape, expected)."""
    given = [(net, shape) for net, shape, _ in cases]
    close(run(lambda impl: [impl.count_flops(net, shape) for net, shape in given]), [case[2] for case in cases])


@pytest.fixture
def drawn(chance):
    """drawn(3, 2, 9): three different whole numbers from 2 to 9."""
    return lambda count, low=2, high=12: chance.sample(range(low, high + 1), count)


def normalised(channels, width):
    """A net whose batch normalisation needs more than one number in training, and whose modules differ in mode."""
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(4 * channels, width), nn.BatchNorm1d(width), nn.Dropout(0.5), nn.Linear(width, 2)
    )
    net.train()
    net[3].eval()
    return net


def condition(net):
    """The mode of each module, and its number of hooks."""
    parts = [(name, module.training) for name, module in net.named_modules()]
    return parts, sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in net.modules())


@pytest.mark.exercise("count_flops")
class TestCountFlops:
    @pytest.mark.points(2)
    def test_lenet(self, run, chance):
        """Counts 416,520 for each image of LeNet.
        LeNet 的每张图像计 416,520 次。"""
        maps = nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid()
        dense = nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
        net, n = nn.Sequential(*maps, nn.AvgPool2d(2), nn.Flatten(), *dense), chance.randint(2, 90)
        counted(run, [(net, (1, 1, 28, 28), 416_520), (net, (n, 1, 28, 28), n * 416_520)])

    @pytest.mark.points(2)
    def test_linear(self, run, drawn):
        """Counts the products of linear layers.
        统计全连接层中的乘积。"""
        n, a, b, c = drawn(4)
        counted(run, [(nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c)), (n, a), n * (a * b + b * c))])

    def test_positions(self, run, drawn):
        """All axes before the last are positions of a linear layer.
        对全连接层，最后一个轴之前的所有轴都是位置。"""
        n, s, t, a, b = drawn(5)
        net = nn.Sequential(nn.Linear(a, b))
        shapes = {(a,): 1, (n, a): n, (n, s, a): n * s, (n, s, t, a): n * s * t}
        counted(run, [(net, shape, positions * a * b) for shape, positions in shapes.items()])

    @pytest.mark.points(2)
    def test_convolution(self, run, drawn, chance):
        """Counts the products of convolutions: channels, both sides of the kernel, and positions of the output.
        统计卷积层中的乘积：通道、卷积核的高和宽、输出的位置。"""
        cases = []
        for _ in range(2):
            n, c, d, h, w = drawn(5)
            k, m = chance.sample(range(2, 6), 2)
            shape = (n, c, h + k, w + m)
            cases.append((nn.Sequential(nn.Conv2d(c, d, (k, m))), shape, n * d * (h + 1) * (w + 1) * c * k * m))
        counted(run, cases)

    def test_stride(self, run, drawn):
        """With a stride, the output has fewer positions.
        有步幅时，输出的位置较少。"""
        n, c, d, h, w = drawn(5)
        net = nn.Sequential(nn.Conv2d(c, d, 3, stride=(2, 3)))
        counted(run, [(net, (n, c, 2 * h + 1, 3 * w + 1), n * d * h * w * c * 9)])

    def test_padding(self, run, drawn):
        """Products with padding count.
        与填充的零相乘也计入。"""
        n, c, d, h, w = drawn(5, low=3)
        nets = nn.Conv2d(c, d, 3, padding=1), nn.Conv2d(c, d, 3, padding="same"), nn.Conv2d(c, d, (3, 1), padding=2)
        outputs = h * w, h * w, (h + 2) * (w + 4)
        areas = 9, 9, 3
        parts = zip(nets, outputs, areas, strict=True)
        counted(run, [(nn.Sequential(net), (n, c, h, w), n * d * out * c * area) for net, out, area in parts])

    def test_dilation(self, run, drawn):
        """Dilation adds no products.
        膨胀卷积不增加乘积。"""
        n, c, d, h, w = drawn(5)
        net = nn.Sequential(nn.Conv2d(c, d, 3, dilation=2))
        counted(run, [(net, (n, c, h + 4, w + 4), n * d * h * w * c * 9)])

    @pytest.mark.points(2)
    def test_groups(self, run, drawn):
        """In groups, each output channel sees only the input channels of its group.
        分组卷积中，每个输出通道只用到本组的输入通道。"""
        n, c, d, h, w = drawn(5)
        nets = (
            nn.Conv2d(6 * c, 6 * d, 2, groups=2),
            nn.Conv2d(6 * c, 6 * d, 2, groups=3),
            nn.Conv2d(6, 6 * d, 2, groups=6),
        )
        channels = 3 * c, 2 * c, 1
        counted(
            run,
            [
                (nn.Sequential(net), (n, net.in_channels, h + 1, w + 1), n * 6 * d * h * w * seen * 4)
                for net, seen in zip(nets, channels, strict=True)
            ],
        )

    def test_biases(self, run, drawn):
        """A layer with a bias counts as much as a layer without it.
        有偏置的层与没有偏置的层次数相同。"""
        n, c, d = drawn(3)
        cases = []
        for bias in (True, False):
            cases.append((nn.Sequential(nn.Linear(c, d, bias=bias)), (n, c), n * c * d))
            cases.append((nn.Sequential(nn.Conv2d(c, d, 2, bias=bias)), (n, c, 4, 3), n * d * 6 * c * 4))
        counted(run, cases)

    @pytest.mark.points(2)
    def test_other_layers(self, run, drawn):
        """All other layers count 0, also other convolutions and batch normalisation.
        其他的层都计 0，其他卷积和批量规范化也是如此。"""
        n, c, d, h = drawn(4)
        maps = nn.ConvTranspose2d(c, c, 2), nn.BatchNorm2d(c), nn.Conv2d(c, d, 2), nn.ReLU(), nn.MaxPool2d(2)
        images = nn.Sequential(*maps, nn.Dropout(0.5), nn.Flatten())
        rows = nn.Sequential(nn.Conv1d(c, c, 2), nn.LayerNorm(h), nn.Linear(h, d), nn.Softmax(dim=-1))
        cases = [(images, (n, c, h, h), n * d * h * h * c * 4), (rows, (n, c, h + 1), n * c * h * d)]
        counted(run, [*cases, (nn.Sequential(nn.Flatten(), nn.Tanh()), (n, c, d), 0), (nn.Sequential(), (n, c), 0)])

    @pytest.mark.points(2)
    def test_nested(self, run, drawn):
        """Finds layers at any depth, in blocks of other classes, too.
        嵌套在任意深度的层都计入，包括其他类的模块中的层。"""
        n, a, b, c = drawn(4)
        inner = nn.Sequential(nn.Sequential(nn.Linear(a, b), nn.ReLU()), nn.Linear(b, a))
        deep = nn.Sequential(inner, nn.Sequential(Block(a, c), nn.Linear(a, b)))
        counted(run, [(nn.Sequential(inner), (n, a), 2 * n * a * b), (deep, (n, a), n * a * (3 * b + 4 * c))])

    def test_every_call(self, run, drawn):
        """A layer that is called several times counts for every call.
        一个层被调用多次时，每次都计入。"""
        n, a, b, c = drawn(4)
        shared = nn.Linear(a, a)
        twice = nn.Sequential(shared, nn.ReLU(), shared, nn.Linear(a, b), nn.Sequential(nn.Linear(b, a), shared))
        counted(run, [(twice, (n, a), n * a * (3 * a + 2 * b)), (nn.Sequential(Block(a, c)), (n, a), 4 * n * a * c)])

    @pytest.mark.points(2)
    def test_batch_of_one(self, run, drawn):
        """Counts a net in training mode with batch normalisation and a batch of one.
        网络处于训练模式、含批量规范化、批量大小为 1 时，也能统计。"""
        n, c, d = drawn(3)
        work = 4 * c * d + 2 * d
        counted(run, [(normalised(c, d), (1, c, 2, 2), work), (normalised(c, d), (n, c, 2, 2), n * work)])

    @pytest.mark.needs("batch_of_one")
    def test_modes_and_hooks(self, agree, drawn):
        """Leaves each module in its own mode, without new hooks.
        每个模块都保持原来的模式，不留下钩子。"""
        c, d = drawn(2)

        def probe(impl):
            nets = normalised(c, d), normalised(c, d).eval()
            return [(impl.count_flops(net, (4, c, 2, 2)), *condition(net)) for net in nets]

        agree(probe)

    @pytest.mark.needs("batch_of_one")
    def test_statistics_untouched(self, agree, drawn):
        """Leaves the moving statistics of batch normalisation unchanged.
        不改变批量规范化的移动平均。"""
        c, d = drawn(2)

        def probe(impl):
            net = normalised(c, d)
            with torch.no_grad():
                net[2].running_mean += 1
            return impl.count_flops(net, (4, c, 2, 2)), dict(net.named_buffers())

        agree(probe)

    @pytest.mark.needs("linear")
    def test_second_call(self, run, drawn):
        """A second call with the same net gives its own count.
        对同一个网络再次调用，得到这一次的次数。"""
        n, m, a, b = drawn(4)
        net = nn.Sequential(nn.Linear(a, b))
        counted(run, [(net, (n, a), n * a * b), (net, (n, a), n * a * b), (net, (m, a), m * a * b)])


def first_available(prerequisites):
    """The order by trying all names for each place."""
    names = {*prerequisites}.union(*prerequisites.values())
    order = []
    while len(order) < len(names):
        order.append(min(name for name in names - {*order} if {*order}.issuperset(prerequisites.get(name, ()))))
    return order


def ordered(run, graphs):
    """Check the order of each graph."""
    close(run(lambda impl: [impl.reading_order(graph) for graph in graphs]), [first_available(g) for g in graphs])


@pytest.fixture
def graph(generator, chance):
    """graph(8): names with one to three prerequisites each, except for the first ones. No order of the names helps."""

    def draw(count, most=3, first=2):
        names = words(generator, count)
        chance.shuffle(names)
        found = {name: [] for name in names[:first]}
        for place in range(first, count):
            found[names[place]] = chance.sample(names[:place], min(place, chance.randint(1, most)))
        return dict(chance.sample(list(found.items()), count))

    return draw


@pytest.mark.exercise("reading_order")
class TestReadingOrder:
    @pytest.mark.points(2)
    def test_prerequisites_first(self, run, graph, chance):
        """Puts every name after all its prerequisites.
        每个名称都排在它的所有前提之后。"""
        graphs = [graph(chance.randint(6, 9), first=1) for _ in range(3)]
        ordered(run, graphs)

    @pytest.mark.points(2)
    def test_alphabetical(self, run, graph, chance):
        """Takes the alphabetically first of the available names.
        可选的名称中，取字母顺序最前的一个。"""
        ordered(run, [graph(chance.randint(12, 16), most=2, first=4) for _ in range(4)])

    def test_newly_available(self, run, generator, chance):
        """A name that has just become available comes before the names that have waited longer.
        刚刚变为可选的名称，可以排在早已可选的名称之前。"""
        graphs = []
        for _ in range(2):
            a, b, c, d, e, f = words(generator, 6)
            graphs.append(dict(chance.sample([(b, [a]), (d, [c]), (c, [b]), (f, []), (e, [d])], 5)))
        ordered(run, graphs)

    def test_only_prerequisites(self, run, generator, chance):
        """Lists names that occur only as prerequisites.
        只作为前提出现的名称也列出。"""
        names = words(generator, 9)
        chance.shuffle(names)
        a, b, _, d = sorted(names[:4])
        graphs = [{name: chance.sample(names[3:], 3) for name in names[:3]}, {names[0]: names[1:4]}]
        ordered(run, [*graphs, {a: [d], b: []}])

    def test_names_alone(self, run, graph, generator, chance):
        """Lists names without any connection to others.
        与其他名称没有关系的名称也列出。"""
        alone = words(generator, 4, length=2)
        graphs = [graph(6), {name: [] for name in chance.sample(alone, 4)}]
        graphs[0] |= {name: [] for name in alone}
        ordered(run, [dict(chance.sample(list(g.items()), len(g))) for g in graphs])

    def test_repeated_prerequisites(self, agree, graph, chance):
        """A prerequisite that is named twice counts once.
        重复列出的前提只算一次。"""
        names = graph(8)
        twice = {name: chance.sample(needed * 2, 2 * len(needed)) for name, needed in names.items()}
        agree(lambda impl: [value_or_error(impl.reading_order, given) for given in (twice, names)])

    def test_order_of_strings(self, run, chance):
        """Compares names as Python compares strings: "ch10" before "ch9", "Z" before "a".
        按 Python 比较字符串的方式比较名称："ch10" 在 "ch9" 之前，"Z" 在 "a" 之前。"""
        chapters = [f"ch{number}" for number in chance.sample([*range(2, 10), *range(10, 100)], 6)]
        chapters += [f"ch{chance.randint(3, 9)}0", f"ch{chance.randint(2, 9)}"]
        letters = chance.sample(["Adam", "adam", "BERT", "bert", "ZeRO", "zero", "cnn", "CNN", "GPT", "gpt2"], 8)
        graphs = [{name: [] for name in dict.fromkeys(chapters)}, {name: [] for name in letters}]
        graphs.append({name: [letters[0]] for name in letters[1:]})
        ordered(run, graphs)

    @pytest.mark.points(2)
    def test_cycle(self, agree, graph, chance):
        """Raises ValueError for a cycle, wherever it is, and only then.
        有循环时抛出 ValueError，无论循环在哪里；没有循环时不抛出。"""
        cases = []
        for length in (2, 3, 4):
            right = graph(8)
            ring = chance.sample(list(right), length)
            wrong = {name: list(needed) for name, needed in right.items()}
            for name, other in zip(ring, [*ring[1:], ring[0]], strict=True):
                wrong[name].append(other)
            cases += [right, wrong]
        a, b, c = chance.sample(list(right), 3)
        cases += [{a: [b], b: [c], c: [b]}, {a: [c], b: [a, c]}, {a: [b], b: [a]}]
        chance.shuffle(cases)
        agree(lambda impl: [value_or_error(impl.reading_order, case) for case in cases])

    def test_itself(self, agree, graph, chance):
        """Raises ValueError if a name is its own prerequisite.
        名称以自己为前提时，抛出 ValueError。"""
        right, other = graph(6), graph(5)
        name = chance.choice(list(right))
        wrong = {**right, name: [*right[name], name]}
        cases = chance.sample([right, other, wrong, {name: [name]}, {name: []}], 5)
        agree(lambda impl: [value_or_error(impl.reading_order, case) for case in cases])

    def test_no_names(self, agree, graph):
        """Returns an empty list if there is no name.
        没有名称时返回空列表。"""
        other = graph(5)
        agree(lambda impl: [value_or_error(impl.reading_order, case) for case in ({}, other)])

    @pytest.mark.timeout(10)
    def test_long_chain(self, agree, chance):
        """Orders a chain of thousands of names.
        能排列由几千个名称组成的长链。"""
        numbers = chance.sample(range(10_000, 100_000), 3000)
        names = [str(number) for number in numbers]
        chain = {name: [before] for before, name in itertools.pairwise(names)}
        shuffled = dict(chance.sample(list(chain.items()), len(chain)))
        agree(lambda impl: value_or_error(impl.reading_order, shuffled))

    @pytest.mark.needs("prerequisites_first")
    def test_arguments_untouched(self, agree, graph):
        """Leaves the dict and its lists unchanged, and accepts tuples.
        不修改字典和其中的列表；也可以是元组。"""
        names = graph(7)
        del names[next(name for name, needed in names.items() if not needed)]

        def probe(impl):
            given = {name: list(needed) for name, needed in names.items()}
            frozen = {name: tuple(needed) for name, needed in names.items()}
            return impl.reading_order(given), given, impl.reading_order(frozen)

        agree(probe)
