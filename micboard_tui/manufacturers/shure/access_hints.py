"""What to do about a device that does not let us in: by its model where that is known, else for any.

The first part of each, up to a semicolon, fits a row of the board; the rest is for where there is more room.
"""

from micboard_tui.manufacturers.shure.families import Family, family_of

CONTROLLER_ACCESS = "Set Advanced Settings > Controller Access > Allow"
"""Off by default on SLX-D, so that no controller can connect (docs/reference/protocols/shure.md 6.1)."""
RESTART_LOCKED_UP = "Switch it off and on; its firmware locks up when a client vanishes while it meters"
"""Of QLX-D (docs/reference/protocols/shure.md 15.1)."""
ASK_SERVER = "Restart it; a Shure System API server may read it where this driver cannot"
"""Of ANX4, whose command strings are not verified (docs/reference/protocols/shure.md 5.8)."""
FREE_IT = "Close other programs that control it, or restart it"
_ON_SLXD = f"on SLX-D: {CONTROLLER_ACCESS.removeprefix('Set ')}"
ANY_REFUSES = f"Check the port, and that it allows controllers; {_ON_SLXD}"
ANY_IS_SILENT = f"Check that it allows controllers, or restart it; {_ON_SLXD}"
_ANNOUNCED = (("SLX-D", "SLXD"), ("QLX-D", "QLXD4"), ("ULX-D", "ULXD4"))
_BY_FAMILY = {
    Family.SLXD: CONTROLLER_ACCESS,
    Family.SLXD_PLUS: CONTROLLER_ACCESS,
    Family.QLXD: RESTART_LOCKED_UP,
    Family.ANX4: ASK_SERVER,
}


def refused_hint(model: str | None) -> str:
    """For a device that refuses the connection."""
    return _hint_of(model) or ANY_REFUSES


def silent_hint(model: str | None) -> str:
    """For a device that accepts the connection and does not answer."""
    return _hint_of(model) or ANY_IS_SILENT


def _hint_of(model: str | None) -> str | None:
    if not model:
        return None
    # Some names are announced that no device gives itself (docs/reference/protocols/shure.md 13.3).
    name = model.upper()
    for announced, own_name in _ANNOUNCED:
        name = name.replace(announced, own_name)
    family = family_of(name)
    return _BY_FAMILY.get(family, FREE_IT) if family is not None else None
