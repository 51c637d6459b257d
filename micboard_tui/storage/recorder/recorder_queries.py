"""What is read from a recording. All functions raise what the connection raises, or ValueError."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from math import ceil, floor, inf
from operator import itemgetter

from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.byte_planes import DamagedRecordingError
from micboard_tui.domain.recording.chunk import CHUNK_RECORDS, Chunk, decode_chunk
from micboard_tui.domain.recording.recorded_span import AlarmWindow, WindowTitle
from micboard_tui.domain.recording.second_codec import ChannelOrder, decode_second
from micboard_tui.domain.recording.span_columns import SECOND, Series, sorted_series
from micboard_tui.domain.recording.summary_columns import EMPTY_ROW
from micboard_tui.domain.recording.window_codec import decode_window
from micboard_tui.storage.recorder.recorder_connection import RecorderConnection
from micboard_tui.storage.recorder.recorder_schema import of_tier

_CHUNKS = (
    "SELECT data FROM chunk_N WHERE start > ? AND start < ?"
    " AND channel = (SELECT id FROM channel WHERE device_id = ? AND number = ?) ORDER BY start"
)
_TITLES = (
    'SELECT cause, subject, raised_at, start, "end" FROM alarm_window'
    " WHERE raised_at >= ? AND raised_at <= ? ORDER BY raised_at DESC, id DESC"
)
_WINDOW = (
    'SELECT cause, subject, raised_at, start, "end", data FROM alarm_window'
    " WHERE raised_at = ? AND cause = ? AND subject = ? ORDER BY id DESC LIMIT 1"
)
_SECONDS = (
    "SELECT id, at, channel_order, data FROM second"
    " WHERE (at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?"
)
PAGE = 60
"""So many seconds are held in memory at once."""
LARGEST_ID = 2**62
_CAUSES: frozenset[str] = frozenset(ProblemCode)
TitleRow = tuple[str, str, float, float, float]


def read_seconds(
    connection: RecorderConnection, channels: Collection[ChannelRef], start: float, end: float
) -> dict[ChannelRef, Series]:
    """The seconds that touch the span."""
    picks: dict[int, _Pick] = {}
    starts: dict[ChannelRef, list[float]] = {ref: [] for ref in channels}
    columns: dict[ChannelRef, list[list[int]]] = {ref: [[] for _ in EMPTY_ROW] for ref in channels}
    for at, order_id, blob in _list_seconds(connection, floor(start) - SECOND, ceil(end)):
        if (pick := picks.get(order_id)) is None:
            pick = picks[order_id] = _Pick(read_order(connection, order_id), channels)
        with suppress(DamagedRecordingError):  # A gap.
            pick.add(at, blob)
    for pick in picks.values():
        pick.give(starts, columns)
    return {ref: sorted_series(SECOND, starts[ref], columns[ref]) for ref in channels}


def _list_seconds(
    connection: RecorderConnection, after: int, before: int
) -> Iterator[tuple[int, int, bytes]]:
    """Those between two moments, a page at a time: those of an hour may be hundreds of megabytes."""
    last = (after, LARGEST_ID)
    while rows := connection.execute(_SECONDS, (*last, before, PAGE)).fetchall():
        for id_, at, order_id, blob in rows:
            last = (at, id_)
            yield at, order_id, blob


class _Pick:
    """Takes some channels out of the seconds of one order, all at once: they are many."""

    def __init__(self, order: ChannelOrder, channels: Collection[ChannelRef]) -> None:
        self._order = order
        self._refs = [ref for ref in channels if ref in order.index]
        # With a place more it gives a tuple for a single channel, too.
        self._pick = itemgetter(*[order.index[ref] for ref in self._refs], slice(0))
        self._starts: list[float] = []
        self._rows: list[list[tuple[int, ...]]] = [[] for _ in EMPTY_ROW]

    def add(self, at: int, blob: bytes) -> None:
        if not self._refs:
            return
        second = decode_second(blob, self._order)
        self._starts.append(at)
        for rows, values in zip(self._rows, second, strict=True):
            rows.append(self._pick(values))

    def give(self, starts: dict[ChannelRef, list[float]], columns: dict[ChannelRef, list[list[int]]]) -> None:
        for place, ref in enumerate(self._refs):
            starts[ref] += self._starts
            for column, rows in zip(columns[ref], self._rows, strict=True):
                column.extend([row[place] for row in rows])


def read_chunks(
    connection: RecorderConnection,
    step_s: int,
    channels: Collection[ChannelRef],
    start: float,
    end: float,
) -> dict[ChannelRef, Sequence[Chunk]]:
    """The chunks of a tier that touch the span."""
    found: dict[ChannelRef, Sequence[Chunk]] = {}
    for ref in channels:
        span = (floor(start) - step_s * CHUNK_RECORDS, ceil(end))
        rows = connection.execute(of_tier(_CHUNKS, step_s), (*span, *ref))
        found[ref] = [chunk for (blob,) in rows if (chunk := decode_or_skip(blob)) is not None]
    return found


def decode_or_skip(blob: bytes) -> Chunk | None:
    """None: it is damaged."""
    try:
        return decode_chunk(blob)
    except DamagedRecordingError:
        return None  # A gap.


def find_newest(connection: RecorderConnection) -> float | None:
    """When the second that was written last begins; None: there is none."""
    newest = connection.execute("SELECT at FROM second ORDER BY id DESC LIMIT 1").fetchone()
    return None if newest is None else float(newest[0])


def list_windows(
    connection: RecorderConnection,
    since: float,
    until: float | None,
    channels: Collection[ChannelRef],
    limit: int,
) -> list[WindowTitle]:
    """The newest ``limit`` windows of alarms raised in a span, oldest first."""
    rows = connection.execute(_TITLES, (float(since), inf if until is None else float(until)))
    devices = {ref.device_id for ref in channels}
    titles: list[WindowTitle] = []
    for row in rows:
        if len(titles) == limit:
            break
        if (title := _decode_title(row)) is None:
            continue
        key = title.key
        is_wanted = (
            not channels
            or key.device_id is None
            or (key.device_id in devices if key.channel is None else _ref_of(key) in channels)
        )
        if is_wanted:
            titles.append(title)
    return titles[::-1]


def read_window(connection: RecorderConnection, key: AlarmKey, raised_at: float) -> AlarmWindow | None:
    """The newest window of the alarm that was raised then."""
    row = connection.execute(_WINDOW, (float(raised_at), key.cause.value, encode_subject(key))).fetchone()
    if row is None:
        return None
    title = _decode_title(row[:-1])
    return None if title is None else AlarmWindow(title, decode_window(row[-1], title.start))


def encode_subject(key: AlarmKey) -> str:
    """All of a key but its cause."""
    return json.dumps(key[1:])


def read_order(connection: RecorderConnection, order_id: int) -> ChannelOrder:
    """One that is missing or damaged is empty, so that no second is read by it."""
    row = connection.execute("SELECT refs FROM channel_order WHERE id = ?", (order_id,)).fetchone()
    try:
        refs = json.loads(row[0])
        return ChannelOrder(tuple(ChannelRef(DeviceId(str(each[0])), int(each[1])) for each in refs))
    except (ValueError, TypeError, LookupError, RecursionError):
        return ChannelOrder()


def _ref_of(key: AlarmKey) -> ChannelRef:
    return ChannelRef(key.device_id or DeviceId(""), key.channel or 0)


def _decode_title(row: TitleRow) -> WindowTitle | None:
    """None: its cause is one of a newer release."""
    cause, subject, raised_at, start, end = row
    if cause not in _CAUSES:
        return None
    try:
        device_id, channel, part, location_id = json.loads(subject)
        key = AlarmKey(
            ProblemCode(cause),
            None if device_id is None else DeviceId(device_id),
            channel,
            part,
            None if location_id is None else LocationId(location_id),
        )
    except (TypeError, RecursionError) as error:
        raise ValueError("the key of a window is damaged") from error
    return WindowTitle(key, raised_at, start, end)
