"""Masks by torch.bernoulli, dropout before the ReLU (which is the same), moments by torch's own functions."""

from torch.nn import functional as F


def dropout_layer(X, dropout):
    assert dropout >= 0
    assert dropout <= 1
    if dropout in (0, 1):
        return X.clone() if dropout == 0 else torch.zeros_like(X)
    dropped = torch.bernoulli(torch.full_like(X, dropout, requires_grad=False)).bool()
    return (X * (1 / (1 - dropout))).masked_fill(dropped, 0)


class Net(nn.Module):
    def __init__(self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, is_training=True):
        super().__init__()
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)
        self.drop1, self.drop2 = nn.Dropout(dropout1), nn.Dropout(dropout2)
        if not is_training:
            self.eval()

    def forward(self, X):
        H1 = F.relu(self.drop1(self.lin1(X.reshape(X.shape[0], -1))))
        H2 = F.relu(self.drop2(self.lin2(H1)))
        return self.lin3(H2)


def expected_output(X, dropout, n_samples, seed=0):
    torch.manual_seed(seed)
    Y = dropout_layer(X.expand(n_samples, *X.shape), dropout)
    variance, mean = torch.var_mean(Y, dim=0, correction=0)
    return mean, variance


@torch.no_grad()
def mc_dropout_predict(net, X, n_samples):
    modes = [(module, module.training) for module in net.modules()]
    try:
        net.eval()
        for module in net.modules():
            module.train(module.training or type(module) is nn.Dropout)
        Y = torch.stack([net(X) for _ in range(n_samples)])
    finally:
        for module, mode in modes:
            module.train(mode)
    deviation, mean = torch.std_mean(Y, dim=0, correction=0)
    return mean, deviation
