"""Kills a process in which people act while alarms come and go, and counts what was lost of their answers.

By hand; 100 kills take some minutes:

    uv run python benchmarks/acts.py [--kills 100]

A process with the real services on a real database judges a rig whose carriers come and go, stores readings
without a pause, and lets three people act at once: one acknowledges every new alarm, one writes markers, one
assigns performers to four channels at a time and takes every third step back. Each answer is named. The
process is killed (SIGKILL) at a random moment. After each kill the file has to be whole; everything that was
named has to be there exactly once, with its event; and nothing may be there by half: no acknowledgement
without its alarm, and no performer with some of the four channels. ``benchmarks/kills.py`` does the same to
the flight recorder.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import structlog
from day import STAGE, STEP_S, Rig, Sessions

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.alarm_record import dump_key
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from micboard_tui.services.alarm.alarm_service import AlarmService
from micboard_tui.services.alarm.condition_reader import ConditionReader
from micboard_tui.services.assignment.assignment_service import AssignmentService
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.event_loop_lag import LoopMonitor
from micboard_tui.services.events.event_service import EventService
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.records import Records
from micboard_tui.services.steps import PlannedStep, Steps
from micboard_tui.services.threshold.numbers_reader import NumbersReader
from micboard_tui.storage.database import Database, open_database, sqlite_url

Data = TypeVar("Data")
DEVICES, TOGETHER, UNDO_EVERY = 10, 4, 3
TROUBLED = 0.02
"""The share of channels that lose or find their carrier in half a second."""
LIVES_S = (0.1, 1.0, 3.0)
"""At most, from the first answer or from the opening of the file."""
LIFE_AHEAD_S = 100_000.0
"""Between the clocks of two lives: no two alarms are raised at the same moment."""


def name_answer(*words: object) -> None:
    """In one write, so that it is named entirely or not at all."""
    os.write(1, (json.dumps(words) + "\n").encode())


def data_of(result: ServiceResult[Data]) -> Data:
    if not result.success:
        raise RuntimeError(result.error)
    return result.data


class Life:
    """The services of one process, and a clock that runs as fast as it can be judged."""

    def __init__(self, database: Database, number: int) -> None:
        self._database, self._number, self._dice = database, number, random.Random(number)
        self._now = 1_700_000_000.0 + number * LIFE_AHEAD_S
        self.live = LiveState(lambda: self._now)
        self._records = Records(database.devices, database.locations, database.assignments, database.shows)
        self._events = EventService(database.events, database.devices, self.live, self.live.now)
        self._steps = Steps(database.assignments, self.live.now, self._refresh, self._events)
        numbers = NumbersReader(
            database.thresholds, database.shows, database.locations, self.live.now, DEFAULT_THRESHOLDS
        )
        stored = StoredDevices(database.devices, self.live.now, 30.0, numbers.read)
        self._assignments = AssignmentService(self._records, stored, self.live, self._steps)
        sessions: SynchronizationContract = Sessions()  # type: ignore[assignment]
        conditions = ConditionReader(self.live, LoopMonitor(), lambda: None)
        self._alarms = AlarmService(
            self.live, sessions, self._records, database.alarms, self._events, conditions
        )
        self._rig = Rig(self.live, DEVICES)

    async def live_on(self) -> None:
        """Until it is killed."""
        if not await self._database.devices.all():
            devices = [Change(None, device.device) for device in self.live.snapshot()]
            async with self._steps.lock:
                await self._steps.make(PlannedStep("Rig added", [Change(None, STAGE), *devices]), "Pia")
        name_answer("open")
        await asyncio.gather(
            self._judge(), self._store_readings(), self._acknowledge(), self._write_markers(), self._assign()
        )

    async def _refresh(self) -> None:
        self.live.cast(
            await self._records.assignments.performers(), await self._records.assignments.assignments()
        )

    async def _judge(self) -> None:
        rig = self._rig
        while True:
            for ref in rig.facts:
                if self._dice.random() < TROUBLED and rig.meters.pop(ref, None) is None:
                    rig.meter(ref, rf_dbm=-110.0, antenna=None, carrier=False)
            self._now += STEP_S
            rig.read()
            rig.hear_charger()
            self._alarms.look()
            await self._alarms.keep_stored()
            await asyncio.sleep(0)

    async def _store_readings(self) -> None:
        while True:
            snapshots = self.live.snapshot()
            channels = [channel for device in snapshots for channel in device.channels]
            await self._database.devices.store([device.state for device in snapshots], channels)

    async def _acknowledge(self) -> None:
        while True:
            for alarm in self.live.findings.alarms.new:
                answer = await self._alarms.acknowledge([alarm.key], actor="Pia")
                for seen in answer.data or ():
                    name_answer("seen", dump_key(seen.key), seen.raised_at)
            await asyncio.sleep(0.001)

    async def _write_markers(self) -> None:
        for number in count():
            marker = data_of(await self._events.add_marker(f"marker {self._number}-{number}", actor="Zoë"))
            name_answer("marker", marker.text)

    async def _assign(self) -> None:
        for number in count():
            name = f"performer {self._number}-{number}"
            device = self._rig.ids[number % DEVICES]
            refs = [ChannelRef(device, channel) for channel in range(1, TOGETHER + 1)]
            data_of(await self._assignments.assign(refs, name, actor="Pia"))
            name_answer("assigned", name)
            if number % UNDO_EVERY == 0:
                data_of(await self._assignments.undo(actor="Pia"))
                name_answer("undone", name)


class Ledger:
    """What was answered."""

    def __init__(self) -> None:
        self.markers: set[str] = set()
        self.seen: Counter[tuple[str, float]] = Counter()
        """Which alarms, as raised when; one that lasts is new again after a while, and seen again."""
        self.assigned: set[str] = set()
        self.undone: set[str] = set()

    @property
    def size(self) -> int:
        return len(self.markers) + self.seen.total() + len(self.assigned) + len(self.undone)

    def note(self, line: str) -> None:
        match json.loads(line):
            case ["marker", text]:
                self.markers.add(text)
            case ["seen", key, raised_at]:
                self.seen[key, raised_at] += 1
            case ["assigned", name]:
                self.assigned.add(name)
            case ["undone", name]:
                self.undone.add(name)
            case _:
                pass


def find_losses(file: Path, ledger: Ledger) -> Iterator[str]:
    """What was answered and is not there exactly once, and what is there by half."""
    with closing(sqlite3.connect(file)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            yield f"the file is damaged: {verdict}"
        events = connection.execute("SELECT kind, text, device_id, channel, details FROM events").fetchall()
        alarms = connection.execute("SELECT * FROM alarms")
        names = [column[0] for column in alarms.description]
        standing = [dict(zip(names, row, strict=True)) for row in alarms]
        performers = Counter(name for (name,) in connection.execute("SELECT name FROM performers"))
        channels = Counter(
            name
            for (name,) in connection.execute(
                "SELECT name FROM performers JOIN assignments ON performers.id = assignments.performer_id"
                " UNION ALL SELECT performer_name FROM past_assignments"
            )
        )
    texts = Counter(text for kind, text, *_ in events if kind in {"marker", "step"})
    yield from (f"{text}: {texts[text]} times" for text in ledger.markers if texts[text] != 1)
    yield from (f"{text}: {n} times" for text, n in texts.items() if text.startswith("marker ") and n != 1)
    yield from _find_lost_acknowledgements(events, standing, ledger)
    for name in ledger.assigned - ledger.undone:
        # An undo that was not answered may have happened.
        if performers[name] != 1 and int(name.rpartition("-")[2]) % UNDO_EVERY:
            yield f"{name} is there {performers[name]} times"
    yield from (f"{name} was undone and is there" for name in ledger.undone if performers[name])
    yield from (f"{name} has {n} channels" for name, n in channels.items() if n != TOGETHER)
    for name in ledger.assigned:
        made = [text for text in texts.elements() if text.endswith(f"assigned to {name}")]
        undone = [text for text in made if text.startswith("Undone")]
        if len(made) - len(undone) != 1 or len(undone) > 1 or len(undone) < (name in ledger.undone):
            yield f"{name} has these events: {made}"


def _find_lost_acknowledgements(
    events: list[tuple[str, str, str | None, int | None, str]],
    standing: list[dict[str, object]],
    ledger: Ledger,
) -> Iterator[str]:
    changes = Counter(
        (*_alarm_of(json.loads(text), device_id, channel), json.loads(text)["event"])
        for kind, _, device_id, channel, text in events
        if kind == "alarm" and "cause" in text  # Not that a flood began.
    )
    for alarm, answers in ledger.seen.items():
        if not answers <= (times := changes[*alarm, "acknowledged"]) <= 1 + changes[*alarm, "re_alarmed"]:
            yield f"{alarm} was answered as acknowledged {answers} times, and is stored so {times} times"
    for (key, raised_at, change), times in changes.items():
        alarm = key, raised_at
        if change in {"raised", "cleared"} and times != 1:
            yield f"{alarm} {change} {times} times"
        if not changes[*alarm, "raised"]:
            yield f"{alarm} {change}, and was not raised"
    for row in standing:
        alarm = _alarm_of(row, row["device_id"], row["channel"])
        is_new_again = changes[*alarm, "acknowledged"] <= changes[*alarm, "re_alarmed"]
        if alarm in ledger.seen and row["acknowledged_by"] != "Pia" and not is_new_again:
            yield f"{alarm} stands, and not as acknowledged"


def _alarm_of(row: dict[str, Any], device_id: Any, channel: Any) -> tuple[str, float]:  # noqa: ANN401 - as SQLite has it
    """Which alarm, and when it was raised."""
    location = row.get("location") or row.get("location_id") or None
    key = AlarmKey(
        ProblemCode(row["cause"]), device_id or None, channel or None, int(row.get("part") or 0), location
    )
    return dump_key(key), float(row["raised_at"])


async def begin_life(file: Path, number: int) -> None:
    async with open_database(sqlite_url(file)) as database:
        await Life(database, number).live_on()


def kill_once(file: Path, number: int, lasts_s: float, ledger: Ledger) -> None:
    """A life in a fork, since Python need not be loaded for each."""
    is_killed, is_early = False, number % 4 == 0
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        os.close(reading)
        try:
            asyncio.run(begin_life(file, number))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as lines:
        for line in lines:
            is_open = line == '["open"]\n'
            if not is_killed and is_open is is_early:
                is_killed = True
                threading.Timer(lasts_s, os.kill, [child, signal.SIGKILL]).start()
            if line.endswith("\n"):
                ledger.note(line)
    _, status = os.waitpid(child, 0)
    if os.WTERMSIG(status) != signal.SIGKILL:
        sys.exit("The process ended by itself")


def measure(kills: int) -> int:
    dice, ledger, losses = random.Random(1), Ledger(), list[str]()
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "micboard.db"
        began = time.monotonic()
        for number in range(kills):
            kill_once(file, number, dice.choice(LIVES_S) * dice.random(), ledger)
            losses = list(find_losses(file, ledger))
            steps = len(ledger.assigned) + len(ledger.undone)
            print(
                f"{number + 1} kills, {ledger.size} answers ({ledger.seen.total()} alarms,"
                f" {len(ledger.markers)} markers, {steps} steps), {len(losses)} losses,"
                f" {time.monotonic() - began:.0f} s",
                end="\r",
                flush=True,
            )
            if losses:
                break
        print()
    for loss in losses[:20]:
        print(loss)
    return 1 if losses else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return measure(options.kills)


if __name__ == "__main__":
    sys.exit(main())
