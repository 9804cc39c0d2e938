"""Built in parts and loops; hooks see the shapes; one pass over joined results; parameters stepped one by one."""

import math

from torch.nn import functional as F


def convolutional(before, after, padding):
    return [nn.Conv2d(before, after, (5, 5), padding=(padding, padding)), nn.Sigmoid(), nn.AvgPool2d(2)]


def lenet():
    layers = convolutional(1, 6, 2) + convolutional(6, 16, 0) + [nn.Flatten(start_dim=1)]
    sizes = [400, 120, 84, 10]
    for i in range(3):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        layers.append(nn.Sigmoid())
    return nn.Sequential(*layers[:-1])


@torch.no_grad()
def layer_shapes(net, X):
    shapes, hooks = [], []
    training = {module for module in net.modules() if module.training}
    for layer in {id(layer): layer for layer in net}.values():
        hooks.append(layer.register_forward_hook(lambda layer, _, Y: shapes.append((layer._get_name(), Y.shape))))
    try:
        net.train(False)(X.detach().clone())
    finally:
        for hook in hooks:
            hook.remove()
        for module in net.modules():
            module.training = module in training
    return shapes


@torch.inference_mode()
def evaluate_accuracy_gpu(net, data_iter, device=None):
    device = device or next(iter(net.parameters())).device
    net.train(False)
    hits = []
    for X, y in data_iter:
        moved = [x.to(device=device) for x in X] if isinstance(X, list) else X.to(device=device)
        hits.append(net(moved).max(dim=1).indices.eq(y.to(device=device)))
    return torch.cat(hits).double().mean().item()


def draw(parameter, fan_in, fan_out):
    bound = math.sqrt(6 / (fan_in + fan_out))
    with torch.no_grad():
        parameter.copy_((2 * torch.rand_like(parameter) - 1) * bound)


def train_ch6(net, train_iter, test_iter, num_epochs, lr, device):
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            area = module.kernel_size[0] * module.kernel_size[1]
            draw(module.weight, module.in_channels * area, module.out_channels * area)
        elif isinstance(module, nn.Linear):
            draw(module.weight, module.in_features, module.out_features)
    net = net.to(device=device)
    parameters = list(net.parameters())
    curves = d2l.Animator("epoch", legend=("train loss", "train acc", "test acc"), xlim=(1, num_epochs))
    for epoch in range(1, num_epochs + 1):
        net.train()
        losses, hits = [], []
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            scores = net(X)
            each = F.nll_loss(scores.log_softmax(dim=1), y, reduction="none")
            slopes = torch.autograd.grad(each.sum() / len(y), parameters)
            with torch.no_grad():
                for parameter, slope in zip(parameters, slopes, strict=True):
                    parameter.sub_(lr * slope)
            losses.append(each.detach())
            hits.append((scores.argmax(1) == y).double())
            curves.add(epoch - 1 / 2, [losses[-1].mean(), hits[-1].mean(), None])
        curves.add(x=epoch, y=[torch.cat(losses).mean(), torch.cat(hits).mean(), None])
        curves.add(x=epoch, y=[None, None, evaluate_accuracy_gpu(net, test_iter, device)])
