"""The frequencies of one hardware version, and the presets in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

FREQUENCY_STEP_KHZ = 25
CHANNEL_SPACING_KHZ = 600
MAX_GROUP = 40
MAX_CHANNELS_A_GROUP = 100
_FIRST_PRESET_STEPS = 5


class NoPresetError(Exception):
    """The band has no such group, or the group no such channel."""


@dataclass(frozen=True, slots=True)
class FrequencyBand:
    """From ``low_khz`` to ``high_khz``, both included."""

    name: str
    low_khz: int
    high_khz: int

    def holds(self, frequency_khz: int) -> bool:
        return self.low_khz <= frequency_khz <= self.high_khz and not frequency_khz % FREQUENCY_STEP_KHZ

    @property
    def channels(self) -> int:
        """In each group."""
        width_khz = self.high_khz - self.low_khz - MAX_GROUP * FREQUENCY_STEP_KHZ
        return min(MAX_CHANNELS_A_GROUP, width_khz // CHANNEL_SPACING_KHZ)

    def preset_of(self, rack_channel: int, groups: Sequence[int]) -> tuple[int, int]:
        """Another group and channel for each channel of the rack (from 0), as far as these groups reach."""
        return groups[rack_channel // self.channels % len(groups)], rack_channel % self.channels + 1

    def frequency_of(self, group: int, channel: int) -> int:
        """The frequency of a preset. Raises NoPresetError.

        The real tables are the manufacturer's; ours are regular, one step higher from group to group.
        """
        if not (1 <= group <= MAX_GROUP and 1 <= channel <= self.channels):
            raise NoPresetError(group, channel)
        spaced = (channel - 1) * CHANNEL_SPACING_KHZ + (group - 1) * FREQUENCY_STEP_KHZ
        return self.low_khz + FREQUENCY_STEP_KHZ * _FIRST_PRESET_STEPS + spaced
