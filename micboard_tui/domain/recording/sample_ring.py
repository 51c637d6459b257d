"""The last 75 seconds of one channel at full rate, 16 bytes a sample (docs/explanation/recorder.md).

The recorder appends each reading as it comes; an alarm or the timeline asks for a window. The ring takes all
of its memory when it is made and never more. Samples stay in the order in which they came and keep the time
that the clock had then: a clock that goes back hides and overwrites nothing, and a window gives all samples
whose time lies in it.
"""

from struct import Struct
from typing import NamedTuple

from micboard_tui.domain.recording.reading import UNKNOWN_QUALITY, Reading, ReadingValues, decode_level

RING_S = 75
"""60 s before an alarm and 15 s after it."""
SAMPLES_A_SECOND = 10
CAPACITY = RING_S * SAMPLES_A_SECOND

_SAMPLE = Struct("<dhhhbB")
_pack_into = _SAMPLE.pack_into
_SIZE = _SAMPLE.size


class Sample(NamedTuple):
    at: float
    """Seconds since the epoch."""
    reading: Reading

    @property
    def rf_a(self) -> float | None:
        """In the unit that the flags of the reading name; None: unknown."""
        return decode_level(self.reading.rf_a)

    @property
    def rf_b(self) -> float | None:
        return decode_level(self.reading.rf_b)

    @property
    def audio(self) -> float | None:
        """In dBFS."""
        return decode_level(self.reading.audio)

    @property
    def quality(self) -> int | None:
        """In percent."""
        return None if self.reading.quality == UNKNOWN_QUALITY else self.reading.quality


class SampleRing:
    """Keeps the newest ``capacity`` samples; the oldest goes when a new one comes."""

    __slots__ = ("_buffer", "_count", "_end", "_position")

    def __init__(self, capacity: int = CAPACITY) -> None:
        if capacity < 1:
            raise ValueError("a ring holds at least one sample")
        self._buffer = bytearray(capacity * _SIZE)
        self._end = capacity * _SIZE
        self._position = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def size_bytes(self) -> int:
        """The memory of the samples; constant."""
        return self._end

    def append(self, at: float, reading: ReadingValues) -> None:
        position = self._position
        _pack_into(self._buffer, position, at, *reading)
        position += _SIZE
        if self._count * _SIZE < self._end:
            self._count += 1
        self._position = 0 if position == self._end else position

    def window(self, start: float, end: float) -> list[Sample]:
        """The samples from ``start`` to ``end``, both included, in the order in which they came."""
        return [
            Sample(at, Reading(rf_a, rf_b, audio, quality, flags))
            for at, rf_a, rf_b, audio, quality, flags in _SAMPLE.iter_unpack(self._copy())
            if start <= at <= end
        ]

    def _copy(self) -> bytes:
        """All samples, oldest first."""
        if self._count * _SIZE < self._end:
            return bytes(self._buffer[: self._position])
        return bytes(self._buffer[self._position :] + self._buffer[: self._position])
