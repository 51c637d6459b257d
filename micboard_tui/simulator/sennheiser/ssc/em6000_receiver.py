"""A simulated EM 6000 (docs/reference/protocols/sennheiser.md 3.1)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from micboard_tui.protocols.ssc.messages import Code, Json, Value
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import (
    AddressTree,
    Leaf,
    RefusedError,
    constant_leaf,
)
from micboard_tui.simulator.sennheiser.ssc.network_leaves import ethernet, ipv4
from micboard_tui.simulator.sennheiser.ssc.receiver_channels import (
    build_air,
    choose_frequency_khz,
    link_quality,
    warnings_of,
)
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import (
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

LOW_KHZ, HIGH_KHZ = 470_100, 713_900
FIRST_KHZ = 560_000
"""Above the other simulated families, so that no two of them meet."""
_WARNINGS = {
    "no link": "NoLink",
    "low signal": "LowSignal",
    "rf peak": "RFPeak",
    "audio peak": "AFPeak",
    "wrong key": "Aes256Error",
    "low battery": "LowBattery",
}
BANKS = tuple(f"{kind}{number}" for kind in ("b", "u") for number in range(1, 7))
NO_BANK = "--"
PRESETS = 20
"""Of each bank; a real one has up to 100."""
_PRESET_SPACING_KHZ, _BANK_SPACING_KHZ = 400, 8_000
_STEPS = ((0.7, "100%"), (0.3, "70%"), (0.1, "30%"))


@dataclass(slots=True)
class Channel:
    """What the front panel sets, and the air behind it."""

    number: int
    name: str
    air: Air
    muted: bool = False
    encryption: bool = False
    flashing: bool = False
    bank: str = "b1"
    preset: int = 0
    """In its bank."""
    presets_khz: dict[str, int] = field(default_factory=dict)
    """Of the user banks, by bank and number, where one was written."""

    def tune(self, frequency_khz: int) -> None:
        self.air.tune(frequency_khz)
        self.bank, self.preset = NO_BANK, 0

    def preset_khz(self, bank: str, number: int) -> int:
        usual = FIRST_KHZ + BANKS.index(bank) * _BANK_SPACING_KHZ + number * _PRESET_SPACING_KHZ
        return self.presets_khz.get(f"{bank}/{number:02d}", usual)

    def recall(self, value: Value) -> None:
        """Tune to a preset. Raises RefusedError for what is none."""
        match value:
            case [str(bank), int(number)] if bank in BANKS and 0 <= number < PRESETS:
                self.tune(self.preset_khz(bank, number))
                self.bank, self.preset = bank, number
            case _:
                raise RefusedError(Code.NOT_ACCEPTABLE)

    def read_identify(self) -> bool:
        """Reading it makes the panel identify itself."""
        self.flashing = True
        return True


@dataclass(slots=True)
class DeviceSettings:
    name: str
    host: str = "127.0.0.1"
    has_dante: bool = False


def build(plan: BuildPlan, *, has_dante: bool = False) -> SscDevice:
    channels: list[Channel] = []
    for number, performer in enumerate(plan.performers, start=1):
        tuned = choose_frequency_khz(plan.first_channel + number - 1, FIRST_KHZ, HIGH_KHZ)
        air = build_air(performer, tuned, plan, handheld="SKM 6000", bodypack="SK 6000")
        channels.append(Channel(number, performer.channel, air, preset=number))
    return make_receiver(DeviceSettings(plan.name, plan.host, has_dante), channels)


def make_receiver(settings: DeviceSettings, channels: list[Channel]) -> SscDevice:
    """The receiver with these channels."""

    def own_warnings() -> list[str]:
        return ["NoClock"] if device.faults.warns else []

    leaves = {
        "/device/identity/product": constant_leaf("EM6000-Dante" if settings.has_dante else "EM6000"),
        "/device/identity/version": constant_leaf("4.3.0"),
        "/device/identity/vendor": constant_leaf("Sennheiser"),
        "/device/name": text_leaf(lambda: settings.name, setter(settings, "name"), 18),
        "/device/language": constant_leaf("en_GB"),
        **ethernet(settings.host),
        "/sys/clock": stored_number(1, 1, 4),
        "/sys/clock_frequency_measured": Leaf(lambda: "48000 Hz"),
        "/sys/brightness": stored_number(60, 0, 100),
        "/sys/booster": stored_switch(value=False),
        "/mm": Leaf(lambda: [_bytes(channel.air) for channel in channels]),
    }
    if settings.has_dante:
        leaves |= {
            "/sys/dante/version": constant_leaf("4.2.1"),
            "/sys/dante/name": stored_text(settings.name, 31),
            **ipv4("ipv4_dante", settings.host),
        }
    for channel in channels:
        leaves |= _receiver(channel, own_warnings) | _transmitter(channel) | _presets(channel)
        leaves |= _sync_settings(f"/rx{channel.number}/sync_settings")
        leaves[f"/audio/out{channel.number}/level_db"] = stored_number(0, -10, 18)
    device = SscDevice(AddressTree(leaves), [channel.air for channel in channels], lambda _: None)
    return device


def _bytes(air: Air) -> Json:
    """Nine bytes; nothing but zeros without a signal."""
    linked = link_quality(air)
    if not linked:
        return [0] * 9
    rf1, rf2 = (_byte(255 + 2 * level_dbm) for level_dbm in air.rf_dbm[:2])
    peak = int(air.clipping)
    audio = _byte((air.peak_dbfs + 128) * 2 - 1)
    return [rf1, 0, rf2, 0, int(air.antenna == 0), int(air.antenna == 1), _byte(linked * 255), audio, peak]


def _byte(value: float) -> int:
    return min(255, max(0, round(value)))


def _receiver(channel: Channel, own_warnings: Callable[[], list[str]]) -> dict[str, Leaf]:
    branch, air = f"/rx{channel.number}", channel.air
    return {
        f"{branch}/name": text_leaf(lambda: channel.name, setter(channel, "name"), 8),
        f"{branch}/carrier": number_leaf(lambda: air.tuned_khz, channel.tune, LOW_KHZ, HIGH_KHZ, 25),
        f"{branch}/active_bank_channel": Leaf(lambda: [channel.bank, channel.preset], channel.recall),
        f"{branch}/testtone": stored_switch(value=False),
        f"{branch}/audio_mute": switch_leaf(lambda: channel.muted, setter(channel, "muted")),
        f"{branch}/encryption": switch_leaf(lambda: channel.encryption, setter(channel, "encryption")),
        f"{branch}/identify": switch_leaf(channel.read_identify, setter(channel, "flashing")),
        f"{branch}/active_warnings": Leaf(lambda: [*warnings_of(air, _WARNINGS), *own_warnings()]),
        f"{branch}/active_status": constant_leaf([0, 0]),
    }


def _sync_settings(branch: str) -> dict[str, Leaf]:
    """What the next synchronization writes to a transmitter. None comes here, so they are kept only."""
    settings = {
        "low_cut_frequency": stored_text("60 Hz", 8),
        "gain": stored_number(0, -6, 60, 3),
        "display": stored_text("", 8),
        "cable_emulation": stored_option(("Line", "Type 1", "Type 2", "Type 3")),
        "auto_lock": stored_option(("Off", "On")),
    }
    ignored = {f"ignore_{name}": stored_switch(value=True) for name in settings}
    return {f"{branch}/{name}": leaf for name, leaf in (settings | ignored).items()}


def _presets(channel: Channel) -> dict[str, Leaf]:
    """Those of the user banks can be written, which is inferred."""

    def leaf(bank: str, number: int) -> Leaf:
        def read() -> int:
            return channel.preset_khz(bank, number)

        def write(frequency_khz: int) -> None:
            channel.presets_khz[f"{bank}/{number:02d}"] = frequency_khz

        return Leaf(read) if bank.startswith("b") else number_leaf(read, write, LOW_KHZ, HIGH_KHZ, 25)

    return {
        f"/rx{channel.number}/freq/{bank}/{number:02d}": leaf(bank, number)
        for bank in BANKS
        for number in range(PRESETS)
    }


def _transmitter(channel: Channel) -> dict[str, Leaf]:
    branch, air = f"/rx{channel.number}/skx", channel.air
    pack = air.pack

    def battery() -> Value:
        if not air.is_heard:
            return []
        step = next((text for limit, text in _STEPS if pack.battery.charge > limit), "low")
        minutes = pack.battery.minutes if pack.minutes_known else None
        return [step, "-:--" if minutes is None else f"{minutes // 60}:{minutes % 60:02d}"]

    return {
        f"{branch}/type": Leaf(lambda: [pack.model, 470_100, 558_000] if air.is_heard else ["", 0, 0]),
        f"{branch}/battery": Leaf(battery),
        f"{branch}/name": Leaf(lambda: pack.name if air.is_heard else ""),
        f"{branch}/lowcut": Leaf(lambda: "60 Hz"),
        f"{branch}/gain": Leaf(lambda: pack.offset_db),
        f"{branch}/capsule": Leaf(lambda: "MD 9235" if pack.model == "SKM 6000" and air.is_heard else ""),
        f"{branch}/cable_emulation": Leaf(lambda: "Line"),
        f"{branch}/autolock": Leaf(lambda: "Off"),
        f"{branch}/display": Leaf(lambda: ""),
    }
