"""The line check as JSON."""

from collections.abc import Sequence

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.timestamp import round_timestamp
from micboard_tui.contracts.line_check import describe_missing
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.line_check import CheckedLine, LineCheck, lines_to_check


def line_check_document(check: LineCheck | None, devices: Sequence[DeviceSnapshot]) -> JsonObject:
    """Who started it and when, and each line; None: no check is on, and there are no lines."""
    if check is None:
        return {"schema": SCHEMA, "started": None, "lines": []}
    titles = {device.device.id: device.title for device in devices}
    return {
        "schema": SCHEMA,
        "started": {"at": round_timestamp(check.started_at), "by": check.started_by},
        "lines": [
            line_entry(state, check.line(state.ref), titles[state.device_id])
            for state in lines_to_check(devices)
        ],
    }


def line_entry(state: ChannelState, line: CheckedLine, device: str) -> JsonObject:
    """A line for programs; moments are seconds since the epoch. ``device`` is its title."""
    by_hand = line.by_hand
    return {
        "device": device,
        "channel": state.number,
        "mic_number": state.mic_number,
        "name": state.display_name,
        "is_checked": line.is_checked,
        "link_at": round_timestamp(line.link_at),
        "pack_at": round_timestamp(line.pack_at),
        "sound_at": round_timestamp(line.sound_at),
        "by_hand": None if by_hand is None else {"at": round_timestamp(by_hand.at), "by": by_hand.actor},
        "missing": list(line.missing),
        "reason": describe_missing(line, state) or None,
    }
