"""What a channel of a Microflex Wireless access point says (docs/reference/protocols/shure.md 10). Pure.

A second microphone on the same channel is addressed by ``SEC``; its words are kept as they are, and
the channel shows the first one.
"""

from micboard_tui.domain.battery import Battery, MinutesNote
from micboard_tui.domain.channel import ChannelFacts, Transmitter
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.strings.mapping import MAX_GAIN, Words, as_sent
from micboard_tui.manufacturers.shure.strings.values import count, number, offset, percent, switch, word

CALCULATING_MINUTES = 65534
_SENDS = {"ACTIVE": True, "MUTE": True, "STANDBY": True, "ON_CHARGER": False, "OFF": False}
# In standby nothing of a microphone is heard. [inferred]
_MUTED = {"ACTIVE": False, "MUTE": True, "STANDBY": True}


def facts(dialect: Dialect, words: Words) -> ChannelFacts:
    """Its meters are in units that nobody has written down, so it promises none."""
    present = _present(words)
    gain = dialect.gain
    return ChannelFacts(
        name=word(words.get("CHAN_NAME")),
        gain_db=None if gain is None else offset(words.get(gain.property), gain.lowest_db, MAX_GAIN),
        transmitter_present=present,
        transmitter=_transmitter(dialect, words) if present else None,
        meter_interval_s=0.0,
        raw=as_sent(words),
    )


def _present(words: Words) -> bool | None:
    """A microphone that sits in its charger or is off sends nothing."""
    if switch(words.get("TX_AVAILABLE"), on="YES", off="NO") is False:
        return False
    return _SENDS.get(words.get("TX_STATUS", ""))


def _transmitter(dialect: Dialect, words: Words) -> Transmitter:
    names = dialect.battery
    minutes = words.get(names["minutes"])
    # 65532 and 65533 say that it hangs on a cable or in a charger, where no time runs out
    # (docs/reference/protocols/shure.md 10).
    is_calculating = number(minutes, CALCULATING_MINUTES) == CALCULATING_MINUTES
    return Transmitter(
        model=word(words.get(dialect.tx_model)),
        name=word(words.get("TX_DEVICE_ID")),
        muted=_MUTED.get(words.get("TX_STATUS", "")),
        battery=Battery(
            percent=percent(words.get(names["percent"])),
            minutes=count(minutes),
            minutes_note=MinutesNote.CALCULATING if is_calculating else None,
            health_percent=percent(words.get(names["health_percent"])),
        ),
    )
