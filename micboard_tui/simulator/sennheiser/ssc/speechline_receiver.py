"""Simulated SpeechLine receivers: the rack receiver and the multi-channel one.

Source: docs/reference/protocols/sennheiser.md 4.
"""

from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.protocols.ssc.messages import Value
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import (
    AddressTree,
    Leaf,
    constant_leaf,
    dependent_leaf,
)
from micboard_tui.simulator.sennheiser.ssc.receiver_channels import build_air, link_quality
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import (
    call_leaf,
    number_leaf,
    setter,
    stored_number,
    stored_option,
    stored_switch,
    stored_text,
    switch_leaf,
    text_leaf,
)
from micboard_tui.simulator.stage.air import Air

DECT_KHZ = 1_890_000
"""DECT chooses its frequencies by itself and reports none."""
QUIETEST_DB = -60.0
_RUN_S = 60
_BARS = 6


@dataclass(slots=True)
class Channel:
    number: int
    name: str
    air: Air
    gain: int
    flashing: bool = False

    @property
    def is_linked(self) -> bool:
        return link_quality(self.air) > 0


@dataclass(slots=True)
class DeviceSettings:
    name: str


def build_rack_receiver(plan: BuildPlan) -> SscDevice:
    (channel,) = _channels(plan, gain=4)
    return make_rack_receiver(DeviceSettings(plan.name), channel)


def build_multi_receiver(plan: BuildPlan) -> SscDevice:
    return make_multi_receiver(DeviceSettings(plan.name), _channels(plan, gain=0))


def _channels(plan: BuildPlan, gain: int) -> list[Channel]:
    return [
        Channel(
            number,
            performer.channel[:8],
            build_air(performer, DECT_KHZ, plan, handheld="Handheld", bodypack="Bodypack"),
            gain,
        )
        for number, performer in enumerate(plan.performers, start=1)
    ]


def make_rack_receiver(settings: DeviceSettings, channel: Channel) -> SscDevice:
    """The rack receiver, which writes numbers for everything."""
    air = channel.air
    leaves = _device(settings, "SLDW", state=0) | {
        "/rx1/rf_quality": Leaf(lambda: round(link_quality(air) * 100)),
        "/rx1/warnings": Leaf(lambda: "" if channel.is_linked else "No Link"),
        "/rx1/mute_mode": stored_number(1, 0, 4),
        "/rx1/pair": stored_switch(value=False),
        "/rx1/walktest": stored_switch(value=False),
        "/rx1/autolock": stored_switch(value=False),
        "/rx1/rfpi": constant_leaf("0123456789"),
        "/rx1/mute_state": Leaf(lambda: air.pack.is_muted),
        "/rx1/mute_switch_active": Leaf(lambda: True),
        "/rx1/identify": switch_leaf(lambda: channel.flashing, setter(channel, "flashing")),
        "/mates/active": Leaf(lambda: ["tx1"] if channel.is_linked else []),
        "/mates/tx1/device_type": _linked(channel, lambda: 1 if air.pack.model == "Bodypack" else 0),
        "/mates/tx1/acoustic": _linked(channel, lambda: "MD42"),
        "/mates/tx1/agc": _linked(channel, lambda: False),
        "/mates/tx1/switch1/state": _linked(channel, lambda: not air.pack.is_muted),
        "/mates/tx1/switch1/label": _linked(channel, lambda: "Mute"),
        "/audio/out1/gain_db": number_leaf(lambda: channel.gain, setter(channel, "gain"), 0, 6, 1),
        "/audio/out1/level_db": Leaf(lambda: _level(channel)),
    }
    return SscDevice(AddressTree(leaves | _battery(channel)), [air], lambda _: None)


def make_multi_receiver(settings: DeviceSettings, channels: list[Channel]) -> SscDevice:
    """The multi-channel receiver, which writes texts for everything."""

    def restart(_value: Value) -> None:
        device.faults.reboot()

    leaves = _device(settings, f"SLDW{len(channels)}CH", state="NORMAL") | {
        "/device/warnings": Leaf(lambda: "HW Failure" if device.faults.warns else ""),
        "/device/standby": stored_switch(value=False),
        "/device/restart": call_leaf(restart),
        "/device/led/brightness": stored_number(3, 0, 5),
        "/device/dante/name": stored_text(settings.name, 31),
        "/device/position": stored_text("", 400),
        "/device/system": stored_text("", 400),
        "/device/network/interface_mapping": stored_option(("CONFIG1", "CONFIG2", "CONFIG3")),
        "/m/mixer/level": Leaf(lambda: max(_level(channel) for channel in channels)),
    }
    for channel in channels:
        leaves |= _multi_channel(channel) | _battery(channel)
    device = SscDevice(AddressTree(leaves), [channel.air for channel in channels], lambda _: None)
    return device


def _multi_channel(channel: Channel) -> dict[str, Leaf]:
    n, air = channel.number, channel.air
    return {
        f"/rx{n}/state": Leaf(lambda: "CONNECTED" if channel.is_linked else "NOT_CONNECTED"),
        f"/rx{n}/name": text_leaf(lambda: channel.name, setter(channel, "name"), 8),
        f"/rx{n}/mates": Leaf(lambda: [f"tx{n}"] if channel.is_linked else []),
        f"/rx{n}/warnings": Leaf(lambda: "" if channel.is_linked else "No Link"),
        f"/rx{n}/mute_mode": stored_option(("ON", "OFF", "PUSH_TO_TALK", "PUSH_TO_MUTE", "ROOM_MUTE")),
        f"/rx{n}/pair/enable": stored_switch(value=False),
        f"/rx{n}/mute_state": Leaf(lambda: air.pack.is_muted),
        f"/mates/tx{n}/active": Leaf(lambda: channel.is_linked),
        f"/audio/rx{n}/gain": number_leaf(lambda: channel.gain, setter(channel, "gain"), -24, 12, 6),
        f"/audio/rx{n}/low_cut": stored_switch(value=False),
        f"/m/rx{n}/level": Leaf(lambda: _level(channel)),
        f"/m/rx{n}/channel_level": Leaf(lambda: _level(channel)),
        f"/mates/tx{n}/device_type": _linked(channel, lambda: 1 if air.pack.model == "Bodypack" else 0),
    }


def _device(settings: DeviceSettings, product: str, state: Value) -> dict[str, Leaf]:
    return {
        "/device/identity/product": constant_leaf(product),
        "/device/identity/version": constant_leaf("2.1.0"),
        "/device/identity/vendor": constant_leaf("Sennheiser"),
        "/device/name": text_leaf(lambda: settings.name, setter(settings, "name"), 18),
        "/device/state": Leaf(lambda: state),
    }


def _battery(channel: Channel) -> dict[str, Leaf]:
    """Of the transmitter; rechargeable ones report percent and seconds, others bars."""
    branch, pack = f"/mates/tx{channel.number}", channel.air.pack

    def smart(read: Callable[[], Value]) -> Leaf:
        return _linked(channel, lambda: read() if pack.battery.is_smart else None)

    return {
        f"{branch}/bat_type": _linked(channel, lambda: int(pack.battery.is_smart)),
        f"{branch}/bat_gauge": smart(lambda: int(pack.battery.charge * 100)),
        f"{branch}/bat_lifetime": smart(
            lambda: int(pack.battery.charge * pack.battery.full_minutes) * _RUN_S
        ),
        f"{branch}/bat_bars": _linked(channel, lambda: round(pack.battery.charge * _BARS)),
        # Whichever of the two applies.
        f"{branch}/bat_state": _linked(
            channel,
            lambda: (
                int(pack.battery.charge * 100)
                if pack.battery.is_smart
                else round(pack.battery.charge * _BARS)
            ),
        ),
        f"{branch}/bat_health": smart(lambda: pack.battery.health_percent),
        f"{branch}/bat_cycles": smart(lambda: pack.battery.cycles),
        f"{branch}/bat_charging": _linked(channel, lambda: False),
        f"{branch}/warnings": Leaf(
            lambda: ["Low Bat" if channel.is_linked and pack.battery.bars <= 1 else ""]
        ),
    }


def _linked(channel: Channel, read: Callable[[], Value]) -> Leaf:
    return dependent_leaf(lambda: channel.is_linked, read)


def _level(channel: Channel) -> float:
    return round(max(QUIETEST_DB, channel.air.peak_dbfs), 1) if channel.is_linked else QUIETEST_DB
