"""The figures of ch55."""

from dlgrade.course.drawing import Drawing


def unrolled() -> Drawing:
    """Three steps of a recurrent network."""
    drawing, side, x, gap = Drawing(328, 196), 32, 78, 84
    drawing.box(4, 82, side, side, "H", fill="soft")
    for step in range(3):
        left = x + step * gap
        middle = left + side / 2
        drawing.line((left - gap + side if step else 4 + side, 98), (left, 98), arrow=True)
        drawing.words(left - 26 if step else left - 21, 86, "W_hh", size=11)
        drawing.line((middle, 156), (middle, 114), arrow=True)
        drawing.words(middle + 19, 136, "W_xh", size=11)
        drawing.line((middle, 82), (middle, 40), arrow=True)
        drawing.words(middle + 19, 62, "W_hq", size=11)
        drawing.box(left, 156, side, side, f"X[{step}]", size=12)
        drawing.box(left, 82, side, side, "H", shade=0.5)
        drawing.box(left, 8, side, side, "Y")
    drawing.line((x + 2 * gap + side, 98), (x + 2 * gap + side + 34, 98), arrow=True)
    return drawing
