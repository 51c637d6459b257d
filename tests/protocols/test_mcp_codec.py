"""The Media Control Protocol by value, on the examples of the reference, and by property."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.mcp.codec import MAX_LENGTH, MAX_LINES, encode, is_terminated, read
from micboard_tui.protocols.mcp.messages import TEXTS, Code, Line, Message, Refusal, refusal
from tests.protocols.wire import WIRE, conversations


def datagrams(conversation: str) -> list[bytes]:
    """Everything that either side says, one line a datagram."""
    lines = (WIRE / conversation).read_text(encoding="ascii").splitlines()
    return [line[3:].replace("|", "\r").encode() for line in lines if line[1:3] == ": "]


EXAMPLES: list[tuple[bytes, list[Message]]] = [
    (b"Name Vocal 1\r", [Line("Name", "Vocal 1")]),
    (b"Name Vocal   \r", [Line("Name", "Vocal   ")]),
    (b"Mute\r", [Line("Mute")]),
    (b"Squelch #-2\r", [Line("Squelch", "#-2")]),
    (b"Frequency 822000 2 10\r", [Line("Frequency", "822000 2 10")]),
    (b"Push 60 500 3\r", [Line("Push", "60 500 3")]),
    (
        (
            b"RF1 25 65 1\rRF2 28 78 0\rStates 3 2\rRF 50 1 1\rAF 40 65 3\rBat 70\r"
            b"Msg Low_RF_Signal Low_Battery\rConfig 234\r"
        ),
        [
            Line("RF1", "25 65 1"),
            Line("RF2", "28 78 0"),
            Line("States", "3 2"),
            Line("RF", "50 1 1"),
            Line("AF", "40 65 3"),
            Line("Bat", "70"),
            Line("Msg", "Low_RF_Signal Low_Battery"),
            Line("Config", "234"),
        ],
    ),
    (
        b"AF 15 25 40 38\rStates 0 2\rMsg OK\rConfig 555\r",
        [Line("AF", "15 25 40 38"), Line("States", "0 2"), Line("Msg", "OK"), Line("Config", "555")],
    ),
    (b"Bat ?\r", [Line("Bat", "?")]),
]


@pytest.mark.parametrize(("wire", "messages"), EXAMPLES)
def test_the_documents_examples(wire: bytes, messages: list[Message]) -> None:
    assert read(wire) == messages
    assert encode(messages) == wire


@pytest.mark.parametrize("conversation", conversations("mcp"))
def test_every_recorded_line_travels_unchanged(conversation: str) -> None:
    said = datagrams(conversation)
    assert said
    for wire in said:
        messages = read(wire)
        assert messages
        assert encode(messages) == wire.removesuffix(b"\r") + b"\r"


@pytest.mark.parametrize(
    ("wire", "messages"),
    [
        (b"Mute 1", [Line("Mute", "1")]),
        (b"Mute 1\r\nBat 70\r\n", [Line("Mute", "1"), Line("Bat", "70")]),
        (b"Mute 1\nBat 70\n\0", [Line("Mute", "1"), Line("Bat", "70")]),
        (b"\r\r  Mute 1\r", [Line("Mute", "1")]),
        (b"", []),
        (b"\0\0", []),
        (
            b"1020:Value out of range[AfOut 125]\r",
            [Refusal(1020, "Value out of range", Line("AfOut", "125"))],
        ),
        (b"1020 : no\r", [Refusal(1020, "no", Line(""))]),
        (b"1020: no: never [AfOut 125]  \r", [Refusal(1020, "no: never", Line("AfOut", "125"))]),
        (b"1020: no [X 1X]\r", [Refusal(1020, "no", Line("X", "1X"))]),
        (b"Mute 1\0", [Line("Mute", "1")]),
        (b"12: no\r", [Line("12:", "no")]),
        (b"Name \xff\x1b[2J\r", [Line("Name", "\xff\x1b[2J")]),
        (b"x" * (MAX_LENGTH + 1) + b"\rMute 1\r", [Line("Mute", "1")]),
    ],
)
def test_devices_that_differ_are_understood(wire: bytes, messages: list[Message]) -> None:
    assert read(wire) == messages


def test_a_missing_end_is_noticed() -> None:
    assert is_terminated(b"Mute 1\r")
    assert is_terminated(b"Mute 1\r\n")
    assert not is_terminated(b"Mute 1")
    assert not is_terminated(b"Mute 1\rX")
    assert not is_terminated(b"")


@pytest.mark.parametrize(
    "message",
    [
        Line(""),
        Line("Na me"),
        Line("Name", "Vocal\r1"),
        Line("Name", "Vocal\x1b"),
        Line("Name", "Müller"),
        Line("Name", "x" * MAX_LENGTH),
        Refusal(7, "no", Line("Mute", "1")),
        Refusal(1000, "a [ b", Line("Mute", "1")),
    ],
)
def test_what_no_datagram_can_carry_is_refused(message: Message) -> None:
    with pytest.raises(ProtocolError):
        encode([message])


@pytest.mark.parametrize(
    ("code", "keyword", "rest"),
    [
        (1000, "AfPOut", "24"),
        (1010, "AfOut", "q24"),
        (1020, "AfOut", "125"),
        (1030, "Mute", "#1"),
        (1040, "Push", "5"),
        (1050, "AfOut", "21"),
    ],
)
def test_the_documents_errors(code: int, keyword: str, rest: str) -> None:
    refused = refusal(Code(code), Line(keyword, rest))
    wire = f"{code}: {TEXTS[code]} [ {keyword} {rest} ]\r".encode()
    assert read(wire) == [refused]
    assert encode([refused]) == wire


def test_a_refusal_repeats_the_instruction() -> None:
    assert encode([refusal(Code.OUT_OF_RANGE, Line("AfOut", "125"))]) == (
        b"1020: Value out of range [ AfOut 125 ]\r"
    )


@given(st.binary(max_size=4000))
@example(b"\r" * 4000)
@example(b"1000:" + b"[" * 1000)
def test_no_bytes_raise_or_grow(data: bytes) -> None:
    messages = read(data)
    assert len(messages) <= MAX_LINES


def test_a_line_of_the_greatest_length_is_read_and_a_longer_one_is_not() -> None:
    def line(length: int) -> bytes:
        return b"Name ".ljust(length, b"x") + b"\r"

    assert MAX_LENGTH == 1500
    assert read(line(MAX_LENGTH)) == [Line("Name", "x" * (MAX_LENGTH - len("Name ")))]
    assert read(line(MAX_LENGTH + 1) + b"AfOut 0\r") == [Line("AfOut", "0")]


def test_a_datagram_of_the_greatest_length_is_sent_and_a_longer_one_is_not() -> None:
    longest = "x" * (MAX_LENGTH - len("Name \r"))
    assert len(encode([Line("Name", longest)])) == MAX_LENGTH
    with pytest.raises(ProtocolError):
        encode([Line("Name", longest + "x")])


def test_no_more_lines_than_the_limit_are_read() -> None:
    assert MAX_LINES == 64
    assert read(b"Bat 70\r" * MAX_LINES) == [Line("Bat", "70")] * MAX_LINES
    assert read(b"Bat 70\r" * (MAX_LINES + 1)) == [Line("Bat", "70")] * MAX_LINES


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (Line("Name", "Müller"), "'Name Müller' is not ASCII"),
        (Line(""), "[Line(keyword='', rest='')] cannot travel as one datagram"),
    ],
)
def test_a_message_that_cannot_be_sent_is_named(message: Message, reason: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        encode([message])
    assert str(refused.value) == reason


KEYWORDS = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,12}", fullmatch=True)
RESTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
LINES = st.builds(Line, KEYWORDS, RESTS)


@given(st.lists(LINES, min_size=1, max_size=10))
def test_what_was_written_is_read_as_it_was(lines: list[Message]) -> None:
    assert read(encode(lines)) == lines


@given(st.lists(LINES, min_size=1, max_size=6), st.data())
def test_lines_are_the_same_in_one_datagram_or_in_one_each(lines: list[Message], data: st.DataObject) -> None:
    end = data.draw(st.sampled_from([b"\r", b"\r\n", b"\n"]))
    alone = [encode([line]).removesuffix(b"\r") + end for line in lines]
    assert read(b"".join(alone)) == [message for each in alone for message in read(each)] == lines


@given(st.builds(Line, st.text(max_size=6), st.text(max_size=6)))
def test_what_is_written_is_read_back_or_was_refused(line: Line) -> None:
    try:
        raw = encode([line])
    except ProtocolError:
        return
    assert read(raw) == [line]
