"""Records of packs, discharges and types of cells are stored as they were."""

from sqlalchemy import URL

from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import LevelChange, LevelTrace, MinutesReading
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.line_check import CheckedLine, HandTick, LineCheck
from micboard_tui.domain.pack_record import PackRecord, Rise
from micboard_tui.domain.runtime_priors import Discharge
from micboard_tui.storage.database import open_database
from tests.storage.records import run_sql

RACK = Device(DeviceId("rack"), "shure", "shure-strings", "10.0.0.1", 2202)
FULL = PackRecord(
    1.0,
    2.0,
    "ULXD2",
    "A",
    "10 mW",
    BatteryType.NIMH,
    full_at=1.0,
    minutes=(MinutesReading(1.0, 90.0),),
    jumped=MinutesReading(2.0, 5.0),
    percent=LevelTrace(70, (LevelChange(2.0, 70),), 40),
    bars=LevelTrace(4),
    bars_rise=Rise(2.0, 5),
)


async def test_what_was_seen_of_packs_is_stored_and_undone_as_a_step(database_url: URL | str) -> None:
    discharge = Discharge(9.0, 400.0, "ULXD2", None, BatteryType.NIMH, "10 mW", (LevelChange(60.0, 4),))
    cells = CellType("ULXD2", BatteryType.NIMH)
    async with open_database(database_url) as database:
        await database.assignments.make(Step("Rack added", 0.0), [Change(None, RACK)])
        await database.packs.keep(
            {
                ChannelRef(RACK.id, 1): FULL,
                ChannelRef(RACK.id, 2): PackRecord(1.0, 1.0),
                ChannelRef(DeviceId("gone"), 1): FULL,
            },
            [discharge],
        )
        await database.assignments.make(Step("Cells", 0.0), [Change(None, cells)])
    async with open_database(database_url) as database:
        assert await database.packs.records() == {
            ChannelRef(RACK.id, 1): FULL,
            ChannelRef(RACK.id, 2): PackRecord(1.0, 1.0),
        }
        assert await database.packs.discharges() == [discharge]
        assert await database.packs.cell_types() == [cells]
        await database.assignments.undo("Pia")
        assert await database.packs.cell_types() == []
        await database.assignments.redo("Pia")
        outdated = "UPDATE pack_records SET record = :record WHERE channel = 1"
        await run_sql(database_url, outdated, {"record": '{"old": 1}'})
        assert list(await database.packs.records()) == [ChannelRef(RACK.id, 2)]
        await database.assignments.make(Step("Rack removed", 0.0), [Change(RACK, None)])
        assert await database.packs.records() == {}


async def test_the_line_check_is_stored_as_it_was(database_url: URL | str) -> None:
    lines = {ChannelRef(RACK.id, 1): CheckedLine(1.0, None, 2.0, HandTick(3.0, "Pia"))}
    async with open_database(database_url) as database:
        assert await database.line_checks.get() is None
        first, second = LineCheck(1.0, "Ben"), LineCheck(2.0, "Pia", lines)
        assert await database.line_checks.keep(first, before=None)
        assert not await database.line_checks.keep(second, before=None)
        assert await database.line_checks.keep(second, before=first)
    async with open_database(database_url) as database:
        assert await database.line_checks.get() == LineCheck(2.0, "Pia", lines)
        assert not await database.line_checks.keep(None, before=first)
        assert await database.line_checks.keep(None, before=second)
        assert await database.line_checks.get() is None
        assert await database.line_checks.keep(second, before=None)
        await run_sql(database_url, "UPDATE line_checks SET lines = '[1]'")
        assert await database.line_checks.get() is None
