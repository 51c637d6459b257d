"""How long packs last: the forecasts beside ``LiveContract.findings``, and the cells that packs have."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import BatteryForecast
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.pack_record import PackRecord
from micboard_tui.domain.runtime_priors import Discharge


class ForecastContract(Protocol):
    """All answers are ServiceResults. ``actor`` is the name of the person who does it."""

    async def list_forecasts(self) -> ServiceResult[Mapping[ChannelRef, BatteryForecast]]:
        """Of the packs on the air; where no board runs here, of those that were stored as such last."""
        ...

    async def list_cell_types(self) -> ServiceResult[Sequence[CellType]]:
        """The cells that a person has entered, by model of the pack."""
        ...

    async def vouch_for_cells(
        self, model: str, battery_type: BatteryType | None, *, actor: str
    ) -> ServiceResult[CellType | None]:
        """Packs of this model have such cells; None: it is not known any more. A step, so undo takes it back.

        INVALID_VALUE when the model is empty or too long.
        """
        ...

    async def mark_swapped(
        self, channels: Sequence[ChannelRef], *, actor: str
    ) -> ServiceResult[Sequence[ChannelRef]]:
        """Full cells were put into the packs of these channels just now. CHANNEL_NOT_FOUND."""
        ...


class PackRepository(Protocol):
    """Where the records of packs are kept. Raises StorageError."""

    async def records(self) -> Mapping[ChannelRef, PackRecord]:
        """What was stored last of every channel. What cannot be read is left out."""
        ...

    async def keep(
        self, records: Mapping[ChannelRef, PackRecord], discharges: Sequence[Discharge] = ()
    ) -> None:
        """Store records in place of what was stored of these channels, and discharges that ended.

        All of it is stored, or nothing. Of too many discharges the oldest go. A power cut may lose the
        newest records, where no discharge came with them.
        """
        ...

    async def discharges(self) -> Sequence[Discharge]:
        """All that are kept, oldest first."""
        ...

    async def cell_types(self) -> Sequence[CellType]:
        """The cells that a person has entered, in no order. They are changed by steps."""
        ...
