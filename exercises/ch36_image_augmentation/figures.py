"""The figures of ch36."""

from dlgrade.course.drawing import Drawing


def crop() -> Drawing:
    """A padded image, and a window of it."""
    cell, image, padding, (top, left), (height, width) = 28, [[1, 2, 3], [4, 5, 6]], 1, (1, 0), (3, 3)
    columns = len(image[0]) + 2 * padding
    frame = [[0] * columns for _ in range(padding)]
    padded = [*frame, *([*[0] * padding, *row, *[0] * padding] for row in image), *frame]
    drawing = Drawing(columns * cell + 20, len(padded) * cell + 20)
    drawing.grid(10, 10, padded, soft=[[value == 0 for value in row] for row in padded])
    drawing.box(10 + left * cell, 10 + top * cell, width * cell, height * cell, fill="none", edge="accent", thick=True)
    return drawing
