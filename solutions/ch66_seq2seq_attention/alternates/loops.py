"""Step by step with slices; parameters made in another order; plain modules in place of the interface."""


class AttentionDecoder(nn.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def init_state(self, enc_outputs, *args):
        raise NotImplementedError

    def forward(self, X, state):
        raise NotImplementedError

    attention_weights = property(lambda self: self._weights())

    def _weights(self):
        raise NotImplementedError("a subclass has them")


class Attention(nn.Module):
    """Additive attention for one query of each example."""

    def __init__(self, size, dropout):
        super().__init__()
        self.w_v = nn.Linear(size, 1, bias=False)
        self.W_q = nn.Linear(size, size, bias=False)
        self.W_k = nn.Linear(size, size, bias=False)
        self.drop = nn.Dropout(dropout)

    def forward(self, query, keys, lengths):
        rows = []
        for i, example in enumerate(keys):
            n = len(example) if lengths is None else int(lengths[i])
            scores = self.w_v(torch.tanh(self.W_q(query[i]) + self.W_k(example[:n]))).flatten()
            rows.append(torch.cat([scores.softmax(0), scores.new_zeros(len(example) - n)]))
        weights = torch.stack(rows)
        return torch.stack([self.drop(w) @ example for w, example in zip(weights, keys, strict=True)]), weights


class Seq2SeqAttentionDecoder(nn.Module):
    def __init__(self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0, **kwargs):
        super().__init__(**kwargs)
        self.dense = nn.Linear(num_hiddens, vocab_size)
        self.rnn = nn.GRU(num_hiddens + embed_size, num_hiddens, num_layers, dropout=dropout)
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.attention = Attention(num_hiddens, dropout)

    def init_state(self, enc_outputs, enc_valid_lens, *_):
        outputs, state = enc_outputs
        batch_first = torch.stack([outputs[:, i] for i in range(outputs.shape[1])])
        return [batch_first, state, enc_valid_lens]

    def forward(self, X, state):
        source, hidden, lengths = state
        logits, self.attention_weights = [], []
        for step in range(X.shape[1]):
            context, weights = self.attention(hidden[len(hidden) - 1], source, lengths)
            output, hidden = self.rnn(torch.cat([context, self.embedding(X[:, step])], dim=1)[None], hidden)
            logits.append(self.dense(output[0]))
            self.attention_weights.append(weights[:, None])
        return torch.stack(logits, dim=1), (source, hidden, lengths)


def stack_attention(steps):
    picture = steps[0].new_zeros(1, 1, len(steps), steps[0].shape[-1])
    for row, step in enumerate(steps):
        picture[0, 0, row] = step[0, 0]
    return picture
