"""What people do is an event: made, undone and redone, with who did it and of which channel."""

from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.event import EventKind
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.services.steps import PlannedStep, Steps
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.events import RecordedEvents
from tests.services.memory import WatchedDevices
from tests.services.stage import RACK, Clock


async def take_up() -> None:
    pass


def silenced(number: int) -> Change:
    return Change(None, Assignment(ChannelRef(RACK.id, number), expected_off=True))


async def test_steps_are_events_of_their_channel() -> None:
    sink = RecordedEvents()
    steps = Steps(InMemoryAssignments(WatchedDevices(RACK)), Clock(), take_up, sink)
    await steps.make(PlannedStep("Rack 1/1 expected off", [silenced(1)]), "Pia")
    await steps.undo("Pia")
    await steps.redo("Pia")
    await steps.make(PlannedStep("Two expected off", [silenced(2), silenced(3)]), "Pia")
    await steps.make(PlannedStep("Nothing", []), "Pia")
    assert [(event.text, event.actor, event.channel) for event in sink.events] == [
        ("Rack 1/1 expected off", "Pia", 1),
        ("Undone: Rack 1/1 expected off", "Pia", None),
        ("Redone: Rack 1/1 expected off", "Pia", None),
        ("Two expected off", "Pia", None),
    ]
    assert {event.kind for event in sink.events} == {EventKind.STEP}


async def test_a_step_is_made_also_where_its_event_cannot_be_stored() -> None:
    records = InMemoryAssignments(WatchedDevices(RACK))
    sink = RecordedEvents()
    sink.is_full = True
    steps = Steps(records, Clock(), take_up, sink)
    await steps.make(PlannedStep("Rack 1/1 expected off", [silenced(1)]), "Pia")
    assert records.assigned
    assert [event.text for event in sink.events] == ["Rack 1/1 expected off"]  # It waits.
