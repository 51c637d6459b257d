"""Puts the receivers, their transmitters and the performers together. The same options, the same stage."""

from collections.abc import Iterable, Sequence
from random import Random

from micboard_tui.simulator.rack.equipment import Equipment, Order
from micboard_tui.simulator.rack.model_selection import BLUEPRINTS
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions
from micboard_tui.simulator.shure.strings.families.axient import QUADVERSITY_ANTENNAS
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.makes import MAKES, Make
from micboard_tui.simulator.shure.strings.models import COMBINING, QUADVERSITY
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.receiver_channel import SLOTS, Carrier, Channel, Slot
from micboard_tui.simulator.shure.strings.receiver_identity import Device
from micboard_tui.simulator.stage import people
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.scenario import ALL
from micboard_tui.simulator.stage.voice import Voice
from micboard_tui.simulator.stage.world import World

_OWN_PACK_SHARE = 0.75
"""Of the packs that run on the maker's rechargeable cells."""
_MAX_GROUP = 6


def build(options: RackOptions, devices: Sequence[RackDevice]) -> tuple[World, list[Receiver | Equipment]]:
    """The stage, and the devices that listen to it."""
    rack: list[tuple[Family, Device, list[Channel]] | Equipment] = []
    airs: list[Air] = []
    first_part = 0
    for place, device in enumerate(devices):
        blueprint = BLUEPRINTS.get(device.model)
        if blueprint is None:
            parts = _parts(options, place, device, first_part)
            airs += [channel.air for channel in parts[2]]
            rack.append(parts)
        else:
            equipment = blueprint.build(_order(options, place, device, first_part))
            airs += equipment.airs
            rack.append(equipment)
        first_part += device.channels
    world = World(airs, ALL[options.scenario], options.seed)
    # After the world, whose start is nothing that they would have to tell.
    return world, [Receiver(*each) if isinstance(each, tuple) else each for each in rack]


def _order(options: RackOptions, place: int, device: RackDevice, first_part: int) -> Order:
    parts = [people.part(first_part + number) for number in range(device.channels)]
    dice = Random(f"receiver {options.seed} {place}")
    return Order(device.model, device.name, device.host, parts, first_part, dice)


def _parts(
    options: RackOptions, place: int, device: RackDevice, first_part: int
) -> tuple[Family, Device, list[Channel]]:
    model, mode = device.model, device.mode
    dice = Random(f"receiver {options.seed} {place}")
    make = MAKES[model]
    mac = f"00:0E:DD:{dice.randrange(256):02X}:{place // 256:02X}:{place % 256:02X}"
    # One frequency a channel in the whole rack, as far as the band reaches.
    presets = [
        (number // make.band.channels % _MAX_GROUP + 1, number % make.band.channels + 1)
        for number in range(first_part, first_part + device.channels)
    ]
    channels = [
        _channel(number, people.part(first_part + number - 1), make, mode, (preset, dice))
        for number, preset in enumerate(presets, start=1)
    ]
    for channel in channels:
        channel.settings["MAC_ADDR"] = mac
    own = Device(model, device.name, make.firmware, make.band, address=device.host, mac=mac)
    return make.family, own, channels


def _channel(
    number: int, part: people.Part, make: Make, mode: str, luck: tuple[tuple[int, int], Random]
) -> Channel:
    preset, dice = luck
    frequency_khz = make.band.frequency_of(*preset)
    # Frequency diversity needs a transmitter with two carriers, and the first channel has one.
    combines = mode == COMBINING and number == 1
    pack = _pack(part, make, dice, combines=combines)
    pack.frequency_khz = frequency_khz
    air = Air(
        pack,
        Voice(part.style, dice),
        dice,
        antennas=QUADVERSITY_ANTENNAS if mode == QUADVERSITY else 2,
        carriers=2 if combines else 1,
    )
    second = Carrier(make.band.high_khz - 2_000 - 400 * preset[1]) if combines else None
    return Channel(
        number,
        part.channel,
        air,
        make.band,
        Carrier(frequency_khz, preset),
        second=second,
        gain=dice.choice((18, 24, 28, 30, 30, 33)),
        slots=_slots(pack, make, dice),
    )


def _pack(part: people.Part, make: Make, dice: Random, *, combines: bool) -> Pack:
    kinds = {people.BODYPACK: make.bodypacks, people.STAND: make.stands or make.handhelds}
    choices: Iterable[str] = kinds.get(part.carries, make.handhelds)
    model = "ADX2FD" if combines else dice.choice([each for each in choices if each != "ADX2FD"])
    is_bodypack = model in make.bodypacks
    return Pack(
        model=model,
        name=part.channel,
        is_remote=model in make.remotes,
        battery=_battery(dice, is_bodypack=is_bodypack),
        offset_db=dice.choice((0, 0, 3, 6)),
        pad_on=False if model in {"AD1", "ADX1"} else None,
        power=make.powers[0 if len(make.powers) == 2 else 1],  # noqa: PLR2004 - the usual one of two or three
    )


def _battery(dice: Random, *, is_bodypack: bool) -> Battery:
    if dice.random() < _OWN_PACK_SHARE:
        minutes = dice.randint(480, 560) if is_bodypack else dice.randint(500, 600)
        health = dice.randint(82, 100)
        return Battery(full_minutes=minutes, health_percent=health, cycles=dice.randint(3, 180))
    cells = Cells.ALKALINE if dice.random() < _OWN_PACK_SHARE else Cells.NIMH
    return Battery(cells, full_minutes=dice.randint(420, 540))


def _slots(pack: Pack, make: Make, dice: Random) -> tuple[Slot, ...]:
    """The pack that is worn in slot 1, sometimes a spare behind it."""
    if not make.remotes:
        return ()
    worn = Slot(pack.model, pack.name, is_linked=pack.is_remote, pack=pack)
    spare = Slot("AD2", f"{pack.name[:6]} S") if dice.random() < 1 / 2 else Slot()
    return (worn, spare, *(Slot() for _ in range(SLOTS - 2)))
