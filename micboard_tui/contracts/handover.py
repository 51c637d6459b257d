"""Notes for the next shift: written with a name, shown once at the next start, kept."""

from collections.abc import Sequence
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.handover import HandoverNote


class HandoverContract(Protocol):
    """Notes that one shift leaves for the next. ``actor`` is the name of the person who does it."""

    async def list_notes(self) -> ServiceResult[Sequence[HandoverNote]]:
        """All that are kept, the newest first."""
        ...

    async def write(self, text: str, *, actor: str) -> ServiceResult[HandoverNote]:
        """Keep a note. INVALID_VALUE when it is empty or longer than ``MAX_HANDOVER_TEXT``."""
        ...

    async def take_new(self, *, actor: str) -> ServiceResult[Sequence[HandoverNote]]:
        """Notes that no board has shown yet, the oldest first; from now on ``actor`` has been shown them."""
        ...


class HandoverRepository(Protocol):
    """Where notes are kept. Raises StorageError. A power cut loses nothing."""

    async def notes(self) -> Sequence[HandoverNote]:
        """The newest first."""
        ...

    async def add(self, note: HandoverNote) -> HandoverNote:
        """Keep one more; of too many the oldest go."""
        ...

    async def mark_shown(self, ids: Sequence[int], at: float) -> None:
        """These have been shown."""
        ...
