"""What the timeline draws of a channel, line by line."""

from dataclasses import replace

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary, LevelSummary
from micboard_tui.tui.arrange.time_window import TimeWindow
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import ASCII
from micboard_tui.tui.draw.timeline_charts import (
    ChannelTrack,
    Ground,
    cause_line,
    channel_lines,
    events_line,
    fit_span,
    several_lines,
    times_line,
    values_line,
)

REF = ChannelRef(DeviceId("rack"), 1)
GROUND = Ground(TimeWindow(0.0, 60.0, 31.0), 25, ASCII)
"""Twenty cells of three seconds, and one column in each."""


def heard(tenths: int, flags: int, charge: int | None = None, b: int | None = None) -> ChannelSummary:
    level = LevelSummary(tenths, tenths, tenths, 1)
    other = LevelSummary() if b is None else LevelSummary(b, b, b, 1)
    return ChannelSummary(level, other, LevelSummary(-300, -300, -300, 1), None, charge, flags, 1)


def track(*columns: ChannelSummary, events: list[Event] | None = None, step_s: float = 1.0) -> ChannelTrack:
    return ChannelTrack(REF, "Rack 1/1 Ada", RecordedSpan(0.0, 60.0, columns, step_s), events or [])


def texts(lines: list[list[Cell]]) -> list[str]:
    return ["".join(cell.text for cell in cells).rstrip() for cells in lines]


def test_a_device_that_gives_percent_is_drawn_in_percent() -> None:
    flags = ReadingFlag.ANTENNA_PERCENT | link_flag(LinkState.LIVE)
    shown = track(*[heard(500, flags, 103, 700)] * 10, *[EMPTY] * 10)
    lines = texts(channel_lines(shown, GROUND, 16))
    assert lines == [
        "     RF A %",
        " 100           |",
        "     ''''''''''|",
        "  20           |",
        "     RF B %",
        " 100 ..........|",
        "               |",
        "  20           |",
        "     Audio dBFS",
        "   0 ----------|---------",
        "     ''''''''''|",
        " -60           |",
        "link ==========|",
        "batt 2/5       |",
        "what           |",
        "     00:00",
    ]
    assert texts([values_line(shown, GROUND)]) == [" 00:00:31  nothing was recorded then"]
    at_five = Ground(TimeWindow(0.0, 60.0, 5.0), 80, ASCII)
    assert "A 50  B 70 %" in texts([values_line(track(*[heard(500, flags, 103, 700)] * 75), at_five)])[0]


def test_a_device_without_antenna_levels_has_one_curve() -> None:
    flags = ReadingFlag.CHANNEL_DBM | link_flag(LinkState.MUTED)
    shown = track(*[heard(-600, flags, 50)] * 20)
    lines = texts(channel_lines(shown, GROUND, 14))
    assert [line.strip() for line in lines if "dB" in line] == ["RF dBm", "Audio dBFS"]
    assert lines[-4] == "link " + "M" * 20
    wide, shown = replace(GROUND, width=80), track(*[heard(-600, flags, 50)] * 75)
    assert texts([values_line(shown, wide)]) == [" 00:00:31  muted  RF -60 dBm  audio -30 dBFS  battery 50%"]
    narrow = texts([values_line(shown, replace(GROUND, width=56))])
    assert narrow == [" 00:00:31  muted  RF -60 dBm  audio -30 dBFS  batt 50%"]
    two = track(*[heard(-600, flags | link_flag(LinkState.RF_LOST), 50)] * 75)
    tight = texts([values_line(two, replace(GROUND, width=width)) for width in (62, 50)])
    assert tight == [
        " 00:00:31  RF lost +1  RF -60 dBm  audio -30 dBFS  batt 50%",
        " 00:00:31  RF lost +1  RF -60  audio -30  batt 50%",
    ]
    assert texts([values_line(replace(shown, span=None), wide)]) == [" 00:00:31  not read"]
    assert cause_line(shown, GROUND) == []


def test_levels_of_another_unit_are_left_out_where_both_came() -> None:
    shown = track(
        *[heard(-600, ReadingFlag.ANTENNA_DBM, b=-610)] * 10, *[heard(500, ReadingFlag.ANTENNA_PERCENT)] * 10
    )
    assert texts(several_lines([shown], GROUND, 8)) == [
        " Rack 1/1 Ada",
        " -20           |",
        "               |",
        " -60 ''''''''''|",
        "     ----------|---------",
        "-100 ----------|---------",
        "link           |",
        "     00:00",
    ]


def test_events_stand_at_their_time_and_the_weightiest_hides_the_others() -> None:
    events = [
        Event(0.0, EventKind.STEP, "early", actor="Pia"),
        Event(31.0, EventKind.SESSION, "Session opened"),
        Event(31.5, EventKind.ALARM, "RF lost"),
        Event(32.0, EventKind.LINK, "RF lost, was live"),
        Event(59.0, EventKind.MARKER, "late"),
        Event(70.0, EventKind.MARKER, "beyond"),
    ]
    shown = track(events=events)
    assert texts(channel_lines(shown, GROUND, 12))[-2] == "what s         !        m"
    assert texts([events_line(shown, GROUND, ["Rack 1"] * 6)]) == [
        " link  Rack 1: RF lost, was live, and 2 more"
    ]
    own = track(
        events=[events[1], replace(events[2], device_id=REF.device_id, channel=REF.number), events[3]]
    )
    assert texts([events_line(own, GROUND, [""] * 3)]) == [" alarm  RF lost, and 2 more"]
    first = Ground(TimeWindow(0.0, 60.0, 0.5), 25, ASCII)
    assert texts([events_line(shown, first, [""] * 6)]) == [" step  early, Pia"]
    nowhere = Ground(TimeWindow(0.0, 60.0, 10.0), 25, ASCII)
    assert events_line(shown, nowhere, [""] * 6) == []


def test_records_that_are_too_coarse_give_no_cause() -> None:
    up, down = heard(-500, ReadingFlag.ANTENNA_DBM, b=-500), heard(-800, ReadingFlag.ANTENNA_DBM, b=-800)
    ground = Ground(TimeWindow(0.0, 60.0, 31.0), 65, ASCII)
    columns = [*[up] * 30, *[down] * 3, *[up] * 27]
    assert texts([cause_line(track(*columns), ground)]) == [
        " 00:00:30  both antennas fell together: body or pack"
    ]
    assert cause_line(track(*columns, step_s=10.0), ground) == []
    assert cause_line(ChannelTrack(REF, "Rack 1/1"), ground) == []


def test_what_was_read_of_another_time_is_drawn_at_its_place() -> None:
    up = heard(-500, ReadingFlag.ANTENNA_DBM)
    read = RecordedSpan(0.0, 60.0, [up] * 20, 1.0)
    assert fit_span(read, GROUND) is read
    later = Ground(TimeWindow(30.0, 60.0, 31.0), 25, ASCII)
    assert list(fit_span(read, later).columns) == [*[up] * 10, *[EMPTY] * 10]


def test_times_are_at_round_numbers() -> None:
    assert texts([times_line(Ground(TimeWindow(3.0, 60.0, 31.0), 60, ASCII))])[0].split() == [
        "00:00:15",
        "00:00:30",
        "00:00:45",
        "00:01:00",
    ]
    assert texts([times_line(Ground(TimeWindow(0.0, 21_600.0, 31.0), 80, ASCII))])[0].split()[:3] == [
        "00:00",
        "01:00",
        "02:00",
    ]
