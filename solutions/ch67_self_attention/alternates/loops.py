"""A loop over heads and over positions. 对每个头、每个位置分别循环。"""


def transpose_qkv(X: Tensor, num_heads: int) -> Tensor:
    width = X.shape[-1] // num_heads
    return torch.stack([x[:, j * width : (j + 1) * width] for x in X for j in range(num_heads)])


def transpose_output(X: Tensor, num_heads: int) -> Tensor:
    return torch.cat([X[j::num_heads] for j in range(num_heads)], dim=-1)


class MultiHeadAttention(nn.Module):
    def __init__(
        self,
        key_size: int,
        query_size: int,
        value_size: int,
        num_hiddens: int,
        num_heads: int,
        dropout: float,
        bias: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if num_hiddens // num_heads * num_heads != num_hiddens:
            raise ValueError("the heads would have different widths")
        self.width = num_hiddens // num_heads
        self.attention = d2l.DotProductAttention(dropout)
        self.W_k = nn.Linear(key_size, num_hiddens, bias=bias)
        self.W_q = nn.Linear(query_size, num_hiddens, bias=bias)
        self.W_v = nn.Linear(value_size, num_hiddens, bias=bias)
        self.W_o = nn.Linear(num_hiddens, num_hiddens, bias=bias)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        projected = self.W_q(queries), self.W_k(keys), self.W_v(values)
        parts = zip(*(X.split(self.width, dim=2) for X in projected), strict=True)
        return self.W_o(torch.cat([self.attention(q, k, v, valid_lens) for q, k, v in parts], dim=2))


class PositionalEncoding(nn.Module):
    P: Tensor

    def __init__(self, num_hiddens: int, dropout: float, max_len: int = 1000) -> None:
        super().__init__()
        self.p = dropout
        table = [[self.code(i, column, num_hiddens) for column in range(num_hiddens)] for i in range(max_len)]
        self.register_buffer("P", torch.tensor([table]))

    @staticmethod
    def code(i: int, column: int, num_hiddens: int) -> float:
        angle = i / 10000 ** ((column - column % 2) / num_hiddens)
        return math.cos(angle) if column % 2 else math.sin(angle)

    def forward(self, X: Tensor) -> Tensor:
        if X.shape[1] > self.P.shape[1]:
            raise ValueError("too many steps")
        coded = torch.stack([x + self.P[0, : len(x)] for x in X])
        return nn.functional.dropout(coded, self.p, self.training)


def relative_rotation(pos_delta: int, num_hiddens: int) -> Tensor:
    R = torch.zeros(num_hiddens, num_hiddens)
    for i in range(0, num_hiddens, 2):
        angle = pos_delta * 10000 ** (-i / num_hiddens)
        R[i, i] = R[i + 1, i + 1] = math.cos(angle)
        R[i, i + 1] = math.sin(angle)
        R[i + 1, i] = -math.sin(angle)
    return R


def attention_cost(n: int, d: int, k: int = 3) -> dict[str, tuple[int, int, int]]:
    layers, reach = 0, 0
    while reach < n:
        layers, reach = layers + 1, reach + k
    return {"cnn": (n * k * d * d, 1, layers), "rnn": (n * d * d, n, n), "self_attention": (n * n * d, 1, 1)}
