"""Alarms: what is done about them, and what became of them. Those of now are in ``LiveContract.findings``."""

from collections.abc import Sequence
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey


class AlarmContract(Protocol):
    """All answers are ServiceResults. ``actor`` is the name of the person who does it.

    Keys of alarms that are not listed any more give ALARM_NOT_FOUND, and nothing is changed.
    """

    async def list_alarms(self) -> ServiceResult[AlarmList]:
        """Open and kept alarms; where no board runs, as they were stored last."""
        ...

    async def acknowledge(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        """They were seen. Those that cleared leave the list. Answers those that were new."""
        ...

    async def shelve(
        self, keys: Sequence[AlarmKey], *, until: float | None, actor: str
    ) -> ServiceResult[Sequence[Alarm]]:
        """Put them aside until a time in seconds since the epoch; None: until they clear.

        INVALID_VALUE when that is longer than ``alarm_rules.LONGEST_SHELF_S`` ahead.
        """
        ...

    async def unshelve(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        """Take them back from the shelf; they are as they were before."""
        ...

    async def note(self, key: AlarmKey, text: str, *, actor: str) -> ServiceResult[Alarm]:
        """Replace its note; an empty text takes it away. INVALID_VALUE when it is too long."""
        ...

    async def undo(self, *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        """Take back what this person did last about alarms. NOTHING_TO_UNDO."""
        ...

    async def list_history(
        self, since: float, until: float | None = None
    ) -> ServiceResult[Sequence[AlarmEvent]]:
        """What happened to alarms in a span, oldest first."""
        ...
