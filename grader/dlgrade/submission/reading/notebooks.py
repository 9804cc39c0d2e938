"""Turns a Jupyter notebook into Python source, without running it.

The source has the code cells in their order, without magics and shell commands. Every cell keeps all of its lines, so
each line of the source is a line of a cell. The worker chooses the statements that run, as it does for a Python file.
"""

from __future__ import annotations

import ast
import json
import logging
import re
import warnings
from dataclasses import dataclass
from typing import Any

from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.reading.questions import MAX_FILE_BYTES
from dlgrade.text import both

Cells = tuple[tuple[int, int], ...]

FORMAT = 4
# Cell magics that run the rest of the cell as Python.
TRANSPARENT = ("%%time", "%%timeit", "%%capture", "%%prun")

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

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is left of the cell without its comments and magics."""
        return self.tree is not None and all(isinstance(node, ast.Pass) for node in self.tree.body)

    @property
    def defines(self) -> bool:
        """Return whether the cell may give a name a meaning."""
        statements = self.tree.body if self.tree else []
        return bool(self.defined) or any(not isinstance(node, (ast.Expr, ast.Pass)) for node in statements)


def code(content: bytes, display_name: str) -> tuple[str, Cells]:
    """The source of a notebook's code cells, and the line after which each cell begins.

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
    if not any(cell.defines for cell in cells):
        raise SubmissionError(
            both(
                f"{display_name} defines nothing: it has {len(sources)} code cells, and no function or class in them.",
                f"{display_name} 没有任何定义：共 {len(sources)} 个代码单元，其中没有函数或类。",
            )
        )
    return assembled(cells)


def assembled(cells: list[CodeCell]) -> tuple[str, Cells]:
    """The source of these cells, and the line after which each cell begins.

    If a cell with a definition does not parse, the source ends with that cell, so that importing it gives the syntax
    error. A broken cell is dropped if other cells define the same names.
    """
    written = {name for cell in cells if cell.tree is not None for name in cell.defined}
    lines: list[str] = []
    starts: list[tuple[int, int]] = []
    for cell in cells:
        if cell.is_empty or (cell.tree is None and cell.defined <= written):
            continue
        # The number is part of the source, because equal sources share their result. The first such line also names
        # the encoding: otherwise a comment at the beginning of the first cell could set it.
        lines.append(f"# [{cell.number}]" if lines else f"# [{cell.number}] coding: utf-8")
        starts.append((len(lines), cell.number))
        lines += cell.lines
        if cell.tree is None:
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


# Cells.


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
            source = "\n".join(lines)
            # The compiler also finds a `return` outside a function, for example. Jupyter allows `await` there.
            compile(source, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            return CodeCell(number, lines, ast.parse(source))
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
