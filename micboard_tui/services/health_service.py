"""The health of the program itself. Implements ``HealthContract``."""

import platform
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from anyio import to_thread

from micboard_tui.config.start_error import NO_ROOM
from micboard_tui.contracts.audit import ChainReport
from micboard_tui.contracts.device import ALL_DEVICES, DeviceRepository
from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.contracts.health import (
    DEFAULT_FREE_SPACE_LIMITS,
    MAKE_ROOM,
    CollectorHealth,
    DatabaseProbe,
    DeviceHealth,
    FreeSpaceLimits,
    HealthCheck,
    HealthReport,
    HealthSnapshot,
    Verdict,
)
from micboard_tui.contracts.holder_texts import TAKES_OVER, describe_waiting
from micboard_tui.contracts.ports import PluginState, WallClock
from micboard_tui.contracts.problem_texts import describe_missing_channel
from micboard_tui.contracts.recorder import RecorderMode, RecorderState
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.device import UNREADABLE, DeviceSnapshot
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.problem import find_device_warnings
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_duration, format_gigabytes
from micboard_tui.services.audit_health import check_audit
from micboard_tui.services.fleet_health import check_collectors

MAX_NAMED = 5
"""So many offline devices are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class HealthLimits:
    free_space: FreeSpaceLimits = DEFAULT_FREE_SPACE_LIMITS
    store_late_s: float = 10.0
    loop_lag_warning_s: float = 0.1


_FLIGHT_RECORDER = "flight recorder"
_RECORDS = "Stores what it records"
_STORED_READINGS = "stored readings"
_BACKGROUND_TASKS = "background tasks"
DEFAULT_HEALTH_LIMITS = HealthLimits()


class StateSaverView(Protocol):
    """What this service sees of the part that stores readings."""

    @property
    def interval_s(self) -> float:
        """Between two batches."""
        ...

    @property
    def stored_at(self) -> float | None:
        """When the last batch was stored, seconds since the epoch."""
        ...

    @property
    def error(self) -> ErrorInfo | None:
        """Why the last batch could not be stored."""
        ...


class LoopView(Protocol):
    """What this service sees of the event loop."""

    def p95_s(self) -> float | None:
        """How late nineteen of twenty turns are at most; None when it was not measured."""
        ...


class LiveView(Protocol):
    """What this service sees of the live state."""

    @property
    def findings(self) -> Findings:
        """What is concluded of all."""
        ...

    def snapshot(self) -> Sequence[DeviceSnapshot]:
        """All devices as they are now."""
        ...


@dataclass(frozen=True, slots=True)
class Storage:
    """Where things are kept."""

    database: DatabaseProbe
    devices: DeviceRepository
    directories: Mapping[str, Path]
    """Those that are written to, by what they hold."""
    find_fault: Callable[[], ErrorInfo | None]
    """Tells why nothing can be stored now."""
    find_newest_recorded: Callable[[], float | None]
    """Tells when the flight recorder's newest second is, None without one. Blocks; raises StorageError."""
    find_note: Callable[[], str | None] = lambda: None
    """Tells what the user should know of how the database was opened, and repaired if need be."""
    verify_audit: Callable[[], Awaitable[ChainReport]] | None = None
    """Looks whether the audit is as it was written; None: it is kept elsewhere. Raises StorageError."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What runs now, or would."""

    sessions: Callable[[], tuple[DeviceHealth, ...]]
    live: LiveView
    state_saver: StateSaverView
    loop: LoopView
    clock: WallClock
    recorder: Callable[[], RecorderState]
    """How it writes now."""
    find_task_fault: Callable[[], ErrorInfo | None]
    """Tells which background tasks crashed."""
    collectors: Callable[[], Sequence[CollectorHealth]] | None = None
    """The programs that hold the sessions; None: this one does, if any."""


class HealthService:
    def __init__(
        self,
        storage: Storage,
        activity: Activity,
        version: str,
        limits: HealthLimits = DEFAULT_HEALTH_LIMITS,
        *,
        plugins: Callable[[], Sequence[PluginState]] = tuple,
    ) -> None:
        """``plugins`` loads what is installed, so that what is broken shows."""
        self._plugins = plugins
        self._storage, self._activity = storage, activity
        self._version, self._limits = version, limits

    async def check(self) -> ServiceResult[HealthReport]:
        checks = [
            _ok("version", f"micboard-tui {self._version}, Python {platform.python_version()}"),
            *await self._storage.database.integrity(),
        ]
        if (verify := self._storage.verify_audit) is not None:
            checks.append(await check_audit(verify))
        if (fault := self._storage.find_fault()) is not None:
            checks.append(HealthCheck(_STORED_READINGS, Verdict.FAILED, fault.message, fault.hint))
        for name, directory in self._storage.directories.items():
            checks.append(await to_thread.run_sync(look_at_directory, name, directory, self._limits))
        # Loading a plugin may take as long as its author likes.
        checks += map(_of_plugin, await to_thread.run_sync(self._plugins))
        if (holder := self._activity.live.findings.holder) is not None:
            checks.append(HealthCheck("sessions", Verdict.WARNING, describe_waiting(holder), TAKES_OVER))
        checks += self._running() if self._reads_devices else [await self._recording()]
        if (collectors := self._activity.collectors) is not None:
            devices, now = self._activity.live.snapshot(), self._activity.clock()
            checks.append(_ok("hub", f"This one is active, on {platform.node()}; the bus answers"))
            checks += check_collectors(collectors(), devices, self._version, now)
        checks += await self._devices()
        return Success(HealthReport(tuple(checks)))

    def snapshot(self) -> HealthSnapshot:
        storage, activity = self._storage, self._activity
        return HealthSnapshot(
            activity.sessions(),
            storage.find_fault() or activity.state_saver.error,
            activity.recorder(),
            activity.find_task_fault(),
            activity.loop.p95_s(),
            activity.state_saver.stored_at,
            storage.find_note(),
        )

    @property
    def _reads_devices(self) -> bool:
        """Whether it has sessions, or hears those who have."""
        return self._activity.collectors is not None or bool(self._activity.sessions())

    def _running(self) -> Iterator[HealthCheck]:
        yield self._stored_readings()
        yield _of_recorder(self._activity.recorder())
        yield _of_tasks(self._activity.find_task_fault())
        lag_s = self._activity.loop.p95_s()
        if lag_s is None:
            return
        message = f"{lag_s * 1000:.0f} ms late at most in 95 of 100 turns of the last minute"
        if lag_s > self._limits.loop_lag_warning_s:
            yield HealthCheck(
                "event loop",
                Verdict.WARNING,
                message,
                "This machine is too busy: close other programs, or meter less often",
            )
        else:
            yield _ok("event loop", message)

    def _stored_readings(self) -> HealthCheck:
        saver = self._activity.state_saver
        if saver.error is not None:
            return HealthCheck(_STORED_READINGS, Verdict.FAILED, saver.error.message, saver.error.hint)
        if saver.stored_at is None:
            return _ok(_STORED_READINGS, "Nothing had to be stored yet")
        age_s = max(0.0, self._activity.clock() - saver.stored_at)
        message = f"Last readings stored {age_s:.0f} s ago"
        heard_at = max((each.last_heard_at or 0.0 for each in self._activity.sessions()), default=0.0)
        limit_s = saver.interval_s + self._limits.store_late_s
        if age_s > limit_s and heard_at > saver.stored_at:
            return HealthCheck(_STORED_READINGS, Verdict.WARNING, message, "See the log for what holds it up")
        return _ok(_STORED_READINGS, message)

    async def _recording(self) -> HealthCheck:
        """Where another process records, if any does."""
        try:
            newest = await to_thread.run_sync(self._storage.find_newest_recorded)
        except StorageError as error:
            return HealthCheck(_FLIGHT_RECORDER, Verdict.WARNING, error.info.message, error.info.hint)
        if newest is None:
            return _ok(_FLIGHT_RECORDER, "Nothing is recorded yet")
        age = format_duration(max(0.0, self._activity.clock() - newest))
        return _ok(_FLIGHT_RECORDER, f"Recorded last {age} ago")

    async def _devices(self) -> Sequence[HealthCheck]:
        if self._reads_devices:
            return _of_devices(self._activity.live.snapshot(), "now")
        try:
            return _of_devices(await self._storage.devices.query(ALL_DEVICES), "when last asked")
        except StorageError as error:
            return [HealthCheck("devices", Verdict.FAILED, error.info.message, error.info.hint)]


def look_at_directory(name: str, directory: Path, limits: HealthLimits) -> HealthCheck:
    """Write a file there that is deleted at once, and check the free space. Blocks for a moment."""
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            file.write(b"micboard-tui")
            file.flush()
        free_bytes = shutil.disk_usage(directory).free
    except OSError as error:
        message = f"{directory} cannot be written ({error.strerror or error})"
        cure = "Make it, give yourself the right to write there, or choose another with MICBOARD_HOME"
        cure = MAKE_ROOM if error.errno in NO_ROOM else cure
        return HealthCheck(f"{name} directory", Verdict.FAILED, message, cure)
    message = f"{directory} can be written, {format_gigabytes(free_bytes)} free"
    return limits.free_space.check(f"{name} directory", message, free_bytes)


def _of_recorder(state: RecorderState) -> HealthCheck:
    dropped = f"; {state.dropped_s} s were not stored since the start" if state.dropped_s else ""
    if state.fault is not None:
        message = f"Only the last 75 seconds are kept: {state.fault.message}{dropped}"
        return HealthCheck(_FLIGHT_RECORDER, Verdict.WARNING, message, state.fault.hint)
    if dropped:
        return HealthCheck(_FLIGHT_RECORDER, Verdict.WARNING, f"{_RECORDS}{dropped}", "")
    messages = {
        RecorderMode.DISK: _RECORDS,
        RecorderMode.MEMORY: "Begins to record",
        RecorderMode.OFF: "Another process records, or nothing had to be recorded yet",
    }
    return _ok(_FLIGHT_RECORDER, messages[state.mode])


def _of_tasks(fault: ErrorInfo | None) -> HealthCheck:
    if fault is None:
        return _ok(_BACKGROUND_TASKS, "All run")
    return HealthCheck(_BACKGROUND_TASKS, Verdict.FAILED, fault.message, fault.hint)


def _of_plugin(plugin: PluginState) -> HealthCheck:
    name = f"plugin {visible(plugin.code)}"
    if plugin.error is not None or plugin.manufacturer is None:
        message, hint = (plugin.error.message, plugin.error.hint) if plugin.error else ("It is broken", "")
        return HealthCheck(name, Verdict.WARNING, visible(message), visible(hint))
    drivers = ", ".join(plugin.manufacturer.drivers)
    return _ok(name, visible(f"{plugin.manufacturer.title}, from {plugin.package}: {drivers}"))


def _of_devices(devices: Sequence[DeviceSnapshot], when: str) -> Sequence[HealthCheck]:
    """Whether they can be read, and if need be whether they have the channels that are planned."""
    missing = [
        f"{visible(device.title)}: {visible(describe_missing_channel(assignment, len(device.channels)))}"
        for device in devices
        for assignment in device.assignments_without_channel
    ]
    if not missing:
        return [_of_readability(devices, when)]
    more = f"; {len(missing) - MAX_NAMED} more" if len(missing) > MAX_NAMED else ""
    hint = "Plan another channel:  micboard-tui assign; free the missing one:  micboard-tui unassign"
    planned = HealthCheck("channels", Verdict.WARNING, "; ".join(missing[:MAX_NAMED]) + more, hint)
    return [_of_readability(devices, when), planned]


def _of_readability(devices: Sequence[DeviceSnapshot], when: str) -> HealthCheck:
    if not devices:
        return _ok("devices", "None is registered")
    gone = [device for device in devices if device.state.status in UNREADABLE]
    online = sum(device.state.is_online for device in devices)
    message = f"{online} of {len(devices)} online {when}"
    if not_heard := len(devices) - online - len(gone):
        message += f", {not_heard} not heard"
    warned = [device for device in devices if find_device_warnings(device.state)]
    if warned:
        message += f", {len(warned)} with warnings"
    if not gone and not warned:
        return _ok("devices", message)
    found = (("Not readable", gone), ("With warnings of the device itself", warned))
    named = ". ".join(f"{what}: {_names_of(those)}" for what, those in found if those)
    hint = f"{named}. Causes and cures:  micboard-tui devices list"
    return HealthCheck("devices", Verdict.WARNING, message, hint)


def _names_of(devices: Sequence[DeviceSnapshot]) -> str:
    named = ", ".join(visible(device.title) for device in devices[:MAX_NAMED])
    return f"{named} and {len(devices) - MAX_NAMED} more" if len(devices) > MAX_NAMED else named


def _ok(name: str, message: str) -> HealthCheck:
    return HealthCheck(name, Verdict.OK, message)
