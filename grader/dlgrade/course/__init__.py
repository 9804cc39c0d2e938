"""The course's content: chapters, exercises, starter code, misconceptions, thresholds and data sets."""

from dlgrade.course.course import (
    COURSE_VARIABLE,
    INSTALLED,
    Chapter,
    Course,
    Exercise,
    Family,
    Figure,
    Misconception,
    Part,
    load,
    read_yaml,
    root,
)

__all__ = [
    "COURSE_VARIABLE", "INSTALLED", "Chapter", "Course", "Exercise", "Family", "Figure", "Misconception", "Part",
    "load", "read_yaml", "root",
]  # fmt: skip
