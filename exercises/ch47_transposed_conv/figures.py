"""The figures of ch47."""

from dlgrade.course.drawing import Drawing

X, K, CELL = [[1, 2], [0, 3]], [[1, 0], [4, 5]], 28
COLOURS = {(0, 0): "accent", (1, 1): "warn"}  # of the marked copies, by the places of their numbers in X


def added(stride: int) -> list[list[int]]:
    """The transposed convolution of X and K."""
    size = stride + 2
    Y = [[0] * size for _ in range(size)]
    for i, j, a, b in ((i, j, a, b) for i in range(2) for j in range(2) for a in range(2) for b in range(2)):
        Y[i * stride + a][j * stride + b] += X[i][j] * K[a][b]
    return Y


def drawn(stride: int) -> Drawing:
    """X, K and the result, in which two copies are marked."""
    size = stride + 2
    drawing = Drawing(188 + size * CELL, 40 + size * CELL)
    middle = 28 + size * CELL / 2
    for x, name, values in ((10, "X", X), (88, "K", K)):
        drawing.words(x + CELL, middle - CELL - 14, name)
        drawing.grid(x, middle - CELL, values)
    drawing.line((150, middle), (172, middle), arrow=True)
    drawing.words(178 + size * CELL / 2, 14, "Y")
    drawing.grid(178, 28, added(stride))
    for (i, j), colour in COLOURS.items():
        drawing.box(10 + j * CELL, middle - CELL + i * CELL, CELL, CELL, fill="none", edge=colour, thick=True)
        left, top = 178 + j * stride * CELL, 28 + i * stride * CELL
        drawing.box(left, top, 2 * CELL, 2 * CELL, fill="none", edge=colour, thick=True)
    return drawing


def copies() -> Drawing:
    """Copies with stride 1, which overlap."""
    return drawn(1)


def apart() -> Drawing:
    """Copies with stride 2."""
    return drawn(2)
