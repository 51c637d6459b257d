"""Our own IPv4 addresses, and the networks that they are in."""

from collections.abc import Sequence

from micboard_tui.contracts.ports import Interface

MOST = 32
"""On a machine with more, as one that runs containers, the rest is left out."""


def own_interfaces() -> Sequence[Interface]:
    """As the system knows them now: networks first, this machine itself last. Raises nothing."""
    import ifaddr  # noqa: PLC0415 - costs 25 ms, and only a search needs it

    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:
        return ()
    found = [
        Interface(each.ip, each.network_prefix, adapter.nice_name)
        for adapter in adapters
        for each in adapter.ips
        if isinstance(each.ip, str)
    ]
    return sorted(found, key=_itself_last)[:MOST]


def _itself_last(interface: Interface) -> bool:
    return interface.address.startswith("127.")
