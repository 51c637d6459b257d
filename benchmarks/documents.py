"""What the JSON document of a large rack costs, which the API makes once a second.

By hand:

    uv run python benchmarks/documents.py [--channels 4000] [--runs 15]

The live state hears meters of every channel before each run, so that all states are new. Printed is the
processor time in ms of the snapshot, of the document, and of writing it as JSON, and the size of the text.
Carriers of different zones are on the same frequencies, as in a campus; every hundredth channel has an alarm.
"""

import argparse
import gc
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from micboard_tui.contracts.documents.devices import devices_document
from micboard_tui.contracts.documents.rack_context import live_context
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.live.state import LiveState

CHANNELS_A_DEVICE = 4
DEVICES_A_ZONE = 16
JUDGED_S = 0.5
START = 1_800_000_000.0


class Clock:
    """A second later for each run, a little later for each device."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Rack:
    """Receivers of four channels, in zones of sixteen receivers."""

    def __init__(self, channels: int) -> None:
        self.clock = Clock()
        self.live = LiveState(self.clock)
        count = channels // CHANNELS_A_DEVICE
        zones = [
            Location(LocationId(f"zone-{number}"), f"Studio {number}", None)
            for number in range(count // DEVICES_A_ZONE + 1)
        ]
        self._devices = [
            Device(
                DeviceId(f"device-{number}"),
                "shure",
                "shure-strings",
                f"10.0.{number // 250}.{number % 250}",
                2202,
                location_id=zones[number // DEVICES_A_ZONE].id,
            )
            for number in range(count)
        ]
        alarms = [
            Alarm(AlarmKey(ProblemCode.RF_LOW, *ref), AlarmPriority.SOON, START, START)
            for ref in list(self._refs())[::100]
        ]
        self.live.findings = replace(self.live.findings, alarms=AlarmList(alarms))
        self.live.place(self._devices, zones)
        performers = [Performer(PerformerId(f"p{number}"), f"Singer {number}") for number in range(channels)]
        self.live.cast(performers, map(Assignment, list(self._refs()), performers))
        for number, ref in enumerate(self._refs()):
            in_zone = number % (DEVICES_A_ZONE * CHANNELS_A_DEVICE)
            pack = Transmitter("ULXD2", battery=Battery(78, 4, 405))
            facts = ChannelFacts(
                f"Vox {number}", 470_000 + 700 * in_zone, transmitter=pack, transmitter_present=True
            )
            self.clock.now += 0.007
            self.live.take_observations(ref.device_id, [FactsHeard(ref.number, facts)])

    def _refs(self) -> Iterator[ChannelRef]:
        for device in self._devices:
            for number in range(1, CHANNELS_A_DEVICE + 1):
                yield ChannelRef(device.id, number)

    def hear_meters(self, turn: int) -> None:
        """Every channel reports its meters within a tenth of a second, and the alarm service judges them."""
        for device in self._devices:
            self.clock.now += 0.1 / len(self._devices)
            self.live.take_observations(
                device.id,
                [
                    MetersHeard(number, Meters(-50.0 - turn % 20, -50.0, -60.0, -20.0, "A", carrier=True))
                    for number in range(1, CHANNELS_A_DEVICE + 1)
                ],
            )
        self.clock.now += 0.9
        self.live.judge()


def measure(channels: int, runs: int) -> None:
    rack = Rack(channels)
    costs: list[tuple[float, float, float]] = []
    size = 0
    gc.collect()
    gc.freeze()  # As the program does when it has started.
    for turn in range(runs):
        rack.hear_meters(turn)
        began = time.process_time()
        snapshots = rack.live.snapshot()
        frozen = time.process_time()
        document = devices_document(snapshots, live_context(rack.live, JUDGED_S), rack.live.version)
        made = time.process_time()
        size = len(json.dumps(document))
        costs.append((frozen - began, made - frozen, time.process_time() - made))
    snapshot_ms, document_ms, text_ms = (
        (median(part) * 1000, min(part) * 1000) for part in zip(*costs, strict=True)
    )
    for name, (middle, least) in (("snapshot", snapshot_ms), ("document", document_ms), ("text", text_ms)):
        print(f"{name:<9} {middle:6.1f} ms CPU (least {least:.1f})")
    print(f"size      {size / 1e6:6.2f} MB for {channels} channels")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channels", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    measure(options.channels, options.runs)


if __name__ == "__main__":
    main()
