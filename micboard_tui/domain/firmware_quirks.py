"""Faults of firmware and switches at the panel that are known by model. Pure.

Source: docs/reference/protocols/shure.md 6.1, 15.
"""

import re

_QLXD, _SLXD = ("QLXD", "QLX-D"), ("SLXD", "SLX-D")
_FREEZES_FROM = (2, 2, 11)
"""Of QLX-D: 2.1.5 does not (docs/reference/protocols/shure.md 4)."""


def is_qlxd(model: str | None) -> bool:
    """Whether firmware of this model may lock up for good while a program meters."""
    return model is not None and model.upper().startswith(_QLXD)


def has_controller_switch(model: str | None) -> bool:
    """Whether other programs are kept out of this model until a switch at its panel lets them in."""
    return model is not None and model.upper().startswith(_SLXD)


def may_freeze(model: str | None, firmware: str | None) -> bool:
    """Whether a QLX-D has firmware that locks up when a program vanishes while it meters."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", firmware or "")[:3])
    return is_qlxd(model) and numbers >= _FREEZES_FROM
