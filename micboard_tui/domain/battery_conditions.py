"""What of batteries becomes an alarm: not while cells settle, sooner by a forecast, and empty. Pure.

``BatteryConditions.sample`` is called once a second with the forecasts, and ``judge`` with the conditions
that readings alone give, as often as these are judged. Remembered of every channel on the air is since when
its battery is critical and how long it was expected to last, so that ``is_empty`` can say of a carrier that
went whether it went with its battery.
"""

from collections.abc import Collection, Mapping

from micboard_tui.domain.alarm_causes import CauseInput, Packs
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.channel_watch import SETTLE_BARS_S
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.outage import is_battery_empty
from micboard_tui.domain.problem import ProblemCode

OF_CHARGE = frozenset({ProblemCode.BATTERY_CRITICAL, ProblemCode.BATTERY_LOW})


class BatteryConditions:
    def __init__(self) -> None:
        self._critical_since: Mapping[ChannelRef, float] = {}
        self._minutes_left: Mapping[ChannelRef, float] = {}
        self._nearly_empty: Collection[ChannelRef] = ()
        """Those whose forecasts are critical, with any charge."""

    def sample(self, packs: Packs, judgement: Judgement) -> None:
        """Of a channel that has just gone, what was forecast before stays."""
        left, near = {}, []
        for state, forecast in packs:
            left[ref := state.ref] = minutes = forecast.p10
            if minutes < state.thresholds.battery.critical_minutes:
                near.append(ref)
        for ref in self._minutes_left.keys() - left.keys():
            if _is_lost(judgement, ref):
                left[ref] = self._minutes_left[ref]
        self._minutes_left, self._nearly_empty = left, near

    def judge(self, found: dict[AlarmKey, bool], given: CauseInput) -> Collection[AlarmKey]:
        """Change ``found`` where a battery is doubtful, or a forecast is known.

        Answers those that a forecast ends, with any charge.
        """
        states, ended = given.judgement.states, set()
        for key in [key for key in found if key.cause in OF_CHARGE and key.channel is not None]:
            state = states.get(ChannelRef(key.device_id, key.channel or 0)) if key.device_id else None
            if state is None:
                continue
            if _is_doubtful(state, given):
                del found[key]
            elif key.cause is ProblemCode.BATTERY_LOW and _is_runtime_judged(state, given):
                found[key] = False
                ended.add(key)
        for ref in self._nearly_empty:
            near = states.get(ref)
            if near is not None and near.link_state in ON_AIR and not _is_doubtful(near, given):
                found[AlarmKey(ProblemCode.BATTERY_CRITICAL, *ref)] = True
        self._remember(given.judgement)
        return ended

    def is_empty(self, state: ChannelState) -> bool:
        """Whether a carrier that is lost went with its battery."""
        return is_battery_empty(state, self._critical_since.get(state.ref), self._minutes_left.get(state.ref))

    def _remember(self, judgement: Judgement) -> None:
        """Since when batteries are critical; of a channel that has just gone, since when its was."""
        since = {ref: at for ref, at in self._critical_since.items() if _is_lost(judgement, ref)}
        for ref, codes in judgement.problems.items():
            if ProblemCode.BATTERY_CRITICAL in codes:
                since[ref] = judgement.since(ref, ProblemCode.BATTERY_CRITICAL)
        self._critical_since = since


def _is_lost(judgement: Judgement, ref: ChannelRef) -> bool:
    state = judgement.states.get(ref)
    return state is not None and state.link_state is LinkState.RF_LOST


def _is_doubtful(state: ChannelState, given: CauseInput) -> bool:
    """Whether a battery settles, or went off with its pack a short while ago."""
    watch, now = given.watches.find(state.ref), given.judgement.starts.at
    if watch is None or state.link_state is LinkState.DOCKED:
        return False
    if watch.away_since is not None:
        return now - watch.away_since < SETTLE_BARS_S
    return watch.is_settling(state, now)


def _is_runtime_judged(state: ChannelState, given: CauseInput) -> bool:
    """Whether a show runs and the pack has a forecast: then it is judged by what it needs to last."""
    return given.context.minutes_to_break is not None and given.trusted_forecast(state.ref) is not None
