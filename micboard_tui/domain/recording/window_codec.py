"""One blob for the window of an alarm: every sample of its channels, by column and compressed."""

import json
from collections.abc import Mapping, Sequence
from struct import Struct

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recording.byte_planes import DamagedRecordingError, pack_planes, unpack_planes
from micboard_tui.domain.recording.reading import Reading
from micboard_tui.domain.recording.sample_ring import Sample

MAX_WINDOW_SAMPLES = 50_000
"""Of all channels of a window together; more are left out."""

_FORM = 1
_HEAD = Struct("<BII")
_CODES = "ihhhbB"
_MS = 1000
_LATEST_MS = 0x7FFFFFFF


def encode_window(samples: Mapping[ChannelRef, Sequence[Sample]], start: float) -> bytes:
    """The blob of the samples; times are kept to a millisecond."""
    counts: list[tuple[str, int, int]] = []
    columns: list[list[int]] = [[] for _ in _CODES]
    for ref, all_samples in samples.items():
        some = all_samples[: MAX_WINDOW_SAMPLES - len(columns[0])]
        counts.append((*ref, len(some)))
        for at, reading in some:
            offset_ms = max(-_LATEST_MS, min(_LATEST_MS, round((at - start) * _MS)))
            for column, value in zip(columns, (offset_ms, *reading), strict=True):
                column.append(value)
    channels = json.dumps(counts).encode()
    head = _HEAD.pack(_FORM, len(channels), len(columns[0]))
    return head + channels + pack_planes(_CODES, columns, 6)


def decode_window(blob: bytes, start: float) -> dict[ChannelRef, list[Sample]]:
    """The samples by channel. Raises DamagedRecordingError."""
    if len(blob) < _HEAD.size:
        raise DamagedRecordingError("the window is cut")
    form, length, total = _HEAD.unpack_from(blob)
    begin = _HEAD.size + length
    if form != _FORM or total > MAX_WINDOW_SAMPLES or len(blob) < begin:
        raise DamagedRecordingError("the window is of another form")
    try:
        counts = [
            (ChannelRef(DeviceId(str(device_id)), int(number)), int(count))
            for device_id, number, count in json.loads(blob[_HEAD.size : begin])
        ]
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedRecordingError("the channels of the window are damaged") from error
    if sum(count for _, count in counts) != total or any(count < 0 for _, count in counts):
        raise DamagedRecordingError("the window is damaged")
    rows = zip(*unpack_planes(_CODES, total, blob[begin:]), strict=True)
    samples = [Sample(start + offset_ms / _MS, Reading(*values)) for offset_ms, *values in rows]
    found: dict[ChannelRef, list[Sample]] = {}
    position = 0
    for ref, count in counts:
        found[ref] = samples[position : position + count]
        position += count
    return found
