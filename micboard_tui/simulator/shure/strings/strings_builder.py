"""Puts one device with command strings together: the same plan, the same device."""

from random import Random

from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.device.simulated_device import COMBINING, DOCUMENTED, QUADVERSITY, BuildPlan
from micboard_tui.simulator.shure.channel_builder import USED_GROUPS, build_channels, random_mac
from micboard_tui.simulator.shure.receiver_channel import SLOTS, Carrier, Channel, Slot
from micboard_tui.simulator.shure.strings.battery_bay import CALCULATING_S, Bay
from micboard_tui.simulator.shure.strings.charger import Charger, random_cell
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families.axient import QUADVERSITY_ANTENNAS
from micboard_tui.simulator.shure.strings.families.mxw import MXW
from micboard_tui.simulator.shure.strings.families.psm1000 import PSM1000
from micboard_tui.simulator.shure.strings.iem_transmitter import IemTransmitter
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.receiver_series import SERIES, ReceiverSeries
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from micboard_tui.simulator.shure.strings.strings_faults import ChargerFaults, SlxdFaults
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.people import BODYPACK, STAND, Performer

_OWN_PACK_SHARE = 0.75
"""Of the packs that run on the manufacturer's rechargeable cells."""
_COMBINING_PACK = "ADX2FD"
_SECOND_CARRIER_BELOW_TOP_KHZ, _SECOND_CARRIER_SPACING_KHZ = 2_000, 400
_PSM_BAND = FrequencyBand("G10", 470_000, 542_000)
# These are never tuned: they choose frequencies by themselves in the band of cordless phones.
_MXW_BAND = FrequencyBand("Z10", 1_880_000, 1_930_000)
_MXW_PACKS = {BODYPACK: "MXW1", STAND: "MXW8"}
_CHARGER_FIRMWARE = "1.4.10"
_READY_SHARE, _CHARGING_SHARE = 0.4, 0.4
"""Of the bays of a charger; the others are empty."""


def build_receiver(plan: BuildPlan, series_name: str) -> StringsDevice[Receiver]:
    series = SERIES[SERIES[series_name].modes.get(plan.mode, series_name)]
    mac = random_mac(plan.dice, plan.index)
    channels = [
        _receiver_channel(number, performer, series, plan)
        for number, performer in enumerate(plan.performers, start=1)
    ]
    for channel in channels:
        channel.settings["MAC_ADDR"] = mac
        channel.has_network_audio = len(channels) > 1
    identity = DeviceIdentity(plan.model, plan.name, series.firmware, series.band, address=plan.host, mac=mac)
    receiver = Receiver(series.family, identity, channels, series.documented)
    if series.documented is None:
        return StringsDevice(receiver, plan.network_dice)
    faults = SlxdFaults(as_documented=plan.mode == DOCUMENTED)
    receiver.work_switches(faults)
    return StringsDevice(receiver, plan.network_dice, faults)


def build_access_point(plan: BuildPlan) -> StringsDevice[Receiver]:
    """A Microflex Wireless access point, with a microphone for each channel."""
    channels = build_channels(plan, _MXW_BAND, _mxw_pack)
    return StringsDevice(Receiver(MXW, _identity(plan, "", _MXW_BAND), channels), plan.network_dice)


def build_iem_transmitter(plan: BuildPlan) -> StringsDevice[IemTransmitter]:
    """A PSM1000."""
    channels = build_channels(plan, _PSM_BAND, _iem_pack)
    for channel in channels:
        channel.gain = plan.dice.choice((-18, -12, -12, -6))
    identity = _identity(plan, "", _PSM_BAND)
    return StringsDevice(IemTransmitter(PSM1000, identity, channels), plan.network_dice)


def build_charger(plan: BuildPlan, bay_count: int, module: str) -> StringsDevice[Charger]:
    """A charger with some batteries that charge, some that are ready, and some empty bays."""
    dice = plan.dice
    bays = [Bay(number) for number in range(1, bay_count + 1)]
    for bay in bays:
        luck = dice.random()
        if luck < _READY_SHARE:
            bay.cell = random_cell(dice, 1.0)
        elif luck < _READY_SHARE + _CHARGING_SHARE:
            bay.cell = random_cell(dice, dice.uniform(0.1, 0.95))
            bay.cell.charged_for_s = CALCULATING_S
    identity = _identity(plan, _CHARGER_FIRMWARE, FrequencyBand("", 0, 0))
    return StringsDevice(
        Charger(identity, bays, module, dice, can_fail=plan.scenario.breaks_bays),
        plan.network_dice,
        ChargerFaults(),
    )


def _identity(plan: BuildPlan, firmware: str, band: FrequencyBand) -> DeviceIdentity:
    mac = random_mac(plan.dice, plan.index)
    return DeviceIdentity(plan.model, plan.name, firmware, band, address=plan.host, mac=mac)


def _receiver_channel(number: int, performer: Performer, series: ReceiverSeries, plan: BuildPlan) -> Channel:
    band, dice = series.band, plan.dice
    preset = band.preset_of(plan.first_channel + number - 1, USED_GROUPS)
    frequency_khz = band.frequency_of(*preset)
    # Frequency diversity needs a transmitter with two carriers, and the first channel has one.
    combines = plan.mode == COMBINING and number == 1
    pack = _receiver_pack(performer, series, dice, combines=combines)
    pack.frequency_khz = frequency_khz
    air = Air(
        pack,
        plan.voice_of(performer),
        dice,
        antennas=QUADVERSITY_ANTENNAS if plan.mode == QUADVERSITY else 2,
        carriers=2 if combines else 1,
    )
    second_khz = band.high_khz - _SECOND_CARRIER_BELOW_TOP_KHZ - _SECOND_CARRIER_SPACING_KHZ * preset[1]
    return Channel(
        number,
        performer.channel,
        air,
        band,
        Carrier(frequency_khz, preset),
        second=Carrier(second_khz) if combines else None,
        gain=dice.choice((18, 24, 28, 30, 30, 33)),
        slots=_slots(pack, series, dice),
    )


def _receiver_pack(performer: Performer, series: ReceiverSeries, dice: Random, *, combines: bool) -> Pack:
    models = {BODYPACK: series.bodypacks, STAND: series.stands or series.handhelds}
    choices = models.get(performer.carries, series.handhelds)
    model = (
        _COMBINING_PACK if combines else dice.choice([name for name in choices if name != _COMBINING_PACK])
    )
    is_bodypack = model in series.bodypacks
    return Pack(
        model=model,
        name=performer.channel,
        is_remote=model in series.remotes,
        battery=_receiver_pack_battery(dice, is_bodypack=is_bodypack),
        offset_db=dice.choice((0, 0, 3, 6)),
        pad_on=False if model in {"AD1", "ADX1"} else None,
        power=series.usual_power,
    )


def _receiver_pack_battery(dice: Random, *, is_bodypack: bool) -> Battery:
    if dice.random() < _OWN_PACK_SHARE:
        minutes = dice.randint(480, 560) if is_bodypack else dice.randint(500, 600)
        health = dice.randint(82, 100)
        return Battery(full_minutes=minutes, health_percent=health, cycles=dice.randint(3, 180))
    cells = Cells.ALKALINE if dice.random() < _OWN_PACK_SHARE else Cells.NIMH
    return Battery(cells, full_minutes=dice.randint(420, 540))


def _slots(pack: Pack, series: ReceiverSeries, dice: Random) -> tuple[Slot, ...]:
    """The pack that is worn in slot 1, sometimes a spare behind it."""
    if not series.has_slots:
        return ()
    worn = Slot(pack.model, pack.name, is_linked=pack.is_remote, pack=pack)
    spare = Slot("AD2", f"{pack.name[:6]} S") if dice.random() < 1 / 2 else Slot()
    return (worn, spare, *(Slot() for _ in range(SLOTS - 2)))


def _iem_pack(performer: Performer, _dice: Random) -> Pack:
    """Stands for the listener; a receiver in the ear sends nothing."""
    return Pack("P10R", performer.channel)


def _mxw_pack(performer: Performer, dice: Random) -> Pack:
    battery = Battery(full_minutes=dice.randint(480, 560), health_percent=dice.randint(85, 100))
    return Pack(_MXW_PACKS.get(performer.carries, "MXW2"), performer.channel, battery=battery)
