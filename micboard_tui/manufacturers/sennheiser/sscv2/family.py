"""What differs between the devices that speak SSCv2: which resources they have, and what they mean."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.command import Command
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import Order
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.protocols.sscv2.tree import Tree


class Family(Protocol):
    """One kind of device. All but ``user`` and ``collections`` is pure reading of a ``Tree``."""

    @property
    def user(self) -> str:
        """Whose password it is, unless told otherwise."""
        ...

    @property
    def collections(self) -> Mapping[str, str]:
        """The lists whose items come and go, and the field that names an item."""
        ...

    def numbered(self, index: int) -> str | None:
        """The resource that exists as long as there is a channel ``index`` (from 0).

        None where channels are no resources of their own.
        """
        ...

    def device_paths(self) -> Sequence[str]:
        """What tells of the device as a whole."""
        ...

    def fact_paths(self, number: int) -> Sequence[str]:
        """What tells of one channel."""
        ...

    def meter_paths(self, number: int) -> Sequence[str]:
        """What tells its levels, many times a second."""
        ...

    def linked_paths(self, tree: Tree, number: int) -> Sequence[str]:
        """What exists only as long as a transmitter is linked to a channel."""
        ...

    def concerns(self, tree: Tree, path: str) -> int | None:
        """The only channel that a resource tells of; None when it may be several, or the device."""
        ...

    def is_level(self, path: str) -> bool:
        """Whether a resource tells nothing but a level."""
        ...

    def gone(self, tree: Tree, here: Sequence[int]) -> Sequence[str]:
        """The resources in ``tree`` of transmitters that are not ``here``: their words are history."""
        ...

    def presence(self, tree: Tree, number: int) -> Presence:
        """What is said of a channel's transmitter now; LOST where no link is, whatever was before."""
        ...

    def numbers(self, tree: Tree, known: Sequence[int]) -> Sequence[int]:
        """The channels that there are; ``known`` those that answered to ``numbered``."""
        ...

    def device(self, tree: Tree, numbers: Sequence[int]) -> DeviceHeard:
        """What the device says of itself."""
        ...

    def facts(self, tree: Tree, number: int, presence: Presence, meter_interval_s: float) -> ChannelFacts:
        """All that a channel says but its levels."""
        ...

    def meters(self, tree: Tree, number: int) -> Meters | None:
        """Its levels; None when it told none yet."""
        ...

    def order(self, command: Command, numbers: Sequence[int]) -> Order:
        """The order that carries a command.

        Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED.
        """
        ...
