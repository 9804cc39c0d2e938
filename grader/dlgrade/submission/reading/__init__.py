"""Parsing what students hand in, in a process that may fail.

A file from a student can exhaust Python's parsers: their stack, their memory, their time, or the process that they run
in. `reader` is the parent's side: it asks a child process, and turns whatever happens there into a sentence about that
file alone. `questions` has the messages. All other modules here run in the child.
"""
