"""What an advertisement stands for: a model, its kind, and the driver that speaks to it. Pure.

docs/reference/protocols/shure.md 13.2 and Appendix A; ``dcid.toml`` says where the table comes from.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.manufacturers.shure.driver_names import MANUFACTURER, PORTS, STRINGS, SYSTEM_API, UHFR
from micboard_tui.protocols.shure_slp.codec import Advertisement


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    driver: str | None = None
    """None: no protocol is known by which it can be read."""
    kind: DeviceKind | None = None
    band: str | None = None


# What is newer than the table, or was announced with a DCID that is not in it
# (docs/reference/protocols/shure.md 13.3).
_BY_NAME = (
    (
        ("SLXD", "SLX-D", "ULXD4", "ULX-D", "QLXD4", "QLX-D", "AD4", "ANX4", "MXWAPT"),
        STRINGS,
        DeviceKind.RECEIVER,
    ),
    (("P10T", "PSM1K"), STRINGS, DeviceKind.IEM_TRANSMITTER),
    (("SBC220", "SBC240", "SBC441", "SBC840", "SBRC"), STRINGS, DeviceKind.CHARGER),
    (("UR4",), UHFR, DeviceKind.RECEIVER),
    (("ADTQ", "ADTD"), SYSTEM_API, DeviceKind.IEM_TRANSMITTER),
)


def found_device_of(advertisement: Advertisement, source: str) -> FoundDevice:
    """The device that sent it; at ``source``, where it does not contain its own address."""
    model = model_of(advertisement)
    return FoundDevice(
        advertisement.address or source,
        PORTS.get(model.driver or "", 0),
        MANUFACTURER,
        model.driver,
        model.name or None,
        advertisement.name,
        model.kind,
        "slp",
        _fault_of(model),
        rf_band=model.band,
    )


def model_of(advertisement: Advertisement) -> Model:
    """By its name where that is one of a driver's, else by its DCID."""
    listed = _load_table().get(advertisement.dcid or "")
    named = _model_by_name(advertisement.model or "")
    if named is not None:
        return named if listed is None else replace(listed, name=named.name)
    return listed or Model(advertisement.model or "")


def _model_by_name(name: str) -> Model | None:
    upper_name = name.upper()
    for prefixes, driver, kind in _BY_NAME:
        if upper_name.startswith(prefixes):
            return Model(name, driver, kind)
    return None


def _fault_of(model: Model) -> DeviceFault | None:
    if model.driver is None:
        return DeviceFault(
            ErrorCode.DRIVER_NOT_SUPPORTED,
            f"No protocol is known by which {_name_of(model)} can be read",
            "It stays off the board; Wireless Workbench shows it",
        )
    if model.driver == SYSTEM_API:
        return DeviceFault(
            ErrorCode.DRIVER_NOT_SUPPORTED,
            f"This {model.name} is read through a Shure System API server, not by itself",
            f"Add that server instead:  micboard-tui devices add shure SERVER --driver {SYSTEM_API}",
        )
    return None


def _name_of(model: Model) -> str:
    return f"this {model.name}" if model.name else "this device"


@cache
def _load_table() -> Mapping[str, Model]:
    """DCID to model. Read once, and only when something announces itself."""
    text = files(__package__).joinpath("dcid.toml").read_text(encoding="utf-8")
    return {
        dcid: Model(
            entry["model"],
            entry.get("driver"),
            DeviceKind(entry["kind"]) if "kind" in entry else None,
            band.removesuffix("/2") or None,
        )
        for entry in tomllib.loads(text).values()
        for dcid, band in entry["bands"].items()
    }
