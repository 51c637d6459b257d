"""At how many minutes left a battery alarm that was seen is new again. Pure.

Each step counts once while an alarm is open, since the alarm remembers the last one (``Alarm.minutes_step``):
minutes that go up and down about a step, or come back after a while, make nothing new.
"""

from collections.abc import Mapping

from micboard_tui.domain.alarm_causes import CauseInput
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem import ProblemCode

MINUTES_STEPS = (5, 10, 15)
_CRITICAL = ProblemCode.BATTERY_CRITICAL
_OF_RUNTIME = frozenset({_CRITICAL, ProblemCode.BATTERY_LOW, ProblemCode.WILL_NOT_LAST})


def find_minutes_steps(found: Mapping[AlarmKey, bool], given: CauseInput) -> Mapping[AlarmKey, int]:
    """The lowest step that the pack of each battery condition has passed.

    Where minutes are unknown there is none. Where a battery is critical, that alone counts.
    """
    steps = {}
    for key, is_there in found.items():
        if not is_there or key.cause not in _OF_RUNTIME:
            continue
        if key.cause is not _CRITICAL and found.get(key._replace(cause=_CRITICAL)):
            continue
        minutes = _find_minutes(key, given)
        if minutes is not None and minutes <= MINUTES_STEPS[-1]:
            steps[key] = next(step for step in MINUTES_STEPS if minutes <= step)
    return steps


def _find_minutes(key: AlarmKey, given: CauseInput) -> float | None:
    """What the device reports or the forecast says, the fewer of the two."""
    if key.device_id is None:
        return None
    if key.channel is None:
        device = given.judgement.devices.get(key.device_id)
        bays = () if device is None else device.state.bays
        battery = next((bay.battery for bay in bays if bay.number == key.part), None)
        return None if battery is None else battery.minutes
    ref = ChannelRef(key.device_id, key.channel)
    state, forecast = given.judgement.states.get(ref), given.trusted_forecast(ref)
    battery = None if state is None else state.battery
    known = [
        minutes
        for minutes in (
            None if battery is None else battery.minutes,
            None if forecast is None else forecast.p10,
        )
        if minutes is not None
    ]
    return min(known, default=None)
