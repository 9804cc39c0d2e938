"""The course's data sets: modules in `datasets/`, generated ones and real ones that somebody installs or fetches.

A module's docstring says what it is, its source and licence; `KIND` what an example is (sets of a kind can stand in
for each other); `load(size, generator, split)` gives so many examples. A real set has `FILES` and looks them up by
`find`; nothing is ever downloaded but by `dlgrade data fetch`.
"""

from __future__ import annotations

import ast
import contextlib
import gzip
import hashlib
import importlib.util
import os
import types
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs

from dlgrade.course import Course
from dlgrade.errors import DlgradeError, UsageError
from dlgrade.text import Text, both

CHUNK = 1 << 16
PATIENCE_SECONDS = 20
Tell = Callable[[str, int, int], None]  # file, bytes so far, bytes in all (0: not known)


class DataMissing(DlgradeError):
    """A real data set is not on this machine; the text says how to get it."""


@dataclass(frozen=True)
class File:
    """A file of a data set: `digest` is `md5:...` or `sha1:...`, as its source publishes it."""

    name: str
    digest: str
    size: int
    urls: tuple[str, ...]


@dataclass(frozen=True)
class DataSet:
    """One module of `datasets/`."""

    name: str
    path: Path

    @cached_property
    def about(self) -> str:
        """Its docstring, read without running it."""
        return ast.get_docstring(ast.parse(self.path.read_text(encoding="utf-8"))) or ""

    @cached_property
    def module(self) -> types.ModuleType:
        spec = importlib.util.spec_from_file_location(f"dlgrade_dataset_{self.name}", self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    @property
    def kind(self) -> str:
        """What an example is. Those of a kind can stand in for each other."""
        return str(getattr(self.module, "KIND", self.name))

    @property
    def files(self) -> tuple[File, ...]:
        """What it needs on disk; nothing if it is generated."""
        found: dict[str, File] = getattr(self.module, "FILES", {})
        return tuple(found.values())

    def load(self, size: int, generator: Any, split: str = "train", **options: Any) -> Any:
        """So many examples, drawn with the generator; the options are the data set's own.

        Raises:
            DataMissing: its files are not here.
        """
        return self.module.load(size, generator, split, **options)

    def missing(self) -> list[File]:
        places = getattr(self.module, "PLACES", ())
        return [file for file in self.files if _there(self.name, file, places) is None]


def data_sets(course: Course) -> dict[str, DataSet]:
    """All of a course, by name."""
    paths = sorted((course.folder / "datasets").glob("[a-z]*.py"))
    return {path.stem: DataSet(path.stem, path) for path in paths}


def data_set(course: Course, name: str) -> DataSet:
    known = data_sets(course)
    if name not in known:
        names = ", ".join(known)
        raise UsageError(
            both(f"There is no data set {name!r}; there are {names}.", f"没有数据集 {name!r}；现有 {names}。")
        )
    return known[name]


def stand_in(course: Course, name: str) -> DataSet:
    """What the course trains on where a suite asks for this data set: it, or the course's choice of the same kind."""
    asked = data_set(course, name)
    chosen = (data_set(course, other) for other in course.data)
    return next((other for other in chosen if other.kind == asked.kind), asked)


def store(name: str) -> Path:
    """Where fetched files are kept: in the user's data folder, or below $DLGRADE_DATA."""
    base = os.environ.get("DLGRADE_DATA") or Path(platformdirs.user_data_dir("dlgrade")) / "datasets"
    return Path(base) / name


def find(name: str, file: File, places: tuple[str, ...] = ()) -> Path:
    """Where a file is: in one of the places where systems install it, or fetched.

    Raises:
        DataMissing: it is nowhere.
    """
    found = _there(name, file, places)
    if found is None:
        raise DataMissing(
            both(
                f"The data set {name} is not on this machine. `dlgrade data fetch {name}` downloads it.",
                f"本机没有数据集 {name}。运行 `dlgrade data fetch {name}` 下载。",
            )
        )
    return found


def _there(name: str, file: File, places: tuple[str, ...]) -> Path | None:
    for folder in (*map(Path, places), store(name)):
        if (folder / file.name).is_file():
            return folder / file.name
    return None


def idx_images(name: str, files: dict[str, File], places: tuple[str, ...], split: str) -> tuple[Any, Any]:
    """All images (n, 1, 28, 28), float32 from 0 to 1, and labels (n,), int64, of a set in MNIST's IDX format.

    Raises:
        DataMissing: its files are not here.
    """
    import torch

    def content(kind: str, header: int) -> Any:
        path = find(name, files[f"{split} {kind}"], places)
        return torch.frombuffer(bytearray(gzip.decompress(path.read_bytes())[header:]), dtype=torch.uint8)

    return content("images", 16).reshape(-1, 1, 28, 28).float() / 255, content("labels", 8).long()


def fetch(data: DataSet, tell: Tell, mirror: str | None = None) -> list[Path]:
    """Download what is missing, each file whole and checked or not at all; an interrupted download goes on.

    Raises:
        UsageError: no address answers, or what came is not the file.
    """
    return [_fetch(data.name, file, tell, mirror) for file in data.missing()]


def _fetch(name: str, file: File, tell: Tell, mirror: str | None) -> Path:
    folder = store(name)
    folder.mkdir(parents=True, exist_ok=True)
    draft, problems = folder / f"{file.name}.part", []
    for url in [mirror.rstrip("/") + "/" + file.name] if mirror else list(file.urls):
        try:
            _download(url, draft, file, tell)
        except (OSError, urllib.error.URLError, ValueError) as error:
            problems.append(f"{url}: {getattr(error, 'reason', None) or error}")
            continue
        if _digest(draft, file.digest) == file.digest:
            return draft.replace(folder / file.name)
        draft.unlink()
        problems.append(f"{url}: not the file that was published (its {file.digest.partition(':')[0]} differs)")
    raise UsageError(_no_luck(file, folder, problems))


def _no_luck(file: File, folder: Path, problems: list[str]) -> Text:
    tried = "; ".join(problems)
    return both(
        f"{file.name} could not be fetched ({tried}). Is there a network? Otherwise put the file into {folder}, "
        "or name a mirror with --mirror URL.",
        f"无法下载 {file.name}（{tried}）。是否有网络？也可以把文件放到 {folder}，或用 --mirror URL 指定镜像。",
    )


def _download(url: str, draft: Path, file: File, tell: Tell) -> None:
    """Append to what is there already, where the server goes along with it."""
    done = draft.stat().st_size if draft.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE_SECONDS)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is left to send
            return
        raise
    with contextlib.closing(answer):
        if answer.status != 206:
            done = 0
        with draft.open("ab" if done else "wb") as output:
            while chunk := answer.read(CHUNK):
                output.write(chunk)
                done += len(chunk)
                tell(file.name, done, file.size)


def _digest(path: Path, like: str) -> str:
    kind = like.partition(":")[0]
    with path.open("rb") as file:
        digest = hashlib.new(kind)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return f"{kind}:{digest.hexdigest()}"
