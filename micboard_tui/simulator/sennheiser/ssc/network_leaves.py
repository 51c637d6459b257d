"""The network branches of simulated SSC devices. What is written to them is kept, and changes nothing else.

Source: docs/reference/protocols/sennheiser.md 2.1, 3.1, 4.2.
"""

from ipaddress import IPv4Address

from micboard_tui.protocols.ssc.messages import Json
from micboard_tui.simulator.sennheiser.ssc.address_tree import Leaf, constant_leaf
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import (
    Setting,
    list_leaf,
    stored_option,
    stored_switch,
    stored_text,
)

MAPPINGS = ("SINGLE_CABLE", "SPLIT1", "SPLIT2", "SPLIT", "AUDIO_REDUNDANCY")
_NETMASK, _NO_ADDRESS = "255.255.255.0", "0.0.0.0"  # noqa: S104 - not bound to
_LONGEST = 15


def mac_at(host: str, port: int = 0) -> str:
    """The address of the network card of a device at ``host``; another for each of its ports."""
    octets = IPv4Address(host).packed
    return f"00:1B:66:{(octets[1] + port) % 256:02X}:{octets[2]:02X}:{octets[3]:02X}"


def ethernet(host: str) -> dict[str, Leaf]:
    """``ether`` and ``ipv4``: given as arrays of one, as one of two known clients takes them."""
    return {
        "/device/network/ether/interfaces": constant_leaf(["eth0"]),
        "/device/network/ether/macs": constant_leaf([mac_at(host)]),
        **ipv4("ipv4", host),
    }


def ipv4(name: str, host: str) -> dict[str, Leaf]:
    """One of the branches with addresses below ``/device/network``."""
    branch = f"/device/network/{name}"
    return {
        f"{branch}/interfaces": constant_leaf(["eth0"]),
        f"{branch}/ipaddr": constant_leaf([host]),
        f"{branch}/netmask": constant_leaf([_NETMASK]),
        f"{branch}/gateway": constant_leaf([_NO_ADDRESS]),
        f"{branch}/manual_ipaddr": stored_text(host, _LONGEST),
        f"{branch}/manual_netmask": stored_text(_NETMASK, _LONGEST),
        f"{branch}/manual_gateway": stored_text(_NO_ADDRESS, _LONGEST),
        f"{branch}/auto": stored_switch(value=True),
    }


def mdns() -> dict[str, Leaf]:
    return {"/device/network/mdns": stored_switch(value=True)}


def dante(host: str) -> dict[str, Leaf]:
    """Each an array: primary and secondary."""
    branch = "/device/network/dante"
    return {
        f"{branch}/identity/version": constant_leaf("4.2.1"),
        f"{branch}/macs": constant_leaf([mac_at(host, 1), mac_at(host, 2)]),
        f"{branch}/interfaces": constant_leaf(["dante0", "dante1"]),
        f"{branch}/ipv4/ipaddr": constant_leaf([host, _NO_ADDRESS]),
        f"{branch}/ipv4/netmask": constant_leaf([_NETMASK, _NO_ADDRESS]),
        f"{branch}/ipv4/gateway": constant_leaf([_NO_ADDRESS, _NO_ADDRESS]),
        f"{branch}/ipv4/manual_ipaddr": _pair(host, _NO_ADDRESS),
        f"{branch}/ipv4/manual_netmask": _pair(_NETMASK, _NO_ADDRESS),
        f"{branch}/ipv4/manual_gateway": _pair(_NO_ADDRESS, _NO_ADDRESS),
        f"{branch}/ipv4/auto": _pair(primary=True, secondary=True),
        f"{branch}/interface_mapping": stored_option(MAPPINGS),
    }


def _pair(primary: Json, secondary: Json) -> Leaf:
    setting = Setting([primary, secondary])
    return list_leaf(lambda: [*setting.value], setting.write)
