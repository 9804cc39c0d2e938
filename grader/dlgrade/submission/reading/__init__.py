"""Parses students' files in a process that may fail.

A student's file can exhaust the stack, the memory or the time of Python's parsers, or end their process. `reader` is
the parent's side: it asks a child process, and turns every failure there into a sentence about the file alone.
`questions` has the messages between the two. All other modules of this package run in the child.
"""
