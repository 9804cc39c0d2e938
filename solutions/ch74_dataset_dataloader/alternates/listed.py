"""The examples as a list of rows; the csv module; an index list that grows; F.pad."""

import csv
from pathlib import Path

import numpy
import torch
from torch.utils.data import DataLoader, Dataset


def load_array(data_arrays, batch_size, is_train=True):
    assert len({len(array) for array in data_arrays}) == 1
    return DataLoader(list(zip(*data_arrays, strict=True)), batch_size=batch_size, shuffle=is_train)


class CSVImageDataset(Dataset):
    def __init__(self, annotations_file, img_dir, transform=None, target_transform=None):
        with Path(annotations_file).open(newline="") as file:
            reader = csv.reader(file)
            next(reader)
            self.img_labels = [(name, int(label)) for name, label in reader]
        self.img_dir = img_dir
        self.transform = transform
        self.target_transform = target_transform

    def __len__(self):
        return len(self.img_labels)

    def __getitem__(self, idx):
        img_path = f"{self.img_dir}/{self.img_labels[idx][0]}"
        if img_path.endswith(".npy"):
            image = torch.tensor(numpy.load(img_path))
        else:
            with Path(img_path).open("rb") as file:
                image = torch.load(file)
        label = self.img_labels[idx][1]
        if self.transform:
            image = self.transform(image)
        if self.target_transform:
            label = self.target_transform(label)
        return image, label


class BatchSampler:
    def __init__(self, n, batch_size, shuffle, drop_last, generator=None):
        if n < 0 or batch_size <= 0:
            raise ValueError("sizes")
        self.n, self.batch_size = n, batch_size
        self.shuffle, self.drop_last = shuffle, drop_last
        self.generator = generator

    def __iter__(self):
        order = range(self.n)
        if self.shuffle:
            order = torch.rand(self.n, generator=self.generator, dtype=torch.float64).argsort().tolist()
        batch = []
        for index in order:
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self):
        return (self.n + (0 if self.drop_last else self.batch_size - 1)) // self.batch_size


def pad_collate(batch, padding_value=0.0):
    sequences, labels = zip(*batch, strict=True)
    longest = max(sequence.shape[0] for sequence in sequences)
    rows = []
    for sequence in sequences:
        missing = longest - sequence.shape[0]
        rest = torch.full((missing, *sequence.shape[1:]), padding_value).to(sequence.dtype)
        rows.append(torch.cat([sequence, rest]))
    lengths = torch.tensor([sequence.shape[0] for sequence in sequences], dtype=torch.int64)
    return torch.stack(rows), lengths, torch.LongTensor(labels)


def get_fashion_mnist_labels(labels):
    names = "t-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot".split(",")
    return [names[label] for label in map(int, labels)]
