"""The switchboard of one simulated SSC device: what networks, firmware and people do to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from micboard_tui.simulator.device.fault_switchboard import DatagramFaults, Switch

MAX_CLIENTS = 8
"""That subscribe (docs/reference/protocols/sennheiser.md 1.7)."""


@dataclass(slots=True)
class SscFaults(DatagramFaults):
    """Switches to be set while the device runs."""

    drop_every: int = 0
    """One datagram in so many is lost, both ways counted together; 0: none."""
    duplicate_keys: bool = False
    """The same key over and over in one object (docs/reference/protocols/sennheiser.md 1.2)."""
    terminator: bytes = b""
    """Behind every datagram: a line end or a NUL (docs/reference/protocols/sennheiser.md 1.2)."""
    split: bool = False
    """One value a datagram, where others bundle them (docs/reference/protocols/sennheiser.md 1.1)."""
    lose_310: bool = False
    """The message that a subscription ends is lost."""
    meters_by_subscription: bool = False
    """Meters do not answer a plain get (docs/reference/protocols/sennheiser.md 2.4)."""
    by_subscription: tuple[str, ...] = ()
    """Addresses that begin so do not answer a plain get either.

    Source: docs/reference/protocols/sennheiser.md 13.
    """
    unanswered: tuple[str, ...] = ()
    """Addresses that begin so are never answered, not even with an error."""
    ignores_unknown: bool = False
    """Addresses that the device does not have are left unanswered, where others answer 404."""
    unconfirmed_renewals: bool = False
    """What is subscribed already is renewed without an answer."""
    locked: bool = False
    """Answers all requests with an error, since no client is let in."""
    warnings_in_arrays: bool = False
    """A charger tells an array of warnings a bay, as one client expects, and not a string.

    Source: docs/reference/protocols/sennheiser.md 13.
    """
    warns: bool = False
    """The device warns of itself, where its family has warnings for that: an EW-DX of too much RF, an EM 6000
    of its clock, others of their hardware.
    """
    max_clients: int = MAX_CLIENTS

    def temporary_faults(self) -> Mapping[str, Switch]:
        # The class is made anew for its slots, so that super() would look for another one.
        return {**DatagramFaults.temporary_faults(self), "warns": self.toggle("warns")}
