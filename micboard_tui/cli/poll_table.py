"""What ``poll`` prints for people: everything once, and then what changed.

A line is printed again when anything in it changed but levels and ages, which change all the time: those of
the moment stand beside what did. A device that came, went or is called otherwise has a line of its own, with
its status where channels have their link, and its fault and its warnings are printed when they are others.
The columns are chosen when the first change is printed, from all lines, and stay (``SteadyColumns``).
"""

import time
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from micboard_tui.cli.devices_table import (
    CHANNEL_HEADS,
    RIGHT_HEADS,
    bay_row,
    channel_row,
    format_status,
    print_device_faults,
    print_device_warnings,
)
from micboard_tui.cli.output import print_note, print_table, table_width
from micboard_tui.cli.status import print_snapshots
from micboard_tui.cli.table_layout import SteadyColumns
from micboard_tui.contracts.documents.rack_context import conflicts_among
from micboard_tui.domain.conflict import NO_CONFLICTS, Conflicts
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.problem import find_device_warnings
from micboard_tui.domain.safe_text import visible

_HEADS = ("time", "name", *CHANNEL_HEADS)
_SPARE = ("performer", "dBFS", "MHz")
_LEVELS = ("dBm", "dBFS")
_COMPARED = tuple(index for index, head in enumerate(CHANNEL_HEADS) if head not in _LEVELS)

Lines: TypeAlias = dict[tuple[str, ...], list[str]]
"""The cells of each line, by device, kind of line, and the number of its channel or bay."""


class PollTable:
    """Remembers what it printed of each device that is there."""

    def __init__(self) -> None:
        self._has_printed = False
        self._compared: Lines = {}
        self._columns = SteadyColumns(_HEADS, _SPARE)
        self._notes: dict[str, tuple[object, ...]] = {}
        """What was printed below the table, by device."""

    def print(self, snapshots: Sequence[DeviceSnapshot]) -> None:
        """Print all devices the first time, and afterwards the lines that changed."""
        compared_before, notes_before = self._compared, self._notes
        self._compared = {key: line for snapshot in snapshots for key, line in _compared_lines(snapshot)}
        self._notes = {snapshot.device.id: _notes_of(snapshot) for snapshot in snapshots}
        if not self._has_printed:
            self._has_printed = True
            print_snapshots(snapshots, as_json=False)
            print_note("From here on only what changes is printed, with the levels of that moment.")
            return
        now = time.time()
        conflicts = conflicts_among(snapshots)
        lines = {key: line for snapshot in snapshots for key, line in _lines_of(snapshot, now, conflicts)}
        moment = time.strftime("%H:%M:%S", time.localtime(now))
        rows = {key: [moment, *map(visible, line)] for key, line in lines.items()}
        changed = [row for key, row in rows.items() if compared_before.get(key) != self._compared[key]]
        if changed:
            shown = self._columns.choose(list(rows.values()), table_width())
            print_table(_HEADS, changed, right=RIGHT_HEADS, shown=shown)
        renewed = [
            each for each in snapshots if self._notes[each.device.id] != notes_before.get(each.device.id)
        ]
        print_device_faults(renewed)
        print_device_warnings(renewed)


def _lines_of(
    snapshot: DeviceSnapshot, now: float | None, conflicts: Conflicts = NO_CONFLICTS
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    device_id, title = snapshot.device.id, snapshot.title
    status = format_status(snapshot.state)
    yield (device_id,), [title, *(status if head == "link" else "" for head in CHANNEL_HEADS)]
    for channel in snapshot.channels:
        yield (device_id, "channel", str(channel.number)), [title, *channel_row(channel, now, conflicts)]
    for bay in snapshot.state.bays:
        yield (device_id, "bay", str(bay.number)), [title, *bay_row(bay, snapshot.state.thresholds)]


def _compared_lines(snapshot: DeviceSnapshot) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Without levels and ages."""
    for key, (title, *cells) in _lines_of(snapshot, None):
        yield key, [title, *(cells[index] for index in _COMPARED)]


def _notes_of(snapshot: DeviceSnapshot) -> tuple[object, ...]:
    fault = snapshot.state.fault
    warnings = find_device_warnings(snapshot.state)
    return fault and fault.code, warnings, snapshot.assignments_without_channel
