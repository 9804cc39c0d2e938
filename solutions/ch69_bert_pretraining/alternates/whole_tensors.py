"""Gather, one-hot products and tables filled in. 用 gather、独热向量的乘积和预先填好的表。"""

from torch.nn import functional as F


def get_tokens_and_segments(tokens_a: list[str], tokens_b: list[str] | None = None) -> tuple[list[str], list[int]]:
    texts = [text for text in (tokens_a, tokens_b) if text is not None]
    marked = [[*text, "<sep>"] for text in texts]
    marked[0].insert(0, "<cls>")
    return [token for text in marked for token in text], [segment for segment, text in enumerate(marked) for _ in text]


class BERTEncoder(nn.Module):
    def __init__(
        self,
        vocab_size: int,
        num_hiddens: int,
        norm_shape: Sequence[int],
        ffn_num_input: int,
        ffn_num_hiddens: int,
        num_heads: int,
        num_layers: int,
        dropout: float,
        max_len: int = 1000,
        key_size: int = 768,
        query_size: int = 768,
        value_size: int = 768,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        blocks = {
            str(i): EncoderBlock(
                key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads,
                dropout, use_bias=True,
            )
            for i in range(num_layers)
        }  # fmt: skip
        self.blks = nn.ModuleDict(blocks)
        self.segment_embedding, self.token_embedding = (
            nn.Embedding(2, num_hiddens),
            nn.Embedding(vocab_size, num_hiddens),
        )
        self.register_parameter("pos_embedding", nn.Parameter(torch.randn((1, max_len, num_hiddens))))

    def forward(self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None) -> Tensor:
        vocab_size = self.token_embedding.num_embeddings
        words = F.one_hot(tokens, vocab_size).to(self.pos_embedding.dtype) @ self.token_embedding.weight
        first, second = self.segment_embedding.weight
        texts = torch.where(segments.unsqueeze(2) == 0, first, second)
        X = words + texts + self.pos_embedding.narrow(1, 0, tokens.size(1))
        for block in self.blks.values():
            X = block(X, valid_lens)
        return X


class MaskLM(nn.Module):
    def __init__(self, vocab_size: int, num_hiddens: int, num_inputs: int = 768, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mlp = nn.Sequential()
        self.mlp.append(nn.Linear(num_inputs, num_hiddens)).append(nn.ReLU())
        self.mlp.append(nn.LayerNorm(num_hiddens)).append(nn.Linear(num_hiddens, vocab_size))

    def forward(self, X: Tensor, pred_positions: Tensor) -> Tensor:
        index = pred_positions.unsqueeze(2).expand(-1, -1, X.size(2))
        return self.mlp(X.gather(1, index))


def _replace_mlm_tokens(
    tokens: list[str], candidate_pred_positions: list[int], num_mlm_preds: int, vocab: Any
) -> tuple[list[str], list[tuple[int, str]]]:
    chosen = sorted(candidate_pred_positions, key=lambda _: random.random())[:num_mlm_preds]
    replaced = {}
    for position in chosen:
        if random.random() < 0.8:
            replaced[position] = "<mask>"
        elif random.random() < 0.5:
            replaced[position] = random.choice(vocab.idx_to_token)
    seen = [replaced.get(i, token) for i, token in enumerate(tokens)]
    return seen, [(position, tokens[position]) for position in sorted(chosen)]


def _pad_bert_inputs(examples: Sequence[Any], max_len: int, vocab: Any) -> tuple[list[Tensor], ...]:
    count, num_preds = len(examples), round(max_len * 0.15)
    ids, segments = torch.full((count, max_len), vocab["<pad>"]), torch.zeros(count, max_len, dtype=torch.long)
    positions, labels = torch.zeros(2, count, num_preds, dtype=torch.long)
    weights, lens = torch.zeros(count, num_preds), torch.zeros(count)
    is_next = torch.zeros(count, dtype=torch.long)
    for i, example in enumerate(examples):
        n, p = len(example[0]), len(example[1])
        ids[i, :n], segments[i, :n] = torch.tensor(example[0]), torch.tensor(example[3])
        positions[i, :p], labels[i, :p] = torch.tensor(example[1]), torch.tensor(example[2])
        weights[i, :p], lens[i], is_next[i] = 1, n, example[4]
    return tuple(list(table) for table in (ids, segments, lens, positions, weights, labels, is_next))


def _get_batch_loss_bert(
    net: nn.Module,
    loss: nn.Module,
    vocab_size: int,
    tokens_X: Tensor,
    segments_X: Tensor,
    valid_lens_x: Tensor,
    pred_positions_X: Tensor,
    mlm_weights_X: Tensor,
    mlm_Y: Tensor,
    nsp_y: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    _, mlm_Y_hat, nsp_Y_hat = net(
        tokens=tokens_X, segments=segments_X, valid_lens=valid_lens_x.reshape(-1), pred_positions=pred_positions_X
    )
    where = mlm_weights_X.reshape(-1).nonzero().squeeze(1)
    nsp_l = loss(nsp_Y_hat, nsp_y).mean()
    if len(where) == 0:
        mlm_l = torch.zeros_like(nsp_l)
    else:
        logits = mlm_Y_hat.reshape(-1, vocab_size).index_select(0, where)
        mlm_l = loss(logits, mlm_Y.reshape(-1).index_select(0, where)).mean()
    return mlm_l, nsp_l, torch.stack([mlm_l, nsp_l]).sum()
