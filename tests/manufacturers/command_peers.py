"""Devices by script that confirm every command, and all that they are sent."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from micboard_tui.contracts.ports import CommandDescriber, SessionOptions
from micboard_tui.manufacturers import sennheiser, shure
from micboard_tui.manufacturers.sennheiser.mcp.driver import make_mcp_driver
from micboard_tui.manufacturers.sennheiser.ssc.driver import make_ssc_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.strings.driver import make_strings_driver
from micboard_tui.manufacturers.shure.uhfr.driver import make_uhfr_driver
from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from micboard_tui.protocols.shure_uhfr.codec import decode, encode
from micboard_tui.protocols.shure_uhfr.messages import Get as UhfrGet
from micboard_tui.protocols.shure_uhfr.messages import Message as UhfrMessage
from micboard_tui.protocols.shure_uhfr.messages import Report
from micboard_tui.protocols.shure_uhfr.messages import Set as UhfrSet
from tests.fakes.datagrams import SscPeer
from tests.fakes.links import StringsPeer, frames
from tests.fakes.mcp import McpPeer, answer_as_em, answer_as_sr
from tests.fakes.scripted_peer import ScriptedPeer
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.sennheiser.ssc.ssc_devices import em_2

DRIVERS = {**shure.MANUFACTURER.drivers, **sennheiser.MANUFACTURER.drivers}
CHANNELS: Mapping[int, Mapping[str, str]] = {1: {}, 2: {}}
XID = re.compile(r',?"osc":\{"xid":[0-9]+\}')


def describer_of(driver: str) -> CommandDescriber:
    describe = DRIVERS[driver].describe_command
    assert describe is not None
    return describe


def recorded(peer: ScriptedPeer[Any, Any]) -> list[bytes]:
    """Everything that is sent to ``peer`` from now on."""
    sent: list[bytes] = []
    send = peer.send

    def record(data: bytes) -> None:
        sent.append(data)
        send(data)

    peer.send = record  # type: ignore[method-assign]
    return sent


def strings_device(model: str) -> Callable[[Message], Iterable[bytes]]:
    """A receiver that confirms everything that is set."""

    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames(f"REP MODEL {{{model}}}")
            case Get(0, "ALL"):
                return frames(
                    "REP DEVICE_ID {Rack}", "REP 1 CHAN_NAME {A}", "REP 1 SLOT_STATUS 1 LINKED.ACTIVE"
                )
            case Set(channel, name, values):
                return frames(f"REP {'' if channel is None else f'{channel} '}{name} {' '.join(values)}")
            case _:
                return []

    return answer


def in_ear_transmitter(message: Message) -> Iterable[bytes]:
    match message:
        case Get(None, "DEVICE_NAME"):
            return [b"< REPORT DEVICE_NAME PSM >\r\n"]
        case Get(1, "CHAN_NAME"):
            return [b"< REPORT 1 CHAN_NAME EAR >\r\n"]
        case Set(channel, name, values):
            head = "" if channel is None else f"{channel} "
            return [f"< REPORT {head}{name} {' '.join(values)} >\r\n".encode()]
        case _:
            return []


class UhfrPeer(ScriptedPeer[UhfrMessage, UhfrMessage]):
    def decode(self, data: bytes) -> Iterable[UhfrMessage]:
        return decode(data)

    def encode(self, reply: UhfrMessage) -> bytes:
        return encode(reply)


def uhfr_receiver(message: UhfrMessage) -> Iterable[UhfrMessage]:
    match message:
        case UhfrGet(1, name):
            yield Report(1, name, ("00",))
        case UhfrSet(1, name, values):
            yield Report(1, name, values)
        case _:
            pass


OPTIONS = SessionOptions(connect_timeout_s=0.4)
PEERS: Mapping[str, Callable[[], tuple[ScriptedPeer[Any, Any], SessionDriver]]] = {
    "ULXD4D": lambda: _strings_session(StringsPeer(strings_device("ULXD4D"))),
    "AD4D": lambda: _strings_session(StringsPeer(strings_device("AD4D"))),
    "P10T": lambda: _strings_session(StringsPeer(in_ear_transmitter)),
    "UR4S": lambda: _uhfr_session(UhfrPeer(uhfr_receiver)),
    "EWDX2CH": lambda: _ssc_session(SscPeer(em_2())),
    "EM": lambda: _mcp_session(McpPeer(answer_as_em)),
    "SR IEM": lambda: _mcp_session(McpPeer(answer_as_sr)),
}


def _strings_session(peer: StringsPeer) -> tuple[StringsPeer, SessionDriver]:
    return peer, make_strings_driver(peer.dial, OPTIONS, loop_time)


def _uhfr_session(peer: UhfrPeer) -> tuple[UhfrPeer, SessionDriver]:
    return peer, make_uhfr_driver(peer.dial, OPTIONS, loop_time)


def _ssc_session(peer: SscPeer) -> tuple[SscPeer, SessionDriver]:
    return peer, make_ssc_driver(peer.dial, OPTIONS, loop_time)


def _mcp_session(peer: McpPeer) -> tuple[McpPeer, SessionDriver]:
    return peer, make_mcp_driver(peer.dial, OPTIONS, loop_time)
