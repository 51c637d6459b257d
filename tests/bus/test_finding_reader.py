import asyncio

import pytest

from micboard_tui.bus.connection import Connection
from micboard_tui.bus.finding_reader import READ_EVERY_S, FindingReader
from micboard_tui.bus.wire.compression import compress
from micboard_tui.bus.wire.findings_fields import FINDING_CODECS
from micboard_tui.bus.wire.subjects import Subjects, finding_key
from micboard_tui.domain.alarm_list import AlarmList
from tests.fakes.memory_bus import MemoryBus

pytestmark = pytest.mark.virtual_time

KEY = finding_key("alarms")


async def test_alarms_are_read_when_they_changed_and_what_cannot_be_read_is_left() -> None:
    bus = MemoryBus()
    hub: Connection = bus.connect()
    found: list[AlarmList] = []
    reading = asyncio.create_task(FindingReader(bus.connect(), Subjects(), "alarms", found.append).run())
    # There is no store yet.
    await asyncio.sleep(READ_EVERY_S + 0.5)
    store = await hub.open_store(Subjects().state_store)
    await asyncio.sleep(READ_EVERY_S)
    assert found == []
    await store.put(KEY, compress(FINDING_CODECS["alarms"].encode(AlarmList(rate=7))))
    await asyncio.sleep(3 * READ_EVERY_S)
    assert [alarms.rate for alarms in found] == [7]
    await store.put(KEY, b"\xc1")
    await asyncio.sleep(READ_EVERY_S)
    await store.put(KEY, compress(FINDING_CODECS["alarms"].encode(AlarmList(rate=8))))
    await asyncio.sleep(READ_EVERY_S)
    assert [alarms.rate for alarms in found] == [7, 8]
    reading.cancel()
