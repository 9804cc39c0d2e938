"""The classes of an instance one by one; underscores counted; a stack in place of recursion; a lambda."""


def public_methods(obj):
    properties = {name for kind in type(obj).__mro__ for name, value in vars(kind).items() if type(value) is property}
    found = set()
    for name in dir(obj):
        if not name.startswith("_") and name not in properties and hasattr(getattr(obj, name), "__call__"):  # noqa: B004
            found.add(name)
    return sorted(found)


def name_kind(name):
    front = len(name) - len(name.lstrip("_"))
    back = len(name) - len(name.rstrip("_"))
    if front == 0:
        return "public"
    if front == 1 or front == len(name):
        return "protected"
    return "magic" if back >= 2 else "private"


def append_to(value, items=None):
    if items is None:
        return [value]
    items.insert(len(items), value)
    return items


def scale_copy(xs, factor):
    result = []
    stack = [(xs, result)]
    while stack:
        source, target = stack.pop()
        for x in source:
            if isinstance(x, list):
                target.append([])
                stack.append((x, target[-1]))
            else:
                target.append(x * factor)
    return result


def evaluated_at_call(factory):
    return lambda data=None: factory() if data is None else data
