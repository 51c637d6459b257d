"""What the facts about the way to a device mean: its name, the networks, and whether it is there. Pure."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network, ip_address

from micboard_tui.contracts.doctor import CheckResult, fault, not_checked, ok
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import DeviceFacts, Neighbour, TcpAnswer, own_networks
from micboard_tui.contracts.errors import NO_ANSWER, ErrorCode
from micboard_tui.contracts.ports import Interface

_LINK_LOCAL = IPv4Network("169.254.0.0/16")
_USUAL_PREFIXES = (24, 16)
_BY_CODE = {
    ErrorCode.HOST_NOT_RESOLVED: Cause.NAME_UNKNOWN,
    ErrorCode.NAME_SERVICE_SILENT: Cause.NAME_SERVICE_SILENT,
}
FROM_HERE = frozenset({ErrorCode.PORT_TAKEN, ErrorCode.DRIVER_NOT_SUPPORTED, ErrorCode.SECRETS_UNREADABLE})
"""Errors that show nothing of the device."""


def judge_name(facts: DeviceFacts, _: float) -> CheckResult:
    title, error = "name", facts.name_error
    if error is not None:
        return fault(title, _BY_CODE.get(error.code, Cause.NAME_UNKNOWN), error.message, error.hint)
    if facts.addresses == (facts.host,):
        return ok(title, f"{facts.host} is an address; no name has to be looked up")
    return ok(title, f"{facts.host} is {', '.join(facts.addresses)}")


def judge_network(facts: DeviceFacts, _: float) -> CheckResult:
    title, address, route = "network", _ipv4_of(facts), facts.route
    if address is None or route is None:
        return not_checked(title, "The device is reached by IPv6, whose networks are not compared")
    if not address.is_loopback and all(each.address.startswith("127.") for each in route.interfaces):
        return fault(title, Cause.NO_NETWORK, "This computer has no network interface with an IPv4 address")
    if route.own_address is None:
        networks = own_networks(route.interfaces)
        return fault(
            title, Cause.NO_ROUTE, f"No network of this computer leads to {address}; it has {networks}"
        )
    interface = _interface_of(facts)
    name = "" if interface is None else f" ({interface.name})"
    if _is_same_network(facts):
        return ok(title, f"In the same network as {route.own_address}{name}", own_address=route.own_address)
    message = (
        f"In another network than {route.own_address}{name}, so it is reached through a router or not at all"
    )
    return ok(title, f"{message}, and is not found by itself", own_address=route.own_address)


def judge_reachability(facts: DeviceFacts, _: float) -> CheckResult:
    title = "reachability"
    if _is_there(facts):
        seen = f"{facts.host} answers" if not facts.held_by else f"{facts.held_by} reads it"
        return ok(title, seen)
    if facts.held_by and facts.error is None and not facts.was_read:
        return not_checked(title, f"{facts.held_by} is about to connect to it")
    message, hint = (
        f"Nothing answers at {facts.host}",
        facts.error.hint if facts.held_by and facts.error else "",
    )
    if _is_same_network(facts) or _ipv4_of(facts) is None:
        return fault(title, Cause.DEVICE_OFF, message, hint)
    return _judge_other_network(title, message, facts)


def _judge_other_network(title: str, message: str, facts: DeviceFacts) -> CheckResult:
    address, interface = _ipv4_of(facts), _interface_of(facts)
    networks = own_networks(facts.route.interfaces if facts.route is not None else ())
    message = f"{message}, and it is in none of the networks of this computer: {networks}"
    if interface is not None and address is not None:
        for prefix in _USUAL_PREFIXES:
            wider = IPv4Interface(f"{interface.address}/{prefix}").network
            if interface.prefix > prefix and address in wider:
                cure = f"Give this computer the netmask of the device, which may be {wider.netmask}"
                return fault(title, Cause.NETMASK_DIFFERS, message, cure)
    if address is not None and address in _LINK_LOCAL:
        cure = "No DHCP server gave the device an address: give it one of your network by hand"
        return fault(title, Cause.OTHER_NETWORK, message, cure)
    return fault(title, Cause.OTHER_NETWORK, message)


def _is_there(facts: DeviceFacts) -> bool:
    """Whether anything came from the host."""
    error = facts.error
    has_answered = error is not None and error.code not in NO_ANSWER and error.code not in FROM_HERE
    return (
        facts.was_read
        or facts.tcp in (TcpAnswer.OPEN, TcpAnswer.REFUSED)
        or facts.answers is not None
        or has_answered
        or (facts.neighbour is Neighbour.PRESENT and not facts.held_by)
    )


def _is_same_network(facts: DeviceFacts) -> bool:
    address, interface = _ipv4_of(facts), _interface_of(facts)
    if address is None or interface is None:
        return False
    return address in IPv4Interface(f"{interface.address}/{interface.prefix}").network


def _interface_of(facts: DeviceFacts) -> Interface | None:
    """The interface on the way to it."""
    route = facts.route
    if route is None:
        return None
    own = [each for each in route.interfaces if each.address == route.own_address]
    return own[0] if own else None


def _ipv4_of(facts: DeviceFacts) -> IPv4Address | None:
    for text in facts.addresses:
        address = ip_address(text.partition("%")[0])
        if isinstance(address, IPv4Address):
            return address
    return None
