"""What a channel of a Microflex Wireless access point says (docs/reference/protocols/shure.md 10). Pure.

A second microphone on the same channel is addressed by ``SEC``; its values are kept as they are, and
the channel shows the first one.
"""

from micboard_tui.domain.battery import Battery, MinutesNote
from micboard_tui.domain.channel import NO_WARNINGS, ChannelFacts, DeviceWarning, Transmitter
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.strings.mapping import MAX_GAIN, Values, raw_values
from micboard_tui.manufacturers.shure.values import (
    parse_count,
    parse_number,
    parse_percent,
    parse_shifted,
    parse_switch,
    parse_text,
)

CALCULATING_MINUTES = 65534
_HARDWARE = frozenset({DeviceWarning.HARDWARE})
_SENDS = {"ACTIVE": True, "MUTE": True, "STANDBY": True, "ON_CHARGER": False, "OFF": False}
# In standby nothing of a microphone is heard. [inferred]
_MUTED = {"ACTIVE": False, "MUTE": True, "STANDBY": True}


def facts_of(dialect: Dialect, values: Values) -> ChannelFacts:
    """Its meters are in units that are not documented, so it promises none."""
    present = _is_present(values)
    gain = dialect.gain
    return ChannelFacts(
        name=parse_text(values.get("CHAN_NAME")),
        gain_db=None if gain is None else parse_shifted(values.get(gain.property), gain.lowest_db, MAX_GAIN),
        transmitter_present=present,
        transmitter=_transmitter_of(dialect, values) if present else None,
        device_warnings=_HARDWARE if values.get("BP_MIC_SELECT") == "ERR" else NO_WARNINGS,
        meter_interval_s=0.0,
        raw=raw_values(values),
    )


def _is_present(values: Values) -> bool | None:
    """A microphone that sits in its charger or is off sends nothing."""
    if parse_switch(values.get("TX_AVAILABLE"), on="YES", off="NO") is False:
        return False
    return _SENDS.get(values.get("TX_STATUS", ""))


def _transmitter_of(dialect: Dialect, values: Values) -> Transmitter:
    names = dialect.battery
    minutes = values.get(names["minutes"])
    # 65532 and 65533 say that it hangs on a cable or in a charger, where no time runs out
    # (docs/reference/protocols/shure.md 10).
    is_calculating = parse_number(minutes, CALCULATING_MINUTES) == CALCULATING_MINUTES
    return Transmitter(
        model=parse_text(values.get(dialect.tx_model)),
        name=parse_text(values.get("TX_DEVICE_ID")),
        muted=_MUTED.get(values.get("TX_STATUS", "")),
        battery=Battery(
            percent=parse_percent(values.get(names["percent"])),
            minutes=parse_count(minutes),
            minutes_note=MinutesNote.CALCULATING if is_calculating else None,
            health_percent=parse_percent(values.get(names["health_percent"])),
        ),
    )
