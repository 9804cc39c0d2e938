"""The figure of ch21."""

from dlgrade.course.drawing import Drawing

CELL = 26
X = [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
K = [[[0, 1], [2, 3]], [[1, 2], [3, 4]]]


def value(i: int, j: int) -> int:
    """The number (i, j) of the result."""
    return sum(x[i + a][j + b] * k[a][b] for x, k in zip(X, K, strict=True) for a in range(2) for b in range(2))


def two_channels() -> Drawing:
    """An image and a kernel of two channels, and the result, with the windows of its first number."""
    drawing, tops, kernel_x, result_x = Drawing(304, 230), (28, 138), 130, 240
    for channel, (top, colour) in enumerate(zip(tops, ("accent", "warn"), strict=True)):
        drawing.words(10 + 1.5 * CELL, top - 14, f"X[{channel}]")
        drawing.grid(10, top, X[channel], cell=(CELL, CELL))
        drawing.box(10, top, 2 * CELL, 2 * CELL, fill="none", edge=colour, thick=True)
        drawing.words(109, top + 1.5 * CELL, "*")
        drawing.words(kernel_x + CELL, top + 0.5 * CELL - 14, f"K[{channel}]")
        drawing.grid(kernel_x, top + 0.5 * CELL, K[channel], cell=(CELL, CELL))
        drawing.box(kernel_x, top + 0.5 * CELL, 2 * CELL, 2 * CELL, fill="none", edge=colour, thick=True)
        drawing.line((kernel_x + 2 * CELL + 8, top + 1.5 * CELL), (result_x - 8, 122), arrow=True)
    drawing.words(210, 122, "+")
    drawing.words(result_x + CELL, 82, "Y")
    drawing.grid(result_x, 96, [[value(i, j) for j in range(2)] for i in range(2)], cell=(CELL, CELL))
    drawing.box(result_x, 96, CELL, CELL, fill="none", edge="ink", thick=True)
    return drawing
