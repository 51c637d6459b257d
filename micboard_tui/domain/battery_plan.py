"""The battery plan: which packs last, until when the others are to be changed, and against what. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import inf
from typing import NamedTuple

from micboard_tui.domain.battery_forecast import BatteryForecast
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.mic_number import mic_number_key
from micboard_tui.domain.mic_plot import MicUse, next_users
from micboard_tui.domain.show import ShowProgress
from micboard_tui.domain.show_needs import NO_NEEDS, ShowNeeds, find_show_needs
from micboard_tui.domain.spare import SpareCandidate, rank_spares
from micboard_tui.domain.swap_moment import SAFETY_MIN, find_gaps, find_swap_moment

MOST_REPLACED = 8
"""So many packs, the most urgent, are given a replacement: ranking looks at every channel."""
FULL_PERCENT = 95
_ON = ON_AIR | {LinkState.RF_LOST}


class PlanLevel(IntEnum):
    """What is to be done about a pack, the most urgent first."""

    NOW = 0
    """It does not last to the next break or moment at which it could be changed."""
    IN_SHOW = 1
    """It has to be changed before the next break."""
    AT_BREAK = 2
    """It lasts to the next break, but not to the end."""
    UNKNOWN = 3
    """It is not known how long it lasts."""
    LASTS = 4
    NO_SHOW = 5
    """No show says how long it has to last."""


class Replacement(NamedTuple):
    """What is ready to take over: a spare, which may sit in a bay, or a charged pack in a bay."""

    spare: ChannelState | None
    charger: str | None = None
    bay: int | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One pack."""

    state: ChannelState
    device_title: str
    forecast: BatteryForecast | None
    level: PlanLevel
    needs: ShowNeeds
    swap_by: float | None = None
    """The latest moment to change it, seconds since the epoch; None: it lasts, or it is not known."""
    replacement: Replacement | None = None
    next_user: MicUse | None = None

    @property
    def minutes_left(self) -> float | None:
        """The cautious time."""
        return None if self.forecast is None else self.forecast.p10

    @property
    def margin(self) -> float | None:
        """By how many minutes it lasts longer than the show needs it."""
        needed = self.needs.longest
        return None if needed is None or self.forecast is None else self.forecast.p10 - needed


@dataclass(frozen=True, slots=True)
class BatteryPlan:
    """Of one moment."""

    rows: tuple[PlanRow, ...] = ()
    """The most urgent first; where no show is on, those first that last shortest."""
    needs: ShowNeeds = NO_NEEDS
    end_at: float | None = None
    break_at: float | None = None
    has_show: bool = False

    def rows_of(self, *levels: PlanLevel) -> Sequence[PlanRow]:
        return [row for row in self.rows if row.level in levels]


def make_plan(
    devices: Sequence[DeviceSnapshot],
    forecasts: Mapping[ChannelRef, BatteryForecast],
    show: ShowProgress | None,
    now: float,
) -> BatteryPlan:
    """The plan of all packs that are on and meant to be, but those of what is out of service."""
    needs = find_show_needs(show, now)
    has_show = show is not None and needs.longest is not None
    plot_scene = -1 if show is None or show.scene is None else show.scene
    users = {} if show is None else next_users(show.show.plot, plot_scene)
    rows = []
    for device in devices:
        if device.is_out_of_service or device.state.kind is not DeviceKind.RECEIVER:
            continue
        for state in device.channels:
            if _is_planned(state, forecasts):
                forecast = forecasts.get(state.ref)
                level, swap_by = _judge(forecast, needs, show, state.mic_number, now)
                user = users.get(mic_number_key(state.mic_number)) if state.mic_number else None
                rows.append(PlanRow(state, device.title, forecast, level, needs, swap_by, next_user=user))
    rows.sort(key=lambda row: _rank(row, has_show=has_show))
    return BatteryPlan(
        tuple(_with_replacements(rows, devices, now)),
        needs,
        None if needs.to_end is None else now + needs.to_end * 60,
        None if needs.to_break is None else now + needs.to_break * 60,
        has_show,
    )


def _is_planned(state: ChannelState, forecasts: Mapping[ChannelRef, BatteryForecast]) -> bool:
    if state.expected_off or state.link_state not in _ON:
        return False
    return state.ref in forecasts or (state.battery is not None and state.battery.is_known)


def _judge(
    forecast: BatteryForecast | None,
    needs: ShowNeeds,
    show: ShowProgress | None,
    mic_number: str | None,
    now: float,
) -> tuple[PlanLevel, float | None]:
    if forecast is None:
        return PlanLevel.UNKNOWN, None
    needed = needs.longest
    if needed is None or show is None:
        return PlanLevel.NO_SHOW, None
    if forecast.p10 >= needed + SAFETY_MIN:
        return PlanLevel.LASTS, None
    safe_until = now + (forecast.p10 - SAFETY_MIN) * 60
    swap_by = find_swap_moment(safe_until, find_gaps(show, mic_number, now), now)
    if needs.to_break is not None and forecast.p10 >= max(0.0, needs.to_break) + SAFETY_MIN:
        return PlanLevel.AT_BREAK, swap_by
    return (PlanLevel.NOW if swap_by <= now else PlanLevel.IN_SHOW), swap_by


def _rank(row: PlanRow, *, has_show: bool) -> tuple[float, ...]:
    left = inf if row.forecast is None else row.forecast.p10
    if not has_show:
        return (left,)
    return (row.level, inf if row.swap_by is None else row.swap_by, left)


def _with_replacements(
    rows: Sequence[PlanRow], devices: Sequence[DeviceSnapshot], now: float
) -> Iterator[PlanRow]:
    """Each spare and each bay is given once, to the most urgent."""
    # A spare that does not last itself is none.
    taken: set[ChannelRef | tuple[DeviceId, int]] = {row.state.ref for row in rows if row.swap_by is not None}
    given = 0
    for row in rows:
        if row.swap_by is None or given >= MOST_REPLACED:
            yield row
            continue
        given += 1
        replacement = _find_replacement(row, devices, taken, now)
        yield row if replacement is None else _replaced(row, replacement)


def _replaced(row: PlanRow, replacement: Replacement) -> PlanRow:
    return PlanRow(
        row.state,
        row.device_title,
        row.forecast,
        row.level,
        row.needs,
        row.swap_by,
        replacement,
        row.next_user,
    )


def _find_replacement(
    row: PlanRow,
    devices: Sequence[DeviceSnapshot],
    taken: set[ChannelRef | tuple[DeviceId, int]],
    now: float,
) -> Replacement | None:
    for spare in rank_spares(row.state.ref, devices, now):
        if spare.state.ref not in taken and (spare.is_ready or _is_charged(spare)):
            taken.add(spare.state.ref)
            dock = spare.state.dock
            if dock is None:
                return Replacement(spare.state)
            taken.add((dock.device_id, dock.bay.number))
            return Replacement(spare.state, dock.charger, dock.bay.number, dock.bay.battery.percent)
    return _find_bay(devices, taken)


def _is_charged(spare: SpareCandidate) -> bool:
    dock = spare.state.dock
    return dock is not None and dock.bay.state is BayState.READY


def _find_bay(
    devices: Sequence[DeviceSnapshot], taken: set[ChannelRef | tuple[DeviceId, int]]
) -> Replacement | None:
    """A full pack that no channel is known to have."""
    owned = {
        (state.dock.device_id, state.dock.bay.number)
        for device in devices
        for state in device.channels
        if state.dock is not None
    }
    for device in devices:
        if device.is_out_of_service:
            continue
        for bay in device.state.bays:
            place = (device.device.id, bay.number)
            percent = bay.battery.percent
            is_full = bay.state is BayState.READY and (percent is None or percent >= FULL_PERCENT)
            if is_full and place not in taken and place not in owned:
                taken.add(place)
                return Replacement(None, device.title, bay.number, percent)
    return None
