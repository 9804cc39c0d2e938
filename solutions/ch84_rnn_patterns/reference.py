"""ch84 RNN patterns: a sequence to a class.

The exercises prepare and build the net of the lecture PyTorch Deep Learning Practice, 12 and 13: it reads a name letter
by letter and says which country the name comes from. See also D2L 9.1 (chapter_recurrent-modern/gru.md).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


def state_shapes(
    seq_len: int,
    batch: int,
    input_size: int,
    hidden_size: int,
    num_layers: int,
    bidirectional: bool,
    batch_first: bool,
) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors that go into nn.GRU and come out of it.

    The layer is nn.GRU(input_size, hidden_size, num_layers, bidirectional=bidirectional, batch_first=batch_first).
    The call output, h_n = layer(input, h_0) gets a batch of sequences of equal length.

    - input has the features of every step of every sequence: (seq_len, batch, input_size). With batch_first, it is
      (batch, seq_len, input_size).
    - output has the states of the last layer at every step. Its first two axes are those of input. In a bidirectional
      layer, its last axis holds the states of both directions, side by side.
    - h_0 and h_n have a state for each layer. If the layer is bidirectional, they have a state for each direction of
      each layer. Layers and directions share the first axis. The second axis is the batch, and the third is
      hidden_size. All this is the same with and without batch_first.

    Work the shapes out from the seven arguments.

    Args:
        seq_len: the number of steps.
        batch: the number of sequences.
        input_size: the number of features of a step.
        hidden_size: the number of hidden units of each layer in each direction.
        num_layers: the number of layers.
        bidirectional: whether each layer reads the sequences in both directions.
        batch_first: whether the batch is the first axis of input and output.

    Returns:
        A dict with the keys "input", "h_0", "output" and "h_n". Each value is a tuple of three Python integers.

    >>> state_shapes(5, 2, 3, 4, 1, False, False)["output"]
    (5, 2, 4)
    """
    # BEGIN SOLUTION
    directions = 2 if bidirectional else 1
    # WRONG always-two-directions: directions = 2
    # WRONG directions-reversed: directions = 1 if bidirectional else 2
    # WRONG always-one-direction: directions = 1
    steps = (batch, seq_len) if batch_first else (seq_len, batch)
    # WRONG always-time-first: steps = (seq_len, batch)
    # WRONG always-batch-first: steps = (batch, seq_len)
    # WRONG batch-first-reversed: steps = (seq_len, batch) if batch_first else (batch, seq_len)
    # batch_first is about the two axes of time and batch. A state has no axis of time.
    state = (num_layers * directions, batch, hidden_size)
    # WRONG state-follows-batch-first:
    #     state = (num_layers * directions, batch, hidden_size)
    #     if batch_first:
    #         state = (batch, num_layers * directions, hidden_size)
    # WRONG state-batch-before-layers: state = (batch, num_layers * directions, hidden_size)
    # WRONG state-of-one-direction: state = (num_layers, batch, hidden_size)
    # WRONG state-of-one-layer: state = (directions, batch, hidden_size)
    # WRONG directions-side-by-side-in-the-state: state = (num_layers, batch, directions * hidden_size)
    # WRONG layers-plus-directions: state = (num_layers + directions, batch, hidden_size)
    # WRONG layers-and-directions-apart: state = (num_layers, directions, batch, hidden_size)
    # WRONG state-at-every-step: state = (num_layers * directions, seq_len, hidden_size)
    # WRONG state-without-layers: state = (batch, directions * hidden_size)
    # WRONG single-state: state = (1, batch, hidden_size)
    # WRONG state-of-input-size: state = (num_layers * directions, batch, input_size)
    # WRONG state-hidden-size-first: state = (num_layers * directions, hidden_size, batch)
    output = (*steps, directions * hidden_size)
    # WRONG output-of-one-direction: output = (*steps, hidden_size)
    # WRONG output-of-all-layers: output = (*steps, num_layers * directions * hidden_size)
    # WRONG output-with-layers: output = (num_layers * directions, *steps, hidden_size)
    # WRONG output-of-the-last-step: output = (batch, directions * hidden_size)
    # WRONG output-of-input-size: output = (*steps, input_size)
    # WRONG output-time-first: output = (seq_len, batch, directions * hidden_size)
    # WRONG output-with-an-axis-of-directions: output = (*steps, directions, hidden_size)
    # WRONG output-is-the-state: output = state
    return {"input": (*steps, input_size), "h_0": state, "output": output, "h_n": state}
    # WRONG input-of-hidden-size: return {"input": (*steps, hidden_size), "h_0": state, "output": output, "h_n": state}
    # WRONG input-time-first:
    #     return {"input": (seq_len, batch, input_size), "h_0": state, "output": output, "h_n": state}
    # WRONG input-of-one-sequence:
    #     return {"input": (seq_len, input_size), "h_0": state, "output": output, "h_n": state}
    # WRONG first-state-for-one-layer:
    #     return {"input": (*steps, input_size), "h_0": (1, batch, hidden_size), "output": output, "h_n": state}
    # WRONG last-state-for-one-layer:
    #     last = (directions, batch, hidden_size)
    #     return {"input": (*steps, input_size), "h_0": state, "output": output, "h_n": last}
    # END SOLUTION


def storage_cost(samples: int, vocab: int, dim: int) -> tuple[int, int]:
    """Count the numbers that a net stores for its input, as one-hot vectors and as embedded vectors.

    A one-hot vector has a number for each token of the vocabulary. All of them count, also the zeros. An embedded
    vector has dim numbers. The table (vocab, dim) of the embedded vectors does not count: it is a parameter of the net,
    and all samples share it.

    The example of the course notes has 3 tokens and a vocabulary of 89: 3 * 89 numbers against 3 * 5.

    Args:
        samples: how many tokens the input has; repeated tokens count again.
        vocab: the number of different tokens of the vocabulary, at least 1.
        dim: the length of an embedded vector.

    Returns:
        Two Python integers: the count for one-hot vectors, then the count for embedded vectors.

    >>> storage_cost(3, 89, 5)
    (267, 15)
    """
    # BEGIN SOLUTION
    return samples * vocab, samples * dim
    # WRONG embedded-first: return samples * dim, samples * vocab
    # WRONG table-added: return samples * vocab, samples * dim + vocab * dim
    # WRONG table-alone: return samples * vocab, vocab * dim
    # WRONG one-vector: return vocab, dim
    # WRONG ones-counted: return samples, samples * dim
    # WRONG ids-stored: return samples * vocab, samples
    # WRONG one-hot-of-vocab-minus-one: return samples * (vocab - 1), samples * dim
    # WRONG one-hot-table: return vocab * vocab, samples * dim
    # WRONG tokens-repeated-counted-once: return min(samples, vocab) * vocab, min(samples, vocab) * dim
    # WRONG numbers-of-four-bytes: return 4 * samples * vocab, 4 * samples * dim
    # WRONG one-hot-of-each-dimension: return samples * vocab * dim, samples * dim
    # WRONG embedded-one-hot: return samples * vocab, samples * vocab * dim
    # WRONG product-added: return samples + vocab, samples + dim
    # WRONG both-tables-added: return samples * vocab + vocab * vocab, samples * dim + vocab * dim
    # WRONG one-embedded-vector: return samples * vocab, dim
    # WRONG one-one-hot-vector: return vocab, samples * dim
    # END SOLUTION


def embedding_lookup(weight: Tensor, idx: Tensor) -> Tensor:
    """Look up a row of weight for each id, as nn.Embedding does (Mikolov et al., 2013; D2L 14.1).

    The last axis of the result holds the rows. They are the product of the one-hot vectors of idx with weight:

        embedding_lookup(weight, idx) = one_hot(idx) @ weight

    Gradients flow to weight. A row that several ids name gets the sum of their gradients. A row that no id names gets
    zeros. The function leaves its arguments unchanged. Indexing, torch.index_select, F.one_hot and
    matrix products are allowed.

    Args:
        weight: (v, d), float32 or float64: a row for each id.
        idx: ids from 0 to v - 1, int64, of any shape, such as (b, T) or (), and with any strides. Ids may repeat.

    Returns:
        idx.shape + (d,), of weight's dtype.

    Raises:
        IndexError or RuntimeError: an id is v or more. Either is right.

    >>> embedding_lookup(torch.tensor([[1.0, 2], [3, 4], [5, 6]]), torch.tensor([2, 0]))
    tensor([[5., 6.],
            [1., 2.]])
    """
    # BEGIN SOLUTION
    # The backward pass of indexing adds up the gradients of rows that were taken more than once.
    return weight[idx]
    # WRONG columns-looked-up: return weight.t()[idx]
    # WRONG ids-from-one: return weight[idx - 1]
    # WRONG row-zero-is-padding: return weight[idx] * (idx != 0).unsqueeze(dim=-1)
    # WRONG large-ids-clamped: return weight[idx.clamp(max=len(weight) - 1)]
    # WRONG large-ids-wrapped: return weight[idx % len(weight)]
    # WRONG large-ids-give-zeros: return (idx.unsqueeze(dim=-1) == torch.arange(len(weight))).to(weight.dtype) @ weight
    # WRONG weight-cut-off: return weight.detach()[idx]
    # WRONG one-hot-in-float32: return nn.functional.one_hot(idx, len(weight)).float() @ weight
    # WRONG one-hot-of-integers: return nn.functional.one_hot(idx, len(weight)) @ weight
    # WRONG rows-in-float32: return weight[idx].float()
    # WRONG rows-added-up: return weight[idx].sum(dim=-2) if idx.dim() else weight[idx]
    # WRONG rows-averaged: return weight[idx].mean(dim=-2) if idx.dim() else weight[idx]
    # WRONG scaled-by-the-root: return weight[idx] * weight.shape[1] ** 0.5
    # WRONG rows-of-length-one: return nn.functional.normalize(weight[idx], dim=-1)
    # WRONG ids-flattened: return weight[idx.reshape(-1)]
    # WRONG time-first: return weight[idx].transpose(0, -2) if idx.dim() else weight[idx]
    # WRONG axes-of-one-dropped: return weight[idx].squeeze()
    # WRONG two-axes-alone: return torch.stack([torch.stack([weight[i] for i in row]) for row in idx])
    # WRONG repeated-ids-left-out: return weight[idx.unique()]
    # WRONG gradient-of-a-repeated-row-averaged:
    #     count = idx.reshape(-1).bincount(minlength=len(weight)).clamp(min=1).unsqueeze(dim=1)
    #     return weight.detach()[idx] + ((weight - weight.detach()) / count)[idx]
    # WRONG as-many-rows-as-the-largest-id:
    #     one_hot = nn.functional.one_hot(idx).to(weight.dtype)
    #     return one_hot @ weight
    # WRONG one-hot-vectors: return nn.functional.one_hot(idx, len(weight)).to(weight.dtype)
    # END SOLUTION


def names_to_tensor(names: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Write names as rows of character codes, padded with zeros to the longest name.

    The code of a character is its ASCII code, which ord returns: "A" is 65, and a blank is 32. Each character counts,
    blanks as well, and upper case differs from lower case. A row holds the codes of its name from the left, then zeros.
    The rows are in the order of names: unlike the lecture's code, the function does not sort.

    The empty name "" is a row of zeros of length 0. If all names are empty, the rows have no columns.

    Args:
        names: a list or tuple of at least one name.

    Returns:
        The codes (b, T), int64, and the lengths of the names (b,), int64. T is the length of the longest name.

    Raises:
        ValueError: a character is not ASCII, because its ord is 128 or more. Subclasses such as UnicodeEncodeError are
            right, too.

    >>> names_to_tensor(["Li", "Ada"])
    (tensor([[ 76, 105,   0],
            [ 65, 100,  97]]), tensor([2, 3]))
    """
    # BEGIN SOLUTION
    lengths = torch.tensor([len(name) for name in names])
    # WRONG longest-length-for-all: lengths = torch.tensor([max(len(name) for name in names)] * len(names))
    # WRONG empty-name-of-length-one: lengths = torch.tensor([max(len(name), 1) for name in names])
    # WRONG lengths-in-float: lengths = torch.tensor([float(len(name)) for name in names])
    # WRONG lengths-as-a-column: lengths = torch.tensor([[len(name)] for name in names])
    # WRONG letters-counted: lengths = torch.tensor([sum(map(str.isalpha, name)) for name in names])
    # WRONG different-characters-counted: lengths = torch.tensor([len(set(name)) for name in names])
    # WRONG length-of-the-row: lengths = torch.tensor([len(name) + 1 for name in names])
    # WRONG sorted-by-length:
    #     names = sorted(names, key=len, reverse=True)
    #     lengths = torch.tensor([len(name) for name in names])
    # WRONG lengths-alone-sorted: lengths = torch.tensor(sorted(map(len, names), reverse=True))
    # WRONG stripped:
    #     names = [name.strip() for name in names]
    #     lengths = torch.tensor([len(name) for name in names])
    # WRONG lower-case:
    #     names = [name.lower() for name in names]
    #     lengths = torch.tensor([len(name) for name in names])
    # WRONG upper-case:
    #     names = [name.upper() for name in names]
    #     lengths = torch.tensor([len(name) for name in names])
    # WRONG backwards:
    #     names = [name[::-1] for name in names]
    #     lengths = torch.tensor([len(name) for name in names])
    # WRONG cut-to-the-shortest:
    #     shortest = min(len(name) for name in names)
    #     names = [name[:shortest] for name in names]
    #     lengths = torch.tensor([len(name) for name in names])
    # WRONG foreign-characters-dropped:
    #     names = ["".join(c for c in name if ord(c) < 128) for name in names]
    #     lengths = torch.tensor([len(name) for name in names])
    codes = torch.zeros(len(names), int(lengths.max()), dtype=torch.int64)
    # WRONG codes-in-float: codes = torch.zeros(len(names), int(lengths.max()))
    # WRONG codes-in-int32: codes = torch.zeros(len(names), int(lengths.max()), dtype=torch.int32)
    # WRONG padded-with-blanks: codes = torch.full((len(names), int(lengths.max())), ord(" "))
    # WRONG padded-with-minus-one: codes = torch.full((len(names), int(lengths.max())), -1)
    # WRONG a-column-too-many: codes = torch.zeros(len(names), int(lengths.max()) + 1, dtype=torch.int64)
    # WRONG different-characters-counted:
    #     codes = torch.zeros(len(names), max(map(len, names)), dtype=torch.int64)
    # WRONG letters-counted: codes = torch.zeros(len(names), max(map(len, names)), dtype=torch.int64)
    for i, name in enumerate(names):
        if any(ord(character) >= 128 for character in name):
            # WRONG foreign-characters-accepted: if False:
            # WRONG codes-modulo-128: if False:
            # WRONG latin-characters-accepted: if any(ord(character) >= 256 for character in name):
            # WRONG 128-accepted: if any(ord(character) > 128 for character in name):
            # WRONG 127-refused: if any(ord(character) >= 127 for character in name):
            # WRONG letters-and-blanks-alone: if any(not (c.isascii() and (c.isalpha() or c == " ")) for c in name):
            # WRONG first-character-tested: if name and ord(name[0]) >= 128:
            # WRONG control-characters-refused: if not name.isascii() or not name.isprintable():
            raise ValueError(f"{name!r} has a character that is not ASCII")
        row = [ord(character) for character in name]
        # WRONG codes-modulo-128: row = [ord(character) % 128 for character in name]
        # WRONG letters-from-one: row = [ord(character) - ord("a") + 1 for character in name]
        # WRONG digits-for-codes: row = [ord(character) - ord("0") for character in name]
        # WRONG codes-from-zero: row = [ord(character) - 32 for character in name]
        # WRONG codes-plus-one: row = [ord(character) + 1 for character in name]
        codes[i, : len(name)] = torch.tensor(row)
        # WRONG padded-on-the-left: codes[i, codes.shape[1] - len(name) :] = torch.tensor(row)
        # WRONG last-character-missing: codes[i, : max(len(name) - 1, 0)] = torch.tensor(row[:-1])
        # WRONG first-character-missing: codes[i, : max(len(name) - 1, 0)] = torch.tensor(row[1:])
        # WRONG name-repeated:
        #     if row:
        #         codes[i] = torch.tensor(row * codes.shape[1])[: codes.shape[1]]
    return codes, lengths
    # WRONG lengths-first: return lengths, codes
    # WRONG codes-time-first: return codes.t(), lengths
    # WRONG rows-in-lists: return codes.tolist(), lengths.tolist()
    # WRONG lengths-in-a-list: return codes, lengths.tolist()
    # END SOLUTION


class NameClassifier(nn.Module):
    """Map each name to scores of its country: an embedding, a GRU and a linear layer (lecture 13; Cho et al., 2014).

        embedded = embedding(seqs)
        last = the state of the GRU's last layer after the last character of each name
        scores = fc(last)

    A name has its own length, and what follows in its row is padding. The net reads a name as if it were alone, without
    its padding:

    - The forward direction ends at character lengths[i] - 1 of name i. Its last state is the summary of the name.
    - The backward direction reads the characters lengths[i] - 1 to 0, in this order. Its last state, after character 0,
      is the second summary. The bidirectional net gives both to fc: the forward state first, then the backward state.
      The lecture's code has the opposite order.
    - Padding can be any id. Any id can be part of a name, also 0.

    All first states are 0. There is no dropout, no activation and no softmax, and the net is the same in training and
    evaluation. Gradients flow to all parameters.

    Args:
        vocab_size: the number of ids.
        hidden_size: the length of an embedded vector, and the number of hidden units of each layer in each direction.
        num_classes: the number of countries.
        num_layers: the number of layers of the GRU.
        bidirectional: whether the GRU reads in both directions.

    Attributes:
        embedding: nn.Embedding with vocab_size rows of length hidden_size.
        gru: nn.GRU with num_layers layers of hidden_size units, with biases.
        fc: nn.Linear from the summaries to num_classes, with bias: 2 * hidden_size features if the net is
            bidirectional, otherwise hidden_size.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        num_classes: int,
        num_layers: int = 1,
        bidirectional: bool = True,
    ) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        # WRONG id-zero-is-padding: self.embedding = nn.Embedding(vocab_size, hidden_size, padding_idx=0)
        # WRONG 128-ids-always: self.embedding = nn.Embedding(128, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional)
        # WRONG layers-ignored:
        #     self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True, bidirectional=bidirectional)
        # WRONG always-bidirectional:
        #     bidirectional = True
        #     self.gru = nn.GRU(hidden_size, hidden_size, num_layers, batch_first=True, bidirectional=True)
        # WRONG never-bidirectional:
        #     bidirectional = False
        #     self.gru = nn.GRU(hidden_size, hidden_size, num_layers, batch_first=True)
        # WRONG plain-rnn:
        #     self.gru = nn.RNN(hidden_size, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional)
        # WRONG gru-without-bias:
        #     self.gru = nn.GRU(hidden_size, hidden_size, num_layers, False, True, bidirectional=bidirectional)
        self.fc = nn.Linear(2 * hidden_size if bidirectional else hidden_size, num_classes)
        # WRONG backward-state-alone: self.fc = nn.Linear(hidden_size, num_classes)
        # WRONG forward-state-alone: self.fc = nn.Linear(hidden_size, num_classes)
        # WRONG directions-added: self.fc = nn.Linear(hidden_size, num_classes)
        # WRONG all-layers: self.fc = nn.Linear(hidden_size * num_layers * (1 + bidirectional), num_classes)
        # WRONG fc-without-bias: self.fc = nn.Linear(self.gru.hidden_size * (1 + bidirectional), num_classes, bias=False)
        # END SOLUTION

    def forward(self, seqs: Tensor, lengths: Tensor) -> Tensor:
        """Map the names to scores. The arguments stay unchanged.

        Args:
            seqs: (b, T), int64 ids; T may be more than the longest length.
            lengths: (b,), int64, from 1 to T, in any order.

        Returns:
            (b, num_classes), raw scores of the names, in the order of seqs.
        """
        # BEGIN SOLUTION
        embedded = self.embedding(seqs)
        # WRONG weights-of-the-embedding-fixed: embedded = self.embedding(seqs).detach()
        # WRONG embedding-scaled: embedded = self.embedding(seqs) * self.embedding.embedding_dim**0.5
        # WRONG zeros-counted-as-padding:
        #     lengths = (seqs != 0).sum(dim=1).clamp(min=1)
        #     embedded = self.embedding(seqs)
        # WRONG read-to-the-longest:
        #     lengths = lengths.max().expand(len(lengths))
        #     embedded = self.embedding(seqs)
        # WRONG last-character-left-out:
        #     lengths = (lengths - 1).clamp(min=1)
        #     embedded = self.embedding(seqs)
        # WRONG names-reversed:
        #     embedded = self.embedding(seqs).flip(1)
        # WRONG sorted-not-restored:
        #     lengths, order = lengths.sort(descending=True)
        #     embedded = self.embedding(seqs[order])
        # WRONG only-lengths-sorted:
        #     lengths = lengths.sort(descending=True).values
        #     embedded = self.embedding(seqs)
        # The backward direction starts at the last character of each name, which packing marks.
        packed = pack_padded_sequence(embedded, lengths.cpu(), batch_first=True, enforce_sorted=False)
        # WRONG lengths-must-be-sorted: packed = pack_padded_sequence(embedded, lengths.cpu(), batch_first=True)
        # WRONG padding-read: packed = embedded
        # WRONG padding-set-to-zero:
        #     packed = embedded * (torch.arange(seqs.shape[1]) < lengths.unsqueeze(dim=1)).unsqueeze(dim=2)
        _, h_n = self.gru(packed)
        last = torch.cat([h_n[-2], h_n[-1]], dim=1) if self.gru.bidirectional else h_n[-1]
        # WRONG backward-first: last = torch.cat([h_n[-1], h_n[-2]], dim=1) if self.gru.bidirectional else h_n[-1]
        # WRONG first-layer: last = torch.cat([h_n[0], h_n[1]], dim=1) if self.gru.bidirectional else h_n[0]
        # WRONG forward-state-twice: last = torch.cat([h_n[-2], h_n[-2]], dim=1) if self.gru.bidirectional else h_n[-1]
        # WRONG backward-state-twice: last = torch.cat([h_n[-1], h_n[-1]], dim=1) if self.gru.bidirectional else h_n[-1]
        # WRONG backward-state-alone: last = h_n[-1]
        # WRONG forward-state-alone: last = h_n[-2] if self.gru.bidirectional else h_n[-1]
        # WRONG directions-added: last = h_n[-2] + h_n[-1] if self.gru.bidirectional else h_n[-1]
        # WRONG all-layers: last = h_n.transpose(0, 1).flatten(start_dim=1)
        # WRONG names-mixed: last = h_n[-2:].reshape(seqs.shape[0], -1) if self.gru.bidirectional else h_n[-1]
        # WRONG first-and-last-layer: last = torch.cat([h_n[0], h_n[-1]], dim=1) if self.gru.bidirectional else h_n[-1]
        # WRONG last-output-for-both-directions:
        #     output = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True)[0]
        #     last = output[torch.arange(len(seqs)), lengths - 1]
        # WRONG first-output-for-both-directions:
        #     last = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True)[0][:, 0]
        # WRONG output-at-the-end-of-the-row:
        #     last = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True)[0][:, -1]
        # WRONG outputs-averaged:
        #     output = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True)[0]
        #     last = output.sum(dim=1) / lengths.unsqueeze(dim=1)
        # WRONG largest-outputs:
        #     output = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], True, padding_value=-torch.inf)[0]
        #     last = output.amax(dim=1)
        # WRONG forward-at-its-end-backward-through-padding:
        #     output, size = self.gru(embedded)[0], self.gru.hidden_size
        #     last = torch.cat([output[torch.arange(len(seqs)), lengths - 1, :size], output[:, 0, size:]], dim=1)
        return self.fc(last)
        # WRONG probabilities: return self.fc(last).softmax(dim=1)
        # WRONG log-probabilities: return self.fc(last).log_softmax(dim=1)
        # WRONG scores-activated: return self.fc(last).relu()
        # WRONG summary-activated: return self.fc(last.relu())
        # WRONG summary-through-tanh: return self.fc(last.tanh())
        # WRONG decided-class: return self.fc(last).argmax(dim=1)
        # END SOLUTION
