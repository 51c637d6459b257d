"""What happened to alarms, as it is kept in the list of all events."""

from collections.abc import Sequence

from micboard_tui.contracts.events import EventContract, EventQuery
from micboard_tui.domain.alarm import AlarmEvent
from micboard_tui.domain.alarm_record import read_event
from micboard_tui.domain.event import EventKind


async def read_history(events: EventContract, since: float) -> Sequence[AlarmEvent]:
    """The newest since a moment, oldest first; nothing where it cannot be read."""
    recent = await events.list_events(EventQuery(since, kinds=[EventKind.ALARM]))
    found = map(read_event, recent.data) if recent.success else ()
    return [event for event in found if event is not None]
