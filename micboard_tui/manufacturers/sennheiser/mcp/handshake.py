"""The first second of a session: finds out what answers, and has it tell all it knows."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.subscription import ONCE_METERS, ONCE_SETTINGS
from micboard_tui.protocols.mcp.messages import Line

ANSWER_TIMEOUT_S = 0.8
TRIES = 3
"""Datagrams get lost."""
LOOK_EVERY_S = 0.02
SILENT_HINT = (
    "Check its power, its cable and its network settings, and that the firewall here lets UDP 53212 in; "
    "G4 needs firmware 1.7.0, and EM 100 G4 has no network control"
)


async def identify(talk: Conversation) -> DeviceKind:
    """Have the device tell its settings, which show what it is.

    Source: docs/reference/protocols/sennheiser.md 5.3, 5.7.

    Raises DeviceError: DEVICE_SILENT when nothing answers, API_ERROR when what answers is neither a
    receiver nor an in-ear transmitter.
    """
    if await _brought(talk, ONCE_SETTINGS, lambda: mapping.kind(talk.words) is not None):
        found = mapping.kind(talk.words)
        if found is not None:
            return found
    if talk.messages:
        raise DeviceError(
            ErrorCode.API_ERROR,
            "It speaks, but not as an evolution wireless receiver or in-ear transmitter does",
            hint="Check that its address is right; ew G3, ew G4, 2000 series and SR IEM G4 are supported",
        )
    raise DeviceError(ErrorCode.DEVICE_SILENT, "It says nothing", hint=SILENT_HINT)


async def read_everything(talk: Conversation) -> DeviceKind:
    """Have the device tell all it knows, and one block of meters. Raises as ``identify``.

    What it fails to tell stays unknown until it does.
    """
    found = await identify(talk)
    await _brought(talk, ONCE_METERS, lambda: talk.blocks > 0)
    for keyword in mapping.OF_DEVICE:
        await talk.ask(Line(keyword), ANSWER_TIMEOUT_S, TRIES - 1)
    return found


async def reread_settings(talk: Conversation) -> None:
    """The device has counted changes that we may not have heard of.

    Source: docs/reference/protocols/sennheiser.md 5.4.
    """
    talk.settings_missed = False
    await talk.say(ONCE_SETTINGS)


async def _brought(talk: Conversation, push: Line, is_there: Callable[[], bool]) -> bool:
    """Say ``push`` until what it is to bring is there; its lines may come before its echo.

    Source: docs/reference/protocols/sennheiser.md 5.3.
    """
    for _ in range(TRIES):
        await talk.say(push)
        with anyio.move_on_after(ANSWER_TIMEOUT_S):
            while not is_there():  # noqa: ASYNC110 - the lines come in datagrams of any number
                await anyio.sleep(LOOK_EVERY_S)
            return True
    return False
