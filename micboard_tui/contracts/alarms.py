"""Alarms: what is done about them, and what became of them. Those of now are in ``LiveContract.findings``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.event import Event
from micboard_tui.domain.shelf_end import ShelfEnd
from micboard_tui.domain.show import ShowProfile


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """What becomes of one stored alarm."""

    key: AlarmKey
    before: Alarm | None
    """As it must be stored now; None: it must not be."""
    after: Alarm | None
    """None: it is removed."""


class AlarmContract(Protocol):
    """All answers are ServiceResults. ``actor`` is the name of the person who does it.

    What a person did is on the disk when it is answered. Where it cannot be stored while a board runs, it
    counts for the board, with a warning.

    Alarms that left the list meanwhile are passed over; ALARM_NOT_FOUND when none of them is listed.
    """

    async def list_alarms(self) -> ServiceResult[AlarmList]:
        """Open and kept alarms; where no board runs, as they were stored last."""
        ...

    async def acknowledge(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        """They were seen. Those that cleared leave the list. Answers those that were new."""
        ...

    async def shelve(
        self,
        keys: Sequence[AlarmKey],
        *,
        until: float | None,
        profile: ShowProfile | None = None,
        moment: ShelfEnd | None = None,
        actor: str,
    ) -> ServiceResult[Sequence[Alarm]]:
        """Put them aside until a time in seconds since the epoch; None: until they clear.

        ``profile``: until another one than this is active. ``moment``: until the next break begins or the
        show ends, whenever that is. INVALID_VALUE when the time is later than ``shelf_end.find_latest_end``,
        or the moment is not known.
        """
        ...

    async def unshelve(self, keys: Sequence[AlarmKey], *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        """Take them back from the shelf; they are as they were before."""
        ...

    async def note(self, key: AlarmKey, text: str, *, actor: str) -> ServiceResult[Alarm]:
        """Replace its note; an empty text takes it away. INVALID_VALUE when it is too long."""
        ...

    async def undo(self, *, actor: str) -> ServiceResult[Sequence[Alarm]]:
        """Take back what this person did last about alarms, in any process.

        NOTHING_TO_UNDO; SHOW_LOCKED where that was shelving, or taking from the shelf.
        """
        ...

    async def list_history(
        self, since: float, until: float | None = None
    ) -> ServiceResult[Sequence[AlarmEvent]]:
        """What happened to alarms in a span, oldest first."""
        ...


class AlarmRepository(Protocol):
    """Where alarms and their events are kept. Raises StorageError."""

    async def list(self) -> Sequence[Alarm]:
        """All open and kept ones, in no order."""
        ...

    async def store(
        self, changes: Sequence[AlarmChange], events: Sequence[Event], *, is_durable: bool
    ) -> Mapping[AlarmKey, Alarm | None]:
        """Change alarms and add events, in one transaction; ``is_durable``: a power cut does not lose it.

        Nothing is changed when another process changed one of these alarms: answers how those are stored.
        """
        ...

    async def newest_event(self) -> int:
        """The number of the newest event of any kind; 0: there is none."""
        ...

    async def has_acts(self, after: int) -> bool:
        """Whether a person did something about alarms after an event, by its number."""
        ...
