"""A charger without its sockets: what it answers and reports, and what happens in its bays. Pure."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from micboard_tui.simulator.shure.set_values import RefusedError, parse_switch
from micboard_tui.simulator.shure.strings.battery_bay import STORED_CHARGE, Bay, Cell, bay_properties
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import shared_properties
from micboard_tui.simulator.shure.strings.properties import Property, fixed_property
from micboard_tui.simulator.shure.strings.property_table import PropertyTable
from micboard_tui.simulator.shure.strings.reply import ERR, Reply
from micboard_tui.simulator.shure.strings.strings_faults import ChargerFaults, StringsFaults
from micboard_tui.simulator.stage.air import Air

TableT = TypeVar("TableT", bound=PropertyTable[Bay] | PropertyTable[DeviceIdentity])
REPORTS_EVERY_S = 1.0
SWAP_EVERY_S = 90.0
"""Mean time until a full battery is taken or an empty one is put in."""
FAULT_EVERY_S = 240.0
FAULT_LASTS_S = 40.0
CHARGE_FAILED = 4
BAYS_A_MODULE = 2
STORAGE_MODE = "STORAGE_MODE"


class Charger:
    """Implements ``StringsUnit`` for what has bays."""

    says_err = True
    needs_line_ends = False
    writes_singly = False
    airs: Sequence[Air] = ()

    def __init__(
        self,
        device: DeviceIdentity,
        bays: Sequence[Bay],
        module: str,
        dice: Random,
        *,
        can_fail: bool = True,
    ) -> None:
        self.device = device
        self.bays = tuple(bays)
        self._device_table = PropertyTable(None, device, _device())
        self._bay_tables = {bay.number: PropertyTable(bay.number, bay, bay_properties()) for bay in bays}
        modules = range(1, len(self.bays) // BAYS_A_MODULE + 1) if module else ()
        self._module_tables = {
            number: PropertyTable(number, device, [fixed_property("BATT_MODULE_TYPE", module)])
            for number in modules
        }
        self._dice = dice
        self._is_storage_switched = self._is_switched = False
        self._unreported_s = 0.0
        self._swap_in_s = dice.expovariate(1 / SWAP_EVERY_S)
        fault_in_s = dice.expovariate(1 / FAULT_EVERY_S)
        self._fault_in_s = fault_in_s if can_fail else math.inf

    def start(self) -> None:
        self._device_table.changes()
        for table in self._bay_tables.values():
            table.changes()

    def answer(self, message: Message) -> Reply:
        """The frames that a client's message causes."""
        try:
            return self._answer(message)
        except RefusedError:
            return Reply([ERR])

    def _answer(self, message: Message) -> Reply:
        match message:
            case Get(int(index), "ALL", ()):
                return Reply(self._list(index))
            case Get(int(index), "BATT_MODULE_TYPE", ()):
                return Reply(
                    [frame for table in _chosen(self._module_tables, index) for frame in table.all()]
                )
            case Get(int(index), name, values):
                return Reply(
                    [frame for table in _chosen(self._bay_tables, index) for frame in table.get(name, values)]
                )
            case Get(_, name, values):
                return Reply(self._device_table.get(name, values))
            case Set(None, "REBOOT", ()):
                # Without an answer (docs/reference/protocols/shure.md 11).
                return Reply(reboots=True)
            case Set(None, name, values):
                key = self._device_table.set(name, values)
                changes = self._device_table.changes()
                return Reply(
                    [] if key in changes else [self._device_table.frame(key)], list(changes.values())
                )
            case _:
                raise RefusedError

    def _list(self, index: int) -> list[bytes]:
        bays = _chosen(self._bay_tables, index)
        modules = self._module_tables.values() if index == 0 else ()
        return [frame for table in (self._device_table, *bays, *modules) for frame in table.all()]

    def step(self, seconds: float) -> list[bytes]:
        """Let time pass in the bays; what has changed there."""
        stores = self.device.settings.get(STORAGE_MODE) == "ON"
        for bay in self.bays:
            bay.stores = stores
            bay.step(seconds)
        self._pass_time(seconds)
        flashed = self.device.flash_left_s > 0
        self.device.flash_left_s = max(0.0, self.device.flash_left_s - seconds)
        # The mode may have been switched at the panel.
        changes = list(self._device_table.changes().values()) if flashed or self._is_switched else []
        self._is_switched = False
        self._unreported_s += seconds
        if self._unreported_s >= REPORTS_EVERY_S:
            self._unreported_s = 0.0
            changes += [frame for table in self._bay_tables.values() for frame in table.changes().values()]
        return changes

    def samples(self, elapsed_ms: int) -> list[bytes]:  # noqa: ARG002 - it has no meters (docs/reference/protocols/shure.md 11)
        return []

    def set_rates(self, rate_ms: int) -> Reply:  # noqa: ARG002 - as above
        return Reply()

    def reboot(self) -> None:
        """Forget what does not outlive a power cut."""
        self.device.flash_left_s = 0.0

    def work_switches(self, faults: StringsFaults) -> bool:
        """Fail the self-test, and switch storage mode at the panel; whether it has started anew."""
        if isinstance(faults, ChargerFaults):
            self._work_storage(faults)
        return self.device.follow(faults)

    def _work_storage(self, faults: ChargerFaults) -> None:
        is_stored = faults.ready_to_store.take() is not None
        if is_stored:
            faults.storage_mode = True
            for bay in self.bays:
                if bay.cell is not None:
                    bay.cell.charge, bay.error = STORED_CHARGE, 0
        if faults.storage_mode is not self._is_storage_switched or is_stored:
            # Clients may have switched it since, and then that holds.
            self._is_storage_switched = faults.storage_mode
            self.device.settings[STORAGE_MODE] = "ON" if faults.storage_mode else "OFF"
            self._is_switched = True

    def _pass_time(self, seconds: float) -> None:
        self._swap_in_s -= seconds
        self._fault_in_s -= seconds
        if self._swap_in_s <= 0:
            self._swap_in_s = self._dice.expovariate(1 / SWAP_EVERY_S)
            self._swap()
        if self._fault_in_s <= 0:
            self._turn_fault()

    def _swap(self) -> None:
        """A full battery is taken, or an empty one is put in."""
        full = [bay for bay in self.bays if bay.state == "FULL"]
        empty = [bay for bay in self.bays if bay.cell is None]
        if full and (not empty or self._dice.random() < 1 / 2):
            self._dice.choice(full).cell = None
        elif empty:
            self._dice.choice(empty).cell = random_cell(self._dice, self._dice.uniform(0.02, 0.4))

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


def random_cell(dice: Random, charge: float) -> Cell:
    """A battery that has been used for some time."""
    return Cell(
        charge,
        health_percent=dice.randint(82, 100),
        cycles=dice.randint(3, 180),
        full_minutes=dice.randint(150, 200),
    )


def _chosen(tables: Mapping[int, TableT], index: int) -> list[TableT]:
    """One, or all of them for 0. Raises RefusedError for what is not there."""
    if index == 0:
        return list(tables.values())
    if index not in tables:
        raise RefusedError
    return [tables[index]]


def _read_storage_mode(device: DeviceIdentity) -> str:
    return device.settings.get(STORAGE_MODE, "OFF")


def _write_storage_mode(device: DeviceIdentity, values: Sequence[str]) -> None:
    """ON, OFF or TOGGLE (docs/reference/protocols/shure.md 11)."""
    is_on = parse_switch(values, now=_read_storage_mode(device) == "ON")
    device.settings[STORAGE_MODE] = "ON" if is_on else "OFF"


def _device() -> list[Property[DeviceIdentity]]:
    return [
        shared_properties.model(),
        shared_properties.device_id(31),
        Property(STORAGE_MODE, _read_storage_mode, _write_storage_mode),
        shared_properties.firmware(24),
        shared_properties.device_flash(),
        shared_properties.network_settings(),
    ]
