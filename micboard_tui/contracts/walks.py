"""Walk tests: one that runs now, and those that are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.walk_test import Walk

MAX_CHANNELS_WALKED = 40
"""So many channels are walked with at once."""
MAX_WALKS = 200
"""So many walks are kept; the oldest are deleted."""


@dataclass(frozen=True, slots=True)
class RunningWalk:
    """A walk that is not finished. A new one is made with each change."""

    channels: Sequence[ChannelRef]
    started_at: float
    """Seconds since the epoch."""
    places: Mapping[int, str]
    """Their names, by the number keys; those of the last walk at first."""
    place: int | None = None
    """Where it is now; None: between two places, where nothing counts."""
    place_since: float | None = None
    so_far: Walk | None = None
    """What was found until a moment ago."""


class WalkContract(Protocol):
    """All that changes takes who does it. WALK_NOT_RUNNING where a walk has to run and none does."""

    @property
    def running(self) -> RunningWalk | None:
        """The walk that goes on, as the process with the sessions holds it; reading it never waits."""
        ...

    async def start(self, channels: Sequence[ChannelRef], *, actor: str) -> ServiceResult[RunningWalk]:
        """Begin, between two places. INVALID_VALUE: no channel, too many, no recording, or one runs."""
        ...

    async def go_to(self, place: int | None, *, actor: str) -> ServiceResult[RunningWalk]:
        """What is received from now on belongs to this place, 1 to 9; None: to none. INVALID_VALUE."""
        ...

    async def name_place(self, place: int, name: str, *, actor: str) -> ServiceResult[RunningWalk]:
        """Name a place; empty: it has no name. INVALID_VALUE: it is too long, or no place."""
        ...

    async def finish(self, name: str = "", *, actor: str) -> ServiceResult[Walk]:
        """End it, and keep it where a place was walked to. INVALID_VALUE: the name is too long."""
        ...

    async def cancel(self, *, actor: str) -> ServiceResult[None]:
        """End it and keep nothing."""
        ...

    async def list_walks(self) -> ServiceResult[Sequence[Walk]]:
        """The walks that are kept, newest first; without the one that runs in this process."""
        ...

    async def find_walk(self, number: int | None = None) -> ServiceResult[Walk]:
        """A walk by its number; None: the newest. WALK_NOT_FOUND."""
        ...


class WalkRepository(Protocol):
    """Where walks are kept. Raises StorageError."""

    async def keep(self, walk: Walk) -> Walk:
        """Keep a walk so that a power cut does not lose it, in place of the one with its number.

        Answers it with its number: a walk without one gets it.
        """
        ...

    async def remove(self, number: int) -> None:
        """Keep the walk with this number no longer."""
        ...

    async def list(self) -> Sequence[Walk]:
        """The newest first."""
        ...
