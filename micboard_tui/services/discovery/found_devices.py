"""What a search has found: is it registered, how two answers become one device, in what order. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address, ip_interface

from micboard_tui.contracts.errors import NO_ANSWER, ErrorCode, invalid_value_error
from micboard_tui.contracts.ports import FoundDevice, Interface, Manufacturer
from micboard_tui.domain.device import DeviceFault
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.field_validation import is_address

SORTED_LAST = 9
"""Instead of an IP version, for hosts that are names."""


class Registered:
    """Where a device is registered."""

    def __init__(self, addresses: Iterable[tuple[str, int]]) -> None:
        self._addresses = frozenset(addresses)

    def has(self, found: FoundDevice, manufacturer: Manufacturer) -> bool:
        """Whether it is registered, on this port or with another driver of its manufacturer."""
        usual = {spec.default_port for spec in manufacturer.drivers.values()} | {0}
        return (found.host, found.port) in self._addresses or (
            found.port in usual and self.is_listened_to(found.host, manufacturer)
        )

    def is_listened_to(self, host: str, manufacturer: Manufacturer) -> bool:
        """Whether a probe there could disturb a session of ours."""
        return any((host, spec.default_port) in self._addresses for spec in manufacturer.drivers.values())


def merge_findings(known: FoundDevice, newer: FoundDevice) -> FoundDevice:
    """One device of two answers: the one that knows more, completed from the other."""
    better, other = (newer, known) if _rank(newer) >= _rank(known) else (known, newer)
    return better.complete_from(other)


def _rank(found: FoundDevice) -> tuple[bool, bool, int]:
    properties = (found.driver, found.model, found.own_name, found.kind, found.rf_band)
    return found.answered, found.fault is not None, sum(value is not None for value in properties)


def add_own_faults(
    found: FoundDevice, manufacturer: Manufacturer, interfaces: Sequence[Interface]
) -> FoundDevice:
    """The same with the fault that is on our side: a driver or a network that this machine does not have."""
    if found.driver is not None and found.driver not in manufacturer.drivers:
        fault = DeviceFault(
            ErrorCode.DRIVER_NOT_SUPPORTED,
            f"Its driver {visible(found.driver)} is not installed",
            "Update micboard-tui",
        )
        return replace(found, fault=found.fault or fault)
    may_be_network = found.fault is None or found.fault.code in NO_ANSWER
    if found.answered or not may_be_network or not interfaces or _is_within(found.host, interfaces):
        return found
    networks = ", ".join(f"{interface.address}/{interface.prefix}" for interface in interfaces)
    return replace(
        found,
        fault=DeviceFault(
            ErrorCode.DEVICE_UNREACHABLE,
            f"{found.host} is in none of this machine's networks ({networks})",
            "Give the device an address in one of them, or this machine a second one in the device's network",
        ),
    )


def _is_within(host: str, interfaces: Sequence[Interface]) -> bool:
    if not is_address(host):
        return True
    address = ip_address(host)
    return address.version != 4 or any(  # noqa: PLR2004 - we know our IPv4 networks only
        address in ip_interface(f"{interface.address}/{interface.prefix}").network for interface in interfaces
    )


def address_order(found: FoundDevice) -> tuple[int, int, str, int]:
    """A sort key: addresses in their order, then names."""
    return (*_host_order(found.host), found.port)


@lru_cache(maxsize=1024)
def _host_order(host: str) -> tuple[int, int, str]:
    """Remembered, since all are sorted anew with each device that is found."""
    if not is_address(host):
        return (SORTED_LAST, 0, host)
    address = ip_address(host)
    return (address.version, int(address), "")


def choose_interfaces(wanted: Sequence[str], own: Sequence[Interface]) -> Sequence[Interface]:
    """The interfaces that ``wanted`` names by address or name; all for none.

    Raises MicboardError INVALID_VALUE.
    """
    if not wanted:
        return own
    chosen = [interface for interface in own if interface.address in wanted or interface.name in wanted]
    for name in wanted:
        if not any(name in {interface.address, interface.name} for interface in chosen):
            known = ", ".join(f"{interface.address} ({visible(interface.name)})" for interface in own)
            raise invalid_value_error(
                f"This machine has no interface with the address '{visible(name)}'",
                f"It has {known or 'none'}",
            )
    return chosen
