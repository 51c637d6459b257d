"""A UHF-R receiver without its socket: what it answers, what it reports unasked, and its meters. Pure."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from micboard_tui.protocols.shure_uhfr.messages import NAME_WIDTH, Get, Message, Report, Sample, Set, padded
from micboard_tui.simulator.device.frequency_band import MAX_GROUP
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.set_values import RefusedError, parse_number, parse_switch, single_value
from micboard_tui.simulator.stage.air import Air

MAX_ATTENUATION_DB = 32
MAX_STEP_DB = 5
# Decibels below, stronger to weaker; the nearest of these is sent (docs/reference/protocols/shure.md
# 9.3).
_RF_STEPS = (70, 75, 80, 85, 90, 100)
_OVERLOAD = 20
"""Both the code and how many decibels below it means."""
_LED_DB = 6.0
_LEDS = 8

Read = Callable[[Channel], str]
Write = Callable[[Channel, Sequence[str]], None]


def _name(channel: Channel) -> str:
    return padded(channel.name[:NAME_WIDTH])


def _battery(channel: Channel) -> str:
    """1 to 5, while a transmitter is heard."""
    return str(max(1, channel.air.pack.battery.bars)) if channel.air.is_heard else "U"


def _type(channel: Channel) -> str:
    return channel.air.pack.model if channel.air.is_heard else "UNKNOWN"


def _group(channel: Channel) -> str:
    group = channel.carrier.group
    return "-- --" if group is None else f"{group[0]:02d} {group[1]:02d}"


def _rename(channel: Channel, values: Sequence[str]) -> None:
    name = single_value(values).replace("_", " ").rstrip()
    if not 1 <= len(name) <= NAME_WIDTH:
        raise RefusedError
    channel.name = name


def _tune(channel: Channel, values: Sequence[str]) -> None:
    channel.tune(parse_number(single_value(values)))


def _choose_group(channel: Channel, values: Sequence[str]) -> None:
    if len(values) != 2:  # noqa: PLR2004 - group and channel
        raise RefusedError
    group = parse_number(values[0]), parse_number(values[1])
    channel.tune(channel.preset_khz(group), group)


def _attenuate(channel: Channel, values: Sequence[str]) -> None:
    value = parse_number(single_value(values))
    if value > MAX_ATTENUATION_DB:
        raise RefusedError
    channel.gain = value


def _step(direction: int) -> Write:
    def write(channel: Channel, values: Sequence[str]) -> None:
        step = parse_number(single_value(values))
        if not 1 <= step <= MAX_STEP_DB:
            raise RefusedError
        channel.gain = max(0, min(MAX_ATTENUATION_DB, channel.gain + direction * step))

    return write


def _step_preset(*, groups: int, channels: int) -> Write:
    """To the next preset, and behind the last one to the first. Any argument will do.

    Source: docs/reference/protocols/shure.md 9.2.
    """

    def write(channel: Channel, _values: Sequence[str]) -> None:
        band = channel.band
        group, number = channel.carrier.group or (1, 1)
        group = (group - 1 + groups) % MAX_GROUP + 1
        number = (number - 1 + channels) % band.channels + 1
        channel.tune(channel.preset_khz((group, number)), (group, number))

    return write


def _mute(channel: Channel, values: Sequence[str]) -> None:
    channel.muted = parse_switch(values, now=channel.muted)


READS: Mapping[str, Read] = MappingProxyType(
    {
        "CHAN_NAME": _name,
        "AUDIO_GAIN": lambda channel: f"{channel.gain:02d}",
        "GROUP_CHAN": _group,
        "FREQUENCY": lambda channel: f"{channel.carrier.frequency_khz:06d}",
        "MUTE": lambda channel: "ON" if channel.muted else "OFF",
        "TX_TYPE": _type,
        "TX_BAT": _battery,
    }
)
SETTINGS: Mapping[str, str] = MappingProxyType(
    {"SQUELCH": "10", "TX_IR_GAIN": "10", "TX_IR_TRIM": "0", "TX_IR_LOCK": "UNLOCK"}
)
"""Answered and never changed: of the properties that one program knows, those whose values it gives.

Source: docs/reference/protocols/shure.md 9.2.
"""
WRITES: Mapping[str, tuple[Write, str]] = MappingProxyType(
    {
        "CHAN_NAME": (_rename, "CHAN_NAME"),
        "AUDIO_GAIN": (_attenuate, "AUDIO_GAIN"),
        "GAIN_UP": (_step(-1), "AUDIO_GAIN"),
        "GAIN_DOWN": (_step(1), "AUDIO_GAIN"),
        "GROUP_CHAN": (_choose_group, "GROUP_CHAN"),
        "GROUP_UP": (_step_preset(groups=1, channels=0), "GROUP_CHAN"),
        "GROUP_DOWN": (_step_preset(groups=-1, channels=0), "GROUP_CHAN"),
        "CHAN_UP": (_step_preset(groups=0, channels=1), "GROUP_CHAN"),
        "CHAN_DOWN": (_step_preset(groups=0, channels=-1), "GROUP_CHAN"),
        "FREQUENCY": (_tune, "FREQUENCY"),
        "MUTE": (_mute, "MUTE"),
    }
)
"""What is written, and what is reported for it."""
GREETING = ("CHAN_NAME", "AUDIO_GAIN", "GROUP_CHAN", "FREQUENCY", "MUTE")
"""Sent to a client that starts the meters (docs/reference/protocols/shure.md 9.3)."""


class UhfrReceiver:
    """A UR4S or UR4D."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.channels = {channel.number: channel for channel in channels}
        self._reported = {key: self._read(*key) for key in self._keys()}

    @property
    def airs(self) -> Sequence[Air]:
        return [channel.air for channel in self.channels.values()]

    def answer(self, message: Message) -> tuple[list[Message], list[Message]]:
        """The answers for the asker, and changes for all. What is wrong is not answered."""
        try:
            match message:
                case Get(channel, name) if channel in self.channels and name in READS:
                    return [self._report(channel, name)], []
                case Get(channel, name) if channel in self.channels and name in SETTINGS:
                    return [Report(channel, name, (SETTINGS[name],))], []
                case Set(channel, name, values) if channel in self.channels and name in WRITES:
                    write, reported = WRITES[name]
                    write(self.channels[channel], values)
                    changes = self.changes()
                    return [] if (channel, reported) in self._keys_of(changes) else [
                        self._report(channel, reported)
                    ], changes
        except RefusedError:
            pass
        return [], []

    def greeting(self, channel: int) -> list[Message]:
        """What is reported to a client that starts the meters of a channel."""
        return [self._report(channel, name) for name in GREETING] if channel in self.channels else []

    def changes(self) -> list[Message]:
        """All that is not as it was reported last; from now on it is."""
        changes: list[Message] = []
        for key in self._keys():
            value = self._read(*key)
            if value != self._reported[key]:
                self._reported[key] = value
                changes.append(self._report(*key))
        return changes

    def sample(self, channel: int) -> Sample:
        """``antenna rfA rfB battery audio`` (docs/reference/protocols/shure.md 9.3)."""
        air = self.channels[channel].air
        lit = "XX" if not air.carrier else ("AX", "XB")[air.antenna % 2]
        levels = (_rf(level) for level in air.rf_dbm[:2])
        return Sample(channel, (lit, *levels, _battery(self.channels[channel]), _audio(air.peak_dbfs)))

    def _keys(self) -> list[tuple[int, str]]:
        return [(channel, name) for channel in self.channels for name in READS]

    @staticmethod
    def _keys_of(changes: Sequence[Message]) -> set[tuple[int, str]]:
        return {(report.channel, report.property) for report in changes if isinstance(report, Report)}

    def _read(self, channel: int, name: str) -> str:
        return READS[name](self.channels[channel])

    def _report(self, channel: int, name: str) -> Report:
        return Report(channel, name, tuple(self._read(channel, name).split()))


def _rf(dbm: float) -> str:
    if dbm >= -_OVERLOAD:
        return f"{_OVERLOAD:03d}"
    return f"{min(_RF_STEPS, key=lambda step: abs(step + dbm)):03d}"


def _audio(dbfs: float) -> str:
    """As many bits as lamps are lit; that each lamp is 6 dB is [inferred]."""
    leds = max(0, min(_LEDS, int(_LEDS + dbfs / _LED_DB)))
    return f"{(1 << leds) - 1:03d}"
