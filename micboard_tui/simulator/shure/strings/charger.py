"""A charger without its sockets: what it answers and tells, and what passes in its bays. Pure."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from micboard_tui.simulator.shure.strings.battery_bay import Bay, Cell, properties
from micboard_tui.simulator.shure.strings.families import shared_properties
from micboard_tui.simulator.shure.strings.properties import Property, Refused, fixed, setting
from micboard_tui.simulator.shure.strings.receiver import ERR, Reply, Words
from micboard_tui.simulator.shure.strings.receiver_identity import Device
from micboard_tui.simulator.stage.air import Air

W = TypeVar("W", bound=Words[Bay] | Words[Device])
TELLS_EVERY_S = 1.0
SWAP_EVERY_S = 90.0
"""Mean time until somebody takes a full battery or brings an empty one."""
FAULT_EVERY_S = 240.0
FAULT_LASTS_S = 40.0
CHARGE_FAILED = 4
BAYS_A_MODULE = 2


class Charger:
    """Implements ``Speaker`` for what has bays."""

    says_err = True
    needs_line_ends = False
    airs: Sequence[Air] = ()

    def __init__(self, device: Device, bays: Sequence[Bay], module: str, dice: Random) -> None:
        self.device = device
        self.bays = tuple(bays)
        self._own = Words(None, device, _device())
        self._bays = {bay.number: Words(bay.number, bay, properties()) for bay in bays}
        modules = range(1, len(self.bays) // BAYS_A_MODULE + 1) if module else ()
        self._modules = {
            number: Words(number, device, [fixed("BATT_MODULE_TYPE", module)]) for number in modules
        }
        self._dice = dice
        self._untold_s = 0.0
        self._swap_in_s = dice.expovariate(1 / SWAP_EVERY_S)
        self._fault_in_s = dice.expovariate(1 / FAULT_EVERY_S)

    def hear(self, message: Message) -> Reply:
        """What a client's message brings about."""
        try:
            return self._answer(message)
        except Refused:
            return Reply([ERR])

    def _answer(self, message: Message) -> Reply:
        match message:
            case Get(int(index), "ALL", ()):
                return Reply(self._list(index))
            case Get(int(index), "BATT_MODULE_TYPE", ()):
                return Reply([frame for each in _chosen(self._modules, index) for frame in each.all()])
            case Get(int(index), name, words):
                return Reply([frame for bay in _chosen(self._bays, index) for frame in bay.get(name, words)])
            case Get(_, name, words):
                return Reply(self._own.get(name, words))
            case Set(None, name, words):
                key = self._own.set(name, words)
                news = self._own.news()
                return Reply([] if key in news else [self._own.frame(key)], list(news.values()))
            case _:
                raise Refused

    def _list(self, index: int) -> list[bytes]:
        bays = _chosen(self._bays, index)
        modules = self._modules.values() if index == 0 else ()
        return [frame for each in (self._own, *bays, *modules) for frame in each.all()]

    def step(self, seconds: float) -> list[bytes]:
        """Let time pass in the bays; what has changed there."""
        for bay in self.bays:
            bay.step(seconds)
        self._pass_time(seconds)
        flashed = self.device.flash_left_s > 0
        self.device.flash_left_s = max(0.0, self.device.flash_left_s - seconds)
        news: list[bytes] = []
        if flashed and not self.device.flash_left_s:
            news += self._own.news().values()
        self._untold_s += seconds
        if self._untold_s >= TELLS_EVERY_S:
            self._untold_s = 0.0
            news += [frame for each in self._bays.values() for frame in each.news().values()]
        return news

    def samples(self, elapsed_ms: int) -> list[bytes]:  # noqa: ARG002 - it has no meters (docs/reference/protocols/shure.md 11)
        return []

    def set_rates(self, rate_ms: int) -> Reply:  # noqa: ARG002 - as above
        return Reply()

    def reboot(self) -> None:
        """Forget what does not outlive a power cut."""
        self.device.flash_left_s = 0.0

    def _pass_time(self, seconds: float) -> None:
        self._swap_in_s -= seconds
        self._fault_in_s -= seconds
        if self._swap_in_s <= 0:
            self._swap_in_s = self._dice.expovariate(1 / SWAP_EVERY_S)
            self._swap()
        if self._fault_in_s <= 0:
            self._turn_fault()

    def _swap(self) -> None:
        """Somebody takes a full battery, or brings an empty one."""
        full = [bay for bay in self.bays if bay.state == "FULL"]
        empty = [bay for bay in self.bays if bay.cell is None]
        if full and (not empty or self._dice.random() < 1 / 2):
            self._dice.choice(full).cell = None
        elif empty:
            self._dice.choice(empty).cell = cell(self._dice, self._dice.uniform(0.02, 0.4))

    def _turn_fault(self) -> None:
        """A bay fails, or works again."""
        failing = [bay for bay in self.bays if bay.error]
        charging = [bay for bay in self.bays if bay.cell is not None and not bay.error]
        for bay in failing:
            bay.error = 0
        if failing or not charging:
            self._fault_in_s = self._dice.expovariate(1 / FAULT_EVERY_S)
            return
        self._dice.choice(charging).error = CHARGE_FAILED
        self._fault_in_s = FAULT_LASTS_S


def cell(dice: Random, charge: float) -> Cell:
    """A battery with a past."""
    return Cell(
        charge,
        health_percent=dice.randint(82, 100),
        cycles=dice.randint(3, 180),
        full_minutes=dice.randint(150, 200),
    )


def _chosen(parts: Mapping[int, W], index: int) -> list[W]:
    """One, or all of them for 0. Raises Refused for what is not there."""
    if index == 0:
        return list(parts.values())
    if index not in parts:
        raise Refused
    return [parts[index]]


def _device() -> list[Property[Device]]:
    return [
        shared_properties.model(),
        shared_properties.device_id(31),
        setting("STORAGE_MODE", "OFF", "ON"),
        shared_properties.firmware(24),
        shared_properties.device_flash(),
        shared_properties.network_settings(),
    ]
