"""What channels are judged by, as it is set: ``[thresholds.battery]`` and its neighbours of config.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from micboard_tui.config.setting_fields import Section, number, section, values_of, whole_number
from micboard_tui.domain.battery import BARS
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, BatteryThresholds, Thresholds

_BATTERY = DEFAULT_THRESHOLDS.battery
MAX_MINUTES = 24 * 60


@dataclass(frozen=True, kw_only=True)
class BatterySettings(Section):
    """When a battery is low or critical, by the best that is known: minutes, else percent, else bars."""

    below: ClassVar[Mapping[str, str]] = {
        "critical_minutes": "low_minutes",
        "critical_percent": "low_percent",
        "critical_bars": "low_bars",
    }
    critical_minutes: int = whole_number(
        _BATTERY.critical_minutes, "With fewer minutes left a battery is critical.", least=0, most=MAX_MINUTES
    )
    low_minutes: int = whole_number(
        _BATTERY.low_minutes, "With fewer minutes left it is low.", least=0, most=MAX_MINUTES
    )
    critical_percent: int = whole_number(
        _BATTERY.critical_percent, "At so many percent or fewer it is critical.", least=0, most=100
    )
    low_percent: int = whole_number(
        _BATTERY.low_percent, "At so many percent or fewer it is low.", least=0, most=100
    )
    critical_bars: int = whole_number(
        _BATTERY.critical_bars, "At so many of five bars or fewer it is critical.", least=0, most=BARS
    )
    low_bars: int = whole_number(
        _BATTERY.low_bars, "At so many of five bars or fewer it is low.", least=0, most=BARS
    )


@dataclass(frozen=True, kw_only=True)
class RfSettings(Section):
    """When the RF of the stronger antenna is weak."""

    below: ClassVar[Mapping[str, str]] = {"critical_dbm": "low_dbm", "critical_percent": "low_percent"}
    critical_dbm: float = number(
        DEFAULT_THRESHOLDS.rf_critical_dbm,
        "Below this level, in dBm, the RF is critical.",
        least=-130.0,
        most=0.0,
    )
    low_dbm: float = number(
        DEFAULT_THRESHOLDS.rf_low_dbm, "Below this level, in dBm, it is weak.", least=-130.0, most=0.0
    )
    critical_percent: int = whole_number(
        DEFAULT_THRESHOLDS.rf_critical_percent,
        "Below so many percent of the scale of ew G3, G4 and 2000 the RF is critical.",
        least=0,
        most=100,
    )
    low_percent: int = whole_number(
        DEFAULT_THRESHOLDS.rf_low_percent,
        "Below so many percent of that scale it is weak.",
        least=0,
        most=100,
    )


@dataclass(frozen=True, kw_only=True)
class QualitySettings(Section):
    """When the quality of a digital link is low."""

    low_percent: int = whole_number(
        DEFAULT_THRESHOLDS.quality_low_percent,
        "Below so many percent the quality of a link is low.",
        least=0,
        most=100,
    )


@dataclass(frozen=True, kw_only=True)
class AudioSettings(Section):
    """When audio clips, and when it is sound at all."""

    below: ClassVar[Mapping[str, str]] = {"sound_dbfs": "clip_dbfs"}
    sound_dbfs: float = number(
        DEFAULT_THRESHOLDS.sound_dbfs,
        "From this peak on, in dBFS, there is sound: the microphone is no ready spare.",
        least=-100.0,
        most=0.0,
    )
    clip_dbfs: float = number(
        DEFAULT_THRESHOLDS.audio_clip_dbfs, "From this peak on, in dBFS, audio clips.", least=-100.0, most=0.0
    )


@dataclass(frozen=True, kw_only=True)
class ThresholdSettings(Section):
    """What counts as low, weak, or too loud."""

    battery: BatterySettings = section(BatterySettings)
    rf: RfSettings = section(RfSettings)
    quality: QualitySettings = section(QualitySettings)
    audio: AudioSettings = section(AudioSettings)


def thresholds_of(settings: ThresholdSettings) -> Thresholds:
    """The thresholds that are set, for all channels."""
    battery, rf, audio = settings.battery, settings.rf, settings.audio
    return Thresholds(
        BatteryThresholds(**values_of(battery)),
        rf.low_dbm,
        rf.critical_dbm,
        rf.low_percent,
        rf.critical_percent,
        settings.quality.low_percent,
        audio.clip_dbfs,
        audio.sound_dbfs,
    )
