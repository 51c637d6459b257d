"""The conditions of all alarms at one moment, from the problems that were found. Pure.

A condition is true while its problem is found, and false once what it is about is heard without it, or is no
longer there. All else was not observed and has no entry: a device that is silent ends nothing.
"""

from collections.abc import Mapping

from micboard_tui.domain.alarm_life import WatchedAlarm
from micboard_tui.domain.alarm_rules import LAST_SEEN_STEP_S, AlarmKey
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey

_BY_STATUS = {DeviceStatus.OFFLINE: ProblemCode.OFFLINE, DeviceStatus.REFUSED: ProblemCode.REFUSED}


def find_conditions(judgement: Judgement, watched: Mapping[AlarmKey, WatchedAlarm]) -> dict[AlarmKey, bool]:
    """What was observed of everything, and of the alarms that the desk has."""
    conditions = {
        AlarmKey(key.code, key.device_id, key.channel, key.part): True for key in judgement.starts.open
    }
    for device_id, device in judgement.devices.items():
        # A device that cannot be read is one alarm, and not one for each channel.
        if (cause := _BY_STATUS.get(device.state.status)) is not None:
            conditions[AlarmKey(cause, device_id)] = True
    for key, entry in watched.items():
        if key not in conditions:
            alarm = entry.alarm
            seen_at = judgement.starts.at if alarm is None else alarm.last_seen_at + LAST_SEEN_STEP_S
            if _has_ended(judgement, key, seen_at):
                conditions[key] = False
    return conditions


def _has_ended(judgement: Judgement, key: AlarmKey, seen_at: float) -> bool:
    """Whether what an alarm is about was heard without it, or is not there."""
    if key.device_id is None or (device := judgement.devices.get(key.device_id)) is None:
        return True
    if key.channel is not None:
        state = judgement.states.get(ChannelRef(key.device_id, key.channel))
        if state is None:
            # Which channels there are is only known of a device that can be read.
            return device.state.is_online
        if state.expected_off:
            return True
    problem = ProblemKey(key.device_id, key.channel, key.cause, key.part)
    gone = judgement.starts.gone.get(problem)
    if gone is not None:
        return gone.ended_at is not None
    return judgement.is_heard(problem, seen_at)
