"""What waits to be stored is bounded."""

from structlog.testing import capture_logs

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.services.alarm.alarm_journal import MAX_WAITING, AlarmJournal
from tests.fakes.stored_alarms import InMemoryAlarms


async def test_when_too_many_events_wait_the_oldest_are_dropped_and_that_is_logged() -> None:
    alarms = InMemoryAlarms()
    journal = AlarmJournal(alarms)
    with capture_logs() as logs:
        journal.append(Event(float(number), EventKind.ALARM, "raised") for number in range(MAX_WAITING + 3))
    assert [(line["event"], line["count"]) for line in logs] == [("alarm_events_dropped", 3)]
    await journal.write([])
    assert not journal.has_waiting
    assert [event.at for event in (alarms.events.kept[0], alarms.events.kept[-1])] == [3.0, MAX_WAITING + 2.0]
