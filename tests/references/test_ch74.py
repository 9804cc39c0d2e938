"""ch74's reference against torch's loaders and samplers, pad_sequence and torchvision's classes."""

from itertools import product

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils import data
from torchvision.datasets import FashionMNIST


def test_load_array(reference):
    """load_array agrees with slices of the arrays. In training it has each row once, in a new order each time."""
    X, y = torch.randn(11, 3), torch.arange(11)
    for size in (1, 2, 3, 11, 20):
        loader = reference.load_array((X, y), size, is_train=False)
        assert len(loader) == -(-11 // size)
        for i, (some, labels) in enumerate(loader):
            torch.testing.assert_close(some, X[i * size : (i + 1) * size])
            torch.testing.assert_close(labels, y[i * size : (i + 1) * size])
        orders = []
        for _ in range(2):
            rows = [torch.cat(part) for part in zip(*reference.load_array((X, y), size), strict=True)]
            torch.testing.assert_close(rows[0], X[rows[1]])
            assert sorted(rows[1].tolist()) == list(range(11))
            orders.append(rows[1].tolist())
        assert orders[0] != orders[1]
    with pytest.raises(AssertionError):
        reference.load_array((X, y[1:]), 3)
    with pytest.raises(TypeError):
        next(reference.load_array((X, y), 3))


def test_images(reference, tmp_path):
    """CSVImageDataset enumerates a folder of images, one by one and in the batches of a loader with workers."""
    images = [torch.randn(2, 3), torch.randn(2, 3), torch.randn(2, 3)]
    folder = tmp_path / "images" / "sub"
    folder.mkdir(parents=True)
    np.save(folder / "a.npy", images[0].numpy())
    torch.save(images[1], folder.parent / "b.pt")
    np.save(folder.parent / "c.npy", images[2].numpy())
    (tmp_path / "labels.csv").write_text("name,label\r\nsub/a.npy,4\r\nb.pt,-1\r\nc.npy,7", newline="")
    dataset = reference.CSVImageDataset(str(tmp_path / "labels.csv"), str(folder.parent))
    assert len(dataset) == 3
    assert [label for _, label in dataset] == [4, -1, 7]
    for i in range(-3, 3):
        torch.testing.assert_close(dataset[i][0], images[i])
    for i in (3, -4):
        with pytest.raises(IndexError):
            dataset[i]
    (batch,) = data.DataLoader(dataset, 3, num_workers=2, multiprocessing_context="fork")
    torch.testing.assert_close(batch[0], torch.stack(images))
    assert batch[1].tolist() == [4, -1, 7]


def test_batch_sampler(reference):
    """BatchSampler agrees with torch's samplers, and draws as torch's loaders do."""
    for n, size, drop_last in product(range(8), range(1, 9), (False, True)):
        ours = reference.BatchSampler(n, size, False, drop_last)
        theirs = data.BatchSampler(data.SequentialSampler(range(n)), size, drop_last)
        assert list(ours) == list(ours) == list(theirs)
        assert len(ours) == len(theirs)
        ours = reference.BatchSampler(n, size, True, drop_last, torch.Generator().manual_seed(n))
        generator = torch.Generator().manual_seed(n)
        for _ in range(3):
            theirs = torch.randperm(n, generator=generator).split(size) if n else []
            assert list(ours) == [batch.tolist() for batch in theirs if len(batch) == size or not drop_last]
    for n, size in ((-1, 2), (3, 0), (3, -2)):
        with pytest.raises(ValueError, match="examples"):
            reference.BatchSampler(n, size, False, False)


def test_pad_collate(reference):
    """pad_collate agrees with pad_sequence."""
    for shape, dtype, value in product([(), (3,), (2, 1, 4)], [torch.float32, torch.float64, torch.int64], [0, -1, 7]):
        lengths = torch.randint(0, 6, (4,)).tolist()
        sequences = [(9 * torch.randn(t, *shape)).to(dtype) for t in lengths]
        padded, found, labels = reference.pad_collate(list(zip(sequences, [3, -1, 2**40, 0], strict=True)), value)
        torch.testing.assert_close(padded, pad_sequence(sequences, batch_first=True, padding_value=value))
        torch.testing.assert_close(found, torch.tensor(lengths))
        torch.testing.assert_close(labels, torch.tensor([3, -1, 2**40, 0]))


def test_labels(reference):
    """get_fashion_mnist_labels has torchvision's classes, apart from capitals and "T-shirt/top"."""
    names = [name.partition("/")[0].lower() for name in FashionMNIST.classes]
    assert reference.get_fashion_mnist_labels(range(10)) == names
    assert reference.get_fashion_mnist_labels(torch.tensor([9, 0, 0])) == ["ankle boot", "t-shirt", "t-shirt"]
    assert reference.get_fashion_mnist_labels([]) == []
