"""Sequence by sequence, token by token, block by block. 逐个序列、逐个词元、逐个块地处理。"""


class NextSentencePred(nn.Module):
    def __init__(self, num_inputs: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output = nn.Linear(in_features=num_inputs, out_features=2)

    def forward(self, X: Tensor) -> Tensor:
        return torch.stack([(X * row).sum(dim=1) for row in self.output.weight], dim=1) + self.output.bias


class BERTModel(nn.Module):
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
        hid_in_features: int = 768,
        mlm_in_features: int = 768,
        nsp_in_features: int = 768,
    ) -> None:
        super().__init__()
        self.nsp = NextSentencePred(nsp_in_features)
        self.mlm = MaskLM(vocab_size, num_hiddens, num_inputs=mlm_in_features)
        self.hidden = nn.Sequential()
        self.hidden.append(nn.Linear(hid_in_features, num_hiddens))
        self.hidden.append(nn.Tanh())
        self.encoder = BERTEncoder(
            vocab_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, num_layers, dropout,
            max_len=max_len, key_size=key_size, query_size=query_size, value_size=value_size,
        )  # fmt: skip

    def forward(
        self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None = None, pred_positions: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None, Tensor]:
        encoded = self.encoder(tokens, segments, valid_lens)
        first = torch.stack([sequence[0] for sequence in encoded])
        nsp_logits = self.nsp(self.hidden(first))
        if pred_positions is None:
            return encoded, None, nsp_logits
        return encoded, self.mlm(encoded, pred_positions), nsp_logits


class BERTClassifier(nn.Module):
    def __init__(self, bert: nn.Module) -> None:
        super().__init__()
        self.output = nn.Linear(256, 3)
        self.hidden, self.encoder = bert.hidden, bert.encoder

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        encoded = self.encoder(*inputs)
        return torch.cat([self.output(self.hidden(sequence[:1])) for sequence in encoded])


def truncate_pair(p_tokens: list[str], h_tokens: list[str], max_len: int) -> None:
    for _ in range(len(p_tokens) + len(h_tokens) + 3 - max_len):
        if len(h_tokens) >= len(p_tokens):
            del h_tokens[-1]
        else:
            del p_tokens[-1]


def llrd_groups(net: nn.Module, lr: float, decay: float) -> list[dict[str, Any]]:
    groups = [{"params": [*net.output.parameters(), *net.hidden.parameters()], "lr": lr}]
    blocks = list(net.encoder.blks)
    for i in range(len(blocks) - 1, -1, -1):
        groups.append({"params": list(blocks[i].parameters()), "lr": lr * decay ** (len(blocks) - i)})
    rest = [p for name, p in net.encoder.named_parameters() if not name.startswith("blks.")]
    groups.append({"params": rest, "lr": groups[-1]["lr"] * decay})
    return groups
