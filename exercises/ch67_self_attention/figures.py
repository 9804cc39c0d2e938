"""The figures of ch67."""

from dlgrade.course.drawing import Drawing

HEADS = {0: ("accent", 0.5), 1: ("muted", 0.1)}  # the colour and the shade of each head


def heads() -> Drawing:
    """Two heads: three projections, whose parts go to the heads, and the projection of both results."""
    drawing, height = Drawing(328, 294), 28
    for name, weight, x in (("queries", "W_q", 8), ("keys", "W_k", 118), ("values", "W_v", 228)):
        drawing.words(x + 46, 284, name)
        drawing.line((x + 46, 272), (x + 46, 238), arrow=True)
        drawing.box(x, 210, 92, height, weight)
        drawing.line((x + 46, 210), (x + 46, 192), arrow=True)
        for head, (colour, shade) in HEADS.items():
            drawing.line((x + 23 + head * 46, 164), (69 + head * 146 + x / 5, 130), colour=colour, arrow=True)
            drawing.box(x + head * 46, 164, 46, height, head + 1, shade=shade)
    for head, (colour, shade) in HEADS.items():
        drawing.box(32 + head * 146, 102, 118, height, "attention", shade=shade)
        drawing.line((91 + head * 146, 102), (141 + head * 46, 84), colour=colour, arrow=True)
        drawing.box(118 + head * 46, 56, 46, height, head + 1, shade=shade)
    drawing.line((164, 56), (164, 38), arrow=True)
    drawing.box(118, 10, 92, height, "W_o")
    return drawing
