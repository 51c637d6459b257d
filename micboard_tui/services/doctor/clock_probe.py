"""Whether the clock of this computer is set while it is watched, and whether a time server sets it."""

import ctypes
import sys
import time
from collections.abc import Callable

import anyio

from micboard_tui.contracts.doctor_facts import ClockFacts

WATCH_S = 1.0
_ROOM = 512
"""More bytes than the structure that Linux fills has on any machine."""
_NOT_SYNCHRONIZED = 5
"""What Linux answers where nothing sets its clock."""


async def watch_clock(
    wall: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
    watch_s: float = WATCH_S,
) -> ClockFacts:
    """Compare the two for a moment. Raises nothing."""
    began = wall() - steady()
    await anyio.sleep(watch_s)
    return ClockFacts(wall() - steady() - began, find_synchronization())


def find_synchronization() -> bool | None:
    """Whether a time server sets the clock; None: the system does not report it."""
    if sys.platform != "linux":
        return None
    try:
        # All zero asks and sets nothing.
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_ROOM))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _NOT_SYNCHRONIZED
