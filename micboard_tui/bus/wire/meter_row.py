"""The meters of one channel in about a dozen bytes, without loss but in when there was sound last.

A level is a whole number of half dB, shifted so that the usual ones take one byte; a level in between is
sent as it is, in nine. What is held of the audio and of the RF is sent as the distance to the level of now,
moments as the distance to the moment of the frame. So a whole number is always a distance or a step, and a
number with a fraction the value itself. The last sound is told to a sixteenth of a second, and never as later
than it was: a silent channel would need half as many bytes again for what makes no difference.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple

import msgspec

from micboard_tui.domain.channel import ChannelState, Meters

Level = int | float | None
Moment = int | float | None

_SHIFT = 128
"""In half dB: msgpack has -32 to 127 in one byte, which so are -80 to -0.5 dB."""
_LEVELS: dict[float | None, Level] = {half / 2: half + _SHIFT for half in range(-1000, 1001)}
"""What is written of the levels that are whole numbers of half dB; all others are written as they are."""
_TICKS_A_SECOND = 2**22
"""The steps of a number of 64 bits that holds the seconds since the epoch, until 2038."""
_MAX_AWAY_S = 2.0**16
SOUND_STEPS_A_SECOND = 16
_ANTENNAS = (None, "A", "B", "AB")
_CARRIERS = (None, False, True)
_CARRIER_BITS, _OVERLOAD, _RF_OVERLOAD, _ANTENNA_UNIT = 3, 4, 8, 16


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
    """From ``observed``, or the moment of the frame where none is known, as ``metered``; in sixteenths."""
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
        sound_at = _read_moment(base, self.sound, SOUND_STEPS_A_SECOND)
        return Moments(observed_at, _read_moment(base, self.metered), sound_at)

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
    written_audio, written_rf = _LEVELS.get(audio, audio), _LEVELS.get(rf, rf)
    observed_at, sound_at = state.observed_at, state.sound_at
    base = at if observed_at is None else observed_at
    row: list[Any] = [
        state.number,
        flags,
        written_audio,
        _make_distance(written_audio, state.audio_peak_dbfs),
        written_rf,
        _make_distance(written_rf, state.rf_low_dbm),
        _LEVELS.get(rf_a, rf_a),
        _LEVELS.get(rf_b, rf_b),
        quality,
        0 if sound_at == base else _make_sound(base, sound_at),
    ]
    observed = 0 if observed_at == at else _make_moment(at, observed_at)
    metered = 0 if state.meters_at == base else _make_moment(base, state.meters_at)
    rare = (meters.rf_a_percent, meters.rf_b_percent, antenna, levels)
    if rare != _NOTHING_RARE:
        return [*row, observed, metered, *rare[:3], [_LEVELS.get(level, level) for level in levels]]
    if not _is_here(metered):
        return [*row, observed, metered]
    return row if _is_here(observed) else [*row, observed]


def _is_here(moment: Moment) -> bool:
    """Whether it is the moment from which it is told."""
    return type(moment) is int and moment == 0


def _read_level(written: Level) -> float | None:
    return (written - _SHIFT) / 2 if type(written) is int else written


def _make_distance(written: Level, held: float | None) -> Level:
    """What is held, from the level of now as it is written."""
    level = _LEVELS.get(held, held)
    if type(level) is int and type(written) is int:
        return level - written
    return 0 if level is not None and level == written else held


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


def _make_sound(at: float, moment: float | None) -> Moment:
    if moment is None or not 0.0 <= at - moment < _MAX_AWAY_S:
        return moment
    return ceil((at - moment) * SOUND_STEPS_A_SECOND)


def _read_moment(at: float, written: Moment, steps_a_second: int = _TICKS_A_SECOND) -> float | None:
    return at - written / steps_a_second if type(written) is int else written
