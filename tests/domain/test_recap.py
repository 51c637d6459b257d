"""What became of a show, by value, and its pages."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from micboard_tui.contracts.documents.recap import recap_document
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_record import record_event
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.handover import HandoverNote
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import WITHOUT_CARRIER, LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recap import DeviceRecap, Recap, RecapMaker, RecapSource
from micboard_tui.domain.recap_alarms import count_alarms, list_alarms
from micboard_tui.domain.recap_channel import (
    CURVE_COLUMNS,
    ChannelTitle,
    ChargeFigures,
    RfFigures,
    coarsen,
    shorten,
)
from micboard_tui.domain.recap_page import html_page
from micboard_tui.domain.recap_report import (
    NOTHING_RECORDED,
    channel_cells,
    csv_report,
    list_figures,
    markdown_report,
)
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import EMPTY, NO_LEVEL, ChannelSummary, LevelSummary
from micboard_tui.domain.swap_record import record_swap
from micboard_tui.domain.units import DASH, format_span

RACK = DeviceId("rack")
START, END = 1_000_000.0, 1_003_600.0
HOUR_S = END - START
MERCUTIO = ChannelTitle(ChannelRef(RACK, 1), "Rack/1", "7", "Mercutio")
SPARE = ChannelTitle(ChannelRef(RACK, 2), "Rack/2")
HOSTILE = "=<script>alert('|`*\x1b')</script>&amp;"
LIVE = ReadingFlag.ANTENNA_DBM | link_flag(LinkState.LIVE)
OFF = ReadingFlag.ANTENNA_DBM | link_flag(LinkState.TRANSMITTER_OFF)
KEY = AlarmKey(ProblemCode.RF_LOST, RACK, 1)


def column(rf: int, charge: int | None = 80, flags: int = LIVE) -> ChannelSummary:
    """Antenna A falls from -40 dBm to ``rf`` within it, B stays."""
    return ChannelSummary(
        LevelSummary(rf * 10, -400 + rf * 10, -400, 2),
        LevelSummary(-500, -1000, -500, 2),
        LevelSummary(-300, -400, -100, 2),
        90,
        charge,
        flags,
        2,
    )


def recap_of(
    columns: Sequence[ChannelSummary] = (),
    events: Sequence[Event] = (),
    title: ChannelTitle = MERCUTIO,
    handover: Sequence[HandoverNote] = (),
    fault: str | None = None,
    *,
    with_curves: bool = False,
) -> Recap:
    """Of an hour and one channel."""
    maker = RecapMaker(RecapSource(START, END, {RACK: "Rack"}, events, None, handover))
    spans = {title.ref: RecordedSpan(START, END, columns, 10.0)} if columns else {}
    maker.add([title], spans, with_curves=with_curves)
    return maker.finish(fault)


def changed(
    kind: AlarmEventKind,
    minute: float,
    key: AlarmKey = KEY,
    by: str | None = None,
    **more: Any,  # noqa: ANN401 - values of any field
) -> Event:
    """An event of an alarm, as it is kept."""
    at = START + minute * 60
    alarm = replace(Alarm(key, AlarmPriority.NOW, at, at), **more)
    return record_event(AlarmEvent(kind, alarm, at, by), "RF lost", "7 Mercutio, Rack/1")


def session(minute: float, status: str, text: str) -> Event:
    return Event(START + minute * 60, EventKind.SESSION, text, RACK, details={"status": status})


def test_a_channel_is_measured_while_it_was_on_air() -> None:
    columns = [column(-50)] * 30 + [column(-99, flags=OFF)] * 20 + [column(-85)] + [EMPTY] * 9
    lost = Event(START + 60, EventKind.LINK, "RF lost", RACK, 1, details={"link": "rf_lost"})
    other = replace(lost, channel=2)
    (channel,) = recap_of(columns, [lost, lost, other]).channels
    assert (channel.measured_s, channel.on_air_s) == (51 * 60, 31 * 60)
    assert channel.rf_a == RfFigures(-85, START + 50 * 60, -50)
    assert channel.rf_b == RfFigures(-50, START, -50)
    assert (channel.is_dbm, channel.drop_outs, channel.clips) == (True, 2, 0)


def test_of_a_span_without_any_record_nothing_good_is_said() -> None:
    recap = recap_of([EMPTY] * 60)
    assert NOTHING_RECORDED in markdown_report(recap, titles_of)
    assert NOTHING_RECORDED in html_page(recap, titles_of)
    assert list(list_figures(recap, titles_of)) == [("alarms", DASH)]


def test_nothing_is_counted_of_what_was_not_recorded() -> None:
    lost = Event(START + 60, EventKind.LINK, "RF lost", RACK, 1, details={"link": "rf_lost"})
    for events, drop_outs, cell in (([], None, ""), ([lost], 1, "1")):
        (channel,) = recap_of([EMPTY] * 60, events).channels
        assert (channel.measured_s, channel.drop_outs, channel.clips) == (0, drop_outs, None)
        assert channel_cells(channel)[10:13:2] == (cell, "")


def test_the_fifth_percentile_is_of_the_lowest_levels() -> None:
    columns = [column(-90 + index) for index in range(40)]
    (channel,) = recap_of(columns).channels
    assert (channel.rf_a.lowest, channel.rf_a.p5) == (-90, -89)


def test_levels_in_percent_and_in_dbm_are_not_compared() -> None:
    percent = column(40, flags=ReadingFlag.ANTENNA_PERCENT | link_flag(LinkState.LIVE))
    recap = recap_of([percent] * 30 + [column(-85)] * 30)
    (channel,) = recap.channels
    assert (channel.rf_a, channel.rf_b, channel_cells(channel)[4:9]) == (RfFigures(), RfFigures(), ("",) * 5)
    assert recap.not_measured == ["No RF level was known of Rack/1"]


def test_a_curve_in_percent_is_not_drawn_in_dbm_where_the_channel_was_never_on_air() -> None:
    weak = LevelSummary(50, 100, 50, 2)
    flags = ReadingFlag.ANTENNA_PERCENT | link_flag(LinkState.TRANSMITTER_OFF)
    off = ChannelSummary(weak, weak, NO_LEVEL, flags=flags, readings=2)
    page = html_page(recap_of([off] * 60, with_curves=True), titles_of)
    assert '<path class="a" d="M0 46h60v1h-60z"/>' in page


@pytest.mark.parametrize("state", sorted(WITHOUT_CARRIER))
def test_the_level_without_a_carrier_is_that_of_no_pack(state: LinkState) -> None:
    lost = ReadingFlag.ANTENNA_DBM | link_flag(state)
    columns = [column(-50)] * 8 + [column(-104, flags=LIVE | lost)] + [column(-104, flags=lost)]
    (channel,) = recap_of(columns).channels
    assert (channel.on_air_s, channel.rf_a.lowest) == (9 * 360, -50)


def test_the_margin_is_that_of_the_better_antenna_and_antennas_are_compared() -> None:
    (channel,) = recap_of([column(-90)] * 40).channels
    # B stays at -50 dBm; half of the time A is received at -65 dBm.
    assert (channel.better.p5, channel.margin_db, channel.balance_db) == (-50, 45, -15)
    (percent,) = recap_of(
        [column(-50, None, ReadingFlag.ANTENNA_PERCENT | link_flag(LinkState.LIVE))]
    ).channels
    assert (percent.margin_db, percent.balance_db) == (None, None)


def link(minute: float, state: LinkState, before: LinkState) -> Event:
    details = {"link": state.value, "before": before.value}
    return Event(START + minute * 60, EventKind.LINK, state.text, RACK, 1, details=details)


def test_an_outage_is_a_lost_link_or_a_device_that_goes_away_while_it_is_heard() -> None:
    lost = [link(1, LinkState.RF_LOST, LinkState.LIVE), link(3, LinkState.LIVE, LinkState.RF_LOST)]
    away = [session(2, "offline", "Session ended"), session(6, "online", "Session opened")]
    again = [session(50, "offline", "Session ended")]
    both = sorted([*lost, *away, *again], key=lambda event: event.at)
    heard = [column(-50)] * 60
    (channel,) = recap_of(heard, both).channels
    assert (channel.outage_s, channel.outage_at) == (15 * 60, START + 50 * 60)
    assert channel.outage_per_mille == 200
    # Once the program ends, nothing is known of what is away.
    ended = Event(START + 55 * 60, EventKind.PROGRAM, "ended", details={"program": "ended"})
    assert recap_of(heard, [*both, ended]).channels[0].outage_s == 10 * 60
    # One that was killed was there until what it recorded last; the next one goes on with what it finds.
    back = Event(START + 58 * 60, EventKind.SESSION, "Session opened", RACK, details={"status": "online"})
    started = Event(START + 57 * 60, EventKind.PROGRAM, "started", details={"program": "started"})
    recorded = [*heard[:53], *[EMPTY] * 4, *heard[57:]]
    killed = recap_of(recorded, [*both, started, back])
    assert killed.channels[0].outage_s == (5 + 3 + 1) * 60
    assert (killed.devices[0].disconnections, killed.devices[0].away_s) == (2, (4 + 3 + 1) * 60)
    assert recap_of(recorded, [*both, started]).channels[0].outage_s == (5 + 3) * 60
    # Without an event of the link, what was recorded says whether it was heard.
    assert [recap_of(columns, away).channels[0].outage_s for columns in (heard, [EMPTY] * 60, ())] == [
        240,
        None,
        None,
    ]
    off = [link(1, LinkState.TRANSMITTER_OFF, LinkState.LIVE)]
    assert recap_of(heard, [*off, *away]).channels[0].outage_s == 0
    before = [*away, link(8, LinkState.DOCKED, LinkState.LIVE)]
    assert recap_of((), before).channels[0].outage_s == 240
    assert [recap_of(columns).channels[0].outage_s for columns in (heard, ())] == [0, None]
    assert recap_of().channels[0].outage_per_mille is None


def test_columns_are_merged_to_be_compared_with_a_recording_that_is_less_exact() -> None:
    fine = RecordedSpan(START, END, [column(-50), column(-90)] * 180, 10.0)
    coarse = coarsen(fine, 60.0)
    assert (len(coarse.columns), coarse.column_s, coarse.end) == (60, 60.0, END)
    assert {summary.rf_a.low for summary in coarse.columns} == {-900}
    assert coarsen(fine, 1.0).columns == fine.columns


def test_clips_are_counted_by_spans() -> None:
    loud = LIVE | ReadingFlag.OVERLOAD
    flags = [loud, loud, LIVE, loud, LIVE]
    (channel,) = recap_of([column(-50, flags=each) for each in flags]).channels
    assert channel.clips == 2


@pytest.mark.parametrize(
    ("charges", "figures"),
    [
        ([90, None, 70, 100, 95], ChargeFigures(True, 90, 95, 25, 1)),
        ([90, 92, 91], ChargeFigures(True, 90, 91, 1, 0)),
        ([106, 103, 106], ChargeFigures(False, 5, 5, 3, 1)),
        ([None], None),
    ],
)
def test_charges_fall_and_packs_are_changed(
    charges: Sequence[int | None], figures: ChargeFigures | None
) -> None:
    (channel,) = recap_of([column(-50, charge) for charge in charges]).channels
    assert channel.charge == figures


def test_alarms_have_a_reaction_and_an_end() -> None:
    raised, cleared = changed(AlarmEventKind.RAISED, 1), changed(AlarmEventKind.CLEARED, 3)
    seen = changed(AlarmEventKind.ACKNOWLEDGED, 2, by="Pia", acknowledged_at=START, note="hat")
    (alarm,) = list_alarms([raised, seen, cleared])
    assert (alarm.reaction_s, alarm.seen_by, alarm.cleared_at) == (60, "Pia", START + 180)
    assert (alarm.subject, alarm.note) == ("7 Mercutio, Rack/1", "hat")
    # It may be seen after it cleared, and be raised again before.
    late = changed(AlarmEventKind.ACKNOWLEDGED, 5, by="Pia")
    assert [alarm.reaction_s for alarm in list_alarms([raised, cleared, late])] == [240]
    again = list_alarms([raised, cleared, changed(AlarmEventKind.RAISED, 4), late])
    assert [(alarm.reaction_s, alarm.cleared_at) for alarm in again] == [(None, START + 180), (60, None)]


def test_what_another_alarm_hides_and_the_journal_are_no_alarms_for_people() -> None:
    hidden = changed(AlarmEventKind.RAISED, 1, hidden_by=AlarmKey(ProblemCode.OFFLINE, RACK))
    journal = changed(AlarmEventKind.RAISED, 1, priority=AlarmPriority.JOURNAL)
    seen = changed(AlarmEventKind.ACKNOWLEDGED, 2, by="Pia")
    assert list_alarms([hidden, journal, seen]) == []
    assert len(list_alarms([hidden, changed(AlarmEventKind.REVEALED, 2)])) == 1


def test_figures_say_whether_one_person_could_deal_with_the_alarms() -> None:
    keys = [AlarmKey(ProblemCode.RF_LOST, RACK, number) for number in range(1, 6)]
    keys.append(AlarmKey(ProblemCode.BATTERY_LOW, RACK, 1))
    events = [changed(AlarmEventKind.RAISED, 10 + number, key) for number, key in enumerate(keys)]
    events += [changed(AlarmEventKind.ACKNOWLEDGED, 20, key, "Pia") for key in keys[:3]]
    events += [changed(AlarmEventKind.CLEARED, 21, key, is_flapping=key is keys[0]) for key in keys[:5]]
    figures = recap_of(events=events).figures
    assert (figures.count, figures.per_ten_minutes, figures.most_in_ten_minutes) == (6, 1.0, 6)
    assert figures.causes == [(ProblemCode.RF_LOST, 5), (ProblemCode.BATTERY_LOW, 1)]
    assert (figures.chattering, figures.median_reaction_s) == (1, 9 * 60)
    assert (figures.unseen, figures.standing) == (3, 1)
    assert recap_of().figures.median_reaction_s is None


def test_the_time_between_a_killed_program_and_the_next_is_no_outage() -> None:
    def program(minute: float, what: str) -> Event:
        return Event(START + minute * 60, EventKind.PROGRAM, what, details={"program": what})

    lost = link(10, LinkState.RF_LOST, LinkState.LIVE)
    heard_again = link(45, LinkState.LIVE, LinkState.RF_LOST)
    gap = [*[column(-50)] * 12, *[EMPTY] * 28, *[column(-50)] * 20]
    known = [program(0, "started"), lost, program(40, "started"), heard_again]
    (channel,) = recap_of(gap, known).channels
    assert (channel.outage_s, channel.drop_outs) == ((2 + 5) * 60, 1)
    # Nothing was recorded: it was there until its last event.
    assert recap_of((), known).channels[0].outage_s == 5 * 60
    # A pack that the next program finds on the air was not lost in between for all that is known.
    muted = link(50, LinkState.MUTED, LinkState.LIVE)
    assert recap_of(gap, [*known[:3], muted]).channels[0].outage_s == 2 * 60
    # What a person writes meanwhile by a command is no sign of a program that watches.
    note = Event(START + 30 * 60, EventKind.MARKER, "crackle", actor="Pia")
    assert recap_of(gap, [*known[:2], note, *known[2:]]).channels[0].outage_s == (2 + 5) * 60
    beside = [program(0, "ended"), lost]
    assert recap_of(gap, beside).channels[0].outage_s == 50 * 60, "another program watches"
    ended = [program(0, "started"), lost, program(20, "ended"), program(40, "started"), heard_again]
    assert recap_of(gap, ended).channels[0].outage_s == (10 + 5) * 60


def test_a_swap_to_a_spare_counts_at_the_channel_that_failed_unless_it_was_undone() -> None:
    def step(minute: float, text: str, outcome: str, **details: str) -> Event:
        at = START + minute * 60
        return Event(at, EventKind.STEP, text, actor="Pia", details={"step": outcome, **details})

    first, second = "Mercutio swapped from 7 to S1", "Mercutio swapped from 7 to S2"
    swap = record_swap(MERCUTIO.ref)
    made = [step(1, first, "made", **swap), step(2, second, "made", **swap)]
    undone = [step(3, f"Undone: {second}", "undone"), step(4, "Undone: Vox assigned", "undone")]
    redone = step(5, f"Redone: {second}", "redone")
    for events, swaps in ((made, 2), ([*made, *undone], 1), ([*made, *undone, redone], 2), (undone, 0)):
        recap = recap_of([column(-50)] * 60, events)
        assert recap.channels[0].swaps == swaps
    document: Any = recap_document(recap_of([column(-50)] * 60, made))
    entry = document["channels"]
    assert isinstance(entry, list)
    assert entry[0]["swaps"] == 2
    report = csv_report(recap_of([column(-50)] * 60, made))
    (row,) = csv.DictReader(io.StringIO(report))
    assert (row["pack changes"], row["swaps to a spare"]) == ("0", "2")


def test_devices_that_went_away() -> None:
    events = [
        session(5, "offline", "Session ended: no route"),
        session(7, "refused", "Session refused: locked"),
        session(10, "online", "Session opened"),
        session(50, "offline", "Session ended: no route"),
    ]
    reasons = ["Session ended: no route", "Session refused: locked"]
    assert recap_of(events=events).devices == [DeviceRecap("Rack", 2, 900.0, reasons, RACK, START + 50 * 60)]
    assert recap_of(events=events[2:3]).devices == []
    (refused,) = recap_of(events=events[1:3]).devices
    assert refused.is_refused


def test_what_was_not_measured_is_said() -> None:
    assert recap_of([column(-50)] * 60).not_measured == []
    assert recap_of().not_measured == ["Nothing was recorded of Rack/1"]
    assert RecapMaker(RecapSource(START, END, {}, ())).finish().not_measured == ["There were no channels"]
    percent = column(-50, None, ReadingFlag.ANTENNA_PERCENT | link_flag(LinkState.LIVE))
    dropped = Event(START, EventKind.PROGRAM, "9 events were not stored", details={"dropped": "9"})
    assert recap_of([percent] * 30 + [EMPTY] * 30, [dropped]).not_measured == [
        "Nothing was recorded for 30 of 60 minutes of Rack/1",
        "No charge was known of Rack/1",
        "RF is no level in dBm on Rack/1",
        "9 events were not stored",
    ]
    no_rf = column(-50)._replace(rf_a=NO_LEVEL, rf_b=NO_LEVEL)
    assert recap_of([no_rf]).not_measured == ["No RF level was known of Rack/1"]
    unread = recap_of([column(-50)], fault="The file is damaged")
    assert unread.not_measured == ["The recording could not be read: The file is damaged"]


def list_evening() -> Iterator[ChannelSummary]:
    """Six hours that move all the time."""
    for index in range(2000):
        yield EMPTY if index % 400 < 5 else column(-60 - index * 7919 % 37, max(0, 100 - index // 20))


def titles_of(cause: ProblemCode) -> str:
    return cause.value


class Page(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in {"meta", "path"}:
            self.open.append(tag)
        assert not {name for name, _ in attributes} & {"src", "href", "onload", "onerror"}

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_page_of_32_channels_is_small_and_opens_without_network() -> None:
    columns = list(list_evening())
    title = ChannelTitle(ChannelRef(RACK, 1), "Rack/1", None, HOSTILE)
    spans = {title.ref: RecordedSpan(START, START + 21_600, columns, 10.0)}
    marker = Event(START + 5, EventKind.MARKER, HOSTILE, actor=HOSTILE)
    raised = replace(changed(AlarmEventKind.RAISED, 1), subject=HOSTILE)
    events = [raised, marker, session(2, "offline", HOSTILE)]
    maker = RecapMaker(RecapSource(START, START + 21_600, {RACK: HOSTILE}, events, HOSTILE))
    maker.add([title], spans, with_curves=True)
    recap = maker.finish()
    recap = replace(recap, channels=[*recap.channels] * 32)
    text = html_page(recap, titles_of)
    assert len(text.encode()) < 500_000
    assert "http://" not in text
    assert "https://" not in text
    page = Page(text)
    assert page.open == []
    assert page.tags.count("svg") == 2 * 32
    assert "script" not in page.tags
    assert "=<script>alert('|`*␛')</script>&amp;" in "".join(page.texts)


def test_no_dip_is_lost_in_a_curve() -> None:
    dip = column(-110)
    columns = [column(-50)] * 700 + [dip] + [column(-50)] * 700
    shown = shorten(RecordedSpan(START, END, columns, 10.0)).columns
    assert len(shown) == CURVE_COLUMNS
    assert min(summary.rf_a.low for summary in shown) == -1100


def test_reports_escape_what_names_hold() -> None:
    title = ChannelTitle(ChannelRef(RACK, 1), "Rack/1", "7", HOSTILE)
    recap = recap_of([column(-85)] * 60, [changed(AlarmEventKind.RAISED, 1)], title)
    heads, row = csv.reader(io.StringIO(csv_report(recap)))
    cells = dict(zip(heads, row, strict=True))
    assert cells["name"].startswith("'=")
    assert (cells["on air"], cells["A min"], cells["RF"], cells["alarms"]) == ("1:00", "-85", "dBm", "1")
    markdown = markdown_report(recap, titles_of)
    assert "\\<script\\>alert('\\|" in markdown
    assert "| 7 |" in markdown
    assert "Everything was measured." in markdown
    assert "| in 10 minutes | 0.2, at most 1 |" in markdown
    assert "## Disconnections\n\nNone." in markdown


def test_notes_that_were_handed_over_in_the_span_stand_with_the_markers() -> None:
    notes = [HandoverNote(START + 9, "Pia", "Pack 7\nrattles"), HandoverNote(START - 9, "Pia", "earlier")]
    recap = recap_of(handover=notes)
    assert "| Pack 7 / rattles | the next shift | Pia |" in markdown_report(recap, titles_of)
    assert len(recap.handover) == 1


def test_spans_are_short() -> None:
    assert [format_span(seconds) for seconds in (9, 250, 7500)] == ["9s", "4m", "2:05"]


def test_no_ten_minutes_have_fewer_alarms_than_a_shorter_span_has() -> None:
    keys = [AlarmKey(ProblemCode.RF_LOST, RACK, number) for number in (1, 2)]
    events = [
        changed(AlarmEventKind.REVEALED, 1, key, raised_at=START - 5000 * index)
        for index, key in enumerate(keys)
    ]
    figures = count_alarms(list_alarms(events), START, START + 300)
    assert (figures.count, figures.per_ten_minutes, figures.most_in_ten_minutes) == (2, 2, 2)
