"""What differs between the devices that speak SSCv2: which resources they have, and what these mean."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.command import Command
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import PreparedCommand
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.protocols.sscv2.tree import Tree


class Family(Protocol):
    """One kind of device. All methods only read: from a path, or from the ``Tree`` of what was reported.

    Channels are numbered from 1. The parameters have no names for callers, so that an implementation can
    name those that it does not need with an underscore.
    """

    @property
    def user(self) -> str:
        """The user of the password, unless another one was configured."""
        ...

    @property
    def collections(self) -> Mapping[str, str]:
        """The lists whose items come and go, and the field that names an item."""
        ...

    def channel_path(self, index: int, /) -> str | None:
        """The resource that exists as long as there is a channel ``index`` (from 0).

        None where channels are no resources of their own.
        """
        ...

    def device_paths(self) -> Sequence[str]:
        """The resources that describe the device as a whole."""
        ...

    def fact_paths(self, number: int, /) -> Sequence[str]:
        """The resources that describe one channel."""
        ...

    def meter_paths(self, number: int, /) -> Sequence[str]:
        """The resources with its levels, which change many times a second."""
        ...

    def transmitter_paths(self, tree: Tree, number: int, /) -> Sequence[str]:
        """The resources that exist only as long as a transmitter is linked to a channel."""
        ...

    def channel_of(self, tree: Tree, path: str, /) -> int | None:
        """The only channel that a resource describes; None when it may be several, or the device."""
        ...

    def is_level(self, path: str, /) -> bool:
        """Whether a resource is nothing but a level."""
        ...

    def stale_paths(self, tree: Tree, present: Sequence[int], /) -> Sequence[str]:
        """The resources in ``tree`` of transmitters of all channels but those ``present``: no longer true."""
        ...

    def presence_of(self, tree: Tree, number: int, /) -> Presence:
        """What is reported of a transmitter now; LOST where there is no link, whatever was before."""
        ...

    def channel_numbers(self, tree: Tree, counted: Sequence[int], /) -> Sequence[int]:
        """The channels that there are; ``counted`` those whose ``channel_path`` exists."""
        ...

    def device_of(self, tree: Tree, numbers: Sequence[int], /) -> DeviceHeard:
        """What the device reports of itself, with the channels ``numbers``."""
        ...

    def facts_of(
        self, tree: Tree, number: int, presence: Presence, meter_interval_s: float, /
    ) -> ChannelFacts:
        """All that is known of a channel but its levels."""
        ...

    def meters_of(self, tree: Tree, number: int, /) -> Meters | None:
        """Its levels; None when none were reported yet."""
        ...

    def prepare_command(self, command: Command, numbers: Sequence[int], /) -> PreparedCommand:
        """Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent."""
        ...
