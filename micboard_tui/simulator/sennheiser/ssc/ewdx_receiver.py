"""A simulated EW-DX receiver: EM 2 or EM 4 Dante (docs/reference/protocols/sennheiser.md 2.1 to 2.6)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from micboard_tui.protocols.ssc.messages import Code, Value
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import Leaf, RefusedError, Tree, constant
from micboard_tui.simulator.sennheiser.ssc.receiver_channels import air_of, frequency, quality, warnings_of
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import level, name, setter, switch
from micboard_tui.simulator.stage.air import Air

FIRMWARE = "3.0.2"
LOW_KHZ, HIGH_KHZ = 470_200, 550_000
"""Of the band called Q1-9."""
QUIETEST_DBFS = -138.5
_WARNINGS = {
    "no link": "NoLink",
    "low signal": "LowSignal",
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
class Panel:
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
    panel = Panel(product, plan.name, f"{dice.randrange(10**10):010d}")
    if has_dante:
        panel.booster = False
    for number, performer in enumerate(plan.performers, start=1):
        tuned = frequency(plan.first_channel + number - 1, LOW_KHZ, HIGH_KHZ)
        air = air_of(performer, tuned, dice, handheld="SKM", bodypack="SK")
        panel.channels.append(
            Channel(
                number,
                performer.channel.upper(),
                air,
                dice.choice((6, 9, 12, 12, 18)),
                preset=f"factory:1:{number}",
            )
        )
    return station_of(panel)


def station_of(panel: Panel) -> SscDevice:
    """The receiver with this panel."""
    leaves = _device(panel)
    for channel in panel.channels:
        leaves |= _receiver(channel) | _meters(channel) | _transmitter(channel)
        leaves[f"/audio1/out{channel.number}/level"] = constant(0)
    return SscDevice(Tree(leaves), [channel.air for channel in panel.channels], lambda _: None)


def _device(panel: Panel) -> dict[str, Leaf]:
    leaves = {
        "/device/identity/product": constant(panel.product),
        "/device/identity/version": constant(FIRMWARE),
        "/device/identity/serial": constant(panel.serial),
        "/device/identity/vendor": constant("Sennheiser electronic GmbH & Co. KG"),
        "/device/name": name(lambda: panel.name, setter(panel, "name"), 18),
        "/device/location": name(lambda: panel.location, setter(panel, "location"), 400),
        "/device/encryption": switch(lambda: panel.encryption, setter(panel, "encryption")),
        "/device/identification/visual": switch(lambda: panel.flashing, setter(panel, "flashing")),
        "/device/lock": switch(lambda: panel.locked, setter(panel, "locked")),
        "/device/link_density_mode": Leaf(lambda: False),
        "/device/frequency_code": constant("Q1-9"),
        "/device/frequency_ranges": constant([f"{LOW_KHZ}:25:{HIGH_KHZ}"]),
        "/device/language": constant(["en_GB"]),
    }
    if panel.booster is not None:
        leaves["/device/booster"] = Leaf(lambda: panel.booster)
        leaves["/device/network/dante/identity/version"] = constant("4.2.1")
    return leaves


def _receiver(channel: Channel) -> dict[str, Leaf]:
    branch, air = f"/rx{channel.number}", channel.air
    return {
        f"{branch}/name": name(lambda: channel.name, setter(channel, "name"), 8, capitals=True),
        f"{branch}/frequency": level(lambda: air.tuned_khz, channel.tune, LOW_KHZ, HIGH_KHZ, 25),
        f"{branch}/gain": level(lambda: channel.gain, setter(channel, "gain"), -3, 42, 3),
        f"{branch}/mute": switch(lambda: channel.muted, setter(channel, "muted")),
        f"{branch}/warnings": Leaf(lambda: [*warnings_of(air, _WARNINGS)]),
        f"{branch}/mates": Leaf(
            lambda: [f"tx{channel.number}"] if air.is_heard else [], is_subscribable=False
        ),
        f"{branch}/audio": constant([f"out{channel.number}"]),
        f"{branch}/identification/visual": switch(lambda: channel.flashing, setter(channel, "flashing")),
        f"{branch}/presets/active": Leaf(lambda: channel.preset, is_subscribable=False),
    }


def _meters(channel: Channel) -> dict[str, Leaf]:
    branch, air = f"/m/rx{channel.number}", channel.air
    return {
        f"{branch}/rssi": Leaf(lambda: round(max(-107.0, air.rf_dbm[air.antenna]), 1)),
        f"{branch}/rsqi": Leaf(lambda: round(quality(air) * 100)),
        f"{branch}/divi": Leaf(lambda: air.antenna + 1 if quality(air) else 0),
        f"{branch}/af": Leaf(lambda: round(air.peak_dbfs, 1) if quality(air) else QUIETEST_DBFS),
    }


def _transmitter(channel: Channel) -> dict[str, Leaf]:
    branch, air = f"/mates/tx{channel.number}", channel.air
    pack = air.pack

    def linked(read: Callable[[], Value]) -> Leaf:
        def told() -> Value:
            value = read() if air.is_heard else None
            if value is None:
                raise RefusedError(Code.FAILED_DEPENDENCY)
            return value

        return Leaf(told)

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
