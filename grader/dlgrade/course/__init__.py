"""The course's content: chapters and exercises, and all that is generated from or kept beside them."""

from dlgrade.course.course import (
    COURSE_VARIABLE,
    INSTALLED,
    Change,
    Chapter,
    Course,
    Exercise,
    Family,
    Misconception,
    Part,
    load,
    read_yaml,
    root,
)

__all__ = [
    "COURSE_VARIABLE", "INSTALLED", "Change", "Chapter", "Course", "Exercise", "Family", "Misconception", "Part",
    "load", "read_yaml", "root",
]  # fmt: skip
