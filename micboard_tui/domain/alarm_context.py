"""What the rules of alarms need beside the readings: the show, forecasts, and this computer. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from micboard_tui.domain.alarm_life import ActiveShow
from micboard_tui.domain.battery_forecast import BatteryForecast
from micboard_tui.domain.bus_loss import BusLoss
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.mic_number import MicNumberKey, mic_number_key
from micboard_tui.domain.mic_plot import PlotEntry
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.show import ShowProfile, ShowProgress, ShowState


@dataclass(frozen=True, slots=True)
class AlarmContext:
    """Of one moment. What is not known is None or empty, and raises nothing."""

    profile: ShowProfile = ShowProfile.SHOW
    expected: Collection[ChannelRef] = frozenset()
    """The channels that the scene of now has on, and spares in their place.

    Empty: no scene is on, or the show has no plan.
    """
    minutes_to_break: float | None = None
    """To the next break, or to the end where no break comes before it."""
    minutes_to_end: float | None = None
    ended_for_s: float | None = None
    """How long the show has been over; None: it is not."""
    forecasts: Mapping[ChannelRef, BatteryForecast] = field(default_factory=dict)
    loop_lag_s: float | None = None
    """How late the event loop was in the last second."""
    active: ActiveShow | None = None
    """The active profile, once it has been that for a few seconds, and the show; shelves end with them."""
    is_stored: bool | None = None
    """Whether what is read reaches the disk; False: it is kept in memory only."""
    lost: BusLoss | None = None
    """Nothing is heard of a program elsewhere; None: all are heard, or there are none."""
    out_of_use: Collection[DeviceId] = frozenset()
    """Devices that are out of service, or stand where all is: nothing of them is an alarm, or part of one."""


NO_CONTEXT = AlarmContext()
"""No show, no forecasts."""
OVER_S = 6 * 3600.0
"""So long after its end a show is over and done with: what is on then is on for another reason."""
_UNDER_WAY = frozenset({ShowState.RUNNING, ShowState.PAUSED, ShowState.BREAK})


def read_show(progress: ShowProgress, states: Mapping[ChannelRef, ChannelState], now: float) -> AlarmContext:
    """What follows from the show that is current. Until it begins, no pack has to last for it."""
    ended_for_s = _find_ended(progress, now)
    if ended_for_s is not None and ended_for_s > OVER_S:
        return NO_CONTEXT
    is_under_way = progress.state in _UNDER_WAY
    to_end = progress.minutes_to_end(now) if is_under_way else None
    to_break = progress.minutes_to_break(now) if is_under_way else None
    return AlarmContext(
        progress.profile,
        _find_expected(progress, states) if progress.state is ShowState.RUNNING else frozenset(),
        to_end if to_break is None else to_break,
        to_end,
        ended_for_s,
    )


def find_profile(progress: ShowProgress | None, chosen: ShowProfile | None, now: float) -> ShowProfile:
    """The active profile: that of the show while one is current, else the one that a person chose."""
    if progress is not None and (_find_ended(progress, now) or 0.0) <= OVER_S:
        return progress.profile
    return ShowProfile.SHOW if chosen is None else chosen


def _find_ended(progress: ShowProgress, now: float) -> float | None:
    if progress.state is not ShowState.ENDED or progress.ended_at is None:
        return None
    return max(0.0, now - progress.ended_at)


def _find_expected(
    progress: ShowProgress, states: Mapping[ChannelRef, ChannelState]
) -> Collection[ChannelRef]:
    """The channels with the mic numbers that the scene of now has on, and those that took over from them."""
    entries = progress.show.plot.entries
    mics = {mic_number_key(entry.mic_number) for entry in entries if entry.scene == progress.scene}
    if not mics:
        return frozenset()
    expected = {ref for ref, state in states.items() if _find_mic(state) in mics}
    replaced = {_find_mic(states[ref]) for ref in expected if _is_expected_off(states[ref])}
    return frozenset(expected | _find_takers(replaced, entries, states) if replaced else expected)


def _find_takers(
    replaced: Collection[MicNumberKey | None],
    entries: Sequence[PlotEntry],
    states: Mapping[ChannelRef, ChannelState],
) -> set[ChannelRef]:
    """The channels that wearers of these mics have now, and that are no mic of the plot: spares."""
    planned = {mic_number_key(entry.mic_number) for entry in entries}
    wearers = {
        fold_name(entry.performer)
        for entry in entries
        if entry.performer is not None and mic_number_key(entry.mic_number) in replaced
    }
    return {
        ref
        for ref, state in states.items()
        if state.assignment is not None
        and state.assignment.performer is not None
        and fold_name(state.assignment.performer.name) in wearers
        and not state.assignment.expected_off
        and _find_mic(state) not in planned
    }


def _find_mic(state: ChannelState) -> MicNumberKey | None:
    return None if state.mic_number is None else mic_number_key(state.mic_number)


def _is_expected_off(state: ChannelState) -> bool:
    return state.assignment is not None and state.assignment.expected_off
