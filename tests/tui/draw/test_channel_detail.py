"""Everything about one channel: what is unknown is a dash, and nothing is cut off."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.battery import NO_BATTERY, Battery, LastBattery, MinutesNote
from micboard_tui.domain.channel import (
    NO_FACTS,
    ChannelState,
    DeviceWarning,
    Meters,
    Slot,
    SlotStatus,
    Transmitter,
)
from micboard_tui.domain.device import DeviceFault, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.draw.channel_detail import ChannelPage
from micboard_tui.tui.draw.glyphs import BLOCKS
from tests.tui.draw.test_channel_row import LIVE, NOW, STATES
from tests.tui.scripted_rig import FACTS, PACK, device

RACK = DeviceSnapshot(device(2), DeviceState(device(2).id))


def read_page(state: ChannelState, where: DeviceSnapshot = RACK, width: int = 80) -> dict[str, str]:
    """Each label with its value; what goes on in the next line is joined."""
    found: dict[str, str] = {}
    label = ""
    for line in ChannelPage(BLOCKS, NOW, width).lines(state, where):
        if len(line) > 1:
            label = line[0].text.strip() or label
            found[label] = f"{found.get(label, '')} {line[1].text.strip()}".strip()
    return found


def test_a_link_that_came_back_for_a_moment_is_lost_since_before() -> None:
    lost = replace(LIVE, link_state=LinkState.RF_LOST, link_since=NOW - 2)
    lines = ChannelPage(BLOCKS, NOW, 60, lost_since=NOW - 600).lines(lost, RACK)
    assert any("RF lost for 10m" in "".join(cell.text for cell in line) for line in lines)


@pytest.mark.parametrize(
    ("meters_at", "expected"), [(NOW - 1, "carrier not reported"), (None, "not heard for 1m")]
)
def test_a_channel_that_is_heard_without_a_carrier_says_so(meters_at: float | None, expected: str) -> None:
    unknown = replace(LIVE, link_state=LinkState.UNKNOWN, link_since=NOW - 60, meters_at=meters_at)
    assert read_page(unknown)["state"] == expected


def test_what_nobody_told_is_a_dash() -> None:
    page = read_page(replace(LIVE, facts=NO_FACTS, link_since=None, observed_at=None))
    for label in ("last heard", "transmitter", "frequency", "gain", "output muted", "quality", "firmware"):
        assert page[label].startswith("–"), label
    assert "battery" not in page


def test_a_pack_that_went_leaves_its_last_battery_with_its_age() -> None:
    gone = replace(
        LIVE,
        facts=replace(FACTS, transmitter=None, transmitter_present=False),
        last_battery=LastBattery(Battery(78, 4, 405), NOW - 7200),
    )
    page = read_page(gone)
    assert page["transmitter"] == "none"
    assert page["last battery"] == "6:45 78 % 4/5, 2h ago"
    assert "battery" not in page


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        (Transmitter(), {"transmitter": "–", "battery": "–", "power": "–", "pack muted": "–"}),
        (
            replace(PACK, power_word="HIGH", offset_db=-3, muted=True),
            {"power": "high", "gain offset": "-3 dB"},
        ),
        (
            replace(PACK, battery=Battery(bars=1, minutes_note=MinutesNote.CALCULATING)),
            {"battery": "1/5", "minutes": "calculating"},
        ),
        (replace(PACK, battery=replace(NO_BATTERY, cycles=0, temperature_c=-5)), {"temperature": "-5 °C"}),
    ],
)
def test_packs(pack: Transmitter, expected: dict[str, str]) -> None:
    page = read_page(replace(LIVE, facts=replace(FACTS, transmitter=pack)))
    assert {label: page[label] for label in expected} == expected


def test_levels_stand_below_one_another() -> None:
    state = replace(LIVE, meters=LIVE.meters._replace(audio_dbfs=-31.0), audio_peak_dbfs=-9.0)
    lines = ["".join(cell.text for cell in line) for line in ChannelPage(BLOCKS, NOW, 80).lines(state, RACK)]
    ends = {
        line.index(" dB") for line in lines if line.lstrip().startswith(("RF", "antenna", "audio", "peak"))
    }
    assert len(ends) == 1


def test_slots_say_what_they_hold() -> None:
    slots = (
        Slot(1, SlotStatus.LINKED_ACTIVE, "AD1", "Ada", rf_on=False, battery=Battery(bars=3)),
        Slot(2, SlotStatus.EMPTY),
    )
    page = read_page(replace(LIVE, facts=replace(FACTS, slots=slots)))
    assert page["slot 1"] == "linked active  AD1  Ada  RF off  3/5"
    assert page["slot 2"] == "empty"


def test_a_device_that_cannot_be_read_says_why_and_what_to_do_in_full() -> None:
    fault = DeviceFault("DEVICE_REFUSED", "The receiver does not let us in", "Controller Access > Allow")
    state = DeviceState(device(2).id, status=DeviceStatus.REFUSED, status_since=NOW - 90, fault=fault)
    page = read_page(replace(LIVE, link_state=LinkState.REFUSED), DeviceSnapshot(device(2), state), width=36)
    assert page["status"] == "refused for 1m"
    assert page["error"] == "DEVICE_REFUSED: The receiver does not let us in"
    assert page["cure"].endswith("Controller Access > Allow")


def test_what_its_device_warns_of_is_with_the_device() -> None:
    state = replace(RACK.state, status=DeviceStatus.ONLINE, device_warnings=frozenset({DeviceWarning.FAN}))
    assert read_page(ChannelState(RACK.device.id, 1), replace(RACK, state=state))["warns of"] == "Fan fails"


def test_wide_names_are_folded_by_their_cells() -> None:
    where = DeviceSnapshot(device(2, name="舞台の受信機は北側の棚にあります"), DeviceState(device(2).id))
    page = read_page(LIVE, where, width=36)
    assert page["device"].replace(" ", "") == "舞台の受信機は北側の棚にあります"


@given(STATES, st.integers(30, 100))
def test_no_line_is_wider_than_the_page_but_for_names_in_its_words(state: ChannelState, width: int) -> None:
    for line in ChannelPage(BLOCKS, NOW, width, " " * 29 + "█").lines(state, RACK):
        assert sum(cell_len(cell.text) for cell in line) <= max(width, 36)


def test_who_has_it_who_had_it_and_what_would_take_over() -> None:
    ada = Performer(PerformerId("ada"), "Ada", "lead\x1b")
    assignment = Assignment(LIVE.ref, ada, Role.PRIMARY, since=NOW - 3600, planned_pack="Pack 7")
    state = replace(LIVE, assignment=assignment)
    past = PastAssignment(LIVE.ref, "Ben", Role.BACKUP, NOW - 9000, NOW - 3600)
    lines = ChannelPage(BLOCKS, NOW, 80, spare="Spare 2, 4:10, ready", past=(past,)).lines(state, RACK)
    page = {line[0].text.strip(): line[1].text for line in lines if len(line) > 1}
    assert (page["performer"], page["for"], page["role"]) == ("Ada, lead\u241b", "1h", "primary")
    assert page["spare"] == "Spare 2, 4:10, ready"
    assert page["planned"] == "Pack 7"
    assert all(line[0].text.endswith(" ") for line in lines if len(line) > 1)
    assert page["previously"] == "Ben, backup, until 1h ago, for 1h"


def test_a_channel_that_only_has_a_number_says_no_more_of_who_has_it() -> None:
    page = read_page(replace(LIVE, assignment=Assignment(LIVE.ref, mic_number="IEM 3")))
    assert page["mic number"] == "IEM 3"
    assert not {"performer", "role"} & page.keys()
    page = read_page(replace(LIVE, assignment=Assignment(LIVE.ref, role=Role.SPARE, mic_number="7")))
    assert (page["mic number"], page["performer"], page["role"]) == ("7", "none", "spare")


def test_a_share_of_a_scale_is_no_level() -> None:
    meters = Meters(carrier=True, rf_a_percent=0, rf_b_percent=None)
    page = read_page(replace(LIVE, meters=meters))
    assert page["RF A"].startswith("0 % of scale")
    assert page["RF B"].startswith("– % of scale")
    assert "RF" not in page


def test_what_a_driver_never_reports_is_shown() -> None:
    lines = ChannelPage(BLOCKS, NOW, 80, never_reports="RF in dBm").lines(LIVE, RACK)
    page = {line[0].text.strip(): line[1].text for line in lines if len(line) > 1}
    assert page["lacks"] == "RF in dBm"
    assert "lacks" not in read_page(LIVE)


def test_a_battery_keeps_its_line_while_the_signal_comes_and_goes() -> None:
    def battery(link: LinkState, seconds: float) -> tuple[str, str]:
        state = replace(LIVE, link_state=link, link_since=NOW - seconds)
        (line,) = (
            line
            for line in ChannelPage(BLOCKS, NOW, 60).lines(state, RACK)
            if len(line) > 1 and "battery" in line[0].text
        )
        return "".join(cell.text for cell in line), line[1].tone

    heard, lost = battery(LinkState.LIVE, 1), battery(LinkState.RF_LOST, 1)
    assert heard[0] == lost[0]
    assert (heard[1], lost[1]) == ("live", "dim")
    assert "last battery" in battery(LinkState.RF_LOST, 4)[0]
