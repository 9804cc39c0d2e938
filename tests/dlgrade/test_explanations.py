"""Common exceptions are explained in plain words.

Each piece of code runs here, with the installed Python and torch. A release that words an exception in another way
makes its test fail.
"""

import ast
import traceback

import pytest

from dlgrade.judge import explanations
from dlgrade.judge.explanations import explain
from dlgrade.judge.explanations.rows import Mistake
from dlgrade.results import Verdict

PREPARED = """
import copy, math
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
one, W = torch.ones, torch.ones(2, requires_grad=True)
def forgot(x): x + 1
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 2)
        self.w = nn.Parameter(torch.ones(2))
    def foward(self, X): return X
"""


def exception(code):
    """The exception of a piece of code, the line of the code that raised it, and the code."""
    names = {"__name__": "submission"}
    exec(PREPARED, names)
    try:
        exec(compile(ast.parse(code, "code"), "code", "exec"), names)
    except SyntaxError as error:
        return error, (error.text or "").strip()
    except BaseException as error:
        lines = [step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename == "code"]
        return error, code.split("\n")[lines[-1] - 1].strip() if lines else ""
    return None, ""


def explained(code):
    error, line = exception(code)
    assert error is not None, "no exception"
    text = explain(type(error).__name__, getattr(error, "msg", None) or str(error), line, code)
    assert text is not None, f"{type(error).__name__}: {error}"
    return text


SYNTAX = [
    ("x = f(1，2)", "Type , with an English keyboard instead of ，", "把 ， 改成 ,"),
    ("x = f（1）", "The line also has ）", "还有 ）"),
    ("if x： pass", "Type :", "改成 :"),
    ("x = “hi”", 'Type "', '改成 "'),
    ("x = ‘a’", "Type '", "改成 '"),
    ("x = ［1］", "Type [", "改成 ["),
    ("x = 1；y = 2", "Type ;", "改成 ;"),
    ("x = [1、2]", "Type ,", "改成 ,"),
    ("x = a×b", "Type *", "改成 *"),
    ("x = 3 ≤ 4", "Type <=", "改成 <="),
    ("x = 1　+ 1", "not a space of code, but U+3000", "而是 U+3000"),
    ("x = 1 € 2", "does not know the character €", "字符 €"),
    ("def f():\nreturn 1", "Line 1 opens a block", "第 1 行之后"),
    ("def f():\n    x = 1\n      y = 2", "deeper indent than the line above", "缩进得多"),
    ("def f():\n    x = 1\n  y = 2", "fits no line above", "对不上"),
    ("if True:\n        x = 1\n\ty = 2", "mixes tabs and spaces", "混用了制表符和空格"),
    ("def f(x)\n    return x", "A colon is missing", "缺少冒号"),
    ("x = [1, 2\ny = 3", "The bracket [ at the mark has no partner", "括号 [ 没有闭合"),
    ("x = (1 + 2))", "No bracket is open that ) could close", "没有与 ) 配对"),
    ("x = (1]", "( is still open", "( 还没有闭合"),
    ("if x = 1:\n    pass", "A comparison is written with ==", "比较要写 =="),
    ("f(x) = 1", "left of a single =", "单个 = 的左边"),
    ("None = 3", "Nothing can be assigned", "不能被赋值"),
    ("f(a b)", "Is a comma or an operator missing?", "是否漏了逗号"),
    ("print 1", "`print(x)`", "`print(x)`"),
    ("x = 1\nreturn x", "`return` belongs to a function", "`return` 只能写在函数里"),
    ("break", "`break` belongs to a loop", "`break` 只能写在循环里"),
    ('x = "abc', "no closing quote", "缺少右引号"),
    ("try:\n    x = 1\ny = 2", "needs an `except`", "要有缩进相同的 `except`"),
    ("f(x=1, 2)", "Arguments without a name come before", "不带参数名的参数"),
    ("def f(x=1, y): pass", "Parameters without a default", "没有默认值的参数"),
    ("x = 5x", "a product needs a *", "请写出 *"),
    ("%matplotlib inline", "works only in Jupyter", "只能在 Jupyter 中"),
    ("x++", "no ++", "没有 ++"),
    ("if x && y: pass", "`and` for &&", "`and` 表示 &&"),
    ("if x:\n    pass\nelse if y:\n    pass", "`elif` for `else if`", "`elif` 表示"),
    ("else:\n    pass", "no beginning", "没有对应的开头"),
    ("lambda = 0.1", "cannot be a name", "不能用作变量名"),
    ("x = 3 +", "cannot go on at the mark", "无法继续"),
]
NAMES = [
    ("np2 = 1\nx = pd.DataFrame()", "`import pandas as pd`", "`import pandas as pd`"),
    ("x = plt.figure()", "`import matplotlib.pyplot as plt`", "没有导入 plt"),
    ("x = random.random()", "`import random`", "`import random`"),
    ("x = d2l.Timer()", "`from d2l import torch as d2l`", "没有导入 d2l"),
    ("momentum = 0.9\nx = momentun * 2", "Is momentum meant?", "是否应为 momentum"),
    ("def f(X):\n    return x\nf(1)", "Is X meant?", "是否应为 X"),
    ("x = pirnt(1)", "Is print meant?", "是否应为 print"),
    (
        "class A:\n    def f(self):\n        self.gamma = 1\n        return gamma\nA().f()",
        "self.gamma meant",
        "self.gamma",
    ),
    ("x = true", "Python calls it True", "写作 True"),
    ("x = self.y", "first parameter", "第一个参数"),
    ("x = zzyzx", "called zzyzx", "名为 zzyzx"),
    ("def f():\n    y += 1\nf()", "y has no value yet", "y 还没有值"),
    ("def f():\n    g = lambda: h\n    g()\n    h = 1\nf()", "h has no value yet", "h 还没有值"),
    ("x = nn.linear(2, 2)", "Is Linear meant?", "是否应为 Linear"),
    ("x = torch.matmull(one(2), one(2))", "Is matmul meant?", "是否应为 matmul"),
    ("x = math.sqroot(2)", "math has no sqroot", "math"),
    ("x = one(2).astype(float)", "PyTorch's way is .to(dtype)", "对应的写法是 .to(dtype)"),
    ("x = one(2).reshap(2)", "Is reshape meant?", "是否应为 reshape"),
    ("x = one(2).wibble", "type Tensor", "Tensor 类型"),
    (
        "class A(nn.Module):\n    def f(self):\n        self.hidden = 1\n        return self.hiden\nA().f()",
        "Is hidden meant",
        "hidden",
    ),
    ("class A(nn.Module):\n    def f(self):\n        return self.state\nA().f()", "self.state a value", "self.state"),
    ("x = [1, 2].shape", "a Python list, not a tensor", "Python 的 list"),
    ("x = (1.0).backward()", "a Python float", "Python 的 float"),
    ("x = np.ones(2).unsqueeze(0)", "a NumPy array, not a tensor", "NumPy 数组"),
    ("x = one(2, 3).max(dim=1).sum()", "returns two tensors", "两个张量"),
    ("x = one(2).sum.item()", "Is a call missing", "漏写了括号"),
    ("x = one(2).size[0]", "Is a call missing", "漏写了括号"),
    ("from torch import nowhere", "torch has no nowhere", "没有 nowhere"),
]
CALLS = [
    (
        "class A(nn.Module):\n    def __init__(self):\n        self.net = nn.ReLU()\nA()",
        "super().__init__()",
        "初始化父类",
    ),
    (
        "class A(nn.Module):\n    def __init__(self):\n        self.w = nn.Parameter(one(2))\nA()",
        "super().__init__()",
        "父类",
    ),
    (
        "class A(nn.Module):\n    def __init__(self):\n        self.a = 1\nA()(one(2))",
        "A has not set up",
        "A 没有初始化父类",
    ),
    ("class A(nn.Module):\n    def foward(self, X): return X\nA()(one(2))", "It has `foward`", "`foward` 是否拼写有误"),
    ("class A(nn.Module):\n    pass\nA()(one(2))", "inside the class", "定义在类里面"),
    ("nn.ModuleList([nn.ReLU()])(one(2))", "only stores modules", "只存放模块"),
    ("class A(nn.Module):\n    def __init(self, n): pass\nA(3)", "spelt differently", "写错"),
    ("class A:\n    def _init_(self, n): pass\nA(3)", "class A has no __init__", "类 A 没有"),
    ("def f(x): return x\nf(1, 2)", "f was called with 2 arguments", "传入了 2 个参数"),
    ("def f(x, y): return x\nf(1)", "does not give 'y'", "没有给出 'y'"),
    ("def f(x, y): return x\nf()", "does not give 'x' and 'y'", "没有给出 'x'、'y'"),
    ("def f(x): return x\nf(1, y=2)", "f has no parameter y", "没有名为 y 的参数"),
    ("def f(x): return x\nf(1, x=2)", "gives x twice", "x 被给了两次"),
    ("nn.Linear(2, 3, biass=False)", "no parameter biass", "没有名为 biass 的参数"),
    ("x = 5\nx(3)", "type int", "int 类型"),
    ("one(2).shape(0)", "type torch.Size", "torch.Size"),
    ("nn(2)", "A module is called", "当成函数"),
    ("one(2, 3).transpose(axes=(1, 0))", '"dim0", "dim1"', '"dim0"、"dim1"'),
    ("torch.max(one(2), 0.5)", "max got (Tensor, float)", "(Tensor, float)"),
    ("torch.exp(2.0)", "as input, but got a float", "却是 float"),
    ("nn.Linear(2, 2)(np.ones((2, 2)))", "got a numpy.ndarray", "numpy.ndarray"),
    ("torch.zeros(2.0)", "a tuple of ints", "ints 组成的元组"),
    ("nn.Linear(2.0, 2)", "number 2 of size is a float", "第 2 个是 float"),
    ("torch.cat([one(2), 1.0])", "Entry 1 of the list is a float", "下标为 1"),
    ("torch.tensor(None)", "got a NoneType", "NoneType"),
    ("torch.tensor([[1, 2], [3]])", "such as 2 and 1", "如 2 和 1"),
    ("nn.Sequential(nn.ReLU(), F.relu)", "torch.nn.functional.relu", "只能放模块"),
    ("nn.Sequential([nn.ReLU()])", "an entry is list", "列表要用 *"),
]
TYPES = [
    ("def f(x): x + 1\nx = f(1).shape", "Does f() return a value", "f() 的每条分支"),
    ("def f(x): x + 1\na, b = f(1)", "Does f() return", "f() 的"),
    ("def f(x): x + 1\nx = f(f(1) + 2) * 2", "Does f() return", "f() 的"),
    ("x = None\nx[0]", "A value here is None", "有一个值是 None"),
    ("for x in None: pass", "A value here is None", "有一个值是 None"),
    ("len(None)", "A value here is None", "有一个值是 None"),
    ("-None", "A value here is None", "有一个值是 None"),
    ("None < 1", "A value here is None", "有一个值是 None"),
    ("W.grad.zero_()", "`.grad` is None until backward()", ".grad"),
    ("W - 0.1 * W.grad", "`.grad` is None", ".grad"),
    ("a, b = 3", "a single int", "一个 int"),
    ("for x in 5: pass", "`range(n)`", "`range(n)`"),
    ("for x in torch.tensor(3.0): pass", "a single number without axes", "标量"),
    ("5[0]", "a single int", "只是一个 int"),
    ("len(5)", "len() got a int", "得到的是一个 int"),
    ("[1, 2][0, 1]", "index of type tuple is used on a list", "tuple 类型"),
    ("[1, 2][1.0]", "index of type float", "float 类型"),
    ("x = (1, 2)\nx[0] = 1", "A tuple cannot be changed", "tuple 不能修改"),
    ("range(2.0)", "the value is a float", "却是 float"),
    ("one(2, 3).max(dim=1) + 1", "left of + is a tuple", "tuple"),
    ("'a' + 1", "the other value is a int", "另一个值却是 int"),
    ("[1, 2] * 1.5", "* repeats a list", "重复"),
    ("one(2) + [1, 2]", "cannot combine a Tensor with a list", "Tensor 与 list"),
    ("'a' < 1", "cannot be compared with <", "不能用 < 比较"),
    ("{[1]: 2}", "A list cannot be a key", "list 不能作为字典的键"),
]
VALUES = [
    ("a, b, c = 1, 2", "3 names wait for values, and only 2 came", "有 3 个变量，右边只有 2 个"),
    ("a, b = one(3, 2)", "than the 2 names", "左边的 2 个变量"),
    ("math.sqrt(-1)", "outside of the function's range", "定义域"),
    ("int('1.5')", "The text '1.5'", "文本 '1.5'"),
    ("math.exp(1000)", "too large for a float", "浮点数的范围"),
    ("1 / 0", "A divisor here is 0", "除数是 0"),
    ("torch.tensor(1) // 0", "divided by 0", "除以了 0"),
    ("[1][1]", "The list has fewer entries", "list 的元素没有那么多"),
    ("[].pop()", "already empty", "已空"),
    ("{'a': 1}['bos']", "no key 'bos'", "没有键 'bos'"),
    ("next(iter([]))", "no further entry", "没有下一个元素"),
    ("def f(n): return f(n)\nf(1)", "nested too deeply", "嵌套太深"),
    ("assert 1 == 2", "A condition after `assert` is false", "`assert` 后面"),
]
OUTSIDE = [
    ("exit()", "Delete exit(), quit() or sys.exit()", "请删去 exit()"),
    ("import sys; sys.exit(2)", "Delete exit()", "请删去 exit()"),
    ("import io, pdb\npdb.Pdb(stdin=io.StringIO(), stdout=io.StringIO()).set_trace()\nx = 1\nx = 2",
     "Delete breakpoint()", "请删去 breakpoint()"),
    ("import io, sys\nold, sys.stdin = sys.stdin, io.StringIO()\ntry: input()\nfinally: sys.stdin = old",
     "Delete input()", "请删去 input()"),
    ("open('/proc/1/mem')", "Grading cannot write or read /proc/1/mem", "/proc/1/mem"),
    ("torch.save(one(2), '/nowhere/x.pt')", "no folder /nowhere", "没有文件夹 /nowhere"),
    ("import os\nos.mkdir('/tmp')", "/tmp is there already", "/tmp 已经存在"),
    ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1/')", "Grading has no network", "没有网络"),
    ("import socket\nsocket.create_connection(('127.0.0.1', 1))", "Grading has no network", "没有网络"),
    ("import torchvision\ntorchvision.datasets.FashionMNIST('/nowhere')", "The data set is not here", "没有该数据集"),
]  # fmt: skip
SHAPES = [
    ("one(2, 3) + one(2, 4)", "The sizes of axis 1 are 3 and 4", "第 1 轴的大小是 3 和 4"),
    ("x = one(3)\nx += one(2, 3)", "shape [2, 3]", "形状是 [2, 3]"),
    ("one(2, 3) @ one(2, 3)", "first matrix has 3 columns, the second has 2 rows", "有 3 列，第二个有 2 行"),
    ("nn.Linear(3, 4)(one(2, 5))", "5 columns, the second has 3 rows", "3 就是 in_features"),
    ("one(2, 3) @ one(2)", "3 columns, the vector has 2", "3 列，向量有 2"),
    ("one(2) @ one(3)", "have 2 and 3 entries", "2 和 3 个元素"),
    ("torch.bmm(one(2, 3, 4), one(2, 3, 4))", "first (4) equal to rows of the second (3)", "（4）"),
    ("torch.bmm(one(3, 4), one(2, 3, 4))", "bmm multiplies tensors with 3 axes", "3 个轴"),
    ("torch.mm(one(2), one(2, 2))", "mm with 2 axes", "2 个轴"),
    ("torch.dot(one(2, 2), one(2, 2))", "2 and 2 axes", "2 和 2 个轴"),
    ("torch.mv(one(2), one(2))", "1 and 1 axes", "1 和 1 个轴"),
    ("torch.tensor(2.0) @ one(3)", "Multiply a number with *", "与数相乘"),
    ("one(2, 3).reshape(4, -1)", "6 elements, which do not fill the shape [4, -1]", "共有 6 个元素"),
    ("one(2, 3).t().view(6)", "Use reshape instead of view", "用 reshape 代替 view"),
    ("x = one(2, 3)\nx[0] = one(4)", "4 entries are to be put where 3 fit", "放入 4 个元素，而位置只有 3"),
    ("one(2, 3).expand(2, 4)", "3 entries are to be put where 4 fit", "位置只有 4"),
    ("x = one(2, 3)\nx[torch.tensor([0, 1])] = one(4)", "have shape [2, 3]", "形状是 [4]"),
    ("torch.cat([one(2, 3), one(2, 4)])", "cat joins along axis 0", "第 0 轴连接"),
    ("torch.cat([one(2, 3), one(2)])", "have 2 and 1 axes", "2 和 1 个轴"),
    ("torch.stack([one(2, 3), one(2, 4)])", "these have [2, 3] and [2, 4]", "[2, 3] 和 [2, 4]"),
    ("one(2, 3).permute(0, 1, 2)", "2 axes, but permute lists 3", "2 个轴，permute 却列出了 3"),
    ("one(2, 3).sum(2)", "Axis 2 does not exist here: allowed are -2 to 1", "没有第 2 轴，只能是 -2 到 1"),
    ("one(2, 3, 4).t()", "this tensor has 3 axes", "3 个轴"),
    ("np.ones((2, 3)) + np.ones((2, 4))", "(2,3) and (2,4)", "(2,3) 和 (2,4)"),
    ("np.dot(np.ones((2, 3)), np.ones((2, 3)))", "as many columns", "列数"),
    (
        "nn.Conv2d(3, 4, 3)(one(2, 1, 8, 8))",
        "expects 3 input channels, but the input of shape [2, 1, 8, 8] has 1",
        "3 个",
    ),
    ("nn.Conv2d(3, 4, 3)(one(8, 8))", "conv2d needs", "conv2d 的输入"),
    ("nn.Conv2d(1, 4, 5)(one(1, 1, 2, 2))", "The kernel (5 x 5) is larger than its padded input (2 x 2)", "5 x 5"),
    ("nn.MaxPool2d(3)(one(1, 1, 2, 2))", "Pooling would turn 1x2x2 into 1x0x0", "1x0x0"),
    ("nn.BatchNorm2d(3)(one(2, 4, 8, 8))", "made for 3 features, but the input has 4", "3 个特征"),
    ("nn.BatchNorm2d(3)(one(2, 3))", "takes 4D tensors, and the input has 2 axes", "4D"),
    ("nn.BatchNorm1d(3)(one(1, 3))", "one value per channel", "每个通道只有一个值"),
    ("nn.LayerNorm(3)(one(2, 4))", "sizes [3], but the input has shape [2, 4]", "[3]"),
    ("nn.RNN(2, 3)(one(2, 2, 5))", "made for 2 features per step", "2 个特征"),
    ("nn.RNN(2, 3)(one(2, 2, 2), one(1, 5, 3))", "(1, 2, 3)", "(1, 2, 3)"),
    ("nn.Embedding(3, 4)(torch.tensor([3]))", "not below the number of rows", "num_embeddings"),
    ("one(2, 3)[5]", "Index 5 is asked for, but the axis has only 2", "下标是 5"),
    ("one(2, 3).gather(1, torch.tensor([[5], [1]]))", "Index 5", "下标是 5"),
    ("one(2, 3)[0, 1, 2]", "more parts than the tensor has axes", "多于张量的轴数"),
    ("torch.tensor(3.0)[0]", "a single number without axes", "标量"),
    ("one(3)[one(4) > 0]", "The mask has shape [4], but the tensor has shape [3]", "掩码的形状是 [4]"),
    ("one(2, 3)[torch.tensor([0, 1]), torch.tensor([0, 1, 2])]", "these are [2], [3]", "[2], [3]"),
    ("one(2, 3).gather(1, torch.tensor([1, 2]))", "as many axes as the tensor", "轴数相同"),
    ("F.cross_entropy(one(2, 3), torch.tensor([3, 0]))", "Class 3 has no column", "类别 3"),
    ("F.cross_entropy(one(2, 3), torch.tensor([0, 1, 2]))", "2 predictions and 3 labels", "2 个预测和 3 个标签"),
    ("F.one_hot(torch.tensor([3]), 3)", "not below num_classes", "num_classes"),
    ("nn.MultiheadAttention(5, 2)", "a multiple of the number of heads", "整数倍"),
]
DTYPES = [
    ("one(2) @ one(2).double()", "float32 and float64", "float32 和 float64"),
    ("one(2, 2) @ one(2, 2).double()", "float32 and float64", "float32 和 float64"),
    ("one(2, 2) @ one(2, 2).long()", "float32 and int64", "float32 和 int64"),
    ("nn.Linear(2, 2)(one(2, 2).double())", "float64 and float32", "float64 和 float32"),
    ("nn.Conv2d(1, 1, 1)(one(1, 1, 2, 2).long())", "int64 and float32", "int64 和 float32"),
    ("torch.bmm(one(2, 2, 2), one(2, 2, 2).double())", "float32 and float64", "float32 和 float64"),
    ("one(2).index_add_(0, torch.tensor([0, 1]), one(2).double())", "float32 and float64", "float64"),
    ("torch.zeros(2).scatter_(0, torch.tensor([0, 1]), one(2).double())", "different dtypes", "数据类型不同"),
    ("F.cross_entropy(one(2, 3), one(2))", "must be an integer", "必须是整数"),
    ("torch.zeros(2, 3).gather(1, one(2, 1))", "must be an integer", "必须是整数"),
    ("F.one_hot(one(1), 3)", "must be an integer", "必须是整数"),
    ("nn.Embedding(3, 4)(one(2))", "must be an integer", "必须是整数"),
    ("one(2, 3)[torch.tensor([1.0])]", "must be an integer", "必须是整数"),
    ("torch.arange(3).mean()", "integers (int64)", "整数类型（int64）"),
    ("torch.arange(3).norm()", "integers (int64)", "整数类型（int64）"),
    ("torch.arange(3).softmax(0)", "integers (int64)", "整数类型（int64）"),
    ("torch.arange(3).std()", "std and var need floats", "需要浮点数"),
    ("one(3) & one(3)", "does not exist for float32", "不支持 float32"),
    ("torch.tensor([1, 2], requires_grad=True)", "Only floats have gradients", "浮点张量"),
    ("1 - (one(3) > 0)", "Write ~mask", "请写 ~mask"),
    ("-(one(3) > 0)", "Write ~mask", "请写 ~mask"),
    ("~one(3)", "~(X > 0)", "~(X > 0)"),
    ("x = torch.arange(3)\nx /= 2", "float32 and cannot be stored in place in a tensor of int64", "int64"),
]
GRADIENTS = [
    ("W -= 0.1", "inside `with torch.no_grad():`", "`with torch.no_grad():`"),
    ("W[0] = 1", "inside `with torch.no_grad():`", "`with torch.no_grad():`"),
    ("y = W.exp()\ny += 1\ny.sum().backward()", "shape [2] that was overwritten after Exp", "[2]"),
    ("y = W.exp().sum()\ny.backward()\ny.backward()", "ran before through the same graph", "同一计算图"),
    ("one(2).sum().backward()", "requires a gradient", "都不需要梯度"),
    ("(W * 2).backward()", "starts from a single number", "从标量开始"),
    ("(W * 2).backward(one(3))", "shape [3]; it needs the shape of the tensor, [2]", "[3]"),
    ("torch.autograd.grad(W.sum(), one(2, requires_grad=True))", "does not depend on", "无关"),
    ("W.numpy()", "X.detach().numpy()", "X.detach().numpy()"),
    ("copy.deepcopy(W * 2)", "X.detach().clone()", "X.detach().clone()"),
    ("y = W * 2\ny.requires_grad = False", "its flag is fixed", "不能修改 requires_grad"),
    ("torch.optim.SGD([W * 2], lr=0.1)", "takes parameters only", "只接受参数"),
    ("torch.optim.SGD([], lr=0.1)", "got no parameters", "没有得到任何参数"),
    ("net = Net()\nnet.w = net.w - 0.1", "w is a parameter", "w 是参数"),
    ("nn.LazyLinear(2).weight.sum()", "no weights before its first input", "延后初始化"),
    ("nn.LazyLinear(2).weight.shape", "no weights before its first input", "延后初始化"),
    ("nn.init.xavier_uniform_(one(2))", "at least 2 axes", "至少有 2 个轴"),
]
NUMBERS = [
    ("if one(2) > 0: pass", "a single True or False", "一个 True 或 False"),
    ("if np.ones(2) > 0: pass", "a single True or False", "一个 True 或 False"),
    ("if torch.tensor([]) > 0: pass", "the tensor is empty", "张量为空"),
    ("range(torch.tensor(2.0))", "takes one integer", "一个整数"),
    ("[1, 2][torch.tensor([0, 1])]", "takes one integer", "一个整数"),
    ("math.exp(one(2))", "Use a function of torch", "torch 的函数"),
    ("float(one(2))", "a single number", "单个数"),
    ("one(2).item()", "this has 2", "这里有 2 个"),
    ("torch.multinomial(torch.zeros(2), 1)", "not all 0", "不全为 0"),
    ("F.binary_cross_entropy(one(1) * 2, one(1))", "takes probabilities", "概率"),
    ("one(2).topk(3)", "more entries than the axis has", "超过"),
    ("torch.tensor([]).max()", "The tensor is empty", "张量为空"),
    ("torch.einsum('ij,jk->ik', one(2, 3), one(2, 3))", "The letter j names axes of sizes 3 and 2", "字母 j"),
    ("one(2, device='meta').numpy()", "The tensor is on meta", "张量在 meta 上"),
    ("one(2, device='meta') + one(2)", "different devices", "不在同一设备"),
]
ALL = [*SYNTAX, *NAMES, *CALLS, *TYPES, *VALUES, *OUTSIDE, *SHAPES, *DTYPES, *GRADIENTS, *NUMBERS]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("code", "english", "chinese"), ALL, ids=[case[0][-60:] for case in ALL])
def test_explained(code, english, chinese):
    """The explanation names the thing, in both languages."""
    text = explained(code)
    assert english in text.en
    assert chinese in text.zh


@pytest.mark.filterwarnings("ignore")
def test_every_row_is_tried():
    """Each row explains an exception above: only a GPU's absence depends on the machine."""
    used = set()
    for code, _, _ in ALL:
        error, line = exception(code)
        mistake = Mistake(
            f"{type(error).__name__}: {getattr(error, 'msg', None) or error}".removesuffix(": "), line, code
        )
        used.add(next(row for row in explanations.ROWS if row.explain(mistake)))
    left = [row.pattern.pattern for row in explanations.ROWS if row not in used]
    assert [pattern for pattern in left if "NVIDIA" not in pattern] == []


@pytest.mark.parametrize(
    ("kind", "message", "line"),
    [
        ("ValueError", "the student's own words", ""),
        ("ZeroDivisionError", "own words", "raise ZeroDivisionError('own words')"),
        ("SyntaxError", "invalid character U+D800", "x"),
        ("NameError", "name '" + "x" * 1900 + "' is not defined", ""),
        ("AttributeError", "module 'os' has no attribute '{0.__class__}'", ""),
    ],
)
def test_no_claim(kind, message, line):
    """Unknown messages, exceptions that the submission raises itself, and forged messages say nothing that is false."""
    text = explain(kind, message, line)
    assert text is None or "does not know the character U+D800" in text.en


WORKERS = {
    "name": ("return np.prod(shape)", "name 'np' is not defined\nnp is not imported where this line runs."),
    "shapes": ("return torch.ones(2, 3) @ torch.ones(2, 3)", "(2x3 and 2x3)\nThe first matrix has 3 columns"),
    "exit": ("exit()", "SystemExit: None\nThe code ends the program"),
    "exit_at_once": ("import os; os._exit(0)", "The process ended (exit code 0) before it gave an answer."),
    "debugger": ("breakpoint()", "BdbQuit\nThe code starts the debugger, and nobody can type here."),
    "debugger_before": ("breakpoint()\n    return 3", "BdbQuit\nThe code starts the debugger"),
    "keyboard": ("input()", "EOFError: EOF when reading a line\nThe code waits for the keyboard"),
    "write": ("open('/a.txt', 'w')", "Permission denied: '/a.txt'\nGrading cannot write or read /a.txt."),
    "network": ("import urllib.request as u; u.urlopen('http://a.example')", ">\nGrading has no network."),
    "download": (
        "import torchvision; torchvision.datasets.FashionMNIST('.', download=True)",
        "Grading has no network.",
    ),
    "socket": ("import socket; socket.socket().connect(('10.0.0.1', 80))", "denied\nGrading has no network."),
    "outside": ("pass\nreturn 3", "'return' outside function\n`return` belongs to a function"),
    "wide": ("return len（shape)", "(U+FF08)\nType ( with an English keyboard instead of （"),
    "signature": ("pass\nnorm_stat_count = lambda shape: 3", "but 2 were given\n<lambda> was called with 2 arguments"),
}


@pytest.mark.parametrize(("body", "words"), WORKERS.values(), ids=WORKERS)
def test_in_the_sandbox(grade, body, words):
    """The explanation is a line of its own below the exception's words."""
    source = f"import torch\n\n\ndef norm_stat_count(shape, kind):\n    {body}\n"
    check = grade(source, keyword="norm_stat_count").checks[0]
    assert words in check.message.en
    assert not check.message.zh.isascii()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "source", ["x = 1\n" + " " * 200_000 + "#", "def" + " " * 200_000, "a, " * 100_000, "self." * 99_999],
    ids=["blanks", "definition", "commas", "attributes"],
)  # fmt: skip
def test_a_source_that_is_long(source):
    """The names of a file are found in a time that grows with its size alone."""
    assert "barx" in explain("NameError", "name 'barx' is not defined", "return barx", source).en


def test_the_mark_below_wide_characters(grade):
    """Wide blanks move the mark below the character that is wrong, whatever is before it."""
    (check, *_) = grade("def f(X):\n    return '步幅', X（1）\n", keyword="norm_stat_count").checks
    assert check.detail.frames[-1].source == "return '步幅', X（1）\n        \u3000\u3000    ^"


def test_a_debugger_in_an_exercise_from_scratch(grade):
    """A debugger is named as such, and not as a way around the rules."""
    (check, *_) = grade("def layer_norm(*args, **kwargs):\n    breakpoint()\n", keyword="layer_norm").checks
    assert check.message.en.startswith("Calls the debugger (line 2), and nobody can type here. Delete breakpoint()")


def test_a_network_without_forward(grade):
    """A misspelt `forward` is named. The exercise does not count as unwritten."""
    wrong = grade.reference.replace("def forward(", "def foward(")
    check = next(check for check in grade(wrong, keyword="BatchNorm").checks if not check.passed)
    assert check.verdict is Verdict.RAISED
    assert "It has `foward`: is that a misspelling?" in check.message.en


FILE = """
import torch

def norm_stat_count(shape, kind):
    return np.prod(shape)

def layer_norm(X, gamma, beta, eps=1e-5):
    return X.reshape(3, -1, 7)

def group_norm(X, groups, gamma, beta, eps=1e-5):
    breakpoint()
"""
REPORTS = {
    "en": [
        "Write `import numpy as np` at the",
        "elements, which do not fill the shape [3, -1, 7]",
        "Delete breakpoint()",
    ],
    "zh": ["请在文件开头写上 `import numpy as np`", "无法恰好排成 [3, -1, 7]", "请删去 breakpoint()"],
}


@pytest.mark.parametrize(("lang", "words"), REPORTS.items(), ids=REPORTS)
def test_check(dlgrade, tmp_path, lang, words):
    """`dlgrade check` prints the explanations in the language that is asked for."""
    (tmp_path / "ch28_batch_norm.py").write_text(FILE, encoding="utf-8")
    told = dlgrade("check", "ch28", "--lang", lang)
    assert told.returncode == 1
    printed = " ".join(told.stdout.split())
    for sentence in words:
        assert sentence in printed, told.stdout
