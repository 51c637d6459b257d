"""What is wrong with a channel, and in which order."""

from dataclasses import replace

import pytest

from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.battery import Battery, BatteryLevel, MinutesNote
from micboard_tui.domain.channel import (
    ChannelFacts,
    ChannelState,
    DeviceWarning,
    Encryption,
    Meters,
    Transmitter,
)
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, Severity, find_problems, judge_battery
from micboard_tui.domain.thresholds import BatteryThresholds, Thresholds

NOW = 1000.0
FINE = ChannelState(
    DeviceId("rack"),
    1,
    link_state=LinkState.LIVE,
    facts=ChannelFacts(transmitter=Transmitter(battery=Battery(percent=90, bars=5, minutes=500))),
    meters=Meters(rf_dbm=-50.0, quality_percent=100),
    audio_peak_dbfs=-20.0,
    observed_at=NOW,
    expected_period_s=0.1,
)


def worn(battery: Battery) -> ChannelState:
    return replace(FINE, facts=ChannelFacts(transmitter=Transmitter(battery=battery)))


def test_a_channel_that_works_has_no_problem() -> None:
    assert find_problems(FINE, NOW) == ()


def test_unknown_is_no_problem_of_its_own_and_is_not_judged() -> None:
    assert find_problems(ChannelState(DeviceId("rack"), 1), NOW) == ()
    assert find_problems(worn(Battery()), NOW) == ()
    assert find_problems(replace(FINE, meters=Meters(), audio_peak_dbfs=None), NOW) == ()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (worn(Battery(minutes=14)), ProblemCode.BATTERY_CRITICAL),
        (worn(Battery(minutes=29)), ProblemCode.BATTERY_LOW),
        (worn(Battery(minutes_note=MinutesNote.CONTACT_WARNING)), ProblemCode.BATTERY_CONTACT),
        (replace(FINE, meters=Meters(rf_dbm=-95.5)), ProblemCode.RF_CRITICAL),
        (replace(FINE, meters=Meters(rf_dbm=-95.0)), ProblemCode.RF_LOW),
        (replace(FINE, meters=Meters(rf_dbm=-85.5)), ProblemCode.RF_LOW),
        (replace(FINE, meters=Meters(quality_percent=39)), ProblemCode.QUALITY_LOW),
        (replace(FINE, meters=Meters(overload=True)), ProblemCode.AUDIO_CLIP),
        (replace(FINE, audio_peak_dbfs=-0.5), ProblemCode.AUDIO_CLIP),
        (replace(FINE, observed_at=NOW - 2.2), ProblemCode.STALE),
        (replace(FINE, facts=ChannelFacts(interference=True)), ProblemCode.INTERFERENCE),
        (
            replace(FINE, facts=ChannelFacts(encryption=Encryption.MISMATCH)),
            ProblemCode.ENCRYPTION_MISMATCH,
        ),
        (replace(FINE, link_state=LinkState.RF_LOST), ProblemCode.RF_LOST),
        (replace(FINE, link_state=LinkState.OFFLINE), ProblemCode.OFFLINE),
        (replace(FINE, link_state=LinkState.REFUSED), ProblemCode.REFUSED),
    ],
)
def test_each_problem_is_found(state: ChannelState, code: ProblemCode) -> None:
    assert find_problems(state, NOW) == (code,)


@pytest.mark.parametrize(
    "state",
    [
        replace(FINE, meters=Meters(rf_dbm=-85.0)),
        replace(FINE, meters=Meters(quality_percent=40)),
        replace(FINE, audio_peak_dbfs=-0.6),
        worn(Battery(percent=21, bars=3, minutes=30, minutes_note=MinutesNote.CALCULATING)),
        replace(FINE, facts=ChannelFacts(encryption=Encryption.ON, interference=False)),
        replace(FINE, observed_at=NOW - 2.0),
    ],
)
def test_what_just_suffices_is_no_problem(state: ChannelState) -> None:
    assert find_problems(state, NOW) == ()


def test_a_device_that_does_not_answer_has_no_other_problem() -> None:
    gone = replace(worn(Battery(minutes=1)), link_state=LinkState.OFFLINE, observed_at=0.0)
    assert find_problems(gone, NOW) == (ProblemCode.OFFLINE,)


@pytest.mark.parametrize("link", [LinkState.TRANSMITTER_OFF, LinkState.UNKNOWN, LinkState.DOCKED])
def test_noise_without_a_transmitter_is_not_judged(link: LinkState) -> None:
    noise = replace(worn(Battery(minutes=1)), link_state=link, meters=Meters(rf_dbm=-110.0))
    assert find_problems(noise, NOW) == ()


def test_a_muted_pack_still_runs_its_battery_down() -> None:
    muted = replace(worn(Battery(minutes=1)), link_state=LinkState.MUTED)
    assert find_problems(muted, NOW) == (ProblemCode.BATTERY_CRITICAL,)


def test_the_worst_comes_first() -> None:
    bad = replace(
        worn(Battery(minutes=1, minutes_note=MinutesNote.CONTACT_WARNING)),
        meters=Meters(rf_dbm=-99.0, quality_percent=0, overload=True),
        observed_at=0.0,
    )
    found = find_problems(bad, NOW)
    assert found == (
        ProblemCode.BATTERY_CRITICAL,
        ProblemCode.RF_CRITICAL,
        ProblemCode.AUDIO_CLIP,
        ProblemCode.BATTERY_CONTACT,
        ProblemCode.STALE,
        ProblemCode.QUALITY_LOW,
    )
    assert [code.rank for code in found] == sorted(code.rank for code in found)


def test_a_channel_is_judged_by_its_own_thresholds() -> None:
    strict = Thresholds(rf_low_dbm=-40.0)
    assert find_problems(replace(FINE, thresholds=strict), NOW) == (ProblemCode.RF_LOW,)


def test_every_critical_problem_ranks_before_every_warning() -> None:
    critical = [code.rank for code in ProblemCode if code.severity is Severity.CRITICAL]
    warning = [code.rank for code in ProblemCode if code.severity is Severity.WARNING]
    assert max(critical) < min(warning)


@pytest.mark.parametrize(
    ("model", "name", "is_wrong"),
    [
        (None, None, False),
        ("ulxd2 ", "LEAD", False),
        ("ULXD1", None, True),
        (None, "Choir", True),
        ("ULXD2", "Choir", True),
    ],
)
def test_the_pack_is_to_be_the_planned_one(model: str | None, name: str | None, is_wrong: bool) -> None:
    ref = ChannelRef(FINE.device_id, FINE.number)
    planned = Assignment(ref, planned_model=model, planned_pack=name)
    pack = Transmitter("ULXD2", "Lead", battery=Battery(percent=90))
    state = replace(FINE, facts=ChannelFacts(transmitter=pack), assignment=planned)
    assert find_problems(state, NOW) == ((ProblemCode.WRONG_PACK,) if is_wrong else ())
    # What a pack does not tell is not wrong, and neither is one that is not there.
    for facts in (ChannelFacts(transmitter=Transmitter(battery=pack.battery)), ChannelFacts()):
        assert find_problems(replace(state, facts=facts), NOW) == ()


@pytest.mark.parametrize(
    ("planned", "name", "serial", "wrong"),
    [
        ("Pack 7", "pack 7", None, False),
        ("Pack 7", "Pack 8", None, True),
        ("Pack 7", None, "0001234567", False),
        ("6241406927", "Pack 8", None, False),
        ("6241406927", "Pack 8", "6241406927", False),
        ("6241406927", None, "0823220955", True),
        ("12", "13", None, True),
        ("12345", "Pack 8", None, True),
        ("123456", "Pack 8", None, False),
        ("123456", None, "654321", True),
    ],
)
def test_a_pack_is_planned_by_name_or_by_serial_number(
    planned: str, name: str | None, serial: str | None, wrong: bool
) -> None:
    pack = Transmitter("SK", name, serial=serial)
    said = Assignment(FINE.ref, None, Role.PRIMARY, planned_pack=planned)
    state = replace(FINE, assignment=said, facts=replace(FINE.facts, transmitter=pack))
    assert (ProblemCode.WRONG_PACK in find_problems(state, NOW)) is wrong


def test_facts_are_judged_anew_by_other_thresholds() -> None:
    state = worn(Battery(minutes=20))
    strict = Thresholds(battery=BatteryThresholds(critical_minutes=25))
    lax = Thresholds(battery=BatteryThresholds(low_minutes=20))
    for _ in range(2):
        assert find_problems(state, NOW) == (ProblemCode.BATTERY_LOW,)
        assert find_problems(replace(state, thresholds=strict), NOW) == (ProblemCode.BATTERY_CRITICAL,)
        assert find_problems(replace(state, thresholds=lax), NOW) == ()


@pytest.mark.no_cover
def test_any_number_of_channels_is_judged_once_a_change() -> None:
    states = [replace(worn(Battery(minutes=20)), number=number) for number in range(5000)]
    for state in states:
        assert find_problems(state, NOW) == (ProblemCode.BATTERY_LOW,)
    judgements = [state.facts.judgement for state in states]
    for state in states:
        find_problems(state, NOW)
    assert all(
        state.facts.judgement is judgement for state, judgement in zip(states, judgements, strict=True)
    )


def test_a_judgement_is_no_part_of_the_facts() -> None:
    judged, fresh = worn(Battery(minutes=20)).facts, worn(Battery(minutes=20)).facts
    find_problems(replace(FINE, facts=judged), NOW)
    assert judged == fresh
    assert repr(judged) == repr(fresh)
    assert find_problems(replace(FINE, facts=replace(judged, transmitter=None)), NOW) == ()


@pytest.mark.parametrize(
    ("percent", "codes"),
    [
        (9, (ProblemCode.RF_CRITICAL,)),
        (10, (ProblemCode.RF_LOW,)),
        (19, (ProblemCode.RF_LOW,)),
        (20, ()),
    ],
)
def test_rf_in_percent_is_judged_by_its_stronger_antenna(
    percent: int, codes: tuple[ProblemCode, ...]
) -> None:
    state = replace(FINE, meters=Meters(rf_a_percent=percent, rf_b_percent=3))
    assert find_problems(state, NOW) == codes


def warned(*warnings: DeviceWarning, state: ChannelState = FINE) -> ChannelState:
    return replace(state, facts=replace(state.facts, device_warnings=frozenset(warnings)))


@pytest.mark.parametrize(
    ("warning", "code"),
    [
        (DeviceWarning.LOW_BATTERY, ProblemCode.BATTERY_LOW),
        (DeviceWarning.LOW_SIGNAL, ProblemCode.RF_LOW),
        (DeviceWarning.RF_OVERLOAD, ProblemCode.RF_OVERLOAD),
        (DeviceWarning.AUDIO_PEAK, ProblemCode.AUDIO_CLIP),
        (DeviceWarning.CLOCK, ProblemCode.RECEIVER_FAULT),
        (DeviceWarning.ANTENNA, ProblemCode.RECEIVER_FAULT),
        (DeviceWarning.HARDWARE, ProblemCode.RECEIVER_FAULT),
        (DeviceWarning.UNREGISTERED_PACK, ProblemCode.UNREGISTERED_PACK),
    ],
)
def test_what_the_device_warns_of_is_a_problem_whatever_its_values_say(
    warning: DeviceWarning, code: ProblemCode
) -> None:
    assert find_problems(warned(warning), NOW) == (code,)
    assert code.severity is Severity.WARNING


def test_a_warning_makes_nothing_better_and_nothing_twice() -> None:
    every = warned(*DeviceWarning, state=worn(Battery(minutes=14)))
    weak = replace(every, meters=Meters(rf_dbm=-99.0, overload=True, rf_overload=True))
    assert find_problems(weak, NOW) == (
        ProblemCode.BATTERY_CRITICAL,
        ProblemCode.RF_CRITICAL,
        ProblemCode.AUDIO_CLIP,
        ProblemCode.RF_OVERLOAD,
        ProblemCode.RECEIVER_FAULT,
        ProblemCode.UNREGISTERED_PACK,
    )


def test_an_overdriven_antenna_is_a_problem_while_a_pack_is_on_the_air() -> None:
    overdriven = replace(FINE, meters=FINE.meters._replace(rf_overload=True))
    assert find_problems(overdriven, NOW) == (ProblemCode.RF_OVERLOAD,)
    assert find_problems(replace(overdriven, link_state=LinkState.TRANSMITTER_OFF), NOW) == ()


def test_a_pack_that_is_off_has_no_low_battery_and_no_weak_signal() -> None:
    off = replace(
        warned(DeviceWarning.LOW_BATTERY, DeviceWarning.LOW_SIGNAL), link_state=LinkState.TRANSMITTER_OFF
    )
    assert find_problems(off, NOW) == ()


@pytest.mark.parametrize(
    ("battery", "level"),
    [
        (Battery(percent=70), BatteryLevel.LOW),
        (Battery(), BatteryLevel.LOW),
        (Battery(percent=10), BatteryLevel.CRITICAL),
    ],
)
def test_a_battery_that_the_device_warns_of_is_low_at_best(battery: Battery, level: BatteryLevel) -> None:
    assert judge_battery(warned(DeviceWarning.LOW_BATTERY, state=worn(battery))) is level


def test_clipping_that_a_server_reports_without_a_carrier_is_a_problem() -> None:
    state = ChannelState(DeviceId("d"), 1, link_state=LinkState.UNKNOWN, meters=Meters(overload=True))
    assert find_problems(state, 0.0) == (ProblemCode.AUDIO_CLIP,)
    assert find_problems(replace(state, link_state=LinkState.OFFLINE), 0.0) == (ProblemCode.OFFLINE,)
    assert find_problems(replace(state, meters=Meters()), 0.0) == ()
