"""The meter rates that we changed on devices, on the disk until they are put back.

A device keeps the rate that we set, and a killed program puts nothing back: the next one would take our own
rate for another controller's and leave it on for good (docs/reference/protocols/shure.md 19). So each program
writes what it changes before it does so, one file for each device, and removes the file after a good goodbye.
Its files carry its token, and it holds the lock of that token while it lives. Files of a token whose lock is
free were left behind: the next program that meters that device takes them over. What a program that lives
has changed is no other's concern, unless it lost the device and says so: such a file carries no token.
"""

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import structlog
from anyio import to_thread
from filelock import BaseFileLock, FileLock, Timeout

from micboard_tui.config.atomic_files import make_private_directory, write_new
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError
from micboard_tui.domain.changed_rate import ChangedRate

KEPT_S = 30 * 24 * 3600.0
"""A device that is not seen for so long has been switched off since, and then it has forgotten its rate."""
LOCKING_S = 60.0
"""A lock that is newer may be about to be taken."""
LOST = "lost"
"""In place of a token, where a session lost its device."""
MAX_FILES = 1000
MAX_BYTES = 16 * 1024
MAX_CHANNELS = 64
MAX_RATE_MS = 99_999

log = structlog.get_logger(__name__)


class ChangedRates:
    """Those of all devices that one program meters. A directory that cannot be used is as good as none."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.time) -> None:
        self._directory = directory
        self._clock = clock
        self._token = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._guard = threading.Lock()
        self._lock: BaseFileLock | None = None

    def of_device(self, host: str, port: int) -> "DeviceRates":
        return DeviceRates(self, f"{host}:{port}")

    def close(self) -> None:
        """What is not put back by now is for the next program."""
        with self._guard:
            if self._lock is not None:
                self._lock.release()
                self._lock = None
                with suppress(OSError):
                    self._lock_file(self._token).unlink(missing_ok=True)

    def read(self, device: str) -> Mapping[int, ChangedRate]:
        """What programs that are gone have changed on a device; the oldest first change counts."""
        rates: dict[int, ChangedRate] = {}
        for file in self._left_behind(device):
            for number, rate in _read(file).items():
                rates.setdefault(number, rate)
        return rates

    def write(self, device: str, rates: Mapping[int, ChangedRate]) -> None:
        content = {"device": device, "rates": {str(number): list(rate) for number, rate in rates.items()}}
        try:
            self._hold_lock()
            write_new(self._file(device, self._token), json.dumps(content) + "\n", force=True)
        except (ConfigError, OSError) as error:
            log.warning("meter_rate_not_kept", device=device, reason=str(error))
            return
        _remove(*self._left_behind(device))

    def leave_behind(self, device: str) -> None:
        with suppress(OSError):
            self._file(device, self._token).replace(self._file(device, LOST))

    def remove(self, device: str) -> None:
        _remove(self._file(device, self._token), *self._left_behind(device))

    def _left_behind(self, device: str) -> list[Path]:
        """Files of programs that are gone, oldest first."""
        files = self._directory.glob(self._file(device, "*").name)
        return sorted((file for file in files if self._is_left_behind(file)), key=_age_key)

    def _is_left_behind(self, file: Path) -> bool:
        token = file.stem.partition(".")[2]
        return token != self._token and self._is_free(token)

    def _is_free(self, token: str) -> bool:
        file = self._lock_file(token)
        lock = FileLock(file)
        try:
            if not file.exists():
                return True
            lock.acquire(blocking=False)
        except (Timeout, OSError):
            return False
        lock.release()
        return True

    def _hold_lock(self) -> None:
        """Hold the lock of our token from the first change on. Raises OSError."""
        with self._guard:
            if self._lock is not None:
                return
            make_private_directory(self._directory)
            self._sweep()
            # Any thread may write, and another one closes.
            lock = FileLock(self._lock_file(self._token), thread_local=False)
            lock.acquire(blocking=False)
            self._lock = lock

    def _sweep(self) -> None:
        """Remove what is too old or too much, and the locks of programs that have left nothing behind."""
        files = sorted(self._directory.glob("*.json"), key=_age_key, reverse=True)
        for place, file in enumerate(files):
            if place >= MAX_FILES or self._clock() - _age_key(file) > KEPT_S:
                _remove(file)
        tokens = {file.stem.partition(".")[2] for file in self._directory.glob("*.json")}
        for lock in self._directory.glob("*.lock"):
            is_new = self._clock() - _age_key(lock) < LOCKING_S
            if lock.stem not in tokens and not is_new and self._is_free(lock.stem):
                _remove(lock)

    def _file(self, device: str, token: str) -> Path:
        name = hashlib.sha256(device.encode()).hexdigest()[:24]
        return self._directory / f"{name}.{token}.json"

    def _lock_file(self, token: str) -> Path:
        return self._directory / f"{token}.lock"


class DeviceRates:
    """Implements ``MeterRateMemory`` for one device. Files are read and written in a thread."""

    def __init__(self, rates: ChangedRates, device: str) -> None:
        self._rates = rates
        self._device = device

    async def recall(self) -> Mapping[int, ChangedRate]:
        return await to_thread.run_sync(self._rates.read, self._device)

    async def keep(self, rates: Mapping[int, ChangedRate]) -> None:
        await to_thread.run_sync(self._rates.write, self._device, rates)

    async def leave_behind(self) -> None:
        await to_thread.run_sync(self._rates.leave_behind, self._device)

    async def forget(self) -> None:
        await to_thread.run_sync(self._rates.remove, self._device)


def _age_key(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _remove(*files: Path) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _read(file: Path) -> dict[int, ChangedRate]:
    try:
        content = json.loads(read_small(file, MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = content.get("rates") if isinstance(content, dict) else None
    return dict(_valid_rates(entries)) if isinstance(entries, dict) else {}


def _valid_rates(entries: Mapping[str, object]) -> Iterator[tuple[int, ChangedRate]]:
    for name, values in entries.items():
        if not (name.isascii() and name.isdigit() and 1 <= int(name) <= MAX_CHANNELS):
            continue
        if isinstance(values, list) and len(values) == len(ChangedRate._fields):
            ours, before = values
            if _is_rate(ours) and _is_rate(before):
                yield int(name), ChangedRate(ours, before)


def _is_rate(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_RATE_MS
