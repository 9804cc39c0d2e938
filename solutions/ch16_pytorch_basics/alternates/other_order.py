"""Parameters made in another order; products as sums and einsum; values set without nn.init."""


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(256, 10)
        self.act = nn.ReLU()
        self.hidden = nn.Linear(20, 256)

    def forward(self, X):
        H = self.act(self.hidden(X))
        return torch.einsum("...h,oh->...o", H, self.out.weight) + self.out.bias


class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.count = len(args)
        for i in range(self.count):
            setattr(self, str(i), args[i])

    def forward(self, X):
        for i in range(self.count):
            X = getattr(self, f"{i}")(X)
        return X


class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, X):
        return X - X.sum() / X.numel()


class MyLinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.register_parameter("bias", nn.Parameter(torch.empty(units).normal_()))
        self.register_parameter("weight", nn.Parameter(torch.empty(in_units, units).normal_()))

    def forward(self, X):
        Z = torch.einsum("...i,io->...o", X, self.weight) + self.bias
        return torch.where(Z > 0, Z, torch.zeros_like(Z))


@torch.no_grad()
def init_constant(m):
    if type(m) is nn.Linear:
        for name, parameter in m.named_parameters():
            parameter.fill_(1 if name == "weight" else 0)


@torch.no_grad()
def my_init(m):
    if type(m) is nn.Linear:
        size = torch.empty_like(m.weight).uniform_(5, 10)
        sign = torch.randint(0, 2, size.shape) * 2 - 1
        kept = torch.rand(size.shape) < 0.5
        m.weight.copy_(size * sign * kept)
