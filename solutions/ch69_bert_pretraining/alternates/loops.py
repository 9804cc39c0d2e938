"""Loops over texts, steps, sequences and predictions. 对文本、时间步、序列和预测逐个循环。"""


def get_tokens_and_segments(tokens_a: list[str], tokens_b: list[str] | None = None) -> tuple[list[str], list[int]]:
    tokens, segments, segment = ["<cls>"], [0], 0
    for text in (tokens_a, tokens_b):
        if text is None:
            break
        for token in text:
            tokens.append(token)
            segments.append(segment)
        tokens.append("<sep>")
        segments.append(segment)
        segment += 1
    return tokens, segments


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
        self.pos_embedding = nn.Parameter(torch.empty(1, max_len, num_hiddens).normal_())
        self.blks = nn.Sequential()
        for i in range(num_layers):
            block = EncoderBlock(
                key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads,
                dropout, True,
            )  # fmt: skip
            self.blks.add_module(str(i), block)
        self.segment_embedding = nn.Embedding(2, num_hiddens)
        self.token_embedding = nn.Embedding(vocab_size, num_hiddens)

    def forward(self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None) -> Tensor:
        rows = []
        for token_row, segment_row in zip(tokens, segments, strict=True):
            steps = [
                self.token_embedding.weight[token] + self.segment_embedding.weight[segment] + self.pos_embedding[0, t]
                for t, (token, segment) in enumerate(zip(token_row, segment_row, strict=True))
            ]
            rows.append(torch.stack(steps))
        X = torch.stack(rows)
        for blk in self.blks:
            X = blk(X, valid_lens)
        return X


class MaskLM(nn.Module):
    def __init__(self, vocab_size: int, num_hiddens: int, num_inputs: int = 768, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        hidden = nn.Linear(num_inputs, num_hiddens), nn.ReLU(), nn.LayerNorm(num_hiddens)
        self.mlp = nn.Sequential(*hidden, nn.Linear(num_hiddens, vocab_size))

    def forward(self, X: Tensor, pred_positions: Tensor) -> Tensor:
        return torch.stack([self.mlp(x[positions]) for x, positions in zip(X, pred_positions, strict=True)])


def _replace_mlm_tokens(
    tokens: list[str], candidate_pred_positions: list[int], num_mlm_preds: int, vocab: Any
) -> tuple[list[str], list[tuple[int, str]]]:
    random.shuffle(candidate_pred_positions)
    result, pairs = tokens.copy(), []
    for position in candidate_pred_positions:
        if len(pairs) == num_mlm_preds:
            break
        pairs.append((position, tokens[position]))
        fate = random.randrange(10)
        if fate < 8:
            result[position] = "<mask>"
        elif fate == 8:
            result[position] = vocab.idx_to_token[random.randrange(len(vocab.idx_to_token))]
    return result, pairs


def _pad_bert_inputs(examples: Sequence[Any], max_len: int, vocab: Any) -> tuple[list[Tensor], ...]:
    num_preds = round(max_len * 0.15)
    all_ids, all_segments, all_lens, all_positions, all_weights, all_labels, all_next = ([] for _ in range(7))
    for ids, positions, labels, segments, is_next in examples:
        ids, segments, positions, labels = list(ids), list(segments), list(positions), list(labels)
        all_lens.append(torch.tensor(len(ids), dtype=torch.float32))
        all_weights.append(torch.tensor([float(i < len(positions)) for i in range(num_preds)]))
        while len(ids) < max_len:
            ids.append(vocab["<pad>"])
            segments.append(0)
        while len(positions) < num_preds:
            positions.append(0)
            labels.append(0)
        lists = (all_ids, ids), (all_segments, segments), (all_positions, positions), (all_labels, labels)
        for where, items in (*lists, (all_next, is_next)):
            where.append(torch.tensor(items, dtype=torch.int64))
    return all_ids, all_segments, all_lens, all_positions, all_weights, all_labels, all_next


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
    _, mlm_Y_hat, nsp_Y_hat = net(tokens_X, segments_X, valid_lens_x.reshape(len(tokens_X)), pred_positions_X)
    total = torch.zeros((), dtype=mlm_Y_hat.dtype)
    for logits, label, weight in zip(
        mlm_Y_hat.reshape(-1, vocab_size), mlm_Y.reshape(-1), mlm_weights_X.reshape(-1), strict=True
    ):
        total = total + weight * loss(logits[None], label[None]).sum()
    mlm_l = total / (mlm_weights_X.sum() + 1e-8)
    nsp_l = loss(nsp_Y_hat, nsp_y).mean()
    return mlm_l, nsp_l, mlm_l + nsp_l
