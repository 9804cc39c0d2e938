"""ch69 BERT pretraining: its inputs, its encoder, the masked language model and the losses.

See D2L 14.8 to 14.10 (chapter_natural-language-processing-pretraining/bert.md, bert-dataset.md and
bert-pretraining.md), after Devlin, Chang, Lee and Toutanova (2018).
"""

import math
import random
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

# GIVEN ch68: EncoderBlock

d2l = SimpleNamespace(EncoderBlock=EncoderBlock)


def get_tokens_and_segments(tokens_a: list[str], tokens_b: list[str] | None = None) -> tuple[list[str], list[int]]:
    """Return the BERT input sequence of one or two texts, with its segments (D2L 14.8.4).

        <cls> a <sep>              segments 0 ... 0
        <cls> a <sep> b <sep>      segments 0 ... 0 1 ... 1

    The first <sep> belongs to segment 0. The function leaves its arguments unchanged.

    Args:
        tokens_a: the tokens of the first text. The list may be empty.
        tokens_b: the tokens of the second text, or None if there is no second text. The list may be empty: the second
            text then still has its <sep>.

    Returns:
        The tokens, and a list of the same length with the segment (0 or 1) of each token.
    """
    # BEGIN SOLUTION
    tokens = ["<cls>", *tokens_a, "<sep>"]
    # WRONG first-text-overwritten: tokens = tokens_a; tokens.insert(0, "<cls>"); tokens.append("<sep>")
    # WRONG cls-forgotten: tokens = [*tokens_a, "<sep>"]
    # WRONG texts-run-together: tokens = ["<cls>", *tokens_a] + ["<sep>"] * (tokens_b is None)
    # WRONG first-sep-forgotten: tokens = ["<cls>", *tokens_a]
    segments = [0] * len(tokens)
    # WRONG first-sep-in-segment-one: segments = [0] * (len(tokens) - (tokens_b is not None))
    # WRONG special-tokens-without-segment: segments = [0] * len(tokens_a)
    # WRONG segments-from-one: segments = [1] * len(tokens)
    if tokens_b is not None:
        # WRONG empty-taken-for-none: if tokens_b:
        # WRONG second-text-left-out: if False:
        tokens += [*tokens_b, "<sep>"]
        # WRONG last-sep-forgotten: tokens += tokens_b
        # WRONG cls-before-each-text: tokens += ["<cls>", *tokens_b, "<sep>"]
        # WRONG second-text-overwritten: tokens_b.append("<sep>"); tokens += tokens_b
        # WRONG sep-doubled-at-the-end: tokens += ["<sep>", *tokens_b, "<sep>"]
        segments += [1] * (len(tokens_b) + 1)
        # WRONG first-sep-in-segment-one: segments += [1] * (len(tokens_b) + 2)
        # WRONG last-sep-forgotten: segments += [1] * len(tokens_b)
        # WRONG cls-before-each-text: segments += [1] * (len(tokens_b) + 2)
        # WRONG second-text-in-segment-zero: segments += [0] * (len(tokens_b) + 1)
        # WRONG special-tokens-without-segment: segments += [1] * len(tokens_b)
        # WRONG second-text-overwritten: segments += [1] * len(tokens_b)
        # WRONG sep-doubled-at-the-end: segments += [1] * (len(tokens_b) + 2)
        # WRONG segments-from-one: segments += [2] * (len(tokens_b) + 1)
        # WRONG last-sep-in-segment-zero: segments += [1] * len(tokens_b) + [0]
    return tokens, segments
    # WRONG segments-first: return segments, tokens
    # WRONG tokens-alone: return tokens
    # END SOLUTION


class BERTEncoder(nn.Module):
    """BERT's encoder: a sum of three embeddings, then the encoder blocks of the Transformer (D2L 14.8.4).

        X = token_embedding(tokens) + segment_embedding(segments) + (the first rows of pos_embedding)

    The Transformer computes its positions and scales its embeddings. BERT learns its positions and scales nothing.
    Dropout acts only inside the blocks.

    Attributes:
        token_embedding: nn.Embedding, from vocab_size tokens to num_hiddens features.
        segment_embedding: nn.Embedding, from two segments to num_hiddens features.
        pos_embedding: nn.Parameter, (1, max_len, num_hiddens), drawn from a standard normal distribution.
        blks: nn.Sequential (or another container of modules) of the blocks, with the names "0", "1", ...
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
        **kwargs: Any,
    ) -> None:
        """Create the embeddings and num_layers `EncoderBlock`s with bias.

        Args:
            vocab_size: the number of tokens.
            num_hiddens: the number of features of each step, from the embeddings to the output.
            norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, dropout, key_size, query_size, value_size: arguments
                of each block.
            num_layers: the number of blocks; it may be 0.
            max_len: the number of positions.
        """
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        self.token_embedding = nn.Embedding(vocab_size, num_hiddens)
        self.segment_embedding = nn.Embedding(2, num_hiddens)
        self.pos_embedding = nn.Parameter(torch.randn(1, max_len, num_hiddens))
        # WRONG sinusoidal-positions:
        #     angles = torch.arange(max_len)[:, None] / 10000 ** (torch.arange(num_hiddens) // 2 * 2 / num_hiddens)
        #     is_odd = torch.arange(num_hiddens) % 2 == 1
        #     self.register_buffer("pos_embedding", torch.where(is_odd, angles.cos(), angles.sin())[None])
        # WRONG positions-start-at-zero: self.pos_embedding = nn.Parameter(torch.zeros(1, max_len, num_hiddens))
        # WRONG uniform-positions: self.pos_embedding = nn.Parameter(torch.rand(1, max_len, num_hiddens))
        # WRONG a-thousand-positions: self.pos_embedding = nn.Parameter(torch.randn(1, 1000, num_hiddens))
        # WRONG positions-of-small-size: self.pos_embedding = nn.Parameter(0.02 * torch.randn(1, max_len, num_hiddens))
        self.blks = nn.Sequential()
        # WRONG dropout-after-the-embeddings: self.blks, self.dropout = nn.Sequential(), nn.Dropout(dropout)
        # WRONG blocks-in-a-plain-list: self.blks = []
        for i in range(num_layers):
            block = EncoderBlock(
                key_size=key_size,
                query_size=query_size,
                value_size=value_size,
                num_hiddens=num_hiddens,
                norm_shape=norm_shape,
                ffn_num_input=ffn_num_input,
                ffn_num_hiddens=ffn_num_hiddens,
                num_heads=num_heads,
                dropout=dropout,
                use_bias=True,
            )
            # WRONG blocks-without-bias:
            #     block = EncoderBlock(
            #         key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens,
            #         num_heads, dropout
            #     )
            # WRONG dropout-ignored:
            #     block = EncoderBlock(
            #         key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens,
            #         num_heads, 0.0, True
            #     )
            # WRONG key-and-query-sizes-swapped:
            #     block = EncoderBlock(
            #         query_size, key_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens,
            #         num_heads, dropout, True
            #     )
            self.blks.add_module(str(i), block)
            # WRONG shared-block: self.blks.add_module(str(i), self.blks[0] if i else block)
            # WRONG blocks-in-a-plain-list: self.blks.append(block)
        # END SOLUTION

    def forward(self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the encoding of a batch of BERT input sequences.

        Works in float32 and float64. Gradients flow to all parameters; the gradients of pos_embedding are a bonus (no
        points), because the book's code has none. The arguments stay unchanged and need not be contiguous in memory.

        Args:
            tokens: indices, (batch, steps), with at most max_len steps.
            segments: 0 or 1, (batch, steps).
            valid_lens: the number of steps of each sequence without padding, (batch,), integers or floats. None means
                that no sequence has padding.

        Returns:
            A tensor (batch, steps, num_hiddens).
        """
        # BEGIN SOLUTION
        X = self.token_embedding(tokens) + self.segment_embedding(segments)
        # WRONG embeddings-scaled:
        #     X = self.token_embedding(tokens) * self.token_embedding.embedding_dim**0.5 + self.segment_embedding(
        #         segments
        #     )
        # WRONG segments-forgotten: X = self.token_embedding(tokens)
        # WRONG tokens-forgotten: X = self.segment_embedding(segments)
        # WRONG segments-as-tokens: X = self.token_embedding(tokens) + self.token_embedding(segments)
        # WRONG embeddings-multiplied: X = self.token_embedding(tokens) * self.segment_embedding(segments)
        X = X + self.pos_embedding[:, : X.shape[1]]
        # WRONG positions-of-the-batch: X = X + self.pos_embedding[0, : X.shape[0], None]
        # WRONG positions-cut-off-from-learning: X = X + self.pos_embedding.data[:, : X.shape[1]]
        # WRONG positions-forgotten:
        # WRONG all-positions-added: X = X + self.pos_embedding
        # WRONG dropout-after-the-embeddings: X = self.dropout(X + self.pos_embedding[:, : X.shape[1]])
        # WRONG last-positions-added: X = X + self.pos_embedding[:, -X.shape[1] :]
        # WRONG first-position-for-all: X = X + self.pos_embedding[:, :1]
        for blk in self.blks:
            # WRONG each-block-from-the-embeddings:
            #     E = X
            #     for blk in self.blks:
            X = blk(X, valid_lens)
            # WRONG padding-attended-to: X = blk(X, None)
            # WRONG each-block-from-the-embeddings: X = blk(E, valid_lens)
            # WRONG first-block-alone: return blk(X, valid_lens)
        return X
        # END SOLUTION


class MaskLM(nn.Module):
    """BERT's masked language model, which predicts hidden tokens (D2L 14.8.5.1).

    Attributes:
        mlp: nn.Sequential of nn.Linear (num_inputs to num_hiddens), nn.ReLU, nn.LayerNorm and nn.Linear (num_hiddens
            to vocab_size).
    """

    def __init__(self, vocab_size: int, num_hiddens: int, num_inputs: int = 768, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        self.mlp = nn.Sequential(
            nn.Linear(num_inputs, num_hiddens),
            nn.ReLU(),
            nn.LayerNorm(num_hiddens),
            nn.Linear(num_hiddens, vocab_size),
        )
        # WRONG norm-before-relu:
        #     self.mlp = nn.Sequential(
        #         nn.Linear(num_inputs, num_hiddens),
        #         nn.LayerNorm(num_hiddens),
        #         nn.ReLU(),
        #         nn.Linear(num_hiddens, vocab_size),
        #     )
        # WRONG relu-forgotten:
        #     self.mlp = nn.Sequential(
        #         nn.Linear(num_inputs, num_hiddens),
        #         nn.LayerNorm(num_hiddens),
        #         nn.Linear(num_hiddens, vocab_size),
        #     )
        # WRONG norm-forgotten:
        #     self.mlp = nn.Sequential(
        #         nn.Linear(num_inputs, num_hiddens),
        #         nn.ReLU(),
        #         nn.Linear(num_hiddens, vocab_size),
        #     )
        # WRONG gelu-for-relu:
        #     self.mlp = nn.Sequential(
        #         nn.Linear(num_inputs, num_hiddens),
        #         nn.GELU(),
        #         nn.LayerNorm(num_hiddens),
        #         nn.Linear(num_hiddens, vocab_size),
        #     )
        # END SOLUTION

    def forward(self, X: Tensor, pred_positions: Tensor) -> Tensor:
        """Return logits for the tokens at some positions of each sequence.

            result[i, j] = mlp(X[i, pred_positions[i, j]])

        Works in float32 and float64. Gradients flow to X and to all parameters. The arguments stay unchanged and need
        not be contiguous in memory.

        Args:
            X: the output of the encoder, (batch, steps, num_inputs).
            pred_positions: (batch, predictions), int64. Row i has positions of sequence i, in any order. A position may
                occur several times.

        Returns:
            Logits, (batch, predictions, vocab_size).
        """
        # BEGIN SOLUTION
        rows = torch.arange(len(X), device=X.device).unsqueeze(1)
        # WRONG row-numbers-cycled:
        #     rows = torch.arange(len(X), device=X.device).repeat(pred_positions.shape[1]).reshape(pred_positions.shape)
        return self.mlp(X[rows, pred_positions])
        # WRONG predictions-everywhere: return self.mlp(X)
        # WRONG first-sequence-for-all: return self.mlp(X.flatten(0, 1)[pred_positions])
        # WRONG positions-sorted: return self.mlp(X[rows, pred_positions.sort(dim=1).values])
        # WRONG probabilities-for-logits: return self.mlp(X[rows, pred_positions]).softmax(dim=-1)
        # WRONG every-row-of-positions-in-every-sequence: return self.mlp(X[:, pred_positions])
        # WRONG first-row-of-positions-for-all: return self.mlp(X[:, pred_positions[0]])
        # WRONG predictions-in-one-column: return self.mlp(X[rows, pred_positions]).flatten(0, 1)
        # WRONG features-for-logits: return X[rows, pred_positions]
        # WRONG predicted-tokens-returned: return self.mlp(X[rows, pred_positions]).argmax(dim=-1)
        # WRONG log-probabilities-for-logits: return self.mlp(X[rows, pred_positions]).log_softmax(dim=-1)
        # END SOLUTION


def _replace_mlm_tokens(
    tokens: list[str], candidate_pred_positions: list[int], num_mlm_preds: int, vocab: Any
) -> tuple[list[str], list[tuple[int, str]]]:
    """Draw the positions to predict, and hide their tokens from the model (D2L 14.9.1.2).

    Draw num_mlm_preds different candidates. Every candidate is equally likely. Each drawn token, independently of the
    others,

    - becomes "<mask>" with probability 0.8,
    - stays as it is with probability 0.1,
    - becomes a token drawn uniformly from the whole vocabulary with probability 0.1.

    Use Python's `random`.

    Args:
        tokens: a BERT input sequence. The function leaves it unchanged.
        candidate_pred_positions: the positions that may be drawn. The function may change the order of this list, as
            the book's code does.
        num_mlm_preds: the number of positions to draw; it may be 0. If there are fewer candidates, draw all of them.
        vocab: the list `vocab.idx_to_token` has its tokens.

    Returns:
        The tokens that the model sees, as a new list; and a list with a pair (position, original token) for each drawn
        position, in any order.
    """
    # BEGIN SOLUTION
    seen, drawn = list(tokens), []
    # WRONG one-fate-for-all: seen, drawn, fate = list(tokens), [], random.choices((0, 1, 2), (0.8, 0.1, 0.1))[0]
    # WRONG tokens-overwritten: seen, drawn = tokens, []
    count = min(num_mlm_preds, len(candidate_pred_positions))
    # WRONG every-candidate-predicted: count = len(candidate_pred_positions)
    # WRONG one-prediction-too-few: count = max(min(num_mlm_preds, len(candidate_pred_positions)) - 1, 0)
    for position in random.sample(candidate_pred_positions, count):
        # WRONG first-candidates: for position in candidate_pred_positions[:num_mlm_preds]:
        # WRONG each-candidate-by-chance: for position in [p for p in candidate_pred_positions if random.random() < 0.15]:
        # WRONG any-position: for position in random.sample(range(len(tokens)), count):
        # WRONG positions-drawn-twice: for position in random.choices(candidate_pred_positions, k=count):
        # WRONG more-than-there-are: for position in random.sample(candidate_pred_positions, num_mlm_preds):
        drawn.append((position, tokens[position]))
        # WRONG labels-after-masking:
        # WRONG token-before-position: drawn.append((tokens[position], position))
        # A token that stays or is replaced teaches the model not to trust the tokens that it sees.
        choices = "<mask>", tokens[position], random.choice(vocab.idx_to_token)
        # WRONG replaced-from-the-text: choices = "<mask>", tokens[position], random.choice(tokens)
        seen[position] = random.choices(choices, weights=(0.8, 0.1, 0.1))[0]
        # WRONG always-masked: seen[position] = random.choices(choices, weights=(1, 0, 0))[0]
        # WRONG never-left-alone: seen[position] = random.choices(choices, weights=(0.8, 0, 0.2))[0]
        # WRONG one-fate-for-all: seen[position] = choices[fate]
        # WRONG labels-after-masking:
        #     seen[position] = random.choices(choices, weights=(0.8, 0.1, 0.1))[0]
        #     drawn.append((position, seen[position]))
        # WRONG never-replaced: seen[position] = random.choices(choices, weights=(0.8, 0.2, 0))[0]
        # WRONG a-tenth-of-the-rest-kept: seen[position] = random.choices(choices, weights=(0.8, 0.02, 0.18))[0]
    return seen, drawn
    # WRONG drawn-pairs-first: return drawn, seen
    # END SOLUTION


def _pad_bert_inputs(examples: Sequence[Any], max_len: int, vocab: Any) -> tuple[list[Tensor], ...]:
    """Pad all examples to the same length (D2L 14.9.2).

    Sequences get length max_len. Predictions get length round(max_len * 0.15), the largest number of predictions for
    max_len tokens. The function leaves its arguments unchanged.

    Args:
        examples: a list of tuples with four lists and a bool: (indices of the tokens, positions to predict, indices of
            the original tokens there, segments, whether the second sentence follows the first). No list is longer than
            its padded length. An example may have no predictions.
        max_len: the length of all sequences.
        vocab: `vocab["<pad>"]` is the index of the padding.

    Returns:
        Seven lists with a tensor for each example; they are empty if there are no examples:

        - the indices of the tokens, padded with the index of "<pad>": (max_len,), int64;
        - the segments, padded with zeros: (max_len,), int64;
        - the number of tokens without padding: (), float32;
        - the positions to predict, padded with zeros: (predictions,), int64;
        - 1 for each prediction, 0 for padding: (predictions,), float32;
        - the indices of the original tokens, padded with zeros: (predictions,), int64;
        - 1 if the second sentence follows the first, otherwise 0: (), int64.
    """
    # BEGIN SOLUTION
    all_token_ids, all_segments, valid_lens = [], [], []
    all_pred_positions, all_mlm_weights, all_mlm_labels, nsp_labels = [], [], [], []
    max_num_mlm_preds = round(max_len * 0.15)
    # WRONG share-cut-off: max_num_mlm_preds = int(max_len * 0.15)
    # WRONG predictions-padded-to-max-len: max_num_mlm_preds = max_len
    # WRONG half-rounded-up: max_num_mlm_preds = int(max_len * 0.15 + 0.5)
    for token_ids, pred_positions, mlm_labels, segments, is_next in examples:
        padding = max_len - len(token_ids)
        # WRONG examples-padded-in-place:
        #     padding = max_len - len(token_ids)
        #     token_ids += [vocab["<pad>"]] * padding
        all_token_ids.append(torch.tensor(token_ids + [vocab["<pad>"]] * padding))
        # WRONG padded-with-index-zero: all_token_ids.append(torch.tensor(token_ids + [0] * padding))
        # WRONG examples-padded-in-place: all_token_ids.append(torch.tensor(token_ids))
        # WRONG padding-of-the-tokens-in-front:
        #     all_token_ids.append(torch.tensor([vocab["<pad>"]] * padding + token_ids))
        all_segments.append(torch.tensor(segments + [0] * padding))
        # WRONG padding-in-the-second-segment: all_segments.append(torch.tensor(segments + segments[-1:] * padding))
        # WRONG padding-in-segment-one: all_segments.append(torch.tensor(segments + [1] * padding))
        valid_lens.append(torch.tensor(float(len(token_ids))))
        # WRONG padding-in-the-length: valid_lens.append(torch.tensor(float(max_len)))
        # WRONG integer-lengths: valid_lens.append(torch.tensor(len(token_ids)))
        # WRONG examples-padded-in-place: valid_lens.append(torch.tensor(float(max_len - padding)))
        # WRONG length-of-the-predictions: valid_lens.append(torch.tensor(float(len(pred_positions))))
        # Padding has weight 0, so it does not count in the loss.
        unused = max_num_mlm_preds - len(pred_positions)
        all_pred_positions.append(torch.tensor(pred_positions + [0] * unused, dtype=torch.long))
        # WRONG empty-predictions-are-floats: all_pred_positions.append(torch.tensor(pred_positions + [0] * unused))
        all_mlm_weights.append(torch.tensor([1.0] * len(pred_positions) + [0.0] * unused))
        # WRONG padding-has-weight: all_mlm_weights.append(torch.tensor([1.0] * (len(pred_positions) + unused)))
        # WRONG integer-weights: all_mlm_weights.append(torch.tensor([1] * len(pred_positions) + [0] * unused))
        # WRONG weights-turned: all_mlm_weights.append(torch.tensor([0.0] * len(pred_positions) + [1.0] * unused))
        all_mlm_labels.append(torch.tensor(mlm_labels + [0] * unused, dtype=torch.long))
        # WRONG labels-padded-with-pad:
        #     all_mlm_labels.append(torch.tensor(mlm_labels + [vocab["<pad>"]] * unused, dtype=torch.long))
        nsp_labels.append(torch.tensor(int(is_next)))
        # WRONG labels-stay-truth-values: nsp_labels.append(torch.tensor(is_next))
        # WRONG labels-of-the-next-sentence-turned: nsp_labels.append(torch.tensor(int(not is_next)))
    return all_token_ids, all_segments, valid_lens, all_pred_positions, all_mlm_weights, all_mlm_labels, nsp_labels
    # WRONG labels-before-weights:
    #     predictions = all_pred_positions, all_mlm_labels, all_mlm_weights
    #     return all_token_ids, all_segments, valid_lens, *predictions, nsp_labels
    # END SOLUTION


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
    """Return the losses of BERT's two tasks on a batch (D2L 14.10.1).

        mlm_l = sum(weight * l) / (sum(weight) + 1e-8), over all predictions

    Here l is the loss of a prediction. So mlm_l is the mean loss of the predictions with weight 1, and 0 if there are
    none. The book's code takes for l the mean loss of all predictions, including padding. That passes, too. Gradients
    flow to the results of net. Works in float32 and float64. The arguments stay unchanged and need not be contiguous in
    memory.

    Bonus (no points): predictions with weight 0 do not change mlm_l, and loss may have reduction="none".

    Args:
        net: a module or a function; net(tokens, segments, valid_lens, pred_positions) returns three values: a tensor
            that you can ignore, the logits of the masked language model, (batch, predictions, vocab_size), and the
            logits of the next sentence prediction, (batch, 2). It needs valid_lens with shape (batch,).
        loss: nn.CrossEntropyLoss, perhaps with options. loss(logits, labels) takes (n, classes) and (n,) and returns
            the mean.
        vocab_size: the number of tokens.
        tokens_X, segments_X: (batch, steps).
        valid_lens_x: (batch,) or (batch, 1).
        pred_positions_X, mlm_weights_X, mlm_Y: (batch, predictions). The weights are 1, or 0 for padding.
        nsp_y: (batch,).

    Returns:
        The loss of the masked language model, the loss of the next sentence prediction, and their sum.
    """
    # BEGIN SOLUTION
    _, mlm_Y_hat, nsp_Y_hat = net(tokens_X, segments_X, valid_lens_x.flatten(), pred_positions_X)
    # WRONG lengths-not-flattened: _, mlm_Y_hat, nsp_Y_hat = net(tokens_X, segments_X, valid_lens_x, pred_positions_X)
    # WRONG positions-before-lengths:
    #     _, mlm_Y_hat, nsp_Y_hat = net(tokens_X, segments_X, pred_positions_X, valid_lens_x.flatten())
    predicted = mlm_weights_X.bool()
    # WRONG padding-counted: predicted = torch.full_like(mlm_weights_X, mlm_weights_X.any()).bool()
    logits, labels = mlm_Y_hat[predicted].reshape(-1, vocab_size), mlm_Y[predicted]
    # WRONG probabilities-into-the-loss:
    #     logits, labels = mlm_Y_hat[predicted].reshape(-1, vocab_size).softmax(dim=1), mlm_Y[predicted]
    mlm_l = loss(logits, labels).mean() if predicted.any() else logits.sum()
    # WRONG mean-of-nothing: mlm_l = loss(logits, labels).mean()
    # WRONG logits-with-three-axes: mlm_l = loss(mlm_Y_hat, mlm_Y).mean() if predicted.any() else logits.sum()
    # WRONG masked-loss-summed:
    #     mlm_l = loss(logits, labels).mean() * predicted.sum() if predicted.any() else logits.sum()
    # WRONG given-loss-ignored:
    #     loss = nn.CrossEntropyLoss()
    #     mlm_l = loss(logits, labels).mean() if predicted.any() else logits.sum()
    nsp_l = loss(nsp_Y_hat, nsp_y).mean()
    return mlm_l, nsp_l, mlm_l + nsp_l
    # WRONG one-loss-forgotten: return mlm_l, nsp_l, mlm_l
    # WRONG losses-averaged: return mlm_l, nsp_l, (mlm_l + nsp_l) / 2
    # WRONG losses-swapped: return nsp_l, mlm_l, mlm_l + nsp_l
    # WRONG only-the-sum: return mlm_l + nsp_l
    # WRONG loss-of-the-next-sentence-alone: return mlm_l, nsp_l, nsp_l
    # WRONG losses-multiplied: return mlm_l, nsp_l, mlm_l * nsp_l
    # END SOLUTION
