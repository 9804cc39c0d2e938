"""With loops over rows and elements, and counts in plain numbers."""

import math


def softmax(X):
    rows = []
    for row in X:
        powers = [torch.exp(value - max(row.tolist())) for value in row]
        total = sum(powers)
        rows.append(torch.stack([power / total for power in powers]))
    return torch.stack(rows)


def cross_entropy(y_hat, y):
    return torch.stack([-probabilities[label].log() for probabilities, label in zip(y_hat, y.tolist(), strict=True)])


def accuracy(y_hat, y):
    if y_hat.dim() == 2 and y_hat.shape[1] != 1:
        predicted = [max(range(len(row)), key=row.__getitem__) for row in y_hat.tolist()]
    else:
        predicted = [math.trunc(value) for value in y_hat.flatten().tolist()]
    return float(sum(one == other for one, other in zip(predicted, y.flatten().tolist(), strict=True)))


@torch.no_grad()
def evaluate_accuracy(net, data_iter):
    if isinstance(net, nn.Module):
        net.train(False)
    right = count = 0
    for features, labels in data_iter:
        right += accuracy(net(features), labels)
        count += len(labels)
    return right / count


def train_epoch_ch3(net, train_iter, loss, updater):
    if isinstance(net, nn.Module):
        net.train(True)
    total_loss, right, count = 0.0, 0.0, 0
    built_in = isinstance(updater, torch.optim.Optimizer)
    for X, y in train_iter:
        if built_in:
            updater.zero_grad(set_to_none=True)
        y_hat = net(X)
        total = sum(loss(y_hat, y))
        (total / len(y) if built_in else total).backward()
        if built_in:
            updater.step()
        else:
            updater(len(y))
        total_loss, right, count = total_loss + total.item(), right + accuracy(y_hat, y), count + len(y)
    return total_loss / count, right / count


def huber_loss(y_hat, y, delta=1.0):
    losses = []
    for one, other in zip(y_hat.flatten(), y.flatten(), strict=True):
        error = one - other
        if -delta <= error <= delta:
            losses.append(0.5 * error * error)
        else:
            losses.append(delta * (torch.sqrt(error * error) - 0.5 * delta))
    return torch.stack(losses).reshape(y_hat.shape)
