"""How long each tier is kept: removes what is older and thins old minutes, in bounded steps.

Seconds go by their number, so that a clock that jumped removes none. Chunks and windows stand in the order in
which they were written, and only the oldest some thousand are looked at.
"""

from micboard_tui.domain.recording.chunk import FIVE_MINUTES, MINUTE, STORED_STEPS_S, TEN_SECONDS
from micboard_tui.storage.recorder.recorder_connection import RecorderConnection
from micboard_tui.storage.recorder.recorder_schema import of_tier
from micboard_tui.storage.recorder.recorder_thinning import thin_minutes

PRUNE_INTERVAL_S = 60
SECONDS_KEPT = 3900
"""An hour, and what a chunk of minutes may lack when a program is killed."""
KEPT_S = {TEN_SECONDS: 86_400, MINUTE: 90 * 86_400, FIVE_MINUTES: 90 * 86_400}
WINDOWS_KEPT_S = 90 * 86_400
WINDOWS_KEPT = 5000
LONGEST_KEPT_S = max(WINDOWS_KEPT_S, *KEPT_S.values())
ROWS_A_STEP = 2000
VACUUMED_PAGES = 500

_NEVER = 2**62
_OLD_CHUNKS = (
    "DELETE FROM chunk_N WHERE id IN"
    " (SELECT id FROM (SELECT id, start FROM chunk_N ORDER BY id LIMIT ?) AS oldest WHERE start < ?)"
)
_OLD_WINDOWS = (
    "DELETE FROM alarm_window WHERE id IN"
    " (SELECT id FROM (SELECT id, raised_at FROM alarm_window ORDER BY id LIMIT ?) AS oldest"
    " WHERE raised_at < ?)"
)


def prune(connection: RecorderConnection, now: int) -> None:
    """Remove what is older than its tier at ``now``."""
    connection.execute(
        "DELETE FROM second WHERE id IN (SELECT id FROM second WHERE id <= "
        "(SELECT max(id) FROM second) - ? ORDER BY id LIMIT ?)",
        (SECONDS_KEPT, ROWS_A_STEP),
    )
    connection.execute(
        "DELETE FROM channel_order WHERE id < (SELECT min(channel_order) FROM second "
        "WHERE id <= (SELECT min(id) FROM second) + 1)"
    )
    for step_s in STORED_STEPS_S:
        connection.execute(of_tier(_OLD_CHUNKS, step_s), (ROWS_A_STEP, now - KEPT_S[step_s]))
    thin_minutes(connection, now)
    connection.execute(_OLD_WINDOWS, (ROWS_A_STEP, now - WINDOWS_KEPT_S))
    connection.execute(
        "DELETE FROM alarm_window WHERE id <= (SELECT max(id) FROM alarm_window) - ?", (WINDOWS_KEPT,)
    )


def shrink(connection: RecorderConnection, max_bytes: int) -> None:
    """Of a file: remove the oldest chunks where it is too large, and give back what is not used."""
    if _size_of(connection) > max_bytes:
        for step_s in STORED_STEPS_S:
            connection.execute(of_tier(_OLD_CHUNKS, step_s), (ROWS_A_STEP, _NEVER))
    connection.execute(f"PRAGMA incremental_vacuum({VACUUMED_PAGES:d})").fetchall()


def _size_of(connection: RecorderConnection) -> int:
    """The bytes that are in use."""
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
    return int((pages - free) * size)
