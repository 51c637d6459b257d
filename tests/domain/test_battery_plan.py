"""The battery plan: levels, moments for a change, replacements and words."""

from dataclasses import replace
from typing import Any

import pytest

from micboard_tui.contracts.plan_texts import (
    describe_replacement,
    describe_swap,
    next_wearers,
    row_name,
    write_headline,
)
from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.battery_plan import BatteryPlan, PlanLevel, Replacement, make_plan
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot, DeviceState
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.local_time import format_time_of_day
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, ShowState
from micboard_tui.domain.swap_moment import Gap, find_gaps, find_swap_moment

NOW = 1_000_000.0
RACK, CHARGER = DeviceId("rack"), DeviceId("charger")
SHOW = Show("Romeo", breaks=(ShowBreak(60, 20), ShowBreak(120, 10)), end_min=180)
RUNNING = ShowProgress(SHOW, ShowState.RUNNING, started_at=NOW, position_at=NOW)


def channel(number: int, name: str, mic_number: str | None = None, **others: Any) -> ChannelState:  # noqa: ANN401 - fields by name
    performer = Performer(PerformerId(name), name)
    state = ChannelState(
        RACK,
        number,
        link_state=LinkState.LIVE,
        observed_at=NOW,
        facts=ChannelFacts(name=name, transmitter=Transmitter("ULXD2", battery=Battery(bars=3))),
        meters=Meters(rf_dbm=-50.0, audio_dbfs=-20.0),
        assignment=Assignment(ChannelRef(RACK, number), performer, mic_number=mic_number),
    )
    return replace(state, **others)


def spare(number: int, **others: Any) -> ChannelState:  # noqa: ANN401 - fields by name
    state = channel(number, "S2", **others)
    assignment = Assignment(state.ref, None, Role.SPARE)
    return replace(state, assignment=assignment, meters=Meters(rf_dbm=-50.0, audio_dbfs=-90.0))


def rig(*channels: ChannelState, bays: tuple[Bay, ...] = ()) -> list[DeviceSnapshot]:
    rack = Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202, "Rack 1")
    charger = Device(CHARGER, "shure", "shure-strings", "10.0.0.2", 2202, "Charger 1")
    return [
        DeviceSnapshot(rack, DeviceState(RACK), channels),
        DeviceSnapshot(charger, DeviceState(CHARGER, kind=DeviceKind.CHARGER, bays=bays)),
    ]


def lasts(minutes: float) -> BatteryForecast:
    return BatteryForecast(minutes, minutes + 10, minutes + 20, ForecastSource.BARS, Confidence.GOOD)


def plan(
    devices: list[DeviceSnapshot], *minutes: float | None, show: ShowProgress | None = RUNNING
) -> BatteryPlan:
    forecasts = {
        ChannelRef(RACK, number): lasts(left) for number, left in enumerate(minutes, 1) if left is not None
    }
    return make_plan(devices, forecasts, show, NOW)


def test_packs_are_judged_against_break_and_end_and_the_most_urgent_is_first() -> None:
    people = [channel(number, name) for number, name in enumerate(("A", "B", "C", "D", "E"), 1)]
    made = plan(rig(*people), 300, 10, 100, 50, None)
    assert [(row_name(row), row.level) for row in made.rows] == [
        ("B", PlanLevel.NOW),
        ("D", PlanLevel.IN_SHOW),
        ("C", PlanLevel.AT_BREAK),
        ("E", PlanLevel.UNKNOWN),
        ("A", PlanLevel.LASTS),
    ]
    by_name = {row_name(row): row for row in made.rows}
    assert by_name["B"].swap_by == NOW
    assert by_name["D"].swap_by == NOW + 35 * 60
    assert describe_swap(by_name["B"], NOW) == "now"
    assert describe_swap(by_name["D"], NOW) == f"before {format_time_of_day(NOW + 35 * 60)}"
    assert describe_swap(by_name["C"], NOW) == f"at the break, {format_time_of_day(NOW + 3600)}"
    assert describe_swap(by_name["A"], NOW) == ""
    assert (by_name["A"].margin, by_name["E"].margin) == (120.0, None)
    assert made.end_at == NOW + 180 * 60
    assert made.break_at == NOW + 3600


def test_what_is_off_or_meant_to_be_or_has_no_battery_is_not_planned() -> None:
    off = channel(1, "A", link_state=LinkState.TRANSMITTER_OFF)
    assigned = channel(2, "B").assignment
    assert assigned is not None
    silent = channel(2, "B", assignment=replace(assigned, expected_off=True))
    wired = channel(3, "C", facts=ChannelFacts(name="C"))
    lost = channel(4, "D", link_state=LinkState.RF_LOST)
    made = plan(rig(off, silent, wired, lost), 10, 10, None, 10)
    assert [row_name(row) for row in made.rows] == ["D"]


def test_without_a_show_the_shortest_is_first_and_nothing_is_urged() -> None:
    people = [channel(number, name) for number, name in enumerate(("A", "B", "C"), 1)]
    made = plan(rig(*people), 300, 100, None, show=None)
    assert [row_name(row) for row in made.rows] == ["B", "A", "C"]
    assert not made.has_show
    assert [row.level for row in made.rows] == [PlanLevel.NO_SHOW, PlanLevel.NO_SHOW, PlanLevel.UNKNOWN]
    assert all(row.swap_by is None for row in made.rows)
    assert write_headline(made, NOW) == "No show is on, so only the time left is known"


def test_what_is_out_of_service_needs_nothing_and_replaces_nothing() -> None:
    ready = replace(
        spare(2),
        facts=ChannelFacts(name="S2", transmitter=Transmitter("ULXD2", battery=Battery(bars=5))),
    )
    bay = Bay(4, BayState.READY)
    rack, charger = rig(channel(1, "A"), ready, bays=(bay,))
    stored = replace(
        rack, device=replace(rack.device, id=DeviceId("old"), host="10.0.0.3"), is_out_of_service=True
    )
    stored = replace(
        stored, channels=tuple(replace(state, device_id=DeviceId("old")) for state in rack.channels)
    )
    shelf = replace(rack, channels=rack.channels[:1])
    forecasts = {state.ref: lasts(20) for state in (*shelf.channels, *stored.channels[:1])}
    closed = make_plan([shelf, stored, replace(charger, is_out_of_service=True)], forecasts, RUNNING, NOW)
    assert [(row.state.ref, row.replacement) for row in closed.rows] == [(ChannelRef(RACK, 1), None)]
    back = make_plan([shelf, replace(stored, is_out_of_service=False), charger], forecasts, RUNNING, NOW)
    assert [describe_replacement(row.replacement) for row in back.rows if row.swap_by is not None] == [
        "S2",
        "Charger 1 bay 4",
    ]


def test_each_spare_and_each_full_bay_is_given_once() -> None:
    people = [channel(number, name) for number, name in enumerate(("A", "B", "C", "D"), 1)]
    full = Battery(percent=100)
    bays = (
        Bay(1, BayState.CHARGING, battery=Battery(percent=50)),
        Bay(2, BayState.READY, battery=Battery(percent=70)),
        Bay(3, BayState.READY, battery=full),
        Bay(4, BayState.READY),
    )
    docked = spare(5, link_state=LinkState.DOCKED, dock=Dock(CHARGER, "Charger 1", bays[2]))
    made = plan(rig(*people, docked, bays=bays), 20, 25, 30, 35)
    assert [describe_replacement(row.replacement) for row in made.rows] == [
        "S2 in Charger 1 bay 3, 100 %",
        "Charger 1 bay 4",
        "",
        "",
    ]
    live = spare(5)
    ready = replace(
        live,
        facts=ChannelFacts(name="S2", transmitter=Transmitter("ULXD2", battery=Battery(bars=5))),
        sound_at=None,
    )
    made = plan(rig(*people, ready), 20, 300, 300, 300, None)
    assert describe_replacement(made.rows[0].replacement) == "S2"
    assert describe_replacement(Replacement(replace(ready, assignment=None, facts=ChannelFacts()))) == (
        "channel 5"
    )


def test_the_headline_names_what_is_to_be_done_first() -> None:
    mercutio, tybalt = channel(1, "Mercutio", "7"), channel(2, "Tybalt")
    bay = Bay(3, BayState.READY, battery=Battery(percent=100))
    at = format_time_of_day(NOW + 35 * 60)
    assert write_headline(plan(rig(mercutio, tybalt, bays=(bay,)), 50, 300), NOW) == (
        f"Everything lasts, but 7 Mercutio: swap before {at}, Charger 1 bay 3 is full"
    )
    assert write_headline(plan(rig(mercutio, tybalt), 50, 55), NOW) == (
        f"Everything lasts, but 2 packs: first 7 Mercutio: swap before {at}, nothing is ready for it"
    )
    assert write_headline(plan(rig(mercutio, tybalt), 300, 300), NOW) == "Everything lasts to the end"
    assert write_headline(plan(rig(mercutio, tybalt), 300, None), NOW) == (
        "Everything lasts to the end; of 1 it is not known"
    )
    assert write_headline(plan(rig(mercutio), None), NOW) == "Of no pack it is known how long it lasts"
    assert write_headline(plan(rig()), NOW) == "No pack is on the air"


PLOT = MicPlot(
    tuple(PlotScene(str(number), "1", minutes=10) for number in range(1, 6)),
    (*(PlotEntry(scene, "7", "Mercutio") for scene in (0, 2, 3)), PlotEntry(4, "7", "Paris")),
)


def test_a_change_is_snapped_to_the_last_scene_without_the_mic() -> None:
    show = replace(RUNNING, show=replace(SHOW, plot=PLOT), scene=0, scene_started_at=NOW)
    gaps = find_gaps(show, "7", NOW)
    assert gaps[:2] == [Gap(NOW + 600, NOW + 1200), Gap(NOW + 3600, NOW + 4800)]
    assert gaps[2] == Gap(NOW + 7200, NOW + 7800)
    assert find_gaps(show, "8", NOW) == gaps[1:]
    made = make_plan(rig(channel(1, "Mercutio", "7")), {ChannelRef(RACK, 1): lasts(50)}, show, NOW)
    assert made.rows[0].swap_by == NOW + 1200 - 60
    assert next_wearers(made.rows[0]) == ["Paris"]


@pytest.mark.parametrize(
    ("safe_until", "gaps", "expected"),
    [
        (NOW + 1000, [], NOW + 1000),
        (NOW - 100, [], NOW),
        (NOW + 1000, [Gap(NOW + 100, NOW + 500)], NOW + 440),
        (NOW + 300, [Gap(NOW + 100, NOW + 500)], NOW + 300),
        (NOW + 50, [Gap(NOW + 100, NOW + 500)], NOW + 50),
        (NOW + 1000, [Gap(NOW + 100, NOW + 130)], NOW + 1000),
        (NOW + 1000, [Gap(NOW - 100, NOW + 30)], NOW + 1000),
        (NOW + 1000, [Gap(NOW + 100, NOW + 200), Gap(NOW + 700, NOW + 800)], NOW + 740),
    ],
)
def test_the_latest_moment_lies_in_a_gap_and_not_in_the_past(
    safe_until: float, gaps: list[Gap], expected: float
) -> None:
    assert find_swap_moment(safe_until, gaps, NOW) == expected


def test_in_a_break_the_break_is_a_gap() -> None:
    in_break = ShowProgress(
        SHOW,
        ShowState.BREAK,
        started_at=NOW - 3600,
        position_min=80,
        position_at=NOW,
        breaks_taken=1,
        is_break_planned=True,
    )
    assert find_gaps(in_break, None, NOW)[0] == Gap(NOW, NOW + 1200)
