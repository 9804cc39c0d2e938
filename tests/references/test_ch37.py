"""ch37's reference against torchvision's resnet18, torch.optim.SGD and plain loops over named modules.

The threshold of the check that trains is compared with training from scratch.
"""

import math

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from dlgrade import course
from dlgrade.course.data_sets import data_set
from dlgrade.course.thresholds import thresholds


def test_replace_head(reference):
    """A resnet18 gets a new output layer with the limits of Xavier's rule; all else stays."""
    net = resnet18(weights=None).eval()
    before = {name: value.clone() for name, value in net.state_dict().items() if not name.startswith("fc.")}
    assert reference.replace_head(net, 300) is net
    assert net(torch.rand(2, 3, 32, 32)).shape == (2, 300)
    limit = math.sqrt(6 / (512 + 300))
    assert 0.999 * limit < net.fc.weight.abs().max().item() <= limit
    assert net.fc.weight.var().item() == pytest.approx(limit**2 / 3, rel=0.02)
    assert all(torch.equal(net.state_dict()[name], value) for name, value in before.items())
    first = net.fc
    assert reference.replace_head(net.double(), 300).fc.weight.dtype == torch.float64
    assert first is not net.fc
    assert not torch.equal(first.weight, net.fc.weight)


def test_finetune_groups(reference):
    """A step of SGD with the groups moves the head ten times as far as the body; frozen parameters stay."""
    net = resnet18(weights=None, num_classes=4)
    net.conv1.weight.requires_grad = False
    groups = reference.finetune_groups(net, 0.01)
    assert [group["lr"] for group in groups] == pytest.approx([0.01, 0.1])
    assert {id(each) for each in groups[1]["params"]} == {id(net.fc.weight), id(net.fc.bias)}
    assert len(groups[0]["params"]) == len([*net.parameters()]) - 3
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    before = {name: value.detach().clone() for name, value in net.named_parameters()}
    torch.optim.SGD(groups, lr=5.0).step()
    for name, parameter in net.named_parameters():
        step = 0.0 if name == "conv1.weight" else 0.1 if name.startswith("fc.") else 0.01
        torch.testing.assert_close(before[name] - parameter.detach(), torch.full_like(parameter, step))


def test_freeze(reference):
    """The counts are those of the modules that are kept."""
    net = resnet18(weights=None, num_classes=4)
    kept = sum(each.numel() for module in (net.fc, net.layer4[1]) for each in module.parameters())
    assert reference.freeze(net, ["fc", "layer4.1", "layer", "missing"]) == kept
    assert all(each.requires_grad for each in net.layer4[1].parameters())
    assert not any(each.requires_grad for each in net.layer4[0].parameters())
    assert reference.freeze(net, ["layer4"]) == sum(each.numel() for each in net.layer4[1].parameters())
    assert reference.freeze(net) == 0


def test_transfer_head_row(reference):
    """The row is that of torch.split, without memory or graph in common."""
    layer = nn.Linear(6, 5)
    for index in (-5, -1, 0, 3):
        row = reference.transfer_head_row(layer, index)
        assert torch.equal(row, torch.split(layer.weight.data, 1, dim=0)[index])
        assert not row.requires_grad
    assert row.untyped_storage().data_ptr() != layer.weight.untyped_storage().data_ptr()
    with pytest.raises(IndexError):
        reference.transfer_head_row(layer, 5)


def test_freeze_bn_stats(reference):
    """A resnet18 that trains afterwards keeps its statistics; the modes of other modules stay."""
    net = resnet18(weights=None, num_classes=4)
    reference.freeze_bn_stats(net)
    before = {name: value.clone() for name, value in net.named_buffers()}
    net(torch.rand(2, 3, 32, 32)).sum().backward()
    assert all(torch.equal(value, before[name]) for name, value in net.named_buffers())
    assert {type(module).__name__ for module in net.modules() if not module.training} == {"BatchNorm2d"}
    assert net.bn1.weight.grad is not None


@pytest.mark.parametrize("seed", [0, 1])
def test_training_from_scratch(trained, seed):
    """A network with new weights stays below the threshold, with the best of four learning rates."""
    generator, content = torch.Generator().manual_seed(seed), course.load()
    shapes = data_set(content, "shapes")

    def draw(_data, size, split="train", **options):
        return shapes.load(size, generator, split, **options)

    _, few, held_out = trained.drawn_tasks(draw)
    torch.manual_seed(seed)
    nets = [trained.from_scratch(*few, lr, generator) for lr in trained.SCRATCH_RATES]
    best = max(trained.share_right(net, *held_out) for net in nets)
    threshold = thresholds(content, content.chapter("ch37"))["fine_tuning"].threshold
    assert 0.4 < best < threshold - 0.02
