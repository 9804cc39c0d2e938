"""ch70 BERT fine-tuning: the whole model, a classifier on top of it, its inputs and its learning rates.

See D2L 14.8 (chapter_natural-language-processing-pretraining/bert.md), 15.6 and 15.7
(chapter_natural-language-processing-applications/finetuning-bert.md, natural-language-inference-bert.md), after Devlin,
Chang, Lee and Toutanova (2018).
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

# GIVEN ch69: BERTEncoder, MaskLM


class NextSentencePred(nn.Module):
    """BERT's next sentence prediction: does the second sentence follow the first? (D2L 14.8.5.2)

    Attributes:
        output: nn.Linear, from num_inputs features to two logits.
    """

    def __init__(self, num_inputs: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        self.output = nn.Linear(num_inputs, 2)
        # WRONG one-logit: self.output = nn.Linear(num_inputs, 1)
        # WRONG no-bias: self.output = nn.Linear(num_inputs, 2, bias=False)
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Return logits (batch, 2) for one vector per pair of sentences, X of shape (batch, num_inputs).

        Works in float32 and float64. Gradients flow to X and to the parameters. X stays unchanged and need not be
        contiguous in memory.
        """
        # BEGIN SOLUTION
        return self.output(X)
        # WRONG probabilities-of-the-next-sentence: return self.output(X).softmax(dim=-1)
        # WRONG log-probabilities: return self.output(X).log_softmax(dim=-1)
        # WRONG cls-taken-twice: return self.output(X[:, 0])
        # WRONG class-of-the-next-sentence: return self.output(X).argmax(dim=-1)
        # WRONG next-sentence-with-relu: return self.output(X).relu()
        # END SOLUTION


class BERTModel(nn.Module):
    """BERT with an output layer for each pretraining task (D2L 14.8.6).

    Attributes:
        encoder: a `BERTEncoder`.
        hidden: nn.Sequential of nn.Linear, from hid_in_features to num_hiddens, and nn.Tanh.
        mlm: a `MaskLM` that reads mlm_in_features and has num_hiddens features in its hidden layer.
        nsp: your `NextSentencePred`, which reads nsp_in_features.
    """

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
        """Create the four parts.

        Args:
            vocab_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, num_layers, dropout,
                max_len, key_size, query_size, value_size: arguments of the encoder.
            hid_in_features, mlm_in_features, nsp_in_features: the number of input features of the other parts. In a
                model that you use, all three are num_hiddens.
        """
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = BERTEncoder(
            vocab_size=vocab_size,
            num_hiddens=num_hiddens,
            norm_shape=norm_shape,
            ffn_num_input=ffn_num_input,
            ffn_num_hiddens=ffn_num_hiddens,
            num_heads=num_heads,
            num_layers=num_layers,
            dropout=dropout,
            max_len=max_len,
            key_size=key_size,
            query_size=query_size,
            value_size=value_size,
        )
        # WRONG max-len-not-passed-on:
        #     self.encoder = BERTEncoder(
        #         vocab_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, num_layers,
        #         dropout, key_size=key_size, query_size=query_size, value_size=value_size
        #     )
        # WRONG dropout-not-passed-on:
        #     self.encoder = BERTEncoder(
        #         vocab_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, num_layers,
        #         0.0, max_len, key_size, query_size, value_size
        #     )
        self.hidden = nn.Sequential(nn.Linear(hid_in_features, num_hiddens), nn.Tanh())
        # WRONG activation-forgotten: self.hidden = nn.Sequential(nn.Linear(hid_in_features, num_hiddens))
        # WRONG relu-in-the-hidden-layer:
        #     self.hidden = nn.Sequential(nn.Linear(hid_in_features, num_hiddens), nn.ReLU())
        # WRONG hidden-width-ignored: self.hidden = nn.Sequential(nn.Linear(num_hiddens, num_hiddens), nn.Tanh())
        self.mlm = MaskLM(vocab_size, num_hiddens, mlm_in_features)
        # WRONG width-of-the-masked-language-model: self.mlm = MaskLM(vocab_size, num_hiddens)
        # WRONG mlm-sizes-swapped: self.mlm = MaskLM(vocab_size, mlm_in_features, num_hiddens)
        self.nsp = NextSentencePred(nsp_in_features)
        # END SOLUTION

    def forward(
        self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None = None, pred_positions: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None, Tensor]:
        """Return the encoding of a batch and the predictions of both tasks.

        The next sentence prediction reads the encoding of <cls>, the first token, after `hidden`. Works in float32 and
        float64. Gradients of both tasks flow to all parts. The arguments stay unchanged.

        Args:
            tokens, segments: (batch, steps).
            valid_lens: (batch,), for the encoder; None means that nothing is padding.
            pred_positions: (batch, predictions); None means that there are no tokens to predict.

        Returns:
            The output of the encoder, (batch, steps, num_hiddens), which need not be contiguous in memory; the logits
            of the masked language model, (batch, predictions, vocab_size), or None without pred_positions; and the
            logits of the next sentence prediction, (batch, 2).
        """
        # BEGIN SOLUTION
        encoded = self.encoder(tokens, segments, valid_lens)
        # WRONG lengths-kept-back: encoded = self.encoder(tokens, segments, None)
        # WRONG segments-kept-back: encoded = self.encoder(tokens, torch.zeros_like(segments), valid_lens)
        mlm_logits = None if pred_positions is None else self.mlm(encoded, pred_positions)
        # WRONG all-tokens-predicted:
        #     mlm_logits = self.mlm(
        #         encoded,
        #         torch.arange(tokens.shape[1]).expand(tokens.shape) if pred_positions is None else pred_positions,
        #     )
        # WRONG hidden-before-masked-tokens:
        #     mlm_logits = None if pred_positions is None else self.mlm(self.hidden(encoded), pred_positions)
        # WRONG positions-as-a-condition: mlm_logits = self.mlm(encoded, pred_positions) if pred_positions else None
        return encoded, mlm_logits, self.nsp(self.hidden(encoded[:, 0]))
        # WRONG hidden-layer-skipped: return encoded, mlm_logits, self.nsp(encoded[:, 0])
        # WRONG last-token-for-cls: return encoded, mlm_logits, self.nsp(self.hidden(encoded[:, -1]))
        # WRONG average-for-cls: return encoded, mlm_logits, self.nsp(self.hidden(encoded.mean(dim=1)))
        # WRONG every-step-asked: return encoded, mlm_logits, self.nsp(self.hidden(encoded))
        # WRONG tasks-swapped: return encoded, self.nsp(self.hidden(encoded[:, 0])), mlm_logits
        # WRONG encoding-not-returned: return mlm_logits, self.nsp(self.hidden(encoded[:, 0]))
        # WRONG encoding-detached: return encoded, mlm_logits, self.nsp(self.hidden(encoded[:, 0].detach()))
        # WRONG second-token-for-cls:
        #     return encoded, mlm_logits, self.nsp(self.hidden(encoded[:, 1 if encoded.shape[1] > 1 else 0]))
        # WRONG cls-of-the-first-example: return encoded, mlm_logits, self.nsp(self.hidden(encoded[0]))
        # WRONG maximum-for-cls: return encoded, mlm_logits, self.nsp(self.hidden(encoded.amax(dim=1)))
        # WRONG next-sentence-as-probabilities:
        #     return encoded, mlm_logits, self.nsp(self.hidden(encoded[:, 0])).softmax(dim=-1)
        # WRONG masked-tokens-before-the-encoding: return mlm_logits, encoded, self.nsp(self.hidden(encoded[:, 0]))
        # END SOLUTION


class BERTClassifier(nn.Module):
    """A pretrained BERT with a new output layer, for natural language inference (D2L 15.7.3).

    The classifier has no parameters of the pretraining tasks' output layers. All its parameters can be trained.

    Attributes:
        encoder, hidden: the modules of `bert` themselves, not copies, so that fine-tuning changes them, too.
        output: a new nn.Linear, from 256 features (as in the book's small BERT) to three classes.
    """

    def __init__(self, bert: nn.Module) -> None:
        """Take the encoder and the hidden layer from bert, a pretrained `BERTModel` with 256 features."""
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = bert.encoder
        # WRONG encoder-frozen: self.encoder = bert.encoder.requires_grad_(False)
        # WRONG whole-model-kept: self.bert, self.encoder = bert, bert.encoder
        self.hidden = bert.hidden
        # WRONG hidden-layer-made-anew:
        #     self.hidden = nn.Sequential(nn.Linear(256, 256), nn.Tanh())
        #     nn.init.eye_(self.hidden[0].weight), nn.init.zeros_(self.hidden[0].bias)
        # WRONG encoder-copied, 2 lines:
        #     import copy
        #     self.encoder = copy.deepcopy(bert.encoder)
        #     self.hidden = copy.deepcopy(bert.hidden)
        # WRONG hidden-without-tanh: self.hidden = bert.hidden[0]
        self.output = nn.Linear(256, 3)
        # WRONG two-classes: self.output = nn.Linear(256, 2)
        # END SOLUTION

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return the classes' logits for pairs of sentences, from the encoding of <cls> after `hidden` and `output`.

        Works in float32 and float64. Gradients flow to all three parts. The inputs stay unchanged and need not be
        contiguous in memory.

        Args:
            inputs: a tuple or list of three arguments for the encoder: tokens, (batch, steps), segments,
                (batch, steps), and valid lengths, (batch,), or None.

        Returns:
            Logits, (batch, 3).
        """
        # BEGIN SOLUTION
        tokens, segments, valid_lens = inputs
        encoded = self.encoder(tokens, segments, valid_lens)
        # WRONG lengths-not-passed-on: encoded = self.encoder(tokens, segments, None)
        # WRONG inputs-not-unpacked: encoded = self.encoder(inputs)
        # WRONG encoder-without-gradients: encoded = self.encoder(tokens, segments, valid_lens).detach()
        # WRONG segments-not-passed-on: encoded = self.encoder(tokens, torch.zeros_like(segments), valid_lens)
        return self.output(self.hidden(encoded[:, 0]))
        # WRONG average-of-all-tokens: return self.output(self.hidden(encoded.mean(dim=1)))
        # WRONG classified-without-hidden: return self.output(encoded[:, 0])
        # WRONG softmax-before-the-loss: return self.output(self.hidden(encoded[:, 0])).softmax(dim=1)
        # WRONG last-step-classified: return self.output(self.hidden(encoded[:, -1]))
        # WRONG every-step-classified: return self.output(self.hidden(encoded))
        # WRONG log-probabilities-of-the-classes: return self.output(self.hidden(encoded[:, 0])).log_softmax(dim=1)
        # WRONG hidden-features-returned: return self.hidden(encoded[:, 0])
        # WRONG hidden-twice: return self.output(self.hidden(self.hidden(encoded[:, 0])))
        # WRONG second-token-classified: return self.output(self.hidden(encoded[:, 1 if encoded.shape[1] > 1 else 0]))
        # WRONG maximum-of-all-tokens: return self.output(self.hidden(encoded.amax(dim=1)))
        # END SOLUTION


def truncate_pair(p_tokens: list[str], h_tokens: list[str], max_len: int) -> None:
    """Shorten two texts, so that they fit into a BERT input sequence of max_len tokens (D2L 15.7.2).

    While both texts with their <cls> and two <sep> are longer than max_len, remove the last token of the longer text.
    If both are equally long, remove the last token of the second text.

    Args:
        p_tokens: the first text, the premise. The list may be empty; the function changes it in place.
        h_tokens: the second text, the hypothesis. The list may be empty; the function changes it in place.
        max_len: the length of the input sequence, at least 3.
    """
    # BEGIN SOLUTION
    while len(p_tokens) + len(h_tokens) > max_len - 3:
        # WRONG special-tokens-forgotten: while len(p_tokens) + len(h_tokens) > max_len:
        # WRONG one-sep-forgotten: while len(p_tokens) + len(h_tokens) > max_len - 2:
        # WRONG one-token-only: if len(p_tokens) + len(h_tokens) > max_len - 3:
        # WRONG one-token-too-few: while len(p_tokens) + len(h_tokens) > max(max_len - 4, 0):
        # WRONG one-place-left-for-special-tokens: while len(p_tokens) + len(h_tokens) > max_len - 1:
        # WRONG each-text-cut-by-itself: while len(p_tokens) > max_len - 3 or len(h_tokens) > max_len - 3:
        longer = p_tokens if len(p_tokens) > len(h_tokens) else h_tokens
        # WRONG first-text-only: longer = p_tokens or h_tokens
        # WRONG tie-against-the-premise: longer = p_tokens if len(p_tokens) >= len(h_tokens) else h_tokens
        # WRONG second-text-only: longer = h_tokens or p_tokens
        # WRONG shorter-first: longer = min(p_tokens or h_tokens, h_tokens or p_tokens, key=len)
        longer.pop()
        # WRONG beginning-cut-off: longer.pop(0)
        # WRONG new-lists, 2 lines:
        #     if len(p_tokens) > len(h_tokens):
        #         p_tokens = p_tokens[:-1]
        #     else:
        #         h_tokens = h_tokens[:-1]
    # WRONG half-for-each, 3 lines: del p_tokens[(max_len - 2) // 2 :], h_tokens[(max_len - 3) // 2 :]
    # WRONG both-cut-at-once: del p_tokens[-1:], h_tokens[-1:]
    # END SOLUTION


def llrd_groups(net: nn.Module, lr: float, decay: float) -> list[dict[str, Any]]:
    """Return groups of parameters with layer-wise learning rates: deeper layers learn more slowly.

        head (net.hidden and net.output)                            lr
        block i of the L blocks of net.encoder, counted from 0      lr * decay ** (L - i)
        all three embeddings of net.encoder                         lr * decay ** (L + 1)

    Howard and Ruder (2018) call this discriminative fine-tuning; see also Sun, Qiu, Xu and Huang
    (2019, section 5.3.4). The function changes no parameter and freezes none.

    Args:
        net: a `BERTClassifier` around a `BERTEncoder` with any number of blocks, perhaps none.
        lr: the learning rate of the head.
        decay: a number from 0 to 1. With 1, all learning rates are the same.

    Returns:
        A list of L + 2 groups for an optimizer, {"params": list of parameters, "lr": float}: the head, the blocks from
        the last to the first, the embeddings. Every parameter is in exactly one group.
    """
    # BEGIN SOLUTION
    encoder = net.encoder
    head = [*net.hidden.parameters(), *net.output.parameters()]
    # WRONG hidden-left-out: head = list(net.output.parameters())
    # WRONG head-in-two-groups: head = list(net.hidden.parameters())
    # WRONG output-left-out: head = list(net.hidden.parameters())
    blocks = [list(block.parameters()) for block in reversed(list(encoder.blks.children()))]
    # WRONG upside-down: blocks = [list(block.parameters()) for block in encoder.blks.children()]
    # WRONG block-ten-taken-for-block-one:
    #     named = list(encoder.named_parameters())
    #     prefixes = [f"blks.{i}" for i in reversed(range(len(encoder.blks)))]
    #     blocks = [[p for name, p in named if name.startswith(prefix)] for prefix in prefixes]
    embeddings = [encoder.token_embedding.weight, encoder.segment_embedding.weight, encoder.pos_embedding]
    # WRONG positions-forgotten: embeddings = [encoder.token_embedding.weight, encoder.segment_embedding.weight]
    # WRONG segments-left-out: embeddings = [encoder.token_embedding.weight, encoder.pos_embedding]
    groups = []
    # WRONG head-in-two-groups: groups = [{"params": list(net.output.parameters()), "lr": lr}]
    for depth, params in enumerate([head, *blocks, embeddings]):  # from the output down
        # WRONG embeddings-left-out: for depth, params in enumerate([head, *blocks]):
        groups.append({"params": params, "lr": lr * decay**depth})
        # WRONG head-slowed-down: groups.append({"params": params, "lr": lr * decay ** (depth + 1)})
        # WRONG embeddings-like-the-first-block:
        #     groups.append({"params": params, "lr": lr * decay ** min(depth, len(blocks))})
        # WRONG linear-decay: groups.append({"params": params, "lr": lr * decay * depth if depth else lr})
        # WRONG embeddings-first: groups.insert(0, {"params": params, "lr": lr * decay**depth})
        # WRONG embeddings-one-step-too-deep:
        #     groups.append({"params": params, "lr": lr * decay ** (depth + (params is embeddings))})
        # WRONG deeper-layers-faster: groups.append({"params": params, "lr": lr / decay**depth})
        # WRONG one-rate-for-the-encoder: groups.append({"params": params, "lr": lr * decay ** min(depth, 1)})
        # WRONG lr-ignored: groups.append({"params": params, "lr": decay**depth})
        # WRONG last-block-like-the-head: groups.append({"params": params, "lr": lr * decay ** max(depth - 1, 0)})
        # WRONG rates-of-the-blocks-turned:
        #     turned = depth and len(blocks) + 2 - depth
        #     groups.append({"params": params, "lr": lr * decay**turned})
        # WRONG decay-subtracted: groups.append({"params": params, "lr": lr * (1 - decay) ** depth})
        # WRONG decay-ignored: groups.append({"params": params, "lr": lr})
    return groups
    # END SOLUTION
