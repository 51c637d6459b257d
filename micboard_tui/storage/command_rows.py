"""Commands to devices as they are stored in steps. No table has them: only the devices hold their values."""

from collections.abc import Mapping, Sequence
from typing import Any

from micboard_tui.contracts.undo_steps import CommandChange, CommandValue
from micboard_tui.domain.command_words import format_command, parse_command
from micboard_tui.domain.identity import DeviceId

COMMAND = "command"
"""The record type of their rows."""
_DEVICE = "device_id"
_KEYS = ("kind", "channel", "slot")


def command_values(value: CommandValue) -> Mapping[str, object]:
    return {_DEVICE: value.device_id, **format_command(value.command)}


def parse_command_value(values: object) -> CommandValue:
    """Raises ValueError, TypeError or KeyError for what no release of ours has written."""
    if not isinstance(values, dict):
        raise TypeError(COMMAND)
    fields: dict[str, Any] = dict(values)
    return CommandValue(DeviceId(str(fields.pop(_DEVICE))), parse_command(fields))


def parse_command_changes(rows: Sequence[tuple[str, object, object]]) -> tuple[CommandChange, ...]:
    """Raises as ``parse_command_value``."""
    return tuple(
        CommandChange(parse_command_value(before), parse_command_value(after)) for _, before, after in rows
    )


def command_key(values: Mapping[str, object]) -> tuple[object, ...]:
    """What a command sets, of which device: two that set the same have the same key."""
    return (COMMAND, values[_DEVICE], *(values.get(name) for name in _KEYS))
