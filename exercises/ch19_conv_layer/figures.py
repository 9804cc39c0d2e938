"""The figures of ch19."""

from dlgrade.course.drawing import Drawing

COLOURS = {(0, 0): "accent", (1, 1): "warn"}  # of the marked windows, by the places of their numbers in the result


def window() -> Drawing:
    """Two windows of an image, the kernel, and their numbers in the result."""
    drawing, cell, X, K = Drawing(322, 128), 28, [[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]]
    places, inner = range(2), [(a, b) for a in range(2) for b in range(2)]
    Y = [[sum(X[i + a][j + b] * K[a][b] for a, b in inner) for j in places] for i in places]
    drawing.words(52, 12, "X")
    drawing.grid(10, 28, X)
    drawing.words(160, 26, "K")
    drawing.grid(132, 42, K)
    drawing.line((202, 70), (232, 70), arrow=True)
    drawing.words(270, 26, "Y")
    drawing.grid(242, 42, Y)
    for (i, j), colour in COLOURS.items():
        drawing.box(10 + j * cell, 28 + i * cell, 2 * cell, 2 * cell, fill="none", edge=colour, thick=True)
        drawing.box(242 + j * cell, 42 + i * cell, cell, cell, fill="none", edge=colour, thick=True)
    return drawing
