"""ch39: copyfile, reorg_train_valid, reorg_test, reorg_cifar10_data, step_decay_lr."""

import math
from collections import Counter

import pytest

from dlgrade.testing import close, files_in, folder_of, shuffled, words

TARGET = "train_valid_test"


@pytest.fixture
def data(chance):
    """data(): the bytes of a small file, as characters: any bytes, among them line ends and zeros."""
    return lambda: (
        "".join(map(chr, chance.choices([0, 10, 13, 65, 128, 200, 255], k=chance.randint(3, 12)))) + "\r\n\x00"
    )


@pytest.fixture
def numbers(chance):
    """numbers(5): names of 5 images, in no order."""
    return lambda count: [str(number) for number in chance.sample(range(1, 10**5), count)]


def copied(run, files, *copies):
    """Copy some of the files to folders, and check all files after it. A copy is a path and a folder, "" for none."""
    expected = dict(files)
    for source, target in copies:
        expected[f"{target}/{source.rpartition('/')[2]}"] = expected[source]

    def probe(impl):
        with folder_of(files) as folder:
            for source, target in copies:
                impl.copyfile(f"{folder}/{source}", f"{folder}/{target}")
            return files_in(folder)

    close(run(probe), expected)


@pytest.mark.exercise("copyfile")
class TestCopyfile:
    @pytest.fixture
    def names(self, generator):
        """Six different words."""
        return shuffled(generator, words(generator, 6))

    @pytest.mark.points(2)
    def test_new_folder(self, run, names, data):
        """Copies a file into a new folder, under its name.
        把文件复制到新的文件夹，文件名不变。"""
        a, b, c, d, *_ = names
        copied(run, {f"{a}/{b}.png": data(), f"{a}/{c}.png": data()}, (f"{a}/{b}.png", d))

    @pytest.mark.points(2)
    def test_parents(self, run, names, data):
        """Creates the parents of the folder, too.
        文件夹的各级上层文件夹不存在时，一并创建。"""
        a, b, c, d, e, f = names
        copied(
            run,
            {f"{a}.png": data(), f"{b}/{c}.png": data()},
            (f"{a}.png", f"{d}/{e}/{f}"),
            (f"{b}/{c}.png", f"{b}/{d}/{a}"),
        )

    def test_existing_folder(self, run, names, data):
        """Accepts an existing folder, and leaves its other files there.
        文件夹可以已经存在，其中的其他文件保持原样。"""
        a, b, c, d, e, _ = names
        copied(
            run,
            {f"{a}.png": data(), f"{b}/{c}.png": data(), f"{b}/{d}/{e}": data()},
            (f"{a}.png", b),
            (f"{a}.png", f"{b}/{d}"),
        )

    def test_replaced(self, run, names, data):
        """Replaces a file of the same name, also a longer one.
        替换同名的文件，原文件更长时也是如此。"""
        a, b, *_ = names
        copied(run, {f"{a}.png": data(), f"{b}/{a}.png": data() + 5 * data()}, (f"{a}.png", b))

    def test_several_files(self, run, names, data):
        """Copies several files into a folder, one after the other.
        依次把多个文件复制到同一文件夹。"""
        a, b, c, d, e, f = names
        files = {
            f"{name}/{end}": data() for name, end in ((a, f"{c}.png"), (b, f"{d}.jpg"), (a, f"{e}"), (b, f"{c}.v2.png"))
        }
        copied(run, files, *((path, f"{f}/{d}") for path in files))

    def test_empty_file(self, run, names, data):
        """Copies an empty file.
        可以复制空文件。"""
        a, b, c, *_ = names
        copied(run, {f"{a}.png": "", f"{b}.png": data()}, (f"{a}.png", c), (f"{b}.png", c))


@pytest.fixture
def images(generator, chance, numbers, data):
    """images(4, 9): the files of a contest with 4 and 9 training images of two drawn labels, and the labels.

    `ends` are the possible ends of the file names.
    """

    def draw(*counts, ends=(".png",), test=3):
        kinds = shuffled(generator, words(generator, len(counts), length=6))
        names = numbers(sum(counts) + test)
        labels = shuffled(generator, [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)])
        files = {f"train/{name}{chance.choice(ends)}": data() for name in names[test:]}
        files |= {f"test/{name}{chance.choice(ends)}": data() for name in names[:test]}
        return files, dict(zip(names[test:], labels, strict=True))

    return draw


def label_of(path, labels):
    """For probes: the label of a training image."""
    return labels[path.rpartition("/")[2].partition(".")[0]]


def all_images(found, files, labels):
    """For probes: how many images of each label are in train_valid, and any other folders of files in it."""
    counts, right = dict.fromkeys(sorted(set(labels.values())), 0), set()
    for path in files:
        if path.startswith("train/"):
            right.add(f"{TARGET}/train_valid/{label_of(path, labels)}/{path.rpartition('/')[2]}")
            counts[label_of(path, labels)] += (
                f"{TARGET}/train_valid/{label_of(path, labels)}/{path.rpartition('/')[2]}" in found
            )
    wrong = {path.rpartition("/")[0] for path in found if path.startswith(f"{TARGET}/train_valid/")}
    wrong -= {path.rpartition("/")[0] for path in right}
    return counts, sorted(wrong)


def parts(found, files, labels):
    """For probes: for each label, how many images are in valid, in train, in both and in neither; and wrong folders."""
    counts, right = {}, set()
    for label in sorted(set(labels.values())):
        counts[label] = {"valid": 0, "train": 0, "in both": 0, "in neither": 0}
    for path in files:
        if path.startswith("train/"):
            label, name = label_of(path, labels), path.rpartition("/")[2]
            places = [f"{TARGET}/{part}/{label}" for part in ("valid", "train")]
            valid, train = (f"{place}/{name}" in found for place in places)
            right.update(places)
            counts[label]["valid"] += valid
            counts[label]["train"] += train
            counts[label]["in both"] += valid and train
            counts[label]["in neither"] += not valid and not train
    new = {path.rpartition("/")[0] for path in found if path not in files}
    return counts, sorted(folder for folder in new - right if "/train_valid" not in folder and "/test" not in folder)


def divided(labels, n_valid):
    """The right parts."""
    counts = sorted(Counter(labels.values()).items())
    return {k: {"valid": n_valid, "train": n - n_valid, "in both": 0, "in neither": 0} for k, n in counts}, []


def reorganised(impl, files, labels, ratio):
    """For probes: the result of reorg_train_valid, and all files after it. The function gets labels of its own."""
    with folder_of(files) as folder:
        return impl.reorg_train_valid(folder, dict(labels), ratio), files_in(folder)


def splits(run, *cases):
    """Check the parts of contests. A case has files and labels, the ratio, and the right number for validation."""

    def probe(impl):
        return [parts(reorganised(impl, *contest, ratio)[1], *contest) for contest, ratio, _ in cases]

    close(run(probe), [divided(labels, n_valid) for (_, labels), _, n_valid in cases])


@pytest.mark.exercise("reorg_train_valid")
class TestReorgTrainValid:
    @pytest.mark.points(2)
    def test_all_images(self, run, images, chance):
        """Copies all training images to train_valid, into a folder for each label.
        把全部训练图像复制到 train_valid，每个标签一个文件夹。"""
        cases = [images(chance.randint(2, 6), chance.randint(3, 8), 4), images(chance.randint(5, 9), 1)]

        def probe(impl):
            return [all_images(reorganised(impl, *case, 0.5)[1], *case) for case in cases]

        close(run(probe), [(dict(sorted(Counter(labels.values()).items())), []) for _, labels in cases])

    @pytest.mark.points(2)
    def test_two_parts(self, run, images, chance):
        """Copies n_valid images of each label to valid, and the others to train.
        每个标签各把 n_valid 张图像复制到 valid，其余的复制到 train。"""
        n = chance.randint(2, 4)
        splits(run, (images(2 * n, 2 * n + 3, 2 * n + 1), 0.5, n), (images(4 * n + 5, 4 * n), 0.25, n))

    @pytest.mark.points(2)
    def test_rarest_label(self, run, images, generator, chance):
        """Takes the share of the rarest label, for all labels.
        按最少的标签的图像数计算，对所有标签都相同。"""
        n = chance.randint(2, 3)
        counts = shuffled(generator, [2 * n, chance.randint(8, 9), chance.randint(10, 12)])
        splits(run, (images(*counts), 0.5, n), (images(*counts[::-1]), 0.5, n), (images(8, 2 * n, 8, 9), 0.5, n))

    def test_rounded_down(self, run, images, chance):
        """Rounds the number of images for validation down.
        验证图像的个数向下取整。"""
        n = chance.randint(2, 3)
        cases = (2 * n + 1, 0.5), (4 * n + 3, 0.25), (4 * n + 1, 0.25)
        splits(run, *((images(rarest, rarest + 2), ratio, n) for rarest, ratio in cases))

    @pytest.mark.points(2)
    def test_at_least_one(self, run, images, chance):
        """Takes one image of each label at least, also if the ratio is 0.
        每个标签至少取一张图像验证，valid_ratio 为 0 时也是如此。"""
        few = [chance.randint(3, 7) for _ in range(2)]
        splits(run, (images(few[0], 8), 0.125, 1), (images(9, few[1]), 0.0, 1), (images(3, 5, 4), 0.1, 1))

    def test_one_image(self, run, images, chance):
        """Uses the only image of a label for validation.
        某个标签只有一张图像时，把它用于验证。"""
        splits(run, (images(chance.randint(4, 9), 1, 3), 0.5, 1), (images(1, 1), 0.25, 1), (images(1), 0.9, 1))

    def test_whole_label(self, run, images, chance):
        """Uses all images of the rarest label if the ratio is 1.
        valid_ratio 为 1 时，最少的标签的图像全部用于验证。"""
        n = chance.randint(3, 6)
        splits(run, (images(n, n + chance.randint(1, 4)), 1.0, n), (images(n), 1.0, n))

    def test_names_with_dots(self, run, images, chance):
        """Looks up the name up to the first dot, whatever follows it.
        按第一个点之前的名称查找标签，无论后面是什么。"""
        n, ends = chance.randint(2, 4), (".jpg", ".v2.png", ".tar.gz", ".PNG", "", ".")
        splits(run, (images(2 * n, 2 * n + 5, ends=ends), 0.5, n))

    def test_number(self, run, images, chance):
        """Returns the number of images of each label for validation.
        返回每个标签用于验证的图像数。"""
        n = chance.randint(2, 4)
        cases = [(images(2 * n, 2 * n + 3), 0.5, n), (images(25, 4 * n + 2, 20), 0.25, n), (images(4, 6), 0.125, 1)]
        cases.append((images(n, n), 1.0, n))
        found = run(lambda impl: [reorganised(impl, *contest, ratio)[0] for contest, ratio, _ in cases])
        close(found, [n_valid for _, _, n_valid in cases])

    @pytest.mark.needs("all_images")
    def test_contents(self, run, images, chance):
        """Copies images byte by byte.
        逐字节复制图像。"""
        files, labels = images(chance.randint(3, 5), 4)

        def probe(impl):
            _, found = reorganised(impl, files, labels, 0.5)
            new = {path: text for path, text in found.items() if path.startswith(f"{TARGET}/train_valid/")}
            return {path.rpartition("/")[2]: text for path, text in new.items()}

        close(run(probe), {path.rpartition("/")[2]: text for path, text in files.items() if path.startswith("train/")})

    @pytest.mark.needs("all_images")
    def test_originals_kept(self, run, images, chance):
        """Leaves the images in train and test where they are.
        train 和 test 中的图像保持原样。"""
        files, labels = images(chance.randint(3, 5), 4)

        def probe(impl):
            _, found = reorganised(impl, files, labels, 0.5)
            kept = {path: found.get(path, "no file") for path in files}
            return kept, all_images(found, files, labels)

        close(run(probe), (files, (dict(sorted(Counter(labels.values()).items())), [])))

    @pytest.mark.needs("all_images")
    def test_labels_untouched(self, run, images, chance):
        """Leaves labels unchanged.
        不修改传入的 labels。"""
        files, labels = images(chance.randint(3, 5), 4)
        before = dict(labels)

        def probe(impl):
            given = dict(labels)
            with folder_of(files) as folder:
                impl.reorg_train_valid(folder, given, 0.5)
                return given, all_images(files_in(folder), files, labels)

        close(run(probe), (before, (dict(sorted(Counter(labels.values()).items())), [])))


def unknown_copies(files):
    """The right copies of the test images, by their paths."""
    return {f"{TARGET}/test/unknown/{path[5:]}": text for path, text in files.items() if path.startswith("test/")}


def copies(run, *contests):
    """Check the new files of reorg_test."""

    def probe(impl):
        found = []
        for files in contests:
            with folder_of(files) as folder:
                impl.reorg_test(folder)
                found.append({path: text for path, text in files_in(folder).items() if path not in files})
        return found

    close(run(probe), [unknown_copies(files) for files in contests])


@pytest.mark.exercise("reorg_test")
class TestReorgTest:
    @pytest.mark.points(2)
    def test_unknown(self, run, images, chance):
        """Copies all test images to test/unknown, under their names.
        把全部测试图像复制到 test/unknown，文件名不变。"""
        copies(run, images(3, 2, test=chance.randint(4, 9))[0], images(1, test=5)[0])

    def test_one_image(self, run, images):
        """Accepts a single test image.
        可以只有一张测试图像。"""
        copies(run, images(2, test=1)[0])

    def test_any_names(self, run, images, chance):
        """Copies images of any name.
        图像的文件名可以任意。"""
        copies(run, images(2, test=chance.randint(8, 12), ends=(".jpg", ".v2.png", ".PNG", "", "."))[0])

    def test_no_training_images(self, run, images, chance):
        """Needs no training images.
        不需要训练图像。"""
        files, _ = images(2, test=chance.randint(3, 6))
        copies(run, {path: text for path, text in files.items() if path.startswith("test/")})

    def test_other_parts(self, run, images, chance):
        """Leaves the files that train_valid_test already has.
        train_valid_test 中已有的文件保持原样。"""
        files, labels = images(2, 3, test=chance.randint(3, 6))
        old = {path: text for path, text in files.items() if path.startswith("train/")}
        files |= {f"{TARGET}/train_valid/{label_of(path, labels)}/{path[6:]}": text for path, text in old.items()}

        def probe(impl):
            with folder_of(files) as folder:
                impl.reorg_test(folder)
                return files_in(folder)

        close(run(probe), files | unknown_copies(files))

    @pytest.mark.needs("unknown")
    def test_originals_kept(self, run, images, chance):
        """Leaves the images in test where they are.
        test 中的图像保持原样。"""
        files, _ = images(2, test=chance.randint(3, 6))

        def probe(impl):
            with folder_of(files) as folder:
                impl.reorg_test(folder)
                found = files_in(folder)
            return {path: found.get(path, "no file") for path in (*files, *unknown_copies(files))}

        close(run(probe), files | unknown_copies(files))


@pytest.fixture
def contest(images):
    """contest(4, 9): the same as images(4, 9), with trainLabels.csv among the files."""

    def draw(*counts, **options):
        files, labels = images(*counts, **options)
        rows = "".join(f"{name},{label}\n" for name, label in labels.items())
        return {"trainLabels.csv": f"id,label\n{rows}", **files}, labels

    return draw


def prepared(impl, files, ratio):
    """For probes: all files after reorg_cifar10_data."""
    with folder_of(files) as folder:
        impl.reorg_cifar10_data(folder, ratio)
        return files_in(folder)


@pytest.mark.exercise("reorg_cifar10_data")
class TestReorgCifar10Data:
    @pytest.mark.points(2)
    def test_training_images(self, run, contest, chance):
        """Copies the training images to train_valid, train and valid.
        把训练图像复制到 train_valid、train 和 valid。"""
        n = chance.randint(2, 4)
        files, labels = contest(2 * n, 2 * n + 3, 2 * n + 1)

        def probe(impl):
            found = prepared(impl, files, 0.5)
            return all_images(found, files, labels), parts(found, files, labels)

        close(run(probe), ((dict(sorted(Counter(labels.values()).items())), []), divided(labels, n)))

    def test_test_images(self, run, contest, chance):
        """Copies the test images to test/unknown.
        把测试图像复制到 test/unknown。"""
        files, _ = contest(4, 6, test=chance.randint(3, 8))

        def probe(impl):
            found = prepared(impl, files, 0.25)
            return {path: text for path, text in found.items() if path.startswith(f"{TARGET}/test/")}

        close(run(probe), unknown_copies(files))

    @pytest.mark.points(2)
    def test_ratios(self, run, contest, chance):
        """Uses the given ratio.
        使用传入的 valid_ratio。"""
        n = chance.randint(1, 2)
        cases = [(contest(8 * n, 9 * n), 0.25, 2 * n), (contest(8 * n, 9 * n), 0.75, 6 * n), (contest(4, 5), 0.1, 1)]

        def probe(impl):
            return [parts(prepared(impl, files, ratio), files, labels) for (files, labels), ratio, _ in cases]

        close(run(probe), [divided(labels, n_valid) for (_, labels), _, n_valid in cases])

    @pytest.mark.needs("training_images")
    def test_originals_kept(self, run, contest, chance):
        """Leaves the files of the contest as they are.
        竞赛原有的文件保持原样。"""
        files, labels = contest(chance.randint(3, 5), 4)

        def probe(impl):
            found = prepared(impl, files, 0.5)
            return {path: found.get(path, "no file") for path in files}, all_images(found, files, labels)

        close(run(probe), (files, (dict(sorted(Counter(labels.values()).items())), [])))


def rates(run, *cases):
    """Check the rates of these cases: the rate, the period, the factor, and the epochs."""
    expected = []
    for lr, period, factor, epochs in cases:
        expected.append([])
        for epoch in epochs:
            steps = [step for step in range(1, epoch + 1) if step % period == 0]
            expected[-1].append(lr * math.prod([factor] * len(steps)))

    def probe(impl):
        return [[impl.step_decay_lr(*case, epoch) for epoch in epochs] for *case, epochs in cases]

    close(run(probe), expected, rtol=1e-9, atol=0)


@pytest.mark.exercise("step_decay_lr")
class TestStepDecayLr:
    @pytest.fixture
    def rate(self, chance):
        """rate(): a learning rate."""
        return lambda: chance.uniform(1e-4, 0.5)

    @pytest.mark.points(2)
    def test_periods(self, run, rate, chance):
        """Multiplies the rate by the factor after each period.
        每过一个周期，学习率乘一次衰减因子。"""
        cases = [(rate(), period, chance.uniform(0.2, 0.95), range(5 * period + 2)) for period in (2, 3, 4, 7)]
        rates(run, *cases)

    def test_first_period(self, run, rate, chance):
        """Keeps the first rate for the whole first period, and not for longer.
        第一个周期内学习率不变，之后才改变。"""
        period = chance.randint(3, 9)
        rates(run, (rate(), period, 0.5, range(period + 1)), (rate(), period + 1, 0.1, [period, 0, 1, period + 1]))

    def test_ends_of_periods(self, run, rate, chance):
        """Changes the rate exactly at the multiples of the period.
        恰好在周期的整数倍处改变学习率。"""
        ends = [chance.randint(3, 30) for _ in range(4)]
        rates(run, *((rate(), p, chance.uniform(0.5, 0.95), [p - 1, p, p + 1, 2 * p - 1, 2 * p, 3 * p]) for p in ends))

    def test_each_epoch(self, run, rate, chance):
        """Changes the rate in each epoch if the period is 1.
        周期为 1 时，每个迭代周期都改变学习率。"""
        rates(run, (rate(), 1, chance.uniform(0.5, 0.95), range(8)))

    def test_any_order(self, run, rate, chance):
        """Depends on the arguments alone: epochs may come in any order.
        只取决于参数：可以按任意顺序询问各个迭代周期。"""
        epochs = [chance.randint(0, 60) for _ in range(12)]
        rates(run, (rate(), chance.randint(4, 9), 0.8, epochs), (rate(), chance.randint(4, 9), 0.9, epochs[::-1]))

    def test_factors(self, run, rate, chance):
        """Accepts a factor of 1, and a factor that is larger.
        衰减因子可以等于 1，也可以大于 1。"""
        larger = chance.uniform(1.1, 2.0)
        rates(run, (rate(), 3, 1.0, range(9)), (rate(), 3, larger, range(9)), (chance.uniform(1, 9), 2, 0.5, range(6)))

    def test_small_rates(self, run, rate, chance):
        """Keeps the precision of small rates.
        学习率很小时，精度不变。"""
        rates(run, (rate() / 1000, 4, 0.1, range(chance.randint(20, 40))), (rate(), 10, 0.9, [300, 500]))
