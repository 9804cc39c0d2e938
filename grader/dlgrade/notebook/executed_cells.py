"""Makes a submission of the cells that a running notebook has executed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dlgrade.errors import SubmissionError
from dlgrade.submission import Submission
from dlgrade.submission.beside import Candidate, choose
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import MAX_FILE_BYTES, MAX_HISTORY_BYTES, Executed, Source
from dlgrade.text import both

MAIN = "In"


def submission(executed: Sequence[str], shown: str, beside: Iterable[Candidate]) -> Submission:
    """Return the code that the cells define.

    Args:
        executed: the source of every cell, in the order of execution; `executed[n]` ran as `In [n]`.
        shown: the name of the notebook.
        beside: files beside the notebook.

    Raises:
        SubmissionError: the cells define nothing, are too large, or cannot be read.
    """
    cells = [cell.encode(errors="replace") for cell in executed]
    size = sum(map(len, cells))
    if size > MAX_HISTORY_BYTES:
        raise SubmissionError(
            both(
                f"The code that ran in this kernel has {size:,} bytes; {MAX_HISTORY_BYTES:,} can be read. Restart the "
                "kernel, and run the cells with your code again.",
                f"此内核中运行过的代码共 {size:,} 字节，最多可读取 {MAX_HISTORY_BYTES:,} 字节。"
                "请重启内核，并重新运行写有代码的单元。",
            )
        )
    source = reader.ask(Executed(shown, cells), Source)
    if not source.cells:
        raise SubmissionError(
            both(
                "The cells that ran define nothing yet. Run the cells with your code, then check.",
                "已运行的单元中还没有任何定义。请先运行写有代码的单元，再进行检查。",
            )
        )
    content = source.text.encode()
    if len(content) > MAX_FILE_BYTES:
        raise SubmissionError(
            both(
                f"The code in the cells has {len(content):,} bytes; a submission may have {MAX_FILE_BYTES:,}.",
                f"各单元的代码共 {len(content):,} 字节；提交的代码不得超过 {MAX_FILE_BYTES:,} 字节。",
            )
        )
    chosen = choose(MAIN, source.text, beside)
    return Submission(
        main=MAIN, files={MAIN: content, **chosen.files}, display_name=shown, source=source.text, cells=source.cells,
        live=True, left_out=chosen.left_out,
    )  # fmt: skip
