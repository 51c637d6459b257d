"""Notices for tests of outputs."""

from dataclasses import replace

from micboard_tui.contracts.alarm_outputs import AlarmNotice
from micboard_tui.contracts.alarm_texts import AlarmText
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_notices import NoticeKind
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode

KEY = AlarmKey(ProblemCode.RF_LOST, DeviceId("rack 1"), 2)
ALARM = Alarm(KEY, AlarmPriority.NOW, 1_000_000.0, 1_000_000.0, note="cable")
TEXT = AlarmText("RF lost", "7", "Mercutio", "Rack 1/2", "check pack and antenna")


def notice(kind: NoticeKind = NoticeKind.RAISED, at: float = 1_000_001.5, channel: int = 2) -> AlarmNotice:
    alarm = replace(ALARM, key=KEY._replace(channel=channel))
    return AlarmNotice(kind, alarm, TEXT, at)
