"""ch74 Dataset and DataLoader: from files to minibatches.

See D2L 3.3 (chapter_linear-networks/linear-regression-concise) and 3.5
(chapter_linear-networks/image-classification-dataset), and PyTorch's tutorial "Datasets and DataLoaders".

A data set has __len__ and __getitem__: it gives one example for an index. A sampler chooses the indices of each
minibatch. A collate function joins the examples of a minibatch into tensors. A DataLoader brings the three together,
and may read the examples in other processes, its workers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils import data


def load_array(data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True) -> data.DataLoader:
    # WRONG in-order-by-default: def load_array(data_arrays, batch_size, is_train=False):
    """Return a loader of minibatches over the rows of all arrays (D2L 3.3.2).

    Example i has row i of each array. A loop over the loader is an epoch: it has each example exactly once. For
    training, each epoch is in a new random order of all examples. Otherwise each epoch is in the order of the rows.

    The loader is iterable, but no iterator: a loop over it begins a new epoch, also inside another loop over it. Its
    first minibatch is next(iter(loader)), and next(loader) raises TypeError. The arrays stay unchanged.

    Args:
        data_arrays: a list or tuple of one or more tensors with the same number n of rows, at least 1, of any dtypes.
        batch_size: the number of rows in a minibatch. The last minibatch has the rest, which may be fewer.
        is_train: whether the order is random.

    Returns:
        A loader. A minibatch is a list or tuple with a tensor for each array, in the order of data_arrays:
        (batch_size, ...), of the array's dtype. len(loader) is the number of minibatches in an epoch.

    Raises:
        AssertionError: the arrays have different numbers of rows. TensorDataset has this assertion.
    """
    # BEGIN SOLUTION
    dataset = data.TensorDataset(*data_arrays)
    # WRONG star-forgotten: dataset = data.TensorDataset(data_arrays)
    # WRONG first-array-alone: dataset = data.TensorDataset(data_arrays[0])
    # WRONG two-arrays-at-most: dataset = data.TensorDataset(*data_arrays[:2])
    # WRONG arrays-reversed: dataset = data.TensorDataset(*data_arrays[::-1])
    # WRONG all-in-float32: dataset = data.TensorDataset(*(array.float() for array in data_arrays))
    # WRONG rows-flattened: dataset = data.TensorDataset(*(a.flatten(min(1, a.dim() - 1)) for a in data_arrays))
    # WRONG column-vectors-flattened: dataset = data.TensorDataset(*(array.squeeze() for array in data_arrays))
    # WRONG cut-to-the-shortest: dataset = data.TensorDataset(*(a[: min(map(len, data_arrays))] for a in data_arrays))
    # WRONG arrays-shuffled-apart:
    #     order = [torch.randperm(len(array)) if is_train else slice(None) for array in data_arrays]
    #     dataset = data.TensorDataset(*(array[rows] for array, rows in zip(data_arrays, order)))
    # WRONG shuffled-once:
    #     order = torch.randperm(len(data_arrays[0])) if is_train else slice(None)
    #     dataset = data.TensorDataset(*(array[order] for array in data_arrays))
    # WRONG arrays-shuffled-in-place:
    #     order = torch.randperm(len(data_arrays[0]))
    #     for array in data_arrays:
    #         array.copy_(array[order])
    #     dataset = data.TensorDataset(*data_arrays)
    return data.DataLoader(dataset, batch_size, shuffle=is_train)
    # WRONG never-shuffled: return data.DataLoader(dataset, batch_size)
    # WRONG shuffled-in-any-case: return data.DataLoader(dataset, batch_size, shuffle=True)
    # WRONG shuffled-for-evaluation: return data.DataLoader(dataset, batch_size, shuffle=not is_train)
    # WRONG arrays-shuffled-apart: return data.DataLoader(dataset, batch_size)
    # WRONG shuffled-once: return data.DataLoader(dataset, batch_size)
    # WRONG last-batch-dropped: return data.DataLoader(dataset, batch_size, shuffle=is_train, drop_last=True)
    # WRONG last-batch-dropped-in-training:
    #     return data.DataLoader(dataset, batch_size, shuffle=is_train, drop_last=is_train)
    # WRONG batch-size-ignored: return data.DataLoader(dataset, shuffle=is_train)
    # WRONG batch-size-as-the-number-of-batches:
    #     return data.DataLoader(dataset, -(-len(dataset) // batch_size), shuffle=is_train)
    # WRONG all-in-one-batch: return data.DataLoader(dataset, len(dataset), shuffle=is_train)
    # WRONG iterator-returned: return iter(data.DataLoader(dataset, batch_size, shuffle=is_train))
    # WRONG first-batch-returned: return next(iter(data.DataLoader(dataset, batch_size, shuffle=is_train)))
    # WRONG data-set-returned: return dataset
    # WRONG drawn-with-replacement:
    #     sampler = data.RandomSampler(dataset, replacement=True) if is_train else None
    #     return data.DataLoader(dataset, batch_size, sampler=sampler)
    # WRONG batches-shuffled:
    #     batches = torch.arange(len(dataset)).split(batch_size)
    #     sampler = [batch.tolist() for batch in batches]
    #     return data.DataLoader(dataset, batch_sampler=data.SubsetRandomSampler(sampler) if is_train else sampler)
    # WRONG shuffled-within-batches:
    #     class Sampler:
    #         def __len__(self):
    #             return -(-len(dataset) // batch_size)
    #         def __iter__(self):
    #             for batch in torch.arange(len(dataset)).split(batch_size):
    #                 yield batch[torch.randperm(len(batch))].tolist() if is_train else batch.tolist()
    #     return data.DataLoader(dataset, batch_sampler=Sampler())
    # WRONG pairs-in-dictionaries:
    #     def collate(examples):
    #         return dict(enumerate(map(torch.stack, zip(*examples))))
    #     return data.DataLoader(dataset, batch_size, shuffle=is_train, collate_fn=collate)
    # WRONG lone-array-unpacked:
    #     alone = (lambda rows: torch.stack([row for row, in rows])) if len(data_arrays) == 1 else None
    #     return data.DataLoader(dataset, batch_size, shuffle=is_train, collate_fn=alone)
    # WRONG same-seed-in-each-epoch:
    #     class Order:
    #         def __len__(self):
    #             return len(dataset)
    #         def __iter__(self):
    #             return iter(torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0)).tolist())
    #     return data.DataLoader(dataset, batch_size, sampler=Order() if is_train else None)
    # END SOLUTION


class CSVImageDataset(data.Dataset):
    """A data set of images in files, whose names and labels are in a CSV file.

    The first line of the CSV file is a header, whatever it says. Each other line is an example: the path of an image
    file below img_dir, a comma and a label. The path may have subfolders, as in "cats/7.npy". The label is a whole
    number, as int() reads it. Several examples may have the same file. Lines end in "\\n" or "\\r\\n"; after the last
    line the end may be missing. There are no empty lines, no quotes, no spaces, and no further commas.

    An image is a tensor of any shape and dtype. A file whose name ends in ".npy" was written by numpy.save, from the
    tensor's numpy array. A file whose name ends in ".pt" was written by torch.save.

    The CSV file is read once, in __init__. An image is read whenever its item is asked for, and only then: so the data
    set may be larger than the memory. The files stay unchanged. Worker processes of a DataLoader may ask for items, in
    any order.
    """

    def __init__(
        self,
        annotations_file: str,
        img_dir: str,
        transform: Callable[[Tensor], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
    ) -> None:
        """Read the CSV file.

        Args:
            annotations_file: the path of the CSV file, which may be in any folder.
            img_dir: the folder of the images.
            transform: is called with the image of an item, each time that the item is asked for. None: no change.
            target_transform: is called in the same way with the label. None: no change.
        """
        # BEGIN SOLUTION
        lines = Path(annotations_file).read_text(encoding="utf-8").splitlines()
        # WRONG last-line-needs-an-end: lines = Path(annotations_file).read_text().split("\n")[:-1]
        self.rows = [line.split(",") for line in lines[1:]]
        # WRONG header-as-an-example: self.rows = [line.split(",") for line in lines]
        # WRONG first-example-skipped: self.rows = [line.split(",") for line in lines[2:]]
        # WRONG last-example-skipped: self.rows = [line.split(",") for line in lines[1:-1]]
        # WRONG sorted-by-name: self.rows = sorted(line.split(",") for line in lines[1:])
        # WRONG a-label-for-each-file: self.rows = list(dict(line.split(",") for line in lines[1:]).items())
        self.img_dir = img_dir
        # WRONG images-beside-the-csv-file: self.img_dir = Path(annotations_file).parent
        # WRONG images-in-a-certain-folder: self.img_dir = Path(annotations_file).parent / "images"
        self.transform, self.target_transform = transform, target_transform
        # WRONG transforms-swapped: self.transform, self.target_transform = target_transform, transform
        # WRONG target-transform-ignored: self.transform, self.target_transform = transform, None
        # WRONG transform-ignored: self.transform, self.target_transform = None, target_transform
        # WRONG transform-for-both: self.transform, self.target_transform = transform, target_transform or transform
        # WRONG target-transform-needs-transform:
        #     self.transform, self.target_transform = transform, target_transform if transform else None
        # WRONG all-images-read-at-once:
        #     self.transform, self.target_transform = transform, target_transform
        #     self.items = [self.read(i) for i in range(len(self.rows))]
        # WRONG last-image-kept:
        #     self.transform, self.target_transform = transform, target_transform
        #     self.seen = {}
        # WRONG index-ignored:
        #     self.transform, self.target_transform = transform, target_transform
        #     self.position = -1
        # END SOLUTION

    def __len__(self) -> int:
        """Return the number of examples, which may be 0."""
        # BEGIN SOLUTION
        return len(self.rows)
        # WRONG header-counted: return len(self.rows) + 1
        # WRONG last-index-as-the-length: return len(self.rows) - 1
        # WRONG files-counted: return len({name for name, _ in self.rows})
        # WRONG classes-counted: return len({label for _, label in self.rows})
        # WRONG folder-counted: return sum(path.is_file() for path in Path(self.img_dir).rglob("*"))
        # END SOLUTION

    def __getitem__(self, idx: int) -> tuple[Tensor, Any]:
        # WRONG all-images-read-at-once:
        #     def __getitem__(self, idx):
        #         return self.items[idx]
        #     def read(self, idx):
        # WRONG last-image-kept:
        #     def __getitem__(self, idx):
        #         if idx not in self.seen:
        #             self.seen[idx] = self.read(idx)
        #         return self.seen[idx]
        #     def read(self, idx):
        """Return an item.

        Args:
            idx: the number of the example. A negative number counts from the end: -1 is the last example.

        Returns:
            The image with its shape and dtype, and the label, an int. If there are transforms, what they return.

        Raises:
            IndexError: there is no such example: idx < -n or idx >= n, where n is the number of examples.
        """
        # BEGIN SOLUTION
        name, label = self.rows[idx]
        # WRONG first-example-always: name, label = self.rows[min(idx, 0)]
        # WRONG numbers-from-one: name, label = self.rows[idx - 1]
        # WRONG number-around-the-end: name, label = self.rows[idx % len(self.rows)]
        # WRONG negative-refused:
        #     if not 0 <= idx < len(self.rows):
        #         raise IndexError(idx)
        #     name, label = self.rows[idx]
        # WRONG value-error-out-of-range:
        #     if not -len(self.rows) <= idx < len(self.rows):
        #         raise ValueError(idx)
        #     name, label = self.rows[idx]
        # WRONG nothing-out-of-range:
        #     if not -len(self.rows) <= idx < len(self.rows):
        #         return None
        #     name, label = self.rows[idx]
        # WRONG negative-as-positive: name, label = self.rows[abs(idx)]
        # WRONG too-low-clamped: name, label = self.rows[max(idx, -len(self.rows))]
        # WRONG index-ignored:
        #     self.position = (self.position + 1) % len(self.rows)
        #     name, label = self.rows[self.position]
        path = Path(self.img_dir, name)
        # WRONG subfolders-ignored: path = Path(self.img_dir, Path(name).name)
        # WRONG relative-to-the-current-folder: path = Path(name)
        if path.suffix == ".npy":
            image = torch.from_numpy(np.load(path))
            # WRONG npy-in-float32: image = torch.from_numpy(np.load(path)).float()
            # WRONG npy-as-arrays: image = np.load(path)
            # WRONG npy-scaled: image = torch.from_numpy(np.load(path)) / 255
            # WRONG channels-first: image = torch.from_numpy(np.load(path)).movedim(-1, 0)
        else:
            image = torch.load(path, weights_only=True)
            # WRONG pt-in-float32: image = torch.load(path, weights_only=True).float()
            # WRONG npy-alone: image = torch.from_numpy(np.load(path))
        # WRONG images-in-float32, 2 lines:
        #     image = torch.from_numpy(np.load(path)) if path.suffix == ".npy" else torch.load(path)
        #     image = image.float()
        target = int(label)
        # WRONG labels-as-text: target = label
        # WRONG labels-as-tensors: target = torch.tensor(int(label))
        # WRONG labels-as-floats: target = float(label)
        # WRONG labels-from-zero: target = sorted({int(label) for _, label in self.rows}).index(int(label))
        # WRONG labels-without-sign: target = abs(int(label))
        if self.transform is not None:
            image = self.transform(image)
            # WRONG result-of-transform-dropped: self.transform(image)
            # WRONG transform-twice: image = self.transform(self.transform(image))
        if self.target_transform is not None:
            # WRONG target-transform-unless-zero: if self.target_transform is not None and target:
            target = self.target_transform(target)
            # WRONG target-transform-gets-text: target = self.target_transform(label)
        return image, target
        # WRONG image-alone: return image
        # WRONG label-first: return target, image
        # WRONG name-added: return image, target, name
        # WRONG items-as-dictionaries: return {"image": image, "label": target}
        # END SOLUTION


class BatchSampler:
    """Yield the numbers 0 to n - 1 in lists of batch_size numbers: the indices of the minibatches of an epoch.

    A loop over the sampler is an epoch. Any number of epochs may follow, and each begins anew. Two iterators at the
    same time do not disturb each other. Each list is new, so that the caller may change it.

    With `shuffle`, each epoch has a new random order, and all orders are equally likely. Without it, the order is
    0, 1, 2, ... The sampler can be the batch_sampler of a DataLoader.
    """

    def __init__(
        self, n: int, batch_size: int, shuffle: bool, drop_last: bool, generator: torch.Generator | None = None
    ) -> None:
        """Store the settings.

        Args:
            n: the number of examples, which may be 0.
            batch_size: the number of indices in a list.
            shuffle: whether the order is random.
            drop_last: whether to leave out the last list if it has fewer than batch_size indices.
            generator: the source of all random numbers. No other source is used or changed then. A generator with the
                same seed gives the same epochs. None: torch's global generator, so that torch.manual_seed repeats the
                epochs.

        Raises:
            ValueError: n is negative, or batch_size is less than 1.
        """
        # BEGIN SOLUTION
        if n < 0:
            # WRONG negative-number-accepted: if False:
            # WRONG empty-refused: if n <= 0:
            raise ValueError(f"a data set of {n} examples")
            # WRONG negative-number-is-zero: n = 0
        if batch_size < 1:
            # WRONG batch-size-not-tested: if False:
            # WRONG zero-accepted: if batch_size < 0:
            # WRONG batch-of-one-refused: if batch_size < 2:
            raise ValueError(f"minibatches of {batch_size} examples")
            # WRONG batch-size-at-least-one: batch_size = 1
        # WRONG assertions, 4 lines:
        #     assert n >= 0 and batch_size >= 1
        self.n, self.batch_size = n, batch_size
        # WRONG sizes-swapped: self.n, self.batch_size = batch_size, max(n, 1)
        # WRONG drawn-in-the-constructor:
        #     self.n, self.batch_size = n, batch_size
        #     self.order = torch.randperm(n, generator=generator).tolist()
        self.shuffle, self.drop_last, self.generator = shuffle, drop_last, generator
        # WRONG flags-swapped: self.shuffle, self.drop_last, self.generator = drop_last, shuffle, generator
        # WRONG drop-last-reversed: self.shuffle, self.drop_last, self.generator = shuffle, not drop_last, generator
        # WRONG shuffle-reversed: self.shuffle, self.drop_last, self.generator = not shuffle, drop_last, generator
        # WRONG generator-ignored: self.shuffle, self.drop_last, self.generator = shuffle, drop_last, None
        # WRONG seed-of-zero-by-default:
        #     self.shuffle, self.drop_last = shuffle, drop_last
        #     self.generator = generator or torch.Generator().manual_seed(0)
        # WRONG one-list-for-all-batches:
        #     self.shuffle, self.drop_last, self.generator = shuffle, drop_last, generator
        #     self.batch = []
        # END SOLUTION

    def __iter__(self) -> Iterator[list[int]]:
        # WRONG list-for-an-iterator:
        #     def __iter__(self):
        #         return list(self.batches())
        #     def batches(self):
        """Begin an epoch: yield a list of indices for each minibatch. The numbers are Python ints."""
        # BEGIN SOLUTION
        order = torch.randperm(self.n, generator=self.generator).tolist() if self.shuffle else list(range(self.n))
        # WRONG drawn-in-the-constructor: order = self.order if self.shuffle else list(range(self.n))
        # WRONG never-in-random-order: order = list(range(self.n))
        # WRONG always-in-random-order: order = torch.randperm(self.n, generator=self.generator).tolist()
        # WRONG numbers-begin-at-one:
        #     order = torch.randperm(self.n, generator=self.generator).tolist() if self.shuffle else list(range(self.n))
        #     order = [i + 1 for i in order]
        # WRONG indices-drawn-with-replacement:
        #     order = list(range(self.n))
        #     if self.shuffle and self.n:
        #         order = torch.randint(self.n, (self.n,), generator=self.generator).tolist()
        # WRONG rotated-at-random:
        #     order = list(range(self.n))
        #     if self.shuffle and self.n:
        #         first = int(torch.randint(self.n, (), generator=self.generator))
        #         order = order[first:] + order[:first]
        # WRONG order-of-batches-alone:
        #     batches = list(torch.arange(self.n).split(self.batch_size)) if self.n else []
        #     places = torch.randperm(len(batches), generator=self.generator).tolist()
        #     order = list(range(self.n))
        #     if self.shuffle:
        #         order = [i for place in places for i in batches[place].tolist()]
        # WRONG order-within-batches-alone:
        #     batches = list(torch.arange(self.n).split(self.batch_size)) if self.n else []
        #     if self.shuffle:
        #         batches = [batch[torch.randperm(len(batch), generator=self.generator)] for batch in batches]
        #     order = [i for batch in batches for i in batch.tolist()]
        # WRONG seeded-in-each-epoch:
        #     generator = torch.Generator().manual_seed(0)
        #     order = torch.randperm(self.n, generator=generator).tolist() if self.shuffle else list(range(self.n))
        # WRONG first-seed-in-each-epoch:
        #     if self.generator is not None:
        #         self.generator.manual_seed(self.generator.initial_seed())
        #     order = torch.randperm(self.n, generator=self.generator).tolist() if self.shuffle else list(range(self.n))
        # WRONG numpy-for-torch:
        #     order = list(range(self.n))
        #     if self.shuffle and self.generator is None:
        #         order = np.random.permutation(self.n).tolist()
        #     elif self.shuffle:
        #         order = torch.randperm(self.n, generator=self.generator).tolist()
        # WRONG global-generator-seeded:
        #     if self.shuffle and self.generator is not None:
        #         torch.manual_seed(int(torch.randint(2**31, (), generator=self.generator)))
        #     order = torch.randperm(self.n).tolist() if self.shuffle else list(range(self.n))
        # WRONG tensors-of-indices:
        #     order = torch.randperm(self.n, generator=self.generator) if self.shuffle else torch.arange(self.n)
        # WRONG tensors-in-lists:
        #     order = torch.randperm(self.n, generator=self.generator) if self.shuffle else torch.arange(self.n)
        #     order = list(order)
        # WRONG over-after-one-epoch:
        #     order = torch.randperm(self.n, generator=self.generator).tolist() if self.shuffle else list(range(self.n))
        #     if getattr(self, "over", False):
        #         return
        #     self.over = True
        # WRONG iterators-share-a-position:
        #     if not getattr(self, "left", None):
        #         random = torch.randperm(self.n, generator=self.generator).tolist()
        #         self.left = random if self.shuffle else list(range(self.n))
        #     while self.left:
        #         batch = [self.left.pop(0) for _ in range(min(self.batch_size, len(self.left)))]
        #         if len(batch) == self.batch_size or not self.drop_last:
        #             yield batch
        #     return
        for start in range(0, self.n, self.batch_size):
            # WRONG one-after-the-other: for start in range(self.n):
            batch = order[start : start + self.batch_size]
            # WRONG first-numbers-again: batch = (order + order)[start : start + self.batch_size]
            # WRONG one-after-the-other: batch = order[start]
            # WRONG one-list-for-all-batches:
            #     self.batch[:] = order[start : start + self.batch_size]
            #     batch = self.batch
            if len(batch) == self.batch_size or not self.drop_last:
                # WRONG never-dropped: if True:
                # WRONG short-list-always-dropped: if len(batch) == self.batch_size:
                # WRONG last-list-always-dropped: if start + self.batch_size < self.n or not self.drop_last:
                # WRONG first-list-dropped: if start >= self.n % self.batch_size or not self.drop_last:
                # WRONG one-after-the-other: if True:
                yield batch
        # END SOLUTION

    def __len__(self) -> int:
        """Return the number of lists in an epoch."""
        # BEGIN SOLUTION
        return self.n // self.batch_size if self.drop_last else -(-self.n // self.batch_size)
        # WRONG length-rounded-down: return self.n // self.batch_size
        # WRONG length-rounded-up: return -(-self.n // self.batch_size)
        # WRONG length-plus-one: return self.n // self.batch_size + (not self.drop_last)
        # WRONG number-of-examples: return self.n
        # WRONG size-of-a-list: return min(self.n, self.batch_size)
        # WRONG length-rounded: return round(self.n / self.batch_size)
        # WRONG length-in-halves: return self.n / self.batch_size
        # WRONG drop-last-reversed: return -(-self.n // self.batch_size) if self.drop_last else self.n // self.batch_size
        # WRONG one-at-least:
        #     return max(1, self.n // self.batch_size if self.drop_last else -(-self.n // self.batch_size))
        # END SOLUTION


def pad_collate(batch: Sequence[tuple[Tensor, int]], padding_value: float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
    # WRONG minus-one-by-default: def pad_collate(batch, padding_value=-1.0):
    """Join sequences of different lengths into a minibatch, as the collate_fn of a DataLoader.

    Each sequence is padded at its end up to the length T of the longest sequence. The examples keep their order. The
    result has memory of its own, and the sequences stay unchanged.

    Args:
        batch: a list or tuple of b examples, at least one: a sequence (t, ...) and its label, an int. The length t may
            differ between the sequences, and may be 0. The other axes and the dtype are the same for all. The
            sequences may have any strides.
        padding_value: the number that fills the rest, converted to the dtype of the sequences.

    Returns:
        (padded, lengths, labels): the padded sequences (b, T, ...), of their dtype; the lengths before padding (b,),
        int64; and the labels (b,), int64.

    >>> pad_collate([(torch.tensor([5, 6, 7]), 1), (torch.tensor([8]), 0)])
    (tensor([[5, 6, 7],
            [8, 0, 0]]), tensor([3, 1]), tensor([1, 0]))
    """
    # BEGIN SOLUTION
    sequences = [sequence for sequence, _ in batch]
    # WRONG sorted-by-length:
    #     batch = sorted(batch, key=lambda example: -len(example[0]))
    #     sequences = [sequence for sequence, _ in batch]
    # WRONG sequences-reversed: sequences = [sequence.flip(0) for sequence, _ in batch]
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    # WRONG all-numbers-counted: lengths = torch.tensor([sequence.numel() for sequence in sequences])
    # WRONG padding-counted: lengths = torch.tensor([max(map(len, sequences))] * len(sequences))
    # WRONG padding-in-place-of-lengths: lengths = torch.tensor([max(map(len, sequences)) - len(s) for s in sequences])
    # WRONG numbers-of-nonzeros: lengths = torch.tensor([int((s.flatten(1).any(1) if s.dim() > 1 else s != 0).sum()) for s in sequences])
    # WRONG padding-value-not-counted: lengths = torch.tensor([int((s != padding_value).sum()) if s.dim() == 1 else len(s) for s in sequences])
    # WRONG lengths-in-float: lengths = torch.tensor([float(len(sequence)) for sequence in sequences])
    # WRONG lengths-in-int32: lengths = torch.tensor([len(sequence) for sequence in sequences], dtype=torch.int32)
    # WRONG length-one-at-least: lengths = torch.tensor([max(1, len(sequence)) for sequence in sequences])
    longest = int(lengths.max())
    # WRONG first-is-the-longest: longest = len(sequences[0])
    # WRONG cut-to-the-shortest-sequence: longest = int(lengths.min())
    # WRONG one-more-for-padding: longest = int(lengths.max()) + 1
    # WRONG length-of-ten: longest = 10
    # WRONG all-lengths-added: longest = int(lengths.sum())
    padded = sequences[0].new_full((len(sequences), longest, *sequences[0].shape[1:]), padding_value)
    # WRONG zeros-in-any-case: padded = sequences[0].new_zeros((len(sequences), longest, *sequences[0].shape[1:]))
    # WRONG padded-in-float32: padded = torch.full((len(sequences), longest, *sequences[0].shape[1:]), padding_value)
    # WRONG padding-without-fraction:
    #     padded = sequences[0].new_full((len(sequences), longest, *sequences[0].shape[1:]), int(padding_value))
    # WRONG left-as-found: padded = sequences[0].new_full((len(sequences), longest, *sequences[0].shape[1:]), 0.5)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence[:longest]
        # WRONG padded-in-front: row[longest - len(sequence) :] = sequence[:longest]
        # WRONG last-row-repeated:
        #     row[: len(sequence)] = sequence[:longest]
        #     if padding_value == 0 and len(sequence):
        #         row[len(sequence) :] = sequence[-1]
        # WRONG sequence-from-the-start-again:
        #     for t in range(longest if len(sequence) else 0):
        #         row[t] = sequence[t % len(sequence)]
        # WRONG last-element-lost: row[: len(sequence) - 1] = sequence[:longest][:-1]
    return padded, lengths, torch.tensor([label for _, label in batch])
    # WRONG length-first: return padded.transpose(0, 1), lengths, torch.tensor([label for _, label in batch])
    # WRONG lone-example-without-axis:
    #     padded = padded[0] if len(padded) == 1 else padded
    #     return padded, lengths, torch.tensor([label for _, label in batch])
    # WRONG lone-example-not-copied:
    #     padded = sequences[0][None] if len(padded) == 1 else padded
    #     return padded, lengths, torch.tensor([label for _, label in batch])
    # WRONG sequences-cleared:
    #     for sequence in sequences:
    #         sequence.zero_()
    #     return padded, lengths, torch.tensor([label for _, label in batch])
    # WRONG lengths-last: return padded, torch.tensor([label for _, label in batch]), lengths
    # WRONG lengths-missing: return padded, torch.tensor([label for _, label in batch])
    # WRONG labels-as-a-list: return padded, lengths, [label for _, label in batch]
    # WRONG labels-in-float: return padded, lengths, torch.tensor([float(label) for _, label in batch])
    # WRONG labels-as-columns: return padded, lengths, torch.tensor([[label] for _, label in batch])
    # WRONG mask-for-lengths:
    #     mask = torch.arange(longest) < lengths[:, None]
    #     return padded, mask, torch.tensor([label for _, label in batch])
    # WRONG lengths-as-a-list: return padded, lengths.tolist(), torch.tensor([label for _, label in batch])
    # WRONG labels-in-int32: return padded, lengths, torch.tensor([label for _, label in batch], dtype=torch.int32)
    # END SOLUTION


def get_fashion_mnist_labels(labels: Iterable[int]) -> list[str]:
    """Return the names of classes of Fashion-MNIST (D2L 3.5.1).

    The ten classes, from 0 to 9, are: t-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.
    The names are spelled in this way, with small letters, a hyphen and a space.

    Args:
        labels: whole numbers from 0 to 9, of any type: a list, a tuple, a tensor (n,) of any dtype, or another
            iterable, such as a generator. There may be none.

    Returns:
        A list of the names, one for each label, in the order of the labels.

    >>> get_fashion_mnist_labels(torch.tensor([9, 2]))
    ['ankle boot', 'pullover']
    """
    # BEGIN SOLUTION
    names = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
    # WRONG shirts-swapped:
    #     names = ["shirt", "trouser", "pullover", "dress", "coat", "sandal", "t-shirt", "sneaker", "bag", "ankle boot"]
    # WRONG names-of-torchvision:
    #     names = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"]
    #     names += ["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
    # WRONG underscores-in-names:
    #     names = ["t_shirt", "trouser", "pullover", "dress", "coat"]
    #     names += ["sandal", "shirt", "sneaker", "bag", "ankle_boot"]
    # WRONG names-with-capitals:
    #     names = ["T-Shirt", "Trouser", "Pullover", "Dress", "Coat"]
    #     names += ["Sandal", "Shirt", "Sneaker", "Bag", "Ankle Boot"]
    # WRONG several-of-each:
    #     names = ["t-shirts", "trousers", "pullovers", "dresses", "coats"]
    #     names += ["sandals", "shirts", "sneakers", "bags", "ankle boots"]
    # WRONG alphabetical-order: names = sorted("t-shirt trouser pullover dress coat sandal shirt sneaker bag".split()) + ["ankle boot"]
    # WRONG sneaker-and-sandal-swapped:
    #     names = ["t-shirt", "trouser", "pullover", "dress", "coat", "sneaker", "shirt", "sandal", "bag", "ankle boot"]
    return [names[int(label)] for label in labels]
    # WRONG classes-from-one: return [names[int(label) - 1] for label in labels]
    # WRONG without-repetition: return [names[i] for i in dict.fromkeys(int(label) for label in labels)]
    # WRONG order-of-the-classes: return [names[i] for i in sorted(int(label) for label in labels)]
    # WRONG order-turned-round: return [names[int(label)] for label in labels][::-1]
    # WRONG first-name-alone: return [names[int(label)] for label in labels][:1]
    # WRONG names-in-one-text: return ", ".join(names[int(label)] for label in labels)
    # WRONG all-ten-names: return names
    # WRONG names-in-a-dictionary: return {int(label): names[int(label)] for label in labels}
    # WRONG tensors-alone: return [names[int(label)] for label in labels.tolist()]
    # WRONG labels-counted-first: return [names[int(labels[i])] for i in range(len(labels))]
    # WRONG labels-not-converted: return [names[label] for label in labels]
    # WRONG names-one-by-one: return (names[int(label)] for label in labels)
    # WRONG positions-for-labels: return [names[i % 10] for i, _ in enumerate(labels)]
    # END SOLUTION
