"""Asks an address what it is, without subscribing.

Source: docs/reference/protocols/sennheiser.md 5.7.
"""

import time

import anyio

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.sennheiser.driver_names import MANUFACTURER, MCP
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, dialer
from micboard_tui.manufacturers.sennheiser.mcp.values import name
from micboard_tui.manufacturers.session_timing import ignore
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.mcp.messages import Line

TELLTALES = ("AfOut", "Sensitivity")
"""Receivers have the one, in-ear transmitters the other."""


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does, or another program has the port for answers."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def probe_over(dial: Dial, host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """The same over any link. Sends a single word to an address that does not answer."""
    talk = Conversation(ignore, time.monotonic)

    async def act() -> None:
        if await talk.ask(Line("Name"), timeout_s) is None:
            return
        for telltale in TELLTALES:
            if mapping.kind(talk.words) is None:
                await talk.ask(Line(telltale), timeout_s)

    try:
        with anyio.move_on_after(3 * timeout_s):
            async with dial(talk) as link:
                await talk.hold(link, act)
    except DeviceError:
        return None
    return found(talk.words, host, port, via="probe")


def found(words: mapping.Words, host: str, port: int, via: str) -> FoundDevice | None:
    """What said ``words``; None when no device did."""
    kind = mapping.kind(words)
    if "Name" not in words and kind is None:
        return None
    heard = None if kind is None else mapping.device(kind, words)
    return FoundDevice(
        host,
        port,
        MANUFACTURER,
        MCP,
        model=None if heard is None else heard.model,
        own_name=name(words.get("Name")),
        kind=kind,
        via=via,
        answered=True,
    )
