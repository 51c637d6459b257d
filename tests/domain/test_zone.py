"""The names of zones, and when they are shown."""

import pytest

from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.zone import MAX_ZONE, has_several_zones, parse_zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("foh", "foh"),
        (" FOH ", "foh"),
        ("stage-2", "stage-2"),
        ("", "main"),
        ("x" * MAX_ZONE, "x" * MAX_ZONE),
        ("x" * (MAX_ZONE + 1), None),
        ("two words", None),
        ("-foh", None),
        ("höhe", None),
        ("a.b", None),
    ],
)
def test_a_zone_has_one_way_to_be_written(text: str, zone: str | None) -> None:
    assert parse_zone(text) == zone


def test_zones_are_shown_where_there_are_several() -> None:
    devices = [
        Device(DeviceId(zone), "shure", "shure-strings", "h", 1, zone=zone) for zone in ("foh", "main")
    ]
    assert not has_several_zones([])
    assert not has_several_zones(devices[:1])
    assert has_several_zones(devices)
