"""Einsum, own attention, complex numbers and a matrix exponential. 用 einsum、复数和矩阵指数实现。"""


def transpose_qkv(X: Tensor, num_heads: int) -> Tensor:
    heads = torch.stack(X.chunk(num_heads, dim=-1), dim=1)
    return torch.cat(list(heads))


def transpose_output(X: Tensor, num_heads: int) -> Tensor:
    return torch.stack([torch.cat(list(example), dim=-1) for example in X.split(num_heads)])


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
        if num_hiddens % num_heads != 0:
            raise ValueError("num_hiddens must be a multiple of num_heads")
        self.split = (num_heads, num_hiddens // num_heads)
        self.dropout = nn.Dropout(dropout)
        self.W_o = nn.Linear(num_hiddens, num_hiddens, bias)
        self.W_v = nn.Linear(value_size, num_hiddens, bias)
        self.W_k = nn.Linear(key_size, num_hiddens, bias)
        self.W_q = nn.Linear(query_size, num_hiddens, bias)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        q, k, v = (
            layer(X).unflatten(-1, self.split)
            for layer, X in ((self.W_q, queries), (self.W_k, keys), (self.W_v, values))
        )
        scores = torch.einsum("bqhw,bkhw->bhqk", q, k) * self.split[1] ** -0.5
        if valid_lens is not None:
            lens = valid_lens[:, None] if valid_lens.dim() == 1 else valid_lens
            padding = torch.arange(keys.shape[1], device=keys.device) >= lens[:, None, :, None]
            scores = scores.masked_fill(padding, -torch.inf)
        weights = self.dropout(scores.softmax(dim=-1))
        return self.W_o(torch.einsum("bhqk,bkhw->bqhw", weights, v).flatten(2))


class PositionalEncoding(nn.Module):
    P: Tensor

    def __init__(self, num_hiddens: int, dropout: float, max_len: int = 1000) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        pairs = (num_hiddens + 1) // 2
        frequencies = torch.exp(torch.arange(pairs, dtype=torch.float64) * (-2 * math.log(10000) / num_hiddens))
        turns = torch.polar(
            torch.ones(max_len, pairs, dtype=torch.float64), torch.arange(max_len)[:, None] * frequencies
        )
        codes = torch.stack([turns.imag, turns.real], dim=-1).flatten(1)
        self.register_buffer("P", codes[None, :, :num_hiddens].float())

    def forward(self, X: Tensor) -> Tensor:
        if X.shape[1] > self.P.shape[1]:
            raise ValueError("too many steps")
        return self.dropout(self.P[:, : X.shape[1]] + X)


def relative_rotation(pos_delta: int, num_hiddens: int) -> Tensor:
    even = torch.arange(0, num_hiddens, 2)
    generator = torch.zeros(num_hiddens, num_hiddens, dtype=torch.float64)
    generator[even, even + 1] = 10000.0 ** (-even.double() / num_hiddens)
    return torch.matrix_exp(pos_delta * (generator - generator.T)).float()


def attention_cost(n: int, d: int, k: int = 3) -> dict[str, tuple[int, int, int]]:
    return {"self_attention": (d * n**2, 1, 1), "rnn": (n * d**2, n, n), "cnn": (n * k * d**2, 1, -(-n // k))}
