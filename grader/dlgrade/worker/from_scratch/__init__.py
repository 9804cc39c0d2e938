"""Exercises that are to be written from scratch: their ready-made operations, and how the worker finds them.

Three layers. `static` reads the files before any of their code runs. `guard` stops ready-made functions that were
stored in data. `operators` records the operators that really ran, below Python. The second and the third run in a
process that belongs to the submission: they hold as long as the first refuses every way to disarm them.
"""
