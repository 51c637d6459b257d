"""Puts one device together. The same order, the same device."""

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import TypeAlias

from micboard_tui.simulator.rack.equipment import Equipment, Order
from micboard_tui.simulator.shure.strings.battery_bay import CALCULATING_S, Bay
from micboard_tui.simulator.shure.strings.charger import Charger, cell
from micboard_tui.simulator.shure.strings.families.mxw import MXW
from micboard_tui.simulator.shure.strings.families.psm1000 import PSM1000
from micboard_tui.simulator.shure.strings.iem_transmitter import InEar
from micboard_tui.simulator.shure.strings.network_device import Outlet
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.receiver_channel import Band, Carrier, Channel
from micboard_tui.simulator.shure.strings.receiver_identity import Device
from micboard_tui.simulator.shure.uhfr.uhfr_device import UhfrEquipment
from micboard_tui.simulator.shure.uhfr.uhfr_receiver import UhfrReceiver
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.people import BODYPACK, STAND, Part
from micboard_tui.simulator.stage.voice import Voice

PackOf: TypeAlias = Callable[[Part, Random], Pack]

_MAX_GROUP = 6
_PSM_BAND = Band("G10", 470_000, 542_000)
_UHFR_BAND = Band("J5", 578_000, 638_000)
# Nobody tunes these: they find their own way in the band of cordless phones.
_MXW_BAND = Band("Z10", 1_880_000, 1_930_000)
_BAYS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "SBC220": (2, "133"),
        "SBC240": (2, "133"),
        "SBC441": (4, ""),
        "SBC840": (8, ""),
        "SBC840M": (8, ""),
        "SBRC": (8, "001"),
    }
)
"""How many, and the kind of module that holds them where there are modules.

Source: docs/reference/protocols/shure.md 11.
"""
_MXW_PACKS: Mapping[str, str] = MappingProxyType({BODYPACK: "MXW1", STAND: "MXW8"})
_READY_SHARE, _CHARGING_SHARE = 0.4, 0.4
_UHFR_PACKS: Mapping[str, str] = MappingProxyType({BODYPACK: "UR1"})


def build(order: Order) -> Equipment:
    """The device that ``order`` asks for."""
    if order.model.startswith("UR4"):
        return UhfrEquipment(UhfrReceiver(_channels(order, _UHFR_BAND, _uhfr_pack)), order.dice)
    if order.model in _BAYS:
        return Outlet(_charger(order), order.dice)
    if order.model == "P10T":
        channels = _channels(order, _PSM_BAND, _inear_pack)
        for channel in channels:
            channel.gain = order.dice.choice((-18, -12, -12, -6))
        return Outlet(InEar(PSM1000, _device(order, "", _PSM_BAND), channels), order.dice)
    channels = _channels(order, _MXW_BAND, _mxw_pack)
    return Outlet(Receiver(MXW, _device(order, "", _MXW_BAND), channels), order.dice)


def _device(order: Order, firmware: str, band: Band) -> Device:
    mac = f"00:0E:DD:{order.dice.randrange(256):02X}:{order.first // 256:02X}:{order.first % 256:02X}"
    return Device(order.model, order.name, firmware, band, address=order.host, mac=mac)


def _channels(order: Order, band: Band, pack_of: PackOf) -> list[Channel]:
    """A channel for everybody, each on a frequency of its own as far as the band reaches."""
    channels = []
    for number, part in enumerate(order.parts, start=1):
        place = order.first + number - 1
        preset = (place // band.channels % _MAX_GROUP + 1, place % band.channels + 1)
        frequency_khz = band.frequency_of(*preset)
        pack = pack_of(part, order.dice)
        pack.frequency_khz = frequency_khz
        air = Air(pack, Voice(part.style, order.dice), order.dice)
        channels.append(Channel(number, part.channel, air, band, Carrier(frequency_khz, preset), gain=25))
    return channels


def _inear_pack(part: Part, _dice: Random) -> Pack:
    """Never heard of: it stands for who listens."""
    return Pack("P10R", part.channel)


def _mxw_pack(part: Part, dice: Random) -> Pack:
    battery = Battery(full_minutes=dice.randint(480, 560), health_percent=dice.randint(85, 100))
    return Pack(_MXW_PACKS.get(part.carries, "MXW2"), part.channel, battery=battery)


def _uhfr_pack(part: Part, dice: Random) -> Pack:
    battery = Battery(Cells.ALKALINE, full_minutes=dice.randint(420, 540))
    return Pack(_UHFR_PACKS.get(part.carries, "UR2"), part.channel, battery=battery)


def _charger(order: Order) -> Charger:
    """Some batteries on their way, some ready, some bays empty."""
    dice = order.dice
    count, module = _BAYS[order.model]
    bays = [Bay(number) for number in range(1, count + 1)]
    for bay in bays:
        luck = dice.random()
        if luck < _READY_SHARE:
            bay.cell = cell(dice, 1.0)
        elif luck < _READY_SHARE + _CHARGING_SHARE:
            bay.cell = cell(dice, dice.uniform(0.1, 0.95))
            bay.cell.charged_for_s = CALCULATING_S
    return Charger(_device(order, "1.4.10", Band("", 0, 0)), bays, module, dice)
