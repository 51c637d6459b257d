"""Server-Sent Events, however they are cut and whatever their lines end with."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.sscv2.event_decoder import EventDecoder, ServerEvent


def decoded(*pieces: bytes) -> list[ServerEvent]:
    decoder = EventDecoder()
    return [event for piece in pieces for event in decoder.feed(piece)]


@pytest.mark.parametrize(
    ("sent", "events"),
    [
        (b"event:open\ndata:{}\n\n", [("open", "{}")]),
        (b"event: open\r\ndata: {}\r\n\r\n", [("open", "{}")]),
        (b"event:open\rdata:{}\r\r", [("open", "{}")]),
        (b"data:  two\n\n", [("message", " two")]),
        (b"data: a\ndata:b\ndata\n\n", [("message", "a\nb\n")]),
        (b": hello\nid: 7\nretry: 9\nnonsense\ndata:x\n\n", [("message", "x")]),
        (b"\xef\xbb\xbfdata:x\n\ndata:\xef\xbb\xbf\n\n", [("message", "x"), ("message", "\ufeff")]),
        (b"data:\xff\n\n", [("message", "\N{REPLACEMENT CHARACTER}")]),
        # Without data there is no event, and its name is forgotten.
        (b"event:close\n\ndata:x\n\n", [("message", "x")]),
        (b"data:x\n", []),
        (b"\n\n\n", []),
        (b"", []),
    ],
)
def test_events(sent: bytes, events: list[tuple[str, str]]) -> None:
    assert decoded(sent) == events
    assert decoded(*(sent[at : at + 1] for at in range(len(sent)))) == events


LINES = st.lists(
    st.sampled_from([b"", b"data: x", b"data:y", b"event:open", b": no", b"data"]),
    max_size=12,
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=3), st.lists(st.integers(0, 200), max_size=6))
def test_events_are_the_same_however_they_are_cut(
    parts: Iterable[tuple[list[bytes], bytes]], cuts: list[int]
) -> None:
    sent = b"".join(line + end for lines, end in parts for line in lines)
    edges = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    pieces = [sent[first:last] for first, last in pairwise(edges)]
    assert decoded(*pieces) == decoded(sent)


def test_what_has_no_end_is_counted() -> None:
    decoder = EventDecoder()
    assert [*decoder.feed(b"data:x\n: y\n")] == []
    assert decoder.pending_bytes == 11
    assert len([*decoder.feed(b"\n")]) == 1
    assert decoder.pending_bytes == 0


def test_comments_that_keep_the_stream_alive_are_no_event_without_an_end() -> None:
    decoder = EventDecoder()
    for _ in range(3):
        assert [*decoder.feed(b": still here\n\n")] == []
        assert decoder.pending_bytes == 0
