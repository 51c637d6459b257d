"""What channels are judged by, as it is set: ``[thresholds.battery]`` and its neighbours of config.toml."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from micboard_tui.domain.battery import BARS
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, BatteryThresholds, Thresholds

_BATTERY = DEFAULT_THRESHOLDS.battery
MAX_MINUTES = 24 * 60


class Section(BaseModel):
    """A part of the settings, which is a table of config.toml."""

    # Defaults are checked too: what was set may not fit them.
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class _Levels(Section):
    """Thresholds in pairs: each name in ``below`` has to be less than the one it stands for."""

    below: ClassVar[dict[str, str]] = {}

    @field_validator("*")
    @classmethod
    def _check_pair(cls, value: object, info: ValidationInfo) -> object:
        for lower, higher in cls.below.items():
            least = info.data.get(lower)
            if info.field_name == higher and least is not None and not (value > least):
                raise ValueError(f"should be more than {lower} ({least:g})")
        return value


class BatterySettings(_Levels):
    """When a battery is low or critical, by the best that is known: minutes, else percent, else bars."""

    below = {
        "critical_minutes": "low_minutes",
        "critical_percent": "low_percent",
        "critical_bars": "low_bars",
    }
    critical_minutes: int = Field(
        default=_BATTERY.critical_minutes,
        ge=0,
        le=MAX_MINUTES,
        description="With fewer minutes left a battery is critical.",
    )
    low_minutes: int = Field(
        default=_BATTERY.low_minutes,
        ge=0,
        le=MAX_MINUTES,
        description="With fewer minutes left it is low.",
    )
    critical_percent: int = Field(
        default=_BATTERY.critical_percent,
        ge=0,
        le=100,
        description="At so many percent or fewer it is critical.",
    )
    low_percent: int = Field(
        default=_BATTERY.low_percent, ge=0, le=100, description="At so many percent or fewer it is low."
    )
    critical_bars: int = Field(
        default=_BATTERY.critical_bars,
        ge=0,
        le=BARS,
        description="At so many of five bars or fewer it is critical.",
    )
    low_bars: int = Field(
        default=_BATTERY.low_bars,
        ge=0,
        le=BARS,
        description="At so many of five bars or fewer it is low.",
    )


class RfSettings(_Levels):
    """When the RF of the stronger antenna is weak."""

    below = {"critical_dbm": "low_dbm", "critical_percent": "low_percent"}
    critical_dbm: float = Field(
        default=DEFAULT_THRESHOLDS.rf_critical_dbm,
        ge=-130.0,
        le=0.0,
        description="Below this level, in dBm, the RF is critical.",
    )
    low_dbm: float = Field(
        default=DEFAULT_THRESHOLDS.rf_low_dbm,
        ge=-130.0,
        le=0.0,
        description="Below this level, in dBm, it is weak.",
    )
    critical_percent: int = Field(
        default=DEFAULT_THRESHOLDS.rf_critical_percent,
        ge=0,
        le=100,
        description="Below so many percent of the scale of ew G3, G4 and 2000 the RF is critical.",
    )
    low_percent: int = Field(
        default=DEFAULT_THRESHOLDS.rf_low_percent,
        ge=0,
        le=100,
        description="Below so many percent of that scale it is weak.",
    )


class QualitySettings(_Levels):
    """When the quality of a digital link is low."""

    low_percent: int = Field(
        default=DEFAULT_THRESHOLDS.quality_low_percent,
        ge=0,
        le=100,
        description="Below so many percent the quality of a link is low.",
    )


class AudioSettings(_Levels):
    """When audio clips, and when it is sound at all."""

    below = {"sound_dbfs": "clip_dbfs"}
    sound_dbfs: float = Field(
        default=DEFAULT_THRESHOLDS.sound_dbfs,
        ge=-100.0,
        le=0.0,
        description="From this peak on, in dBFS, there is sound: the microphone is no ready spare.",
    )
    clip_dbfs: float = Field(
        default=DEFAULT_THRESHOLDS.audio_clip_dbfs,
        ge=-100.0,
        le=0.0,
        description="From this peak on, in dBFS, audio clips.",
    )


class ThresholdSettings(Section):
    """What counts as low, weak, or too loud."""

    battery: BatterySettings = BatterySettings()
    rf: RfSettings = RfSettings()
    quality: QualitySettings = QualitySettings()
    audio: AudioSettings = AudioSettings()


def thresholds_of(settings: ThresholdSettings) -> Thresholds:
    """The thresholds that are set, for all channels."""
    battery, rf, audio = settings.battery, settings.rf, settings.audio
    return Thresholds(
        BatteryThresholds(**battery.model_dump()),
        rf.low_dbm,
        rf.critical_dbm,
        rf.low_percent,
        rf.critical_percent,
        settings.quality.low_percent,
        audio.clip_dbfs,
        audio.sound_dbfs,
    )
