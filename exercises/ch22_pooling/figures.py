"""The figures of ch22."""

from math import inf

from dlgrade.course.drawing import Drawing

COLOURS = {(0, 0): "accent", (1, 1): "warn"}  # of the marked windows, by the places of their numbers in the result


def window() -> Drawing:
    """Two windows of a matrix, and their numbers in the result."""
    drawing, cell, X = Drawing(250, 128), 28, [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    drawing.words(52, 12, "X")
    drawing.grid(10, 28, X)
    drawing.words(129, 58, "max")
    drawing.line((106, 70), (152, 70), arrow=True)
    drawing.words(192, 26, "Y")
    drawing.grid(164, 42, [[max(X[i][j : j + 2] + X[i + 1][j : j + 2]) for j in range(2)] for i in range(2)])
    for (i, j), colour in COLOURS.items():
        drawing.box(10 + j * cell, 28 + i * cell, 2 * cell, 2 * cell, fill="none", edge=colour, thick=True)
        drawing.box(164 + j * cell, 42 + i * cell, cell, cell, fill="none", edge=colour, thick=True)
    return drawing


def padding_and_stride() -> Drawing:
    """A padded image, two windows that a stride separates, and their numbers in the result."""
    drawing, cell = Drawing(300, 248), 26
    (h, w), (k_h, k_w), (s_h, s_w), (p_h, p_w) = (5, 3), (3, 3), (3, 2), (1, 1)
    image = {(i + p_h, j + p_w): i * w + j for i in range(h) for j in range(w)}
    rows, columns = range(h + 2 * p_h), range(w + 2 * p_w)
    x, y, result_x, result_y = 44, 34, 204, 99
    drawing.words(x + s_w * cell / 2, y - 22, "s_w")
    drawing.line((x, y - 10), (x + s_w * cell, y - 10), arrow=True)
    drawing.words(x - 15, y + s_h * cell / 2, "s_h", align="end")
    drawing.line((x - 10, y), (x - 10, y + s_h * cell), arrow=True)
    padded = [[image.get((i, j), "-∞") for j in columns] for i in rows]
    drawing.grid(x, y, padded, cell=(cell, cell), soft=[[(i, j) not in image for j in columns] for i in rows])
    tops, lefts = rows[: len(rows) - k_h + 1 : s_h], columns[: len(columns) - k_w + 1 : s_w]
    inner = [(a, b) for a in range(k_h) for b in range(k_w)]
    result = [[max(image.get((i + a, j + b), -inf) for a, b in inner) for j in lefts] for i in tops]
    drawing.grid(result_x, result_y, result, cell=(cell, cell))
    for (i, j), colour in COLOURS.items():
        left, top = x + j * s_w * cell, y + i * s_h * cell
        drawing.box(left, top, k_w * cell, k_h * cell, fill="none", edge=colour, thick=True)
        drawing.box(result_x + j * cell, result_y + i * cell, cell, cell, fill="none", edge=colour, thick=True)
    drawing.words(4, 234, f"kernel_size {k_h, k_w}, stride {s_h, s_w}, padding {p_h, p_w}", align="start", size=12)
    return drawing
