"""ch39: read_csv_labels."""

import pytest

from dlgrade.testing import close, folder_of, shuffled, words


@pytest.fixture
def numbers(chance):
    """numbers(5): names of 5 images, in no order."""
    return lambda count: [str(number) for number in chance.sample(range(1, 10**5), count)]


def read(run, *texts):
    """Ask for the labels of files with these texts, and check them line by line."""
    expected = []
    for text in texts:
        lines = text.replace("\r", "").strip("\n").split("\n")
        expected.append({line.partition(",")[0]: line.partition(",")[2] for line in lines[1:]})

    def probe(impl):
        found = []
        for text in texts:
            with folder_of({"labels.csv": text}) as folder:
                found.append(impl.read_csv_labels(f"{folder}/labels.csv"))
        return found

    close(run(probe), expected)


@pytest.mark.exercise("read_csv_labels")
class TestReadCsvLabels:
    @pytest.fixture
    def rows(self, generator, chance, numbers):
        """rows(5): the lines of 5 images; labels repeat."""

        def draw(count):
            kinds = words(generator, 3, length=5)
            return [f"{name},{chance.choice(kinds)}" for name in numbers(count)]

        return draw

    @pytest.mark.points(2)
    def test_labels(self, run, rows, chance):
        """Returns the label of each image, without the header.
        返回每张图像的标签；表头不是图像。"""
        read(
            run, "\n".join(["id,label", *rows(chance.randint(4, 9))]) + "\n", "\n".join(["id,label", *rows(20)]) + "\n"
        )

    def test_windows_line_ends(self, run, rows, chance):
        """Accepts lines that end in "\\r\\n".
        每行可以以 "\\r\\n" 结尾。"""
        read(run, "\r\n".join(["id,label", *rows(chance.randint(4, 9))]) + "\r\n")

    def test_no_last_line_end(self, run, rows, chance):
        """Accepts a last line without a line end.
        最后一行末尾可以没有换行。"""
        read(run, *("\n".join(["id,label", *rows(chance.randint(3, 9))]) for _ in range(2)))

    def test_few_images(self, run, rows):
        """Accepts a single image, and a header without images.
        可以只有一张图像，也可以只有表头。"""
        read(run, f"id,label\n{rows(1)[0]}\n", "id,label\n", f"id,label\n{rows(1)[0]}")

    def test_any_header(self, run, generator, rows, chance):
        """Skips the first line, whatever it says.
        无论第一行是什么，都略过。"""
        headers = [",".join(words(generator, 2)), f"{chance.randint(1, 9)},frog", "label,id"]
        read(run, *("\n".join([header, *rows(4)]) + "\n" for header in headers))

    def test_as_they_are(self, run, generator, chance):
        """Keeps names and labels as they are: digits, zeros, dots, capitals.
        名称和标签保持原样：数字、开头的零、点、大写字母。"""
        a, b, c = shuffled(generator, words(generator, 3))
        names = [
            f"00{chance.randint(1, 9)}",
            f"{chance.randint(10, 99)}",
            f"{a}.png",
            f"{b}.v2.png",
            c.upper(),
            f"{c}_1",
        ]
        labels = [f"{chance.randint(0, 9)}", f"0{chance.randint(0, 9)}", b.title(), f"{a}-{c}", "1e3", f"{c}.{a}"]
        read(run, "\n".join(["id,label", *(f"{n},{k}" for n, k in zip(names, labels, strict=True))]) + "\n")
