"""The figures of ch50."""

from dlgrade.course.drawing import Drawing


def curve() -> Drawing:
    """The precision-recall curve of the example, its envelope, and the area below."""
    tp, num_gt = [True, False, True, True], 5
    drawing, x, y, width, height = Drawing(300, 190), 42, 20, 230, 130
    hits = [sum(tp[:k]) for k in range(1, len(tp) + 1)]
    precisions = [hit / k for k, hit in enumerate(hits, start=1)]
    step = width / num_gt
    for i in range(max(hits)):
        level = max(p for p, hit in zip(precisions, hits, strict=True) if hit > i)
        top = y + height * (1 - level)
        drawing.box(x + i * step, top, step, height * level, shade=0.5)
        drawing.line((x + i * step, top), (x + (i + 1) * step, top), colour="accent", thick=True)
    drawing.line((x, y + height), (x + width + 12, y + height), arrow=True)
    drawing.line((x, y + height), (x, y - 14), arrow=True)
    for i in range(num_gt + 1):
        drawing.words(x + i * step, y + height + 14, f"{i}/{num_gt}" if i else "0", size=12)
    drawing.words(x - 10, y, "1", align="end", size=12)
    drawing.words(x + width - 20, y + height + 30, "recall", size=12)
    drawing.words(x + 8, y - 12, "precision", align="start", size=12)
    for k, (hit, precision) in enumerate(zip(hits, precisions, strict=True), start=1):
        left, top = x + hit * step, y + height * (1 - precision)
        drawing.box(left - 3, top - 3, 6, 6, fill="none", edge="warn", thick=True)
        drawing.words(left + 8, top + 12, f"k={k}", align="start", size=12)
    return drawing
