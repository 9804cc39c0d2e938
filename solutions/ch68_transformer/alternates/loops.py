"""Loops over positions, examples and sublayers. 对位置、样本和子层分别循环。"""

from collections import OrderedDict


class PositionWiseFFN(nn.Module):
    def __init__(self, ffn_num_input, ffn_num_hiddens, ffn_num_outputs, **kwargs):
        super().__init__(**kwargs)
        self.add_module("dense1", nn.Linear(ffn_num_input, ffn_num_hiddens))
        self.add_module("dense2", nn.Linear(ffn_num_hiddens, ffn_num_outputs))

    def forward(self, X):
        steps = [self.dense2(torch.clamp(self.dense1(X[:, t]), min=0)) for t in range(X.shape[1])]
        return torch.stack(steps, dim=1)


class AddNorm(nn.Module):
    def __init__(self, normalized_shape, dropout, **kwargs):
        super().__init__(**kwargs)
        self.dropout, self.ln = nn.Dropout(dropout), nn.LayerNorm(normalized_shape)

    def forward(self, X, Y):
        Y = self.dropout(Y)
        return torch.stack([self.ln(x + y) for x, y in zip(X, Y, strict=True)])


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
        self.attention = d2l.MultiHeadAttention(
            key_size, query_size, value_size, num_hiddens, num_heads, dropout, bias=use_bias
        )
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)
        for i in (1, 2):
            self.add_module(f"addnorm{i}", AddNorm(norm_shape, dropout))

    def forward(self, X, valid_lens):
        sublayers = lambda H: self.attention(H, H, H, valid_lens), self.ffn
        for sublayer, add_norm in zip(sublayers, (self.addnorm1, self.addnorm2), strict=True):
            X = add_norm(X, sublayer(X))
        return X


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
        sizes = key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads
        self.scale = math.sqrt(num_hiddens)
        self.embedding = nn.Embedding(vocab_size, num_hiddens)
        self.pos_encoding = d2l.PositionalEncoding(num_hiddens, dropout)
        blocks = [(f"block{i}", EncoderBlock(*sizes, dropout, use_bias)) for i in range(num_layers)]
        self.blks = nn.Sequential(OrderedDict(blocks))

    def forward(self, X, valid_lens, *args):
        sentences = []
        for sentence in X:
            sentences.append(torch.stack([self.embedding.weight[word] for word in sentence]))
        H = self.pos_encoding(self.scale * torch.stack(sentences))
        self.attention_weights = [None] * len(self.blks)
        for i in range(len(self.blks)):
            H = self.blks[i](H, valid_lens)
            self.attention_weights[i] = self.blks[i].attention.attention.attention_weights
        return H


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
        sizes = key_size, query_size, value_size, num_hiddens
        for part in (1, 2):
            self.add_module(f"attention{part}", d2l.MultiHeadAttention(*sizes, num_heads, dropout))
        for part in (1, 2, 3):
            self.add_module(f"addnorm{part}", AddNorm(norm_shape, dropout))
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)

    def forward(self, X, state):
        lens = None
        if self.training:
            lens = torch.ones(len(X), X.shape[1], X.shape[1], dtype=torch.long).tril().sum(dim=2)
        keys = X
        if state[2][self.i] is not None:
            keys = torch.stack([torch.cat(pair) for pair in zip(state[2][self.i], X, strict=True)])
        state[2][self.i] = keys
        sublayers = (
            lambda H: self.attention1(H, keys, keys, lens),
            lambda H: self.attention2(H, state[0], state[0], state[1]),
            self.ffn,
        )
        for sublayer, add_norm in zip(sublayers, (self.addnorm1, self.addnorm2, self.addnorm3), strict=True):
            X = add_norm(X, sublayer(X))
        return X, state


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
        self.num_layers = num_layers
        sizes = key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads
        self.scale = math.sqrt(num_hiddens)
        self.embedding = nn.Embedding(vocab_size, num_hiddens)
        self.pos_encoding = d2l.PositionalEncoding(num_hiddens, dropout)
        blocks = [(f"block{i}", DecoderBlock(*sizes, dropout, i)) for i in range(num_layers)]
        self.blks = nn.Sequential(OrderedDict(blocks))
        self.dense = nn.Linear(num_hiddens, vocab_size)

    def init_state(self, enc_outputs, enc_valid_lens, *args):
        return [enc_outputs, enc_valid_lens, [None] * self.num_layers]

    def forward(self, X, state):
        X = self.pos_encoding(self.scale * self.embedding(X))
        self.attention_weights = [None] * self.num_layers, [None] * self.num_layers
        for i, block in enumerate(self.blks):
            X, state = block(X, state)
            for j, net in enumerate((block.attention1, block.attention2)):
                self.attention_weights[j][i] = net.attention.attention_weights
        steps = [self.dense(X[:, t]) for t in range(X.shape[1])]
        return torch.stack(steps, dim=1), state
