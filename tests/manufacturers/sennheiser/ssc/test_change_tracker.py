"""What holds whatever a device says at the addresses that it was asked for."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.observation import (
    Alive,
    BayHeard,
    ClockHeard,
    DeviceHeard,
    FactsHeard,
    MetersHeard,
    Observation,
)
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import ChangeTracker, DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from micboard_tui.manufacturers.sennheiser.ssc.families.ewdx import EWDX
from micboard_tui.manufacturers.sennheiser.ssc.family import Family
from micboard_tui.manufacturers.sennheiser.ssc.mapping import EPOCH_S
from micboard_tui.manufacturers.sennheiser.transmitter_presence import LOST_S
from micboard_tui.protocols.ssc.messages import Fault, Message

TERMS = st.sampled_from(
    ["NONE", "NoLink", "CONNECTED", "70%", "5:12", "b1", "low", "GREEN", "factory:1:2", "\x1b[2J"]
)
NUMBERS = st.one_of(st.integers(-400, 70_000), st.integers(), st.floats(allow_nan=False))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TERMS, st.text(max_size=5))
VALUES: st.SearchStrategy[Any] = st.one_of(
    SCALARS, st.lists(st.one_of(SCALARS, st.lists(SCALARS, max_size=10)), max_size=13)
)


def addresses(family: Family) -> list[str]:
    return [
        address
        for group in family.groups_for(4)
        for address in (*group.subscribed, *group.requested)
    ]  # fmt: skip


def check_ranges(observation: Observation) -> None:
    match observation:
        case FactsHeard(number, facts):
            assert 1 <= number <= 4
            assert facts.transmitter is None or facts.transmitter_present is True
            percent = facts.transmitter.battery.percent if facts.transmitter else None
            assert percent is None or 0 <= percent <= 100
        case MetersHeard(number, meters):
            assert 1 <= number <= 4
            assert meters.quality_percent is None or 0 <= meters.quality_percent <= 100
        case BayHeard(bay):
            assert bay.battery.percent is None or 0 <= bay.battery.percent <= 100
        case DeviceHeard():
            assert observation.channel_count == 0 or observation.bay_count == 0
        case ClockHeard(shows_s):
            assert shows_s >= EPOCH_S
        case Alive():
            raise AssertionError("a tracker knows nothing of that")


@given(st.data())
def test_any_value_is_read_and_what_is_reported_is_in_its_range(data: st.DataObject) -> None:
    family = data.draw(st.sampled_from(FAMILIES))
    known = st.sampled_from(addresses(family))
    tracker = ChangeTracker()
    tracker.expect(addresses(family))
    tracker.set_layout(DeviceLayout(family, 4, family.groups_for(4)))
    for now in range(data.draw(st.integers(1, 5))):
        message = Message(
            data.draw(st.dictionaries(known, VALUES, max_size=8)),
            data.draw(st.dictionaries(known, st.sampled_from([404, 406, 424, 310]).map(Fault), max_size=2)),
        )
        observations = [*tracker.apply(message, now * LOST_S), *tracker.expire_lost_links(now * LOST_S)]
        for observation in observations:
            check_ranges(observation)
    assert [type(item) for item in tracker.all_observations(999)][:1] == [DeviceHeard]


def test_a_tracker_without_a_layout_only_collects() -> None:
    tracker = ChangeTracker()
    tracker.expect(["/rx1/name"])
    assert tracker.apply(Message({"/rx1/name": "A", "/rx1/gain": 3}, {}), 0.0) == []
    assert (tracker.values.get("/rx1/name"), tracker.values.has("/rx1/gain")) == ("A", False)
    assert tracker.all_observations(0.0) == tracker.expire_lost_links(99.0) == []


def test_the_clock_of_a_device_is_reported_by_itself_and_changes_nothing_else() -> None:
    tracker = ChangeTracker()
    groups = EWDX.groups_for(2)
    tracker.expect(addresses(EWDX))
    tracker.set_layout(DeviceLayout(EWDX, 2, groups))
    tracker.expect(addresses(EWDX))
    tracker.apply(Message({"/device/name": "A"}, {}), 0.0)
    for seconds in (0, 25):
        # 2000-01-01T00:00Z, and later: docs/reference/protocols/sennheiser.md 2.1.
        message = Message({"/device/time": seconds}, {})
        assert tracker.apply(message, 0.0) == [ClockHeard(946_684_800.5 + seconds)]
    assert tracker.apply(Message({"/device/time": "noon"}, {"/device/time": Fault(404)}), 0.0) == []
    device, *others = tracker.all_observations(0.0)
    assert isinstance(device, DeviceHeard)
    assert "/device/time" not in dict(device.raw)
    assert not any(isinstance(other, ClockHeard) for other in others)


def test_a_code_below_the_errors_takes_no_value_away() -> None:
    tracker = ChangeTracker()
    tracker.expect(["/rx1/name", "/rx2/name"])
    tracker.apply(Message({}, {"/rx1/name": Fault(310), "/rx2/name": Fault(400)}), 0.0)
    assert (tracker.values.error("/rx1/name"), tracker.values.error("/rx2/name")) == (None, 400)
