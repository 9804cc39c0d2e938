"""Numbers in words: English to Chinese, a small parallel corpus for translation.

Source: generated, from the rules for counting in both languages. Licence: none needed. 100,000 different pairs.

    two hundred and five         二 百 零 五
    forty thousand and thirty    四 万 零 三 十

Word order and grouping differ (thousands in English, ten thousands in Chinese), so that a model has to look ahead.
"""

import torch

KIND = "sentence pairs"
LARGEST = 99_999
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_DIGITS, _PLACES = "零一二三四五六七八九", ["", "十", "百", "千", "万"]


def load(size: int, generator: torch.Generator, split: str = "train") -> list[tuple[str, str]]:
    """Pairs (English, Chinese), words separated by spaces. Short numbers are as frequent as long ones."""
    del split  # the generator makes the difference
    digits = torch.randint(1, 6, (size,), generator=generator).tolist()
    shares = torch.rand(size, generator=generator, dtype=torch.float64).tolist()
    least = [10 ** (count - 1) if count > 1 else 0 for count in digits]
    drawn = [low + int(share * (10**count - low)) for low, share, count in zip(least, shares, digits, strict=True)]
    return [(english(number), chinese(number)) for number in drawn]


def english(number: int) -> str:
    """
    >>> english(40_030)
    'forty thousand and thirty'
    """
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f" {_ONES[ones]}" if ones else "")
    unit, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    many, rest = divmod(number, unit)
    joined = " and " if rest and rest < 100 else " "
    return f"{english(many)} {name}" + (f"{joined}{english(rest)}" if rest else "")


def chinese(number: int) -> str:
    """
    >>> chinese(40_030)
    '四 万 零 三 十'
    """
    written = str(number)
    words: list[str] = []
    for place, digit in zip(range(len(written) - 1, -1, -1), map(int, written), strict=True):
        if digit:
            words += [_DIGITS[digit], _PLACES[place]]
        elif words and words[-1] != "零":
            words.append("零")
    while len(words) > 1 and words[-1] == "零":
        words.pop()
    if words[:2] == ["一", "十"]:
        words.pop(0)
    return " ".join(word for word in words if word) or "零"
