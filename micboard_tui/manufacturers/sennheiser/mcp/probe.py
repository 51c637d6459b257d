"""Asks an address what it is, without subscribing.

Source: docs/reference/protocols/sennheiser.md 5.7.

``Name`` is asked first, which changes nothing at the device and disturbs no other controller. A unit whose
network control is off answers nothing but ``Push``, so an address that stays silent is sent one of these,
too. As unexpected packets have locked up other gear, and a search may ask a whole network, ``PushAllowance``
lets only a few of these out in a while.
"""

import time
from collections import deque

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.sennheiser.driver_names import MANUFACTURER, MCP
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.handshake import NAME_QUESTION, control_off_error
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, dialer
from micboard_tui.manufacturers.sennheiser.mcp.subscription import READ_SETTINGS
from micboard_tui.manufacturers.sennheiser.mcp.values import parse_name
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.mcp.messages import Line

SILENT_PUSHES, SILENT_PUSHES_WITHIN_S = 8, 10.0
"""So many silent addresses are sent a ``Push`` in so many seconds; in a larger search the others are not."""


class PushAllowance:
    """How many silent addresses may still be sent a ``Push``."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._sent_at: deque[float] = deque(maxlen=SILENT_PUSHES)

    def take(self) -> bool:
        """Whether one more may be sent now; then it counts as sent."""
        now, sent_at = self._clock(), self._sent_at
        if len(sent_at) == SILENT_PUSHES and now - sent_at[0] < SILENT_PUSHES_WITHIN_S:
            return False
        sent_at.append(now)
        return True


_ALLOWANCE = PushAllowance()
"""Of all searches of this program together."""


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does, or another program has the port for answers."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s, _ALLOWANCE)


async def probe_over(
    dial: Dial, host: str, port: int, timeout_s: float, allowance: PushAllowance
) -> FoundDevice | None:
    """The same over any link. Sends two lines at most to an address that does not answer."""
    conversation = Conversation(ignore_report, time.monotonic)

    async def ask() -> None:
        if await conversation.ask(NAME_QUESTION, timeout_s) is None:
            if not conversation.messages and allowance.take():
                await conversation.ask(READ_SETTINGS, timeout_s)
            return
        for keyword in mapping.TELLTALE_KEYWORDS:
            if mapping.kind_of(conversation.lines) is None:
                await conversation.ask(Line(keyword), timeout_s)

    if not await probe_link(dial, conversation, ask, 3 * timeout_s):
        return None
    if conversation.only_echoes:
        return control_off_device(host, port, via="probe")
    return found_device_of(conversation.lines, host, port, via="probe")


def found_device_of(lines: mapping.Lines, host: str, port: int, via: str) -> FoundDevice | None:
    """The device that sent ``lines``; None when no device did."""
    kind = mapping.kind_of(lines)
    if "Name" not in lines and kind is None:
        return None
    return FoundDevice(
        host,
        port,
        MANUFACTURER,
        MCP,
        model=None if kind is None else mapping.MODELS[kind],
        own_name=parse_name(lines.get("Name")),
        kind=kind,
        via=via,
        answered=True,
    )


def control_off_device(host: str, port: int, via: str) -> FoundDevice:
    """A unit that confirms a ``Push`` and sends no data: all that is known of it is why."""
    info = control_off_error().info
    return FoundDevice(
        host,
        port,
        MANUFACTURER,
        MCP,
        model=None,
        own_name=None,
        via=via,
        fault=DeviceFault(info.code, info.message, info.hint),
        answered=True,
    )
