from dataclasses import replace

import pytest

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.tui.arrange.arrangement import (
    NO_LOCATION,
    Heading,
    group_by_location,
    group_by_performer,
    group_by_receiver,
    keep_rack_order,
    narrow_to,
    sort_by_rank,
)
from micboard_tui.tui.arrange.view import EQUAL
from tests.tui.scripted_rig import CHAPEL, STAGE, device


def snapshot(number: int, location: Location | None, channels: int = 2) -> DeviceSnapshot:
    where = device(number, location)
    states = tuple(ChannelState(where.id, channel) for channel in range(1, channels + 1))
    return DeviceSnapshot(where, DeviceState(where.id), states)


def told(lines: tuple[Heading | ChannelRef, ...]) -> list[str]:
    return [
        line.title if isinstance(line, Heading) else f"{line.device_id[-1]}/{line.number}" for line in lines
    ]


def test_locations_come_in_their_order_and_the_homeless_last() -> None:
    unknown = Location(LocationId("gone"), "Not loaded yet")
    rack = [snapshot(2, None), snapshot(3, CHAPEL), snapshot(4, STAGE), snapshot(5, unknown, 1)]
    arranged = group_by_location(rack, [CHAPEL, STAGE, replace(CHAPEL, id=LocationId("x"), name="Empty")])
    assert told(arranged.lines) == [
        *("Main Stage", "4/1", "4/2", "Chapel", "3/1", "3/2"),
        *(NO_LOCATION, "2/1", "2/2", NO_LOCATION, "5/1"),
    ]


def test_a_device_without_channels_has_a_line_of_its_own() -> None:
    silent = snapshot(2, STAGE, 0)
    own = Heading(silent.title, device=silent.device.id)
    assert group_by_location([silent], [STAGE]).lines == (Heading("Main Stage"), own)
    talking = snapshot(3, STAGE, 1)
    (channel,) = (state.ref for state in talking.channels)
    assert keep_rack_order([silent, talking]).lines == (own, channel)
    assert sort_by_rank([silent, talking], lambda _: (EQUAL, "", ())).lines == (channel, own)
    assert group_by_performer([silent], {}).lines == (own,)
    # A filter is about channels.
    assert narrow_to([silent, talking], lambda *_: True) == [talking]


@pytest.mark.parametrize("status", [DeviceStatus.OFFLINE, DeviceStatus.REFUSED])
def test_only_among_problems_a_device_that_cannot_be_read_stands_above_the_channels(
    status: DeviceStatus,
) -> None:
    charger, talking, gone = snapshot(2, STAGE, 0), snapshot(3, STAGE, 1), snapshot(4, STAGE, 0)
    gone = replace(gone, state=replace(gone.state, status=status))
    (channel,) = (state.ref for state in talking.channels)
    rack = [charger, talking, gone]
    lines = {device.device.id: Heading(device.title, device=device.device.id) for device in (charger, gone)}
    arranged = sort_by_rank(rack, lambda _: (EQUAL, "", ()), are_devices_first=True)
    assert arranged.lines == (lines[gone.device.id], channel, lines[charger.device.id])
    arranged = sort_by_rank(rack, lambda _: (EQUAL, "", ()))
    assert arranged.lines == (channel, lines[charger.device.id], lines[gone.device.id])


def test_problems_first_keeps_equals_in_rack_order() -> None:
    rack = [snapshot(2, STAGE), snapshot(3, CHAPEL)]
    arranged = sort_by_rank(rack, lambda state: ((state.number != 2, 0.0, 0.0), "", ()))
    assert told(arranged.lines) == ["2/2", "3/2", "2/1", "3/1"]
    assert {ref: each.device.id for ref, each in arranged.devices.items()} == {
        ref: ref.device_id for ref in arranged.channels
    }


def test_receivers_come_in_rack_order_with_title_and_address() -> None:
    named = snapshot(3, CHAPEL, 1)
    named = replace(named, device=replace(named.device, name="Rack B"))
    rack = [named, snapshot(2, STAGE, 2), snapshot(4, STAGE, 0)]
    arranged = group_by_receiver(rack)
    assert told(arranged.lines) == [
        *("Rack B, 127.0.0.3:2202", "3/1"),
        *("127.0.0.2:2202", "2/1", "2/2"),
        "127.0.0.4",
    ]
    assert arranged.channels == list(arranged.devices)
