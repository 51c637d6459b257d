"""What holds for every body, however a server comes by it."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

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
from micboard_tui.protocols.shure_system_api.reading import (
    CHANNEL_EVENT_NAMES,
    DEVICE_EVENT_NAMES,
    FIELDS,
    read_channels,
    read_devices,
    read_event,
    read_problem,
    read_range,
    read_transport,
    read_value,
)
from micboard_tui.protocols.shure_system_api.writing import (
    write_channels,
    write_devices,
    write_event,
    write_range,
    write_transport,
    write_value,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
MAYBE = st.none() | WORDS
DEVICES = st.builds(
    ListedDevice,
    WORDS,
    *[MAYBE] * 7,
    st.none() | st.lists(WORDS, max_size=5).map(tuple),
)
NUMBERS = st.none() | st.integers(-1000, 100_000)
LEVELS = st.builds(BatteryLevel, NUMBERS, MAYBE, MAYBE, st.none() | st.integers(0, 99_999_999))
VALUES: dict[Feature, st.SearchStrategy[Value]] = {
    Feature.NAME: MAYBE,
    Feature.IDENTIFY: st.none() | st.booleans(),
    Feature.AUDIO_MUTE: st.none() | st.booleans(),
    Feature.BATTERY_LEVEL: LEVELS,
    Feature.BATTERY_HEALTH: st.builds(BatteryHealth, NUMBERS, NUMBERS),
    Feature.MUTE: st.none() | st.booleans(),
    Feature.GAIN: NUMBERS,
    Feature.ACTIVITY: MAYBE,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [*FIELDS.values(), "edges", "node", "items", "hardwareIdentity", "deviceId", "id", "status"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(
    st.lists(DEVICES, max_size=5, unique_by=lambda device: device.id), st.sampled_from(Shape), st.booleans()
)
def test_a_list_that_was_written_is_read_as_it_was(
    devices: list[ListedDevice], shape: Shape, has_more: bool
) -> None:
    listed = DeviceList(tuple(devices), has_more and shape is Shape.PAGE)
    assert read_devices(write_devices(listed, shape)) == listed


@given(
    st.lists(
        st.builds(AudioChannel, WORDS, MAYBE, MAYBE, st.lists(WORDS, max_size=4).map(tuple)), max_size=5
    ),
    st.sampled_from(Shape),
)
def test_channels_that_were_written_are_read_as_they_were(channels: list[AudioChannel], shape: Shape) -> None:
    assert read_channels(write_channels(channels, shape)) == tuple(channels)


@given(st.data(), st.sampled_from(Feature))
def test_a_value_that_was_written_is_read_as_it_was(data: st.DataObject, feature: Feature) -> None:
    value = data.draw(VALUES[feature])
    assert read_value(feature, write_value(feature, value)) == value


@given(st.data(), WORDS, st.none() | WORDS)
def test_an_event_that_was_written_is_read_as_it_was(
    data: st.DataObject, device_id: str, channel_id: str | None
) -> None:
    names = DEVICE_EVENT_NAMES if channel_id is None else CHANNEL_EVENT_NAMES
    feature = data.draw(st.sampled_from(sorted(names)))
    event = Event(device_id, feature, channel_id, data.draw(VALUES[feature]))
    assert read_event(write_event(event)) == event
    assert read_event(write_event(Event(device_id))) == Event(device_id)


@given(st.builds(GainRange, NUMBERS, NUMBERS, NUMBERS))
def test_a_range_that_was_written_is_read_as_it_was(limits: GainRange) -> None:
    assert read_range(write_range(limits)) == limits


@given(WORDS)
def test_a_transport_that_was_written_is_read_as_it_was(transport: str) -> None:
    assert read_transport(write_transport(transport)) == transport


@given(st.binary(max_size=300) | JSON.map(lambda whole: json.dumps(whole).encode()))
def test_no_body_raises_anything_but_a_protocol_error(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    reads: list[Callable[[], object]] = [
        lambda: read_devices(body),
        lambda: read_channels(body),
        lambda: read_range(body),
        lambda: read_event(text),
        lambda: read_transport(text),
        *(partial(read_value, feature, body) for feature in Feature),
    ]
    for read in reads:
        with suppress(ProtocolError):
            read()
    read_problem(body)
