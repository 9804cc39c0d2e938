"""Query by query and pair by pair, with lists; the largest exponent taken out by hand."""


def pool(query, keys, values, w):
    powers = torch.stack([-0.5 * ((query - key) * w) ** 2 for key in keys]).reshape(-1)
    kernel = (powers - powers.max().detach()).exp()
    weights = kernel / kernel.sum()
    return sum(weight * value for weight, value in zip(weights, values, strict=True)), weights


def nadaraya_watson(x_test, x_train, y_train, w=1.0):
    results = [pool(query, x_train, y_train, w) for query in x_test]
    return torch.stack([one for one, _ in results]), torch.stack([weights for _, weights in results])


class NWKernelRegression(nn.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.register_parameter("w", nn.Parameter(torch.empty(1).uniform_()))

    def forward(self, queries, keys, values):
        results = [pool(*row, self.w) for row in zip(queries, keys, values, strict=True)]
        self.attention_weights = torch.stack([weights for _, weights in results])
        return torch.stack([one for one, _ in results])


def leave_one_out(x, y):
    rows = [torch.tensor([j for j in range(len(x)) if j != i], dtype=torch.long) for i in range(len(x))]
    return torch.stack([x[row] for row in rows]), torch.stack([y[row] for row in rows])


def batch_weighted_sum(weights, values):
    return torch.stack([row @ column for row, column in zip(weights, values, strict=True)])
