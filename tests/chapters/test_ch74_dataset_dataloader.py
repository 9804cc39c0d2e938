"""ch74: load_array, CSVImageDataset, BatchSampler, pad_collate, get_fashion_mnist_labels.

Checks turn random orders into values that do not depend on the random stream: an exact fact, or a rounded statistic.
Data loaders have workers wherever processes can fork: in the sandbox on Linux, and on macOS.
"""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.utils import data

from dlgrade.testing import (
    close,
    folder_of,
    promise,
    shuffled,
    standard,
    value_or_error,
    words,
    written_from_scratch,
)

DTYPES = [torch.float32, torch.float64, torch.int64, torch.uint8]


def workers():
    """For probes: the arguments for a DataLoader with two workers, or none where processes cannot fork."""
    if "fork" in torch.multiprocessing.get_all_start_methods():
        return {"num_workers": 2, "multiprocessing_context": "fork"}
    return {}


def minibatches(loader):
    """For probes: the minibatches of an epoch, each as a list of its parts. Anything else stays as it is."""
    return [list(batch) if isinstance(batch, (list, tuple)) else batch for batch in loader]


def loaded(dataset, *settings, **more):
    """For probes: the minibatches of a DataLoader with workers, which end at once.

    After an error, they would end when Python collects the iterator. This takes ten seconds, maybe of another check.
    """
    iterator = iter(data.DataLoader(dataset, *settings, **more, **workers()))
    try:
        return minibatches(iterator)
    finally:
        getattr(iterator, "_shutdown_workers", list)()


def sorted_epoch(loader):
    """For probes: the parts of an epoch, sorted by the first numbers of the first part."""
    batches = minibatches(loader)
    if not batches or not all(isinstance(batch, list) for batch in batches):
        return batches
    parts = [torch.cat(part) for part in zip(*batches, strict=True)]
    if len({len(part) for part in parts}) > 1:
        return parts
    order = parts[0].reshape(len(parts[0]), -1)[:, 0].argsort()
    return [part[order] for part in parts]


def order_of(loader):
    """For probes: the numbers of the first part, in the order of an epoch."""
    return [number for batch in loader for number in batch[0].flatten().tolist()]


def frequencies(orders):
    """For probes: each order of three that occurs among 600, and its share, 1 if it differs by chance alone.

    Rounding takes more than five standard deviations.
    """
    found = sorted(set(map(tuple, orders)))
    return found, [round(orders.count(list(order)) / 100) for order in found]


@pytest.mark.exercise("load_array")
class TestLoadArray:
    @pytest.fixture
    def arrays(self, randn, chance):
        """arrays(7): features and labels of 7 examples."""
        return lambda n: [randn(n, chance.randint(2, 4)), randn(n, 1)]

    @standard(
        promise.untouched, call=lambda impl, arrays, size, train: sorted_epoch(impl.load_array(arrays, size, train))
    )
    def arguments(self, arrays, chance):
        return {"data_arrays": arrays(chance.randint(5, 9)), "batch_size": chance.randint(2, 3), "is_train": True}

    @pytest.mark.points(2)
    def test_order_of_the_rows(self, agree, arrays, chance):
        """Gives minibatches in the order of the rows if is_train is False.
        is_train 为 False 时，按行的顺序给出小批量。"""
        size = chance.randint(3, 6)
        rows = arrays(size * chance.randint(2, 4))
        agree(lambda impl: minibatches(impl.load_array(rows, size, is_train=False)))

    @pytest.mark.points(2)
    def test_short_last_batch(self, agree, arrays, chance):
        """The last minibatch has the remaining rows.
        最后一个小批量由剩余的行组成。"""
        size = chance.randint(4, 7)
        rows = arrays(size * chance.randint(1, 3) + chance.randint(1, size - 1))
        agree(lambda impl: minibatches(impl.load_array(rows, size, False)))

    def test_large_and_small_batches(self, agree, arrays, chance):
        """A minibatch may have a single row, all rows, or fewer rows than batch_size.
        小批量可以只有一行，可以包含所有行；总行数也可以少于 batch_size。"""
        n = chance.randint(3, 6)
        rows = arrays(n)
        agree(lambda impl: [minibatches(impl.load_array(rows, size, False)) for size in (1, n, n + 2)])

    def test_one_array(self, agree, randn, chance):
        """Gives a list or tuple with one tensor if there is one array.
        只有一个数组时，小批量是只含一个张量的列表或元组。"""
        X, size = randn(chance.randint(4, 9), 2), chance.randint(2, 3)
        agree(lambda impl: [minibatches(impl.load_array(arrays, size, False)) for arrays in ([X], (X,))])

    def test_several_arrays(self, agree, randn, chance):
        """Accepts any number of arrays, of any shape and dtype, and keeps them.
        数组的个数、形状和 dtype 任意，形状和 dtype 保持不变。"""
        n, size = chance.randint(5, 8), chance.randint(2, 4)
        arrays = [
            randn(n, 2, 3, 1, dtype=torch.float64),
            randn(n).argsort(),
            randn(n, 1) > 0,
            (50 * randn(n, 2)).abs().byte(),
        ]
        agree(lambda impl: minibatches(impl.load_array(arrays, size, False)))

    @pytest.mark.points(2)
    def test_rows_stay_together(self, agree, arrays, chance):
        """In training, row i of each array stays in the same example, and each example occurs once.
        训练时，各数组的第 i 行仍属于同一个样本，每个样本恰好出现一次。"""
        rows, size = arrays(chance.randint(20, 40)), chance.randint(3, 7)
        agree(lambda impl: sorted_epoch(impl.load_array(rows, size)))

    def test_sizes_in_training(self, agree, arrays, chance):
        """In training, too, the last minibatch has the remaining rows.
        训练时，最后一个小批量同样由剩余的行组成。"""
        size = chance.randint(4, 7)
        rows = arrays(size * chance.randint(2, 3) + chance.randint(1, size - 1))

        def probe(impl):
            batches = minibatches(impl.load_array(rows, size, True))
            return [[list(part.shape) for part in batch] if isinstance(batch, list) else batch for batch in batches]

        agree(probe)

    @pytest.mark.points(2)
    def test_every_order(self, run, randn):
        """In training, all orders of the examples occur equally often.
        训练时，样本的各种顺序出现得同样频繁。"""
        X = randn(3, 1)

        def probe(impl):
            loader = impl.load_array([X], 2, True)
            return frequencies([order_of(loader) for _ in range(600)])

        close(run(probe), (sorted(itertools.permutations(X.flatten().tolist())), [1] * 6))

    def test_random_by_default(self, agree, randn, chance):
        """The order is random if is_train is not given.
        没有给出 is_train 时，顺序是随机的。"""
        X, size = randn(40, 1).sort(dim=0).values, chance.randint(3, 9)

        def probe(impl):
            order = order_of(impl.load_array([X], size))
            return order == sorted(order), sorted(order)

        agree(probe)

    def test_new_order(self, agree, randn, chance):
        """In training, each epoch has a new order. Otherwise all epochs have the same order.
        训练时，每个迭代周期的顺序都不同；否则，各迭代周期的顺序相同。"""
        X, size = randn(40, 1), chance.randint(3, 9)

        def probe(impl):
            loaders = [impl.load_array([X], size, is_train) for is_train in (True, False)]
            epochs = [[order_of(loader) for _ in range(3)] for loader in loaders]
            same = [a == b for orders in epochs for a, b in itertools.combinations(orders, 2)]
            return same, [sorted(order) for orders in epochs for order in orders]

        agree(probe)

    @pytest.mark.points(2)
    def test_loops_in_loops(self, agree, arrays, chance):
        """Each loop over the loader is a new epoch, also inside another loop.
        每次遍历都开始一个新的迭代周期，嵌套在另一次遍历之内时也是如此。"""
        rows, size = arrays(chance.randint(5, 7)), chance.randint(2, 3)

        def probe(impl):
            loader = impl.load_array(rows, size, False)
            pairs = [[*first, *second] for first in loader for second in loader]
            return pairs, minibatches(loader)

        agree(probe)

    def test_no_iterator(self, agree, arrays, chance):
        """next(iter(loader)) is the first minibatch, and next(loader) raises TypeError.
        next(iter(loader)) 是第一个小批量，而 next(loader) 抛出 TypeError。"""
        rows, size = arrays(chance.randint(5, 9)), chance.randint(2, 3)

        def probe(impl):
            loader = impl.load_array(rows, size, False)
            return [list(next(iter(loader))) for _ in range(2)], value_or_error(lambda: list(next(loader)))

        agree(probe)

    def test_length(self, agree, arrays, chance):
        """len(loader) is the number of minibatches.
        len(loader) 是小批量的个数。"""
        size, count = chance.randint(3, 6), chance.randint(3, 9)
        rows = [arrays(size * count + rest) for rest in (0, 1, size - 1)] + [arrays(size - 1)]
        agree(lambda impl: [[len(impl.load_array(r, size, training)) for r in rows] for training in (True, False)])

    def test_different_lengths(self, agree, randn, chance):
        """Raises AssertionError if the arrays have different numbers of rows.
        各数组的行数不同时抛出 AssertionError。"""
        n, size = chance.randint(4, 8), chance.randint(2, 3)
        cases = [[randn(n, 2), randn(m, 1)] for m in (n - 1, n + 1, n)] + [[randn(n, 2), randn(n), randn(n - 2)]]

        def epoch(impl, arrays):
            return minibatches(impl.load_array(arrays, size, False))

        agree(lambda impl: [value_or_error(epoch, impl, arrays) for arrays in cases])


def opened(
    impl,
    images,
    lines,
    action,
    transforms=(),
    end="\n",
    last="\n",
    header="file,label",
    csv="labels.csv",
    img_dir="images",
):
    """For probes: call action with a new data set of these images, lines and transforms, and with its two paths.

    Where a wrong path would lead, beside the CSV file and without subfolders, there are other images.
    """
    files, beside = {}, csv[: csv.rfind("/") + 1]
    for name, image in images.items():
        wrong = f"{img_dir}/{name[name.rfind('/') + 1 :]}", f"{beside}images/{name}", f"{beside}{name}"
        files |= {path: image + i for i, path in enumerate(wrong, start=1)}
    files |= {f"{img_dir}/{name}": image for name, image in images.items()}
    with folder_of({csv: end.join([header, *lines]) + last, **dict.fromkeys(files, "")}) as folder:
        for path, image in files.items():
            save(image, f"{folder}/{path}")
        paths = f"{folder}/{csv}", f"{folder}/{img_dir}"
        return action(impl.CSVImageDataset(*paths, *transforms), *paths)


def save(image, path):
    """For probes: write an image to a file, with numpy or with torch."""
    if path.endswith(".npy"):
        np.save(path, image.numpy())
    else:
        torch.save(image, path)


def items(dataset, *_):
    """For probes: all items of a data set."""
    return [dataset[i] for i in range(len(dataset))]


def length(dataset, *_):
    """For probes: the length of a data set."""
    return len(dataset)


def items_at(places):
    """For probes: an action for the items at these places, or the names of the errors."""
    return lambda dataset, *_: [value_or_error(dataset.__getitem__, place) for place in places]


@pytest.mark.exercise("CSVImageDataset")
class TestCSVImageDataset:
    @pytest.fixture
    def gallery(self, generator, chance, randn):
        """gallery(3, 5, ".npy"): three to five images by file name, and their lines in no order."""

        def draw(low, high, *ends, size=None):
            names = shuffled(generator, words(generator, chance.randint(low, high), length=4))
            images = {}
            for number, name in enumerate(names):
                shape = size or (chance.randint(1, 3), *chance.sample(range(2, 6), 2))
                images[name + ends[number % len(ends)]] = randn(*shape)
            return images, [f"{name},{chance.randint(1, 99)}" for name in images]

        return draw

    @pytest.fixture
    def same(self, agree):
        """same(images, lines, action): requires that the action gives the same as on the reference."""
        return lambda images, lines, action=items, *settings, **files: agree(
            lambda impl: opened(impl, images, lines, action, *settings, **files)
        )

    @pytest.mark.points(2)
    def test_npy_files(self, same, gallery):
        """Gives image and label of each line, from .npy files.
        按行给出图像和标签，图像来自 .npy 文件。"""
        same(*gallery(3, 6, ".npy"))

    @pytest.mark.points(2)
    def test_pt_files(self, same, gallery):
        """Reads .pt files, too, in the same folder.
        也能读取同一文件夹中的 .pt 文件。"""
        same(*gallery(4, 6, ".pt", ".npy"))

    def test_dtypes_and_shapes(self, same, gallery):
        """Keeps the shape and the dtype of each image.
        每张图像的形状和 dtype 保持不变。"""
        images, lines = gallery(8, 8, ".npy", ".pt", ".npy")
        for number, (name, image) in enumerate(images.items()):
            images[name] = (40 * image).abs().to(DTYPES[number % 4])
        images[name] = images[name].flatten()
        same(images, lines)

    @pytest.mark.points(2)
    def test_length(self, agree, gallery, chance):
        """len() is the number of examples, which may be 0.
        len() 是样本数，可以为 0。"""
        images, _ = gallery(5, 15, ".npy")
        lines = [f"{name},{chance.randint(1, 2)}" for name in images]
        some = lines, lines[: chance.randint(2, 4)], lines[:1], []
        agree(lambda impl: [opened(impl, images, part, length) for part in some])

    def test_any_order(self, same, gallery, chance):
        """Gives the same item for an index, however often and in whichever order it is asked for.
        不论按什么顺序访问、访问多少次，同一下标总是给出同一项。"""
        places = [*chance.sample(range(5), 5), *chance.choices(range(5), k=4)]
        same(*gallery(5, 5, ".npy", ".pt"), items_at(places))

    def test_negative_index(self, same, gallery):
        """A negative index counts from the end.
        负的下标从末尾数起。"""
        images, lines = gallery(3, 5, ".npy")
        same(images, lines, items_at(range(-1, -len(lines) - 1, -1)))

    def test_out_of_range(self, same, gallery, chance):
        """Raises IndexError for an index outside the data set, so that a for loop ends.
        下标越界时抛出 IndexError，因此 for 循环能够结束。"""
        images, lines = gallery(3, 5, ".npy")
        n, far = len(lines), chance.randint(2, 9)

        def action(dataset, *_):
            errors = items_at((n, n + far, -n - 1, -n - far))(dataset)
            return errors, value_or_error(lambda: list(itertools.islice(iter(dataset), n + 2)))

        same(images, lines, action)

    @pytest.mark.points(2)
    def test_transform(self, same, gallery, chance):
        """Applies transform to the image alone.
        transform 只作用于图像。"""
        factor = chance.randint(3, 9)
        same(*gallery(2, 4, ".npy", ".pt"), items, [lambda x: factor * x + 1])

    @pytest.mark.points(2)
    def test_target_transform(self, same, gallery, chance):
        """Applies target_transform to the label alone, also to the label 0.
        target_transform 只作用于标签，标签为 0 时也是如此。"""
        images, lines = gallery(2, 4, ".npy")
        lines[-1] = lines[-1].partition(",")[0] + ",0"
        factor = chance.randint(3, 9)
        same(images, lines, items, [None, lambda label: factor * label + 1])

    def test_both_transforms(self, same, gallery, chance):
        """Applies both transforms, whose results may be of any type.
        同时使用两个变换，变换的结果可以是任意类型。"""
        names = [f"class {chance.randint(10, 99)}" for _ in range(100)]
        same(*gallery(2, 4, ".npy"), items, [lambda x: list(x.shape), lambda label: names[label]])

    def test_random_transforms(self, agree, gallery, chance):
        """Calls the transforms once each time that an item is asked for, with the image or label of the file.
        每次访问一项时，两个变换各被调用一次，参数是文件中的图像和标签。"""
        images, lines = gallery(3, 3, ".npy")
        places = chance.choices(range(3), k=5)

        def probe(impl):
            seen = []

            def transform(value):
                seen.append(1 * value)
                return value + len(seen)

            action = lambda dataset, *_: [dataset[i] for i in places]  # noqa: E731
            return opened(impl, images, lines, action, [transform, transform]), seen

        agree(probe)

    def test_files_again(self, same, gallery, chance):
        """A file in several lines belongs to several examples.
        一个文件出现在多行中时，对应多个样本。"""
        images, lines = gallery(3, 3, ".npy")
        lines += [f"{name},{chance.randint(100, 200)}" for name in list(images)[:2]]
        same(images, lines, lambda dataset, *_: (items(dataset), len(dataset)))

    def test_line_ends(self, agree, gallery):
        """Accepts "\\r\\n" at the end of lines, and a last line without an end.
        每行可以以 "\\r\\n" 结尾，最后一行末尾可以没有换行。"""
        images, lines = gallery(3, 5, ".npy")
        ends = [{"end": end, "last": last} for end, last in (("\r\n", "\r\n"), ("\n", ""), ("\r\n", ""))]
        agree(lambda impl: [opened(impl, images, lines, items, **files) for files in ends])

    def test_any_header(self, agree, gallery):
        """Skips the first line, whatever it says.
        无论第一行是什么，都略过。"""
        images, lines = gallery(3, 5, ".npy")
        headers = "image,class", lines[0], "label"
        agree(lambda impl: [opened(impl, images, lines[1:], items, header=header) for header in headers])

    def test_labels(self, same, gallery, chance):
        """Labels are ints, as int() reads them: also negative, with zeros in front, and large.
        标签是 int() 读出的整数，可以为负、带前导零，也可以很大。"""
        images, _ = gallery(5, 5, ".npy")
        a, b, c = (chance.randint(1, 9) for _ in range(3))
        large = chance.randint(10**9, 10**10)
        labels = "0", f"-{a}", f"00{b}", f"{large}", f"+{c}"
        lines = [f"{name},{label}" for name, label in zip(images, labels, strict=True)]
        same(images, lines, lambda dataset, *_: [label for _, label in items(dataset)])

    def test_folders(self, agree, gallery, generator, chance):
        """Finds the images below img_dir, also in subfolders, wherever the CSV file is.
        不论 CSV 文件在哪里，都在 img_dir 及其子文件夹中查找图像。"""
        images, _ = gallery(4, 4, ".npy", ".pt")
        a, b, c, d = shuffled(generator, words(generator, 4))
        folders = "", f"{a}/", f"{a}/{b}/", f"{c}/"
        images = {folder + name: image for folder, (name, image) in zip(folders, images.items(), strict=True)}
        lines = [f"{name},{chance.randint(1, 99)}" for name in images]
        places = [{"csv": f"{d}.txt", "img_dir": a}, {"csv": f"{a}/{b}/{c}.csv", "img_dir": f"{d}/{c}"}]
        agree(lambda impl: [opened(impl, images, lines, items, **files) for files in places])

    @pytest.mark.points(2)
    def test_read_when_needed(self, same, gallery, randn, chance):
        """Reads an image only when its item is asked for, and reads it anew each time.
        只在访问某一项时才读取它的图像，而且每次都重新读取。"""
        images, lines = gallery(4, 4, ".npy", ".pt")
        changed, missing = randn(2, 3), chance.randint(1, 3)
        names = list(images)
        first, late = names[0], names[missing]
        del images[late]

        def action(dataset, _, img_dir):
            found = [dataset[0], value_or_error(dataset.__getitem__, missing)]
            for name in (first, late):
                save(changed, f"{img_dir}/{name}")
            return found, items_at((0, missing))(dataset)

        same(images, lines, action)

    def test_csv_file_read_once(self, same, gallery):
        """Reads the CSV file in __init__, so that it may change afterwards.
        在 __init__ 中读取 CSV 文件，此后文件可以改变。"""

        def action(dataset, csv, _):
            torch.save(0, csv)  # in place of its text
            return items(dataset), len(dataset)

        same(*gallery(3, 5, ".npy"), action)

    @pytest.mark.needs("npy_files")
    def test_items_of_their_own(self, agree, gallery):
        """A changed image changes neither the files nor later items.
        修改取出的图像，不影响文件和之后取出的项。"""
        images, lines = gallery(2, 4, ".npy", ".pt")

        def probe(impl):
            def action(dataset, *paths):
                for image, _ in items(dataset):
                    image.zero_()
                return items(dataset), items(impl.CSVImageDataset(*paths))

            return opened(impl, images, lines, action)

        agree(probe)

    @pytest.mark.points(2)
    @pytest.mark.needs("npy_files", "pt_files")
    @pytest.mark.timeout(20)
    def test_workers(self, same, gallery, chance):
        """Gives the same items to the worker processes of a DataLoader.
        在 DataLoader 的工作进程中，得到的各项与主进程中相同。"""
        images, lines = gallery(7, 7, ".npy", ".pt", size=(2, *chance.sample(range(2, 6), 2)))
        size, places = chance.randint(2, 3), chance.sample(range(7), 7)

        def action(dataset, *_):
            return loaded(dataset, size, sampler=places)

        same(images, lines, action, [lambda x: 2 * x, lambda label: label + 1])


def epoch(sampler):
    """For probes: all lists of an epoch, each as it is when it is yielded."""
    return [list(batch) if isinstance(batch, list) else batch for batch in sampler]


def numbers_of(sampler):
    """For probes: all numbers of an epoch."""
    found = []
    for batch in sampler:
        found += batch if isinstance(batch, list) else torch.as_tensor(batch).flatten().tolist()
    return found


def by_seed(sampler, seed):
    """For probes: whether the epochs are equal for equal seeds, and for two seeds; and the last epochs, sorted."""
    found = []
    for number in (seed, seed, seed + 1):
        made = sampler(number)
        found.append([numbers_of(made) for _ in range(2)])
    return found[0] == found[1], found[0] == found[2], [sorted(numbers) for numbers in found[2]]


def built(impl, *settings):
    """For probes: the number of lists of a sampler, or the name of the constructor's error."""
    sampler = value_or_error(impl.BatchSampler, *settings)
    return sampler if isinstance(sampler, str) else ["lists", value_or_error(len, sampler)]


@pytest.mark.exercise("BatchSampler")
class TestBatchSampler:
    @pytest.fixture
    def n(self, chance):
        """A number of examples between 20 and 60."""
        return chance.randint(20, 60)

    @pytest.fixture
    def uneven(self, chance):
        """n and batch_size: the last list is short."""
        size = chance.randint(4, 9)
        return size * chance.randint(2, 4) + chance.randint(1, size - 1), size

    @pytest.mark.points(2)
    def test_in_order(self, agree, chance):
        """Yields the numbers from 0 to n - 1 in order, in lists of batch_size.
        按顺序产生 0 到 n - 1，每个列表 batch_size 个。"""
        size = chance.randint(3, 6)
        n = size * chance.randint(2, 5)
        agree(lambda impl: [epoch(impl.BatchSampler(n, size, False, drop_last)) for drop_last in (False, True)])

    @pytest.mark.points(2)
    def test_short_last_list(self, agree, uneven):
        """Yields the remaining numbers as a shorter list without drop_last.
        没有 drop_last 时，剩余的数组成较短的列表。"""
        agree(lambda impl: epoch(impl.BatchSampler(*uneven, False, False)))

    @pytest.mark.points(2)
    def test_drop_last(self, agree, uneven):
        """Leaves out the shorter list with drop_last.
        有 drop_last 时，略去较短的列表。"""
        agree(lambda impl: epoch(impl.BatchSampler(*uneven, False, True)))

    @pytest.mark.points(2)
    def test_length(self, agree, chance):
        """len() is the number of lists in an epoch, with and without drop_last.
        不论有没有 drop_last，len() 都是一个迭代周期中列表的个数。"""
        size, count = chance.randint(4, 9), chance.randint(2, 9)
        sizes = [size * count, size * count + 1, size * count + size - 1, size - 1, size, 0]
        agree(lambda impl: [[len(impl.BatchSampler(n, size, False, drop)) for n in sizes] for drop in (False, True)])

    def test_no_examples(self, agree, uneven):
        """Yields nothing if n is 0.
        n 为 0 时，不产生任何列表。"""
        n, size = uneven
        flags = list(itertools.product((False, True), repeat=2))
        settings = [(0, size, *flag) for flag in flags] + [(n, size, False, False)]
        agree(lambda impl: [epoch(impl.BatchSampler(*setting)) for setting in settings])

    def test_large_and_small_lists(self, agree, chance):
        """A list may have a single number, or all numbers if batch_size is large.
        列表可以只有一个数；batch_size 很大时，包含所有的数。"""
        n = chance.randint(3, 7)
        settings = [(n, size, False, drop) for size in (1, n, n + 3) for drop in (False, True)]
        agree(lambda impl: [epoch(impl.BatchSampler(*setting)) for setting in settings])

    @pytest.mark.points(2)
    def test_every_number_once(self, agree, uneven, chance):
        """With shuffle, each number occurs exactly once in an epoch.
        有 shuffle 时，每个数在一个迭代周期中恰好出现一次。"""
        settings = [(*uneven, True, False), (chance.randint(20, 30), 1, True, True)]
        agree(lambda impl: [sorted(numbers_of(impl.BatchSampler(*setting))) for setting in settings])

    def test_sizes_of_shuffled_lists(self, agree, uneven):
        """With shuffle, too, drop_last leaves out the shorter list, and only this list.
        有 shuffle 时，drop_last 同样只略去较短的列表。"""

        def probe(impl):
            found = []
            for drop in (False, True):
                batches = epoch(impl.BatchSampler(*uneven, True, drop))
                numbers = numbers_of(batches)
                sizes = [len(batch) if isinstance(batch, list) else "no list" for batch in batches]
                found.append([sizes, len(set(numbers)), len(numbers)])
            return found

        agree(probe)

    @pytest.mark.points(2)
    def test_every_order(self, run, chance):
        """With shuffle, all orders are equally likely.
        有 shuffle 时，各种顺序出现的概率都相等。"""
        add = chance.randint(1, 1000)

        def probe(impl):
            sampler = impl.BatchSampler(3, 2, True, False)
            orders, shares = frequencies([numbers_of(sampler) for _ in range(600)])
            return [[number + add for number in order] for order in orders], shares

        orders = [[number + add for number in order] for order in itertools.permutations(range(3))]
        close(run(probe), (orders, [1] * 6))

    @pytest.mark.points(2)
    def test_new_order(self, agree, uneven):
        """With shuffle, each epoch has a new order, with and without a generator. Otherwise all have the same order.
        有 shuffle 时，不论是否给出 generator，每个迭代周期的顺序都不同；没有 shuffle 时，顺序都相同。"""
        n, size = uneven

        def probe(impl):
            same, counts = [], []
            for shuffle, seeded in itertools.product((True, False), repeat=2):
                generator = torch.Generator().manual_seed(size) if seeded else None
                sampler = impl.BatchSampler(40 + n, size, shuffle, False, generator)
                epochs = [numbers_of(sampler) for _ in range(4)]
                same += [a == b for a, b in itertools.combinations(epochs, 2)]
                counts += [len(set(numbers)) for numbers in epochs]
            return same, counts

        agree(probe)

    def test_two_iterators(self, agree, uneven, chance):
        """Two iterators at the same time do not disturb each other.
        两个迭代器同时进行，互不影响。"""
        first = chance.randint(1, 2)

        def probe(impl):
            sampler = impl.BatchSampler(*uneven, False, False)
            one = iter(sampler)
            begin = [next(one, None) for _ in range(first)]
            two = iter(sampler)
            middle = [next(two, None), len(sampler)]
            return begin, middle, list(one), list(two)

        agree(probe)

    def test_new_lists(self, agree, uneven):
        """Each list is new: all lists can be kept, and changes have no effect.
        每个列表都是新的：可以全部保留，修改它们也没有影响。"""

        def probe(impl):
            sampler = impl.BatchSampler(*uneven, False, False)
            kept = list(sampler)
            copies = epoch(kept)
            for batch in sampler:
                if isinstance(batch, list):
                    batch.clear()
            return copies, epoch(sampler)

        agree(probe)

    @pytest.mark.points(2)
    def test_generator(self, agree, n, chance):
        """Generators with the same seed give the same epochs, and those with another seed give others.
        generator 的种子相同时，各迭代周期的顺序相同；种子不同时，顺序不同。"""
        size, seed = chance.randint(3, 7), chance.randint(1, 10**6)

        def probe(impl):
            def sampler(number):
                torch.rand(1)
                return impl.BatchSampler(n + 20, size, True, False, torch.Generator().manual_seed(number))

            return by_seed(sampler, seed)

        agree(probe)

    def test_generator_alone(self, agree, n, chance):
        """With a generator, the global generator neither matters nor changes.
        给出 generator 时，全局的随机数生成器既不起作用，也不改变。"""
        size, seed = chance.randint(3, 7), chance.randint(1, 10**6)

        def probe(impl):
            found, states = [], []
            for number in (seed, seed + 1):
                torch.manual_seed(number)
                before = torch.get_rng_state()
                sampler = impl.BatchSampler(n + 20, size, True, False, torch.Generator().manual_seed(seed))
                found.append(numbers_of(sampler))
                states.append(bool((before == torch.get_rng_state()).all()))
            return states, found[0] == found[1], sorted(found[0])

        agree(probe)

    def test_global_generator(self, agree, n, chance):
        """Without a generator, torch.manual_seed repeats the epochs.
        没有 generator 时，用 torch.manual_seed 可以重现各迭代周期的顺序。"""
        size, seed = chance.randint(3, 7), chance.randint(1, 10**6)

        def probe(impl):
            def sampler(number):
                torch.manual_seed(number)
                return impl.BatchSampler(n + 20, size, True, False)

            return by_seed(sampler, seed)

        agree(probe)

    def test_impossible_sizes(self, agree, chance):
        """The constructor raises ValueError for a negative n and for a batch_size below 1.
        n 为负或 batch_size 小于 1 时，构造函数抛出 ValueError。"""
        n, size = chance.randint(10, 20), chance.randint(2, 3)
        cases = [(-1, size), (-n, size), (n, 0), (n, -size), (n, size), (n, 1), (0, size)]
        agree(lambda impl: [built(impl, *case, shuffle, False) for case in cases for shuffle in (False, True)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("pad_collate")
class TestPadCollate:
    @pytest.fixture
    def examples(self, randn, chance):
        """examples([4, 2], 3): sequences of these lengths and of this further shape, with labels."""
        return lambda lengths, *shape: [(randn(t, *shape), chance.randint(1, 99)) for t in lengths]

    @standard(promise.untouched)
    def arguments(self, examples, chance):
        return {"batch": examples(chance.sample(range(2, 6), 3), 2), "padding_value": chance.randint(1, 9)}

    @pytest.mark.points(2)
    def test_vectors(self, agree, examples, chance):
        """Pads sequences of vectors with zeros at the end, up to the longest sequence.
        在向量序列的末尾补零，使长度等于最长的序列。"""
        batch = examples(chance.sample(range(2, 8), 4), chance.randint(2, 4))
        agree(lambda impl: impl.pad_collate(batch)[0])

    @pytest.mark.points(2)
    def test_lengths_and_labels(self, agree, examples, randn, chance):
        """Returns the lengths before padding, then the labels, both int64. A sequence may contain the padding value.
        依次返回填充前的长度和标签，都是 int64。序列中可以出现填充值。"""
        batch = examples(chance.sample(range(2, 9), 5), 2)
        tokens = [(randn(t).argsort(), chance.randint(0, 9)) for t in chance.sample(range(3, 9), 4)]
        value = chance.randint(0, 2)
        agree(lambda impl: [impl.pad_collate(batch)[1:], impl.pad_collate(tokens, value)[1:]])

    @pytest.mark.points(2)
    def test_tokens(self, agree, randn, chance):
        """Pads sequences of numbers, such as tokens, and keeps int64.
        填充由数组成的序列，例如词元，dtype 仍是 int64。"""
        batch = [(randn(t).argsort() + 1, chance.randint(0, 9)) for t in chance.sample(range(2, 9), 4)]
        agree(lambda impl: impl.pad_collate(batch))

    def test_longest_anywhere(self, agree, examples, chance):
        """The longest sequence may be the first, the last, or between.
        最长的序列可以是第一个、最后一个，或在中间。"""
        lengths = sorted(chance.sample(range(2, 9), 4))
        orders = [lengths, lengths[::-1], [*lengths[:2], lengths[3], lengths[2]]]
        batches = [examples(order, 2) for order in orders]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    @pytest.mark.points(2)
    def test_padding_value(self, agree, examples, randn, chance):
        """Fills the rest with padding_value, also with a fraction, a negative number or inf.
        用 padding_value 填充，它可以是小数、负数或 inf。"""
        batch = examples(chance.sample(range(1, 7), 3), 2)
        tokens = [(randn(t).argsort(), chance.randint(0, 9)) for t in chance.sample(range(2, 9), 3)]
        values = chance.randint(1, 9) + 0.25, -chance.randint(1, 9), -math.inf
        ignored = -chance.randint(50, 150)
        agree(lambda impl: [*(impl.pad_collate(batch, value) for value in values), impl.pad_collate(tokens, ignored)])

    def test_equal_lengths(self, agree, examples, chance):
        """Adds nothing to sequences of equal lengths.
        序列长度都相等时，不填充。"""
        batch = examples([chance.randint(2, 6)] * chance.randint(2, 4), 3)
        agree(lambda impl: impl.pad_collate(batch, 7.0))

    def test_empty_sequences(self, agree, examples, chance):
        """A sequence may have the length 0, and so may all sequences.
        序列的长度可以为 0，所有序列的长度也可以都为 0。"""
        some, none = examples(chance.sample([0, 0, 2, 3, 4], 5), 2), examples([0] * chance.randint(2, 4), 3)
        agree(lambda impl: [impl.pad_collate(some, 5.0), impl.pad_collate(none, 5.0)])

    def test_single_example(self, agree, examples, chance):
        """Keeps the batch axis for a single example.
        只有一个样本时，仍保留批量轴。"""
        batches = [examples([chance.randint(2, 6)], 3), examples([1]), examples([0], 2)]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    def test_further_axes(self, agree, examples, chance):
        """Sequences may have any number of further axes, of any size.
        序列可以有任意多个、任意大小的其余轴。"""
        a, b = chance.sample(range(2, 5), 2)
        batches = [examples(chance.sample(range(1, 5), 3), *shape) for shape in ((a, b), (1,), (b, 1, a))]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    def test_dtypes(self, agree, examples, chance):
        """Keeps the dtype of the sequences: float64, float16, uint8 or bool.
        保持序列的 dtype：float64、float16、uint8 或 bool。"""
        batch = examples(chance.sample(range(1, 6), 3), 2)
        dtypes = torch.float64, torch.float16, torch.uint8, torch.bool
        batches = [[((9 * x).abs().to(dtype), label) for x, label in batch] for dtype in dtypes]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    def test_labels(self, agree, examples, chance):
        """Labels may be any ints: 0, negative, large, and equal.
        标签可以是任意整数：0、负数、很大的数，也可以相同。"""
        large = chance.randint(2**40, 2**41)
        sequences = [x for x, _ in examples([2, 1, 3, 2, 1], 2)]
        batch = list(zip(sequences, [0, -large, large, 0, -1], strict=True))
        agree(lambda impl: impl.pad_collate(batch))

    @pytest.mark.needs("vectors")
    def test_non_contiguous(self, agree, randn, chance):
        """Sequences may be views, and the batch may be a tuple.
        序列可以是视图，batch 可以是元组。"""
        base = randn(3, 9)
        batch = tuple((base.T[start : start + 4 : 2], chance.randint(0, 9)) for start in chance.sample(range(7), 3))
        agree(lambda impl: impl.pad_collate(batch))

    @pytest.mark.needs("vectors")
    def test_memory_of_its_own(self, agree, examples, chance):
        """The result shares no memory with the sequences, also for a single example.
        结果不与序列共用内存，只有一个样本时也是如此。"""
        batches = [examples([chance.randint(2, 6)], 3), examples([3, 3], 2), examples(chance.sample(range(2, 6), 3))]

        def probe(impl):
            for batch in batches:
                impl.pad_collate(batch)[0].mul_(2)
            return batches, [impl.pad_collate(batch)[0] for batch in batches]

        agree(probe)

    @pytest.mark.needs("vectors", "lengths_and_labels")
    @pytest.mark.timeout(20)
    def test_workers(self, agree, examples, chance):
        """Serves as the collate_fn of a DataLoader with worker processes: each minibatch has its own length.
        可以作为 DataLoader 的 collate_fn，DataLoader 可以带有工作进程；每个小批量有各自的长度。"""
        batch, size = examples(chance.sample(range(1, 9), 7), 2), chance.randint(2, 3)

        def probe(impl):
            first = impl.pad_collate(batch[:1])
            return first, loaded(batch, size, collate_fn=impl.pad_collate)

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("get_fashion_mnist_labels")
class TestGetFashionMnistLabels:
    @pytest.mark.points(2)
    def test_ten_names(self, agree, chance):
        """Gives the names of all ten classes, in the order of the labels.
        按标签的顺序给出全部十个类别的名称。"""
        labels = chance.sample(range(10), 10)
        agree(lambda impl: impl.get_fashion_mnist_labels(labels))

    def test_repeated_labels(self, agree, chance):
        """Gives a name for each label, also if labels repeat.
        每个标签对应一个名称，标签重复时也是如此。"""
        labels = [chance.choices(range(10), k=k) for k in (12, 3, 1)]
        agree(lambda impl: [impl.get_fashion_mnist_labels(some) for some in labels])

    @pytest.mark.points(2)
    def test_tensors(self, agree, chance):
        """Accepts tensors of any dtype.
        可以是任意 dtype 的张量。"""
        labels = [
            torch.tensor(chance.sample(range(10), 5), dtype=dtype)
            for dtype in (torch.int64, torch.uint8, torch.int32, torch.float32)
        ]
        agree(lambda impl: [impl.get_fashion_mnist_labels(some) for some in labels])

    def test_other_iterables(self, agree, chance):
        """Accepts tuples, generators and numpy arrays.
        可以是元组、生成器或 numpy 数组。"""
        a, b, c = (chance.choices(range(10), k=4) for _ in range(3))

        def probe(impl):
            kinds = tuple(a), (label for label in b), np.array(c)
            return [impl.get_fashion_mnist_labels(labels) for labels in kinds]

        agree(probe)

    def test_no_labels(self, agree, chance):
        """Gives an empty list for no labels.
        没有标签时，返回空列表。"""
        label = chance.randint(0, 9)
        nothing = [], torch.tensor([], dtype=torch.int64)
        agree(lambda impl: [impl.get_fashion_mnist_labels(some) for some in (*nothing, [label])])
