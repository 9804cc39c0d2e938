"""The capabilities of this process: `man 7 capabilities`."""

from __future__ import annotations

import ctypes
from pathlib import Path

from dlgrade.worker.libc import call

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID, CAP_SETFCAP = 1, 2, 6, 7, 31
VERSION_3 = 0x20080522


def permitted() -> set[int]:
    """Return the capabilities that this process may put into effect."""
    fields = Path("/proc/self/status").read_text().partition("\nCapPrm:")[2].split()
    bits = int(fields[0], 16)
    return {number for number in range(bits.bit_length()) if bits >> number & 1}


def keep_only(numbers: set[int]) -> None:
    """Put these capabilities into effect, and give up all others for good."""
    bits = sum(1 << number for number in numbers)
    low, high = bits & 0xFFFFFFFF, bits >> 32
    header = (ctypes.c_uint32 * 2)(VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0))
