"""Zones: the parts of the network in which devices are reached. One rack has one, and shows nothing of it."""

import re
from collections.abc import Iterable

from micboard_tui.domain.device import DEFAULT_ZONE, Device

MAX_ZONE = 32
_ZONE = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?", re.ASCII)


def parse_zone(text: str) -> str | None:
    """The name of a zone as it is written everywhere; the default one for no text, None: it cannot be one."""
    name = text.strip().lower()
    if not name:
        return DEFAULT_ZONE
    return name if len(name) <= MAX_ZONE and _ZONE.fullmatch(name) else None


def has_several_zones(devices: Iterable[Device]) -> bool:
    """Whether devices are in more than one zone; otherwise zones are not shown."""
    return len({device.zone for device in devices}) > 1
