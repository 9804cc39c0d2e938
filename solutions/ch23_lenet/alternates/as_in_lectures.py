"""LeNet from layers with names; the classes are counted by name; SGD in groups; a point drawn for each curve."""

import copy
import itertools
from collections import Counter


def lenet():
    net = nn.Sequential()
    net.add_module("conv1", nn.Conv2d(1, 6, 5, 1, 2))
    net.add_module("act1", nn.Sigmoid())
    net.add_module("pool1", nn.AvgPool2d(2, 2))
    net.add_module("conv2", nn.Conv2d(6, 16, 5))
    net.add_module("act2", nn.Sigmoid())
    net.add_module("pool2", nn.AvgPool2d(2, 2))
    net.add_module("flatten", nn.Flatten())
    net.add_module("dense1", nn.Linear(16 * 5**2, 120))
    net.add_module("act3", nn.Sigmoid())
    net.add_module("dense2", nn.Linear(120, 84))
    net.add_module("act4", nn.Sigmoid())
    net.add_module("dense3", nn.Linear(84, 10))
    return net


def layer_shapes(net, X):
    twin = copy.deepcopy(net).eval()
    for layer in twin.modules():
        layer._forward_hooks.clear()
    Y, table = X + 0, []
    for i in range(len(twin)):
        with torch.no_grad():
            Y = twin[i](Y)
        table += [(twin[i].__class__.__name__, tuple(Y.size()))]
    return table


def evaluate_accuracy_gpu(net, data_iter, device=None):
    net.eval()
    if device is None:
        device = next(itertools.chain(net.parameters(), net.buffers())).device
    counts = Counter()
    for X, y in data_iter:
        with torch.no_grad():
            scores = net([x.to(device) for x in X]) if type(X) is list else net(X.to(device))
        counts.update((scores.argmax(-1) == y.to(device)).tolist())
    return counts[True] / sum(counts.values())


def train_ch6(net, train_iter, test_iter, num_epochs, lr, device):
    layers = [layer for layer in net.modules() if layer.__class__ in {nn.Linear, nn.Conv2d}]
    for layer in reversed(layers):
        nn.init.xavier_uniform_(layer.weight, gain=1.0)
    net.to(device)
    groups = [{"params": [p]} for p in net.parameters()]
    optimizer, criterion = torch.optim.SGD(groups, lr), nn.CrossEntropyLoss(reduction="none")
    animator = Animator()
    for epoch in range(num_epochs):
        net.train()
        loss, right, examples = torch.zeros((), dtype=torch.float64), 0, 0
        for X, y in train_iter:
            net.zero_grad(set_to_none=False)
            scores, y = net(X.to(device)), y.to(device)
            losses = criterion(scores, y)
            losses.mean().backward()
            optimizer.step()
            loss, examples = loss + losses.detach().sum().cpu(), examples + y.numel()
            right += int(torch.sum(scores.argmax(dim=1) == y))
        accuracy = evaluate_accuracy_gpu(net, test_iter, device)
        for i, value in enumerate((float(loss) / examples, right / examples, accuracy)):
            animator.add(epoch + 1.0, [value if j == i else None for j in range(3)])
    print("trained on", device)
