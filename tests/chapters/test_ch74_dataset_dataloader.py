"""ch74: load_array, CSVImageDataset.

Checks turn random orders into values that do not depend on the random stream: an exact fact, or a rounded statistic.
Data loaders have workers wherever processes can fork: in the sandbox on Linux, and on macOS.
"""

import itertools

import numpy as np
import pytest
import torch

from dlgrade.testing import (
    close,
    folder_of,
    minibatches,
    minibatches_of_workers,
    promise,
    shuffled,
    standard,
    value_or_error,
    words,
)

DTYPES = [torch.float32, torch.float64, torch.int64, torch.uint8]


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
            return minibatches_of_workers(dataset, batch_size=size, sampler=places)

        same(images, lines, action, [lambda x: 2 * x, lambda label: label + 1])
