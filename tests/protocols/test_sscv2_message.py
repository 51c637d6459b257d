from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.sscv2 import path
from micboard_tui.protocols.sscv2.message import (
    MAX_DEPTH,
    Closed,
    Event,
    Json,
    News,
    Opened,
    Refusal,
    read_event,
    read_json,
    read_paths,
    read_refusal,
    write_event,
    write_json,
)
from tests.protocols.sscv2_wire import answers, events, lines

UUID = "31875a94-29e6-4fb0-ab4d-7f0bbd6e1bc8"
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | st.text(max_size=20)
)
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
).filter(lambda value: _depth(value) < MAX_DEPTH - 1)
uuids = st.from_regex(r"[0-9A-Za-z-]{1,64}", fullmatch=True)
# An event with these two keys is the other form of the same thing.
news = st.dictionaries(st.text(min_size=1, max_size=20), values, max_size=4).filter(
    lambda each: "path" not in each
)


def _depth(value: Json) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return 1 + max(map(_depth, inner), default=0)


def test_the_events_of_the_reference_are_read_by_value() -> None:
    assert list(events("ewdx.txt")) == [
        Opened(UUID),
        News((("/api/channel/0", {"name": "LEAD", "mute": False, "gain": 12}),)),
        News((("/api/channel/0/signalQualityIndicator", {"value": 96}),)),
        Closed(UUID),
    ]


def test_the_events_of_a_base_station_are_read_by_value() -> None:
    decoded = list(events("spectera.txt"))

    assert decoded[-2:] == [News((("/api/mts/paired/all/3", {}),)), News((("/api/mts/paired/all/2", None),))]
    assert isinstance(decoded[1], News)
    name, packs = decoded[1].values[0]
    assert name == "/api/mts/paired/all"
    assert isinstance(packs, list)
    assert [pack["mtUid"] for pack in packs if isinstance(pack, dict)] == [1, 2]


def test_the_answers_of_the_reference_are_read_by_value() -> None:
    (_, version), (_, identity), _, (_, battery), (unlinked, _), (bad, refusal) = answers("ewdx.txt")

    assert read_json(version) == {"protocol": "2.3", "schema": "1.7"}
    assert read_json(identity) == {
        "product": "EWDX4CHDS",
        "hardwareRevision": "1",
        "serial": "1234567890",
        "vendor": "Sennheiser electronic SE & Co. KG",
    }
    assert read_json(battery) == {"gauge": 84, "lifetime": 455, "type": "Battery"}
    assert (unlinked, bad) == (422, 400)
    assert read_refusal(refusal) == Refusal("/api/nothing", 404)


def test_the_questions_of_the_reference_are_ours() -> None:
    asked = lines("ewdx.txt", "C")

    assert asked[0] == f"GET {path.VERSION}"
    assert asked[1] == f"GET {path.IDENTITY}"
    assert asked[2] == f"GET {path.SUBSCRIPTIONS}"
    assert asked[3].startswith(f"PUT {path.session(UUID)} ")
    assert asked[6].startswith(f"PUT {path.session_addition(UUID)} ")
    assert read_paths(asked[6].rpartition(" ")[2].encode()) == ["/api/nothing"]


def test_an_event_travels_as_in_the_official_sample() -> None:
    assert write_event(News((("/api/rf", {"code": "Q1-9"}),))) == (
        b'event:message\ndata:{"/api/rf":{"code":"Q1-9"}}\n\n'
    )


def test_a_session_is_opened_with_its_path_and_its_id() -> None:
    assert write_event(Opened("7-a")) == (
        b'event:open\ndata:{"path":"/api/ssc/state/subscriptions/7-a","sessionUUID":"7-a"}\n\n'
    )


@given(st.builds(Opened, uuids) | st.builds(Closed, uuids) | news.map(lambda each: News(tuple(each.items()))))
def test_every_event_is_read_as_it_was_written(event: Event) -> None:
    name, data = write_event(event).decode("ascii").removesuffix("\n\n").split("\n", 1)

    assert read_event(name.removeprefix("event:"), data.removeprefix("data:")) == event


@given(values)
def test_every_value_is_read_as_it_was_written(value: Json) -> None:
    assert read_json(write_json(value)) == value


@given(st.binary() | st.text())
def test_rubbish_is_refused_and_nothing_else(rubbish: bytes | str) -> None:
    with suppress(ProtocolError):
        read_json(rubbish)
    text = rubbish if isinstance(rubbish, str) else rubbish.decode("latin-1")
    for name in ("open", "message", "close", text):
        try:
            read_event(name, text)
        except ProtocolError:
            continue
    read_refusal(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "hostile",
    ["[" * 100_000, "[" * 500 + "]" * 500, '{"a":' * 100_000, "NaN", "[Infinity]", "9" * 10_000, "\x00", ""],
    ids=["unclosed", "deep", "deep objects", "no number", "endless", "huge", "nul", "nothing"],
)
def test_hostile_values_are_refused(hostile: str) -> None:
    with pytest.raises(ProtocolError):
        read_json(hostile)


def test_json_of_the_greatest_depth_is_read_and_a_deeper_one_is_not() -> None:
    deepest = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert write_json(read_json(deepest)) == deepest.encode()
    with pytest.raises(ProtocolError) as refusal:
        read_json(f"[{deepest}]")
    assert str(refusal.value) == "That JSON is nested more than 16 deep"


def test_one_resource_may_come_with_its_path_beside_it() -> None:
    assert read_event("message", '{"path":"/api/rf","value":{"code":"Q1-9"}}') == News(
        (("/api/rf", {"code": "Q1-9"}),)
    )
    assert read_event("message", '{"path":"/api/rf"}') == News((("path", "/api/rf"),))


@pytest.mark.parametrize("named", ["..", "a/b?c", "", "ä", "x" * 65, 7])
def test_a_session_whose_name_is_no_name_is_not_believed(named: Json) -> None:
    with pytest.raises(ProtocolError):
        read_event("open", write_json({"sessionUUID": named if named != "a/b?c" else "b?c"}).decode())


def test_a_session_is_named_by_its_path_too() -> None:
    assert read_event("open", write_json({"path": path.session(UUID)}).decode()) == Opened(UUID)


def test_an_event_of_an_unknown_kind_means_nothing() -> None:
    assert read_event("heartbeat", "whatever") is None


def test_an_event_that_is_no_object_is_refused() -> None:
    with pytest.raises(ProtocolError):
        read_event("message", "[1]")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"path":5}', b"\xff"])
def test_a_refusal_that_names_no_path_names_none(body: bytes) -> None:
    assert read_refusal(body) is None


def test_a_refusal_without_a_number_still_names_its_path() -> None:
    assert read_refusal(b'{"path":"/api/x","error":"no"}') == Refusal("/api/x", 0)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "That is no list of paths"),
        (b'["/api/rf",1]', "A path is a string"),
        (b"[", "That is no JSON"),
    ],
)
def test_a_list_of_something_else_is_no_list_of_paths(body: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        read_paths(body)
    assert str(refusal.value) == reason
