"""Written out: einsum, explicit statistics, a causal mask in both modes. 全部展开：einsum，显式统计量。"""

from torch.nn import functional as F


class PositionWiseFFN(nn.Module):
    def __init__(self, ffn_num_input, ffn_num_hiddens, ffn_num_outputs, **kwargs):
        super().__init__(**kwargs)
        self.dense2 = nn.Linear(ffn_num_hiddens, ffn_num_outputs)
        self.dense1 = nn.Linear(ffn_num_input, ffn_num_hiddens)

    def forward(self, X):
        hidden = torch.einsum("btd,hd->bth", X, self.dense1.weight) + self.dense1.bias
        hidden = torch.where(hidden > 0, hidden, 0.0)
        return torch.einsum("bth,oh->bto", hidden, self.dense2.weight) + self.dense2.bias


class AddNorm(nn.Module):
    def __init__(self, normalized_shape, dropout, **kwargs):
        super().__init__(**kwargs)
        self.ln = nn.LayerNorm(normalized_shape)
        self.p = dropout

    def forward(self, X, Y):
        total = F.dropout(Y, self.p, self.training) + X
        axes = tuple(range(-len(self.ln.normalized_shape), 0))
        centred = total - total.mean(dim=axes, keepdim=True)
        variance = (centred * centred).mean(dim=axes, keepdim=True)
        return centred * torch.rsqrt(variance + self.ln.eps) * self.ln.weight + self.ln.bias


class EncoderBlock(nn.Module):
    def __init__(
        self,
        key_size,
        query_size,
        value_size,
        num_hiddens,
        norm_shape,
        ffn_num_input,
        ffn_num_hiddens,
        num_heads,
        dropout,
        use_bias=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.addnorm1, self.addnorm2 = (AddNorm(norm_shape, dropout) for _ in range(2))
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)
        self.attention = MultiHeadAttention(key_size, query_size, value_size, num_hiddens, num_heads, dropout, use_bias)

    def forward(self, X, valid_lens):
        X = self.addnorm1(X, self.attention(X, X, X, valid_lens))
        return self.addnorm2(X, self.ffn(X))


class TransformerEncoder(d2l.Encoder):
    def __init__(
        self,
        vocab_size,
        key_size,
        query_size,
        value_size,
        num_hiddens,
        norm_shape,
        ffn_num_input,
        ffn_num_hiddens,
        num_heads,
        num_layers,
        dropout,
        use_bias=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        args = key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads
        self.blks = nn.ModuleDict({f"block{i}": EncoderBlock(*args, dropout, use_bias) for i in range(num_layers)})
        self.pos_encoding = PositionalEncoding(num_hiddens, dropout)
        self.embedding = nn.Embedding(vocab_size, num_hiddens)

    def forward(self, X, valid_lens, *args):
        Y = self.embedding(X)
        Y = self.pos_encoding(Y * Y.shape[-1] ** 0.5)
        for block in self.blks.values():
            Y = block(Y, valid_lens)
        return Y

    @property
    def attention_weights(self):
        return [block.attention.attention.attention_weights for block in self.blks.values()]


class DecoderBlock(nn.Module):
    def __init__(
        self,
        key_size,
        query_size,
        value_size,
        num_hiddens,
        norm_shape,
        ffn_num_input,
        ffn_num_hiddens,
        num_heads,
        dropout,
        i,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.i = i
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)
        for name in ("addnorm3", "addnorm2", "addnorm1"):
            setattr(self, name, AddNorm(norm_shape, dropout))
        args = key_size, query_size, value_size, num_hiddens, num_heads, dropout
        self.attention2, self.attention1 = MultiHeadAttention(*args), MultiHeadAttention(*args)

    def forward(self, X, state):
        outputs, lens, caches = state
        past = X[:, :0] if caches[self.i] is None else caches[self.i]
        keys = torch.cat([past, X], dim=1)
        seen = past.shape[1] + 1 + torch.arange(X.shape[1]).expand(len(X), -1)
        X = self.addnorm1(X, self.attention1(X, keys, keys, seen))
        X = self.addnorm2(X, self.attention2(X, outputs, outputs, lens))
        X = self.addnorm3(X, self.ffn(X))
        return X, [outputs, lens, [*caches[: self.i], keys, *caches[self.i + 1 :]]]


class TransformerDecoder(d2l.AttentionDecoder):
    def __init__(
        self,
        vocab_size,
        key_size,
        query_size,
        value_size,
        num_hiddens,
        norm_shape,
        ffn_num_input,
        ffn_num_hiddens,
        num_heads,
        num_layers,
        dropout,
        **kwargs,
    ):
        super().__init__(**kwargs)
        args = key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads
        self.dense = nn.Linear(num_hiddens, vocab_size)
        self.blks = nn.ModuleDict({f"block{i}": DecoderBlock(*args, dropout, i) for i in range(num_layers)})
        self.pos_encoding = PositionalEncoding(num_hiddens, dropout)
        self.embedding = nn.Embedding(vocab_size, num_hiddens)

    def init_state(self, enc_outputs, enc_valid_lens, *args):
        return [enc_outputs, enc_valid_lens, [None for _ in self.blks]]

    def forward(self, X, state):
        Y = self.embedding(X)
        Y = self.pos_encoding(math.sqrt(Y.shape[-1]) * Y)
        for block in self.blks.values():
            Y, state = block(Y, state)
        return self.dense(Y), state

    @property
    def attention_weights(self):
        pairs = [(block.attention1, block.attention2) for block in self.blks.values()]
        return tuple([net.attention.attention_weights for net in nets] for nets in zip(*pairs, strict=True))
