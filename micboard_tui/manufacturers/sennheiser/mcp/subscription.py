"""What we ask an MCP device to send of its own accord, and when to ask again. Pure.

Source: docs/reference/protocols/sennheiser.md 5.3.

Theory of operation. ``Push`` asks for a cycle of meter blocks and for changed settings. It holds for a
minute, and some firmware drops it early (docs/reference/protocols/sennheiser.md 5.7), so it is sent again
every eight seconds. A ``Subscription`` is in one of these states:

- ``OFFERED``: a ``Push`` is to be sent, or its echo has not come yet. The device may refuse it; then the next
  of our offers, with a longer cycle or fewer extras, is sent at once.
- ``GRANTED``: the echo gave the cycle in force. ``resend_at_once`` makes the next ``Push`` due when another
  one ended ours, ``resend_early`` when blocks fail to come, though not at every tick.
- ``REFUSED``: the device follows none of our offers. Nothing is sent any more.

The session calls ``next_push`` at every tick; the conversation hands over echoes and refusals of ``Push``.
Remembered between calls: the offers that are left, the times of the last and the next ``Push``, the cycle
granted.
"""

import math
from enum import Enum, auto

from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.thresholds import METER_INTERVAL_S
from micboard_tui.manufacturers.sennheiser.mcp.values import parse_number
from micboard_tui.protocols.mcp.messages import Code, Line, Refusal

HOLDS_S = 60
"""A device sends meters for so long after a ``Push``."""
RESEND_S = 8.0
"""``Push`` is sent again at this interval."""
EARLY_S = 2.0
"""At the least between two, where blocks fail to come. Known clients wait five and more; here the device is
given up before.

Source: docs/reference/protocols/sennheiser.md 5.7.
"""
STEP_MS = 100
"""Cycles are multiples of it; others are refused with 1020."""
MAX_CYCLE_MS = 5000
"""``Push`` is sent again every ``RESEND_S``, and a longer cycle might never end."""
LONGER_CYCLES_MS = (500, 1000)
"""Offered to devices that refuse the wanted cycle."""
MODES = {DeviceKind.RECEIVER: (7, 3), DeviceKind.IEM_TRANSMITTER: (3,)}
"""1: settings that change; 2: the block with a new warning; 4: with a new pilot or battery (EM only)."""
READ_SETTINGS = Line("Push", "0 0 1")
READ_METERS = tuple(Line("Push", f"0 {cycle_ms} 0") for cycle_ms in (STEP_MS, *LONGER_CYCLES_MS))
"""One block now. A device that refuses short cycles may refuse them here too, and is offered longer ones.

Source: docs/reference/protocols/sennheiser.md 13.
"""
GOODBYE = Line("Push", "0 0 0")
_ARGUMENTS = 3


class SubscriptionState(Enum):
    OFFERED = auto()
    GRANTED = auto()
    REFUSED = auto()


class Subscription:
    """Ours with one device."""

    def __init__(self, kind: DeviceKind, interval_s: float | None) -> None:
        """``interval_s`` between meters; 0: none, None: the default."""
        wanted_s = METER_INTERVAL_S if interval_s is None else interval_s
        cycle_ms = min(math.ceil(round(wanted_s * 1000) / STEP_MS) * STEP_MS, MAX_CYCLE_MS)
        longer_ms = [longer for longer in LONGER_CYCLES_MS if longer > cycle_ms > 0]
        self._offers = [(offered_ms, mode) for mode in MODES[kind] for offered_ms in (cycle_ms, *longer_ms)]
        self._next_at = self._sent_at = -math.inf
        self._granted_ms: int | None = None
        self.state = SubscriptionState.OFFERED

    @property
    def push(self) -> Line:
        """The offer that the device has not refused yet."""
        cycle_ms, mode = self._offers[0]
        return Line("Push", f"{HOLDS_S} {cycle_ms} {mode}")

    @property
    def interval_s(self) -> float | None:
        """How often the device promised its meters; None before it did."""
        return None if self._granted_ms is None else self._granted_ms / 1000

    def next_push(self, now: float) -> Line | None:
        """What has to be sent now; None when nothing is due."""
        if self.state is SubscriptionState.REFUSED or now < self._next_at:
            return None
        self._next_at, self._sent_at = now + RESEND_S, now
        return self.push

    def resend_at_once(self) -> None:
        """Have it sent at the next opportunity, since the device may have forgotten it."""
        self._next_at = -math.inf

    def resend_early(self, now: float) -> None:
        """Have it sent again, since blocks fail to come, unless that was done just now."""
        if now >= self._sent_at + EARLY_S:
            self.resend_at_once()

    def handle_echo(self, echo: Line) -> None:
        """The device confirms a Push, with the values in force."""
        arguments = echo.arguments
        holds_s, cycle_ms = parse_number(arguments, 0), parse_number(arguments, 1)
        if len(arguments) != _ARGUMENTS or holds_s is None or cycle_ms is None:
            return
        if holds_s:
            self._granted_ms = cycle_ms
            self.state = SubscriptionState.GRANTED
        else:
            # Something was read once, by us or by a broadcast, and our subscription may be gone with it.
            self.resend_at_once()

    def handle_refusal(self, refusal: Refusal) -> None:
        """The device does not follow a Push; the next offer asks for less."""
        if refusal.instruction.arguments != self.push.arguments:
            return
        if refusal.code == Code.INVALID_COMMAND or len(self._offers) == 1:
            self.state = SubscriptionState.REFUSED
        else:
            del self._offers[0]
            self.resend_at_once()
