"""The figures of ch68."""

from dlgrade.course.drawing import Drawing


def encoder_block() -> Drawing:
    """The layers of an encoder block from the bottom up, with the connections around them."""
    drawing, left, right, width, height = Drawing(220, 292), 40, 70, 110, 28
    middle = right + width / 2
    drawing.words(middle, 280, "X")
    for bottom, layer, norm, above in ((268, "attention", "addnorm1", "Y"), (148, "ffn", "addnorm2", "")):
        drawing.line((middle, bottom), (middle, bottom - 36), arrow=True)
        drawing.box(right, bottom - 64, width, height, layer, shade=0.4)
        drawing.line((middle, bottom - 64), (middle, bottom - 82), arrow=True)
        drawing.box(right, bottom - 110, width, height, norm)
        drawing.line((middle, bottom - 18), (left, bottom - 18))
        drawing.line((left, bottom - 18), (left, bottom - 96))
        drawing.line((left, bottom - 96), (right, bottom - 96), arrow=True)
        drawing.line((middle, bottom - 110), (middle, bottom - 120))
        drawing.words(middle + 14, bottom - 122, above)
    drawing.line((middle, 38), (middle, 10), arrow=True)
    return drawing
