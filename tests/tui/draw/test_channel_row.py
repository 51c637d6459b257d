"""Rows: every column keeps its place, whatever a channel says and however wide the screen is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import NO_BATTERY, Battery, LastBattery
from micboard_tui.domain.channel import (
    NO_FACTS,
    NO_METERS,
    ChannelFacts,
    ChannelState,
    Encryption,
    Meters,
    Transmitter,
)
from micboard_tui.domain.identity import DeviceId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import find_problems
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_columns import BARLESS_WIDTH, COLUMNS, columns_for
from micboard_tui.tui.draw.channel_row import row_cells
from micboard_tui.tui.draw.glyphs import ASCII, BLOCKS, Glyphs
from micboard_tui.tui.draw.key_line import spread
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.row_meters import MeterGroup
from tests.tui.scripted_rig import FACTS, METERS, PACK, SILENCE

NOW = 1_000_000.0
LIVE = ChannelState(
    DeviceId("rack"),
    1,
    link_state=LinkState.LIVE,
    link_since=NOW - 5,
    facts=FACTS,
    meters=METERS,
    observed_at=NOW,
)


def context(state: ChannelState, trend: str = " ▁▂▃▄▅", glyphs: Glyphs = BLOCKS) -> RowContext:
    return RowContext(state, "Rack 1", trend, NOW, glyphs, problems=find_problems(state, NOW))


def maybe(values: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    return st.none() | values


BATTERIES = st.builds(
    Battery,
    percent=st.none() | st.integers(0, 100),
    bars=st.none() | st.integers(0, 5),
    minutes=st.none() | st.integers(0, 70_000),
)
METERS_ST = st.builds(
    Meters,
    rf_dbm=maybe(st.floats(-130, 10)),
    audio_dbfs=maybe(st.floats(-120, 6)),
    antenna=st.none() | st.sampled_from(["", "A", "B", "AB", "ABCD"]),
    quality_percent=st.none() | st.integers(0, 100),
    rf_a_percent=st.none() | st.integers(0, 100),
    rf_b_percent=st.none() | st.integers(0, 100),
    overload=st.booleans(),
)
FACTS_ST = st.builds(
    ChannelFacts,
    name=st.none() | st.text(max_size=40),
    frequency_khz=st.none() | st.integers(470_000, 1_999_999),
    encryption=st.none() | st.sampled_from(Encryption),
    interference=st.none() | st.booleans(),
    receiver_muted=st.none() | st.booleans(),
    transmitter=st.none() | st.builds(Transmitter, battery=BATTERIES, muted=st.none() | st.booleans()),
)
STATES = st.builds(
    ChannelState,
    device_id=st.just(DeviceId("rack")),
    number=st.integers(1, 64),
    link_state=st.sampled_from(LinkState),
    link_since=maybe(st.floats(0, NOW)),
    facts=FACTS_ST,
    meters=METERS_ST,
    audio_peak_dbfs=maybe(st.floats(-120, 6)),
    last_battery=st.none() | st.builds(LastBattery, BATTERIES, st.floats(0, NOW)),
    observed_at=maybe(st.floats(0, NOW)),
    expected_period_s=st.none() | st.just(0.1),
)


def text(state: ChannelState, width: int = 80, glyphs: Glyphs = BLOCKS) -> str:
    return "".join(cell.text for cell in row_cells(context(state, glyphs=glyphs), columns_for(width)))


MIC_NUMBERS = st.none() | st.sampled_from(["7", "IEM 12", "主唱 1", "12345678"])


@given(STATES, MIC_NUMBERS, st.integers(0, 8), st.integers(60, 240), st.sampled_from([BLOCKS, ASCII]))
def test_every_row_is_as_wide_as_its_columns(
    state: ChannelState, mic_number: str | None, number_cells: int, width: int, glyphs: Glyphs
) -> None:
    columns = columns_for(width, number_cells)
    state = replace(state, assignment=Assignment(state.ref, mic_number=mic_number))
    line = row_cells(context(state, " " * columns.room("trend"), glyphs), columns)
    assert sum(cell_len(cell.text) for cell in line) == columns.total - 1
    assert len(columns.head) == columns.total


@given(st.integers(0, 400), st.integers(0, 8))
def test_columns_fit_the_screen_from_the_least_size_on(width: int, number_cells: int) -> None:
    columns = columns_for(width, number_cells)
    assert columns.total <= max(width, BARLESS_WIDTH)
    if width >= 60:
        assert columns.total <= width
    assert columns.room("name") >= 10


def test_a_wider_screen_never_shows_less() -> None:
    for width in range(60, 300):
        narrow, wide = columns_for(width), columns_for(width + 1)
        # A column that comes in may cost the names and the bars some cells, but never all.
        for column in COLUMNS:
            assert wide.room(column.name) or not narrow.room(column.name)


def test_the_mic_number_stands_in_place_of_the_channel_number() -> None:
    numbered = replace(LIVE, assignment=Assignment(LIVE.ref, mic_number="IEM 12"))
    columns = columns_for(80, 6)
    assert columns.head.startswith("       #  name")
    for state, start in ((numbered, "IEM 12   "), (LIVE, f"{LIVE.number:>6}   ")):
        line = "".join(cell.text for cell in row_cells(context(state), columns))
        assert line.startswith(start)
    assert columns.room("battery") >= 4
    assert text(numbered, 80).startswith("I…   ")
    narrow = columns_for(60, 8)
    assert narrow.total <= 60
    assert narrow.room("name") >= 10


def test_what_is_unknown_is_a_dash_and_never_zero_or_green() -> None:
    state = replace(LIVE, facts=NO_FACTS, meters=NO_METERS)
    line = row_cells(context(state), columns_for(80))
    assert "0" not in "".join(cell.text for cell in line)
    assert [cell.text.strip() for cell in line if "–" in cell.text] == [
        "–"
    ] * 5  # name, battery, RF, audio, MHz
    assert not any(cell.is_bar and cell.text.strip() for cell in line)
    assert "live" not in {cell.tone for cell in line if cell.text.strip()}


@pytest.mark.parametrize("link", [LinkState.OFFLINE, LinkState.REFUSED, LinkState.UNKNOWN])
def test_an_unreachable_channel_shows_no_meters(link: LinkState) -> None:
    row = text(replace(LIVE, link_state=link, facts=replace(FACTS, transmitter=None)))
    assert "-52" not in row
    assert "-20" not in row
    assert "6:45" not in row


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (LinkState.RF_LOST, "RF lost 5s: check pack"),
        (LinkState.OFFLINE, "offline 5s: check power, cable"),
        (LinkState.REFUSED, "refused 5s: allow access"),
        (LinkState.TRANSMITTER_OFF, "off 5s"),
        (LinkState.UNKNOWN, "not heard 5s"),
    ],
)
def test_a_red_row_says_what_since_when_and_what_to_do(link: LinkState, words: str) -> None:
    row = text(replace(LIVE, link_state=link, meters=SILENCE))
    assert words in row
    assert len(words.split()) <= 8


def test_a_link_that_came_back_for_a_moment_is_lost_since_before() -> None:
    lost = replace(LIVE, link_state=LinkState.RF_LOST, link_since=NOW - 2, meters=SILENCE)
    shown = "".join(cell.text for cell in row_cells(context(lost), columns_for(120)))
    assert "RF lost 2s" in shown
    row = context(lost)._replace(lost_since=NOW - 600)
    assert "RF lost 10m" in "".join(cell.text for cell in row_cells(row, columns_for(120)))


def test_a_lost_pack_keeps_the_battery_it_had_while_it_is_on() -> None:
    assert "6:45" in text(replace(LIVE, link_state=LinkState.RF_LOST))
    off = replace(
        LIVE,
        link_state=LinkState.TRANSMITTER_OFF,
        facts=replace(FACTS, transmitter=None),
        last_battery=LastBattery(Battery(78, 4, 405), NOW - 180),
    )
    assert "(6:45 3m)" in text(off)


@pytest.mark.parametrize("link", [LinkState.RF_LOST, LinkState.TRANSMITTER_OFF, LinkState.DOCKED])
def test_a_battery_that_is_not_received_is_past_and_has_its_age(link: LinkState) -> None:
    for battery, charge in ((Battery(78, 4, 405), "6:45"), (Battery(3, 0, 4), "0:04")):
        facts = replace(FACTS, transmitter=replace(PACK, battery=battery))
        line = row_cells(context(replace(LIVE, link_state=link, facts=facts)), columns_for(80))
        (shown,) = [cell for cell in line if ":" in cell.text and "check" not in cell.text]
        assert (shown.text.strip(), shown.tone) == (f"({charge} 5s)", "dim")
        assert not any(cell.is_bar for cell in line)


def test_the_last_battery_stays_while_a_receiver_reports_none() -> None:
    """EW-DX, SpeechLine and Digital 6000 have no value for it while RF is lost."""
    silent = replace(
        LIVE,
        link_state=LinkState.RF_LOST,
        facts=replace(FACTS, transmitter=replace(PACK, battery=NO_BATTERY)),
        last_battery=LastBattery(Battery(78, 4, 405), NOW - 180),
    )
    assert "(6:45 3m)" in text(silent)


def test_an_age_that_has_no_room_is_left_out_whole() -> None:
    def gone(minutes: int) -> ChannelState:
        return replace(
            LIVE,
            link_state=LinkState.TRANSMITTER_OFF,
            facts=replace(FACTS, transmitter=None, transmitter_present=False),
            last_battery=LastBattery(Battery(78, 4, minutes), NOW - 25),
        )

    assert "(6:45 25s) " in text(gone(405), 80)
    assert "(6:45) " in text(gone(405), 60)
    assert "(10:25) " in text(gone(625), 80)


def test_colour_is_never_the_only_sign() -> None:
    letters = {link: text(replace(LIVE, link_state=link))[3] for link in LinkState}
    assert len(set(letters.values())) == len(LinkState)


def test_flags_say_what_is_wrong_and_what_no_column_says() -> None:
    state = replace(
        LIVE,
        facts=replace(FACTS, interference=True, encryption=Encryption.ON, receiver_muted=True),
        meters=METERS._replace(overload=True),
    )
    assert text(state, 240).split("482.125 ")[1].startswith("CIme")


def test_an_age_is_shown_when_the_values_are_late() -> None:
    late = replace(LIVE, observed_at=NOW, meters_at=NOW - 9, expected_period_s=0.1)
    assert text(late).endswith("  9s")
    assert text(replace(late, expected_period_s=None)).endswith("    ")
    assert text(replace(late, expected_period_s=None, meters_at=None)).endswith("    ")


@given(st.integers(1, 60))
def test_the_right_end_of_a_line_stays(width: int) -> None:
    line = spread([Cell("left of it"), Cell("more")], [Cell("21:14")], width)
    text = "".join(cell.text for cell in line)
    assert text.endswith("21:14")
    assert len(text) == max(width, 6)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_heads_follow_the_table(width: int) -> None:
    head = columns_for(width).head
    starts = {
        column.name: min(head.index(text) for text in column.heads if text in head)
        for column in COLUMNS
        if any(text in head for text in column.heads)
    }
    assert list(starts.values()) == sorted(starts.values())
    assert starts.keys() >= {column.name for column in COLUMNS if not column.from_spare}


def test_meters_stand_together() -> None:
    """Words can stand in their place while a channel is not on the air."""
    meters = [index for index, column in enumerate(COLUMNS) if isinstance(column.draw, MeterGroup)]
    assert meters == list(range(meters[0], meters[-1] + 1))


@pytest.mark.parametrize("width", [80, 120, 240])
def test_a_battery_keeps_its_form_while_the_signal_comes_and_goes(width: int) -> None:
    lost = replace(LIVE, link_state=LinkState.RF_LOST)
    columns = columns_for(width)
    rows = [
        columns.cells(context(replace(state, link_since=NOW - seconds)), last="battery")
        for state, seconds in ((LIVE, 1.0), (lost, 1.0), (LIVE, 0.5), (lost, 2.5))
    ]
    assert len({row[-1].text for row in rows}) == 1
    assert [row[-1].tone for row in rows] == ["text", "dim", "text", "dim"]
    assert "(6:45 3s)" in text(replace(lost, link_since=NOW - 3), width)


def test_performer_and_channel_are_both_named_where_there_is_room() -> None:
    assignment = Assignment(LIVE.ref, Performer(PerformerId("p"), "Anna Berg"), since=NOW)
    state = replace(LIVE, facts=replace(FACTS, name="Vox 7"), assignment=assignment)
    assert "Anna Berg" in text(state, 80)
    assert "Vox 7" not in text(state, 80)
    assert text(state, 160).index("Anna Berg") < text(state, 160).index("Vox 7")
    assert "channel" in columns_for(160).head
    assert "channel" not in columns_for(160, has_two_names=False).head
    same = replace(state, facts=replace(FACTS, name="Anna Berg"))
    assert text(same, 160).count("Anna Berg") == 1
    assert text(replace(LIVE, assignment=None), 160).count(FACTS.name or "") == 1


def test_the_receiver_keeps_the_number_of_the_channel_where_its_name_is_cut() -> None:
    row = context(replace(LIVE, number=12))._replace(device="The receiver of the main stage")
    line = "".join(cell.text for cell in row_cells(row, columns_for(160)))
    assert "…/12 " in line
