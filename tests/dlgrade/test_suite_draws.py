"""Suites draw with `draw_int`, `shuffled` and `words` of dlgrade.testing."""

import torch

from dlgrade.testing import draw_int, shuffled, words


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_whole_numbers_reach_both_ends() -> None:
    """Numbers lie between the ends, which both occur."""
    source = generator()
    assert {draw_int(source, 2, 5) for _ in range(200)} == {2, 3, 4, 5}


def test_shuffled_keeps_every_item() -> None:
    """The same items come in another order, repeated ones as often as before."""
    items = [*range(20), *range(20)]
    assert sorted(shuffled(generator(), items)) == sorted(items)
    assert shuffled(generator(), items) != shuffled(generator(1), items)


def test_words_differ_and_are_sorted() -> None:
    """Words are different, sorted, of the length that was asked for, and others under another seed."""
    drawn = words(generator(), 26, length=1)
    assert drawn == [chr(code) for code in range(ord("a"), ord("z") + 1)]
    assert all(len(word) == 5 and word.isalpha() and word.islower() for word in words(generator(), 9, length=5))
    assert words(generator(), 3) != words(generator(1), 3)
