from dataclasses import replace

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.arrange.filter import (
    ASSIGNED,
    BELOW,
    FREE,
    LOW_BATTERY,
    PROBLEMS,
    UNKNOWN_BATTERY,
    Choice,
    Kind,
    Tick,
    offered,
)
from tests.tui.theatre import FACTS, METERS, PACK, device

LIVE = ChannelState(device(2).id, 1, link_state=LinkState.LIVE, facts=FACTS, meters=METERS)
OFF = ChannelState(device(2).id, 2, link_state=LinkState.TRANSMITTER_OFF)
HERE = DeviceSnapshot(device(2), DeviceState(device(2).id), (LIVE, OFF), "Main Stage")
NOWHERE = DeviceSnapshot(device(3, None), DeviceState(device(3).id))
ON_STATE = Tick(Kind.STATE, "live")
AT_STAGE = Tick(Kind.LOCATION, "Main Stage")


def only(*ticks: Tick) -> Choice:
    return Choice(frozenset(ticks))


def with_battery(battery: Battery) -> ChannelState:
    return replace(LIVE, facts=replace(FACTS, transmitter=replace(PACK, battery=battery)))


def test_nothing_ticked_is_everything() -> None:
    assert Choice().keeps(OFF, NOWHERE, ())
    assert Choice().words == ""


def test_ticks_of_one_kind_add_up() -> None:
    either = only(ON_STATE, Tick(Kind.STATE, "transmitter_off"))
    assert either.keeps(LIVE, HERE, ())
    assert either.keeps(OFF, HERE, ())
    assert not either.keeps(replace(OFF, link_state=LinkState.MUTED), HERE, ())


def test_kinds_narrow_each_other_down() -> None:
    both = only(ON_STATE, AT_STAGE)
    assert both.keeps(LIVE, HERE, ())
    assert not both.keeps(LIVE, NOWHERE, ())
    assert not both.keeps(OFF, HERE, ())


def test_problems_are_a_state_of_their_own() -> None:
    assert only(Tick(Kind.STATE, PROBLEMS)).keeps(LIVE, HERE, (ProblemCode.RF_LOW,))
    assert not only(Tick(Kind.STATE, PROBLEMS)).keeps(LIVE, HERE, ())


def test_an_unknown_battery_is_neither_low_nor_fine() -> None:
    assert only(LOW_BATTERY).keeps(with_battery(Battery(9)), HERE, ())
    assert only(LOW_BATTERY).keeps(with_battery(Battery(minutes=20)), HERE, ())
    assert not only(LOW_BATTERY).keeps(with_battery(Battery(90)), HERE, ())
    assert not only(LOW_BATTERY).keeps(with_battery(NO_BATTERY), HERE, ())
    assert not only(LOW_BATTERY, UNKNOWN_BATTERY).keeps(OFF, HERE, ())
    assert only(UNKNOWN_BATTERY).keeps(with_battery(NO_BATTERY), HERE, ())


def test_the_filter_offers_what_there_is_and_keeps_what_is_ticked() -> None:
    gone = Tick(Kind.LOCATION, "[b]Gone[/]")
    lines = offered([(LIVE, HERE, (ProblemCode.RF_LOW,)), (OFF, NOWHERE, ())], only(gone))
    assert [(tick.words, count) for tick, count in lines] == [
        *(("live", 1), ("problems", 1), ("off", 1), ("not assigned", 2), ("battery low", 0)),
        *(("no location", 1), ("Main Stage", 1), ("[b]Gone[/]", 0), ("shure", 2)),
    ]


def test_a_charge_below_a_limit_is_only_one_that_is_known() -> None:
    below = {
        percent for percent, tick in BELOW.items() if only(tick).keeps(with_battery(Battery(49)), HERE, ())
    }
    assert below == {50, 75}
    assert not any(only(tick).keeps(with_battery(NO_BATTERY), HERE, ()) for tick in BELOW.values())
    assert only(BELOW[25]).keeps(with_battery(Battery(bars=1)), HERE, ())


def test_only_those_that_somebody_has() -> None:
    given = replace(LIVE, assignment=Assignment(LIVE.ref, Performer(PerformerId("1"), "Ada")))
    assert only(ASSIGNED).keeps(given, HERE, ())
    assert not only(ASSIGNED).keeps(LIVE, HERE, ())
    assert only(FREE).keeps(replace(given, assignment=Assignment(LIVE.ref)), HERE, ())


def test_what_is_expected_to_be_off_is_off() -> None:
    lost = replace(OFF, link_state=LinkState.RF_LOST, assignment=Assignment(OFF.ref, expected_off=True))
    assert only(Tick(Kind.STATE, "transmitter_off")).keeps(lost, HERE, ())
    assert not only(Tick(Kind.STATE, "rf_lost")).keeps(lost, HERE, ())


def test_the_header_says_what_is_ticked() -> None:
    assert only(AT_STAGE, ON_STATE, LOW_BATTERY).words == "battery low, Main Stage, live"
