"""inspect and re; a conditional expression for the list; comprehensions; a function with *args in a class."""

import inspect
import re


def public_methods(obj):
    def is_property(name):
        return isinstance(inspect.getattr_static(obj, name), property)

    names = [name for name in dir(obj) if name[0] != "_" and not is_property(name)]
    return sorted(filter(lambda name: callable(getattr(obj, name)), names))


def name_kind(name):
    if re.fullmatch("_+", name):
        return "protected"
    for pattern, kind in (("__.*__", "magic"), ("__.*", "private"), ("_.*", "protected")):
        if re.fullmatch(pattern, name):
            return kind
    return "public"


def append_to(value, items=None):
    result = [] if items is None else items
    result += [value]
    return result


def scale_copy(xs, factor):
    return [scale_copy(x, factor) if isinstance(x, list) else factor * x for x in xs]


def evaluated_at_call(factory):
    def display(data=None):
        return data if data is not None else factory()

    return display
