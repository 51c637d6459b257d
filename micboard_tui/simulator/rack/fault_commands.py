"""Switches faults of a running rack by lines that a person or a script writes. Pure but for the switching.

``3`` lists the faults of the third device, ``3 flood`` switches one on, ``3 flood off`` switches it off, and
``3 clear`` all of them; an address does in place of the number, and ``all`` means every device that has it.
"""

from collections.abc import Iterator, Sequence

from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.rack.rack_layout import RackDevice

USAGE = "NUMBER or address or all, then a fault, then on or off; NUMBER alone lists its faults"
CLEAR = "clear"
MAX_WORDS = 3


class FaultCommands:
    """Of one rack; both sequences are in the same order."""

    def __init__(self, devices: Sequence[RackDevice], simulated: Sequence[SimulatedDevice]) -> None:
        self._devices = devices
        self._simulated = simulated

    def follow(self, line: str) -> Sequence[str]:
        """Follow one line; the lines to print about it."""
        words = line.split()
        if not words:
            return ()
        chosen = list(self._choose(words[0]))
        if not chosen or len(words) > MAX_WORDS or words[2:] not in ([], ["on"], ["off"]):
            return (USAGE,)
        if len(words) == 1:
            return [self._list(index) for index in chosen]
        name, is_on = words[1].replace("-", "_"), words[2:] != ["off"]
        switched = [index for index in chosen if self._switch(index, name, is_on=is_on)]
        if not switched:
            return (f"There is no fault '{words[1]}'", *map(self._list, chosen[:1]))
        what = CLEAR if name == CLEAR else f"{name} {'on' if is_on else 'off'}"
        return [f"{self._title(index)}: {what}" for index in switched]

    def _choose(self, word: str) -> Iterator[int]:
        for index, device in enumerate(self._devices):
            if word in {"all", str(index + 1), device.host, f"{device.host}:{device.port}"}:
                yield index

    def _switch(self, index: int, name: str, *, is_on: bool) -> bool:
        faults = self._simulated[index].faults
        if name == CLEAR:
            faults.clear()
            return True
        switch = faults.switches().get(name)
        if switch is None:
            return False
        switch(on=is_on)
        return True

    def _list(self, index: int) -> str:
        faults = self._simulated[index].faults
        active = faults.active()
        names = (f"{name} (on)" if name in active else name for name in sorted(faults.switches()))
        return f"{self._title(index)}: {', '.join(names)}"

    def _title(self, index: int) -> str:
        device = self._devices[index]
        return f"{index + 1} {device.name} ({device.model}, {device.host}:{device.port})"
