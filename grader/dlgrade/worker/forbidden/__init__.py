"""Forbidden operations: the families that exercises name, and three layers that find their uses.

`static` reads the files before any of their code runs. `guard` stops forbidden functions that were stored in data.
`operators` records the operators that really ran, below Python. The second and the third layer run in a process that
belongs to the submission. They hold as long as the first refuses every way to disarm them.
"""
