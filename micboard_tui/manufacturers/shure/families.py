"""The families of devices that command strings reach, and which model belongs to which."""

from enum import StrEnum


class Family(StrEnum):
    ULXD = "ULX-D"
    QLXD = "QLX-D"
    AXIENT = "Axient Digital"
    ANX4 = "Axient Digital ANX4"
    SLXD = "SLX-D"
    SLXD_PLUS = "SLX-D+"
    PSM1000 = "PSM1000"
    MXW = "Microflex Wireless"
    CHARGER = "Shure charger"


_BY_PREFIX = (
    ("ULXD4", Family.ULXD),
    ("QLXD4", Family.QLXD),
    ("AD4", Family.AXIENT),
    ("ANX4", Family.ANX4),
    ("P10T", Family.PSM1000),
    ("MXWAPT", Family.MXW),
    ("SBC220", Family.CHARGER),
    ("SBC240", Family.CHARGER),
    ("SBC441", Family.CHARGER),
    ("SBC840", Family.CHARGER),
    ("SBRC", Family.CHARGER),
)


def family_of(model: str) -> Family | None:
    """The family of a model; None for what command strings do not reach.

    Source: docs/reference/protocols/shure.md 1.11.
    """
    name = model.upper()
    if name.startswith("SLXD"):
        return Family.SLXD_PLUS if "+" in name or name.startswith("SLXD4Q") else Family.SLXD
    for prefix, family in _BY_PREFIX:
        if name.startswith(prefix):
            return family
    return None
