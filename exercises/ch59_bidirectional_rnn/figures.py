"""The figures of ch59."""

from dlgrade.course.drawing import Drawing


def directions() -> Drawing:
    """Three steps of a bidirectional layer: a chain for each direction, and the states side by side."""
    drawing, side, height, gap = Drawing(328, 232), 34, 28, 96
    forward, backward = 144, 92  # the upper edges of the two chains
    drawing.box(2, forward, 24, height, "0", fill="soft")
    drawing.box(302, backward, 24, height, "0", fill="soft")
    for t in range(3):
        left, right = 46 + t * gap, 62 + t * gap  # of the forward and the backward state
        drawing.line((left - (gap - side if t else 20), forward + 14), (left, forward + 14), arrow=True)
        drawing.line((right + (gap if t < 2 else 48), backward + 14), (right + side, backward + 14), arrow=True)
        for x, top in ((left + 7, forward), (right + side - 7, backward)):
            drawing.line((x, 196), (x, top + height), arrow=True)
            drawing.line((x, top), (x, 54), arrow=True)
        drawing.box(left, forward, side, height, f"F[{t}]", shade=0.5, size=12)
        drawing.box(right, backward, side, height, f"B[{t}]", shade=0.15, size=12)
        drawing.box(left, 196, 50, height, f"X[{t}]")
        drawing.words(left + 25, 12, f"H[{t}]")
        drawing.grid(left, 26, [["F", "B"]], cell=(25, height), shade=[[0.5, 0.15]], size=12)
    return drawing
