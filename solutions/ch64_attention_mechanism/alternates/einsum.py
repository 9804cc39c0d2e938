"""Einsum, logsumexp, repeated queries and shifted indices."""


def log_kernel(queries, keys, w):
    scaled = w * (keys - queries.repeat_interleave(keys.shape[1]).reshape(keys.shape))
    return scaled.square().div(-2)


class NWKernelRegression(nn.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.w = nn.Parameter(torch.zeros(1))
        nn.init.uniform_(self.w)

    def forward(self, queries, keys, values):
        logits = log_kernel(queries, keys, self.w)
        self.attention_weights = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
        return torch.einsum("mn,mn->m", self.attention_weights, values)


def batch_weighted_sum(weights, values):
    return torch.einsum("nk,nk->n", weights, values)


def nadaraya_watson(x_test, x_train, y_train, w=1.0):
    weights = torch.softmax(log_kernel(x_test, x_train.repeat(len(x_test), 1), w), -1)
    return torch.einsum("mn,n->m", weights, y_train), weights


def leave_one_out(x, y):
    columns = torch.arange(len(x) - 1).repeat(len(x), 1)
    columns = columns + (columns >= torch.arange(len(x))[:, None]).long()
    return x[columns], y[columns]
