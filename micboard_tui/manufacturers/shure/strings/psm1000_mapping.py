"""What a channel of a PSM1000 says, which sends to ears and receives nothing. Pure.

Source: docs/reference/protocols/shure.md 8.
"""

import math
import re
from collections.abc import Mapping

from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.value_ranges import MAX_FREQUENCY_KHZ
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.strings.mapping import MAX_POWER_MW, Values, raw_values
from micboard_tui.manufacturers.shure.values import (
    parse_bare_name,
    parse_number,
    parse_switch,
    parse_text,
)

LOUDEST = 3_548_184
"""The greatest level ever observed (docs/reference/protocols/shure.md 8.3)."""
FLOOR_DB = -60.0
MAX_LEVEL = 0xFFFFFFFF
LEVELS = ("AUDIO_IN_LVL_L", "AUDIO_IN_LVL_R")
_DECIBELS = re.compile(r"-?[0-9]{1,3}", re.ASCII)


def facts_of(dialect: Dialect, values: Values, meter_interval_s: float | None = None) -> ChannelFacts:
    """It is the transmitter itself, so one is always there; it has no battery and no RF to be received."""
    muted = dialect.mute
    power_mw = parse_number(values.get("RF_TX_LVL"), MAX_POWER_MW)
    return ChannelFacts(
        name=parse_bare_name(values.get("CHAN_NAME")),
        frequency_khz=parse_number(values.get("FREQUENCY"), MAX_FREQUENCY_KHZ),
        group_channel=parse_text(values.get("GROUP_CHAN")),
        gain_db=_gain_db_of(dialect, values),
        receiver_muted=None
        if muted is None
        else parse_switch(values.get(muted.property), muted.on, muted.off),
        transmitter_present=True,
        transmitter=None if power_mw is None else Transmitter(power_mw=power_mw),
        meter_interval_s=meter_interval_s,
        raw=raw_values({name: value for name, value in values.items() if name not in LEVELS}),
    )


def _gain_db_of(dialect: Dialect, values: Values) -> int | None:
    gain = dialect.gain
    raw = "" if gain is None else values.get(gain.property, "")
    if gain is None or not _DECIBELS.fullmatch(raw):
        return None
    value = int(raw)
    return value if gain.lowest_db <= value <= gain.highest_db else None


def meters_of(values: Mapping[str, str]) -> Meters:
    """The louder side. The scale is not documented: it is relative to the loudest ever seen [inferred]."""
    levels = [level for name in LEVELS if (level := parse_number(values.get(name), MAX_LEVEL)) is not None]
    return Meters(audio_dbfs=_to_decibels(max(levels)) if levels else None, carrier=True)


def _to_decibels(raw: int) -> float:
    if not raw:
        return FLOOR_DB
    return min(0.0, max(FLOOR_DB, round(20 * math.log10(raw / LOUDEST), 1)))
