"""The alarm desk of this process: follows what is wrong, and does what people do about alarms.

``run`` and ``keep_storing`` are started with the services and judge only while sessions are kept: another
process, such as one that acknowledges an alarm, neither raises nor clears any. They begin with the alarms
that were stored when the last program ended. Then ``run`` looks ten times a second whether a link state
changed, and judges then, every ``JUDGE_EVERY_S``, and every ``PENDING_S`` while a condition is there that may
become an alarm in a moment. The judgement becomes conditions (``domain.condition_finder``), the desk follows
them (``domain.alarm_desk``), and when an alarm changed, ``LiveSite.findings`` gets the next list. Every half
a second ``keep_storing`` stores what changed, and takes over what people did in other processes
(``alarm_journal``).

What a person does is stored before it is answered, and counts for the desk then. In a process without
sessions the desk holds what is stored, read anew for each call. ``undo`` takes back the last act of one
person, also of another process or from before a restart, as the events of alarms tell it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.access_errors import describe_lock
from micboard_tui.contracts.alarms import AlarmRepository
from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import (
    ErrorCode,
    MicboardError,
    StorageError,
    invalid_value_error,
)
from micboard_tui.contracts.events import EventContract, EventQuery
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_acts import AlarmAct
from micboard_tui.domain.alarm_desk import AlarmDesk, DeskChange
from micboard_tui.domain.alarm_flood import WINDOW_S, FloodWatch
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_record import read_event
from micboard_tui.domain.alarm_rules import MAX_NOTE, AlarmKey
from micboard_tui.domain.chattering import ChatterWatch
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.shelf_end import ShelfEnd
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.services.alarm.alarm_history import read_history
from micboard_tui.services.alarm.alarm_journal import AlarmJournal
from micboard_tui.services.alarm.alarm_names import record_events, record_flood
from micboard_tui.services.alarm.condition_reader import ConditionReader
from micboard_tui.services.alarm.personal_acts import UNDO_S, PersonalActs
from micboard_tui.services.alarm.shelf_limit import check_shelf_end, find_show_shelf
from micboard_tui.services.background import finish
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.field_validation import clean_actor
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.records import Records

LOOK_S = 0.1
JUDGE_EVERY_S = 0.5
PENDING_S = 0.3
"""The shortest on-delay there is (``domain.alarm_rules``)."""
YOUNG_S = 0.25
"""A judgement that was made for another reader is taken when it is no older."""
STORE_EVERY_S = 0.5
MAX_TRIES = 5
"""So often another process may come between reading an alarm and writing it."""
MAX_HISTORY = 5000

log = structlog.get_logger(__name__)


class AlarmService:
    """Implements ``AlarmContract``."""

    def __init__(
        self,
        live: LiveSite,
        sessions: SynchronizationContract,
        records: Records,
        alarms: AlarmRepository,
        events: EventContract,
        conditions: ConditionReader,
    ) -> None:
        self._live, self._sessions, self._records, self._events = live, sessions, records, events
        self._desk, self._flood, self._chatter = AlarmDesk(), FloodWatch(), ChatterWatch()
        self._conditions = conditions
        self._journal = AlarmJournal(alarms)
        self._writing = anyio.Lock()
        self._is_judging = False
        self._is_recalled = False
        """Whether the desk of a process that judges has what was stored."""
        self._stored: Sequence[Alarm] | None = None
        """The alarms of the desk when it was stored last."""
        self._judgement: Judgement | None = None
        self._link_changes, self._clock_set_by_s = 0, 0.0
        self._acts = PersonalActs()
        self._faults = FaultLog(log, "alarms_not_stored")

    @property
    def is_judging(self) -> bool:
        """Whether this process keeps sessions and has tried to read what was stored."""
        return self._is_judging

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(LOOK_S)
            self.look()

    async def keep_storing(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await self.keep_stored()
            await anyio.sleep(STORE_EVERY_S)

    async def close(self) -> None:
        """Store what is not stored yet; the tasks have ended."""
        with anyio.CancelScope(shield=True):
            await self.keep_stored()

    def look(self) -> None:
        """Judge if that is due."""
        if not self._sessions.is_running or not self._is_judging:
            return
        self._follow_clock()
        link_changes = self._live.link_changes.count
        has_link_changed = link_changes != self._link_changes
        age_s = self._live.now() - (self._desk.at or 0.0)
        if has_link_changed or not 0.0 <= age_s < self._find_interval():
            self._link_changes = link_changes
            self.follow(self._live.judge(0.0 if has_link_changed else YOUNG_S))

    def _follow_clock(self) -> None:
        """After the machine's clock was set, alarms are as old as before."""
        if correction_s := self._live.clock_set_by_s - self._clock_set_by_s:
            self._clock_set_by_s += correction_s
            self._put(self._desk.shift_clock(correction_s))

    def follow(self, judgement: Judgement) -> None:
        """Let the desk follow a judgement."""
        if judgement is self._judgement:
            return
        self._judgement = judgement
        conditions = self._conditions.read(judgement, self._desk.watched)
        desk, events = self._desk.follow(conditions.by_key, judgement.starts.at, *conditions[1:])
        if events:
            self._journal.append(record_events(events, judgement.devices.values()))
        flood, self._flood = self._flood, self._flood.follow(events, desk.clock_s)
        self._journal.append(
            record_flood(flood.flood, self._flood.flood, judgement.starts.at, judgement.devices.values())
        )
        self._chatter = self._chatter.follow(events, desk.clock_s)
        self._put(desk)

    async def keep_stored(self) -> None:
        """Store what changed, and take over what other processes did. What cannot be stored waits."""
        async with self._writing:
            try:
                if self._is_recalled:
                    self._take_over(await self._journal.read_changes())
                    await self._write()
                elif self._sessions.is_running:
                    await self._begin()
            except StorageError as failure:
                self._faults.report(failure.info)
            else:
                self._faults.clear()

    @translate_errors
    async def list_alarms(self) -> ServiceResult[AlarmList]:
        if self._is_judging:
            return Success(self._list())
        async with self._writing:
            self._recall(await self._journal.read())
            return Success(self._list())

    async def acknowledge(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        return await self._act(keys, actor, lambda desk, key, by, now: desk.acknowledge(key, by, now))

    @translate_errors
    async def shelve(
        self,
        keys: Sequence[AlarmKey],
        *,
        until: float | None,
        profile: ShowProfile | None = None,
        moment: ShelfEnd | None = None,
        actor: str,
    ) -> ServiceResult[Sequence[Alarm]]:
        shows, asked_at = self._records.shows, self._live.now()
        latest = await check_shelf_end(shows, until, asked_at)
        end = profile or await find_show_shelf(shows, moment, asked_at)

        def shelve_one(desk: AlarmDesk, key: AlarmKey, by: str, now: float) -> DeskChange:
            return desk.shelve(key, until, by, now, end=end, latest=latest)

        return await self._act(keys, actor, shelve_one)

    async def unshelve(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        return await self._act(keys, actor, lambda desk, key, by, now: desk.unshelve(key, by, now))

    @translate_errors
    async def note(self, key: AlarmKey, text: str, *, actor: str) -> ServiceResult[Alarm]:
        text = visible(" ".join(text.split()))
        if len(text) > MAX_NOTE:
            raise invalid_value_error("The note is too long", f"At most {MAX_NOTE} characters are kept")
        result = await self._act([key], actor, lambda desk, each, by, now: desk.note(each, text, by, now))
        if not result.success:
            return result
        if (alarm := result.data[0] if result.data else self._desk.find(key)) is None:
            raise _not_listed_error()
        return Success(alarm, result.warning)

    @translate_errors
    async def undo(self, *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        by = clean_actor(actor)
        async with self._writing:
            now = self._acts.stamp(self._live.now())
            if not self._is_judging:
                self._recall(await self._journal.read())
            history = await read_history(self._events, now - UNDO_S)
            while True:
                act = self._acts.find_last(by, history)
                _check_lock(act, self._live.findings.show_lock)
                result = await self._change(list(act.changes), by, now, partial(_take_back, act))
                self._acts.remove(act)
                # What it was about may have left the list since; then the act before it is looked at.
                if not result.success or result.data:
                    return result

    @translate_errors
    async def list_history(
        self, since: float, until: float | None = None
    ) -> ServiceResult[Sequence[AlarmEvent]]:
        await finish(self.keep_stored)
        query = EventQuery(since, until, kinds=[EventKind.ALARM], limit=MAX_HISTORY)
        result = await self._events.list_events(query)
        if not result.success:
            return result
        events = (read_event(event) for event in result.data)
        return Success([event for event in events if event is not None])

    @translate_errors
    async def _act(
        self,
        keys: Sequence[AlarmKey],
        actor: str,
        change: Callable[[AlarmDesk, AlarmKey, str, float], DeskChange],
    ) -> ServiceResult[Sequence[Alarm]]:
        by = clean_actor(actor)
        async with self._writing:
            if not self._is_judging:
                self._recall(await self._journal.read())
            before = {alarm.key: alarm for alarm in map(self._desk.find, keys) if alarm is not None}
            if keys and not before:
                raise _not_listed_error()
            now = self._acts.stamp(self._live.now())
            result = await self._change(list(before), by, now, change)
            if result.success:
                self._acts.add(by, now, before, result.data)
            return result

    async def _change(
        self,
        keys: Sequence[AlarmKey],
        by: str,
        now: float,
        change: Callable[[AlarmDesk, AlarmKey, str, float], DeskChange],
    ) -> ServiceResult[Sequence[Alarm]]:
        """Store what a person does, and then let it count. Raises MicboardError."""

        def apply() -> tuple[AlarmDesk, list[AlarmEvent]]:
            desk, events = self._desk, list[AlarmEvent]()
            for key in keys:
                desk, more = change(desk, key, by, now)
                events += more
            return desk, events

        warning = None
        try:
            events = await self._store_act(apply)
        except StorageError as failure:
            if not self._is_judging:
                raise
            events = apply()[1]
            self._journal.append(await self._record(events))
            warning = f"Not stored yet: {failure.info.message}"
        # The desk may have followed a judgement meanwhile.
        self._put(apply()[0])
        return Success([event.alarm for event in events], warning)

    async def _store_act(
        self, apply: Callable[[], tuple[AlarmDesk, list[AlarmEvent]]]
    ) -> Sequence[AlarmEvent]:
        """Store what a person does to the desk as it is, and answer what that is. Raises StorageError."""
        for _ in range(MAX_TRIES):
            desk, events = apply()
            if not events:
                return ()
            if not (differing := await self._journal.write(desk.alarms, await self._record(events))):
                return events
            self._take_over(differing)
        raise StorageError(
            ErrorCode.CHANGED_SINCE, "Others change these alarms just now", hint="Look at the list again"
        )

    async def _record(self, events: Sequence[AlarmEvent]) -> list[Event]:
        snapshots = self._live.snapshot()
        if not self._is_judging:
            snapshots = await self._records.devices.query(ALL_DEVICES)
        return record_events(events, snapshots)

    async def _write(self) -> None:
        alarms = self._desk.alarms
        if alarms is self._stored and not self._journal.has_waiting:
            return
        if differing := await self._journal.write(alarms):
            self._take_over(differing)
        else:
            self._stored = alarms

    async def _begin(self) -> None:
        """Judge from now on, with what is stored. Where that cannot be read, it is tried again later.

        Until then the findings stay as a process that judged before has left them.
        """
        try:
            stored = await self._journal.read()
            history = await read_history(self._events, self._live.now() - WINDOW_S)
        finally:
            self._is_judging = True
        now = self._live.now()
        self._flood = self._flood.recall(history, now, self._desk.clock_s)
        missing = [alarm for alarm in stored if self._desk.find(alarm.key) is None]
        self._is_recalled = True
        self._put(self._desk.recall(missing, now))

    def _recall(self, stored: Sequence[Alarm]) -> None:
        """Have what is stored, and nothing else: in a process that does not judge."""
        self._put(AlarmDesk().recall(stored, self._live.now()))

    def _take_over(self, changes: Mapping[AlarmKey, tuple[Alarm | None, Alarm | None]]) -> None:
        """What other processes did to alarms counts here, too."""
        desk = self._desk
        for before, after in changes.values():
            if after is not None:
                desk = desk.take_over(after, self._live.now())
            elif before is not None:
                desk = desk.drop(before)
        self._put(desk)

    def _put(self, desk: AlarmDesk) -> None:
        self._desk = desk
        alarms, before = self._list(), self._live.findings
        cause, lost = self._conditions.storage_cause, self._conditions.lost_collector or before.lost_collector
        is_same = cause is before.storage_cause and lost is before.lost_collector
        if self._is_judging and not (is_same and alarms.has_parts_of(before.alarms)):
            self._live.findings = replace(before, alarms=alarms, storage_cause=cause, lost_collector=lost)

    def _list(self) -> AlarmList:
        suppressed = self._conditions.suppressed
        flood, is_read = self._flood, self._is_recalled or not self._is_judging
        return AlarmList(
            self._desk.alarms, flood.flood, self._chatter.chattering, suppressed, flood.rate, is_read
        )

    def _find_interval(self) -> float:
        """How long to wait after a judgement for the next one."""
        is_pending = any(entry.condition and entry.alarm is None for entry in self._desk.watched.values())
        return PENDING_S if is_pending else JUDGE_EVERY_S


def _check_lock(act: AlarmAct, lock: ShowLock | None) -> None:
    """Shelving is refused while the show is locked, and so is taking it back: docs/adr/0020."""
    if lock is not None and act.is_shelving:
        info = describe_lock(lock)
        raise MicboardError(info.code, info.message, hint=info.hint)


def _take_back(act: AlarmAct, desk: AlarmDesk, key: AlarmKey, by: str, now: float) -> DeskChange:
    desk, events = desk.restore(*act.changes[key], by, now)
    return desk, tuple(replace(event, undoes=act.at) for event in events)


def _not_listed_error() -> MicboardError:
    return MicboardError(
        ErrorCode.ALARM_NOT_FOUND, "The alarm is not listed any more", hint="Look at the list again"
    )
