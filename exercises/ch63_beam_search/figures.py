"""The figures of ch63."""

from dlgrade.course.drawing import Drawing

# The probability of the next word, after the words so far.
NEXT = {
    "": {"A": 0.4, "B": 0.1, "C": 0.3, "D": 0.1, "E": 0.1},
    "A": {"A": 0.1, "B": 0.5, "C": 0.2, "D": 0.1, "E": 0.1},
    "C": {"A": 0.1, "B": 0.1, "C": 0.1, "D": 0.1, "E": 0.6},
    "AB": {"A": 0.1, "B": 0.1, "C": 0.2, "D": 0.5, "E": 0.1},
    "CE": {"A": 0.2, "B": 0.1, "C": 0.1, "D": 0.5, "E": 0.1},
}


def beam() -> Drawing:
    """Three steps of a search with k = 2: all extensions with their probabilities, and the two that are kept."""
    drawing, row, height = Drawing(316, 284), 27, 22
    beam, places = {"": 1.0}, {"": (0.0, 0.0)}
    for step in range(3):
        extensions = {
            words + word: p * next_p for words, p in beam.items() for word, next_p in NEXT[words].items()
        }
        second = sorted(extensions.values())[-2]
        x, top = 8 + step * 112, 142 - row * len(extensions) / 2
        for i, (words, p) in enumerate(extensions.items()):
            y, kept = top + (i + 0.5) * row, p >= second
            if step:
                start_x, start_y = places[words[:-1]]
                drawing.line((start_x, start_y), (x, y), colour="accent" if kept else "muted", arrow=kept, thick=kept)
            drawing.box(x, y - height / 2, 76, height, shade=0.6 if kept else 0, edge="accent" if kept else "muted")
            drawing.words(x + 6, y, words, align="start")
            drawing.words(x + 70, y, p, align="end")
            places[words] = (x + 76, y)
        beam = {words: p for words, p in extensions.items() if p >= second}
    return drawing
