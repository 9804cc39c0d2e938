"""The figures of ch76."""

import struct

from dlgrade.course.drawing import Drawing


def fields() -> Drawing:
    """The bits of 6.36 in three fields."""
    drawing, cell = Drawing(318, 112), 13
    bits = f"{int.from_bytes(struct.pack('>f', 6.36), 'big'):032b}"
    sign, exponent, mantissa = bits[0], bits[1:9], bits[9:]
    drawing.words(10 + cell / 2, 10, "s", size=12)
    drawing.grid(10, 20, [list(sign)], cell=(cell, 22), size=12)
    drawing.words(40 + 4 * cell, 10, "e", size=12)
    drawing.grid(40, 20, [list(exponent)], cell=(cell, 22), shade=[[0.4] * 8], size=12)
    drawing.words(160, 31, f"e = {int(exponent, 2)}", align="start", size=12)
    drawing.words(10 + 23 * cell / 2, 60, "m", size=12)
    drawing.grid(10, 70, [list(mantissa)], cell=(cell, 22), size=12)
    drawing.words(160 + 62, 31, f"m = {int(mantissa, 2)}", align="start", size=12)
    return drawing
