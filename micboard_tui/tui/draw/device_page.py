"""Everything that is known of a device itself, for the side panel of the board. Pure."""

import textwrap
from collections.abc import Iterator, Sequence

from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_charge, format_duration
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.device_row import kind_of

LABEL = 11


def device_page(
    device: DeviceSnapshot, problems: Sequence[DeviceProblem], now: float, width: int, name_key: str
) -> list[list[Cell]]:
    """What it is, how it does, what is wrong and what to do, and its bays; in ``width`` cells.

    ``name_key`` is as for ``device_problem``.
    """
    state, room = device.state, width - 1
    lines = [[Cell(f" {formats.fit(device.title, room - 1).rstrip()}", "accent")]]
    status = status_lines.device_status(device, now)
    lines += _values("state", status, room, formats.status_tone(state.status))
    for problem in problems:
        text = status_lines.device_problem(problem, device, now, name_key)
        lines += _values("", text, room, formats.severity_tone(problem.code))
    if state.fault is not None and not state.is_online:
        lines += _values("", visible(f"{state.fault.message}. {state.fault.hint}".strip()), room, "dim")
    lines.append([])
    last_seen = None if state.last_seen_at is None else f"{format_duration(now - state.last_seen_at)} ago"
    values = (
        ("last heard", last_seen),
        ("kind", kind_of(device)),
        ("model", state.model),
        ("firmware", state.firmware),
        ("address", device.device.address),
        ("location", device.location),
        ("alarms", "none: out of service" if device.device.out_of_service else None),
    )
    for label, value in values:
        if value:
            lines += _values(label, " ".join(visible(value).split()), room)
    if state.bays:
        lines.append([])
    for bay in state.bays:
        pack = visible(bay.pack_name or bay.pack_serial or bay.pack_model or "")
        text = f"{formats.bay_state_text(bay, state.thresholds)} {format_charge(bay.battery)} {pack}"
        lines += _values(f"bay {bay.number}", text.strip(), room, formats.bay_tone(bay, state.thresholds))
    return lines


def _values(label: str, text: str, width: int, tone: str = "text") -> Iterator[list[Cell]]:
    """A value beside its label, or lines without one; folded where it is too long."""
    indent = LABEL + 1 if label else 1
    for number, part in enumerate(textwrap.wrap(text, max(1, width - indent)) or [""]):
        head = formats.fit(f" {label}", indent) if number == 0 else " " * indent
        yield [Cell(head, "dim"), Cell(part, tone)]
