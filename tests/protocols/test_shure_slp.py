"""What a Shure device announces, by value and for every datagram there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.shure_slp.codec import (
    MAX_DATAGRAM,
    MAX_TEXT,
    Advertisement,
    cid_of,
    encode,
    parse,
)
from tests.protocols.wire import said

RECORDED = said("shure_slp/qlxd4.txt", "D")
QLXD4 = Advertisement(
    "QLXD4",
    "QLXD4",
    "DD47E0D7-0000-11DD-A000-000EDDCCCCCC",
    "CCEAC054-E139-11DF-84BA-0015C5F3F612",
    "169.254.216.224",
)


def framed(text: bytes, *, function: int = 7, size: int | None = None, language: bytes = b"en") -> bytes:
    """A datagram with a header as RFC 2608 has it."""
    counted = len(text) if size is None else size
    body = len(language).to_bytes(2, "big") + language + b"\0\0" + counted.to_bytes(2, "big") + text
    return bytes([2, function]) + (12 + len(body)).to_bytes(3, "big") + bytes(7) + body


@pytest.mark.parametrize(
    "datagram",
    [
        framed(RECORDED),
        framed(RECORDED, language=b""),
        framed(RECORDED, function=11),
        framed(RECORDED + b"\0"),
        framed(RECORDED, size=60_000),
        framed(RECORDED, size=0),
        framed(RECORDED, function=11, size=9),
        b"\x02\x07" + RECORDED,
        b"\x02" + RECORDED,
    ],
    ids=[
        "reply",
        "no language",
        "other function",
        "end",
        "lies",
        "no size",
        "other size",
        "no header",
        "nothing",
    ],
)
def test_what_a_real_unit_says_is_read_whatever_its_header(datagram: bytes) -> None:
    assert parse(datagram) == QLXD4


def test_the_mac_address_stands_in_the_id_of_the_unit() -> None:
    assert QLXD4.mac == "00:0E:DD:47:E0:D7"
    assert cid_of("00:0e:dd:47:e0:d7") == QLXD4.cid
    assert Advertisement(cid="AA47E0D7-0000-11DD-A000-000EDDCCCCCC").mac is None
    assert Advertisement().mac is None


@pytest.mark.parametrize(
    ("text", "advertisement"),
    [
        (b"(acn-fctn=ULXD4D),(acn-uacn=Rack (left), B)", Advertisement("ULXD4D", "Rack (left), B")),
        (b"(acn-fctn=AD4Q),(acn-uacn=FOH\\2c \\28A\\29)", Advertisement("AD4Q", "FOH, (A)")),
        (b"(ACN-FCTN= AD4Q ),(acn-uacn=  )", Advertisement("AD4Q")),
        (b"(acn-fctn=AD4D),(acn-fctn=FAKE)", Advertisement("AD4D")),
        (b"(acn-fctn=AD4D),(cid=none),(acn-uacn=\xff\xfe)", Advertisement("AD4D", "\ufffd\ufffd")),
        (b"(acn-uacn=" + b"x" * 500 + b"),(acn-fctn=AD4D)", Advertisement("AD4D", "x" * MAX_TEXT)),
        (b"(acn-fctn=AD4D),(csl-esta.dmp=esta.sdt/999.1.1.1:5)", Advertisement("AD4D")),
        (b"(acn-fctn=AD4D),(csl-esta.dmp=esta.sdt/0.0.0.0:5)", Advertisement("AD4D")),
        (b"(acn-fctn=AD4D),junk,(a)", Advertisement("AD4D),junk,(a")),
        (b"(\xff=1),(acn-fctn=AD4D)", Advertisement("AD4D")),
        (b"(acn-fctn=AD4D),(acn-uacn=A=B)", Advertisement("AD4D", "A=B")),
        (b"(acn-fctn=AD4D),(acn-uacn= \\00X\\09X\\00 )", Advertisement("AD4D", "X\tX")),
        (b"(acn-fctn=AD4D),(acn-uacn=\\09A\\09)", Advertisement("AD4D", "\tA\t")),
        (b"(acn-fctn=AD4D),(acn-uacn=" + b"X" * 127 + b" B)", Advertisement("AD4D", "X" * 127)),
        (
            b"cd:ccb8a40c-e139-11df-94a5-0015c5f3f612",
            Advertisement(dcid="CCB8A40C-E139-11DF-94A5-0015C5F3F612"),
        ),
    ],
)
def test_attributes_are_read_as_they_are_written(text: bytes, advertisement: Advertisement) -> None:
    assert parse(framed(text)) == advertisement


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x02",
        b"\x01" + framed(RECORDED)[1:],
        framed(b"service:anybody", function=1),
        framed(b")("),
        framed(RECORDED, size=9),
        framed(RECORDED, size=9, language=b"e" * 256),
        framed(b"(acn-uacn=Only a name)"),
        framed(RECORDED + b" " * MAX_DATAGRAM),
    ],
)
def test_what_is_no_advertisement_is_none(datagram: bytes) -> None:
    assert parse(datagram) is None


def test_a_datagram_of_the_greatest_length_is_read_and_a_longer_one_is_not() -> None:
    longest = framed(RECORDED).ljust(MAX_DATAGRAM)
    assert parse(longest) == QLXD4
    assert parse(longest + b" ") is None


def test_an_advertisement_has_the_header_and_the_attributes_of_a_real_unit() -> None:
    assert encode(QLXD4) == framed(RECORDED + b"\0", size=len(RECORDED))
    attributes = b"(acn-fctn=QLXD4),(acn-uacn=FOH\\2C \\28A\\29),(acn-services=esta.dmp)"
    assert encode(Advertisement("QLXD4", "FOH, (A)")) == framed(attributes + b"\0", size=len(attributes))


def test_a_name_that_cannot_be_encoded_is_sent_without_its_lone_surrogates() -> None:
    assert parse(encode(Advertisement("AD4D", "A\ud800"))) == Advertisement("AD4D", "A?")


@given(st.binary(max_size=300))
def test_no_datagram_raises(datagram: bytes) -> None:
    parse(datagram)
    parse(b"\x02\x07" + datagram)
    parse(framed(b"(acn-fctn=AD4D),(acn-uacn=" + datagram))


UUIDS = st.uuids().map(lambda each: str(each).upper())
WORDS = st.text(min_size=1, max_size=MAX_TEXT).filter(
    lambda text: text.strip(" \0") == text and not any("\ud800" <= each <= "\udfff" for each in text)
)


@given(
    st.builds(
        Advertisement,
        model=WORDS,
        name=st.none() | WORDS,
        cid=st.none() | UUIDS,
        dcid=st.none() | UUIDS,
        address=st.none() | st.sampled_from(["10.0.0.1", "169.254.3.4"]),
    )
)
def test_what_is_encoded_is_read_back(advertisement: Advertisement) -> None:
    assert parse(encode(advertisement)) == advertisement
