"""A simulated EW-DX receiver: EM 2 or EM 4 Dante (docs/reference/protocols/sennheiser.md 2.1 to 2.6)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from micboard_tui.protocols.ssc.messages import Code, Json, Value
from micboard_tui.simulator.device.frequency_band import FREQUENCY_STEP_KHZ
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import (
    AddressTree,
    Leaf,
    RefusedError,
    constant_leaf,
    dependent_leaf,
)
from micboard_tui.simulator.sennheiser.ssc.network_leaves import dante, ethernet, mdns
from micboard_tui.simulator.sennheiser.ssc.receiver_channels import (
    build_air,
    choose_frequency_khz,
    link_quality,
    warnings_of,
)
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import (
    list_leaf,
    number_leaf,
    restore_leaf,
    setter,
    stored_number,
    stored_option,
    stored_switch,
    stored_text,
    switch_leaf,
    text_leaf,
)
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
SPACING_KHZ, DENSE_SPACING_KHZ = 600, 300
"""Of presets, usually and in link density mode. [inferred]"""
REMOTE_ACCESS_S = 120.0
DEFAULT_GAIN_DB = 12
USER_PRESETS = 16
_LOWCUTS = ("off", "30 Hz", "60 Hz", "80 Hz", "100 Hz", "120 Hz")
_CABLES = ("off", "type1", "type2", "type3")
_MUTES = ("af_mute", "rf_mute", "off")
_MUTES_OF_STAND = ("push_to_talk", "push_to_mute", "af_mute", "off")
_IGNORED = ("trim", "name", "mute_config", "lowcut", "lock", "led", "frequency", "cable_emulation")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


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
    user_khz: list[Json] = field(default_factory=lambda: [LOW_KHZ] * USER_PRESETS)
    """The frequencies of its user bank."""
    output_db: int = 0

    def tune(self, frequency_khz: int) -> None:
        self.air.tune(frequency_khz)
        self.preset = ""

    def recall(self, preset: Value, spacing_khz: int) -> None:
        """Tune to ``factory:bank:channel`` or ``user:bank:channel``. Raises RefusedError."""
        kind, _, rest = str(preset).partition(":")
        bank, _, channel = rest.partition(":")
        if not (bank.isdecimal() and channel.isdecimal()):
            raise RefusedError(Code.NOT_ACCEPTABLE)
        index = int(channel) - 1
        frequency_khz: Json = None
        if kind == "factory" and bank != "0" and index >= 0:
            frequency_khz = LOW_KHZ + (int(bank) - 1) * FREQUENCY_STEP_KHZ + index * spacing_khz
        elif kind == "user" and 0 <= index < len(self.user_khz):
            frequency_khz = self.user_khz[index]
        if not isinstance(frequency_khz, int) or not LOW_KHZ <= frequency_khz <= HIGH_KHZ:
            raise RefusedError(Code.NOT_ACCEPTABLE)
        self.tune(frequency_khz)
        self.preset = str(preset)

    def keep_presets(self, frequencies: list[Json]) -> None:
        """Raises RefusedError for what is no frequency of the band."""
        for frequency_khz in frequencies:
            if not isinstance(frequency_khz, int) or not LOW_KHZ <= frequency_khz <= HIGH_KHZ:
                raise RefusedError(Code.NOT_ACCEPTABLE)
        self.user_khz = frequencies

    def restore_audio(self) -> None:
        """What that means to a real one is not known: gain, level and mute as they come."""
        self.gain, self.output_db, self.muted = DEFAULT_GAIN_DB, 0, False


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
    """None: the model has none, and no Dante either."""
    host: str = "127.0.0.1"
    density: bool = False
    remote_access: str = ""
    remote_access_left_s: float = 0.0
    channels: list[Channel] = field(default_factory=list)

    @property
    def spacing_khz(self) -> int:
        return DENSE_SPACING_KHZ if self.density else SPACING_KHZ

    def take_access(self, note: str) -> None:
        self.remote_access, self.remote_access_left_s = note, REMOTE_ACCESS_S

    def step(self, seconds: float) -> None:
        """Let time pass: a note of who is in control is forgotten."""
        self.remote_access_left_s -= seconds
        if self.remote_access_left_s <= 0:
            self.remote_access = ""


def build(plan: BuildPlan, product: str, *, has_dante: bool) -> SscDevice:
    """The receiver that calls itself ``product``."""
    dice = plan.dice
    settings = DeviceSettings(product, plan.name, f"{dice.randrange(10**10):010d}", host=plan.host)
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

    def restart() -> None:
        device.faults.reboot()

    def own_warnings() -> list[str]:
        return ["RfPeak"] if device.faults.warns else []

    leaves = _device(settings, restart)
    for channel in settings.channels:
        leaves |= _receiver(channel, own_warnings) | _meters(channel) | _transmitter(channel)
        leaves |= _presets(channel, settings) | _sync_settings(channel)
    leaves["/mates/active"] = Leaf(
        lambda: [f"mates/tx{channel.number}" for channel in settings.channels if channel.air.is_heard]
    )
    device = SscDevice(AddressTree(leaves), [channel.air for channel in settings.channels], settings.step)
    return device


def _device(settings: DeviceSettings, restart: Callable[[], None]) -> dict[str, Leaf]:
    def set_density(on: bool) -> None:  # noqa: FBT001 - a leaf writes it
        if on != settings.density:
            settings.density = on
            # Changing it reboots (docs/reference/protocols/sennheiser.md 2.1).
            restart()

    def restore(defaults: str) -> None:
        for channel in settings.channels:
            channel.restore_audio()
        if defaults == "FACTORY_DEFAULTS":
            restart()

    def call_restart() -> Value:
        restart()
        return None

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
        "/device/brightness": stored_number(3, 1, 5),
        "/device/link_density_mode": switch_leaf(lambda: settings.density, set_density),
        "/device/preset_spacing": Leaf(lambda: settings.spacing_khz, is_subscribable=False),
        "/device/time": Leaf(
            lambda: int((datetime.now(UTC) - _EPOCH).total_seconds()), is_subscribable=False
        ),
        "/device/remote_access": text_leaf(lambda: settings.remote_access, settings.take_access, 15),
        "/device/restore": restore_leaf(restore, ("FACTORY_DEFAULTS", "AUDIO_DEFAULTS")),
        # The guide calls it with null, clients write to it (docs/reference/protocols/sennheiser.md 2.1).
        "/device/restart": Leaf(call_restart, lambda _: restart(), is_subscribable=False, is_write_only=True),
        "/device/frequency_code": constant_leaf("Q1-9"),
        "/device/frequency_ranges": constant_leaf([f"{LOW_KHZ}:25:{HIGH_KHZ}"]),
        "/device/language": constant_leaf(["en_GB"]),
        **mdns(),
        **ethernet(settings.host),
    }
    if settings.booster is not None:
        leaves |= dante(settings.host)
        leaves["/device/booster"] = switch_leaf(lambda: bool(settings.booster), setter(settings, "booster"))
    return leaves


def _receiver(channel: Channel, own_warnings: Callable[[], list[str]]) -> dict[str, Leaf]:
    branch, air = f"/rx{channel.number}", channel.air
    return {
        f"{branch}/name": text_leaf(lambda: channel.name, setter(channel, "name"), 8, capitals=True),
        f"{branch}/frequency": number_leaf(lambda: air.tuned_khz, channel.tune, LOW_KHZ, HIGH_KHZ, 25),
        f"{branch}/gain": number_leaf(lambda: channel.gain, setter(channel, "gain"), -3, 42, 3),
        f"{branch}/mute": switch_leaf(lambda: channel.muted, setter(channel, "muted")),
        f"{branch}/warnings": Leaf(lambda: [*dict.fromkeys(warnings_of(air, _WARNINGS) + own_warnings())]),
        f"{branch}/mates": Leaf(
            lambda: [f"tx{channel.number}"] if air.is_heard else [], is_subscribable=False
        ),
        f"{branch}/audio": constant_leaf([f"out{channel.number}"]),
        f"{branch}/identification/visual": switch_leaf(lambda: channel.flashing, setter(channel, "flashing")),
        f"{branch}/restore": restore_leaf(lambda _: channel.restore_audio(), ("AUDIO_DEFAULTS",)),
        f"/audio1/out{channel.number}/level": number_leaf(
            lambda: channel.output_db, setter(channel, "output_db"), -24, 18, 6
        ),
    }


def _presets(channel: Channel, settings: DeviceSettings) -> dict[str, Leaf]:
    branch = f"/rx{channel.number}/presets"

    def recall(preset: Value) -> None:
        channel.recall(preset, settings.spacing_khz)

    return {
        f"{branch}/active": Leaf(lambda: channel.preset, recall, is_subscribable=False),
        f"{branch}/user/0": list_leaf(lambda: channel.user_khz, channel.keep_presets),
    }


def _sync_settings(channel: Channel) -> dict[str, Leaf]:
    """What the next synchronization writes to a transmitter. None comes here, so they are kept only."""
    branch = f"/rx{channel.number}/sync_settings"
    return {
        f"{branch}/trim": stored_number(0, -12, 6),
        f"{branch}/name": stored_text("", 8),
        f"{branch}/mute_config": stored_option(_MUTES),
        f"{branch}/mute_config_ts": stored_option(_MUTES_OF_STAND),
        f"{branch}/lowcut": stored_option(_LOWCUTS),
        f"{branch}/lock": stored_switch(value=False),
        f"{branch}/led": stored_switch(value=True),
        f"{branch}/cable_emulation": stored_option(_CABLES),
        **{f"{branch}/{name}_ignore": stored_switch(value=True) for name in _IGNORED},
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
        f"{branch}/led": linked(lambda: True),
        f"{branch}/identification": linked(lambda: channel.flashing),
        f"{branch}/mute_config": linked(lambda: _MUTES[0]),
        f"{branch}/mute_config_ts": linked(lambda: _MUTES_OF_STAND[0]),
        f"{branch}/cable_emulation": linked(lambda: _CABLES[0]),
    }
