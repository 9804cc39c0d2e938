"""dlgrade: exercises for Dive into Deep Learning, judged in a sandbox."""

__version__ = "0.1.0"
