"""The last 75 seconds of all channels at full rate, 16 bytes a sample (docs/explanation/recorder.md).

Once a second the samples of all channels come as one block of columns; an alarm or the timeline asks for a
window of one channel. Samples stay in the order in which they came and keep the time that the clock had
then: a clock that goes back hides and overwrites nothing, and a window gives all samples whose time lies
in it. Blocks never change, so the window of an alarm keeps them and costs no copy.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.reading import UNKNOWN_QUALITY, Reading, decode_level

RING_S = 75
"""60 s before an alarm and 15 s after it."""
SAMPLES_A_SECOND = 10
SAMPLE_BYTES = 16
MAX_SAMPLES = 2_000_000
"""In all blocks; the oldest block goes when there are more."""


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


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """All samples of about one second; those of one channel stand side by side."""

    ranges: Mapping[ChannelRef, tuple[int, int]] = field(default_factory=dict)
    """From where to before where the samples of a channel stand."""
    times: Sequence[float] = ()
    rf_a: Sequence[int] = ()
    rf_b: Sequence[int] = ()
    audio: Sequence[int] = ()
    quality: Sequence[int] = ()
    flags: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.times)

    def samples_of(self, ref: ChannelRef) -> Iterator[Sample]:
        """Those of one channel, in the order in which they came."""
        start, stop = self.ranges.get(ref, (0, 0))
        columns = (self.rf_a, self.rf_b, self.audio, self.quality, self.flags)
        rows = zip(*(column[start:stop] for column in columns), strict=True)
        return map(Sample, self.times[start:stop], map(Reading._make, rows))


class SampleRing:
    """Keeps the newest blocks; the oldest goes when a new one comes."""

    def __init__(self, blocks: int = RING_S + 2, max_samples: int = MAX_SAMPLES) -> None:
        if blocks < 1:
            raise ValueError("a ring holds at least one block")
        self._blocks: deque[SampleBlock] = deque()
        self._limit, self._max_samples = blocks, max_samples
        self._count = 0

    def __len__(self) -> int:
        """The number of samples."""
        return self._count

    @property
    def size_bytes(self) -> int:
        """The memory of the samples."""
        return self._count * SAMPLE_BYTES

    @property
    def blocks(self) -> tuple[SampleBlock, ...]:
        """All blocks, oldest first."""
        return tuple(self._blocks)

    def append(self, block: SampleBlock) -> None:
        self._blocks.append(block)
        self._count += len(block)
        while len(self._blocks) > self._limit or (self._count > self._max_samples and len(self._blocks) > 1):
            self._count -= len(self._blocks.popleft())


def samples_between(blocks: Iterable[SampleBlock], ref: ChannelRef, start: float, end: float) -> list[Sample]:
    """The samples of a channel from ``start`` to ``end``, both included, in the order in which they came."""
    return [sample for block in blocks for sample in block.samples_of(ref) if start <= sample.at <= end]
