"""What can go wrong with each kind of device, by name, switched on and off at its switchboard. Pure.

Nothing that needs a person to be put right again: no other password, no other certificate, no access
switched off. Those are set with ``lock``, and stay.
"""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.rack.equipment import Switchboard
from micboard_tui.simulator.rack.fault_switches import DatagramFaults
from micboard_tui.simulator.sennheiser.mcp.faults import McpFaults
from micboard_tui.simulator.sennheiser.ssc.faults import SscFaults
from micboard_tui.simulator.sennheiser.sscv2.faults import Sscv2Faults
from micboard_tui.simulator.shure.strings.faults import Access, Faults, Writes
from micboard_tui.simulator.shure.system_api.faults import Faults as SystemApiFaults
from micboard_tui.simulator.shure.uhfr.uhfr_device import UhfrFaults

MANY = 0.4
"""Share of datagrams that a bad network loses: more than any client is made for."""
LATE_S = 1.5
ANOTHER_PASSWORD = "Another-pass-1"  # noqa: S105 - of devices that do not exist


_KINDS: Mapping[type[Switchboard], tuple[str, ...]] = MappingProxyType(
    {
        Faults: ("reboot", "refuse", "freeze", "garbage", "late", "rate", "half_open", "err_storm"),
        SscFaults: ("reboot", "silence", "drops", "forget"),
        Sscv2Faults: ("reboot", "silence", "freeze", "cut", "forget"),
        McpFaults: ("reboot", "silence", "drops", "forget"),
        UhfrFaults: ("reboot", "silence", "drops", "forget", "garbage"),
        SystemApiFaults: ("failing", "late", "cut", "no_websocket", "silence"),
    }
)


def troubles(faults: Switchboard) -> tuple[str, ...]:
    """What can happen to a device with these switches; in an order that does not change."""
    return _KINDS.get(type(faults), ())


def switch(faults: Switchboard, trouble: str, *, on: bool) -> None:
    """Begin or end one of its troubles; what passes by itself needs no end."""
    match faults:
        case Faults():
            _strings(faults, trouble, on=on)
        case Sscv2Faults():
            _sscv2(faults, trouble, on=on)
        case DatagramFaults():
            _datagrams(faults, trouble, on=on)
        case SystemApiFaults():
            _system_api(faults, trouble, on=on)
        case _:
            pass


def lock(faults: Switchboard) -> None:
    """Let nobody in, each in its own way: access off, another password, or another key."""
    match faults:
        case Faults():
            faults.access = Access.SILENT
        case Sscv2Faults():
            faults.password = ANOTHER_PASSWORD
        case SystemApiFaults():
            faults.refuse_key = True
        case DatagramFaults():
            faults.silent = True
        case _:
            pass


def lose(faults: Switchboard, share: float) -> None:
    """Let this share of the datagrams get lost, 0 to 1, where it speaks in datagrams."""
    if isinstance(faults, DatagramFaults):
        faults.drop = share


def _strings(faults: Faults, trouble: str, *, on: bool) -> None:
    match trouble:
        case "refuse":
            # Whoever is connected stays connected, so let them go first.
            faults.refuse = on
            if on:
                faults.reboot(1.0)
        case "freeze":
            faults.freeze = on
        case "err_storm":
            faults.err_storm = on
        case "garbage":
            faults.garbage = on
            faults.writes = Writes.CHUNKS if on else Writes.WHOLE
        case "late":
            faults.late_s = LATE_S if on else 0.0
        case _:
            if on:
                _pass_by(faults, trouble)


def _pass_by(faults: Faults, trouble: str) -> None:
    match trouble:
        case "reboot":
            faults.reboot()
        case "rate":
            faults.change_meter_rate(5000)
        case _:
            faults.half_open()


def _sscv2(faults: Sscv2Faults, trouble: str, *, on: bool) -> None:
    match trouble:
        case "silence":
            faults.silent = on
        case "freeze":
            faults.freeze = on
        case "reboot" if on:
            faults.reboot()
        case "cut" if on:
            faults.cut()
        case "forget" if on:
            faults.forget_sessions()


def _datagrams(faults: DatagramFaults, trouble: str, *, on: bool) -> None:
    match trouble:
        case "silence":
            faults.silent = on
        case "drops":
            faults.drop = MANY if on else 0.0
        case "garbage" if isinstance(faults, UhfrFaults):
            faults.garbage = on
        case "reboot" if on:
            faults.reboot()
        case "forget" if on:
            faults.forget()


def _system_api(faults: SystemApiFaults, trouble: str, *, on: bool) -> None:
    match trouble:
        case "failing":
            faults.failing = on
        case "late":
            faults.late_s = LATE_S if on else 0.0
        case "no_websocket":
            faults.no_websocket = on
        case "silence":
            faults.websocket_silent = on
        case "cut" if on:
            faults.cut_websockets()
