from collections.abc import Sequence
from dataclasses import replace

import pytest

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import NO_FACTS, ChannelState, DeviceWarning
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.arrange.problem_watch import OpenProblem, ProblemWatch
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.summary import (
    count_cells,
    device_cells,
    group_cells,
    open_problem_lines,
    worst_problem_cells,
)
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
    text = text_of(device_cells(DeviceSnapshot(RACK, state), 1000.0))
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
    cells = device_cells(snapshot, 1000.0)
    assert (cells[-1].text, cells[-1].tone) == ("  Fan fails, Too hot", "warning")
    (line,) = worst_problem_cells(None, [snapshot], [], 1000.0)
    assert line == Cell(" Fan fails, Too hot: Rack A – keep it cool, have it repaired", "warning")
    (short,) = worst_problem_cells(None, [snapshot], [], 1000.0, 30)
    assert short.text == " Fan fails, Too hot: Rack A"
    gone = DeviceSnapshot(RACK, replace(state, status=DeviceStatus.OFFLINE))
    assert "Fan" not in text_of(worst_problem_cells(None, [gone], [], 1000.0))


def test_what_a_device_warns_of_comes_after_what_is_critical_and_before_what_is_low() -> None:
    state = DeviceState(RACK.id, status=DeviceStatus.ONLINE, device_warnings=frozenset({DeviceWarning.FAN}))
    for channel, first in ((LOST, "RF lost"), (LOW, "Fan fails")):
        devices = [DeviceSnapshot(RACK, state, (channel,))]
        line = text_of(worst_problem_cells(worst_of(channel), devices, [channel], 1000.0))
        assert line.strip().startswith(first)


def worst_of(*states: ChannelState) -> OpenProblem | None:
    watch = ProblemWatch()
    watch.judge(states, 1000.0)
    return watch.worst


def device_of(*states: ChannelState) -> DeviceSnapshot:
    return DeviceSnapshot(RACK, DeviceState(RACK.id), states)


def charger(*states: BayState) -> DeviceSnapshot:
    bays = tuple(Bay(number, state) for number, state in enumerate(states, 1))
    state = DeviceState(RACK.id, status=DeviceStatus.ONLINE, kind=DeviceKind.CHARGER, bays=bays)
    return DeviceSnapshot(RACK, state)


def test_the_worst_problem_says_what_since_when_who_where_and_what_to_do() -> None:
    states = [FINE, LOW, LOST]
    worst = worst_of(*states)
    line = text_of(worst_problem_cells(worst, [device_of(*states)], states, 1000.0))
    assert line == " RF lost 1m: Lead Vox, Rack A/2 – check pack and antenna"


def test_counts_use_words_where_there_is_room_and_letters_else() -> None:
    watch = ProblemWatch()
    states = [FINE, LOW, LOST, replace(FINE, number=4, link_state=LinkState.OFFLINE)]
    watch.judge(states, 1000.0)
    assert text_of(count_cells(states, watch.problems, 80)) == "4 ch  2 live  1 lost  1 offline  1 low batt"
    assert text_of(count_cells(states, watch.problems, 40)) == "4 ch  2 live  1L  1X  1 low"
    assert text_of(count_cells([], watch.problems, 40)).startswith("0 ch")


def test_a_channel_whose_levels_are_overdue_counts_as_not_heard() -> None:
    late = replace(FINE, device_id=DeviceId("b"), facts=NO_FACTS, expected_period_s=0.1, meters_at=993.0)
    watch = ProblemWatch()
    watch.judge([FINE, late], 1000.0)
    assert text_of(count_cells([FINE, late], watch.problems, 80)) == "2 ch  1 live  1 not heard"
    assert text_of(group_cells([FINE, late], watch.problems)) == "Stale readings  2 ch  1 not heard"


def test_a_heading_counts_what_is_not_live() -> None:
    states = [FINE, FINE, LOST, replace(FINE, link_state=LinkState.MUTED)]
    assert text_of(group_cells(states, {})) == "4 ch  1 muted  1 lost"
    assert text_of(group_cells([FINE], {})) == "1 ch"


@pytest.mark.parametrize(
    ("devices", "tone", "words"),
    [
        ([], "dim", "No device is registered"),
        ([device_of()], "dim", "Waiting for data from 1 device"),
        ([device_of(), device_of()], "dim", "Waiting for data from 2 devices"),
        ([device_of(replace(FINE, link_state=LinkState.UNKNOWN))], "dim", "Waiting for data from 1 channel"),
        ([charger(BayState.READY)], "live", "All is well"),
        ([device_of(FINE)], "live", "All is well"),
    ],
)
def test_nothing_is_well_before_everything_is_known(
    devices: list[DeviceSnapshot], tone: str, words: str
) -> None:
    states = [state for each in devices for state in each.channels]
    (cell,) = worst_problem_cells(None, devices, states, 1000.0)
    assert cell.tone == tone
    assert cell.text == f" {words}"


def test_where_there_is_no_room_what_needs_nobody_goes_first() -> None:
    watch = ProblemWatch()
    states = [FINE, LOST, replace(FINE, number=4, link_state=LinkState.OFFLINE)]
    watch.judge(states, 10.0)
    assert text_of(count_cells(states, watch.problems, 8)) == "  1L  1X"


def unheard(status: DeviceStatus, fault: DeviceFault | None = None) -> DeviceSnapshot:
    return DeviceSnapshot(RACK, DeviceState(RACK.id, status=status, status_since=940.0, fault=fault))


def test_a_charger_counts_its_bays() -> None:
    line = text_of(
        device_cells(charger(BayState.READY, BayState.FAULT, BayState.READY, BayState.EMPTY), 1000.0)
    )
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
        assert text_of(device_cells(refused, 1000.0, width)).strip() == line


def test_a_receiver_that_was_never_heard_says_why_and_what_to_do() -> None:
    fault = DeviceFault("DEVICE_REFUSED", "It does not let us in", "Allow access on it")
    refused = unheard(DeviceStatus.REFUSED, fault)
    line = text_of(device_cells(refused, 1000.0))
    assert line.strip() == "R Refused 1m: Rack A – Allow access on it"
    assert text_of(device_cells(unheard(DeviceStatus.OFFLINE), 1000.0)).strip() == "X Offline 1m: Rack A"
    assert (
        text_of(device_cells(unheard(DeviceStatus.CONNECTING), 1000.0)).strip() == "? Rack A  not heard yet"
    )

    for code, words in {
        "CREDENTIALS_NEEDED": "Password missing 1m: Rack A – enter it in Devices",
        "HOST_NOT_RESOLVED": "Host unknown 1m: Rack A – Allow access on it",
    }.items():
        device = unheard(DeviceStatus.REFUSED, replace(fault, code=code))
        assert text_of(device_cells(device, 1000.0)).strip() == f"R {words}"
        assert text_of(worst_problem_cells(None, [device], [], 1000.0)) == f" {words}"

    assert text_of(worst_problem_cells(None, [refused], [], 1000.0, 30)) == " Refused: Rack A – allow acce…"
    low = worst_of(LOW)
    assert "Refused" in text_of(worst_problem_cells(low, [refused], [LOW], 1000.0))
    lost = worst_of(LOST)
    assert "RF lost" in text_of(worst_problem_cells(lost, [refused], [LOST], 1000.0))


def test_as_long_as_no_device_is_known_there_may_be_some() -> None:
    assert text_of(worst_problem_cells(None, None, [], 1000.0)) == " The database is still being opened"
    assert text_of(worst_problem_cells(None, [], [], 1000.0)) == " No device is registered"


def test_what_is_open_is_listed_as_far_as_there_is_room() -> None:
    def listed(found: Sequence[OpenProblem], height: int) -> list[str]:
        lines = open_problem_lines(found, lambda _: "Rack A", 1000.0, 30, height, "f7")
        return list(map(text_of, lines))

    watch = ProblemWatch()
    states = [FINE, LOW, LOST, *(replace(LOST, number=number) for number in range(4, 9))]
    watch.judge(states, 1000.0)
    found = watch.open_problems({state.ref: state for state in states})
    assert listed(found, 5) == [
        " 7 open",
        "  1m RF lost: Lead Vox          "[:30],
        "  1m RF lost: Lead Vox          "[:30],
        "  1m RF lost: Lead Vox          "[:30],
        "     4 more, press f7",
    ]
    assert listed(found, 20)[-1].strip() == "0s Battery low: Lead Vox"
    assert listed([], 20) == []
    assert listed(found, 2) == []


def test_a_channel_without_a_name_is_listed_by_its_device_and_number() -> None:
    watch = ProblemWatch()
    watch.judge([NAMELESS], 1000.0)
    found = watch.open_problems({NAMELESS.ref: NAMELESS})
    assert text_of(open_problem_lines(found, lambda _: "Rack A", 1000.0, 30, 5, "Tab")[1]).strip() == (
        f"1m RF lost: Rack A/{NAMELESS.number}"
    )
