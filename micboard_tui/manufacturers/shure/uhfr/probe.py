"""Asks an address whether a UHF-R receiver is there, without metering.

Source: docs/reference/protocols/shure.md 9, 13.3.
"""

import time

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.shure.driver_names import MANUFACTURER, PORTS, UHFR
from micboard_tui.manufacturers.shure.uhfr.conversation import Conversation
from micboard_tui.manufacturers.shure.uhfr.handshake import TRIES, is_answering
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_CHANNELS, device_of
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.udp import dialer

PORT = PORTS[UHFR]


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when no UHF-R receiver does."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def probe_over(dial: Dial, host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """The same over any link."""
    conversation = Conversation(ignore_report, time.monotonic)

    async def ask() -> None:
        if await is_answering(conversation, 1, timeout_s / TRIES):
            await is_answering(conversation, MAX_CHANNELS, timeout_s / TRIES)

    if not await probe_link(dial, conversation, ask, 3 * timeout_s) or not conversation.channels:
        return None
    found = device_of(max(conversation.channels))
    return FoundDevice(host, port, MANUFACTURER, UHFR, found.model, None, found.kind)
