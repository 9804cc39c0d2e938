"""ch46: voc_colormap2label, voc_label_indices, voc_rand_crop.

A table has an entry for each of 256 ** 3 colours, so it is never sent: probes make tables, and return a few entries.
"""

import numpy as np
import pytest
import torch

from dlgrade.testing import sizes, to_grid, value_or_error

CODES = 256**3
# The colour of class i has bit 7 - k of red, green and blue where i has the bits 3 * k, 3 * k + 1 and 3 * k + 2.
PALETTE = torch.tensor([[sum((i >> 3 * k + c & 1) << 7 - k for k in range(3)) for c in range(3)] for i in range(21)])


def codes(colours):
    """The codes of colours, (..., 3)."""
    return (colours * torch.tensor([65536, 256, 1])).sum(dim=-1)


@pytest.mark.exercise("voc_colormap2label")
class TestVocColormap2label:
    @pytest.mark.points(2)
    def test_colours(self, agree, generator):
        """Has the class of each of the 21 colours at the colour's code, in int64.
        在 21 种颜色各自的编码处，都是对应的类别，类型为 int64。"""
        places = codes(PALETTE)[torch.randperm(21, generator=generator)]
        agree(lambda impl: impl.voc_colormap2label()[places])

    @pytest.mark.needs("colours")
    def test_other_colours(self, agree, generator):
        """Has 0 for all colours that are not in VOC_COLORMAP.
        不在 VOC_COLORMAP 中的颜色，值都为 0。"""
        others = torch.randint(256, (40, 3), generator=generator) | 1  # an odd number is in no colour of VOC
        border, known = torch.tensor([[224, 224, 192], [255, 255, 255]]), PALETTE[1:]
        places = codes(torch.cat([others, border, known]))
        places = places[torch.randperm(len(places), generator=generator)]
        agree(lambda impl: impl.voc_colormap2label()[places])

    @pytest.mark.needs("colours")
    def test_all_codes(self, agree, chance):
        """Has one entry for each of the 256 ** 3 codes, and only 20 of them are not 0.
        256 ** 3 个编码各有一个值，其中只有 20 个不为 0。"""
        start, end = chance.randint(1, 4_000_000), chance.randint(8_500_000, CODES - 1)

        def probe(impl):
            table = impl.voc_colormap2label()
            parts = table[:start], table[start:end], table[end:]
            return list(table.shape), [[int(part.count_nonzero()), int(part.sum())] for part in parts]

        agree(probe)

    @pytest.mark.needs("colours")
    def test_new_table(self, agree, chance):
        """Returns a new table in each call: a change of the first table leaves the second one as it should be.
        每次调用都返回新的表：修改第一张表，不影响第二张表。"""
        places, noise = codes(PALETTE[chance.sample(range(21), 8)]), chance.randint(21, 99)

        def probe(impl):
            table = impl.voc_colormap2label()
            before = table[places].clone()
            table[places] = noise
            return before, impl.voc_colormap2label()[places]

        agree(probe)


@pytest.fixture
def picture(generator, chance):
    """picture(): a label picture (3, h, w) of any colours, in uint8; picture(h, w) has the given sizes."""

    def draw(*shape):
        return torch.randint(256, (3, *(shape or chance.sample(range(4, 9), 2))), generator=generator).to(torch.uint8)

    return draw


# The factors of red, green and blue in the right code, and in codes that are mixed up.
RIGHT, TURNED = [[65536, 256, 1]], [[1, 256, 65536], [256, 65536, 1], [65536, 1, 256], [256, 1, 65536], [1, 65536, 256]]
SCALED = [[65025, 255, 1], [256, 256, 1], [65536, 1, 1], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
FACTORS = torch.tensor([*RIGHT, *TURNED, *SCALED])


def empty_table():
    """A table of zeros. numpy takes memory only for entries that are used."""
    return torch.from_numpy(np.zeros(CODES, dtype=np.int64))


def table_for(colormap, first):
    """A table whose entries differ at the codes of a picture, and at the codes that mistakes lead to."""
    colours = colormap.long()
    found = [(FACTORS @ triples).flatten() for triples in (colours.flatten(1), colours.reshape(-1, 3).T)]
    found.append((found[0] + 32768) % 65536 - 32768)  # in 16 bits
    found.append(codes(colours.flatten(1).T - 256 * (colours.flatten(1).T >= 128)))  # in signed bytes
    found += [colours.sum(dim=0).flatten() // 3, colours.amax(dim=0).flatten()]
    places = torch.cat([*found, codes(colours.flatten(1).T) + 1]) % CODES
    table = empty_table()
    table[places] = first + places
    return table


@pytest.fixture
def lookup(chance):
    """In a probe, lookup(impl, colormap): the classes by a table that has another one for each colour."""
    first = chance.randint(30, 999)
    return lambda impl, colormap: impl.voc_label_indices(colormap, table_for(colormap, first))


@pytest.mark.exercise("voc_label_indices")
class TestVocLabelIndices:
    @pytest.mark.points(2)
    @pytest.mark.draws("classes")
    def test_pixels(self, agree, lookup, picture):
        """Has the entry of the table for the colour of each pixel.
        每个像素的值，是表中该像素颜色对应的值。"""
        colormap = picture()
        agree(lambda impl: lookup(impl, colormap))

    @pytest.mark.draws("classes")
    def test_dark_colours(self, agree, lookup, picture):
        """Is right for dark colours, up to 15.
        颜色很暗（不超过 15）时结果正确。"""
        colormap = picture() // 16
        agree(lambda impl: lookup(impl, colormap))

    @pytest.mark.draws("classes")
    def test_bright_colours(self, agree, lookup, picture):
        """Is right for bright colours, from 240 on.
        颜色很亮（不小于 240）时结果正确。"""
        colormap = 240 + picture() // 16
        agree(lambda impl: lookup(impl, colormap))

    @pytest.mark.draws("classes")
    def test_single_channels(self, agree, lookup, picture):
        """Tells pure red, pure green and pure blue apart.
        能区分纯红、纯绿和纯蓝。"""
        pictures = [picture() * torch.eye(3, dtype=torch.uint8)[channel, :, None, None] for channel in range(3)]
        agree(lambda impl: [lookup(impl, colormap) for colormap in pictures])

    @pytest.mark.points(2)
    def test_voc_labels(self, agree, generator, chance):
        """Gives back the classes of which a label picture of VOC was made.
        由 VOC 的标签图像得到原来的类别。"""
        classes = torch.randint(21, tuple(chance.sample(range(5, 12), 2)), generator=generator)
        colormap, places = PALETTE[classes].permute(2, 0, 1).contiguous().to(torch.uint8), codes(PALETTE)

        def probe(impl):
            table = empty_table()
            table[places] = torch.arange(21)
            return impl.voc_label_indices(colormap, table)

        agree(probe)

    def test_given_table(self, agree, generator, chance):
        """Takes the classes from the given table, also for other colours than those of VOC.
        类别取自传入的表；表中的颜色可以不是 VOC 的颜色。"""
        colours = torch.randint(256, (6, 3), generator=generator)
        classes = torch.randint(6, tuple(chance.sample(range(4, 9), 2)), generator=generator)
        colormap, places = colours[classes].permute(2, 0, 1).contiguous().to(torch.uint8), codes(colours)
        labels = [torch.tensor(chance.sample(range(100), 6)) for _ in range(2)]

        def probe(impl):
            results, table = [], empty_table()
            for label in labels:
                table[places] = label
                results.append(impl.voc_label_indices(colormap, table))
            return results

        agree(probe)

    def test_background_alone(self, agree, generator, chance):
        """Gives the same class everywhere if all pixels have the same colour.
        所有像素颜色相同时，各处类别相同。"""
        h, w = sizes(generator)
        black, other = torch.zeros(3, h, w), torch.randint(256, (3, 1, 1), generator=generator).expand(3, h, w)
        pictures, label = [black.to(torch.uint8), other.to(torch.uint8)], chance.randint(1, 99)

        def probe(impl):
            table = table_for(pictures[1], label)
            table[0] = label
            return [impl.voc_label_indices(colormap, table) for colormap in pictures]

        agree(probe)

    def test_three_rows_or_columns(self, agree, lookup, picture, chance):
        """The first axis is that of the channels, also if the picture has three rows or three columns.
        图像恰好有三行或三列时，第一个轴仍然是通道。"""
        pictures = [picture(3, chance.randint(4, 8)), picture(chance.randint(4, 8), 3), picture(3, 3)]
        agree(lambda impl: [lookup(impl, colormap) for colormap in pictures])

    def test_narrow_pictures(self, agree, lookup, picture, chance):
        """Keeps both axes of a picture with one row, one column or one pixel.
        图像只有一行、一列或一个像素时，结果仍有两个轴。"""
        pictures = [picture(1, chance.randint(3, 8)), picture(chance.randint(3, 8), 1), picture(1, 1)]
        agree(lambda impl: [lookup(impl, colormap) for colormap in pictures])

    def test_first_and_last_code(self, agree, lookup, picture):
        """Reaches the first and the last entry of the table, for black and for white pixels.
        黑色和白色像素分别取到表中的第一个和最后一个值。"""
        colormap = (picture() > 127).to(torch.uint8) * 255
        agree(lambda impl: lookup(impl, colormap))

    def test_non_contiguous(self, agree, lookup, picture):
        """Accepts pictures with the channels last in memory.
        接受通道在内存中排在最后的图像。"""
        colormap = picture().permute(1, 2, 0).contiguous().permute(2, 0, 1)
        agree(lambda impl: lookup(impl, colormap))

    @pytest.mark.needs("pixels")
    def test_arguments_untouched(self, agree, picture, chance):
        """Leaves the picture and the table unchanged.
        不修改图像和表。"""
        colormap, first = picture(), chance.randint(30, 999)

        def probe(impl):
            table = table_for(colormap, first)
            result = impl.voc_label_indices(colormap, table)
            return result, colormap, table[codes(colormap.permute(1, 2, 0).long())], table[:9]

        agree(probe)


DRAWS = 600  # one place of twelve is missed by all draws once in 1e22 runs


@pytest.fixture
def slopes(generator):
    """slopes(channels, h, w): pictures that rise by a drawn step from row to row, and by another from column to column.

    The difference between two pixels says how far they are apart, wherever a crop lies.
    """

    def draw(*shape, dtype=torch.float32):
        *channels, h, w = shape
        down, right, first = torch.randint(1, 9, (3, *channels, 1, 1), generator=generator)
        return (first + down * torch.arange(h)[:, None] + right * torch.arange(w)).to(dtype)

    return draw


@pytest.fixture
def crop(slopes, chance):
    """crop(): an image, its label, and the height and width of a smaller rectangle."""

    def draw():
        (h, w), (height, width) = chance.sample(range(7, 11), 2), chance.sample(range(2, 6), 2)
        return slopes(3, h, w), slopes(3, h, w, dtype=torch.uint8), height, width

    return draw


def inside(impl, *arguments):
    """How each pixel of a crop differs from its first one."""
    return [part - part[..., :1, :1] for part in impl.voc_rand_crop(*arguments)]


def rows_and_columns(h, w):
    """An image (2, h, w) whose channels hold the row and the column of each pixel."""
    return torch.stack([torch.arange(h)[:, None].expand(h, w), torch.arange(w).expand(h, w)]).float()


def places(impl, more, height, width, draws=DRAWS):
    """First row and column of many crops, (draws, 2). The image has more[0] rows and more[1] columns to spare."""
    image = rows_and_columns(height + more[0], width + more[1])
    return torch.stack([impl.voc_rand_crop(image, image, height, width)[0][:, 0, 0] for _ in range(draws)])


@pytest.mark.exercise("voc_rand_crop")
class TestVocRandCrop:
    @pytest.mark.points(2)
    def test_rectangle(self, agree, crop):
        """Returns a rectangle of `height` rows and `width` columns of the image, and one of the label.
        返回图像的一个 height 行、width 列的矩形，以及标签的一个矩形。"""
        arguments = crop()
        agree(lambda impl: [inside(impl, *arguments) for _ in range(8)])

    @pytest.mark.points(2)
    def test_same_place(self, agree, chance):
        """Takes both rectangles from the same place.
        两个矩形取自同一位置。"""
        (h, w), (height, width) = chance.sample((8, 9), 2), chance.sample((5, 6, 7), 2)
        feature, added = rows_and_columns(h, w), torch.tensor(chance.sample(range(20, 99), 2))
        label = feature + added[:, None, None]

        def probe(impl):
            pairs = [impl.voc_rand_crop(feature, label, height, width) for _ in range(DRAWS)]
            apart = torch.stack([second[:, 0, 0] - first[:, 0, 0] for first, second in pairs])
            return apart.amin(0), apart.amax(0)

        agree(probe)

    @pytest.mark.points(2)
    def test_every_place(self, agree, chance):
        """Reaches every place within the image, from call to call.
        多次调用，能取到图像内的每一个位置。"""
        more, (height, width) = chance.sample((1, 2, 3), 2), chance.sample(range(4, 8), 2)

        def probe(impl):
            found = places(impl, more, height, width)
            seen = torch.zeros(5, 5, dtype=found.dtype)  # also rows and columns beyond the last
            for top, left in found.long().clamp(max=4).tolist():
                seen[top, left] = 1 + top + 10 * left
            return seen

        agree(probe)

    @pytest.mark.timeout(20)
    def test_equally_likely(self, agree, chance):
        """All first rows are equally likely, and so are all first columns.
        起始行的各种取值概率相同，起始列也是如此。"""
        height, width = chance.sample(range(4, 8), 2)

        def probe(impl):
            found = places(impl, (3, 3), height, width, draws=1500)
            counts = [torch.bincount(found[:, axis].long(), minlength=4) for axis in range(2)]
            # Times the number of places, the share of each is 1. It strays by 0.25 at more than five sigma.
            return [to_grid(4 * count.to(found.dtype) / 1500, 0.5) for count in counts]

        agree(probe)

    def test_whole_image(self, agree, randn, generator):
        """Returns the whole image and label if the rectangle is as large.
        矩形与图像一样大时，返回整幅图像和整个标签。"""
        h, w = sizes(generator, 3, 9)
        feature, label = randn(3, h, w), torch.randint(256, (3, h, w), generator=generator)
        agree(lambda impl: impl.voc_rand_crop(feature, label, h, w))

    def test_whole_rows_or_columns(self, agree, slopes, chance):
        """The rectangle may be as high or as wide as the image.
        矩形可以与图像一样高，或一样宽。"""
        h, w = chance.sample(range(5, 10), 2)
        feature, label = slopes(3, h, w), slopes(3, h, w)
        agree(lambda impl: [inside(impl, feature, label, *size) for size in ((h, w - 2), (h - 3, w))])

    def test_one_row_or_column(self, agree, slopes, chance):
        """A rectangle of one row or one column keeps its axes.
        矩形只有一行或一列时，各轴保留。"""
        h, w = chance.sample(range(5, 10), 2)
        feature, label = slopes(3, h, w), slopes(3, h, w)
        agree(lambda impl: [inside(impl, feature, label, *size) for size in ((1, w - 1), (h - 2, 1), (1, 1))])

    def test_classes_as_label(self, agree, slopes, chance):
        """The label may be a matrix of classes, without an axis of channels.
        标签可以是类别的矩阵，没有通道轴。"""
        (h, w), size = chance.sample(range(5, 10), 2), chance.sample((2, 3, 4), 2)
        feature, label = slopes(3, h, w), slopes(h, w, dtype=torch.int64)
        agree(lambda impl: inside(impl, feature, label, *size))

    def test_more_axes(self, agree, slopes, chance):
        """Keeps all axes before the last two: a batch has a single rectangle.
        最后两个轴之前的各轴不变：整个批量共用一个矩形。"""
        (h, w), size = chance.sample(range(5, 10), 2), chance.sample((2, 3, 4), 2)
        feature, label = slopes(2, 3, h, w), slopes(2, 1, h, w)
        agree(lambda impl: inside(impl, feature, label, *size))

    @pytest.mark.needs("whole_image")
    def test_dtypes(self, agree, generator):
        """Keeps the dtypes of image and label.
        图像和标签的 dtype 不变。"""
        h, w = sizes(generator, 3, 9)
        pixels = torch.randint(256, (3, h, w), generator=generator)
        small = pixels.to(torch.uint8)
        pairs = [(pixels.double(), small), (small, pixels), (pixels.half(), pixels.short())]
        agree(lambda impl: [impl.voc_rand_crop(*pair, h, w) for pair in pairs])

    @pytest.mark.needs("rectangle")
    def test_arguments_untouched(self, agree, crop):
        """Leaves image and label unchanged.
        不修改图像和标签。"""
        feature, label, height, width = crop()
        agree(lambda impl: (inside(impl, feature, label, height, width), feature, label))

    @pytest.mark.points(2)
    def test_too_large(self, agree, crop):
        """Raises ValueError if the rectangle has more rows or more columns than the image, and only then.
        矩形的行数或列数超过图像时，抛出 ValueError；否则不抛出。"""
        feature, label, *size = crop()
        h, w = feature.shape[1:]
        large = (h + 1, 2), (2, w + 1), (h + 3, w + 2), (h + 1, w), (h, w + 1)

        def probe(impl):
            refused = {
                f"{rows} rows, {columns} columns": value_or_error(
                    lambda *size: shapes(impl.voc_rand_crop(feature, label, *size)), rows, columns
                )
                for rows, columns in large
            }
            return refused, inside(impl, feature, label, *size), inside(impl, feature, label, h, w)

        agree(probe)


def shapes(result):
    """The shapes of a result in words."""
    return str(result and [tuple(part.shape) for part in result])
