"""Receivers in the words of the first plan: the worst is told, and unknown is neither low nor fine."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from micboard_tui.contracts.documents.receivers import low_battery_document, receivers_document
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState

NOW = 1_000_000.0
RACK = DeviceId("rack")


def channel(
    number: int,
    battery: Battery | None = None,
    rf_dbm: float | None = None,
    **more: Any,  # noqa: ANN401
) -> ChannelState:
    pack = None if battery is None else Transmitter("ULXD2", battery=battery)
    link = LinkState.TRANSMITTER_OFF if pack is None else LinkState.LIVE
    facts = ChannelFacts(f"Vox {number}", 578_350, transmitter=pack)
    return ChannelState(RACK, number, link_state=link, facts=facts, meters=Meters(rf_dbm=rf_dbm), **more)


def receiver(*channels: ChannelState, status: DeviceStatus = DeviceStatus.ONLINE) -> DeviceSnapshot:
    device = Device(RACK, "shure", "shure-strings", "127.0.0.2", 2202, "Rack A", LocationId("stage"))
    state = DeviceState(RACK, status=status, model="ULXD4Q", firmware="2.7.6.0", last_seen_at=NOW)
    return DeviceSnapshot(device, state, channels, "Main Stage")


def low(devices: Sequence[DeviceSnapshot], threshold: int, **options: bool) -> list[list[int]]:
    """The numbers of the channels of each receiver that is listed."""
    document: Any = json.loads(json.dumps(low_battery_document(devices, NOW, threshold, **options)))
    assert document["count"] == len(document["receivers"])
    return [[entry["number"] for entry in each["channels"]] for each in document["receivers"]]


def test_a_receiver_has_the_worst_of_its_channels_and_each_of_them() -> None:
    ada = Assignment(ChannelRef(RACK, 1), Performer(PerformerId("ada"), "Ada"))
    device = receiver(
        channel(1, Battery(88, 4, 425), -41.0, assignment=ada),
        channel(2, Battery(bars=3), -63.5),
        channel(3, rf_dbm=-108.0),
    )
    document: Any = receivers_document([device], NOW)
    assert json.loads(json.dumps(document)) == {
        "schema": 1,
        "generated_at": "1970-01-12T13:46:40.000Z",
        "count": 1,
        "receivers": [
            {
                "id": "rack",
                "name": "Rack A",
                "manufacturer": "shure",
                "model": "ULXD4Q",
                "ip_address": "127.0.0.2",
                "port": 2202,
                "firmware_version": "2.7.6.0",
                "location": "Main Stage",
                "location_id": "stage",
                "is_online": True,
                "last_seen": "1970-01-12T13:46:40.000Z",
                "battery_level": 60,
                "signal_strength": -63.5,
                "channel_count": 3,
                "channels": [
                    {
                        "number": 1,
                        "name": "Ada",
                        "frequency": 578.35,
                        "battery_level": 88,
                        "signal_strength": -41.0,
                        "link_state": "live",
                    },
                    {
                        "number": 2,
                        "name": "Vox 2",
                        "frequency": 578.35,
                        "battery_level": 60,
                        "signal_strength": -63.5,
                        "link_state": "live",
                    },
                    {
                        "number": 3,
                        "name": "Vox 3",
                        "frequency": 578.35,
                        "battery_level": None,
                        "signal_strength": -108.0,
                        "link_state": "transmitter_off",
                    },
                ],
            }
        ],
    }


@pytest.mark.parametrize(("threshold", "listed"), [(19, []), (20, [[1]]), (40, [[1, 2]]), (100, [[1, 2]])])
def test_low_is_at_the_threshold_or_below_it(threshold: int, listed: list[list[int]]) -> None:
    device = receiver(
        channel(1, Battery(20)), channel(2, Battery(bars=2)), channel(3, Battery(minutes=3)), channel(4)
    )
    assert low([device], threshold) == listed


def test_a_battery_that_is_not_known_is_listed_only_where_it_is_asked_for() -> None:
    silent = (channel(1, Battery()), channel(2, Battery(minutes=3)), channel(3))
    device = receiver(*silent, channel(4, Battery(90)))
    assert low([device], 100) == [[4]]
    assert low([device], 20, with_unknown=True) == [[1, 2]]


def test_what_was_known_of_a_receiver_that_is_not_heard_is_not_known_now() -> None:
    device = receiver(channel(1, Battery(5)), status=DeviceStatus.OFFLINE)
    document: Any = receivers_document([device], NOW)
    assert (document["receivers"][0]["battery_level"], document["receivers"][0]["is_online"]) == (None, False)
    assert low([device], 20) == []
    assert low([device], 20, with_unknown=True) == [[1]]


@pytest.mark.parametrize("kind", [DeviceKind.CHARGER, DeviceKind.IEM_TRANSMITTER])
def test_chargers_and_in_ear_transmitters_are_no_receivers(kind: DeviceKind) -> None:
    other = DeviceSnapshot(receiver().device, DeviceState(RACK, kind=kind), (channel(1, Battery(5)),))
    assert receivers_document([other], NOW)["receivers"] == []
    assert low([other], 100) == []
