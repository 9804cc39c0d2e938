"""ch40: reorg_dog_data, evaluate_loss, multiclass_log_loss."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import Gpus, close, files_in, folder_of, promise, set_parameters, standard

BREEDS = ["akita", "basenji", "beagle", "borzoi", "boxer", "collie", "kelpie", "komondor", "pug", "saluki", "vizsla"]
INPUTS, CPU = 4, [torch.device("cpu")]


def reorganised(impl, files, valid_ratio):
    """For probes: the texts of all files by path, after a call of reorg_dog_data."""
    with folder_of(files) as folder:
        impl.reorg_dog_data(folder, valid_ratio)
        return files_in(folder)


def below(found, part):
    """For probes: the names of the files by folder, below a part of the result."""
    start, folders = f"train_valid_test/{part}/", {}
    for path in sorted(found):
        if path.startswith(start):
            folder, _, name = path.removeprefix(start).rpartition("/")
            folders.setdefault(folder, []).append(name)
    return folders


def counts(found, part):
    """For probes: the number of files by folder."""
    return {folder: len(names) for folder, names in below(found, part).items()}


@pytest.fixture
def kennel(chance):
    """kennel([3, 5], 4): the files of a competition with 3 and 5 images of two breeds, and 4 test images."""

    def draw(sizes, tests):
        names = [f"{chance.getrandbits(64):016x}" for _ in range(sum(sizes) + tests)]
        breeds = [
            breed for breed, size in zip(chance.sample(BREEDS, len(sizes)), sizes, strict=True) for _ in range(size)
        ]
        lines = [f"{name},{breed}\n" for name, breed in zip(names, breeds, strict=False)]
        chance.shuffle(lines)
        places = ["train"] * sum(sizes) + ["test"] * tests
        images = {f"{place}/{name}.jpg": f"image {name}" for place, name in zip(places, names, strict=True)}
        return {"labels.csv": "".join(["id,breed\n", *lines]), **images}

    return draw


@pytest.mark.exercise("reorg_dog_data")
class TestReorgDogData:
    @pytest.mark.points(2)
    def test_train_valid(self, agree, kennel, chance):
        """Copies all training images to train_valid, into the folder of their breed.
        把所有训练图像按品种复制到 train_valid。"""
        files = kennel(chance.sample(range(4, 8), 3), 2)
        agree(lambda impl: below(reorganised(impl, files, 0.5), "train_valid"))

    @pytest.mark.points(2)
    def test_sizes(self, agree, kennel, chance):
        """Copies equally many images of each breed to valid, and the rest to train.
        每个品种复制同样多的图像到 valid，其余的复制到 train。"""
        files = kennel([*chance.sample(range(11, 17), 2), 8], 2)

        def probe(impl):
            found = reorganised(impl, files, 0.375)
            return counts(found, "valid"), counts(found, "train")

        agree(probe)

    def test_every_image_once(self, agree, kennel, chance):
        """Each training image is either in valid or in train.
        每张训练图像要么在 valid 中，要么在 train 中。"""
        files = kennel(chance.sample(range(4, 8), 3), 2)

        def probe(impl):
            found = reorganised(impl, files, 0.5)
            valid, train = below(found, "valid"), below(found, "train")
            return {breed: sorted(names + train.get(breed, [])) for breed, names in valid.items()}

        agree(probe)

    def test_rounded_down(self, agree, kennel, chance):
        """Rounds the number of validation images down.
        验证图像的张数向下取整。"""
        files, ratio = kennel([7, chance.randint(8, 12)], 1), chance.choice([0.4, 0.55])
        agree(lambda impl: [counts(reorganised(impl, files, ratio), part) for part in ("valid", "train")])

    def test_at_least_one(self, agree, kennel, chance):
        """Copies at least one image of each breed to valid.
        每个品种至少有一张图像复制到 valid。"""
        files = kennel(chance.sample(range(3, 8), 2), 1)
        agree(lambda impl: [counts(reorganised(impl, files, 0.1), part) for part in ("valid", "train")])

    def test_breed_with_one_image(self, agree, kennel, chance):
        """The image of a breed with a single image goes to valid.
        某个品种只有一张图像时，这张图像放入 valid。"""
        files = kennel([1, *chance.sample(range(3, 8), 2)], 1)
        agree(lambda impl: [counts(reorganised(impl, files, 0.6), part) for part in ("valid", "train")])

    @pytest.mark.points(2)
    def test_test_images(self, agree, kennel, chance):
        """Copies all test images to test/unknown.
        把所有测试图像复制到 test/unknown。"""
        files = kennel([3, 2], chance.randint(3, 6))
        agree(lambda impl: below(reorganised(impl, files, 0.5), "test"))

    @pytest.mark.needs("train_valid", "test_images")
    def test_originals(self, agree, kennel, chance):
        """The originals stay where they are.
        原图像留在原处。"""
        files = kennel(chance.sample(range(2, 5), 2), chance.randint(2, 4))

        def probe(impl):
            found = reorganised(impl, files, 0.5)
            originals = {path: text for path, text in found.items() if not path.startswith("train_valid_test/")}
            return originals, counts(found, "train_valid"), below(found, "test")

        agree(probe)

    @pytest.mark.needs("train_valid", "test_images")
    def test_contents(self, agree, kennel, chance):
        """Copies have the contents of the originals.
        副本的内容与原图像相同。"""
        files = kennel(chance.sample(range(2, 5), 2), chance.randint(2, 4))

        def probe(impl):
            found = reorganised(impl, files, 0.5)
            copies = (
                (path.rpartition("/")[2], text) for path, text in found.items() if path.startswith("train_valid_")
            )
            return sorted(copies)

        agree(probe)


def scores(classes=3, dtype=torch.float32):
    """A net whose parameters are always the same."""
    return set_parameters(nn.Linear(INPUTS, classes).to(dtype), seed=0, scale=1.0)


def number(value):
    """For probes: the number in a tensor without axes; any other value as it is."""
    return value.item() if isinstance(value, torch.Tensor) and not value.dim() else value


def mean_loss(data, net):
    """The mean cross-entropy of the concatenated data."""
    X, y = (torch.cat(parts) for parts in zip(*data, strict=True))
    logarithms = net(X).double().log_softmax(dim=1)
    return -logarithms[torch.arange(len(y)), y].mean().item()


class Watched(nn.Module):
    """For probes: notes whether a graph would be recorded."""

    def __init__(self):
        super().__init__()
        self.net, self.modes = scores(), []

    def forward(self, X):
        self.modes.append(torch.is_grad_enabled())
        return self.net(X)


class OnDevice(nn.Module):
    """For probes: a linear map by a tensor that is on some device."""

    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def forward(self, X):
        return X @ self.weight


@pytest.fixture
def batches(randn, generator):
    """Minibatches (X, y) of these sizes; the inputs of each are larger than those before, and so are the losses."""

    def draw(*sizes, classes=3, dtype=torch.float32):
        labels = [torch.randint(classes, (size,), generator=generator) for size in sizes]
        return [((1 + 2 * i) * randn(len(y), INPUTS, dtype=dtype), y) for i, y in enumerate(labels)]

    return draw


@pytest.mark.exercise("evaluate_loss")
class TestEvaluateLoss:
    @standard(promise.untouched, call=lambda impl, data_iter: number(impl.evaluate_loss(data_iter, scores(), CPU)))
    def arguments(self, batches):
        return {"data_iter": batches(4, 3)}

    @pytest.mark.points(2)
    def test_equal_batches(self, run, batches, chance):
        """Returns the mean cross-entropy of scores and labels, for minibatches of the same size.
        小批量大小相同时，返回得分与标签的交叉熵的平均值。"""
        data = batches(*[chance.randint(3, 6)] * 3)
        close(run(lambda impl: number(impl.evaluate_loss(data, scores(), CPU))), mean_loss(data, scores()))

    @pytest.mark.points(2)
    def test_unequal_batches(self, run, batches, chance):
        """Gives each example the same weight, whatever the size of its minibatch.
        每个样本的权重相同，与所在小批量的大小无关。"""
        data = batches(*chance.sample(range(2, 9), 3))
        close(run(lambda impl: number(impl.evaluate_loss(data, scores(), CPU))), mean_loss(data, scores()))

    def test_many_classes(self, run, batches, chance):
        """Works for any number of classes.
        类别数可以是任意的。"""
        classes = chance.randint(5, 120)
        data = batches(4, 3, classes=classes)
        close(
            run(lambda impl: number(impl.evaluate_loss(data, scores(classes), CPU))), mean_loss(data, scores(classes))
        )

    def test_batches_of_one(self, run, batches, chance):
        """A minibatch can have a single example.
        小批量可以只有一个样本。"""
        data = batches(1, chance.randint(2, 5), 1)
        close(run(lambda impl: number(impl.evaluate_loss(data, scores(), CPU))), mean_loss(data, scores()))

    def test_distant_scores(self, run, batches, chance):
        """Is right for scores that are hundreds apart.
        得分相差几百时，结果仍然正确。"""
        data, factor = batches(4, 3), chance.uniform(200, 400)
        data = [(factor * X, y) for X, y in data]
        close(run(lambda impl: number(impl.evaluate_loss(data, scores(), CPU))), mean_loss(data, scores()))

    def test_read_once(self, run, batches, chance):
        """Accepts an iterator, which has no length and can be read only once.
        可以传入迭代器：它没有长度，只能读取一次。"""
        data = batches(*chance.sample(range(2, 7), 3))
        close(run(lambda impl: number(impl.evaluate_loss(iter(data), scores(), CPU))), mean_loss(data, scores()))

    def test_float64(self, run, batches, chance):
        """Accepts float64 inputs, which give a result of this precision.
        支持 float64 的输入，结果也达到这一精度。"""
        data, net = batches(*chance.sample(range(2, 7), 2), dtype=torch.float64), scores(dtype=torch.float64)
        close(run(lambda impl: number(impl.evaluate_loss(data, net, CPU))), mean_loss(data, net), rtol=1e-9, atol=1e-9)

    def test_second_call(self, run, batches, chance):
        """A second call begins anew.
        第二次调用时重新累计。"""
        first, second = batches(chance.randint(2, 4)), batches(chance.randint(5, 7))
        found = run(lambda impl: [number(impl.evaluate_loss(data, scores(), CPU)) for data in (first, second, first)])
        close(found, [mean_loss(data, scores()) for data in (first, second, first)])

    @pytest.mark.points(2)
    def test_first_device(self, run, batches, randn, chance):
        """Moves inputs and labels to the first device, where the net is.
        把输入和标签移到第一个设备上，网络就在这个设备上。"""
        data, weight, numbers = batches(4, 2), randn(INPUTS, 3), chance.sample(range(8), 2)

        def probe(impl):
            devices = [torch.device("cuda", i) for i in numbers]
            with Gpus() as gpus:
                net = OnDevice(gpus.put(weight.clone(), devices[0]))
                return number(impl.evaluate_loss(data, net, devices))

        close(run(probe), mean_loss(data, OnDevice(weight)))

    @pytest.mark.bonus
    def test_no_graph(self, run, batches, chance):
        """Records no graph while the net computes; autograd is enabled again afterwards.
        网络计算时不记录计算图；之后自动求导重新启用。"""
        data = batches(*chance.sample(range(2, 7), 2))

        def probe(impl):
            net = Watched()
            return number(impl.evaluate_loss(data, net, CPU)), net.modes, torch.is_grad_enabled()

        close(run(probe), (mean_loss(data, scores()), [False, False], True))


@pytest.fixture
def predicted(randn, generator):
    """predicted(5, 3): positive numbers whose rows do not add up to 1, and classes, of which all occur."""

    def draw(n, c, dtype=torch.float32):
        y = torch.arange(n) % c
        return randn(n, c, dtype=dtype).exp(), y[torch.randperm(n, generator=generator)]

    return draw


def log_loss(probs, y, eps=1e-15):
    """The loss in float64, example by example."""
    losses = []
    for row, label in zip(probs.tolist(), y.tolist(), strict=True):
        losses.append(-math.log(min(max(row[label] / sum(row), eps), 1 - eps)))
    return sum(losses) / len(losses)


@pytest.mark.exercise("multiclass_log_loss")
class TestMulticlassLogLoss:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.batch_of_one("probs", "y"))
    def arguments(self, predicted, chance):
        n, c = chance.sample(range(3, 8), 2)
        probs, y = predicted(n, c)
        return {"probs": probs, "y": y}

    @pytest.mark.points(2)
    def test_probabilities(self, run, predicted, chance):
        """Returns the mean of -log of the true class's probability, for rows that add up to 1.
        各行之和为 1 时，返回真实类别概率的 -log 的平均值。"""
        probs, y = predicted(*chance.sample(range(3, 8), 2))
        probs = probs / probs.sum(dim=1, keepdim=True)
        close(run(lambda impl: impl.multiclass_log_loss(probs, y)), log_loss(probs, y))

    @pytest.mark.points(2)
    def test_rows_rescaled(self, run, predicted, chance):
        """Divides each row by its sum first.
        先用各行之和去除各行。"""
        probs, y = predicted(*chance.sample(range(3, 8), 2))
        probs[::2] *= 0.1  # some sums are below 1, others above
        close(run(lambda impl: impl.multiclass_log_loss(probs, y)), log_loss(probs, y))

    def test_probability_zero(self, run, predicted, chance):
        """A true class of probability 0 gives a large, finite loss.
        真实类别的概率为 0 时，损失很大，但有限。"""
        n, c = chance.sample(range(3, 8), 2)
        probs, y = predicted(n, c)
        probs[chance.randrange(n)] = 1 - F.one_hot(y, c)[0].float()
        probs[0] = 1 - F.one_hot(y, c)[0].float()
        close(run(lambda impl: impl.multiclass_log_loss(probs, y)), log_loss(probs, y))

    def test_tiny_probability(self, run, predicted, chance):
        """Keeps small probabilities above eps as they are.
        大于 eps 的小概率保持不变。"""
        probs, y = predicted(*chance.sample(range(3, 8), 2))
        probs[torch.arange(len(y)), y] *= 10 ** -chance.uniform(9, 12)
        close(run(lambda impl: impl.multiclass_log_loss(probs, y)), log_loss(probs, y))

    def test_clipped_below(self, run, predicted, chance):
        """Probabilities below eps count as eps.
        小于 eps 的概率按 eps 计算。"""
        probs, y = predicted(*chance.sample(range(4, 8), 2))
        probs[torch.arange(len(y)), y] *= 0.2
        probs[0, y[0]] = 0
        eps = chance.uniform(0.1, 0.2)
        close(run(lambda impl: impl.multiclass_log_loss(probs, y, eps)), log_loss(probs, y, eps))

    def test_clipped_above(self, run, predicted, chance):
        """Probabilities above 1 - eps count as 1 - eps.
        大于 1 - eps 的概率按 1 - eps 计算。"""
        probs, y = predicted(*chance.sample(range(3, 8), 2))
        probs[torch.arange(len(y)), y] *= 50
        eps = chance.uniform(0.2, 0.3)
        close(run(lambda impl: impl.multiclass_log_loss(probs, y, eps)), log_loss(probs, y, eps))

    def test_clipped_after_rescaling(self, run, predicted, chance):
        """Clips after rescaling, and does not rescale again.
        先除以各行之和再截断，截断之后不再重新归一。"""
        probs, y = predicted(*chance.sample(range(3, 8), 2))
        eps, factor = chance.uniform(0.15, 0.25), chance.uniform(20, 40)
        probs[::2] *= factor
        probs[-1, y[-1]] = 30 * probs[-1].sum()  # above 1 - eps
        close(run(lambda impl: impl.multiclass_log_loss(probs, y, eps=eps)), log_loss(probs, y, eps))

    def test_certain(self, run, generator, chance):
        """Certain predictions give almost 0 if they are right, and a large loss if they are wrong.
        完全确定的预测若正确，损失几乎为 0；若错误，损失很大。"""
        n, c = chance.randint(4, 7), chance.randint(3, 5)
        y, errors = torch.randint(c, (n,), generator=generator), chance.randint(1, 2)
        labels = y.clone()
        labels[:errors] = (y[:errors] + 1) % c
        probs = F.one_hot(y, c).double()
        found = run(lambda impl: [impl.multiclass_log_loss(probs, y), impl.multiclass_log_loss(probs, labels)])
        close(found, [log_loss(probs, y), log_loss(probs, labels)], atol=1e-9)
