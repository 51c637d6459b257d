"""What PSM1000, Microflex Wireless and chargers write otherwise than receivers do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_strings.codec import Decoder, encode, encode_line, encode_short
from micboard_tui.protocols.shure_strings.messages import Get, Message, Rep, Sample, Set
from tests.protocols.test_shure_strings_properties import CUTS, MESSAGES, cut, heard
from tests.protocols.wire import lines, said


@pytest.mark.parametrize("name", ["p10t", "document"])
@pytest.mark.parametrize("who", ["C", "D"])
def test_every_line_of_psm1000_is_read_and_written_byte_by_byte(name: str, who: str) -> None:
    wire = b"".join(line + b"\r\n" for line in lines(f"shure_psm1000/{name}.txt", who))
    decoder = Decoder()
    messages = decoder.feed(wire)
    assert (decoder.malformed, decoder.discarded_bytes, decoder.held_bytes) == (0, 0, 0)
    assert b"".join(map(encode_line, messages)) == wire


def test_a_report_is_a_rep() -> None:
    device = Decoder().feed(said("shure_psm1000/p10t.txt", "D"))
    assert device == [
        Rep(1, "CHAN_NAME", ("IEM_1",)),
        Rep(1, "METER_RATE", ("00200",)),
        Rep(1, "AUDIO_IN_LVL_L", ("00000085488",)),
        Rep(1, "AUDIO_IN_LVL_R", ("00000071020",)),
    ]
    assert {type(each) for each in device} == {Rep}
    assert Decoder().feed(said("shure_psm1000/p10t.txt", "C")) == [
        Get(1, "CHAN_NAME"),
        Set(1, "METER_RATE", ("00200",)),
    ]


def test_the_examples_of_the_document_by_value() -> None:
    assert Decoder().feed(said("shure_psm1000/document.txt", "D")) == [
        Rep(None, "DEVICE_NAME", ("PSM-A",)),
        Rep(1, "CHAN_NAME", ("IEM_1",)),
        Rep(1, "GROUP_CHAN", ("01,05",)),
        Rep(1, "RF_TX_LVL", ("50",)),
        Rep(1, "AUDIO_TX_MODE", ("3",)),
        Rep(1, "AUDIO_IN_LVL_L", ("00000246260",)),
    ]
    assert Decoder().feed(said("shure_psm1000/document.txt", "C")) == [
        Get(None, "DEVICE_NAME"),
        Set(1, "AUDIO_IN_LVL", ("-12",)),
        Set(1, "FREQUENCY", ("578000",)),
        Set(1, "RF_MUTE", ("1",)),
        Set(1, "METER_RATE", ("00100",)),
    ]


def test_samples_of_microflex_wireless_lack_a_word() -> None:
    wire = said("shure_mxw/mxwapt2.txt", "D")
    messages = Decoder().feed(wire)
    assert messages[-1] == Sample(1, [b"086", b"102"])
    assert b"".join(map(encode_short, messages)) == wire


def test_a_charger_by_value() -> None:
    messages = Decoder().feed(said("shure_strings/sbc240.txt", "D"))
    assert messages[:2] == [
        Rep(None, "MODEL", ("{SBC240                          }",)),
        Rep(None, "DEVICE_ID", ("{Charger 1                      }",)),
    ]
    assert messages[-1] == Rep(1, "BATT_TIME_TO_FULL", ("00106",))
    assert b"".join(map(encode, messages)) == said("shure_strings/sbc240.txt", "D")


@given(st.lists(MESSAGES, max_size=6), CUTS)
def test_lines_are_read_as_they_were_written(messages: list[Message], at: list[int]) -> None:
    expected = [(type(message).__name__, message) for message in messages]
    assert heard(cut(b"".join(map(encode_line, messages)), at)) == (expected, 0, 0, 0)


# One value alone would be no sample: there are two.
SHORT = MESSAGES.filter(lambda message: not isinstance(message, Sample) or len(message.values) > 1)


@given(st.lists(SHORT, max_size=6), CUTS)
def test_short_samples_are_read_as_they_were_written(messages: list[Message], at: list[int]) -> None:
    expected = [(type(message).__name__, message) for message in messages]
    assert heard(cut(b"".join(map(encode_short, messages)), at)) == (expected, 0, 0, 0)


def test_only_the_verb_and_the_first_all_are_spelt_in_another_way() -> None:
    assert encode_line(Rep(1, "NAME", ("{a< REP b}",))) == b"< REPORT 1 NAME {a< REP b} >\r\n"
    assert encode_short(Sample(1, [b"001", b"ALL", b"002"])) == b"< SAMPLE 1 001 ALL 002 >"


@pytest.mark.parametrize("write", [encode_line, encode_short])
@pytest.mark.parametrize(
    "message", [Rep(1, "CHAN_NAME", ("caf\xe9",)), Rep(1, "X", ("a > b",)), Rep(1, "X", ("9" * 600,))]
)
def test_what_cannot_travel_is_refused(write: object, message: Message) -> None:
    assert callable(write)
    with pytest.raises(ProtocolError):
        write(message)
