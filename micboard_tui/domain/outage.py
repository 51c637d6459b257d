"""What went at once and so has one cause: a network, the antennas of a receiver, the battery of a pack. Pure.

All is found from states and since when they last, so nothing is remembered between calls. Once an alarm
is open, it lasts while enough of what went is still gone, whenever that went.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode

NETWORK_WINDOW_S = 10.0
MIN_DEVICES = 3
MIN_SHARE = 0.5
"""Of the devices of a location, or of the rig."""
ANTENNA_WINDOW_S = 3.0
MIN_CHANNELS = 3
EMPTY_AFTER_S = 2.0
"""A carrier that goes so soon after its battery became critical went with the battery."""
EMPTY_MINUTES = 5.0
EMPTY_PERCENT = 2
WHOLE_RIG = AlarmKey(ProblemCode.NETWORK_LOST)


class NetworkLoss(NamedTuple):
    """Where the network is lost, and the devices that are offline because of it."""

    key: AlarmKey
    devices: tuple[DeviceId, ...]


def find_network_losses(
    devices: Mapping[DeviceId, DeviceSnapshot], open_keys: Collection[AlarmKey]
) -> Sequence[NetworkLoss]:
    """``open_keys`` are those of open alarms: these last while half of the devices are offline."""
    offline = [device for device in devices.values() if device.state.status is DeviceStatus.OFFLINE]
    if len(offline) < MIN_DEVICES:
        return ()
    of_places = list(_find_lost_places(devices.values(), offline, open_keys))
    is_open = WHOLE_RIG in open_keys
    gone = _find_gone(offline, len(devices), is_open=is_open)
    if gone and (is_open or len(of_places) != 1 or len(of_places[0].devices) < len(gone)):
        return (NetworkLoss(WHOLE_RIG, gone),)
    return of_places


def find_lost_antennas(lost: Iterable[ChannelState], open_keys: Collection[AlarmKey]) -> Sequence[DeviceId]:
    """The devices whose channels in ``lost``, which are without their carriers, went together.

    An open alarm lasts while two of its channels are gone.
    """
    by_device: dict[DeviceId, list[float]] = {}
    for state in lost:
        if state.link_since is not None:
            by_device.setdefault(state.device_id, []).append(state.link_since)
    return [
        device_id
        for device_id, moments in by_device.items()
        if _count_together(moments, ANTENNA_WINDOW_S) >= MIN_CHANNELS
        or (len(moments) > 1 and AlarmKey(ProblemCode.ANTENNA_SYSTEM, device_id) in open_keys)
    ]


def is_battery_empty(
    state: ChannelState, critical_since: float | None, expected_minutes: float | None
) -> bool:
    """Whether the carrier of a channel in RF lost went with its battery.

    ``critical_since`` is when its battery became critical, ``expected_minutes`` the cautious forecast of
    the moment before; None: neither.
    """
    if expected_minutes is not None and expected_minutes <= EMPTY_MINUTES:
        return True
    past = state.past_battery
    if past is None:
        return False
    if _is_nearly_empty(past.battery):
        return True
    lost_at = state.link_since
    return (
        critical_since is not None
        and lost_at is not None
        and 0.0 <= lost_at - critical_since <= EMPTY_AFTER_S
    )


def _is_nearly_empty(battery: Battery) -> bool:
    if battery.minutes is not None:
        return battery.minutes <= EMPTY_MINUTES
    if battery.percent is not None:
        return battery.percent <= EMPTY_PERCENT
    return battery.bars == 0


def _find_lost_places(
    devices: Iterable[DeviceSnapshot], offline: Sequence[DeviceSnapshot], open_keys: Collection[AlarmKey]
) -> Iterable[NetworkLoss]:
    counts: dict[LocationId, int] = {}
    for device in devices:
        if (place := device.device.location_id) is not None:
            counts[place] = counts.get(place, 0) + 1
    by_place: dict[LocationId, list[DeviceSnapshot]] = {}
    for device in offline:
        if (place := device.device.location_id) is not None:
            by_place.setdefault(place, []).append(device)
    for place, gone_there in by_place.items():
        key = AlarmKey(ProblemCode.NETWORK_LOST, location_id=place)
        if gone := _find_gone(gone_there, counts[place], is_open=key in open_keys):
            yield NetworkLoss(key, gone)


def _find_gone(offline: Sequence[DeviceSnapshot], total: int, *, is_open: bool) -> tuple[DeviceId, ...]:
    """The devices that are offline, where enough of ``total`` went together or the alarm is open."""
    if len(offline) < MIN_DEVICES or len(offline) < total * MIN_SHARE:
        return ()
    moments = [device.state.status_since for device in offline if device.state.status_since is not None]
    together = _count_together(moments, NETWORK_WINDOW_S)
    if not is_open and (together < MIN_DEVICES or together < total * MIN_SHARE):
        return ()
    return tuple(device.device.id for device in offline)


def _count_together(moments: Iterable[float], window_s: float) -> int:
    """How many of these lie within one window at most."""
    ordered = sorted(moments)
    most = start = 0
    for end, moment in enumerate(ordered):
        while moment - ordered[start] > window_s:
            start += 1
        most = max(most, end - start + 1)
    return most
