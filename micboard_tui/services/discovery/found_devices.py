"""What was found: whether we know it already, what two answers make of one device, in what order. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_interface

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import FoundDevice, Interface, Manufacturer
from micboard_tui.domain.device import DeviceFault
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.field_validation import is_address

NO_WAY = frozenset({ErrorCode.DEVICE_UNREACHABLE, ErrorCode.DEVICE_SILENT})


class Registered:
    """Where a device is registered."""

    def __init__(self, places: Iterable[tuple[str, int]]) -> None:
        self._places = frozenset(places)

    def has(self, found: FoundDevice, maker: Manufacturer) -> bool:
        """Whether it is registered, on this port or with another driver of its maker."""
        usual = {spec.default_port for spec in maker.drivers.values()} | {0}
        return (found.host, found.port) in self._places or (
            found.port in usual and self.is_listened_to(found.host, maker)
        )

    def is_listened_to(self, host: str, maker: Manufacturer) -> bool:
        """Whether asking there could disturb a connection that we have."""
        return any((host, spec.default_port) in self._places for spec in maker.drivers.values())


def merged(known: FoundDevice, heard: FoundDevice) -> FoundDevice:
    """One device of two answers: the one that knows more, and of the other what is missing in it."""
    better, other = (heard, known) if _worth(heard) >= _worth(known) else (known, heard)
    return replace(
        better,
        model=better.model or other.model,
        own_name=better.own_name or other.own_name,
        kind=better.kind or other.kind,
        rf_band=better.rf_band or other.rf_band,
    )


def _worth(found: FoundDevice) -> tuple[bool, bool, int]:
    told = (found.driver, found.model, found.own_name, found.kind, found.rf_band)
    return found.answered, found.fault is not None, sum(each is not None for each in told)


def judged(found: FoundDevice, maker: Manufacturer, interfaces: Sequence[Interface]) -> FoundDevice:
    """The same with the faults that are on our side: a driver or a network that we do not have."""
    if found.driver is not None and found.driver not in maker.drivers:
        fault = DeviceFault(
            ErrorCode.DRIVER_NOT_SUPPORTED,
            f"The driver {visible(found.driver)}, which speaks to it, is not installed",
            "Update micboard-tui",
        )
        return replace(found, fault=found.fault or fault)
    no_way = found.fault is None or found.fault.code in NO_WAY
    if found.answered or not no_way or not interfaces or _is_within(found.host, interfaces):
        return found
    ours = ", ".join(f"{each.address}/{each.prefix}" for each in interfaces)
    return replace(
        found,
        fault=DeviceFault(
            ErrorCode.DEVICE_UNREACHABLE,
            f"{found.host} is in none of this machine's networks ({ours})",
            "Give the device an address in one of them, or this machine a second one in the device's network",
        ),
    )


def _is_within(host: str, interfaces: Sequence[Interface]) -> bool:
    if not is_address(host):
        return True
    address = ip_address(host)
    return address.version != 4 or any(  # noqa: PLR2004 - we know our IPv4 networks only
        address in ip_interface(f"{each.address}/{each.prefix}").network for each in interfaces
    )


def by_address(found: FoundDevice) -> tuple[int, int, str, int]:
    """What to sort by: addresses in their order, then names."""
    if not is_address(found.host):
        return (9, 0, found.host, found.port)
    address = ip_address(found.host)
    return (address.version, int(address), "", found.port)


def chosen(wanted: Sequence[str], own: Sequence[Interface]) -> Sequence[Interface]:
    """The interfaces that ``wanted`` names by address or name; all for none.

    Raises MicboardError INVALID_VALUE.
    """
    if not wanted:
        return own
    picked = [each for each in own if each.address in wanted or each.name in wanted]
    for word in wanted:
        if not any(word in {each.address, each.name} for each in picked):
            known = ", ".join(f"{each.address} ({visible(each.name)})" for each in own)
            raise MicboardError(
                ErrorCode.INVALID_VALUE,
                f"This machine has no interface with the address '{visible(word)}'",
                hint=f"It has {known or 'none'}",
            )
    return picked
