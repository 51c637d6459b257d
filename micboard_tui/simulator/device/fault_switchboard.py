"""The switches of a simulated device: what networks, firmware and other people do to it.

A switchboard is a dataclass with two kinds of fields. A plain field is a state that holds until it is set
back. A ``OneShot`` is something that happens once: a test or the failure schedule calls it
(``faults.reboot()``), and the device takes it at its next tick (``faults.reboot.take()``), which is the
only time that it gets an answer.

Each switchboard says by itself which of its faults can come and go without a person (``temporary_faults``),
how the device locks all clients out (``lock``), and whether it loses datagrams (``lose_datagrams``), so that
a new kind of device needs no other place.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
DOWN_S = 8.0
"""How long a device takes to start again."""
HEAVY_LOSS = 0.4
"""Share of datagrams that a bad network loses: more than any client is made for."""
LATE_S = 1.5
"""How late a slow device answers."""
FLOOD_A_SECOND = 20_000
"""Messages that a flooding device sends each client."""


def flood_messages(seconds: float) -> int:
    """How many messages of a flood are due after so many seconds."""
    return round(seconds * FLOOD_A_SECOND)


class Switch(Protocol):
    """Begins or ends a fault; what passes by itself needs no end."""

    def __call__(self, *, on: bool) -> None: ...


@dataclass(slots=True)
class OneShot(Generic[T]):
    """A fault that happens once and is over."""

    usual: T
    _pending: T | None = None

    def __call__(self, value: T | None = None) -> None:
        """Let it happen at the next tick, with ``value`` instead of the usual one."""
        self._pending = self.usual if value is None else value

    def take(self) -> T | None:
        """What is to happen, once; None: nothing."""
        value, self._pending = self._pending, None
        return value

    @property
    def is_pending(self) -> bool:
        """Whether it is still to happen."""
        return self._pending is not None

    def switch(self, *, on: bool) -> None:
        """Let it happen; there is nothing to end."""
        if on:
            self()


def reboot_switch() -> OneShot[float]:
    """Drop all clients, be away for so many seconds, and come back without their subscriptions."""
    return OneShot(DOWN_S)


def one_shot() -> OneShot[bool]:
    """Something that happens or does not."""
    return OneShot(usual=True)


@dataclass(slots=True)
class FaultSwitchboard(ABC):
    """To be set while the device runs."""

    def clear(self) -> None:
        """All switches off."""
        fresh = type(self)()
        for switch in fields(self):
            setattr(self, switch.name, getattr(fresh, switch.name))

    @abstractmethod
    def temporary_faults(self) -> Mapping[str, Switch]:
        """What can go wrong and right again without a person, by name, always in the same order.

        Where it is a field that is switched, the name is the field's.
        """

    def switches(self) -> Mapping[str, Switch]:
        """All faults that are on or off, or happen once, by name: for people who run a rack."""
        found: dict[str, Switch] = {}
        for own in fields(self):
            value = getattr(self, own.name)
            if isinstance(value, bool):
                found[own.name] = self.toggle(own.name)
            elif isinstance(value, OneShot):
                found[own.name] = value.switch
        return {**found, **self.temporary_faults()}

    def active(self) -> Sequence[str]:
        """Which of the faults that are on or off are on now."""
        return [own.name for own in fields(self) if getattr(self, own.name) is True]

    @abstractmethod
    def lock(self) -> None:
        """Let no client in, in the device's own way, until ``clear``."""

    def lose_datagrams(self, share: float) -> None:  # noqa: B027 - most devices have none to lose
        """Let this share of the datagrams get lost, 0 to 1; nothing where there are no datagrams."""

    def toggle(self, name: str) -> Switch:
        """The switch of a field that is true or false."""

        def switch(*, on: bool) -> None:
            setattr(self, name, on)

        return switch


@dataclass(slots=True)
class DatagramFaults(FaultSwitchboard):
    """Of a device that speaks in datagrams, and sends its subscribers what changes."""

    drop: float = 0.0
    """The share of datagrams that get lost by chance, each way, 0 to 1."""
    silent: bool = False
    """Receives nothing and sends nothing, as with access switched off at its front panel."""
    flood: bool = False
    """Sends its subscribers as many small datagrams as it can, 20,000 a second each."""
    reboot: OneShot[float] = field(default_factory=reboot_switch)
    """It starts again, and knows no subscriber afterwards."""
    forget: OneShot[bool] = field(default_factory=one_shot)
    """All subscriptions are gone, and no subscriber is notified."""

    def temporary_faults(self) -> Mapping[str, Switch]:
        return {
            "reboot": self.reboot.switch,
            "silent": self.toggle("silent"),
            "drops": self._lose_many,
            "forget": self.forget.switch,
        }

    def lock(self) -> None:
        self.silent = True

    def lose_datagrams(self, share: float) -> None:
        self.drop = share

    def _lose_many(self, *, on: bool) -> None:
        self.drop = HEAVY_LOSS if on else 0.0
