"""How the collectors of a site are doing, as checks of its health. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from micboard_tui.contracts.bus_errors import describe_missing_collector
from micboard_tui.contracts.health import CollectorHealth, HealthCheck, Verdict
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_duration

START_IT = "Start it, or check the network of its computer; another collector of its zone takes its devices"


def check_collectors(
    collectors: Sequence[CollectorHealth], devices: Sequence[DeviceSnapshot], version: str, now: float
) -> Iterator[HealthCheck]:
    """A check of each collector, and of each zone with devices that none reaches. ``version``: ours."""
    for collector in collectors:
        yield _check_collector(collector, version, now)
    reached = {collector.zone for collector in collectors if collector.is_heard}
    unreached = Counter(each.device.zone for each in devices if each.device.zone not in reached)
    for zone, count in sorted(unreached.items()):
        message = f"No collector is heard: {_count(count, 'device')} of it not read"
        yield HealthCheck(f"zone {zone}", Verdict.FAILED, message, describe_missing_collector(zone).hint)


def _check_collector(collector: CollectorHealth, version: str, now: float) -> HealthCheck:
    name = f"collector {visible(collector.name)}"
    has = f"{_count(collector.devices, 'device')}, {_count(collector.channels, 'channel')}"
    where = f"Zone {visible(collector.zone)} on {visible(collector.host) or 'an unknown computer'}: {has}"
    if not collector.is_heard:
        silence = f"not heard for {format_duration(max(0.0, now - collector.heard_at))}"
        return HealthCheck(name, Verdict.FAILED, f"{where}; {silence}", START_IT)
    if collector.version != version:
        differs = f"{where}; it is {visible(collector.version)}, the hub {version}"
        return HealthCheck(name, Verdict.WARNING, differs, "Update the older one")
    return HealthCheck(name, Verdict.OK, where)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
