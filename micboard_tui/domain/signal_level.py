"""How good the RF and the link of a channel are: the one judgement for problems, colours and spares. Pure."""

from enum import StrEnum

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.thresholds import Thresholds


class SignalLevel(StrEnum):
    CRITICAL = "critical"
    LOW = "low"
    OK = "ok"
    UNKNOWN = "unknown"

    # These are looked up wherever channels are judged and drawn, and Enum's own hash is written in Python.
    __hash__ = str.__hash__


# Python 3.11 needs twenty times as long to find a member in its enumeration as a constant.
_CRITICAL, _LOW, _OK, _UNKNOWN = SignalLevel


def rf_level(meters: Meters, thresholds: Thresholds) -> SignalLevel:
    """Of the stronger antenna, in dBm or, where the receiver gives none, in percent of its scale."""
    if meters.rf_dbm is None:
        return rf_level_of_percent(meters.rf_percent, thresholds)
    return rf_level_of_dbm(meters.rf_dbm, thresholds)


def rf_level_of_dbm(dbm: float | None, thresholds: Thresholds) -> SignalLevel:
    if dbm is None:
        return _UNKNOWN
    if dbm < thresholds.rf_critical_dbm:
        return _CRITICAL
    return _LOW if dbm < thresholds.rf_low_dbm else _OK


def rf_level_of_percent(percent: int | None, thresholds: Thresholds) -> SignalLevel:
    if percent is None:
        return _UNKNOWN
    if percent < thresholds.rf_critical_percent:
        return _CRITICAL
    return _LOW if percent < thresholds.rf_low_percent else _OK


def quality_level(percent: int | None, thresholds: Thresholds) -> SignalLevel:
    """Of the link; it is never critical by itself."""
    if percent is None:
        return _UNKNOWN
    return _LOW if percent < thresholds.quality_low_percent else _OK
