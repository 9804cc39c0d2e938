"""A ModuleDict's worth of bookkeeping by hand, loops over rows, and values copied into place."""


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        hidden, out = nn.Linear(20, 256), nn.Linear(256, 10)
        self.add_module("hidden", hidden)
        self.add_module("out", out)

    def forward(self, X):
        return self.out(self.hidden(X).clamp(min=0))


class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        names = []
        for module in args:
            names.append(str(len(names)))
            self.register_module(names[-1], module)
        self.names = names

    def forward(self, X):
        Y = X
        for name in self.names:
            Y = self.get_submodule(name)(Y)
        return Y


class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.offset = 0.0

    def forward(self, X):
        mean = X.flatten().mean(dim=0)
        return X + (-mean)


class MyLinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(in_units, units))
        self.bias = nn.Parameter(torch.zeros(units))
        nn.init.normal_(self.weight)
        nn.init.normal_(self.bias, mean=0, std=1)

    def forward(self, X):
        Z = self.bias
        for i in range(self.weight.shape[0]):
            Z = Z + X[..., i, None] * self.weight[i]
        return Z.relu()


def init_constant(m):
    if not isinstance(m, nn.Linear):
        return
    m.weight.data.copy_(torch.ones(m.out_features, m.in_features))
    if m.bias is not None:
        m.bias.data.copy_(torch.zeros(m.out_features))


def my_init(m):
    if not isinstance(m, nn.Linear):
        return
    drawn = 20 * torch.rand(m.weight.shape, dtype=m.weight.dtype) - 10
    m.weight.data = torch.where(drawn.abs() >= 5, drawn, torch.zeros_like(drawn))
