"""The results of grading: verdicts, checks, chapters, a class."""
