"""``line-check``: which lines were heard since the line check was started."""

from typing import TYPE_CHECKING

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.container import Container
    from micboard_tui.domain.channel import ChannelState
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.line_check import CheckedLine, LineCheck

HEADS = ("", "mic", "who", "where", "link", "pack", "sound", "what is missing")


def line_check(as_json: Json = False) -> None:
    """Print which lines had link, right pack and sound.

    It is started on a board (i, then r), which ticks it while it runs; this prints what was stored last.

    micboard-tui line-check

    micboard-tui line-check --json
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_note, print_table
    from micboard_tui.contracts.plan_texts import format_moment
    from micboard_tui.domain.line_check import lines_to_check
    from micboard_tui.domain.safe_text import visible

    async def read_check(
        services: "Container",
    ) -> "tuple[LineCheck | None, Sequence[DeviceSnapshot]]":
        check = data_of(await services.line_check.get_check())
        return check, data_of(await services.devices.list_devices())

    check, devices = run_with_services(read_check)
    titles = {device.device.id: device.title for device in devices}
    states = [] if check is None else lines_to_check(devices)
    lines = [(state, check.line(state.ref)) for state in states] if check is not None else []
    if as_json:
        entries = [line_entry(state, line, titles[state.device_id]) for state, line in lines]
        started = None if check is None else {"at": check.started_at, "by": check.started_by}
        print_json({"started": started, "lines": entries})
    elif check is None:
        print_note("No line check was started. On a board, i opens it and r starts it.")
    else:
        done = sum(line.is_checked for _, line in lines)
        started_by = f"started {format_moment(check.started_at)} by {visible(check.started_by)}"
        print_line(f"{done} of {len(lines)} lines are good, {started_by}.")
        print_table(HEADS, [_cells(state, line, titles[state.device_id]) for state, line in lines])


def line_entry(state: "ChannelState", line: "CheckedLine", device: str) -> dict[str, object]:
    """A line for programs; moments are seconds since the epoch."""
    from micboard_tui.contracts.line_check import describe_missing

    return {
        "device": device,
        "channel": state.number,
        "mic_number": state.mic_number,
        "name": state.display_name,
        "is_checked": line.is_checked,
        "link_at": line.link_at,
        "pack_at": line.pack_at,
        "sound_at": line.sound_at,
        "by_hand": None if line.by_hand is None else {"at": line.by_hand.at, "by": line.by_hand.actor},
        "missing": list(line.missing),
        "reason": describe_missing(line, state) or None,
    }


def _cells(state: "ChannelState", line: "CheckedLine", device: str) -> tuple[str, ...]:
    from micboard_tui.contracts.line_check import describe_missing
    from micboard_tui.domain.identity import channel_label
    from micboard_tui.domain.line_check import LinePart
    from micboard_tui.domain.safe_text import visible
    from micboard_tui.domain.units import DASH

    by_hand = "" if line.by_hand is None else f"by hand, {visible(line.by_hand.actor)}"
    return (
        "x" if line.is_checked else "",
        visible(state.mic_number or ""),
        visible(state.display_name or DASH),
        visible(channel_label(device, state.number)),
        *(DASH if part in line.missing else "x" for part in LinePart),
        by_hand or describe_missing(line, state),
    )
