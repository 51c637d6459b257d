"""The meters of one channel in about a dozen bytes, without loss.

A level is a whole number of half dB, shifted so that the usual ones take one byte; a level in between is
sent as it is, in nine. What is held of the audio and of the RF is sent as the distance to the level of now,
moments as the distance to the moment of the frame. So a whole number is always a distance or a step, and a
number with a fraction the value itself.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from micboard_tui.domain.channel import ChannelState, Meters

_SHIFT = 128
"""In half dB: msgpack has -32 to 127 in one byte, which so are -80 to -0.5 dB."""
_LIMIT = 1000.0
"""Half dB from which on a level is sent as it is."""
_TICKS_A_SECOND = 2**22
"""The steps of a number of 64 bits that holds the seconds since the epoch, until 2038."""
_MAX_AWAY_S = 2.0**16
_ANTENNAS = (None, "A", "B", "AB")
_CARRIERS = (None, False, True)
_CARRIER_BITS, _OVERLOAD, _RF_OVERLOAD, _ANTENNA_UNIT = 3, 4, 8, 16

Level = int | float | None
Moment = int | float | None


class Moments(NamedTuple):
    """As those of ``ChannelState``."""

    observed_at: float | None
    meters_at: float | None
    sound_at: float | None


class MeterRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A channel in a frame, of which ``at`` is the moment. Newer fields come last and have a default."""

    number: int
    flags: int = 0
    audio: Level = None
    peak: Level = None
    rf: Level = None
    dip: Level = None
    rf_a: Level = None
    rf_b: Level = None
    quality_percent: int | None = None
    sound: Moment = None
    """From ``observed``, or the moment of the frame where that is not known, as ``metered``."""
    observed: Moment = 0
    """Nearly always the moment of the frame, and so left out with all that follows."""
    metered: Moment = 0
    rf_a_percent: int | None = None
    rf_b_percent: int | None = None
    antenna: str | None = None
    """Where ``flags`` have no number for it."""
    antenna_levels: tuple[Level, ...] = ()

    def read_meters(self) -> Meters:
        """The meters as the device gave them."""
        flags = self.flags
        return Meters(
            _read_level(self.rf),
            _read_level(self.rf_a),
            _read_level(self.rf_b),
            _read_level(self.audio),
            _ANTENNAS[flags // _ANTENNA_UNIT & 3] if self.antenna is None else self.antenna,
            _CARRIERS[(flags & _CARRIER_BITS) % len(_CARRIERS)],
            self.quality_percent,
            bool(flags & _OVERLOAD),
            tuple(map(_read_level, self.antenna_levels)),
            self.rf_a_percent,
            self.rf_b_percent,
            bool(flags & _RF_OVERLOAD),
        )

    def read_peak(self) -> float | None:
        """The audio peak that is held."""
        return _add_to(_read_level(self.audio), self.peak)

    def read_moments(self, at: float) -> Moments:
        """Those of a row in a frame of ``at``, seconds since the epoch."""
        observed_at = _read_moment(at, self.observed)
        base = at if observed_at is None else observed_at
        return Moments(observed_at, _read_moment(base, self.metered), _read_moment(base, self.sound))

    def read_dip(self) -> float | None:
        """The RF level that is held."""
        return _add_to(_read_level(self.rf), self.dip)


_NOTHING_RARE = (None, None, None, ())


def make_row(state: ChannelState, at: float) -> Sequence[Any]:
    """The row of a channel in a frame of that moment; ``MeterRow`` reads it."""
    meters = state.meters
    rf, rf_a, rf_b, audio, antenna, carrier, quality, overload, levels, *_ = meters
    flags = 0 if carrier is None else 1 + carrier
    if overload:
        flags += _OVERLOAD
    if meters.rf_overload:
        flags += _RF_OVERLOAD
    if antenna in _ANTENNAS:
        flags += _ANTENNA_UNIT * _ANTENNAS.index(antenna)
        antenna = None
    observed_at = at if state.observed_at is None else state.observed_at
    row: list[Any] = [
        state.number,
        flags,
        _make_level(audio),
        _make_distance(audio, state.audio_peak_dbfs),
        _make_level(rf),
        _make_distance(rf, state.rf_low_dbm),
        _make_level(rf_a),
        _make_level(rf_b),
        quality,
        _make_moment(observed_at, state.sound_at),
    ]
    observed, metered = _make_moment(at, state.observed_at), _make_moment(observed_at, state.meters_at)
    rare = (meters.rf_a_percent, meters.rf_b_percent, antenna, tuple(map(_make_level, levels)))
    if rare != _NOTHING_RARE:
        return [*row, observed, metered, *rare]
    if not _is_here(metered):
        return [*row, observed, metered]
    return row if _is_here(observed) else [*row, observed]


def _is_here(moment: Moment) -> bool:
    """Whether it is the moment from which it is told."""
    return type(moment) is int and moment == 0


def _make_level(level: float | None) -> Level:
    if level is None:
        return None
    doubled = level + level
    if -_LIMIT < doubled < _LIMIT and (halves := int(doubled)) == doubled:
        return halves + _SHIFT
    return float(level)


def _read_level(written: Level) -> float | None:
    return (written - _SHIFT) / 2 if type(written) is int else written


def _make_distance(level: float | None, held: float | None) -> Level:
    """What is held, from the level of now."""
    if held is None:
        return None
    if level is not None:
        doubled = 2 * (held - level)
        if -_LIMIT < doubled < _LIMIT and (halves := int(doubled)) == doubled and level + halves / 2 == held:
            return halves
    return float(held)


def _add_to(level: float | None, written: Level) -> float | None:
    if type(written) is not int:
        return written
    return None if level is None else level + written / 2


def _make_moment(at: float, moment: float | None) -> Moment:
    if moment is None:
        return None
    away = at - moment
    if away == 0.0:
        return 0
    if -_MAX_AWAY_S < away < _MAX_AWAY_S:
        ticks = round(away * _TICKS_A_SECOND)
        if at - ticks / _TICKS_A_SECOND == moment:
            return ticks
    return float(moment)


def _read_moment(at: float, written: Moment) -> float | None:
    return at - written / _TICKS_A_SECOND if type(written) is int else written
