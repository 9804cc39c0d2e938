"""Applies a misconception to a reference."""

from __future__ import annotations

from dlgrade.course import Misconception
from dlgrade.errors import CourseError
from dlgrade.text import both


def changed(reference: str, misconception: Misconception, where: str) -> str:
    """The reference's source with the misconception's changes made.

    Args:
        reference: The source.
        misconception: The misconception.
        where: Its file, for the message.

    Raises:
        CourseError: a change does not match exactly once, because the reference has changed since it was written.
    """
    source = reference
    for change in misconception.change:
        count = source.count(change.replace)
        if count != 1:
            first = (change.replace.strip() or change.replace).partition("\n")[0]
            raise CourseError(
                both(
                    f"{where}: misconception {misconception.id}: {first!r} occurs {count} times in the reference, "
                    "not once; bring the change up to date",
                    f"{where}：误解 {misconception.id}：{first!r} 在参考答案中出现 {count} 次，"
                    "应恰好一次；请更新该改动",
                )
            )
        source = source.replace(change.replace, change.with_)
    return source
