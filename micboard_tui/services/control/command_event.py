"""The event of a command that a person gave a device: who asked for what, and what came of it. Pure."""

from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.command_words import describe_command, kind_of
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.safe_text import visible


def command_event(
    known: DeviceSnapshot,
    command: Command,
    confirmation: Confirmation | None,
    actor: str,
    at: float,
    *,
    is_step: bool = False,
) -> Event:
    """``confirmation`` None: the device did not say whether it did it. ``is_step``: it can be undone."""
    channel: int | None = getattr(command, "channel", None)
    text, details = describe_command(command), {"command": kind_of(command)}
    if confirmation is None:
        text += ", not confirmed"
    else:
        details["value"] = confirmation.value
        if confirmation.adapted:
            text += f"; the device has {confirmation.value}"
    if is_step:
        details["step"] = "made"
    return Event(
        at,
        EventKind.STEP,
        visible(text)[:MAX_EVENT_TEXT],
        known.device.id,
        channel,
        actor=actor,
        details=details,
        subject=known.title if channel is None else channel_label(known.title, channel),
    )
