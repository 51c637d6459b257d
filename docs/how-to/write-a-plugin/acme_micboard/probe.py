"""Asks an address what it is, for discovery: implements ``Probe``. Never meters, raises nothing."""

from acme_micboard.conversation import Conversation
from acme_micboard.driver import DRIVER, PORT
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.transport.tcp import dialer


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers there; None when it is none of ours."""
    at, conversation, identity = port or PORT, Conversation(ignore_report, 0), list[str]()

    async def ask() -> None:
        identity.extend(await conversation.ask("HELLO", answers=("IS",)))

    await probe_link(dialer(host, at, timeout_s), conversation, ask, 2 * timeout_s)
    if len(identity) < 4:
        return None
    name = " ".join(identity[4:]) or None
    return FoundDevice(host, at, "acme", DRIVER, identity[1], name, DeviceKind.RECEIVER)
