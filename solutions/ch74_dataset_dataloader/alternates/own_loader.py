"""A loader without torch's, columns in two lists, iterators of ready lists, one index for all elements."""

import math
from pathlib import Path

import numpy as np
import torch


class Loader:
    def __init__(self, arrays, batch_size, is_train):
        assert all(array.shape[0] == arrays[0].shape[0] for array in arrays), "rows"
        self.arrays, self.batch_size, self.is_train = arrays, batch_size, is_train

    def __len__(self):
        return math.ceil(len(self.arrays[0]) / self.batch_size)

    def __iter__(self):
        n = len(self.arrays[0])
        order = torch.randperm(n) if self.is_train else torch.arange(n)
        return (tuple(array[rows] for array in self.arrays) for rows in order.split(self.batch_size))


def load_array(data_arrays, batch_size, is_train=True):
    return Loader(data_arrays, batch_size, is_train)


class CSVImageDataset(torch.utils.data.Dataset):
    def __init__(self, annotations_file, img_dir, transform=None, target_transform=None):
        with Path(annotations_file).open() as file:
            rows = [line.rstrip("\n") for line in file][1:]
        self.names = [row.partition(",")[0] for row in rows]
        self.labels = [int(row.partition(",")[2]) for row in rows]
        self.folder = Path(img_dir)
        self.transform = transform or (lambda image: image)
        self.target_transform = target_transform or (lambda label: label)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, idx):
        if not -len(self) <= idx < len(self):
            raise IndexError(f"there is no example {idx}")
        idx %= len(self)
        file = self.folder / self.names[idx]
        image = torch.as_tensor(np.load(file)) if file.name.endswith(".npy") else torch.load(file)
        return self.transform(image), self.target_transform(self.labels[idx])


class BatchSampler:
    def __init__(self, n, batch_size, shuffle, drop_last, generator=None):
        if n < 0:
            raise ValueError("n")
        if not batch_size >= 1:
            raise ValueError("batch_size")
        self.settings = n, batch_size, shuffle, drop_last, generator

    def __len__(self):
        n, batch_size, _, drop_last, _ = self.settings
        return math.floor(n / batch_size) if drop_last else math.ceil(n / batch_size)

    def __iter__(self):
        n, batch_size, shuffle, _, generator = self.settings
        order = list(range(n))
        if shuffle:
            for i in range(n - 1, 0, -1):
                j = int(torch.randint(i + 1, (1,), generator=generator))
                order[i], order[j] = order[j], order[i]
        return iter([order[i * batch_size : (i + 1) * batch_size] for i in range(len(self))])


def pad_collate(batch, padding_value=0.0):
    lengths = torch.tensor([len(x) for x, _ in batch])
    first = batch[0][0]
    padded = torch.empty((len(batch), max(lengths), *first.shape[1:]), dtype=first.dtype).fill_(padding_value)
    for i, (x, _) in enumerate(batch):
        for t, element in enumerate(x):
            padded[i, t] = element
    return padded, lengths, torch.tensor([y for _, y in batch])


def get_fashion_mnist_labels(labels):
    names = {0: "t-shirt", 1: "trouser", 2: "pullover", 3: "dress", 4: "coat"}
    names |= {5: "sandal", 6: "shirt", 7: "sneaker", 8: "bag", 9: "ankle boot"}
    found = []
    for label in labels:
        found.append(names[int(label)])
    return found
