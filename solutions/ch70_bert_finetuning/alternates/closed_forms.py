"""Einsum, whole batches, closed forms and names of parameters. 用 einsum、整个批量、闭式解和参数名。"""


class NextSentencePred(nn.Module):
    def __init__(self, num_inputs: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output = nn.Linear(num_inputs, 2)

    def forward(self, X: Tensor) -> Tensor:
        return torch.einsum("bi,oi->bo", X, self.output.weight) + self.output.bias


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
        parts = {
            "hidden": nn.Sequential(nn.Linear(hid_in_features, num_hiddens), nn.Tanh()),
            "nsp": NextSentencePred(nsp_in_features),
            "encoder": BERTEncoder(
                vocab_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, num_layers, dropout,
                max_len, key_size, query_size, value_size,
            ),
            "mlm": MaskLM(vocab_size, num_hiddens, mlm_in_features),
        }  # fmt: skip
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(
        self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None = None, pred_positions: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None, Tensor]:
        encoded = self.encoder(tokens, segments, valid_lens)
        linear, activation = self.hidden
        pooled = activation(torch.einsum("bi,oi->bo", encoded.select(1, 0), linear.weight) + linear.bias)
        mlm_logits = self.mlm(encoded, pred_positions) if pred_positions is not None else None
        return encoded, mlm_logits, self.nsp(pooled)


class BERTClassifier(nn.Module):
    def __init__(self, bert: nn.Module) -> None:
        super().__init__()
        for name, part in bert.named_children():
            if name in ("encoder", "hidden"):
                self.add_module(name, part)
        self.add_module("output", nn.Linear(256, 3))

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        encoded = self.encoder(inputs[0], inputs[1], inputs[2])
        return self.output(self.hidden(encoded))[:, 0]


def truncate_pair(p_tokens: list[str], h_tokens: list[str], max_len: int) -> None:
    room = max_len - 3
    if len(p_tokens) + len(h_tokens) > room:
        premise = min(len(p_tokens), max((room + 1) // 2, room - len(h_tokens)))
        p_tokens[:], h_tokens[:] = p_tokens[:premise], h_tokens[: room - premise]


def llrd_groups(net: nn.Module, lr: float, decay: float) -> list[dict[str, Any]]:
    num_blocks = len(net.encoder.blks)
    groups: list[dict[str, Any]] = [{"params": [], "lr": lr * decay**depth} for depth in range(num_blocks + 2)]
    for name, parameter in net.named_parameters():
        parts = name.split(".")
        if parts[0] != "encoder":
            depth = 0
        elif parts[1] == "blks":
            depth = num_blocks - int(parts[2])
        else:
            depth = num_blocks + 1
        groups[depth]["params"].append(parameter)
    return groups
