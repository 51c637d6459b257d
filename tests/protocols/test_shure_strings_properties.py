"""What holds for every stream of bytes, however it is cut."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_strings.codec import MAX_FRAME, Decoder, encode
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

PIECES = st.one_of(
    st.sampled_from(
        [
            b"<",
            b">",
            b"< ",
            b" >",
            b"{",
            b"}",
            b"><",
            b"{}",
            b"\r\n",
            b"\0",
            b" ",
            b"< REP 1 CHAN_NAME {",
            b"} >",
            b"< SAMPLE 1 ALL AX 087 023 >",
            b"< REP 1 CHAN_NAME {A>B     } >",
            b"< REP ERR >",
            b"< GET 0 ALL >",
            b"< REP 1 N ",
            b"SAMPLE 2 ALL 1",
        ]
    ),
    st.sampled_from([1, 60, 100, 200, 245, 255, 256, 257, 258, 495, 500, 510, 511, 512, 513, 600]).map(
        lambda count: b"x" * count
    ),
    st.binary(max_size=6),
)
STREAMS = st.lists(PIECES, max_size=14).map(b"".join)
CUTS = st.lists(st.integers(min_value=0, max_value=5000), max_size=12)


def cut(stream: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(each, len(stream)) for each in at), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def heard(chunks: list[bytes]) -> tuple[list[tuple[str, Message]], int, int, int]:
    """Everything that can be seen of a decoder after it was fed; it never held too much meanwhile."""
    decoder = Decoder()
    messages = []
    for chunk in chunks:
        messages += [(type(message).__name__, message) for message in decoder.feed(chunk)]
        assert decoder.held_bytes <= MAX_FRAME
    return messages, decoder.malformed, decoder.discarded_bytes, decoder.held_bytes


@given(st.lists(st.binary(max_size=700), max_size=5))
def test_no_bytes_raise_or_pile_up(chunks: list[bytes]) -> None:
    heard(chunks)


@given(STREAMS, CUTS)
def test_the_cuts_make_no_difference(stream: bytes, at: list[int]) -> None:
    whole = heard([stream])
    assert heard(cut(stream, at)) == whole


@given(STREAMS)
def test_single_bytes_give_what_the_whole_gives(stream: bytes) -> None:
    assert heard([bytes([each]) for each in stream]) == heard([stream])


CHANNEL = st.one_of(st.none(), st.integers(min_value=0, max_value=99))
PROPERTY = st.from_regex(r"[A-Z][A-Z0-9_]{0,15}", fullmatch=True)
PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
BARE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="<>{}"), min_size=1)
BRACED = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="{}|"), max_size=31)
VALUES = st.lists(st.one_of(BARE.map(lambda word: word[:20]), BRACED.map(quote_text)), max_size=5).map(tuple)
WORDS = st.lists(st.from_regex(rb"[A-Z0-9]{1,4}", fullmatch=True), min_size=1, max_size=20)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(Get, CHANNEL, PROPERTY, VALUES),
    st.builds(Set, CHANNEL, PROPERTY, VALUES),
    st.builds(Rep, CHANNEL, PROPERTY, VALUES),
    st.builds(Sample, st.integers(min_value=0, max_value=99), WORDS.filter(lambda words: words[0] != b"ALL")),
    st.builds(Err),
).filter(lambda message: message != Rep(None, "ERR") or isinstance(message, Err))


@given(st.lists(MESSAGES, max_size=6), CUTS)
def test_what_was_written_is_read_as_it_was(messages: list[Message], at: list[int]) -> None:
    stream = b"".join(map(encode, messages))
    expected = [(type(message).__name__, message) for message in messages]
    assert heard(cut(stream, at)) == (expected, 0, 0, 0)


ANYTHING = st.text(max_size=40)
ANY_MESSAGE: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        Rep,
        st.one_of(st.none(), st.integers()),
        ANYTHING,
        st.lists(ANYTHING, max_size=3).map(tuple),
    ),
    st.builds(Set, st.none(), PROPERTY, st.lists(st.text(PRINTABLE, max_size=600), max_size=2).map(tuple)),
    st.builds(Sample, st.integers(), st.lists(st.binary(max_size=200), max_size=4)),
)


@given(ANY_MESSAGE)
def test_what_is_written_is_read_back_or_was_refused(message: Message) -> None:
    try:
        raw = encode(message)
    except ProtocolError:
        return
    assert heard([raw]) == ([(type(message).__name__, message)], 0, 0, 0)


@given(BRACED)
def test_a_name_comes_back_without_its_padding(name: str) -> None:
    assert unquote_text(quote_text(name, 31)) == name.rstrip()
