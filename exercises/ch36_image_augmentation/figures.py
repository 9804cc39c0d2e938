"""The figures of ch36."""

from dlgrade.course.drawing import Drawing


def crop() -> Drawing:
    """A window of a padded image."""
    image, padding, (top, left), (height, width) = [[1, 2, 3], [4, 5, 6]], 1, (1, 0), (3, 3)
    columns = len(image[0]) + 2 * padding
    zeros = [[0] * columns for _ in range(padding)]
    rows = [*zeros, *([*[0] * padding, *row, *[0] * padding] for row in image), *zeros]
    shade = [[0.5 if value else 0 for value in row] for row in rows]
    drawing = Drawing(columns * SIDE + 20, len(rows) * SIDE + 20)
    drawing.grid(10, 10, rows, shade=shade)
    drawing.box(10 + left * SIDE, 10 + top * SIDE, width * SIDE, height * SIDE, fill="none", edge="accent", thick=True)
    return drawing


SIDE = 28  # of a cell
