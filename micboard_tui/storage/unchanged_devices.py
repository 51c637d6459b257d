"""Reads the devices of a database file and changes nothing: also a copy that is due is not made."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import anyio.to_thread

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.storage.database_engine import set_up_sqlite
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.memory_copy import MemoryCopy
from micboard_tui.storage.repair.readable_copy import open_to_read
from micboard_tui.storage.repositories.device_repository import SqlDevices
from micboard_tui.storage.transactions import Transactions

BUSY_TIMEOUT_MS = 500
"""The copy in memory is read by nothing else."""


async def read_devices(file: Path) -> Sequence[DeviceSnapshot]:
    """Those of a file with the newest schema, as they were stored last. Raises StorageError."""
    translator = ErrorTranslator(str(file), None)
    with translator.translate_errors():
        copy = await anyio.to_thread.run_sync(_copy, file)
        engine = copy.make_engine()
        try:
            set_up_sqlite(engine, BUSY_TIMEOUT_MS)
            return await SqlDevices(Transactions(engine, translator)).query(ALL_DEVICES)
        finally:
            engine.dispose()
            copy.close()


def _copy(file: Path) -> MemoryCopy:
    """Raises sqlite3.Error."""
    with closing(open_to_read(file)) as last:
        # One that only reads leaves what SQLite makes beside a file; the last that may write takes it away.
        last.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return MemoryCopy(file)
