"""Explanations of Python's own exceptions."""

from __future__ import annotations

from dlgrade.judge.explanations import guesses
from dlgrade.judge.explanations.rows import row
from dlgrade.text import both

ROWS = (
    # names and attributes
    row(r"NameError: name '(?P<name>\w{1,100})' is not defined", guesses.unknown_name),
    row(r"(UnboundLocalError|NameError): (cannot access (local|free) variable|local variable|free variable) "
        r"'(?P<name>\w{1,100})'", both(
        "{name} has no value yet when this line runs. A function that assigns {name} anywhere has its own {name}.",
        "运行到这一行时，{name} 还没有值。函数里只要有一处给 {name} 赋值，{name} 就是它的局部变量。",
    )),
    row(r"AttributeError: cannot assign \w+ before Module\.__init__\(\) call", both(
        "A network sets up its base class first: `super().__init__()` is the first line of its __init__.",
        "自定义网络要先初始化父类：请把 `super().__init__()` 写在 __init__ 的第一行。",
    )),
    row(r"AttributeError: '(?P<name>\w+)' object has no attribute "
        r"'_(\w+_hooks(_\w+)?|modules|parameters|buffers)'", both(
        "{name} has not set up its base class. Call `super().__init__()` in the first line of its __init__.",
        "{name} 没有初始化父类。请在 __init__ 的第一行调用 `super().__init__()`。",
    )),
    row(r"NotImplementedError: Module \[(?P<name>ModuleList|ModuleDict)\] is missing", both(
        "{name} only stores modules and cannot be called. Call its modules in a loop, or use nn.Sequential.",
        "{name} 只存放模块，不能直接调用。请用循环逐个调用其中的模块，或改用 nn.Sequential。",
    )),
    row(r"NotImplementedError: Module \[(?P<name>\w+)\] is missing the required \"forward\" "
        r"function", guesses.no_forward),
    row(r"AttributeError: 'NoneType' object has no attribute|"
        r"TypeError: ('NoneType' object (is not|does not)|cannot unpack non-iterable NoneType|object of type "
        r"'NoneType'|"
        r"bad operand type for \S+ \S+ 'NoneType'|unsupported operand .*'NoneType'|'\S+' not supported .*'NoneType')",
        guesses.none),
    row(r"AttributeError: '(builtin_function_or_method|function|method)' object has no attribute '(?P<name>\w+)'|"
        r"TypeError: '(builtin_function_or_method|function|method)' object is not (iterable|subscriptable)", both(
        "The object here is a function. Is a call missing, as in `x.size()` for `x.size`, or can an argument be one?",
        "这里的对象是一个函数。是漏写了括号（例如把 `x.size()` 写成 `x.size`），还是实参本来就可以是函数？",
    )),
    row(r"AttributeError: '(?P<owner>list|tuple|int|float|bool)' object has no attribute "
        r"'(?P<name>shape|size|dim|mean|sum|to|view|reshape|backward|item|detach|T|float|exp|numpy|unsqueeze|device|dtype)'",
        both(
        "The object left of .{name} is a Python {owner}, not a tensor. torch.tensor() or torch.stack() makes a tensor.",
        ".{name} 左边是 Python 的 {owner}，不是张量。可以用 torch.tensor() 或 torch.stack() 转成张量。",
    )),
    row(r"AttributeError: 'torch.return_types\.(?P<name>\w+)' object has no attribute", both(
        "`{name}` with an axis returns two tensors, values and indices. Take the first, as in "
        "`x.{name}(dim=1).values`.",
        "指定轴的 `{name}` 返回两个张量：值和下标。请取其一，例如 `x.{name}(dim=1).values`。",
    )),
    row(r"AttributeError: 'numpy\.ndarray' object has no attribute '(?P<name>\w+)'", both(
        "The object left of .{name} is a NumPy array, not a tensor. torch.from_numpy() makes a tensor.",
        ".{name} 左边是 NumPy 数组，不是张量。可以用 torch.from_numpy() 转成张量。",
    )),
    row(r"AttributeError: module '(?P<owner>[\w.]{1,100})' has no attribute "
        r"'(?P<name>\w{1,100})'", guesses.unknown_attribute),
    row(r"AttributeError: '(?P<owner>[\w.]{1,100})' object has no attribute "
        r"'(?P<name>\w{1,100})'", guesses.unknown_attribute),
    # calls
    row(r"TypeError: 'module' object is not callable", both(
        "A module is called like a function. Call a function of the module instead.",
        "这里把模块当成函数调用了。应当调用模块里的某个函数。",
    )),
    row(r"TypeError: '(?P<kind>[\w.]+)' object is not callable", both(
        "Brackets () follow a value of type {kind}, which is no function. Is a * missing, or are [] meant?",
        "一个 {kind} 类型的值后面跟了 ()，但它不是函数。是否漏写了 * ，或者应当用 [] ？",
    )),
    row(r"TypeError: (?P<name>[\w.<>]+)\(\) got an unexpected keyword argument '(?P<key>\w+)'", both(
        "{name} has no parameter {key}. Compare the call with the parameters in its definition.",
        "{name} 没有名为 {key} 的参数。请对照它的定义检查调用。",
    )),
    row(r"TypeError: (?P<name>[\w.<>]+)\(\) got multiple values for argument '(?P<key>\w+)'", both(
        "The call gives {key} twice: by position and by name. A method without the parameter self looks the same.",
        "调用时 {key} 被给了两次：一次按位置，一次按名称。方法漏写参数 self 时也会这样。",
    )),
    row(r"TypeError: (?P<name>[\w.<>]+)\(\) missing (?P<n>\d+) required (positional|keyword-only) arguments?: "
        r"(?P<keys>'.{1,200})",
        both(
        "The call of {name} does not give {keys}. Compare the call with the parameters in the definition.",
        "调用 {name} 时没有给出 {keys}。请对照它的定义检查参数。",
    )),
    row(r"TypeError: (?P<name>[\w.<>]*__init__)\(\) takes 1 positional argument but (?P<n>\d+) were given", both(
        "{name} takes nothing but self. Is a method spelt differently, such as `_init_` or `__init`?",
        "{name} 除 self 外不接受任何参数。构造方法的名称是否写错了，例如 `_init_`、`__init`？",
    )),
    row(r"TypeError: (?P<name>[\w.<>]+)\(\) takes (?P<most>.{1,40}) positional arguments? but (?P<n>\d+) (was|were) "
        r"given", both(
        "{name} was called with {n} arguments; a method counts self, too. Compare its parameters with the call.",
        "调用 {name} 时传入了 {n} 个参数（方法的 self 也算一个）。请对照它的参数表。",
    )),
    row(r"TypeError: (?P<name>\w+)\(\) takes no arguments", both(
        "The class {name} has no __init__ with parameters. Is the method called `__init__`, with two underscores each?",
        "类 {name} 没有带参数的 __init__。请检查方法名是否为 `__init__`（前后各两个下划线）。",
    )),
    # types
    row(r"TypeError: cannot unpack non-iterable (?P<kind>[\w.]+) object", both(
        "Several names are left of = or in a `for`, but the value is a single {kind}.",
        "等号左边（或 `for` 中）有多个变量，但得到的只是一个 {kind}。",
    )),
    row(r"TypeError: iteration over a 0-d tensor|TypeError: len\(\) of a 0-d tensor", both(
        "The tensor is a single number without axes, so it has no entries to go through.",
        "这个张量是没有轴的标量，不能遍历，也没有长度。",
    )),
    row(r"TypeError: '(?P<kind>int|float)' object is not iterable", both(
        "A single {kind} has no entries to go through. A loop over numbers needs `range(n)`.",
        "单个 {kind} 不能遍历。按次数循环请用 `range(n)`。",
    )),
    row(r"TypeError: '(?P<kind>int|float)' object is not subscriptable", both(
        "A value with [] behind it is a single {kind}, which has no entries.",
        "带 [] 的值只是一个 {kind}，没有元素可取。",
    )),
    row(r"TypeError: object of type '(?P<kind>\w+)' has no len\(\)", both(
        "len() got a {kind}, which has no length.",
        "len() 得到的是一个 {kind}，它没有长度。",
    )),
    row(r"TypeError: (?P<kind>list|tuple|string) indices must be integers( or slices)?, not '?(?P<index>\w+)", both(
        "An index of type {index} is used on a {kind}. Only tensors take several indices; lists take one integer.",
        "{kind} 的下标用了 {index} 类型。只有张量能同时用多个下标，list 只能用一个整数。",
    )),
    row(r"TypeError: '(?P<kind>tuple|str)' object does not support item assignment", both(
        "A {kind} cannot be changed. Make a list, or build a new {kind}.",
        "{kind} 不能修改。请改用 list，或重新构造一个 {kind}。",
    )),
    row(r"TypeError: '(?P<kind>\w+)' object cannot be interpreted as an integer", both(
        "An integer is needed, but the value is a {kind}. Use // for whole numbers, or int().",
        "这里需要整数，得到的却是 {kind}。整除请用 // ，或用 int() 转换。",
    )),
    row(r"TypeError: can only concatenate tuple \(not \"(?P<kind>\w+)\"\) to tuple", both(
        "The value left of + is a tuple: maybe a call that returns several values. Take an entry of it first.",
        "+ 左边是 tuple，可能来自返回多个值的调用。请先取出其中的元素。",
    )),
    row(r"TypeError: can only concatenate (?P<kind>\w+) \(not \"(?P<other>\w+)\"\)", both(
        "+ joins a {kind} only with another {kind}, and the other value is a {other}. Convert it first.",
        "{kind} 只能与 {kind} 相加，另一个值却是 {other}。请先转换类型。",
    )),
    row(r"TypeError: can't multiply sequence by non-int", both(
        "* repeats a list or tuple and needs an integer. For arithmetic, make a tensor of it.",
        "列表或元组乘以数是重复，只能乘整数。要做数值运算，请先转成张量。",
    )),
    row(r"TypeError: unsupported operand type\(s\) for (?P<sign>\S+): '(?P<a>[\w.]+)' and '(?P<b>[\w.]+)'", both(
        "{sign} cannot combine a {a} with a {b}. Print both types; lists and strings need a conversion.",
        "{a} 与 {b} 之间不能做 {sign} 运算。请打印两者的类型；列表和字符串要先转换。",
    )),
    row(r"TypeError: '(?P<sign>\S+)' not supported between instances of '(?P<a>[\w.]+)' and '(?P<b>[\w.]+)'", both(
        "A {a} and a {b} cannot be compared with {sign}. Convert one of the two.",
        "{a} 与 {b} 不能用 {sign} 比较。请先转换其中一个的类型。",
    )),
    row(r"TypeError: unhashable type: '(?P<kind>\w+)'", both(
        "A {kind} cannot be a key of a dict or an entry of a set. Use a tuple or a number.",
        "{kind} 不能作为字典的键或集合的元素。请改用 tuple 或数。",
    )),
    # values
    row(r"ValueError: not enough values to unpack \(expected (at least )?(?P<n>\d+), got (?P<m>\d+)", both(
        "{n} names wait for values, and only {m} came. Count the values on the right of =.",
        "等号左边有 {n} 个变量，右边只有 {m} 个值。请数一数右边返回了几个值。",
    )),
    row(r"ValueError: too many values to unpack \(expected (?P<n>\d+)", both(
        "More values came than the {n} names can take. A tensor is unpacked along its first axis.",
        "值的个数多于等号左边的 {n} 个变量。张量按第一个轴拆开。",
    )),
    row(r"ValueError: math domain error|ValueError: expected a (non-negative|positive) input", both(
        "The number is outside of the function's range, such as the logarithm of 0 or the root of a negative number.",
        "自变量超出了函数的定义域，例如对 0 取对数、对负数开方。",
    )),
    row(r"ValueError: (invalid literal for int\(\)|could not convert string to float).*?: (?P<text>.{1,60})", both(
        "The text {text} is not a number of the kind that is needed.",
        "文本 {text} 不能转换成所需的数。",
    )),
    row(r"OverflowError: (math range error|\(34,)", both(
        "The result is too large for a float. Exponentials grow fast; subtract the maximum first.",
        "结果超出了浮点数的范围。指数增长很快，可先减去最大值。",
    )),
    row(r"ZeroDivisionError", both(
        "A divisor here is 0. Which count or sum can be empty in this call?",
        "这里的除数是 0。在这次调用中，哪个计数或求和可能为空？",
    )),
    row(r"IndexError: (?P<kind>list|tuple|string) (assignment )?index out of range", both(
        "The {kind} has fewer entries than the index asks for. Indices run from 0 to len - 1; print its length.",
        "{kind} 的元素没有那么多。下标从 0 到 len - 1，请打印它的长度。",
    )),
    row(r"IndexError: pop from", both(
        "The list is already empty here, so nothing can be taken from it.",
        "列表此时已空，无法再取出元素。",
    )),
    row(r"KeyError: (?P<key>.{1,80})", both(
        "The dict has no key {key}. For tokens that may be unknown, use `d.get(key, default)`.",
        "字典中没有键 {key}。词元可能不在词表中时，请用 `d.get(key, 默认值)`。",
    )),
    row(r"StopIteration|RuntimeError: generator raised StopIteration", both(
        "The iterator has no further entry. A generator is used up after one pass; make a new iterator for each pass.",
        "迭代器已没有下一个元素。生成器只能遍历一次，再次遍历时要重新创建。",
    )),
    row(r"RecursionError", both(
        "Calls are nested too deeply: Python allows about 1,000 inside each other. Does each call come closer to the "
        "condition that ends the recursion? For a long chain, such as a deep graph, use a loop.",
        "函数调用嵌套太深：Python 默认只允许约 1000 层。每次调用是否都更接近结束递归的条件？"
        "如果只是链条太长（例如很深的计算图），请改用循环。",
    )),
    row(r"AssertionError$", both(
        "A condition after `assert` is false here.",
        "`assert` 后面的条件在这里不成立。",
    )),
    # the world outside
    row(r"SystemExit", both(
        "The code ends the program, so nothing comes back. Delete exit(), quit() or sys.exit(), and return a value.",
        "代码结束了整个程序，因此没有返回值。请删去 exit()、quit() 或 sys.exit()，改为返回结果。",
    )),
    row(r"BdbQuit", both(
        "The code starts the debugger, and nobody can type here. Delete breakpoint() or pdb.set_trace().",
        "代码启动了调试器，但评分时无法输入命令。请删去 breakpoint() 或 pdb.set_trace()。",
    )),
    row(r"EOFError: EOF when reading a line", both(
        "The code waits for the keyboard, and nobody can type here. Delete input(); take the value as an argument.",
        "代码在等待键盘输入，而评分时无法输入。请删去 input()，改用参数传入。",
    )),
    row(r"(PermissionError|OSError): \[Errno (13|30|1)\] .*?: '(?P<path>.{1,200})'", both(
        "Grading cannot write or read {path}. Let the functions return their values, and keep files out of them.",
        "评分时不能读写 {path}。请让函数返回结果，不要在其中读写这样的文件。",
    )),
    row(r"RuntimeError: Parent directory (?P<path>.{1,200}) does not exist", both(
        "There is no folder {path} where this is graded. Let the functions return values instead of saving them.",
        "评分环境中没有文件夹 {path}。请让函数返回结果，不要保存到文件。",
    )),
    row(r"FileExistsError: .*?: '(?P<path>.{1,200})'", both(
        "{path} is there already: functions are called many times. Make folders with exist_ok=True.",
        "{path} 已经存在，因为函数会被多次调用。创建文件夹时请加上 exist_ok=True。",
    )),
    row(r"(URLError|gaierror|Connection\w*Error|MaxRetryError|HTTPError|timeout|TimeoutError)\b|"
        r"PermissionError: \[Errno 13\] Permission denied$|RuntimeError: Error downloading|"
        r"OSError: \[Errno 101\]", both(
        "Grading has no network. Keep downloads out of the exercise; its functions get their data as arguments.",
        "评分时没有网络。请不要在练习的函数中下载，所需数据会作为参数传入。",
    )),
    row(r"RuntimeError: Dataset not found", both(
        "The data set is not here, and grading has no network. Keep data sets out of the exercise's functions.",
        "这里没有该数据集，评分时也没有网络。请不要在练习的函数中读取数据集。",
    )),
    row(r"ImportError: cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'", both(
        "{module} has no {name} in the version here. Check the spelling and the module that it is in.",
        "这里的 {module} 中没有 {name}。请检查拼写，以及它属于哪个模块。",
    )),
)  # fmt: skip
