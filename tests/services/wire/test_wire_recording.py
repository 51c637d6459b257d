"""Recording the wire and playing it again through the real drivers."""

import io
from collections.abc import Iterable

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.contracts.wire import DIRECT, Dial
from micboard_tui.manufacturers.shure.strings.driver import make_strings_driver
from micboard_tui.services.wire import wire_recorder
from micboard_tui.services.wire.wire_file import (
    WireChunk,
    WireConnection,
    WireDevice,
    WireFileError,
    WireRecording,
    decode_text,
    encode_text,
    read_recording,
)
from micboard_tui.services.wire.wire_mask import WireMask
from micboard_tui.services.wire.wire_player import WirePlayer
from micboard_tui.services.wire.wire_recorder import WireRecorder
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import StringsPeer, until
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.receivers import ulxd4d

pytestmark = pytest.mark.virtual_time

RACK = WireDevice(1, "shure", "shure-strings", "10.0.0.11", 2202, "Rack 1")


async def watch(dial: Dial, seconds: float = 20.0) -> ReportCollector:
    """What a driver reports in so long; the link may be lost."""
    report = ReportCollector()
    driver = make_strings_driver(dial, SessionOptions(), loop_time)
    async with running(driver, report):
        with anyio.move_on_after(seconds):
            await until(lambda: len(report.meters(2)) > 1)
            await anyio.sleep_forever()
    return report


async def recorded(mask: WireMask | None = None) -> tuple[str, ReportCollector]:
    """The file of a session with a receiver, and what its driver reported."""
    peer, wire, file = StringsPeer(ulxd4d), WireRecorder(loop_time), io.StringIO()
    wire.choose([RACK], mask)
    file.write(wire.header(["a note"]))
    assert wire.dial("10.0.0.99", 2202, peer.dial) == peer.dial
    report = await watch(wire.dial(RACK.host, RACK.port, peer.dial))
    wire.write_waiting(file, is_last=True)
    assert (wire.left_out, wire.written_bytes > 0, wire.chunks > 5) == (0, True, True)
    return file.getvalue(), report


async def test_what_was_recorded_is_played_to_the_driver_again() -> None:
    text, first = await recorded()
    lines = text.splitlines()
    assert lines[:3] == [
        "# micboard-tui wire recording 1",
        "# a note",
        "# device 1 shure/shure-strings 10.0.0.11:2202 Rack 1",
    ]
    assert next(line for line in lines if not line.startswith("#")) == r"C: < GET MODEL >\x0d\x0a"
    recording = read_recording(text.splitlines(keepends=True))
    player = WirePlayer(recording, 2.0, loop_time)
    assert (player.position_s, player.is_over) == (0.0, False)
    second = await watch(player.dial(RACK.host, RACK.port, StringsPeer(ulxd4d).dial), recording.length_s)
    assert (second.device, second.facts(1), second.facts(2)) == (first.device, first.facts(1), first.facts(2))
    assert second.meters(1)[:2] == first.meters(1)[:2]
    assert player.is_over
    with pytest.raises(DeviceError) as over:
        async with player.dial(RACK.host, RACK.port, StringsPeer(ulxd4d).dial)(Ears()):
            pass
    assert over.value.code is ErrorCode.DEVICE_UNREACHABLE


async def test_a_masked_recording_has_no_name_and_plays_all_the_same() -> None:
    text, first = await recorded(WireMask(["Rack 1"]))
    assert "Rack 1" not in text
    assert "Lead Vox" not in text
    assert "10.0.0.11" not in text
    recording = read_recording(text.splitlines(keepends=True))
    [device] = recording.devices.values()
    assert (device.host, device.title) == ("192.0.2.1", "")
    played = await watch(
        WirePlayer(recording, clock=loop_time).dial(device.host, device.port, StringsPeer(ulxd4d).dial)
    )
    assert played.facts(1).name is not None
    assert len(played.facts(1).name or "") == len("Lead Vox")
    assert played.facts(1).frequency_khz == first.facts(1).frequency_khz


class Ears:
    """Keeps what it is told. Implements ``Listener``."""

    def __init__(self) -> None:
        self.data: list[bytes] = []
        self.lost: DeviceError | None = None

    def data_received(self, data: bytes) -> None:
        self.data.append(data)

    def link_lost(self, error: DeviceError) -> None:
        self.lost = error


def played(*chunks: WireChunk, closed_at: float | None = None) -> WirePlayer:
    recording = WireRecording({1: RACK}, {1: [WireConnection(0.0, list(chunks), closed_at)]})
    return WirePlayer(recording, clock=loop_time)


async def test_a_question_after_the_beginning_gets_its_recorded_answer_with_its_own_number() -> None:
    player = played(
        WireChunk(0.1, True, b"GET"),
        WireChunk(0.2, False, b"REP"),
        WireChunk(20.0, True, b'{"xid":7,"name":null}'),
        WireChunk(20.1, False, b'{"xid":7,"name":"Rack"}'),
        closed_at=60.0,
    )
    ears = Ears()
    async with player.dial(RACK.host, RACK.port, StringsPeer(ulxd4d).dial)(ears) as link:
        await anyio.sleep(0.5)
        assert ears.data == []
        link.send(b"GET")
        await anyio.sleep(0.1)
        assert ears.data == [b"REP"]
        await anyio.sleep(30)
        link.send(b'{"xid":12,"name":null}')
        link.send(b"never asked")
        await anyio.sleep(0.1)
        assert ears.data[1:] == [b'{"xid":7,"name":"Rack"}', b'{"xid":12,"name":"Rack"}']
        assert not player.is_over
        await anyio.sleep(40)
    assert ears.lost is not None
    assert player.is_over


async def test_a_lost_link_ends_its_recorded_connection_once() -> None:
    peer, wire, file, ears = (
        StringsPeer(lambda _: ()),
        WireRecorder(loop_time),
        io.StringIO(),
        Ears(),
    )
    wire.choose([RACK], WireMask([]))
    async with wire.dial(RACK.host, RACK.port, peer.dial)(ears) as link:
        link.send(b"< GET 0 ALL >")
        peer.say(b"< REP 1 CHAN_NAME {Ju")
        await anyio.sleep(1)
        wire.write_waiting(file)
        assert "Ju" not in file.getvalue()
        peer.say(b"liet} >< REP 1 AUD")
        await anyio.sleep(1)
        peer.hang_up()
    wire.write_waiting(file)
    assert ears.lost is not None
    lines = [line for line in file.getvalue().splitlines() if not line.startswith("#@ 0")]
    assert (
        lines[1:]
        == [
            "D: < REP 1 CHAN_NAME {Name1x} >",
            "#@ 2.000 1",
            "D: < REP 1 AUD",
            "#@ 2.000 1 closed",
        ]
        or "closed" in lines[-1]
    )
    assert file.getvalue().count("closed") == 1


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_recorder, "MAX_WAITING_BYTES", 10)
    wire = WireRecorder(lambda: 0.0)
    for _ in range(4):
        wire.note(1, "D", b"12345")
    assert (wire.chunks, wire.left_out) == (2, 2)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("< REP 1 CHAN_NAME {Juliet              } >", "< REP 1 CHAN_NAME {Name1x              } >"),
        ("< REP 1 SLOT_TX_DEVICE_ID 2 {Romeo   } >", "< REP 1 SLOT_TX_DEVICE_ID 2 {Name1   } >"),
        ("< REP 1 TX_DEVICE_ID UNKNOWN >", "< REP 1 TX_DEVICE_ID UNKNOWN >"),
        ("* REPORT 1 CHAN_NAME Juliet______ *", "* REPORT 1 CHAN_NAME Name1x______ *"),
        ("< GET 1 CHAN_NAME >", "< GET 1 CHAN_NAME >"),
        (
            "< REP FW_VER {1.1.43.0  } >< REP IP 10.1.2.3 >",
            "< REP FW_VER {1.1.43.0  } >< REP IP 192.0.2.255 >",
        ),
        ('{"device":{"name":"Juliet","serial":null}}', '{"device":{"name":"Name1x","serial":null}}'),
        ('{"macs":["00:1B:66:7A:01:02"]}', '{"macs":["Name1xxxxxxxxxxxx"]}'),
        (
            r"Frequency 822000 2 10\x0dName Juliet\x0dMute 1",
            r"Frequency 822000 2 10\x0dName Name1x\x0dMute 1",
        ),
        ("the Balcony at 00-1b-66-7a-01-02", "the Name1xx at 02:00:00:00:00:01"),
    ],
)
def test_names_and_addresses_are_hidden_and_frames_keep_their_form(text: str, masked: str) -> None:
    assert WireMask(["Balcony", "ab"]).mask(text) == masked


def test_equal_names_stay_equal_and_nothing_is_hidden_twice() -> None:
    mask = WireMask(["Juliet"])
    once = mask.mask("< REP 1 CHAN_NAME {Juliet} >< REP 2 CHAN_NAME {Romeo} > Juliet")
    assert once == "< REP 1 CHAN_NAME {Name1x} >< REP 2 CHAN_NAME {Name2} > Name1x"
    assert mask.mask(once) == once


@given(st.binary(max_size=60))
def test_any_bytes_come_back_from_their_text(data: bytes) -> None:
    text = decode_text(data)
    assert encode_text(text) == data
    assert text.isprintable()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "no wire recording"),
        (["# something\n"], "no wire recording"),
        (["# micboard-tui wire recording 1\n", "D: < REP >\n"], "Line 2 belongs to no connection"),
        (["# micboard-tui wire recording 1\n", "#@ 0.1 1\n", "D: x\n"], "Line 3 belongs to no connection"),
        (["# micboard-tui wire recording 1\n", "\n", "nonsense\n"], "Line 3 is not understood"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(lines: Iterable[str], reason: str) -> None:
    with pytest.raises(WireFileError, match=reason):
        read_recording(lines)


def test_without_a_wire_in_between_a_driver_dials_itself() -> None:
    dial = StringsPeer(ulxd4d).dial
    assert DIRECT.dial("10.0.0.1", 2202, dial) == dial
