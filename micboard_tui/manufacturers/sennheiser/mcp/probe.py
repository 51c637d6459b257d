"""Asks an address what it is, without subscribing.

Source: docs/reference/protocols/sennheiser.md 5.7.
"""

import time

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.sennheiser.driver_names import MANUFACTURER, MCP
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, dialer
from micboard_tui.manufacturers.sennheiser.mcp.values import parse_name
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.mcp.messages import Line


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does, or another program has the port for answers."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def probe_over(dial: Dial, host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """The same over any link. Sends a single line to an address that does not answer."""
    conversation = Conversation(ignore_report, time.monotonic)

    async def ask() -> None:
        if await conversation.ask(Line("Name"), timeout_s) is None:
            return
        for keyword in mapping.TELLTALE_KEYWORDS:
            if mapping.kind_of(conversation.lines) is None:
                await conversation.ask(Line(keyword), timeout_s)

    if not await probe_link(dial, conversation, ask, 3 * timeout_s):
        return None
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
