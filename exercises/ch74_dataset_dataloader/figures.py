"""The figures of ch74."""

from dlgrade.course.drawing import Drawing

SEQUENCES = [[5, 6, 7, 2], [8], [3, 9]]
CELL = 28


def padded() -> Drawing:
    """Sequences on the left, and the rows of their minibatch on the right."""
    longest = max(map(len, SEQUENCES))
    drawing = Drawing(2 * longest * CELL + 72, len(SEQUENCES) * CELL + 20)
    for row, sequence in enumerate(SEQUENCES):
        y, right = 10 + row * CELL, longest * CELL + 62
        drawing.grid(10, y, [sequence], shade=[[0.5] * len(sequence)])
        rest = longest - len(sequence)
        shade, soft = [0.5] * len(sequence) + [0] * rest, [False] * len(sequence) + [True] * rest
        drawing.grid(right, y, [sequence + [0] * rest], shade=[shade], soft=[soft])
    drawing.words(longest * CELL + 36, 10 + len(SEQUENCES) * CELL / 2, "→")
    return drawing
