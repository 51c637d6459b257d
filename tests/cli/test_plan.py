"""``plan`` and ``line-check``: what a running board stored last, for people and programs."""

import asyncio
import csv
import io
import json
import time
from pathlib import Path

from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.battery import Battery, BatteryType
from micboard_tui.domain.battery_forecast import MinutesReading
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.line_check import CheckedLine, HandTick, LineCheck
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.pack_record import PackRecord
from micboard_tui.storage.database import open_database, sqlite_url
from tests.cli.conftest import Command
from tests.cli.schemas import check_fits
from tests.cli.test_commands import said_no

RACK = Device(DeviceId("rack"), "shure", "shure-strings", "127.0.0.2", 2202, "Rack 1")


async def fill(home: Path) -> None:
    """What a board leaves behind that reads a pack with 90 minutes, and one of which nothing is known."""
    now = time.time()
    pack = Transmitter("ULXD2", battery=Battery(minutes=90, type=BatteryType.LI_ION))
    one = ChannelState(
        RACK.id,
        1,
        link_state=LinkState.LIVE,
        link_since=now,
        observed_at=now,
        meters_at=now,
        facts=ChannelFacts(name="=Lead", transmitter_present=True, transmitter=pack),
        meters=Meters(rf_dbm=-50.0, carrier=True),
    )
    async with open_database(sqlite_url(home / "data" / "micboard.db")) as database:
        await database.assignments.make(Step("Rack 1 added", now), [Change(None, RACK)])
        state = DeviceState(RACK.id, status=DeviceStatus.ONLINE, status_since=now, last_seen_at=now)
        await database.devices.store([state], [one])
        record = PackRecord(
            now, now, "ULXD2", type=BatteryType.LI_ION, ran_until=now, minutes=(MinutesReading(now, 90.0),)
        )
        await database.packs.keep({ChannelRef(RACK.id, 1): record})


async def fill_check(home: Path) -> None:
    lines = {ChannelRef(RACK.id, 1): CheckedLine(by_hand=HandTick(time.time(), "Ben"))}
    async with open_database(sqlite_url(home / "data" / "micboard.db")) as database:
        await database.line_checks.keep(LineCheck(time.time(), "Pia", lines), before=None)


def test_the_plan_is_what_a_board_stored_last(micboard: Command, home: Path) -> None:
    empty = micboard("plan")
    assert (empty.code, empty.out) == (0, "")
    assert "micboard-tui run" in empty.err
    asyncio.run(fill(home))
    table = micboard("plan")
    assert "No show is on, so only the time left is known." in table.out
    assert "1:23" in table.out
    assert "micboard-tui show new" in table.err
    assert micboard("show", "new", "Romeo", "--end", "200").code == 0
    assert micboard("show", "use", "Romeo").code == 0
    assert micboard("show", "start").code == 0
    answer = check_fits("plan", micboard("plan", "--json").out)
    assert answer["headline"].startswith("Everything lasts, but =Lead: swap ")
    (entry,) = answer["packs"]
    assert (entry["device"], entry["channel"], entry["level"]) == ("Rack 1", 1, "in_show")
    assert (entry["source"], round(entry["minutes_likely"])) == ("minutes", 90)
    file = micboard("plan", "--csv").out
    assert file.endswith("\n")
    heads, row = csv.reader(io.StringIO(file))
    assert heads == list(entry)
    assert row[1] == "'=Lead"
    assert row[heads.index("swap_by")] == format_minute(entry["swap_by"])
    assert micboard("plan", "--csv", "--json").code == 2


def test_full_cells_and_their_type_are_said_by_commands(micboard: Command, home: Path) -> None:
    asyncio.run(fill(home))
    assert micboard("plan", "swapped", "Rack 1/1").out == "Rack 1/1: full cells from now on.\n"
    entry = {"device": "Rack 1", "channel": 1}
    assert json.loads(micboard("plan", "swapped", "Rack 1/1", "--json").out) == {
        "schema": 1,
        "swapped": [entry],
    }
    said_no(micboard("plan", "swapped", "Rack 1/9"), "CHANNEL_NOT_FOUND")
    assert micboard("plan", "cells", "ULXD1", "nimh").out == "Packs ULXD1: NiMH cells.\n"
    assert micboard("undo").out.startswith("Undone: Packs ULXD1 have NiMH cells")
    assert micboard("plan", "cells", "ULXD1", "gas").code == 2


def test_a_line_check_is_started_and_ticked_by_commands(micboard: Command, home: Path) -> None:
    asyncio.run(fill(home))
    asyncio.run(fill_check(home))
    said_no(micboard("line-check", "start"), "INVALID_VALUE")  # Another one has ticks.
    assert micboard("line-check", "start", "--yes").out == "Line check started.\n"
    assert micboard("line-check", "tick", "Rack 1/1").out == "Rack 1/1: ticked by hand.\n"
    assert "1 of 1 lines are good" in micboard("line-check").out
    assert micboard("line-check", "untick", "Rack 1/1").out == "Rack 1/1: not ticked by hand any more.\n"
    assert "0 of 1 lines are good" in micboard("line-check").out
    said_no(micboard("line-check", "end"), "INVALID_VALUE")  # A line is not good yet.
    assert micboard("line-check", "end", "--yes").out == "Line check ended: 0 of 1 lines are good.\n"
    said_no(micboard("line-check", "end"), "INVALID_VALUE")  # None is on.
    assert "No line check is on" in micboard("line-check").err


def test_the_line_check_is_what_a_board_stored_last(micboard: Command, home: Path) -> None:
    assert "r starts it" in micboard("line-check").err
    asyncio.run(fill(home))
    asyncio.run(fill_check(home))
    assert "1 of 1 lines are good, started" in micboard("line-check").out
    answer = json.loads(micboard("line-check", "--json").out)
    assert answer["started"]["by"] == "Pia"
    (line,) = answer["lines"]
    assert (line["is_checked"], line["by_hand"]["by"], line["missing"]) == (True, "Ben", [])
