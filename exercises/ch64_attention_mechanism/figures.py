"""The figures of ch64."""

import math

from dlgrade.course.drawing import Drawing

QUERIES = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
KEYS = [0.2, 0.9, 1.3, 2.1, 2.8, 3.6, 4.1, 4.9]


def weights() -> Drawing:
    """The weights of all queries and keys, under a wide and a narrow kernel. A weight that rounds to 0 is left out."""
    drawing, (width, height) = Drawing(328, 368), (34, 25)
    for top, w in ((0, 1), (186, 3)):
        kernel = [[math.exp(-(((x - key) * w) ** 2) / 2) for key in KEYS] for x in QUERIES]
        shares = [[value / sum(row) for value in row] for row in kernel]
        words = [[share if share >= 0.005 else "" for share in row] for row in shares]
        drawing.words(4, top + 14, f"w = {w}", align="start", size=12)
        for j, key in enumerate(KEYS):
            drawing.words(50 + (j + 0.5) * width, top + 14, key, size=11, colour="muted")
        for i, x in enumerate(QUERIES):
            drawing.words(42, top + 24 + (i + 0.5) * height, x, size=11, colour="muted", align="end")
        drawing.grid(50, top + 24, words, cell=(width, height), shade=shares, size=12)
    return drawing
