"""Thins the minutes of the recording when they are old: five of them become one record.

A step takes the chunks of five hours of some channels, of which the oldest are old enough, and writes one
chunk for each. What of the last five minutes is in the chunk that follows stays a chunk of minutes, so that
of no time a part is in one tier and a part in the other, and is merged with that chunk later.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from micboard_tui.domain.recording.chunk import CHUNK_RECORDS, FIVE_MINUTES, Chunk, encode_chunk
from micboard_tui.domain.recording.thinning import ThinnedChunks, thin_chunks
from micboard_tui.storage.recorder.recorder_connection import RecorderConnection
from micboard_tui.storage.recorder.recorder_queries import decode_or_skip

THINNED_AFTER_S = 14 * 86_400
CHANNELS_A_STEP = 8
"""Once a minute, four to five hours of each: enough for the minutes of 2,000 channels."""
CHUNKS_A_CHANNEL = 60
"""More than five hours have where no program was killed."""
LOOKED_AT_ROWS = 2000

_SPAN_S = CHUNK_RECORDS * FIVE_MINUTES
_OLD_CHANNELS = (
    "SELECT channel, min(start) FROM (SELECT channel, start FROM chunk_60 ORDER BY id LIMIT ?) AS oldest"
    " WHERE start < ? GROUP BY channel ORDER BY min(start) LIMIT ?"
)
_CHUNKS = "SELECT id, start, data FROM chunk_60 WHERE channel = ? AND start >= ? ORDER BY start, id LIMIT ?"


class _Row(NamedTuple):
    id: int
    start: int
    chunk: Chunk | None
    """None: it is damaged, and goes."""

    @property
    def end(self) -> int:
        return self.start if self.chunk is None else self.chunk.end


def thin_minutes(connection: RecorderConnection, now: int) -> None:
    """Thin some of the minutes that are old enough at ``now``."""
    oldest = now - THINNED_AFTER_S - _SPAN_S
    rows = connection.execute(_OLD_CHANNELS, (LOOKED_AT_ROWS, oldest, CHANNELS_A_STEP)).fetchall()
    for channel, start in rows:
        _thin_channel(connection, channel, start)


def _thin_channel(connection: RecorderConnection, channel: int, start: int) -> None:
    """Thin the chunks of a channel from the one on that begins at ``start``."""
    found = connection.execute(_CHUNKS, (channel, start, CHUNKS_A_CHANNEL + 1))
    rows = [_Row(id_, begin, decode_or_skip(blob)) for id_, begin, blob in found]
    limit = start - start % FIVE_MINUTES + _SPAN_S
    taken = list(takewhile(lambda row: row.end <= limit, rows[:CHUNKS_A_CHANNEL]))
    connection.executemany("DELETE FROM chunk_60 WHERE id = ?", [(row.id,) for row in taken[:-1]])
    coarse, remainder = _thin(taken, rows[len(taken)].start if len(rows) > len(taken) else None, limit)
    if coarse is not None:
        row = (channel, coarse.start, encode_chunk(coarse))
        connection.execute("INSERT INTO chunk_300 (channel, start, data) VALUES (?, ?, ?)", row)
    if remainder is None:
        connection.execute("DELETE FROM chunk_60 WHERE id = ?", (taken[-1].id,))
    else:
        changed = (remainder.start, encode_chunk(remainder), taken[-1].id)
        connection.execute("UPDATE chunk_60 SET start = ?, data = ? WHERE id = ?", changed)


def _thin(taken: Sequence[_Row], next_start: int | None, limit: int) -> ThinnedChunks:
    """What becomes of these chunks, of which the next one begins at ``next_start``."""
    chunks = [row.chunk for row in taken if row.chunk is not None]
    if not chunks:
        return ThinnedChunks(None, None)
    last = max(chunk.end for chunk in chunks)
    end = last - last % FIVE_MINUTES
    is_next_apart = next_start is None or next_start >= end + FIVE_MINUTES
    return thin_chunks(chunks, FIVE_MINUTES, limit if is_next_apart or end <= taken[0].start else end)
