"""The figures of ch49."""

from dlgrade.course.drawing import Drawing


def neighbours() -> Drawing:
    """A small image with the absolute differences of its neighbours."""
    Y = [[1, 2, 4], [1, 5, 4]]
    drawing, cell, gap = Drawing(220, 132), 30, 38
    x, y = 26, 12
    for i, row in enumerate(Y):
        for j, pixel in enumerate(row):
            left, top = x + j * (cell + gap), y + i * (cell + gap)
            drawing.box(left, top, cell, cell, pixel)
            if j + 1 < len(row):
                drawing.line((left + cell, top + cell / 2), (left + cell + gap, top + cell / 2))
                drawing.words(left + cell + gap / 2, top + cell / 2 - 9, abs(row[j + 1] - pixel), colour="accent")
            if i + 1 < len(Y):
                drawing.line((left + cell / 2, top + cell), (left + cell / 2, top + cell + gap))
                drawing.words(left + cell / 2 + 10, top + cell + gap / 2, abs(Y[i + 1][j] - pixel), colour="warn")
    return drawing
