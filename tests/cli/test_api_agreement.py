"""What the API answers is what ``poll --once --json`` prints: the same document of the same rack."""

import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Command
from tests.cli.test_serve import environment, free_port, serving

__all__ = ["environment"]

pytestmark = pytest.mark.integration

HOST = "127.0.0.1"
READ_LIMIT_S = 60.0
MOMENTS = {"generated_at", "last_seen_at", "link_since", "observed_at", "meters_at", "battery_at"}
LEVELS = {"rf_dbm", "audio_dbfs", "quality_percent"}
CHARGES = {"battery_percent", "battery_minutes", "battery_temperature_c"}
FLEETING = {"rf_low_dbm", "audio_peak_dbfs", "antenna", "rf_a_dbm", "rf_b_dbm", "overload"}
"""Of the antenna that is in use, or of the last moments: another reading may have none of it."""
OF_A_SESSION = {"version", "alarms", "next_cursor"}
"""What a single reading cannot know."""


def is_read(document: Mapping[str, Any]) -> bool:
    """Whether every device has been read, with meters."""
    channels = [channel for device in document["devices"] for channel in device["channels"]]
    is_online = all(device["is_online"] for device in document["devices"])
    return is_online and bool(channels) and all(channel["meters_at"] for channel in channels)


def read_document(url: str) -> Any:  # noqa: ANN401 - JSON
    end = time.monotonic() + READ_LIMIT_S
    with httpx.Client(base_url=url) as client:
        while not is_read(document := client.get("/api/v1/devices").raise_for_status().json()):
            assert time.monotonic() < end, document
            time.sleep(0.2)
    return document


def check_agree(name: str, answered: object, polled: object) -> None:
    """Property by property; what moves between two readings is known in both, or in neither."""
    if isinstance(answered, dict) and isinstance(polled, dict):
        assert answered.keys() - OF_A_SESSION == polled.keys() - OF_A_SESSION, name
        for each in answered.keys() - OF_A_SESSION:
            check_agree(each, answered[each], polled[each])
    elif isinstance(answered, list) and isinstance(polled, list):
        assert len(answered) == len(polled), name
        for one, other in zip(answered, polled, strict=True):
            check_agree(name, one, other)
    elif name in MOMENTS | LEVELS | CHARGES:
        assert (answered is None) is (polled is None), name
    elif name not in FLEETING:
        assert answered == polled, name


@pytest.mark.no_cover
def test_the_api_answers_what_poll_prints(
    micboard: Command, rack: Rack, environment: Mapping[str, str]
) -> None:
    for device in rack.devices:
        micboard("devices", "add", "shure", device.host, "--port", str(device.port))
    polled = json.loads(micboard("poll", "--once", "--json").out)
    address = f"{HOST}:{free_port(HOST)}"
    with serving(environment, "--listen", address) as served:
        served.read_until("Serving")
        answered = read_document(f"http://{address}")
        assert served.end() == 0
    assert len(answered["devices"]) == len(rack.devices)
    check_agree("document", answered, polled)
