"""Acme's fields as the board's values. Pure. What is not known becomes None, never 0."""

from acme_micboard.wire import parse_number
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard, Observation

MAX_CHANNELS = 2


def observation_of(fields: list[str], meter_interval_s: float) -> Observation | None:
    """What one line reports; None for lines that are not known."""
    match fields:
        case ["IS", model, channels, firmware, *name]:
            count = parse_number(channels, 1, MAX_CHANNELS) or 1
            return DeviceHeard(DeviceKind.RECEIVER, count, model, " ".join(name) or None, firmware)
        case ["CHANNEL", channel, khz, pack, battery, *name] if at := parse_number(channel, 1, MAX_CHANNELS):
            is_on = {"ON": True, "OFF": False}.get(pack)
            charge = Battery(percent=parse_number(battery, 0, 100))
            return FactsHeard(
                at,
                ChannelFacts(
                    name=" ".join(name) or None,
                    frequency_khz=parse_number(khz, 1, 10_000_000),
                    transmitter_present=is_on,
                    # A pack that is off has no battery that could be known.
                    transmitter=Transmitter(battery=charge) if is_on else None,
                    meter_interval_s=meter_interval_s,
                    raw=(("CHANNEL", " ".join(fields[2:])),),
                ),
            )
        case ["LEVEL", channel, rf, audio] if at := parse_number(channel, 1, MAX_CHANNELS):
            rf_dbm, audio_dbfs = parse_number(rf, -130, 0), parse_number(audio, -120, 0)
            return MetersHeard(at, Meters(rf_dbm, audio_dbfs=audio_dbfs, carrier=rf_dbm is not None))
        case _:
            return None
