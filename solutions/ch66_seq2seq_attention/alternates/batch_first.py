"""A GRU that is batch first, all embeddings at once, scores by einsum, None never passed on."""


class AttentionDecoder(nn.Module):
    @property
    def attention_weights(self):
        raise NotImplementedError


class AdditiveAttention(nn.Module):
    def __init__(self, features, dropout):
        super().__init__()
        for name, out in (("W_q", features), ("W_k", features), ("w_v", 1)):
            self.add_module(name, nn.Linear(features, out, bias=False))
        self.dropout = dropout

    def forward(self, query, keys, mask):
        features = torch.tanh(torch.einsum("hf,bf->bh", self.W_q.weight, query)[:, None] + self.W_k(keys))
        scores = torch.einsum("h,bkh->bk", self.w_v.weight[0], features) + mask
        weights = torch.exp(scores - scores.logsumexp(dim=1, keepdim=True))
        kept = nn.functional.dropout(weights, self.dropout, self.training)
        return torch.einsum("bk,bkh->bh", kept, keys), weights.unsqueeze(1)


class Seq2SeqAttentionDecoder(AttentionDecoder):
    attention_weights = ()

    def __init__(self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0, **kwargs):
        super().__init__(**kwargs)
        self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, num_layers, batch_first=True, dropout=dropout)
        self.attention = AdditiveAttention(num_hiddens, dropout)
        self.dense = nn.Linear(num_hiddens, vocab_size)
        self.embedding = nn.Embedding(vocab_size, embed_size)

    def init_state(self, enc_outputs, enc_valid_lens, *_):
        return enc_outputs[0].permute(1, 0, 2), enc_outputs[1], enc_valid_lens

    def forward(self, X, state):
        keys, hidden, lengths = state
        mask = keys.new_zeros(keys.shape[:2])
        if lengths is not None:
            mask[torch.arange(keys.shape[1]) >= lengths[:, None]] = -torch.inf
        outputs, weights = [], []
        for word in self.embedding(X).unbind(dim=1):
            context, looked = self.attention(hidden[-1], keys, mask)
            out, hidden = self.rnn(torch.hstack([context, word]).unsqueeze(1), hidden)
            outputs.append(out)
            weights.append(looked)
        self.attention_weights = weights
        return self.dense(torch.cat(outputs, dim=1)), (keys, hidden, lengths)


def stack_attention(steps):
    return torch.stack([step.reshape(-1) for step in steps]).unsqueeze(0).unsqueeze(0)
