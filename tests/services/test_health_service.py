"""What the health check looks at, and when it says that something is wrong."""

import errno
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StorageError
from micboard_tui.contracts.health import (
    MAKE_ROOM,
    CollectorHealth,
    DeviceHealth,
    FreeSpaceLimits,
    HealthCheck,
    HealthContract,
    HealthReport,
    Verdict,
)
from micboard_tui.contracts.holder_texts import TAKES_OVER
from micboard_tui.contracts.recorder import RecorderMode, RecorderState
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.session_holder import SessionHolder
from micboard_tui.services.event_loop_lag import INTERVAL_S, WINDOW_S, LoopMonitor
from micboard_tui.services.health_service import (
    Activity,
    HealthLimits,
    HealthService,
    Storage,
    look_at_directory,
)
from tests.services.memory import WatchedDevices
from tests.services.results import data_of
from tests.services.stage import RACK, SPARE, Clock

SOUND = HealthCheck("database", Verdict.OK, "sound")


class Probe:
    def __init__(self, *checks: HealthCheck) -> None:
        self._checks = checks

    async def integrity(self) -> tuple[HealthCheck, ...]:
        return self._checks


@dataclass
class StateSaverStub:
    interval_s: float = 10.0
    stored_at: float | None = None
    error: ErrorInfo | None = None


@dataclass
class Loop:
    lag_s: float | None = None

    def p95_s(self) -> float | None:
        return self.lag_s


@dataclass
class Live:
    devices: Sequence[DeviceSnapshot] = ()
    findings = Findings()

    def snapshot(self) -> Sequence[DeviceSnapshot]:
        return self.devices


class Setup:
    """The service with everything that it looks at; well, unless told otherwise."""

    def __init__(
        self,
        directory: Path,
        *checks: HealthCheck,
        limits: HealthLimits | None = None,
        devices: int = 0,
        collectors: Sequence[CollectorHealth] | None = None,
    ) -> None:
        self.records = WatchedDevices(*(device(at) for at in range(devices)))
        self.clock, self.saver, self.loop, self.live = Clock(), StateSaverStub(), Loop(), Live()
        self.sessions: tuple[DeviceHealth, ...] = ()
        self.recorder = RecorderState(RecorderMode.DISK)
        self.newest: float | StorageError | None = None
        self.task_fault: ErrorInfo | None = None
        self.service: HealthContract = HealthService(
            Storage(
                Probe(*(checks or (SOUND,))),
                self.records,
                {"data": directory},
                lambda: None,
                self.find_newest,
            ),
            Activity(
                lambda: self.sessions,
                self.live,
                self.saver,
                self.loop,
                self.clock,
                lambda: self.recorder,
                lambda: self.task_fault,
                None if collectors is None else lambda: collectors,
            ),
            "2026.11.0",
            limits or HealthLimits(FreeSpaceLimits(0, 0)),
        )

    def find_newest(self) -> float | None:
        if isinstance(self.newest, StorageError):
            raise self.newest
        return self.newest

    def runs(self, last_heard_at: float | None = None) -> None:
        self.sessions = (DeviceHealth(RACK.id, last_heard_at=last_heard_at),)

    async def report(self) -> HealthReport:
        result = await self.service.check()
        return data_of(result)

    async def check(self, name: str) -> HealthCheck:
        return next(each for each in (await self.report()).checks if each.name == name)


def device(at: int) -> Device:
    return replace(RACK, id=DeviceId(f"d{at}"), host=f"127.0.1.{at}", position=at, name=f"Rack\x1b {at}")


def snapshot(of: Device, status: DeviceStatus) -> DeviceSnapshot:
    return DeviceSnapshot(of, DeviceState(of.id, status=status))


async def test_a_program_that_is_well_says_so(tmp_path: Path) -> None:
    report = await Setup(tmp_path).report()
    assert report.healthy
    assert [(each.name, each.verdict) for each in report.checks] == [
        ("version", Verdict.OK),
        ("database", Verdict.OK),
        ("data directory", Verdict.OK),
        ("flight recorder", Verdict.OK),
        ("devices", Verdict.OK),
    ]
    assert "2026.11.0" in report.checks[0].message


async def test_a_hub_has_checks_of_its_collectors_and_what_they_read_is_of_now(tmp_path: Path) -> None:
    foh = CollectorHealth("foh", "main", "rack-1", "2026.11.0", 1, 4, 5, 0.0, is_heard=True)
    setup = Setup(tmp_path, collectors=[foh])
    setup.live.devices = [snapshot(RACK, DeviceStatus.ONLINE)]
    names = [each.name for each in (await setup.report()).checks]
    assert names[3:] == [
        "stored readings",
        "flight recorder",
        "background tasks",
        "hub",
        "collector foh",
        "devices",
    ]
    assert (await setup.check("devices")).message == "1 of 1 online now"


async def test_the_numbers_behind_the_checks_are_told_as_they_are(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    before = setup.service.snapshot()
    assert (before.loop_lag_s, before.stored_at) == (None, None)
    setup.loop.lag_s, setup.saver.stored_at = 0.004, 17.0
    after = setup.service.snapshot()
    assert (after.loop_lag_s, after.stored_at) == (0.004, 17.0)


def test_looking_at_a_directory_leaves_nothing_in_it(tmp_path: Path) -> None:
    assert look_at_directory("data", tmp_path, HealthLimits()).name == "data directory"
    assert list(tmp_path.iterdir()) == []


async def test_what_the_database_says_of_itself_is_passed_on(tmp_path: Path) -> None:
    damaged = HealthCheck("database", Verdict.FAILED, "damaged", "restore the backup")
    report = await Setup(tmp_path, SOUND, damaged).report()
    assert not report.healthy
    assert report.checks[1:3] == (SOUND, damaged)


async def test_a_directory_that_cannot_be_written_fails(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for directory in (tmp_path / "missing", file):
        check = await Setup(directory).check("data directory")
        assert check.verdict is Verdict.FAILED
        assert str(directory) in check.message
        assert check.hint


def test_a_full_disk_is_not_a_matter_of_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    check = look_at_directory("data", tmp_path, HealthLimits())
    assert (check.verdict, check.hint) == (Verdict.FAILED, MAKE_ROOM)
    assert "No space left" in check.message


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        (FreeSpaceLimits(1, 2), Verdict.OK),
        (FreeSpaceLimits(1, 10**30), Verdict.WARNING),
        (FreeSpaceLimits(10**30, 10**30), Verdict.FAILED),
    ],
)
async def test_a_disk_that_fills_up_is_reported_in_time(
    tmp_path: Path, limits: FreeSpaceLimits, verdict: Verdict
) -> None:
    check = await Setup(tmp_path, limits=HealthLimits(limits)).check("data directory")
    assert (check.verdict, bool(check.hint)) == (verdict, verdict is not Verdict.OK)


async def test_devices_are_told_as_last_known_while_nothing_runs(tmp_path: Path) -> None:
    setup = Setup(tmp_path, devices=8)
    statuses = [DeviceStatus.ONLINE, *6 * [DeviceStatus.OFFLINE], DeviceStatus.UNKNOWN]
    for number, status in enumerate(statuses):
        device_id = DeviceId(f"d{number}")
        setup.records.states[device_id] = DeviceState(device_id, status=status)
    report = await setup.report()
    assert report.healthy
    check = report.checks[-1]
    assert (check.verdict, check.message) == (Verdict.WARNING, "1 of 8 online when last asked, 1 not heard")
    assert "Rack\u241b 1" in check.hint
    assert "and 1 more" in check.hint


async def test_devices_that_no_program_reads_are_unknown_and_not_offline(tmp_path: Path) -> None:
    check = await Setup(tmp_path, devices=3).check("devices")
    message = "0 of 3 online when last asked, 3 not heard"
    assert (check.verdict, check.message, check.hint) == (Verdict.OK, message, "")


async def test_that_another_process_reads_the_devices_is_a_warning_that_names_it(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    assert "sessions" not in [check.name for check in (await setup.report()).checks]
    setup.live.findings = Findings(holder=SessionHolder("Ada", "foh", 7, 1000.0))
    check = await setup.check("sessions")
    assert (check.verdict, check.hint) == (Verdict.WARNING, TAKES_OVER)
    assert check.message.startswith("Read by Ada on foh since ")


async def test_devices_are_told_as_they_are_while_sessions_run(tmp_path: Path) -> None:
    setup = Setup(tmp_path, devices=8)
    setup.runs()
    setup.live.devices = [snapshot(RACK, DeviceStatus.ONLINE)]
    check = await setup.check("devices")
    assert (check.verdict, check.message) == (Verdict.OK, "1 of 1 online now")
    setup.live.devices = [snapshot(RACK, DeviceStatus.ONLINE), snapshot(SPARE, DeviceStatus.REFUSED)]
    check = await setup.check("devices")
    assert (check.verdict, check.message) == (Verdict.WARNING, "1 of 2 online now")
    assert SPARE.host in check.hint


async def test_devices_that_warn_of_themselves_are_named(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.runs()
    warned = snapshot(RACK, DeviceStatus.ONLINE)
    warned = replace(warned, state=replace(warned.state, device_warnings=frozenset({DeviceWarning.FAN})))
    setup.live.devices = [warned]
    check = await setup.check("devices")
    assert (check.verdict, check.message) == (Verdict.WARNING, "1 of 1 online now, 1 with warnings")
    assert check.hint.startswith(f"With warnings of the device itself: {warned.title}. ")
    setup.live.devices = [warned, snapshot(SPARE, DeviceStatus.REFUSED)]
    check = await setup.check("devices")
    named = f"Not readable: {SPARE.host}. With warnings of the device itself: {warned.title}. "
    assert check.hint.startswith(named)


async def test_people_on_channels_that_are_not_there_are_a_warning(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.runs()
    channels = tuple(ChannelState(RACK.id, number) for number in range(1, 5))
    planned = [
        Assignment(ChannelRef(RACK.id, number), Performer(PerformerId(name), name))
        for number, name in enumerate(("Zoe", "Max", "Ada", "Ben", "Kai", "Lou"), 5)
    ]
    rack = replace(snapshot(RACK, DeviceStatus.ONLINE), channels=channels)
    setup.live.devices = [replace(rack, assignments_without_channel=tuple(planned))]
    report = await setup.report()
    check = report.checks[-1]
    assert (report.healthy, check.name, check.verdict) == (True, "channels", Verdict.WARNING)
    assert check.message.startswith(f"{rack.title}: Zoe is planned on channel 5, there are 4; ")
    assert check.message.endswith("Kai is planned on channel 9, there are 4; 1 more")
    assert "micboard-tui unassign" in check.hint


async def test_a_database_that_cannot_be_read_fails_and_does_not_crash(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.records.broken = True
    check = await setup.check("devices")
    assert (check.verdict, check.message, check.hint) == (Verdict.FAILED, "The disk is gone", "Look for it")


@pytest.mark.parametrize(
    ("stored_s_ago", "heard_s_ago", "verdict"),
    [
        (None, 0, Verdict.OK),
        (1, 0, Verdict.OK),
        (20, 0, Verdict.OK),
        (21, 0, Verdict.WARNING),
        (21, 30, Verdict.OK),
    ],
)
async def test_readings_that_wait_to_be_stored_are_told(
    tmp_path: Path, stored_s_ago: float | None, heard_s_ago: float, verdict: Verdict
) -> None:
    setup = Setup(tmp_path)
    now = setup.clock.now
    setup.runs(last_heard_at=now - heard_s_ago)
    setup.saver.stored_at = None if stored_s_ago is None else now - stored_s_ago
    assert (await setup.check("stored readings")).verdict is verdict


async def test_readings_that_cannot_be_stored_fail(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.runs()
    setup.saver.error = ErrorInfo(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
    check = await setup.check("stored readings")
    assert (check.verdict, check.message, check.hint) == (Verdict.FAILED, "The disk is full", "Make room")


@pytest.mark.parametrize(("lag_s", "verdict"), [(0.002, Verdict.OK), (0.3, Verdict.WARNING)])
async def test_an_event_loop_that_is_late_is_told(tmp_path: Path, lag_s: float, verdict: Verdict) -> None:
    setup = Setup(tmp_path)
    setup.runs()
    setup.loop.lag_s = lag_s
    check = await setup.check("event loop")
    assert (check.verdict, check.message[:5]) == (verdict, f"{lag_s * 1000:.0f} ms "[:5])


async def test_an_event_loop_that_nobody_watched_is_not_judged(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.runs()
    assert "event loop" not in [each.name for each in (await setup.report()).checks]


def test_sessions_are_told_as_they_are(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    assert setup.service.snapshot().devices == ()
    setup.runs()
    assert setup.service.snapshot().devices == setup.sessions


class EnoughError(Exception):
    pass


async def monitored(lags_s: list[float]) -> LoopMonitor:
    """A monitor that woke so late, one time after the other."""
    clock = Clock()
    late = iter(lags_s)

    async def sleep(seconds: float) -> None:
        try:
            clock.now += seconds + next(late)
        except StopIteration:
            raise EnoughError from None

    monitor = LoopMonitor(clock, sleep)
    with pytest.raises(EnoughError):
        await monitor.run()
    return monitor


async def test_the_lag_is_that_of_nineteen_turns_of_twenty() -> None:
    assert (await monitored([])).p95_s() is None
    assert (await monitored([0.5])).p95_s() == pytest.approx(0.5)
    assert (await monitored([1.0] * 4 + [0.0] * 96)).p95_s() == pytest.approx(0.0)
    assert (await monitored([0.0] * 94 + [0.25] * 6)).p95_s() == pytest.approx(0.25)
    assert (await monitored([-1.0])).p95_s() == 0.0


async def test_only_the_last_minute_counts() -> None:
    turns = int(WINDOW_S / INTERVAL_S)
    assert (await monitored([9.0] * turns + [0.0] * turns)).p95_s() == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("state", "verdict", "message"),
    [
        (RecorderState(RecorderMode.DISK), Verdict.OK, "Stores what it records"),
        (RecorderState(RecorderMode.MEMORY), Verdict.OK, "Begins to record"),
        (
            RecorderState(RecorderMode.OFF),
            Verdict.OK,
            "Another process records, or nothing had to be recorded yet",
        ),
        (
            RecorderState(RecorderMode.MEMORY, ErrorInfo(ErrorCode.DISK_FULL, "The disk is full"), 7),
            Verdict.WARNING,
            "Only the last 75 seconds are kept: The disk is full; 7 s were not stored since the start",
        ),
        (
            RecorderState(RecorderMode.DISK, dropped_s=7),
            Verdict.WARNING,
            "Stores what it records; 7 s were not stored since the start",
        ),
    ],
)
async def test_how_the_flight_recorder_writes_is_shown(
    tmp_path: Path, state: RecorderState, verdict: Verdict, message: str
) -> None:
    setup = Setup(tmp_path)
    setup.runs()
    setup.recorder = state
    check = await setup.check("flight recorder")
    assert (check.verdict, check.message) == (verdict, message)


async def test_a_program_without_sessions_says_what_others_recorded(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    assert (await setup.check("flight recorder")).message == "Nothing is recorded yet"
    setup.newest = setup.clock() - 130.0
    assert (await setup.check("flight recorder")).message == "Recorded last 2m ago"
    setup.newest = StorageError(ErrorCode.DATABASE_DAMAGED, "It is damaged", hint="Nothing to do")
    check = await setup.check("flight recorder")
    assert (check.verdict, check.message, check.hint) == (Verdict.WARNING, "It is damaged", "Nothing to do")


async def test_background_tasks_that_crashed_fail_with_a_cure(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.runs()
    assert (await setup.check("background tasks")).verdict is Verdict.OK
    setup.task_fault = ErrorInfo(ErrorCode.TASK_CRASHED, "Crashed: alarms", hint="Start it again")
    assert setup.service.snapshot().task_fault == setup.task_fault
    check = await setup.check("background tasks")
    assert (check.verdict, check.message) == (Verdict.FAILED, "Crashed: alarms")
    assert check.hint == "Start it again"
