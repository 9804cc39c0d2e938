"""Element by element, draw by draw, with Python's own random numbers for the masks."""

import random


def dropout_layer(X, dropout):
    if not 0 <= dropout <= 1:
        raise AssertionError(f"{dropout} is no probability")
    Y = torch.zeros_like(X)
    if dropout == 1:
        return Y
    kept = torch.tensor([random.random() >= dropout for _ in range(X.numel())], dtype=torch.bool).reshape(X.shape)
    Y[kept] = X[kept] / (1 - dropout)
    return Y


class Net(nn.Module):
    def __init__(self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, is_training=True):
        super().__init__()
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.training = is_training

    def forward(self, X):
        H = X.flatten(start_dim=1)
        for layer, dropout in ((self.lin1, dropout1), (self.lin2, dropout2)):
            H = layer(H).clamp(min=0)
            if self.training:
                H = dropout_layer(H, dropout)
        return self.lin3(H)


def expected_output(X, dropout, n_samples, seed=0):
    torch.manual_seed(seed)
    random.seed(seed)
    total, squares = torch.zeros_like(X), torch.zeros_like(X)
    draws = [dropout_layer(X, dropout) for _ in range(n_samples)]
    for Y in draws:
        total += Y
    mean = total / n_samples
    for Y in draws:
        squares += (Y - mean) ** 2
    return mean, squares / n_samples


def mc_dropout_predict(net, X, n_samples):
    before = [module.training for module in net.modules()]
    net.eval()
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    outputs = []
    for _ in range(n_samples):
        with torch.no_grad():
            outputs.append(net(X))
    for module, mode in zip(net.modules(), before, strict=True):
        module.training = mode
    mean = sum(outputs) / n_samples
    return mean, (sum((Y - mean) ** 2 for Y in outputs) / n_samples).sqrt()
