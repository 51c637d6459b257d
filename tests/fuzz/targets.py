"""What reads bytes that another program, a device or a stranger's file wrote: each with what it may raise.

A target takes any bytes. It must neither raise anything but its declared errors, nor make values beyond the
limits that the rest of the program relies on. ``seeds`` are the recorded conversations and files that tests
hold anyway; what a fuzzer found beside them is kept in ``corpus``.
"""

import io
import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from micboard_tui.bus.calls.call_frames import unpack_request
from micboard_tui.bus.calls.remote_methods import METHODS
from micboard_tui.bus.wire.compression import expand
from micboard_tui.bus.wire.device_entry import decode_entry, free_entry, token_of_entry
from micboard_tui.bus.wire.meter_frame import decode_frame, decode_sweep
from micboard_tui.bus.wire.raw_values import decode_raw_values
from micboard_tui.bus.wire.sign_of_life import decode_sign
from micboard_tui.bus.wire.subjects import Subjects, parse_device_key, parse_finding_key
from micboard_tui.bus.wire.value_codec import WireError
from micboard_tui.contracts.errors import MicboardError
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.observation import BayHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.domain.recording.byte_planes import DamagedRecordingError
from micboard_tui.domain.recording.chunk import decode_chunk
from micboard_tui.domain.recording.second_codec import ChannelOrder, decode_second
from micboard_tui.domain.recording.window_codec import decode_window
from micboard_tui.domain.safe_text import visible
from micboard_tui.manufacturers.sennheiser.mcp import mapping as mcp_mapping
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import ChangeTracker, DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import Ewdx
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.manufacturers.shure.slp.advertised_model import found_device_of
from micboard_tui.manufacturers.shure.strings.conversation import Conversation as StringsConversation
from micboard_tui.manufacturers.shure.strings.dialect import (
    ANX4,
    AXIENT,
    CHARGER,
    MXW,
    PSM1000,
    QLXD,
    SLXD,
    SLXD_PLUS,
    ULXD,
)
from micboard_tui.manufacturers.shure.uhfr.conversation import Conversation as UhfrConversation
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.mcp import codec as mcp
from micboard_tui.protocols.mcp.messages import Line
from micboard_tui.protocols.shure_slp import codec as slp
from micboard_tui.protocols.shure_system_api import reading
from micboard_tui.protocols.shure_system_api.messages import Feature
from micboard_tui.protocols.ssc import codec as ssc
from micboard_tui.protocols.sscv2 import message as sscv2
from micboard_tui.protocols.sscv2.event_decoder import EventDecoder
from micboard_tui.protocols.sscv2.tree import Tree
from micboard_tui.services.assignment.csv_file import read_csv
from micboard_tui.services.wire.wire_file import FIRST_LINE, WireFileError, read_recording
from micboard_tui.storage.plots.plot_files import SPREADSHEET_MAGICS, FileFormats
from micboard_tui.tui.arrange.stored_views import parse_views

WIRE = Path(__file__).parents[1] / "wire"
CORPUS = Path(__file__).parent / "corpus"
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
DIALECTS = (ANX4, AXIENT, CHARGER, MXW, PSM1000, QLXD, SLXD, SLXD_PLUS, ULXD)
EWDX = Ewdx()
MAX_CHANNELS, MAX_BAYS = 64, 64
VIEWS = b'{"1": {"name": "A", "order": "rack"}}'
WIRE_RECORDING = f"{FIRST_LINE}\n#@ 0.0 1 open\n#@ 0.1 1\nD: < REP 1 >\n".encode()


@dataclass(frozen=True, slots=True)
class Target:
    run: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    raises: tuple[type[Exception], ...] = ()


def attempt(target: Target, data: bytes) -> None:
    """Give it these bytes; raises what it must not."""
    with suppress(*target.raises):
        target.run(data)


def check_observations(observations: Iterable[Observation]) -> None:
    """What holds of every driver, so that the board can show it without a look."""
    for heard in observations:
        match heard:
            case FactsHeard(number, facts):
                assert 1 <= number <= MAX_CHANNELS
                _check_facts(facts)
            case MetersHeard(number, meters):
                assert 1 <= number <= MAX_CHANNELS
                _check_meters(meters)
            case BayHeard(bay):
                assert 1 <= bay.number <= MAX_BAYS
                assert bay.battery.percent is None or 0 <= bay.battery.percent <= 100
            case _:
                pass


def _check_facts(facts: ChannelFacts) -> None:
    for name in (facts.name, facts.group_channel):
        assert name is None or len(name) <= 256
    if facts.transmitter is not None:
        battery = facts.transmitter.battery
        assert battery.percent is None or 0 <= battery.percent <= 100
        assert battery.bars is None or 0 <= battery.bars <= 5
        assert battery.minutes is None or battery.minutes >= 0


def _check_meters(meters: Meters) -> None:
    for level in (meters.rf_dbm, meters.rf_a_dbm, meters.rf_b_dbm):
        assert level is None or -200 <= level <= 50
    for percent in (meters.rf_a_percent, meters.rf_b_percent, meters.quality_percent):
        assert percent is None or 0 <= percent <= 100


def pieces_of(data: bytes, length: int) -> Iterator[bytes]:
    for start in range(0, len(data), length):
        yield data[start : start + length]


def _strings(data: bytes) -> None:
    """The first byte chooses the family, the second how long the pieces are in which the rest comes."""
    heard: list[Observation] = []
    talk = StringsConversation(heard.extend, lambda: 0.0)
    talk.use_dialect(DIALECTS[data[0] % len(DIALECTS)] if data else ULXD)
    body = data[2:]
    half = len(body) // 2
    length = 1 + (data[1] if len(data) > 1 else 0)
    for piece in pieces_of(body[:half], length):
        talk.data_received(piece)
    talk.finish_listing(0.5)
    for piece in pieces_of(body[half:], length):
        talk.data_received(piece)
    check_observations(heard)


def _uhfr(data: bytes) -> None:
    heard: list[Observation] = []
    talk = UhfrConversation(heard.extend, lambda: 0.0)
    for datagram in data.split(b"\n"):
        talk.data_received(datagram)
    talk.open()
    for datagram in data.split(b"\n"):
        talk.data_received(datagram)
    check_observations(heard)


def _slp(data: bytes) -> None:
    advertisement = slp.parse(data)
    if advertisement is not None:
        found = found_device_of(advertisement, "192.0.2.1")
        assert len(visible(found.own_name or "")) <= 512


def _ssc(data: bytes) -> None:
    family = FAMILIES[data[0] % len(FAMILIES)] if data else FAMILIES[0]
    groups = family.groups_for(4)
    tracker = ChangeTracker()
    tracker.expect([address for group in groups for address in (*group.subscribed, *group.requested)])
    tracker.set_layout(DeviceLayout(family, 4, groups))
    for number, datagram in enumerate(data[1:].split(b"\n")):
        try:
            message = ssc.decode(datagram)
        except ProtocolError:
            continue
        check_observations([*tracker.apply(message, float(number)), *tracker.expire_lost_links(number)])


def _mcp(data: bytes) -> None:
    for kind in (DeviceKind.RECEIVER, DeviceKind.IEM_TRANSMITTER):
        messages = [each for each in mcp.read(data) if isinstance(each, Line)]
        lines = {line.keyword: line.rest or "" for line in messages}
        mcp_mapping.kind_of(lines)
        mcp_mapping.device_of(kind, lines)
        facts = mcp_mapping.facts_of(kind, lines, None)
        check_observations([FactsHeard(1, facts), MetersHeard(1, mcp_mapping.meters_of(kind, lines))])


def _sscv2_events(data: bytes) -> None:
    decoder, tree = EventDecoder(), Tree()
    length = 1 + (data[0] if data else 0)
    for piece in pieces_of(data[1:], length):
        for event in decoder.feed(piece):
            news = sscv2.read_event(*event)
            if isinstance(news, sscv2.News):
                for path, value in news.values:
                    tree.take(path, value)
    channels = [1, 2, 3, 4]
    EWDX.device_of(tree, channels)
    for number in channels:
        for presence in Presence:
            check_observations([FactsHeard(number, EWDX.facts_of(tree, number, presence, 1.0))])
        if (meters := EWDX.meters_of(tree, number)) is not None:
            check_observations([MetersHeard(number, meters)])
    EWDX.stale_paths(tree, channels)


def _sscv2_answers(data: bytes) -> None:
    sscv2.read_refusal(data)
    sscv2.read_paths(data)


def _system_api(data: bytes) -> None:
    """The first byte chooses which answer it is taken for."""
    features = list(Feature)
    readers: list[Callable[[bytes], object]] = [
        reading.read_devices,
        reading.read_channels,
        reading.read_range,
        reading.read_problem,
        lambda body: reading.read_transport(body.decode("utf-8", "replace")),
        lambda body: reading.read_event(body.decode("utf-8", "replace")),
        *[lambda body, feature=feature: reading.read_value(feature, body) for feature in features],
    ]
    if data:
        readers[data[0] % len(readers)](data[1:])


def _plot(data: bytes) -> None:
    if data.startswith(SPREADSHEET_MAGICS):
        return  # Their reader is a program of its own, which may end.
    table = FileFormats().read(data)
    assert len(table.plot.entries) <= 100_000


def _performers(data: bytes) -> None:
    file = read_csv(data)
    assert len(file.rows) <= len(data)


def _views(data: bytes) -> None:
    content = json.loads(data)
    if isinstance(content, dict):
        parse_views(content)


def _wire_recording(data: bytes) -> None:
    read_recording(io.StringIO(data.decode("utf-8", "replace")))


def _bus_entries(data: bytes) -> None:
    """The first byte chooses what it is taken for."""
    readers: list[Callable[[bytes], object]] = [
        decode_entry,
        token_of_entry,
        free_entry,
        decode_frame,
        decode_sweep,
        decode_sign,
        decode_raw_values,
        expand,
        unpack_request,
    ]
    if data:
        readers[data[0] % len(readers)](data[1:])


def _bus_calls(data: bytes) -> None:
    """The first two bytes choose the method; each of its arguments is what follows."""
    if len(data) > 2:
        methods = list(METHODS.values())
        method = methods[struct.unpack(">H", data[:2])[0] % len(methods)]
        names = [name for name in method.signature.parameters if name not in {"self", "actor", "listener"}]
        method.decode_arguments(dict.fromkeys(names, data[2:]))


def _bus_subjects(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    subjects = Subjects("rack")
    subjects.parse_call(text)
    subjects.parse_follow_up(f"{subjects.root}.rpc.read.{text}")
    parse_device_key(text)
    parse_finding_key(text)


def _recording(data: bytes) -> None:
    order = ChannelOrder((ChannelRef(DeviceId("a"), 1), ChannelRef(DeviceId("b"), 2)))
    decode_second(data, order)


def _wire_lines(*folders: str, signs: str = "DSE") -> Callable[[], Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        for folder in folders:
            for file in sorted((WIRE / folder).glob("*.txt")):
                lines = file.read_text(encoding="utf-8").splitlines()
                said = [line[3:].encode() for line in lines if line[:1] in signs and line[1:3] == ": "]
                yield b"\x00\xff" + b"\n".join(said)
                yield from (b"\x00\xff" + line for line in said[:20])

    return read


def _events() -> Iterator[bytes]:
    for file in sorted((WIRE / "sscv2").glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("E: "):
                name, _, body = line[3:].partition(" ")
                yield f"\xffevent: {name}\ndata: {body}\n\n".encode("latin-1", "replace")


def _example(*names: str) -> Callable[[], Iterator[bytes]]:
    return lambda: ((EXAMPLES / name).read_bytes() for name in names)


def _given(*values: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: values


@cache
def targets() -> Mapping[str, Target]:
    """Every target by its name."""
    return {
        "shure-strings": Target(_strings, _wire_lines("shure_strings", "shure_psm1000", "shure_mxw")),
        "shure-uhfr": Target(_uhfr, _wire_lines("shure_uhfr")),
        "shure-slp": Target(_slp, _wire_lines("shure_slp")),
        "shure-system-api": Target(_system_api, _wire_lines("shure_system_api"), (ProtocolError,)),
        "ssc": Target(_ssc, _wire_lines("ssc")),
        "mcp": Target(_mcp, _wire_lines("mcp")),
        "sscv2-events": Target(_sscv2_events, _events, (ProtocolError,)),
        "sscv2-answers": Target(_sscv2_answers, _wire_lines("sscv2"), (ProtocolError,)),
        "mic-plot": Target(_plot, _example("example.csv"), (MicboardError,)),
        "performers": Target(_performers, _example("example.csv"), (MicboardError,)),
        "views": Target(
            _views, _given(b'{"1": {"name": "A", "order": "rack"}}'), (ValueError, RecursionError)
        ),
        "wire-recording": Target(
            _wire_recording,
            _given(f"{FIRST_LINE}\n#@ 0.0 1 open\n#@ 0.1 1\nD: < REP 1 >\n".encode()),
            (WireFileError,),
        ),
        "bus-entries": Target(_bus_entries, _given(b"\x00", b"\x03\x90"), (WireError,)),
        "bus-calls": Target(_bus_calls, _given(b"\x00\x00\x80", b"\x00\x07\x81\xa1a\x01"), (WireError,)),
        "bus-subjects": Target(_bus_subjects, _given(b"mb1.rack.rpc.read.u.DeviceContract.find")),
        "recording-second": Target(_recording, _given(b"\x01"), (DamagedRecordingError,)),
        "recording-window": Target(
            lambda data: decode_window(data, 0.0), _given(b"\x01"), (DamagedRecordingError,)
        ),
        "recording-chunk": Target(decode_chunk, _given(b"\x01"), (DamagedRecordingError,)),
    }
