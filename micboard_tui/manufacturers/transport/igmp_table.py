"""Linux's table of the multicast groups that this computer is a member of, interface by interface.

The version of IGMP that stands there is 3, or that of an older querier that was heard there lately.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

IGMP_TABLE = Path("/proc/net/igmp")
OWN_VERSION = 3
"""What the system speaks while it has heard no querier of an older version."""


@dataclass(slots=True)
class Memberships:
    """Of one interface."""

    version: int
    groups: set[str] = field(default_factory=set)


def read_memberships(table: Path = IGMP_TABLE) -> Mapping[str, Memberships]:
    """By the name of the interface; none where the system has no such table. Raises nothing."""
    found: dict[str, Memberships] = {}
    name = ""
    try:
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            words = line.split()
            if line.startswith("\t"):
                # As the machine has it in memory: the last byte of the address first.
                found[name].groups.add(str(IPv4Address(bytes.fromhex(words[0])[::-1])))
            else:
                name = words[1]
                found[name] = Memberships(int(words[-1].removeprefix("V")))
    except (OSError, ValueError, LookupError):
        return {}
    return found
