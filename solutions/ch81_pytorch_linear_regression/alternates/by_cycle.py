"""The log cut into cycles; the model's gradients set to zero at another place; modules of torch.nn for everything."""

from torch import nn


def forward_backward_update_order(events):
    cycles, current = [], []
    for event in events:
        current.append(event)
        if event == "step":
            cycles.append(current)
            current = []
    return not current and all(map(right, cycles))


def right(cycle):
    if cycle.count("backward") != 1:
        return False
    place = cycle.index("backward")
    before, after = cycle[:place], cycle[place:]
    return "forward" in before and "zero_grad" in before and "zero_grad" not in after


class LinearModel(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.net = (self.linear,)  # a tuple registers nothing

    def forward(self, x):
        return nn.functional.linear(x, self.net[0].weight) + self.linear.bias


def fit(model, criterion, optimizer, X, y, epochs):
    history = []
    model.train()
    while len(history) < epochs:
        model.zero_grad(set_to_none=False)
        y_pred = model(X)
        if y_pred.size() != y.size():
            raise ValueError(f"{y_pred.size()} and {y.size()}")
        loss = criterion(y_pred, y)
        loss.backward()
        optimizer.step()
        history.append(float(loss))
    return history


class DiabetesNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(8, 6)
        self.linear2 = nn.Linear(6, 4)
        self.linear3 = nn.Linear(4, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        return nn.Sequential(self.linear1, self.sigmoid, self.linear2, self.sigmoid, self.linear3, self.sigmoid)(x)
