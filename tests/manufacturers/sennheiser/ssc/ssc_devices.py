"""SSC devices by table, with the values of the reference's transcripts, and values made by hand."""

from collections.abc import Mapping

from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.driver import make_ssc_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.protocols.ssc.codec import encode
from micboard_tui.protocols.ssc.messages import Message, Value
from tests.fakes.datagrams import Answer, SscPeer, Table
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.virtual_time import loop_time

GAUGE = "/mates/tx1/battery/gauge"
IDENTITY: Mapping[str, Value] = {
    "/device/identity/product": "EWDX2CH",
    "/device/identity/version": "3.0.2",
    "/device/identity/serial": "1234567890",
    "/device/name": "EWDX_A",
}
RX1: Mapping[str, Value] = {
    "/rx1/name": "LEAD",
    "/rx1/frequency": 552300,
    "/rx1/mute": False,
    "/rx1/gain": 12,
    "/rx1/warnings": [],
    "/rx1/mates": ["tx1"],
    "/rx1/presets/active": "factory:3:12",
}
TX1: Mapping[str, Value] = {
    "/mates/tx1/type": "SKM",
    "/mates/tx1/name": "LEAD",
    GAUGE: 84,
    "/mates/tx1/battery/lifetime": 455,
    "/mates/tx1/battery/type": "Battery",
    "/mates/tx1/mute": False,
    "/mates/tx1/warnings": [],
    "/mates/tx1/trim": -6,
}
M1: Mapping[str, Value] = {"/m/rx1/rssi": -62.5, "/m/rx1/rsqi": 96, "/m/rx1/divi": 1, "/m/rx1/af": -21.4}
DEVICE: Mapping[str, Value] = {
    "/device/encryption": True,
    "/device/location": "FOH",
    "/device/frequency_code": "Q1-9",
    "/rx1/identification/visual": False,
    "/device/identification/visual": False,
}
RX2: Mapping[str, Value] = {
    "/rx2/name": "PODIUM",
    "/rx2/frequency": 478000,
    "/rx2/mute": True,
    "/rx2/gain": -3,
    "/rx2/warnings": ["NoLink"],
    "/rx2/mates": [],
    "/m/rx2/rssi": -104.0,
    "/m/rx2/rsqi": 0,
    "/m/rx2/divi": 0,
    "/m/rx2/af": -138.5,
    "/mates/tx2/warnings": [],
}
NO_TX2 = dict.fromkeys(
    [address.replace("tx1", "tx2") for address in TX1 if not address.endswith("warnings")], 424
)
EM_2: Mapping[str, Value] = {**IDENTITY, **DEVICE, **RX1, **TX1, **M1, **RX2}


def em_2() -> Table:
    """An EW-DX EM 2: one transmitter linked, none on the second channel."""
    return Table(EM_2, NO_TX2)


def values_of(values: Mapping[str, Value], refused: Mapping[str, int] | None = None) -> AddressValues:
    address_values = AddressValues()
    for address, value in values.items():
        address_values.set(address, value)
    for address, code in (refused or {}).items():
        address_values.set_error(address, code)
    return address_values


def scripted_session(answer: Answer, options: SessionOptions | None = None) -> tuple[SscPeer, SessionDriver]:
    device = SscPeer(answer)
    return device, clocked(device, options)


def said(**values: Value) -> bytes:
    """A notification; ``rx1__gain`` stands for ``/rx1/gain``."""
    return encode(Message({f"/{name.replace('__', '/')}": value for name, value in values.items()}, {}))


def clocked(device: SscPeer, options: SessionOptions | None = None) -> SessionDriver:
    """A driver that lives by the clock of the loop."""
    return make_ssc_driver(device.dial, options or SessionOptions(), loop_time)


def battery_percent(report: ReportCollector) -> int | None:
    """Of the transmitter on channel 1."""
    transmitter = report.facts().transmitter
    return None if transmitter is None else transmitter.battery.percent
