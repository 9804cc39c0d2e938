"""Query by query, with nothing but the valid keys; the random draws come from torch's own stream."""


def masked_softmax(X, valid_lens):
    batch, queries, keys = X.shape
    if valid_lens is None:
        valid_lens = torch.full((batch, queries), keys)
    result = torch.zeros_like(X)
    for i in range(batch):
        for j in range(queries):
            n = min(int(valid_lens[i] if valid_lens.dim() == 1 else valid_lens[i, j]), keys)
            if n == 0:
                result[i, j] = 1 / keys
            else:
                powers = torch.exp(X[i, j, :n] - X[i, j, :n].max())
                result[i, j, :n] = powers / powers.sum()
    return result


def _pool(attention, weights, values):
    attention.attention_weights = weights
    return torch.bmm(attention.dropout(weights), values)


class AdditiveAttention(nn.Module):
    def __init__(self, key_size, query_size, num_hiddens, dropout, **kwargs):
        super().__init__(**kwargs)
        self.dropout = nn.Dropout(dropout)
        self.w_v = nn.Linear(num_hiddens, 1, bias=False)
        self.W_q = nn.Linear(query_size, num_hiddens, bias=False)
        self.W_k = nn.Linear(key_size, num_hiddens, bias=False)

    def forward(self, queries, keys, values, valid_lens):
        columns = [self.w_v(torch.tanh(self.W_q(queries) + self.W_k(keys[:, t : t + 1]))) for t in range(keys.shape[1])]
        return _pool(self, masked_softmax(torch.cat(columns, dim=2), valid_lens), values)


class DotProductAttention(nn.Module):
    def __init__(self, dropout, **kwargs):
        super().__init__(**kwargs)
        self.dropout = nn.Dropout(dropout)

    def forward(self, queries, keys, values, valid_lens=None):
        root = math.sqrt(queries.shape[2])
        columns = [(queries * key.unsqueeze(1)).sum(dim=2) / root for key in keys.unbind(dim=1)]
        return _pool(self, masked_softmax(torch.stack(columns, dim=2), valid_lens), values)


def score_variance(d, n_samples, seed=0):
    torch.manual_seed(seed)
    scores = [float(torch.randn(d) @ torch.randn(d)) for _ in range(n_samples)]
    mean = sum(scores) / n_samples
    variance = sum((score - mean) ** 2 for score in scores) / (n_samples - 1)
    return variance, variance / d
