"""Everything that the reference quotes of the System API, by value, and what servers get wrong."""

import json

import pytest

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    BatteryHealth,
    BatteryLevel,
    DeviceList,
    Event,
    Feature,
    GainRange,
    ListedDevice,
    Shape,
    Value,
)
from micboard_tui.protocols.shure_system_api.paths import (
    DEVICES,
    Topic,
    channels,
    gain_range,
    identify,
    subscription,
)
from micboard_tui.protocols.shure_system_api.reading import (
    MAX_BODY,
    MAX_CHANNELS,
    MAX_DEVICES,
    MAX_ID,
    MAX_TEXT,
    minutes_of,
    read_channels,
    read_devices,
    read_event,
    read_problem,
    read_range,
    read_transport,
    read_value,
)
from micboard_tui.protocols.shure_system_api.writing import write_channels, write_devices, write_problem
from tests.protocols.wire import WIRE


def recorded() -> dict[str, list[str]]:
    """Question and answers."""
    answers: dict[str, list[str]] = {}
    asked = ""
    for line in (WIRE / "shure_system_api/server.txt").read_text(encoding="ascii").splitlines():
        if line.startswith("C: "):
            asked = line[3:]
        elif line.startswith("S: "):
            answers.setdefault(asked, []).append(line[3:])
    return answers


WIRED = recorded()
ADTQ = ListedDevice(
    "d-1",
    "ADTQ",
    "4190000001",
    "1.2.1.1",
    "ONLINE",
    "192.168.1.20",
    "ESTA.DMP",
    "COMPATIBLE_LATEST",
    ("identify", "name"),
    firmware_valid=True,
)
REDUCED = ListedDevice(
    "d-2",
    "ANX4",
    state="DISCOVERED",
    address="192.168.1.21",
    protocol="ESTA.DMP",
    compatibility="COMPATIBLE_LATEST",
)


def answer(question: str) -> bytes:
    (body,) = WIRED[f"GET /api/v1/devices{question}"]
    return body.encode()


def test_the_list_of_devices_is_read_with_its_reduced_entries() -> None:
    assert read_devices(answer("")) == DeviceList((ADTQ, REDUCED))


@pytest.mark.parametrize("shape", Shape)
def test_every_shape_of_the_list_gives_the_same_devices(shape: Shape) -> None:
    assert read_devices(write_devices(DeviceList((ADTQ, REDUCED)), shape)).devices == (ADTQ, REDUCED)


def test_a_page_that_is_not_the_last_says_so() -> None:
    assert read_devices(write_devices(DeviceList((ADTQ,), has_more=True))).has_more


def test_a_page_is_written_as_real_servers_do() -> None:
    page = json.loads(write_devices(DeviceList((ListedDevice("a"), ListedDevice("b")), has_more=True)))
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": "0",
        "endCursor": "1",
    }
    assert [edge["cursor"] for edge in page["edges"]] == ["0", "1"]
    assert page["edges"][0]["node"]["hardwareIdentity"] == {"deviceId": "a"}
    empty = json.loads(write_devices(DeviceList(())))
    assert (empty["edges"], empty["pageInfo"]["endCursor"]) == ([], "0")
    assert json.loads(write_devices(DeviceList(()), Shape.ITEMS)) == {"items": []}


def test_a_refusal_is_written_as_real_servers_do() -> None:
    assert json.loads(write_problem(404, "Not found", "No such device.", "/x")) == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "No such device.",
        "instance": "/x",
    }


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        (Topic("d-1", Feature.NAME), "RX 1"),
        (Topic("d-1", Feature.IDENTIFY), True),
        (Topic("d-1", Feature.AUDIO_MUTE), False),
        (Topic("d-3", Feature.BATTERY_LEVEL), BatteryLevel(87, "CHARGING", "FULL", 853)),
        (Topic("d-3", Feature.BATTERY_HEALTH), BatteryHealth(98, 12)),
        (Topic("d-1", Feature.MUTE, "c-1"), False),
        (Topic("d-1", Feature.GAIN, "c-1"), -3),
        (Topic("d-1", Feature.NAME, "c-1"), "Vox"),
        (Topic("d-1", Feature.ACTIVITY, "c-1"), "LOW"),
    ],
)
def test_every_value_is_read_from_where_its_topic_says(topic: Topic, value: Value) -> None:
    (body,) = WIRED[f"GET {topic.path}"]
    assert read_value(topic.feature, body.encode()) == value


def test_channels_and_the_range_of_their_gain_are_read() -> None:
    (channel,) = read_channels(answer("/d-1/audio-channels"))
    assert channel == AudioChannel(channel.id, "SOURCE", None, ("activity", "gain", "name"))
    assert len(channel.id) == 76
    assert read_range(answer("/d-1/audio-channels/c-1/gain/description")) == GainRange(-20, 16, 1)


def test_a_refusal_says_why() -> None:
    assert read_problem(answer(" without a key")) == "The API key is missing or wrong."
    assert read_problem(b'{"title":"Request Unauthorized."}') == "Request Unauthorized."
    assert read_problem(write_problem(404, "Not found", "", "/x")) == "Not found"
    assert read_problem(b"<html>") is None
    assert read_problem(b"[]") is None


def test_everything_that_is_pushed_is_read() -> None:
    first, *pushed = WIRED["WebSocket /api/v1/subscriptions/websocket/create"]
    assert read_transport(first) == "t-1"
    assert [read_event(each) for each in pushed] == [
        Event("d-1", Feature.GAIN, "c-1", -3),
        Event("d-1", Feature.MUTE, "c-1", value=True),
        Event("d-1", Feature.NAME, "c-1", "Vox"),
        Event("d-1", Feature.ACTIVITY, "c-1", "CLIPPING"),
        Event("d-2"),
        Event("d-1", Feature.NAME, None, "RX 1"),
        Event("d-1", Feature.IDENTIFY, None, value=False),
        Event("d-1", Feature.AUDIO_MUTE, None, value=True),
        Event("d-3", Feature.BATTERY_LEVEL, None, BatteryLevel(88, "CHARGING", "FULL", 12)),
        Event("d-3", Feature.BATTERY_HEALTH, None, BatteryHealth(98, 12)),
    ]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"envelope": []},
        {"envelope": {"eventName": "DEVICE_NAME"}},
        {"envelope": {"eventName": 7, "deviceId": "d"}},
        {"envelope": {"eventName": "SOMETHING_NEW", "deviceId": "d"}},
        {"envelope": {"eventName": "AUDIO_CHANNEL_GAIN", "deviceId": "d"}},
        {"envelope": {"eventName": "DEVICE_NAME", "deviceId": "x" * (MAX_ID + 1)}},
    ],
)
def test_what_is_pushed_and_not_known_is_no_event(message: dict[str, object]) -> None:
    assert read_event(json.dumps(message)) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        b'{"name":NaN}',
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b"1" * 5000,
        b" " * (MAX_BODY + 1),
        b'"a word"',
        b"17",
    ],
)
def test_what_is_no_message_is_a_protocol_error_and_nothing_else(raw: bytes) -> None:
    for read in (read_devices, read_channels, read_range):
        with pytest.raises(ProtocolError):
            read(raw)
    with pytest.raises(ProtocolError):
        read_value(Feature.NAME, raw)
    with pytest.raises(ProtocolError):
        read_event(raw.decode("latin-1"))
    with pytest.raises(ProtocolError):
        read_transport(raw.decode("latin-1"))


@pytest.mark.parametrize("body", [b"{}", b'{"edges":7}', b'{"items":{}}'])
def test_what_holds_no_list_is_no_list(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_devices(body)


def test_entries_without_an_id_are_left_out() -> None:
    nodes = [{}, 7, None, {"node": 3}, {"hardwareIdentity": {"deviceId": ""}}, {"hardwareIdentity": []}]
    assert read_devices(json.dumps(nodes).encode()) == DeviceList(())
    assert read_channels(b'[{"role":"SOURCE"},{"id":"\\ud800"},{"id":"c","group":2}]') == (
        AudioChannel("c", None, "2"),
    )


@pytest.mark.parametrize(
    ("feature", "body"),
    [
        (Feature.NAME, b'{"name":""}'),
        (Feature.NAME, b'{"name":["a"]}'),
        (Feature.NAME, b'{"name":true}'),
        (Feature.MUTE, b'{"muted":"yes"}'),
        (Feature.GAIN, b'{"gain":true}'),
        (Feature.GAIN, b'{"gain":1e999}'),
        (Feature.GAIN, b"{}"),
    ],
)
def test_a_field_of_another_kind_is_not_told(feature: Feature, body: bytes) -> None:
    assert read_value(feature, body) is None


def test_words_are_cut_and_cannot_break_what_stores_or_prints_them() -> None:
    assert read_value(Feature.NAME, json.dumps({"name": "x" * 500}).encode()) == "x" * MAX_TEXT
    assert read_value(Feature.NAME, b'{"name":"a\\ud800b"}') == "a?b"


def test_no_list_is_longer_than_what_we_believe_in() -> None:
    many = write_devices(DeviceList(tuple(ListedDevice(str(each)) for each in range(MAX_DEVICES + 9))))
    assert len(read_devices(many).devices) == MAX_DEVICES
    channels_ = write_channels([AudioChannel(str(each)) for each in range(MAX_CHANNELS + 9)])
    assert len(read_channels(channels_)) == MAX_CHANNELS


def test_ids_and_texts_of_the_greatest_length_are_read_whole() -> None:
    node = {"id": "i" * MAX_ID, "role": "r" * MAX_TEXT}
    assert read_channels(json.dumps([node]).encode()) == (AudioChannel("i" * MAX_ID, "r" * MAX_TEXT),)
    assert read_channels(json.dumps([{"id": "i" * (MAX_ID + 1)}]).encode()) == ()


@pytest.mark.parametrize(
    ("gain_db", "known"),
    [(10**9, 10**9), (-(10**9), -(10**9)), (10**9 + 1, None), (-(10**9) - 1, None)],
)
def test_a_number_out_of_range_is_unknown(gain_db: int, known: int | None) -> None:
    assert read_value(Feature.GAIN, json.dumps({"gain": gain_db}).encode()) == known


def test_a_body_of_the_greatest_length_is_read() -> None:
    assert read_value(Feature.NAME, b'{"name":"Vox"}'.ljust(MAX_BODY)) == "Vox"


def test_what_is_no_message_is_refused_with_its_reason() -> None:
    for body, reason in (
        (b" " * (MAX_BODY + 1), "1048577 are more than 1048576 bytes"),
        (b"<html>", "It is no JSON"),
        (b"17", "It is no JSON object"),
    ):
        with pytest.raises(ProtocolError) as refusal:
            read_value(Feature.NAME, body)
        assert str(refusal.value) == reason
    with pytest.raises(ProtocolError) as refusal:
        read_devices(b"{}")
    assert str(refusal.value) == "It is no list"
    with pytest.raises(ProtocolError) as refusal:
        read_transport("{}")
    assert str(refusal.value) == "The WebSocket did not send its transportId"


@pytest.mark.parametrize(
    ("duration", "minutes"),
    [
        ("PT853M", 853),
        ("PT1H5M", 65),
        ("P1DT1M", 1441),
        ("PT90S", 1),
        ("PT0S", 0),
        ("PT0.5S", 0),
        ("P", None),
        ("PT", None),
        ("853", None),
        ("PT-3M", None),
        ("PT99999999999M", None),
        (17, None),
        (None, None),
    ],
)
def test_durations_become_whole_minutes(duration: object, minutes: int | None) -> None:
    assert minutes_of(duration) == minutes


def test_opaque_ids_do_not_break_out_of_their_path() -> None:
    topic = Topic("a/../b", Feature.GAIN, "x+y/z==?#")
    assert topic.path == f"{DEVICES}/a%2F..%2Fb/audio-channels/x%2By%2Fz%3D%3D%3F%23/gain"
    assert gain_range(topic) == topic.path + "/description"
    assert subscription(channels(".."), "t/1") == f"{DEVICES}/%2E%2E/audio-channels/subscription/t%2F1"
    assert identify("d", on=True) == f"{DEVICES}/d/identify/start"
    assert identify("d", on=False) == f"{DEVICES}/d/identify/stop"
