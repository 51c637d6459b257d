"""The clock of a database: that of the server, alike for all who share it; of a file, the computer's."""

import time
from collections.abc import Callable

from sqlalchemy import Connection, text

_SERVER_TIME = text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)")


def read_clock(connection: Connection, clock: Callable[[], float] = time.time) -> float:
    """Seconds since the epoch. ``clock``: of the computer."""
    if connection.dialect.name != "postgresql":
        return clock()
    return float(connection.execute(_SERVER_TIME).scalar_one())
