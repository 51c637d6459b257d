"""The first second of a session: finds out what answers, and reads all that it has to report."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.subscription import READ_METERS, READ_SETTINGS
from micboard_tui.protocols.mcp.messages import Line

ANSWER_TIMEOUT_S = 0.8
TRIES = 3
"""Datagrams get lost."""
CHECK_EVERY_S = 0.02
SILENT_HINT = (
    "Check its power, its cable and its network settings, and that the firewall here allows UDP 53212; "
    "G4 needs firmware 1.7.0, and EM 100 G4 has no network control"
)


async def identify(conversation: Conversation) -> DeviceKind:
    """Have the device send its settings, which show what it is.

    Source: docs/reference/protocols/sennheiser.md 5.3, 5.7.

    Raises DeviceError: DEVICE_SILENT when nothing answers, API_ERROR when what answers is neither a
    receiver nor an in-ear transmitter.
    """
    await _push_until(conversation, READ_SETTINGS, lambda: mapping.kind_of(conversation.lines) is not None)
    kind = mapping.kind_of(conversation.lines)
    if kind is not None:
        return kind
    if conversation.messages:
        raise DeviceError(
            ErrorCode.API_ERROR,
            "It answers, but not as an evolution wireless receiver or in-ear transmitter",
            hint="Check that its address is right; ew G3, ew G4, 2000 series and SR IEM G4 are supported",
        )
    raise DeviceError(ErrorCode.DEVICE_SILENT, "It does not answer", hint=SILENT_HINT)


async def read_everything(conversation: Conversation) -> DeviceKind:
    """Have the device send all its settings, and one block of meters. Raises as ``identify``.

    What it fails to send stays unknown until it does.
    """
    kind = await identify(conversation)
    await _push_until(conversation, READ_METERS, lambda: conversation.blocks > 0)
    for keyword in mapping.DEVICE_KEYWORDS:
        await conversation.ask(Line(keyword), ANSWER_TIMEOUT_S, TRIES - 1)
    return kind


async def reread_settings(conversation: Conversation) -> None:
    """Have the settings sent again, since the device has counted changes that may have been lost.

    Source: docs/reference/protocols/sennheiser.md 5.4.
    """
    conversation.settings_missed = False
    await conversation.send(READ_SETTINGS)


async def _push_until(conversation: Conversation, push: Line, is_there: Callable[[], bool]) -> None:
    """Send ``push`` until what it is to bring is there; its lines may come before its echo.

    Source: docs/reference/protocols/sennheiser.md 5.3.
    """
    for _ in range(TRIES):
        await conversation.send(push)
        with anyio.move_on_after(ANSWER_TIMEOUT_S):
            while not is_there():  # noqa: ASYNC110 - the lines come in datagrams of any number
                await anyio.sleep(CHECK_EVERY_S)
            return
