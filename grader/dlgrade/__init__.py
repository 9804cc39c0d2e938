"""dlgrade: exercises for Dive into Deep Learning, judged in a sandbox."""

from typing import Any

from dlgrade.version import __version__ as __version__


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext dlgrade` in a notebook: the magic `%dlgrade`."""
    from dlgrade.notebook import magic

    magic.load_magic(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """`%unload_ext dlgrade`: the magic and its process go."""
    from dlgrade.notebook import magic

    magic.unload_magic(ipython)
