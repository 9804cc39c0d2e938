"""The figures of ch20."""

from dlgrade.course.drawing import Drawing

COLOURS = {(0, 0): "accent", (1, 1): "warn"}  # of the marked windows, by the places of their numbers in the result


def padding_and_stride() -> Drawing:
    """A padded image, a kernel, two windows that a stride separates, and their numbers in the result."""
    drawing, cell = Drawing(262, 204), 26
    (h, w), K, (s_h, s_w), (p_h, p_w) = (3, 3), [[0, 1], [2, 3]], (3, 2), (1, 1)
    image = {(i + p_h, j + p_w): i * w + j for i in range(h) for j in range(w)}
    rows, columns, inner = range(h + 2 * p_h), range(w + 2 * p_w), [(a, b) for a in range(2) for b in range(2)]
    x, y, right = 44, 34, 202
    drawing.words(x + s_w * cell / 2, y - 22, "s_w")
    drawing.line((x, y - 10), (x + s_w * cell, y - 10), arrow=True)
    drawing.words(x - 15, y + s_h * cell / 2, "s_h", align="end")
    drawing.line((x - 10, y), (x - 10, y + s_h * cell), arrow=True)
    padded = [[image.get((i, j), 0) for j in columns] for i in rows]
    drawing.grid(x, y, padded, cell=(cell, cell), soft=[[(i, j) not in image for j in columns] for i in rows])
    tops, lefts = rows[: len(rows) - 1 : s_h], columns[: len(columns) - 1 : s_w]
    result = [[sum(padded[i + a][j + b] * K[a][b] for a, b in inner) for j in lefts] for i in tops]
    drawing.words(right - 12, 60, "K", align="end")
    drawing.grid(right, y, K, cell=(cell, cell))
    drawing.words(right - 12, 138, "Y", align="end")
    drawing.grid(right, 112, result, cell=(cell, cell))
    for (i, j), colour in COLOURS.items():
        left, top = x + j * s_w * cell, y + i * s_h * cell
        drawing.box(left, top, 2 * cell, 2 * cell, fill="none", edge=colour, thick=True)
        drawing.box(right + j * cell, 112 + i * cell, cell, cell, fill="none", edge=colour, thick=True)
    drawing.words(4, 190, f"stride {s_h, s_w}, padding {p_h, p_w}", align="start", size=12)
    return drawing
