"""The alarm desk of this process: follows what is wrong, and does what people do about alarms.

``run`` is started with the services and judges only while sessions are kept: another process, such as one
that acknowledges an alarm, neither raises nor clears any. It looks ten times a second whether a link state
changed, and judges then, every ``JUDGE_EVERY_S``, and every ``PENDING_S`` while a condition is there that may
become an alarm in a moment. The judgement becomes conditions (``domain.condition_finder``), the desk follows
them (``domain.alarm_desk``), and when an alarm changed, ``LiveState.findings`` gets the next list.

What people do changes the desk at once. ``undo`` takes back the last of it of one person, as long as this
process runs.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_desk import AlarmDesk, DeskChange
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import LONGEST_SHELF_S, MAX_NOTE, AlarmKey
from micboard_tui.domain.condition_finder import ConditionFinder
from micboard_tui.domain.judgement import Judgement
from micboard_tui.services.live.state import LiveState

LOOK_S = 0.1
JUDGE_EVERY_S = 0.5
PENDING_S = 0.3
"""The shortest on-delay there is (``domain.alarm_rules``)."""
YOUNG_S = 0.25
"""A judgement that somebody else asked for is taken when it is no older."""
MAX_UNDO = 100
MAX_HISTORY = 1000
UNDO_HINT = "Each person takes back what they did, and while the program runs"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DoneAction:
    """What a person did, so that it can be taken back."""

    actor: str
    changes: Sequence[tuple[Alarm, Alarm]]
    """Each alarm before and after."""


class AlarmService:
    """Implements ``AlarmContract``."""

    def __init__(self, live: LiveState, sessions: SynchronizationContract) -> None:
        self._live, self._sessions = live, sessions
        self._desk = AlarmDesk()
        self._finder = ConditionFinder()
        self._judgement: Judgement | None = None
        self._links_changed_at = 0.0
        self._done: deque[DoneAction] = deque(maxlen=MAX_UNDO)
        self._history: deque[AlarmEvent] = deque(maxlen=MAX_HISTORY)
        self._crash: type[Exception] | None = None
        """What the last look ended with."""

    async def run(self, interval_s: float = LOOK_S) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(interval_s)
            try:
                self.look()
            except Exception as error:  # One look in trouble must not end those that follow.
                if type(error) is not self._crash:
                    log.exception("alarms_look_crashed")
                self._crash = type(error)
            else:
                self._crash = None

    def look(self) -> None:
        """Judge if that is due."""
        if not self._sessions.is_running:
            return
        links_changed_at = self._live.links_changed_at()
        has_link_changed = links_changed_at != self._links_changed_at
        if has_link_changed or self._live.now() - (self._desk.at or 0.0) >= self._find_interval():
            self._links_changed_at = links_changed_at
            self.follow(self._live.judge(0.0 if has_link_changed else YOUNG_S))

    def follow(self, judgement: Judgement) -> None:
        """Let the desk follow a judgement."""
        if judgement is self._judgement:
            return
        self._judgement = judgement
        context = AlarmContext(forecasts=self._live.findings.forecasts)
        conditions = self._finder.find(judgement, context, self._desk.watched)
        self._put(self._desk.follow(conditions.by_key, judgement.starts.at, *conditions[1:]))

    async def list_alarms(self) -> ServiceResult[AlarmList]:
        return Success(AlarmList(self._desk.alarms))

    async def acknowledge(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        return self._change(keys, actor, lambda desk, key, now: desk.acknowledge(key, actor, now))

    async def shelve(
        self, keys: Sequence[AlarmKey], *, until: float | None, actor: str
    ) -> ServiceResult[Sequence[Alarm]]:
        if until is not None and not 0.0 < until - self._live.now() <= LONGEST_SHELF_S:
            return _refuse(
                ErrorCode.INVALID_VALUE,
                "Alarms are not shelved until then",
                f"Shelve them for at most {LONGEST_SHELF_S / 3600:.0f} hours",
            )
        return self._change(keys, actor, lambda desk, key, now: desk.shelve(key, until, actor, now))

    async def unshelve(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        return self._change(keys, actor, lambda desk, key, now: desk.unshelve(key, actor, now))

    async def note(self, key: AlarmKey, text: str, *, actor: str) -> ServiceResult[Alarm]:
        if len(text.strip()) > MAX_NOTE:
            return _refuse(
                ErrorCode.INVALID_VALUE, "The note is too long", f"At most {MAX_NOTE} characters are kept"
            )
        result = self._change([key], actor, lambda desk, each, now: desk.note(each, text, actor, now))
        if not result.success:
            return result
        alarm = self._desk.find(key)
        assert alarm is not None  # noqa: S101 - it was found a moment ago
        return Success(alarm)

    async def undo(self, *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        action = next((each for each in reversed(self._done) if each.actor == actor), None)
        if action is None:
            return _refuse(
                ErrorCode.NOTHING_TO_UNDO, "You did nothing about alarms that can be undone", UNDO_HINT
            )
        self._done.remove(action)
        now, desk, events = self._live.now(), self._desk, list[AlarmEvent]()
        for before, after in action.changes:
            desk, more = desk.restore(before, after, actor, now)
            events += more
        self._put((desk, tuple(events)))
        return Success([event.alarm for event in events])

    async def list_history(
        self, since: float, until: float | None = None
    ) -> ServiceResult[Sequence[AlarmEvent]]:
        return Success(
            [event for event in self._history if since <= event.at and (until is None or event.at < until)]
        )

    def _change(
        self,
        keys: Sequence[AlarmKey],
        actor: str,
        change: Callable[[AlarmDesk, AlarmKey, float], DeskChange],
    ) -> ServiceResult[Sequence[Alarm]]:
        before = [self._desk.find(key) for key in keys]
        known = [alarm for alarm in before if alarm is not None]
        if len(known) < len(keys):
            return _refuse(
                ErrorCode.ALARM_NOT_FOUND, "The alarm is not listed any more", "Look at the list again"
            )
        now, desk, events = self._live.now(), self._desk, list[AlarmEvent]()
        for key in keys:
            desk, more = change(desk, key, now)
            events += more
        if events:
            former = {alarm.key: alarm for alarm in known}
            changes = [(former[event.alarm.key], event.alarm) for event in events]
            self._done.append(DoneAction(actor, changes))
            self._put((desk, tuple(events)))
        return Success([event.alarm for event in events])

    def _put(self, change: DeskChange) -> None:
        desk, events = change
        if desk.alarms is not self._desk.alarms:
            self._live.findings = replace(self._live.findings, alarms=AlarmList(desk.alarms))
        self._desk = desk
        self._history.extend(events)

    def _find_interval(self) -> float:
        """How long to wait after a judgement for the next one."""
        is_pending = any(entry.condition and entry.alarm is None for entry in self._desk.watched.values())
        return PENDING_S if is_pending else JUDGE_EVERY_S


def _refuse(code: ErrorCode, message: str, hint: str) -> Failure:
    return Failure(ErrorInfo(code, message, hint=hint))
