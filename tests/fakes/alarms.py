"""Alarms that are put there by a test, over the same rules as the real ones' changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_life import take_off_shelf
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.shelf_end import ShelfEnd, make_show_shelf
from micboard_tui.domain.show import ShowProfile
from micboard_tui.services.live.state import LiveState


class ScriptedAlarms:
    """Shows the alarms that it is given in ``live.findings``. Implements ``AlarmContract``."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._before: list[Sequence[Alarm]] = []
        self.history: list[AlarmEvent] = []
        self.actors: list[str] = []
        self.is_broken = False
        """Whether the history cannot be read."""

    def show(self, *alarms: Alarm) -> None:
        """These are all alarms from now on."""
        ranked = sorted(alarms, key=lambda alarm: alarm.rank)
        self._live.findings = replace(self._live.findings, alarms=AlarmList(tuple(ranked)))

    async def list_alarms(self) -> ServiceResult[AlarmList]:
        return Success(self._live.findings.alarms)

    async def acknowledge(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        now = self._live.now()

        def acknowledge(alarm: Alarm) -> Alarm:
            return replace(alarm, acknowledged_by=actor, acknowledged_at=now)

        return self._change(keys, actor, acknowledge)

    async def shelve(
        self,
        keys: Sequence[AlarmKey],
        *,
        until: float | None,
        profile: ShowProfile | None = None,
        moment: ShelfEnd | None = None,
        actor: str,
    ) -> ServiceResult[Sequence[Alarm]]:
        live = self._live
        show = None if moment is None else make_show_shelf(moment, live.findings.show, live.now())

        def shelve(alarm: Alarm) -> Alarm:
            return replace(
                alarm, shelved_by=actor, shelved_until=until, shelved_profile=profile, shelved_show=show
            )

        return self._change(keys, actor, shelve)

    async def unshelve(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        return self._change(keys, actor, take_off_shelf)

    async def note(self, key: AlarmKey, text: str, *, actor: str) -> ServiceResult[Alarm]:
        answer = self._change([key], actor, lambda alarm: replace(alarm, note=text))
        return Success(answer.data[0]) if answer.success else answer

    async def undo(self, *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        if not self._before:
            return Failure(ErrorInfo(ErrorCode.NOTHING_TO_UNDO, "There is nothing to take back"))
        before = self._before.pop()
        changed = [alarm for alarm in before if alarm not in self._live.findings.alarms.alarms]
        self.show(*before)
        return Success(changed)

    async def list_history(
        self, since: float, until: float | None = None
    ) -> ServiceResult[Sequence[AlarmEvent]]:
        if self.is_broken:
            return Failure(ErrorInfo(ErrorCode.DATABASE_DAMAGED, "The database is damaged"))
        return Success([event for event in self.history if event.at >= since])

    def _change(
        self, keys: Iterable[AlarmKey], actor: str, change: Callable[[Alarm], Alarm]
    ) -> ServiceResult[Sequence[Alarm]]:
        wanted, alarms = set(keys), self._live.findings.alarms.alarms
        if not wanted & {alarm.key for alarm in alarms}:
            return Failure(ErrorInfo(ErrorCode.ALARM_NOT_FOUND, "That alarm is not listed any more"))
        self._before.append(alarms)
        self.actors.append(actor)
        changed = {alarm.key: change(alarm) for alarm in alarms if alarm.key in wanted}
        now = [changed.get(alarm.key, alarm) for alarm in alarms]
        self.show(*(alarm for alarm in now if alarm.is_open or alarm.acknowledged_at is None))
        self.history += (
            AlarmEvent(AlarmEventKind.ACKNOWLEDGED, alarm, self._live.now(), actor)
            for alarm in changed.values()
        )
        return Success(list(changed.values()))
