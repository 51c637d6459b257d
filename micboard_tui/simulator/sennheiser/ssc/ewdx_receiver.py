"""A simulated EW-DX receiver: EM 2 or EM 4 Dante (docs/reference/protocols/sennheiser.md 2.1 to 2.6)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from micboard_tui.protocols.ssc.messages import Value
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import (
    AddressTree,
    Leaf,
    constant_leaf,
    dependent_leaf,
)
from micboard_tui.simulator.sennheiser.ssc.receiver_channels import (
    build_air,
    choose_frequency_khz,
    link_quality,
    warnings_of,
)
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import number_leaf, setter, switch_leaf, text_leaf
from micboard_tui.simulator.stage.air import Air

FIRMWARE = "3.0.2"
LOW_KHZ, HIGH_KHZ = 470_200, 550_000
"""Of the band called Q1-9."""
QUIETEST_DBFS = -138.5
_WARNINGS = {
    "no link": "NoLink",
    "low signal": "LowSignal",
    "rf peak": "RfPeak",
    "audio peak": "AfPeak",
    "wrong key": "Aes256Error",
}
_PACK_WARNINGS = {"low battery": "LowBattery"}


@dataclass(slots=True)
class Channel:
    """What the front panel sets, and the air behind it."""

    number: int
    name: str
    air: Air
    gain: int = 12
    muted: bool = False
    flashing: bool = False
    preset: str = ""

    def tune(self, frequency_khz: int) -> None:
        self.air.tune(frequency_khz)
        self.preset = ""


@dataclass(slots=True)
class DeviceSettings:
    """The device as a whole."""

    product: str
    name: str
    serial: str
    location: str = "FOH"
    encryption: bool = False
    flashing: bool = False
    locked: bool = False
    booster: bool | None = None
    channels: list[Channel] = field(default_factory=list)


def build(plan: BuildPlan, product: str, *, has_dante: bool) -> SscDevice:
    """The receiver that calls itself ``product``."""
    dice = plan.dice
    settings = DeviceSettings(product, plan.name, f"{dice.randrange(10**10):010d}")
    if has_dante:
        settings.booster = False
    for number, performer in enumerate(plan.performers, start=1):
        tuned = choose_frequency_khz(plan.first_channel + number - 1, LOW_KHZ, HIGH_KHZ)
        air = build_air(performer, tuned, plan, handheld="SKM", bodypack="SK")
        settings.channels.append(
            Channel(
                number,
                performer.channel.upper(),
                air,
                dice.choice((6, 9, 12, 12, 18)),
                preset=f"factory:1:{number}",
            )
        )
    return make_receiver(settings)


def make_receiver(settings: DeviceSettings) -> SscDevice:
    """The receiver with this panel."""
    leaves = _device(settings)
    for channel in settings.channels:
        leaves |= _receiver(channel) | _meters(channel) | _transmitter(channel)
        leaves[f"/audio1/out{channel.number}/level"] = constant_leaf(0)
    return SscDevice(AddressTree(leaves), [channel.air for channel in settings.channels], lambda _: None)


def _device(settings: DeviceSettings) -> dict[str, Leaf]:
    leaves = {
        "/device/identity/product": constant_leaf(settings.product),
        "/device/identity/version": constant_leaf(FIRMWARE),
        "/device/identity/serial": constant_leaf(settings.serial),
        "/device/identity/vendor": constant_leaf("Sennheiser electronic GmbH & Co. KG"),
        "/device/name": text_leaf(lambda: settings.name, setter(settings, "name"), 18),
        "/device/location": text_leaf(lambda: settings.location, setter(settings, "location"), 400),
        "/device/encryption": switch_leaf(lambda: settings.encryption, setter(settings, "encryption")),
        "/device/identification/visual": switch_leaf(lambda: settings.flashing, setter(settings, "flashing")),
        "/device/lock": switch_leaf(lambda: settings.locked, setter(settings, "locked")),
        "/device/link_density_mode": Leaf(lambda: False),
        "/device/frequency_code": constant_leaf("Q1-9"),
        "/device/frequency_ranges": constant_leaf([f"{LOW_KHZ}:25:{HIGH_KHZ}"]),
        "/device/language": constant_leaf(["en_GB"]),
    }
    if settings.booster is not None:
        leaves["/device/booster"] = Leaf(lambda: settings.booster)
        leaves["/device/network/dante/identity/version"] = constant_leaf("4.2.1")
    return leaves


def _receiver(channel: Channel) -> dict[str, Leaf]:
    branch, air = f"/rx{channel.number}", channel.air
    return {
        f"{branch}/name": text_leaf(lambda: channel.name, setter(channel, "name"), 8, capitals=True),
        f"{branch}/frequency": number_leaf(lambda: air.tuned_khz, channel.tune, LOW_KHZ, HIGH_KHZ, 25),
        f"{branch}/gain": number_leaf(lambda: channel.gain, setter(channel, "gain"), -3, 42, 3),
        f"{branch}/mute": switch_leaf(lambda: channel.muted, setter(channel, "muted")),
        f"{branch}/warnings": Leaf(lambda: [*warnings_of(air, _WARNINGS)]),
        f"{branch}/mates": Leaf(
            lambda: [f"tx{channel.number}"] if air.is_heard else [], is_subscribable=False
        ),
        f"{branch}/audio": constant_leaf([f"out{channel.number}"]),
        f"{branch}/identification/visual": switch_leaf(lambda: channel.flashing, setter(channel, "flashing")),
        f"{branch}/presets/active": Leaf(lambda: channel.preset, is_subscribable=False),
    }


def _meters(channel: Channel) -> dict[str, Leaf]:
    branch, air = f"/m/rx{channel.number}", channel.air
    return {
        f"{branch}/rssi": Leaf(lambda: round(max(-107.0, air.rf_dbm[air.antenna]), 1)),
        f"{branch}/rsqi": Leaf(lambda: round(link_quality(air) * 100)),
        f"{branch}/divi": Leaf(lambda: air.antenna + 1 if link_quality(air) else 0),
        f"{branch}/af": Leaf(lambda: round(air.peak_dbfs, 1) if link_quality(air) else QUIETEST_DBFS),
    }


def _transmitter(channel: Channel) -> dict[str, Leaf]:
    branch, air = f"/mates/tx{channel.number}", channel.air
    pack = air.pack

    def linked(read: Callable[[], Value]) -> Leaf:
        return dependent_leaf(lambda: air.is_heard, read)

    return {
        f"{branch}/type": linked(lambda: pack.model),
        f"{branch}/name": linked(lambda: pack.name),
        f"{branch}/version": linked(lambda: FIRMWARE),
        f"{branch}/battery/gauge": linked(lambda: int(pack.battery.charge * 100)),
        # Primary cells are never timed; a pack is not while it calculates.
        f"{branch}/battery/lifetime": linked(lambda: pack.battery.minutes if pack.minutes_known else None),
        f"{branch}/battery/type": linked(lambda: "Battery" if pack.battery.is_smart else "Primary Cell"),
        f"{branch}/mute": linked(lambda: pack.is_muted),
        f"{branch}/warnings": Leaf(lambda: [*warnings_of(air, _PACK_WARNINGS)]),
        f"{branch}/capsule": linked(lambda: "MMD 835" if pack.model == "SKM" else "unknown"),
        f"{branch}/trim": linked(lambda: pack.offset_db),
        f"{branch}/lowcut": linked(lambda: "60 Hz"),
        f"{branch}/lock": linked(lambda: False),
    }
