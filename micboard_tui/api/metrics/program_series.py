"""The series of the program itself, of its sessions, and of what is wrong. Pure."""

import platform
from collections import Counter
from collections.abc import Callable, Iterable

from micboard_tui import __version__
from micboard_tui.api.metrics.families import (
    ALARMS,
    BUILD_INFO,
    LOOP_LAG,
    MESSAGES,
    PROBLEMS,
    RECONNECTS,
    STORE_AGE,
    SeriesLines,
)
from micboard_tui.contracts.health import DeviceHealth, HealthSnapshot
from micboard_tui.domain.alarm import Alarm, AlarmStatus
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.problem import ONLY_OF_ALARMS, ProblemCode


def add_program(lines: SeriesLines, health: HealthSnapshot, now: float) -> None:
    """Add what concerns the program as a whole at ``now``, seconds since the epoch."""
    if (lag_s := health.loop_lag_s) is not None:
        lines.add(LOOP_LAG, lag_s)
    if (stored_at := health.stored_at) is not None:
        lines.add(STORE_AGE, round(max(0.0, now - stored_at), 3))
    lines.add(BUILD_INFO, 1, __version__, platform.python_version())


def add_sessions(lines: SeriesLines, sessions: Iterable[DeviceHealth]) -> None:
    """Add how the sessions with devices have been doing."""
    for session in sessions:
        lines.add(MESSAGES, session.messages, session.device_id)
        lines.add(RECONNECTS, max(0, session.connects - 1), session.device_id)


def add_problems(lines: SeriesLines, judgement: Judgement, takes: Callable[[DeviceId], bool]) -> None:
    """Add how many channels and devices among those that ``takes`` takes have each problem."""
    found: Counter[ProblemCode] = Counter()
    for ref, codes in judgement.problems.items():
        if takes(ref.device_id):
            found.update(codes)
    for device_id, problems in judgement.device_problems.items():
        if takes(device_id):
            found.update(problem.code for problem in problems)
    for code in ProblemCode:
        if code not in ONLY_OF_ALARMS:
            lines.add(PROBLEMS, found[code], code.value)


def add_alarms(lines: SeriesLines, alarms: AlarmList, takes: Callable[[Alarm], bool]) -> None:
    """Add how many alarms among those that ``takes`` takes there are of each priority and state."""
    if not alarms.is_read:
        return
    found = Counter((alarm.priority, alarm.status) for alarm in alarms.alarms if takes(alarm))
    for priority in AlarmPriority:
        for status in AlarmStatus:
            lines.add(ALARMS, found[priority, status], priority.name.lower(), status.value)
