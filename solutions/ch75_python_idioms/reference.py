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
    # BEGIN SOLUTION
    found = []
    for name in dir(obj):
        # WRONG not-inherited: for name in {**vars(type(obj)), **(vars(obj) if hasattr(obj, "__dict__") else {})}:
        # WRONG class-alone: for name in dir(obj if isinstance(obj, type) else type(obj)):
        # WRONG instance-alone: for name in vars(obj):
        # WRONG methods-of-object-missing: for name in set(dir(obj)) - set(dir(type(obj).__base__)):
        if name.startswith("_"):
            # WRONG dunders-alone-hidden: if name.startswith("__"):
            # WRONG underscore-anywhere: if "_" in name:
            # WRONG underscores-kept: if False:
            # WRONG magic-alone-hidden: if name.startswith("__") and name.endswith("__"):
            # WRONG underscores-at-the-end-hidden: if name.startswith("_") or name.endswith("_"):
            # WRONG hidden-ones-alone: if not name.startswith("_"):
            continue
        if isinstance(getattr(type(obj), name, None), property):
            # WRONG properties-evaluated: if False:
            # WRONG properties-as-methods:
            #     if isinstance(getattr(type(obj), name, None), property):
            #         found.append(name)
            continue
        value = getattr(obj, name)
        # WRONG static-look-up:
        #     value = next((vars(c)[name] for c in type(obj).__mro__ if name in vars(c)), None)
        # WRONG class-methods-missing:
        #     value = getattr(obj, name)
        #     value = None if getattr(value, "__self__", None) is type(obj) else value
        # WRONG static-methods-missing:
        #     value = getattr(obj, name)
        #     value = None if type(value).__name__ == "function" and name not in getattr(obj, "__dict__", {}) else value
        # WRONG bound-methods-alone:
        #     value = getattr(obj, name)
        #     value = value if type(value).__name__ in ("method", "builtin_function_or_method") else None
        # WRONG functions-alone:
        #     value = getattr(obj, name)
        #     value = value if type(value).__name__ == "function" else None
        # WRONG classes-missing:
        #     value = getattr(obj, name)
        #     value = None if isinstance(value, type) else value
        if callable(value):
            # WRONG all-attributes: if True:
            # WRONG data-alone: if not callable(value):
            # WRONG called-without-arguments:
            #     try:
            #         value()
            #     except Exception:
            #         continue
            #     if callable(value):
            found.append(name)
            # WRONG names-of-the-definitions: found.append(getattr(value, "__name__", name))
    return sorted(found)
    # WRONG not-sorted: return sorted(found, key=lambda name: name[::-1])
    # WRONG sorted-without-case: return sorted(found, key=str.lower)
    # WRONG sorted-backwards: return sorted(found, reverse=True)
    # WRONG names-with-parentheses: return [f"{name}()" for name in sorted(found)]
    # WRONG number-of-methods: return len(found)
    # WRONG own-ones-first: return sorted(found, key=lambda name: (name not in vars(type(obj)), name))
    # END SOLUTION


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
    # BEGIN SOLUTION
    only_underscores = not name.strip("_")
    # WRONG underscores-not-special: only_underscores = False
    if name.startswith("__") and not only_underscores:
        # WRONG any-leading-underscore-as-two: if name.startswith("_") and not only_underscores:
        # WRONG exactly-two-in-front: if name.startswith("__") and name[2:3] != "_" and not only_underscores:
        # WRONG underscores-anywhere: if "__" in name and not only_underscores:
        # WRONG renamed-name-as-private:
        #     if (name.startswith("__") or (name.startswith("_") and "__" in name[1:-2])) and not only_underscores:
        return "magic" if name.endswith("__") else "private"
        # WRONG one-underscore-at-the-end: return "magic" if name.endswith("_") else "private"
        # WRONG end-ignored: return "magic"
        # WRONG no-magic: return "private"
        # WRONG exactly-two-at-the-end: return "magic" if name.endswith("__") and name[-3] != "_" else "private"
        # WRONG magic-and-private-swapped: return "private" if name.endswith("__") else "magic"
        # WRONG dunder-for-magic: return "dunder" if name.endswith("__") else "private"
        # WRONG private-as-protected: return "magic" if name.endswith("__") else "protected"
        # WRONG known-methods-alone: return "magic" if hasattr(object, name) else "private"
        # WRONG small-letters-alone: return "magic" if name.endswith("__") and name.islower() else "private"
    return "protected" if name.startswith("_") else "public"
    # WRONG underscore-at-the-end-counts: return "protected" if name.startswith("_") or name.endswith("_") else "public"
    # WRONG underscore-within-counts: return "protected" if "_" in name else "public"
    # WRONG protected-and-private-swapped: return "private" if name.startswith("_") else "public"
    # WRONG single-underscore-public: return "protected" if name.startswith("_") and name != "_" else "public"
    # WRONG underscores-alone-public: return "protected" if name.startswith("_") and name.strip("_") else "public"
    # WRONG capitals-as-public: return "protected" if name.startswith("_") and not name[1:2].isupper() else "public"
    # WRONG constants-as-protected: return "protected" if name.startswith("_") or name.isupper() else "public"
    # WRONG leading-ones-counted:
    #     return ("public", "protected", "private", "magic")[min(3, len(name) - len(name.lstrip("_")))]
    # END SOLUTION


def append_to(value: T, items: list[T] | None = None) -> list[T]:
    # WRONG one-list-for-all-calls:
    #     def append_to(value, items=[]):
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
    # BEGIN SOLUTION
    if items is None:
        # WRONG empty-list-replaced: if not items:
        # WRONG list-always-new: if True:
        items = []
        # WRONG list-kept-elsewhere:
        #     items = globals().setdefault("_collected", [])
        # WRONG none-in-a-new-list: items = [None]
        # WRONG nothing-without-a-list: return None
        # WRONG value-without-a-list: return value
    items.append(value)
    # WRONG copied-before: items = [*items, value]
    # WRONG copied-after:
    #     items.append(value)
    #     items = items[:]
    # WRONG value-in-front: items.insert(0, value)
    # WRONG appended-twice:
    #     items.append(value)
    #     items.append(value)
    # WRONG elements-of-the-value: items.extend(value if isinstance(value, list) else [value])
    # WRONG none-not-appended: items.extend([] if value is None else [value])
    # WRONG known-value-not-appended: items.extend([] if value in items else [value])
    # WRONG falsy-value-not-appended: items.extend([value] if value else [])
    # WRONG last-replaced: items[-1:] = [value]
    # WRONG value-in-a-list: items.append([value])
    # WRONG value-as-text: items.append(str(value))
    # WRONG list-sorted:
    #     items.append(value)
    #     items.sort(key=str)
    return items
    # WRONG result-of-append: return None
    # WRONG value-returned: return value
    # WRONG length-returned: return len(items)
    # WRONG last-element-returned: return items[-1:]
    # END SOLUTION


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
    # BEGIN SOLUTION
    result = []
    # WRONG shared-lists-stay-shared:
    #     result = copy.deepcopy(xs)
    #     def scale(items):
    #         for i, x in enumerate(items):
    #             if isinstance(x, list):
    #                 scale(x)
    #             else:
    #                 items[i] = x * factor
    #     scale(result)
    #     return result
    # WRONG changed-in-place:
    #     for i, x in enumerate(xs):
    #         xs[i] = scale_copy(x, factor) if isinstance(x, list) else x * factor
    #     return xs
    # WRONG changed-in-place-and-copied:
    #     for i, x in enumerate(xs):
    #         xs[i] = scale_copy(x, factor) if isinstance(x, list) else x * factor
    #     return xs[:]
    # WRONG outer-list-copied:
    #     result = list(xs)
    #     for i, x in enumerate(result):
    #         if isinstance(x, list):
    #             x[:] = scale_copy(x, factor)
    #         else:
    #             result[i] = x * factor
    #     return result
    # WRONG same-list-for-one:
    #     result = []
    #     if factor == 1:
    #         return xs
    # WRONG inner-lists-for-one:
    #     result = []
    #     if factor == 1:
    #         return list(xs)
    # WRONG same-empty-list:
    #     result = []
    #     if not xs:
    #         return xs
    # WRONG list-times-factor: return xs * int(factor)
    # WRONG copy-not-scaled: return copy.deepcopy(xs)
    # WRONG emptied-afterwards:
    #     result = [scale_copy(x, factor) if isinstance(x, list) else x * factor for x in xs]
    #     xs.clear()
    #     return result
    # WRONG nothing-for-zero:
    #     result = []
    #     if not factor:
    #         return copy.deepcopy(xs)
    for x in xs:
        # WRONG one-level-alone:
        #     for x in xs:
        #         if isinstance(x, list):
        #             result.append([y if isinstance(y, list) else y * factor for y in x])
        #             continue
        # WRONG flattened:
        #     for x in xs:
        #         if isinstance(x, list):
        #             result.extend(scale_copy(x, factor))
        #             continue
        # WRONG inner-lists-missing:
        #     for x in xs:
        #         if isinstance(x, list):
        #             continue
        # WRONG factor-once-for-each-level:
        #     for x in xs:
        #         if isinstance(x, list):
        #             result.append(scale_copy(scale_copy(x, factor), factor))
        #             continue
        if isinstance(x, list):
            result.append(scale_copy(x, factor))
            # WRONG inner-lists-kept: result.append(x)
            # WRONG inner-lists-repeated: result.append(x * int(factor))
        else:
            result.append(x * factor)
            # WRONG added: result.append(x + factor)
            # WRONG divided: result.append(x / factor if factor else x * factor)
            # WRONG all-floats: result.append(float(x * factor))
            # WRONG all-ints: result.append(int(x * factor))
            # WRONG squared-factor: result.append(x * factor * factor)
            # WRONG size-of-the-factor: result.append(x * abs(factor))
            # WRONG to-the-power: result.append(x**2 * factor)
            # WRONG rounded: result.append(round(x * factor, 1))
    return result
    # WRONG backwards: return result[::-1]
    # WRONG first-number-kept: return xs[:1] + result[1:]
    # END SOLUTION


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

    # BEGIN SOLUTION
    # WRONG called-at-definition: factory = (lambda value: lambda: value)(factory())
    # WRONG called-once-in-advance: factory()
    # WRONG first-result-kept:
    #     original, results = factory, []
    #     def factory():
    #         if not results:
    #             results.append(original())
    #         return results[0]
    # WRONG truthy-result-kept:
    #     original, results = factory, []
    #     def factory():
    #         if not results or not results[0]:
    #             results[:] = [original()]
    #         return results[0]
    # WRONG one-result-late:
    #     original, results = factory, [factory()]
    #     def factory():
    #         results.append(original())
    #         return results.pop(0)
    # WRONG called-twice:
    #     original = factory
    #     def factory():
    #         original()
    #         return original()
    # WRONG again-if-falsy:
    #     original = factory
    #     def factory():
    #         return original() or original()
    # WRONG results-copied:
    #     original = factory
    #     def factory():
    #         return copy.deepcopy(original())
    # WRONG results-as-text:
    #     original = factory
    #     def factory():
    #         return str(original())
    # WRONG exceptions-swallowed:
    #     original = factory
    #     def factory():
    #         try:
    #             return original()
    #         except Exception:
    #             return None
    # WRONG exceptions-tried-again:
    #     original = factory
    #     def factory():
    #         try:
    #             return original()
    #         except Exception:
    #             return original()
    # WRONG exceptions-replaced:
    #     original = factory
    #     def factory():
    #         try:
    #             return original()
    #         except Exception as error:
    #             raise RuntimeError("factory") from error
    # WRONG last-factory-for-all:
    #     evaluated_at_call.factory = factory
    #     def factory():
    #         return evaluated_at_call.factory()
    def function(data: T | None = None) -> T:
        # WRONG default-from-the-factory: def function(data=factory()):
        # WRONG last-given-value-kept: def function(data=None, kept=[]):
        # WRONG keyword-alone: def function(*, _data=None, data=None):
        if data is None:
            # WRONG falsy-replaced: if not data:
            # WRONG always-from-the-factory: if True:
            # WRONG default-from-the-factory: if False:
            # WRONG zero-replaced: if data is None or data == 0:
            # WRONG empty-replaced: if data is None or data in ("", [], ()):
            # WRONG last-given-value-kept:
            #     if data is not None:
            #         kept[:] = [data]
            #     elif kept:
            #         return kept[0]
            #     else:
            return factory()
            # WRONG factory-itself: return factory
            # WRONG nothing-by-default: return None
            # WRONG result-not-returned: factory()
            # WRONG result-in-a-list: return [factory()]
        return data
        # WRONG data-not-returned: return None
        # WRONG factory-in-any-case:
        #     factory()
        #     return data
        # WRONG data-copied: return copy.deepcopy(data)
        # WRONG data-with-result: return data, factory()

    return function
    # WRONG factory-returned: return factory
    # WRONG value-for-a-function: return function()
    # WRONG wrapped-twice: return lambda data=None: function
    # END SOLUTION
