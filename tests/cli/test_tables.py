"""Devices as a table: channels, bays, and levels in the unit in which they come."""

import json
import time
from dataclasses import replace

import pytest

from micboard_tui.cli.devices_table import channel_row, print_device, print_devices, print_raw
from micboard_tui.cli.output import print_table
from micboard_tui.cli.poll_table import PollTable
from micboard_tui.cli.table_layout import SteadyColumns, find_widths, fitting_columns
from micboard_tui.contracts.documents.devices import devices_document
from micboard_tui.contracts.documents.rack_context import RackContext, conflicts_among
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import (
    ChannelFacts,
    ChannelState,
    DeviceWarning,
    Meters,
    Slot,
    SlotStatus,
    Transmitter,
)
from micboard_tui.domain.device import (
    Device,
    DeviceFault,
    DeviceKind,
    DeviceSnapshot,
    DeviceState,
    DeviceStatus,
)
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.link_state import LinkState

DEVICE = Device(DeviceId("a"), "sennheiser", "sennheiser-mcp", "127.0.0.2", 53212)
ONLINE = DeviceState(DEVICE.id, status=DeviceStatus.ONLINE, model="EM")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def table(capsys: pytest.CaptureFixture[str], *snapshots: DeviceSnapshot) -> list[list[str]]:
    print_devices(snapshots)
    return [line.split() for line in capsys.readouterr().out.splitlines()[1:]]


def test_a_level_in_percent_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    meters = Meters(audio_dbfs=-12.0, rf_a_percent=7, rf_b_percent=81)
    state = ChannelState(DEVICE.id, 1, facts=ChannelFacts("Gtr", frequency_khz=606_000), meters=meters)
    unknown = ChannelState(DEVICE.id, 2)
    first, second = table(capsys, DeviceSnapshot(DEVICE, ONLINE, (state, unknown)))
    assert first[-4:] == ["81", "%", "-12", "606.000"]
    assert second == ["2", "–", "–", "not", "heard", "–", "–", "–", "–"]


def test_a_battery_that_is_not_received_is_past(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ChannelFacts("Gtr", transmitter=Transmitter(battery=Battery(78)))
    since = time.time() - 125
    state = ChannelState(DEVICE.id, 1, facts=facts, link_state=LinkState.RF_LOST, link_since=since)
    (row,) = table(capsys, DeviceSnapshot(DEVICE, ONLINE, (state,)))
    assert " ".join(row[-8:-3]) == "RF lost (78 %, 2m)"


@pytest.mark.parametrize(
    ("link_state", "seconds", "battery"),
    [
        (LinkState.UNKNOWN, 125, "(78 %, 2m)"),
        (LinkState.UNKNOWN, 1, "78 %"),
        # Levels that are late say nothing of the battery.
        (LinkState.LIVE, 125, "78 %"),
    ],
)
def test_a_stored_battery_of_a_device_that_is_not_heard_now_is_past(
    link_state: LinkState, seconds: float, battery: str
) -> None:
    facts = ChannelFacts("Gtr", transmitter=Transmitter(battery=Battery(78)))
    state = ChannelState(
        DEVICE.id,
        1,
        facts=facts,
        link_state=link_state,
        observed_at=1000.0,
        meters_at=1000.0,
        expected_period_s=0.1,
    )
    assert channel_row(state, 1000.0 + seconds)[5] == battery
    assert channel_row(replace(state, facts=ChannelFacts("Gtr")), 1000.0 + seconds)[5] == "–"


@pytest.mark.parametrize(("seconds", "levels"), [(1, ["-40", "-12"]), (125, ["(-40)", "(-12)"])])
def test_levels_that_are_late_are_past(seconds: float, levels: list[str]) -> None:
    state = ChannelState(
        DEVICE.id,
        1,
        meters=Meters(rf_dbm=-40.0, audio_dbfs=-12.0),
        link_state=LinkState.LIVE,
        observed_at=1000.0,
        meters_at=1000.0,
        expected_period_s=0.1,
    )
    assert channel_row(state, 1000.0 + seconds)[6:8] == levels
    unheard = replace(state, meters=Meters())
    assert channel_row(unheard, 1000.0 + seconds)[6:8] == ["–", "–"]


def test_what_a_device_warns_of_stands_below_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    warned = replace(ONLINE, device_warnings=frozenset({DeviceWarning.FAN, DeviceWarning.CLOCK}))
    print_devices([DeviceSnapshot(replace(DEVICE, name="Rack A"), warned)])
    assert capsys.readouterr().err.splitlines() == [
        "Rack A: No valid word clock. Check its clock source.",
        "Rack A: Fan fails. Keep it cool, have it repaired.",
    ]


def test_bays_have_lines_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    bays = (
        Bay(1, BayState.READY, "SK", pack_serial="6241406927", battery=Battery(100)),
        Bay(2, BayState.FAULT, error="Too warm"),
        Bay(3, BayState.EMPTY),
    )
    charger = DeviceState(DEVICE.id, status=DeviceStatus.ONLINE, kind=DeviceKind.CHARGER, bays=bays)
    first, *rest = table(capsys, DeviceSnapshot(DEVICE, charger))
    assert first[-6:] == ["1", "SK", "6241406927", "ready", "100", "%"]
    assert rest == [["2", "–", "fault:", "Too", "warm", "–"], ["3", "–", "empty", "–"]]


def test_a_narrow_terminal_gets_fewer_columns_and_none_folded() -> None:
    heads = ("id", "name", "model", "dBm")
    rows = [("5e04fe49", "Rack 1", "ULXD4Q", "-36")]
    assert fitting_columns(heads, rows, ("model", "id"), 100) == [0, 1, 2, 3]
    assert fitting_columns(heads, rows, ("model", "id"), 29) == [0, 1, 2, 3]
    assert fitting_columns(heads, rows, ("model", "id"), 28) == [0, 1, 3]
    assert fitting_columns(heads, rows, ("model", "id"), 15) == [1, 3]
    assert fitting_columns(heads, rows, (), 5) == [0, 1, 2, 3]


def test_a_column_that_was_left_out_comes_back_where_one_that_is_wider_has_gone() -> None:
    heads = ("a", "wide", "name")
    rows = [("1", "w" * 20, "Rack 1")]
    assert fitting_columns(heads, rows, ("a", "wide"), 10) == [0, 2]


def test_a_column_without_any_value_is_not_shown() -> None:
    assert fitting_columns(("name", "cure"), [("a", ""), ("b", "")], (), 80) == [0]
    assert fitting_columns(("name", "cure"), [("a", ""), ("b", "x")], (), 80) == [0, 1]
    assert fitting_columns(("name", "cure"), [], (), 80) == [0, 1]


def test_the_widest_column_is_folded_first_and_words_stay_whole() -> None:
    heads, rows = ("what", "found"), [("plugin sennheiser", "a long text with short words in it")]
    assert find_widths(heads, rows, [0, 1], 80) == [17, 34]
    assert find_widths(heads, rows, [0, 1], 40) == [17, 21]
    assert find_widths(heads, rows, [0, 1], 20) == [10, 8]
    assert find_widths(heads, rows, [0, 1], 10) == [4, 4]
    assert find_widths(heads, rows, [1], 10) == [10]
    assert find_widths(heads, rows, [0, 1], 1) == [1, 1]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_table_fits_also_into_a_pipe_and_no_word_is_lost(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = "Sennheiser, from micboard-tui: sennheiser-ssc, sennheiser-sscv2, sennheiser-mcp, and more to come"
    print_table(("verdict", "what", "found"), [("warning", "plugin sennheiser", text)])
    printed = capsys.readouterr()
    assert max(map(len, printed.out.splitlines())) <= width
    assert set(text.split()) <= set(printed.out.split())
    assert printed.err == ""
    rows = [("2026-11-29 06:12", "x" * (width - 20), "y" * 10)]
    print_table(("when", "what", "who"), rows, spare=("when", "who"))
    printed = capsys.readouterr()
    assert max(map(len, printed.out.splitlines())) <= width
    assert printed.err.startswith("No room for: when.")


@pytest.mark.parametrize(
    "copied",
    [
        "/home/an engineer/.local/share/micboard-tui/backups/micboard-20261201T011503.db",
        r"C:\Users\engineer\AppData\Local\micboard-tui\micboard-tui\backups\micboard-20261201.db",
        "tls://rack.of-the-main-stage.festival.example.org:4222 answers, as it did before",
    ],
)
def test_a_path_or_url_stays_in_one_line(
    copied: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    print_table(("size", "file"), [("3 kB", copied), ("", "a remark that is folded as long texts are " * 2)])
    head, first, *others = capsys.readouterr().out.splitlines()
    assert (head, first) == ("size  file", f"3 kB  {copied}")
    assert all(len(line) <= 60 for line in others)
    print_table(("found", "cure"), [(copied, "Make room"), (copied, ""), ("short", "None is needed")])
    assert capsys.readouterr().out.splitlines()[1:] == [
        copied,
        f"{'':44}  Make room",
        copied,
        f"{'short':44}  None is needed",
    ]


def test_what_is_wrong_with_a_channel_stands_beside_its_link_state(
    capsys: pytest.CaptureFixture[str],
) -> None:
    worn = ChannelFacts("Vox", transmitter=Transmitter(battery=Battery(8)), transmitter_present=True)
    both = ChannelState(
        DEVICE.id, 1, facts=worn, link_state=LinkState.LIVE, meters=Meters(rf_dbm=-90.0, carrier=True)
    )
    fine = ChannelState(DEVICE.id, 2, link_state=LinkState.LIVE)
    lost = ChannelState(DEVICE.id, 3, link_state=LinkState.RF_LOST)
    lines = [" ".join(line) for line in table(capsys, DeviceSnapshot(DEVICE, ONLINE, (both, fine, lost)))]
    assert "– live: Battery nearly empty +1 8 %" in lines[0]
    assert lines[1].startswith("2 – – live – ")
    assert lines[2].startswith("3 – – RF lost – ")


def test_words_are_those_of_the_board(capsys: pytest.CaptureFixture[str]) -> None:
    states = tuple(
        ChannelState(DEVICE.id, number, link_state=link) for number, link in enumerate(LinkState, 1)
    )
    unheard = DeviceSnapshot(DEVICE, DeviceState(DEVICE.id), states)
    lines = table(capsys, unheard)
    text = " ".join(word for line in lines for word in line)
    assert "not heard never" in text
    for word in ("refused", "offline", "RF lost", "off", "muted", "docked", "live", "not heard"):
        assert word in text
    assert "_" not in text
    assert "unknown" not in text


def test_one_device_is_told_in_full_without_the_properties_of_empty_slots(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    raw = (("SLOT_STATUS 1", "LINKED.ACTIVE"), ("SLOT_STATUS 2", "EMPTY"), ("TX_MODEL", "ADX2FD"))
    facts = ChannelFacts(slots=(Slot(1, SlotStatus.LINKED_ACTIVE),), raw=raw)
    state = DeviceState(DEVICE.id, model="AD4D-A", firmware="1.1", raw=(("MODEL", "AD4D-A"),))
    snapshot = DeviceSnapshot(DEVICE, state, (ChannelState(DEVICE.id, 1, facts=facts),), "Main Stage")
    print_device(snapshot)
    print_raw(snapshot)
    printed = capsys.readouterr()
    for part in ("AD4D-A", "1.1", DEVICE.id, f"{DEVICE.host}:{DEVICE.port}", "Main Stage", "not heard"):
        assert part in printed.out
    assert "SLOT_STATUS 1" in printed.out
    assert "SLOT_STATUS 2" not in printed.out
    assert "TX_MODEL" in printed.out
    assert printed.err == ""


def test_a_performer_on_a_channel_that_is_not_there_stands_below_the_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    zoe = Assignment(ChannelRef(DEVICE.id, 2), Performer(PerformerId("zoe"), "Zoe"))
    state = ChannelState(DEVICE.id, 1)
    print_devices([DeviceSnapshot(DEVICE, ONLINE, (state,), assignments_without_channel=(zoe,))])
    note = f"{DEVICE.host}: Zoe is planned on channel 2, there is 1. Plan another channel."
    assert note in " ".join(capsys.readouterr().err.split())


def polled_lines(
    table: PollTable, capsys: pytest.CaptureFixture[str], *snapshots: DeviceSnapshot
) -> list[str]:
    table.print(snapshots)
    output = capsys.readouterr()
    return [" ".join(line.split()) for line in (output.out + output.err).splitlines()]


def test_poll_prints_everything_once_and_then_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ChannelFacts("Gtr", transmitter=Transmitter(battery=Battery(78)), transmitter_present=True)
    live = ChannelState(DEVICE.id, 1, facts=facts, link_state=LinkState.LIVE, meters=Meters(-60.0))
    other = ChannelState(DEVICE.id, 2, facts=replace(facts, name="Bass"), link_state=LinkState.LIVE)
    printed = PollTable()

    def next_lines(*channels: ChannelState, state: DeviceState = ONLINE) -> list[str]:
        return polled_lines(printed, capsys, DeviceSnapshot(DEVICE, state, channels))

    assert len(next_lines(live, other)) == 4
    assert next_lines(replace(live, meters=Meters(-70.0)), other) == []
    lost = replace(live, link_state=LinkState.RF_LOST, link_since=time.time() - 40, meters=Meters(-110.0))
    (head, line) = next_lines(lost, other)
    assert head.startswith("time name ch channel")
    assert line.split(maxsplit=1)[1] == "127.0.0.2 1 Gtr – RF lost (78 %, 40s) -110 – –"
    assert next_lines(replace(lost, meters=Meters(-109.0)), other) == []
    fault = DeviceFault("DEVICE_SILENT", "No data for 6 s", "Check its power")
    silent = replace(ONLINE, status=DeviceStatus.OFFLINE, fault=fault)
    (_, line, note) = next_lines(lost, other, state=silent)
    assert line.endswith("127.0.0.2 offline")
    assert note == "127.0.0.2: DEVICE_SILENT: No data for 6 s. Check its power."
    assert next_lines(lost, other, state=silent) == []


def test_poll_names_conflicts_beside_the_link_state_as_the_first_table_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    facts = ChannelFacts(frequency_khz=606_000, transmitter_present=True)
    off = tuple(ChannelState(DEVICE.id, number, facts=facts) for number in (1, 2))
    live = tuple(replace(state, link_state=LinkState.LIVE) for state in off)
    printed = PollTable()
    polled_lines(printed, capsys, DeviceSnapshot(DEVICE, ONLINE, off))
    (_, *changed) = polled_lines(printed, capsys, DeviceSnapshot(DEVICE, ONLINE, live))
    print_devices([DeviceSnapshot(DEVICE, ONLINE, live)])
    in_full = capsys.readouterr().out.splitlines()[1:]
    assert ["live: Frequency conflict" in line for line in (*changed, *in_full)] == [True] * 4


def test_a_conflict_with_a_device_that_is_not_listed_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ChannelFacts(frequency_khz=606_000, transmitter_present=True)
    other = replace(DEVICE, id=DeviceId("b"), host="127.0.0.3")
    listed, rest = (
        DeviceSnapshot(device, ONLINE, (ChannelState(device.id, 1, facts=facts, link_state=LinkState.LIVE),))
        for device in (DEVICE, other)
    )
    rack = [listed, rest]
    print_devices([listed], rack)
    print_device(listed, rack)
    assert capsys.readouterr().out.count("live: Frequency conflict") == 2
    context = RackContext(1.0, conflicts_among(rack))
    (entry,) = json.loads(json.dumps(devices_document([listed], context)))["devices"]
    assert "same_frequency" in entry["channels"][0]["warnings"]
    print_devices([listed])
    assert "Frequency conflict" not in capsys.readouterr().out


def test_columns_once_chosen_stay_and_only_first_values_add_to_them() -> None:
    columns = SteadyColumns(("name", "mic", "link", "MHz"), ("MHz",))
    assert columns.choose([], 20) == []
    short, long = ("Gtr", "", "live", "606.000"), ("Gtr", "", "RF lost 1:20", "606.000")
    assert columns.choose([short], 20) == [0, 2, 3]
    assert columns.choose([long], 20) == [0, 2, 3]
    assert columns.choose([("Gtr", "", "live", "")], 20) == [0, 2, 3]
    assert columns.choose([("Gtr", "IEM 3", "live", "606.000")], 20) == [0, 1, 2, 3]
    narrow = SteadyColumns(("name", "mic", "link", "MHz"), ("MHz", "mic"))
    assert narrow.choose([long], 20) == [0, 2]
    assert narrow.choose([("Gtr", "IEM 3", "live", "606.000")], 20) == [0, 1, 2]
    assert narrow.choose([short], 20) == [0, 1, 2]
    assert narrow.choose([short], 200) == [0, 1, 2]


def test_poll_has_the_same_columns_in_every_print(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    facts = ChannelFacts("Lead guitar", frequency_khz=606_000, transmitter=Transmitter(battery=Battery(78)))
    wide = ChannelState(DEVICE.id, 1, facts=facts, link_state=LinkState.LIVE, meters=Meters(-60.0))
    short = ChannelState(DEVICE.id, 2, facts=ChannelFacts("Bass", frequency_khz=607_000))
    printed = PollTable()

    def print_next(*channels: ChannelState, state: DeviceState = ONLINE) -> list[str]:
        lines = polled_lines(printed, capsys, DeviceSnapshot(DEVICE, state, channels))
        return [line for line in lines if not line.startswith("No room")]

    print_next(wide, short)
    live = replace(short, link_state=LinkState.LIVE)
    lost = replace(wide, link_state=LinkState.RF_LOST, link_since=time.time() - 40)
    offline = replace(ONLINE, status=DeviceStatus.OFFLINE)
    heads = [
        print_next(wide, live)[0],
        print_next(lost, live)[0],
        print_next(lost, live, state=offline)[0],
        print_next(wide, short)[0],
    ]
    assert heads == ["time name ch channel link battery dBm dBFS MHz"] * 4


def test_poll_says_once_that_nothing_is_registered(capsys: pytest.CaptureFixture[str]) -> None:
    printed = PollTable()
    assert polled_lines(printed, capsys)[0].startswith("No device is registered")
    assert polled_lines(printed, capsys) == []


def test_mic_numbers_have_a_column_once_one_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    ref = ChannelRef(DEVICE.id, 1)
    states = (ChannelState(*ref), ChannelState(DEVICE.id, 2))
    printed = PollTable()
    assert "mic" not in polled_lines(printed, capsys, DeviceSnapshot(DEVICE, ONLINE, states))[0].split()
    numbered = replace(states[0], assignment=Assignment(ref, mic_number="IEM 3"))
    snapshot = DeviceSnapshot(DEVICE, ONLINE, (numbered, states[1]))
    (head, line) = polled_lines(printed, capsys, snapshot)
    assert head.startswith("time name ch mic channel")
    assert " 1 IEM 3 " in line
    print_devices([snapshot])
    head, first, second = capsys.readouterr().out.splitlines()
    column = head.index("mic") + len("mic")
    assert (first[:column].split()[-3:], second[:column].split()) == (["1", "IEM", "3"], ["2"])
