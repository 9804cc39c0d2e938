"""Find the parts of the sandbox that this machine lacks, before there is a judge, and without importing torch."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

from dlgrade.errors import GraderError
from dlgrade.text import both
from dlgrade.workers.nursery import clean_environment

SECONDS = 60


def missing_parts() -> list[str]:
    """Return the parts that this machine lacks, each with the system's reason.

    Raises:
        GraderError: the process that looks for them did not answer.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as spare:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "dlgrade.worker.survey", spare],
                env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, cwd=sys.prefix,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _unknown(f"{SECONDS} s") from None
    try:
        missing: list[str] = json.loads(done.stdout)
    except ValueError:
        last_line = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise _unknown(f"{last_line} ({done.returncode})") from None
    return missing


def _unknown(reason: str) -> GraderError:
    return GraderError(both(f"The sandbox cannot be examined: {reason}", f"无法检查沙箱：{reason}"))
