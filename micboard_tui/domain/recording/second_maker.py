"""Makes a second of all channels from what was received in it: full-rate samples, and summaries.

Readings are taken as they came from the devices, and worked on by column once a second for all channels:
that costs a third of handling each reading when it comes (docs/explanation/recorder.md).
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from operator import or_
from typing import NamedTuple

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.observation import MetersHeard, Observation
from micboard_tui.domain.recording.meter_columns import encode_meter_columns
from micboard_tui.domain.recording.reading import UNKNOWN_LEVEL, UNKNOWN_QUALITY
from micboard_tui.domain.recording.sample_ring import SampleBlock
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.summary_columns import (
    CHARGE,
    FLAGS,
    QUALITY,
    READINGS,
    UNKNOWN_BYTE,
    UNKNOWN_HIGH,
    UNKNOWN_LOW,
    Columns,
    drop_mixed_units,
    empty_columns,
)

MAX_READINGS = 1000
"""Of one channel in one second; what is beyond is left out."""

ReceivedTogether = tuple[float, DeviceId, Sequence[Observation]]
"""When what was read from which device; a plain tuple, since one is made for each read."""


class ChannelStatus(NamedTuple):
    """What a second says of a channel besides its meters."""

    ref: ChannelRef
    link_flags: int
    charge: int | None


class RecordedSecond(NamedTuple):
    order: ChannelOrder
    columns: Columns
    """One summary for each channel of the order."""
    block: SampleBlock


def make_second(
    received: Iterable[ReceivedTogether], statuses: Sequence[ChannelStatus], order: ChannelOrder
) -> RecordedSecond:
    """All that was received since the last second; the order gets the channels that it lacks."""
    groups = _group_by_count(received)
    order = order.extend(status.ref for status in statuses)
    order = order.extend(ref for group in groups.values() for ref in group.refs)
    index_of, columns = order.index, empty_columns(len(order.refs))
    flags, charges = columns[FLAGS], columns[CHARGE]
    for ref, link_flags, charge in statuses:
        if (index := index_of.get(ref)) is not None:
            flags[index] = link_flags
            charges[index] = UNKNOWN_BYTE if charge is None else charge
    if not groups:
        return RecordedSecond(order, columns, SampleBlock())
    samples = encode_meter_columns([meters for group in groups.values() for meters in group.meters])
    ranges: dict[ChannelRef, tuple[int, int]] = {}
    start = 0
    for count, group in groups.items():
        stop = start + count * len(group.refs)
        ranges |= zip(group.refs, pairwise(range(start, stop + 1, count)), strict=True)
        places = [index_of.get(ref) for ref in group.refs]
        _summarize([column[start:stop] for column in samples], count, columns, places)
        start = stop
    drop_mixed_units(columns)
    times = array("d", [at for group in groups.values() for at in group.times])
    rf_a, rf_b, audio = (array("h", column) for column in samples[:3])
    quality, all_flags = array("b", samples[3]), array("B", samples[4])
    return RecordedSecond(order, columns, SampleBlock(ranges, times, rf_a, rf_b, audio, quality, all_flags))


class _Group(NamedTuple):
    """The channels of which equally many readings came, side by side."""

    refs: list[ChannelRef]
    times: list[float]
    meters: list[Meters]


def _group_by_count(received: Iterable[ReceivedTogether]) -> dict[int, _Group]:
    groups: dict[int, _Group] = {}
    for device_id, channels in _group_by_channel(received).items():
        for number, (times, meters) in channels.items():
            count = min(len(times), MAX_READINGS)
            group = groups.get(count)
            if group is None:
                group = groups[count] = _Group([], [], [])
            group.refs.append(ChannelRef(device_id, number))
            group.times.extend(times[:count])
            group.meters.extend(meters[:count])
    return groups


def _group_by_channel(
    received: Iterable[ReceivedTogether],
) -> dict[DeviceId, dict[int, tuple[list[float], list[Meters]]]]:
    devices: dict[DeviceId, dict[int, tuple[list[float], list[Meters]]]] = {}
    for at, device_id, observations in received:
        channels = devices.get(device_id)
        if channels is None:
            channels = devices[device_id] = {}
        for observation in observations:
            if type(observation) is MetersHeard:
                number, meters = observation
                known = channels.get(number)
                if known is None:
                    channels[number] = ([at], [meters])
                else:
                    known[0].append(at)
                    known[1].append(meters)
    return devices


def _summarize(
    samples: Sequence[list[int]], count: int, columns: Sequence[list[int]], places: Sequence[int | None]
) -> None:
    """Put the summaries of channels of ``count`` samples each into their places; None: there is no room."""
    rf_a, rf_b, audio, quality, flags = ([column[n::count] for n in range(count)] for column in samples)
    rows = zip(
        *_summarize_levels(rf_a),
        *_summarize_levels(rf_b),
        *_summarize_levels(audio),
        _lowest_qualities(quality),
        _merge_flags(flags),
        strict=True,
    )
    ranked, all_flags, readings = columns[: QUALITY + 1], columns[FLAGS], columns[READINGS]
    for index, row in zip(places, rows, strict=True):
        if index is not None:
            for column, value in zip(ranked, row, strict=False):
                column[index] = value
            all_flags[index] |= row[-1]
            readings[index] = count


def _summarize_levels(
    samples: Sequence[list[int]],
) -> tuple[list[int], list[int], list[int], list[int]]:
    """Lowest, sum, highest and number of known values of each channel; one list of samples a tick."""
    lows = _each(min, samples)
    totals = list(map(sum, zip(*samples, strict=True)))
    highs = _each(max, samples)
    known = [len(samples)] * len(lows)
    if UNKNOWN_LEVEL in lows:
        for index, low in enumerate(lows):
            if low == UNKNOWN_LEVEL:
                levels = [level for tick in samples if (level := tick[index]) != UNKNOWN_LEVEL]
                lows[index] = min(levels, default=UNKNOWN_LOW)
                totals[index] = sum(levels)
                highs[index] = max(levels, default=UNKNOWN_HIGH)
                known[index] = len(levels)
    return lows, totals, highs, known


def _lowest_qualities(samples: Sequence[list[int]]) -> list[int]:
    lows = _each(min, samples)
    if UNKNOWN_QUALITY in lows:
        for index, low in enumerate(lows):
            if low == UNKNOWN_QUALITY:
                known = [quality for tick in samples if (quality := tick[index]) != UNKNOWN_QUALITY]
                lows[index] = min(known, default=UNKNOWN_BYTE)
    return lows


def _each(choose: Callable[..., int], samples: Sequence[list[int]]) -> list[int]:
    return list(map(choose, *samples)) if len(samples) > 1 else list(samples[0])


def _merge_flags(samples: Sequence[list[int]]) -> list[int]:
    merged = samples[0]
    for tick in samples[1:]:
        merged = list(map(or_, merged, tick))
    return merged
