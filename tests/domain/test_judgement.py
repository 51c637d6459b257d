from dataclasses import replace

import pytest

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.judgement import Judgement, judge_problems
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart, ProblemStarts

RACK, CHARGER = DeviceId("rack"), DeviceId("charger")
EMPTY = Transmitter(battery=Battery(minutes=20))
LOW = ChannelState(
    RACK,
    1,
    link_state=LinkState.LIVE,
    link_since=900.0,
    facts=ChannelFacts(frequency_khz=500_000, transmitter_present=True, transmitter=EMPTY),
    meters=Meters(rf_dbm=-50.0, carrier=True),
    observed_at=1000.0,
)
FINE = replace(LOW, facts=replace(LOW.facts, transmitter=Transmitter(battery=Battery(minutes=200))))
AWAY = replace(LOW, link_state=LinkState.UNKNOWN, link_since=None, observed_at=980.0)
BATTERY = ProblemKey(RACK, 1, ProblemCode.BATTERY_LOW)


def rack(*channels: ChannelState, status: DeviceStatus = DeviceStatus.ONLINE) -> DeviceSnapshot:
    return DeviceSnapshot(
        Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202),
        DeviceState(RACK, status=status, status_since=930.0),
        channels,
    )


def charger(*bays: Bay, status: DeviceStatus = DeviceStatus.ONLINE) -> DeviceSnapshot:
    where = Device(CHARGER, "shure", "shure-strings", "10.0.0.2", 2202)
    return DeviceSnapshot(where, DeviceState(CHARGER, status=status, status_since=930.0, bays=bays))


def judge(before: ProblemStarts, now: float, *devices: DeviceSnapshot) -> Judgement:
    states = {state.ref: state for device in devices for state in device.channels}
    return judge_problems(states, {device.device.id: device for device in devices}, now, before)


def stored(*keys: ProblemKey) -> ProblemStarts:
    return ProblemStarts().recall([ProblemStart(key, 400.0, 990.0) for key in keys], 1000.0)


def is_waiting(before: ProblemStarts, *devices: DeviceSnapshot) -> bool:
    """Whether what was stored may still be there after all that is heard of ``devices`` in seven seconds."""
    starts = judge(before, 1001.0, *devices).starts
    assert not starts.open.keys() & before.gone.keys()
    return bool(judge(starts, 1008.0, *devices).starts.gone)


def test_problems_of_channels_and_devices_have_their_own_starts() -> None:
    judgement = judge(
        ProblemStarts(), 1000.0, rack(LOW), charger(Bay(1), Bay(2, BayState.FAULT, error="Too warm"))
    )
    assert judgement.problems == {LOW.ref: (ProblemCode.BATTERY_LOW,)}
    (fault,) = judgement.device_problems[CHARGER]
    assert judgement.since(LOW.ref, ProblemCode.BATTERY_LOW) == 1000.0
    assert judgement.device_since(CHARGER, fault) == 1000.0
    assert judgement.starts.open.keys() == {BATTERY, ProblemKey(CHARGER, None, ProblemCode.CHARGER_FAULT, 2)}


def test_a_channel_is_lost_as_long_as_its_link_says_so() -> None:
    lost = replace(LOW, number=2, link_state=LinkState.RF_LOST, link_since=950.0)
    judgement = judge(ProblemStarts(), 1000.0, rack(LOW, lost))
    assert [judgement.lost_since(ref) for ref in (LOW.ref, lost.ref, ChannelRef(RACK, 9))] == [
        None,
        950.0,
        None,
    ]


def test_what_was_stored_is_found_with_its_start() -> None:
    before = judge(stored(BATTERY), 1001.0, rack(AWAY, status=DeviceStatus.UNKNOWN)).starts
    assert judge(before, 1030.0, rack(LOW)).since(LOW.ref, ProblemCode.BATTERY_LOW) == 400.0


@pytest.mark.parametrize("link", [LinkState.UNKNOWN, LinkState.OFFLINE, LinkState.REFUSED])
def test_a_channel_that_is_not_heard_has_not_lost_its_problem(link: LinkState) -> None:
    assert is_waiting(stored(BATTERY), rack(replace(AWAY, link_state=link)))


@pytest.mark.parametrize(
    "link", [LinkState.LIVE, LinkState.MUTED, LinkState.RF_LOST, LinkState.TRANSMITTER_OFF]
)
def test_a_channel_that_is_heard_without_it_has(link: LinkState) -> None:
    assert not is_waiting(stored(BATTERY), rack(replace(FINE, link_state=link)))


def test_a_channel_that_never_reports_a_carrier_is_heard_by_what_it_reports() -> None:
    clip = ProblemKey(RACK, 1, ProblemCode.AUDIO_CLIP)
    assert is_waiting(stored(clip), rack(AWAY))
    assert not is_waiting(stored(clip), rack(replace(AWAY, observed_at=1000.5)))


def test_a_battery_that_is_not_known_yet_is_not_known_to_be_better() -> None:
    unknown = replace(FINE, facts=replace(FINE.facts, transmitter=Transmitter(battery=NO_BATTERY)))
    assert is_waiting(stored(BATTERY), rack(unknown))
    assert not is_waiting(stored(ProblemKey(RACK, 1, ProblemCode.RF_LOW)), rack(unknown))


def test_a_problem_of_a_channel_or_device_that_is_gone_has_ended() -> None:
    assert not is_waiting(stored(BATTERY), rack())
    assert not is_waiting(stored(ProblemKey(CHARGER, None, ProblemCode.CHARGER_FAULT, 1)), rack())


def test_that_a_device_cannot_be_read_is_over_with_any_other_status() -> None:
    of_channel, of_device = (ProblemKey(RACK, number, ProblemCode.OFFLINE) for number in (1, None))
    assert is_waiting(stored(of_channel), rack(AWAY, status=DeviceStatus.UNKNOWN))
    assert not is_waiting(stored(of_channel), rack(replace(FINE, link_state=LinkState.REFUSED)))
    assert is_waiting(stored(of_device), rack(status=DeviceStatus.UNKNOWN))
    assert not is_waiting(stored(of_device), rack(status=DeviceStatus.ONLINE))


def test_a_conflict_may_last_as_long_as_any_device_is_awaited() -> None:
    twice = ProblemKey(RACK, 1, ProblemCode.SAME_FREQUENCY)
    assert is_waiting(stored(twice), rack(FINE), charger(status=DeviceStatus.UNKNOWN))
    assert not is_waiting(stored(twice), rack(FINE), charger(status=DeviceStatus.OFFLINE))


def test_a_bay_is_heard_by_itself() -> None:
    fault = ProblemKey(CHARGER, None, ProblemCode.CHARGER_FAULT, 2)
    assert is_waiting(stored(fault), charger())
    assert is_waiting(stored(fault), charger(Bay(1, BayState.READY), Bay(2)))
    assert is_waiting(stored(fault), charger(Bay(2, BayState.READY), status=DeviceStatus.OFFLINE))
    assert not is_waiting(stored(fault), charger(Bay(1), Bay(2, BayState.READY)))
    assert not is_waiting(stored(fault), charger(Bay(1)))
    assert not is_waiting(stored(ProblemKey(CHARGER, None, ProblemCode.RECEIVER_FAULT)), charger())


def test_a_performer_on_a_missing_channel_lasts_on() -> None:
    planned = Assignment(ChannelRef(RACK, 5), Performer(PerformerId("zoe"), "Zoe"))
    device = replace(rack(FINE), assignments_without_channel=(planned,))
    key = ProblemKey(RACK, None, ProblemCode.CHANNEL_MISSING, 5)
    judgement = judge(stored(key), 1001.0, device)
    (problem,) = judgement.device_problems[RACK]
    assert judgement.device_since(RACK, problem) == 400.0
    assert not is_waiting(stored(key), rack(FINE))
