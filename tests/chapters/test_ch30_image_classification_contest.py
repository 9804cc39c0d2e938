"""ch30: topk_accuracy, confusion_matrix, macro_f1, write_submission."""

import math
from functools import partial
from itertools import product

import numpy as np
import pytest
import torch

from dlgrade.testing import close, promise, raises, shuffled, standard, to_grid, words


def share_of_hits(logits, y, k):
    """The top-k accuracy, example by example: a class is beaten by larger logits and by ties with a lower index."""
    hits = 0
    for row, label in zip(logits.tolist(), y.tolist(), strict=True):
        ranked = sorted(range(len(row)), key=lambda i: (-row[i], i))
        hits += label in ranked[:k]
    return hits / len(y)


@pytest.fixture
def scored(generator):
    """scored(n, C) returns logits, and labels that have every rank about equally often."""

    def draw(n, classes, *, ties=False, dtype=torch.float32):
        logits = torch.randn(n, classes, generator=generator, dtype=dtype)
        logits = to_grid(logits, 1.0) if ties else logits
        return logits, torch.randint(classes, (n,), generator=generator)

    return draw


@pytest.mark.exercise("topk_accuracy")
class TestTopkAccuracy:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, scored, chance):
        logits, y = scored(chance.randint(20, 40), 7)
        return {"logits": logits, "y": y, "k": 3}

    @pytest.mark.points(2)
    def test_several_classes(self, run, scored, chance):
        """Counts the examples whose label is among the k largest logits, for every k.
        统计标签属于 logits 最大的 k 个类别的样本，k 取各种值。"""
        logits, y = scored(chance.randint(30, 60), 6)
        close(run(lambda impl: [impl.topk_accuracy(logits, y, k) for k in range(1, 7)]),
              [share_of_hits(logits, y, k) for k in range(1, 7)])  # fmt: skip

    def test_accuracy(self, run, scored, chance):
        """Gives the accuracy if k is 1, which is the default.
        k 为 1 时就是精度；1 也是默认值。"""
        logits, y = scored(chance.randint(30, 60), 4)
        right = (logits.argmax(dim=1) == y).double().mean().item()
        close(run(lambda impl: [impl.topk_accuracy(logits, y), impl.topk_accuracy(logits, y, k=1)]), [right, right])

    @pytest.mark.points(2)
    def test_ties(self, run, scored, chance):
        """Ranks classes with equal logits by their index, the lower first.
        logits 相等的类别按下标排列，下标小的在前。"""
        logits, y = scored(chance.randint(60, 99), 8, ties=True)
        close(run(lambda impl: [impl.topk_accuracy(logits, y, k) for k in (1, 2, 4, 7)]),
              [share_of_hits(logits, y, k) for k in (1, 2, 4, 7)])  # fmt: skip

    def test_all_logits_equal(self, run, scored, chance):
        """If all logits are equal, the first k classes count.
        所有 logits 都相等时，排在前面的是前 k 个类别。"""
        _, y = scored(chance.randint(30, 60), 5)
        logits = torch.full((len(y), 5), chance.uniform(-2, 2))
        close(run(lambda impl: [impl.topk_accuracy(logits, y, k) for k in (1, 2, 4)]),
              [(y < k).double().mean().item() for k in (1, 2, 4)])  # fmt: skip

    def test_all_classes(self, run, scored, chance):
        """Gives 1 if k is the number of classes, and less before.
        k 等于类别数时结果为 1，k 更小时不到 1。"""
        logits, y = scored(chance.randint(30, 60), 3)
        y[:3] = logits[:3].argmin(dim=1)
        close(run(lambda impl: [impl.topk_accuracy(logits, y, k) for k in (3, 2)]), [1.0, share_of_hits(logits, y, 2)])

    def test_one_example(self, run, scored, chance):
        """Accepts single examples.
        可以只有一个样本。"""
        cases = [(*scored(1, 6), k) for k in shuffled_ranks(chance)]
        close(run(lambda impl: [impl.topk_accuracy(*case) for case in cases]), [share_of_hits(*case) for case in cases])

    def test_float64(self, run, scored, chance):
        """Tells float64 logits apart that are equal in float32.
        能区分在 float32 下相等的 float64 的 logits。"""
        logits, y = scored(chance.randint(30, 60), 5, dtype=torch.float64)
        logits = 1 + 1e-12 * logits
        close(run(lambda impl: [impl.topk_accuracy(logits, y, k) for k in (1, 3)]),
              [share_of_hits(logits, y, k) for k in (1, 3)])  # fmt: skip

    def test_infinite_logits(self, run, scored, chance):
        """Ranks inf first and -inf last; several of them are ties.
        inf 排在最前，-inf 排在最后；有几个时按相等处理。"""
        logits, y = scored(chance.randint(40, 80), 6)
        logits[logits > 1], logits[logits < -0.5] = torch.inf, -torch.inf
        close(run(lambda impl: [impl.topk_accuracy(logits, y, k) for k in (1, 3, 5)]),
              [share_of_hits(logits, y, k) for k in (1, 3, 5)])  # fmt: skip

    def test_plain_float(self, agree, scored, chance):
        """Returns a Python float.
        返回 Python float。"""
        logits, y = scored(chance.randint(20, 40), 7)
        agree(lambda impl: (share := impl.topk_accuracy(logits, y, 2), type(share).__name__))

    def test_bad_k(self, agree, scored, chance):
        """Raises ValueError if k is more than the number of classes, 0 or negative.
        k 大于类别数、为 0 或为负数时，抛出 ValueError。"""
        logits, y = scored(chance.randint(20, 40), 5)
        ks = 6, 7, 100, 0, -1

        def probe(impl):
            refused = {f"k={k}": raises(lambda k=k: impl.topk_accuracy(logits, y, k), ValueError) for k in ks}
            return refused, [impl.topk_accuracy(logits, y, k) for k in (1, 2, 5)]

        agree(probe)

    def test_no_examples(self, agree, scored, chance):
        """Raises ValueError if there are no examples.
        没有样本时，抛出 ValueError。"""
        logits, y = scored(chance.randint(20, 40), 5)

        def probe(impl):
            refused = raises(lambda: impl.topk_accuracy(logits[:0], y[:0], 2), ValueError)
            return refused, impl.topk_accuracy(logits, y, 2)

        agree(probe)


def shuffled_ranks(chance):
    """Many values of k for six classes."""
    return [chance.randint(1, 6) for _ in range(24)]


def counts(y_true, y_pred, num_classes):
    """The confusion matrix, entry by entry."""
    rows = [[((y_true == i) & (y_pred == j)).sum() for j in range(num_classes)] for i in range(num_classes)]
    return torch.tensor(rows, dtype=torch.int64)


@pytest.fixture
def classified(generator):
    """classified(n, C) returns labels and predictions; a third of them agree."""

    def draw(n, classes):
        y_true, y_pred = torch.randint(classes, (2, n), generator=generator)
        agree = torch.rand(n, generator=generator) < 0.3
        return y_true, torch.where(agree, y_true, y_pred)

    return draw


@pytest.mark.exercise("confusion_matrix")
class TestConfusionMatrix:
    @standard(promise.untouched, promise.non_contiguous, promise.batch_of_one("y_true", "y_pred", id="one_example"))
    def arguments(self, classified, chance):
        y_true, y_pred = classified(chance.randint(20, 40), 7)
        return {"y_true": y_true, "y_pred": y_pred, "num_classes": 7}

    @pytest.mark.points(2)
    def test_counts(self, run, classified, chance):
        """Counts the examples of each pair of classes; rows are true classes.
        统计每一对类别的样本数；行是真实类别。"""
        y_true, y_pred = classified(chance.randint(60, 120), classes := chance.randint(3, 6))
        close(run(lambda impl: impl.confusion_matrix(y_true, y_pred, classes)), counts(y_true, y_pred, classes))

    def test_repeated_pairs(self, run, classified, chance):
        """Counts a pair as often as it occurs.
        同一对类别出现几次，就计几次。"""
        y_true, y_pred = (part.repeat(chance.randint(5, 50)) for part in classified(3, 4))
        n = min(len(y_true), len(y_pred))
        y_true, y_pred = y_true[:n], y_pred[:n]
        close(run(lambda impl: impl.confusion_matrix(y_true, y_pred, 4)), counts(y_true, y_pred, 4))

    def test_absent_classes(self, run, classified, chance):
        """Has a row and a column for classes that never occur.
        从未出现的类别也有对应的行和列。"""
        y_true, y_pred = classified(chance.randint(20, 40), 3)
        first, more = chance.randint(1, 3), chance.randint(1, 3)
        y_true, y_pred, classes = y_true + first, y_pred + first, 3 + first + more
        close(run(lambda impl: impl.confusion_matrix(y_true, y_pred, classes)), counts(y_true, y_pred, classes))

    def test_never_predicted(self, run, classified, chance):
        """A class may occur without being predicted, or be predicted without occurring.
        有的类别出现过却从未被预测，有的类别被预测过却从未出现。"""
        y_true, y_pred = classified(chance.randint(40, 60), 5)
        y_true, y_pred = y_true.clamp(max=3), y_pred.clamp(min=1)
        close(run(lambda impl: impl.confusion_matrix(y_true, y_pred, 5)), counts(y_true, y_pred, 5))

    def test_one_class(self, run, chance):
        """Returns a single count if there is a single class.
        只有一个类别时，只有一个计数。"""
        y = torch.zeros(n := chance.randint(10, 99), dtype=torch.int64)
        close(run(lambda impl: impl.confusion_matrix(y, y, 1)), torch.tensor([[n]]))

    def test_no_examples(self, run, classified, chance):
        """Returns zeros without examples.
        没有样本时，结果全为 0。"""
        y_true, y_pred = classified(chance.randint(20, 40), classes := chance.randint(3, 9))

        def probe(impl):
            return [impl.confusion_matrix(y_true[:n], y_pred[:n], classes) for n in (0, len(y_true))]

        zeros = torch.zeros(classes, classes, dtype=torch.int64)
        close(run(probe), [zeros, counts(y_true, y_pred, classes)])

    @pytest.mark.points(2)
    def test_out_of_range(self, agree, classified, chance):
        """Raises ValueError for a class that is negative or too large, among labels or predictions.
        标签或预测中有负数或过大的类别时，抛出 ValueError。"""
        good, place = classified(chance.randint(20, 40), 4), chance.randint(0, 19)

        def probe(impl):
            refused = {}
            for side, name in enumerate(("y_true", "y_pred")):
                for wrong in (-1, -4, 4, 5, 100):
                    pair = [part.clone() for part in good]
                    pair[side][place] = wrong
                    outcome = raises(lambda pair=pair: impl.confusion_matrix(*pair, 4), ValueError)
                    refused[f"{name} has {wrong}"] = outcome
            return refused, impl.confusion_matrix(*good, 4)

        agree(probe)

    def test_lengths(self, agree, classified, chance):
        """Raises ValueError if there are more or fewer predictions than labels.
        预测与标签的个数不同时，抛出 ValueError。"""
        y_true, y_pred = classified(chance.randint(20, 40), 4)
        pairs = {"more": (y_true[:-1], y_pred), "fewer": (y_true, y_pred[:-2]), "a single one": (y_true, y_pred[:1])}

        def probe(impl):
            refused = {}
            for name, pair in pairs.items():
                refused[name] = raises(lambda pair=pair: impl.confusion_matrix(*pair, 4), ValueError)
            return refused, impl.confusion_matrix(y_true, y_pred, 4)

        agree(probe)


def f1_mean(cm):
    """The macro F1, class by class, from precision and recall."""
    scores = []
    for i in range(len(cm)):
        hits, true, predicted = int(cm[i, i]), int(cm[i].sum()), int(cm[:, i].sum())
        precision, recall = hits / max(predicted, 1), hits / max(true, 1)
        scores.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    return sum(scores) / len(scores)


@pytest.fixture
def matrix(generator):
    """matrix(C, most) returns counts from 0 to most; every class is right at times, and some more often."""

    def draw(classes, most=20):
        cm = torch.randint(most + 1, (classes, classes), generator=generator)
        return cm + torch.diag(torch.randint(1, 3 * most, (classes,), generator=generator))

    return draw


@pytest.mark.exercise("macro_f1")
class TestMacroF1:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, matrix, chance):
        return {"cm": matrix(chance.randint(4, 7))}

    @pytest.mark.points(2)
    def test_mean_of_classes(self, run, matrix, chance):
        """Returns the mean of the F1 scores of all classes.
        返回所有类别的 F1 分数的平均值。"""
        cms = [matrix(chance.randint(3, 8)) for _ in range(3)]
        close(run(lambda impl: [impl.macro_f1(cm) for cm in cms]), [f1_mean(cm) for cm in cms])

    def test_unequal_classes(self, run, matrix, chance):
        """Counts each class alike, however many examples it has.
        无论样本多少，每个类别的权重都相同。"""
        cm = matrix(4) * torch.tensor(chance.sample([1, 10, 100, 1000], 4))[:, None]
        close(run(lambda impl: impl.macro_f1(cm)), f1_mean(cm))

    def test_two_classes(self, run, matrix):
        """Averages over both classes if there are two.
        只有两个类别时，也对两个类别取平均。"""
        cms = [matrix(2) for _ in range(3)]
        close(run(lambda impl: [impl.macro_f1(cm) for cm in cms]), [f1_mean(cm) for cm in cms])

    @pytest.mark.points(2)
    def test_absent_class(self, run, matrix, chance):
        """A class that neither occurs nor is predicted has an F1 of 0, which counts in the mean.
        既未出现也未被预测的类别，F1 为 0，并计入平均值。"""
        cm = matrix(classes := chance.randint(4, 7))
        for i in chance.sample(range(classes), 2):
            cm[i], cm[:, i] = 0, 0
        close(run(lambda impl: impl.macro_f1(cm)), f1_mean(cm))

    def test_never_right(self, run, matrix, chance):
        """The F1 of a class is 0 if it is never predicted, never occurs, or is always wrong.
        某个类别从未被预测、从未出现或总是预测错误时，F1 为 0。"""
        cm = matrix(6)
        never_predicted, never_there, always_wrong = chance.sample(range(6), 3)
        cm[:, never_predicted], cm[never_there], cm[always_wrong, always_wrong] = 0, 0, 0
        close(run(lambda impl: impl.macro_f1(cm)), f1_mean(cm))

    def test_perfect(self, run, matrix, chance):
        """Gives 1 if all predictions are right, and less after a mistake.
        全部预测正确时为 1；有一次错误就小于 1。"""
        perfect = torch.diag(matrix(4).diagonal())
        wrong = perfect.clone()
        wrong[0, 1] = chance.randint(1, 9)
        close(run(lambda impl: [impl.macro_f1(cm) for cm in (perfect, wrong)]), [1.0, f1_mean(wrong)])

    def test_one_class(self, run, matrix):
        """Accepts a single class, and matrices of zeros, which give 0.
        可以只有一个类别；矩阵全为 0 时，结果为 0。"""
        zeros = [torch.zeros(classes, classes, dtype=torch.int64) for classes in (1, 3)]
        cm = matrix(3)
        cms = [cm[:1, :1], *zeros, cm]
        close(run(lambda impl: [impl.macro_f1(cm) for cm in cms]), [1.0, 0.0, 0.0, f1_mean(cm)])

    def test_large_counts(self, run, matrix):
        """Has the precision of float64: few mistakes among very many examples count.
        精度与 float64 相当：在大量样本中，少数错误也有影响。"""
        cms = [matrix(classes) + most * torch.eye(classes, dtype=torch.int64)
               for classes, most in ((5, 10**9), (4, 10**10), (3, 10**12))]  # fmt: skip
        found = run(lambda impl: [math.log(abs(1 - impl.macro_f1(cm)) + 1e-15) for cm in cms])
        close(found, [math.log(abs(1 - f1_mean(cm)) + 1e-15) for cm in cms], rtol=1e-3)  # the last one has four digits

    def test_plain_float(self, agree, matrix, chance):
        """Returns a Python float.
        返回 Python float。"""
        cm = matrix(chance.randint(3, 6))
        agree(lambda impl: (score := impl.macro_f1(cm), type(score).__name__))


def fields(text):
    """The rows of a CSV file, by RFC 4180; a line ends in \\n or \\r\\n."""
    rows, row, field, quoted, i = [], [], "", False, 0
    while i < len(text):
        letter = text[i]
        if quoted:
            if letter == '"' and text[i + 1 : i + 2] == '"':
                field, i = field + letter, i + 1
            elif letter == '"':
                quoted = False
            else:
                field += letter
        elif letter == '"' and not field:
            quoted = True
        elif letter == ",":
            row, field = [*row, field], ""
        elif letter == "\n" or text[i : i + 2] == "\r\n":
            rows, row, field = [*rows, [*row, field]], [], ""
            i += letter == "\r"
        else:
            field += letter
        i += 1
    return [*rows, [*row, field]] if row or field else rows


def content(path):
    """The text of a file, or None if there is no file."""
    try:
        return np.fromfile(path, np.uint8).tobytes().decode("utf-8", errors="replace")
    except OSError:
        return None


def written(impl, ids, labels, before=None):
    """For probes: the rows of the file that write_submission writes. `before` is the file's old text."""
    with np.testing.tempdir() as folder:
        path = f"{folder}/submission.csv"
        if before is not None:
            np.frombuffer(before.encode(), np.uint8).tofile(path)
        impl.write_submission(ids, labels, path)
        text = content(path)
        return "no file" if text is None else fields(text)


def table(ids, labels):
    """The rows of a right file."""
    return [["image", "label"], *([image, label] for image, label in zip(ids, labels, strict=True))]


@pytest.fixture
def named(generator, chance):
    """named(n) returns ids in no order, and labels."""

    def draw(n):
        ids = shuffled(generator, [f"images/{chance.randint(1, 9)}{word}.jpg" for word in words(generator, n)])
        kinds = words(generator, 4, length=6)
        return ids, [chance.choice(kinds) for _ in ids]

    return draw


@pytest.mark.exercise("write_submission")
class TestWriteSubmission:
    @pytest.mark.points(2)
    def test_rows(self, run, named, chance):
        """Writes the header, then a row for each image in the order of ids.
        先写表头，再按 ids 的顺序为每张图像写一行。"""
        ids, labels = named(chance.randint(5, 12))
        close(run(lambda impl: written(impl, ids, labels)), table(ids, labels))

    def test_commas(self, run, named):
        """Keeps commas in labels and ids.
        保留标签和 id 中的逗号。"""
        ids, labels = named(6)
        ids[1], labels[2], labels[3] = f"a,{ids[1]}", f"{labels[2]}, {labels[3]}", f",{labels[3]},,"
        close(run(lambda impl: written(impl, ids, labels)), table(ids, labels))

    def test_quotes(self, run, named):
        """Keeps quotes in labels and ids, also beside commas.
        保留标签和 id 中的引号，与逗号同时出现时也是如此。"""
        ids, labels = named(6)
        ids[2], labels[0], labels[3] = f'{ids[2]}"', f'"{labels[0]}"', f'12" {labels[3]}, "new"'
        close(run(lambda impl: written(impl, ids, labels)), table(ids, labels))

    def test_line_breaks(self, run, named):
        """Keeps line breaks in labels.
        保留标签中的换行。"""
        ids, labels = named(5)
        labels[1], labels[3] = f"{labels[1]}\n{labels[2]}", f"\n{labels[3]}\n"
        close(run(lambda impl: written(impl, ids, labels)), table(ids, labels))

    def test_as_they_are(self, run, named, chance):
        """Keeps blanks, leading zeros, backslashes and empty labels as they are.
        空格、开头的零、反斜杠和空标签都保持原样。"""
        ids, labels = named(6)
        ids[0], ids[1] = f"00{chance.randint(1, 99)}", f" {ids[1]} "
        labels[2], labels[3], labels[4] = "", f"  {labels[3]} ", f"{labels[4]}\\n\\t'"
        close(run(lambda impl: written(impl, ids, labels)), table(ids, labels))

    def test_utf_8(self, run, named, chance):
        """Writes Chinese and other letters in UTF-8.
        用 UTF-8 写入中文和其他字符。"""
        ids, labels = named(5)
        labels[0], labels[2], ids[4] = f"{labels[0]}猫", chance.choice(["鹿", "马", "蛙"]), f"élan{ids[4]}"
        close(run(lambda impl: written(impl, ids, labels)), table(ids, labels))

    def test_replaced(self, run, named, chance):
        """Replaces an old file, also a longer one.
        替换已有的文件，原文件更长时也是如此。"""
        ids, labels = named(4)
        old = "image,label\n" + "old.jpg,frog\n" * chance.randint(20, 40)
        close(run(lambda impl: written(impl, ids, labels, old)), table(ids, labels))

    def test_few_images(self, run, named):
        """Writes the header alone without images, and one row for one image.
        没有图像时只写表头，一张图像时只有一行。"""
        ids, labels = named(1)
        found = run(lambda impl: [written(impl, ids, labels), written(impl, [], [])])
        close(found, [table(ids, labels), table([], [])])

    def test_tuples(self, run, named, chance):
        """Accepts tuples.
        可以传入元组。"""
        ids, labels = (tuple(part) for part in named(chance.randint(3, 9)))
        close(run(lambda impl: written(impl, ids, labels)), table(ids, labels))

    @pytest.mark.points(2)
    def test_lengths(self, agree, named, chance):
        """Raises ValueError if there are more or fewer labels than ids.
        标签与 id 的个数不同时，抛出 ValueError。"""
        ids, labels = named(chance.randint(4, 9))
        pairs = {"more labels": (ids[:-1], labels), "fewer labels": (ids, labels[:-1]), "no labels": (ids, [])}

        def probe(impl):
            refused = {name: raises(lambda pair=pair: written(impl, *pair), ValueError) for name, pair in pairs.items()}
            return refused, written(impl, ids, labels)

        agree(probe)

    @pytest.mark.needs("lengths")
    def test_nothing_written(self, agree, named, chance):
        """Writes nothing before it raises ValueError: an old file stays as it was.
        抛出 ValueError 之前什么也不写：已有的文件保持原样。"""
        (ids, labels), old = named(chance.randint(4, 9)), f"image,label\nold.jpg,{chance.choice(['frog', 'cat'])}\n"

        def probe(impl):
            with np.testing.tempdir() as folder:
                np.frombuffer(old.encode(), np.uint8).tofile(f"{folder}/old.csv")
                for name, pair in product(("old", "new"), ((ids, labels[1:]), (ids[:-1], labels))):
                    raises(partial(impl.write_submission, *pair, f"{folder}/{name}.csv"), ValueError)
                after = [content(f"{folder}/{name}.csv") for name in ("old", "new")]
            return after, written(impl, ids, labels)

        agree(probe)

    @pytest.mark.needs("rows")
    def test_arguments_untouched(self, agree, named, chance):
        """Leaves the lists as they were.
        不修改传入的列表。"""
        ids, labels = named(chance.randint(4, 9))
        agree(lambda impl: (written(impl, ids, labels), ids, labels))
