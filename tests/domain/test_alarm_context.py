"""What alarms know of the show."""

from collections.abc import Collection
from dataclasses import replace

from micboard_tui.domain.alarm_context import NO_CONTEXT, OVER_S, AlarmContext, read_show
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.show import Show, ShowBreak, ShowProfile, ShowProgress, ShowState

T = 1_000_000.0
FIRST, SECOND, THIRD = (ChannelRef(DeviceId("rack"), number) for number in (1, 2, 3))
PLOT = MicPlot(
    (PlotScene("1"), PlotScene("2")),
    (PlotEntry(0, "7", "Ann"), PlotEntry(1, "07", "Ann"), PlotEntry(1, "IEM 3", "Ben")),
)
SHOW = Show("Romeo", T, (ShowBreak(60.0, 20.0),), 150.0, PLOT)
ON = ShowProgress(SHOW, ShowState.RUNNING, T, position_at=T, scene=1, scene_started_at=T)
STATES = {
    FIRST: ChannelState(*FIRST, assignment=Assignment(FIRST, mic_number="7")),
    SECOND: ChannelState(*SECOND, assignment=Assignment(SECOND, mic_number="iem 3")),
    THIRD: ChannelState(*THIRD),
}


def read(progress: ShowProgress, after_min: float = 0.0) -> AlarmContext:
    return read_show(progress, STATES, T + after_min * 60)


def test_a_scene_says_who_is_to_be_heard_and_the_clock_how_long_packs_have_to_last() -> None:
    context = read(ON, 20)
    assert context.expected == {FIRST, SECOND}
    assert (context.minutes_to_break, context.minutes_to_end) == (40.0, 130.0)
    assert context.profile is ShowProfile.SHOW
    assert read(replace(ON, scene=0)).expected == {FIRST}
    assert read(replace(ON, scene=None)).expected == frozenset()
    last = replace(ON, breaks_taken=1, position_min=80.0)
    assert read(last).minutes_to_break == read(last).minutes_to_end == 70.0


def test_a_spare_that_took_over_is_to_be_heard_in_place_of_the_mic() -> None:
    def expect(first: Assignment, third: Assignment) -> Collection[ChannelRef]:
        states = {
            **STATES,
            FIRST: replace(STATES[FIRST], assignment=first),
            THIRD: replace(STATES[THIRD], assignment=third),
        }
        return read_show(ON, states, T).expected

    ann, ben = (Performer(PerformerId(name), name) for name in ("ann", "Ben"))
    off = Assignment(FIRST, mic_number="7", expected_off=True)
    assert expect(off, Assignment(THIRD, ann)) == {FIRST, SECOND, THIRD}
    assert expect(off, Assignment(THIRD, ann, mic_number="S1")) == {FIRST, SECOND, THIRD}
    # Another mic of the plot, a channel that is off too, another performer, and a mic that is on.
    for first, third in (
        (off, Assignment(THIRD, ann, mic_number="IEM 3")),
        (off, Assignment(THIRD, ann, expected_off=True)),
        (off, Assignment(THIRD, ben)),
        (Assignment(FIRST, mic_number="7"), Assignment(THIRD, ann)),
    ):
        assert (THIRD in expect(first, third)) is (third.mic_number == "IEM 3")


def test_nobody_has_to_be_heard_in_a_break_and_nothing_to_last_before_the_show() -> None:
    break_ = replace(ON, state=ShowState.BREAK, breaks_taken=1, is_break_planned=True, position_min=80.0)
    context = read(break_)
    assert (context.profile, context.expected) == (ShowProfile.BREAK, frozenset())
    assert context.minutes_to_break == 90.0
    assert read(ShowProgress(SHOW)) == AlarmContext(ShowProfile.SOUNDCHECK)


def test_after_the_end_the_time_counts_until_the_show_is_done_with() -> None:
    ended = replace(ON, state=ShowState.ENDED, ended_at=T)
    assert read(ended, 10) == AlarmContext(ShowProfile.TEARDOWN, ended_for_s=600.0)
    assert read(ended, OVER_S / 60 + 1) is NO_CONTEXT
