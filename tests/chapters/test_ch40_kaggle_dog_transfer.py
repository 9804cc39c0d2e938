"""ch40: two_stage_net, submission_rows."""

import pytest
import torch
from torch import nn

from dlgrade.testing import layers, promise, raises, set_parameters, standard

BREEDS = ["akita", "basenji", "beagle", "borzoi", "boxer", "collie", "kelpie", "komondor", "pug", "saluki", "vizsla"]
INPUTS, CPU = 4, [torch.device("cpu")]


def number(value):
    """For probes: the number in a tensor without axes; any other value as it is."""
    return value.item() if isinstance(value, torch.Tensor) and not value.dim() else value


def extractor(inputs, outputs):
    """For probes: a feature extractor with nested layers, whose parameters are always the same."""
    inner = nn.Sequential(nn.Linear(6, 5), nn.Tanh())
    net = nn.Sequential(nn.Linear(inputs, 6), nn.BatchNorm1d(6), inner, nn.Linear(5, outputs))
    return set_parameters(net, seed=0)


def prepared(net, features):
    """For probes: the net with known values in all parameters that the extractor does not have."""
    own = {id(parameter) for parameter in features.parameters()}
    set_parameters(nn.ParameterList(p for p in net.parameters() if id(p) not in own), seed=1)
    return net


@pytest.mark.exercise("two_stage_net")
class TestTwoStageNet:
    @pytest.mark.points(2)
    def test_children(self, agree, chance):
        """Has the children features and output_new, whose layers are those of the statement.
        有 features 和 output_new 两个子模块，各层与题目一致。"""
        dim, classes = chance.sample(range(7, 60), 2)

        def probe(impl):
            net = impl.two_stage_net(extractor(INPUTS, dim), dim, classes)
            return type(net).__name__, [[name, layers(child)] for name, child in net.named_children()]

        agree(probe)

    def test_default_classes(self, agree, randn, chance):
        """Has 120 classes if num_classes is not given.
        没有给出 num_classes 时，有 120 个类别。"""
        X, dim = randn(3, INPUTS), chance.randint(7, 60)

        def probe(impl):
            features = extractor(INPUTS, dim)
            return prepared(impl.two_stage_net(features, dim), features)(X).detach()

        agree(probe)

    @pytest.mark.points(2)
    def test_trainable_parameters(self, agree, chance):
        """Only the parameters of output_new are trainable.
        只有 output_new 的参数可以训练。"""
        dim, classes = chance.sample(range(7, 60), 2)

        def probe(impl):
            net = impl.two_stage_net(extractor(INPUTS, dim), dim, classes)
            return [[name, list(p.shape), p.requires_grad] for name, p in net.named_parameters()]

        agree(probe)

    @pytest.mark.points(2)
    def test_scores(self, agree, randn, chance):
        """Computes the scores from the features.
        由特征计算得分。"""
        X, (dim, classes) = randn(chance.randint(3, 6), INPUTS), chance.sample(range(7, 60), 2)

        def probe(impl):
            features = extractor(INPUTS, dim).eval()
            return prepared(impl.two_stage_net(features, dim, classes), features)(X).detach()

        agree(probe)

    @pytest.mark.points(2)
    def test_gradients(self, agree, randn, chance):
        """A backward pass gives gradients to output_new alone, and the right ones.
        反向传播只给 output_new 的参数带来梯度，且数值正确。"""
        X, (dim, classes) = randn(chance.randint(3, 6), INPUTS), chance.sample(range(7, 20), 2)

        def probe(impl):
            features = extractor(INPUTS, dim)
            net = prepared(impl.two_stage_net(features, dim, classes), features)
            net(X).square().sum().backward()
            kept = [p.grad is None for p in features.parameters()]
            return kept, [p.grad for p in net.parameters() if p.grad is not None]

        agree(probe)

    def test_same_features(self, agree, randn, chance):
        """Contains the module that is passed in, and freezes this module.
        所含的就是传入的模块，被冻结的也是这个模块。"""
        dim, number, X = chance.randint(7, 60), chance.uniform(1, 2), randn(3, INPUTS)

        def probe(impl):
            features = extractor(INPUTS, dim)
            net = prepared(impl.two_stage_net(features, dim, 5), features)
            features[0].weight.data *= number  # shows in the net
            return net(X).detach(), [p.requires_grad for p in features.parameters()]

        agree(probe)

    def test_partly_frozen(self, agree, chance):
        """Accepts a module of which some parameters are frozen already.
        传入的模块可以已有部分参数被冻结。"""
        dim, number = chance.randint(7, 60), chance.randint(1, 3)

        def probe(impl):
            features = extractor(INPUTS, dim)
            for parameter in list(features.parameters())[:number]:
                parameter.requires_grad = False
            net = impl.two_stage_net(features, dim, number + 2)
            return [[name, list(p.shape), p.requires_grad] for name, p in net.named_parameters()]

        agree(probe)

    def test_no_parameters(self, agree, randn, chance):
        """Accepts an extractor without parameters.
        特征提取器可以没有参数。"""
        side, classes = chance.randint(2, 4), chance.randint(3, 9)
        X = randn(3, 2, side, side)

        def probe(impl):
            features = nn.Flatten()
            return prepared(impl.two_stage_net(features, 2 * side**2, classes), features)(X).detach()

        agree(probe)

    @pytest.mark.needs("children", "scores")
    def test_features_kept(self, agree, chance):
        """Leaves the values of features and its mode as they are.
        features 的数值和模式保持不变。"""
        dim = chance.randint(7, 30)

        def probe(impl):
            found = []
            for mode in (True, False):
                features = extractor(INPUTS, dim).train(mode)
                impl.two_stage_net(features, dim, 3)
                found.append([features.training, features[1].training, dict(features.state_dict())])
            return found

        agree(probe)

    @pytest.mark.needs("scores")
    def test_new_output_network(self, agree, randn, chance):
        """Each call creates a new output network.
        每次调用都创建新的输出网络。"""
        X, dim, classes = randn(3, INPUTS), chance.randint(7, 30), chance.randint(3, 9)

        def probe(impl):
            features = extractor(INPUTS, dim).eval()
            first = prepared(impl.two_stage_net(features, dim, classes), features)
            with torch.no_grad():
                for parameter in list(impl.two_stage_net(features, dim, classes).parameters())[-4:]:
                    parameter.zero_()
            return first(X).detach()

        agree(probe)


def parsed(text):
    """For probes: the number in a text; anything else in words."""
    if type(text) is not str:
        return f"{type(text).__name__}, not a text"
    try:
        return float(text)
    except ValueError:
        return text


def table(rows):
    """For probes: the header, the first entry of each other row, and the numbers in the rest."""
    header, *others = [list(row) for row in rows]
    return header, [row[0] for row in others], [[parsed(text) for text in row[1:]] for row in others]


@pytest.fixture
def entries(chance):
    """Arguments of submission_rows for n images and c classes: nothing is in order, and no row adds up to 1."""

    def draw(n, c):
        ids = [f"{chance.getrandbits(64):016x}" for _ in range(n)]
        classes = chance.sample(BREEDS, c)
        if n > 1 and ids == sorted(ids):
            ids.reverse()
        if c > 1 and classes == sorted(classes):
            classes.reverse()
        return ids, torch.rand(n, c, generator=torch.Generator().manual_seed(chance.getrandbits(32))), classes

    return draw


@pytest.mark.exercise("submission_rows")
class TestSubmissionRows:
    @standard(
        promise.untouched,
        promise.non_contiguous,
        call=lambda impl, ids, probs, classes: table(impl.submission_rows(ids, probs, classes)),
    )
    def arguments(self, entries, chance):
        ids, probs, classes = entries(*chance.sample(range(3, 7), 2))
        return {"ids": ids, "probs": probs, "classes": classes}

    @pytest.mark.points(2)
    def test_rows(self, agree, entries, chance):
        """Returns the header and a row for each image, with the probabilities as texts.
        返回表头，以及每张图像一行；概率写成文本。"""
        case = entries(*chance.sample(range(3, 7), 2))
        agree(lambda impl: table(impl.submission_rows(*case)), atol=1e-6)

    @pytest.mark.points(2)
    def test_header(self, agree, entries, chance):
        """The header is "id" and the classes, in the given order.
        表头是 "id" 和各个类别，保持给定的顺序。"""
        case = entries(*chance.sample(range(3, 7), 2))
        agree(lambda impl: list(impl.submission_rows(*case)[0]))

    def test_order_of_images(self, agree, entries, chance):
        """Images keep the given order.
        图像保持给定的顺序。"""
        case = entries(chance.randint(5, 9), 2)
        agree(lambda impl: table(impl.submission_rows(*case))[1])

    def test_any_ids(self, agree, entries, chance):
        """Ids are any texts, which stay as they are.
        id 可以是任意文本，原样写出。"""
        ids, probs, classes = entries(4, chance.randint(2, 4))
        ids = [ids[0] + ".v2", ids[1].upper(), f" {ids[2]}", str(chance.randint(10, 99))]
        agree(lambda impl: table(impl.submission_rows(ids, probs, classes)), atol=1e-6)

    def test_small_probabilities(self, agree, entries, chance):
        """Small probabilities keep six decimal places.
        小的概率保留六位小数的精度。"""
        ids, probs, classes = entries(4, chance.randint(3, 5))
        agree(lambda impl: table(impl.submission_rows(ids, 1e-3 * probs, classes)), atol=1e-6, rtol=1e-6)

    def test_float64(self, agree, entries, chance):
        """Accepts float64 probabilities.
        支持 float64 的概率。"""
        ids, probs, classes = entries(*chance.sample(range(2, 6), 2))
        agree(lambda impl: table(impl.submission_rows(ids, probs.double() / 3, classes)), atol=1e-6)

    def test_one_image(self, agree, entries, chance):
        """There can be a single image, and a single class.
        可以只有一张图像，也可以只有一个类别。"""
        cases = [entries(1, chance.randint(2, 5)), entries(chance.randint(2, 5), 1)]
        agree(lambda impl: [table(impl.submission_rows(*case)) for case in cases], atol=1e-6)

    def test_wrong_number_of_ids(self, agree, entries, chance):
        """Raises ValueError if there are more or fewer ids than rows.
        id 的个数多于或少于行数时，抛出 ValueError。"""
        ids, probs, classes = entries(chance.randint(3, 5), 2)

        def probe(impl):
            right = table(impl.submission_rows(ids, probs, classes))
            return right, [
                raises(lambda n=names: impl.submission_rows(n, probs, classes), ValueError)
                for names in (ids[:-1], [*ids, "one_more"])
            ]

        agree(probe, atol=1e-6)

    def test_wrong_number_of_classes(self, agree, entries, chance):
        """Raises ValueError if there are more or fewer classes than columns.
        类别的个数多于或少于列数时，抛出 ValueError。"""
        ids, probs, classes = entries(2, chance.randint(3, 5))

        def probe(impl):
            right = table(impl.submission_rows(ids, probs, classes))
            return right, [
                raises(lambda n=names: impl.submission_rows(ids, probs, n), ValueError)
                for names in (classes[:-1], [*classes, "one_more"])
            ]

        agree(probe, atol=1e-6)
