"""Checks the requirements of dlgrade on this machine, and says how to meet the others.

A broken part must not break the report. So every look is guarded. The looks that import torch run in a separate
process: a torch that does not fit the processor or its libraries can end that process, but not the report.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from dlgrade import sandbox_parts
from dlgrade.course import COURSE_VARIABLE, load
from dlgrade.errors import CourseError, DlgradeError, UsageError
from dlgrade.text import Text, both, chosen_lang, counted, same
from dlgrade.version import __version__

if TYPE_CHECKING:
    from packaging.requirements import Requirement


OLDEST, NEWEST = (3, 10), (3, 14)  # of Python, as in the matrix of .github/workflows/ci.yml
PATIENCE_SECONDS = 180
TIGHT, FULL = 1e9, 1e8  # free bytes: enough for the largest data set, enough for a report
LONGEST = 300  # characters of a message from another program

State = Literal["ok", "note", "problem"]


class Finding(msgspec.Struct, frozen=True):
    """The result of one look. If something is missing, `todo` says how to get it, with commands to type."""

    state: State
    found: Text
    todo: Text | None = None
    commands: tuple[str, ...] = ()


Look = Callable[[], Finding]
NOT_CHECKED = Finding("note", both("not checked, because of the problem above", "因上述问题未检查"))


def guarded(look: Look) -> Finding:
    """Look, and turn any error into a finding."""
    try:
        return look()
    except DlgradeError as error:
        return Finding("problem", error.text)
    except Exception as error:
        words = _message(error)
        return Finding("problem", both(f"cannot be checked: {words}", f"无法检查：{words}"))


# Looks in this process.


def look_at_python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return Finding("ok", same(version))
    oldest, newest = (".".join(map(str, release)) for release in (OLDEST, NEWEST))
    return Finding(
        "problem",
        both(f"{version}; dlgrade supports {oldest} to {newest}", f"{version}；支持 {oldest} 至 {newest}"),
        both("Create a virtual environment with a supported version:", "请用受支持的版本新建虚拟环境："),
        (f"python{newest} -m venv .venv",),
    )


def look_at_course() -> Finding:
    try:
        course = load()
        count = len(course.chapters)
    except CourseError as error:
        if COURSE_VARIABLE not in os.environ:
            return Finding("problem", error.text, both("Install dlgrade again.", "请重新安装 dlgrade。"))
        advice = both(
            f"{COURSE_VARIABLE} names this course. To use dlgrade's own:", f"由 {COURSE_VARIABLE} 指定。改用自带课程："
        )
        return Finding("problem", error.text, advice, (_unset(COURSE_VARIABLE),))
    return Finding(
        "ok",
        both(
            f"{__version__}, {counted(count, 'chapter')} in {course.folder}",
            f"{__version__}，共 {count} 章，位于 {course.folder}",
        ),
    )


def look_at_packages() -> Finding:
    lacking = [package for package in _lacking() if package.name not in ("torch", "torchvision")]  # two other looks
    if not lacking:
        return Finding("ok", both("all packages that dlgrade requires", "dlgrade 所需的包均已安装"))
    names = ", ".join(f"{package.name}{package.specifier}" for package in lacking)
    wanted = " ".join(f'"{package.name}{package.specifier}"' for package in lacking)  # Windows knows only these quotes
    return Finding(
        "problem",
        both(f"missing or too old: {names}", f"缺少或版本过旧：{names}"),
        commands=(f"pip install -U {wanted}",),
    )


def look_at_extras() -> Finding:
    lacking = [extra for extra in ("grade", "audit") if _lacking(extra) or not _requirements(extra)]
    if not lacking:
        return Finding("ok", both("grade and audit", "grade 与 audit 均已安装"))
    names = ", ".join(lacking)
    return Finding(
        "note",
        both(f"not installed: {names}; students do not need them", f"未安装：{names}；学生不需要"),
        commands=(f'pip install "dlgrade[{",".join(lacking)}]"',),
    )


def look_at_disk() -> Finding:
    from dlgrade.course import data_sets
    from dlgrade.student import record

    free: dict[int, tuple[int, Path]] = {}
    for wanted in (data_sets.store(""), record.folder()):
        folder = _nearest(wanted)
        free.setdefault(folder.stat().st_dev, (shutil.disk_usage(folder).free, folder))
    least = min(size for size, _ in free.values())
    words = ", ".join(f"{size / 1e9:.1f} GB ({folder})" for size, folder in free.values())
    space = both(f"free: {words}", f"可用空间：{words}")
    if least > TIGHT:
        return Finding("ok", space)
    advice = both(
        "Free some space, or set DLGRADE_DATA and DLGRADE_STATE to folders on another disk.",
        "请清理磁盘，或将 DLGRADE_DATA 与 DLGRADE_STATE 设为其他磁盘上的文件夹。",
    )
    return Finding("note" if least > FULL else "problem", space, advice)


def look_at_terminal() -> Finding:
    encoding = sys.stdout.encoding or "ascii"
    if speaks_chinese():
        return Finding("ok", same(encoding))
    unset = "setx PYTHONUTF8 1" if sys.platform == "win32" else "export LC_ALL=C.UTF-8 PYTHONIOENCODING=utf-8"
    return Finding(
        "problem" if chosen_lang() == "zh" else "note",
        both(f"{encoding}: Chinese appears as question marks", f"{encoding}：中文会显示为问号"),
        both("To fix it in new terminals:", "解决方法（新终端生效）："),
        (unset,),
    )


def look_at_this_folder() -> Finding:
    try:
        error = _refusal(Path.cwd())
    except FileNotFoundError:  # the folder was deleted
        error = os.strerror(errno.ENOENT)
    if error is None:
        return Finding("ok", both("writable", "可写"))
    return Finding(
        "problem",
        both(f"not writable ({error})", f"不可写（{error}）"),
        both(
            "Change to a folder of your own; `dlgrade start` writes into it.",
            "请切换到自己的文件夹，`dlgrade start` 会把起始代码写在那里。",
        ),
    )


def look_at_progress() -> Finding:
    from dlgrade.student import record

    folder = record.folder()
    error = _refusal(_nearest(folder))
    if error is None:
        return Finding("ok", both(f"saved in {folder}", f"保存在 {folder}"))
    return Finding(
        "problem",
        both(f"{folder} is not writable ({error})", f"{folder} 不可写（{error}）"),
        both(
            f"Set {record.STATE_VARIABLE} to a folder that you can write to.",
            f"请将 {record.STATE_VARIABLE} 设为可写的文件夹。",
        ),
    )


BEFORE: dict[str, Look] = {"python": look_at_python, "dlgrade": look_at_course, "packages": look_at_packages}
AFTER: dict[str, Look] = {
    "disk": look_at_disk,
    "terminal": look_at_terminal,
    "folder": look_at_this_folder,
    "progress": look_at_progress,
    "extras": look_at_extras,
}


# Looks that need torch, in a separate process.


def look_at_torch() -> Finding:
    try:
        import torch
    except Exception as error:
        words = _message(error)
        return Finding("problem", both(f"cannot be imported: {words}", f"无法导入：{words}"), *_reinstall_torch())
    built = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU"
    return _by_version("torch", torch.__version__, both(f", built for {built}", f"，{built} 版"))


def look_at_torchvision() -> Finding:
    try:
        import torchvision  # type: ignore[import-untyped]
    except Exception as error:  # built for another torch, it raises RuntimeError
        words = _message(error)
        return Finding("problem", both(f"cannot be imported: {words}", f"无法导入：{words}"), *_reinstall_torch())
    return _by_version("torchvision", torchvision.__version__, same(""))


def look_at_sandbox() -> Finding:
    """Start a worker, as `check` would. The worker tells which parts of the sandbox are missing."""
    from dlgrade.worker.limits import Limits
    from dlgrade.workers.sources import open_workers

    source = open_workers(Limits(), [])
    source.close()
    if not source.missing:
        return Finding("ok", both("complete", "完整"))
    if sys.platform != "linux":
        return Finding("note", sandbox_parts.NONE_HERE)
    enough = both(
        "You can check your own code without them; `dlgrade grade` needs them all. ",
        "检查自己的代码不受影响；dlgrade grade 需要完整的沙箱。",
    )
    todo, commands = sandbox_parts.advice(source.missing)
    return Finding("note", both("missing: ", "缺少：") + sandbox_parts.names(source.missing), enough + todo, commands)


def look_at_data() -> Finding:
    from dlgrade.course.data_sets import data_sets

    try:
        course = load()
    except CourseError:
        return NOT_CHECKED
    sets = list(data_sets(course).values())
    absent = [data for data in sets if data.missing()]
    if not absent:
        count = len(sets)
        return Finding("ok", both(f"all {count} are on this machine", f"{count} 个均已就绪"))
    names = ", ".join(data.name for data in absent)
    size = f"{sum(file.size for data in absent for file in data.missing()) / 1e6:.0f} MB"
    return Finding(
        "note",
        both(f"not downloaded: {names} ({size})", f"尚未下载：{names}（{size}）"),
        both("Checks need them only if course.yaml or --data names them.", "只有 course.yaml 或 --data 指定时才用到。"),
        ("dlgrade data list",),
    )


def look_at_gpu() -> Finding:
    import torch

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if not available:
        said = " ".join(str(warning.message) for warning in caught)
        return _no_gpu(built_for_it=torch.version.cuda is not None, said=said)
    chip = torch.cuda.get_device_properties(0)
    name = f"{chip.name}, {chip.total_memory / 2**30:.0f} GiB"
    try:
        torch.zeros(1, device="cuda").add_(1).item()
    except RuntimeError as error:
        words = _message(error)
        return Finding(
            "problem",
            both(f"{name}: torch cannot use it: {words}", f"{name}：torch 无法使用：{words}"),
            both("Until this is fixed: dlgrade check --device cpu", "解决之前可用：dlgrade check --device cpu"),
        )
    others = torch.cuda.device_count() - 1
    return Finding("ok", same(name) + (both(f" and {others} more", f"，另有 {others} 块") if others else same("")))


# The order matters: `sandbox` forks a worker, and CUDA does not survive a fork, so `gpu` comes after it.
ELSEWHERE: dict[str, Look] = {
    "torch": look_at_torch,
    "torchvision": look_at_torchvision,
    "sandbox": look_at_sandbox,
    "data": look_at_data,
    "gpu": look_at_gpu,
}
PROGRAM = """\
import sys
sys.path[:] = [entry for entry in sys.path if entry]  # the current folder may have a random.py
from dlgrade.student.doctor import tell
tell()
"""


def ask_elsewhere() -> dict[str, Finding]:
    """Run the looks that need torch in a process that may die of them."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        output, end = done.stdout, _end(done.returncode, done.stderr.decode("utf-8", "replace"))
    except subprocess.TimeoutExpired as expired:
        output, end = expired.stdout or b"", both("no answer in three minutes", "三分钟内没有结果")
    except OSError as error:
        output, end = b"", same(_message(error))
    return _complete(_findings(output), end)


def tell() -> None:
    """Print the findings that need torch, one line of JSON each. Stop if torch cannot be imported."""
    for name, look in ELSEWHERE.items():
        finding = guarded(look)
        sys.stdout.buffer.write(msgspec.json.encode({name: finding}) + b"\n")
        sys.stdout.buffer.flush()
        if name == "torch" and "torch" not in sys.modules:
            break


def _findings(output: bytes) -> dict[str, Finding]:
    findings: dict[str, Finding] = {}
    for line in output.splitlines():
        with contextlib.suppress(msgspec.DecodeError):  # a library printed this line
            findings |= msgspec.json.decode(line, type=dict[str, Finding])
    return findings


def _complete(findings: dict[str, Finding], end: Text | None) -> dict[str, Finding]:
    """Add the missing findings. The first missing look ended the process, so its finding is `end`."""
    for name in ELSEWHERE:
        if name not in findings and end is not None:
            findings[name] = Finding("problem", end, *(_reinstall_torch() if name == "torch" else ()))
            end = None
        elif name not in findings:
            findings[name] = NOT_CHECKED
    return findings


def _end(code: int, errors: str) -> Text | None:
    """Return how the process ended too early, with its last line of errors; None if it ended well."""
    if code == 0:
        return None
    how = both(f"signal {-code}", f"信号 {-code}") if code < 0 else both(f"exit code {code}", f"退出码 {code}")
    last = errors.strip().rpartition("\n")[2]
    return both("Python ended here: ", "检查时 Python 退出：") + how + same(f"; {_short(last)}" if last else "")


# Advice.


def _no_gpu(*, built_for_it: bool, said: str) -> Finding:
    pending = both("none: checks that need a GPU stay pending", "无：需要 GPU 的检查项保持待定")
    if said:
        return Finding("note", pending, same(_short(said)))
    if shutil.which("nvidia-smi") and not built_for_it:
        advice = both(
            "This machine has an NVIDIA driver, but torch is built for the CPU: see pytorch.org/get-started/locally",
            "本机有 NVIDIA 驱动，但安装的是 CPU 版 torch：见 pytorch.org/get-started/locally",
        )
        return Finding("note", pending, advice)
    return Finding("note", pending)


def _reinstall_torch() -> tuple[Text, tuple[str, ...]]:
    advice = both("Reinstall both:", "请一起重新安装：")
    if sys.platform == "win32":
        advice = both("torch needs Microsoft's Visual C++ Redistributable. ", "它需要 Visual C++ 运行库。") + advice
    return advice, ("pip install -U torch torchvision",)


def _unset(variable: str) -> str:
    return f"set {variable}=" if sys.platform == "win32" else f"unset {variable}"


# Versions.


def _requirements(extra: str = "") -> list[Requirement]:
    """Return the packages that dlgrade requires on this system, or those that one of its extras adds."""
    from packaging.requirements import Requirement  # pytest requires it

    try:
        wanted = [Requirement(line) for line in metadata.requires("dlgrade") or ()]
    except metadata.PackageNotFoundError:
        raise UsageError(both("dlgrade was not installed by pip.", "dlgrade 未通过 pip 安装。")) from None
    if not extra:
        return [package for package in wanted if package.marker is None or package.marker.evaluate({"extra": ""})]
    markers = [(package, package.marker) for package in wanted if package.marker is not None]
    return [
        package
        for package, marker in markers
        if marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""})
    ]


def _lacking(extra: str = "") -> list[Requirement]:
    return [package for package in _requirements(extra) if not _is_installed(package)]


def _is_installed(wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(metadata.version(wanted.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def _by_version(name: str, version: str, more: Text) -> Finding:
    (wanted,) = (package for package in _requirements() if package.name == name)
    if wanted.specifier.contains(version, prereleases=True):
        return Finding("ok", same(version) + more)
    return Finding(
        "problem",
        both(f"{version}; dlgrade needs {wanted.specifier}", f"{version}；需要 {wanted.specifier}"),
        *_reinstall_torch(),
    )


# Helpers.


def speaks_chinese() -> bool:
    """Return whether the terminal can show Chinese."""
    try:
        "检查，。：✓".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _nearest(folder: Path) -> Path:
    """Return the folder, or its nearest parent that exists."""
    whole = folder.absolute()
    return next(path for path in (whole, *whole.parents) if path.exists())


def _refusal(folder: Path) -> str | None:
    """Return why a folder is not writable; None if it is."""
    probe = folder / f".dlgrade-{os.getpid()}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _message(error: BaseException) -> str:
    return _short(f"{type(error).__name__}: {error}")


def _short(words: str) -> str:
    from dlgrade.legible import visible

    line = visible(" ".join(words.split()))
    return line if len(line) <= LONGEST else line[:LONGEST] + " ..."
