"""dlgrade: exercises for Dive into Deep Learning, judged in a sandbox."""

from typing import Any

__version__ = "0.1.0"


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext dlgrade` in a notebook: the magic `%dlgrade`."""
    from dlgrade import magic

    magic.load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """`%unload_ext dlgrade`: the magic and its process go."""
    from dlgrade import magic

    magic.unload(ipython)
