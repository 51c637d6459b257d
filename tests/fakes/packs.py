"""What was seen of packs, in memory. The same tests hold for it and for the database."""

from collections.abc import Mapping, Sequence

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.pack_record import PackRecord
from micboard_tui.domain.runtime_priors import Discharge
from tests.fakes.assignments import InMemoryAssignments


class InMemoryPacks:
    """Implements ``PackRepository``; types of cells are where steps put them."""

    def __init__(self, assignments: InMemoryAssignments | None = None) -> None:
        self.assignments = assignments
        self.kept: dict[ChannelRef, PackRecord] = {}
        self.ended: list[Discharge] = []
        self.writes: list[int] = []
        self.is_full = False

    async def records(self) -> Mapping[ChannelRef, PackRecord]:
        return dict(self.kept)

    async def keep(
        self, records: Mapping[ChannelRef, PackRecord], discharges: Sequence[Discharge] = ()
    ) -> None:
        self._check_room()
        self.writes.append(len(records))
        self.kept.update(records)
        self.ended.extend(discharges)

    async def discharges(self) -> Sequence[Discharge]:
        return list(self.ended)

    async def cell_types(self) -> Sequence[CellType]:
        return list(self.assignments.cells.values()) if self.assignments is not None else []

    def _check_room(self) -> None:
        if self.is_full:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
