"""The parts of the sandbox, and the sentences about missing parts.

A missing part is a string, `name (reason)`. The name is one of `PARTS`, the reason comes from the system. The terminal,
the notebook, the JSON report, the doctor and refusals use these sentences.
"""

from __future__ import annotations

from pathlib import Path

from dlgrade.text import Text, both

NAMESPACES = ("user namespace", "PID namespace", "mount namespace", "network namespace", "IPC namespace")
PARTS = {
    "user namespace": "用户命名空间",
    "PID namespace": "PID 命名空间",
    "mount namespace": "挂载命名空间",
    "network namespace": "网络命名空间",
    "IPC namespace": "IPC 命名空间",
    "Landlock": "Landlock",
    "seccomp": "seccomp",
    "limits": "资源限制",
    "process limit": "进程数限制",
    "signal scope": "信号隔离",
    "user other than root": "非 root 用户身份",
    "rights of an ordinary user": "普通用户权限",
}
SWITCHED_OFF = "sandbox (switched off)"
NEED_LINUX = "needs Linux"
NONE_HERE = both(
    "none on this system: check your own code, not other people's", "本系统没有：只检查自己的代码，不要检查他人的"
)

# Settings that forbid user namespaces to ordinary programs: the file, its content in that case, the remedy.
USER_NAMESPACES = {
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    "/proc/sys/user/max_user_namespaces": ("0", "sudo sysctl -w user.max_user_namespaces=16384"),
}
IN_A_CONTAINER = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"


def lacking(reason: str, *parts: str) -> list[str]:
    """Describe these parts as missing for one reason."""
    return [f"{part} ({reason})" for part in parts]


def names(missing: list[str]) -> Text:
    """List the missing parts, grouped by reason.

    >>> names(["PID namespace (no)", "IPC namespace (no)", "Landlock (old)"]).zh
    'PID 命名空间、IPC 命名空间（no）；Landlock（old）'
    """
    groups: list[tuple[str, list[str]]] = []
    for description in missing:
        part, _, reason = description.removesuffix(")").partition(" (")
        if not groups or groups[-1][0] != reason:
            groups.append((reason, []))
        groups[-1][1].append(part)
    english = [", ".join(parts) + (f" ({reason})" if reason else "") for reason, parts in groups]
    chinese = [
        "、".join(PARTS.get(part, part) for part in parts) + (f"（{reason}）" if reason else "")
        for reason, parts in groups
    ]
    return both("; ".join(english), "；".join(chinese))


def notice(missing: list[str]) -> Text | None:
    """Return one line for the user of a command; None if nothing is missing."""
    if not missing:
        return None
    if missing == [SWITCHED_OFF]:
        return both(
            "Sandbox: switched off. Submitted code can do anything on this machine that you can do.",
            "沙箱：已关闭。提交的代码可以对本机做你能做的任何事。",
        )
    if all(part.endswith(f"({NEED_LINUX})") for part in missing):
        return both("Sandbox: ", "沙箱：") + NONE_HERE + both(".", "。")
    return both("Sandbox: this machine lacks ", "沙箱：本机缺少 ") + names(missing) + both(".", "。")


def refusal(missing: list[str]) -> Text:
    """Explain why a command that requires the whole sandbox does not run."""
    todo, commands = advice(missing)
    sentence = both("The sandbox is not complete on this machine. Missing: ", "本机的沙箱不完整，缺少：")
    typed = "".join(f" `{line}`" for line in commands)
    more = both(
        f"{typed}{'.' if typed else ''} docs/grading.md says more.",
        f"{typed}{'。' if typed else ''}详见 docs/grading.md。",
    )
    return sentence + names(missing) + both(". ", "。") + todo + more


def advice(missing: list[str]) -> tuple[Text, tuple[str, ...]]:
    """Say how to get the missing parts, with commands to type."""
    words = "; ".join(missing)
    if NEED_LINUX in words:
        return both("Grade on Linux.", "请在 Linux 上评分。"), ()
    if "user namespace" in words:
        for path, (closed, remedy) in USER_NAMESPACES.items():
            if _content(path) == closed:
                return both("To allow user namespaces:", "允许用户命名空间："), (remedy,)
    if "namespace" in words:
        return both("In a container: start it with", "在容器中：启动时加上"), (IN_A_CONTAINER,)
    if "Landlock" in words:
        return both("Landlock: Linux 5.13 and lsm=...,landlock.", "Landlock 需要 Linux 5.13 以上并在 lsm= 中启用。"), ()
    return both("Grade on another machine.", "请换一台机器评分。"), ()


def _content(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
