"""Asks an address whether a UHF-R receiver is there, without metering.

Source: docs/reference/protocols/shure.md 9, 13.3.
"""

import time

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.shure.uhfr.conversation import Conversation
from micboard_tui.manufacturers.shure.uhfr.handshake import TRIES, is_there
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_CHANNELS, device
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.udp import dialer

DRIVER = "shure-uhfr"
PORT = 2202


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does as UHF-R would."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def probe_over(dial: Dial, host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """The same over any link."""
    talk = Conversation(ignore_report, time.monotonic)

    async def ask() -> None:
        if await is_there(talk, 1, timeout_s / TRIES):
            await is_there(talk, MAX_CHANNELS, timeout_s / TRIES)

    if not await probe_link(dial, talk, ask, 3 * timeout_s) or not talk.channels:
        return None
    found = device(max(talk.channels))
    return FoundDevice(host, port, "shure", DRIVER, found.model, None, found.kind)
