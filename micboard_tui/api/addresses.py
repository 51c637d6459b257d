"""Addresses and networks as settings name them, and whether a client is of them."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Networks: TypeAlias = Sequence[IPv4Network | IPv6Network]


def read_networks(text: str) -> Networks:
    """Addresses and networks with commas between them; the settings have checked them."""
    return [ip_network(each.strip()) for each in text.split(",") if each.strip()]


def is_within(address: str, networks: Networks) -> bool:
    """Whether an address is one of these; what is no address is not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
