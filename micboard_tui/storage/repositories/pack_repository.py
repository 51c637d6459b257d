"""Records of packs, discharges and types of cells in the database: implements ``PackRepository``."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.pack_record import PackRecord
from micboard_tui.domain.runtime_priors import Discharge
from micboard_tui.storage.pack_rows import discharge_of, discharge_values, parse_record, record_text
from micboard_tui.storage.pack_tables import CellTypeRow, DischargeRow, PackRecordRow
from micboard_tui.storage.state_writer import last_to_go, table_of, write_all
from micboard_tui.storage.tables import DeviceRow
from micboard_tui.storage.transactions import Transactions

RECORDS, DISCHARGES, CELL_TYPES = table_of(PackRecordRow), table_of(DischargeRow), table_of(CellTypeRow)
MAX_DISCHARGES = 2000


class SqlPacks:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def records(self) -> Mapping[ChannelRef, PackRecord]:
        rows = await self._transactions.read(
            lambda connection: connection.execute(select(RECORDS)).mappings().all()
        )
        parsed = {
            ChannelRef(DeviceId(row["device_id"]), row["channel"]): parse_record(row["record"])
            for row in rows
        }
        return {ref: record for ref, record in parsed.items() if record is not None}

    async def keep(
        self, records: Mapping[ChannelRef, PackRecord], discharges: Sequence[Discharge] = ()
    ) -> None:
        rows = [(ref.device_id, ref.number, record_text(record)) for ref, record in records.items()]

        def write(connection: Connection) -> None:
            known = set(connection.execute(select(table_of(DeviceRow).c.id)).scalars())
            write_all(connection, PackRecordRow, [row for row in rows if row[0] in known])
            if discharges:
                connection.execute(insert(DISCHARGES), [discharge_values(each) for each in discharges])
                connection.execute(
                    delete(DISCHARGES).where(DISCHARGES.c.id <= last_to_go(DISCHARGES, MAX_DISCHARGES))
                )

        if discharges:
            await self._transactions.write_durably(write)
        else:
            await self._transactions.write_readings(write)

    async def discharges(self) -> Sequence[Discharge]:
        statement = select(DISCHARGES).order_by(DISCHARGES.c.id)
        return await self._transactions.read_rows(
            lambda connection: [discharge_of(row) for row in connection.execute(statement).mappings()]
        )

    async def cell_types(self) -> Sequence[CellType]:
        def read(connection: Connection) -> Sequence[CellType]:
            rows = connection.execute(select(CELL_TYPES)).mappings()
            return [CellType(row["model"], BatteryType(row["type"])) for row in rows]

        return await self._transactions.read_rows(read)
