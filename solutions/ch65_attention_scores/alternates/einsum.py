"""Sums over named axes; minus infinity for a mask, with rows that have no valid key set right by hand."""

import numpy as np
from torch.nn import functional as F


def masked_softmax(X, valid_lens):
    if valid_lens is None:
        return F.softmax(X, dim=2)
    lengths = valid_lens.unsqueeze(1).expand(X.shape[:2]) if valid_lens.dim() == 1 else valid_lens
    valid = torch.arange(X.shape[2], device=X.device) < lengths.unsqueeze(2)
    logits = torch.where(valid, X, -torch.inf).masked_fill((lengths < 1).unsqueeze(2), 0.0)
    return F.softmax(logits, dim=2)


class AdditiveAttention(nn.Module):
    def __init__(self, key_size, query_size, num_hiddens, dropout, **kwargs):
        super().__init__(**kwargs)
        self.W_q, self.W_k, self.w_v = (
            nn.Linear(*sizes, bias=False)
            for sizes in ((query_size, num_hiddens), (key_size, num_hiddens), (num_hiddens, 1))
        )
        self.rate = dropout

    def forward(self, queries, keys, values, valid_lens):
        from_queries = torch.einsum("hf, bqf -> bqh", self.W_q.weight, queries)
        from_keys = torch.einsum("hf, bkf -> bkh", self.W_k.weight, keys)
        features = (from_queries[:, :, None, :] + from_keys[:, None, :, :]).tanh()
        self.attention_weights = masked_softmax(
            torch.einsum("bqkh, h -> bqk", features, self.w_v.weight[0]), valid_lens
        )
        weights = F.dropout(self.attention_weights, self.rate, training=self.training)
        return torch.einsum("bqk, bkv -> bqv", weights, values)


class DotProductAttention(nn.Module):
    def __init__(self, dropout, **kwargs):
        super().__init__(**kwargs)
        self.rate = dropout

    def forward(self, queries, keys, values, valid_lens=None):
        queries = queries * queries.shape[-1] ** -0.5
        self.attention_weights = masked_softmax(torch.einsum("bqd, bkd -> bqk", queries, keys), valid_lens)
        weights = F.dropout(self.attention_weights, self.rate, training=self.training)
        return torch.einsum("bqk, bkv -> bqv", weights, values)


def score_variance(d, n_samples, seed=0):
    random = np.random.default_rng(seed)
    queries, keys = random.standard_normal((n_samples, d)), random.standard_normal((n_samples, d))
    scores = np.einsum("nd, nd -> n", queries, keys)
    return float(scores.var(ddof=1)), float((scores / math.sqrt(d)).var(ddof=1))
