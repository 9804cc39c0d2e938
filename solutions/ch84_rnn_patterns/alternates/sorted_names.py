"""The lecture's way: names sorted by length, packed, and back in their order; one-hot products for the embedding."""

import torch
from torch import nn
from torch.nn import functional as F


def state_shapes(seq_len, batch, input_size, hidden_size, num_layers, bidirectional, batch_first):
    if bidirectional:
        shapes = state_shapes(seq_len, batch, input_size, hidden_size, 2 * num_layers, False, batch_first)
        return {**shapes, "output": (*shapes["output"][:2], 2 * hidden_size)}
    steps = {True: (batch, seq_len), False: (seq_len, batch)}[batch_first]
    state = num_layers, batch, hidden_size
    return {"h_n": state, "output": (*steps, hidden_size), "h_0": state, "input": (*steps, input_size)}


def storage_cost(samples, vocab, dim):
    one_hot, embedded = torch.empty(samples, vocab, device="meta"), torch.empty(samples, dim, device="meta")
    return one_hot.numel(), embedded.numel()


def embedding_lookup(weight, idx):
    return F.one_hot(idx, len(weight)).to(weight.dtype) @ weight


def names_to_tensor(names):
    longest = max(len(name) for name in names)
    rows = []
    for name in names:
        if not name.isascii():
            raise ValueError(name)
        rows.append([ord(letter) for letter in name] + [0] * (longest - len(name)))
    return torch.tensor(rows, dtype=torch.long).reshape(len(names), longest), torch.tensor(
        [len(name) for name in names]
    )


class NameClassifier(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_classes, num_layers=1, bidirectional=True):
        super().__init__()
        self.n_layers, self.n_directions = num_layers, 2 if bidirectional else 1
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, num_layers, bidirectional=bidirectional)
        self.fc = nn.Linear(hidden_size * self.n_directions, num_classes)

    def forward(self, seqs, lengths):
        sorted_lengths, order = lengths.sort(descending=True)
        embedded = self.embedding(seqs[order].t())  # time first
        first = embedded.new_zeros(self.n_layers * self.n_directions, len(seqs), self.gru.hidden_size)
        _, h_n = self.gru(nn.utils.rnn.pack_padded_sequence(embedded, sorted_lengths), first)
        last = torch.cat(list(h_n[-self.n_directions :]), dim=1)
        return self.fc(last[order.argsort()])
