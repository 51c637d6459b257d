from collections.abc import Sequence
from dataclasses import replace

import pytest

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import NO_FACTS, ChannelState, DeviceWarning
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.device_problem import find_device_problems
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.summary import (
    count_channels,
    device_cells,
    group_cells,
    open_problem_lines,
    worst_problem_cells,
)
from tests.tui.judging_watch import JudgingWatch
from tests.tui.scripted_rig import FACTS, METERS, PACK, device

RACK = device(2, name="Rack A")
FINE = ChannelState(
    RACK.id, 1, link_state=LinkState.LIVE, link_since=900.0, facts=FACTS, meters=METERS, observed_at=1000.0
)
LOST = replace(FINE, number=2, link_state=LinkState.RF_LOST, link_since=940.0)
NAMELESS = replace(LOST, facts=replace(FACTS, name=None))
EMPTY = replace(PACK, battery=Battery(19, 2, 28))
LOW = replace(FINE, number=3, facts=replace(FACTS, frequency_khz=486125, transmitter=EMPTY))


def text_of(cells: list[Cell]) -> str:
    return "".join(cell.text for cell in cells)


def test_a_charger_tells_what_needs_care_first_and_its_storage_mode() -> None:
    bays = (
        Bay(1, BayState.READY),
        Bay(2, BayState.IN_USE, battery=Battery(percent=4)),
        Bay(3, BayState.STORED),
        Bay(4, BayState.IN_USE, battery=Battery(percent=90)),
    )
    status = DeviceStatus.ONLINE
    state = DeviceState(RACK.id, status=status, kind=DeviceKind.CHARGER, bays=bays, storage_mode=True)
    text = text_of(line_of(DeviceSnapshot(RACK, state)))
    tally = text.split("Rack A", 1)[1]
    assert " ".join(tally.split()) == "1 critical 1 ready 1 stored 1 in use storage mode"


def test_a_charger_tells_what_it_warns_of() -> None:
    state = DeviceState(
        RACK.id,
        status=DeviceStatus.ONLINE,
        kind=DeviceKind.CHARGER,
        bays=(Bay(1, BayState.READY),),
        device_warnings=frozenset({DeviceWarning.FAN, DeviceWarning.TEMPERATURE}),
    )
    snapshot = DeviceSnapshot(RACK, state)
    cells = line_of(snapshot)
    assert (cells[-1].text, cells[-1].tone) == ("  Fan fails, Too hot", "warning")
    (line,) = first_line([snapshot])
    assert line == Cell(" Fan fails, Too hot: Rack A – keep it cool, have it repaired", "warning")
    (short,) = first_line([snapshot], width=30)
    assert short.text == " Fan fails, Too hot: Rack A"
    gone = DeviceSnapshot(RACK, replace(state, status=DeviceStatus.OFFLINE))
    assert "Fan" not in text_of(first_line([gone]))


def test_what_a_device_warns_of_comes_after_what_is_critical_and_before_what_is_low() -> None:
    state = DeviceState(RACK.id, status=DeviceStatus.ONLINE, device_warnings=frozenset({DeviceWarning.FAN}))
    for channel, first in ((LOST, "RF lost"), (LOW, "Fan fails")):
        devices = [DeviceSnapshot(RACK, state, (channel,))]
        line = text_of(first_line(devices, channel))
        assert line.strip().startswith(first)


def line_of(device: DeviceSnapshot, width: int = 1000) -> list[Cell]:
    return device_cells(device, find_device_problems(device), 1000.0, "n", width)


def first_line(devices: Sequence[DeviceSnapshot], *states: ChannelState, width: int = 1000) -> list[Cell]:
    watch = JudgingWatch()
    watch.judge(states, 1000.0, devices)
    return worst_problem_cells(watch.worst, devices, states, 1000.0, "n", width)


def device_of(*states: ChannelState) -> DeviceSnapshot:
    return DeviceSnapshot(RACK, DeviceState(RACK.id), states)


def charger(*states: BayState) -> DeviceSnapshot:
    bays = tuple(Bay(number, state) for number, state in enumerate(states, 1))
    state = DeviceState(RACK.id, status=DeviceStatus.ONLINE, kind=DeviceKind.CHARGER, bays=bays)
    return DeviceSnapshot(RACK, state)


def test_the_worst_problem_says_what_since_when_who_where_and_what_to_do() -> None:
    states = [FINE, LOW, LOST]
    line = text_of(first_line([device_of(*states)], *states))
    assert line == " RF lost 1m: Lead Vox, Rack A/2 – check pack and antenna"


def test_counts_use_words_where_there_is_room_and_letters_else() -> None:
    watch = JudgingWatch()
    states = [FINE, LOW, LOST, replace(FINE, number=4, link_state=LinkState.OFFLINE)]
    watch.judge(states, 1000.0)
    assert (
        text_of(count_channels(states, watch.problems).cells(80))
        == "4 ch  2 live  1 lost  1 offline  1 low batt"
    )
    assert text_of(count_channels(states, watch.problems).cells(40)) == "4 ch  2 live  1 lost  1X  1 low"
    assert text_of(count_channels([], watch.problems).cells(40)).startswith("0 ch")


def test_a_channel_whose_levels_are_overdue_counts_as_not_heard() -> None:
    late = replace(FINE, device_id=DeviceId("b"), facts=NO_FACTS, expected_period_s=0.1, meters_at=993.0)
    watch = JudgingWatch()
    watch.judge([FINE, late], 1000.0)
    assert text_of(count_channels([FINE, late], watch.problems).cells(80)).split("  ")[-1] == "1 not heard"
    assert text_of(group_cells([FINE, late], watch.problems)) == "Stale readings  2 ch  1 not heard"


def test_a_heading_counts_what_is_not_live() -> None:
    states = [FINE, FINE, LOST, replace(FINE, link_state=LinkState.MUTED)]
    assert text_of(group_cells(states, {})) == "4 ch  1 lost  1 muted"
    assert text_of(group_cells([FINE], {})) == "1 ch"


@pytest.mark.parametrize(
    ("devices", "tone", "words"),
    [
        ([], "dim", "No device is registered"),
        ([device_of()], "dim", "Waiting for data from 1 device"),
        ([device_of(), device_of()], "dim", "Waiting for data from 2 devices"),
        (
            [device_of(replace(FINE, link_state=LinkState.UNKNOWN, link_since=990.0))],
            "dim",
            "Waiting for data from 1 channel",
        ),
        (
            [
                device_of(
                    FINE,
                    replace(
                        FINE, number=2, link_state=LinkState.UNKNOWN, link_since=900.0, observed_at=999.0
                    ),
                )
            ],
            "dim",
            "No problem known; 1 channel does not report a carrier",
        ),
        ([charger(BayState.READY)], "live", "All is well"),
        ([device_of(FINE)], "live", "All is well"),
    ],
)
def test_nothing_is_well_before_everything_is_known(
    devices: list[DeviceSnapshot], tone: str, words: str
) -> None:
    states = [state for each in devices for state in each.channels]
    (cell,) = worst_problem_cells(None, devices, states, 1000.0, "n")
    assert cell.tone == tone
    assert cell.text == f" {words}"


def test_where_there_is_no_room_what_needs_nobody_goes_first() -> None:
    watch = JudgingWatch()
    off = replace(FINE, number=5, link_state=LinkState.TRANSMITTER_OFF)
    states = [FINE, LOST, replace(FINE, number=4, link_state=LinkState.OFFLINE), off]
    watch.judge(states, 10.0)
    for room, shown in ((30, "4 ch  1 live  1 lost  1X  1-"), (26, "4 ch  1 live  1 lost  1X")):
        assert text_of(count_channels(states, watch.problems).cells(room)) == shown
    assert text_of(count_channels(states, watch.problems).cells(8)) == "4 ch  1 live  1 lost"


def unheard(status: DeviceStatus, fault: DeviceFault | None = None) -> DeviceSnapshot:
    return DeviceSnapshot(RACK, DeviceState(RACK.id, status=status, status_since=940.0, fault=fault))


def test_a_charger_counts_its_bays() -> None:
    line = text_of(line_of(charger(BayState.READY, BayState.FAULT, BayState.READY, BayState.EMPTY)))
    assert line.split() == ["Rack", "A", "2", "ready", "1", "fault", "1", "empty"]


def test_the_cure_of_a_device_is_not_cut_while_anything_else_can_be() -> None:
    refused = unheard(
        DeviceStatus.REFUSED, DeviceFault("DEVICE_REFUSED", "It does not", "Allow access on it")
    )
    lines = {
        47: "R Refused 1m: Rack A – Allow access on it",
        45: "R Refused 1m: Rack A – Allow access on it",
        44: "R Refused: Rack A – Allow access on it",
        41: "R Refused 1m: Rack A – allow access",
        38: "R Refused: Rack A – allow access",
    }
    for width, line in lines.items():
        assert text_of(line_of(refused, width - 1)).strip() == line


def test_a_receiver_that_was_never_heard_says_why_and_what_to_do() -> None:
    fault = DeviceFault("DEVICE_REFUSED", "It does not let us in", "Allow access on it")
    refused = unheard(DeviceStatus.REFUSED, fault)
    line = text_of(line_of(refused))
    assert line.strip() == "R Refused 1m: Rack A – Allow access on it"
    assert text_of(line_of(unheard(DeviceStatus.OFFLINE))).strip() == "X Offline 1m: Rack A"
    assert text_of(line_of(unheard(DeviceStatus.CONNECTING))).strip() == "? Rack A  not heard yet"

    for code, words in {
        "CREDENTIALS_NEEDED": "Password missing 1m: Rack A – enter it in Devices",
        "HOST_NOT_RESOLVED": "Host unknown 1m: Rack A – Allow access on it",
    }.items():
        device = unheard(DeviceStatus.REFUSED, replace(fault, code=code))
        assert text_of(line_of(device)).strip() == f"R {words}"
        assert text_of(first_line([device])) == f" {words}"

    assert text_of(first_line([refused], width=30)) == " Refused: Rack A – allow acce…"
    assert "Refused" in text_of(first_line([refused], LOW))
    assert "RF lost" in text_of(first_line([refused], LOST))


def test_as_long_as_no_device_is_known_there_may_be_some() -> None:
    assert (
        text_of(worst_problem_cells(None, None, [], 1000.0, "n"))
        == " Starting: which devices there are is not known yet"
    )
    assert text_of(worst_problem_cells(None, [], [], 1000.0, "n")) == " No device is registered"


def test_what_is_open_is_listed_as_far_as_there_is_room() -> None:
    def listed(height: int) -> list[str]:
        found = watch.open_problems({state.ref: state for state in states}, height)
        lines = open_problem_lines(found, lambda _: "Rack A", 1000.0, 30, height, "f7")
        return list(map(text_of, lines))

    watch = JudgingWatch()
    states = [FINE, LOW, LOST, *(replace(LOST, number=number) for number in range(4, 9))]
    watch.judge(states, 1000.0)
    assert listed(5) == [
        " 7 open",
        "  1m RF lost: Lead Vox          "[:30],
        "  1m RF lost: Lead Vox          "[:30],
        "  1m RF lost: Lead Vox          "[:30],
        "     4 more, press f7",
    ]
    assert listed(20)[-1].strip() == "0s Battery low: Lead Vox"
    assert listed(2) == []
    watch.judge([FINE], 1000.0)
    assert listed(20) == []


def test_a_channel_without_a_name_is_listed_by_its_device_and_number() -> None:
    watch = JudgingWatch()
    watch.judge([NAMELESS], 1000.0)
    found = watch.open_problems({NAMELESS.ref: NAMELESS}, 5)
    assert text_of(open_problem_lines(found, lambda _: "Rack A", 1000.0, 30, 5, "Tab")[1]).strip() == (
        f"1m RF lost: Rack A/{NAMELESS.number}"
    )


ZOE = Assignment(ChannelRef(RACK.id, 5), Performer(PerformerId("zoe"), "Zoe"))


def test_a_performer_on_a_channel_that_is_not_there_stands_on_the_line_of_the_device_and_on_top() -> None:
    states = tuple(replace(FINE, number=number) for number in range(1, 5))
    rack = DeviceSnapshot(RACK, DeviceState(RACK.id, status=DeviceStatus.ONLINE), states, None, (ZOE,))
    missing = "Rack A: Zoe is planned on channel 5, there are 4"
    line = f"{missing} \N{EN DASH} n takes them off"
    assert text_of(line_of(rack, 79)).strip() == f"! {line}"
    # The key is for the selected line, which the first line of the screen never is.
    top = text_of(first_line([rack], width=85)).strip()
    assert top == f"{missing} \N{EN DASH} n on its line takes them off"
    two = replace(rack, assignments_without_channel=(ZOE, replace(ZOE, channel=ChannelRef(RACK.id, 6))))
    assert text_of(line_of(two)).strip() == f"! {line} and 1 more"


def test_packs_in_use_and_faults_of_chargers_are_told_with_who_where_and_what_to_do() -> None:
    pack = Bay(3, BayState.IN_USE, pack_name="HH 3", battery=Battery(percent=4))
    broken = Bay(1, BayState.FAULT, error="Too warm")
    state = DeviceState(RACK.id, status=DeviceStatus.ONLINE, kind=DeviceKind.CHARGER, bays=(broken, pack))
    server = DeviceSnapshot(RACK, state)
    line = text_of(first_line([server])).strip()
    assert line == "Battery nearly empty 0s: HH 3, Rack A bay 3 \N{EN DASH} change it now"
    charger = DeviceSnapshot(RACK, replace(state, bays=(broken,)))
    line = text_of(first_line([charger], width=80)).strip()
    assert line == "Charger fault 0s: Too warm, Rack A bay 1 \N{EN DASH} reseat the pack, see Chargers"
    watch = JudgingWatch()
    watch.judge([LOW], 1000.0, [server])
    found = watch.open_problems({LOW.ref: LOW}, 9)
    lines = open_problem_lines(found, lambda _: "?", 1000.0, 40, 9, "Tab")
    assert [text_of(line).split(None, 1)[1].strip() for line in lines] == [
        "open",
        "Battery nearly empty: HH 3",
        "Battery low: Lead Vox",
        "Charger fault: Too warm",
    ]


def test_the_list_names_devices_that_refuse_warn_or_lack_a_channel() -> None:
    warned = DeviceState(RACK.id, status=DeviceStatus.ONLINE, device_warnings=frozenset({DeviceWarning.FAN}))
    rack = DeviceSnapshot(RACK, warned, (FINE,), None, (ZOE,))
    other = replace(unheard(DeviceStatus.REFUSED), device=device(3, name="Rack B"))
    watch = JudgingWatch()
    watch.judge([], 1000.0, [rack, other])
    found = watch.open_problems({}, 9)
    lines = open_problem_lines(found, lambda _: "?", 1000.0, 60, 9, "Tab")
    assert [text_of(line).split(None, 1)[1].strip() for line in lines] == [
        "open",
        "Refused: Rack B",
        "Fan fails: Rack A",
        "No such channel: Rack A/5 Zoe",
    ]
    assert text_of(line_of(rack)).strip() == (
        "! Fan fails: Rack A \N{EN DASH} keep it cool, have it repaired and 1 more"
    )
