"""The thresholds, holds, waits and intervals that decide what counts as low, late, gone or current.

The numbers are those of docs/explanation/truth.md. How they are applied stands beside what they judge:
``battery``, ``signal_level``, ``channel``, ``problem``.
"""

from dataclasses import dataclass, replace

METER_INTERVAL_S = 0.1
"""Meters are requested at this interval, unless the settings or the driver of a family say otherwise."""
READ_INTERVAL_S = 0.05
"""What devices send unasked is read at this interval."""
UNWATCHED_READ_INTERVAL_S = 0.2
"""The same where no screen shows it: no reading is lost, but several are taken at once."""
CONNECT_TIMEOUT_S = 3.0
"""A connection that is not established within so long has failed, unless the settings say otherwise."""
STORE_INTERVAL_S = 10.0
"""Readings are stored at this interval, unless the settings say otherwise; changes of link states at once."""
SERVER_STORE_INTERVAL_S = 30.0
"""The same on a database server; there, only what changed besides meters is stored at once."""
MIN_STORE_INTERVAL_S = 1.0
"""The shortest that can be set, and between two changes of link states."""
STORED_LATE_S = 10.0
"""Stored readings that are later than this beside all intervals are of a process that has ended."""
STALE_AFTER_S = 2.0
"""Values older than this plus the interval that was asked for are stale."""
SILENCE_LIMIT_S = 5.0
"""A device that has been silent for so long is offline, unless the settings say otherwise."""
PEAK_HOLD_S = 1.5
"""How long peaks of the audio and dips of the RF are held, unless the settings say otherwise."""
LONGEST_PAUSE_S = 600.0
"""What stood before a pause of the program that was no longer, and stands after it, has lasted."""
DROP_OUT_S = 5.0
"""A problem that its channel is heard without for no longer lasts on; no shorter than ``SETTLE_S``."""
SETTLE_S = 3.0
"""A device that is read anew has sent everything after so long."""
QUIET_S = 30.0
"""A microphone without sound for so long is not spoken into: longer than a speaker takes breath."""
STORED_IS_CURRENT_S = 10.0
"""What storage last knew of a device counts as current for so long after the device last spoke."""


@dataclass(frozen=True, slots=True)
class BatteryThresholds:
    """Minutes below a threshold, and percent or bars at or below it, are critical or low."""

    critical_minutes: int = 15
    critical_percent: int = 10
    critical_bars: int = 1
    low_minutes: int = 30
    low_percent: int = 20
    low_bars: int = 2

    def with_low_percent(self, percent: int) -> "BatteryThresholds":
        """The same thresholds, but a charge that is known in percent is low at or below ``percent``."""
        return replace(self, low_percent=percent, critical_percent=min(self.critical_percent, percent))


DEFAULT_BATTERY_THRESHOLDS = BatteryThresholds()


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """What a channel, and a pack in use, is judged by. RF and quality below a threshold are low or critical.

    The settings give one for all channels; each state carries those that it is judged by. There are few,
    so each is equal only to itself: judgements and drawn cells are kept by them at no cost.
    """

    battery: BatteryThresholds = DEFAULT_BATTERY_THRESHOLDS
    rf_low_dbm: float = -85.0
    rf_critical_dbm: float = -95.0
    rf_low_percent: int = 20
    """Of the scale of receivers that give no dBm."""
    rf_critical_percent: int = 10
    quality_low_percent: int = 40
    audio_clip_dbfs: float = -0.5
    """A peak from here on clips."""
    sound_dbfs: float = -45.0
    """A peak from here on is sound: a microphone that lies about has less."""


DEFAULT_THRESHOLDS = Thresholds()
