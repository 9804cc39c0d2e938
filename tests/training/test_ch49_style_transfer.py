"""ch49, trained: the pixels of eight drawings change until they have the style of eight textures.

A trained VGG-19 cannot be downloaded here. A small network with fixed random weights has features enough for textures
of waves. The parameters that come back are the pixels. The score compares them with other pieces of the textures.
"""

import pytest
import torch
from torch import nn

from dlgrade.testing import descend

PICTURES, EPOCHS = 8, 120  # an epoch makes a step for each picture
STEPS = PICTURES * EPOCHS
CONTENT_LAYERS, STYLE_LAYERS = [9], [1, 3, 6, 9]
WEIGHTS = {"content_weight": 12, "style_weight": 100, "tv_weight": 1}


def extractor():
    """The network that extracts features. Its weights are always the same."""
    generator = torch.Generator().manual_seed(49)
    net = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(),
        nn.AvgPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.AvgPool2d(2), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
    ).requires_grad_(False)  # fmt: skip
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_normal_(parameter, generator=generator)
        else:
            nn.init.zeros_(parameter)
    return net


def prepare(impl):
    """Set the global variables of the module: the network and the weights of the losses."""
    impl.extract_features.__globals__["net"] = extractor()
    impl.compute_loss.__globals__.update(WEIGHTS)


def losses(impl, X, targets):
    """(contents_l, styles_l, tv_l, l) of a picture (3, h, w)."""
    features = impl.extract_features(X[None], CONTENT_LAYERS, STYLE_LAYERS)
    return impl.compute_loss(X[None], *features, *targets)


def targets_of(impl, drawing, texture):
    """The content features of the drawing, and the Gram matrices of the texture."""
    with torch.no_grad():
        contents, _ = impl.extract_features(drawing[None], CONTENT_LAYERS, STYLE_LAYERS)
        _, styles = impl.extract_features(texture[None], CONTENT_LAYERS, STYLE_LAYERS)
        return list(contents), [impl.gram(Y) for Y in styles]


def fit(impl, parameters, batches):
    """A step of a fixed length down the gradient for one picture at a time; the length falls to zero."""
    prepare(impl)
    drawings, textures, _ = batches.examples
    targets = [targets_of(impl, drawings[i], textures[i]) for i in range(PICTURES)]
    pictures = [picture.clone().requires_grad_() for picture in parameters["pictures"]]
    for step, (_, _, chosen) in enumerate(batches, batches.first):
        X = pictures[chosen.item()]
        *_, total = losses(impl, X, targets[chosen.item()])
        (1000 * total).backward()  # so that the gradient is longer than 1, and is clipped
        descend([X], lr=3 * (1 - step / batches.steps), clip=1.0)
    return {"pictures": torch.stack([X.detach() for X in pictures])}


def scaled(pictures):
    """Pictures from 0 to 1 with a mean near 0 and a standard deviation near 1."""
    return 4 * (pictures - 0.5)


def measured(impl, picture, targets):
    """The total loss, and the distances from the content and from the style: sums over layers of root mean squares."""
    contents_l, styles_l, _, total = losses(impl, picture, targets)
    return torch.stack([total, *(torch.stack(part).sqrt().sum() for part in (contents_l, styles_l))])


def shares_left(impl, pictures, drawings, textures, others):
    """Three shares, each of a sum over all pictures. The largest is 1 for the drawings and for the textures.

    The total loss and the distance of Gram matrices are shares of those of the drawings. The distance from the
    content is a share of that of the textures.
    """
    prepare(impl)
    left, whole = torch.zeros(3), torch.zeros(3)
    for picture, drawing, texture, other in zip(pictures, drawings, textures, others, strict=True):
        targets = targets_of(impl, drawing, other)
        total, _, style = measured(impl, drawing, targets)
        _, content, _ = measured(impl, texture, targets)
        left += measured(impl, picture, targets)
        whole += torch.stack([total, content, style])
    return left / whole


@pytest.mark.exercise("compute_loss")
class TestComputeLoss:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """With your losses and features, eight drawings take on the style of eight textures and keep their content.
        用你的损失和特征，八张图画具有了八种纹理的风格，同时保留内容。"""
        drawings, textures, others = (scaled(part) for part in training.draw("pictures", PICTURES))

        def score(impl, parameters):
            shares = shares_left(impl, parameters["pictures"], drawings, textures, others)
            total, content, style = (f"{share:.3f}" for share in shares.tolist())
            return (
                shares.max().item(),
                f"This is the largest of three shares: the loss is {total} of the drawings', the distance of Gram "
                f"matrices {style} of theirs, and the distance from the content {content} of the textures'.",
                f"这是三个比例中最大的一个：损失为原图画的 {total}，格拉姆矩阵的距离为原图画的 {style}，"
                f"与内容的距离为纹理的 {content}。",
            )

        training(
            "style_transfer", fit, (drawings, textures, torch.arange(PICTURES)), score, steps=STEPS, batch=1,
            start={"pictures": drawings}, better="lower",
        )  # fmt: skip
