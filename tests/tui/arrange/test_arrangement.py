from dataclasses import replace

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.tui.arrange.arrangement import (
    NO_LOCATION,
    Heading,
    Line,
    Rank,
    group_by_location,
    group_by_manufacturer,
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


def read_lines(lines: tuple[Line, ...]) -> list[str]:
    return [
        line.title
        if isinstance(line, Heading)
        else f"{line.device_id[-1]}/{line.number}"
        if isinstance(line, ChannelRef)
        else line
        for line in lines
    ]


def equal(_: object) -> Rank:
    return EQUAL, "", ()


def test_locations_come_in_their_order_and_the_homeless_last() -> None:
    unknown = Location(LocationId("gone"), "Not loaded yet")
    rack = [snapshot(2, None), snapshot(3, CHAPEL), snapshot(4, STAGE), snapshot(5, unknown, 1)]
    arranged = group_by_location(rack, (), [CHAPEL, STAGE, replace(CHAPEL, id=LocationId("x"), name="Empty")])
    assert read_lines(arranged.lines) == [
        *("Main Stage", "4/1", "4/2", "Chapel", "3/1", "3/2"),
        *(NO_LOCATION, "2/1", "2/2", NO_LOCATION, "5/1"),
    ]


def test_a_device_has_a_line_of_its_own_below_its_channels_where_it_is_wanted() -> None:
    silent, talking = snapshot(2, STAGE, 0), snapshot(3, STAGE, 1)
    (channel,) = (state.ref for state in talking.channels)
    own, also = silent.device.id, talking.device.id
    both = {own, also}
    assert group_by_location([silent], {own}, [STAGE]).lines == (Heading("Main Stage"), own)
    assert group_by_location([talking], both, [STAGE]).lines == (
        Heading("Main Stage", (channel,)),
        channel,
        also,
    )
    assert group_by_location([silent], (), [STAGE]).lines == ()
    assert keep_rack_order([silent, talking], both).lines == (own, channel, also)
    assert keep_rack_order([silent, talking], {own}).refs == [own, channel]
    assert sort_by_rank([silent, talking], both, equal, equal).lines == (channel, own, also)
    assert group_by_performer([silent], {own}, {}).lines == (own,)
    assert group_by_manufacturer([silent], {own}).lines == (Heading("Shure"), own)


def test_a_filter_leaves_the_lines_of_devices_that_it_wants() -> None:
    silent, talking, other = snapshot(2, STAGE, 0), snapshot(3, STAGE, 1), snapshot(4, STAGE, 2)
    narrowed = narrow_to([silent, talking, other], {other.device.id}, lambda _, device: device is talking)
    assert narrowed == [talking, replace(other, channels=())]
    assert read_lines(keep_rack_order(narrowed, {other.device.id}).lines) == ["3/1", "rack-4"]


def test_devices_are_ranked_among_channels() -> None:
    charger, talking, gone = snapshot(2, STAGE, 0), snapshot(3, STAGE, 1), snapshot(4, STAGE, 0)

    def rank(device: DeviceSnapshot) -> Rank:
        return (-1.0 if device is gone else 1.0, 0.0, 0.0), "", ()

    arranged = sort_by_rank([charger, talking, gone], {charger.device.id, gone.device.id}, equal, rank)
    assert read_lines(arranged.lines) == ["rack-4", "3/1", "rack-2"]


def test_problems_first_keeps_equals_in_rack_order() -> None:
    rack = [snapshot(2, STAGE), snapshot(3, CHAPEL)]
    arranged = sort_by_rank(rack, (), lambda state: ((state.number != 2, 0.0, 0.0), "", ()), equal)
    assert read_lines(arranged.lines) == ["2/2", "3/2", "2/1", "3/1"]
    assert {ref: each.device.id for ref, each in arranged.devices.items()} == {
        ref: ref.device_id for ref in arranged.channels
    }


def test_receivers_come_in_rack_order_with_title_and_address() -> None:
    named = snapshot(3, CHAPEL, 1)
    named = replace(named, device=replace(named.device, name="Rack B"))
    rack = [named, snapshot(2, STAGE, 2), snapshot(4, STAGE, 0)]
    arranged = group_by_receiver(rack, {DeviceId("rack-4")}, [])
    assert read_lines(arranged.lines) == [
        *("Rack B, 127.0.0.3:2202", "3/1"),
        *("127.0.0.2:2202", "2/1", "2/2"),
        "rack-4",
    ]
    assert arranged.channels == list(arranged.devices)


def test_a_group_that_is_out_of_service_says_so_in_its_heading() -> None:
    rack = [snapshot(2, STAGE, 1), snapshot(3, CHAPEL, 1)]
    closed = [STAGE, replace(CHAPEL, out_of_service=True)]
    by_location = read_lines(group_by_location(rack, (), closed).lines)
    assert by_location == ["Main Stage", "2/1", "Chapel, out of service", "3/1"]
    by_receiver = read_lines(group_by_receiver(rack, (), closed).lines)
    assert by_receiver == ["127.0.0.2:2202", "2/1", "127.0.0.3:2202, out of service", "3/1"]
