"""ch75 Python idioms behind PyTorch code: dir() and help(), names, default arguments, copies.

Four facts that code with PyTorch relies on:

- dir(torch.nn) lists names, and help(torch.ones) explains a function. help(torch.ones(2)) explains the result of a
  call, a tensor. So the function is given to help without parentheses.
- Underscores in a name say for whom it is. Python only renames a private name: self.__x in a class Net is _Net__x
  for all code outside, which can reach it by that name.
- Python computes a default value once, when it runs `def`. So `def display_time(data=datetime.now())` shows the same
  time in all calls. display_time.__defaults__ holds the default values: a fixed time here, and (None,) if data=None.
- An argument is another name for the caller's object. A function that changes a list in place changes the caller's
  list, unless it makes a copy first.
"""

import copy
from collections.abc import Callable
from typing import Any, Literal, TypeVar

T = TypeVar("T")


def public_methods(obj: Any) -> list[str]:
    """Return the names that can be called on an object, as dir() finds them.

    These are the attributes of obj that are callable, without two kinds: names that begin with an underscore, and
    properties. A property is not evaluated, because it may be slow, or raise an error. Inherited methods, class methods
    and static methods count. So does any other callable value, such as a class, or a function that is stored in the
    instance. The function calls no method.

    Args:
        obj: any object: an instance, a class or a module.

    Returns:
        A list of the names, in the order of sorted().

    >>> public_methods((1, 2))
    ['count', 'index']
    """
    raise NotImplementedError  # write your code here


def name_kind(name: str) -> Literal["public", "protected", "private", "magic"]:
    """Return for whom a name of a class is, by its underscores.

    - "magic": it begins and ends with two or more underscores, and has another character between. Python calls such
      methods by itself, as __init__.
    - "private": it begins with two or more underscores, has another character, and is not magic. Python stores such
      an attribute under another name: __weight of a class Net becomes _Net__weight.
    - "protected": it begins with an underscore, and is neither magic nor private. A name of underscores alone is
      protected, however many there are.
    - "public": it begins with no underscore.

    The new name _Net__weight begins with one underscore. So it is protected, and all code can reach it.

    Args:
        name: an identifier, not empty.

    Returns:
        One of the four words.

    >>> [name_kind(name) for name in ("forward", "_forward", "__forward", "__call__")]
    ['public', 'protected', 'private', 'magic']
    """
    raise NotImplementedError  # write your code here


def append_to(value: T, items: list[T] | None = None) -> list[T]:
    """Append a value to a list, or to a new list.

    The function changes the list that it gets, also an empty list, and returns this same list, not a copy. Without
    items, or with None, each call begins a new list. So the lists of two such calls have nothing to do with each other.
    The default value stays None: append_to.__defaults__ is (None,) after any number of calls.

    Args:
        value: anything. It becomes a single element, also if it is a list or None.
        items: a list.

    Returns:
        The list, with the value at its end.

    >>> append_to(3), append_to(4)
    ([3], [4])
    """
    raise NotImplementedError  # write your code here


def scale_copy(xs: list[Any], factor: float) -> list[Any]:
    """Return a list with all numbers multiplied by a factor. The list that is given stays as it is.

    The result is a new list, also if the factor is 1. If xs has lists in it, so has the result: they are new lists at
    every depth, so that a change of the result never shows in xs. The same list may be at several places of xs. Then
    each place has its own new list in the result, in which each number is multiplied once.

    Args:
        xs: numbers, and lists of the same kind: [1.5, [2.0, [3]], 4]. A list may be empty, also xs.
        factor: any number. The products are those of Python: 2 * 3 is an int, and 2 * 1.5 a float.

    Returns:
        A list of the same form as xs.

    >>> scale_copy([1.0, [2, 0.5]], 2)
    [2.0, [4, 1.0]]
    """
    raise NotImplementedError  # write your code here


def evaluated_at_call(factory: Callable[[], T]) -> Callable[..., T]:
    """Return a function whose default value is computed at each call.

    The function corrects the trap of `def display_time(data=datetime.now())`. It has one parameter, data, with the
    default None, so that its __defaults__ is (None,). Its result is data. If data is missing or None, its result is
    that of factory(), which it calls anew in each such call, once. Otherwise it does not call factory. Any other value
    of data counts, also 0, "" or [].

    evaluated_at_call itself does not call factory. Results are passed on as they are: the same objects, no copies. An
    exception of factory reaches the caller, and a later call tries again.

    Args:
        factory: a function without arguments, such as datetime.now. Its results may be anything, also None.

    Returns:
        The function. Functions of different calls of evaluated_at_call are independent.

    >>> count = iter(range(5, 9))
    >>> number = evaluated_at_call(lambda: next(count))
    >>> number(), number(), number(1), number()
    (5, 6, 1, 7)
    """

    raise NotImplementedError  # write your code here
