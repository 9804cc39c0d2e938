"""The types of the options that open a judge or ask it for a grading."""

from __future__ import annotations

from typing import Literal

SandboxMode = Literal["auto", "require", "off"]
WorkerMode = Literal["auto", "fork", "spawn"]
Device = Literal["auto", "cpu", "cuda"]
Trains = Literal["last", "if_right", "later", "only", "never"]
# Why a replayed answer passes: its probes do not depend on the seed; nor does the right answer; or the check accepts
# other answers.
Why = Literal["fixed", "same", "accepted"]
