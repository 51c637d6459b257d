"""Asks an address what it is, and subscribes to nothing."""

import time

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from micboard_tui.manufacturers.sennheiser.ssc.family import DEVICE_NAME, IDENTITY, PRODUCT
from micboard_tui.manufacturers.sennheiser.ssc.handshake import ACCESS_OFF_HINT, KNOWN, family_of, is_locked
from micboard_tui.manufacturers.sennheiser.ssc.values import text
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.udp import dialer

DRIVER = "sennheiser-ssc"
PORT = 45
TRIES = 2


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does in SSCv1."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def probe_over(dial: Dial, host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """The same over any link."""
    talk = Conversation(lambda _: None, time.monotonic)

    async def act() -> None:
        if await talk.ask((*IDENTITY, DEVICE_NAME), TRIES):
            await talk.ask(tuple(dict.fromkeys(family.mark for family in FAMILIES)), TRIES)

    try:
        with anyio.move_on_after(3 * timeout_s):
            async with dial(talk) as link:
                await talk.hold(link, act)
    except DeviceError:
        return None
    if not talk.messages:
        return None
    words, family = talk.ledger.words, family_of(talk)
    return FoundDevice(
        host,
        port,
        "sennheiser",
        DRIVER,
        text(words.get(PRODUCT)),
        text(words.get(DEVICE_NAME)),
        kind=None if family is None else family.kind,
        fault=None if family is not None else _fault(talk),
    )


def _fault(talk: Conversation) -> DeviceFault:
    """Why what answers cannot be watched: it lets nobody in, or it is something else."""
    if is_locked(talk):
        return DeviceFault(ErrorCode.DEVICE_REFUSED, "It does not let third parties in", ACCESS_OFF_HINT)
    model = text(talk.ledger.words.get(PRODUCT)) or "device without a model"
    return DeviceFault(ErrorCode.API_ERROR, f"It is a {model}, which this driver does not speak to", KNOWN)
