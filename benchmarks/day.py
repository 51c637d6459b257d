"""A day of 100 channels in steps of half a second: real services, real files, a clock that is passed in.

By hand; a day takes 10 to 20 minutes:

    uv run python benchmarks/day.py [--hours 24] [--devices 25] [--every 600]

Every device is read twice a second. The first and the last hour are calm; between them a fault is planted
every ``--every`` seconds, of nine kinds in turn, on another channel each time. Some way through each, a
person acknowledges the alarm; then the fault ends. The machine's clock is set ahead and back between faults
and while one lasts. Printed are, hour by hour, the memory and the size of the files; and in the end

* faults without their one alarm, alarms that no fault explains, and alarms in calm hours;
* alarms that did not clear exactly once, or are stored in another order than raised, seen, cleared.

Anything of these, or memory that grew by more than a tenth after the second hour, ends it with status 1.
"""

import argparse
import asyncio
import gc
import json
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, Encryption, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceFault, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.alarm.alarm_service import AlarmService
from micboard_tui.services.alarm.condition_reader import ConditionReader
from micboard_tui.services.event_loop_lag import LoopMonitor
from micboard_tui.services.events.event_service import EventService
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.recorder.flight_recorder import FlightRecorder
from micboard_tui.services.records import Records
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.storage.database import Database, open_database, sqlite_url
from micboard_tui.storage.recorder.recorder_file import RecorderFile

P = ProblemCode
STEP_S = 0.5
CHANNELS_A_DEVICE = 4
STORE_EVERY_S = 10.0
SEEN_AFTER_S, LASTS_S, CLEARS_WITHIN_S = 12.0, 20.0, 90.0
JUMPS_S = (7200.0, -10_800.0, 40.0, -40.0, 86_400.0, -86_400.0)
STAGE = Location(LocationId("stage"), "Main Stage")
CHARGER = DeviceId("charger")
FINE = [
    Meters(-50.0 - step, -50.0 - step, -52.0 - step, -40.0 + 3 * step, "A", True, 100) for step in range(8)
]
ACTOR = "Pia"
GROWTH_LIMIT = 1.1


class Sessions:
    """As far as the alarm service asks."""

    is_running = True


class Rig:
    """Receivers and a charger, read twice a second; what is changed stays until it is changed back."""

    def __init__(self, live: LiveState, devices: int) -> None:
        self.live, self._dice = live, random.Random(1)
        self.ids = [DeviceId(f"rack{number}") for number in range(1, devices + 1)]
        self.gone: set[DeviceId] = set()
        self.meters: dict[ChannelRef, Meters] = {}
        self.facts: dict[ChannelRef, ChannelFacts] = {}
        live.place([self._device(number, id_) for number, id_ in enumerate([*self.ids, CHARGER])], [STAGE])
        for id_ in self.ids:
            heard: list[Observation] = [DeviceHeard(DeviceKind.RECEIVER, CHANNELS_A_DEVICE, "EM 6000", id_)]
            for channel in range(1, CHANNELS_A_DEVICE + 1):
                ref = ChannelRef(id_, channel)
                pack = Transmitter(battery=Battery(percent=90), serial="1")
                khz = 500_000 + 400 * len(self.facts)
                self.facts[ref] = ChannelFacts(
                    frequency_khz=khz,
                    transmitter_present=True,
                    transmitter=pack,
                    encryption=Encryption.OFF,
                    meter_interval_s=STEP_S,
                )
                heard.append(FactsHeard(channel, self.facts[ref]))
            live.take_observations(id_, heard)
        self.dock(BayState.EMPTY)

    def read(self) -> None:
        """All that is on the network."""
        dice = self._dice
        for id_ in self.ids:
            if id_ not in self.gone:
                observations = [
                    MetersHeard(channel, self.meters.get(ChannelRef(id_, channel)) or dice.choice(FINE))
                    for channel in range(1, CHANNELS_A_DEVICE + 1)
                ]
                self.live.take_observations(id_, observations)

    def hear_charger(self) -> None:
        self.live.take_observations(CHARGER, [BayHeard(Bay(1, self._bay))])

    def meter(self, ref: ChannelRef, **values: object) -> None:
        self.meters[ref] = FINE[0]._replace(**values)  # type: ignore[arg-type]

    def stop_metering(self, ref: ChannelRef) -> None:
        """It reads as all others again."""
        del self.meters[ref]

    def change_facts(self, ref: ChannelRef, **values: object) -> None:
        self.facts[ref] = replace(self.facts[ref], **values)  # type: ignore[arg-type]
        self.live.take_observations(ref.device_id, [FactsHeard(ref.number, self.facts[ref])])

    def charge(self, ref: ChannelRef, percent: int, serial: str | None = None) -> None:
        """``serial``: of another pack; None: of the one that is there."""
        pack = self.facts[ref].transmitter
        if serial is None and pack is not None:
            serial = pack.serial
        self.change_facts(ref, transmitter=Transmitter(battery=Battery(percent=percent), serial=serial))

    def lose(self, *ids: DeviceId) -> None:
        self.gone.update(ids)
        for id_ in ids:
            self.live.status(
                id_, DeviceStatus.OFFLINE, DeviceFault(ErrorCode.DEVICE_SILENT, "No data", "Wait")
            )

    def find_again(self) -> None:
        """A new session reads everything."""
        for ref, facts in self.facts.items():
            if ref.device_id in self.gone:
                self.live.take_observations(ref.device_id, [FactsHeard(ref.number, facts)])
        self.gone.clear()

    def dock(self, state: BayState) -> None:
        self._bay = state
        self.live.take_observations(
            CHARGER, [DeviceHeard(DeviceKind.CHARGER, 0, "L 6000", "Charger", bay_count=1)]
        )
        self.hear_charger()

    def _device(self, number: int, id_: DeviceId) -> Device:
        return Device(
            id_, "sennheiser", "driver", f"10.0.0.{number}", 45, location_id=STAGE.id, position=number
        )


class Fault(NamedTuple):
    key: AlarmKey
    begin: Callable[[], None]
    end: Callable[[], None]


def plan_faults(rig: Rig) -> Iterator[Fault]:
    """Without end; every kind in turn, on another channel each time."""
    dice, serial = random.Random(2), 1
    while True:
        refs = dice.sample(list(rig.facts), 6)
        for cause, ref, values in (
            (
                P.RF_LOST,
                refs[0],
                {"rf_dbm": -110.0, "rf_a_dbm": -110.0, "rf_b_dbm": -110.0, "antenna": None, "carrier": False},
            ),
            (P.RF_CRITICAL, refs[1], {"rf_dbm": -98.0, "rf_a_dbm": -98.0, "rf_b_dbm": -98.0}),
            (P.QUALITY_LOW, refs[2], {"quality_percent": 20}),
            (P.AUDIO_CLIP, refs[3], {"overload": True}),
        ):
            yield Fault(
                AlarmKey(cause, *ref),
                partial(rig.meter, ref, **values),
                partial(rig.stop_metering, ref),
            )
        serial += 1
        low, coded = refs[4], refs[5]
        yield Fault(
            AlarmKey(P.BATTERY_CRITICAL, *low),
            partial(rig.charge, low, 5),
            partial(rig.charge, low, 90, str(serial)),
        )
        yield Fault(
            AlarmKey(P.ENCRYPTION_MISMATCH, *coded),
            partial(rig.change_facts, coded, encryption=Encryption.MISMATCH),
            partial(rig.change_facts, coded, encryption=Encryption.OFF),
        )
        gone = dice.choice(rig.ids)
        yield Fault(AlarmKey(P.OFFLINE, gone), partial(rig.lose, gone), rig.find_again)
        yield Fault(
            AlarmKey(P.CHARGER_FAULT, CHARGER, part=1),
            partial(rig.dock, BayState.FAULT),
            partial(rig.dock, BayState.EMPTY),
        )
        many = rig.ids[len(rig.ids) // 3 :]
        yield Fault(
            AlarmKey(P.NETWORK_LOST, location_id=STAGE.id),
            partial(rig.lose, *many),
            rig.find_again,
        )


class StoredEvent(NamedTuple):
    key: AlarmKey
    kind: str
    is_hidden: bool


class Day:
    """The services of a board and its clocks, which stand still until they are told."""

    def __init__(self, database: Database, directory: Path, devices: int) -> None:
        self.files = {name: directory / name for name in ("micboard.db", "recorder.db")}
        self.steady_s, self._offset_s = 0.0, float(int(time.time()) - 3 * 86_400)
        self.clock = SteadyClock(wall=lambda: self._offset_s + self.steady_s, steady=lambda: self.steady_s)
        self.live = LiveState(self.clock)
        records = Records(database.devices, database.locations, database.assignments, database.shows)
        self.events = EventService(database.events, database.devices, self.live, self.clock)
        sessions: SynchronizationContract = Sessions()  # type: ignore[assignment]
        self.alarms = AlarmService(
            self.live,
            sessions,
            records,
            database.alarms,
            self.events,
            ConditionReader(self.live, LoopMonitor(), lambda: None),
        )
        self.recorder = FlightRecorder(
            self.live, RecorderFile(self.files["recorder.db"]), self.events.append, lambda: True
        )
        self.rig = Rig(self.live, devices)

    async def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.steady_s += STEP_S
            self.rig.read()
            if self.steady_s % 1.0 == 0.0:
                self.rig.hear_charger()
                self.recorder.record()
                writer = self.recorder._writer
                while writer._steps or writer._windows:
                    if not await writer._write_some():
                        sys.exit(f"The recorder cannot write: {writer.state.fault}")
            self.alarms.look()
            if self.steady_s % STORE_EVERY_S == 0.0:
                await self.alarms.keep_stored()

    def set_clock(self, by_s: float) -> None:
        """As the sessions notice it (``SynchronizationService``)."""
        self._offset_s += by_s
        if correction_s := self.clock.correction_s():
            self.clock.follow(correction_s)
            self.live.shift_clock(correction_s)

    def read_stored(self) -> list["StoredEvent"]:
        """What is stored of alarms, in the order of storing."""
        with closing(sqlite3.connect(self.files["micboard.db"])) as connection:
            rows = connection.execute(
                "SELECT device_id, channel, details FROM events WHERE kind = 'alarm' ORDER BY id"
            ).fetchall()
        stored = []
        for device_id, channel, text in rows:
            details = json.loads(text)
            cause, part, location = details["cause"], int(details.get("part", 0)), details.get("location")
            key = AlarmKey(ProblemCode(cause), device_id, channel, part, location)
            stored.append(StoredEvent(key, details["event"], "hidden_by" in details))
        return stored

    async def acknowledge_all(self) -> None:
        keys = [alarm.key for alarm in self.live.findings.alarms.alarms]
        if (answer := await self.alarms.acknowledge(keys, actor=ACTOR)).error is not None:
            sys.exit(f"Alarms cannot be acknowledged: {answer.error}")

    async def close(self) -> None:
        await self.alarms.close()
        await self.recorder.close()
        await self.events.close()

    def shown(self) -> list[AlarmKey]:
        """The open alarms that no other hides."""
        alarms = self.live.findings.alarms.alarms
        return [alarm.key for alarm in alarms if alarm.is_open and alarm.hidden_by is None]


class Plan:
    """What is planted in a day, and what went wrong."""

    def __init__(self, day: Day) -> None:
        self._day, self._faults = day, plan_faults(day.rig)
        self.planted: Counter[ProblemCode] = Counter()
        self.jumps = 0
        self.wrong: list[str] = []

    async def live_through(self, hours: float, every_s: float, report: Callable[[float], None]) -> None:
        day, end_s = self._day, hours * 3600.0
        while day.steady_s < end_s:
            hour_end_s = day.steady_s - day.steady_s % 3600.0 + 3600.0
            is_calm = day.steady_s < 3600.0 or day.steady_s >= end_s - 3600.0
            while not is_calm and day.steady_s + every_s <= hour_end_s:
                next_s = day.steady_s + every_s
                await self._plant()
                await day.run(next_s - day.steady_s)
            await day.run(hour_end_s - day.steady_s)
            self._expect_none("the end of an hour")
            report(day.steady_s / 3600.0)
        await day.close()

    async def _plant(self) -> None:
        day, fault = self._day, next(self._faults)
        number = self.planted.total()
        self.planted[fault.key.cause] += 1
        if number % 5 == 1:
            self._jump()
        await day.run(5.0)
        self._expect_none(f"before {fault.key}")
        fault.begin()
        await day.run(SEEN_AFTER_S)
        if day.shown() != [fault.key]:
            self.wrong.append(f"{fault.key} was planted, and these are open: {day.shown()}")
        await day.acknowledge_all()
        if number % 5 == 3:
            self._jump()
        await day.run(LASTS_S - SEEN_AFTER_S)
        fault.end()
        await day.run(CLEARS_WITHIN_S)
        self._expect_none(f"after {fault.key}")
        await day.acknowledge_all()

    def _jump(self) -> None:
        self._day.set_clock(JUMPS_S[self.jumps % len(JUMPS_S)])
        self.jumps += 1

    def _expect_none(self, when: str) -> None:
        if keys := [alarm.key for alarm in self._day.live.findings.alarms.alarms]:
            self.wrong.append(f"{when} these are listed: {keys}")


def compare_stored(planted: Counter[ProblemCode], stored: list[StoredEvent]) -> list[str]:
    """What is stored of alarms and should not be, or the other way round."""
    wrong: list[str] = []
    raised = Counter(event.key.cause for event in stored if event.kind == "raised" and not event.is_hidden)
    if raised != planted:
        wrong.append(f"planted {dict(planted)}, raised {dict(raised)}")
    lives: dict[AlarmKey, list[str]] = {}
    for event in stored:
        if event.kind not in {"hidden", "revealed"}:
            lives.setdefault(event.key, []).append(event.kind)
    for key, kinds in lives.items():
        life = " ".join(kinds)
        if life.replace("raised acknowledged cleared", "").replace("raised cleared", "").strip():
            wrong.append(f"{key} went: {life}")
    print(
        f"{len(stored)} events of alarms stored; "
        + ", ".join(f"{count} {cause.value}" for cause, count in raised.items())
    )
    return wrong


class Growth:
    """Memory and files, at the end of each hour."""

    def __init__(self, files: dict[str, Path]) -> None:
        self._files, self._began_s = files, time.process_time()
        self.resident_mb: list[float] = []

    def report(self, hour: float) -> None:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        self.resident_mb.append(pages * resource.getpagesize() / 1e6)
        sizes = "  ".join(f"{name} {file.stat().st_size / 1e6:.1f} MB" for name, file in self._files.items())
        print(
            f"hour {hour:4.0f}  memory {self.resident_mb[-1]:6.1f} MB, {len(gc.get_objects())} objects"
            f"  {sizes}  {time.process_time() - self._began_s:.0f} s of processor time",
            flush=True,
        )

    def find_growth(self) -> list[str]:
        base, last = self.resident_mb[min(1, len(self.resident_mb) - 1)], self.resident_mb[-1]
        return [f"memory grew from {base:.1f} to {last:.1f} MB"] if last > GROWTH_LIMIT * base else []


async def measure(hours: float, devices: int, every_s: float) -> int:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        async with open_database(sqlite_url(directory / "micboard.db")) as database:
            day = Day(database, directory, devices)
            growth = Growth(day.files)
            plan = Plan(day)
            await plan.live_through(hours, every_s, growth.report)
            print(f"{plan.planted.total()} faults, {plan.jumps} jumps of the clock")
            wrong = plan.wrong + compare_stored(plan.planted, day.read_stored()) + growth.find_growth()
    print("\n".join(wrong) or "Nothing was wrong.")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--devices", type=int, default=25)
    parser.add_argument("--every", type=float, default=600.0, help="seconds from fault to fault")
    options = parser.parse_args()
    return asyncio.run(measure(options.hours, options.devices, options.every))


if __name__ == "__main__":
    sys.exit(main())
