"""What we ask a device to tell by itself, and when to ask again. Pure.

Source: docs/reference/protocols/sennheiser.md 5.3.

``Push`` holds for a time only, and some firmware drops it early (docs/reference/protocols/sennheiser.md
5.7), so it is said again long before.
"""

import math

from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp.values import number
from micboard_tui.protocols.mcp.messages import Code, Line, Refusal

HOLDS_S = 60
RENEW_S = 8.0
DEFAULT_MS = 100
STEP_MS = 100
"""Cycles are multiples of it; others are refused with 1020."""
MAX_MS = 5000
"""We renew every eight seconds, and a longer cycle might never come round."""
EASIER_MS = (500, 1000)
"""For devices that refuse the cycle we would like."""
MODES = {DeviceKind.RECEIVER: (7, 3), DeviceKind.IEM_TRANSMITTER: (3,)}
"""1: settings that change; 2: the block with a new warning; 4: with a new pilot or battery (EM only)."""
ONCE_SETTINGS = Line("Push", "0 0 1")
ONCE_METERS = Line("Push", "0 100 0")
GOODBYE = Line("Push", "0 0 0")
_COUNT = 3


class Subscription:
    """Ours with one device."""

    def __init__(self, kind: DeviceKind, interval_s: float | None) -> None:
        wanted_ms = (
            DEFAULT_MS if interval_s is None else math.ceil(round(interval_s * 1000) / STEP_MS) * STEP_MS
        )
        cycle_ms = min(wanted_ms, MAX_MS)
        easier = [each for each in EASIER_MS if each > cycle_ms > 0]
        self._offers = [(each, mode) for mode in MODES[kind] for each in (cycle_ms, *easier)]
        self._next_at = -math.inf
        self._granted_ms: int | None = None
        self.is_refused = False
        """The device follows none of our offers."""

    @property
    def wanted(self) -> Line:
        cycle_ms, mode = self._offers[0]
        return Line("Push", f"{HOLDS_S} {cycle_ms} {mode}")

    @property
    def interval_s(self) -> float | None:
        """How often the device promised its meters; None before it did."""
        return None if self._granted_ms is None else self._granted_ms / 1000

    def due(self, now: float) -> Line | None:
        """What has to be said now."""
        if self.is_refused or now < self._next_at:
            return None
        self._next_at = now + RENEW_S
        return self.wanted

    def again(self) -> None:
        """Say it at the next opportunity, since the device may have forgotten it."""
        self._next_at = -math.inf

    def echoed(self, echo: Line) -> None:
        """The device confirms a Push, with the values in force."""
        words = echo.words
        holds_s, cycle_ms = number(words, 0), number(words, 1)
        if len(words) != _COUNT or holds_s is None or cycle_ms is None:
            return
        if holds_s:
            self._granted_ms = cycle_ms
        else:
            # Something was asked for once, by us or by a call to everybody, and ours may be gone with it.
            self.again()

    def refused(self, refusal: Refusal) -> None:
        """The device does not follow a Push; the next offer is easier."""
        if refusal.instruction.words != self.wanted.words:
            return
        if refusal.code == Code.INVALID_COMMAND or len(self._offers) == 1:
            self.is_refused = True
        else:
            del self._offers[0]
            self.again()
