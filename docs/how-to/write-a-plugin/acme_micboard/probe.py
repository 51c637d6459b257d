"""Asks an address what it is, for discovery: implements ``Probe``. Never meters, raises nothing."""

import anyio

from acme_micboard.conversation import Conversation, ignore
from acme_micboard.driver import DRIVER, PORT
from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.transport.tcp import dialer


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers there; None when it is none of ours."""
    at, talk, said = port or PORT, Conversation(ignore, 0), list[str]()

    async def act() -> None:
        said.extend(await talk.ask("HELLO", answers=("IS",)))

    try:
        with anyio.move_on_after(2 * timeout_s):
            async with dialer(host, at, timeout_s)(talk) as link:
                await talk.hold(link, act)
    except DeviceError:
        return None
    if len(said) < 4:
        return None
    return FoundDevice(host, at, "acme", DRIVER, said[1], " ".join(said[4:]) or None, DeviceKind.RECEIVER)
