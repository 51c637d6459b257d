"""The rows of a file that holds all performers with their channels. Pure."""

from collections.abc import Iterator

from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.services.assignment.assignment_snapshot import AssignmentSnapshot
from micboard_tui.services.assignment.channel_lookup import unique_name
from micboard_tui.services.assignment.csv_file import CsvRow


def rows_of(snapshot: AssignmentSnapshot) -> Iterator[CsvRow]:
    """All performers by name, a row for each of their channels; then numbered channels and spares for all."""
    titles = _ChannelTitles(snapshot)
    by_performer: dict[PerformerId | None, list[Assignment]] = {}
    for assignment in sorted(snapshot.assignments.values(), key=titles.position_of):
        owner = assignment.performer.id if assignment.performer else None
        by_performer.setdefault(owner, []).append(assignment)
    for performer in sorted(snapshot.performers.values(), key=lambda each: fold_name(each.name)):
        person = (0, performer.name, performer.part, performer.note)
        if performer.id not in by_performer:
            yield CsvRow(*person, "", None)
        for assignment in by_performer.get(performer.id, ()):
            title = titles.title_of(assignment.channel)
            marks = (assignment.mic_number, assignment.shared_pack or None)
            yield CsvRow(*person, title, assignment.role, *marks)
    for assignment in by_performer.get(None, ()):
        if assignment.mic_number is not None or assignment.role is Role.SPARE:
            title = titles.title_of(assignment.channel)
            yield CsvRow(0, "", None, None, title, assignment.role, assignment.mic_number)


class _ChannelTitles:
    """Finds each device's name once."""

    def __init__(self, snapshot: AssignmentSnapshot) -> None:
        self._snapshot = snapshot
        self._rack = {device_id: index for index, device_id in enumerate(snapshot.devices)}
        self._names: dict[DeviceId, str] = {}

    def title_of(self, channel: ChannelRef) -> str:
        device_id, number = channel
        if device_id not in self._names:
            self._names[device_id] = unique_name(self._snapshot.devices[device_id], self._snapshot)
        return f"{self._names[device_id]}/{number}"

    def position_of(self, assignment: Assignment) -> tuple[int, int]:
        device_id, number = assignment.channel
        return self._rack[device_id], number
