"""Links and sessions become events, each once."""

from dataclasses import replace

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.device import DeviceFault, DeviceStatus
from micboard_tui.domain.event import EventKind
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.services.events.link_watch import LinkWatch
from micboard_tui.services.live.state import LiveState
from tests.fakes.events import RecordedEvents
from tests.services.stage import HEARD, LOST, LOUD, ON, RACK, SPARE, Clock


class Setup:
    def __init__(self) -> None:
        self.clock = Clock()
        self.live = LiveState(self.clock)
        self.live.place([replace(RACK, name="Rack 1")], ())
        self.events = RecordedEvents()
        self.has_sessions = True
        self.watch = LinkWatch(self.live, self.events, lambda: self.has_sessions, "1.0")

    def look(self) -> list[tuple[EventKind, str | None, str]]:
        """What a look finds."""
        self.clock.now += 1.0
        self.watch.look()
        found = [(event.kind, event.subject, event.text) for event in self.events.events]
        self.events.events.clear()
        return found


def test_links_and_sessions_are_written_once_and_with_their_moment() -> None:
    setup = Setup()
    live = setup.live
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    assert setup.look() == [
        (EventKind.PROGRAM, None, "micboard-tui 1.0 started"),
        (EventKind.SESSION, "Rack 1", "Session opened"),
    ]
    assert setup.look() == []
    lost_at = setup.clock()
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    setup.clock.now += 0.5
    setup.watch.look()
    (lost,) = setup.events.events
    assert (lost.kind, lost.subject, lost.text) == (EventKind.LINK, "Rack 1/1", "RF lost, was live")
    assert (lost.at, lost.ref) == (lost_at, (RACK.id, 1))
    assert lost.details == {"link": "rf_lost", "before": "live"}
    setup.events.events.clear()

    fault = DeviceFault(ErrorCode.DEVICE_SILENT, "No data for 9 s", "Look")
    live.status(RACK.id, DeviceStatus.OFFLINE, fault)
    assert setup.look() == [(EventKind.SESSION, "Rack 1", "Session ended: No data for 9 s")]
    live.status(RACK.id, DeviceStatus.REFUSED, replace(fault, message="Not let in"))
    assert setup.look() == [(EventKind.SESSION, "Rack 1", "Session refused: Not let in")]
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    assert setup.look() == [
        (EventKind.SESSION, "Rack 1", "Session opened"),
        (EventKind.LINK, "Rack 1/1", "live, was RF lost"),
    ]
    setup.watch.close()
    assert [event.text for event in setup.events.events] == ["micboard-tui 1.0 ended"]


def test_a_session_with_a_device_that_was_online_before_the_program_started_opens_now() -> None:
    setup = Setup()
    setup.live.take_observations(RACK.id, [HEARD])
    setup.clock.now += 3600.0
    setup.watch = LinkWatch(setup.live, setup.events, lambda: True, "1.0")
    setup.clock.now += 1.0
    setup.watch.look()
    assert [(event.text, event.at) for event in setup.events.events] == [
        ("micboard-tui 1.0 started", setup.clock.now),
        ("Session opened", setup.clock.now),
    ]


def test_a_process_without_sessions_writes_nothing() -> None:
    setup = Setup()
    setup.has_sessions = False
    setup.live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    assert setup.look() == []
    setup.watch.close()
    assert not setup.events.events


def test_a_collector_tells_its_name_and_nothing_of_what_happened_where_the_device_was_meanwhile() -> None:
    setup = Setup()
    setup.watch = LinkWatch(setup.live, setup.events, lambda: True, "1.0", "left")
    live, rack = setup.live, replace(RACK, name="Rack 1")
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    setup.watch.look()
    started, _ = setup.events.events
    assert (started.text, started.details) == ("Collector left started", {"collector": "started"})
    setup.events.events.clear()
    live.place([SPARE], ())
    live.take_observations(SPARE.id, [HEARD])
    assert setup.look() == [(EventKind.SESSION, "Rack 1", "Session opened")]
    live.place([rack], ())
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOST)])
    assert setup.look() == [(EventKind.SESSION, "Rack 1", "Session opened")]
