"""Turns a Jupyter notebook into Python source, without running it.

The source has imports, definitions and plain assignments. Everything that a notebook does with them is dropped:
training, plots, prints, shell commands. Every cell keeps all of its lines, dropped lines being blank. So each line of
the source is a line of a cell.

No function recurses over a syntax tree, so every file that Python can compile can be read.
"""

from __future__ import annotations

import ast
import builtins
import json
import logging
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.reading.questions import MAX_FILE_BYTES
from dlgrade.text import both

Cells = tuple[tuple[int, int], ...]

# Calls that are cheap and need only their arguments. All other calls at the top level are dropped.
HARMLESS_CALLS = """
    bool dict enumerate float frozenset int len list max min range reversed round set slice sorted str sum tuple type
    zip math.sqrt math.log math.exp functools.partial partial re.compile Path pathlib.Path namedtuple TypeVar NewType
    collections.namedtuple typing.TypeVar typing.NewType torch.device torch.Size torch.cuda.is_available
"""
HARMLESS = frozenset(HARMLESS_CALLS.split())
MOST_DOTS = 2  # in the longest of these names
FORMAT = 4
# Libraries for plots and for the book's own notebooks. A grader may lack them, so their imports are kept only if a
# definition uses them.
FOR_SHOW = {"IPython", "d2l", "google", "ipywidgets", "matplotlib", "pandas", "plotly", "seaborn", "tqdm"}
# Cell magics that run the rest of the cell as Python.
TRANSPARENT = ("%%time", "%%timeit", "%%capture", "%%prun")

DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.]+\s*=\s*[%!]|[\w.%]+\?{1,2}\s*$)")
DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
NEWLINE = re.compile(r"\r\n|\r|\n")  # Python's line ends; str.splitlines knows more


@dataclass(frozen=True)
class CodeCell:
    """A code cell: its lines, and its syntax tree unless it is broken. `too_deep`: Python could not parse it."""

    number: int
    lines: list[str]
    tree: ast.Module | None
    too_deep: bool = False

    @property
    def defined(self) -> set[str]:
        """The functions and classes that its text seems to define."""
        return set(DEFINED.findall("\n".join(self.lines)))


def definitions(content: bytes, display_name: str) -> tuple[str, Cells]:
    """The source that a notebook's definitions make, and the line after which each cell begins.

    Raises:
        SubmissionError: the file is not a notebook, or has no definitions, too much code, or a cell that is nested too
            deeply.
    """
    sources = _cell_texts(content, display_name)
    _check_size(sources, display_name)
    cells = [parse_cell(number, source) for number, source in enumerate(sources, 1) if source.strip()]
    for cell in cells:
        if cell.too_deep:
            raise SubmissionError(
                both(
                    f"{display_name}: cell {cell.number} is nested too deeply to be read.",
                    f"{display_name}：第 {cell.number} 个代码单元嵌套过深，无法读取。",
                )
            )
    source, starts = assembled(cells)
    if not starts:
        raise SubmissionError(
            both(
                f"{display_name} defines nothing: it has {len(sources)} code cells, and no function or class in them.",
                f"{display_name} 没有任何定义：共 {len(sources)} 个代码单元，其中没有函数或类。",
            )
        )
    return source, starts


def assembled(cells: list[CodeCell]) -> tuple[str, Cells]:
    """The source that the definitions of these cells make, and the line after which each cell begins.

    If a cell with a definition does not parse, the source ends with that cell, so that importing it gives the syntax
    error. A broken cell is dropped if other cells define the same names.
    """
    written = {name for cell in cells if cell.tree is not None for name in cell.defined}
    keep = _Keep([statement for cell in cells if cell.tree is not None for statement in cell.tree.body])
    lines: list[str] = []
    starts: list[tuple[int, int]] = []
    for cell in cells:
        broken = cell.tree is None
        if broken and cell.defined <= written:
            continue
        kept = cell.lines if cell.tree is None else _kept_lines(cell.lines, cell.tree, keep)
        if any(line.strip() for line in kept):
            # The number is part of the source, because equal sources share their result. The first such line also names
            # the encoding: otherwise a comment at the beginning of the first cell could set it.
            lines.append(f"# [{cell.number}]" if lines else f"# [{cell.number}] coding: utf-8")
            starts.append((len(lines), cell.number))
            lines += kept
        if broken:
            break
    return "\n".join(lines) + "\n", tuple(starts)


# Reading the file.


def _cell_texts(content: bytes, display_name: str) -> list[str]:
    """The text of each code cell."""
    tree = _tree_of(content, display_name)
    language = _language(tree)
    if language not in ("", "python", "python3", "ipython"):
        raise _not_readable(
            display_name, f"is a notebook in {language}, not Python", f"是 {language} 笔记本，不是 Python 笔记本"
        )
    try:
        cells = (tree if tree.get("nbformat") == FORMAT else _converted(_without_outputs(tree)))["cells"]
        return [_cell_text(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # a malformed notebook can make nbformat raise anything
        reason = clean(str(error).split("\n")[0][:200]) or type(error).__name__
        raise _not_readable(display_name, f"is not a notebook ({reason})", f"不是笔记本（{reason}）") from None


def _cell_text(source: Any) -> str:
    """The source of a cell, a text or a list of lines. Half a surrogate pair, which JSON allows, becomes "?"."""
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise TypeError("the source of a cell is not text")
    return "".join(lines).encode(errors="replace").decode()


def _check_size(sources: list[str], display_name: str) -> None:
    size = sum(len(source.encode()) for source in sources)
    if size > MAX_FILE_BYTES:
        raise SubmissionError(
            both(
                f"{display_name} has {size:,} bytes of code; a submission may have {MAX_FILE_BYTES:,}.",
                f"{display_name} 中的代码共 {size:,} 字节；提交的代码不得超过 {MAX_FILE_BYTES:,} 字节。",
            )
        )


def _tree_of(content: bytes, display_name: str) -> dict[str, Any]:
    try:
        tree = json.loads(content.decode("utf-8-sig"), parse_int=_number)
    except UnicodeDecodeError:
        raise _not_readable(display_name, "is not UTF-8 text", "不是 UTF-8 文本") from None
    except RecursionError:
        raise _not_readable(display_name, "is nested too deeply to be read", "嵌套过深，无法读取") from None
    except ValueError as error:
        at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _not_readable(display_name, f"is not a notebook: no JSON{at}", f"不是笔记本：不是 JSON{at}") from None
    if not isinstance(tree, dict) or not ({"cells", "worksheets"} & tree.keys()):
        raise _not_readable(display_name, "is not a notebook: it has no cells", "不是笔记本：其中没有单元")
    return tree


def _number(digits: str) -> int:
    """A number, or 0 if it is very long. Such numbers are in outputs only, and Python refuses to convert some."""
    return int(digits) if len(digits) < 20 else 0


def _not_readable(display_name: str, en: str, zh: str) -> SubmissionError:
    again = both(". Save it again in Jupyter, or hand in a .py file.", "。请在 Jupyter 中重新保存，或提交 .py 文件。")
    return SubmissionError(both(f"{display_name} {en}", f"{display_name} {zh}") + again)


def _language(tree: dict[str, Any]) -> str:
    metadata = tree.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return clean(part[name].lower()[:30])
    return ""


def _without_outputs(tree: dict[str, Any]) -> dict[str, Any]:
    """Remove outputs, pictures and widgets: most of a notebook's bytes, and the part that is often malformed."""
    sheets = [tree, *(sheet for sheet in tree.get("worksheets") or [] if isinstance(sheet, dict))]
    for sheet in sheets:
        for cell in sheet.get("cells") or []:
            if isinstance(cell, dict):
                cell["outputs"], cell["metadata"] = [], {}
                cell.pop("attachments", None)
    return tree | {"metadata": {}}


def _converted(tree: dict[str, Any]) -> Any:
    """A notebook of an older format, in the current format. Warnings of nbformat are silenced."""
    import nbformat

    logging.getLogger("traitlets").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.convert(nbformat.reader.reads(json.dumps(tree)), to_version=FORMAT)  # type: ignore[no-untyped-call]


# Choosing statements.


def parse_cell(number: int, source: str) -> CodeCell:
    """A code cell with this text, without its magics and shell commands."""
    lines = NEWLINE.split(source)
    if lines[0].lstrip().startswith("%%"):
        transparent = lines[0].split()[0] in TRANSPARENT
        lines = ["", *lines[1:]] if transparent else [""] * len(lines)
    cell = _cell(number, lines)
    return cell if cell.tree is not None or cell.too_deep else _cell(number, _without_magics(lines))


def _cell(number: int, lines: list[str]) -> CodeCell:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SyntaxWarning, for example about an invalid escape sequence
            return CodeCell(number, lines, ast.parse("\n".join(lines)))
    except (SyntaxError, ValueError):
        return CodeCell(number, lines, None)
    except (RecursionError, MemoryError):  # which of them the parser raises depends on Python's version
        return CodeCell(number, lines, None, too_deep=True)


def _without_magics(lines: list[str]) -> list[str]:
    """The lines with `pass` in place of `%magics`, `!commands` and `help?`, and of the lines that continue them."""
    python: list[str] = []
    continues = False
    for line in lines:
        if continues or MAGIC.match(line):
            continues = line.rstrip().endswith("\\")
            python.append(line[: len(line) - len(line.lstrip())] + "pass")
        else:
            python.append(line)
    return python


class _Keep:
    """Decides which statements are kept. It must be asked in the order of the notebook: it learns names as it goes."""

    def __init__(self, statements: list[ast.stmt]) -> None:
        needed = [statement for statement in statements if isinstance(statement, DEFINITION)]
        self.needed = {name for statement in needed for name in names_loaded(statement, into_functions=True)}
        self.known = set(dir(builtins)) | {"__name__", "__file__"}
        self.everything = False  # after a star import any name may be known

    def __call__(self, statement: ast.stmt) -> bool:
        """Return whether to keep the statement. A statement with blocks is kept whole or not at all."""
        bound: set[str] = set()
        for part in unfolded(statement):
            if not self._wanted(part, bound):
                return False
            bound.update(names_bound(part))
        self.known |= bound
        return True

    def _wanted(self, part: ast.AST, bound: set[str]) -> bool:
        """Return whether to keep a part. `bound`: names that earlier parts of the same statement give a meaning."""
        if isinstance(part, DEFINITION):
            return True
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            return self._wanted_import(part)
        if isinstance(part, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.expr)):
            return self._plain(part, bound)
        return isinstance(part, ast.Pass)

    def _wanted_import(self, statement: ast.Import | ast.ImportFrom) -> bool:
        """Return whether to keep an import: all but libraries for plots that no definition uses."""
        bound = set(names_bound(statement))
        if isinstance(statement, ast.ImportFrom):
            if (statement.module or "").partition(".")[0] in FOR_SHOW:
                return bool(bound & self.needed)
            self.everything |= "*" in bound
            return True
        names = {alias.name.partition(".")[0] for alias in statement.names}
        return not names & FOR_SHOW or bool(bound & self.needed)

    def _plain(self, node: ast.AST, bound: set[str]) -> bool:
        """Return whether the code has only harmless calls, and only names that were kept."""
        for part in _evaluated(node, into_functions=False):
            if isinstance(part, ast.Call) and _dotted(part.func) not in HARMLESS:
                return False
            if isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom)):
                return False
        stored = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        loaded = set(names_loaded(node, into_functions=False))
        unknown = stored | loaded if isinstance(node, ast.AugAssign) else loaded - stored
        return self.everything or all(name in self.known or name in bound for name in unknown)


def unfolded(statement: ast.stmt) -> Iterator[ast.AST]:
    """A statement's parts in their order. `if` and `try` are replaced by their conditions and blocks."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.If):
            waiting += reversed([part.test, *part.body, *part.orelse])
        elif isinstance(part, ast.Try):
            handled = [inner for handler in part.handlers for inner in handler.body]
            waiting += reversed([*part.body, *handled, *part.orelse, *part.finalbody])
        else:
            yield part


def _dotted(node: ast.expr) -> str:
    """A name with dots, such as `torch.device`. Nothing for other expressions and for longer names."""
    names: list[str] = []
    while isinstance(node, ast.Attribute) and len(names) < MOST_DOTS:
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def _evaluated(node: ast.AST, *, into_functions: bool) -> Iterator[ast.AST]:
    """The nodes that are evaluated when this node runs. For a function these are its decorators and defaults.

    With `into_functions`, the bodies of functions count, too.
    """
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        body: Any = getattr(part, "body", None) if isinstance(part, FUNCTION) and not into_functions else ()
        skipped = {id(inner) for inner in (body if isinstance(body, list) else [body])}
        waiting += [child for child in ast.iter_child_nodes(part) if id(child) not in skipped]


def names_loaded(node: ast.AST, *, into_functions: bool) -> Iterator[str]:
    """The names that the node looks up when it runs; with `into_functions`, also when its functions are called."""
    parts = _evaluated(node, into_functions=into_functions)
    return (part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load))


def names_bound(statement: ast.AST) -> Iterator[str]:
    """The names that a definition, or a statement without blocks, gives a meaning."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(statement, DEFINITION):
        yield statement.name
    elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


# Keeping lines.


def _kept_lines(lines: list[str], tree: ast.Module, keep: _Keep) -> list[str]:
    """The cell's lines. Lines of which nothing is kept are blank."""
    kept = [""] * len(lines)
    for first, last, statements in _by_lines(tree):
        wanted = [statement for statement in statements if keep(statement) and not isinstance(statement, ast.Pass)]
        if len(wanted) == len(statements):
            kept[first:last] = lines[first:last]
        elif wanted:  # `a = 1; train()`. Only simple statements can share a line
            kept[first:last] = _cut_out(lines[first:last], first + 1, wanted)
    return kept


def _cut_out(lines: list[str], first: int, statements: list[ast.stmt]) -> list[str]:
    """The lines with nothing but these statements. The first line has the number `first`."""
    coded = [line.encode() for line in lines]  # columns count bytes
    pieces: list[list[str]] = [[] for _ in lines]
    for statement in statements:
        begin, end = statement.lineno, statement.end_lineno or statement.lineno
        for number in range(begin, end + 1):
            left = statement.col_offset if number == begin else 0
            right = statement.end_col_offset if number == end else None
            pieces[number - first].append(coded[number - first][left:right].decode())
    return ["; ".join(parts) for parts in pieces]


def _by_lines(tree: ast.Module) -> Iterator[tuple[int, int, list[ast.stmt]]]:
    """Groups of statements that share a line, each with the range of its lines."""
    group: list[ast.stmt] = []
    first = last = 0
    for statement in tree.body:
        decorators = getattr(statement, "decorator_list", [])
        begin = min(node.lineno for node in (statement, *decorators)) - 1
        if group and begin >= last:
            yield first, last, group
            group = []
        if not group:
            first = begin
        group.append(statement)
        last = statement.end_lineno or statement.lineno
    if group:
        yield first, last, group
