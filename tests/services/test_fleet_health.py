"""What health says of collectors."""

from dataclasses import replace

from micboard_tui.contracts.health import CollectorHealth, Verdict
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.fleet_health import check_collectors

FOH = CollectorHealth("foh", "main", "rack-1", "2026.12.0", 3, 12, 15, 100.0, is_heard=True)
ONE = Device(DeviceId("a"), "shure", "shure-strings", "10.0.0.1", 2202)


def snapshots(*zones: str) -> list[DeviceSnapshot]:
    devices = [replace(ONE, id=DeviceId(str(number)), zone=zone) for number, zone in enumerate(zones)]
    return [DeviceSnapshot(device, DeviceState(device.id), ()) for device in devices]


def test_each_collector_is_named_with_where_it_is_and_what_it_has() -> None:
    (check,) = check_collectors([FOH], snapshots("main"), "2026.12.0", 101.0)
    assert (check.name, check.verdict) == ("collector foh", Verdict.OK)
    assert check.message == "Zone main on rack-1: 3 devices, 12 channels"


def test_one_that_is_not_heard_fails_and_with_it_its_zone() -> None:
    lost = replace(FOH, is_heard=False)
    collector, zone = check_collectors([lost], snapshots("main", "main", "main"), "2026.12.0", 112.0)
    assert collector.verdict is zone.verdict is Verdict.FAILED
    assert collector.message.endswith("; not heard for 12s")
    assert (zone.name, zone.message) == ("zone main", "No collector is heard: 3 devices of it not read")
    assert "--roles collector --zone main" in zone.hint
    spare = replace(FOH, name="spare", devices=1, channels=1)
    named = [check.name for check in check_collectors([lost, spare], snapshots("main"), "2026.12.0", 112.0)]
    assert named == ["collector foh", "collector spare"]


def test_another_version_is_a_warning() -> None:
    (check,) = check_collectors([FOH], (), "2027.1.0", 101.0)
    assert check.verdict is Verdict.WARNING
    assert "it is 2026.12.0, the hub 2027.1.0" in check.message
