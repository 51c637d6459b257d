"""Our own IPv4 addresses, and the networks that they are in."""

from collections.abc import Sequence

from micboard_tui.contracts.ports import Interface

MAX_INTERFACES = 32
"""On a machine with more, as one that runs containers, the rest is left out."""


def list_interfaces() -> Sequence[Interface]:
    """As the system knows them now: networks first, this machine itself last. Raises nothing."""
    import ifaddr  # noqa: PLC0415 - costs 25 ms, and only a search needs it

    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:
        return ()
    interfaces = [
        Interface(address.ip, address.network_prefix, adapter.nice_name)
        for adapter in adapters
        for address in adapter.ips
        if isinstance(address.ip, str)
    ]
    return sorted(interfaces, key=_is_loopback)[:MAX_INTERFACES]


def _is_loopback(interface: Interface) -> bool:
    return interface.address.startswith("127.")
