"""Words for mutants. They describe values, and name only things that the starter code or everybody's mathematics names.

A name of the reference's own, a line of it or a number of a formula never gets into a sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dlgrade.text import Text, both, same

MOST_NAMES = 3
SEAMS = re.compile(r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")

# Functions that a sentence may name, by the last part of the name in the code.
FUNCTIONS = {
    "exp": both("the exponential", "指数"), "log": both("the logarithm", "对数"),
    "log2": both("the logarithm", "对数"), "sqrt": both("the square root", "平方根"),
    "square": both("the square", "平方"), "abs": both("the absolute value", "绝对值"),
    "sum": both("the sum", "求和"), "mean": both("the mean", "求平均"), "var": both("the variance", "求方差"),
    "std": both("the standard deviation", "求标准差"), "prod": both("the product", "求积"),
    "max": both("the maximum", "最大值"), "min": both("the minimum", "最小值"), "amax": both("the maximum", "最大值"),
    "amin": both("the minimum", "最小值"), "argmax": both("the argmax", "最大值的下标"),
    "argmin": both("the argmin", "最小值的下标"),
    "tanh": both("the tanh", "tanh 函数"), "Tanh": both("the tanh", "tanh 函数"),
    "sigmoid": both("the sigmoid", "sigmoid 函数"),
    "Sigmoid": both("the sigmoid", "sigmoid 函数"), "relu": both("the ReLU", "ReLU 函数"),
    "ReLU": both("the ReLU", "ReLU 函数"),
    "softmax": both("the softmax", "softmax 运算"), "log_softmax": both("the log-softmax", "log-softmax 运算"),
    "dropout": both("the dropout", "暂退法"), "Dropout": both("the dropout", "暂退法"),
    "LayerNorm": both("the layer normalisation", "层规范化"), "Linear": both("a linear layer", "一个线性层"),
    "Flatten": both("the flattening", "展平"), "flatten": both("the flattening", "展平"),
    "AvgPool2d": both("an average pooling", "一个平均汇聚层"), "MaxPool2d": both("a max pooling", "一个最大汇聚层"),
    "clamp": both("the clamping", "截断"), "clip": both("the clamping", "截断"),
    "detach": both("the detaching from the graph", "与计算图分离"), "clone": both("the copy", "复制"),
    "copy": both("the copy", "复制"), "deepcopy": both("the copy", "复制"), "flip": both("the reversal", "反转"),
    "reversed": both("the reversal", "反转"), "sorted": both("the sorting", "排序"),
    "sort": both("the sorting", "排序"),
    "round": both("the rounding", "取整"), "floor": both("the rounding down", "向下取整"),
    "ceil": both("the rounding up", "向上取整"), "permute": both("the permutation of axes", "轴的重排"),
    "transpose": both("the transposition", "转置"), "T": both("the transposition", "转置"),
    "mT": both("the transposition", "转置"), "t": both("the transposition", "转置"),
    "double": both("the conversion to float64", "转换为 float64"),
    "float": both("the conversion to floats", "转换为浮点数"),
    "lower": both("the change to lower case", "转为小写"), "strip": both("the stripping", "去除首尾空白"),
    "cumsum": both("the cumulative sum", "累加"), "cumprod": both("the cumulative product", "累乘"),
    "triu": both("the triangle", "取三角部分"), "tril": both("the triangle", "取三角部分"),
    "unsqueeze": both("an axis of size 1", "大小为 1 的轴"), "squeeze": both("the squeezing", "去掉大小为 1 的轴"),
    "zero_grad": both("the zeroing of gradients", "梯度清零"), "backward": both("the backward pass", "反向传播"),
    "step": both("the update", "更新一步"), "eval": both("the evaluation mode", "评估模式"),
    "train": both("the training mode", "训练模式"), "set": both("the set", "去重"), "len": both("the length", "取长度"),
    "repeat": both("the repetition", "重复"), "repeat_interleave": both("the repetition", "重复"),
    "nan_to_num": both("the treatment of NaN", "对 NaN 的处理"), "isnan": both("the test for NaN", "对 NaN 的判断"),
}  # fmt: skip

# Arguments with the same name in torch and in everybody's code.
ARGUMENTS = {
    "dim", "axis", "keepdim", "eps", "bias", "dropout", "dtype", "device", "unbiased", "correction", "generator", "key",
    "reverse", "padding", "stride", "dilation", "groups", "momentum", "weight_decay", "lr", "affine", "start_dim",
    "default", "mean", "std",
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The names that a student has read: the parameters of the exercise, and its public methods by their lines.

    `scopes` has the parameters of each function, and its lines.
    """

    parameters: frozenset[str]
    methods: dict[str, range]
    scopes: tuple[tuple[range, frozenset[str]], ...]

    def at(self, line: int) -> frozenset[str]:
        """Return the parameters of the function at a line."""
        return next((parameters for lines, parameters in self.scopes if line in lines), frozenset())

    def method_at(self, line: int) -> str | None:
        return next((name for name, lines in self.methods.items() if line in lines), None)


def known_of(statement: ast.stmt, answers: frozenset[int]) -> Known:
    """Return the names that the starter code of an exercise has. Definitions inside an answer are not among them."""
    functions = [
        node for node in ast.walk(statement) if isinstance(node, ast.FunctionDef) and node.lineno not in answers
    ]
    scopes = tuple(
        (_lines(node), frozenset(argument.arg for argument in _arguments(node.args)) - {"self"}) for node in functions
    )
    methods = {node.name: _lines(node) for node in functions} if isinstance(statement, ast.ClassDef) else {}
    return Known(frozenset().union(*(parameters for _, parameters in scopes)), methods, scopes)


def _lines(node: ast.FunctionDef) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    several = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *several]


def names_in(nodes: Iterable[ast.AST], known: Known) -> list[str]:
    """Return the parameters of the exercise that occur in a piece of code, also as attributes of self, in order."""
    found: dict[str, None] = {}
    for node in (child for top in nodes for child in ast.walk(top)):
        if isinstance(node, ast.Name) and node.id in known.parameters:
            found[node.id] = None
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self" and node.attr in known.parameters:
            found[node.attr] = None
    return list(found) if len(found) <= MOST_NAMES else []


def with_names(names: list[str]) -> Text:
    """Return " with a and b" to put behind a noun, in Chinese words to put before it; empty texts without names."""
    if not names:
        return same("")
    english = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return both(f" with {english}", f"含 {'、'.join(names)} 的")


def function_name(node: ast.expr) -> str:
    """Return the last part of the name of the function that a call or a reference to it has; "" if there is none."""
    if isinstance(node, ast.Call):
        return function_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def function_words(node: ast.expr) -> Text | None:
    """Return words for a function that a sentence may name; None for any other."""
    return FUNCTIONS.get(function_name(node))


def in_chinese(sentence: str) -> str:
    """Put a blank between Chinese characters and Latin letters, as sentences about values have it."""
    return SEAMS.sub(" ", sentence)
