"""The figures of ch65."""

import math

from dlgrade.course.drawing import Drawing

X = [[[0.5, 1.2, -0.3, 0.8], [1.0, 0.1, 2.0, 0.4]], [[0.2, 0.9, 1.5, -1.0], [1.1, 0.6, 0.3, 0.7]]]
VALID_LENS = [2, 3]


def masked() -> Drawing:
    """The logits and the weights of two examples, with different numbers of valid keys."""
    drawing, cell = Drawing(328, 172), (36, 28)
    drawing.words(74, 12, "X")
    drawing.words(254, 12, "softmax")
    for top, logits, n in zip((28, 108), X, VALID_LENS, strict=True):
        kernel = [[math.exp(logit) * (t < n) for t, logit in enumerate(row)] for row in logits]
        weights = [[value / sum(row) for value in row] for row in kernel]
        grey = [[t >= n for t in range(len(row))] for row in logits]
        drawing.grid(2, top, [[str(logit) for logit in row] for row in logits], cell=cell, size=12, soft=grey)
        drawing.words(164, top + 14, f"n = {n}", size=11)
        drawing.line((150, top + 28), (178, top + 28), arrow=True)
        drawing.grid(182, top, weights, cell=cell, size=12, soft=grey, shade=weights)
    return drawing
