"""The figures of ch85."""

from itertools import pairwise

from dlgrade.course.drawing import Drawing


def chord() -> Drawing:
    """A convex function, a chord, and the two values at the midpoint."""
    drawing = Drawing(220, 170)

    def place(x: float, y: float) -> tuple[float, float]:
        return 30 + 80 * x, 140 - 30 * y

    def f(x: float) -> float:
        return (x - 0.8) ** 2 * 2.4 + 0.4

    points = [place(i / 20, f(i / 20)) for i in range(42)]
    for start, end in pairwise(points):
        drawing.line(start, end, colour="accent", thick=True)
    x, y = 0.2, 1.9
    middle = (x + y) / 2
    drawing.line(place(x, f(x)), place(y, f(y)), colour="warn", thick=True)
    drawing.line(place(middle, f(middle)), place(middle, (f(x) + f(y)) / 2))
    for at, name in ((x, "x"), (middle, "(x + y) / 2"), (y, "y")):
        drawing.line(place(at, 0), place(at, -0.15))
        drawing.words(place(at, 0)[0], 156, name, size=12)
    drawing.line(place(-0.2, 0), place(2.2, 0))
    return drawing
