"""ch75's reference against inspect, Python's own renaming of private names, and deepcopy."""

import copy
import inspect
import itertools
import random

import pytest
import torch


class Net(torch.nn.Linear):
    """A layer with members of every kind."""

    def __init__(self):
        super().__init__(2, 3)
        self.activation = torch.nn.ReLU()

    @property
    def broken(self):
        raise ValueError

    @classmethod
    def build(cls):
        return cls()

    @staticmethod
    def scale():
        return 2

    def _hidden(self):
        return 0


def test_public_methods(reference):
    """public_methods agrees with inspect.getmembers on classes, and also lists callable values of instances."""
    found = reference.public_methods(Net)
    assert found == [name for name, _ in inspect.getmembers(Net, callable) if name[0] != "_"]
    assert set(reference.public_methods(Net())) == {*found, "activation"}
    assert "broken" not in reference.public_methods(Net())
    for obj in ([], "", {}, 1, inspect, itertools):
        assert reference.public_methods(obj) == [n for n, _ in inspect.getmembers(obj, callable) if n[0] != "_"]


def test_name_kind(reference):
    """Private names are exactly those that Python renames."""
    for front, middle, back in itertools.product(range(5), ("", "a", "a_b", "A__b"), range(5)):
        name = "_" * front + middle + "_" * back
        if not name:
            continue
        space = {}
        exec(f"class Net:\n    {name} = 1", space)
        renamed = f"_Net{name}" in vars(space["Net"])
        kind = reference.name_kind(name)
        assert (kind == "private") == renamed, name
        assert (kind == "public") == (front == 0 and middle != "")
        assert (kind == "magic") == (front >= 2 and back >= 2 and middle != "")


def test_append_to(reference):
    """append_to agrees with list.append, and gives a new list to each call without a list."""
    items, expected = [], []
    for value in (1, None, [2], "a"):
        assert reference.append_to(value, items) is items
        expected.append(value)
        assert items == expected
        assert reference.append_to(value) == [value]
    assert reference.append_to.__defaults__ == (None,)


def nested(depth, draw):
    """A nested list of numbers."""
    return [nested(depth - 1, draw) if depth and draw.random() < 0.4 else draw.randint(-9, 9) for _ in range(4)]


def flat(xs):
    """The numbers of a nested list, and the identities of its lists."""
    numbers, lists = [], [id(xs)]
    for x in xs:
        if isinstance(x, list):
            numbers, lists = numbers + flat(x)[0], lists + flat(x)[1]
        else:
            numbers.append(x)
    return numbers, lists


def test_scale_copy(reference):
    """scale_copy scales all numbers, keeps the form and shares no list with its argument."""
    draw = random.Random(0)
    for factor in (0, 1, 2, -0.5):
        xs = nested(3, draw)
        before = copy.deepcopy(xs)
        result = reference.scale_copy(xs, factor)
        assert xs == before
        assert flat(result)[0] == [x * factor for x in flat(xs)[0]]
        assert not set(flat(result)[1]) & set(flat(xs)[1])
        assert reference.scale_copy(xs, 1) == xs


def test_evaluated_at_call(reference):
    """evaluated_at_call counts up at each call, and lets exceptions through."""
    count = itertools.count()
    function = reference.evaluated_at_call(lambda: next(count))
    assert [function(), function(None), function(0), function(), function([])] == [0, 1, 0, 2, []]
    assert function.__defaults__ == (None,)
    with pytest.raises(ZeroDivisionError):
        reference.evaluated_at_call(lambda: 1 // 0)()
