"""ch17: try_gpu, try_all_gpus, to_device, gpu_cost_per_epoch.

No check needs a GPU: the probe sets the number of GPUs, and tensors move to the device "meta".
"""

from collections import namedtuple

import pytest
import torch
from torch import nn

from dlgrade.testing import close, promise, raises, standard

CPU = "device", "cpu"


def cuda(*numbers):
    """The result of `told` for these GPUs."""
    return [("device", f"cuda:{number}") for number in numbers]


def told(devices):
    """For probes: the type and the name of a device, or of all devices in a list."""
    return list(map(told, devices)) if isinstance(devices, list) else (type(devices).__name__, str(devices))


class Gpus:
    """For probes: inside `with Gpus(2): ...`, torch reports two GPUs."""

    def __init__(self, count):
        self.says = {"device_count": lambda: count, "is_available": lambda: count > 0}

    def __enter__(self):
        self.said = {name: getattr(torch.cuda, name) for name in self.says}
        for name, function in self.says.items():
            setattr(torch.cuda, name, function)

    def __exit__(self, *_):
        for name, function in self.said.items():
            setattr(torch.cuda, name, function)


def in_worlds(counts, action):
    """For probes: the devices that the action returns, for each of these numbers of GPUs."""
    found = []
    for count in counts:
        with Gpus(count):
            found.append(told(action()))
    return found


@pytest.fixture
def number(chance):
    """The number of a GPU, not the first."""
    return chance.randint(1, 50)


@pytest.mark.exercise("try_gpu")
class TestTryGpu:
    @pytest.mark.points(2)
    def test_gpus_there(self, run, number):
        """Returns the GPU of the given number if it exists.
        存在这个编号的 GPU 时，返回它。"""
        found = run(lambda impl: in_worlds([1, 2, 8], lambda: [impl.try_gpu(0), impl.try_gpu(i=0)]))
        close(found, [cuda(0, 0)] * 3)
        found = run(lambda impl: in_worlds([number + 1, number + 8], lambda: impl.try_gpu(number)))
        close(found, cuda(number, number))

    def test_no_gpu(self, run, number):
        """Returns the CPU if there is no GPU.
        没有 GPU 时，返回 CPU。"""
        found = run(lambda impl: in_worlds([0, number + 1], lambda: [impl.try_gpu(0), impl.try_gpu(number)]))
        close(found, [[CPU, CPU], cuda(0, number)])

    def test_too_few(self, run, number):
        """Returns the CPU if the GPUs do not have this number: two GPUs have the numbers 0 and 1.
        有 GPU，但没有这个编号时，返回 CPU：两块 GPU 的编号是 0 和 1。"""
        found = run(lambda impl: in_worlds([2], lambda: [impl.try_gpu(i) for i in (0, 1, 2, 3, 10)]))
        close(found, [[*cuda(0, 1), CPU, CPU, CPU]])
        wanted = number - 1, number, number + 1
        found = run(lambda impl: in_worlds([number], lambda: [impl.try_gpu(i) for i in wanted]))
        close(found, [[*cuda(number - 1), CPU, CPU]])

    def test_default(self, run, chance):
        """Returns the first GPU by default.
        默认返回第一块 GPU。"""
        worlds = [4, 1, 0, *(chance.choice([0, 1, 3]) for _ in range(20))]
        close(run(lambda impl: in_worlds(worlds, impl.try_gpu)), [cuda(0)[0] if count else CPU for count in worlds])

    def test_asked_anew(self, run, number):
        """Asks for the number of GPUs in each call.
        每次调用都重新查询 GPU 的个数。"""
        found = run(lambda impl: in_worlds([0, number + 1, number, number + 1], lambda: impl.try_gpu(number)))
        close(found, [CPU, *cuda(number), CPU, *cuda(number)])


def lists(impl, *counts):
    """For probes: the type of try_all_gpus' result and its devices, for each of these numbers of GPUs."""
    found = []
    for count in counts:
        with Gpus(count):
            devices = impl.try_all_gpus()
            found.append((type(devices).__name__, told(devices)))
    return found


@pytest.mark.exercise("try_all_gpus")
class TestTryAllGpus:
    @pytest.mark.points(2)
    def test_gpus_there(self, run, number):
        """Returns all GPUs in order, from number 0.
        从编号 0 开始，依次返回所有 GPU。"""
        worlds = number + 2, 2, 8
        close(run(lambda impl: in_worlds(worlds, impl.try_all_gpus)), [cuda(*range(count)) for count in worlds])

    def test_one_gpu(self, run, number):
        """Returns a list for a single GPU, too, without the CPU.
        只有一块 GPU 时也返回列表，其中没有 CPU。"""
        close(run(lambda impl: lists(impl, 1, number)), [("list", cuda(0)), ("list", cuda(*range(number)))])

    def test_no_gpu(self, run, number):
        """Returns a list of the CPU if there is no GPU, in each call.
        没有 GPU 时，每次都返回只有 CPU 的列表。"""
        close(run(lambda impl: lists(impl, *[0] * number)), [("list", [CPU])] * number)

    def test_asked_anew(self, run, number):
        """Asks for the number of GPUs in each call, and returns a new list.
        每次调用都重新查询 GPU 的个数，并返回新的列表。"""

        def probe(impl):
            with Gpus(number):
                impl.try_all_gpus().clear()
            return in_worlds([number, 0, 1], impl.try_all_gpus)

        close(run(probe), [cuda(*range(number)), [CPU], cuda(0)])


Batch = namedtuple("Batch", "features labels")


def places(obj):
    """For probes: the types of containers, and the device, dtype and shape of each tensor in them."""
    if isinstance(obj, torch.Tensor):
        return obj.device.type, obj.dtype, list(obj.shape)
    if isinstance(obj, dict):
        return [type(obj).__name__, *((key, places(value)) for key, value in obj.items())]
    if isinstance(obj, (list, tuple)):
        return [type(obj).__name__, *map(places, obj)]
    return obj


def moved(impl, obj):
    """For probes: the places after a move to "meta", and the values after a move to the CPU."""
    values = impl.to_device(obj, "cpu")
    return places(impl.to_device(obj, "meta")), values


def meta(*shape, dtype=torch.float32):
    """The result of `places` for a tensor on "meta"."""
    return "meta", dtype, list(shape)


@pytest.mark.exercise("to_device")
class TestToDevice:
    @standard(promise.untouched, call=moved)
    def arguments(self, randn):
        X, y = randn(2, 3), torch.arange(2)
        return {"batch": [X, {"y": y, "more": [X, y]}]}

    @pytest.mark.points(2)
    def test_tensors(self, run, randn):
        """Moves tensors of any shape and dtype; the device is a string or a torch.device.
        可以移动任意形状和 dtype 的张量；设备可以是字符串或 torch.device。"""
        tensors = randn(2, 3), torch.tensor(True), torch.arange(4), randn(3, 2, dtype=torch.float64).t()

        def probe(impl):
            return [(places(impl.to_device(X, torch.device("meta"))), *moved(impl, X)) for X in tensors]

        kinds = meta(2, 3), meta(dtype=torch.bool), meta(4, dtype=torch.int64), meta(2, 3, dtype=torch.float64)
        close(run(probe), [(kind, kind, X) for kind, X in zip(kinds, tensors, strict=True)])

    @pytest.mark.points(2)
    def test_lists_and_dicts(self, run, randn):
        """Moves the tensors of lists and dicts; the keys keep their order.
        移动列表和字典中的张量；字典的键和顺序不变。"""
        X, y = randn(2, 3), torch.arange(2)
        batches = [X, y], {"y": y, "X": X, 3: [X], (0, 1): y}
        x, labels = meta(2, 3), meta(2, dtype=torch.int64)
        mapping = ["dict", ("y", labels), ("X", x), (3, ["list", x]), ((0, 1), labels)]
        found = run(lambda impl: [moved(impl, batch) for batch in batches])
        close(found, [(["list", x, labels], batches[0]), (mapping, batches[1])])

    def test_tuples(self, run, randn):
        """A tuple stays a tuple.
        元组仍是元组。"""
        X, y = randn(2, 3), torch.arange(2)
        batches = (X, y), (X,), ([X], (y,))
        x, labels = meta(2, 3), meta(2, dtype=torch.int64)
        kinds = ["tuple", x, labels], ["tuple", x], ["tuple", ["list", x], ["tuple", labels]]
        close(run(lambda impl: [moved(impl, batch) for batch in batches]), list(zip(kinds, batches, strict=True)))

    def test_named_tuples(self, run, randn):
        """A named tuple keeps its class and its fields.
        具名元组仍属于原来的类，字段不变。"""
        X, y = randn(2, 3), torch.arange(2)

        def probe(impl):
            batch = impl.to_device(Batch(X, [y]), "cpu")
            return moved(impl, Batch(X, [y])), getattr(batch, "features", None), getattr(batch, "labels", None)

        kinds = ["Batch", meta(2, 3), ["list", meta(2, dtype=torch.int64)]]
        close(run(probe), ((kinds, (X, [y])), X, [y]))

    @pytest.mark.points(2)
    def test_deeply_nested(self, run, randn):
        """Moves tensors at any depth, also next to empty containers.
        可以移动任意深度的张量，旁边可以有空容器。"""
        X, x = randn(2), meta(2)
        nest = {"a": [X, (X, {"b": [[X]], "c": ()})], "d": {"e": Batch(X, (X, [], {}))}}
        inner = ["dict", ("b", ["list", ["list", x]]), ("c", ["tuple"])]
        batch = ["Batch", x, ["tuple", x, ["list"], ["dict"]]]
        kinds = ["dict", ("a", ["list", x, ["tuple", x, inner]]), ("d", ["dict", ("e", batch)])]
        close(run(lambda impl: moved(impl, nest)), (kinds, nest))

    def test_other_values(self, run, randn, chance):
        """Leaves strings, numbers, None and other values as they are, and moves the tensors next to them.
        字符串、数、None 等其他值保持不变，只移动旁边的张量。"""
        X, number, name = randn(2), chance.randint(0, 9999), "".join(chance.sample("abcdefgh", 5))
        values = [f"{name}.png", number, number / 8, None, True, name.encode(), {1, number}]

        def probe(impl):
            *others, last = impl.to_device([*values, X], "meta")
            return others, places(last), impl.to_device(name, "meta"), impl.to_device(None, "meta")

        close(run(probe), (values, meta(2), name, None))

    def test_modules(self, run, chance):
        """Moves a module in place, also in a container.
        原地移动模块，放在容器中也一样。"""
        a, b, c = chance.sample(range(1, 50), 3)

        def probe(impl):
            net, other = nn.Linear(a, b), nn.BatchNorm1d(c)
            kept = impl.to_device(net, "meta") is net, impl.to_device([other], "meta")[0] is other
            return kept, places(list(net.parameters())), places(other.running_mean)

        close(run(probe), ((True, True), ["list", meta(b, a), meta(b)], meta(c)))

    def test_values_and_graph(self, run, randn):
        """Keeps the values, and gradients flow back to the original tensors.
        数值不变，梯度可以传回原来的张量。"""
        X, factor = randn(2, 3), randn(2, 3)

        def probe(impl):
            leaf = X.clone().requires_grad_()
            batch = impl.to_device({"pair": (2 * leaf, factor)}, torch.device("cpu"))
            (batch["pair"][0] * batch["pair"][1]).sum().backward()
            return batch, leaf.grad, places(impl.to_device(factor, "meta"))

        close(run(probe), ({"pair": (2 * X, factor)}, 2 * factor, meta(2, 3)))


@pytest.mark.exercise("gpu_cost_per_epoch")
class TestGpuCostPerEpoch:
    @pytest.mark.points(2)
    def test_cost(self, run, chance):
        """Charges for the time: 60,000 samples at 1,000 per second take a minute, 1/60 of the hourly price.
        按所用的时间收费：每秒 1,000 个样本，60,000 个样本用时一分钟，费用是每小时价格的 1/60。"""
        hours, speed = chance.sample(range(2, 99), 2)
        cases = [(60_000, 1_000, 1.8), (1_281_167, 2_500, 12.0), (7, 0.5, 3.0), (3_600 * hours * speed, speed, 0.5)]
        found = run(lambda impl: [impl.gpu_cost_per_epoch(*case) for case in cases])
        close(found, [0.03, 1_281_167 / 2_500 / 3_600 * 12, 14 / 3_600 * 3, hours / 2])

    def test_proportions(self, run, generator):
        """Twice the samples or the price cost twice as much; twice the speed costs half.
        样本数或价格加倍，费用加倍；速度加倍，费用减半。"""
        n, speed, price = (torch.randint(1, 50_000, (3,), generator=generator) + 500).tolist()
        cases = [(n, speed, price), (2 * n, speed, price), (n, 2 * speed, price), (n, speed, 2 * price)]
        found = run(lambda impl: [impl.gpu_cost_per_epoch(*case) for case in cases])
        cost = n * price / speed / 3_600
        close(found, [cost, 2 * cost, cost / 2, 2 * cost])

    def test_no_samples(self, run, chance):
        """No samples cost nothing.
        没有样本，就没有费用。"""
        price = chance.uniform(1, 9)
        found = run(lambda impl: [impl.gpu_cost_per_epoch(n, 1_000.0, price) for n in (0, 1)])
        close(found, [0.0, price / 3.6e6], atol=1e-12)

    def test_free_of_charge(self, run, chance):
        """A GPU without a price costs nothing.
        GPU 不收费时，费用为零。"""
        cost = chance.uniform(1, 9)
        found = run(lambda impl: [impl.gpu_cost_per_epoch(5_000, 10.0, price) for price in (0.0, 7.2 * cost)])
        close(found, [0.0, cost])

    @pytest.mark.needs("cost")
    def test_no_speed(self, run, chance):
        """Raises ValueError if throughput is 0 or negative, but not if it is small and positive.
        throughput 为 0 或负数时抛出 ValueError；throughput 很小但为正时不抛出异常。"""
        price = chance.uniform(1, 9)

        def probe(impl):
            refused = [
                raises(lambda speed=speed: impl.gpu_cost_per_epoch(100, speed, 1.0), ValueError)
                for speed in (0, 0.0, -0.5, -100.0)
            ]
            return refused, impl.gpu_cost_per_epoch(3_600, 0.01, price)

        close(run(probe), ([True] * 4, 100 * price))
