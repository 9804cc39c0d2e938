"""Explanations of files that Python cannot parse."""

from __future__ import annotations

import re
import unicodedata

from dlgrade.judge.explanations.rows import Mistake, row
from dlgrade.text import Text, both, same

# Characters of a Chinese keyboard, or of a formatted text, and the ASCII characters that programs use.
ASCII = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "、": ",", "。": ".", "【": "[", "】": "]",
    "《": "<", "》": ">", "…": "...", "—": "-", "–": "-", "−": "-", "×": "*", "·": "*", "÷": "/", "≤": "<=",
    "≥": ">=", "≠": "!=", "²": "**2", "\u3000": " ", "\xa0": " ",
}  # fmt: skip


def _ascii(character: str) -> str | None:
    """Return the ASCII character that a full-width character is meant as."""
    if character in ASCII:
        return ASCII[character]
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() and plain != character else None


def _character(match: re.Match[str], mistake: Mistake) -> Text:
    """Explain the character that Python refuses."""
    return _wrong_character(chr(int(match["code"], 16)), mistake.line)


def _number(_: re.Match[str], mistake: Mistake) -> Text:
    """Explain a digit with letters behind it. Python 3.10 says the same of a full-width character."""
    wide = re.search(r"\d([^\x00-\x7f])", mistake.line)
    if wide and _ascii(wide[1]):
        return _wrong_character(wide[1], mistake.line)
    return both(
        "A name cannot begin with a digit, and a product needs a *.",
        "变量名不能以数字开头；若要相乘，请写出 * 。",
    )


def _wrong_character(character: str, line: str) -> Text:
    """Name a character, the ASCII character to type, and others in the same line."""
    meant = _ascii(character)
    after = line.partition("\n")[0].partition(character)[2]
    others = " ".join(sorted({each for each in after if each != character and not each.isalnum() and _ascii(each)}))
    more = both(f" The line also has {others} .", f"这一行还有 {others} 。") if others.strip() else same("")
    shown = character if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"
    if meant is None:
        return both(
            f"Python does not know the character {shown} outside of strings and comments. Delete or replace it.",
            f"字符 {shown} 只能出现在字符串和注释中，请删除或替换它。",
        )
    if meant == " ":
        words = both(
            f"The blank at the mark is not a space of code, but {shown}. Type it again with an English keyboard.",
            f"标记处的空格不是半角空格，而是 {shown}。请切换到英文输入法重新输入。",
        )
        return words + more
    words = both(
        f"Type {meant} with an English keyboard instead of {shown}: code has no full-width signs.",
        f"代码中的符号必须是半角：请切换到英文输入法，把 {shown} 改成 {meant} 。",
    )
    return words + more


# Signs of other languages or of notebooks in a line that is not Python, in the order in which they are looked for.
FOREIGN = (
    (r"[!%]", both(
        "A line that begins with % or ! works only in Jupyter. Delete it here.",
        "以 % 或 ! 开头的命令只能在 Jupyter 中使用，请删去这一行。",
    )),
    (r".*(\+\+|--)\s*(;|$)", both(
        "Python has no ++ and no --. Write `x += 1` or `x -= 1`.",
        "Python 没有 ++ 和 --，请写 `x += 1` 或 `x -= 1`。",
    )),
    (r".*(&&|\|\|)", both(
        "Python writes `and` for && and `or` for ||.",
        "Python 用 `and` 表示 &&，用 `or` 表示 ||。",
    )),
    (r"(else|elif|except|finally)\b", both(
        "This branch has no beginning. Is it indented like its `if`, `for` or `try`, and does that block have lines?",
        "这个分支没有对应的开头。它与 `if`、`for` 或 `try` 的缩进一致吗？前面的语句块里有代码吗？",
    )),
    (r".*?(^|\W)lambda\s*(=|,|\))", both(
        "`lambda` is a word of the language and cannot be a name. Call the variable `lambd`.",
        "`lambda` 是关键字，不能用作变量名。请改用 `lambd` 这样的名称。",
    )),
    (r"(def|class|if|elif|while|for|with|try)\b(?!.*:\s*$)", both(
        "A line that begins with `def`, `if`, `for` or the like ends with a colon. Compare this line.",
        "以 `def`、`if`、`for` 等开头的语句要以冒号结尾，请检查这一行。",
    )),
    ("", both(
        "Python cannot go on at the mark. A sign may be missing there, or a bracket in the line above.",
        "Python 读到标记处无法继续。这里是否少了符号？上一行的括号是否闭合？",
    )),
)  # fmt: skip


def _foreign(_: re.Match[str], mistake: Mistake) -> Text:
    place = mistake.line.partition("\n")[0].strip()
    return next(text for pattern, text in FOREIGN if re.match(pattern, place))


def _colon(_: re.Match[str], mistake: Mistake) -> Text:
    if re.match(r"else\s+if\b", mistake.line):
        return both("Python writes `elif` for `else if`.", "Python 用 `elif` 表示 `else if`。")
    return both("A colon is missing at the mark.", "标记处缺少冒号（半角 : ）。")


ROWS = (
    row(r"SyntaxError: invalid (non-printable )?character .*U\+(?P<code>[0-9A-F]{4,5})\b", _character),
    row(r"TabError", both(
        "The indent of this line mixes tabs and spaces in another way than the line above. Indent with four spaces "
        "only.",
        "这一行与上一行的缩进混用了制表符和空格。请只用空格缩进，每层 4 个。",
    )),
    row(r"IndentationError: expected an indented block after (?P<what>.+) on line (?P<n>\d+)", both(
        "Line {n} opens a block, and the block has no line with a deeper indent. Indent its lines, or write `pass`.",
        "第 {n} 行之后应当有缩进的语句块。请缩进其中的代码；若暂时没有内容，请写 `pass`。",
    )),
    row(r"IndentationError: unexpected indent", both(
        "This line has a deeper indent than the line above, but no block begins there. Align both lines.",
        "这一行比上一行缩进得多，但上一行并未开始新的语句块。请将两行对齐。",
    )),
    row(r"IndentationError: unindent", both(
        "The indent of this line fits no line above it. Align it with the line where its block begins.",
        "这一行的缩进与前面任何一层都对不上。请与它所在语句块的其他行对齐。",
    )),
    row(r"SyntaxError: expected ':'", _colon),
    row(r"SyntaxError: '(?P<open>[(\[{])' was never closed", both(
        "The bracket {open} at the mark has no partner. Count the brackets from there on.",
        "标记处的括号 {open} 没有闭合，请从这里往后逐个核对括号。",
    )),
    row(r"SyntaxError: unmatched '(?P<close>.)'", both(
        "No bracket is open that {close} could close. Delete it, or add the opening bracket.",
        "前面没有与 {close} 配对的左括号。请删去它，或补上左括号。",
    )),
    row(r"SyntaxError: closing parenthesis '(?P<close>.)' does not match opening parenthesis '(?P<open>.)'", both(
        "{open} is still open, so {close} cannot come here. Close {open} first.",
        "{open} 还没有闭合，这里不能出现 {close}。请先闭合 {open} 。",
    )),
    row(r"SyntaxError: invalid syntax\. Maybe you meant '=='", both(
        "A single = assigns a value. A comparison is written with ==.",
        "单个 = 表示赋值，比较要写 == 。",
    )),
    row(r"SyntaxError: cannot assign to (?P<target>.+?) here", both(
        "Only a name, an attribute or an entry can be left of a single =. A comparison is written with ==.",
        "单个 = 的左边只能是变量、属性或元素。如果是要比较，请写 == 。",
    )),
    row(r"SyntaxError: cannot assign to", both(
        "Nothing can be assigned to the expression left of =. Put a name there.",
        "等号左边的表达式不能被赋值，请换成变量名。",
    )),
    row(r"SyntaxError: invalid syntax\. Perhaps you forgot a comma", both(
        "Two expressions follow each other without a sign between them. Is a comma or an operator missing?",
        "两个表达式之间没有符号。是否漏了逗号或运算符？",
    )),
    row(r"SyntaxError: Missing parentheses in call to 'print'", both(
        "Python 3 calls print with brackets: `print(x)`.",
        "Python 3 的 print 要加括号：`print(x)`。",
    )),
    row(r"SyntaxError: '(?P<word>return|yield|await)' outside function", both(
        "`{word}` belongs to a function, but this line is outside. Is its indent too small?",
        "`{word}` 只能写在函数里，而这一行在函数之外。是否少了缩进？",
    )),
    row(r"SyntaxError: '(?P<word>break|continue)'", both(
        "`{word}` belongs to a loop, but this line is in none. Check its indent.",
        "`{word}` 只能写在循环里，而这一行不在循环中。请检查缩进。",
    )),
    row(r"SyntaxError: unterminated (triple-quoted )?(f-)?string literal", both(
        "The string that begins at the mark has no closing quote.",
        "从标记处开始的字符串缺少右引号。",
    )),
    row(r"SyntaxError: expected 'except' or 'finally' block", both(
        "A `try` block needs an `except` or a `finally` at the same indent.",
        "`try` 语句块之后要有缩进相同的 `except` 或 `finally`。",
    )),
    row(r"SyntaxError: positional argument follows keyword argument", both(
        "Arguments without a name come before those with a name.",
        "调用函数时，不带参数名的参数要写在带参数名的参数之前。",
    )),
    row(r"SyntaxError: (non-default argument follows default argument|parameter without a default)", both(
        "Parameters without a default come before those with a default.",
        "定义函数时，没有默认值的参数要写在有默认值的参数之前。",
    )),
    row(r"SyntaxError: invalid decimal literal", _number),
    row(r"SyntaxError: invalid syntax$", _foreign),
)  # fmt: skip
