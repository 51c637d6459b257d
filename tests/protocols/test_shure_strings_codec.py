"""Framing: what arrives in any pieces, and what must not get through.

Source: docs/reference/protocols/shure.md 1.3.
"""

import pytest

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_strings.codec import MAX_BRACED, MAX_FRAME, Decoder, encode
from micboard_tui.protocols.shure_strings.messages import (
    Err,
    Get,
    Message,
    Rep,
    Sample,
    Set,
    quote_text,
    unquote_text,
)

GOOD = b"< REP 1 AUDIO_GAIN 040 >"
HEARD = Rep(1, "AUDIO_GAIN", ("040",))


def read(*chunks: bytes) -> list[Message]:
    decoder = Decoder()
    return [message for chunk in chunks for message in decoder.feed(chunk)]


def frame(length: int) -> bytes:
    return b"< REP 1 X %b >" % (b"9" * (length - len(b"< REP 1 X  >")))


def same(found: list[Message], expected: list[Message]) -> bool:
    """Named tuples of different kinds compare equal; the verb matters."""
    return found == expected and [type(each) for each in found] == [type(each) for each in expected]


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        (b"< REP 1 CHAN_NAME {A>B     } >", "A>B"),
        (b"< REP 1 CHAN_NAME {A<B     } >", "A<B"),
        (b"< REP 1 CHAN_NAME {> < REP } >", "> < REP"),
        (b"< REP 1 CHAN_NAME {<<>>    } >", "<<>>"),
        (b"< REP 1 CHAN_NAME {        } >", ""),
        (b"< REP 1 CHAN_NAME {} >", ""),
        (b"< REP 1 CHAN_NAME {[red]x[/]} >", "[red]x[/]"),
        (b"< REP 1 CHAN_NAME {\x1b[2J} >", "\x1b[2J"),
        (b"< REP 1 CHAN_NAME {J\xfcrgen} >", "J\N{REPLACEMENT CHARACTER}rgen"),
    ],
)
def test_a_name_may_hold_anything_but_braces(wire: bytes, name: str) -> None:
    messages = read(wire + GOOD)
    assert [type(each) for each in messages] == [Rep, Rep]
    assert isinstance(messages[0], Rep)
    assert (messages[0].property, unquote_text(messages[0].values[0])) == ("CHAN_NAME", name)
    assert messages[1] == HEARD


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\r\n",
        b"\0\0",
        b" ",
        b"hello",
        b">>>",
        b"}{",
        b"< ",
        b"< REP 1 AUDIO_G",
        b"<>",
        b"< >",
        b"< REP >",
        b"< REP 1 >",
        b"< REP 1 audio_gain 040 >",
        b"< REP 123 AUDIO_GAIN 040 >",
        b"< REPORTS 1 CHAN_NAME x >",
        b"< NOPE 1 AUDIO_GAIN 040 >",
        b"< SAMPLE 1 ALL >",
        b"< SAMPLE x ALL AX 087 023 >",
        b"< SAMPLE 100 ALL AX 087 023 >",
        b"\xff\xfe\x80",
    ],
)
@pytest.mark.parametrize("brace", [b"", b"< REP 1 CHAN_NAME {x} >"])
def test_rubbish_between_frames_costs_no_frame(rubbish: bytes, brace: bytes) -> None:
    named: list[Message] = [Rep(1, "CHAN_NAME", ("{x}",))] if brace else []
    assert same(read(brace + GOOD + rubbish + GOOD + brace), [*named, HEARD, HEARD, *named])


def test_line_ends_and_lax_spaces_are_taken_as_they_come() -> None:
    wire = b"<REP 1 AUDIO_GAIN 040>\r\n<  REP\t1  AUDIO_GAIN   040  >\r\n< REP ERR >\r\n"
    assert same(read(wire), [HEARD, HEARD, Err()])


def test_the_tail_of_one_read_is_the_head_of_the_next() -> None:
    assert read(b"< REP 1 AUDIO_", b"GAIN 040 ", b">< SAMPLE 1 ALL A", b"X 087 023 >") == [
        HEARD,
        Sample(1, [b"AX", b"087", b"023"]),
    ]


def test_a_frame_of_the_greatest_length_is_read_and_a_longer_one_is_not() -> None:
    assert (MAX_FRAME, MAX_BRACED) == (512, 256)
    assert len(read(frame(MAX_FRAME) + GOOD)) == 2
    assert read(frame(MAX_FRAME + 2) + GOOD) == [HEARD]
    assert read(*(bytes([each]) for each in frame(MAX_FRAME + 2) + GOOD)) == [HEARD]
    assert read(b"< REP 1 N {x} >" + frame(MAX_FRAME + 2) + GOOD) == [Rep(1, "N", ("{x}",)), HEARD]


def test_a_brace_that_never_closes_ends_at_the_next_angle() -> None:
    lost = b"< REP 1 CHAN_NAME {oops >"
    assert read(lost + GOOD * 20)[-1] == HEARD
    assert len(read(lost + GOOD * 20)) >= 19


def test_an_open_brace_waits_for_its_end_no_longer_than_it_may_be() -> None:
    decoder = Decoder()
    assert decoder.feed(b"< REP 1 N {" + b"a" * MAX_BRACED) == []
    assert decoder.feed(b"} >") == [Rep(1, "N", ("{" + "a" * MAX_BRACED + "}",))]
    assert decoder.feed(b"< REP 1 N {a >" + b"b" * (MAX_BRACED - 3)) == []
    assert decoder.feed(b"b") == [Rep(1, "N", ("{", "a"))]
    assert decoder.feed(b"b} >" + GOOD) == [HEARD]


def test_an_open_brace_late_in_a_frame_does_not_swallow_what_follows() -> None:
    late = b"< REP 1 N " + b"9" * 400 + b" {oops >"
    assert read(late + GOOD * 8)[-8:] == [HEARD] * 8


def test_a_brace_within_a_brace_ends_the_frame_at_the_next_angle() -> None:
    assert read(b"< REP 1 N {a{b} > c} >" + GOOD)[-1] == HEARD


def test_what_is_skipped_is_counted() -> None:
    decoder = Decoder()
    decoder.feed(b"abc\r\n " + GOOD + b"de" + GOOD + b"\r\n< NO >< REP 1 N {x} >fg")
    assert (decoder.discarded_bytes, decoder.malformed, decoder.held_bytes) == (7, 1, 0)


def test_an_endless_frame_is_not_held() -> None:
    decoder = Decoder()
    for _ in range(100):
        decoder.feed(b"<" + b"x" * 100)
        decoder.feed(b"{" * 50)
        decoder.feed(b"x" * 1000)
        assert decoder.held_bytes <= MAX_FRAME


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (Get(None, "MODEL"), b"< GET MODEL >"),
        (Get(0, "ALL"), b"< GET 0 ALL >"),
        (Get(1, "SLOT_STATUS", ("0",)), b"< GET 1 SLOT_STATUS 0 >"),
        (Set(1, "CHAN_NAME", (quote_text("Lead Vox"),)), b"< SET 1 CHAN_NAME {Lead Vox} >"),
        (Set(1, "AUDIO_GAIN", ("INC", "3")), b"< SET 1 AUDIO_GAIN INC 3 >"),
        (Rep(16, "DEVICE_ID", (quote_text("Rack 1", 8),)), b"< REP 16 DEVICE_ID {Rack 1  } >"),
        (Rep(1, "CHAN_NAME", (quote_text("A>B"),)), b"< REP 1 CHAN_NAME {A>B} >"),
        (Err(), b"< REP ERR >"),
        (Sample(4, [b"XX", b"020", b"000"]), b"< SAMPLE 4 ALL XX 020 000 >"),
    ],
)
def test_messages_are_written_as_the_documents_show(message: Message, wire: bytes) -> None:
    assert encode(message) == wire
    assert same(read(wire), [message])


def test_meters_without_the_word_all_are_read_too() -> None:
    assert read(b"< SAMPLE 1 070 085 >") == [Sample(1, [b"070", b"085"])]


@pytest.mark.parametrize(
    "message",
    [
        Get(100, "MODEL"),
        Get(-1, "MODEL"),
        Get(None, "model"),
        Get(None, ""),
        Get(None, "MO DEL"),
        Set(1, "CHAN_NAME", ("a b",)),
        Set(1, "CHAN_NAME", ("a>b",)),
        Set(1, "CHAN_NAME", ("{a",)),
        Set(1, "CHAN_NAME", ("",)),
        Set(1, "CHAN_NAME", ("\N{SNOWMAN}",)),
        Set(1, "CHAN_NAME", ("\ud800",)),
        Set(1, "CHAN_NAME", ("{" + "x" * MAX_FRAME + "}",)),
        Rep(None, "ERR"),
        Sample(1, []),
        Sample(100, [b"AX"]),
        Sample(1, [b"A>"]),
        Sample(1, [b"A", b"< GET 0 ALL"]),
        Sample(1, [b"x" * MAX_FRAME]),
    ],
)
def test_what_cannot_travel_is_refused(message: Message) -> None:
    with pytest.raises(ProtocolError):
        encode(message)


@pytest.mark.parametrize("name", ["{", "a}b", "a|b", "J\xfcrgen", "\N{SNOWMAN}", "\x1b[2J", "a\nb", "\x7f"])
def test_a_name_that_no_device_takes_is_refused(name: str) -> None:
    with pytest.raises(ProtocolError, match="holds characters that cannot be sent"):
        quote_text(name)


def test_a_name_is_padded_as_devices_do_and_read_without_it() -> None:
    assert quote_text("Rack 1", 8) == "{Rack 1  }"
    assert unquote_text("{Rack 1  }") == "Rack 1"
    assert quote_text("") == "{}"
    assert unquote_text("ULXD2") == "ULXD2"
    assert unquote_text("{XX}") == "XX"
    assert unquote_text("{  indented}") == "  indented"


@pytest.mark.parametrize("rest", [b"", b"< REP 1 N {x} >"], ids=["without braces", "with braces"])
def test_the_longest_frame_is_read_in_any_pieces(rest: bytes) -> None:
    longest = frame(MAX_FRAME + 1)
    expected = read(rest) + read(longest)
    assert len(expected) == (2 if rest else 1)
    assert read(rest + longest) == expected
    assert read(*(bytes([byte]) for byte in rest + longest)) == expected


@pytest.mark.parametrize("length", [511, 512, 513, 514, 515])
@pytest.mark.parametrize("braced", [b"{x}", b"{a>b}", b"{a<b"])
@pytest.mark.parametrize("at", [0, 235, 490])
def test_a_frame_with_braces_about_the_greatest_length_is_read_alike_in_any_pieces(
    length: int, braced: bytes, at: int
) -> None:
    head = b"< REP 1 N " + b"9" * at + b" " + braced + b" "
    wire = head.ljust(length - 2, b"9") + b" >" + GOOD * 3
    expected = read(wire)
    assert expected[-3:] == [HEARD] * 3
    assert (len(expected) == 4) is (length <= MAX_FRAME + 1 and braced.endswith(b"}"))
    assert read(*(bytes([byte]) for byte in wire)) == expected
    for cut in range(200, len(wire)):
        assert read(wire[:cut], wire[cut:]) == expected


@pytest.mark.parametrize("place", range(493, 503))
def test_a_brace_that_closes_about_the_greatest_length_is_read_alike_in_any_pieces(place: int) -> None:
    wire = b"< REP 1 N " + b"9" * place + b" {a>b} >" + GOOD * 3
    expected = read(wire)
    assert expected[-3:] == [HEARD] * 3
    for cut in range(500, 520):
        assert read(wire[:cut], wire[cut:]) == expected


def test_a_frame_with_braces_needs_no_blank_at_its_ends() -> None:
    assert read(b"<REP 1 N {x}>") == [Rep(1, "N", ("{x}",))]


@pytest.mark.parametrize("rest", [b"", b"< REP 1 N {x} >"], ids=["without braces", "with braces"])
def test_every_byte_of_a_frame_that_is_too_long_is_counted(rest: bytes) -> None:
    long = frame(MAX_FRAME + 2)
    decoder = Decoder()
    decoder.feed(rest + long)
    assert decoder.discarded_bytes == len(long.translate(None, b" >"))
    assert decoder.malformed == 0


def test_a_frame_of_the_greatest_length_is_sent_and_a_longer_one_is_not() -> None:
    fits = MAX_FRAME - len("< SET 1 X  >")
    assert len(encode(Set(1, "X", ("9" * fits,)))) == MAX_FRAME
    with pytest.raises(ProtocolError):
        encode(Set(1, "X", ("9" * (fits + 1),)))


@pytest.mark.parametrize("wire", [b"<x><y>< z >", b"<x {a}><y {b}>< {c} >"])
def test_all_frames_that_are_no_message_are_counted(wire: bytes) -> None:
    decoder = Decoder()
    assert decoder.feed(wire) == []
    assert decoder.malformed == 3
    assert decoder.feed(wire) == []
    assert decoder.malformed == 6


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (Set(1, "CHAN_NAME", ("{" + "x" * MAX_FRAME + "}",)), "cannot travel as one frame"),
        (Set(1, "CHAN_NAME", ("{Ren\N{LATIN SMALL LETTER E WITH ACUTE}}",)), "is not ASCII"),
    ],
)
def test_what_cannot_be_sent_says_why(message: Message, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason):
        encode(message)
