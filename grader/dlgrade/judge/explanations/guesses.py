"""Explanations that look at the submission's line and names, besides the exception's message.

A guess is a question, such as "Is `X` meant?". All texts are searched with patterns, since the judge parses no code of
a submission.
"""

from __future__ import annotations

import builtins
import difflib
import keyword
import re
import sys
from collections.abc import Collection, Iterable

from dlgrade.judge.explanations.rows import Mistake
from dlgrade.text import Text, both

MAX_NAMES = 2000  # names of a submission that a name is compared with
LONGEST_TARGET = 200  # characters to the left of an assignment
CLOSE = 0.75  # how alike two names are, from 0 to 1, before one is suggested for the other
CALL = r"(?P<call>[\w.]{1,60})\([^()\n]{0,80}(\([^()\n]{0,80}\)[^()\n]{0,80}){0,4}\)"
IMPORTS = {
    "np": "import numpy as np", "plt": "import matplotlib.pyplot as plt", "pd": "import pandas as pd",
    "nn": "from torch import nn", "F": "from torch.nn import functional as F", "Tensor": "from torch import Tensor",
    "d2l": "from d2l import torch as d2l", "optim": "from torch import optim",
    "DataLoader": "from torch.utils.data import DataLoader", "deque": "from collections import deque",
    "transforms": "from torchvision import transforms", "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter", "partial": "from functools import partial",
    **{name: f"import {name}" for name in (
        "torch", "torchvision", "numpy", "math", "random", "os", "sys", "re", "time", "copy", "collections",
        "itertools", "functools", "json", "inspect", "warnings",
    )},
}  # fmt: skip
OTHER_LANGUAGES = {"null": "None", "nil": "None", "true": "True", "false": "False", "this": "self"}
OF_NUMPY = {
    "astype": ".to(dtype)", "copy": ".clone()", "length": "len(X)",  "concatenate": "torch.cat",
    "expand_dims": ".unsqueeze(dim)", "append": "torch.cat", "array": "torch.tensor",
    "len": "len(X)", "to_numpy": ".numpy()", "assign": ".copy_()", "asnumpy": ".numpy()",
}  # fmt: skip


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like this name; capitals alone are the smallest difference."""
    others = [each for each in names if each != name]
    same_letters = [each for each in others if each.lower() == name.lower()]
    return next(iter(same_letters or difflib.get_close_matches(name, others, n=1, cutoff=CLOSE)), None)


def _names(source: str, before: str = "") -> Collection[str]:
    """Return the names in a submission that follow the words `before`."""
    found: dict[str, None] = {}
    for match in re.finditer(rf"{before}\b([^\W\d]\w{{0,60}})", re.sub(r"#.*", "", source), re.MULTILINE):
        if not keyword.iskeyword(match[1]):
            found[match[1]] = None
        if len(found) == MAX_NAMES:
            break
    return found


def unknown_name(match: re.Match[str], mistake: Mistake) -> Text | None:
    """Explain a name that is not defined: the import that is missing, or a name that is much like it."""
    name = match["name"]
    used = re.search(rf"\b{name}[.(]", mistake.line)  # a variable may have the name of a module
    if used and name in IMPORTS and not re.search(rf"^{IMPORTS[name]}\b", mistake.source, re.MULTILINE):
        return both(
            f"{name} is not imported where this line runs. Write `{IMPORTS[name]}` at the beginning of the file.",
            f"运行到这一行时没有导入 {name}。请在文件开头写上 `{IMPORTS[name]}`。",
        )
    if name in OTHER_LANGUAGES:
        return both(
            f"Python calls it {OTHER_LANGUAGES[name]}.",
            f"Python 中应写作 {OTHER_LANGUAGES[name]}。",
        )
    if name == "self":
        return both(
            "`self` exists only in methods that have it as their first parameter.",
            "只有把 `self` 列为第一个参数的方法里才能使用 `self`。",
        )
    if name in _names(mistake.source, r"\bself\."):
        return both(
            f"The file knows self.{name}, but no variable {name}. Is self.{name} meant?",
            f"文件中有 self.{name}，但没有变量 {name}。是否应写 self.{name}？",
        )
    near = nearest(name, [*_defined(mistake.source), *dir(builtins)])
    if near:
        return both(
            f"No variable or function here is called {name}. Is {near} meant?",
            f"这里没有名为 {name} 的变量或函数。是否应为 {near}？",
        )
    return both(
        f"No variable or function is called {name} where this line runs. Define it, pass it as an argument, or import "
        f"it.",
        f"这一行运行时，还没有名为 {name} 的变量或函数。请先定义、作为参数传入或导入它。",
    )


def _defined(source: str) -> Collection[str]:
    """Return the names that a submission seems to define: functions, classes, imports, parameters, variables."""
    code = re.sub(r"#.*", "", source)
    names = [*_names(code, r"\b(?:def|class|import|as|for|global)\s+"), *_names(code, r"^[ \t]*(?=\w+\s*[=,:])")]
    lists = re.findall(r"\b(?:def\s+\w+|lambda)\s*\(?([^()\n]{1,200})", code)
    targets = [line.partition("=")[0] for line in code.splitlines() if "=" in line[:LONGEST_TARGET]]
    lists += [target for target in targets if re.fullmatch(r"[\w, \t*]*[-+/]?", target)]
    return dict.fromkeys([*names, *(name for part in lists[:MAX_NAMES] for name in _names(part))])


def unknown_attribute(match: re.Match[str], mistake: Mistake) -> Text | None:
    """Explain an attribute that an object or a module does not have, with a name that is much like it."""
    owner, name = match["owner"], match["name"]
    if _is_tensor(owner, mistake.source) and name in OF_NUMPY:
        return both(
            f"Tensors have no {name}. PyTorch's way is {OF_NUMPY[name]}.",
            f"张量没有 {name}。PyTorch 中对应的写法是 {OF_NUMPY[name]}。",
        )
    if not mistake.line:
        return both(f"The check uses {name} of {owner}.", f"检查用到了 {owner} 的 {name}。")
    near = nearest(name, _attributes(owner, mistake.source))
    if near:
        return both(f"{owner} has no {name}. Is {near} meant?", f"{owner} 没有 {name}。是否应为 {near}？")
    if re.search(rf"\bclass\s+{re.escape(owner)}\b", mistake.source):
        return both(
            f"Nothing has given self.{name} a value before this line. Is it assigned in __init__, under the same name?",
            f"运行到这一行时，self.{name} 还没有被赋值。__init__ 中是否用同样的名称给它赋了值？",
        )
    return both(
        f"The object left of .{name} is of type {owner}, which has no such attribute. Print its type.",
        f".{name} 左边的对象是 {owner} 类型，它没有这个属性。请打印它的类型看看。",
    )


def _is_tensor(owner: str, source: str) -> bool:
    """Return whether a class is torch's, and not a class of the same name in the submission."""
    return owner in ("Tensor", "Parameter") and not re.search(rf"\bclass\s+{owner}\b", source)


def _attributes(owner: str, source: str) -> Collection[str]:
    """Return the public attributes of a module or a tensor, or those of a class in the submission.

    Only modules that are loaded already are looked at.
    """
    if _is_tensor(owner, source):
        return [name for name in dir(sys.modules["torch"].Tensor) if name[0] != "_"]
    if owner.partition(".")[0] in ("torch", "math", "random", "numpy") and owner in sys.modules:
        return [name for name in dir(sys.modules[owner]) if name[0] != "_"]
    if re.search(rf"\bclass\s+{re.escape(owner)}\b", source):
        return [*_names(source, r"\bself\."), *_names(source, r"^[ \t]+def\s+")]
    return ()


def none(_: re.Match[str], mistake: Mistake) -> Text:
    """Explain that None was used as a value, with the call or the name in the line that may have given it."""
    if re.search(r"\.grad\b(?!\()", mistake.line):
        return both(
            "A value here is None. `.grad` is None until backward() has reached the tensor, which must be a leaf.",
            "这里有一个值是 None。叶子张量在 backward() 之后才有 .grad，在此之前它是 None。",
        )
    used = _used_as_value(mistake)
    if used:
        return both(
            f"A value here is None. Does {used} return a value on every path? A function without `return` gives None.",
            f"这里有一个值是 None。{used} 的每条分支都有返回值吗？没有 `return` 的函数返回 None。",
        )
    return both(
        "A value here is None. Can it be an argument that is None, or the result of a function without `return`?",
        "这里有一个值是 None。它是取值为 None 的参数，还是没有 `return` 的函数的返回值？",
    )


def _used_as_value(mistake: Mistake) -> str | None:
    """Return the call in the line whose result is used, if it calls a function of the submission."""
    own = set(_names(mistake.source, r"\bdef\s+"))
    calls = [match["call"] for match in re.finditer(CALL, mistake.line)]
    return next((f"{call}()" for call in calls if call.rpartition(".")[2] in own), None)


def no_forward(match: re.Match[str], mistake: Mistake) -> Text:
    """Explain a network without `forward`, with a method whose name is much like it."""
    name = match["name"]
    near = nearest("forward", _names(mistake.source, r"^[ \t]+def\s+"))
    if near and near != "forward":
        return both(
            f"Calling {name} runs its method `forward`, which it lacks. It has `{near}`: is that a misspelling?",
            f"调用 {name} 时会运行它的 `forward` 方法，但它没有这个方法。`{near}` 是否拼写有误？",
        )
    return both(
        f"Calling {name} runs its method `forward`, which it lacks. Is `forward` defined inside the class?",
        f"调用 {name} 时会运行它的 `forward` 方法，但它没有这个方法。`forward` 是否定义在类里面？",
    )
