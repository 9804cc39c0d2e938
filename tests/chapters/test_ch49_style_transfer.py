"""ch49: extract_features, content_loss, gram, style_loss, tv_loss, compute_loss."""

import pytest
import torch
from torch import nn

from dlgrade.testing import promise, set_parameters, standard, written_from_scratch


def pulled_back(output, *inputs):
    """The gradients of the output by each input; None for an input that gets none."""
    if not isinstance(output, torch.Tensor):
        return type(output).__name__
    if not output.requires_grad:
        return "The result is cut off from its inputs: it has no gradient."
    found = iter(
        torch.autograd.grad(output, [x for x in inputs if x.requires_grad], allow_unused=True, retain_graph=True)
    )
    return [next(found) if x.requires_grad else None for x in inputs]


def requiring(*tensors):
    """Copies that require gradients."""
    return [x.clone().requires_grad_() for x in tensors]


def chain_of(depth, seed):
    """`depth` layers that keep the shape of images with 3 channels: convolutions and activations in turn."""
    kinds = [nn.Conv2d(3, 3, 3, padding=1) if i % 2 == 0 else nn.Tanh() for i in range(depth)]
    return set_parameters(nn.Sequential(*kinds), seed)


def with_globals(function, values, call):
    """The result of the call, while the module of the function has these global variables."""
    module = function.__globals__
    before = {name: module.get(name) for name in values}
    module.update(values)
    try:
        return call()
    finally:
        module.update(before)


def features(impl, net, X, content_layers, style_layers):
    """The two lists that extract_features returns with another network."""
    contents, styles = with_globals(
        impl.extract_features, {"net": net}, lambda: impl.extract_features(X, content_layers, style_layers)
    )
    return {"contents": list(contents), "styles": list(styles)}


@pytest.fixture
def images(randn, chance):
    """images(n) returns n images that are not square."""
    return lambda n=1, low=4, high=9: randn(n, 3, *chance.sample(range(low, high), 2))


@pytest.fixture
def layers_of(chance):
    """layers_of(depth, count) returns different layers in ascending order."""
    return lambda depth, count: sorted(chance.sample(range(depth), count))


@pytest.mark.exercise("extract_features")
class TestExtractFeatures:
    @pytest.mark.points(2)
    def test_chosen_layers(self, agree, images, layers_of, chance):
        """Returns the outputs of the content layers and those of the style layers.
        返回各内容层的输出和各风格层的输出。"""
        X, seed, depth = images(), chance.randrange(999), chance.randint(6, 8)
        a, b, c, d = layers_of(depth - 1, 4)
        agree(lambda impl: [features(impl, chain_of(depth, seed), X, [b], [a, d]),
                            features(impl, chain_of(depth, seed), X, [d], [a, c])])  # fmt: skip

    def test_layer_in_both_lists(self, agree, images, layers_of, chance):
        """A layer can be a content layer and a style layer at once.
        同一层可以既是内容层又是风格层。"""
        X, seed, depth = images(), chance.randrange(999), chance.randint(5, 7)
        first, both, last = layers_of(depth, 3)
        agree(lambda impl: features(impl, chain_of(depth, seed), X, [both, last], [first, both]))

    def test_order_of_the_network(self, agree, images, layers_of, chance):
        """Returns the outputs in the order of the network, if the indices have another order.
        下标的顺序不同时，输出仍按网络中各层的顺序排列。"""
        X, seed, depth = images(), chance.randrange(999), chance.randint(6, 8)
        a, b, c = layers_of(depth, 3)
        d, e = layers_of(depth, 2)
        agree(lambda impl: features(impl, chain_of(depth, seed), X, [b, c, a], [e, d]))

    def test_first_and_last_layer(self, agree, images, chance):
        """The first layer is layer 0, and the last layer can be chosen, too.
        第一层的下标是 0；最后一层也可以选。"""
        X, seed, depth = images(), chance.randrange(999), chance.randint(4, 7)
        agree(lambda impl: [features(impl, chain_of(depth, seed), X, [0], [depth - 1]),
                            features(impl, chain_of(depth, seed), X, [depth - 1], [0])])  # fmt: skip

    def test_empty_list(self, agree, images, layers_of, chance):
        """There may be no content layers, or no style layers.
        可以没有内容层，也可以没有风格层。"""
        X, seed, depth = images(), chance.randrange(999), chance.randint(4, 6)
        chosen = layers_of(depth, 2)
        agree(lambda impl: [features(impl, chain_of(depth, seed), X, *lists) for lists in (([], chosen), (chosen, []))])

    def test_other_network(self, agree, images, layers_of, chance):
        """Uses the global net as it is at the time of the call.
        使用调用时的全局变量 net。"""
        X, seeds, depth = images(), chance.sample(range(999), 2), chance.randint(4, 6)
        contents, styles = layers_of(depth, 1), layers_of(depth, 2)
        agree(lambda impl: [features(impl, chain_of(depth, seed), X, contents, styles) for seed in seeds])

    def test_repeated_module(self, agree, images, chance):
        """A module may occur several times in the network; each place is a layer.
        同一个模块可以在网络中出现多次，每一处各算一层。"""
        X, seed = images(), chance.randrange(999)
        chosen = [*chance.sample(range(1, 4), 2), *chance.sample(range(4, 7), 2)]
        lists = [1, *chosen[2:]], chosen[:3]

        def probe(impl):
            first, second, activation = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1), nn.Tanh()
            net = nn.Sequential(first, activation, second, activation, first, activation, second)
            return features(impl, set_parameters(net, seed), X, *lists)

        agree(probe)

    def test_sizes_of_layers(self, agree, images, chance):
        """The layers may have outputs of different sizes, for several images.
        各层输出的大小可以不同，图像可以有多张。"""
        X, seed = images(chance.randint(2, 4), low=14, high=19), chance.randrange(999)
        contents, styles = shuffled_layers(chance)

        def probe(impl):
            net = [nn.Conv2d(3, 3, 3), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(3, 3, (2, 3), padding=1), nn.AvgPool2d(2)]
            return features(impl, set_parameters(nn.Sequential(*net), seed), X, contents, styles)

        agree(probe)

    @pytest.mark.needs("chosen_layers")
    @pytest.mark.points(2)
    def test_gradients(self, agree, randn, images, layers_of, chance):
        """Gradients flow from content features and style features to X.
        梯度从内容特征和风格特征传到 X。"""
        X, seed, depth = images(), chance.randrange(999), chance.randint(4, 6)
        contents, styles = layers_of(depth, 1), layers_of(depth, 2)
        factor = randn(*X.shape)

        def probe(impl):
            (image,) = requiring(X)
            found = features(impl, chain_of(depth, seed), image, contents, styles)
            return [pulled_back(sum((factor * Y).sum() for Y in part), image) for part in found.values()]

        agree(probe)

    @pytest.mark.needs("chosen_layers")
    def test_arguments_untouched(self, agree, images, layers_of, chance):
        """Leaves X, the indices and the parameters of net unchanged.
        不修改 X、下标和 net 的参数。"""
        X, seed, depth = images(), chance.randrange(999), chance.randint(5, 7)
        contents, styles = layers_of(depth, 2)[::-1], layers_of(depth, 2)[::-1]

        def probe(impl):
            net, image, lists = chain_of(depth, seed), X.clone(), (list(contents), list(styles))
            found = features(impl, net, image, *lists)
            return found, image, lists, dict(net.named_parameters())

        agree(probe)


def shuffled_layers(chance):
    """Content layers and style layers of a network with five layers."""
    layers = chance.sample(range(5), 5)
    return layers[:2], layers[2:]


@pytest.fixture
def maps(randn, chance):
    """maps(n) returns two feature maps of n images; no two of c, h and w are equal."""

    def draw(n=1, dtype=torch.float32):
        shape = n, *chance.sample(range(2, 8), 3)
        return 2 * randn(*shape, dtype=dtype) + 1, randn(*shape, dtype=dtype)

    return draw


@pytest.mark.exercise("content_loss")
class TestContentLoss:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, maps):
        Y_hat, Y = maps()
        return {"Y_hat": Y_hat, "Y": Y}

    @pytest.mark.points(2)
    def test_mean_square(self, agree, maps):
        """Returns the mean squared difference of two feature maps.
        返回两个特征图之差的平方的平均值。"""
        Y_hat, Y = maps()
        agree(lambda impl: impl.content_loss(Y_hat, Y))

    def test_several_images(self, agree, maps, chance):
        """Takes the mean over all images.
        对所有图像求平均。"""
        Y_hat, Y = maps(chance.randint(2, 5))
        agree(lambda impl: impl.content_loss(Y_hat, Y))

    def test_equal_maps(self, agree, maps):
        """Is zero for equal feature maps, and only for these.
        只有两个特征图相等时，损失才为零。"""
        Y_hat, Y = maps()
        agree(lambda impl: [impl.content_loss(Y_hat, Y_hat.clone()), impl.content_loss(Y_hat, Y)])

    def test_far_apart(self, agree, maps, chance):
        """Keeps growing with the square of the difference if the maps are far apart.
        两个特征图相差很大时，损失仍随差的平方增长。"""
        Y_hat, Y = maps()
        scale = chance.choice((-1, 1)) * chance.uniform(50, 100)
        agree(lambda impl: impl.content_loss(scale * Y_hat, Y))

    @pytest.mark.needs("mean_square")
    @pytest.mark.points(2)
    def test_gradients(self, agree, maps):
        """Gives the right gradients for Y_hat.
        Y_hat 的梯度正确。"""
        Y_hat, Y = maps()

        def probe(impl):
            (prediction,) = requiring(Y_hat)
            return pulled_back(impl.content_loss(prediction, Y), prediction)

        agree(probe)

    @pytest.mark.needs("mean_square")
    def test_fixed_target(self, agree, maps):
        """No gradient flows to Y, even if Y requires one.
        即使 Y 需要梯度，也没有梯度传到 Y。"""
        Y_hat, Y = maps()

        def probe(impl):
            prediction, target = requiring(Y_hat, Y)
            return pulled_back(impl.content_loss(prediction, target), prediction, target)

        agree(probe)

    @pytest.mark.needs("mean_square")
    def test_target_still_requires_gradients(self, agree, maps):
        """Y requires gradients after the call if it did so before.
        Y 在调用前需要梯度，调用后仍然需要。"""
        Y_hat, Y = maps()

        def probe(impl):
            (target,) = requiring(Y)
            shifted = 2 * target  # no leaf: detach_ would cut it off
            loss = impl.content_loss(Y_hat, shifted)
            return loss.detach(), shifted.requires_grad, target.requires_grad

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.fixture
def feature_map(randn, chance):
    """The features of one image; no two of c, h and w are equal."""
    return lambda low=2, high=8: randn(1, *chance.sample(range(low, high), 3)) + 0.5


@pytest.mark.exercise("gram")
class TestGram:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("X"))
    def arguments(self, feature_map):
        return {"X": feature_map()}

    @pytest.mark.points(2)
    def test_gram_matrix(self, agree, feature_map):
        """Returns the Gram matrix of the channels, divided by c * h * w.
        返回各通道的格拉姆矩阵，除以 c * h * w。"""
        X = feature_map()
        agree(lambda impl: impl.gram(X))

    def test_other_sizes(self, agree, randn, chance):
        """Works for wide and tall maps, and for few and many channels.
        特征图可宽可高，通道可多可少。"""
        few, many = chance.sample(range(2, 4), 1) + chance.sample(range(9, 14), 1)
        shapes = [(few, many, few), (few, few, many), (many, few, few)]
        maps = [randn(1, *shape) for shape in shapes]
        agree(lambda impl: [impl.gram(X) for X in maps])

    def test_one_channel(self, agree, randn, chance):
        """A map with one channel has a (1, 1) matrix.
        只有一个通道时，结果是 (1, 1) 的矩阵。"""
        X = randn(1, 1, *chance.sample(range(2, 8), 2))
        agree(lambda impl: impl.gram(X))

    def test_axis_of_one(self, agree, randn, chance):
        """A map may have one row, one column, or one pixel.
        特征图可以只有一行、一列或一个像素。"""
        c, h, w = chance.sample(range(2, 8), 3)
        maps = [randn(1, *shape) for shape in ((c, 1, w), (c, h, 1), (c, 1, 1))]
        agree(lambda impl: [impl.gram(X) for X in maps])

    def test_constant_channels(self, agree, randn, chance):
        """Channels that are the same everywhere are not centred and not rescaled.
        各通道处处相同时，也不减去均值，不改变大小。"""
        c, h, w = chance.sample(range(2, 8), 3)
        X = randn(1, c, 1, 1).expand(1, c, h, w).contiguous()
        agree(lambda impl: impl.gram(X))


@pytest.fixture
def styles(randn, chance):
    """The features of an image and a symmetric matrix, as style_loss takes them."""

    def draw(dtype=torch.float32):
        c, h, w, places = chance.sample(range(2, 9), 4)
        F = randn(c, places, dtype=dtype)
        return randn(1, c, h, w, dtype=dtype) + 0.5, F @ F.T / (c * places) + 0.1

    return draw


@pytest.mark.exercise("style_loss")
class TestStyleLoss:
    @standard(promise.untouched, promise.float64, promise.non_contiguous("Y_hat"))
    def arguments(self, styles):
        Y_hat, gram_Y = styles()
        return {"Y_hat": Y_hat, "gram_Y": gram_Y}

    @pytest.mark.points(2)
    def test_mean_square(self, agree, styles):
        """Returns the mean squared difference of the Gram matrices.
        返回两个格拉姆矩阵之差的平方的平均值。"""
        Y_hat, gram_Y = styles()
        agree(lambda impl: impl.style_loss(Y_hat, gram_Y))

    def test_pixels_moved(self, agree, styles, generator):
        """Stays the same if the pixels of Y_hat change their places.
        Y_hat 的像素交换位置后，损失不变。"""
        Y_hat, gram_Y = styles()
        order = torch.randperm(Y_hat[0, 0].numel(), generator=generator)
        moved = Y_hat.flatten(start_dim=2)[:, :, order].reshape(Y_hat.shape)
        agree(lambda impl: [impl.style_loss(Y, gram_Y) for Y in (Y_hat, moved)])

    def test_own_gram_matrix(self, agree, randn, chance):
        """Is zero if gram_Y is the Gram matrix of Y_hat, and only then.
        只有 gram_Y 就是 Y_hat 的格拉姆矩阵时，损失才为零。"""
        c, h, w = chance.sample(range(2, 7), 3)
        Y_hat, shift = randn(1, c, h, w), chance.uniform(0.5, 2)
        own = Y_hat[0].flatten(start_dim=1) @ Y_hat[0].flatten(start_dim=1).T / (c * h * w)
        agree(lambda impl: [impl.style_loss(Y_hat, own), impl.style_loss(Y_hat, own + shift)])

    def test_one_channel(self, agree, randn, chance):
        """Works for features with one channel.
        特征可以只有一个通道。"""
        Y_hat, gram_Y = randn(1, 1, *chance.sample(range(2, 8), 2)), randn(1, 1)
        agree(lambda impl: impl.style_loss(Y_hat, gram_Y))

    @pytest.mark.needs("mean_square")
    @pytest.mark.points(2)
    def test_gradients(self, agree, styles):
        """Gives the right gradients for Y_hat.
        Y_hat 的梯度正确。"""
        Y_hat, gram_Y = styles()

        def probe(impl):
            (prediction,) = requiring(Y_hat)
            return pulled_back(impl.style_loss(prediction, gram_Y), prediction)

        agree(probe)

    @pytest.mark.needs("mean_square")
    def test_fixed_target(self, agree, styles):
        """No gradient flows to gram_Y, even if gram_Y requires one.
        即使 gram_Y 需要梯度，也没有梯度传到 gram_Y。"""
        Y_hat, gram_Y = styles()

        def probe(impl):
            prediction, target = requiring(Y_hat, gram_Y)
            return pulled_back(impl.style_loss(prediction, target), prediction, target)

        agree(probe)

    @pytest.mark.needs("mean_square")
    def test_target_still_requires_gradients(self, agree, styles):
        """gram_Y requires gradients after the call if it did so before.
        gram_Y 在调用前需要梯度，调用后仍然需要。"""
        Y_hat, gram_Y = styles()

        def probe(impl):
            (target,) = requiring(gram_Y)
            doubled = 2 * target  # no leaf: detach_ would cut it off
            loss = impl.style_loss(Y_hat, doubled)
            return loss.detach(), doubled.requires_grad, target.requires_grad

        agree(probe)


@pytest.mark.exercise("tv_loss")
class TestTvLoss:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("Y_hat", id="one_image"),
    )
    def arguments(self, images, chance):
        return {"Y_hat": images(chance.randint(2, 4))}

    @pytest.mark.points(2)
    def test_total_variation(self, agree, images):
        """Returns half the sum of the two mean absolute differences.
        返回两个方向上差的绝对值的平均值之和的一半。"""
        X = images()
        agree(lambda impl: impl.tv_loss(X))

    def test_several_images(self, agree, randn, chance):
        """Takes the means over all images and channels.
        对所有图像和通道求平均。"""
        X = randn(*chance.sample(range(2, 8), 4))
        agree(lambda impl: impl.tv_loss(X))

    def test_wide_and_tall(self, agree, randn, chance):
        """Takes the mean of each direction by itself: it has its own number of neighbours.
        两个方向分别求平均：相邻像素的对数各不相同。"""
        n, long = chance.randint(1, 3), chance.randint(8, 15)
        wide, tall = randn(n, 2, 2, long), randn(n, 2, long, 2)
        agree(lambda impl: [impl.tv_loss(wide), impl.tv_loss(tall)])

    def test_stripes(self, agree, randn, chance):
        """Stripes vary in one direction alone: across, not along them.
        条纹图像只沿一个方向变化：垂直于条纹的方向。"""
        h, w = chance.sample(range(3, 9), 2)
        across, along = randn(1, 2, h, 1).expand(1, 2, h, w), randn(1, 2, 1, w).expand(1, 2, h, w)
        agree(lambda impl: [impl.tv_loss(across.clone()), impl.tv_loss(along.clone())])

    def test_constant_image(self, agree, images, chance):
        """Is zero for an image of a single colour, and not for others.
        纯色图像的损失为零，其他图像不为零。"""
        X, colour = images(), torch.tensor([chance.uniform(0.5, 1) for _ in range(3)])
        plain = colour[None, :, None, None].expand(X.shape).clone()
        agree(lambda impl: [impl.tv_loss(plain), impl.tv_loss(X)])

    def test_chessboard(self, agree, chance):
        """Is the height of the steps for a chessboard of single pixels.
        对单像素的棋盘图案，损失等于相邻两格之差的绝对值。"""
        h, w = chance.sample(range(3, 9), 2)
        step = chance.uniform(2, 9)
        board = step * ((torch.arange(h)[:, None] + torch.arange(w)) % 2).float()[None, None]
        agree(lambda impl: impl.tv_loss(board))

    @pytest.mark.needs("total_variation")
    @pytest.mark.points(2)
    def test_gradients(self, agree, randn, images):
        """Gives the right gradients for Y_hat.
        Y_hat 的梯度正确。"""
        X = images()
        factor = randn(*X.shape)  # otherwise the gradients would depend on signs alone

        def probe(impl):
            (image,) = requiring(X)
            return pulled_back(impl.tv_loss(factor * image), image)

        agree(probe)

    @pytest.mark.bonus
    def test_single_row_or_column(self, agree, randn, chance):
        """A direction without neighbours adds 0.
        没有相邻像素的方向计为 0。"""
        long = chance.randint(3, 8)
        images = [randn(*shape) for shape in ((1, 3, 1, long), (1, 3, long, 1), (1, 1, 1, 2), (1, 1, 2, 1))]
        agree(lambda impl: [impl.tv_loss(X) for X in images])


WEIGHTS = "content_weight", "style_weight", "tv_weight"


@pytest.fixture
def transfer(randn, images, chance):
    """transfer(contents, styles) returns arguments of compute_loss with these numbers of layers."""

    def draw(contents=1, styles=3, dtype=torch.float32):
        shapes = [(1, *chance.sample(range(2, 7), 3)) for _ in range(contents + styles)]
        hats = [randn(*shape, dtype=dtype) for shape in shapes]
        targets = [randn(*shape, dtype=dtype) for shape in shapes[:contents]]
        grams = [randn(shape[1], shape[1], dtype=dtype) / 4 for shape in shapes[contents:]]
        return images().to(dtype), hats[:contents], hats[contents:], targets, grams

    return draw


@pytest.fixture
def drawn_weights(chance):
    """Three weights of similar size."""
    return lambda: dict(zip(WEIGHTS, (chance.uniform(0.5, 9) for _ in WEIGHTS), strict=True))


def losses(impl, arguments, weights=None):
    """The results of compute_loss, by name."""
    found = with_globals(impl.compute_loss, weights or {}, lambda: impl.compute_loss(*arguments))
    if not isinstance(found, (tuple, list)) or len(found) != 4:
        return found
    contents_l, styles_l, tv_l, total = (list(part) if isinstance(part, (tuple, list)) else part for part in found)
    return {"contents_l": contents_l, "styles_l": styles_l, "tv_l": tv_l, "l": total}


@pytest.mark.exercise("compute_loss")
class TestComputeLoss:
    @pytest.mark.points(2)
    def test_one_layer_of_each(self, agree, transfer):
        """Returns the weighted losses and their total, with the given weights.
        用给定的权重，返回加权后的各个损失及总损失。"""
        arguments = transfer(contents=1, styles=1)
        agree(lambda impl: losses(impl, arguments))

    @pytest.mark.points(2)
    def test_several_layers(self, agree, transfer, drawn_weights, chance):
        """Returns a loss for each layer, and adds up the losses of all layers.
        每层各有一个损失，总损失包含所有层的损失。"""
        arguments, weights = transfer(contents=chance.randint(2, 3), styles=chance.randint(4, 5)), drawn_weights()
        agree(lambda impl: losses(impl, arguments, weights))

    def test_other_weights(self, agree, transfer, drawn_weights):
        """Uses the global weights as they are at the time of the call.
        使用调用时的全局权重。"""
        arguments, weights = transfer(contents=1, styles=1), [drawn_weights() for _ in range(3)]
        agree(lambda impl: [losses(impl, arguments, values) for values in weights])

    def test_weight_of_zero(self, agree, transfer, drawn_weights):
        """A loss whose weight is 0 adds nothing to the total.
        权重为 0 的损失对总损失没有影响。"""
        arguments, weights = transfer(contents=1, styles=2), drawn_weights()
        agree(lambda impl: [losses(impl, arguments, {**weights, name: 0}) for name in WEIGHTS])

    def test_empty_lists(self, agree, transfer, drawn_weights):
        """There may be no content layers, or no style layers.
        可以没有内容层，也可以没有风格层。"""
        cases, weights = [transfer(contents=0, styles=2), transfer(contents=2, styles=0)], drawn_weights()
        agree(lambda impl: [losses(impl, arguments, weights) for arguments in cases])

    def test_float64(self, agree, transfer, drawn_weights):
        """Computes float64 losses of float64 tensors.
        张量为 float64 时，损失也是 float64。"""
        arguments, weights = transfer(contents=1, styles=2, dtype=torch.float64), drawn_weights()
        agree(lambda impl: losses(impl, arguments, weights))

    @pytest.mark.needs("one_layer_of_each")
    @pytest.mark.points(2)
    def test_gradients(self, agree, transfer, drawn_weights):
        """Gives the right gradients of the total for X and the features.
        总损失对 X 和各个特征的梯度正确。"""
        arguments, weights = transfer(contents=2, styles=2), drawn_weights()

        def probe(impl):
            image, contents, styles, targets, grams = arguments
            leaves = requiring(image, *contents, *styles)
            total = losses(impl, (leaves[0], leaves[1:3], leaves[3:], targets, grams), weights)["l"]
            return pulled_back(total, *leaves)

        agree(probe)

    @pytest.mark.needs("one_layer_of_each")
    def test_fixed_targets(self, agree, transfer, drawn_weights):
        """No gradient flows to contents_Y and styles_Y_gram.
        没有梯度传到 contents_Y 和 styles_Y_gram。"""
        arguments, weights = transfer(contents=1, styles=1), drawn_weights()

        def probe(impl):
            image, (content,), (style,), (target,), (gram,) = arguments
            image, content, style, target, gram = requiring(image, content, style, target, gram)
            total = losses(impl, (image, [content], [style], [target], [gram]), weights)["l"]
            return pulled_back(total, image, target, gram)

        agree(probe)

    @pytest.mark.needs("one_layer_of_each")
    def test_arguments_untouched(self, agree, transfer, drawn_weights):
        """Leaves its arguments unchanged, and returns new lists.
        不修改传入的参数，返回的是新的列表。"""
        arguments, weights = transfer(contents=2, styles=2), drawn_weights()

        def probe(impl):
            image, *lists = arguments
            image, lists = image.clone(), [[x.clone() for x in part] for part in lists]
            return losses(impl, (image, *lists), weights), image, lists

        agree(probe)
