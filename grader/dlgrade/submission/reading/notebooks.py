"""A Jupyter notebook as a Python source: its imports, definitions and plain assignments, without ever running it.

What a notebook does with its definitions (training, plots, prints, shell commands) is left out. Every cell keeps its
lines, those left out being blank, so that a line of the source is a line of a cell.

Nothing here recurses over a syntax tree: whatever Python can compile can be read.
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

# What is cheap and needs nothing but its arguments; all other calls at the top level belong to a notebook's running.
HARMLESS_CALLS = """
    bool dict enumerate float frozenset int len list max min range reversed round set slice sorted str sum tuple type
    zip math.sqrt math.log math.exp functools.partial partial re.compile Path pathlib.Path namedtuple TypeVar NewType
    collections.namedtuple typing.TypeVar typing.NewType torch.device torch.Size torch.cuda.is_available
"""
HARMLESS = frozenset(HARMLESS_CALLS.split())
MOST_DOTS = 2  # in the longest of these names
FORMAT = 4
# Libraries for showing things and for the book's own notebooks: a grader need not have them where no definition does.
FOR_SHOW = {"IPython", "d2l", "google", "ipywidgets", "matplotlib", "pandas", "plotly", "seaborn", "tqdm"}
# Cell magics that run the rest of the cell as Python.
TRANSPARENT = ("%%time", "%%timeit", "%%capture", "%%prun")

DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.]+\s*=\s*[%!]|[\w.%]+\?{1,2}\s*$)")
DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
NEWLINE = re.compile(r"\r\n|\r|\n")  # what Python counts as lines, which str.splitlines does not


@dataclass(frozen=True)
class Cell:
    """A code cell: its lines, and its syntax tree unless it is broken. `too_deep` says that Python gave up on it."""

    number: int
    lines: list[str]
    tree: ast.Module | None
    too_deep: bool = False

    @property
    def defined(self) -> set[str]:
        """The functions and classes that it is about, read off its text."""
        return set(DEFINED.findall("\n".join(self.lines)))


def definitions(content: bytes, shown: str) -> tuple[str, Cells]:
    """The source that a notebook's definitions make, and after which of its lines each cell begins.

    Raises:
        SubmissionError: it is no notebook, has no definitions, too much code, or a cell that Python cannot parse.
    """
    sources = _sources(content, shown)
    _check_size(sources, shown)
    cells = [parsed(number, source) for number, source in enumerate(sources, 1) if source.strip()]
    for cell in cells:
        if cell.too_deep:
            raise SubmissionError(
                both(
                    f"{shown}: cell {cell.number} is nested too deeply to be read.",
                    f"{shown}：第 {cell.number} 个代码单元嵌套过深，无法读取。",
                )
            )
    source, starts = assembled(cells)
    if not starts:
        raise SubmissionError(
            both(
                f"{shown} defines nothing: it has {len(sources)} code cells, and no function or class in them.",
                f"{shown} 没有任何定义：共 {len(sources)} 个代码单元，其中没有函数或类。",
            )
        )
    return source, starts


def assembled(cells: list[Cell]) -> tuple[str, Cells]:
    """The source that the definitions of these cells make, and after which of its lines each cell begins.

    A cell with a definition that does not parse ends the source, so that its error is found there, unless another cell
    defines the same.
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
            # The number is in the source, because equal sources share their result. The first such line names the
            # encoding, too: otherwise Python takes that from a comment at the beginning of the first cell.
            lines.append(f"# [{cell.number}]" if lines else f"# [{cell.number}] coding: utf-8")
            starts.append((len(lines), cell.number))
            lines += kept
        if broken:
            break
    return "\n".join(lines) + "\n", tuple(starts)


# Reading the file.


def _sources(content: bytes, shown: str) -> list[str]:
    """The text of each code cell."""
    tree = _tree_of(content, shown)
    language = _language(tree)
    if language not in ("", "python", "python3", "ipython"):
        raise _refused(shown, f"is a notebook in {language}, not Python", f"是 {language} 笔记本，不是 Python 笔记本")
    try:
        cells = (tree if tree.get("nbformat") == FORMAT else _converted(_without_outputs(tree)))["cells"]
        return [_text(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # nbformat raises whatever a malformed notebook makes its code stumble over
        reason = clean(str(error).split("\n")[0][:200]) or type(error).__name__
        raise _refused(shown, f"is not a notebook ({reason})", f"不是笔记本（{reason}）") from None


def _text(source: Any) -> str:
    """The source of a cell, a text or a list of lines. Half of a surrogate pair, which JSON can spell, is no text."""
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise TypeError("the source of a cell is no text")
    return "".join(lines).encode(errors="replace").decode()


def _check_size(sources: list[str], shown: str) -> None:
    size = sum(len(source.encode()) for source in sources)
    if size > MAX_FILE_BYTES:
        raise SubmissionError(
            both(
                f"{shown} has {size:,} bytes of code; a submission may have {MAX_FILE_BYTES:,}.",
                f"{shown} 中的代码共 {size:,} 字节；提交的代码不得超过 {MAX_FILE_BYTES:,} 字节。",
            )
        )


def _tree_of(content: bytes, shown: str) -> dict[str, Any]:
    try:
        tree = json.loads(content.decode("utf-8-sig"), parse_int=_number)
    except UnicodeDecodeError:
        raise _refused(shown, "is not UTF-8 text", "不是 UTF-8 文本") from None
    except RecursionError:
        raise _refused(shown, "is nested too deeply to be read", "嵌套过深，无法读取") from None
    except ValueError as error:
        at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _refused(shown, f"is not a notebook: no JSON{at}", f"不是笔记本：不是 JSON{at}") from None
    if not isinstance(tree, dict) or not ({"cells", "worksheets"} & tree.keys()):
        raise _refused(shown, "is not a notebook: it has no cells", "不是笔记本：其中没有单元")
    return tree


def _number(digits: str) -> int:
    """Outputs may have numbers of any size, and Python refuses to convert some; nobody looks at them."""
    return int(digits) if len(digits) < 20 else 0


def _refused(shown: str, en: str, zh: str) -> SubmissionError:
    again = both(". Save it again in Jupyter, or hand in a .py file.", "。请在 Jupyter 中重新保存，或提交 .py 文件。")
    return SubmissionError(both(f"{shown} {en}", f"{shown} {zh}") + again)


def _language(tree: dict[str, Any]) -> str:
    metadata = tree.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return clean(part[name].lower()[:30])
    return ""


def _without_outputs(tree: dict[str, Any]) -> dict[str, Any]:
    """Outputs, pictures and widgets are most of a notebook's bytes, and the part that programs get wrong."""
    sheets = [tree, *(sheet for sheet in tree.get("worksheets") or [] if isinstance(sheet, dict))]
    for sheet in sheets:
        for cell in sheet.get("cells") or []:
            if isinstance(cell, dict):
                cell["outputs"], cell["metadata"] = [], {}
                cell.pop("attachments", None)
    return tree | {"metadata": {}}


def _converted(tree: dict[str, Any]) -> Any:
    """A notebook of an older format in the current one. nbformat's remarks on the way are nobody's."""
    import nbformat

    logging.getLogger("traitlets").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.convert(nbformat.reader.reads(json.dumps(tree)), to_version=FORMAT)  # type: ignore[no-untyped-call]


# Choosing statements.


def parsed(number: int, source: str) -> Cell:
    """A code cell of this text, its magics and shell commands taken out."""
    lines = NEWLINE.split(source)
    if lines[0].lstrip().startswith("%%"):
        transparent = lines[0].split()[0] in TRANSPARENT
        lines = ["", *lines[1:]] if transparent else [""] * len(lines)
    cell = _cell(number, lines)
    return cell if cell.tree is not None or cell.too_deep else _cell(number, _without_magics(lines))


def _cell(number: int, lines: list[str]) -> Cell:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SyntaxWarning: an invalid escape sequence is the student's own affair
            return Cell(number, lines, ast.parse("\n".join(lines)))
    except (SyntaxError, ValueError):
        return Cell(number, lines, None)
    except (RecursionError, MemoryError):  # which of them the parser raises depends on Python's version
        return Cell(number, lines, None, too_deep=True)


def _without_magics(lines: list[str]) -> list[str]:
    """`%magics`, `!commands`, with the lines that they go on in, and `help?` become `pass`."""
    kept: list[str] = []
    going_on = False
    for line in lines:
        if going_on or MAGIC.match(line):
            going_on = line.rstrip().endswith("\\")
            kept.append(line[: len(line) - len(line.lstrip())] + "pass")
        else:
            kept.append(line)
    return kept


class _Keep:
    """Which statements are kept, asked in the order of the notebook."""

    def __init__(self, statements: list[ast.stmt]) -> None:
        needed = [statement for statement in statements if isinstance(statement, DEFINITION)]
        self.needed = {name for statement in needed for name in names_loaded(statement, into_functions=True)}
        self.known = set(dir(builtins)) | {"__name__", "__file__"}
        self.everything = False  # after a star import any name may be known

    def __call__(self, statement: ast.stmt) -> bool:
        """A statement with blocks is kept whole or not at all."""
        bound: set[str] = set()
        for part in unfolded(statement):
            if not self._wanted(part, bound):
                return False
            bound.update(names_bound(part))
        self.known |= bound
        return True

    def _wanted(self, part: ast.AST, bound: set[str]) -> bool:
        """`bound` are the names that earlier parts of the same statement give a meaning."""
        if isinstance(part, DEFINITION):
            return True
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            return self._wanted_import(part)
        if isinstance(part, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.expr)):
            return self._plain(part, bound)
        return isinstance(part, ast.Pass)

    def _wanted_import(self, statement: ast.Import | ast.ImportFrom) -> bool:
        """All but libraries for show, and modules, that no definition uses: a grader may lack them."""
        bound = set(names_bound(statement))
        if isinstance(statement, ast.ImportFrom):
            if (statement.module or "").partition(".")[0] in FOR_SHOW:
                return bool(bound & self.needed)
            self.everything |= "*" in bound
            return True
        names = {alias.name.partition(".")[0] for alias in statement.names}
        return not names & FOR_SHOW or bool(bound & self.needed)

    def _plain(self, node: ast.AST, bound: set[str]) -> bool:
        """No calls but harmless ones, and no names that were left out."""
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
    """A statement's parts in their order: of `if` and `try` their conditions and what is in their blocks."""
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
    """`torch.device` of a name with dots; nothing of other expressions, and of longer names."""
    names: list[str] = []
    while isinstance(node, ast.Attribute) and len(names) < MOST_DOTS:
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def _evaluated(node: ast.AST, *, into_functions: bool) -> Iterator[ast.AST]:
    """The nodes that running this one evaluates: of a function, unless asked for, its decorators and defaults alone."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        body: Any = getattr(part, "body", None) if isinstance(part, FUNCTION) and not into_functions else ()
        left_out = {id(inner) for inner in (body if isinstance(body, list) else [body])}
        waiting += [child for child in ast.iter_child_nodes(part) if id(child) not in left_out]


def names_loaded(node: ast.AST, *, into_functions: bool) -> Iterator[str]:
    """The names that are looked up while this runs; with `into_functions`, when what it defines is called, too."""
    parts = _evaluated(node, into_functions=into_functions)
    return (part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load))


def names_bound(statement: ast.AST) -> Iterator[str]:
    """The names that a statement without blocks, or a definition, gives a meaning."""
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
    """The cell's lines, blank where nothing is kept."""
    kept = [""] * len(lines)
    for first, last, statements in _by_lines(tree):
        wanted = [statement for statement in statements if keep(statement) and not isinstance(statement, ast.Pass)]
        if len(wanted) == len(statements):
            kept[first:last] = lines[first:last]
        elif wanted:  # `a = 1; train()`: only simple statements share a line
            kept[first:last] = _cut_out(lines[first:last], first + 1, wanted)
    return kept


def _cut_out(lines: list[str], first: int, statements: list[ast.stmt]) -> list[str]:
    """The lines, of which the first has the number `first`, with these statements alone."""
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
    """Statements that share a line, together, with the range of their lines."""
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
