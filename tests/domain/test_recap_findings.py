"""What to change after a show, and what became better or worse, by value."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_record import record_event
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recap import DeviceRecap, Recap, RecapMaker, RecapSource
from micboard_tui.domain.recap_channel import ChannelRecap, ChannelTitle, ChargeFigures, RfFigures
from micboard_tui.domain.recap_comparison import compare_recaps
from micboard_tui.domain.recap_difference import Verdict
from micboard_tui.domain.recap_findings import MAX_FINDINGS, MAX_OF_A_KIND, FindingKind, list_findings
from micboard_tui.domain.recap_report import compared_with, list_differences, markdown_report

RACK = DeviceId("rack")
START, END = 1_000_000.0, 1_003_600.0


def channel(number: int = 1, *, p5: float = -60.0, **more: Any) -> ChannelRecap:  # noqa: ANN401 - values of any field
    """On air for the whole hour, and fine."""
    title = ChannelTitle(ChannelRef(RACK, number), f"Rack/{number}", str(number), "Mercutio")
    rf = RfFigures(p5, START, p5)
    fine = ChannelRecap(title, 3600, 3600, rf, rf, rf, 0.0, True, 0, 0.0, None, 0, None, 0, 0, 10.0)
    return replace(fine, **more)


def recap_of(*channels: ChannelRecap, events: Sequence[Event] = ()) -> Recap:
    maker = RecapMaker(RecapSource(START, END, {RACK: "Rack"}, events))
    return replace(maker.finish(), channels=channels)


def raised(number: int, *kinds: AlarmEventKind, is_flapping: bool = False) -> Sequence[Event]:
    key = AlarmKey(ProblemCode.RF_LOST, RACK, number)
    alarm = Alarm(key, AlarmPriority.NOW, START + number, START + number, is_flapping=is_flapping)
    changes = (AlarmEventKind.RAISED, *kinds)
    return [record_event(AlarmEvent(kind, alarm, START + number, "Pia"), "RF lost", "x") for kind in changes]


def texts_of(recap: Recap) -> list[str]:
    return [finding.text for finding in list_findings(recap)]


def test_a_good_evening_has_no_findings() -> None:
    recap = recap_of(channel())
    assert list_findings(recap) == []
    assert "## What to change\n\nNothing stands out." in markdown_report(recap, str)


@pytest.mark.parametrize(
    ("found", "text", "action"),
    [
        (
            channel(drop_outs=6, outage_s=42.0),
            "1 Mercutio, Rack/1 could not be heard for 42s, in 6 drop-outs",
            "well",
        ),
        (channel(drop_outs=1, outage_s=5.0, p5=-90.0), "for 5s, in 1 drop-out", "too weakly"),
        (channel(drop_outs=1, outage_s=5.0, is_dbm=False), "for 5s, in 1 drop-out", "where it was"),
        (
            channel(p5=-91.0),
            "1 Mercutio, Rack/1 was received 4 dB above the level at which links",
            "antenna nearer",
        ),
        (channel(p5=-97.0), "received 2 dB below the level", "antenna nearer"),
        (
            channel(charge=ChargeFigures(True, 90, 8, 82, 0)),
            "1 Mercutio, Rack/1 was at 8 % in the end",
            "full pack",
        ),
        (channel(charge=ChargeFigures(False, 5, 1, 4, 0)), "was at 1 of 5 bars in the end", "full pack"),
        (channel(clips=14), "Audio of 1 Mercutio, Rack/1 clipped 14 times", "gain"),
    ],
)
def test_each_bad_figure_is_a_sentence_with_an_action(found: ChannelRecap, text: str, action: str) -> None:
    (finding,) = list_findings(recap_of(found))
    assert text in finding.text
    assert action in finding.action
    assert (finding.device_id, finding.channel) == (RACK, 1)


def test_an_antenna_is_weak_where_all_channels_of_its_receiver_are() -> None:
    weak = [channel(number, balance_db=12.0 + number) for number in (1, 2)]
    (finding,) = list_findings(recap_of(*weak))
    assert finding.text == "Antenna B of Rack received all 2 channels 13 dB weaker or more"
    assert texts_of(recap_of(*(replace(one, balance_db=-20.0) for one in weak)))[0].startswith("Antenna A")
    # One channel is a pack or a body, and so are two that do not agree.
    assert texts_of(recap_of(weak[0])) == []
    assert texts_of(recap_of(weak[0], channel(2, balance_db=-15.0))) == []
    assert texts_of(recap_of(weak[0], channel(2, balance_db=3.0))) == []


def test_alarms_that_no_one_can_deal_with_are_a_finding() -> None:
    events = [event for number in range(20) for event in raised(number, is_flapping=number == 0)]
    findings = list_findings(recap_of(events=events))
    assert [finding.text for finding in findings] == [
        "3.3 alarms came in 10 minutes, at most 20",
        "20 of 20 urgent alarms were never acknowledged",
        "1 alarm came and went again and again",
        "20 alarms stood for more than half an hour",
    ]
    assert (
        list_findings(recap_of(events=raised(1, AlarmEventKind.ACKNOWLEDGED, AlarmEventKind.CLEARED))) == []
    )
    (only,) = list_findings(recap_of(events=raised(1, AlarmEventKind.CLEARED)))
    assert only.text == "1 of 1 urgent alarm was never acknowledged"


def test_what_the_audience_heard_comes_first_and_no_kind_is_alone() -> None:
    lost = [channel(number, drop_outs=1, outage_s=float(number)) for number in range(1, 6)]
    recap = replace(
        recap_of(*lost, channel(9, clips=20)),
        devices=[DeviceRecap("Rack", 3, 250.0, ["no route"], RACK, START)],
    )
    findings = list_findings(recap)
    assert len(findings) <= MAX_FINDINGS
    assert [finding.channel for finding in findings[:MAX_OF_A_KIND]] == [5, 4]
    assert [finding.kind for finding in findings[MAX_OF_A_KIND:]] == [
        FindingKind.DEVICE_AWAY,
        FindingKind.CLIPPING,
    ]
    assert findings[2].text == "Rack was away 3 times, for 4m"


def test_a_device_that_refused_access_needs_no_cable() -> None:
    refused = DeviceRecap("Rack", 1, 46.0, ["Session refused: locked"], RACK, START, is_refused=True)
    (finding,) = list_findings(replace(recap_of(), devices=[refused]))
    assert finding.text == "Rack refused access once, for 46s"
    assert finding.action.startswith("Allow access on it")


def test_a_show_is_compared_with_an_earlier_one() -> None:
    before = recap_of(
        channel(1, p5=-60.0, drop_outs=8, outage_s=60.0),
        channel(2, clips=1),
        channel(3, p5=-90.0),
        channel(4, on_air_s=30.0, drop_outs=90),
    )
    now = recap_of(
        channel(1, p5=-80.0, drop_outs=1, outage_s=2.0),
        channel(2, clips=30),
        channel(3, p5=-92.0),
        channel(4, p5=-99.0),
        channel(5),
        events=[*raised(1, AlarmEventKind.ACKNOWLEDGED), *raised(2), *raised(3), *raised(4)],
    )
    comparison = compare_recaps(now, replace(before, show="Romeo"))
    assert (comparison.channels, compared_with(comparison).split(",")[0]) == (3, "Compared with Romeo")
    assert list(list_differences(comparison)) == [
        ("worse", "the show", "alarms in 10 minutes", "0.0", "0.7"),
        ("worse", "the show", "most alarms in 10 minutes", "0.0", "4.0"),
        ("worse", "1 Mercutio, Rack/1", "margin", "35 dB", "15 dB"),
        ("worse", "2 Mercutio, Rack/2", "clips in an hour", "1.0", "30.0"),
        ("better", "1 Mercutio, Rack/1", "time lost", "16.4 per mille", "0.6 per mille"),
        ("better", "1 Mercutio, Rack/1", "drop-outs in an hour", "8.0", "1.0"),
    ]
    assert compare_recaps(now, now).differences == []
    assert "Nothing became better or worse." in markdown_report(
        replace(now, comparison=compare_recaps(now, now)), str
    )
    # Without a recording it is not known that there were no alarms.
    unknown = compare_recaps(now, recap_of())
    assert unknown.differences == []
    assert "on air for ten minutes" in markdown_report(replace(now, comparison=unknown), str)


def test_reactions_are_compared_in_time_and_unknown_figures_are_not() -> None:
    slow = recap_of(
        channel(clips=None, drop_outs=None, outage_s=None), events=raised(1, AlarmEventKind.ACKNOWLEDGED)
    )
    slow = replace(slow, figures=replace(slow.figures, median_reaction_s=250.0))
    fast = replace(slow, figures=replace(slow.figures, median_reaction_s=12.0))
    (difference,) = compare_recaps(slow, fast).differences
    assert difference[:4] == (Verdict.WORSE, "median time until seen", "12s", "4m")
    markdown = markdown_report(replace(slow, comparison=compare_recaps(slow, fast)), str)
    assert "| worse | the show | median time until seen | 12s | 4m |" in markdown
