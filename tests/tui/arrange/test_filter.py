from dataclasses import replace

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
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
    ChannelFilter,
    Criterion,
    CriterionKind,
    count_criteria,
)
from tests.tui.scripted_rig import FACTS, METERS, PACK, device

LIVE = ChannelState(device(2).id, 1, link_state=LinkState.LIVE, facts=FACTS, meters=METERS)
OFF = ChannelState(device(2).id, 2, link_state=LinkState.TRANSMITTER_OFF)
HERE = DeviceSnapshot(device(2), DeviceState(device(2).id), (LIVE, OFF), "Main Stage")
NOWHERE = DeviceSnapshot(device(3, None), DeviceState(device(3).id))
ON_STATE = Criterion(CriterionKind.STATE, "live")
AT_STAGE = Criterion(CriterionKind.LOCATION, "Main Stage")


def only(*criteria: Criterion) -> ChannelFilter:
    return ChannelFilter(frozenset(criteria))


def with_battery(battery: Battery) -> ChannelState:
    return replace(LIVE, facts=replace(FACTS, transmitter=replace(PACK, battery=battery)))


def test_nothing_ticked_is_everything() -> None:
    assert ChannelFilter().matches(OFF, NOWHERE, ())
    assert ChannelFilter().description == ""


def test_ticks_of_one_kind_add_up() -> None:
    either = only(ON_STATE, Criterion(CriterionKind.STATE, "transmitter_off"))
    assert either.matches(LIVE, HERE, ())
    assert either.matches(OFF, HERE, ())
    assert not either.matches(replace(OFF, link_state=LinkState.MUTED), HERE, ())


def test_kinds_narrow_each_other_down() -> None:
    both = only(ON_STATE, AT_STAGE)
    assert both.matches(LIVE, HERE, ())
    assert not both.matches(LIVE, NOWHERE, ())
    assert not both.matches(OFF, HERE, ())


def test_problems_are_a_state_of_their_own() -> None:
    assert only(Criterion(CriterionKind.STATE, PROBLEMS)).matches(LIVE, HERE, (ProblemCode.RF_LOW,))
    assert not only(Criterion(CriterionKind.STATE, PROBLEMS)).matches(LIVE, HERE, ())


def test_an_unknown_battery_is_neither_low_nor_fine() -> None:
    assert only(LOW_BATTERY).matches(with_battery(Battery(9)), HERE, ())
    assert only(LOW_BATTERY).matches(with_battery(Battery(minutes=20)), HERE, ())
    assert not only(LOW_BATTERY).matches(with_battery(Battery(90)), HERE, ())
    assert not only(LOW_BATTERY).matches(with_battery(NO_BATTERY), HERE, ())
    assert not only(LOW_BATTERY, UNKNOWN_BATTERY).matches(OFF, HERE, ())
    assert only(UNKNOWN_BATTERY).matches(with_battery(NO_BATTERY), HERE, ())


def test_the_filter_offers_every_kind_and_keeps_what_is_ticked() -> None:
    gone = Criterion(CriterionKind.LOCATION, "[b]Gone[/]")
    channels = [(LIVE, HERE, (ProblemCode.RF_LOW,)), (OFF, NOWHERE, ())]
    charger = replace(NOWHERE, state=replace(NOWHERE.state, kind=DeviceKind.CHARGER))
    refused = replace(HERE, state=replace(HERE.state, status=DeviceStatus.REFUSED))
    lines = count_criteria(channels, [(charger, False), (refused, True)], only(gone))
    assert [(criterion.label, count) for criterion, count in lines] == [
        *(("problems", 2), ("refused", 1), ("offline", 0), ("RF lost", 0), ("off", 1), ("muted", 0)),
        *(("docked", 0), ("live", 1), ("not heard", 1)),
        *(("microphones", 3), ("in-ears", 0), ("chargers", 1), ("assigned", 0), ("not assigned", 2)),
        *(("battery low", 0), ("battery below 25 %", 0), ("battery below 50 %", 0)),
        *(("battery below 75 %", 0), ("battery –", 0)),
        *(("[b]Gone[/]", 0), ("Main Stage", 2), ("no location", 2), ("Shure", 4)),
    ]


def test_a_charge_below_a_limit_is_only_one_that_is_known() -> None:
    below = {
        percent
        for percent, criterion in BELOW.items()
        if only(criterion).matches(with_battery(Battery(49)), HERE, ())
    }
    assert below == {50, 75}
    assert not any(
        only(criterion).matches(with_battery(NO_BATTERY), HERE, ()) for criterion in BELOW.values()
    )
    assert only(BELOW[25]).matches(with_battery(Battery(bars=1)), HERE, ())


def test_a_battery_that_the_device_warns_of_is_low() -> None:
    full = with_battery(Battery(percent=70))
    warned = replace(full, facts=replace(full.facts, device_warnings=frozenset({DeviceWarning.LOW_BATTERY})))
    assert not only(LOW_BATTERY).matches(full, HERE, ())
    assert only(LOW_BATTERY).matches(warned, HERE, ())


def test_only_those_that_somebody_has() -> None:
    given = replace(LIVE, assignment=Assignment(LIVE.ref, Performer(PerformerId("1"), "Ada")))
    assert only(ASSIGNED).matches(given, HERE, ())
    assert not only(ASSIGNED).matches(LIVE, HERE, ())
    assert only(FREE).matches(replace(given, assignment=Assignment(LIVE.ref)), HERE, ())


def test_what_is_expected_to_be_off_is_off() -> None:
    lost = replace(OFF, link_state=LinkState.RF_LOST, assignment=Assignment(OFF.ref, expected_off=True))
    assert only(Criterion(CriterionKind.STATE, "transmitter_off")).matches(lost, HERE, ())
    assert not only(Criterion(CriterionKind.STATE, "rf_lost")).matches(lost, HERE, ())


def test_the_header_says_what_is_ticked() -> None:
    assert only(AT_STAGE, ON_STATE, LOW_BATTERY).description == "battery low, Main Stage, live"


def test_in_ears_and_chargers_are_kinds_of_their_own() -> None:
    in_ear = replace(HERE, state=replace(HERE.state, kind=DeviceKind.IEM_TRANSMITTER))
    wanted = only(Criterion(CriterionKind.KIND, DeviceKind.IEM_TRANSMITTER.value))
    assert wanted.matches(LIVE, in_ear, ())
    assert not wanted.matches(LIVE, HERE, ())


def test_the_line_of_a_device_has_a_state_but_no_battery_and_no_performer() -> None:
    refused = replace(NOWHERE, state=replace(NOWHERE.state, status=DeviceStatus.REFUSED))
    assert ChannelFilter().matches_device(NOWHERE, has_problem=False)
    assert only(Criterion(CriterionKind.STATE, "refused")).matches_device(refused, has_problem=True)
    assert only(Criterion(CriterionKind.STATE, PROBLEMS)).matches_device(HERE, has_problem=True)
    assert not only(Criterion(CriterionKind.STATE, PROBLEMS)).matches_device(HERE, has_problem=False)
    for criterion in (LOW_BATTERY, UNKNOWN_BATTERY, ASSIGNED, FREE):
        assert not only(criterion).matches_device(HERE, has_problem=True)
    assert only(AT_STAGE).matches_device(HERE, has_problem=False)
