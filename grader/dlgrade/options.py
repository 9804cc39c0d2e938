"""The choices that a judge is opened and asked with."""

from __future__ import annotations

from typing import Literal

SandboxMode = Literal["auto", "require", "off"]
WorkerMode = Literal["auto", "fork", "spawn"]
Device = Literal["auto", "cpu", "cuda"]
Trains = Literal["last", "if_right", "later", "only", "never"]
# Why a replayed answer passes: its probes are the same; its right answer is; another answer is accepted.
Why = Literal["fixed", "same", "accepted"]
