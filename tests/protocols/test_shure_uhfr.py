"""The datagrams of UHF-R, by value and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_uhfr.codec import MAX_DATAGRAM, decode, encode
from micboard_tui.protocols.shure_uhfr.messages import (
    Get,
    Message,
    Meter,
    Note,
    Report,
    Sample,
    Set,
    padded,
)
from tests.protocols.wire import WIRE, conversations, lines


@pytest.mark.parametrize("conversation", conversations("shure_uhfr"))
@pytest.mark.parametrize("who", ["C", "D"])
def test_every_datagram_is_read_and_written_byte_by_byte(conversation: str, who: str) -> None:
    assert (WIRE / conversation).read_text("ascii").startswith("# ")
    for datagram in lines(conversation, who):
        (message,) = decode(datagram)
        assert encode(message) == datagram


def test_the_transcript_by_value() -> None:
    assert [decode(each)[0] for each in lines("shure_uhfr/ur4s.txt", "D")] == [
        Report(1, "CHAN_NAME", ("Lead_Vox____",)),
        Report(1, "AUDIO_GAIN", ("12",)),
        Report(1, "GROUP_CHAN", ("01", "05")),
        Report(1, "FREQUENCY", ("578350",)),
        Report(1, "MUTE", ("OFF",)),
        Sample(1, ("AX", "070", "085", "4", "031")),
    ]
    assert [decode(each)[0] for each in lines("shure_uhfr/ur4s.txt", "C")] == [Meter(1, 3), Meter(1, 0)]


def test_the_examples_by_value() -> None:
    assert [decode(each)[0] for each in lines("shure_uhfr/examples.txt", "C")] == [
        Get(1, "CHAN_NAME"),
        Set(1, "GROUP_CHAN", ("01", "05")),
        Set(1, "MUTE", ("ON",)),
        Set(1, "GAIN_UP", ("1",)),
        Meter(1, 3),
        Meter(1, 0),
    ]
    device = [decode(each)[0] for each in lines("shure_uhfr/examples.txt", "D")]
    assert device[1:3] == [Report(1, "TX_BAT", ("4",)), Report(1, "TX_TYPE", ("UR2",))]


def test_several_messages_in_one_datagram_and_lax_ends_are_taken() -> None:
    assert decode(b" * REPORT 1 MUTE OFF * * NOTE 7 x *\r\n\0") == [
        Report(1, "MUTE", ("OFF",)),
        Note(("7", "x")),
    ]
    assert decode(b"* REPORT 1 CHAN_NAME A*B_________ *") == [Report(1, "CHAN_NAME", ("A*B_________",))]


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"*",
        b"* *",
        b"**",
        b"hello",
        b"* REPORT *",
        b"* REPORT 1 *",
        b"* REPORT 123 MUTE ON *",
        b"* REPORT x MUTE ON *",
        b"* REPORT 1 mute ON *",
        b"* NOPE 1 MUTE ON *",
        b"* NOTE *",
        b"* GET 1 MUTE ON *",
        b"* SAMPLE 1 ALL *",
        b"* SAMPLE 1 SOME AX *",
        b"* METER 1 ALL *",
        b"* METER 1 ALL 3000 *",
        b"* METER 1 ALL NOW *",
        b"* METER 1 SOME 003 *",
        b"* REPORT 1 MUTE ON",
        b"REPORT 1 MUTE ON *",
        b"\xff\x00\xfe",
        b"* REPORT 1 MUTE " + b"x" * MAX_DATAGRAM + b" *",
        b"* " * 40_000,
    ],
)
def test_rubbish_is_nothing(rubbish: bytes) -> None:
    assert decode(rubbish) == []


def test_a_datagram_has_a_longest_length() -> None:
    value = "x" * (MAX_DATAGRAM - len("* REPORT 1 MUTE  *"))
    assert decode(f"* REPORT 1 MUTE {value} *".encode()) == [Report(1, "MUTE", (value,))]
    assert decode(f"* REPORT 1 MUTE {value}x *".encode()) == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (Note(("caf\xe9",)), "Note(values=('caf\xe9',)) is not ASCII"),
        (Get(100, "MUTE"), "Get(channel=100, property='MUTE') cannot travel as one datagram"),
    ],
)
def test_a_message_that_cannot_be_sent_is_named(message: Message, reason: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        encode(message)
    assert str(refusal.value) == reason


CHANNEL = st.integers(min_value=0, max_value=99)
PROPERTY = st.from_regex(r"[A-Z][A-Z0-9_]{0,15}", fullmatch=True)
WORD = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12).filter(
    lambda word: word != "*"
)
WORDS = st.lists(WORD, max_size=6).map(tuple)
SOME_WORDS = st.lists(WORD, min_size=1, max_size=6).map(tuple)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(Get, CHANNEL, PROPERTY),
    st.builds(Set, CHANNEL, PROPERTY, WORDS),
    st.builds(Report, CHANNEL, PROPERTY, WORDS),
    st.builds(Sample, CHANNEL, SOME_WORDS),
    st.builds(Meter, CHANNEL, st.integers(min_value=0, max_value=999)),
    st.builds(Note, SOME_WORDS),
)


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda each: b"* " + each + b" *")))
def test_no_datagram_raises(datagram: bytes) -> None:
    decode(datagram)


@given(MESSAGES)
def test_what_was_written_is_read_as_it_was(message: Message) -> None:
    (read,) = decode(encode(message))
    assert (type(read), read) == (type(message), message)


@given(st.lists(MESSAGES, min_size=1, max_size=4))
def test_messages_in_one_datagram_are_told_apart(messages: list[Message]) -> None:
    assert decode(b" ".join(map(encode, messages))) == messages


@given(
    st.one_of(
        st.builds(Report, st.integers(), st.text(max_size=20), st.lists(st.text(max_size=8)).map(tuple)),
        st.builds(Meter, st.integers(), st.integers()),
        st.builds(Note, st.lists(st.text(max_size=8)).map(tuple)),
    )
)
def test_what_is_written_is_read_back_or_was_refused(message: Message) -> None:
    try:
        raw = encode(message)
    except ProtocolError:
        return
    assert decode(raw) == [message]


def test_names_are_padded_and_what_breaks_frames_is_refused() -> None:
    assert padded("Lead Vox") == "Lead_Vox____"
    assert padded("A B", 0) == "A_B"
    for name in ("A*B", "caf\xe9", "a\nb"):
        with pytest.raises(ProtocolError) as refusal:
            padded(name)
        assert str(refusal.value) == f"{name!r} holds characters that cannot be sent"
