"""The bell and the desktop's messages for new alarms, through the terminal; both are off until they are set.

``look`` is called a few times a second. When the bell is due says ``domain.alarm_bell``, and what is worth a
message ``domain.alarm_notices``: what is raised of the priorities "now" and "soon". What becomes worth one at
the same moment is one message.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_bell import AlarmBell
from micboard_tui.domain.alarm_notices import NoticeKind, NoticeSchedule
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.terminal.desktop_notices import format_notice

LOOK_S = 0.25
STROKES = {AlarmPriority.NOW: 3, AlarmPriority.SOON: 1}
STROKE_EVERY_S = 0.15
TITLE = "micboard"
NO_BELL = "The bell is off. The setting alarms.bell switches it on."


class Later(Protocol):
    """Calls something after a while, or every while."""

    def __call__(self, delay: float, callback: Callable[[], None], /) -> object:
        """``delay`` in seconds."""
        ...


class AlarmSignals:
    def __init__(
        self, live: LiveContract, options: BoardOptions, write: Callable[[str], None], later: Later
    ) -> None:
        """``write`` gives a sequence to the terminal."""
        self._live, self._write, self._later = live, write, later
        self._has_bell, self._desktop = options.bell, options.desktop
        self._bell, self._schedule = AlarmBell(), NoticeSchedule()
        self.is_muted = False
        """Whether the bell is silent until the user wants to hear it again."""

    def start(self, repeat: Later) -> None:
        """Look again and again, where there is anything to do."""
        if self._has_bell or self._desktop is not None:
            repeat(LOOK_S, self.look)

    def mute(self) -> str:
        """Silence the bell, or let it ring again; what is so now."""
        if not self._has_bell:
            return NO_BELL
        self.is_muted = not self.is_muted
        return "The bell is muted." if self.is_muted else "The bell rings again."

    def look(self) -> None:
        """Ring and show what is due now."""
        now, alarms = self._live.now(), self._live.findings.alarms
        if self._has_bell:
            self._bell, priority = self._bell.follow(alarms.new, now)
            if priority is not None and not self.is_muted:
                self._ring(STROKES.get(priority, 0))
        if self._desktop is not None:
            self._schedule, due = self._schedule.follow(alarms.alarms, now)
            raised = [notice.alarm for notice in due if notice.kind is NoticeKind.RAISED]
            urgent = [alarm for alarm in raised if alarm.priority <= AlarmPriority.SOON]
            if urgent:
                self._write(format_notice(self._desktop, TITLE, self._describe(urgent)))

    def _ring(self, strokes: int) -> None:
        for number in range(strokes):
            if number:
                self._later(number * STROKE_EVERY_S, self._strike)
            else:
                self._strike()

    def _strike(self) -> None:
        self._write("\a")

    def _describe(self, alarms: Sequence[Alarm]) -> str:
        text = describe_alarm(alarms[0].key, self._live)
        more = f", and {len(alarms) - 1} more" if len(alarms) > 1 else f" -> {text.cure}"
        return f"{text.title}: {text.subject}{more}"
