"""The first second of a session: finds out what answers, and reads all that it has to report."""

from collections.abc import Callable, Sequence

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
NAME_QUESTION = Line("Name")
"""What every device answers and nothing follows from."""
CONTROL_OFF_HINT = "Switch network control on in its menu, under System or Network, and try again"
SILENT_HINT = (
    "Check its power, its cable and its network settings, and that the firewall here allows UDP 53212; "
    "G4 needs firmware 1.7.0, and EM 100 G4 has no network control"
)


async def identify(conversation: Conversation) -> DeviceKind:
    """Have the device send its settings, which show what it is.

    Source: docs/reference/protocols/sennheiser.md 5.3, 5.7.

    Raises DeviceError: DEVICE_SILENT when nothing answers, DEVICE_REFUSED when only our own lines come back,
    API_ERROR when what answers is neither a receiver nor an in-ear transmitter.
    """
    await _push_until(conversation, (READ_SETTINGS,), lambda: mapping.kind_of(conversation.lines) is not None)
    if mapping.kind_of(conversation.lines) is None and conversation.messages:
        # The settings may be lost, or not be sent together.
        for keyword in ("Name", *mapping.TELLTALE_KEYWORDS):
            await conversation.ask(Line(keyword), ANSWER_TIMEOUT_S)
    kind = mapping.kind_of(conversation.lines)
    if kind is not None:
        return kind
    if conversation.only_echoes:
        raise control_off_error()
    if conversation.messages:
        raise DeviceError(
            ErrorCode.API_ERROR,
            "It answers, but not as an evolution wireless receiver or in-ear transmitter",
            hint="Check that its address is right; ew G3, ew G4, 2000 series and SR IEM G4 are supported",
        )
    raise DeviceError(ErrorCode.DEVICE_SILENT, "It does not answer", hint=SILENT_HINT)


def control_off_error() -> DeviceError:
    """The error for a device that confirms a Push and sends no data.

    Source: docs/reference/protocols/sennheiser.md 5.1, 13.
    """
    return DeviceError(
        ErrorCode.DEVICE_REFUSED,
        "It confirms what it is asked for but sends no data: its network control is off",
        hint=CONTROL_OFF_HINT,
    )


async def read_everything(conversation: Conversation) -> DeviceKind:
    """Have the device send all its settings, and one block of meters. Raises as ``identify``.

    What it fails to send stays unknown until it does.
    """
    kind = await identify(conversation)
    await _push_until(conversation, READ_METERS, lambda: conversation.blocks > 0)
    conversation.missing.expect(
        (keyword for keyword in mapping.WANTED_KEYWORDS[kind] if keyword not in conversation.lines),
        conversation.now(),
    )
    for keyword in mapping.DEVICE_KEYWORDS:
        await conversation.ask(Line(keyword), ANSWER_TIMEOUT_S, TRIES - 1)
    return kind


async def ask_missing(conversation: Conversation) -> None:
    """Ask once for each setting that has not been told, for who looks only once."""
    for keyword in tuple(conversation.missing.keywords):
        await conversation.ask(Line(keyword), ANSWER_TIMEOUT_S)


async def reread_settings(conversation: Conversation, kind: DeviceKind) -> None:
    """Have the settings sent again, since the device has counted changes that may have been lost.

    Source: docs/reference/protocols/sennheiser.md 5.4. What does not come is asked for singly.
    """
    conversation.settings_missed = False
    settings = (keyword for keyword in mapping.WANTED_KEYWORDS[kind] if keyword in mapping.SETTING_KEYWORDS)
    conversation.missing.expect(settings, conversation.now())
    await conversation.send(READ_SETTINGS)


async def _push_until(
    conversation: Conversation, pushes: Sequence[Line], is_there: Callable[[], bool]
) -> None:
    """Send the first of ``pushes`` until what it is to bring is there, or the next when it is refused.

    Source: docs/reference/protocols/sennheiser.md 5.3: the lines may come before the echo.
    """
    for push in pushes:
        conversation.refused_push = None
        for _ in range(TRIES):
            await conversation.send(push)
            with anyio.move_on_after(ANSWER_TIMEOUT_S):
                while not is_there() and conversation.refused_push != push.arguments:  # noqa: ASYNC110 - the lines may come in any datagram
                    await anyio.sleep(CHECK_EVERY_S)
            if is_there():
                return
            if conversation.refused_push == push.arguments:
                break
        else:
            return
