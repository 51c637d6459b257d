"""Puts an ADTQ, an ANX4, and a charger with its packs behind a server. The same plan, the same devices."""

import base64
import json
from collections.abc import Sequence
from random import Random

from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    BatteryHealth,
    Feature,
    GainRange,
    ListedDevice,
)
from micboard_tui.protocols.shure_system_api.paths import CHANNELS
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.shure.system_api.site_devices import (
    IEM_RANGE,
    ONLINE,
    RECEIVER_RANGE,
    AudioChannelState,
    AudioUnit,
    ChargerUnit,
    PackUnit,
    Site,
    Unit,
)
from micboard_tui.simulator.shure.system_api.site_layout import (
    ADTQ_CHANNELS,
    API_KEY,
    BAYS,
    HANDHELD,
    RECEIVER,
)
from micboard_tui.simulator.shure.system_api.system_api_server import SystemApiServer
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Pack
from micboard_tui.simulator.stage.people import Performer

_FIRST_KHZ, _SPACING_KHZ = 470_125, 600
_OF_AUDIO = (CHANNELS, Feature.IDENTIFY, Feature.NAME)
"""Only what is answered; a real one lists more."""
_OF_PACKS = (Feature.BATTERY_LEVEL, Feature.BATTERY_HEALTH, Feature.NAME)
_PACKS = ("ULXD6", "ULXD6", HANDHELD, HANDHELD)


def build_server(plan: BuildPlan) -> SystemApiServer:
    """A server with all of them behind it. Its airs are by number: the ADTQ's first."""
    dice = plan.dice
    airs = tuple(
        _air(performer, plan.first_channel + index, plan) for index, performer in enumerate(plan.performers)
    )
    channels = list(zip(airs, (performer.channel for performer in plan.performers), strict=True))
    iem, receiver = channels[:ADTQ_CHANNELS], channels[ADTQ_CHANNELS:]
    units: list[Unit] = [
        _audio_unit(_list_device("ADTQ", "1.2.1.1", dice), f"{plan.name} IEM", iem, IEM_RANGE),
        _audio_unit(_list_device(RECEIVER, "1.3.0.8", dice), f"{plan.name} RX", receiver, RECEIVER_RANGE),
        ChargerUnit(_list_device("SBRC", "1.4.5.0", dice, (Feature.NAME,)), f"{plan.name} charger"),
        *(_pack(model, number, dice) for number, model in enumerate(_PACKS[:BAYS], start=1)),
    ]
    return SystemApiServer(Site(units, dice), airs, plan.host, API_KEY)


def _air(performer: Performer, index: int, plan: BuildPlan) -> Air:
    pack = Pack("ADX1", performer.channel, frequency_khz=_FIRST_KHZ + _SPACING_KHZ * index)
    return Air(pack, plan.voice_of(performer), plan.dice)


def _list_device(
    model: str, firmware: str, dice: Random, capabilities: Sequence[str] = _OF_AUDIO
) -> ListedDevice:
    return ListedDevice(
        id=f"{dice.getrandbits(128):032x}",
        model=model,
        serial=f"{dice.randrange(10**10):010d}",
        firmware=firmware,
        state=ONLINE,
        address=f"192.168.1.{dice.randrange(20, 200)}",
        protocol="ESTA.DMP",
        compatibility="COMPATIBLE_LATEST",
        firmware_valid=True,
        capabilities=tuple(sorted(capabilities)),
    )


def _audio_unit(
    listed: ListedDevice, name: str, channels: Sequence[tuple[Air, str]], limits: GainRange
) -> AudioUnit:
    """Only receivers have a mute of their own (docs/reference/protocols/shure.md 14.6)."""
    mutes = () if limits is IEM_RANGE else (Feature.MUTE,)
    capabilities = tuple(sorted((Feature.ACTIVITY, Feature.GAIN, Feature.NAME, *mutes)))
    model = listed.model or ""
    ids = [_channel_id(model, index) for index in range(len(channels))]
    states = {
        channel_id: AudioChannelState(air, own_name, sends=limits is IEM_RANGE)
        for channel_id, (air, own_name) in zip(ids, channels, strict=True)
    }
    audio_channels = tuple(AudioChannel(channel_id, "SOURCE", None, capabilities) for channel_id in ids)
    return AudioUnit(listed, name, states, limits, audio_channels)


def _channel_id(model: str, index: int) -> str:
    """As a real server makes them: opaque, and not fit for a path as they are.

    Source: docs/reference/protocols/shure.md 14.2.
    """
    fields = {"t": "AudioChannel", "c": model, "v": 131088, "s": "CH", "i": index}
    return base64.b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode()


def _pack(model: str, number: int, dice: Random) -> PackUnit:
    return PackUnit(
        _list_device(model, "2.7.6.0", dice, _OF_PACKS),
        f"Table {number}",
        charge=dice.uniform(0.3, 1.0) if number < BAYS else 1.0,
        health=BatteryHealth(dice.randint(85, 100), dice.randint(3, 160)),
    )
