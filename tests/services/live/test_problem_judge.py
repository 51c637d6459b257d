from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemStart
from micboard_tui.services.live.state import LiveState

RACK = Device(DeviceId("rack"), "shure", "shure-strings", "10.0.0.1", 2202)
REF = ChannelRef(RACK.id, 1)
HEARD = DeviceHeard(DeviceKind.RECEIVER, 1, "ULXD4", "Rack 1")
LOW = FactsHeard(
    1, ChannelFacts(transmitter_present=True, transmitter=Transmitter(battery=Battery(minutes=20)))
)
FULL = FactsHeard(
    1, ChannelFacts(transmitter_present=True, transmitter=Transmitter(battery=Battery(minutes=200)))
)
LIVE = MetersHeard(1, Meters(rf_dbm=-50.0, carrier=True))


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def make_live(now: float) -> tuple[LiveState, Clock]:
    clock = Clock(now)
    live = LiveState(clock)
    live.place([RACK], [])
    return live, clock


def test_who_asks_again_within_a_moment_gets_the_same_judgement() -> None:
    live, clock = make_live(1000.0)
    first = live.judge()
    live.take_observations(RACK.id, [HEARD, LOW, LIVE])
    clock.now += 0.9
    assert live.judge(1.0) is first
    assert live.judge().problems == {REF: (ProblemCode.BATTERY_LOW,)}
    live.take_observations(RACK.id, [FULL])
    clock.now += 1.0
    assert live.judge(1.0).problems == {}


def test_a_channel_that_comes_goes_or_changes_is_judged() -> None:
    live, clock = make_live(1000.0)
    assert live.judge().states == {}
    live.take_observations(RACK.id, [HEARD, LOW, LIVE])
    assert live.judge().problems == {REF: (ProblemCode.BATTERY_LOW,)}
    clock.now += 1.0
    live.status(RACK.id, DeviceStatus.OFFLINE)
    judgement = live.judge()
    assert judgement.problems == {REF: (ProblemCode.OFFLINE,)}
    assert judgement.devices[RACK.id].state.status is DeviceStatus.OFFLINE
    live.place([], [])
    assert live.judge().devices == {}


def test_the_next_program_knows_since_when_a_problem_lasts() -> None:
    before, clock = make_live(1000.0)
    before.take_observations(RACK.id, [HEARD, LOW, LIVE])
    before.judge()
    clock.now = 2000.0
    before.judge()
    stored = before.problems.unended()
    assert [(start.since, start.seen_at) for start in stored] == [(1000.0, 2000.0)]

    live, clock = make_live(2030.0)
    live.judge()
    live.recall(before.snapshot())
    live.problems.recall(stored)
    clock.now = 2060.0
    assert live.judge().problems == {}
    assert live.problems.unended() == stored
    live.take_observations(RACK.id, [HEARD, LOW, LIVE])
    assert live.judge().since(REF, ProblemCode.BATTERY_LOW) == 1000.0


def test_a_problem_of_a_device_out_of_reach_has_not_ended() -> None:
    live, clock = make_live(1000.0)
    live.take_observations(RACK.id, [HEARD, LOW, LIVE])
    live.judge()
    live.status(RACK.id, DeviceStatus.OFFLINE)
    clock.now = 1060.0
    assert live.judge().since(REF, ProblemCode.OFFLINE) == 1000.0
    live.take_observations(RACK.id, [LOW, LIVE])
    assert live.judge().since(REF, ProblemCode.BATTERY_LOW) == 1000.0


def test_ages_stay_right_when_the_clock_is_set() -> None:
    live, clock = make_live(100_000.0)
    live.take_observations(RACK.id, [HEARD, LOW, LIVE])
    live.judge()
    clock.now += 60.0 - 3600.0
    live.shift_clock(-3600.0)
    judgement = live.judge(1.0)
    assert clock.now - judgement.since(REF, ProblemCode.BATTERY_LOW) == 60.0
    # What was found before the stored problems were read has lasted, too.
    live.problems.recall([ProblemStart(key, 5000.0, clock.now) for key in judgement.starts.open])
    assert live.judge(1.0).since(REF, ProblemCode.BATTERY_LOW) == 5000.0
