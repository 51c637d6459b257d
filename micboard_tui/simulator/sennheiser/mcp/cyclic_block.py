"""The cyclic block of a simulated MCP device (docs/reference/protocols/sennheiser.md 5.4, 5.5). Pure.

What the block says about a whole cycle differs from subscriber to subscriber, so each has a ``CycleSummary``.
"""

from dataclasses import dataclass
from typing import NamedTuple

from micboard_tui.protocols.mcp.messages import Line
from micboard_tui.simulator.sennheiser.mcp.mcp_unit import McpUnit
from micboard_tui.simulator.stage.air import NOISE_DBM, Air

ANY, TRANSMITTER, RF, RECEIVER = 1, 2, 4, 8
_DBUV_AT_0_DBM = 107.0
_ANTENNA_LOSS_DB = 20.0
"""Of small antennas and their cables; without it, every level on our stage would exceed the scale."""
_LOW_RF_PERCENT = 20
_CLIPPED_PERCENT = 98
_FIRST, _SECOND = 1, 2
_BATTERY_STEPS = ((0.7, "100"), (0.3, "70"), (0.1, "30"), (-1.0, "0"))


class Measurement(NamedTuple):
    """A device now."""

    levels: tuple[int, int]
    """Of antennas 1 and 2, in percent."""
    antenna: int
    """The one in use, 1 or 2."""
    mutes: int
    pilot: bool
    battery: str
    warnings: str


@dataclass(slots=True)
class CycleSummary:
    """What has been since the last block."""

    lowest: tuple[int, int]
    highest: tuple[int, int]
    used: set[int]
    mutes: int
    """All bits that were set all the time."""
    pilots: set[bool]

    @classmethod
    def of(cls, now: Measurement) -> "CycleSummary":
        return cls(now.levels, now.levels, {now.antenna}, now.mutes, {now.pilot})

    def add(self, now: Measurement) -> None:
        first, second = now.levels
        self.lowest = (min(self.lowest[0], first), min(self.lowest[1], second))
        self.highest = (max(self.highest[0], first), max(self.highest[1], second))
        self.used.add(now.antenna)
        self.mutes &= now.mutes
        self.pilots.add(now.pilot)

    @property
    def pilot(self) -> int:
        """0 never, 1 all the time, 2 changed; an in-ear transmitter's RF is reported the same way."""
        return 2 if len(self.pilots) > 1 else int(True in self.pilots)


def measure(unit: McpUnit) -> Measurement:
    air = unit.air
    if air is None:
        warnings = [*(["AF_Peak"] if unit.peak_percent >= _CLIPPED_PERCENT else [])]
        warnings += ["RF_Mute"] if unit.muted else []
        return Measurement((0, 0), 0, int(unit.muted), unit.muted, "", " ".join(warnings) or "OK")
    pilot = air.is_heard and air.carrier
    mutes = (0 if pilot else RF) | (RECEIVER if unit.muted else 0)
    mutes |= TRANSMITTER if pilot and air.pack.is_muted else 0
    battery = _battery(air)
    level = _percent(unit, air.rf_dbm[0]), _percent(unit, air.rf_dbm[1])
    warnings = [
        token
        for token, is_on in (
            ("AF_Peak", unit.peak_percent >= _CLIPPED_PERCENT),
            ("Low_Battery", battery == "0"),
            ("TX_Mute", mutes & TRANSMITTER),
            ("Low_RF_Signal", pilot and max(level) < _LOW_RF_PERCENT),
            ("RF_Mute", mutes & RF),
            ("RX_Mute", mutes & RECEIVER),
        )
        if is_on
    ]
    return Measurement(
        level, air.antenna + 1, mutes | (ANY if mutes else 0), pilot, battery, " ".join(warnings) or "OK"
    )


def _percent(unit: McpUnit, level_dbm: float) -> int:
    """Of 40 dB above 1 uV (docs/reference/protocols/sennheiser.md 5.4)."""
    if level_dbm <= NOISE_DBM + 2.0:
        return 0
    percent = round((level_dbm - _ANTENNA_LOSS_DB + _DBUV_AT_0_DBM) / 0.4)
    return min(unit.highest_rf_percent, max(0, percent))


def _battery(air: Air) -> str:
    if not air.is_heard:
        return "?"
    return next(step for limit, step in _BATTERY_STEPS if air.pack.battery.charge > limit)


def lines(unit: McpUnit, now: Measurement, summary: CycleSummary) -> list[Line]:
    """The block, in its fixed order."""
    return _of_receiver(unit, now, summary) if unit.air is not None else _of_transmitter(unit, now, summary)


def _of_receiver(unit: McpUnit, now: Measurement, summary: CycleSummary) -> list[Line]:
    return [
        Line("RF1", f"{summary.lowest[0]} {summary.highest[0]} {int(_FIRST in summary.used)}"),
        Line("RF2", f"{summary.lowest[1]} {summary.highest[1]} {int(_SECOND in summary.used)}"),
        Line("States", f"{summary.mutes} {summary.pilot}"),
        Line("RF", f"{now.levels[now.antenna - 1]} {now.antenna} {int(now.pilot)}"),
        Line("AF", f"{unit.peak_percent} {unit.shown_peak_percent} {now.mutes}"),
        Line("Bat", now.battery),
        Line("Msg", now.warnings),
        Line("Config", str(unit.changes)),
    ]


def _of_transmitter(unit: McpUnit, now: Measurement, summary: CycleSummary) -> list[Line]:
    peak, hold = unit.peak_percent, unit.shown_peak_percent
    return [
        Line("AF", f"{peak} {max(0, peak - 2)} {hold} {max(0, hold - 2)}"),
        Line("States", f"{now.mutes} {summary.pilot}"),
        Line("Msg", now.warnings),
        Line("Config", str(unit.changes)),
    ]
