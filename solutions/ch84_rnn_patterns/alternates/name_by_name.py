"""Every name by itself, row by row; no batch, no packing."""

import torch
from torch import nn


def state_shapes(seq_len, batch, input_size, hidden_size, num_layers, bidirectional, batch_first):
    shapes = {"input": [seq_len, batch, input_size], "output": [seq_len, batch, hidden_size * (1 + bidirectional)]}
    if batch_first:
        for shape in shapes.values():
            shape[0], shape[1] = shape[1], shape[0]
    for key in ("h_0", "h_n"):
        shapes[key] = [num_layers << bidirectional, batch, hidden_size]
    return {key: tuple(shape) for key, shape in shapes.items()}


def storage_cost(samples, vocab, dim):
    return sum(vocab for _ in range(samples)), sum(dim for _ in range(samples))


def embedding_lookup(weight, idx):
    if idx.dim() == 0:
        return weight[int(idx)]
    if len(idx) == 0:
        return weight.new_zeros(*idx.shape, weight.shape[1])
    return torch.stack([embedding_lookup(weight, part) for part in idx])


def names_to_tensor(names):
    rows = [torch.tensor(list(name.encode("ascii")), dtype=torch.int64) for name in names]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True), torch.tensor([len(row) for row in rows])


class NameClassifier(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_classes, num_layers=1, bidirectional=True):
        super().__init__()
        self.fc = nn.Linear(hidden_size * (1 + bidirectional), num_classes)
        self.gru = nn.GRU(hidden_size, hidden_size, num_layers, bidirectional=bidirectional)
        self.embedding = nn.Embedding(vocab_size, hidden_size)

    def forward(self, seqs, lengths):
        rows = []
        for ids, length in zip(seqs, lengths, strict=True):
            _, h_n = self.gru(self.embedding(ids[:length]))
            layers = h_n.unflatten(0, (self.gru.num_layers, -1))
            rows.append(layers[-1].flatten())
        return self.fc(torch.stack(rows))
