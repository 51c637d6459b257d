"""Asks an address what it is, and subscribes to nothing."""

import time

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.sennheiser.driver_names import MANUFACTURER, SSC
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.family import DEVICE_NAME, PRODUCT
from micboard_tui.manufacturers.sennheiser.ssc.handshake import (
    ACCESS_OFF_HINT,
    MARKER_ADDRESSES,
    NAME_ADDRESSES,
    family_of,
    is_locked,
    unsupported_fault,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import parse_text
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.udp import dialer

PORT = 45
TRIES = 2


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does in SSCv1."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def probe_over(dial: Dial, host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """The same over any link."""
    conversation = Conversation(ignore_report, time.monotonic)

    async def ask() -> None:
        if await conversation.ask(NAME_ADDRESSES, TRIES):
            await conversation.ask(MARKER_ADDRESSES, TRIES)

    if not await probe_link(dial, conversation, ask, 3 * timeout_s):
        return None
    values, family = conversation.tracker.values, family_of(conversation)
    return FoundDevice(
        host,
        port,
        MANUFACTURER,
        SSC,
        parse_text(values.get(PRODUCT)),
        parse_text(values.get(DEVICE_NAME)),
        kind=None if family is None else family.kind,
        fault=None if family is not None else _fault(conversation),
    )


def _fault(conversation: Conversation) -> DeviceFault:
    """Why what answers cannot be watched: it admits no third party, or it is something else."""
    if is_locked(conversation):
        return DeviceFault(ErrorCode.DEVICE_REFUSED, "Its third-party access is off", ACCESS_OFF_HINT)
    return unsupported_fault(conversation)
