"""EW-DX EM 2, EM 2 Dante and EM 4 Dante (docs/reference/protocols/sennheiser.md 2.1 to 2.6)."""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Encryption, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ewdx_values import pack_model, preset
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    IDENTITY,
    MAX_CHANNELS,
    Band,
    Controls,
    Family,
    Flash,
    Gain,
    Group,
    Presence,
    Subject,
    below,
    numbered,
    run_length,
)
from micboard_tui.manufacturers.sennheiser.ssc.mapping import carried, present
from micboard_tui.manufacturers.sennheiser.ssc.values import flag, number, percent, text, tokens, whole

# What the guide gives is -107 to 0 dBm and -138.5 to 0 dBFS; a little more is no nonsense.
RF_DBM = (-150.0, 20.0)
AUDIO_DBFS = (-150.0, 20.0)
MAX_KHZ = 1_999_000
MAX_MINUTES = 6000
_ENCRYPTION = "/device/encryption"
_ANTENNAS = {0: "", 1: "A", 2: "B"}
_FREQUENCIES = numbered("/rx{n}/frequency", range(1, MAX_CHANNELS + 1))


def _channel_addresses(n: int) -> tuple[str, ...]:
    return below(f"/rx{n}", "name", "frequency", "mute", "gain", "warnings")


def _channel_asked(n: int) -> tuple[str, ...]:
    return below(f"/rx{n}", "mates", "presets/active")


def _transmitter_addresses(n: int) -> tuple[str, ...]:
    battery = ("battery/gauge", "battery/lifetime", "battery/type")
    return below(
        f"/mates/tx{n}", "type", "name", *battery, "mute", "warnings", "capsule", "trim", "lowcut", "lock"
    )


def _meter_addresses(n: int) -> tuple[str, ...]:
    return below(f"/m/rx{n}", "rssi", "rsqi", "divi", "af")


def _groups(count: int) -> tuple[Group, ...]:
    """The device, each receiver, each transmitter and all meters, as recommended.

    Source: docs/reference/protocols/sennheiser.md 1.7.
    """
    numbers = range(1, count + 1)
    return (
        Group(
            0,
            (DEVICE_NAME, *below("/device", "location", "encryption", "link_density_mode")),
            (*IDENTITY, "/device/frequency_code"),
        ),
        *(Group(n, _channel_addresses(n), _channel_asked(n)) for n in numbers),
        *(Group(n, _transmitter_addresses(n), subject=Subject.TRANSMITTER) for n in numbers),
        Group(0, tuple(each for n in numbers for each in _meter_addresses(n)), subject=Subject.METERS),
    )


def _link(words: Words, n: int) -> bool | None:
    """No event tells that a transmitter was switched off; these do.

    Source: docs/reference/protocols/sennheiser.md 2.5.
    """
    warnings = tokens(words.get(f"/rx{n}/warnings"))
    quality = percent(words.get(f"/m/rx{n}/rsqi"))
    if (warnings is not None and "nolink" in warnings) or quality == 0:
        return False
    if warnings is not None or quality is not None:
        return True
    mates = words.get(f"/rx{n}/mates")
    return bool(mates) if isinstance(mates, list) else None


def _meters(words: Words, n: int) -> Meters | None:
    branch = f"/m/rx{n}/"
    rf_dbm = number(words.get(branch + "rssi"), *RF_DBM)
    quality = percent(words.get(branch + "rsqi"))
    divi = words.get(branch + "divi")
    antenna = _ANTENNAS.get(divi) if isinstance(divi, int) else None
    audio_dbfs = number(words.get(branch + "af"), *AUDIO_DBFS)
    if rf_dbm is None and quality is None and antenna is None and audio_dbfs is None:
        return None
    warnings = tokens(words.get(f"/rx{n}/warnings")) or ()
    return Meters(
        rf_dbm,
        rf_dbm if antenna == "A" else None,
        rf_dbm if antenna == "B" else None,
        audio_dbfs,
        antenna,
        _link(words, n),
        quality,
        "afpeak" in warnings or "afpeak" in (tokens(words.get(f"/mates/tx{n}/warnings")) or ()),
    )


def _facts(words: Words, n: int, presence: Presence) -> ChannelFacts:
    return ChannelFacts(
        name=text(words.get(f"/rx{n}/name")),
        frequency_khz=whole(words.get(f"/rx{n}/frequency"), 1, MAX_KHZ),
        group_channel=_preset(words.get(f"/rx{n}/presets/active")),
        gain_db=whole(words.get(f"/rx{n}/gain"), -3, 42),
        receiver_muted=flag(words.get(f"/rx{n}/mute")),
        encryption=_encryption(words, n),
        transmitter_present=present(presence),
        transmitter=carried(presence, _transmitter(words, f"/mates/tx{n}")),
        raw=words.raw((*_channel_addresses(n), *_channel_asked(n), *_transmitter_addresses(n))),
    )


def _transmitter(words: Words, branch: str) -> Transmitter:
    return Transmitter(
        model=pack_model(text(words.get(f"{branch}/type"))),
        name=text(words.get(f"{branch}/name")),
        muted=flag(words.get(f"{branch}/mute")),
        offset_db=whole(words.get(f"{branch}/trim"), -60, 60),
        # A percentage, though its name is that of a fuel gauge (docs/reference/protocols/sennheiser.md 10).
        # The kind of cell is not told: a
        # "Battery" is a rechargeable pack, a "Primary Cell" anything from alkaline to lithium.
        battery=Battery(
            percent=percent(words.get(f"{branch}/battery/gauge")),
            minutes=whole(words.get(f"{branch}/battery/lifetime"), 0, MAX_MINUTES),
        ),
    )


def _encryption(words: Words, n: int) -> Encryption | None:
    if "aes256error" in (tokens(words.get(f"/rx{n}/warnings")) or ()):
        return Encryption.MISMATCH
    on = flag(words.get(_ENCRYPTION))
    return None if on is None else (Encryption.ON if on else Encryption.OFF)


def _preset(raw: object) -> str | None:
    """``factory:<bank>:<channel>`` or ``user:<bank>:<channel>``."""
    parts = raw.split(":") if isinstance(raw, str) else []
    return preset(*parts) if len(parts) == 3 else None  # noqa: PLR2004 - the three above


EWDX = Family(
    title="EW-DX",
    kind=DeviceKind.RECEIVER,
    mark=_FREQUENCIES[0],
    marks=lambda value: number(value, 1, MAX_KHZ) is not None,
    counted=_FREQUENCIES,
    # EM 2 and EM 4 answer alike, and labels are many (docs/reference/protocols/sennheiser.md 10): count what
    # is there.
    count=lambda words: run_length(words, _FREQUENCIES),
    groups=_groups,
    rf_band="/device/frequency_code",
    facts=_facts,
    meters=_meters,
    link=_link,
    controls=Controls(
        device_name=DEVICE_NAME,
        channel_name="/rx{n}/name",
        capitals=True,
        mute="/rx{n}/mute",
        gain=Gain("/rx{n}/gain", -3, 42),
        frequency=Band("/rx{n}/frequency", 470_200, 1_999_000),
        flash_device=Flash("/device/identification/visual"),
        flash_unit=lambda n: Flash(f"/rx{n}/identification/visual"),
    ),
)
